"""The product's own code as Python reads it: parsed once for all tests of a process that look at it."""

import ast
import gc
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("culture", "calendars", "mailer", "store", "service", "templates")

Nodes = tuple[ast.AST, ...]


def nodes(source: str) -> Nodes:
    """All nodes of a source's tree, as `ast.walk` gives them."""
    return tuple(ast.walk(ast.parse(source)))


@cache
def product() -> Mapping[Path, Nodes]:
    """The nodes of each of our files.

    They stay, half a million of them: the collector is kept from going through them again and again, which took three
    times as long as the parsing.
    """
    gc.disable()
    try:
        files = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))
        return {file: nodes(file.read_text("utf-8")) for file in files}
    finally:
        gc.freeze()
        gc.enable()


def of_rooms(*rooms: str) -> Iterator[tuple[Path, Nodes]]:
    """The files of these rooms."""
    return ((file, found) for file, found in product().items() if file.relative_to(ROOT).parts[0] in rooms)
