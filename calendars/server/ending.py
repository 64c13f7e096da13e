"""The end of a series in a person's calendar: what is ahead is taken out, what is past stays as it is.

Its days go one by one and its rule is never written: what a shorter rule does to the days that were changed or deleted
before it differs between servers, and those are the past. The farthest go first, so that whoever is interrupted has
taken nothing of tomorrow yet.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Protocol
from zoneinfo import ZoneInfo

from calendars.event import Series, over_key
from calendars.server import by_number
from calendars.server.standing import DesiredSeries, Seen, SeenDay, looks_like


class Calendar(by_number.Days, Protocol):
    """What an end asks of `calendars.server.block_sync.Calendar`."""

    def delete_days(self, item: str, days: Mapping[date, int | str]) -> Mapping[date, str]: ...

    def delete(self, item: str) -> bool: ...

    def mark_over(self, item: str, key: str) -> None: ...


def counted(seen: Seen, known: DesiredSeries) -> Series | None:
    """The rule by which the days of a series are counted, also of one that the person has changed; None where it is no
    longer a weekly one with an end."""
    if looks_like(seen, known):
        return known.series
    if seen.weekdays is None or seen.first is None or seen.until is None:
        return None
    return replace(
        known.series,
        first=seen.first,
        until=seen.until,
        start=seen.start,
        minutes=seen.minutes,
        weekdays=seen.weekdays,
        exdates=frozenset(),
    )


def ahead(seen: Seen, series: Series, since: date, *, all_of_it: bool = False) -> list[date] | None:
    """The days to take out, by the day they were meant for: those that stand on `since` or later. One that the person
    moved there from an earlier day stays, unless all is to go. None where nothing would be left of the series."""
    zone = ZoneInfo(series.zone)
    stands = {day: starts.astimezone(zone).date() for day, (starts, _) in seen.moved.items()}
    days = [day for day in series.hits(series.first, series.until) if day not in seen.deleted]
    found = [day for day in days if stands.get(day, day) >= since and (all_of_it or day >= since)]
    return found if len(found) < len(days) else None


def end(calendar: Calendar, key: str, item: str, days: Mapping[date, SeenDay] | None) -> Mapping[date, str]:
    """Take these days out of a series that is over then, or delete it where nothing would be left (None). Why single
    days could not be taken out; then it is not over yet."""
    if days is None:
        calendar.delete(item)
        return {}
    gone = {day: one.item for day, one in days.items()}
    failed = calendar.delete_days(item, gone) if gone else {}
    if not failed:
        calendar.mark_over(item, over_key(key))
    return failed
