"""What the letter of the report says. Values only, in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mailer.letter import About, Facts

REPORT = About("report", rank=80)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A table in a line: what it is called, and its rows in words."""

    heading: str
    rows: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A proposal, and where in config.toml it is done."""

    text: str
    written: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts(Facts):
    """A quarter is over. `name`: the quarter in words, `quarter`: as a command takes it. `chapters`: what each is called,
    and its tables. `people_rule`: how numbers of people are meant; empty where there are none."""

    template: ClassVar = "report/report"
    about: ClassVar = REPORT

    quarter: str
    name: str
    chapters: Sequence[tuple[str, Sequence[Said]]]
    proposals: Sequence[Proposed]
    people_rule: str
