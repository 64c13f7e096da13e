"""What events are called: which of them is meant, and which title calls its event off. Pure."""

import re
import unicodedata
from collections.abc import Iterator

from calendars.icalendar_text import plain

OFF = "aflyst|avlyst|inställ[td]|abgesagt|annulée?|cancell?ed|peruutettu"
BEFORE = re.compile(rf"^\W*(?:{OFF})\s*(?:[:)\]–—-]|$)", re.IGNORECASE)
BEHIND = re.compile(rf"(?:[(\[]|\s[–—-])\s*(?:{OFF})\s*[)\]]?\s*$", re.IGNORECASE)
"""How Outlook marks a cancelled meeting that nobody has removed, for it exports no STATUS (MS-OXCICAL
2.1.3.1.1.20.23), in the languages around us; and how people do by hand: "AFLYST - Møde", "Møde (aflyst)"."""

ADDED = re.compile(r"(?:\s*[(\[][^()\[\]]*[)\]])+$")
"""What people add to a title for one day: "Afdelingsmøde (lokale 2)"."""


def one_line(text: str) -> str:
    """The text with single spaces and no line breaks."""
    return " ".join(plain(text).split())


def calls_off(title: str) -> bool:
    """Whether the title says that the event is off, as Outlook and people write it."""
    shown = one_line(title)
    return bool(BEFORE.match(shown) or BEHIND.search(shown))


def is_called(title: str, subject: str) -> bool:
    """Whether an event of this title is the one that is called `subject`.

    Upper and lower case and white space do not count, nor that it is off, nor what stands in brackets at the end. Any
    other word more makes it another event: a wrong one would give people turns at a meeting that is none of theirs.
    """
    return bool(folded(subject)) and folded(subject) in _names(title)


def words(subject: str) -> list[str]:
    """What stands in every title that is called so, in some order: what a server can search by."""
    return one_line(subject).split()


def folded(text: str) -> str:
    """The text as titles are compared: composed (NFC), in one line, upper and lower case alike."""
    return unicodedata.normalize("NFC", one_line(text)).casefold()


def _names(title: str) -> Iterator[str]:
    shown = BEHIND.sub("", BEFORE.sub("", one_line(title), count=1))
    for name in (one_line(title), shown, ADDED.sub("", shown)):
        yield folded(name)
