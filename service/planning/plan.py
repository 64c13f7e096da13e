"""What to do now: desired and due, less what is done, less what the fuse holds. Pure: reads values, writes nothing."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from culture.census import Census, Known
from culture.keys import FirstKey
from culture.notice import Notice
from culture.people import NO_PREFERENCE, Person
from culture.trouble import Trouble, Troubles
from culture.workdays import Week
from culture.world import World
from mailer.transport import Way, way_of
from service import channels
from service.messages.faults import Fault
from service.messages.translation import Sentence, word
from service.planning import calls, ending_letters, fuse, held_letters, jobs
from service.planning.calls import Call, EventTexts, Question
from service.planning.feeds import Feed, changed_feeds
from service.planning.fuse import WEEKS_REMEMBERED, Held, Newcomers, SendHistory
from service.planning.jobs import Job
from service.planning.kinds import CANCELS, UNFUSED
from service.planning.on_server import OnServer
from service.planning.programme import Records, at_work, programmes
from service.planning.recalled import Recalled, standing
from service.planning.snapshot import RecordState, Snapshot
from service.settings.channel_row import channels_here, servers_here
from service.settings.inputs import Inputs
from service.settings.sections import LimitsSection

Notices = Callable[[World, Troubles], Iterable[Notice]]


class State(RecordState, Protocol):
    """What a plan reads from the store."""

    def feed(self, key: str) -> Feed | None: ...
    def said(self, key: str, way: Way) -> bool: ...
    def turn_letter_on(self, person_id: str) -> date | None: ...
    def letters_in(self, week: Week, person_id: str, way: Way) -> int: ...
    def memory(self, kind: str) -> SendHistory: ...
    def held_since(self) -> Mapping[str, datetime]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One answer to "what now?". Everything in it is decided; carrying it out needs no thought."""

    world: World
    census: Census = field(default_factory=Census)
    inherited: tuple[tuple[Known, Known], ...] = ()  # who had an address until lately, and who has it now
    before: World  # with the records that `world` goes on from
    written: Records = field(default_factory=dict)  # what the programmes' records become, by table and key
    as_read: Records = field(default_factory=dict)  # what they go on from and people may have changed meanwhile
    feeds: Mapping[str, Feed] = field(default_factory=dict)  # those that change
    letters: tuple[Job, ...] = ()
    calls: tuple[Call, ...] = ()
    questions: tuple[Question, ...] = ()  # about free minutes
    next_try: datetime | None = None  # when a call that failed may be made again
    waiting: tuple[Job | Call, ...] = ()  # due, but the window is closed or there was a letter about a turn today
    yielding: tuple[Job, ...] = ()  # due, but the week has no room for it: a section of the person's next letter
    held: tuple[Held, ...] = ()
    held_back: tuple[Job | Call, ...] = ()  # what the fuse holds of letters and calls
    too_late: tuple[Notice, ...] = ()
    faults: tuple[Fault, ...] = ()
    overruled: tuple[Person, ...] = ()  # who chose a calendar, where the config says that nobody has a block in one
    troubles: tuple[Trouble, ...] = ()  # what could not be worked out, and for whom: the others are not touched by it
    recalled: Recalled | None = None  # all is taken back: then nothing else goes, and this is left

    def does_nothing(self) -> bool:
        """Whether carrying it out would change nothing and send nothing."""
        return not (self.census or self.written or self.feeds or self.letters or self.calls)


def plan(
    inputs: Inputs,
    found: Snapshot,
    state: State,
    *,
    feed_version: str | None,
    event_texts: EventTexts,
    notices: Notices = jobs.notices,
) -> Plan:
    """What to do at the moment of the snapshot `found`.

    `feed_version` changes with the texts that feeds are written in; None: nobody asks which change. `event_texts` says that of events on a server. `notices`: what is due.
    """
    world = found.world
    if found.clock:
        return Plan(world=world, before=world, held=(found.clock,), faults=found.faults)
    troubles = found.troubles.and_more()
    way = way_of(inputs.config.mail.transport)
    # First: what is not written down is not said either.
    world, written, as_read = _recorded(found.before, world, troubles) if not world.recalled else (world, {}, {})
    due, too_late = _notices(notices(world, troubles) if not world.recalled else (), world, state, way, troubles)
    letters, yielding = jobs.by_week(world, due, lambda week, who: state.letters_in(week, who, way), troubles)
    # Calendars wait for whatever is not known: what stands in them may be of that. Taken back is the one as the other.
    changes = _calendar_changes(inputs, found, event_texts, troubles) if world.recalled or not world.out else ()
    wanted = (action for action in (*letters, *changes) if action.person.id not in found.aside)
    ready, waiting = _by_window(world, state, wanted, troubles)
    week = Week.of(world.today)
    passed, held = (ready, []) if world.recalled else _through_the_fuse(inputs, ready, state, found.approved, week)
    held_back = _held_back(ready, held)
    held = held_letters.begun((*found.lost, *held), state.held_since(), world.now)
    for job in _to_the_contact(world, held, lambda key: state.said(key, way)):
        (passed if job.may_go(world, world.now) else waiting).append(job)
    servers = [name for name, _ in servers_here(inputs.config)]
    asks = servers and not world.out and not world.recalled
    return Plan(
        world=world,
        census=found.census,
        inherited=found.inherited,
        before=found.before,
        written=written,
        as_read=as_read,
        feeds={} if world.out or feed_version is None else changed_feeds(world, state.feed, feed_version, troubles),
        letters=_letters(passed),
        calls=_calls(passed),
        questions=tuple(calls.questions(world, found.on_server.decided, troubles)) if asks else (),
        next_try=found.on_server.next_try(world.now, servers),
        waiting=tuple(waiting),
        yielding=tuple(yielding),
        held=tuple(held),
        held_back=held_back,
        too_late=too_late,
        faults=(*found.faults, *_orphaned(inputs, found.on_server), *_told(world, troubles.found)),
        overruled=tuple(_overruled(found)),
        troubles=tuple(troubles.found),
        recalled=_recalled(found),
    )


