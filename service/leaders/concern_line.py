"""The line of a weekly letter that tells of a concern and its answer, once."""

from collections.abc import Sequence

from culture.leaders.concerns import Decided
from service.planning.line import Line

QUOTED, SAID = 20, 24
"""Words of a concern and of its answer that stand in a letter; the page has the whole."""

AROUND, PROMISED, MORE = 10, 12, 6
"""Words beside them, of a promise, and of how many more there are, in any language."""


def answer_line(told: Sequence[Decided]) -> Line:
    """Of the first, and how many more there are on the page. As short as it can be: what has no room is not told."""
    one = told[0]
    text, answer = short(one.text, QUOTED), short(one.answer, SAID)
    said = len(answer.split()) if answer else PROMISED + len(one.asked.split())
    values = {"text": text, "answer": answer, "asked": one.asked, "answer_by": one.answer_by, "more": len(told) - 1}
    words = AROUND + len(text.split()) + said + (MORE if len(told) > 1 else 0)
    return Line(template="leaders/answered", words=words, values=values, rank=30)


def short(text: str, most: int) -> str:
    """On one line, cut after so many words."""
    words = text.split()
    return " ".join(words) if len(words) <= most else f"{' '.join(words[:most])} …"
