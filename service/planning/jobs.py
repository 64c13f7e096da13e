"""From notices and calendar changes to letters: a job is one letter to be. Pure."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache, partial

from calendars.difference import Change, Publication, changes, slot_changes
from calendars.event import Series, Slot, block_uid, slot_uid
from calendars.news import touches
from calendars.series import series
from culture import link
from culture.appointment import Appointment
from culture.keys import AttendeeKey, NoticeKey, without_domain
from culture.notice import Notice
from culture.people import ChannelName, Person, leaves_before
from culture.sending import LETTERS_A_WEEK, news_until, window_open
from culture.trouble import RAISED, Troubles
from culture.vitamin import rules as vitamin
from culture.vitamin.block import Block
from culture.workdays import Week
from culture.world import World
from service.planning.fuse import Held
from service.planning.kinds import COUNTED, KINDS, OWN_TURN, YIELDING, rank
from service.planning.programme import (
    Appointments,
    Programme,
    at_work,
    reader_named,
    subjects,
    sure_appointments,
    unsettled,
)
from service.planning.programme import coming as coming_appointments
from service.planning.together import is_on_server

SLOT_REMINDER_MINUTES = 15
"""Of an appointment: a quarter of an hour to find the room."""

LETTER = "slot"
"""The kind of a letter about an appointment of which nothing is known any more."""

DueOf = Callable[[Programme, World, Troubles], Iterable[Notice]]

PRESSING = timedelta(days=4)
"""Before a meeting: what is said on Friday morning about Monday afternoon must be said on Friday."""


LONG = timedelta(days=365)
"""So long what is never too late outlasts what it stands beside: no letter waits for longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A letter to be: to whom, what it says, and the calendar change that travels in it."""

    person: Person
    kinds: tuple[str, ...]
    keys: tuple[str, ...]  # of every notice it says, the leading one first
    due: datetime
    too_late: datetime | None  # None: what a calendar should say is worked out afresh, and never too late
    at_once: bool
    changes: tuple[Change, ...] = ()
    subjects: Mapping[str, str] = field(default_factory=dict)  # what an appointment is about, by its change's key
    others: Mapping[str, tuple[Person, ...]] = field(default_factory=dict)  # who attends it too, by the same
    held: tuple[Held, ...] = ()  # what it tells of what the fuse holds
    carried: frozenset[str] = frozenset()  # keys of notices that it says as well, and that come by themselves otherwise
    meeting: datetime | None = None  # when the event is of which it is news
    own_turn: bool = False  # one of the letters about turns of which there is one a day
    outlasts: datetime | None = None  # until when something in it is in time after `too_late`; None: nothing is

    @property
    def key(self) -> str:
        """What leads it: the letter is claimed by this key."""
        return self.keys[0]

    @property
    def kind(self) -> str:
        """What it says first."""
        return self.kinds[0]

    @property
    def counted(self) -> bool:
        """Whether it is one of the two letters that a person gets in a week."""
        return not COUNTED.isdisjoint(self.kinds)

    @property
    def calendar(self) -> Change | None:
        """The change that travels as a calendar part: never more than one to a letter (RFC 6047)."""
        return next((change for change in self.changes if change.method), None)

    @property
    def names(self) -> tuple[str, ...]:
        """Who is told, by name."""
        return (self.person.name,)

    def parts(self) -> list["Job"]:
        """A letter for each thing that it says: when they cannot be written together, each is tried alone.

        What is only carried is left out. It is due by itself once the notice that carries it is said without it.
        """
        by_key = {change.key: change for change in self.changes}
        return [
            replace(
                self,
                kinds=(kind_of(key, by_key.get(key)),),
                keys=(key,),
                changes=(by_key[key],) if key in by_key else (),
                carried=frozenset(),
                outlasts=None,
                own_turn=self.own_turn and kind_of(key, by_key.get(key)) in OWN_TURN,
            )
            for key in self.keys
            if key not in self.carried
        ]

    def presses(self, now: datetime) -> bool:
        """Whether it is about a meeting that is so near that tomorrow is too late to be told."""
        starts = [start for change in self.changes for start in coming(change, now)]
        return min([*starts, *([self.too_late] if self.too_late else [])], default=now) < now + PRESSING

    def may_go(self, world: World, now: datetime) -> bool:
        """Whether the letter may be claimed at `now`: the window is open or it cannot wait for that, and it is not too
        late."""
        in_time = self.too_late is None or now < self.too_late
        return in_time and (
            self.at_once
            or window_open(world.organisation, self.person, now)
            or is_news(world, self.person, self.changes, now, self.meeting)
        )


def is_news(
    world: World, person: Person, changed: Sequence[Change], now: datetime, meeting: datetime | None = None
) -> bool:
    """Whether it is news about today or the next working day: that goes on a closed day too, and at night."""
    if meeting is None and not changed:
        return False
    today, last = world.organisation.today(person, now), news_until(world.organisation, person, now)
    met = meeting is not None and now < meeting and meeting.astimezone(person.tz).date() <= last
    return met or any(touches(change, today, last, now) for change in changed)


def coming(change: Change, now: datetime) -> Iterator[datetime]:
    """When the slots begin that a change tells of, those that were to be and those that are: what is over presses nobody."""
    both = (change.entry, change.stood)
    return (one.starts for one in both if isinstance(one, Slot) and one.starts > now)


def kind_of(key: str, change: Change | None) -> str:
    """The kind of letter that says a key: a notice's own, or that of the change."""
    if change and change.of == "series":
        return "cancel" if change.kind == "cancel" else "invite"
    return NoticeKey.from_text(key).kind