def _recalled(found: Snapshot) -> Recalled | None:
    world = found.world
    if world.recalled is None:
        return None
    return Recalled(since=world.recalled, standing=standing(world, found.publications, found.on_server))


def _to_the_contact(world: World, held: Sequence[Held], said: Callable[[str], bool]) -> Iterator[Job]:
    """What the service tells whoever runs it, past the fuse."""
    if world.recalled:
        return
    yield from held_letters.due(world, held, said)
    yield from ending_letters.due(world, said)


def _recorded(before: World, after: World, troubles: Troubles) -> tuple[World, Records, Records]:
    """What the records of every programme become, and what they go on from and people may have changed meanwhile. The
    world is without those of which that cannot be said."""
    found: dict[str, dict[str, Any]] = {}
    read: dict[str, Mapping[str, Any]] = {}
    out = set[str]()
    for programme in at_work(after):
        with troubles.of(programme.name, "letters"):
            become, from_ = programme.written(before, after, troubles), programme.as_read(before)
            for table, documents in become.items():
                if documents:
                    found.setdefault(table, {}).update(documents)
            read |= from_
            continue
        out.add(programme.name)
    return (replace(after, out=after.out | out) if out else after), found, read


def _overruled(found: Snapshot) -> Iterator[Person]:
    for person in found.world.organisation.people.values():
        chosen = found.preferences.get(person.id, NO_PREFERENCE).channel
        if person.channel == "none" and chosen not in (None, "none") and person.works_here(found.world.today):
            yield person


def _told(world: World, troubles: Iterable[Trouble]) -> Iterator[Fault]:
    text = (
        "the {what} of {name} cannot be worked out ({why}). Everybody else's can, and it is tried again at each tick."
    )
    known = {one.name for one in programmes()}
    for one in troubles:
        person, department = world.organisation.people.get(one.who), world.organisation.departments.get(one.who)
        part = word("programme", one.who) if one.who in known else one.who
        name = person.name if person else department.name if department else part
        yield Fault(
            "aikultur", "", Sentence(text, {"what": word("in-trouble", one.what), "name": name, "why": one.why})
        )


def _calendar_changes(
    inputs: Inputs, found: Snapshot, event_texts: EventTexts, troubles: Troubles
) -> Iterator[Job | Call]:
    """What brings calendars to what should stand in them: by letters, and by calls where there is a server."""
    world, on_server, publications = found.world, found.on_server, found.publications
    domain = inputs.config.organisation.domain
    yield from jobs.of_series(world, publications, domain, troubles)
    yield from jobs.of_appointments(world, publications, domain, troubles, on_server.standing_meetings())
    for channel, _ in servers_here(inputs.config):
        yield from calls.of_blocks(world, channel, on_server, found.preferences, event_texts, troubles)
        yield from calls.of_meetings(world, channel, on_server, publications, domain, troubles)


def _orphaned(inputs: Inputs, on_server: OnServer) -> Iterator[Fault]:
    """Blocks that stand on a server of which the config says nothing any more."""
    here = channels_here(inputs.config)
    stand = Counter(one.channel for one in on_server.blocks.values() if one.may_stand)
    for channel, count in stand.items():
        if channel not in here:
            section = channels.CHANNELS.get(channel) or channel
            text = "{count} blocks still stand in Outlook, and nobody can take them out. Write [{section}] again until aikultur status counts none."
            fields = {"count": count, "section": section}
            yield Fault(inputs.source.path.name, f"[{section}]", Sentence(text, fields))


