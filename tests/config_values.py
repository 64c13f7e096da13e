"""The keys of config.toml, as they are declared."""

from collections.abc import Iterator, Mapping
from typing import get_args, get_origin

from culture.people import Language
from mailer.words import LANGUAGES
from service.settings.config import tables
from service.settings.declared import bare, declared, is_spread, word_of


def keys() -> Iterator[str]:
    """The paths of all keys, `plan` standing for every department."""
    inside = {table.path for table in tables()}
    for table in tables():
        for field, hint, key in declared(table.holds):
            path = f"{table.path}.{word_of(field, key)}"
            if path not in inside and not is_spread(hint):
                many = get_origin(bare(hint)) is Mapping and get_args(bare(hint))[0] == Language
                yield from (one.replace("KEY", "plan") for one in by_language(path, many=many))


def by_language(path: str, *, many: bool) -> Iterator[str]:
    yield from (f"{path}.{language}" for language in LANGUAGES) if many else (path,)


def names() -> set[str]:
    """The names of all sections."""
    return {table.path.split(".")[0] for table in tables()}
