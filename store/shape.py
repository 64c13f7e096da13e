"""Whether what was read from a record is what the type hints of its dataclass say. Pure.

A record is JSON, and JSON can hold anything: a number where a text should be gets through a reader that only passes it
on, and fails later, where it is everybody's fault. Asked here, it is a record that cannot be read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")

YEARS = range(1900, 9001)
"""Of a moment: far from the ends of the calendar, so that it may be moved to any zone and by any span of ours."""

PLAIN = frozenset({str, int, bool, NoneType, date, time})
"""Types of which every value will do. A datetime is no date here, and a bool no int."""

Test = Callable[[Any], bool]


def shaped(value: T) -> T:
    """The value, which may hold dataclasses in mappings and tuples. Raises ValueError for a field of another type than
    its hint says, and for a moment that has no zone or lies outside YEARS."""
    if is_dataclass(value):
        for name, plain, test in _tests(cast(type, type(value))):
            found = getattr(value, name)
            if type(found) not in plain and not (test and test(found)):
                raise ValueError(f"{name} cannot be {found!r:.60}")
    elif isinstance(value, Mapping):
        for key, part in value.items():
            shaped(key)
            shaped(part)
    elif isinstance(value, tuple | list):
        for part in value:
            shaped(part)
    return value


def is_moment(value: object) -> bool:
    """Whether it is an aware moment within YEARS."""
    return isinstance(value, datetime) and value.year in YEARS and value.utcoffset() is not None


@cache
def _tests(kind: type) -> tuple[tuple[str, frozenset[type], Test | None], ...]:
    """For each field of a dataclass the types of which every value will do, and a test for all others: most fields are
    texts and numbers, and a table is read at every tick."""
    hints, found = get_type_hints(kind), list[tuple[str, frozenset[type], Test | None]]()
    for field in fields(kind):
        plain, tests = set[type](), list[Test]()
        for hint in _parts(hints[field.name]):
            if hint in PLAIN:
                plain.add(hint)
            else:
                tests.append(_test(hint))
        found.append((field.name, frozenset(plain), _any_of(tests) if tests else None))
    return tuple(found)


def _parts(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _test(hint: Any) -> Test:
    origin, given = get_origin(hint), get_args(hint)
    if hint in PLAIN:
        return lambda value: type(value) is hint
    if origin in (Union, UnionType):
        return _any_of([_test(one) for one in given])
    if origin is Literal:
        return lambda value: type(value) is str and value in given
    if origin in (tuple, frozenset):
        return _all_of(origin, _test(given[0]))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping_of(_test(given[0]), _test(given[1]))
    if hint is datetime:
        return is_moment
    return _inner(hint)


def _any_of(tests: Sequence[Test]) -> Test:
    return tests[0] if len(tests) == 1 else lambda value: any(test(value) for test in tests)


def _all_of(kind: Any, test: Test) -> Test:
    return lambda value: isinstance(value, kind) and all(map(test, value))


def _mapping_of(key: Test, part: Test) -> Test:
    return lambda value: isinstance(value, Mapping) and all(key(one) and part(other) for one, other in value.items())


def _inner(kind: type) -> Test:
    return lambda value: isinstance(value, kind) and shaped(value) is value
