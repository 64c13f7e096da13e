"""The organisation and its records at one moment: what a plan decides from, and what a click needs to know. Pure."""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from calendars.difference import Publication, as_received
from culture.census import NOBODY_ERASED, Census, Erased, Known, inherited
from culture.keys import ClockKey
from culture.notice import Said
from culture.organisation import local_date
from culture.parts import Parts
from culture.people import ChannelName, Person, Preference, Row
from culture.same import Same
from culture.trouble import Troubles
from culture.world import World
from mailer.transport import Way, way_of
from service.messages.faults import Fault
from service.messages.translation import Sentence
from service.planning.believed import believed
from service.planning.fuse import Held
from service.planning.meeting_fuse import judged
from service.planning.on_server import OnServer
from service.planning.programme import Reading, at_work, programmes
from service.settings.inputs import NOBODY, Inputs, organisation
from store import records
from store.unreadable import Unreadable

CLOCK_BACK = timedelta(hours=1)
CLOCK_AHEAD = timedelta(days=8)
"""A clock this far from the last tick is more likely wrong than right: hold and say so (DESIGN section 2)."""


class RecordState(Protocol):
    """What a snapshot reads from the store."""

    def known(self) -> Mapping[str, Known]: ...
    def same(self) -> Mapping[str, Same]: ...
    def preferences(self) -> Mapping[str, Preference]: ...
    def publications(self) -> Mapping[str, Publication]: ...
    def approved(self) -> frozenset[str]: ...
    def on_server(self) -> OnServer: ...
    def links_asked(self) -> Mapping[str, datetime]: ...
    def mailbox_since(self) -> datetime | None: ...
    def recalled(self) -> datetime | None: ...
    def unreadable(self) -> tuple[Unreadable, ...]: ...
    def unreadable_in(self, table: str) -> tuple[Unreadable, ...]: ...
    def table_of(self, table: str) -> dict[str, Any]: ...
    def letter_saying(self, key: str, way: Way) -> tuple[Said, str]: ...


NOTHING: Mapping[str, ChannelName] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What is so at one moment, before anything is decided. `aside` are the people about whom a record cannot be read,
    or whose row is missing since today: nothing is done for them until that is over."""

    world: World
    census: Census = field(default_factory=Census)
    inherited: tuple[tuple[Known, Known], ...] = ()  # who had an address until lately, and who has it now
    before: World  # with the records as they stand in the store
    preferences: Mapping[str, Preference] = field(default_factory=dict)
    publications: Mapping[str, Publication] = field(default_factory=dict)
    on_server: OnServer = field(default_factory=OnServer)
    approved: frozenset[str] = frozenset()
    clock: Held | None = None  # why nothing at all may happen
    lost: tuple[Held, ...] = ()  # the people file and calendars of meetings, when they are not believed
    aside: frozenset[str] = frozenset()
    faults: tuple[Fault, ...] = ()
    troubles: Troubles = field(default_factory=Troubles)  # whose part could not be worked out


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A snapshot that is kept: what it was made from, and when it is no longer what is so."""

    world: World
    made_from: tuple[object, ...]
    until: datetime


@dataclass(slots=True)
class Acting:
    """The world in which somebody does something, and afterwards the one that has come of it."""

    world: World


