"""What every programme tells of a plan, in their order."""

from service.answers.answer_row import AnswerRow
from service.programmes import brought

ANSWERS: tuple[AnswerRow, ...] = tuple(brought("answers", "ANSWERS"))
