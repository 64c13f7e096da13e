"""Words, found however they are bent: the index of the archive, and what a search finds in it. Pure.

A word is folded (`culture.folded`) and brought back to its stems, one for each language, for nobody says in which one
they wrote. `templates/pages/site/search.js` reads the same index where there is no Python, and goes by ENDINGS there.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from culture.folded import fold

Stems = Callable[[str], frozenset[str]]
"""The stems of a folded word."""

WITHIN = 3
"""Letters from which on a word is found within a longer one: Danish writes several as one, "svar" in "høringssvar"."""

MOST_WORDS = 12
"""Of a search that are looked for."""

LONGEST = 60
"""Letters of a word that is kept in the index: what is longer is an address or a number, and nobody types it."""

ENDINGS = (
    "ernes erens enes erne eren eres endes ende erede ethed heder heden ens ets ene ers nes ede ere ed en er et es ne e s t "
    "ings ing ies ied ly"
)
"""How Danish and English words end (folded), where a search has no stemmer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """What stands where. `words`: the stems of each folded word; `stems`: the numbers of the texts that each stands in."""

    words: Mapping[str, tuple[str, ...]]
    stems: Mapping[str, tuple[int, ...]]


def words_of(text: str) -> list[str]:
    """The folded words of a text, in their order."""
    return re.findall(r"[^\W_]+", fold(text))


def index(texts: Iterable[Iterable[str]], stems: Stems) -> Index:
    """The index of texts, which are numbered from 0. The same texts give the same index, in the same order."""
    found: dict[str, set[int]] = {}
    known: dict[str, tuple[str, ...]] = {}
    for number, parts in enumerate(texts):
        for word in {word for part in parts for word in words_of(part) if len(word) <= LONGEST}:
            if word not in known:
                known[word] = tuple(sorted(stems(word)))
            for stem in known[word]:
                found.setdefault(stem, set()).add(number)
    return Index(
        words=dict(sorted(known.items())),
        stems={stem: tuple(sorted(numbers)) for stem, numbers in sorted(found.items())},
    )


def search(index: Index, wanted: str, stems: Stems) -> Sequence[int]:
    """The numbers of the texts in which every word of `wanted` stands, whole or within a longer one: first those in which
    all of them stand whole, each in their order. All of them for no word at all."""
    every = sorted({number for numbers in index.stems.values() for number in numbers})
    whole, part = set(every), set(every)
    for word in dict.fromkeys(words_of(wanted)[:MOST_WORDS]):
        exact, within = _places(index, word, stems)
        whole &= exact
        part &= exact | within
    return [*(one for one in every if one in whole), *(one for one in every if one in part - whole)]


def _places(index: Index, word: str, stems: Stems) -> tuple[set[int], set[int]]:
    """Where the word stands whole, in whatever form, and where within a longer one."""
    own = stems(word)
    exact = {number for stem in own for number in index.stems.get(stem, ())}
    looked_for = [one for one in {word, *own} if len(one) >= WITHIN]
    longer = (bent for other, bent in index.words.items() if any(one in other for one in looked_for))
    return exact, {number for bent in longer for stem in bent for number in index.stems[stem]}
