"""Putting records back, and looking whether they are whole."""

import itertools
import os
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from store.archive import Archive, Folded
from store.database import Damage, Database, Locked, NewerSchema, open_database
from store.migrations import MIGRATIONS
from store.restore import Records, TooEarly, records_at, records_in, restore
from store.secret import make, secret_beside
from store.state import Tables, packed_tables
from store.verify import Verified, verify
from tests.store_values import NOON, Clock, everything, filled, held

pytestmark = pytest.mark.slow

SECOND = timedelta(seconds=1)


def history(folder: Path) -> list[Any]:
    """A store in which each second one key more is written, over three generations; what stood at each second."""
    clock, stood = Clock(), []
    with Database(folder, clock=clock) as db:
        for second in range(9):
            clock.now = NOON + second * SECOND
            if second in (3, 6):
                db.compact()
            db.table("t").put(f"{second}a", {})
            clock.now += timedelta(milliseconds=500)
            db.table("t").put(f"{second}b", {})
            stood.append(held(db))
    return stood


def from_file(file: Path) -> Callable[[], Records]:
    return lambda: records_in(file)


def flip(file: Path, line: int) -> None:
    """Flip a bit in a line."""
    lines = file.read_bytes().splitlines(keepends=True)
    data = bytearray(file.read_bytes())
    data[sum(map(len, lines[: line - 1])) + 15] ^= 4
    file.write_bytes(data)


def test_the_records_of_every_second_can_be_read(tmp_path: Path) -> None:
    stood = history(tmp_path)
    assert [records_at(tmp_path, NOON + second * SECOND).tables for second in range(9)] == stood
    assert [records_at(tmp_path, NOON + second * SECOND).stood for second in (0, 5, 8)] == [
        NOON, NOON + 5 * SECOND, NOON + 8 * SECOND,
    ]  # fmt: skip


def test_a_moment_between_two_writes_has_what_stood_then(tmp_path: Path) -> None:
    stood = history(tmp_path)
    later = records_at(tmp_path, NOON + timedelta(hours=1))
    assert (later.tables, later.stood) == (stood[8], NOON + 8 * SECOND)
    assert records_at(tmp_path, NOON + timedelta(seconds=4.999)).tables == stood[4]


def test_a_moment_before_everything_is_too_early_and_says_what_is_not(tmp_path: Path) -> None:
    history(tmp_path)
    with pytest.raises(TooEarly) as caught:
        records_at(tmp_path, NOON - SECOND)
    assert caught.value.oldest == NOON
    shutil.rmtree(tmp_path / "backups")
    with pytest.raises(TooEarly) as caught:
        records_at(tmp_path, NOON)
    assert caught.value.oldest == NOON + 6 * SECOND
    with pytest.raises(TooEarly) as caught:
        records_at(tmp_path / "nothing", NOON)
    assert caught.value.oldest is None


def test_a_clock_that_ran_ahead_for_a_while_hides_nothing_that_came_after(tmp_path: Path) -> None:
    clock = Clock()
    with Database(tmp_path, clock=clock) as db:
        for key, seconds in (("before", 0), ("ahead", 900), ("after", 2), ("late", 5)):
            clock.now = NOON + seconds * SECOND
            db.table("t").put(key, {})
    assert records_at(tmp_path, NOON + 3 * SECOND).tables["t"].keys() == {"before", "ahead", "after"}


def test_a_generation_that_was_moved_only_half_is_still_read(tmp_path: Path) -> None:
    stood = history(tmp_path)
    (tmp_path / "backups/journal-1").rename(tmp_path / "journal-1")
    assert records_at(tmp_path, NOON + SECOND).tables == stood[1]


