"""What the letters about concerns say. Values only."""

from dataclasses import dataclass
from typing import ClassVar

from culture.leaders.concerns import Decided
from mailer.letter import Facts
from service.leaders.facts import LEADERS
from service.planning.own_letters import OFFICE


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernsFacts(Facts):
    """To the contact: the texts that wait to be released, each with its month in words; and what was promised and has not
    been answered. One of the two is there."""

    template: ClassVar = "leaders/concerns"
    about: ClassVar = OFFICE

    waiting: tuple[tuple[str, str], ...]
    overdue: tuple[Decided, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernFacts(Facts):
    """To a manager: what was written in a month by those who chose so, in which department. Never empty."""

    template: ClassVar = "leaders/concern"
    about: ClassVar = LEADERS

    texts: tuple[str, ...]
    department: str  # its name
    month: str  # in words
    others: int  # so many others could have written it, at least
