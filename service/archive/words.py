"""How the archive speaks: of an entry, and of the ways to choose. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from culture.archive.entries import Entry
from culture.people import Language
from mailer.words import tongue
from service.messages.plain_text import beginning
from service.messages.translation import Sentence

FACET_NAMES: Mapping[str, Sentence] = {
    "kind": Sentence("What it is"),
    "department": Sentence("Department"),
    "tool": Sentence("Tool"),
    "outcome": Sentence("How it went"),
    "period": Sentence("When"),
    "sector": Sentence("Sector"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry, what stands above its title, and how it begins."""

    of: Entry
    about: str
    begins: str


def shown(entry: Entry, language: Language) -> Shown:
    """What it is, how it went, whose it is and from when, as far as it is told."""
    tool = entry.tool.said if entry.tool.said != entry.title else ""
    parts = (entry.kind.said, entry.outcome.said, entry.department.said, tool, entry.name, when(entry.when, language))
    return Shown(entry, " · ".join(filter(None, parts)), beginning(entry.body[0][1]) if entry.body else "")


def when(text: str, language: Language) -> str:
    """A day or a month in words."""
    words = tongue(language)
    if len(text) > len("2026-12"):
        return words.whole_date(date.fromisoformat(text))
    return f"{words.months[int(text[5:7]) - 1]} {text[:4]}"
