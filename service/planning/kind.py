"""A kind of what can be sent, made or held: one row says everything of it. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from calendars.difference import Change
from culture.people import Person
from culture.world import World
from mailer.letter import Facts
from service.messages.translation import Sentence
from service.planning.fuse import Held

LAST = 1000

Counts = Literal["counted", "own-turn", "receipt", "time", "office"]
"""What a letter counts as. Of those "counted" a person gets two a week; the others are not counted (DESIGN 4.7): the
letters of a turn of one's own (at most one a day), what answers one's own act, news of when something is, and what the
service has to ask whoever runs it."""


def _nothing(period: str) -> str:
    return ""


When = Callable[[World, str], datetime | None]
Say = Callable[[World, "Action", str], Facts | None]


class Action(Protocol):
    """A letter to be, or a call: for whom (`names`: of all who are told by it), and which changes of appointments it tells
    of, each with its subject by its key."""

    @property
    def person(self) -> Person: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def changes(self) -> Sequence[Change]: ...
    @property
    def keys(self) -> tuple[str, ...]: ...
    @property
    def subjects(self) -> Mapping[str, str]: ...
    @property
    def held(self) -> tuple[Held, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is so of every letter, call or hold of a kind.

    `rank`: a letter that says several things begins with the kind of the lowest. `counts`: what its letters count as.
    `yields_in`: of what is counted and can become a section of the person's next letter, its place among those; None:
    it never waits for another. `news`: when the event is of which it is news, although no calendar
    changes by it; from the period of its notice. `gone_by`: the rules go by whether it left. `facts`: what a letter
    says by one of its keys; None where another of its keys says it too. `cancels`: takes something out of calendars.
    `fused`: whether the fuse may hold it. `previews`: the samples of it that can be looked at, None: one of its own
    name. `private`: its words are for whoever gets it, and not for whoever looks ahead.
    `about`: what a letter of the kind is about, from the period of its notice.
    `of_department`: whether that begins with the key of a department.
    """

    id: str
    name: Sentence  # of many, for administrators
    one: Sentence | None = None  # of one, for whoever asks what somebody got; None: it is no letter
    way: Literal["letter", "call", "hold"] = "letter"
    rank: int = LAST
    counts: Counts = "counted"
    yields_in: int | None = None
    news: When | None = None
    gone_by: bool = False
    facts: Say | None = None
    cancels: bool = False
    fused: bool = True
    previews: tuple[str, ...] | None = None
    private: bool = False
    about: Callable[[str], Sentence | str] = _nothing
    of_department: bool = False

    @property
    def shown(self) -> tuple[str, ...]:
        """The samples of it."""
        if self.way != "letter":
            return ()
        return (self.id,) if self.previews is None else self.previews
