"""What the letter of the revisit list says. Values only."""

from dataclasses import dataclass
from typing import ClassVar

from culture.revisit.rules import Made, Revisit
from mailer.letter import About, Facts

REVISITS = About("revisit", rank=30)
WORKS = About("works", rank=35)


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisitFacts(Facts):
    """Something once rejected, or tried twice, is to be judged again.

    `name`: as it is called in the reader's language; `news`: what brought it early, empty for nothing. `owner`: whose it is, if that is somebody else: who `has_left`, or
    from whom it was handed on. `again`: it was asked before, be it of the reader or of whoever had it then.
    """

    template: ClassVar = "revisit/revisit"
    about: ClassVar = REVISITS

    item: Revisit
    name: str
    news: str = ""
    owner: str = ""
    has_left: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksFacts(Facts):
    """Something that did not work for the reader works now. `by`: who says so, `why`: with which words, `became`: what was
    made of it for all."""

    template: ClassVar = "revisit/works"
    about: ClassVar = WORKS

    name: str
    by: str
    why: str
    became: tuple[Made, ...] = ()
