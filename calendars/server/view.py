"""What a calendar server tells of the events that are called by one name: when and where, and nothing else. Values."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewed:
    """A single event, or one day of a series, with a beginning and an end: none that takes the whole day. Times are aware.

    `event` is what the series or the single event is known by, wherever it moves: its UID. `original` is when the series
    would have this day; None for a single event.
    """

    event: str
    original: datetime | None
    starts: datetime
    ends: datetime
    title: str
    place: str = ""
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A day of a matching event that the server did not tell in full; `said` is why, a sentence."""

    event: str
    title: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The days in a span of the events that match. `events` are all that match, those without a day in it too. `others`
    is how many entries stand in the span besides; None where the server was not asked for them."""

    days: tuple[Viewed, ...]
    events: frozenset[str]
    unread: tuple[Unread, ...] = ()
    others: int | None = None
