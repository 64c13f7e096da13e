"""Random histories on two handles of one store, beside TinyDB's own tables in memory."""

import copy
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from tinydb import TinyDB, where
from tinydb.storages import MemoryStorage
from tinydb.table import Document

from store.database import Database
from store.journal import SYNC_POINT
from store.restore import records_at
from tests.examples import some
from tests.store_values import Clock, everything

pytestmark = pytest.mark.slow

HANDLES = st.integers(0, 1)
TABLES = st.sampled_from(["letters", "notices"])
IDS = st.integers(1, 5)
SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3)
FIELDS = st.dictionaries(st.sampled_from("nmx"), SCALARS | st.lists(SCALARS, max_size=2), max_size=2)
QUERIES = st.sampled_from([where("n") == 1, where("n").exists(), where("m") == None, ~where("x").exists()])  # noqa: E711 - TinyDB builds a query from ==
ACTS = st.sampled_from(["put", "drop", "merge"])
SCRIPT = st.lists(st.tuples(ACTS, TABLES, IDS, FIELDS), max_size=4)


class Histories(RuleBasedStateMachine):
    """Every rule does the same to a handle and to the model; `handles` compares what they read."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="store-model-"))
        self.clock = Clock()
        self.handles = [self.handle(), self.handle()]
        self.model = TinyDB(storage=MemoryStorage)
        self.before: Any = None  # the model before the last journal line, None when there is none to cut
        self.start = 0  # where that line begins
        self.moments: dict[datetime, Any] = {}  # what stood at the end of a second

    def handle(self) -> Database:
        return Database(self.folder, fdatasync=lambda _descriptor: None, clock=self.clock)

    def teardown(self) -> None:
        for handle in self.handles:
            handle.close()
        shutil.rmtree(self.folder)

    @property
    def journal(self) -> Path:
        return max(self.folder.glob("journal-*"), key=lambda file: int(file.name.partition("-")[2]))

    @property
    def end(self) -> int:
        """Where the last whole line of the journal ends that says something; a sync point or a torn one may follow."""
        data = self.journal.read_bytes()
        while (whole := data[: data.rindex(b"\n") + 1]).count(b"\n") > 1:
            last = whole[whole.rindex(b"\n", 0, -1) + 1 :]
            if not SYNC_POINT.fullmatch(last.strip()):
                break
            data = whole[: -len(last)]
        return len(whole)

    @property
    def records(self) -> dict[str, Any]:
        """What the model holds, without empty tables."""
        return filled(self.model.storage.read() or {})

    def wrote(self, which: int, before: Any, start: int) -> None:
        """A change of both was made: one line of the journal at most, and they are alike."""
        if self.end != start:
            new = self.journal.read_bytes()[start:].splitlines()
            assert sum(SYNC_POINT.fullmatch(line) is None for line in new) == 1
            self.before, self.start = before or {}, start
        self.compare(which)

    def compare(self, which: int) -> None:
        handle = self.handles[which]
        for name in ("letters", "notices"):
            ours = [(str(doc.doc_id), dict(doc)) for doc in handle.table(name)]
            assert ours == [(str(doc.doc_id), dict(doc)) for doc in self.model.table(name)]
            assert len(handle.table(name)) == len(ours)

    @rule(which=HANDLES, act=ACTS, table=TABLES, key=IDS, fields=FIELDS)
    def change(self, which: int, act: str, table: str, key: int, fields: Any) -> None:
        before, start = copy.deepcopy(self.model.storage.read()), self.end
        if act == "merge":  # what is not there is not asked for, and then nothing is read
            self.handles[which].refresh()
        self.step(which, act, table, key, fields)
        self.wrote(which, before, start)

    @rule(which=HANDLES, table=TABLES, keys=st.sets(IDS, max_size=3))
    def remove(self, which: int, table: str, keys: set[int]) -> None:
        before, start = copy.deepcopy(self.model.storage.read()), self.end
        removed = self.handles[which].table(table).remove(doc_ids=map(str, sorted(keys)))
        assert removed == [str(key) for key in self.model.table(table).remove(doc_ids=sorted(keys))]
        self.wrote(which, before, start)

    @rule(which=HANDLES)
    def drop_tables(self, which: int) -> None:
        before, start = copy.deepcopy(self.model.storage.read()), self.end
        self.handles[which].drop_tables()
        self.model.drop_tables()
        self.wrote(which, before, start)

    @rule(which=HANDLES, table=TABLES, key=IDS)
    def a_failing_merge_changes_nothing(self, which: int, table: str, key: int) -> None:
        size = self.journal.stat().st_size
        if not self.model.table(table).contains(doc_id=key):
            self.handles[which].refresh()
            with pytest.raises(KeyError):
                self.handles[which].table(table).merge(str(key), {"n": 1})
            assert self.journal.stat().st_size == size
            self.compare(which)

    @rule(which=HANDLES, script=SCRIPT, fails=st.booleans())
    def batch(self, which: int, script: Any, fails: bool) -> None:
        before, start = copy.deepcopy(self.model.storage.read()), self.end
        try:
            with self.handles[which].batch():
                for step in script:
                    self.step(which, *step)
                self.compare(which)
                if fails:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            self.model.storage.write(before or {})
            self.model.clear_cache()
        if self.end != start:
            self.before, self.start = before or {}, start
        self.compare(which)

    def step(self, which: int, act: str, name: str, key: int, fields: Any) -> None:
        ours, model = self.handles[which].table(name), self.model.table(name)
        there = model.contains(doc_id=key)
        if act == "put":
            ours.put(str(key), fields)
            if there:
                model.update(lambda document: (document.clear(), document.update(fields)), doc_ids=[key])  # type: ignore[arg-type,func-returns-value]  # two statements in one
            else:
                model.insert(Document(fields, key))
        elif act == "drop":
            ours.drop(str(key))
            model.remove(doc_ids=[key])
        elif there:
            ours.merge(str(key), fields)
            model.update(fields, doc_ids=[key])
        assert ours.find(str(key)) == model.get(doc_id=key)

    @rule(which=HANDLES)
    def compact(self, which: int) -> None:
        self.handles[which].compact()
        self.before = None
        self.compare(which)

    @rule(which=HANDLES, table=TABLES, key=IDS, fields=FIELDS)
    def compact_beside_a_writer_and_killed_at_every_step(self, which: int, table: str, key: int, fields: Any) -> None:
        for step in self.handles[which].storage.compaction():
            if step in ("frozen", "snapshot"):
                before, start = copy.deepcopy(self.model.storage.read()), self.end
                self.step(1 - which, "put", table, key, fields)
                self.wrote(1 - which, before, start)
            with self.crashed() as folder:
                assert filled(everything(folder)) == self.records
        self.before = None
        self.compare(which)

    @contextmanager
    def crashed(self) -> Iterator[Path]:
        """The folder as it is now, as a killed process leaves it."""
        with tempfile.TemporaryDirectory() as scratch:
            yield shutil.copytree(self.folder, Path(scratch) / "store")

    @rule()
    def a_second_passes(self) -> None:
        """What stood at its end can be read from now on, whatever comes."""
        self.moments[self.clock.now] = copy.deepcopy(self.records)
        self.clock.now += timedelta(seconds=1)

    @precondition(lambda self: self.moments)
    @rule(data=st.data())
    def go_back(self, data: st.DataObject) -> None:
        moment = data.draw(st.sampled_from(sorted(self.moments)))
        assert filled(records_at(self.folder, moment).tables) == self.moments[moment]

    @precondition(lambda self: self.before is not None)
    @rule()
    def a_crash_at_any_byte_of_the_last_line_drops_it(self) -> None:
        with self.crashed() as folder:
            assert filled(everything(folder)) == self.records
            for cut in reversed(range(self.start, self.end)):
                os.truncate(folder / self.journal.name, cut)
                assert filled(everything(folder)) == filled(self.before)

    @rule(which=HANDLES, table=TABLES, query=QUERIES)
    def search_after_refresh(self, which: int, table: str, query: Any) -> None:
        handle = self.handles[which]
        handle.refresh()
        expected = [doc for doc in self.model.table(table) if query(doc)]
        for _ in range(2):
            assert handle.table(table).search(query) == expected
        assert handle.table(table).count(query) == len(expected)
        self.compare(which)

    @rule(which=HANDLES)
    def reopen(self, which: int) -> None:
        self.handles[which].close()
        self.handles[which] = self.handle()
        self.compare(which)

    @precondition(lambda self: self.before is not None)
    @rule(data=st.data())
    def crash(self, data: st.DataObject) -> None:
        """Both processes end, and the last line is cut off anywhere."""
        for handle in self.handles:
            handle.close()
        with self.journal.open("r+b") as file:
            file.truncate(data.draw(st.integers(self.start, self.end - 1)))
        self.handles = [self.handle(), self.handle()]
        self.moments.clear()
        self.model.storage.write(self.before)
        self.model.drop_tables() if not self.before else None
        for name in ("letters", "notices"):
            self.model.table(name).clear_cache()
        self.before = None
        self.compare(0)


def filled(tables: dict[str, Any]) -> dict[str, Any]:
    """The tables that hold anything, with ids as text."""
    return {name: {str(key): dict(doc) for key, doc in table.items()} for name, table in tables.items() if table}


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=some(25), stateful_step_count=30)
