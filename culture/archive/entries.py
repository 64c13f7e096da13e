"""What stands in the archive, and the row by which a programme brings it. Pure.

An entry is in one language, and holds what may be told to everybody and nothing else: who it is from only where they
said yes, no department that would tell it all the same, and of a day the month where the day would.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from culture.folded import fold
from culture.organisation import Organisation
from culture.people import Language
from culture.world import World


@dataclass(frozen=True, slots=True)
class Value:
    """Something to choose by: its id, the same in every language, and what people call it."""

    id: str
    said: str


NONE = Value("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that was learned, in one language.

    `key` is what it is in the records; nobody is shown it, for it may tell whose it is. `when` is a day, 2026-12-03, or
    a month, 2026-12. `body`: headings, and what stands below each. `link` is where a presentation is, `link_for` who can
    open it. `id`, `period` and `sector` are the archive's own, and no programme brings them.
    """

    key: str
    kind: Value
    title: str
    when: str
    body: tuple[tuple[str, str], ...] = ()
    outcome: Value = NONE
    department: Value = NONE
    tool: Value = NONE
    name: str = ""
    link: str = ""
    link_for: str = ""
    id: str = ""  # opaque, and the same as long as the store's secret is
    period: Value = NONE
    sector: Value = NONE

    @property
    def month(self) -> str:
        """Such as 2026-12."""
        return self.when[:7]

    @property
    def quarter(self) -> str:
        """Such as 2026q4."""
        return f"{self.when[:4]}q{(int(self.when[5:7]) + 2) // 3}"

    @property
    def texts(self) -> tuple[str, ...]:
        """What is searched: everything that stands there, without the headings."""
        chosen = (self.kind.said, self.outcome.said, self.department.said, self.tool.said)
        return (self.title, *(text for _, text in self.body), *chosen, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """What a programme brings to the archive. `on`: whether it runs; where it does not, nothing of it stands there."""

    on: Callable[[Organisation], bool]
    every: Callable[[World, Language], Iterable[Entry]]


def tool(text: str) -> Value:
    """A tool as somebody wrote it: however it is spelled, it is the same one."""
    said = " ".join(text.split())
    return Value(fold(said), said)


def one_spelling(entries: Iterable[Entry]) -> dict[str, Value]:
    """Each tool by its id, spelled in one way, whoever wrote it: the first in the alphabet, so Copilot for copilot."""
    found: dict[str, Value] = {}
    for one in entries:
        if one.tool.id:
            found[one.tool.id] = min(one.tool, found.get(one.tool.id, one.tool), key=lambda tool: tool.said)
    return found


def ordered(entries: Iterable[Entry]) -> list[Entry]:
    """The newest first. What is told with its month only comes last in it, in an order that tells nothing: by the ids
    that are shown."""
    return sorted(entries, key=lambda one: (one.when, one.id), reverse=True)
