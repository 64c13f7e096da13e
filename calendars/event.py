"""What a channel writes: a bounded weekly series, or a single event. Values only."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta

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
        parts = asdict(self) | {"weekdays": sorted(self.weekdays), "exdates": sorted(self.exdates)}
        return hashlib.sha256(repr(sorted(parts.items())).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A single event. `starts` and `ends` are aware, in a ZoneInfo."""

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
    return hashlib.sha256(f"block/{person_id}".encode()).hexdigest()[:32]
