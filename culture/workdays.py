"""Which days are working days: weekends, public holidays, closed days, quiet weeks, absences."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

BREAK_DAYS = 5
"""So many closed weekdays in a row are a break: people come back from it, and not from a long weekend."""

FAR_DAYS = 366
"""How far a day is looked for that may never come. What comes no sooner is beyond what anybody plans for."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def days(self, first: date, last: date) -> frozenset[date]:
        """The days of the span that lie between `first` and `last`, both included."""
        first, last = max(first, self.first), min(last, self.last)
        return frozenset(first + timedelta(days=n) for n in range((last - first).days + 1))


def first_day(start: date, wanted: Callable[[date], bool], *, step: int = 1, within: int = FAR_DAYS) -> date | None:
    """The first day from `start` on that is wanted; None when there is none within so many days.

    `step` is 1, or -1 to look back. Ends at the calendar's own ends too (year 1 and 9999).
    """
    first = start.toordinal()
    days = range(first, first + step * within, step)
    return next((day for day in map(_day, days) if day and wanted(day)), None)


def first_outside(start: date, spans: Iterable[Span]) -> date | None:
    """The first day from `start` on that is in none of the spans; None when they leave no day there is."""
    day = start.toordinal()
    for span in sorted(spans, key=lambda span: span.first):
        if span.first.toordinal() <= day <= span.last.toordinal():
            day = span.last.toordinal() + 1
    return _day(day)


def days_later(day: date, days: int) -> date:
    """So many days later; the last day there is where that is beyond the calendar's end."""
    return _day(day.toordinal() + days) or date.max


def _day(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if 1 <= ordinal <= date.max.toordinal() else None


@dataclass(frozen=True, slots=True)
class Week:
    """An ISO week, 2026-W53."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Week":
        """The ISO week of a day."""
        return _week_of(day)

    @classmethod
    def parse(cls, text: str) -> "Week":
        """The week that `str` wrote. Raises ValueError for another text, and for a week that its year does not have."""
        found = re.fullmatch(r"(\d{4})-W(\d\d)", text)
        if not found:
            raise ValueError(f"{text!r} is no ISO week")
        return cls.of(date.fromisocalendar(int(found[1]), int(found[2]), 1))

    @property
    def monday(self) -> date:
        """Its first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def days(self) -> tuple[date, ...]:
        """Monday to Sunday."""
        return _days_of(self.year, self.number)

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02}"


@lru_cache(maxsize=1024)
def _week_of(day: date) -> Week:
    # Kept: it is asked several times of everybody, and nearly always of today.
    iso = day.isocalendar()
    return Week(iso.year, iso.week)


@lru_cache(maxsize=256)
def _days_of(year: int, number: int) -> tuple[date, ...]:
    monday = date.fromisocalendar(year, number, 1)
    return tuple(monday + timedelta(days=n) for n in range(7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """When the organisation is closed, besides weekends.

    `country` is an ISO 3166 code, empty for no public holidays; `yearly` are (month, day);
    `quiet_weeks` are ISO weeks of one year, `quiet_week_numbers` of every year.
    """

    country: str = "DK"
    spans: tuple[Span, ...] = ()
    yearly: frozenset[tuple[int, int]] = frozenset()
    quiet_weeks: frozenset[Week] = frozenset()
    quiet_week_numbers: frozenset[int] = frozenset()

    def closed(self, day: date) -> bool:
        """No working day for anybody, whatever the weekday."""
        return (
            day in public_holidays(self.country, day.year)
            or (day.month, day.day) in self.yearly
            or any(span.first <= day <= span.last for span in self.spans)
            or self._in_quiet_week(day)
        )

    def _in_quiet_week(self, day: date) -> bool:
        if not self.quiet_weeks and not self.quiet_week_numbers:
            return False
        week = Week.of(day)
        return week.number in self.quiet_week_numbers or week in self.quiet_weeks

    def works(self, day: date) -> bool:
        """Whether the organisation works on `day`."""
        return day.isoweekday() <= 5 and not self.closed(day)

    def since_break(self, day: date, within: int) -> int | None:
        """Which working day after a break `day` is, 1 for the first; None when it is none, or later than `within`."""
        return _since_break(self, day, within) if self.works(day) else None

    def until_break(self, day: date, within: int) -> int | None:
        """Which working day before a break `day` is, 1 for the last; None when it is none, or earlier than `within`."""
        return _since_break(self, day, within, step=1) if self.works(day) else None

    def closed_days(self, first: date, last: date) -> frozenset[date]:
        """Every closed day from `first` to `last`, both included, weekends among them if closed."""
        return _closed_days(self, first, last)


@lru_cache(maxsize=16)
def _closed_days(closing: Closing, first: date, last: date) -> frozenset[date]:
    # Kept by value, for the ticks of one day ask the same; a changed closing is another key.
    years = (_closed_in(closing, year) for year in range(first.year, last.year + 1))
    return frozenset(day for of_year in years for day in of_year if first <= day <= last)


@lru_cache(maxsize=64)
def _closed_in(closing: Closing, year: int) -> frozenset[date]:
    whole = Span(date(year, 1, 1), date(year, 12, 31))
    return frozenset(day for day in whole.days(whole.first, whole.last) if closing.closed(day))


@lru_cache(maxsize=4096)
def _since_break(closing: Closing, day: date, within: int, step: int = -1) -> int | None:
    # Kept by value like the closed days: everybody's letters of a morning ask the same.
    worked, closed = 1, 0
    while worked <= within and date.min < day < date.max:
        day += timedelta(days=step)
        if closing.works(day):
            worked, closed = worked + 1, 0
        elif day.isoweekday() <= 5:
            closed += 1
            if closed == BREAK_DAYS:
                return worked
    return None


@lru_cache(maxsize=64)
def public_holidays(country: str, year: int) -> Mapping[date, str]:
    """The country's public holidays of a year and their names. Denmark: without Store Bededag since 2024."""
    if not country:
        return {}
    import holidays  # when it is asked for: it takes as long as the rest of the core together

    return dict(holidays.country_holidays(country, years=year))
