"""The leaders' steps: short, in both languages, and each ends in something that somebody else notices."""

import pytest

from culture.leaders.steps import MINUTES, Step
from culture.policy import QUESTIONS
from mailer.words import LANGUAGES
from service.leaders.step_file import shipped_steps, steps_in
from service.messages.faults import BadInput

STEPS = shipped_steps().steps
WORDS = 150
SAID = 22
"""Words of a line that can be said in one breath."""


def test_there_are_three_years_of_them_for_the_five_tasks() -> None:
    assert len(STEPS) == 36
    assert {one.task for one in STEPS.values()} == {"begin", "agree", "tell", "involve", "judgement"}
    assert next(iter(STEPS.values())).task == "begin"  # with yourself
    assert {one.question for one in list(STEPS.values())[:12] if one.question} == set(QUESTIONS)  # in the first year


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", STEPS.values(), ids=lambda one: one.id)
def test_a_step_fits_on_a_screen_and_its_lines_can_be_said(step: Step, language: str) -> None:
    text = step.text(language)
    assert sum(len(part.split()) for part in (text.title, text.why, text.do, text.seen, *text.say)) <= WORDS
    assert [line for line in text.say if len(line.split()) > SAID] == []
    assert "!" not in "".join((text.title, text.why, text.do, text.seen, *text.say))
    assert MINUTES[0] <= step.minutes <= MINUTES[1]


def test_each_language_is_written_and_no_subject_comes_twice() -> None:
    assert [one.id for one in STEPS.values() if len(set(one.texts.values())) < len(LANGUAGES)] == []
    for language in LANGUAGES:
        titles = [one.text(language).title for one in STEPS.values()]
        assert len(set(titles)) == len(titles)


def test_a_step_that_rests_on_the_frame_says_where_the_answer_stands() -> None:
    for one in STEPS.values():
        assert ("nedenfor" in one.text("da").do) == (one.question is not None), one.id
        assert ("below" in one.text("en").do) == (one.question is not None), one.id


def test_a_faulty_file_is_said_whole() -> None:
    text = '[[step]]\nid = "x"\ntask = "beginn"\nminutes = 5\n[step.da]\ntitle = "T"\nwhy = "W"\ndo = "D"\nseen = "S"\nsay = ["one"]\n'
    with pytest.raises(BadInput) as found:
        steps_in((text, "leaders.toml"))
    assert len(found.value.faults) == 3
