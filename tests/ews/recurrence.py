"""A series, day by day: EWS recurrence to rules of dateutil, which does the counting.

Dates and times are counted on the wall clock of the series' zone; what comes out is aware and in UTC. Patterns: the
reference's RecurrenceType. A day of the month that a month does not have means its last day.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from functools import lru_cache
from itertools import count, islice
from threading import Lock
from typing import Any
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from dateutil import rrule

from tests.ews.soap import EwsError, local, text_of

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
GROUPS = {"Day": DAYS, "Weekday": DAYS[:5], "WeekendDay": DAYS[5:]}
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
Rule = tuple[int, datetime, int, tuple[tuple[str, Any], ...], tuple[tuple[str, Any], ...]]
"""Frequency, the first start, interval, the parts of the pattern, and its end."""

INDEXES = {"First": 1, "Second": 2, "Third": 3, "Fourth": 4, "Last": -1}


def starts(recurrence: Element, clock: time, zone: ZoneInfo) -> Iterator[datetime]:
    """The starts of a series in order, aware and in UTC. Without an end it does not end.

    Raises EwsError ErrorCalendarInvalidRecurrence for a pattern that says nothing.
    """
    return iter(_counted(_rule(recurrence, clock), zone))


class _Starts:
    """The starts of one series, counted once: as far as anybody has asked for, and then on from there."""

    def __init__(self, days: Iterator[datetime], zone: ZoneInfo) -> None:
        self.days, self.zone = days, zone
        self.known: list[datetime] = []
        self.lock = Lock()  # several servers may ask at once

    def __iter__(self) -> Iterator[datetime]:
        for number in count():
            if number == len(self.known) and not self.go_on(number):
                return
            yield self.known[number]

    def go_on(self, number: int) -> bool:
        """Whether there is one of this number."""
        with self.lock:
            if number == len(self.known):
                self.known.extend(at.replace(tzinfo=self.zone).astimezone(UTC) for at in islice(self.days, 100))
            return number < len(self.known)


@lru_cache(maxsize=1000)
def _counted(rule: Rule, zone: ZoneInfo) -> _Starts:
    frequency, first, interval, parts, limits = rule
    return _Starts(iter(rrule.rrule(frequency, dtstart=first, interval=interval, **dict(parts + limits))), zone)


def _rule(recurrence: Element, clock: time) -> Rule:
    """The rule on the wall clock, naive."""
    pattern, bounds = list(recurrence)[:2]
    first = datetime.combine(_date(text_of(bounds, "t:StartDate")), clock)
    limits: dict[str, object] = {}
    if local(bounds) == "EndDateRecurrence":
        limits["until"] = datetime.combine(_date(text_of(bounds, "t:EndDate")), time(23, 59, 59))
    elif local(bounds) == "NumberedRecurrence":
        limits["count"] = int(text_of(bounds, "t:NumberOfOccurrences") or 0)
    frequency, parts = _pattern(pattern)
    return frequency, first, _interval(pattern), tuple(parts.items()), tuple(limits.items())


def start_date(recurrence: Element) -> date:
    return _date(text_of(list(recurrence)[1], "t:StartDate"))


def _pattern(pattern: Element) -> tuple[int, dict[str, object]]:
    name = local(pattern)
    month = text_of(pattern, "t:Month")
    months = {"bymonth": MONTHS.index(month) + 1} if month else {}
    if name == "DailyRecurrence":
        return rrule.DAILY, {}
    if name == "WeeklyRecurrence":
        first = DAYS.index(text_of(pattern, "t:FirstDayOfWeek") or "Sunday")
        return rrule.WEEKLY, {"byweekday": _weekdays(pattern), "wkst": first}
    frequency = rrule.YEARLY if name.endswith("YearlyRecurrence") else rrule.MONTHLY
    if name.startswith("Absolute"):
        day = int(text_of(pattern, "t:DayOfMonth") or 0)
        # The last of the days up to the one that is named: in a short month its last day.
        days = {"bymonthday": tuple(range(min(day, 28), day + 1)), "bysetpos": -1}
        return frequency, {**months, **days}
    if name.startswith("Relative"):
        position = INDEXES[text_of(pattern, "t:DayOfWeekIndex") or "First"]
        return frequency, {**months, "byweekday": _weekdays(pattern), "bysetpos": position}
    raise EwsError("ErrorCalendarInvalidRecurrence", f"{name} is for tasks.")


def _weekdays(pattern: Element) -> tuple[int, ...]:
    names = (text_of(pattern, "t:DaysOfWeek") or "").split()
    days = tuple(sorted({DAYS.index(day) for name in names for day in GROUPS.get(name, (name,))}))
    if not days:
        raise EwsError("ErrorCalendarInvalidRecurrence", "No day of the week.")
    return days


def _interval(pattern: Element) -> int:
    return int(text_of(pattern, "t:Interval") or 1)


def _date(text: str | None) -> date:
    """EWS dates may carry an offset, which says nothing: the date is the series' own."""
    return date.fromisoformat((text or "")[:10])