def _notices(
    due: Iterable[Notice], world: World, state: State, way: Way, troubles: Troubles
) -> tuple[list[Job], tuple[Notice, ...]]:
    """The letters that are due and not claimed, and the notices whose time is over."""
    found: list[Job] = []
    too_late: list[Notice] = []
    carried: set[str] = set()
    for notice in due:
        key = notice.key
        if key in carried or state.said(key, way):
            continue
        if notice.too_late <= world.now:
            too_late.append(notice)
            continue
        extra = tuple(key for key in notice.carries if not state.said(key, way))
        carried.update(extra)
        with troubles.of(notice.person_id, "letters"):
            found.append(jobs.of_notice(world, notice, extra))
    return found, tuple(too_late)


def _by_window(
    world: World, state: State, found: Iterable[Job | Call], troubles: Troubles
) -> tuple[list[Job | Call], list[Job | Call]]:
    ready: list[Job | Call] = []
    waiting: list[Job | Call] = []
    for job in sorted(found, key=lambda job: (job.due, job.key)):
        with troubles.of(job.person.id, "letters"):
            may_go = job.may_go(world, world.now) and not _one_today(world, state, job)
            (ready if may_go else waiting).append(job)
    return ready, waiting


def _one_today(world: World, state: State, job: Job | Call) -> bool:
    """Whether the person has had a letter about a turn today, and this one can wait until tomorrow."""
    if not job.own_turn or job.presses(world.now):
        return False
    return state.turn_letter_on(job.person.id) == world.organisation.today(job.person, world.now)


def _through_the_fuse(
    inputs: Inputs, ready: Sequence[Job | Call], state: State, approved: frozenset[str], week: Week
) -> tuple[list[Job | Call], list[Held]]:
    """What may go, and what is held of each kind."""
    held: list[Held] = []
    for (kind, transport), of_kind in sorted(_by_kind(ready, inputs.config.mail.transport).items()):
        open_ = [job for job in of_kind if job.key not in approved]
        reason = _reason(kind, transport, open_, inputs.config.limits, state, approved, week)
        if reason:
            held.append(_held(kind, reason, open_))
    waiting = {key for one in held for key in one.keys}
    return [job for job in ready if job.key not in waiting], held


def _by_kind(ready: Iterable[Job | Call], transport: str) -> Mapping[tuple[str, str], list[Job | Call]]:
    """Letters and calls by kind, and by the transport or channel that carries them."""
    found: dict[tuple[str, str], list[Job | Call]] = defaultdict(list)
    for job in ready:
        if job.kind not in UNFUSED:
            found[job.kind, job.channel if isinstance(job, Call) else transport].append(job)
    return found


def _reason(
    kind: str,
    transport: str,
    open_: Sequence[Job | Call],
    limits: LimitsSection,
    state: State,
    approved: frozenset[str],
    week: Week,
) -> Sentence | None:
    """Why what is not approved of a kind may not go; None when it may."""
    reason = fuse.letters_reason(
        kind,
        len(open_),
        transport=transport,
        week=str(week),
        memory=state.memory(kind),
        limits=limits,
        files=sum(state.said(one.key, "file") for one in open_),
        ahead=FirstKey(transport, kind).to_text() in approved,
        newcomers=lambda since: _newcomers(open_, Week.parse(since), week, state),
    )
    return reason or (fuse.cancel_reason(len(open_), limits) if kind in CANCELS else None)


def _newcomers(actions: Iterable[Job | Call], since: Week, now: Week, state: State) -> Newcomers:
    """Who of them came in from the week `since` on, and how many of these have had a letter by mail."""
    new = {one.person.id: one.person for one in actions if one.person.first_seen.date() >= since.monday}
    weeks = [Week.of(since.monday + timedelta(weeks=number)) for number in range(WEEKS_REMEMBERED)]
    weeks = [one for one in weeks if one.monday <= now.monday]
    let_in = sum(any(state.letters_in(one, person_id, "mailbox") for one in weeks) for person_id in new)
    return Newcomers(len(new), let_in)


def _held_back(ready: Iterable[Job | Call], held: Iterable[Held]) -> tuple[Job | Call, ...]:
    """What of the letters and calls that are ready is held."""
    keys = {key for one in held for key in one.keys}
    return tuple(one for one in ready if one.key in keys)


def _letters(passed: Iterable[Job | Call]) -> tuple[Job, ...]:
    return jobs.merged(one for one in passed if isinstance(one, Job))


def _calls(passed: Iterable[Job | Call]) -> tuple[Call, ...]:
    return tuple(one for one in passed if isinstance(one, Call))


def _held(kind: str, reason: Sentence, actions: Sequence[Job | Call]) -> Held:
    return Held(
        kind=kind,
        reason=reason,
        keys=tuple(sorted(action.key for action in actions)),
        too_late=min((action.too_late for action in actions if action.too_late), default=None),
        said=isinstance(actions[0], Job),
        channel=actions[0].channel if isinstance(actions[0], Call) else "",
    )
