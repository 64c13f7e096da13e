"""The line of a weekly letter that tells of a concern and its answer, once."""

from collections.abc import Sequence

from culture.leaders.concerns import Decided
from service.planning.line import Line

QUOTED, SAID = 25, 30
"""Words of a concern and of its answer that stand in a letter; the page has the whole."""

AROUND = 30
"""Words beside them."""


def answer_line(told: Sequence[Decided]) -> Line:
    """Of the first, and how many more there are on the page."""
    one = told[0]
    values = {
        "text": short(one.text, QUOTED),
        "answer": short(one.answer, SAID),
        "asked": one.asked,
        "answer_by": one.answer_by,
        "more": len(told) - 1,
    }
    return Line(template="leaders/answered", words=AROUND + QUOTED + SAID, values=values, rank=30)


def short(text: str, most: int) -> str:
    """On one line, cut after so many words."""
    words = text.split()
    return " ".join(words) if len(words) <= most else f"{' '.join(words[:most])} …"
