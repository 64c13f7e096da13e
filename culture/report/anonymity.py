"""What a report may show of people's answers and choices, so that nobody is found in it. Pure.

Public things (a turn held, a learning that all can read) are counted exactly; they do not come by here. Of what people
answered and chose:

- **threshold**: no figure about fewer than five;
- **rounding**: down to a multiple of five. So each figure stands for five counts: whoever knows some of those people by
  name cannot tell how many others there are. Rounded to the nearest, 5 would stand for 5 to 7 alone;
- **complement**: of a choice that everybody has, no figure that leaves fewer than five who chose otherwise, whichever of
  its five counts is the true one. Of answers there is no total: it would give away what is left out;
- **difference**: a choice is counted anew only when five or more have come or gone since the quarter before; else the
  figure of an earlier quarter stands, with that quarter beside it. So no difference is about fewer than five.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from culture.quarter import Quarter


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """How many had chosen something at the end of a quarter, `of` those who could have, and what is shown of it: `shown`
    people, as they were counted in the quarter `since`; None for nothing."""

    count: int
    of: int
    shown: int | None = None
    since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The four rules. Weaker ones are there for the tests, in which an attacker must then find somebody."""

    fewest: int = 5
    step: int = 5
    complement: bool = True
    difference: int = 5

    def answers(self, *askings: Mapping[str, int]) -> dict[str, int | None]:
        """What is shown of answers to a question that was asked several times, by answer; None where they are too few.

        Each asking by itself, and then together: two people who gave the same answer thrice are no six.
        """
        found: dict[str, int | None] = {}
        for asking in askings:
            for name, count in asking.items():
                known, more = found.get(name), self._rounded(count)
                found[name] = known if more is None else (known or 0) + more
        return found

    def choice(self, count: int, of: int, quarter: Quarter, before: Choice | None = None) -> Choice:
        """What is shown of a choice that `count` have made of `of` who could; `before`: how it was in the last quarter
        of which that is known."""
        if before and abs(count - before.count) < self.difference:
            return Choice(count=count, of=of, shown=before.shown, since=before.since)
        shown = self._rounded(count)
        if shown is None or (self.complement and of - (shown + self.step - 1) < self.fewest):
            return Choice(count=count, of=of)
        return Choice(count=count, of=of, shown=shown, since=str(quarter))

    def _rounded(self, count: int) -> int | None:
        return count - count % self.step if count >= self.fewest else None


RULES = Rules()
