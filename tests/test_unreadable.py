"""Records that cannot be read are skipped and said, and stop nobody else: service/engine/state.py, store/unreadable.py."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.engine.engine import Engine
from service.relay.records import relay_records
from store import records
from store.unreadable import CannotRead, Unreadable
from tests.service_values import MONDAY, live, make_engine, row, write_config, write_people

pytestmark = pytest.mark.slow

POISON: list[tuple[str, str, dict[str, Any], str]] = [
    (records.PROMPTS, "plan/hr/løn/2026-W49", {"days": {}}, ""),
    (records.PROMPTS, "plan/general/2026-W48", {}, ""),
    (records.PREFERENCES, "2", {"time": "soon"}, "2"),
    (records.PUBLICATIONS, "block-0@b.example", {"person": "2", "uid": "block-0@b.example"}, "2"),
    (records.FREE_MINUTES, "2026-W49", {}, ""),
    (records.FREE_MINUTES, "2026-W49/2", {"2026-12-01": "noon"}, "2"),
    (records.TURNS, "plan-1", {"id": "plan-1"}, ""),
    (records.STANDINGS, "plan", {"people": 3}, ""),
    (records.LEARNINGS, "plan-1", {"id": "plan-1"}, ""),
    (records.REVISITS, "tool", {"id": "tool"}, ""),
    (records.BLOCKS, "2", {"person_id": "2"}, "2"),
    (records.MEETINGS, "plan-1/2", {}, "2"),
    (records.MEETINGS, "plan", {}, ""),
    (records.APPROVALS, "0123", {}, ""),
]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    write_config(tmp_path)
    write_people(tmp_path, [row(1), row(2), row(3)])
    engine = make_engine(tmp_path)
    yield engine
    engine.close()


@pytest.mark.parametrize(("table", "key", "document", "person"), POISON, ids=lambda value: str(value)[:24])
def test_a_record_that_cannot_be_read_is_said_and_stops_only_whom_it_is_about(
    engine: Engine, table: str, key: str, document: dict[str, Any], person: str
) -> None:
    engine.database.table(table).put(key, document)
    found = live(engine, MONDAY)
    assert [(one.table, one.key, one.person_id) for one in engine.stored.unreadable()] == [(table, key, person)]
    assert [fault.place for fault in found.faults if fault.file == "store"] == [f"{table} {key}"]
    assert {letter.person for letter in engine.letters()} == {"1", "2", "3"} - {person}
    assert engine.database.table(table).find(key) == document


def test_a_feed_that_cannot_be_read_is_not_made_anew_and_nobody_else_waits(engine: Engine) -> None:
    engine.database.table(records.FEEDS).put("2", {"issue": 4})
    found = live(engine, MONDAY)
    assert [(one.who, one.what) for one in found.troubles] == [("2", "feed")]
    assert {letter.person for letter in engine.letters()} == {"1", "3"}
    assert engine.database.table(records.FEEDS).find("2") == {"issue": 4}


def test_what_is_put_right_is_read_again(engine: Engine) -> None:
    table = engine.database.table(records.PREFERENCES)
    table.put("2", {"time": "soon"})
    live(engine, MONDAY)
    table.put("2", {"time": "09:15"})
    live(engine, MONDAY)
    assert engine.stored.unreadable() == ()
    assert {letter.person for letter in engine.letters()} == {"1", "2", "3"}


def test_a_person_whose_record_cannot_be_read_is_met_again_and_not_welcomed_twice(engine: Engine) -> None:
    live(engine, MONDAY)
    engine.database.table(records.PEOPLE).put("2", {"email": "2@b.example"})
    live(engine, MONDAY)
    assert engine.stored.known().keys() == {"1", "2", "3"}
    assert sorted(letter.person for letter in engine.letters()) == ["1", "2", "3"]


@pytest.mark.parametrize(("table", "key"), [(records.TURNS, "plan-3"), (records.STANDINGS, "plan")])
def test_turns_of_a_department_with_a_record_that_cannot_be_read_stand_still(
    engine: Engine, table: str, key: str
) -> None:
    engine.database.table(table).put(key, {"nothing": "known"})
    assert relay_records(engine.stored).aside == {"plan"}


def test_one_record_asked_for_by_its_key_says_why(engine: Engine) -> None:
    engine.database.table(records.FEEDS).put("2", {})
    with pytest.raises(CannotRead, match="the record feeds 2 cannot be read") as told:
        engine.stored.feed("2")
    assert told.value.record == Unreadable(table="feeds", key="2", why="KeyError: 'fingerprint'", person_id="2")
