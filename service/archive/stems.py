"""What a word is without its ending, in Danish and in English: Snowball's stemmers (snowballstemmer), which are no part of
the rules, for those import no library."""

from functools import cache, lru_cache
from typing import Protocol


class Stemmer(Protocol):
    """One language's."""

    def stemWord(self, word: str) -> str: ...  # noqa: N802 - Snowball's name


@cache
def _stemmers() -> tuple[Stemmer, ...]:
    from snowballstemmer.danish_stemmer import DanishStemmer  # 50 ms, for which only who searches need wait
    from snowballstemmer.english_stemmer import EnglishStemmer

    return DanishStemmer(), EnglishStemmer()


@lru_cache(maxsize=1 << 16)
def stems(word: str) -> frozenset[str]:
    """The stems of a folded word, one for each language. Kept, for a stem takes 50 µs and words come again."""
    return frozenset(one.stemWord(word) for one in _stemmers())
