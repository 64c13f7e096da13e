"""TinyDB's promises and ours: batches, copies, ids."""

import contextlib
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tinydb import where
from tinydb.table import Document

from store.database import Database, JournalTable, open_database
from tests.store_values import written


def lines(db: Database) -> int:
    return len(written(db.storage.folder / f"journal-{db.generation}"))


# By key


def test_put_replaces_the_whole_and_merge_sets_fields(db: Database) -> None:
    table = db.table("t")
    table.put("a", {"x": 1, "y": 2})
    table.put("a", {"x": 3})
    table.merge("a", {"z": 4})
    assert table.find("a") == {"x": 3, "z": 4}


def test_merge_of_what_is_not_there_is_a_keyerror_and_writes_nothing(db: Database) -> None:
    with pytest.raises(KeyError, match="a"):
        db.table("t").merge("a", {"x": 1})
    assert lines(db) == 1


def test_drop_of_what_is_not_there_writes_nothing(db: Database) -> None:
    db.table("t").drop("a")
    assert lines(db) == 1


def test_keys_come_in_the_order_of_first_writing(db: Database) -> None:
    table = db.table("t")
    for key in "cab":
        table.put(key, {})
    table.put("c", {"x": 1})
    table.drop("a")
    table.put("a", {})
    assert (table.keys(), table.has("a"), table.has("d"), len(table)) == (["c", "b", "a"], True, False, 3)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"day": date(2026, 12, 1)}, "field f.day: a value of type date"),
        ([1, (2,)], "field f.1: a value of type tuple"),
        ({1: 2}, "field f: a name of type int"),
        (float("nan"), "field f: the float nan, which JSON does not have"),
        (2**64, "field f: an int of more than 64 bits"),
        ("\ud800", "field f: a str with half a character"),
        (b"x", "field f: a value of type bytes"),
    ],
)
def test_what_json_cannot_hold_is_a_typeerror_that_names_the_place(db: Database, value: Any, said: str) -> None:
    with pytest.raises(TypeError) as caught:
        db.table("t").put("a", {"f": value})
    assert str(caught.value).startswith(f'table "t", key "a", {said}')
    assert (lines(db), db.table("t").keys()) == (1, [])


def test_a_record_that_holds_itself_is_a_typeerror(db: Database) -> None:
    ring: dict[str, Any] = {}
    ring["ring"] = ring
    with pytest.raises(TypeError, match="levels down"):
        db.table("t").put("a", ring)


def test_a_key_that_is_no_text_is_a_typeerror(db: Database) -> None:
    with pytest.raises(TypeError, match="a name of type int"):
        db.table("t").put(3, {})  # type: ignore[arg-type]  # the point of the test


def test_numbers_of_64_bits_and_all_text_come_back_equal(tmp_path: Path) -> None:
    document = {"n": [2**64 - 1, -(2**63), 1.0, -0.0, 1e300, True], "æ\u2028\x00": "\U0001f600\n"}
    with open_database(tmp_path) as db:
        db.table("t").put("a/b c", document)
    with open_database(tmp_path) as db:
        assert repr(db.table("t").find("a/b c")) == repr(document)


# Copies


def test_nothing_that_was_given_or_taken_can_change_the_records(db: Database) -> None:
    table = db.table("t")
    given = {"x": {"y": [1]}}
    table.put("a", given)
    table.merge("a", fields := {"z": [2]})
    query = where("x").exists()
    taken = [
        given, fields, table.find("a"),
        table.all()[0], table.search(query)[0], table.search(query)[0], next(iter(table)),
        (db.storage.read() or {})["t"]["a"],
    ]  # fmt: skip
    for document in taken:
        document.setdefault("x", {"y": []})["y"].append(9)
        document["z"] = document.get("z", [])
        document["z"].append(9)
    assert table.find("a") == table.search(query)[0] == {"x": {"y": [1]}, "z": [2]}


# Batches


