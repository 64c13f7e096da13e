"""What to do now: desired and due, less what is done, less what the fuse holds. Pure: reads values, writes nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from calendars.difference import Publication
from culture import relay, revisit, vitamin
from culture.census import Census, Known, census
from culture.keys import ClockKey, LeaveKey
from culture.notice import Notice
from culture.organisation import Organisation, local_date
from culture.people import Preference, Row
from culture.prompts import Given, History
from culture.relay import Records
from culture.revisit import Revisit
from culture.vitamin import Pair, World
from culture.workdays import Week
from service import calls, fuse, jobs
from service.calls import Call, OnServer, Question
from service.fault import Fault
from service.feeds import Feed, changed_feeds
from service.fuse import Held, Memory
from service.inputs import NOBODY, Inputs, organisation
from service.jobs import Job
from service.words import Sentence

CANCELS = frozenset({"cancel", "unblock", "unmeeting"})
"""What takes something out of a calendar."""

CLOCK_BACK = timedelta(hours=1)
CLOCK_AHEAD = timedelta(days=8)
"""A clock this far from the last tick is more likely wrong than right: hold and say so (DESIGN section 2)."""


class State(Protocol):
    """What a plan reads from the store."""

    def known(self) -> Mapping[str, Known]: ...
    def preferences(self) -> Mapping[str, Preference]: ...
    def history(self) -> Mapping[Pair, History]: ...
    def relay(self) -> Records: ...
    def revisits(self) -> Mapping[str, Revisit]: ...
    def publications(self) -> Mapping[str, Publication]: ...
    def feed(self, key: str) -> Feed | None: ...
    def said(self, key: str) -> bool: ...
    def turn_letter_on(self, person_id: str) -> date | None: ...
    def letters_in(self, week: Week, person_id: str) -> int: ...
    def memory(self, kind: str) -> Memory: ...
    def approved(self) -> frozenset[str]: ...
    def on_server(self) -> OnServer: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One answer to "what now?". Everything in it is decided; carrying it out needs no thought."""

    world: World
    census: Census = field(default_factory=Census)
    frozen: Mapping[tuple[Pair, Week], Mapping[date, Given]] = field(default_factory=dict)
    relay_before: Records = Records()  # noqa: RUF009 - frozen; the turns and lists that `world.relay` goes on from
    revisits: Mapping[str, Revisit] = field(default_factory=dict)  # items that come to be
    feeds: Mapping[str, Feed] = field(default_factory=dict)  # those that change
    letters: tuple[Job, ...] = ()
    calls: tuple[Call, ...] = ()
    questions: tuple[Question, ...] = ()  # about free minutes
    next_try: datetime | None = None  # when a call that failed may be made again
    waiting: tuple[Job | Call, ...] = ()  # due, but the window is closed or the week's letters are used up
    held: tuple[Held, ...] = ()
    too_late: tuple[Notice, ...] = ()
    faults: tuple[Fault, ...] = ()

    def does_nothing(self) -> bool:
        turned = self.world.relay != self.relay_before
        return not (self.census or self.frozen or self.feeds or self.letters or self.calls or self.revisits or turned)


