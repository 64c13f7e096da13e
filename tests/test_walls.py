"""The walls of the house: what the rules may import, whose names are private, and that texts hold no code.

import-linter keeps the order of the rooms; it can forbid libraries by name only, so what may be imported is kept here.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.programmes import PROGRAMMES
from tests.sources import ROOMS, ROOT, Nodes, nodes, of_rooms, product

pytestmark = pytest.mark.slow

PURE = frozenset(
    [
        "__future__",
        "abc",
        "bisect",
        "calendar",
        "collections",
        "collections.abc",
        "contextlib",
        "copy",
        "dataclasses",
        "datetime",
        "decimal",
        "difflib",
        "enum",
        "fractions",
        "functools",
        "hashlib",
        "heapq",
        "itertools",
        "math",
        "numbers",
        "operator",
        "re",
        "statistics",
        "string",
        "textwrap",
        "types",
        "typing",
        "unicodedata",
    ]
)
"""The standard library without input or output, clock or chance."""

ALLOWED = PURE | {
    "zoneinfo",  # reads the table of a zone from disk, once: but a zone's name gives the same answers at every call
    "holidays",  # a table of days; the only library of others (DESIGN 3)
}

ASKING = frozenset({"open", "input", "print", "exec", "eval", "compile", "breakpoint", "__import__"})
"""What reaches outside without an import."""


def outside(found: Nodes, room: str = "culture") -> Iterator[str]:
    """What pure code has no business with: an import that is not allowed, the clock, a file."""
    for node in found:
        match node:
            case ast.Import(names=names):
                yield from (one.name for one in names if not _inside(one.name, room) and one.name not in ALLOWED)
            case ast.ImportFrom(module=module, level=level):
                name = "." * level + (module or "")
                if level > 1 or not (level or _inside(name, room) or name in ALLOWED):
                    yield name
            case ast.Attribute(
                value=ast.Name(id="date" | "datetime") | ast.Attribute(attr="date" | "datetime"), attr=attr
            ):
                if attr in ("now", "today", "utcnow"):
                    yield attr
            case ast.Name(id=name) if name in ASKING:
                yield name


def _inside(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


def borrowed(found: Nodes) -> Iterator[str]:
    """The private names of our other files that code uses."""
    modules = set[str]()
    for node in found:
        if isinstance(node, ast.Import):
            modules |= {one.asname or one.name.split(".")[0] for one in node.names if one.name.split(".")[0] in ROOMS}
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").split(".")[0] in ROOMS):
            modules |= {one.asname or one.name for one in node.names}
            yield from (f"{node.module}.{one.name}" for one in node.names if _private(one.name))
            yield from (str(node.module) for part in (node.module or "").split(".") if _private(part))
    for node in found:
        if isinstance(node, ast.Attribute) and _private(node.attr):
            words = ast.unparse(node.value).split(".")
            if words[0] in modules and all(word.isidentifier() for word in words):
                yield ast.unparse(node)


def _private(name: str) -> bool:
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__"))


def _found(file: Path, found: Iterator[str]) -> list[str]:
    return [f"{file.relative_to(ROOT)}: {name}" for name in found]


def test_the_rules_import_nothing_that_reaches_outside() -> None:
    rules = list(of_rooms("culture"))
    assert len(rules) > 10
    assert [name for file, code in rules for name in _found(file, outside(code))] == []


def test_no_file_uses_another_file_s_private_name() -> None:
    assert len(product()) > 100
    assert [name for file, code in product().items() for name in _found(file, borrowed(code))] == []


def test_the_product_imports_no_tests_and_no_benchmarks() -> None:
    modules = {
        name.split(".")[0]
        for code in product().values()
        for node in code
        for name in (
            [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert "culture" in modules
    assert modules & {"tests", "benchmarks"} == set()


def test_the_texts_hold_no_code() -> None:
    (file,) = (ROOT / "templates").rglob("*.py")
    (docstring,) = ast.parse(file.read_text("utf-8")).body
    assert isinstance(docstring, ast.Expr)


# --- the guards themselves: broken source that each must see


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import click", ["click"]),
        ("import re, os", ["os"]),
        ("import os.path", ["os.path"]),
        ("import logging\nimport socket as math", ["logging", "socket"]),
        ("from pathlib import Path", ["pathlib"]),
        ("from time import time", ["time"]),
        ("from random import choice", ["random"]),
        ("from store import records", ["store"]),
        ("import cultured", ["cultured"]),
        ("from ..store import records", ["..store"]),
        ("def due():\n    import requests", ["requests"]),
        ("if TYPE_CHECKING:\n    from service.engine.engine import Engine", ["service.engine.engine"]),
        ("try:\n    import ujson\nexcept ImportError:\n    pass", ["ujson"]),
        ("import importlib\nimportlib.import_module('os')", ["importlib"]),
        ("__import__('os').system('ls')", ["__import__"]),
        ("def config():\n    return open('config.toml').read()", ["open"]),
        ("from datetime import date\nclass A:\n    day = date.today()", ["today"]),
        ("import datetime as dt\nmoment = dt.datetime.now(dt.UTC)", ["now"]),
    ],
)
def test_the_guard_of_the_rules_sees(source: str, found: list[str]) -> None:
    assert list(outside(nodes(source))) == found


def test_the_guard_of_the_rules_lets_through_what_is_pure() -> None:
    source = """
import hashlib
import holidays
from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo
from culture.relay import schedule as relay
from culture.people import Person
from .people import Row
def today(organisation, now): return organisation.today(now)
"""
    assert list(outside(nodes(source))) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from service.settings.people_file import _date as date_of", ["service.settings.people_file._date"]),
        ("def f():\n    from store.table import _merged", ["store.table._merged"]),
        ("from service.settings import people_file\npeople_file._date('x')", ["people_file._date"]),
        (
            "import service.settings.people_file\nservice.settings.people_file._date('x')",
            ["service.settings.people_file._date"],
        ),
        ("from calendars import feed as f\nwhole = f._fold", ["f._fold"]),
        ("from culture.people import Person\nPerson._made()", ["Person._made"]),
        ("from .tables import _row", ["tables._row"]),
    ],
)
def test_the_guard_of_private_names_sees(source: str, found: list[str]) -> None:
    assert list(borrowed(nodes(source))) == found


def test_the_guard_of_private_names_lets_through_one_s_own_and_the_library_s() -> None:
    source = """
import os
from service.cli import main
class A:
    def f(self, other): return self._x, other._y, _own, main.__name__, os._exit
"""
    assert list(borrowed(nodes(source))) == []


KNOWN_TO_ALL = {"vitamin"}
"""The block is what every channel carries, so the rooms know the pill's. Of no other programme do they know anything."""


def named(found: Nodes) -> set[str]:
    """The programmes whose rules are imported, but for those that all may know."""
    modules = {node.module or "" for node in found if isinstance(node, ast.ImportFrom)}
    return {module.split(".")[1] for module in modules if module.startswith("culture.")} & {*PROGRAMMES} - KNOWN_TO_ALL


def test_no_room_of_the_service_knows_a_programme() -> None:
    service = list(of_rooms("service"))
    rooms = [
        (file, code) for file, code in service if file.parts[-3] == "service" and file.parent.name not in PROGRAMMES
    ]
    assert len(rooms) > 100
    assert {file.name: found for file, code in rooms if (found := named(code))} == {}


def test_the_guard_of_programmes_sees() -> None:
    assert named(nodes("from culture.relay.turns import Turn\nfrom culture.vitamin import rules")) == {"relay"}
    assert named(nodes("def late():\n    from culture.revisit import rules")) == {"revisit"}
