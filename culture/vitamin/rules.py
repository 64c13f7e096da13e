"""The daily AI vitamin pill: ten minutes in the calendar, a prompt to try, and a letter with the week's prompts."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import takewhile

from culture.keys import NoticeKey
from culture.notice import Notice
from culture.organisation import Organisation
from culture.people import ChannelName, Person
from culture.trouble import RAISED, Troubles
from culture.vitamin import timetable
from culture.vitamin.block import Block
from culture.vitamin.catalogue import GENERAL
from culture.vitamin.prompts import Given
from culture.vitamin.settings import Vitamin
from culture.vitamin.timetable import Pair, VitaminRecords
from culture.workdays import Week
from culture.working_days import first_at_work, since_break
from culture.world import AHEAD, BACK, World

TIP_LATENESS = timedelta(days=1)
"""A week's prompts are old news after a day (DESIGN section 2)."""

WELCOME_LATENESS = timedelta(days=30)
"""A welcome after the first month is no welcome; until then a late one is better than none."""

MORNING_ENDS = time(12)
"""Who is first seen later in the day is welcomed the next morning: nobody begins a habit on the way home."""

STEP_MINUTES = 5
"""Staggered blocks begin on the five minutes: a calendar shows nothing finer without looking torn."""


def pairs(organisation: Organisation) -> frozenset[Pair]:
    """Every department that somebody is in, by itself and with each of their tracks."""
    people = organisation.people.values()
    return frozenset(pair for one in people for pair in ((one.department, GENERAL), (one.department, one.track)))


def to_freeze(world: World, troubles: Troubles = RAISED) -> dict[tuple[Pair, Week], dict[date, Given]]:
    """The prompts that no catalogue may change from now on: this week's (a day ahead, for the zones in the east).

    By department, track and ISO week; only what is not in the history yet. Of a track what is its own.
    """
    if not world.organisation.of(Vitamin).enabled:
        return {}
    end = Week.of(world.today + timedelta(days=1)).days[-1]
    frozen: dict[tuple[Pair, Week], dict[date, Given]] = {}
    for pair in sorted(pairs(world.organisation)):
        known = world.of(VitaminRecords).history.get(pair, {})
        with troubles.of(pair[0], "prompts"):
            common = timetable.prompts(world, (pair[0], GENERAL)) if pair[1] != GENERAL else {}
            for day, given in takewhile(lambda one: one[0] <= end, timetable.prompts(world, pair).items()):
                if day not in known and common.get(day) != given:
                    frozen.setdefault((pair, Week.of(day)), {})[day] = given
    return frozen


