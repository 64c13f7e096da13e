"""What a programme of the culture brings to a plan: one row says everything that the service does for it.

Every function is pure: it is handed the world, and returns values. What a programme leaves out does nothing. One that
raises costs the others nothing: whoever asks all of them keeps what is wrong as a trouble of its `name`, and leaves in
calendars what stands of it.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache
from typing import Any, Protocol, TypeVar

from calendars.difference import Change, Publication
from calendars.event import Slot
from culture import outsiders as outside
from culture.appointment import Appointment
from culture.notice import Notice
from culture.organisation import Organisation
from culture.outsiders import OutsiderRecords, Role
from culture.people import Person
from culture.trouble import RAISED, Trouble, Troubles
from culture.world import World
from mailer.transport import Way
from service.planning.line import Line
from service.planning.on_server import OnServer
from service.programmes import brought
from service.settings.inputs import Inputs
from store import records
from store.plain import to_plain
from store.unreadable import Unreadable

log = logging.getLogger("aikultur")

Value = TypeVar("Value")

MOST_LINES = 2
"""Of the programmes' lines in one weekly letter: more is no longer a line."""

Moments = Callable[[], Iterable[datetime | None]]
Records = Mapping[str, Mapping[str, Any]]
"""Values to be written, by table and key."""


class Stored(Protocol):
    """What a programme reads of the store."""

    def table_of(self, table: str) -> dict[str, Any]: ...
    def unreadable_in(self, table: str) -> tuple[Unreadable, ...]: ...
    def letter_saying(self, key: str, way: Way) -> tuple[Any, str]: ...
    def mailbox_since(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """From what the records of a programme are read, at `now`."""

    stored: Stored
    organisation: Organisation
    now: datetime
    way: Way
    publications: Mapping[str, Publication]
    on_server: OnServer


@dataclass(frozen=True, slots=True)
class EventWords:
    """The template of an event's words, `event/TEMPLATE.LANGUAGE.txt.j2`, and what it shows besides the reader."""

    template: str
    values: Mapping[str, object]


class Shown(Protocol):
    """What the feeds of one world show of a programme, what has been among it. By start."""

    def of(self, person: Person) -> Sequence[Appointment]: ...
    def of_department(self, department: str) -> Sequence[Appointment]: ...
    def words(self, appointment: Appointment, reader: Person) -> EventWords: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointments:
    """The single events of a programme.

    `letter` is the kind of letter that tells of a change, `call` and `uncall` the kinds of calls that make one on a
    server. `coming`: those that should stand. `subjects`: of all that were ever told and are still known, `open`: of
    those that may still move; `unsettled`: those that somebody has acted on just now, so that they are told later.
    `announces`: whether a change is the first that its reader hears of it. `words`: None when its subject is no longer
    known. `departments`: who has a feed of their own for them.
    """

    letter: str
    call: str
    uncall: str
    coming: Callable[[World, Troubles], Iterable[Appointment]]
    subjects: Callable[[World], Iterable[str]]
    open: Callable[[World], Iterable[str]]
    unsettled: Callable[[World, Troubles], frozenset[str]]
    announces: Callable[[World, str, Person, Change], bool]
    words: Callable[[World, str, Person, Slot | None], EventWords | None]
    shown: Callable[[World], Shown]
    departments: Callable[[Organisation], Iterable[str]]


def _nothing(*_: object) -> tuple[()]:
    return ()


def _no_lines(world: World, person: Person) -> Sequence[Line]:
    return ()


def _no_records(*_: object) -> Records:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """One programme, by the name of its folder.

    `read`: its records, as they stand in the store. `advance`: those of its records that time has changed; programmes
    go one after the other, each with the world that those before it have left. `adds`: values of the organisation with what
    its records add to them, such as a catalogue with what people made. `written`: what of that the store does
    not have yet, from the world as it was read and as it is. `as_read`: what people may have changed since the world
    was read, and must not be undone. `due`: what should have been said by now. `hours`: local times at which something
    can become due on any day, `moments` other times, by whom they are about, where an earlier world is given only those of what is another
    than in it. `steady`: where nobody does or edits anything, nothing
    else than these and midnight changes what is due. `parts`: the ids of whoever has a part to
    play now. `feed_parts`: what, besides the world, its part of everybody's feed is made from: the same text for the
    same content. `lines`: what it adds to a person's weekly letter. `pages`: the first parts of the
    addresses of its pages, `outside_pages` those that outsiders have too, `nameless_pages` whole addresses of those that
    know nobody. `roles`: what somebody is to it whom the config names, be they in the people file or not; `outsiders`: who
    else it writes to that is not in it (`culture/outsiders.py`). `stale`: keys of
    records, by table, that only the plan can tell nobody needs any more.
    """

    name: str
    read: Callable[[Reading], tuple[object, ...]] = _nothing
    advance: Callable[[World, Troubles], Iterable[object]] = _nothing
    adds: Callable[[World], Iterable[object]] = _nothing
    written: Callable[[World, World, Troubles], Records] = _no_records
    as_read: Callable[[World], Records] = _no_records
    due: Callable[[World, Troubles], Iterable[Notice]] = _nothing
    hours: Callable[[Organisation], Iterable[time]] = _nothing
    moments: Callable[[World, World | None], Iterable[tuple[str, Moments]]] = _nothing
    steady: bool = False
    appointments: Appointments | None = None
    parts: Callable[[World], Iterable[str]] = _nothing
    feed_parts: Callable[[Inputs], object] = _nothing
    lines: Callable[[World, Person], Sequence[Line]] = _no_lines
    pages: tuple[str, ...] = ()
    outside_pages: tuple[str, ...] = ()
    nameless_pages: tuple[str, ...] = ()
    roles: Callable[[World], Iterable[Role]] = _nothing
    outsiders: Callable[[World], Iterable[Person]] = _nothing
    stale: Callable[[World, Stored, datetime], Mapping[str, Collection[str]]] = lambda *_: {}


@cache
def programmes() -> tuple[Programme, ...]:
    """Every programme's row, in their order, and what the house itself remembers between them."""
    return (*brought("programme", "PROGRAMME"), HOUSE)


@cache
def with_appointments() -> tuple[Appointments, ...]:
    """The appointments of every programme that has any."""
    return tuple(one.appointments for one in programmes() if one.appointments)


def at_work(world: World) -> tuple[Programme, ...]:
    """The programmes whose records are known."""
    return tuple(one for one in programmes() if one.name not in world.out)


def sure_appointments(world: World, troubles: Troubles) -> Iterator[tuple[str, Appointments]]:
    """The appointments of every programme of which nothing is wrong: what stands of the others is left as it is."""
    for one in at_work(world):
        if one.appointments and not troubles.touch(one.name):
            yield one.name, one.appointments


def all_sure(world: World, troubles: Troubles) -> bool:
    """Whether nothing is wrong with any programme: then what nobody knows as a subject is nobody's."""
    return len(list(sure_appointments(world, troubles))) == len(with_appointments())


def coming(world: World, troubles: Troubles) -> Iterator[Appointment]:
    """Every appointment that should stand in calendars: all of a programme or, where something is wrong, none."""
    if world.recalled:
        return
    for name, of in sure_appointments(world, troubles):
        found: tuple[Appointment, ...] = ()
        with troubles.of(name, "calendar"):
            found = tuple(of.coming(world, troubles))
        yield from found


def unsettled(world: World, troubles: Troubles) -> frozenset[str]:
    """The subjects that somebody has acted on just now."""
    found = set[str]()
    for name, of in sure_appointments(world, troubles):
        with troubles.of(name, "calendar"):
            found |= of.unsettled(world, troubles)
    return frozenset(found)


def subjects(world: World, troubles: Troubles = RAISED) -> dict[str, Appointments]:
    """Whose each subject is that was ever told as an appointment and is still known."""
    found: dict[str, Appointments] = {}
    for name, of in sure_appointments(world, troubles):
        with troubles.of(name, "calendar"):
            found |= dict.fromkeys(of.subjects(world), of)
    return found


def lines(world: World, person: Person) -> tuple[Line, ...]:
    """What the programmes add to the person's weekly letter: by rank, then in their order. What is wrong with those of
    one is logged: the letter goes without."""
    troubles, found = Troubles(), list[Line]()
    for one in at_work(world):
        with troubles.of(one.name, "letters"):
            found += tuple(one.lines(world, person))
    for trouble in troubles.found:
        _complain(trouble)
    return tuple(sorted(found, key=lambda line: line.rank))[:MOST_LINES]


@cache
def _complain(trouble: Trouble) -> None:
    """Once, and not for each of ten thousand letters."""
    log.error("the lines of %s for the weekly letter cannot be worked out (%s)", trouble.who, trouble.why)


def of_kind(kind: str) -> Appointments | None:
    """Whose appointments a letter or call of that kind is about."""
    return next((of for of in with_appointments() if kind in (of.letter, of.call, of.uncall)), None)


def departments(world: World) -> list[str]:
    """The departments that have a feed of their own."""
    ignored, found = Troubles(), list[str]()  # what is wrong is told where appointments are worked out
    for name, of in sure_appointments(world, ignored):
        with ignored.of(name, "calendar"):
            found += of.departments(world.organisation)
    return list(dict.fromkeys(found))


def another(now: Mapping[str, Value], before: Mapping[str, Value] | None) -> Iterator[tuple[str, Value]]:
    """What is not the very value that it was before: all of it without a before."""
    return (one for one in now.items() if before is None or before.get(one[0]) is not one[1])


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The records that are not what they were, as plain values."""
    changed = ((key, value) for key, value in after.items() if before.get(key) is not value)
    return {key: to_plain(value) for key, value in changed if before.get(key) != value}


@cache
def nameless_paths() -> tuple[str, ...]:
    """The addresses of the programmes' pages that know nobody."""
    return tuple(path for one in programmes() for path in one.nameless_pages)


@cache
def page_paths() -> tuple[str, ...]:
    """The first parts of the addresses of the programmes' pages."""
    return tuple(path for one in programmes() for path in one.pages)


@cache
def outside_paths() -> frozenset[str]:
    """Those of the programmes' pages that outsiders have."""
    return frozenset(path for one in programmes() for path in one.outside_pages)


def _roles(world: World) -> list[Role]:
    """The roles of all programmes, and the contact's."""
    return [outside.contact_role(world.organisation), *(role for one in programmes() for role in one.roles(world))]


def outsiders(world: World) -> dict[str, Person]:
    """Whom letters reach and the people file does not know, by id: whoever has a role, and those of the programmes."""
    people = world.organisation.people
    named = [outside.reached(outside.contact_role(world.organisation), world)]
    ignored = Troubles()  # told where a letter is for somebody whom nobody names
    for one in at_work(world):
        with ignored.of(one.name, "letters"):
            named += (outside.reached(role, world) for role in one.roles(world) if role.email)
            named += one.outsiders(world)
    return {person.id: person for person in named if person.id not in people and person.email}


def ever_outside(world: World) -> dict[str, Person]:
    """The same with whoever has had a role and has it no more, as long as that is known."""
    known, made = world.of(OutsiderRecords).holders.values(), world.organisation
    had = (outside.outsider(one.id, one.email, one.name, made, world.now) for one in known)
    return {one.id: one for one in had} | outsiders(world)


def reader_named(world: World, person_id: str) -> Person:
    """Who reads what is said to that id: a person, else an outsider. Raises KeyError where it is nobody's."""
    return world.organisation.people.get(person_id) or outsiders(world)[person_id]


def _read(reading: Reading) -> tuple[object, ...]:
    return (OutsiderRecords(reading.stored.table_of(records.OUTSIDERS)),)


def _advance(world: World, troubles: Troubles) -> tuple[object, ...]:
    with troubles.of("roles", "letters"):  # what cannot be worked out stays as it is
        return (outside.advance(world, _roles(world)),)
    return ()


def _written(before: World, after: World, troubles: Troubles) -> Records:
    old, new = before.of(OutsiderRecords), after.of(OutsiderRecords)
    return {records.OUTSIDERS: differing(old.holders, new.holders)}


HOUSE = Programme(name="roles", read=_read, advance=_advance, written=_written)
"""Who has a role and is not in the people file."""
