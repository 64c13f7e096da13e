"""Frozen dataclasses to and from plain JSON documents, by their type hints. What equals its default is left out.

Dates and times are ISO 8601; a moment in a named zone carries it, `2026-12-03T09:00:00+01:00[Europe/Copenhagen]`
(RFC 9557), for a meeting is at a local time and must not come back as another day in UTC. A class that has `to_text` and
`from_text` is one text, and a member of an enumeration its value.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime, time
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """The value as JSON has it. Raises TypeError for what has no plain form, ValueError for a naive moment."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if hasattr(value, "to_text"):
        return value.to_text()
    if is_dataclass(value):
        return _fields(value)
    return _container(value)


def _fields(value: Any) -> dict[str, Any]:
    made = ((field, getattr(value, field.name)) for field in fields(value))
    return {field.name: to_plain(part) for field, part in made if part != _default(field)}


def _container(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): to_plain(part) for key, part in value.items()}
    if isinstance(value, frozenset):
        return [to_plain(part) for part in sorted(value)]
    if isinstance(value, tuple):
        return [to_plain(part) for part in value]
    raise TypeError(f"{type(value).__name__} has no plain form")


def from_plain(kind: type[T], document: Any) -> T:
    """The value of `kind` that `to_plain` made this of. Raises KeyError, TypeError or ValueError for anything else."""
    made: T = _reader(cast(Any, kind))(document)  # mypy asks whether any type can be hashed
    return made


def _moment(value: datetime) -> str:
    if value.utcoffset() is None:
        raise ValueError(f"A moment in a record must carry a zone, got {value!r}.")
    if isinstance(value.tzinfo, ZoneInfo) and value.tzinfo.key != "UTC":
        return f"{value.isoformat()}[{value.tzinfo.key}]"
    return value.astimezone(UTC).isoformat()


def _read_moment(text: str) -> datetime:
    moment, bracket, zone = text.partition("[")
    found = datetime.fromisoformat(moment)
    return found.astimezone(ZoneInfo(zone.rstrip("]"))) if bracket else found


def _default(field: Field[Any]) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


Reader = Callable[[Any], Any]


@cache
def _reader(kind: Any) -> Reader:
    """What makes a value of a type. Worked out once for each type: a table is read at every tick, and asking the hints
    each time would be most of it."""
    origin, given = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        (inner,) = (one for one in given if one is not NoneType)
        return _optional(_reader(inner))
    if origin is tuple or origin is frozenset:
        return _many(origin, _reader(given[0]))
    if _is_class(origin, Mapping):
        return _mapping(_reader(given[1]))
    if hasattr(kind, "from_text"):
        return cast(Reader, kind.from_text)
    if is_dataclass(kind):
        return _dataclass_reader(kind)
    if _is_class(kind, Enum):
        return cast(Reader, kind)
    readers: dict[Any, Reader] = {datetime: _read_moment, date: date.fromisoformat, time: time.fromisoformat}
    return readers.get(kind, _as_it_is)


def _is_class(kind: Any, of: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, of)


def _as_it_is(value: Any) -> Any:
    return value


def _optional(read: Reader) -> Reader:
    return lambda value: None if value is None else read(value)


def _many(kind: Any, read: Reader) -> Reader:
    return lambda value: kind(map(read, value))


def _mapping(read: Reader) -> Reader:
    return lambda value: {key: read(part) for key, part in value.items()}


def _dataclass_reader(kind: Any) -> Reader:
    hints = get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in fields(kind)}

    def read(document: Mapping[str, Any]) -> Any:
        return kind(**{name: readers[name](part) for name, part in document.items()})

    return read
