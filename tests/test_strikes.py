"""Every field of every kind of record, struck with what does not belong there: no step of the service fails by it.

The records are those of sixteen weeks in which everything happens, and the first of each table by key is struck. What makes a
record unreadable leaves it out whatever it is: all steps are done for the first such place of a table, and for the others
those that look at what is stored.
"""

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from calendars.server.in_memory import InMemoryServer
from mailer.outbox import sent_moments
from service.answers.status import status_lines
from service.engine.retention import let_go
from service.engine.typed import read
from service.pages.make_view import make_view
from service.planning.moments import next_moment
from service.planning.plan import Plan
from store import records
from store.unreadable import CannotRead
from tests.examples import THOROUGH
from tests.year_values import DAY, Year

pytestmark = pytest.mark.kill

Document = dict[str, Any]

MOMENT, DAY_TEXT = re.compile(r"\d{4}-\d\d-\d\dT"), re.compile(r"\d{4}-\d\d-\d\d$")
NAIVE, LAST, FIRST = "2026-11-30T06:00:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+00:00"
SINCE = "2027-03-01T06:00:00+00:00"
RESTING = {"server": "server", "said": "x", "since": SINCE, "next": SINCE, "failures": 3, "asked": []}


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    year = Year(tmp_path_factory.mktemp("strikes"))
    database = year.engine.database
    database.table(records.WAYS).put("mailbox", {"since": SINCE})
    for queue in ("letters", "exchange"):
        database.table(records.TROUBLE).put(queue, RESTING)
    _, letter = next(iter(database.storage.documents(records.LETTERS)))
    for key, state in (("1-waits", "claimed"), ("2-parked", "parked")):
        waiting = letter | {"state": state, "settled_at": None, "next_attempt": SINCE}
        database.table(records.LETTERS).put(key, waiting)
    year.engine.servers.callers.clear()
    yield year
    year.engine.close()


def strikes(value: Any, turn: int) -> list[Any]:
    """What may stand there instead: all that is of the right kind and means nothing, and at every other place one that is
    of another kind, in turn. What is of another kind is refused in one place for all fields."""
    same: list[Any]
    other: list[Any]
    if isinstance(value, bool) or value is None:
        same, other = [], ["x", 7]
    elif isinstance(value, int):
        same, other = [10**12], ["x", None]
    elif isinstance(value, str) and MOMENT.match(value):
        same, other = [NAIVE, LAST, FIRST], [7, "x"]
    elif isinstance(value, str) and DAY_TEXT.match(value):
        same, other = ["9999-12-31"], [None, "x"]
    else:
        same, other = ["x"], [None, [7], 7]
    if THOROUGH:
        return same + other
    return same + ([other[turn // 2 % len(other)]] if turn % 2 == 0 or not same else [])


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if path:
        yield path, document
    parts = [*document.items()] if isinstance(document, dict) else []
    parts = [*enumerate(document)] if isinstance(document, list) else parts
    alike = len({type(part) for _, part in parts}) == 1 and not THOROUGH
    for name, part in (
        (parts[0], parts[-1]) if alike and len(parts) > 3 else parts
    ):  # a list of people, of days, of deeds
        yield from places(part, (*path, name))


def struck(document: Document, path: tuple[Any, ...], value: Any) -> Document:
    made: Any = copy.deepcopy(document)
    inner = made
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return dict(made)


def steps(year: Year) -> list[Callable[[], object]]:
    """What the service does in its loop and once a day, and what an administrator looks at."""
    engine, now = year.engine, year.now + 3 * DAY

    def view() -> None:
        assert engine.agenda
        make_view(engine, engine.agenda, lambda: pytest.fail("nobody asked"))
        next_moment(replace(engine.agenda.world, now=now))

    return [
        lambda: engine.tick(now),
        view,
        lambda: engine.claim_some(now),
        lambda: engine.snapshot(now),
        lambda: list(status_lines(engine, now, "da")),
        *raw_steps(year),
        lambda: engine.tick(now + timedelta(days=4)),
    ]


def raw_steps(year: Year) -> list[Callable[[], object]]:
    """Those of them that look at records as they are stored."""
    engine, now = year.engine, year.now + 3 * DAY
    return [
        lambda: list(engine.letters()),
        lambda: let_go(engine, now),
        lambda: engine.make_outbox().refresh(now),
        lambda: sent_moments(engine.database, "smtp"),
        lambda: engine.servers.make_callers(lambda _: InMemoryServer()),
    ]


def unreadable(table: str, key: str, document: Document) -> tuple[str, str] | None:
    """Of which table and of whom a record is that nobody can read: all else knows of it no more than that."""
    try:
        read(table, key, document)
    except CannotRead as refused:
        return table, f"{refused.record.person_id} {refused.record.department}"
    return None


def test_no_step_fails_by_what_does_not_belong_in_a_record(year: Year) -> None:
    engine, failed, agendas = year.engine, list[str](), dict[tuple[str, str], Plan]()
    whole = engine.database.storage.read()
    assert whole
    for table, documents in whole.items():
        for turn, (path, found) in enumerate(places(documents[min(documents)]) if documents else ()):
            for value in strikes(found, turn):
                engine.database.storage.write(whole)
                document = struck(documents[min(documents)], path, value)
                engine.database.table(table).put(min(documents), document)
                lost = unreadable(table, min(documents), document)
                engine.last_tick, engine.agenda = year.now, agendas.get(lost) if lost and not THOROUGH else None
                engine.servers.callers.clear()
                try:
                    for step in raw_steps(year) if engine.agenda else steps(year):
                        step()
                    if lost and engine.agenda:
                        agendas[lost] = engine.agenda
                except Exception as error:
                    failed.append(f"{table} {path} = {value!r}: {error!r}")
    assert failed == []


def test_what_does_not_belong_there_is_said_and_left_as_it_is(year: Year) -> None:
    people = year.engine.database.table(records.PEOPLE)
    poison = (people.find("1") or {}) | {"first_seen": NAIVE}
    people.put("1", poison)
    found = year.engine.plan(year.now + 3 * DAY)
    assert f"{records.PEOPLE} 1" in [fault.place for fault in found.faults if fault.file == "store"]
    assert people.find("1") == poison