def test_what_a_killed_compaction_left_is_not_taken_for_a_backup(tmp_path: Path) -> None:
    history(tmp_path)
    clock = Clock(NOON + 20 * SECOND)
    with Database(tmp_path, clock=clock) as db:
        list(itertools.islice(db.storage.compaction(), 3))
        assert (tmp_path / "journal-4").exists()
        clock.now += SECOND
        db.table("t").put("after", {})
    assert "after" in records_at(tmp_path, NOON + 30 * SECOND).tables["t"]


# Damage


def test_damage_after_the_moment_is_in_nobodys_way(tmp_path: Path) -> None:
    stood = history(tmp_path)
    flip(tmp_path / "journal-3", 11)  # of second 8; before it two lines, and four each for 6 and 7: sync points too
    assert records_at(tmp_path, NOON + 7 * SECOND).tables == stood[7]
    with pytest.raises(Damage, match="journal-3, line 11: "):
        records_at(tmp_path, NOON + 8 * SECOND)


def test_without_the_newest_generation_the_one_before_reaches_to_its_last_line(tmp_path: Path) -> None:
    stood = history(tmp_path)
    (tmp_path / "snapshot-3").unlink()
    (tmp_path / "journal-3").unlink()
    assert records_at(tmp_path, NOON + 5 * SECOND).tables == stood[5]
    with pytest.raises(Damage, match="snapshot-3: the file is missing"):
        records_at(tmp_path, NOON + 6 * SECOND)


def test_a_snapshot_that_is_damaged_stops_its_own_moments_only(tmp_path: Path) -> None:
    stood = history(tmp_path)
    flip(tmp_path / "snapshot-3", 3)
    assert records_at(tmp_path, NOON + 5 * SECOND).tables == stood[5]
    with pytest.raises(Damage, match="snapshot-3, line 3: "):
        records_at(tmp_path, NOON + 6 * SECOND)


@pytest.mark.parametrize("text", ["", "9", None])
def test_a_current_that_says_nothing_does_not_hide_the_records(tmp_path: Path, text: str | None) -> None:
    stood = history(tmp_path)
    (tmp_path / "CURRENT").unlink() if text is None else (tmp_path / "CURRENT").write_text(text)
    assert records_at(tmp_path, NOON + 8 * SECOND).tables == stood[8]


# Putting back


def test_restoring_begins_a_generation_and_keeps_the_one_of_before(tmp_path: Path) -> None:
    stood = history(tmp_path)
    clock = Clock(NOON + 60 * SECOND)
    with open_database(tmp_path) as db:
        done = restore(tmp_path, lambda: records_at(tmp_path, NOON + 4 * SECOND), clock=clock)
        assert (done.generation, done.stood) == (4, NOON + 4 * SECOND)
        assert done.aside == (tmp_path / "backups/journal-3", tmp_path / "backups/snapshot-3")
        db.refresh()
        assert held(db) == stood[4]
    assert records_at(tmp_path, NOON + 59 * SECOND).tables == stood[8]
    assert records_at(tmp_path, NOON + 60 * SECOND).tables == stood[4]


def test_restoring_over_damage_moves_it_into_a_folder_that_is_never_removed(tmp_path: Path) -> None:
    stood = history(tmp_path)
    flip(tmp_path / "journal-3", 11)
    done = restore(tmp_path, lambda: records_at(tmp_path, NOON + 7 * SECOND), clock=Clock(NOON + 60 * SECOND))
    aside = tmp_path / "backups/before-4"
    assert done.aside == (aside / "journal-3", aside / "snapshot-3")
    assert everything(tmp_path) == stood[7]
    with open_database(tmp_path) as db:
        assert db.forget(NOON + timedelta(days=30)) == [1, 2]
    assert sorted(path.name for path in aside.iterdir()) == ["journal-3", "snapshot-3"]


def test_a_restore_that_is_killed_at_any_step_changes_nothing_or_everything(tmp_path: Path) -> None:
    stood = history(tmp_path / "store")
    from store import generations

    tables = records_at(tmp_path / "store", NOON).tables
    for steps in range(6):
        folder = tmp_path / str(steps)
        shutil.copytree(tmp_path / "store", folder)
        new = generations.new_generation(folder)
        list(itertools.islice(generations.begin(folder, new, NOON + 60 * SECOND, packed_tables(tables)), steps))
        assert everything(folder) == (stood[0] if steps >= 4 else stood[8])


