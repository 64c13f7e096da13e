"""The daily AI vitamin pill: ten minutes in the calendar, a prompt to try, and a letter with the week's prompts."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property

from culture.keys import NoticeKey, pair_text
from culture.notice import Notice
from culture.organisation import Organisation, local_date
from culture.people import ChannelName, Person
from culture.relay.schedule import Records
from culture.revisit.rules import Revisit
from culture.trouble import RAISED, Troubles
from culture.vitamin.block import Block
from culture.vitamin.catalogue import Prompt
from culture.vitamin.prompts import Given, History, prompts_for
from culture.workdays import Week, first_outside

TIP_LATENESS = timedelta(days=1)
"""A week's prompts are old news after a day (DESIGN section 2)."""

WELCOME_LATENESS = timedelta(days=30)
"""A welcome after the first month is no welcome; until then a late one is better than none."""

STEP_MINUTES = 5
"""Staggered blocks begin on the five minutes: a calendar shows nothing finer without looking torn."""

AHEAD = timedelta(days=430)
"""How far ahead closed days are worked out: a series' 364 days and its roll-over of 56, and a little."""

BACK = timedelta(days=45)
"""How far back: the feed's past 30 days in whole weeks, and a little."""

PROMPTS_AHEAD = timedelta(days=190)
"""How far ahead prompts are planned: the feed's coming 180 days in whole weeks, and a little."""

Pair = tuple[str, str]
"""A department and a track: the people who share a prompt."""


class _Planned:
    """Prompts that are dealt no further ahead than somebody looks: a letter needs a week, a feed half a year."""

    def __init__(self, given: dict[date, Given], coming: Iterator[tuple[date, Given | None]]) -> None:
        self.given = given
        self.coming = coming
        self.reached = date.min

    def to(self, through: date) -> Mapping[date, Given]:
        while self.reached < through:
            self.reached, choice = next(self.coming, (date.max, None))
            if choice:
                self.given[self.reached] = choice
        return self.given


