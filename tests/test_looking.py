"""A store that is only looked at."""

import shutil
from pathlib import Path

import pytest

from store.database import Damage, Database, open_database
from store.looking import look_at
from store.migrations import MIGRATIONS
from tests.store_values import Clock, filled, held


def files(folder: Path) -> list[tuple[str, int, int]]:
    """Every file and folder with its mode and the moment of its last change."""
    found = sorted([folder, *folder.rglob("*")])
    return [(str(path), path.stat().st_mode, path.stat().st_mtime_ns) for path in found]


def test_it_holds_what_stands_in_the_files_and_touches_none(tmp_path: Path) -> None:
    records = filled(tmp_path / "store")
    for lock in (tmp_path / "store").glob("*lock"):
        lock.unlink()
    with (tmp_path / "store/journal-1").open("ab") as file:
        file.write(b"a line that was never finished")
    before = files(tmp_path)
    with look_at(tmp_path / "store") as db:
        assert (held(db), db.generation) == (records, 1)
    assert files(tmp_path) == before


def test_where_there_is_no_store_it_is_empty_and_none_is_made(tmp_path: Path) -> None:
    with look_at(tmp_path / "store") as db:
        assert held(db) == {}
    assert list(tmp_path.iterdir()) == []


def test_it_needs_no_lock(tmp_path: Path) -> None:
    filled(tmp_path)
    with open_database(tmp_path) as writer, writer.batch():
        writer.table("letters").put("b", {})
        assert look_at(tmp_path).table("letters").keys() == ["a"]


def test_it_cannot_be_changed(tmp_path: Path) -> None:
    records = filled(tmp_path)
    with look_at(tmp_path) as db:
        for change in (lambda: db.table("t").put("a", {}), db.drop_tables, db.compact):
            with pytest.raises(PermissionError, match="opened to be looked at"):
                change()
    with look_at(tmp_path) as db:
        assert held(db) == records


def test_an_older_schema_is_shown_in_todays_and_stays(tmp_path: Path) -> None:
    from store.looking import LookingStorage

    records = filled(tmp_path)
    before = files(tmp_path)
    db = Database(
        tmp_path, storage=LookingStorage, migrations=(*MIGRATIONS, lambda tables: {"mail": tables["letters"]})
    )
    assert (held(db), files(tmp_path)) == ({"mail": records["letters"]}, before)


@pytest.mark.parametrize("name", ["journal-1", "snapshot-1"])
def test_damage_is_said(tmp_path: Path, name: str) -> None:
    filled(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(Damage, match=f"{name}: the file is missing"):
        look_at(tmp_path)


def test_files_that_are_moved_while_it_looks_are_found(tmp_path: Path) -> None:
    with Database(tmp_path / "store", clock=Clock()) as db:
        db.table("t").put("a", {})
        for step in db.storage.compaction():
            copy = shutil.copytree(tmp_path / "store", tmp_path / step)
            assert held(look_at(copy)) == {"t": {"a": {}}}
