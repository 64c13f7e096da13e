"""What the ambassadors tell of a plan."""

from collections.abc import Iterator

from culture.people import Language
from service.ambassadors.agenda_answers import agenda_lines
from service.ambassadors.corps_answers import corps_lines
from service.answers.answer_row import AnswerRow
from service.planning.plan import Plan


def _lines(plan: Plan, language: Language, shown: int | None) -> Iterator[str]:
    yield from corps_lines(plan, language, shown)
    yield from agenda_lines(plan, language, shown)


def _story(plan: Plan, language: Language) -> Iterator[str]:
    yield from _lines(plan, language, None)


ANSWERS = AnswerRow(lines=_lines, story=_story)
