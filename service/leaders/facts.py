"""What the letters to managers, and to the contact about the frame, say. Values only."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from culture.leaders.steps import Step
from culture.people import Language
from mailer.letter import About, Facts
from service.planning.own_letters import OFFICE

LEADERS = About("leaders", rank=40)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A question of the frame, in the reader's language, and the organisation's answer; empty: it is not decided. `key`:
    where the answer is written, in [policy.LANGUAGE]."""

    key: str
    asked: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFacts(Facts):
    """The month's step. `ruling`: the question that it rests on. `decided`: what has been decided since the reader was last
    told that it was open. `meeting`: when its two lines can be said (local to the department); `again`: when it was given
    before. `asks_reader`: the reader is the one who is asked what is open."""

    template: ClassVar = "leaders/step"
    about: ClassVar = LEADERS

    step: Step
    ruling: Ruling | None = None
    decided: tuple[Ruling, ...] = ()
    meeting: datetime | None = None
    again: date | None = None
    asks_reader: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameFacts(Facts):
    """The sheet with all six questions."""

    template: ClassVar = "leaders/frame"
    about: ClassVar = LEADERS

    rulings: tuple[Ruling, ...]
    asks_reader: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFacts(Facts):
    """What is open, for the contact. Never empty. `table`: the language of the table in which it is answered, [policy.TABLE].
    `again`: they were asked before. `sheet`: the day until which an answer comes on the managers' sheet; None when that has
    gone."""

    template: ClassVar = "leaders/open"
    about: ClassVar = OFFICE

    rulings: tuple[Ruling, ...]
    table: Language
    again: bool = False
    sheet: date | None = None
