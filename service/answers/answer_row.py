"""What a programme tells of a plan: on the command line, as JSON, and in the timeline of a rehearsal."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from culture.people import Language
from culture.world import World
from service.planning.plan import Plan


def _nothing(*_: object) -> tuple[()]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """`lines`: what the plan changes, as sentences; names no more than that many. `values`: the same for programs.
    `story`: what has happened by itself at a tick, a line each. `closing`: what a rehearsal came to."""

    lines: Callable[[Plan, Language, int | None], Iterable[str]] = _nothing
    values: Callable[[Plan], Mapping[str, Any]] = lambda _: {}
    story: Callable[[Plan, Language], Iterable[str]] = _nothing
    closing: Callable[[World, Language], Iterable[str]] = _nothing
