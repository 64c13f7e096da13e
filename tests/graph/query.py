"""OData's query options on values that are JSON already: $filter, $orderby, $select, and pages.

A filter is read into a function; what its grammar does not have is refused with RequestBroker--ParseUri or, where a
directory would answer it in its advanced way only, with Request_UnsupportedQuery. Names compare without case in text
(Exchange and the directory both do).
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from tests.graph.errors import GraphError, bad
from tests.graph.mailbox import property_key
from tests.graph.zones import moment

Value = Mapping[str, Any]
Test = Callable[[Value], Any]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<moment>\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?)|(?P<number>-?\d+(?:\.\d+)?)(?![\w-])"
    r"|(?P<name>@?[A-Za-z_$][\w.@]*(?:/[A-Za-z_$][\w.@]*)*)|(?P<mark>[(),:]))"
)


class Exact(str):
    """A property's id: its name minds case, and its type and GUID do not."""

    def same(self, other: object) -> bool:
        return isinstance(other, str) and property_key(self) == property_key(other)


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, Exact):
        return a.same(b)
    if _moment(a) is not None and _moment(b) is not None:
        return _moment(a) == _moment(b)
    return bool(_plain(a) == _plain(b))


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """A comparison of what is there; moments are compared as such, whatever their offsets and fractions."""

    def compare(a: Any, b: Any) -> bool:
        if a is None or b is None:
            return False
        moments = _moment(a), _moment(b)
        return bool(test(*moments) if None not in moments else test(_plain(a), _plain(b)))

    return compare


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return None
    return moment(value)


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": _same,
    "ne": lambda a, b: not _same(a, b),
    "gt": _ordered(lambda a, b: bool(a > b)),
    "ge": _ordered(lambda a, b: bool(a >= b)),
    "lt": _ordered(lambda a, b: bool(a < b)),
    "le": _ordered(lambda a, b: bool(a <= b)),
}
TEXTS: dict[str, Callable[[str, str], bool]] = {
    "startswith": lambda a, b: a.startswith(b),
    "endswith": lambda a, b: a.endswith(b),
    "contains": lambda a, b: b in a,
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
WORDS = {"true": True, "false": False, "null": None}


def _plain(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def read_filter(text: str) -> Test:
    """Raises GraphError 400 for what cannot be read."""
    reader = _Reader(text)
    test = reader.either()
    if reader.rest():
        raise _unread(f"Syntax error at position {reader.at} in '{text}'.")
    return test


def names_in(text: str) -> list[str]:
    """The words of a filter, to see what it asks for: operators, functions, properties."""
    return [found.group("name") for found in _TOKEN.finditer(text) if found.group("name")]


class _Reader:
    """A filter from left to right."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def rest(self) -> str:
        return self.text[self.at :].strip()

    def peek(self) -> tuple[str, str]:
        found = _TOKEN.match(self.text, self.at)
        if found is None:
            return ("end" if not self.rest() else "odd"), ""
        return str(found.lastgroup), found.group(str(found.lastgroup))

    def take(self, expected: str | None = None) -> tuple[str, str]:
        kind, text = self.peek()
        if kind in ("end", "odd") or (expected is not None and text != expected):
            raise _unread(f"Syntax error at position {self.at} in '{self.text}'.")
        found = _TOKEN.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        return kind, text

    def either(self) -> Test:
        tests = [self.both()]
        while self.peek() == ("name", "or"):
            self.take()
            tests.append(self.both())
        return lambda value: any(test(value) for test in tests)

    def both(self) -> Test:
        tests = [self.one()]
        while self.peek() == ("name", "and"):
            self.take()
            tests.append(self.one())
        return lambda value: all(test(value) for test in tests)

    def one(self) -> Test:
        kind, text = self.peek()
        if (kind, text) == ("name", "not"):
            self.take()
            inner = self.one()
            return lambda value: not inner(value)
        if text == "(":
            self.take()
            inside = self.either()
            self.take(")")
            return inside
        left = self.operand()
        operator = self.peek()[1]
        if operator in COMPARE:
            self.take()
            right, compare = self.operand(), COMPARE[operator]
            return lambda value: compare(left(value), right(value))
        if operator == "in":
            self.take()
            return self.among(left)
        return lambda value: left(value) is True

    def among(self, left: Test) -> Test:
        self.take("(")
        found = [self.operand()]
        while self.peek()[1] == ",":
            self.take()
            found.append(self.operand())
        self.take(")")
        return lambda value: any(_plain(left(value)) == _plain(each(value)) for each in found)

    def operand(self) -> Test:
        kind, text = self.take()
        if kind == "text":
            literal: Any = text[1:-1].replace("''", "'")
            return lambda value: literal
        if kind == "moment":
            return lambda value: text
        if kind == "number":
            number = float(text)
            return lambda value: number
        if text in WORDS:
            return lambda value: WORDS[text]
        if self.peek()[1] == "(":
            return self.call(text)
        path = text.split("/")
        return lambda value: _at(value, path)

    def call(self, name: str) -> Test:
        self.take("(")
        path, _, last = name.rpartition("/")
        if last.lower() in ("any", "all") and path:
            return self.any(path.split("/"), every=last.lower() == "all")
        if name.lower() == "cast":
            return self.cast()
        if name.lower() not in TEXTS:
            raise _unread(f"An unknown function with name '{name}' was found.")
        left = self.operand()
        self.take(",")
        right, test = self.operand(), TEXTS[name.lower()]
        self.take(")")
        return lambda value: test(str(_plain(left(value)) or ""), str(_plain(right(value))))

    def cast(self) -> Test:
        """A value as a number, where it is one."""
        left = self.operand()
        self.take(",")
        self.take()
        self.take(")")
        return lambda value: float(left(value)) if re.fullmatch(r"-?[\d.]+", str(left(value))) else None

    def any(self, path: list[str], *, every: bool) -> Test:
        _, variable = self.take()
        self.take(":")
        inside = self.either()
        self.take(")")
        which = all if every else any
        return lambda value: which(inside({**value, variable: each}) for each in _at(value, path) or ())


def _at(value: Any, path: list[str]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def ordered(values: list[Any], orderby: str, key: Callable[[Any], Value] = lambda value: value) -> list[Any]:
    """Sorted by several properties, the last one first; what has none comes first."""
    for each in reversed(orderby.split(",")):
        path, _, way = each.strip().partition(" ")
        if way.strip().lower() not in ("", "asc", "desc"):
            raise _unread(f"Syntax error in $orderby: '{orderby}'.")
        values = sorted(
            values,
            key=lambda value: (_at(key(value), path.split("/")) is not None, _plain(_at(key(value), path.split("/")))),
            reverse=way.strip().lower() == "desc",
        )
    return values


def selected(value: dict[str, Any], names: list[str] | None) -> dict[str, Any]:
    """The id and the annotations always, of the rest what was asked for."""
    if names is None:
        return value
    wanted = {name.partition("/")[0] for name in names}
    return {name: each for name, each in value.items() if name in wanted or name == "id" or name.startswith("@odata")}


def whole_number(query: Mapping[str, str], name: str, usual: int, least: int, most: int) -> int:
    text = query.get(name)
    if text is None:
        return usual
    if not text.isdigit():
        raise _unread(f"Invalid value '{text}' for {name} query option found.")
    if not least <= int(text) <= most:
        raise bad("ErrorInvalidParameter", f"The value {text} of {name} lies outside {least} to {most}.")
    return int(text)


def _unread(message: str) -> GraphError:
    return bad("RequestBroker--ParseUri", message)
