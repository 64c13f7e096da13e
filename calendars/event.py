"""What a channel writes: a bounded weekly series, or a single event. Values only."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from culture.block import Busy


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The plain text of an event, in its reader's language."""

    summary: str
    description: str
    location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A personal block as it stands in a calendar: weekly, bounded, local time in `zone`.

    `first` is a real occurrence; `until` the last day that may be one; `exdates` only days that the rule hits.
    """

    uid: str
    first: date
    until: date
    start: time
    minutes: int
    zone: str
    weekdays: frozenset[int]  # ISO weekdays
    exdates: frozenset[date]
    busy: Busy
    reminder_minutes: int | None

    def hits(self, first: date, last: date) -> list[date]:
        """The days from `first` to `last` that the rule hits, excluded ones among them."""
        first, last = max(first, self.first), min(last, self.until)
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [day for day in days if day.isoweekday() in self.weekdays]

    def plan_hash(self) -> str:
        """The same as long as nothing changes that a calendar must be told: time, days, bounds, busy, reminder."""
        days = [day.isoformat() for day in (self.first, self.until, *sorted(self.exdates))]
        return _sha256(f"{self.pattern()} {days}")

    def pattern(self) -> str:
        """What one occurrence is like and on which weekdays, in words of no day: it does not change by itself."""
        parts = (
            self.start.isoformat(),
            self.minutes,
            self.zone,
            sorted(self.weekdays),
            self.busy,
            self.reminder_minutes,
        )
        return repr(parts)

    def ends(self, day: date) -> datetime:
        """When the occurrence on `day` is over, in the series' zone."""
        return datetime.combine(day, self.start, ZoneInfo(self.zone)) + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A single event. `starts` and `ends` are in a ZoneInfo, the same one: a feed is written in local time."""

    uid: str
    starts: datetime
    ends: datetime
    busy: Busy
    reminder_minutes: int | None
    words: Words


def block_uid(person_id: str, domain: str) -> str:
    """The UID of a person's series, for life. Opaque: it tells neither number nor address."""
    return f"block-{_opaque(person_id)}@{domain}"


def day_uid(person_id: str, day: date, domain: str) -> str:
    """The UID of a feed's event on one day."""
    return f"day-{_opaque(person_id)}-{day:%Y%m%d}@{domain}"


def _opaque(person_id: str) -> str:
    return _sha256(f"block/{person_id}")[:32]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
