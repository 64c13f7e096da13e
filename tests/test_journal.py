"""The lines of the store's files, and how durable they are."""

import contextlib
import itertools
import linecache
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from store import journal
from store.database import Database, open_database
from store.disk import StoreLost
from store.journal import START, framed, unframed
from tests.store_values import NOON, Clock, everything, filled, held, written


def test_a_line_gives_back_what_it_was_given() -> None:
    line, checksum = framed([["d", "t", "k"]], 7)
    assert unframed(line, 7) == ([["d", "t", "k"]], checksum)


def test_a_line_is_a_checksum_and_json_that_can_be_read() -> None:
    assert framed(123456789, 0)[0] == b"cbf43926 123456789\n"  # the published check value of CRC-32


def test_a_store_reads_back_what_was_written(tmp_path: Path) -> None:
    held = filled(tmp_path)
    assert everything(tmp_path) == held


def test_a_lines_checksum_goes_on_from_the_line_before(tmp_path: Path) -> None:
    line, _ = framed([["d", "t", "k"]], 7)
    with pytest.raises(ValueError, match="the checksum says"):
        unframed(line, 8)


def test_the_files_are_for_the_owner_only(tmp_path: Path) -> None:
    filled(tmp_path / "store")
    assert {path.stat().st_mode & 0o077 for path in [tmp_path / "store", *(tmp_path / "store").iterdir()]} == {0}


def test_a_merge_writes_only_its_fields(tmp_path: Path) -> None:
    filled(tmp_path)
    assert b'"text"' not in written(tmp_path / "journal-1")[3]


def test_the_first_line_of_each_new_second_says_when_it_was_written(tmp_path: Path) -> None:
    clock = Clock()
    db = Database(tmp_path, clock=clock)
    table = db.table("t")
    table.put("a", {})
    clock.now += timedelta(milliseconds=900)
    table.put("b", {})
    clock.now += timedelta(milliseconds=200)
    table.put("c", {})
    db.close()
    lines = (tmp_path / "journal-1").read_bytes().splitlines(keepends=True)
    checksum, held = 0, []
    for line in lines:
        payload, checksum = unframed(line, checksum)
        held.append(payload)
    assert [payload for payload in held[1:] if payload[0][0] != "s"] == [
        [["@", "2026-11-24T12:00:00+00:00"], ["p", "t", "a", {}]],
        [["p", "t", "b", {}]],
        [["@", "2026-11-24T12:00:01+00:00"], ["p", "t", "c", {}]],
    ]


def test_a_mark_changes_no_record_and_no_tables_version(tmp_path: Path) -> None:
    clock = Clock()
    db = Database(tmp_path, clock=clock)
    db.table("t").put("a", {})
    before = db.storage.version("t")
    clock.now += timedelta(seconds=1)
    db.table("u").put("a", {})
    assert (db.storage.version("t"), everything(tmp_path)) == (before, {"t": {"a": {}}, "u": {"a": {}}})
    db.close()


def test_a_store_says_when_its_generation_began(tmp_path: Path) -> None:
    with Database(tmp_path, clock=Clock()) as db:
        assert db.began == NOON
    with open_database(tmp_path) as db:
        assert db.began == NOON


class Disk:
    """An fdatasync that fails at these calls, counted from 1."""

    def __init__(self, *fails: int) -> None:
        self.fails, self.calls = fails, 0

    def __call__(self, descriptor: int) -> None:
        self.calls += 1
        if self.calls in self.fails:
            raise OSError(5, "Input/output error")
        os.fdatasync(descriptor)


def test_a_failed_fsync_takes_the_line_back_and_the_next_write_begins_a_generation_of_all_that_was_said_to_be_written(
    tmp_path: Path,
) -> None:
    before = filled(tmp_path)
    db = Database(tmp_path, fdatasync=Disk(1))
    with db.batch(sync=False):
        db.table("letters").put("unsynced", {})
    with pytest.raises(OSError, match="journal-1") as caught:
        db.table("letters").put("refused", {})
    assert (caught.value.errno, db.refusal != "", db.table("letters").keys()) == (5, True, ["a", "unsynced"])
    assert (everything(tmp_path)["letters"].keys(), db.generation) == ({"a", "unsynced"}, 1)
    db.table("letters").put("after", {})
    assert (db.generation, db.refusal, db.table("letters").keys()) == (2, "", ["a", "unsynced", "after"])
    assert everything(tmp_path)["letters"] == before["letters"] | {"unsynced": {}, "after": {}}
    db.close()
    assert everything(tmp_path) == held(open_database(tmp_path))


def test_what_another_process_wrote_after_a_failed_fsync_is_in_the_new_generation(tmp_path: Path) -> None:
    with Database(tmp_path, fdatasync=Disk(1)) as db, open_database(tmp_path) as other:
        with pytest.raises(OSError, match="journal-1"):
            db.table("t").put("refused", {})
        other.table("t").put("theirs", {})
        assert (db.recover(), db.recover(), db.generation) == (True, False, 2)
        other.table("t").put("theirs too", {})
        assert (other.generation, other.table("t").keys()) == (2, ["theirs", "theirs too"])
    assert everything(tmp_path)["t"].keys() == {"theirs", "theirs too"}


def test_a_compaction_after_a_failed_fsync_writes_everything_anew(tmp_path: Path) -> None:
    with Database(tmp_path, fdatasync=Disk(2)) as db:
        db.table("t").put("a", {})
        with pytest.raises(OSError, match="journal-1"):
            db.table("t").put("b", {})
        assert (db.compact(), db.generation, db.table("t").keys()) == (False, 2, ["a"])


