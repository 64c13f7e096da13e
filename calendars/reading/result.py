"""What comes of reading somebody's calendar: its meetings, and what was left out and why. Values only. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from culture.meetings import Meeting

VERSION = 3
"""Of the reader: what an older one has read of the same bytes is read anew."""


class Unreadable(ValueError):
    """What stands there cannot be used. `text` is an English sentence, `fields` fill its {names}."""

    def __init__(self, text: str, **fields: Any) -> None:
        super().__init__(text.format(**fields))
        self.text = text
        self.fields = fields


class TooMuch(Unreadable):
    """The calendar asks for more work than one may; no part of it is to blame alone."""

    def __init__(self) -> None:
        text = "it holds more events than can be followed. Name a calendar of the department's own."
        super().__init__(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An event, or an exception of one, that cannot be read and costs nothing but itself."""

    what: str  # its SUMMARY, else its UID
    day: str  # on which it begins, as ISO; empty when that cannot be read
    text: str  # why, an English sentence
    fields: Mapping[str, str] = field(default_factory=dict)  # fill its {names}


MOST_NAMED = 100
"""Of what is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a calendar says. Cancelled meetings are not among the meetings; what they belong to is in `said`.

    `events` and `said` are short hashes of UIDs: which event each meeting (by id) is of, and which events could be read.
    """

    meetings: tuple[Meeting, ...]
    events: Mapping[str, str] = field(default_factory=dict)
    said: frozenset[str] = frozenset()
    left_out: tuple[LeftOut, ...] = ()
    more: int = 0  # how many were left out besides
    guessed: Mapping[str, str] = field(default_factory=dict)  # time zones nobody knows -> what was taken for them

    @property
    def nothing_read(self) -> bool:
        """Whether there are events, and none of them can be read."""
        return bool(self.left_out) and not self.meetings and not self.said


def no_calendar() -> Unreadable:
    return Unreadable("it is not a whole calendar. Write the address or the file of one that was exported as .ics.")
