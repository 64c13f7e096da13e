"""A kill at every instant. `python -m tests.crash --kills 300` has many, and a table."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.crash.__main__ import RUNS, killed
from tests.crash.ground import prepared

pytestmark = pytest.mark.kill


def test_a_killed_service_loses_nothing_and_repeats_at_most_what_was_on_the_wire(tmp_path: Path) -> None:
    ground = prepared(tmp_path)
    with ThreadPoolExecutor(3) as pool:  # each has its own folder, server and processes, and most of one is waiting
        running = [pool.submit(killed, ground, run, f"7/{number}") for number, run in enumerate(RUNS)]
    results = [one.result() for one in running]
    assert [result for result in results if result.broken] == []
    assert [result for result in results if result.lost or result.left < 1] == []
    assert len({result.instant for result in results}) == len(RUNS)