def start_time(organisation: Organisation, person: Person) -> time:
    """When the person's block begins: the chosen time, else a place in the window that is theirs for good."""
    if person.time:
        return person.time
    vitamin = organisation.of(Vitamin)
    opens, closes = (_minutes(one) for one in vitamin.time)
    places = max(0, (closes - opens - vitamin.minutes) // STEP_MINUTES) + 1
    place = int.from_bytes(hashlib.sha256(f"place/{person.id}".encode()).digest()[:8], "big") % places
    begin = opens + place * STEP_MINUTES
    return time(begin // 60, begin % 60)


def _minutes(of_day: time) -> int:
    return of_day.hour * 60 + of_day.minute


def first_day(organisation: Organisation, person: Person) -> date:
    """The first day on which the person can have a block."""
    return max(timetable.begins(organisation, person), person.pause_until or date.min)


def block(world: World, person: Person) -> Block | None:
    """The block that should stand in the person's calendar; None when none should.

    Nor should one while another may still stand on the channel they had before: nobody has two.
    """
    organisation, vitamin = world.organisation, world.organisation.of(Vitamin)
    weekdays = vitamin.days & person.working_days
    today = organisation.today(person, world.now)
    last = min(today + AHEAD, person.left or date.max)
    if not vitamin.enabled or not weekdays or last < today or person.channel == "none" or world.recalled:
        return None
    if world.of(VitaminRecords).elsewhere.get(person.id, person.channel) != person.channel:
        return None
    first = first_day(organisation, person)
    spans = organisation.absences.get(person.id, ())
    return Block(
        person_id=person.id,
        start=start_time(organisation, person),
        minutes=vitamin.minutes,
        zone=person.zone,
        weekdays=weekdays,
        first=first,
        last=last,
        closed=world.closed,
        absent=frozenset().union(*(span.days(max(first, today - BACK), last) for span in spans)),
        busy=vitamin.show_as,
        reminder_minutes=vitamin.reminder_minutes,
    )


def desired(world: World, channel: ChannelName, troubles: Troubles = RAISED) -> Iterator[tuple[Person, Block]]:
    """The blocks that should stand in calendars by that channel."""
    for person in world.organisation.people.values():
        with troubles.of(person.id, "calendar"):
            wanted = block(world, person) if person.channel == channel else None
            if wanted:
                yield person, wanted


def pill_days(world: World, person: Person, first: date, last: date) -> list[date]:
    """The days on which the person has a pill (with a block in the calendar or without one) and a prompt."""
    organisation = world.organisation
    weekdays = organisation.of(Vitamin).days & person.working_days
    first = max(first, first_day(organisation, person))
    last = min(last, person.left or date.max)
    days = timetable.days_with_prompt(world, (person.department, person.track), weekdays, first, last)
    spans = organisation.absences.get(person.id)
    return [day for day in days if not any(day in span for span in spans)] if spans else list(days)


def due(world: World, troubles: Troubles = RAISED) -> Iterator[Notice]:
    """What should have been said by now: welcomes and the week's letters, the late ones among them.

    Looks back no further than each kind's lateness, and for the letters to the beginning of the week.
    """
    if not world.organisation.of(Vitamin).enabled:
        return
    for person in world.organisation.people.values():
        with troubles.of(person.id, "letters"):
            today = world.organisation.today(person, world.now)
            if person.left and person.left < today:
                continue
            moment = welcome_moment(world.organisation, person, world.told_since)
            if moment is None or moment > world.now:
                continue  # whoever is not welcomed yet gets no letter before that one
            week = Week.of(today)
            days = [] if person.stopped else pill_days(world, person, week.days[0], week.days[-1])
            yield from _welcome(world, person, moment, (tip_key(week, person),) if days and days[-1] >= today else ())
            tip = _letter(world, person, week, days)
            if tip and tip.due <= world.now:
                yield tip


def _welcome(world: World, person: Person, moment: datetime, carries: tuple[str, ...]) -> Iterator[Notice]:
    if world.now - moment > WELCOME_LATENESS + timedelta(days=7):
        return
    yield Notice(
        kind="welcome",
        period="first",
        person_id=person.id,
        due=moment,
        too_late=moment + WELCOME_LATENESS,
        carries=carries,
    )


def welcome_moment(organisation: Organisation, person: Person, told_since: datetime | None = None) -> datetime | None:
    """When a person is welcomed: on the first morning of a working day on which the job, the programme and they are
    there, at once where they are first seen on such a morning. `told_since` is when letters first reach mailboxes. None
    while they are away with no end in sight.
    """
    known = max(person.first_seen, told_since) if told_since else person.first_seen
    local, vitamin = known.astimezone(person.tz), organisation.of(Vitamin)
    over = local.time() >= max(MORNING_ENDS, vitamin.letter_at)
    seen = local.date() + timedelta(days=1) if over else local.date()
    day = first_at_work(organisation, person, max(seen, person.started or seen, vitamin.starts or seen))
    return max(known, datetime.combine(day, vitamin.letter_at, person.tz)) if day else None


def is_welcomed(world: World, person: Person) -> bool:
    """Whether the moment to welcome the person has come."""
    moment = welcome_moment(world.organisation, person, world.told_since)
    return moment is not None and moment <= world.now


def after_welcome(world: World, person: Person) -> date | None:
    """The day after the one on which a person is welcomed, from when on other letters come; None where nobody is welcomed, or
    it is not known when they are."""
    if not world.organisation.of(Vitamin).enabled:
        return None
    moment = welcome_moment(world.organisation, person, world.told_since)
    return moment.astimezone(person.tz).date() + timedelta(days=1) if moment else None


def comes_back(world: World, person: Person, day: date) -> bool:
    """Whether the person's prompt of `day` is of the first week that they have some after a break of the organisation's."""
    since = since_break(world.organisation, day)
    if since is None:
        return False
    first = day
    while since_break(world.organisation, first) != 1:
        first -= timedelta(days=1)
    weekdays, monday = world.organisation.of(Vitamin).days & person.working_days, Week.of(day).monday
    since_then = (first + timedelta(days=n) for n in range((monday - first).days))
    return not any(
        one.isoweekday() in weekdays
        and not world.organisation.closing.closed(one)
        and not world.organisation.absent(person, one)
        for one in since_then
    )


def weekly(world: World, person: Person, week: Week) -> Notice | None:
    """The letter with a week's prompts, whether or not the person has stopped them: due on the first pill day from the
    letter's weekday on. None without a pill day in the week."""
    return _letter(world, person, week, pill_days(world, person, week.days[0], week.days[-1]))


def _letter(world: World, person: Person, week: Week, days: Sequence[date]) -> Notice | None:
    if not days:
        return None
    vitamin = world.organisation.of(Vitamin)
    day = next((d for d in days if d.isoweekday() >= vitamin.letter_day), days[0])
    moment = datetime.combine(day, vitamin.letter_at, person.tz)
    return Notice(kind="tip", period=str(week), person_id=person.id, due=moment, too_late=moment + TIP_LATENESS)


def tip_key(week: Week, person: Person) -> str:
    """The key of the notice with a person's prompts of a week."""
    return NoticeKey("tip", str(week), person.id).to_text()
