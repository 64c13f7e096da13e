"""How far the prompts reach, for a department that begins on some day: when the first comes again. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from culture.keys import pair_text
from culture.organisation import Organisation
from culture.vitamin.catalogue import GENERAL
from culture.vitamin.prompts import prompts_for
from culture.vitamin.settings import Vitamin
from culture.vitamin.timetable import fitting

LOOKED_AT = timedelta(days=730)
"""So far ahead the first repeat is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """`again`: the first day on which a prompt comes again, `after` so many working days. `without`: the first day that has
    none. None: not as far as one looks."""

    again: date | None = None
    after: int | None = None
    without: date | None = None


def outlook(organisation: Organisation, department: str, first: date) -> Outlook:
    """Of a department that begins on `first`, or when the programme does."""
    last = dict[str, int]()
    every = fitting(organisation, GENERAL)
    dealt = prompts_for(pair_text(department, GENERAL), {}, every, _days(organisation, first))
    for number, (day, given) in enumerate(dealt):
        if given is None:
            return Outlook(without=day)
        if given.prompt in last:
            return Outlook(again=day, after=number - last[given.prompt])
        last[given.prompt] = number
    return Outlook()


def _days(organisation: Organisation, first: date) -> Iterator[date]:
    vitamin = organisation.of(Vitamin)
    first = max(first, vitamin.starts or first)
    closed = organisation.closing.closed_days(first, first + LOOKED_AT)
    every = (first + timedelta(days=n) for n in range(LOOKED_AT.days))
    return (day for day in every if day.isoweekday() in vitamin.days and day not in closed)
