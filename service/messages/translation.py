"""What the service says to people at the command line and on its pages, in Danish or English.

The code holds the English sentence; `templates/words/<language>/*.po` hold it in every other language. A test finds
every sentence that a language lacks, and every one whose fields differ. A file is read when a sentence was not found
in those before it, and kept: `--help` needs the first alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from string import Formatter
from typing import Any

from culture.people import LANGUAGES, Language

WORDS = resources.files("templates").joinpath("words")
"""Here every language but the code's own has a folder."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that is put into a language only when it is shown. `fields` fill its {names}: values, other sentences,
    or a tuple of sentences, shown with commas between them."""

    text: str
    fields: dict[str, Any] = field(default_factory=dict)

    def said(self, language: Language) -> str:
        return say(language, self.text, **self.fields)

    def __str__(self) -> str:
        return self.said("en")


def say(language: Language, text: str, /, **fields: Any) -> str:
    """`text` (English, the key) in `language`, its {fields} filled in."""
    return _filled(_template(language, text), {name: _shown(language, value) for name, value in fields.items()})


def _filled(template: str, fields: dict[str, Any]) -> str:
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
    return value.said(language) if isinstance(value, Sentence) else value


@cache
def _template(language: Language, text: str) -> str:
    """The translation of `text`; itself where it has none."""
    for file in _files(language):
        if text in (found := _read(language, file)):
            return found[text]
    return text


@cache
def _files(language: Language) -> tuple[str, ...]:
    """The names of its files; none for English itself, in which the code is written."""
    folder = WORDS.joinpath(language)
    return tuple(sorted(file.name for file in folder.iterdir() if file.name.endswith(".po"))) if folder.is_dir() else ()


@cache
def _read(language: Language, name: str) -> Mapping[str, str]:
    """The translation of each sentence of a file. Raises `PoFileError` when the file is broken."""
    from babel.messages.pofile import read_po  # takes 60 ms, for which who speaks English need not wait

    with WORDS.joinpath(language, name).open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file, abort_invalid=True) if entry.id}


def translations(language: Language) -> Mapping[str, str]:
    """All that `language` has a translation of, by the English sentence."""
    return {text: said for file in _files(language) for text, said in _read(language, file).items()}


def language_of(path: Path) -> Language:
    """The organisation's language, read leniently: also a broken config is answered in its language."""
    try:
        match = re.search(r'^\s*language\s*=\s*"(\w+)"', path.read_text("utf-8", errors="replace"), re.MULTILINE)
    except OSError:
        return LANGUAGES[0]
    return next((one for one in LANGUAGES if match and one == match[1]), LANGUAGES[0])
