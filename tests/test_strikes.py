"""Every field of every kind of record, struck with what does not belong there: no step of the service fails by it.

The records are those of thirteen weeks in which everything happens, and the first of each table by key is struck. Records that
have nothing to do with each other are struck at once. What makes a record unreadable leaves it out whatever it is: all
steps are done for the first such place of a table, and for the others those that look at what is stored.
"""

import copy
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import zip_longest
from typing import Any, NamedTuple

import pytest

from calendars.server.in_memory import InMemoryServer
from mailer.outbox import sent_moments
from service.answers.status import status_lines
from service.engine.retention import let_go
from service.engine.typed import read
from service.pages.make_view import make_view
from service.planning.moments import next_moment
from store import records
from store.unreadable import CannotRead
from tests.examples import THOROUGH
from tests.year_values import DAY, Year

pytestmark = pytest.mark.kill

Document = dict[str, Any]
Store = Mapping[str, Mapping[str, Document]]

TOGETHER = (
    {"turns", "standings", "turn_letters"},
    {"letters", "notices", "fuse", "weeks"},
    {"approvals", "reports", "counts"},
    {"corps_places", "corps_meetings", "corps_agendas", "concerns", "recommendations", "outsiders", "steps"},
    {"prompts", "frames", "files", "feeds", "publications"},
    {"meetings", "blocks"},
    {"trouble", "policy"},
)
"""Tables of which one rule reads several: one record of them is struck at a time, beside one of each other line. Each
table that is not named is a line of its own."""

ALONE = "people"
"""Without somebody much else is not looked at."""

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


class Strike(NamedTuple):
    """A value that stands at a place of a record, and of whom the record is that cannot be read for it."""

    table: str
    key: str
    path: tuple[Any, ...]
    value: Any
    document: Document
    lost: tuple[str, str] | None


def every_strike(whole: Store) -> Iterator[Strike]:
    for table, documents in whole.items():
        key = min(documents, default="")
        for turn, (path, found) in enumerate(places(documents[key]) if documents else ()):
            for value in strikes(found, turn):
                document = struck(documents[key], path, value)
                yield Strike(table, key, path, value, document, unreadable(table, key, document))


def struck(document: Document, path: tuple[Any, ...], value: Any) -> Document:
    made: Any = copy.deepcopy(document)
    inner = made
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return dict(made)


def rounds(found: Iterable[Strike]) -> Iterator[list[Strike]]:
    """Those that are made at once."""
    if THOROUGH:
        yield from ([one] for one in found)
        return
    lines = defaultdict[str, list[Strike]](list)
    for one in found:
        lines[next((min(line) for line in TOGETHER if one.table in line), one.table)].append(one)
    yield from ([one] for one in lines.pop(ALONE, []))
    for at_once in zip_longest(*lines.values()):
        yield [one for one in at_once if one]


def put_back(year: Year, whole: Store, packed: Mapping[str, list[tuple[str, bytes]]]) -> None:
    """Let everything be as it was. What is as it was is not written again: it need not be read again then."""
    database = year.engine.database
    with database.batch():
        for name in database.storage.names() | whole.keys():
            before, now = dict(packed.get(name, [])), dict(database.storage.packed(name))
            for key in before.keys() | now.keys():
                if key not in before:
                    database.table(name).drop(key)
                elif before[key] != now.get(key):
                    database.table(name).put(key, whole[name][key])


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
    whole = year.engine.database.storage.read() or {}
    found = list(every_strike(whole))
    assert len(found) > 300
    assert {table for table, documents in whole.items() if documents} - {one.table for one in found} == {"free_minutes"}
    readable = [one for one in found if not one.lost]
    first = {one.lost: one for one in reversed(found) if one.lost}
    again = [one for one in found if one.lost and one is not first[one.lost]]
    assert failures(year, whole, rounds(readable), steps(year)) == []
    assert failures(year, whole, rounds(first.values()), steps(year)) == []
    assert failures(year, whole, rounds(again), steps(year) if THOROUGH else raw_steps(year)) == []


def failures(
    year: Year, whole: Store, at_once: Iterable[Collection[Strike]], do: Collection[Callable[[], object]]
) -> list[str]:
    """What the steps raise, and with which strikes."""
    engine, storage, failed = year.engine, year.engine.database.storage, list[str]()
    packed = {name: storage.packed(name) for name in whole}
    for strikes in at_once:
        with engine.database.batch():
            for one in strikes:
                engine.database.table(one.table).put(one.key, one.document)
        engine.last_tick, engine.agenda = year.now, None
        engine.servers.callers.clear()
        try:
            for step in do:
                step()
        except Exception as error:
            failed.append(f"{[(one.table, *one.path, one.value) for one in strikes]}: {error!r}")
        put_back(year, whole, packed)
    return failed


def test_no_two_records_of_one_line_are_struck_at_once(year: Year) -> None:
    found = list(every_strike(year.engine.database.storage.read() or {}))
    made = list(rounds(found))
    assert sorted(map(repr, found)) == sorted(repr(one) for strikes in made for one in strikes)
    for strikes in made:
        tables = [one.table for one in strikes]
        assert len(tables) == len(set(tables))
        assert all(len(line.intersection(tables)) < 2 for line in TOGETHER)
        assert ALONE not in tables or tables == [ALONE]


def test_what_does_not_belong_there_is_said_and_left_as_it_is(year: Year) -> None:
    people = year.engine.database.table(records.PEOPLE)
    poison = (people.find("1") or {}) | {"first_seen": NAIVE}
    people.put("1", poison)
    found = year.engine.plan(year.now + 3 * DAY)
    assert f"{records.PEOPLE} 1" in [fault.place for fault in found.faults if fault.file == "store"]
    assert people.find("1") == poison
