"""What the ambassadors tell of a plan."""

from service.ambassadors.corps_answers import corps_lines, corps_story
from service.answers.answer_row import AnswerRow

ANSWERS = AnswerRow(lines=corps_lines, story=corps_story)