def test_a_batch_over_tables_is_one_line_and_sees_itself(db: Database) -> None:
    a, b = db.table("a"), db.table("b")
    with db.batch():
        a.put("x", {"n": 1})
        a.merge("x", {"m": 2})
        b.put("y", {})
        assert a.find("x") == a.search(where("m") == 2)[0] == {"n": 1, "m": 2}
        assert (b.keys(), len(b)) == (["y"], 1)
        a.drop("x")
        assert (a.find("x"), a.has("x"), a.keys(), len(a), db.tables()) == (None, False, [], 0, {"a", "b"})
        a.put("x", {"n": 3})
    assert (lines(db), a.find("x"), b.has("y")) == (2, {"n": 3}, True)


def test_a_batch_that_raises_and_an_empty_one_write_nothing(db: Database) -> None:
    table = db.table("t")
    with db.batch():
        pass
    with contextlib.suppress(ZeroDivisionError), db.batch():
        table.put("a", {})
        table.put("b", {"n": 1 / 0})
    assert (lines(db), table.keys()) == (1, [])


def test_a_batch_inside_another_joins_it_and_takes_back_only_its_own(db: Database) -> None:
    table = db.table("t")
    with db.batch():
        table.put("a", {"n": 1})
        with contextlib.suppress(ZeroDivisionError), db.batch():
            table.merge("a", {"n": 2})
            table.put("b", {"n": 1 / 0})
        assert (table.find("a"), table.has("b")) == ({"n": 1}, False)
        with contextlib.suppress(ZeroDivisionError), db.batch():
            table.put("b", {})
            table.merge("b", {"n": 1 / 0})
        assert (table.find("a"), table.has("b")) == ({"n": 1}, False)
        with db.batch():
            table.put("c", {})
    assert (table.find("a"), table.keys(), lines(db)) == ({"n": 1}, ["a", "c"], 2)


def test_a_call_that_fails_inside_a_batch_takes_back_only_itself(db: Database) -> None:
    table = db.table("t")
    with db.batch():
        with pytest.raises(KeyError):
            table.merge("b", {})
        table.put("a", {})
    assert table.keys() == ["a"]


def test_writing_everything_in_a_batch_hides_what_was_and_not_what_comes(db: Database) -> None:
    table = db.table("t")
    table.put("a", {})
    db.table("u").put("a", {})
    with db.batch():
        db.storage.write({"t": {}})
        assert (table.has("a"), table.find("a"), len(table), db.tables()) == (False, None, 0, {"t"})
        table.put("b", {})
        assert (table.keys(), table.has("a"), db.tables()) == (["b"], False, {"t"})
    assert (table.keys(), db.tables()) == (["b"], {"t"})


def test_another_thread_does_not_see_an_open_batch(db: Database) -> None:
    table = db.table("t")
    seen: list[Any] = []
    with db.batch():
        table.put("a", {})
        reader = threading.Thread(target=lambda: seen.append((table.keys(), table.find("a"), db.tables())))
        reader.start()
        reader.join()
    assert seen == [([], None, set())]


def test_compaction_and_backup_inside_a_batch_are_refused(db: Database, tmp_path: Path) -> None:
    with db.batch():
        with pytest.raises(RuntimeError, match="cannot compact inside a batch"):
            db.compact()
        with pytest.raises(RuntimeError, match="cannot back up inside a batch"):
            db.backup(tmp_path)


# TinyDB's face


def test_removed_are_those_that_are_there_each_once(db: Database) -> None:
    table = db.table("t")
    table.put("a", {})
    table.put("b", {})
    assert table.remove(doc_ids=["none", "a", "a"]) == ["a"]
    assert (table.keys(), lines(db)) == (["b"], 4)


def test_what_reads_works_as_in_tinydb(db: Database) -> None:
    table = db.table("t")
    for n in range(4):
        table.put(str(n), {"n": n})
    query: Any = where("n") >= 2
    assert [(str(one.doc_id), dict(one)) for one in table.search(query)] == [("2", {"n": 2}), ("3", {"n": 3})]
    assert (table.count(query), table.contains(query), table.get(where("n") == 77)) == (2, True, None)
    assert table.get(doc_id=2) == table.get(query) == {"n": 2}
    assert [str(one.doc_id) for one in table] == [str(one.doc_id) for one in table.all()] == table.keys()


