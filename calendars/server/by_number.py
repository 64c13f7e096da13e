"""Days of a series, asked for by their number in it: believed only when they are the days that were meant.

A server that counts otherwise than Microsoft describes (without the deleted days, say) would have us write one day's
words onto another and delete what should stay.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol
from zoneinfo import ZoneInfo

from calendars.event import Series
from calendars.server.standing import Seen, SeenDay, number_of

COUNTS_OTHERWISE = (
    "the server counts the days of a series otherwise than it should. What cannot be told apart is left as it is."
)


class Days(Protocol):
    """Where days are read: a request."""

    def read_days(self, item: str, numbers: Mapping[date, int]) -> Mapping[date, SeenDay]: ...


def read(
    calendar: Days, seen: Seen, series: Series, days: Sequence[date]
) -> tuple[Mapping[date, SeenDay], Mapping[date, str]]:
    """These days as they look now, and for those that cannot be told apart, why."""
    numbers = {day: number_of(series, day) for day in days if series.hits(day, day)}
    found = calendar.read_days(seen.item, numbers) if numbers else {}
    zone = ZoneInfo(series.zone)
    shown = {day: one for day, one in found.items() if _is(day, one, seen, zone)}
    return shown, {day: COUNTS_OTHERWISE for day in numbers if day not in shown}


def _is(day: date, shown: SeenDay, seen: Seen, zone: ZoneInfo) -> bool:
    """Whether it stands on that day or, where somebody moved it, where the series says that it was moved to."""
    if day in seen.moved:
        return shown.starts == seen.moved[day][0]
    return shown.starts.astimezone(zone).date() == day
