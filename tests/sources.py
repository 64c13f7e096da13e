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
    """All nodes of a source's tree in the order of `ast.walk`, but for those that only say whether a name is read or
    written: a third of all, at which nobody looks."""
    found: list[ast.AST] = [ast.parse(source)]
    for node in found:  # which grows by what is found in it
        for value in vars(node).values():
            if isinstance(value, list):
                found += [one for one in value if isinstance(one, ast.AST)]
            elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
                found.append(value)
    return tuple(found)


@cache
def product() -> Mapping[Path, Nodes]:
    """The nodes of each of our files.

    They stay, a third of a million of them: the collector is kept from going through them again and again, which took three
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
