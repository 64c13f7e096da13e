"""The lines of the store's files, and how durable they are."""

from datetime import timedelta
from pathlib import Path

import pytest

from store import journal
from store.database import Database, open_database
from store.journal import START, framed, unframed
from tests.store_values import NOON, Clock, everything, filled


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
    assert b'"text"' not in (tmp_path / "journal-1").read_bytes().splitlines()[3]


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
    assert held[1:] == [
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


def test_a_failed_fsync_takes_the_line_back_and_ends_all_writing(tmp_path: Path) -> None:
    held = filled(tmp_path)

    def broken(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    db = Database(tmp_path, fdatasync=broken)
    for _ in range(2):
        with pytest.raises(OSError, match="Nothing more is written until the service is started again"):
            db.table("letters").put("c", {})
    with pytest.raises(OSError, match="Nothing more is written"):
        db.compact()
    assert db.table("letters").keys() == ["a"]
    db.close()
    assert everything(tmp_path) == held


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