def plan(
    inputs: Inputs,
    state: State,
    now: datetime,
    *,
    last_tick: datetime | None,
    new_id: Callable[[Row], str],
    feed_version: str,
    event_version: str,
    in_hand: frozenset[str] = frozenset(),
    before: World | None = None,
) -> Plan:
    """What to do at `now` (aware). `before` is the world of the plan before this one, whose people are kept.

    `new_id` names a person never seen before; `feed_version` changes with the texts that feeds are written in,
    `event_version` with those of events on a server. `in_hand` are the records that a call is working on.
    """
    approved = state.approved()
    known = state.known()
    today = local_date(now, inputs.config.organisation.zone)
    if clock := _clock_held(now, last_tick, approved):
        made, faults = organisation(inputs, known, state.preferences(), today)
        as_it_was = World(made, state.history(), now, state.relay(), state.revisits())
        return Plan(world=as_it_was, relay_before=as_it_was.relay, held=(clock,), faults=(*inputs.faults, *faults))
    found, lost = _people(inputs, known, approved, new_id, now, today)
    news = {person.id: person for person in (*found.joined, *found.changed, *found.vanished)}
    after = {**known, **news} if news else known
    preferences = state.preferences()
    made, faults = organisation(inputs, after, preferences, today, before.organisation.people if before else NOBODY)
    publications, on_server = state.publications(), replace(state.on_server(), in_hand=in_hand)
    turns = state.relay()
    world, revisits = _world(made, state, turns, publications, on_server, now)
    letters, too_late = _notices(world, state)
    changes = _calendar_changes(inputs, world, publications, on_server, preferences, event_version)
    ready, waiting = _by_window(world, state, [*letters, *changes])
    passed, held = _through_the_fuse(inputs, ready, state, approved, Week.of(today))
    return Plan(
        world=world,
        census=found,
        frozen=vitamin.to_freeze(world),
        relay_before=turns,
        revisits=revisits,
        feeds=changed_feeds(world, state.feed, feed_version),
        letters=jobs.merged(one for one in passed if isinstance(one, Job)),
        calls=tuple(one for one in passed if isinstance(one, Call)),
        questions=tuple(calls.questions(world, on_server.decided)) if inputs.config.exchange else (),
        next_try=on_server.next_try(now) if inputs.config.exchange else None,
        waiting=waiting,
        held=(*lost, *held),
        too_late=too_late,
        faults=(*inputs.faults, *faults, *_orphaned(inputs, on_server)),
    )


def _world(
    made: Organisation,
    state: State,
    before: Records,
    publications: Mapping[str, Publication],
    on_server: OnServer,
    now: datetime,
) -> tuple[World, Mapping[str, Revisit]]:
    """What the rules read: turns gone on from `before`, and the revisits that come to be."""
    turns = relay.advance(made, before, now)
    known = state.revisits()
    revisits = revisit.from_retries(turns, known, made, local_date(now, made.zone))
    elsewhere = calls.elsewhere(on_server, publications, now)
    places = calls.places(on_server.decided)
    return World(made, state.history(), now, turns, {**known, **revisits}, elsewhere, places), revisits


def _calendar_changes(
    inputs: Inputs,
    world: World,
    publications: Mapping[str, Publication],
    on_server: OnServer,
    preferences: Mapping[str, Preference],
    event_version: str,
) -> Iterator[Job | Call]:
    """What brings calendars to what should stand in them: by letters, and by calls where there is a server."""
    domain = inputs.config.organisation.domain
    yield from jobs.of_series(world, publications, domain)
    yield from jobs.of_slots(world, publications, domain, on_server.standing_meetings())
    if inputs.config.exchange:
        yield from calls.of_blocks(world, on_server, preferences, event_version)
        yield from calls.of_meetings(world, on_server, publications, domain)


def _orphaned(inputs: Inputs, on_server: OnServer) -> tuple[Fault, ...]:
    """Blocks that stand on a server of which the config says nothing any more."""
    count = sum(one.may_stand for one in on_server.blocks.values())
    if inputs.config.exchange or not count:
        return ()
    text = "{count} blocks still stand in Outlook, and nobody can take them out. Write [exchange] again until aikultur status counts none."
    return (Fault(inputs.source.path.name, "[exchange]", Sentence(text, {"count": count})),)


def clock_jumped(now: datetime, last_tick: datetime) -> bool:
    """Whether the clock moved more than a pause of the service explains."""
    return not -CLOCK_BACK <= now - last_tick <= CLOCK_AHEAD


def _clock_held(now: datetime, last_tick: datetime | None, approved: frozenset[str]) -> Held | None:
    """Why nothing at all may happen: the clock moved more than a pause explains."""
    if last_tick is None or not clock_jumped(now, last_tick):
        return None
    text = "the clock says {now}, the last tick was at {last}. Is the clock right, or was the service away so long?"
    key = ClockKey(now.date(), last_tick.date()).to_text()
    fields = {"now": f"{now:%Y-%m-%d %H:%M}", "last": f"{last_tick:%Y-%m-%d %H:%M}"}
    return None if key in approved else Held(kind="clock", reason=Sentence(text, fields), keys=(key,))


