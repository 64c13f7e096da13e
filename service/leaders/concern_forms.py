"""What the contact writes about a concern, and what is wrong with it."""

from collections.abc import Mapping
from datetime import date, timedelta

from culture.leaders.concerns import Decided
from service.acts.concerns import text_of
from service.messages.days import parse_day
from service.messages.faults import BadInput, Fault
from service.messages.plain_text import LINE_LETTERS, MOST_LETTERS, one_line, plain
from service.messages.translation import Sentence

ANSWER_FIELDS = ("answer", "asked", "answer_by")
RELEASE_FIELDS = ("text", *ANSWER_FIELDS)

LATEST = timedelta(days=366)


def read_text(values: Mapping[str, str]) -> str:
    """The concern as it is to stand for all. Raises BadInput."""
    return text_of(values.get("text", ""))


def read_answer(values: Mapping[str, str], today: date) -> Decided:
    """An answer, or who is to give one and by when; one of the two there must be. Raises BadInput with every fault, the
    field's name as the file."""
    faults: list[Fault] = []
    answer = _written("answer", plain(values.get("answer", "")), MOST_LETTERS, faults)
    if answer and not faults:  # what was promised before stands in its form still, and does not matter now
        return Decided(id="", month="", day=today, answer=answer, answered_on=today)
    asked = _written("asked", one_line(values.get("asked", "")), LINE_LETTERS, faults)
    by = _day(values.get("answer_by", ""), today, faults)
    if not faults:
        if not asked:
            sentence = "Write an answer, or who was asked for one and by when."
            faults.append(Fault("answer", "", Sentence(sentence)))
        elif by is None:
            sentence = "Write by when {name} answers: nobody waits well without a day."
            faults.append(Fault("answer_by", "", Sentence(sentence, {"name": asked})))
    if faults:
        raise BadInput(faults)
    return Decided(id="", month="", day=today, asked=asked, answer_by=by)


def _written(name: str, found: str, most: int, faults: list[Fault]) -> str:
    if len(found) > most:
        sentence = "This is {count} letters long. Keep it to {most}."
        faults.append(Fault(name, "", Sentence(sentence, {"count": len(found), "most": most})))
    return found


def _day(given: str, today: date, faults: list[Fault]) -> date | None:
    if not given.strip():
        return None
    found = parse_day(given)
    if found is None:
        sentence = '"{value}" is not a date. Write 2026-12-01 or 01-12-2026.'
        faults.append(Fault("answer_by", "", Sentence(sentence, {"value": one_line(given)[:80]})))
    elif not today <= found <= today + LATEST:
        sentence = "{value} has been, or is more than a year away. Write a day to come."
        faults.append(Fault("answer_by", "", Sentence(sentence, {"value": f"{found}"})))
    return found
