"""What can be counted of a prompt's level (docs/catalogue.md): words, sentences, things to be put in. Pure.

The rest of a level is judgement, and is read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from culture.people import Language
from culture.vitamin.catalogue import Level


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted of a prompt in one language."""

    words: int
    sentences: int
    gaps: int  # what has to be put in: [the draft]


@dataclass(frozen=True, slots=True)
class Limits:
    """The most of each that a prompt of a level has. English takes more words for the same."""

    words: Mapping[Language, int]
    sentences: int
    gaps: int


LIMITS: Mapping[Level, Limits] = {
    "starter": Limits({"da": 25, "en": 25}, sentences=2, gaps=1),
    "easy": Limits({"da": 85, "en": 95}, sentences=9, gaps=4),
    "practised": Limits({"da": 100, "en": 110}, sentences=12, gaps=5),
}
"""An advanced one may have any length."""

GAP = re.compile(r"\[[^\]]+\]")

END = re.compile(r"(?<!\d)(?<!fx)(?<!kr)(?<!pr)[.?!](?=\s|$)")
"""The end of a sentence, and not of an ordinal number or an abbreviation."""


def counted(prompt: str) -> Counted:
    """What is counted of the words of a prompt."""
    return Counted(len(prompt.split()), len(END.findall(prompt)) or 1, len(GAP.findall(prompt)))


def over(level: Level, prompt: str, language: Language) -> tuple[str, int, int] | None:
    """What there is too much of for its level, how many, and the most: ("words", 31, 25). None where it fits, or where the
    level or language has no limits."""
    limits, found = LIMITS.get(level), counted(prompt)
    if limits is None or language not in limits.words:
        return None
    most = {"words": limits.words[language], "sentences": limits.sentences, "gaps": limits.gaps}
    there = {"words": found.words, "sentences": found.sentences, "gaps": found.gaps}
    return next(((what, there[what], most[what]) for what in most if there[what] > most[what]), None)
