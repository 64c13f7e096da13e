"""The example that travels with the service: in the wheel beside this file, in a checkout at the top.

What it configures stands in its config.toml. The words around that, and the keys that are left out with what they then
are, are made from what the sections declare, in the reader's language.
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

from culture.people import Language
from culture.settings import Key
from service.messages.translation import Sentence
from service.settings.config import top
from service.settings.declared import bare, declared, is_section, is_spread, may_be_none, word_of
from service.settings.written import in_toml, shown_in, told

CONFIG = "config.toml"
NAMES = (CONFIG, "people.csv", "absences.csv")

COLUMN = 40
"""Where what is told of a key begins; above the key where that does not fit on the line."""

LINE = 150
"""Signs in a line."""

BEGINNING = (
    Sentence("aikultur: the whole administration in one file. This example runs as it is."),
    Sentence(""),
    Sentence('Every key that is left out has the value shown behind its "#", where it has one. Look before you leap:'),
    Sentence("  aikultur check     is everything written right?"),
    Sentence("  aikultur plan      what would happen now, and to whom?"),
    Sentence(
        "The service looks at this file at each tick; a good edit takes effect at once, a bad one is reported and the old one stays."
    ),
    Sentence("What each key is for, with examples: docs/configuration.md."),
)


def example_folder() -> Path:
    """Where the example lies."""
    here = Path(__file__).parent
    return here / "example" if (here / "example").is_dir() else here.parent.parent


def write_example(folder: Path, language: Language | None = None) -> list[tuple[Path, bool]]:
    """Write the example into `folder`, in `language` and with it as the organisation's (None: as it travels); for each file
    its path, and whether it was written (False: already there)."""
    folder.mkdir(parents=True, exist_ok=True)
    return [(folder / name, _write(folder / name, _content(name, language))) for name in NAMES]


def _content(name: str, language: Language | None) -> bytes:
    content = (example_folder() / name).read_bytes()
    if name != CONFIG or language is None:
        return content
    values = tomllib.loads(content.decode())
    values["organisation"]["language"] = language
    return config_text(values, language).encode()


def _write(target: Path, content: bytes) -> bool:
    try:
        with target.open("xb") as file:
            file.write(content)
    except FileExistsError:
        return False
    return True


# --- config.toml ----------------------------------------------------------------------------------------


def config_text(values: Mapping[str, Any], language: Language) -> str:
    """A config.toml of these values, with every key there is. Of several departments the first one shows all keys."""
    lines = [f"# {sentence.said(language)}".rstrip() for sentence in BEGINNING]
    for name, hint, key in top():
        lines += _section(name, hint, key, values.get(name), language)
    return "\n".join(lines) + "\n"


def _section(path: str, hint: Any, key: Key, given: Any, language: Language) -> Iterator[str]:
    """The lines of a section: of one table, or of one for each department or language."""
    kind, about = bare(hint), told(key, None, language)
    if get_origin(kind) is Mapping:
        of, each = get_args(kind)
        for number, (name, values) in enumerate(given.items()):
            every = not number or of is Language
            yield from _table(f"[{path}.{name}]", each, values, language, about if not number else "", every=every)
    elif given is None and may_be_none(hint):
        yield from _table(f"# [{path}]", kind, {}, language, about, out=True)
    else:
        yield from _table(f"[{path}]", kind, given or {}, language, about)


def _table(
    head: str,
    kind: type,
    given: Mapping[str, Any],
    language: Language,
    about: str,
    *,
    every: bool = True,
    out: bool = False,
) -> Iterator[str]:
    """The lines of a table. Not `every`: only the keys that are given. `out`: of one that is left out as a whole."""
    yield ""
    if about:
        yield f"# {about}"
    yield head
    within: list[str] = []
    for field, hint, key in declared(kind):
        word = word_of(field, key)
        if is_spread(hint):
            tables = {name: value for name, value in given.items() if isinstance(value, Mapping)}
            within += _section(head.strip("[]"), hint, key, tables, language)
        elif every and is_section(bare(hint)):
            within += _section(f"{head.strip('[]')}.{word}", hint, key, given.get(word), language)
        elif word in given:
            yield from _line(f"{word} = {in_toml(given[word])}", told(key, hint, language))
        elif every:
            yield from _line(f"# {word} = {shown_in(field, hint, key, out=out)}", told(key, hint, language))
    yield from within


def _line(text: str, comment: str) -> Iterator[str]:
    """A line with what is told of it; that comes before it where it does not fit on it."""
    whole = f"{text:<{COLUMN - 2}}  # {comment}"
    if len(whole) > LINE:
        yield f"# {comment}"
    yield text if len(whole) > LINE else whole