def due_of(programme: Programme, world: World, troubles: Troubles) -> Iterable[Notice]:
    """What a programme should have said by now."""
    return programme.due(world, troubles)


def notices(world: World, troubles: Troubles = RAISED, due_of: DueOf = due_of) -> Iterator[Notice]:
    """All that should have been said by now, by every programme, to whoever gets letters."""
    people = world.organisation.people
    of_all: list[tuple[str, Callable[[World, Troubles], Iterable[Notice]]]] = [("links", link.due)]
    of_all += [(one.name, partial(due_of, one)) for one in at_work(world)]
    for name, due in of_all:
        with troubles.of(name, "letters"):
            for notice in due(world, troubles):
                if (person := people.get(notice.person_id)) is None or person.email:
                    yield notice


def of_notice(world: World, notice: Notice, extra: tuple[str, ...]) -> Job:
    """The letter that says one notice, and those it carries. Raises KeyError for an id that is nobody's."""
    return Job(
        person=reader_named(world, notice.person_id),
        kinds=(notice.kind,),
        keys=(notice.key, *extra),
        due=notice.due,
        too_late=notice.too_late,
        at_once=notice.at_once,
        carried=frozenset(extra),
        meeting=_meeting(world, notice),
        own_turn=notice.kind in OWN_TURN,
    )


def _meeting(world: World, notice: Notice) -> datetime | None:
    kind = KINDS.get(notice.kind)
    return kind.news(world, notice.period) if kind and kind.news else None


def of_series(
    world: World, publications: Mapping[str, Publication], domain: str, troubles: Troubles = RAISED
) -> Iterator[Job]:
    """The letters that carry a change of somebody's series: invite, new time, new closed day, cancellation."""
    people = world.organisation.people
    published = {one.person_id: one for one in publications.values() if one.of == "series"}
    blocks = {person.id: block for person, block in vitamin.desired(world, "invite", troubles)}
    for person_id in sorted(blocks.keys() | published.keys()):
        before, block, person = published.get(person_id), blocks.get(person_id), people.get(person_id)
        # Whose block could not be worked out keeps the series that stands.
        if person is None or not person.email or troubles.touch(person_id):
            continue
        with troubles.of(person_id, "calendar"):
            change = _of_block(world, person, block, before, block_uid(person_id, domain))
            # Nobody is invited before they are welcomed: the letter says what the invitation is to.
            if change and (change.kind != "create" or vitamin.is_welcomed(world, person)):
                yield _of_change(world, change, kind_of(change.key, change), at_once=change.kind == "create")


def _of_block(world: World, person: Person, block: Block | None, before: Publication | None, uid: str) -> Change | None:
    """The change that brings a person's series to what `block` says. An update that goes takes the end along: nobody
    should get another letter soon after, merely because the series goes on."""
    known = {before.key: before} if before else {}
    absent = {person.id: block.absent} if block else {}
    addresses, found = {person.id: person.email}, tuple[Change, ...]()
    for renew in (False, True):
        wanted = _wanted(world, person, block, before, uid, renew=renew)
        found = changes({person.id: wanted} if wanted else {}, known, addresses, world.now, absent)
        if not found or found[0].kind != "update":
            break
    return found[0] if found else None


def _wanted(
    world: World, person: Person, block: Block | None, before: Publication | None, uid: str, *, renew: bool
) -> Series | None:
    """The series that should stand; None for none."""
    if block is None:
        return None
    today, stands = world.organisation.today(person, world.now), before.series if before else None
    over = block.ends(today) <= world.now
    found = series(block, stands, today, uid, today_is_over=over, renew=renew)
    # A pause moves a series that stands; whoever starts later gets theirs when the day comes.
    return found if stands is not None or block.first <= today else None


