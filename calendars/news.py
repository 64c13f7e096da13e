"""Whether a change touches one of the coming days: what is news about today and tomorrow cannot wait. Pure."""

from datetime import UTC, date, datetime

from calendars.difference import Change
from calendars.event import Series, Slot


def touches(change: Change, today: date, last: date, now: datetime) -> bool:
    """Whether an occurrence from `today` to `last` that is not over comes, goes or moves by the change.

    How it is shown or how long it lasts is no news, nor that a series goes on beyond its end.
    """
    if isinstance(change.entry, Slot):
        both = (change.entry, change.stood)
        return any(isinstance(one, Slot) and _near(one, today, last, now) for one in both)
    after = None if change.kind == "cancel" else change.entry
    before = change.stood if isinstance(change.stood, Series) else None
    last = min(last, before.until) if before and after and after.until > before.until else last
    return bool(_occurrences(before, today, last, now) ^ _occurrences(after, today, last, now))


def _near(slot: Slot, today: date, last: date, now: datetime) -> bool:
    return slot.ends > now and today <= slot.starts.date() <= last


def _occurrences(series: Series | None, today: date, last: date, now: datetime) -> frozenset[datetime]:
    """When those that are not over begin, in UTC."""
    if series is None:
        return frozenset()
    days = (day for day in series.hits(today, last) if day not in series.exdates)
    return frozenset(series.begins(day).astimezone(UTC) for day in days if series.ends(day) > now)
