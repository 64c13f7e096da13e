"""What a programme counts in a quarter, as a row: what is counted, how it is called, and what may be shown of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal

from culture.people import Language
from culture.quarter import Quarter
from culture.world import World
from service.messages.translation import Sentence

Of = Literal["public", "answers", "choices"]
"""Public things, which all can see and which are counted exactly; what people answered; what they chose, and stands until
they choose otherwise. Of people only the whole organisation is counted, never a department."""

Shown = Mapping[str, Mapping[str, int | None]]
"""What a report shows, by figure and row; None where it shows nothing."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers by row, in the order in which they are shown. `of`: how many could have chosen, where it is a choice.
    `parts`: of answers, those to each asking, apart: the same people may have answered several."""

    by: Mapping[str, int] = field(default_factory=dict)
    of: int = 0
    parts: tuple[Mapping[str, int], ...] = ()


def by_month(world: World, quarter: Quarter, days: Iterable[date]) -> Counts:
    """How many of these days lie in each month of a quarter. A month in which the service was not there, or that has not begun,
    is no row: nothing happened in it that it could know of, and 0 would say that it did not."""
    found = Counter(f"{day:%Y-%m}" for day in days if day in quarter)
    return Counts({name: found[name] for name, month in _named(quarter) if found[name] or _there(world, month)})


def _named(quarter: Quarter) -> list[tuple[str, date]]:
    return [(f"{month:%Y-%m}", month) for month in quarter.months]


def _there(world: World, month: date) -> bool:
    """Whether the service knew anybody in the month, and it has begun."""
    after = (month + timedelta(days=31)).replace(day=1)
    over = datetime.combine(after, time(), world.organisation.tz)
    return month <= world.today and any(one.first_seen < over for one in world.organisation.people.values())


Label = Callable[[World, str, Language], str]


def called(words: Mapping[str, Sentence]) -> Label:
    """What rows are called that are known beforehand; one that an earlier version wrote down goes by its id."""
    return lambda world, row, language: words[row].said(language) if row in words else row


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One table of the report, with a chart where it has several rows.

    `counts`: its numbers in a quarter (the true ones: what is shown of people is not for the programme to say); None where
    there is nothing to tell of. `label`: what a row is called. `standing`: it tells how things are, not what happened
    in the quarter, and is written down when that is over. `total`: whether its rows are parts of a whole, of public
    things. `column`: what its numbers are, where they are more than how many.
    """

    id: str  # also the name of its chart's file: small letters and "-"
    heading: Sentence
    counts: Callable[[World, Quarter], Counts | None]
    label: Label
    of: Of = "public"
    standing: bool = False
    total: bool = False
    column: Sentence | None = None
    note: Sentence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Something to change, with the key of config.toml that does it: `relay.lead_days`. `value`: what to write there, as
    TOML; empty where only people here can know. The lowest `rank` comes first."""

    rank: int
    key: str
    text: Sentence
    value: str = ""


def _no_proposals(*_: object) -> tuple[Proposal, ...]:
    return ()


def _no_readers(_: World) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """What a programme brings to the report. `proposals`: by what the report shows, and by public things; never by what it
    does not show of people, for a proposal would tell it. `readers`: who gets it besides the contact, by id."""

    heading: Sentence
    figures: tuple[Figure, ...]
    proposals: Callable[[World, Quarter, Shown], Iterable[Proposal]] = _no_proposals
    readers: Callable[[World], Iterable[str]] = _no_readers
