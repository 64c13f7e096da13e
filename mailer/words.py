"""How dates, times and small numbers are written in Danish and in English. Templates know these as `da` and `en`.

Own tables instead of a locale library: two languages, seven days, twelve months.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise

SHORTEST_RANGE = 3
"""Consecutive weekdays that are written as "Monday to Wednesday"; two are better named."""

MOST_NAMED = 4
"""So many days, or runs of days, are named; a longer list is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """One language's way of writing what the templates do not spell out. All text is in the middle of a sentence."""

    weekdays: Sequence[str]  # Monday first
    months: Sequence[str]
    numbers: Sequence[str]  # from zero
    date_form: str
    clock_form: str
    conjunction: str
    range_form: str
    every: str
    every_day: str
    more_days: tuple[str, str]  # one, several

    def number(self, count: int) -> str:
        """A word up to twelve, digits from there on."""
        return self.numbers[count] if 0 <= count < len(self.numbers) else str(count)

    def day(self, day: date) -> str:
        """mandag den 30. november; Monday 30 November."""
        weekday, month = self.weekdays[day.weekday()], self.months[day.month - 1]
        return self.date_form.format(weekday=weekday, day=day.day, month=month)

    def clock(self, moment: time) -> str:
        """12.15; 12:15."""
        return moment.strftime(self.clock_form)

    def days(self, weekdays: Collection[int]) -> str:
        """ISO weekdays as people say them: mandag til fredag; hver tirsdag og torsdag."""
        numbers = sorted(weekdays)
        names = [self.weekdays[number - 1] for number in numbers]
        if len(numbers) == len(self.weekdays):
            return self.every_day
        if len(numbers) >= SHORTEST_RANGE and numbers[-1] - numbers[0] == len(numbers) - 1:
            return self.range_form.format(first=names[0], last=names[-1])
        return f"{self.every} {self.listed(names)}"

    def dates(self, days: Sequence[date], weekdays: Collection[int]) -> str:
        """Days in order, as people say them: mandag den 12. juli til fredag den 16. juli og tirsdag den 3. august. Of a
        long list only the first are named. A run may leave out what is none of the ISO `weekdays`."""
        runs = list[list[date]]()
        for before, day in pairwise([None, *days]):
            assert day is not None  # only the first of all is None
            if before and not any(number in weekdays for number in _between(before, day)):
                runs[-1].append(day)
            else:
                runs.append([day])
        parts = [part for run in runs for part in self._run(run)]
        if len(parts) <= MOST_NAMED:
            return self.listed([words for words, _ in parts])
        named, rest = parts[: MOST_NAMED - 1], sum(count for _, count in parts[MOST_NAMED - 1 :])
        return self.listed([*(words for words, _ in named), self.more_days[rest > 1].format(count=self.number(rest))])

    def _run(self, run: Sequence[date]) -> list[tuple[str, int]]:
        """A run of days in words, and how many they are."""
        if len(run) < SHORTEST_RANGE:
            return [(self.day(day), 1) for day in run]
        return [(self.range_form.format(first=self.day(run[0]), last=self.day(run[-1])), len(run))]

    def listed(self, items: Sequence[str]) -> str:
        """a, b og c. No comma before the last one, in neither language."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self.conjunction} {items[-1]}"


def _between(first: date, last: date) -> Collection[int]:
    """The ISO weekdays of the days between the two."""
    return {date.fromordinal(number).isoweekday() for number in range(first.toordinal() + 1, last.toordinal())}


DANISH = Tongue(
    weekdays=("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    months=(
        "januar",
        "februar",
        "marts",
        "april",
        "maj",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "december",
    ),
    numbers=("nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv"),
    date_form="{weekday} den {day}. {month}",
    clock_form="%H.%M",
    conjunction="og",
    range_form="{first} til {last}",
    every="hver",
    every_day="alle ugens dage",
    more_days=("en dag mere", "{count} dage mere"),
)

ENGLISH = Tongue(
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    numbers=(
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
    ),
    date_form="{weekday} {day} {month}",
    clock_form="%H:%M",
    conjunction="and",
    range_form="{first} to {last}",
    every="every",
    every_day="every day of the week",
    more_days=("one more day", "{count} more days"),
)


def opening(text: str) -> str:
    """The text as it stands at the beginning of a line: its first letter large, the others as they are."""
    return text[:1].upper() + text[1:]