def test_a_disk_that_fails_again_at_once_is_lost(tmp_path: Path) -> None:
    db = Database(tmp_path, fdatasync=Disk(1, 2))
    for key in "ab":
        with pytest.raises(OSError, match="journal-"):
            db.table("t").put(key, {})
    for _ in range(2):
        with pytest.raises(StoreLost, match="journal-2: the disk could not keep what was written"):
            db.table("t").put("c", {})
    db.close()
    assert everything(tmp_path) == {}


def test_a_disk_that_fails_a_second_time_after_it_has_kept_something_is_not_lost(tmp_path: Path) -> None:
    with Database(tmp_path, fdatasync=Disk(1, 3)) as db:
        for key in "abcd":
            with contextlib.suppress(OSError):
                db.table("t").put(key, {})
        assert (db.generation, db.table("t").keys()) == (3, ["b", "d"])


def test_a_generation_that_cannot_be_begun_means_that_the_store_is_lost(tmp_path: Path) -> None:
    db = Database(tmp_path, fdatasync=Disk(1))
    with pytest.raises(OSError, match="journal-1"):
        db.table("t").put("a", {})
    (tmp_path / "CURRENT.new").mkdir()  # nothing can be written there
    with pytest.raises(StoreLost, match=r"CURRENT\.new"):
        db.table("t").put("b", {})
    assert [path.name for path in tmp_path.glob("*-2")] == []
    (tmp_path / "CURRENT.new").rmdir()
    db.table("t").put("c", {})
    db.close()
    assert everything(tmp_path) == {"t": {"c": {}}}


COMMITTING = {"_commit", "append_line", "append", "apply", "_apply", "_sync_journal", "_confirm", "_cut_off"}


def interrupted(at: int, act: Callable[[], None]) -> bool:
    """Do it with KeyboardInterrupt before the `at`th line that is run while something is written, as a signal has it;
    whether it came so far."""
    left = at

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal left
        if frame.f_code.co_name not in COMMITTING or "store" not in frame.f_code.co_filename:
            return None if event == "call" and frame.f_code.co_name.startswith("<") else trace
        # Not at a `with`: there it would leave the lock of the statement held, which no program can help.
        if event == "line" and not linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip().startswith(
            "with"
        ):
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def test_wherever_a_signal_raises_memory_is_again_what_the_file_says(tmp_path: Path) -> None:
    for at in itertools.count(1):
        folder = tmp_path / str(at)
        with open_database(folder) as db:
            db.table("t").put("a", {})
            # To take it out twice would not fit: what is half done in memory must be seen.
            came = interrupted(at, lambda db=db: db.table("t").drop("a"))  # type: ignore[misc]  # this one
            db.table("t").put("b", {})
            found = held(db)
            assert found == everything(folder)
            assert found["t"] in (({"b": {}}, {"a": {}, "b": {}}) if came else ({"b": {}},))
        if not came:
            break
    assert at > 20


# Sync points


def test_after_each_sync_the_journal_says_how_far_it_is_on_the_disk(tmp_path: Path) -> None:
    db = Database(tmp_path, clock=Clock())
    with db.batch(sync=False):
        db.table("t").put("a", {})
    db.table("t").put("b", {})
    with db.batch(sync=False):
        db.table("t").put("c", {})
    db.close()
    data = (tmp_path / "journal-1").read_bytes()
    said = [(match.start(), int(match[3])) for match in journal.SYNC_POINT.finditer(data)]
    lines = data.splitlines(keepends=True)
    ends = [sum(map(len, lines[:number])) for number in range(1, len(lines))]
    assert said == [(end, end) for end in (ends[0], ends[3], ends[5])]  # its own line, b's and c's


def test_a_sync_point_is_known_without_the_lines_around_it() -> None:
    line, end = journal.sync_point(journal.Place(30, 1, 77))
    found = [
        journal.confirmed(data)
        for data in (bytes(30) + line + b"x", line[:-1], line.replace(b"30", b"31"), line.replace(b"d", b"e"), b"")
    ]
    assert (found, end.lines) == ([30, 30, 0, 0, 0], 2)


def test_text_of_a_persons_cannot_be_taken_for_a_sync_point(tmp_path: Path) -> None:
    line, _ = journal.sync_point(journal.Place(0, 0, 0))
    with open_database(tmp_path) as db:
        db.table("t").put("a", {"text": line.decode()})
    body = written(tmp_path / "journal-1")[1]
    assert (b"s" in body, journal.SYNC_POINT.findall(body)) == (True, [])


def test_lines_are_synced_unless_the_batch_says_not_and_at_the_end(tmp_path: Path) -> None:
    synced: list[int] = []
    db = Database(tmp_path, fdatasync=synced.append)
    table = db.table("t")
    counts = []
    with db.batch(sync=False):
        table.put("a", {})
    counts.append(len(synced))
    table.put("b", {})
    counts.append(len(synced))
    with db.batch(sync=False), db.batch():
        table.put("c", {})
    counts.append(len(synced))
    with db.batch(sync=False):
        table.put("d", {})
    db.close()
    assert [*counts, len(synced)] == [0, 1, 2, 3]


def test_the_place_before_the_first_line_is_the_start() -> None:
    assert list(journal.intact([], Path("journal-1"), START)) == []
