"""What a channel writes: a bounded weekly series, a single slot, or the event of a feed. Values only."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from culture.vitamin.block import Busy

LONGEST_MINUTES = 7 * 24 * 60
"""Of a slot: what is longer is no part of a meeting."""


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
        return list(self.hitting(first, last))

    def hitting(self, first: date, last: date) -> Iterator[date]:
        """The same, one after the other: of a year mostly the first is enough."""
        first, last = max(first, self.first), min(last, self.until)
        days = range(first.toordinal(), last.toordinal() + 1)
        return (date.fromordinal(day) for day in days if (day % 7 or 7) in self.weekdays)  # day 1 was a Monday

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

    def begins(self, day: date) -> datetime:
        """When the occurrence on `day` begins, in the series' zone."""
        return datetime.combine(day, self.start, ZoneInfo(self.zone))

    def ends(self, day: date) -> datetime:
        """When the occurrence on `day` is over, in the series' zone."""
        return self.begins(day) + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A single event: somebody's part of a meeting, as it stands in a calendar.

    `starts` is in a ZoneInfo, whole seconds; of an hour that comes twice it is the first, as in iCalendar. `presenter` is
    the id of whoever the text says presents; empty: an older version did not remember it. Raises ValueError for a moment
    in no named zone.
    """

    uid: str
    starts: datetime
    minutes: int
    busy: Busy
    reminder_minutes: int | None
    place: str = ""
    presenter: str = ""

    def __post_init__(self) -> None:
        zone_of(self.starts)
        if not 0 <= self.minutes <= LONGEST_MINUTES:
            raise ValueError(f"a slot of {self.minutes} minutes")

    @property
    def zone(self) -> str:
        """The IANA name of its zone."""
        return zone_of(self.starts)

    @property
    def ends(self) -> datetime:
        """When it is over, in the slot's zone."""
        return (self.starts.astimezone(UTC) + timedelta(minutes=self.minutes)).astimezone(self.starts.tzinfo)

    def filled(self, like: "Slot") -> "Slot":
        """The slot, presented as in `like` if it is not known who presents: what is not known has not changed."""
        return self if self.presenter else replace(self, presenter=like.presenter)

    def pattern(self) -> str:
        """What a mailbox refused when it refused the slot: when and where it is, whoever presents."""
        parts = (
            f"{self.starts:%Y-%m-%dT%H:%M:%S}",
            self.zone,
            self.minutes,
            self.busy,
            self.reminder_minutes,
            self.place,
        )
        return repr(parts)


Entry = Series | Slot
"""What can stand in a person's calendar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A single event. `starts` and `ends` are in a ZoneInfo, the same one: a feed is written in local time."""

    uid: str
    starts: datetime
    ends: datetime
    busy: Busy
    reminder_minutes: int | None
    words: Words


def slot_event(slot: Slot, words: Words) -> Event:
    """The slot as a feed shows it. Its place is the slot's, whatever the words say."""
    return Event(
        uid=slot.uid,
        starts=slot.starts,
        ends=slot.ends,
        busy=slot.busy,
        reminder_minutes=slot.reminder_minutes,
        words=replace(words, location=slot.place),
    )


def block_key(person_id: str) -> str:
    """What a person's block is known by on a server, for life. Opaque: it tells neither number nor address."""
    return f"block-{_opaque(f'block/{person_id}')}"


def over_key(key: str) -> str:
    """What a series is known by on a server when it is over and another one of the same key has followed."""
    return f"{key}-over"


def block_uid(person_id: str, domain: str) -> str:
    """The UID of a person's series, for life."""
    return f"{block_key(person_id)}@{domain}"


def slot_uid(subject: str, domain: str) -> str:
    """The UID of an appointment, for life, the same for everybody who is told of it. Opaque."""
    return f"slot-{_opaque(f'slot/{subject}')}@{domain}"


def day_uid(person_id: str, day: date, domain: str) -> str:
    """The UID of a feed's event on one day."""
    return f"day-{_opaque(f'block/{person_id}')}-{day:%Y%m%d}@{domain}"


def zone_of(moment: datetime) -> str:
    """The IANA name of a moment's zone. Raises ValueError for a moment in none: readers would disagree about it."""
    if not isinstance(moment.tzinfo, ZoneInfo) or moment.tzinfo.key is None:
        raise ValueError(f"an event's time must be in a ZoneInfo, got {moment!r}")
    return moment.tzinfo.key


def _opaque(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
