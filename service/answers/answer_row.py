"""What a programme tells of a plan: on the command line, as JSON, and in the timeline of a rehearsal."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from culture.people import Language
from culture.world import World
from service.messages.translation import Sentence
from service.planning.plan import Plan


def _nothing(*_: object) -> tuple[()]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What a record holds that somebody did, or that happened to what is theirs. `code` and `data` are for programs;
    `done`: they did it themselves."""

    at: datetime
    code: str
    said: Sentence
    done: bool
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presents:
    """That somebody presents at a department's meeting, `at` (aware)."""

    at: datetime
    department: str
    person: str

    def value(self) -> dict[str, Any]:
        """For a program to read."""
        return {"at": self.at.isoformat(), "department": self.department, "person": self.person}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """`lines`: what the plan changes, as sentences; names no more than that many. `values`: the same for programs.
    `story`: what has happened by itself at a tick, a line each. `closing`: what a rehearsal came to.
    `presents`: who presents from a moment on, as far as it is announced.
    `happened`: what the programme's own records hold of the person of these ids; nothing is kept for it."""

    lines: Callable[[Plan, Language, int | None], Iterable[str]] = _nothing
    values: Callable[[Plan], Mapping[str, Any]] = lambda _: {}
    story: Callable[[Plan, Language], Iterable[str]] = _nothing
    closing: Callable[[World, Language], Iterable[str]] = _nothing
    presents: Callable[[World, datetime], Iterable[Presents]] = _nothing
    happened: Callable[[World, Collection[str]], Iterable[Happened]] = _nothing
