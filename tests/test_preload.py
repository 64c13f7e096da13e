"""The libraries that the harnesses put in front of the C library do what they say, and nothing else."""

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.preload import Clock, Syncs

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler (cc)")

CLOCKS = """
import json, threading, time
from datetime import UTC, datetime
threading.Event().wait(0.01)
print(json.dumps([datetime.now(UTC).isoformat(), time.time(), time.clock_gettime(5), time.monotonic()]))
"""
SYNCS = """
import os, sys
file = os.open(sys.argv[1], os.O_RDWR)
for sync in (os.fsync, os.fdatasync, os.fsync):
    try:
        sync(file)
    except OSError as error:
        print(error.strerror)
    else:
        print("kept")
"""
MOMENT = datetime(2038, 1, 20, 12, 0, tzinfo=UTC)


def said(script: str, environment: dict[str, str], *words: str) -> str:
    """What a Python of its own prints, with the libraries of `environment`."""
    command, inherited = [sys.executable, "-c", script, *words], dict(os.environ)
    done = subprocess.run(command, env=inherited | environment, check=True, capture_output=True, text=True)
    return done.stdout


def test_the_wall_clock_is_moved_and_the_monotonic_clock_is_not(tmp_path: Path) -> None:
    with Clock(tmp_path) as clock:
        clock.set(MOMENT, speed=0)
        before = time.monotonic()
        utc, seconds, coarse, monotonic = json.loads(said(CLOCKS, clock.environment))
    assert (utc, seconds, coarse) == (MOMENT.isoformat(), MOMENT.timestamp(), MOMENT.timestamp())
    assert before < monotonic < time.monotonic()


def test_a_clock_that_was_not_set_is_right(tmp_path: Path) -> None:
    with Clock(tmp_path) as clock:
        before = datetime.now(UTC)
        utc, *_ = json.loads(said(CLOCKS, clock.environment))
    assert before < datetime.fromisoformat(utc) < datetime.now(UTC)


def test_the_named_sync_fails_once(tmp_path: Path) -> None:
    with Syncs(tmp_path) as syncs:
        syncs.fail(2)
        assert said(SYNCS, syncs.environment, str(syncs.file)) == "kept\nInput/output error\nkept\n"
        assert syncs.failed == 1


def test_a_disk_that_stays_broken_fails_every_sync_from_the_named_one_on(tmp_path: Path) -> None:
    with Syncs(tmp_path) as syncs:
        syncs.fail(2, sticky=True)
        assert said(SYNCS, syncs.environment, str(syncs.file)) == "kept\nInput/output error\nInput/output error\n"
        syncs.heal()
        assert said(SYNCS, syncs.environment, str(syncs.file)) == "kept\nkept\nkept\n"
