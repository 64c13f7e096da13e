"""Which prompt on which day: one for each department, so that colleagues can talk about the same, and on one day of the
week the track's own.

A round of a level gives each of its prompts once, in an order of its own for each department. A prompt returns in the next
round only, and not within 100 working days. Which level a day has is the curve's to say. What gives way, in this order:
the level (the nearest comes), then the hundred days (the one that was away the longest, for 20 days at least, comes early),
and only then does a day go without. `check` says so beforehand.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from culture.seasons import in_season
from culture.vitamin.catalogue import LEVELS, Level, Prompt
from culture.workdays import Week

REST_DAYS = 100
"""A prompt rests at least this many working days (DESIGN section 1), as long as others may come."""

LEAST_REST_DAYS = 20
"""Where all others are used up it comes again after so many: marked as a repeat, that is better than weeks without."""

EVER = date(1, 1, 2)
"""A day before which only that lies which never was: `date.min`."""

FIRST_DAYS = 20
"""In a department's first four weeks come starters, in the order of their file: a habit starts with what succeeds. So many
days of their own each person has, too, whenever they come."""

CURVE: tuple[Level, ...] = ("easy", "practised", "easy", "advanced", "practised")
"""The levels of a week's first day with a prompt, its second, and so on: a short week has an easy one too, and fewer hard
ones. Never two of the top level running, not from week to week either."""

TOP: Level = "advanced"

NEXT_BEST: Mapping[Level, tuple[Level, ...]] = {
    "starter": ("starter", "easy", "practised", "advanced"),
    "easy": ("easy", "practised", "advanced"),
    "practised": ("practised", "easy", "advanced"),
    "advanced": ("advanced", "practised", "easy"),
}
"""What comes instead where a level has nothing that may come, the best first. A starter is for whoever is new."""


@dataclass(frozen=True, slots=True)
class Given:
    """The prompt that was dealt for one day, in which round of its level. `level` is what it was dealt as; "" in what an
    older version wrote."""

    round: int
    prompt: str
    level: str = ""


History = Mapping[date, Given]


def prompts_for(
    seed: str,
    history: History,
    fitting: Sequence[Prompt],
    days: Iterable[date],
    *,
    passed: Sequence[date] = (),
    first_weeks: bool = True,
) -> Iterator[tuple[date, Given | None]]:
    """The prompt of each of `days` (working days in order, all later than the history), dealt as it is asked for.

    `seed` names the department. `passed` are the working days before them, those without a prompt too; REST_DAYS and one
    are enough. Not `first_weeks`: whoever is here knows this already. The same input gives the same plan, whatever was
    asked before.
    """
    dealer = _Dealer(seed, history, fitting, passed, first_weeks=first_weeks)
    for day in days:
        yield day, dealer.deal(day)


@dataclass(frozen=True, slots=True)
class Place:
    """A day that may have a track's own prompt, and what its people have on the day before and on the next."""

    day: date
    before: Given | None
    after: Given | None

    @property
    def beside_top(self) -> bool:
        """Whether a prompt of the top level stands beside it."""
        return any(one and one.level == TOP for one in (self.before, self.after))


def own_prompts_for(
    seed: str, history: History, own: Sequence[Prompt], places: Iterable[Place], calendar: Sequence[date]
) -> Iterator[tuple[date, Given | None]]:
    """The track's own prompt of each place; None where what is common stays: none is rested, or the top level would stand
    beside its like.

    Of those that may come the one that was longest away. `calendar` are the working days, past ones and those of the
    places.
    """
    last = _latest(history)

    def order(prompt: Prompt) -> tuple[date, bytes]:
        return last.get(prompt.id, date.min), _draw(seed, 1, prompt)

    for place in places:
        rested = _rested_until(calendar, place.day)
        free = (one for one in own if last.get(one.id, date.min) < rested and in_season(one.season, place.day))
        choice = min((one for one in free if not (place.beside_top and one.level == TOP)), key=order, default=None)
        if choice:
            last[choice.id] = place.day
        yield place.day, Given(1, choice.id, choice.level) if choice else None


def first_return(given: History) -> date | None:
    """The first day on which a prompt comes a second time."""
    seen: set[str] = set()
    for day in sorted(given):
        if given[day].prompt in seen:
            return day
        seen.add(given[day].prompt)
    return None


def _latest(history: History) -> dict[str, date]:
    """When each prompt was last dealt."""
    return {history[day].prompt: day for day in sorted(history)}


def _rested_until(calendar: Sequence[date], day: date, rest: int = REST_DAYS) -> date:
    """What was dealt before this day has rested so many days on `day`."""
    place = bisect_left(calendar, day) - rest
    return calendar[place] if place >= 0 else EVER


def _draw(seed: str, number: int, prompt: Prompt) -> bytes:
    """Its lot in the round of that number."""
    return hashlib.sha256(f"{seed}/{number}/{prompt.id}".encode()).digest()


