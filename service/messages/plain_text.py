"""What people wrote, made plain: no control characters, one line where one is wanted. Pure."""

import re
import unicodedata
from enum import Enum
from typing import TypeVar

from mailer.words import LANGUAGES
from service.messages.translation import word

SomeId = TypeVar("SomeId", bound=Enum)

MOST_LETTERS = 4000
"""Of one free text: about two pages. More is a report, and belongs behind the link."""

LINE_LETTERS = 300
"""Of what stands on one line: a discovery, a tool, a name."""

MOST_OF_A_LINE = 110
"""Letters of what is quoted where one line is to be read."""

KEPT = "\n\u200c\u200d"
"""The joiners hold letters of some scripts, and many emoji, together."""

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control characters, line separators, and the marks that turn the direction of what follows in a mail's heading."""


def is_line(text: str) -> bool:
    """Whether it is one line without control characters, as a name, a title or an address must be."""
    return not CONTROL.search(text)


def plain(text: str) -> str:
    """The text without control characters, half characters and marks that turn the direction of what follows; its lines
    kept, without blanks at their ends."""
    text = re.sub("\r\n?|[\u2028\u2029\x85\v\f]", "\n", unicodedata.normalize("NFC", text)).replace("\t", " ")
    # Cc: control; Cf: invisible, among them the bidi marks; Cs: what a terminal could not decode.
    kept = (letter for letter in text if letter in KEPT or unicodedata.category(letter) not in ("Cc", "Cf", "Cs"))
    lines = [line.rstrip() for line in "".join(kept).split("\n")]
    return re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip()


def one_line(text: str) -> str:
    """The plain text on one line."""
    return " ".join(plain(text).split())


def beginning(text: str, most: int = MOST_OF_A_LINE) -> str:
    """The text on one line, cut between words where it is longer."""
    whole = one_line(text)
    if len(whole) <= most:
        return whole
    return f"{whole[: most - 1].rsplit(' ', 1)[0].rstrip(',;:.')} …"


def id_meant(text: str, ids: type[SomeId], of: str) -> SomeId | None:
    """Which of the ids is meant, by its word in any language or by itself, with a hyphen for the space or without."""
    wanted = " ".join(text.replace("-", " ").split()).casefold()
    for one in ids:
        words = {word(of, one).said(language) for language in LANGUAGES}
        if wanted in words | {str(one).replace("-", " ")}:
            return one
    return None