def snapshot(
    inputs: Inputs,
    state: RecordState,
    now: datetime,
    *,
    last_tick: datetime | None,
    new_id: Callable[[Row], str],
    former: Callable[[str], bool],
    erased: Erased = NOBODY_ERASED,
    in_hand: Mapping[str, ChannelName] = NOTHING,
    before: Mapping[str, Person] = NOBODY,
) -> Snapshot:
    """What is so at `now` (aware). `new_id` names a person never seen before, by an id that was not a `former` one's; who is `erased` is not met anew;
    `in_hand` are the records that a call is working on, and where; who is as in `before` is taken from there."""
    approved, known, preferences, same = state.approved(), state.known(), state.preferences(), state.same()
    today = local_date(now, inputs.config.organisation.zone)
    clock = _clock_held(now, last_tick, approved)
    found, lost = Census(), tuple[Held, ...]()
    if not clock:
        found, lost = believed(inputs, known, same, former, erased, approved, new_id, now, today)
    news = {person.id: person for person in found.all}
    after = {**known, **news} if news else known
    troubles = Troubles()
    meetings, unsure = judged(inputs.read_meetings, inputs.offers, approved, today)
    inputs = replace(inputs, read_meetings=meetings)
    made, faults = organisation(inputs, after, preferences, today, before, troubles)
    made = replace(made, recalled=state.recalled())
    way = way_of(inputs.config.mail.transport)
    publications, on_server = as_told(state, way), replace(state.on_server(), in_hand=in_hand)
    reading = Reading(stored=state, organisation=made, now=now, way=way, publications=publications, on_server=on_server)
    stood = world = _as_stored(reading, troubles)
    if not clock:
        for programme in () if world.recalled else at_work(world):  # nothing is begun that nobody would be told of
            with troubles.of(programme.name, "letters"):  # what cannot be worked out stays as it is
                world = world.having(*programme.advance(world, troubles))
        # no later than now: a clock that went back an hour holds nobody's welcome
        world = replace(
            world,
            links_asked=state.links_asked(),
            told_since=min(state.mailbox_since() or now, now) if way == "mailbox" else None,
        )
    bad = state.unreadable()
    return Snapshot(
        world=world,
        census=found,
        inherited=tuple(inherited(after.values(), today, same)),
        before=stood,
        preferences=preferences,
        publications=publications,
        on_server=on_server,
        approved=approved,
        clock=clock,
        lost=(*lost, *unsure),
        # What is taken back is taken back of everybody, whoever's row is missing today.
        aside=_aside(bad, news) | (frozenset() if world.recalled else made.missing),
        faults=(*inputs.faults, *faults, *map(_said, bad)),
        troubles=troubles,
    )


def _as_stored(reading: Reading, troubles: Troubles) -> World:
    """The organisation and its records as they stand in the store, each with what the other adds to it. A programme
    whose records cannot be had is out: from none of them would follow what was long done."""
    parts, out = Parts(), set[str]()
    for programme in programmes():
        with troubles.of(programme.name, "letters"):
            parts = parts.having(*programme.read(reading))
            continue
        out.add(programme.name)
    world = World(reading.organisation, reading.now, parts, out=frozenset(out))
    for programme in at_work(world):
        with troubles.of(programme.name, "letters"):
            world = replace(world, organisation=world.organisation.having(*programme.adds(world)))
    return world


def as_told(state: RecordState, way: Way) -> Mapping[str, Publication]:
    """What calendars have been told, as those know it who get letters by `way`."""
    found = state.publications()
    return {key: as_received(one) for key, one in found.items()} if way == "mailbox" else found


def clock_jumped(now: datetime, last_tick: datetime) -> bool:
    """Whether the clock moved more than a pause of the service explains."""
    return not -CLOCK_BACK <= now - last_tick <= CLOCK_AHEAD


def _clock_held(now: datetime, last_tick: datetime | None, approved: frozenset[str]) -> Held | None:
    if last_tick is None or not clock_jumped(now, last_tick):
        return None
    text = "the clock says {now}, the last tick was at {last}. Is the clock right, or was the service away so long?"
    key = ClockKey(now.date(), last_tick.date()).to_text()
    fields = {"now": f"{now:%Y-%m-%d %H:%M}", "last": f"{last_tick:%Y-%m-%d %H:%M}"}
    return None if key in approved else Held(kind="clock", reason=Sentence(text, fields), keys=(key,))


def _aside(bad: Iterable[Unreadable], news: Container[str]) -> frozenset[str]:
    """Whom to leave alone. Whoever is met again, because their own record cannot be read, has a new one in `news`; a
    feed is not read here, and costs its person's letters when they are written."""
    known = (one for one in bad if one.person_id and one.table != records.FEEDS)
    return frozenset(one.person_id for one in known if not (one.table == records.PEOPLE and one.person_id in news))


def _said(bad: Unreadable) -> Fault:
    text = (
        "this record cannot be read ({why}). It and whoever it is about are left alone. "
        "Put the store back to a moment before it was written, or take it out with aikultur store discard {table} {key}."
    )
    return Fault(
        "store", f"{bad.table} {bad.key}", Sentence(text, {"why": bad.why, "table": bad.table, "key": bad.key})
    )
