"""A quarter of a year, 2026Q4. Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from culture.workdays import Week

THURSDAY = 4
"""The day that says in which year an ISO week lies (ISO 8601), and here in which quarter."""


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of the calendar's year, by its number from 1."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The quarter of a day."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """The quarter that `str` wrote, in whatever case. Raises ValueError for another text."""
        found = re.fullmatch(r"([1-9]\d{3})q([1-4])", text.strip().casefold())
        if not found:
            raise ValueError(f"{text!r} is no quarter")
        return cls(int(found[1]), int(found[2]))

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> "Quarter":
        """The one after it."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def before(self) -> "Quarter":
        """The one before it."""
        return Quarter(self.year - (self.number == 1), (self.number + 2) % 4 + 1)

    @property
    def months(self) -> tuple[date, ...]:
        """The first day of each of its months."""
        return tuple(date(self.year, self.first.month + n, 1) for n in range(3))

    def __contains__(self, day: date) -> bool:
        return Quarter.of(day) == self

    def has_week(self, week: Week) -> bool:
        """Whether an ISO week is counted here: its Thursday is."""
        return week.days[THURSDAY - 1] in self

    @property
    def closes(self) -> date:
        """The first day on which nothing can be added to it: it is over, and so is the last week that is counted here."""
        day = self.next.first
        return day if not self.has_week(Week.of(day)) else day + timedelta(days=8 - day.isoweekday())

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"