CHANGES: dict[str, Any] = {
    "insert": lambda db: db.table("t").insert({"n": 1}),
    "insert as": lambda db: db.table("t").insert(Document({"n": 1}, 1)),
    "insert_multiple": lambda db: db.table("t").insert_multiple([{"n": 1}]),
    "insert_multiple as": lambda db: db.table("t").insert_multiple([Document({"n": 1}, 1)]),
    "update": lambda db: db.table("t").update({"n": 1}),
    "update those": lambda db: db.table("t").update({"n": 1}, where("n") == 0),
    "update by id": lambda db: db.table("t").update(lambda one: one.clear(), doc_ids=["1"]),
    "update_multiple": lambda db: db.table("t").update_multiple([({"n": 1}, where("n") == 0)]),
    "upsert": lambda db: db.table("t").upsert({"n": 1}, where("n") == 0),
    "upsert as": lambda db: db.table("t").upsert(Document({"n": 1}, 1)),
    "remove": lambda db: db.table("t").remove(),
    "remove those": lambda db: db.table("t").remove(where("n") == 0),
    "made empty": lambda db: db.table("new", persist_empty=True),
    "the table of no name": lambda db: db.insert({"n": 1}),
    "drop_table": lambda db: db.drop_table("t"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_other_than_by_key_is_refused_and_writes_nothing(db: Database, change: str) -> None:
    db.table("t").put("1", {"n": 0})
    with pytest.raises(NotImplementedError, match="by their keys"):
        CHANGES[change](db)
    assert (db.storage.read(), lines(db)) == ({"t": {"1": {"n": 0}}}, 2)


def test_a_search_finds_what_was_changed_since_the_last(db: Database) -> None:
    table, query = db.table("t"), where("n") == 1
    table.put("a", {"n": 1})
    found = [len(table.search(query))]
    table.put("b", {"n": 1})
    found.append(len(table.search(query)))
    table.drop("a")
    table.drop("b")
    assert [*found, len(table.search(query))] == [1, 2, 0]


def test_the_storage_can_be_read_and_written_whole(db: Database) -> None:
    db.table("old").put("a", {})
    db.storage.write({"t": {"1": {"n": 1}}, "empty": {}})
    assert db.storage.read() == {"t": {"1": {"n": 1}}, "empty": {}}


class Watched(dict[str, Any]):
    """A table of documents that counts how often one is taken out, walks included."""

    touched = 0

    def __iter__(self) -> Iterator[str]:
        for key in super().__iter__():
            self.touched += 1
            yield key

    def keys(self) -> Any:
        return list(iter(self))

    def items(self) -> Any:
        return [(key, dict.__getitem__(self, key)) for key in iter(self)]

    def values(self) -> Any:
        return [dict.__getitem__(self, key) for key in iter(self)]

    def __getitem__(self, key: str) -> Any:
        self.touched += 1
        return super().__getitem__(key)


def by_id(table: JournalTable) -> None:
    table.put("new", {})
    table.merge("k5", {"n": 1})
    table.drop("k6")
    table.find("k5"), table.has("k5")
    table.remove(doc_ids=["k7"])
    len(table)


def touched(folder: Path, size: int) -> int:
    with open_database(folder) as db:
        with db.batch(sync=False):
            for n in range(size):
                db.table("t").put(f"k{n}", {"n": n})
        tables = db.storage._state.tables  # only here can be counted what is touched
        tables["t"] = watched = Watched(tables["t"])
        watched.touched = 0
        by_id(db.table("t"))
        return watched.touched


def test_by_id_the_documents_touched_are_as_many_at_ten_as_at_a_thousand(tmp_path: Path) -> None:
    assert touched(tmp_path / "small", 10) == touched(tmp_path / "large", 1000) <= 10
