"""How dates, times, lists and small numbers are written in each language. Templates know these as `da` and `en`.

Names and lists are Babel's; what it has no word for, or writes otherwise than people here do, is data.
"""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from importlib import resources
from itertools import pairwise
from types import MappingProxyType

from culture.people import Language

WORDS = resources.files("templates").joinpath("words")

USUAL: Language = "da"
"""The language of whoever says nothing of it."""

LANGUAGES: tuple[Language, ...] = tuple(
    sorted(
        (one.name for one in WORDS.iterdir() if one.joinpath("writing.toml").is_file()),
        key=lambda one: (one != USUAL, one),
    )
)
"""The languages that there are: each has a folder in `templates/words`. The usual one first."""

SHORTEST_RANGE = 3
"""Consecutive weekdays that are written as "Monday to Wednesday"; two are better named."""

MOST_NAMED = 4
"""So many days, or runs of days, are named; a longer list is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """One language's way of writing what the templates do not spell out. All text is in the middle of a sentence."""

    locale: str  # Babel's name of it
    weekdays: Sequence[str]  # Monday first
    months: Sequence[str]
    languages: Mapping[Language, str]  # what each is called in this one
    also: Sequence[str]  # what else this one is called in a people file, in small letters
    decimal: str  # the comma or point in a number
    numbers: Sequence[str]  # from zero
    date_form: str
    day_form: str
    clock_form: str
    range_form: str
    every: str
    every_day: str
    more_days: tuple[str, str]  # one, several

    def decimals(self, value: float) -> str:
        """1,5; 1.5; and 2, without empty decimals."""
        return f"{value:g}".replace(".", self.decimal)

    def number(self, count: int) -> str:
        """A word up to twelve, digits from there on."""
        return self.numbers[count] if 0 <= count < len(self.numbers) else str(count)

    def day(self, day: date) -> str:
        """mandag den 30. november; Monday 30 November."""
        weekday, month = self.weekdays[day.weekday()], self.months[day.month - 1]
        return self.date_form.format(weekday=weekday, day=day.day, month=month)

    def day_of_month(self, day: date) -> str:
        """30. november; 30 November."""
        return self.day_form.format(day=day.day, month=self.months[day.month - 1])

    def whole_date(self, day: date) -> str:
        """3. december 2026; 3 December 2026."""
        return f"{self.day_of_month(day)} {day.year}"

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
        return self.every.format(days=self.listed(names))

    def short_days(self, weekdays: Collection[int]) -> str:
        """ISO weekdays in a table: man-fre; tir, tor."""
        numbers = sorted(weekdays)
        names = [self.weekdays[number - 1][:3] for number in numbers]
        if len(numbers) >= SHORTEST_RANGE and numbers[-1] - numbers[0] == len(numbers) - 1:
            return f"{names[0]}-{names[-1]}"
        return ", ".join(names)

    def dates(self, days: Sequence[date], weekdays: Collection[int]) -> str:
        """Days in order, as people say them: mandag den 12. juli til fredag den 16. juli og tirsdag den 3. august. Of a
        long list only the first are named. A run may leave out what is none of the ISO `weekdays`."""
        parts = [part for run in _runs(days, weekdays) for part in self._run(run)]
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
        """a, b og c."""
        from babel.lists import format_list

        return format_list(items, locale=self.locale)


def _runs(days: Sequence[date], weekdays: Collection[int]) -> list[list[date]]:
    """Days in order, by runs between whose days there is none of the ISO `weekdays`."""
    runs = list[list[date]]()
    for before, day in pairwise([None, *days]):
        assert day is not None  # only the first of all is None
        if before and not any(number in weekdays for number in _between(before, day)):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _between(first: date, last: date) -> Collection[int]:
    """The ISO weekdays of the days between the two."""
    return {date.fromordinal(number).isoweekday() for number in range(first.toordinal() + 1, last.toordinal())}


@cache
def tongue(language: Language) -> Tongue:
    """How `language` is written: by Babel, and by `templates/words/<language>/writing.toml`."""
    import babel.lists  # takes 60 ms, for which a program that writes no date need not wait; a page then opens no file

    own = tomllib.loads(WORDS.joinpath(language, "writing.toml").read_text("utf-8"))
    locale = babel.Locale.parse(own["locale"])
    weekdays, months = locale.days["format"]["wide"], locale.months["format"]["wide"]
    return Tongue(
        locale=own["locale"],
        weekdays=tuple(weekdays[number] for number in range(7)),
        months=tuple(months[number] for number in range(1, 13)),
        languages=MappingProxyType({one: locale.languages[one] for one in LANGUAGES}),
        also=tuple(own.get("also", ())),
        decimal=locale.number_symbols["latn"]["decimal"],
        numbers=tuple(own["numbers"]),
        date_form=own["date"],
        day_form=own["day_of_month"],
        clock_form=own["clock"],
        range_form=own["range"],
        every=own["every"],
        every_day=own["every_day"],
        more_days=tuple(own["more_days"]),
    )


def opening(text: str) -> str:
    """The text as it stands at the beginning of a line: its first letter large, the others as they are."""
    return text[:1].upper() + text[1:]
