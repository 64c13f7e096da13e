"""When in the year something of a catalogue fits, where it does not fit all year. Pure."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Literal, get_args

Season = Literal["new-year", "summer", "back-from-summer", "autumn", "christmas"]

SEASONS: tuple[Season, ...] = get_args(Season)

MonthDay = tuple[int, int]

SPANS: Mapping[Season, tuple[MonthDay, MonthDay]] = {
    "new-year": ((1, 2), (1, 20)),
    "summer": ((6, 8), (7, 15)),  # the weeks before people go on holiday
    "back-from-summer": ((8, 1), (8, 25)),
    "autumn": ((9, 28), (10, 16)),  # before and around the autumn break, week 42
    "christmas": ((12, 1), (12, 23)),
}
"""From one day of the year to another (month, day), both included. None goes past New Year."""


def in_season(seasons: Collection[Season], day: date) -> bool:
    """Whether something of these seasons fits on `day`; without a season it always does."""
    spans = (SPANS[one] for one in seasons)
    return not seasons or any(first <= (day.month, day.day) <= last for first, last in spans)