def test_an_older_aikultur_can_go_back_to_before_the_migration(tmp_path: Path) -> None:
    records = filled(tmp_path)
    with Database(tmp_path, migrations=(*MIGRATIONS, lambda tables: {"mail": tables["letters"]})) as db:
        db.table("mail").put("b", {})
    with pytest.raises(NewerSchema, match="aikultur store restore"):
        open_database(tmp_path)
    done = restore(tmp_path, lambda: records_at(tmp_path, NOON))
    assert done.aside == (tmp_path / "backups/before-3/journal-2", tmp_path / "backups/before-3/snapshot-2")
    assert everything(tmp_path) == records


def test_restoring_waits_for_whoever_writes(tmp_path: Path) -> None:
    filled(tmp_path)
    with open_database(tmp_path) as db, db.batch(), pytest.raises(Locked):
        restore(tmp_path, lambda: records_at(tmp_path, NOON), lock_timeout=0)


def test_what_stood_there_before_is_handed_to_the_change(tmp_path: Path) -> None:
    stood = history(tmp_path)

    def union(tables: Tables, current: Tables) -> Tables:
        return {"before": current["t"], "after": tables["t"]}

    restore(tmp_path, lambda: records_at(tmp_path, NOON), change=union)
    assert everything(tmp_path) == {"before": stood[8]["t"], "after": stood[0]["t"]}


def test_a_restored_older_schema_is_migrated(tmp_path: Path) -> None:
    def rename(tables: Tables) -> Tables:
        return {"mail": tables["letters"]}

    records = filled(tmp_path)
    with Database(tmp_path, migrations=(*MIGRATIONS, rename)) as db:
        db.table("mail").remove(doc_ids=db.table("mail").keys())
    restore(tmp_path, lambda: records_at(tmp_path, NOON, (*MIGRATIONS, rename)), migrations=(*MIGRATIONS, rename))
    with Database(tmp_path, migrations=(*MIGRATIONS, rename)) as db:
        assert held(db) == {"mail": records["letters"]}


# One file


def test_a_backup_is_one_file_that_restores_the_records_elsewhere(tmp_path: Path) -> None:
    records = filled(tmp_path / "store")
    with open_database(tmp_path / "store") as db:
        file = db.backup(tmp_path / "copies")
        assert (file.name, db.backup(tmp_path / "copies")) == ("records-000001-00000010", file)
        db.table("letters").remove(doc_ids=db.table("letters").keys())
    assert restore(tmp_path / "new", from_file(file)).aside == ()
    assert everything(tmp_path / "new") == records
    assert file.stat().st_mode & 0o077 == 0


def test_a_backup_that_is_cut_is_refused_before_anything_is_touched(tmp_path: Path) -> None:
    filled(tmp_path / "store")
    with open_database(tmp_path / "store") as db:
        file = db.backup(tmp_path / "copies")
    file.write_bytes(file.read_bytes()[:-9])
    before = {path.name: path.read_bytes() for path in (tmp_path / "store").iterdir() if path.suffix != ".lock"}
    with pytest.raises(Damage):
        restore(tmp_path / "store", from_file(file))
    after = {path.name: path.read_bytes() for path in (tmp_path / "store").iterdir() if path.suffix != ".lock"}
    assert after == before


# Looking