@dataclass(frozen=True)
class World:
    """What the rules look at: the organisation, what was given on past days, and the moment."""

    organisation: Organisation
    history: Mapping[Pair, History]
    now: datetime
    relay: Records = Records()  # noqa: RUF009 - frozen
    revisits: Mapping[str, Revisit] = field(default_factory=dict)
    elsewhere: Mapping[str, ChannelName] = field(default_factory=dict)  # where a person's block may still stand
    places: Mapping[str, Mapping[date, time]] = field(default_factory=dict)  # a person's days that yielded, and to when
    links_asked: Mapping[str, datetime] = field(default_factory=dict)  # who asked for a link to their page, and when
    told_since: datetime | None = None  # since when letters reach mailboxes: who was met before is welcomed then
    _plans: dict[Pair, _Planned] = field(default_factory=dict, repr=False, compare=False)
    _days: dict[object, tuple[date, ...]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def today(self) -> date:
        """Today where the organisation is."""
        return self.now.astimezone(self.organisation.tz).date()

    @cached_property
    def closed(self) -> frozenset[date]:
        """The closed days from BACK before today to AHEAD after it."""
        return self.organisation.closing.closed_days(self.today - BACK, self.today + AHEAD)

    @cached_property
    def prompt_days(self) -> tuple[date, ...]:
        """The days from BACK before today to PROMPTS_AHEAD after it on which the organisation has a prompt."""
        vitamin = self.organisation.vitamin
        first = max(self.today - BACK, vitamin.starts or date.min)
        every = (first + timedelta(days=n) for n in range((self.today + PROMPTS_AHEAD - first).days + 1))
        return tuple(day for day in every if day.isoweekday() in vitamin.weekdays and day not in self.closed)

    def prompts(self, pair: Pair, through: date) -> Mapping[date, Given]:
        """The prompts of a department and track, at least to `through`: past days as given, coming ones as planned.

        Days between the last given one and today (the service was down) get what was planned for them.
        """
        if pair not in self._plans:
            history = self.history.get(pair, {})
            begin = max(history) + timedelta(days=1) if history else self.today
            fitting = self.organisation.catalogue.fitting(self.organisation.sector, pair[1])
            days = [day for day in self.prompt_days if day >= begin]
            self._plans[pair] = _Planned(dict(history), prompts_for(pair_text(*pair), history, fitting, days))
        return self._plans[pair].to(through)

    def days_with_prompt(self, pair: Pair, weekdays: frozenset[int], first: date, last: date) -> tuple[date, ...]:
        """The open days from `first` to `last` on these weekdays that have a prompt: the same for most colleagues, so
        worked out once for them all."""
        key = (pair, weekdays, first, last)
        if key not in self._days:
            prompts = self.prompts(pair, last)
            span = (first + timedelta(days=n) for n in range((last - first).days + 1))
            self._days[key] = tuple(
                day for day in span if day in prompts and day.isoweekday() in weekdays and day not in self.closed
            )
        return self._days[key]

    def prompt(self, person: Person, day: date) -> Prompt | None:
        """The person's prompt on `day`; None when there was none, or it is no longer in the catalogue."""
        given = self.prompts((person.department, person.track), day).get(day)
        return self.organisation.catalogue.prompts.get(given.prompt) if given else None


def pairs(organisation: Organisation) -> frozenset[Pair]:
    """Every department and track that somebody is in."""
    return frozenset((person.department, person.track) for person in organisation.people.values())


def to_freeze(world: World, troubles: Troubles = RAISED) -> dict[tuple[Pair, Week], dict[date, Given]]:
    """The prompts that no catalogue may change from now on: this week's (a day ahead, for the zones in the east).

    By department, track and ISO week; only what is not in the history yet.
    """
    if not world.organisation.vitamin.enabled:
        return {}
    end = Week.of(world.today + timedelta(days=1)).days[-1]
    frozen: dict[tuple[Pair, Week], dict[date, Given]] = {}
    for pair in sorted(pairs(world.organisation)):
        known = world.history.get(pair, {})
        with troubles.of(pair[0], "prompts"):
            for day, given in world.prompts(pair, end).items():
                if day <= end and day not in known:
                    frozen.setdefault((pair, Week.of(day)), {})[day] = given
    return frozen


def start_time(organisation: Organisation, person: Person) -> time:
    """When the person's block begins: the chosen time, else a place in the window that is theirs for good."""
    if person.time:
        return person.time
    vitamin = organisation.vitamin
    opens, closes = _minutes(vitamin.window_from), _minutes(vitamin.window_to)
    places = max(0, (closes - opens - vitamin.minutes) // STEP_MINUTES) + 1
    place = int.from_bytes(hashlib.sha256(f"place/{person.id}".encode()).digest()[:8], "big") % places
    begin = opens + place * STEP_MINUTES
    return time(begin // 60, begin % 60)


def _minutes(of_day: time) -> int:
    return of_day.hour * 60 + of_day.minute


def first_day(organisation: Organisation, person: Person) -> date:
    """The first day on which the person can have a block."""
    seen = local_date(person.first_seen, person.zone)
    chosen = (person.started, organisation.vitamin.starts, person.pause_until)
    return max([seen, *(day for day in chosen if day)])


def block(world: World, person: Person) -> Block | None:
    """The block that should stand in the person's calendar; None when none should.

    Nor should one while another may still stand on the channel they had before: nobody has two.
    """
    organisation, vitamin = world.organisation, world.organisation.vitamin
    weekdays = vitamin.weekdays & person.working_days
    today = organisation.today(person, world.now)
    last = min(today + AHEAD, person.left or date.max)
    if not vitamin.enabled or not weekdays or last < today or person.channel == "none":
        return None
    if world.elsewhere.get(person.id, person.channel) != person.channel:
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
        busy=vitamin.busy,
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
    weekdays = organisation.vitamin.weekdays & person.working_days
    first = max(first, first_day(organisation, person))
    last = min(last, person.left or date.max)
    days = world.days_with_prompt((person.department, person.track), weekdays, first, last)
    spans = organisation.absences.get(person.id)
    return [day for day in days if not any(day in span for span in spans)] if spans else list(days)


def due(world: World, troubles: Troubles = RAISED) -> Iterator[Notice]:
    """What should have been said by now: welcomes and the week's letters, the late ones among them.

    Looks back no further than each kind's lateness, and for the letters to the beginning of the week.
    """
    if not world.organisation.vitamin.enabled:
        return
    for person in world.organisation.people.values():
        with troubles.of(person.id, "letters"):
            today = world.organisation.today(person, world.now)
            if person.left and person.left < today:
                continue
            yield from _welcome(world, person, today)
            tip = _tip(world, person, Week.of(today))
            if tip and tip.due <= world.now:
                yield tip


def _welcome(world: World, person: Person, today: date) -> Iterator[Notice]:
    moment = welcome_moment(world.organisation, person)
    if moment and world.told_since:
        moment = max(moment, world.told_since)
    if moment is None or moment > world.now or world.now - moment > WELCOME_LATENESS + timedelta(days=7):
        return
    coming = pill_days(world, person, today, today + timedelta(days=13))
    carried = (tip_key(Week.of(coming[0]), person),) if coming and not person.stopped else ()
    yield Notice(
        kind="welcome",
        period="first",
        person_id=person.id,
        due=moment,
        too_late=moment + WELCOME_LATENESS,
        at_once=True,
        carries=carried,
    )


def welcome_moment(organisation: Organisation, person: Person) -> datetime | None:
    """When a person is welcomed: at first sight, or on the morning the job, the programme or they are there. None while
    they are away with no end in sight."""
    seen = local_date(person.first_seen, person.zone)
    begin = max([seen, *(day for day in (person.started, organisation.vitamin.starts) if day)])
    day = first_outside(begin, organisation.absences.get(person.id, ()))
    if day is None:
        return None
    morning = datetime.combine(day, organisation.vitamin.letter_at, person.tz)
    return person.first_seen if day == seen else morning


def _tip(world: World, person: Person, week: Week) -> Notice | None:
    """The letter with a week's prompts: due on the first pill day from the letter's weekday on."""
    if person.stopped:
        return None
    days = pill_days(world, person, week.days[0], week.days[-1])
    if not days:
        return None
    vitamin = world.organisation.vitamin
    day = next((d for d in days if d.isoweekday() >= vitamin.letter_weekday), days[0])
    moment = datetime.combine(day, vitamin.letter_at, person.tz)
    return Notice(kind="tip", period=str(week), person_id=person.id, due=moment, too_late=moment + TIP_LATENESS)


def tip_key(week: Week, person: Person) -> str:
    return NoticeKey("tip", str(week), person.id).to_text()
