"""Values as they stand in config.toml, and what is told of a key: for the example and for the reference page. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import Field
from datetime import date, datetime, time
from typing import Any

from culture.organisation import Window
from culture.people import Language
from culture.settings import Key, Within, Written
from service.messages.translation import Sentence, say
from service.settings.config_types import WEEKDAYS
from service.settings.declared import choices, default, metadata


def in_toml(value: Any, hint: Any = None) -> str:
    """A value as it is written. `hint`: the type its key declares, where that says more than the value."""
    if Written.WEEKDAY in metadata(hint):
        value = WEEKDAYS[value - 1]
    match value:
        case bool():
            return str(value).lower()
        case str():
            return _quoted(value)
        case time() | Window() | (time(), time()):
            return f'"{_hours(value)}"'
        case date() | datetime():
            return value.isoformat()
        case frozenset():
            return _list(WEEKDAYS[day - 1] for day in sorted(value))
        case Mapping():
            return _table(value)
        case Sequence():
            return _list(value)
    return str(value)


def _quoted(text: str) -> str:
    return f"'{text}'" if "\\" in text or '"' in text else f'"{text}"'


def _hours(value: time | Window | tuple[time, time]) -> str:
    """A time, or from when to when."""
    match value:
        case Window(opens=opens, closes=closes):
            return f"{opens:%H:%M}-{closes:%H:%M}"
        case (first, last) if first != last:
            return f"{first:%H:%M}-{last:%H:%M}"
        case (first, _):
            return f"{first:%H:%M}"
    return f"{value:%H:%M}"


def _list(values: Iterable[Any]) -> str:
    return "[" + ", ".join(in_toml(one) for one in values) + "]"


def _table(values: Mapping[str, Any]) -> str:
    inside = ", ".join(f"{name} = {in_toml(one)}" for name, one in values.items())
    return f"{{ {inside} }}" if inside else "{}"


def shown_in(field: Field[Any], hint: Any, key: Key, *, out: bool) -> str:
    """The value that shows a key which is not set: what it then is, or an example where that is nothing. Where the whole
    section is left `out`, the example anyway."""
    value = default(field)
    return key.example if key.example and (out or not value) else in_toml(value, hint)


def told(key: Key, hint: Any, language: Language) -> str:
    """What is told of a key, and what it may be, without a full stop at the end."""
    may_be = ", ".join(one.said(language) if isinstance(one, Sentence) else one for one in _may_be(hint))
    return say(language, key.help).removesuffix(".") + (f" ({may_be})" if may_be else "")


def _may_be(hint: Any) -> Iterator[str | Sentence]:
    yield from map(in_toml, choices(hint))
    for said in metadata(hint):
        match said:
            case Within(least=least, most=None):
                yield Sentence("at least {least}", {"least": least})
            case Within(least=least, most=most):
                yield Sentence("{least} to {most}", {"least": least, "most": most})