def test_a_whole_store_is_whole_and_says_what_can_be_put_back(tmp_path: Path) -> None:
    history(tmp_path / "store")
    found = verify(tmp_path / "store", tmp_path / "spool")
    assert found.whole
    assert [(one.generation, one.began, one.whole_until) for one in found.generations] == [
        (1, NOON, NOON + 2 * SECOND),
        (2, NOON + 3 * SECOND, NOON + 5 * SECOND),
        (3, NOON + 6 * SECOND, NOON + 8 * SECOND),
    ]
    assert found.generations[-1].size == sum(
        (tmp_path / "store" / name).stat().st_size for name in ("snapshot-3", "journal-3")
    )


@pytest.mark.parametrize(("file", "line"), [("journal-3", 11), ("backups/journal-2", 5), ("backups/snapshot-2", 2)])
def test_a_damaged_line_anywhere_is_found_and_its_last_whole_moment_can_be_put_back(
    tmp_path: Path, file: str, line: int
) -> None:
    stood = history(tmp_path / "store")
    flip(tmp_path / "store" / file, line)
    found = verify(tmp_path / "store", tmp_path / "spool")
    (damaged,) = [one for one in found.generations if one.fault]
    assert damaged.fault.startswith(f"{tmp_path / 'store' / file}, line {line}: ")
    if damaged.whole_until:
        second = (damaged.whole_until - NOON) // SECOND
        tables = records_at(tmp_path / "store", damaged.whole_until).tables
        assert {*stood[second - 1]["t"]} < {*tables["t"]} <= {*stood[second]["t"]}


@pytest.mark.parametrize("name", ["CURRENT", "snapshot-3", "journal-3"])
def test_a_missing_file_is_found(tmp_path: Path, name: str) -> None:
    history(tmp_path / "store")
    (tmp_path / "store" / name).unlink()
    found = verify(tmp_path / "store", tmp_path / "spool")
    faults = [*found.faults, *(one.fault for one in found.generations if one.fault)]
    assert [fault.partition(": the file is missing")[0] for fault in faults] == [str(tmp_path / "store" / name)]


def test_a_current_that_names_a_generation_that_is_not_there_is_found(tmp_path: Path) -> None:
    history(tmp_path / "store")
    (tmp_path / "store/CURRENT").write_text("7")
    found = verify(tmp_path / "store", tmp_path / "spool")
    assert [one.generation for one in found.generations if one.fault] == [7]


def named(found: Verified) -> list[datetime]:
    """Every moment that verify names."""
    bounds = [bound for one in found.generations for bound in (one.began, one.whole_until)]
    return [bound for bound in bounds if bound is not None]


def in_one_second(folder: Path) -> None:
    """Three generations of which the second begins in the second of the first one's last line, as the third does."""
    clock = Clock()
    with Database(folder, clock=clock) as db:
        for key in "abc":
            clock.now += SECOND
            db.table("t").put(key, {})
            if key != "c":
                db.compact()


def with_a_clock_that_ran_ahead(folder: Path) -> None:
    clock = Clock()
    with Database(folder, clock=clock) as db:
        for seconds in (0, 900, 2, 4):
            clock.now = NOON + seconds * SECOND
            db.table("t").put(str(seconds), {})
            if seconds == 2:
                db.compact()


@pytest.mark.parametrize("make", [history, in_one_second, with_a_clock_that_ran_ahead])
def test_every_moment_that_verify_names_can_be_put_back_wherever_a_bit_is_flipped(
    tmp_path: Path, make: Callable[[Path], Any]
) -> None:
    make(tmp_path / "store")
    draw = Random(7)
    refused = []
    for file in sorted(path for path in (tmp_path / "store").rglob("*") if "lock" not in path.name and path.is_file()):
        data = file.read_bytes()
        for place in sorted(draw.sample(range(len(data)), min(12, len(data)))):
            flipped = bytearray(data)
            flipped[place] ^= 1 << draw.randrange(8)
            file.write_bytes(flipped)
            found = verify(tmp_path / "store", tmp_path / "spool")
            refused += [(file.name, place, moment) for moment in named(found) if not can_restore(tmp_path, moment)]
            assert named(found) != []  # two of three generations are whole
        file.write_bytes(data)
    assert refused == []


