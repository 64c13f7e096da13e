"""The steps that managers are asked to take, one a month: the catalogue, and which comes when. Pure.

Everybody who leads has the same one in a month, so that they can talk about it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from culture.organisation import Organisation
from culture.people import Language
from culture.policy import Question
from culture.workdays import first_day
from culture.working_days import is_working_day, next_working_day

Task = Literal["begin", "agree", "tell", "involve", "judgement"]
"""The guide's five tasks of a leader: begin with yourself and share what failed; agree on tools, data and
responsibility; tell the vision and be open about jobs; involve everyone; guard professional judgement."""

MINUTES = (10, 60)
"""What a step takes: less changes nothing, more is not done."""

MONDAY = 1
"""ISO. Steps come on the first of a month: they can wait, and what can wait goes with the week's prompts."""

AFTER_SHEET = 5
"""So many working days lie between the sheet with the frame and the first step: it is to be read before."""

LAST_DAY = 20
"""A month's step comes no later than on this day of it, or it is the next month's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepText:
    """A step in one language. `say` are the two lines for the department's meeting."""

    title: str
    why: str
    do: str
    seen: str  # what somebody else notices
    say: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. `question`: of the policy's, the one that it rests on."""

    id: str
    task: Task
    minutes: int
    texts: Mapping[Language, StepText]  # in every language
    question: Question | None = None

    def text(self, language: Language) -> StepText:
        """Its words in a language; in another one where it was not written in that."""
        return self.texts[language]


@dataclass(frozen=True)
class Steps:
    """The steps in their order, by id."""

    steps: Mapping[str, Step] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The step of a month. `undecided`: the questions of the policy that nobody had answered by then. `said`: whether one of
    its letters has left."""

    step: str
    day: date
    undecided: tuple[Question, ...] = ()
    said: bool = False


def month_of(day: date) -> str:
    """The month of a day, as steps are known by it: `2027-01`."""
    return f"{day.year:04}-{day.month:02}"


def months_end(month: str) -> date:
    """The first day after it; the calendar's last where there is none."""
    first = date.fromisoformat(f"{month}-01")
    if (first.year, first.month) == (date.max.year, 12):
        return date.max
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)


def step_day(organisation: Organisation, month: str, sheet: date) -> date | None:
    """The day of a month's step: the first Monday, no sooner than AFTER_SHEET after the sheet, or the next working day where
    that is closed. None where that is late in the month."""
    first, read = date.fromisoformat(f"{month}-01"), _read_by(organisation, sheet)
    last = first.replace(day=LAST_DAY)
    if read is None or read > last:
        return None
    begin = max(first, read)
    monday = begin + timedelta(days=(MONDAY - begin.isoweekday()) % 7)
    found = first_day(monday, lambda one: is_working_day(organisation, one), within=LAST_DAY)
    return found if found and found <= last else None


def _read_by(organisation: Organisation, sheet: date) -> date | None:
    """The day by which the sheet has been read: AFTER_SHEET working days later."""
    found: date | None = sheet
    for _ in range(AFTER_SHEET):
        found = next_working_day(organisation, found) if found and found < date.max else None
    return found


def next_step(steps: Iterable[Step], past: Iterable[Given]) -> Step | None:
    """The step whose turn it is: of those that were given least often the first in their order. None for none at all."""
    times: dict[str, int] = {}
    for one in past:
        times[one.step] = times.get(one.step, 0) + 1
    return min(steps, key=lambda one: times.get(one.id, 0), default=None)
