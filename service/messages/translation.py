"""What the service says to people at the command line and on its pages, in Danish or English.

The code holds the English sentence; `templates/words/*.toml` holds its Danish twin. A test finds every
sentence without a twin, and every twin whose fields differ.
"""

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from string import Formatter
from typing import Any

from culture.people import Language


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
    template = danish().get(text, text) if language == "da" else text
    return _filled(template, {name: _shown(language, value) for name, value in fields.items()})


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
def danish() -> dict[str, str]:
    """The Danish twin of every English sentence."""
    twins: dict[str, str] = {}
    for file in sorted(resources.files("templates").joinpath("words").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            for pair in tomllib.loads(file.read_text("utf-8"))["pair"]:
                twins[pair["en"]] = pair["da"]
    return twins


def language_of(path: Path) -> Language:
    """The organisation's language, read leniently: also a broken config is answered in its language."""
    try:
        match = re.search(r'^\s*language\s*=\s*"en"', path.read_text("utf-8", errors="replace"), re.MULTILINE)
    except OSError:
        return "da"
    return "en" if match else "da"
