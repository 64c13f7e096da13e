"""The personal block: the time that should stand in one person's calendar, and on which days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Busy = Literal["free", "tentative", "busy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A person's ten minutes. Local time in `zone`; both `first` and `last` are included.

    `closed` are days on which nobody of the organisation has one (holidays, closed days, quiet weeks);
    `absent` are the person's own days off. Both may hold days outside `first` to `last`.
    """

    person_id: str
    start: time
    minutes: int
    zone: str
    weekdays: frozenset[int]  # ISO weekdays, never empty
    first: date
    last: date
    closed: frozenset[date]
    absent: frozenset[date]
    busy: Busy
    reminder_minutes: int | None

    def days(self, first: date, last: date) -> Iterator[date]:
        """The days from `first` to `last`, both included, on which the block stands."""
        day = max(first, self.first)
        last = min(last, self.last)
        while day <= last:
            if day.isoweekday() in self.weekdays and day not in self.closed and day not in self.absent:
                yield day
            day += timedelta(days=1)

    def begins(self, day: date) -> datetime:
        """When it begins on `day`: an aware local time (RFC 5545 form 3, local time with TZID)."""
        return datetime.combine(day, self.start, ZoneInfo(self.zone))

    def ends(self, day: date) -> datetime:
        """When the block on `day` is over, in its zone."""
        return self.begins(day) + timedelta(minutes=self.minutes)
