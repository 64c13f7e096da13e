"""How a section of config.toml is declared: a frozen dataclass, whose fields are its keys. Pure.

    minutes: Annotated[int, Within(5, 60), Key("How many minutes the block takes.")] = 10

The rules read that dataclass. The service checks the file against it, and writes the reference page and the example from
it. A field without a Key is no key of the file.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Annotated, Any

from culture.workdays import Span, Week


@dataclass(frozen=True, slots=True)
class Key:
    """What is told of a key.

    `help`: a sentence, in English; other languages have theirs in templates/words. `more`: what only the reference page
    says after it, with Markdown. `word`: the key as it is written, where Python keeps that word for itself. `example`:
    TOML that shows it where the default shows nothing. `waits`: a running service takes an edit up at its next start.
    """

    help: str
    more: str = ""
    word: str = ""
    example: str = ""
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Within:
    """The least and the most that a number may be."""

    least: int
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Size:
    """The least and the most signs of a text, or entries of a list."""

    least: int
    most: int | None = None


@dataclass(frozen=True, slots=True)
class OneOf:
    """The values a text may have, where they are not known to the type: what is registered elsewhere."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """What is asked of a value as a whole; raises Bad."""

    of: Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Spread:
    """Said of tables, one for each language, that stand in the section itself: [policy.da], not [policy.answers.da]."""


class Written(StrEnum):
    """How values stand in the file that are more than a text, a number, a date."""

    LINE = "line"
    EMAIL = "email"
    DOMAIN = "domain"
    URL = "url"
    ZONE = "zone"
    COUNTRY = "country"
    TIME = "time"
    HABIT_TIME = "habit time"
    TIMES = "times"
    WINDOW = "window"
    WEEKDAY = "weekday"
    WEEKDAYS = "weekdays"
    CLOSED_DAYS = "closed days"
    QUIET_WEEKS = "quiet weeks"


Closed = Span | tuple[int, int]
"""Days from one to another, or a (month, day) of every year."""

Line = Annotated[str, Written.LINE]
Email = Annotated[str, Written.EMAIL]
Domain = Annotated[str, Written.DOMAIN]
Url = Annotated[str, Written.URL]
Zone = Annotated[str, Written.ZONE]
Country = Annotated[str, Written.COUNTRY]
TimeOfDay = Annotated[time, Written.TIME]
HabitTime = Annotated[time, Written.HABIT_TIME]
"""A time at which people are at work: 06:00 to 22:00."""

Times = Annotated[tuple[time, time], Written.TIMES]
"""From one time to another, both the same for a single one."""

Weekday = Annotated[int, Written.WEEKDAY]
"""ISO: 1 is Monday."""

Weekdays = Annotated[frozenset[int], Written.WEEKDAYS]
ClosedDays = Annotated[tuple[Closed, ...], Written.CLOSED_DAYS]
QuietWeeks = Annotated[tuple[Week | int, ...], Written.QUIET_WEEKS]


class Bad(ValueError):
    """What stands in the file cannot be: a sentence in English and its fields. In it {value} is what stands there.

    A section says by its method `check(given)` that its keys do not go together; `given` are those that stand in the
    file.
    """

    def __init__(self, text: str, **fields: Any) -> None:
        super().__init__(text)
        self.text, self.fields = text, fields
