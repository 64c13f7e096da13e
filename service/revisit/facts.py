"""What the letter of the revisit list says. Values only."""

from dataclasses import dataclass
from typing import ClassVar

from culture.revisit.rules import Revisit
from mailer.letter import About, Facts

REVISITS = About("revisit", rank=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisitFacts(Facts):
    """Something once rejected is to be judged again. `for_whom`: the owner who has left, whose place the reader takes."""

    template: ClassVar = "revisit/revisit"
    about: ClassVar = REVISITS

    item: Revisit
    for_whom: str
