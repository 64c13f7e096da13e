"""A series, day by day: a patternedRecurrence counted with Python's own `calendar`, and not with dateutil, by which the
product reads rules.

Dates are counted on the wall clock of the series' zone; what comes out is aware and in UTC. Rules: the reference's
recurrencePattern and recurrenceRange. A month without the day takes its last one. test_graph_hands.py compares
this with `ical`.
"""

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import count, islice, takewhile
from typing import Any
from zoneinfo import ZoneInfo

from tests.graph.errors import bad

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
INDEXES = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}
NEEDED = {
    "daily": (),
    "weekly": ("daysOfWeek",),
    "absoluteMonthly": ("dayOfMonth",),
    "relativeMonthly": ("daysOfWeek",),
    "absoluteYearly": ("dayOfMonth", "month"),
    "relativeYearly": ("daysOfWeek", "month"),
}
"""Which parts a pattern must have beside its interval: the table of recurrencePattern."""

Rule = tuple[str, int, tuple[int, ...], int, int, int, int, date, date | None, int | None]
"""Type, interval, days of the week, first day of the week, day of the month, month, index, and the range."""


def checked(recurrence: dict[str, Any]) -> dict[str, Any]:
    """The recurrence with all that Microsoft's answers have in it. Raises GraphError where it makes no series."""
    pattern, bounds = recurrence.get("pattern") or {}, recurrence.get("range") or {}
    kind = pattern.get("type")
    if kind is None or bounds.get("type") is None or not bounds.get("startDate"):
        raise _invalid("The recurrence needs a pattern and a range, each with its type, and a start date.")
    for name in ("interval", *NEEDED[kind]):
        if not pattern.get(name):
            raise _invalid(f"A {kind} pattern needs {name}.")
    if bounds["type"] == "endDate" and not bounds.get("endDate"):
        raise _invalid("The range needs its end date.")
    if bounds["type"] == "numbered" and int(bounds.get("numberOfOccurrences") or 0) < 1:
        raise _invalid("The range needs its number of occurrences.")
    usual = {"month": 0, "dayOfMonth": 0, "firstDayOfWeek": "sunday", "index": "first", "daysOfWeek": []}
    own = {name: value for name, value in pattern.items() if value is not None}
    ends = bounds.get("endDate") if bounds["type"] == "endDate" else None
    number = int(bounds["numberOfOccurrences"]) if bounds["type"] == "numbered" else 0
    return {
        "pattern": usual | own,
        "range": bounds | {"endDate": ends or "0001-01-01", "numberOfOccurrences": number},
    }


def _invalid(message: str) -> Exception:
    return bad("ErrorInvalidRequest", message)


def rule_of(recurrence: dict[str, Any]) -> Rule:
    pattern, bounds = recurrence["pattern"], recurrence["range"]
    ends = date.fromisoformat(bounds["endDate"]) if bounds["type"] == "endDate" else None
    return (
        pattern["type"],
        int(pattern["interval"]),
        tuple(sorted({DAYS.index(day) for day in pattern["daysOfWeek"]})),
        DAYS.index(pattern["firstDayOfWeek"]),
        int(pattern["dayOfMonth"]),
        int(pattern["month"]),
        INDEXES[pattern["index"]],
        date.fromisoformat(bounds["startDate"]),
        ends,
        int(bounds["numberOfOccurrences"]) if bounds["type"] == "numbered" else None,
    )


def starts(recurrence: dict[str, Any], clock: time, zone: ZoneInfo, until: datetime) -> tuple[datetime, ...]:
    """The starts of a series before `until` and perhaps some months on, in order, aware and in UTC."""
    return _starts(rule_of(recurrence), clock, zone, until.year + 1)


@lru_cache(maxsize=1000)
def _starts(rule: Rule, clock: time, zone: ZoneInfo, last_year: int) -> tuple[datetime, ...]:
    return tuple(datetime.combine(day, clock, zone).astimezone(UTC) for day in dates(rule, last_year))


def starts_on(recurrence: dict[str, Any], clock: time, zone: ZoneInfo, until: datetime, day: date) -> list[datetime]:
    """Those of `starts` that are on this day of the zone's calendar."""
    return _by_day(rule_of(recurrence), clock, zone, until.year + 1).get(day, [])


@lru_cache(maxsize=1000)
def _by_day(rule: Rule, clock: time, zone: ZoneInfo, last_year: int) -> dict[date, list[datetime]]:
    found: dict[date, list[datetime]] = {}
    for at in _starts(rule, clock, zone, last_year):
        found.setdefault(at.astimezone(zone).date(), []).append(at)
    return found


def dates(rule: Rule, last_year: int) -> list[date]:
    """The days of a series up to the end of a year."""
    first, ends, number = rule[7:]
    last = min(ends or date.max, date(min(last_year, 9998), 12, 31))
    days = (day for day in takewhile(lambda day: day <= last, _endless(rule)) if day >= first)
    return list(islice(days, number))


@lru_cache(maxsize=1000)
def last_date(rule: Rule) -> date | None:
    """The last day of a series, None for one without an end. Raises GraphError where it has no day at all."""
    if rule[8] is None and rule[9] is None:
        return None
    far = rule[8].year if rule[8] else rule[7].year + (rule[9] or 0) * rule[1] + 1
    found = dates(rule, far)
    if not found:
        raise _invalid("The recurrence has no occurrence.")
    return found[-1]


def _endless(rule: Rule) -> Iterator[date]:
    kind, interval, weekdays, week_starts, month_day, month, index, first = rule[:8]
    if kind == "daily":
        yield from (first + n * timedelta(days=1) for n in count(0, interval))
    elif kind == "weekly":
        monday = first - timedelta(days=(first.weekday() - week_starts) % 7)
        in_week = sorted((day - week_starts) % 7 for day in weekdays)
        yield from (monday + timedelta(days=7 * n + day) for n in count(0, interval) for day in in_week)
    else:
        months = _months(first, interval) if kind.endswith("Monthly") else _years(first, interval, month)
        for year, at in months:
            if kind.startswith("absolute"):
                yield date(year, at, min(month_day, calendar.monthrange(year, at)[1]))
            else:
                yield _relative(year, at, weekdays, index)


def _months(first: date, interval: int) -> Iterator[tuple[int, int]]:
    for n in count(0, interval):
        year, at = divmod(first.year * 12 + first.month - 1 + n, 12)
        yield year, at + 1


def _years(first: date, interval: int, month: int) -> Iterator[tuple[int, int]]:
    yield from ((year, month) for year in count(first.year, interval))


def _relative(year: int, month: int, weekdays: tuple[int, ...], index: int) -> date:
    days = [
        day
        for day in calendar.Calendar().itermonthdates(year, month)
        if day.month == month and day.weekday() in weekdays
    ]
    return days[index]
