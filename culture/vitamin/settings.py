"""How the daily vitamin pill is taken in an organisation. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from culture.people import Language
from culture.vitamin.block import Busy


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitamin:
    """How the daily vitamin pill is taken here.

    Without a time of the person's or department's own, blocks begin in `window_from`..`window_to`
    (equal: all at that time), spread evenly in steps of five minutes.
    """

    enabled: bool = True
    starts: date | None = None
    title: Mapping[Language, str] = field(default_factory=dict)
    minutes: int = 10
    window_from: time = time(12, 30)
    window_to: time = time(12, 30)
    weekdays: frozenset[int] = frozenset(range(1, 6))
    busy: Busy = "free"
    reminder_minutes: int | None = None
    letter_weekday: int = 1  # ISO; the weekly letter goes on the first block day from here on
    letter_at: time = time(7, 0)
    yields: bool = False  # in the window, each day goes where the person is free
    prompt_weeks: int = 2  # so many weeks' prompts stand in the days of a block in Outlook, this week among them
