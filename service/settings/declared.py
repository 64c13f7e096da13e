"""What the sections of config.toml declare: their keys, one by one."""

from collections.abc import Collection, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from culture.people import Language
from culture.settings import Key, OneOf, Spread
from mailer.words import LANGUAGES


def declared(section: type) -> Sequence[tuple[Field[Any], Any, Key]]:
    """The keys of a section: field, type and what is told of it."""
    return _declared(section)


@cache  # each look at the file asks again
def _declared(section: type) -> Sequence[tuple[Field[Any], Any, Key]]:
    hints = get_type_hints(section, include_extras=True)
    said = ((field, hints[field.name], one) for field in fields(section) for one in metadata(hints[field.name]))
    return [(field, hint, one) for field, hint, one in said if isinstance(one, Key)]


def metadata(hint: Any) -> Sequence[Any]:
    """What is said of a type beside it."""
    return getattr(hint, "__metadata__", ())


def word_of(field: Field[Any], key: Key) -> str:
    """The key as it is written in the file."""
    return key.word or field.name


def needed(field: Field[Any]) -> bool:
    """Whether the key must be written."""
    return field.default is MISSING and field.default_factory is MISSING


def bare(hint: Any) -> Any:
    """The type itself: what is inside Annotated and beside None."""
    if get_origin(hint) is Annotated:
        return bare(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return bare(next(one for one in get_args(hint) if one is not type(None)))
    return hint


def is_section(kind: Any) -> bool:
    """Whether a type is a table of its own in the file."""
    return isinstance(kind, type) and is_dataclass(kind) and any(declared(kind))


def is_spread(hint: Any) -> bool:
    """Whether its tables, one for each language, stand in the section itself."""
    return any(isinstance(one, Spread) for one in metadata(hint))


def may_be_none(hint: Any) -> bool:
    """Whether there may be no value of that type."""
    inside = get_args(hint)
    return may_be_none(inside[0]) if get_origin(hint) is Annotated else type(None) in inside


def default(field: Field[Any]) -> Any:
    """What the key is where it is left out; None where it has to be written, too."""
    if field.default_factory is not MISSING:
        return field.default_factory()
    return None if field.default is MISSING else field.default


def choices(hint: Any) -> tuple[Any, ...]:
    """The values that a type has, where they are few; none otherwise."""
    if get_origin(hint) in (Union, UnionType):
        return tuple(value for one in get_args(hint) for value in choices(one))
    if get_origin(hint) is Literal:
        return get_args(hint)
    said = metadata(hint)
    return _among(said) or (choices(get_args(hint)[0]) if said else ())


def _among(said: Collection[Any]) -> tuple[Any, ...]:
    """The values that are said of a type beside it."""
    if any(one in said for one in get_args(Language)[1:]):
        return LANGUAGES
    return tuple(value for one in said if isinstance(one, OneOf) for value in one.values)
