"""One daemon at a time."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.daemon import AnotherDaemon, Daemon, last_tick, running
from store.database import open_database

pytestmark = pytest.mark.kill

ROOT = Path(__file__).parents[1]
START = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)
DAEMON = """
import sys
from datetime import datetime
from pathlib import Path
from store.daemon import Daemon
with Daemon(Path(sys.argv[1]), pid=77, started=datetime.fromisoformat(sys.argv[2])):
    print("entered", flush=True)
    sys.stdin.read()
"""


def test_a_running_daemon_is_seen_and_one_that_ended_is_not(tmp_path: Path) -> None:
    seen = [running(tmp_path)]
    with Daemon(tmp_path, pid=5, started=START):
        seen.append(running(tmp_path))
    assert [*seen, running(tmp_path)] == [None, (5, START), None]


def test_a_second_daemon_is_told_of_the_first(tmp_path: Path) -> None:
    second = Daemon(tmp_path, pid=6, started=START)
    with Daemon(tmp_path, pid=5, started=START):
        with pytest.raises(AnotherDaemon, match=r"process 5, started 2026-12-01 06:00 UTC") as caught, second:
            pass
        assert (caught.value.pid, caught.value.started, running(tmp_path)) == (5, START, (5, START))
    with second:
        assert running(tmp_path) == (6, START)


def test_a_daemon_of_another_process_is_seen_until_it_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DAEMON, str(tmp_path), START.isoformat()]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        seen = running(tmp_path)
        with pytest.raises(AnotherDaemon), Daemon(tmp_path, pid=6, started=START):
            pass
        process.kill()
        process.wait()
    assert (seen, running(tmp_path)) == ((77, START), None)


def test_a_second_daemon_is_refused_also_when_the_lock_file_was_removed(tmp_path: Path) -> None:
    with Daemon(tmp_path, pid=5, started=START):
        (tmp_path / "daemon.lock").unlink()
        assert running(tmp_path) == (5, START)
        with pytest.raises(AnotherDaemon, match="process 5"), Daemon(tmp_path, pid=6, started=START):
            pass
    with Daemon(tmp_path, pid=6, started=START):
        assert running(tmp_path) == (6, START)


def test_looking_whether_one_runs_makes_no_file(tmp_path: Path) -> None:
    assert (running(tmp_path), running(tmp_path / "nothing"), list(tmp_path.iterdir())) == (None, None, [])


def test_the_last_tick_outlives_the_daemon_and_the_next_start(tmp_path: Path) -> None:
    assert last_tick(tmp_path) is None
    with Daemon(tmp_path, pid=5, started=START) as daemon:
        assert last_tick(tmp_path) is None
        daemon.ticked(START + timedelta(minutes=1))
    with Daemon(tmp_path, pid=6, started=START + timedelta(hours=1)):
        assert last_tick(tmp_path) == START + timedelta(minutes=1)


def test_the_daily_upkeep_counts_from_the_first_start_and_outlives_the_daemon(tmp_path: Path) -> None:
    with Daemon(tmp_path, pid=5, started=START) as daemon:
        assert daemon.kept_up == START
        daemon.has_kept_up(START + timedelta(days=1))
        daemon.ticked(START + timedelta(days=2))
    with Daemon(tmp_path, pid=6, started=START + timedelta(days=3)) as daemon:
        assert daemon.kept_up == START + timedelta(days=1)


def test_a_tick_leaves_the_bytes_of_the_store_as_they_are(tmp_path: Path) -> None:
    with open_database(tmp_path) as db, Daemon(tmp_path, pid=5, started=START) as daemon:
        db.table("t").put("a", {})
        before = {file.name: file.read_bytes() for file in tmp_path.iterdir() if not file.name.startswith("daemon")}
        daemon.ticked(START)
        after = {file.name: file.read_bytes() for file in tmp_path.iterdir() if not file.name.startswith("daemon")}
    assert after == before


@pytest.mark.parametrize("text", [b"", b"{}", b"[1]", b'{"pid": 1, "started": "x", "last_tick": null}'])
def test_a_broken_file_says_nothing_and_stops_nobody(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "daemon.json").write_bytes(text)
    assert last_tick(tmp_path) is None
    with Daemon(tmp_path, pid=5, started=START):
        assert running(tmp_path) == (5, START)


def test_a_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    naive = START.replace(tzinfo=None)
    with pytest.raises(ValueError, match="must carry a time zone"):
        Daemon(tmp_path, pid=5, started=naive)
    with Daemon(tmp_path, pid=5, started=START) as daemon, pytest.raises(ValueError, match="must carry a time zone"):
        daemon.ticked(naive)