def _people(
    inputs: Inputs,
    known: Mapping[str, Known],
    approved: frozenset[str],
    new_id: Callable[[Row], str],
    now: datetime,
    today: date,
) -> tuple[Census, tuple[Held, ...]]:
    """What the people file changes, without a loss that nobody has approved."""
    if inputs.people is None:
        return Census(), ()
    found = census(known, inputs.people.rows, unreadable=inputs.people.unreadable, new_id=new_id, now=now, today=today)
    there = sum(person.gone is None for person in known.values())
    reason = fuse.lost_reason(len(found.vanished), there, inputs.config.limits)
    if reason is None:
        return found, ()
    passed, waiting = fuse.split([LeaveKey(person.id).to_text() for person in found.vanished], approved)
    kept = tuple(person for person in found.vanished if LeaveKey(person.id).to_text() in passed)
    held = (Held(kind="leave", reason=reason, keys=waiting),) if waiting else ()
    return replace(found, vanished=kept), held


def _notices(world: World, state: State) -> tuple[list[Job], tuple[Notice, ...]]:
    """The letters that are due and not claimed, and the notices whose time is over."""
    found: list[Job] = []
    too_late: list[Notice] = []
    carried: set[str] = set()
    for notice in jobs.notices(world):
        if notice.key in carried or state.said(notice.key):
            continue
        if notice.too_late <= world.now:
            too_late.append(notice)
            continue
        extra = tuple(key for key in notice.carries if not state.said(key))
        carried.update(extra)
        found.append(jobs.of_notice(world, notice, extra))
    return [job for job in found if _room_this_week(world, state, job)], tuple(too_late)


def _room_this_week(world: World, state: State, job: Job) -> bool:
    week = Week.of(world.organisation.today(job.person, world.now))
    return jobs.room_this_week(job, state.letters_in(week, job.person.id) if job.capped else 0)


def _by_window(
    world: World, state: State, found: Iterable[Job | Call]
) -> tuple[list[Job | Call], tuple[Job | Call, ...]]:
    ready: list[Job | Call] = []
    waiting: list[Job | Call] = []
    for job in sorted(found, key=lambda job: (job.due, job.key)):
        may_go = job.may_go(world, world.now) and not _one_today(world, state, job)
        (ready if may_go else waiting).append(job)
    return ready, tuple(waiting)


def _one_today(world: World, state: State, job: Job | Call) -> bool:
    """Whether the person has had a letter about a turn today, and this one can wait until tomorrow."""
    if job.kind not in jobs.TURN_KINDS or job.presses(world.now):
        return False
    return state.turn_letter_on(job.person.id) == world.organisation.today(job.person, world.now)


def _through_the_fuse(
    inputs: Inputs, ready: Sequence[Job | Call], state: State, approved: frozenset[str], week: Week
) -> tuple[tuple[Job | Call, ...], list[Held]]:
    """What may go, and what is held of each kind."""
    by_kind: dict[str, list[Job | Call]] = defaultdict(list)
    for job in ready:
        if job.kind not in calls.UNFUSED:
            by_kind[job.kind].append(job)
    held: list[Held] = []
    waiting: set[str] = set()
    for kind, of_kind in sorted(by_kind.items()):
        limits = inputs.config.limits
        transport = calls.TRANSPORT if isinstance(of_kind[0], Call) else inputs.config.mail.transport
        open_ = [job for job in of_kind if job.key not in approved]
        reason = fuse.letters_reason(
            kind, len(open_), transport=transport, week=str(week), memory=state.memory(kind), limits=limits
        )
        if kind in CANCELS:
            reason = reason or fuse.cancel_reason(len(open_), limits)
        if reason:
            held.append(Held(kind=kind, reason=reason, keys=tuple(sorted(job.key for job in open_))))
            waiting.update(job.key for job in open_)
    return tuple(job for job in ready if job.key not in waiting), held
