"""Whether two names may be one person's: a given name outlasts a marriage, and HR writes it in many ways. Pure.

It decides only where no number does: whether an address is still the same person's (`culture.census`).
"""

import re
import unicodedata
from functools import lru_cache

TITLES = frozenset(
    {
        "dr",
        "prof",
        "professor",
        "lic",
        "mag",
        "ing",
        "hr",
        "fru",
        "frk",
        "mr",
        "mrs",
        "ms",
        "miss",
        "cand",
        "stud",
        "ph",
        "phd",
        "msc",
        "bsc",
        "mba",
        "adv",
        "advokat",
    }
)
"""What stands before a name, or after its comma, and is none."""

LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
"""Letters of a base letter and a stroke or two letters in one, which Unicode does not take apart."""

TWO_FOR_ONE = re.compile("a[ae]|[ou]e")
"""How å, æ and ä, ø and ö, ü are written where the keyboard has none."""


def first_name(name: str) -> str:
    """How somebody is greeted: the first of the given names, also where HR writes the last name first; the whole name
    where that is one word, or an initial only."""
    last, comma, given = name.partition(",")
    words = (given if comma and given.strip() else last).split()
    first = next((word for word in words if word.rstrip(".").lower() not in TITLES), "")
    return first if len(first.rstrip(".")) > 1 else name


def same_given(one: str, other: str) -> bool:
    """Whether these two full names have the same first given name, as far as can be told.

    Neither case, accents, å for aa, hyphens, titles, brackets nor the order of the words makes another of it. An
    initial, or a first name left out ("Hans Peter Holm", "Peter Holm"), says so little that the last name must be the
    same.
    """
    if one == other:
        return True
    here, there = _words(one), _words(other)
    if not here or not there or sorted(here) == sorted(there):
        return True
    pairs = ((here, there), (there, here))
    return here[0] == there[0] or any(_joined(*pair) or _short_for(*pair) for pair in pairs)


def _joined(here: tuple[str, ...], there: tuple[str, ...]) -> bool:
    """Annamarie Holm for Anna-Marie Holm."""
    return here[0] == "".join(there[:2]) and len(there) > 1


def _short_for(here: tuple[str, ...], there: tuple[str, ...]) -> bool:
    """A. Holm for Anna Holm, Peter Holm for Hans Peter Holm, Holm for Anna Holm."""
    if here[-1] != there[-1]:
        return False
    return len(here) == 1 or here[0] == there[0][:1] or (len(here[0]) > 1 and here[0] in there[:-1])


@lru_cache(maxsize=1024)
def _words(name: str) -> tuple[str, ...]:
    """The words of a name, the given ones first, in plain letters."""
    surname, comma, given = re.sub(r"\(.*?\)|\[.*?\]", " ", name).partition(",")
    after = _plain_words(given)
    swapped = comma and after and after[0] not in TITLES  # "Holm, Anna"
    words = [*after, *_plain_words(surname)] if swapped else _plain_words(surname)
    while len(words) > 1 and words[0] in TITLES:
        words = words[1:]
    return tuple(words)


def _plain_words(text: str) -> list[str]:
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    bare = re.sub(r"['’`´]", "", bare).translate(LETTERS)
    return [TWO_FOR_ONE.sub(lambda two: two[0][0], word) for word in re.findall(r"[^\W_]+", bare)]
