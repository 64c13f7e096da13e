"""The meetings of a department: when they are held, given a rhythm, dated changes and closed days. Pure.

A department's meeting is somebody else's event: we never book it, we are told or read when it is.
"""

import calendar
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from culture.keys import MeetingId
from culture.settings import Bad, Email, Key, Line, Size, TimeOfDay, Weekday, Within
from culture.workdays import Closing

Every = Literal["week", "2 weeks", "4 weeks", "month"]

WhenClosed = Literal["skip", "before", "after"]
"""What becomes of a meeting on a closed day: it falls away, or moves to the last working day before, the next after."""

Nth = Literal["first", "second", "third", "fourth", "last"]

LAST = -1
"""The last such weekday of a month, as `Rhythm.nth`."""

WHICH: Mapping[Nth, int] = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": LAST}

SHIFTED_AT_MOST = timedelta(days=6)
"""How far a closed day moves a meeting: what would land on the next one falls away."""

MOVED_AT_MOST = timedelta(days=70)
"""How far a dated change may move a meeting: beyond ten weeks it is another meeting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When a department meets. `weekday` is ISO; `start` local time; `counted_from` a day in a week with a meeting."""

    weekday: int
    start: time
    minutes: int
    every: Every = "week"
    nth: int = 1  # of the month, for every = "month": 1 to 4, or LAST
    counted_from: date = date(2026, 1, 5)  # for 2 and 4 weeks
    when_closed: WhenClosed = "skip"
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """One dated change. `on` is the day the rhythm gives; None: an extra meeting. `to` is local; None: cancelled."""

    on: Annotated[date | None, Key("The day on which there would be a meeting; left out, it is an extra one.")] = None
    to: Annotated[datetime | None, Key("When it is held instead, in local time.")] = None
    cancelled: Annotated[bool, Key("Whether it falls away.")] = False

    def check(self, given: frozenset[str]) -> None:
        if self.cancelled == (self.to is not None) or (self.cancelled and self.on is None):
            raise Bad(
                "Write one of {{ on = 2027-01-14, cancelled = true }}, {{ on = 2027-01-14, to = 2027-01-15T10:00:00 }}, "
                "or for an extra meeting {{ to = 2027-01-20T09:00:00 }}."
            )
        if self.to and self.to.tzinfo:
            raise Bad("{value} has a time zone. Write the department's local time, for example 2027-01-15T10:00:00.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentMeeting:
    """When a department meets, [departments.KEY.meeting]: by a rhythm, or as a calendar says."""

    weekday: Annotated[Weekday | None, Key("The day of the week.", example='"thursday"')] = None
    time: Annotated[TimeOfDay | None, Key("When it begins, in the department's local time.", example='"09:00"')] = None
    every: Annotated[Every, Key("How often.")] = "week"
    nth: Annotated[Nth, Key('Which of those days of a month, for every = "month".')] = "first"
    counted_from: Annotated[
        date | None,
        Key('A day on which there is a meeting, for every = "2 weeks" and "4 weeks".', example="2027-01-14"),
    ] = None
    minutes: Annotated[int, Within(15, 480), Key("How many minutes it takes.")] = 60
    place: Annotated[Line, Size(1, 200), Key("A room or a link.", example='"Mødelokale 2"')] = ""
    when_closed: Annotated[
        WhenClosed, Key("On a closed day it falls away, or moves to the working day before or after.")
    ] = "skip"
    changes: Annotated[
        tuple[Amendment, ...],
        Key(
            "Meetings that are moved, cancelled or extra, by date.",
            more="For example `{ on = 2027-01-14, to = 2027-01-15T10:00:00 }`, `{ on = 2027-01-21, cancelled = true }`, "
            "`{ to = 2027-02-02T09:00:00 }`.",
            example="[{ on = 2027-01-14, to = 2027-01-15T10:00:00 }, { on = 2027-01-28, cancelled = true }]",
        ),
    ] = ()
    ics: Annotated[
        Line | None,
        Key(
            "Instead of all these: a file or an address with a calendar that has the meetings.",
            more="It has the meetings and nothing else, up to 20 MB as it is sent; [relay.md](relay.md) says how it is read.",
            example='"https://..."',
        ),
    ] = None
    calendar: Annotated[
        Email | None,
        Key(
            "Or the mailbox in whose Outlook calendar the meeting stands, a shared one or somebody's own.",
            more="On the server of `[exchange]` or in `[microsoft365]`; [relay.md](relay.md) says what is read of it. Not a group's.",
            example='"afdeling-plan@groennebyrum.example"',
        ),
    ] = None
    subject: Annotated[
        Line | None, Size(1, 200), Key("What the meeting is called there.", example='"Afdelingsmøde"')
    ] = None

    def check(self, given: frozenset[str]) -> None:
        if self.is_read:
            self._check_read(given)
            return
        if self.subject is not None:
            raise Bad(
                "subject says what the meeting is called in a mailbox's calendar. Write calendar too, or take it out."
            )
        if self.weekday is None or self.time is None:
            raise Bad(
                'Write weekday = "thursday" and time = "09:00", or ics = "a file or an address", or calendar and subject.'
            )
        if self.every in ("2 weeks", "4 weeks") and self.counted_from is None:
            raise Bad(
                "{every} needs counted_from: a day on which there is a meeting, for example 2027-01-14.",
                every=self.every,
            )
        if self.every != "month" and "nth" in given:
            raise Bad('nth belongs to every = "month". Take it out, or write every = "month".')

    def _check_read(self, given: frozenset[str]) -> None:
        if self.ics and given - {"ics"}:
            raise Bad("ics says when the meetings are, so nothing else may stand beside it. Take the other keys out.")
        if self.calendar and self.subject is None:
            raise Bad(
                'calendar needs subject: what the meeting is called there, for example subject = "Afdelingsmøde".'
            )
        if self.calendar and given - {"calendar", "subject"}:
            raise Bad(
                "calendar says when the meetings are, so only subject may stand beside it. Take the other keys out."
            )

    @property
    def is_read(self) -> bool:
        """Whether the meetings are read from a calendar."""
        return bool(self.ics or self.calendar)

    @property
    def rhythm(self) -> Rhythm | None:
        """The rhythm; None where a calendar says when the meetings are."""
        if self.weekday is None or self.time is None:
            return None
        rhythm = Rhythm(
            weekday=self.weekday,
            start=self.time,
            minutes=self.minutes,
            every=self.every,
            nth=WHICH[self.nth],
            when_closed=self.when_closed,
            place=self.place,
        )
        return replace(rhythm, counted_from=self.counted_from) if self.counted_from else rhythm


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One meeting. The id stays when it moves; `starts` is aware, in the department's zone."""

    id: str
    department: str
    starts: datetime
    minutes: int
    place: str = ""

    @property
    def day(self) -> date:
        """The date on which it begins, in its own zone."""
        return self.starts.date()

    @property
    def ends(self) -> datetime:
        """When it is over, in its own zone."""
        return self.starts + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPlan:
    """A department's meetings as they are known: by rhythm and amendments, or as they were read from a calendar."""

    department: str
    zone: str
    rhythm: Rhythm | None = None
    amendments: tuple[Amendment, ...] = ()
    read: tuple[Meeting, ...] = ()
    known: bool = True  # False: they stand in a calendar that nobody could read yet

    def meetings(self, closing: Closing, first: date, last: date) -> tuple[Meeting, ...]:
        """The meetings held from `first` to `last`, both included, by start."""
        found = [one for one in self.read if first <= one.day <= last]
        if self.rhythm:
            planned = (*self._by_rhythm(self.rhythm, closing, first, last), *self._amended(self.rhythm))
            held = ((period, local) for period, local in planned if first <= local.date() <= last)
            found += [self._meeting(period, local, self.rhythm) for period, local in held]
        return tuple(sorted(found, key=lambda m: (m.starts, m.id)))

    def _by_rhythm(self, rhythm: Rhythm, closing: Closing, first: date, last: date) -> Iterator[tuple[str, datetime]]:
        """What names each meeting that nobody has changed, and when it begins: all from `first` to `last`, and some beside."""
        amended = {one.on for one in self.amendments if one.on}
        for day in days(rhythm, first - SHIFTED_AT_MOST, last + SHIFTED_AT_MOST):
            if day not in amended and (held := open_day(rhythm, closing, day)):
                yield f"{day}", datetime.combine(held, rhythm.start)

    def _amended(self, rhythm: Rhythm) -> Iterator[tuple[str, datetime]]:
        """The same of those that were moved, and of the extra ones. Of two changes of one day the later one counts."""
        for on, to in {one.on: one.to for one in self.amendments if one.on}.items():
            if to and abs(to.date() - on) <= MOVED_AT_MOST and on in days(rhythm, on, on):
                yield f"{on}", to
        for extra in self.amendments:
            if extra.on is None and extra.to:
                yield f"{extra.to:%Y-%m-%dT%H%M}", extra.to

    def _meeting(self, period: str, local: datetime, rhythm: Rhythm) -> Meeting:
        starts = local.replace(tzinfo=ZoneInfo(self.zone))
        return Meeting(
            id=MeetingId(self.department, period).to_text(),
            department=self.department,
            starts=starts,
            minutes=rhythm.minutes,
            place=rhythm.place,
        )


def days(rhythm: Rhythm, first: date, last: date) -> Iterator[date]:
    """The days the rhythm gives from `first` to `last`, both included, closed ones among them."""
    begin = first.toordinal() + (rhythm.weekday - first.isoweekday()) % 7
    on_weekday = (date.fromordinal(day) for day in range(begin, last.toordinal() + 1, 7))
    return (day for day in on_weekday if _hits(rhythm, day))


def _hits(rhythm: Rhythm, day: date) -> bool:
    if rhythm.every == "month":
        is_last = day.day + 7 > calendar.monthrange(day.year, day.month)[1]
        return is_last if rhythm.nth == LAST else (day.day + 6) // 7 == rhythm.nth
    weeks = {"week": 1, "2 weeks": 2, "4 weeks": 4}[rhythm.every]
    monday = rhythm.counted_from - timedelta(days=rhythm.counted_from.weekday())
    return (day - monday).days // 7 % weeks == 0


def open_day(rhythm: Rhythm, closing: Closing, day: date) -> date | None:
    """The day a meeting is held that the rhythm puts on `day`: that day, another when it is closed, or None.

    It moves by at most a week: what would land on the next meeting falls away.
    """
    if not closing.closed(day):
        return day
    step = {"skip": 0, "before": -1, "after": 1}[rhythm.when_closed]
    if not step:
        return None
    near = (day + timedelta(days=step * n) for n in range(1, SHIFTED_AT_MOST.days + 1))
    return next((other for other in near if other.isoweekday() <= 5 and not closing.closed(other)), None)


def unmet(amendments: Iterable[Amendment], rhythm: Rhythm) -> Iterator[Amendment]:
    """Changes of days on which the rhythm gives no meeting: most likely a wrong date."""
    for one in amendments:
        if one.on and one.on not in set(days(rhythm, one.on, one.on)):
            yield one
