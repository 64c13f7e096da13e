"""Letters that are parked, grouped by why. Pure: one cause often parks fifty letters, and is one line to read."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from store.letters import LetterRecord

MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:[+-]\d\d:\d\d|Z)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why letters are parked: the words of the first of them, in which the others differ by address and moment only."""

    said: str
    kinds: tuple[str, ...]  # sorted
    letters: tuple[LetterRecord, ...]  # in the order in which they were given

    @property
    def count(self) -> int:
        return len(self.letters)


def by_cause(letters: Iterable[LetterRecord]) -> tuple[Cause, ...]:
    """The parked ones among `letters`, by cause, the most frequent first."""
    groups: dict[str, list[LetterRecord]] = defaultdict(list)
    for letter in letters:
        if letter.state == "parked":
            groups[_cause(letter)].append(letter)
    causes = (
        Cause(
            said=group[0].said,
            kinds=tuple(sorted({kind for letter in group for kind in letter.kinds})),
            letters=tuple(group),
        )
        for group in groups.values()
    )
    return tuple(sorted(causes, key=lambda cause: (-cause.count, cause.said)))


def chosen(
    letters: Iterable[LetterRecord], *, kind: str | None = None, cause: str | None = None
) -> tuple[LetterRecord, ...]:
    """The parked ones among `letters` of this kind, and whose last words contain this text in any case."""
    return tuple(
        letter
        for letter in letters
        if letter.state == "parked"
        and (kind is None or kind in letter.kinds)
        and (cause is None or cause.casefold() in letter.said.casefold())
    )


def _cause(letter: LetterRecord) -> str:
    said = MOMENT.sub("...", letter.said)
    return re.sub(re.escape(letter.to), "...", said, flags=re.IGNORECASE) if letter.to else said
