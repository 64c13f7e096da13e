"""The series that should stand, given what stands already: extended, mended, or begun anew. Pure."""

from dataclasses import replace
from datetime import date, timedelta

from calendars.event import Series
from culture.block import Block

__all__ = ["HORIZON_DAYS", "ROLL_OVER_DAYS", "Series", "series"]

HORIZON_DAYS = 364
"""How far ahead a series reaches. Bounded, so that a service that dies leaves nothing for ever in calendars."""

ROLL_OVER_DAYS = 56
"""With fewer days left the series is extended: two months before it would end, one quiet update a year."""


def series(block: Block, published: Series | None, today: date, uid: str) -> Series | None:
    """The series for `block`; `published` is what stands in the calendar. None when no occurrence is left.

    The same pattern keeps its first day, its past exceptions and its end; another one begins at the next
    occurrence and forgets them. The UID stays for life.
    """
    fresh = Series(
        uid=uid,
        first=max(today, block.first),
        until=min(today + timedelta(days=HORIZON_DAYS), block.last),
        start=block.start,
        minutes=block.minutes,
        zone=block.zone,
        weekdays=block.weekdays,
        exdates=frozenset(),
        busy=block.busy,
        reminder_minutes=block.reminder_minutes,
    )
    if published is not None and _goes_on(published, fresh, block, today):
        left = (published.until - today).days
        until = published.until if left >= ROLL_OVER_DAYS and published.until <= block.last else fresh.until
        past = frozenset(day for day in published.exdates if day < today)
        return _excluding(replace(fresh, first=published.first, until=until), block, today, past)
    first = next(block.days(fresh.first, fresh.until), None)
    return None if first is None else _excluding(replace(fresh, first=first), block, first, frozenset())


def _goes_on(published: Series, fresh: Series, block: Block, today: date) -> bool:
    """Whether the published series is the same pattern, only with other bounds and exceptions."""
    same = ("start", "minutes", "weekdays", "zone")
    return (
        all(getattr(published, name) == getattr(fresh, name) for name in same)
        and (block.first <= today or block.first <= published.first)
        and next(block.days(today, fresh.until), None) is not None
    )


def _excluding(found: Series, block: Block, begin: date, past: frozenset[date]) -> Series:
    coming = frozenset(day for day in found.hits(begin, found.until) if day in block.closed or day in block.absent)
    return replace(found, exdates=past | coming)
