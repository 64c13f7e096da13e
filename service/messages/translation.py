"""What the service says to people at the command line and on its pages, in Danish or English.

The code holds the English sentence; `templates/words/<language>/*.po` hold it in every other language. What records
hold by an id has its words there in every language, under a message of its own: "waiting.no-room". A test finds every
sentence and every id that a language lacks, and every one whose fields differ. A file is read when a sentence was not
found in those before it, and kept: `--help` needs the first alone.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from gettext import c2py
from pathlib import Path
from string import Formatter
from typing import Any

from culture.people import Language
from mailer.words import LANGUAGES, WORDS, tongue

WRITTEN_IN: Language = "en"
"""The code's own language: of its sentences the folder holds only those that are said otherwise than they are written."""

Rule = Callable[[int], int]
"""Which of several forms is for how many (`Plural-Forms`)."""


class MessageId(str):
    """What is no sentence, but names one that stands in the words of every language: "outcome.not-yet"."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that is put into a language only when it is shown. `fields` fill its {names}: values, other sentences,
    or a tuple of sentences, shown with commas between them."""

    text: str
    fields: dict[str, Any] = field(default_factory=dict)

    def said(self, language: Language) -> str:
        """In that language, its fields filled in."""
        return say(language, self.text, **self.fields)

    def __str__(self) -> str:
        return self.said(WRITTEN_IN)


def word(of: str, id_: object, **fields: Any) -> Sentence:
    """What people read of an id: the message "of.id". `of` says of which ids it is one, and how it is said."""
    return Sentence(MessageId(f"{of}.{id_}"), fields)


def say(language: Language, text: str, /, **fields: Any) -> str:
    """`text` (English, the key) in `language`, its {fields} filled in, a day as people write it. A field `count` says for how many it is said."""
    return filled(
        _form(language, text, fields.get("count")), {name: _shown(language, value) for name, value in fields.items()}
    )


def filled(template: str, fields: dict[str, Any]) -> str:
    """`template` with its {fields} filled in. A field that is a sentence has its own end, so that the full stop behind it
    goes."""
    parts: list[str] = []
    for literal, name, form, _ in Formatter().parse(template):
        ended = bool(parts) and parts[-1].endswith((".", "?", "!"))
        parts.append(literal[1:] if ended and re.match(r"\.(\s|$)", literal) else literal)
        if name is not None:
            parts.append(format(fields[name], form or ""))
    return "".join(parts)


def _shown(language: Language, value: Any) -> Any:
    if isinstance(value, tuple):
        return ", ".join(str(_shown(language, one)) for one in value)
    if type(value) is date:  # a moment is a date too, and whoever shows one has put it into a zone
        return tongue(language).whole_date(value)
    return value.said(language) if isinstance(value, Sentence) else value


def _form(language: Language, text: str, count: Any) -> str:
    """The translation of `text` for so many; itself where it has none. `text` is what is said of several."""
    counted = isinstance(count, int)
    if language == WRITTEN_IN and not counted and not isinstance(text, MessageId):
        return text
    forms, rule = _forms(language, text)
    return forms[rule(count)] if counted and len(forms) > 1 else forms[-1]


@cache
def _forms(language: Language, text: str) -> tuple[tuple[str, ...], Rule]:
    """The translations of `text`, and which of them is for how many."""
    for file in _files(language):
        found, rule = _read(language, file)
        if text in found:
            return found[text], rule
    if isinstance(text, MessageId) and language != WRITTEN_IN:
        return _forms(WRITTEN_IN, text)
    return (text,), lambda count: 0


@cache
def _files(language: Language) -> tuple[str, ...]:
    """The names of its files, in the order in which they are read; none where it has no folder."""
    folder = WORDS.joinpath(language)
    return tuple(sorted(file.name for file in folder.iterdir() if file.name.endswith(".po"))) if folder.is_dir() else ()


@cache
def _read(language: Language, name: str) -> tuple[Mapping[str, tuple[str, ...]], Rule]:
    """The translations of each sentence of a file, by what the code holds: that for several. And which of them is for how
    many. Raises `PoFileError` when the file is broken."""
    from babel.messages.pofile import read_po  # takes 60 ms, for which who speaks English need not wait

    with WORDS.joinpath(language, name).open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    found = {_all(entry.id)[-1]: _all(entry.string) for entry in catalogue if entry.id}
    return found, c2py(catalogue.plural_expr)


def words_in(language: Language, file: str) -> Mapping[str, tuple[str, ...]]:
    """The translations in one file of a language, by what the code holds; none where it has no such file."""
    return _read(language, file)[0] if file in _files(language) else {}


def _all(said: str | Sequence[str] | None) -> tuple[str, ...]:
    """One sentence, or those for one and for several."""
    return (said,) if isinstance(said, str) else tuple(said or ())


def translations(language: Language) -> Mapping[str, tuple[str, ...]]:
    """All that `language` has a translation of, by what the code holds."""
    return {text: said for file in _files(language) for text, said in _read(language, file)[0].items()}


def language_of(path: Path) -> Language | None:
    """The organisation's language where its config writes one, read leniently: also a broken config is answered in its
    language. None where it says nothing, or names one that there is not."""
    try:
        lines = path.read_text("utf-8-sig", errors="replace").splitlines()
    except OSError:
        return None
    table = ""
    for line in lines:
        if header := re.match(r"\s*\[([^]]*)\]", line):
            table = header[1].strip()
        elif table == "organisation" and (found := re.match(r"""\s*language\s*=\s*["'](\w+)["']""", line)):
            return _there(found[1])
    return None


def spoken_here(environment: Mapping[str, str]) -> Language | None:
    """The language of whoever works at this terminal, as POSIX has it: LC_ALL, else LC_MESSAGES, else LANG. None where
    none of them names one that there is ("C.UTF-8")."""
    named = (_there(re.split("[_.@-]", environment.get(name, ""))[0]) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((one for one in named if one), None)


def _there(name: str) -> Language | None:
    return next((one for one in LANGUAGES if one == name.lower()), None)
