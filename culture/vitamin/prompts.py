"""Which prompt on which day: one for each department and track, so that colleagues can talk about the same.

A round gives every fitting prompt once, in an order of its own. A prompt returns in the next round only, and
never within 100 working days; where too few fit for that, a day goes without (`check` says so beforehand).
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from culture.vitamin.catalogue import Prompt

REST_DAYS = 100
"""A prompt rests at least this many working days (DESIGN section 1)."""

EASY_DAYS = 20
"""In a department's first four weeks the beginners' prompts come first: a habit starts with what succeeds."""


@dataclass(frozen=True, slots=True)
class Given:
    """The prompt a department and track had on one day, and in which round."""

    round: int
    prompt: str


History = Mapping[date, Given]


def prompts_for(
    seed: str, history: History, fitting: Sequence[Prompt], days: Iterable[date]
) -> Iterator[tuple[date, Given | None]]:
    """The prompt of each of `days` (working days in order, all later than the history), dealt as it is asked for.

    `seed` names department and track. The same input gives the same plan, whatever was asked before.
    """
    dealer = _Dealer(seed, history, fitting)
    for day in days:
        yield day, dealer.deal()


def first_return(given: History) -> date | None:
    """The first day on which a prompt comes a second time."""
    seen: set[str] = set()
    for day in sorted(given):
        if given[day].prompt in seen:
            return day
        seen.add(given[day].prompt)
    return None


class _Dealer:
    """Deals prompts day by day; knows the round, who is still in it, and when each was last dealt."""

    def __init__(self, seed: str, history: History, fitting: Sequence[Prompt]) -> None:
        self.seed = seed
        self.by_id = {prompt.id: prompt for prompt in fitting}
        self.last_dealt: dict[str, int] = {}
        self.dealt = 0
        self.yesterday = ""
        self.round = max((given.round for given in history.values()), default=1)
        for day in sorted(history):
            self._note(history[day].prompt)
        used = {given.prompt for given in history.values() if given.round == self.round}
        self._shuffle(prompt for prompt in fitting if prompt.id not in used)

    def deal(self) -> Given | None:
        if not self.left:
            self.round += 1
            self._shuffle(self.by_id.values())
        choice = self._choose()
        if choice is None:
            self.dealt += 1
            return None
        self.left.remove(choice)
        self._note(choice.id)
        return Given(self.round, choice.id)

    def _choose(self) -> Prompt | None:
        """The first rested one of another kind than yesterday's (and easy, in the beginning); else the first rested."""
        yesterday = self.by_id.get(self.yesterday)
        fallback = None
        for prompt in self.left:
            if not self._rested(prompt):
                continue
            fallback = fallback or prompt
            easy = self.dealt >= EASY_DAYS or prompt.level == "beginner"
            if easy and not (yesterday and prompt.kind == yesterday.kind):
                return prompt
        return fallback

    def _rested(self, prompt: Prompt) -> bool:
        last = self.last_dealt.get(prompt.id)
        return last is None or self.dealt - last > REST_DAYS

    def _note(self, prompt_id: str) -> None:
        self.last_dealt[prompt_id] = self.dealt
        self.yesterday = prompt_id
        self.dealt += 1

    def _shuffle(self, prompts: Iterable[Prompt]) -> None:
        def order(prompt: Prompt) -> bytes:
            return hashlib.sha256(f"{self.seed}/{self.round}/{prompt.id}".encode()).digest()

        self.left = sorted(prompts, key=order)
