"""What can still be read of a faulty config, so that `check` says everything at once and not one layer a day."""

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from service.messages.faults import BadInput
from service.settings.config import Source, validated
from service.settings.example_files import example_folder
from service.settings.text_file import read_toml

ROUNDS = 4
"""Taking a faulty key out may bring out another fault (a section that needed it); more layers there are not."""


def salvaged(path: Path) -> Source | None:
    """The config at `path` without its faulty keys; what is missing is taken from the example.

    None when it cannot be read at all. For finding further faults only; never to run on.
    """
    example = tomllib.loads((example_folder() / "config.toml").read_text("utf-8"))
    try:
        data = read_toml(path)
    except BadInput:
        return None
    for _ in range(ROUNDS):
        try:
            return Source(validated(data), path.resolve())
        except ValidationError as error:
            for found in error.errors(include_url=False, include_context=False):
                _replace(data, example, found["loc"])
    return None


def _replace(data: dict[str, Any], example: dict[str, Any], place: Sequence[Any]) -> None:
    """Take out what stands at `place`, and put the example's value there if it has one."""
    *tables, key = place or ("mail",)
    at: Any = data
    for table, beside in _pairs(at, example, tables):
        at, example = table, beside
    if isinstance(at, dict):
        at.pop(key, None)
        if key in example:
            at[key] = example[key]


def _pairs(at: Any, example: Any, tables: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    for name in tables:
        if not isinstance(at, dict) or not isinstance(at.get(name), dict):
            return
        at, example = at[name], example.get(name, {}) if isinstance(example, dict) else {}
        yield at, example
