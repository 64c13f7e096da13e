"""The programmes of the culture. One is added by its name here, and by its folders: its rules, and what the service
needs of it.

No room of the service knows a programme. What one brings (kinds of letters, commands) stands as rows in modules of its
folder, and each room collects the rows that it is about.
"""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

PROGRAMMES = ("vitamin", "relay", "revisit", "ambassadors", "leaders", "archive", "report")


@cache
def brought_by(part: str, name: str) -> tuple[tuple[str, Any], ...]:
    """What every programme's module `part` calls `name`, with whose it is, in the order of the programmes; one without
    that module brings none. Looked up once: which modules there are is asked of the disk."""
    modules = {programme: f"service.{programme}.{part}" for programme in PROGRAMMES}
    there = {programme: import_module(module) for programme, module in modules.items() if find_spec(module)}
    return tuple((programme, getattr(module, name)) for programme, module in there.items())


def brought(part: str, name: str) -> Iterator[Any]:
    """What every programme's module `part` calls `name`."""
    yield from (found for _, found in brought_by(part, name))


def rows(part: str, name: str) -> Iterator[Any]:
    """The rows of every programme's module `part`, all in one row."""
    for of_programme in brought(part, name):
        yield from of_programme
