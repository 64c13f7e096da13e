"""The organisation's six answers."""

from dataclasses import replace

from culture.policy import Policy
from tests.culture_values import ANSWERS

OPEN = Policy(answers={"da": ANSWERS, "en": ANSWERS})


def test_what_nobody_has_answered_is_open_and_never_invented() -> None:
    assert OPEN.open == ("vision", "jobs", "learning")
    assert [OPEN.answer(one, "da") for one in OPEN.open] == ["", "", ""]


def test_an_answer_in_one_language_is_no_open_question_in_another() -> None:
    policy = replace(OPEN, answers={"da": replace(ANSWERS, jobs="Ingen mister sit."), "en": ANSWERS})
    assert policy.open == ("vision", "learning")
    assert (policy.answer("jobs", "da"), policy.answer("jobs", "en")) == ("Ingen mister sit.", "Ingen mister sit.")


def test_each_language_has_its_own_answer_where_both_were_written() -> None:
    danish, english = replace(ANSWERS, vision="Tid til borgerne."), replace(ANSWERS, vision="Time for citizens.")
    policy = Policy(answers={"da": danish, "en": english})
    assert policy.answer("vision", "en") == "Time for citizens."
    assert policy.answer("data", "en") == "Public texts only."


def test_the_text_of_a_language_has_what_was_answered_in_another() -> None:
    policy = replace(OPEN, answers={"da": replace(ANSWERS, jobs="Ingen mister sit."), "en": ANSWERS})
    assert policy.text("en") == replace(ANSWERS, jobs="Ingen mister sit.")
    assert OPEN.text("en") == ANSWERS