def of_appointments(
    world: World,
    publications: Mapping[str, Publication],
    domain: str,
    troubles: Troubles = RAISED,
    held: Collection[str] = (),
) -> Iterator[Job]:
    """The letters that tell people of their appointments: come, moved, gone. On `invite` with a calendar part.

    Who does not lead one and is on another channel than `invite` sees it in the feed and is not written to; what several
    attend together is mailed to all of them, or to none where a server has it. `held` are the meetings, by
    `subject/person`, that stand on a server: they are called off there before anybody is told here.
    """
    people = world.organisation.people
    coming = tuple(coming_appointments(world, troubles))
    wanted = _slots_wanted(coming, domain, troubles, held)
    together = {without_domain(slot_uid(one.subject, domain)): one.reached for one in coming if one.together}
    known = cache(partial(_by_uid, world, domain, troubles))
    made = slot_changes(
        wanted,
        publications,
        _addresses(world),
        world.now,
        _channels(world),
        troubles,
        lambda uid: known()[uid][1].letter if uid in known() else LETTER,
        together,
    )
    busy = unsettled(world, troubles) if made else frozenset()
    whose = [of for _, of in sure_appointments(world, troubles)]
    for change in made:
        reader = people.get(change.person_id)
        if reader is None or not reader.email or without_domain(change.uid) not in known():
            continue
        subject, of = known()[without_domain(change.uid)]
        if of not in whose or AttendeeKey(subject, change.person_id).to_text() in held:
            continue
        with troubles.of(reader.id, "calendar"):
            told = subject not in busy or is_news(world, reader, (change,), world.now)
            if told and _in_a_letter(reader, change):
                job = _of_change(world, change, of.letter, at_once=False)
                first = of.announces(world, subject, reader, change)
                beside = _beside(reader, change, together.get(without_domain(change.uid), ()))
                if change.kind != "create" or job.presses(world.now) or not _being_welcomed(world, reader):
                    yield replace(job, subjects={change.key: subject}, others=beside, own_turn=first)


def _being_welcomed(world: World, person: Person) -> bool:
    """Whether today is the day of their welcome, or that is still to come: it says what all the rest is about."""
    begin = vitamin.after_welcome(world, person)
    return begin is not None and world.organisation.today(person, world.now) < begin


def _beside(reader: Person, change: Change, attendees: Iterable[Person]) -> dict[str, tuple[Person, ...]]:
    """Who is named beside the reader in a change's calendar part. Whoever is told off is told of nobody else."""
    others = tuple(one for one in attendees if one.id != reader.id) if change.method == "REQUEST" else ()
    return {change.key: others} if others else {}


def _by_uid(world: World, domain: str, troubles: Troubles) -> dict[str, tuple[str, Appointments]]:
    """The subjects and what they are of, by the UIDs of their slots."""
    return {without_domain(slot_uid(name, domain)): (name, of) for name, of in subjects(world, troubles).items()}


def _slots_wanted(
    appointments: Iterable[Appointment], domain: str, troubles: Troubles, held: Collection[str]
) -> dict[tuple[str, str], Slot]:
    """The slots that letters tell of, by UID and person."""
    wanted = {}
    for appointment in appointments:
        for person in appointment.reached:
            # To whoever is on a server it sends a meeting; what was mailed to them before is taken back first.
            if _mailed_to(appointment, person, held):
                with troubles.of(person.id, "calendar"):
                    wanted[slot_uid(appointment.subject, domain), person.id] = slot_of(appointment, domain)
    return wanted


def _mailed_to(appointment: Appointment, person: Person, held: Collection[str]) -> bool:
    if appointment.together:
        return not is_on_server(appointment, held)
    return person.id == appointment.leader or person.channel == "invite"


def _in_a_letter(person: Person, change: Change) -> bool:
    """Whether a change is told by letter. Without a calendar part a server tells those on it, and who leaves needs no
    words."""
    return change.method is not None or not (person.on_server or leaves_before(person, _day(change)))


def bare(world: World, person: Person, changes: Iterable[Change]) -> bool:
    """Whether a letter that carries these changes says no more than that, without links: the person has left, or will
    have by then."""
    days = [_day(change) for change in changes if isinstance(change.entry, Slot)]
    return leaves_before(person, min(days, default=world.organisation.today(person, world.now)))


def _day(change: Change) -> date:
    assert isinstance(change.entry, Slot)
    return change.entry.starts.date()


