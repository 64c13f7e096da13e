"""One generation follows another: at every step, beside writers, into a new schema, and what is kept."""

import itertools
import shutil
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from store import generations
from store.database import Database, Locked, open_database
from store.generations import GENERATIONS_LOCK, locked
from store.journal import Damage, Head, NewerSchema
from store.migrations import MIGRATIONS
from store.restore import records_at
from store.state import Tables
from tests.store_values import NOON, Clock, everything, filled, held

pytestmark = pytest.mark.slow


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "backups").iterdir())


def test_a_new_generation_keeps_the_records_and_the_old_files(tmp_path: Path) -> None:
    records = filled(tmp_path)
    with open_database(tmp_path) as db:
        before = db.journal_bytes
        assert db.compact()
        assert (db.generation, db.journal_bytes < before, held(db)) == (2, True, records)
    assert kept(tmp_path) == ["journal-1", "snapshot-1"]
    assert everything(tmp_path) == records


def test_compaction_keeps_an_empty_table(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        db.storage.write({"empty": {}})
        db.compact()
    assert everything(tmp_path) == {"empty": {}}


def test_a_generation_in_which_nothing_was_written_is_not_followed(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        assert [db.compact(), db.generation] == [False, 1]
        db.table("t").put("a", {})
        assert [db.compact(), db.compact(), db.generation] == [True, False, 2]


def test_memory_stays_as_it_is(tmp_path: Path) -> None:
    filled(tmp_path)
    with open_database(tmp_path) as db:
        tables, version = db.storage._state.tables, db.storage.version("letters")
        db.compact()
        assert db.storage._state.tables is tables
        assert db.storage.version("letters") == version


def test_killed_at_any_step_the_folder_opens_with_the_same_records(tmp_path: Path) -> None:
    filled(tmp_path / "store")
    copies = []
    with open_database(tmp_path / "store") as db, open_database(tmp_path / "store") as other:
        for step in db.storage.compaction():
            if step in ("frozen", "snapshot"):
                other.table("letters").put(step, {})
            shutil.copytree(tmp_path / "store", tmp_path / step)
            copies.append((step, held(other)))
    assert [step for step, _ in copies] == [
        "frozen", "snapshot", "journal", "new CURRENT", "CURRENT", "folder", "kept journal-1", "kept snapshot-1",
    ]  # fmt: skip
    for step, records in copies:
        assert everything(tmp_path / step) == records
        with open_database(tmp_path / step) as db:
            db.table("letters").put("later", {})
            assert db.compact()
            current = db.generation
        assert everything(tmp_path / step) == {"letters": {**records["letters"], "later": {}}}
        files = [f"journal-{current}", f"snapshot-{current}"]
        assert sorted(path.name for path in (tmp_path / step).glob("*-*")) == files
        assert kept(tmp_path / step) == sorted(
            f"{kind}-{n}" for kind in ("journal", "snapshot") for n in _counted(current, step)
        )


def _counted(current: int, step: str) -> list[int]:
    """Which generations counted: a killed one that CURRENT never named did not, and its files are gone."""
    return [1] if step in ("frozen", "snapshot", "journal", "new CURRENT") else [1, current - 1]


def test_killed_in_the_middle_of_the_snapshot_it_loses_nothing(tmp_path: Path) -> None:
    records = filled(tmp_path / "store")
    with open_database(tmp_path / "store") as db:
        steps = db.storage.compaction()
        list(itertools.islice(steps, 2))
        data = (tmp_path / "store/snapshot-2").read_bytes()
        for cut in range(len(data)):
            folder = tmp_path / str(cut)
            shutil.copytree(tmp_path / "store", folder)
            (folder / "snapshot-2").write_bytes(data[:cut])
            assert everything(folder) == records
            with open_database(folder) as again:
                again.compact()
            assert everything(folder) == records
        steps.close()


def test_a_first_start_killed_at_any_step_starts_again(tmp_path: Path) -> None:
    for steps in range(6):
        folder = tmp_path / str(steps)
        folder.mkdir()
        list(itertools.islice(generations.begin_empty(folder, NOON), steps))
        assert everything(folder) == {}


def test_a_first_start_killed_in_the_middle_of_a_file_starts_again(tmp_path: Path) -> None:
    for name in ("snapshot-1", "journal-1"):
        whole = tmp_path / f"whole-{name}"
        whole.mkdir()
        list(itertools.islice(generations.begin_empty(whole, NOON), 2))
        data = (whole / name).read_bytes()
        for cut in range(len(data)):
            folder = tmp_path / f"{name}-{cut}"
            shutil.copytree(whole, folder)
            (folder / name).write_bytes(data[:cut])
            assert everything(folder) == {}


# Beside others


def test_while_the_snapshot_is_written_others_write_on_and_nothing_is_lost(tmp_path: Path) -> None:
    filled(tmp_path)
    with open_database(tmp_path, lock_timeout=0) as db, open_database(tmp_path, lock_timeout=0) as other:
        steps = db.storage.compaction()
        assert next(steps) == "frozen"
        other.table("letters").put("theirs", {})
        db.table("letters").put("ours", {})
        db.table("letters").merge("a", {"merged": 1})
        assert next(steps) == "snapshot"
        other.table("letters").drop("ours")
        snapshot = (tmp_path / "snapshot-2").read_bytes()
        assert (b"theirs" in snapshot, b"merged" in snapshot) == (False, False)
        list(steps)
        assert (held(db), other.generation) == (held(other), 1)
        other.table("letters").put("after", {})
        assert (other.generation, other.table("letters").keys()) == (2, ["a", "theirs", "after"])
    assert everything(tmp_path)["letters"].keys() == {"a", "theirs", "after"}


def test_a_torn_line_of_before_is_not_taken_over(tmp_path: Path) -> None:
    filled(tmp_path)
    with open_database(tmp_path) as db:
        db.table("letters").put("b", {})
        with (tmp_path / "journal-1").open("ab") as file:
            file.write(b"00000000 [[")
        db.compact()
        db.table("letters").put("c", {})
    assert everything(tmp_path)["letters"].keys() == {"a", "b", "c"}


def test_of_two_at_once_the_second_does_nothing(tmp_path: Path) -> None:
    filled(tmp_path)
    with open_database(tmp_path) as db, open_database(tmp_path) as other:
        steps = db.storage.compaction()
        next(steps)
        assert (other.compact(), other.forget(NOON)) == (False, [])
        second: list[bool] = []
        thread = threading.Thread(target=lambda: second.append(db.compact()))
        thread.start()
        thread.join()
        assert second == [False]
        list(steps)
        assert (db.generation, other.refresh(), other.generation) == (2, True, 2)


def test_whoever_cannot_have_the_writers_lock_says_so(tmp_path: Path) -> None:
    filled(tmp_path)
    with open_database(tmp_path, lock_timeout=0) as db, locked(tmp_path / "lock", 0), pytest.raises(Locked):
        db.compact()


def test_a_killed_holder_of_the_lock_is_in_nobodys_way(tmp_path: Path) -> None:
    filled(tmp_path)
    (tmp_path / GENERATIONS_LOCK).write_bytes(b"")
    with open_database(tmp_path) as db:
        assert db.compact()


def test_old_files_that_cannot_be_moved_stay_and_are_moved_the_next_time(tmp_path: Path) -> None:
    records = filled(tmp_path)
    (tmp_path / "backups").write_text("in the way")
    with open_database(tmp_path) as db:
        assert db.compact()
        assert (tmp_path / "journal-1").exists()
        (tmp_path / "backups").unlink()
        db.table("letters").drop("b")
        db.table("letters").put("c", {})
        db.compact()
    assert kept(tmp_path) == ["journal-1", "journal-2", "snapshot-1", "snapshot-2"]
    assert everything(tmp_path)["letters"] == records["letters"] | {"c": {}}


# What is let go


def test_generations_that_ended_before_are_forgotten_and_the_next_covers_the_moment(tmp_path: Path) -> None:
    clock = Clock()
    with Database(tmp_path, clock=clock) as db:
        for day in range(4):  # generation n begins on day n-1, the last on day 3
            clock.now = NOON + timedelta(days=day)
            db.compact()
            db.table("t").put(str(day), {})
        assert db.forget(NOON + timedelta(days=1)) == []
        assert db.forget(NOON + timedelta(days=1, seconds=1)) == [1]
        assert kept(tmp_path) == ["journal-2", "journal-3", "snapshot-2", "snapshot-3"]
        assert db.forget(NOON + timedelta(days=9)) == [2, 3]
    assert everything(tmp_path)["t"].keys() == {"0", "1", "2", "3"}


def test_a_generation_whose_end_cannot_be_read_is_not_forgotten(tmp_path: Path) -> None:
    with Database(tmp_path, clock=Clock()) as db:
        for key in "ab":
            db.table("t").put(key, {})
            db.compact()
        for name in ("snapshot-3", "journal-3"):
            (tmp_path / name).write_bytes(b"?")
        assert db.forget(NOON + timedelta(days=9)) == [1]
    assert kept(tmp_path) == ["journal-2", "snapshot-2"]


# CURRENT


def three(folder: Path) -> dict[str, Any]:
    """A store in its third generation, a record in each; what it holds."""
    with Database(folder, clock=Clock()) as db:
        for key in "abc":
            db.table("t").put(key, {})
            if key != "c":
                db.compact()
    return {"t": {"a": {}, "b": {}, "c": {}}}


def test_current_says_the_number_and_its_checksum(tmp_path: Path) -> None:
    three(tmp_path)
    assert (tmp_path / "CURRENT").read_bytes() == b"3 6dd28e9b\n"  # zlib.crc32(b"3"), as any crc32 has it


def test_a_bit_flipped_anywhere_in_current_is_damage_or_changes_nothing(tmp_path: Path) -> None:
    records = three(tmp_path)
    data = (tmp_path / "CURRENT").read_bytes()
    opened, said = [], []
    for place, bit in itertools.product(range(len(data)), range(8)):
        flipped = bytearray(data)
        flipped[place] ^= 1 << bit
        (tmp_path / "CURRENT").write_bytes(flipped)
        try:
            assert everything(tmp_path) == records
            opened.append(place)
        except Damage as damage:
            said.append(str(damage).removeprefix(f"{tmp_path / 'CURRENT'}: ")[:6])
    assert {*said} == {"holds "}
    assert {*opened} <= {len(data) - 1}  # the line feed may become another blank


def test_a_number_without_a_checksum_is_believed(tmp_path: Path) -> None:
    records = three(tmp_path)
    (tmp_path / "CURRENT").write_text("3\n")
    assert everything(tmp_path) == records


@pytest.mark.parametrize("text", ["2", "1"])
def test_a_current_that_names_a_generation_which_another_has_followed_stops_with_the_way_out(
    tmp_path: Path, text: str
) -> None:
    records = three(tmp_path)
    with open_database(tmp_path) as running:
        (tmp_path / "CURRENT").write_text(text)
        with pytest.raises(Damage) as caught:
            open_database(tmp_path)
        with pytest.raises(Damage, match="generation 3 has followed it"):
            running.table("t").put("d", {})
    wrong = f"{tmp_path / 'CURRENT'}: names generation {text}, but generation 3 has followed it and is there. "
    assert str(caught.value).startswith(f"{wrong}Stop the service and make a copy of {tmp_path}. Write 3 in CURRENT")
    assert records_at(tmp_path, NOON).tables == records
    (tmp_path / "CURRENT").write_text("3")
    assert everything(tmp_path) == records


def test_of_a_later_generation_from_before_there_were_sync_points_whole_files_say_that_it_counted(
    tmp_path: Path,
) -> None:
    three(tmp_path)
    (tmp_path / "journal-3").write_bytes(Head("journal", 3, NOON).line()[0])
    (tmp_path / "CURRENT").write_text("2")
    with pytest.raises(Damage, match="generation 3 has followed it"):
        open_database(tmp_path)
    (tmp_path / "snapshot-3").write_bytes((tmp_path / "snapshot-3").read_bytes()[:-1])
    assert everything(tmp_path) == {"t": {"a": {}, "b": {}}}


# A new schema


def rename(tables: Tables) -> Tables:
    return {"mail": tables.pop("letters"), **tables}


def number(tables: Tables) -> Tables:
    return {name: {key: {**document, "n": 2} for key, document in table.items()} for name, table in tables.items()}


def fail(_tables: Tables) -> Tables:
    raise ZeroDivisionError


def test_opening_an_older_store_migrates_it_and_keeps_the_generation_of_before(tmp_path: Path) -> None:
    records = filled(tmp_path)
    with Database(tmp_path, migrations=(*MIGRATIONS, rename, number)) as db:
        expected = {"mail": {"a": {**records["letters"]["a"], "n": 2}}}
        assert (db.generation, held(db)) == (2, expected)
        db.table("mail").put("b", {})
    assert kept(tmp_path) == ["journal-1", "snapshot-1"]
    with Database(tmp_path, migrations=(*MIGRATIONS, rename, number)) as db:
        assert (db.generation, held(db)) == (2, {"mail": {**expected["mail"], "b": {}}})


def test_only_the_migrations_that_are_missing_are_made(tmp_path: Path) -> None:
    filled(tmp_path)
    Database(tmp_path, migrations=(*MIGRATIONS, rename)).close()
    with Database(tmp_path, migrations=(*MIGRATIONS, fail, number)) as db:
        assert (db.generation, db.table("mail").find("a")["n"]) == (3, 2)


def test_a_migration_that_fails_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    records = filled(tmp_path)
    with pytest.raises(ZeroDivisionError):
        Database(tmp_path, migrations=(*MIGRATIONS, fail))
    assert everything(tmp_path) == records
    assert not (tmp_path / "backups").exists()


def test_an_older_aikultur_refuses_the_migrated_store_also_when_it_is_running(tmp_path: Path) -> None:
    filled(tmp_path)
    with open_database(tmp_path) as old:
        Database(tmp_path, migrations=(*MIGRATIONS, rename)).close()
        with pytest.raises(NewerSchema):
            old.table("letters").put("b", {})
        with pytest.raises(NewerSchema):
            open_database(tmp_path)


def test_a_store_put_back_by_hand_to_an_older_schema_stops_who_had_migrated_it(tmp_path: Path) -> None:
    filled(tmp_path)
    with Database(tmp_path, migrations=(*MIGRATIONS, rename)) as db:
        for name in ("snapshot-1", "journal-1"):
            (tmp_path / "backups" / name).rename(tmp_path / name)
        for name in ("snapshot-2", "journal-2"):
            (tmp_path / name).unlink()
        (tmp_path / "CURRENT").write_text("1")
        with pytest.raises(Damage, match="Start the service again"):
            db.table("mail").put("b", {})
