"""The series that should stand, given what stands already: extended, mended, or begun anew. Pure."""

from dataclasses import replace
from datetime import date, timedelta

from calendars.event import Series
from culture.vitamin.block import Block

__all__ = ["HORIZON_DAYS", "ROLL_OVER_DAYS", "Series", "series"]

HORIZON_DAYS = 364
"""How far ahead a series reaches. Bounded, so that a service that dies leaves nothing for ever in calendars."""

ROLL_OVER_DAYS = 56
"""With fewer days left the series is extended: two months before it would end, one quiet update a year."""


def series(
    block: Block,
    published: Series | None,
    today: date,
    uid: str,
    *,
    first_may_go: bool = False,
    today_is_over: bool = False,
    renew: bool = False,
) -> Series | None:
    """The series for `block`; `published` is what stands in the calendar. None when no occurrence is left.

    The same pattern keeps its first day, its past exceptions and its end; another one begins at the next
    occurrence and forgets them. So does one that has not begun yet and would now begin on another day, and one that
    pauses. The UID stays for life, whatever `uid` says. `first_may_go`: today's occurrence can be taken out of a series
    that begins with it; in iCalendar the first must be there. `today_is_over`: the block's time has passed, so that what
    begins does so tomorrow. `renew`: a letter goes anyway, and takes the end along as far as it may reach.
    """
    earliest = today + timedelta(days=1) if today_is_over else today
    begin = next(block.days(earliest, min(today + timedelta(days=HORIZON_DAYS), block.last)), None)
    if begin is None:
        return None
    fresh = Series(
        uid=published.uid if published else uid,
        first=begin,
        until=min(today + timedelta(days=HORIZON_DAYS), block.last),
        start=block.start,
        minutes=block.minutes,
        zone=block.zone,
        weekdays=block.weekdays,
        exdates=frozenset(),
        busy=block.busy,
        reminder_minutes=block.reminder_minutes,
    )
    if published is None or not _goes_on(published, fresh, block, today, first_may_go or today_is_over):
        return _excluding(fresh, block, begin, frozenset())
    reaches = not renew and _reaches(published, block, begin, today)
    until = published.until if reaches else fresh.until
    return _gone_on_with(published, replace(fresh, until=until), block, today)


def _gone_on_with(published: Series, fresh: Series, block: Block, today: date) -> Series:
    """The fresh series, but with the first day of the published one and its exceptions before `today`."""
    past = frozenset(day for day in published.exdates if day < today)
    return _excluding(replace(fresh, first=published.first), block, max(today, published.first), past)


def _reaches(published: Series, block: Block, begin: date, today: date) -> bool:
    """Whether the published series reaches far enough, and not too far."""
    left = (published.until - today).days
    return left >= ROLL_OVER_DAYS and begin <= published.until <= block.last


def _goes_on(published: Series, fresh: Series, block: Block, today: date, has_begun: bool) -> bool:
    """Whether the published series is the same pattern, only with other bounds and exceptions. `has_begun`: one that
    begins today has."""
    same = ("start", "minutes", "weekdays", "zone")
    if any(getattr(published, name) != getattr(fresh, name) for name in same):
        return False
    begun = (published.first < today or (has_begun and published.first == today)) and block.first <= today
    return begun or published.first == fresh.first


def _excluding(found: Series, block: Block, begin: date, past: frozenset[date]) -> Series:
    # From the excluded days to the rule, not the other way round: there are far fewer of them.
    coming = frozenset(
        day
        for days in (block.closed, block.absent)
        for day in days
        if begin <= day <= found.until and day.isoweekday() in found.weekdays
    )
    return replace(found, exdates=past | coming)