@pytest.mark.parametrize("text", ["1", "2", "9", "99", "x", None])
def test_every_moment_that_verify_names_can_be_put_back_whatever_current_says(tmp_path: Path, text: str | None) -> None:
    history(tmp_path / "store")
    (tmp_path / "store/CURRENT").unlink() if text is None else (tmp_path / "store/CURRENT").write_text(text)
    found = verify(tmp_path / "store", tmp_path / "spool")
    assert [moment for moment in named(found) if not can_restore(tmp_path, moment)] == []
    assert (found.whole, max(named(found))) == (False, NOON + 8 * SECOND)


def can_restore(folder: Path, moment: datetime) -> bool:
    try:
        records_at(folder / "store", moment)
    except (Damage, TooEarly):
        return False
    return True


def test_a_first_line_that_is_damaged_leaves_the_second_before_it(tmp_path: Path) -> None:
    in_one_second(tmp_path / "store")
    flip(tmp_path / "store/snapshot-3", 1)
    found = verify(tmp_path / "store", tmp_path / "spool")
    assert [(one.generation, one.whole_until) for one in found.generations] == [
        (1, NOON + SECOND),
        (2, NOON + 2 * SECOND),
        (3, None),
    ]
    assert records_at(tmp_path / "store", NOON + 2 * SECOND).tables["t"].keys() == {"a", "b"}


def test_lines_that_the_disk_had_not_confirmed_are_counted_and_no_damage(tmp_path: Path) -> None:
    history(tmp_path / "store")
    with (tmp_path / "store/journal-3").open("ab") as file:
        file.write(b"one\ntwo\n" + bytes(5000))
    found = verify(tmp_path / "store", tmp_path / "spool")
    assert (found.whole, [one.unconfirmed for one in found.generations]) == (True, [0, 0, 2])


def test_the_secret_and_the_archive_are_looked_at(tmp_path: Path) -> None:
    filled(tmp_path / "store")
    make(tmp_path / "secret")
    with open_database(tmp_path / "store") as db:
        secret_beside(db, tmp_path)
        db.table("people").put("1", {})
    letter = Folded(
        id="1", person="1", to="a@x.example", kinds=("tip",), notices=(), subject="", state="sent", settled_at=NOON
    )
    Archive(tmp_path / "archive").add("2026-W48", [letter])

    def faults() -> list[str]:
        found = verify(tmp_path / "store", tmp_path / "spool", beside=tmp_path)
        return [fault.partition(": ")[0].rpartition("/")[2] for fault in found.beside]

    assert faults() == []
    key = (tmp_path / "secret").read_text()
    (tmp_path / "secret").write_text("0" * 64)
    assert faults() == ["secret"]
    (tmp_path / "secret").unlink()
    assert faults() == ["secret"]
    (tmp_path / "secret").write_text(key)
    (tmp_path / "secret").chmod(0o600)
    file = tmp_path / "archive/2026-W48.jsonl.gz"
    data = file.read_bytes()
    for place in range(len(data)):
        flipped = bytearray(data)
        flipped[place] ^= 4
        file.write_bytes(flipped)
        if not faults():  # what gzip says of the file's date and of the machine it was made on
            assert Archive(tmp_path / "archive").read("2026-W48") == [letter]
            assert 4 <= place < 10


def test_looking_touches_nothing(tmp_path: Path) -> None:
    history(tmp_path / "store")
    (tmp_path / "store/generations.lock").unlink()
    verify(tmp_path / "store", tmp_path / "spool")
    before = sorted((str(path), path.stat().st_mtime_ns) for path in tmp_path.rglob("*") if path.is_file())
    verify(tmp_path / "store", tmp_path / "spool")
    assert sorted((str(path), path.stat().st_mtime_ns) for path in tmp_path.rglob("*") if path.is_file()) == before
    assert not os.path.lexists(tmp_path / "spool")