class _Round:
    """A round of one level: which it is, and who is still to come in it."""

    def __init__(self, seed: str, level: Level, prompts: Sequence[Prompt], history: History) -> None:
        self.seed, self.level, self.prompts = seed, level, prompts
        dealt = {day: given for day, given in history.items() if given.level == level}
        self.number = max((given.round for given in dealt.values()), default=1)
        begun = min((day for day, given in dealt.items() if given.round == self.number), default=date.max)
        used = {given.prompt for day, given in history.items() if day >= begun}  # whatever its level was then
        self._left = self._shuffled((prompt for prompt in prompts if prompt.id not in used), self.number)
        self._next = list[Prompt]()

    def to_come(self) -> Sequence[Prompt]:
        """Who is still to come; everybody, when that is nobody any more: the next round begins with the first that is
        taken of it, and not by being looked at."""
        if not self._left and not self._next:
            self._next = self._shuffled(self.prompts, self.number + 1)
        return self._left or self._next

    def take(self, choice: Prompt) -> None:
        """It comes now, and no more in this round."""
        if not self._left:
            self.number, self._left, self._next = self.number + 1, self._next, []
        self._left.remove(choice)

    def _shuffled(self, prompts: Iterable[Prompt], number: int) -> list[Prompt]:
        in_order = self.level == "starter"  # each builds on those before it
        return list(prompts) if in_order else sorted(prompts, key=lambda one: _draw(self.seed, number, one))


class _Dealer:
    """Deals prompts day by day; knows the rounds, the week, and when each prompt was last dealt."""

    def __init__(
        self, seed: str, history: History, fitting: Sequence[Prompt], passed: Sequence[date], *, first_weeks: bool
    ) -> None:
        self.by_id = {prompt.id: prompt for prompt in fitting}
        history = {day: self._labelled(given) for day, given in history.items()}
        self.last = _latest(history)
        self.calendar = sorted({*history, *passed})
        begin = min(history, default=date.max)
        self.first_days = FIRST_DAYS - sum(day >= begin for day in self.calendar) if first_weeks else 0
        self.yesterday = history.get(self.calendar[-1]) if self.calendar else None
        self.week = Week.of(max(history)) if history else None
        self.of_week = sum(Week.of(day) == self.week for day in history)
        self.seasonal = [prompt for prompt in fitting if prompt.season]
        self.rounds = {
            level: _Round(seed, level, [one for one in fitting if one.level == level and not one.season], history)
            for level in LEVELS
        }

    def _labelled(self, given: Given) -> Given:
        """With its level, where an older version did not write it down: as it is labelled now."""
        known = self.by_id.get(given.prompt)
        return given if given.level or known is None else Given(given.round, given.prompt, known.level)

    def deal(self, day: date) -> Given | None:
        if Week.of(day) != self.week:
            self.week, self.of_week = Week.of(day), 0
        wanted: Level = "starter" if self.first_days > 0 else CURVE[self.of_week % len(CURVE)]
        choice = self._choose(day, wanted) or self._early(day, wanted)
        self.first_days -= 1
        self.calendar.append(day)
        self.yesterday = choice
        if choice:
            self.last[choice.prompt] = day
            self.of_week += 1
        return choice

    def _levels(self, wanted: Level) -> list[Level]:
        """The levels that may come, the best first."""
        hard = self.yesterday is not None and self.yesterday.level == TOP
        return [level for level in NEXT_BEST[wanted] if not (hard and level == TOP)]

    def _choose(self, day: date, wanted: Level) -> Given | None:
        rested = _rested_until(self.calendar, day)
        for level in self._levels(wanted):
            season = [one for one in self.seasonal if one.level == level and in_season(one.season, day)]
            choice = self._first(season, rested) or self._first(self.rounds[level].to_come(), rested)
            if choice:
                return self._given(choice)
        return None

    def _early(self, day: date, wanted: Level) -> Given | None:
        """Of what may come the one that was away the longest, before it has rested as it should."""
        rested = _rested_until(self.calendar, day, LEAST_REST_DAYS)
        left = [one for level in self._levels(wanted) for one in self.rounds[level].to_come()]
        choice = min(
            (one for one in left if self.last[one.id] < rested), key=lambda one: self.last[one.id], default=None
        )
        return self._given(choice) if choice else None

    def _given(self, choice: Prompt) -> Given:
        round_ = self.rounds[choice.level]
        if not choice.season:
            round_.take(choice)
        return Given(round_.number, choice.id, choice.level)

    def _first(self, prompts: Sequence[Prompt], rested: date) -> Prompt | None:
        """The first rested one of another kind than yesterday's; else the first rested. Starters come as they stand."""
        yesterday = self.by_id.get(self.yesterday.prompt) if self.yesterday else None
        free = (prompt for prompt in prompts if self.last.get(prompt.id, date.min) < rested)
        first = next(free, None)
        if first is None or first.level == "starter" or yesterday is None or first.kind != yesterday.kind:
            return first
        return next((prompt for prompt in free if prompt.kind != yesterday.kind), first)
