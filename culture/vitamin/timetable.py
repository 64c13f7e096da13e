"""Which prompt a department has on which day: as given in the past, as planned for what comes.

What is planned is worked out when somebody looks, and kept with the records it goes on from.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Literal

from culture.keys import pair_text
from culture.people import ChannelName, Person
from culture.vitamin.catalogue import Catalogue, Prompt
from culture.vitamin.prompts import Given, History, prompts_for
from culture.vitamin.settings import Vitamin
from culture.world import BACK, World

PROMPTS_AHEAD = timedelta(days=190)
"""How far ahead prompts are planned: the feed's coming 180 days in whole weeks, and a little."""

Pair = tuple[str, str]
"""A department and a track: the people who share a prompt."""


Beside = Literal["first-step", "further"]
"""What stands beside a prompt for whoever wants it gentle or bold: a pair of texts for each kind of prompt."""

BESIDE: Mapping[str, Beside] = {"gentle": "first-step", "bold": "further"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What a person has on one day: what they do, and what stands beside it."""

    prompt: Prompt
    common: Prompt | None = None  # the department's, where that is another
    beside: Beside | None = None
    again: date | None = None  # when the person's department had this prompt before


class _Planned:
    """Prompts that are dealt no further ahead than somebody looks: a letter needs a week, a feed half a year."""

    def __init__(self, history: History, coming: Iterator[tuple[date, Given | None]]) -> None:
        self.given: dict[date, Given] = {}
        self.coming = coming
        self.reached = date.min
        self.before: dict[date, date] = {}  # by a day, the last one before it with the same prompt
        self._latest: dict[str, date] = {}  # by prompt
        for day in sorted(history):
            self._note(day, history[day])

    def to(self, through: date) -> Mapping[date, Given]:
        while self.reached < through:
            self.reached, choice = next(self.coming, (date.max, None))
            if choice:
                self._note(self.reached, choice)
        return self.given

    def _note(self, day: date, given: Given) -> None:
        if given.prompt in self._latest:
            self.before[day] = self._latest[given.prompt]
        self._latest[given.prompt] = day
        self.given[day] = given


@dataclass(frozen=True, slots=True)
class VitaminRecords:
    """What is remembered of the vitamin pill, and what was worked out from it in this world."""

    history: Mapping[Pair, History] = field(default_factory=dict)
    elsewhere: Mapping[str, ChannelName] = field(default_factory=dict)  # where a person's block may still stand
    places: Mapping[str, Mapping[date, time]] = field(default_factory=dict)  # a person's days that yielded, and to when
    unread: frozenset[str] = frozenset()  # keys of records of the history that cannot be read
    _plans: dict[Pair, _Planned] = field(default_factory=dict, repr=False, compare=False)
    _days: dict[object, tuple[date, ...]] = field(default_factory=dict, repr=False, compare=False)


def prompt_days(world: World) -> tuple[date, ...]:
    """The days from BACK before today to PROMPTS_AHEAD after it on which the organisation has a prompt."""
    days = world.of(VitaminRecords)._days
    if "prompts" not in days:
        vitamin = world.organisation.of(Vitamin)
        first = max(world.today - BACK, vitamin.starts or date.min)
        every = (first + timedelta(days=n) for n in range((world.today + PROMPTS_AHEAD - first).days + 1))
        days["prompts"] = tuple(day for day in every if day.isoweekday() in vitamin.days and day not in world.closed)
    return days["prompts"]


def prompts(world: World, pair: Pair, through: date) -> Mapping[date, Given]:
    """The prompts of a department and track, at least to `through`: past days as given, coming ones as planned.

    Days between the last given one and today (the service was down) get what was planned for them.
    """
    records, organisation = world.of(VitaminRecords), world.organisation
    if pair not in records._plans:
        history = records.history.get(pair, {})
        begin = max(history) + timedelta(days=1) if history else world.today
        fitting = organisation.of(Catalogue).fitting(organisation.sector, pair[1])
        days = [day for day in prompt_days(world) if day >= begin]
        records._plans[pair] = _Planned(history, prompts_for(pair_text(*pair), history, fitting, days))
    return records._plans[pair].to(through)


def days_with_prompt(world: World, pair: Pair, weekdays: frozenset[int], first: date, last: date) -> tuple[date, ...]:
    """The open days from `first` to `last` on these weekdays that have a prompt: the same for most colleagues, so
    worked out once for them all."""
    kept, key = world.of(VitaminRecords)._days, (pair, weekdays, first, last)
    if key not in kept:
        dealt = prompts(world, pair, last)
        span = (first + timedelta(days=n) for n in range((last - first).days + 1))
        kept[key] = tuple(
            day for day in span if day in dealt and day.isoweekday() in weekdays and day not in world.closed
        )
    return kept[key]


def prompt(world: World, person: Person, day: date) -> Prompt | None:
    """What the person does on `day`, as `todays`."""
    found = todays(world, person, day)
    return found.prompt if found else None


def todays(world: World, person: Person, day: date) -> Today | None:
    """What the person has on `day`; None when there was none, or it is no longer in the catalogue."""
    pair = (person.department, person.track)
    given, again = prompts(world, pair, day).get(day), world.of(VitaminRecords)._plans[pair].before
    prompt = world.organisation.of(Catalogue).prompts.get(given.prompt) if given else None
    if prompt is None:
        return None
    return Today(prompt=prompt, beside=BESIDE.get(person.level), again=again.get(day))