def slot_of(appointment: Appointment, domain: str) -> Slot:
    """The appointment as a calendar shows it."""
    return Slot(
        uid=slot_uid(appointment.subject, domain),
        starts=appointment.starts,
        minutes=appointment.minutes,
        busy="busy",
        reminder_minutes=SLOT_REMINDER_MINUTES,
        place=appointment.place,
        presenter=appointment.leader,
    )


def _addresses(world: World) -> dict[str, str]:
    return {person_id: person.email for person_id, person in world.organisation.people.items()}


def _channels(world: World) -> dict[str, ChannelName]:
    return {person_id: person.channel for person_id, person in world.organisation.people.items()}


def _of_change(world: World, change: Change, kind: str, *, at_once: bool) -> Job:
    return Job(
        person=world.organisation.people[change.person_id],
        kinds=(kind,),
        keys=(change.key,),
        due=world.now,
        too_late=None,
        at_once=at_once,
        changes=(change,),
    )


def merged(jobs: Iterable[Job]) -> tuple[Job, ...]:
    """What is due to one person at one time becomes one letter (DESIGN 4.7).

    A letter with a calendar part goes alone: Outlook shows it as a meeting and not as a letter to read.
    """
    by_person: dict[str, list[Job]] = defaultdict(list)
    for job in jobs:
        by_person[job.person.id].append(job)
    found: list[Job] = []
    for of_person in by_person.values():
        found += _letters(
            sorted(of_person, key=lambda job: (job.calendar is not None, rank(job.kind), job.due, job.key))
        )
    return tuple(sorted(found, key=lambda job: (job.due, job.key)))


def _letters(jobs: Sequence[Job]) -> list[Job]:
    letters: list[Job] = []
    for job in jobs:
        if letters and not job.calendar:  # those with a calendar part come last
            letters[-1] = _together(letters[-1], job)
        else:
            letters.append(job)
    return letters


def _together(letter: Job, job: Job) -> Job:
    limits = [limit for limit in (letter.too_late, job.too_late) if limit]
    too_late = min(limits, default=None)
    ends = [one.outlasts or one.too_late or (too_late and too_late + LONG) for one in (letter, job)]
    last = max((end for end in ends if end), default=None)
    return replace(
        letter,
        kinds=(*letter.kinds, *(kind for kind in job.kinds if kind not in letter.kinds)),
        keys=(*letter.keys, *job.keys),
        due=min(letter.due, job.due),
        too_late=too_late,
        outlasts=last if last != too_late else None,
        at_once=letter.at_once or job.at_once,
        changes=(*letter.changes, *job.changes),
        subjects={**letter.subjects, **job.subjects},
        others={**letter.others, **job.others},
        held=(*letter.held, *job.held),
        carried=letter.carried | job.carried,
        meeting=min((one for one in (letter.meeting, job.meeting) if one), default=None),
        own_turn=letter.own_turn or job.own_turn,
    )


def by_week(
    world: World, due: Sequence[Job], letters_in: Callable[[Week, str], int], troubles: Troubles = RAISED
) -> tuple[list[Job], list[Job]]:
    """The letters for which the person's week has room, and those that wait for another. `letters_in`: how many that are
    counted a person has had in a week."""
    counted: dict[str, list[Job]] = defaultdict(list)
    for job in due:
        if job.counted:
            counted[job.person.id].append(job)
    full = set[str]()
    for person_id, theirs in counted.items():
        week = Week.of(world.organisation.today(theirs[0].person, world.now))
        with troubles.of(person_id, "letters"):
            if not has_room(world, theirs, letters_in(week, person_id)):
                full.add(person_id)
    yielding = [job for job in due if job.person.id in full and job.counted]
    return [job for job in due if job.person.id not in full or not job.counted], yielding


def has_room(world: World, counted: Sequence[Job], letters_in_week: int) -> bool:
    """Whether the person to whom all of these are due may get one more letter that is counted.

    The week's last place is kept for what cannot wait for the next week: all else that is due then becomes a section
    of that letter.
    """
    if letters_in_week < LETTERS_A_WEEK - 1:
        return True
    return letters_in_week < LETTERS_A_WEEK and not all(_can_wait(world, job) for job in counted)


def _can_wait(world: World, job: Job) -> bool:
    """Whether the letter is still in time on the first day of the person's next week, to its end."""
    monday = Week.of(world.organisation.today(job.person, world.now)).monday + timedelta(days=8)
    over = datetime.combine(monday, time(0), job.person.tz)
    return YIELDING.issuperset(job.kinds) and (job.too_late is None or job.too_late >= over)
