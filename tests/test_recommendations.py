"""Recommendations to management: where each stands, that "later" comes back, who is asked when, and how long they wait."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from culture.ambassadors.recommendations import (
    Answer,
    Recommendation,
    RecommendationRecords,
    Reply,
    State,
    answered,
    answered_since,
    asked_of,
    counted,
    due,
    outside_id,
    outsiders,
    sent,
    told,
    unanswered,
    waiting,
)
from culture.ambassadors.settings import Ambassadors
from culture.keys import NoticeKey
from culture.people import Person
from culture.trouble import RAISED
from culture.world import World
from service.ambassadors.recommendation_letters import recommendation_facts
from service.planning.jobs import Job
from tests.culture_values import organisation, person

ASKED = date(2027, 1, 12)  # a Tuesday
NOON = datetime(2027, 1, 12, 12, tzinfo=UTC)
CHIEF = person("70", name="Karen Holst")
ONE = Recommendation(
    id="rec-1",
    text="Køb ti licenser til sagsbehandlerne",
    reason="To afdelinger venter.",
    written_on=date(2027, 1, 5),
    to_name="Karen Holst",
    to_email="70@x.example",
)
SENT = sent(ONE, "70", ASKED)


def world(day: date, *recommendations: Recommendation, people: tuple[Person, ...] = (CHIEF,), **changes: Any) -> World:
    enabled = changes.pop("enabled", True)
    made = organisation(*people, **changes).having(Ambassadors(enabled=enabled))
    now = datetime(day.year, day.month, day.day, 8, 0, tzinfo=UTC)
    return World(made, now).having(RecommendationRecords({one.id: one for one in recommendations}))


def reply(day: date, answer: Answer, until: date | None = None) -> Reply:
    return Reply(day=day, answer=answer, by="Karen Holst", until=until)


def periods(seen: World) -> list[tuple[str, str]]:
    return [(one.period, one.person_id) for one in due(seen, RAISED)]


def test_a_draft_is_the_corps_own_and_nobody_is_asked() -> None:
    seen = world(ASKED, ONE)
    assert (ONE.state(ASKED), told(seen), unanswered(seen), periods(seen)) == (State.DRAFT, (), (), [])


def test_a_letter_asks_for_an_answer_by_a_day_to_come() -> None:
    def by(day: date) -> date | None:
        key = NoticeKey("recommendation", f"rec-1.{day}", "70").to_text()
        job = Job(person=CHIEF, kinds=("recommendation",), keys=(key,), due=NOON, too_late=None, at_once=False)
        return recommendation_facts(world(day, replace(SENT, by=ASKED + timedelta(days=30))), job, key).by

    reminded = ASKED + timedelta(days=30)
    assert (by(ASKED), by(reminded)) == (reminded, None)


def test_later_comes_back_by_itself_on_its_day_and_is_asked_again() -> None:
    later = answered(SENT, reply(ASKED + timedelta(days=2), Answer.LATER, date(2027, 4, 14)))
    assert later.state(date(2027, 4, 13)) is State.LATER
    assert periods(world(date(2027, 4, 13), later)) == []
    assert later.state(date(2027, 4, 14)) is State.SENT
    assert periods(world(date(2027, 4, 14), later)) == [("rec-1.2027-04-14", "70")]
    accepted = answered(later, reply(date(2027, 4, 20), Answer.YES))
    assert (accepted.state(date(2027, 4, 20)), periods(world(date(2027, 4, 20), accepted))) == (State.YES, [])
    assert [one.answer for one in accepted.answers] == [Answer.LATER, Answer.YES]


@pytest.mark.parametrize(
    ("day", "on_agenda", "days"),
    [
        (ASKED, False, ["2027-01-12"]),
        (ASKED + timedelta(days=29), False, ["2027-01-12"]),
        (ASKED + timedelta(days=30), True, ["2027-01-12", "2027-02-11"]),
        (ASKED + timedelta(days=400), True, ["2027-01-12", "2027-02-11"]),
    ],
)
def test_after_thirty_days_it_is_asked_once_more_and_stands_on_every_agenda_with_its_age(
    day: date, on_agenda: bool, days: list[str]
) -> None:
    seen = world(day, SENT)
    assert periods(seen) == [(f"rec-1.{one}", "70") for one in days]
    assert sum(one.too_late > seen.now for one in due(seen, RAISED)) <= 1
    (open_,) = unanswered(seen)
    assert (open_.since, open_.days) == (ASKED, (day - ASKED).days)
    assert waiting(seen) == ((open_,) if on_agenda else ())


def test_what_came_back_waits_since_it_came_back() -> None:
    later = answered(SENT, reply(ASKED, Answer.LATER, date(2027, 4, 14)))
    (open_,) = unanswered(world(date(2027, 5, 1), later))
    assert (open_.since, open_.days) == (date(2027, 4, 14), 17)


def test_the_day_that_an_answer_was_hoped_for_is_over_when_the_question_comes_back() -> None:
    hoped = ASKED + timedelta(days=30)
    asked = replace(SENT, by=hoped)
    back = replace(asked, answers=(reply(ASKED, Answer.LATER, until=hoped + timedelta(days=60)),))
    assert asked.hoped_for(hoped + timedelta(days=1)) == hoped  # late, and worth knowing
    assert back.hoped_for(hoped + timedelta(days=61)) is None


def test_a_letter_leaves_at_seven_and_is_too_late_after_a_month() -> None:
    (notice,) = due(world(ASKED, SENT), RAISED)
    assert notice.due == datetime(2027, 1, 12, 6, 0, tzinfo=UTC)
    assert notice.too_late - notice.due == timedelta(days=30)
    early = replace(world(ASKED, SENT), now=datetime(2027, 1, 12, 5, 59, tzinfo=UTC))
    assert list(due(early, RAISED)) == []


def test_an_outsider_has_an_id_for_this_question_alone_and_stays_one_when_hr_comes_to_know_them() -> None:
    board = sent(replace(ONE, to_email="formand@board.example", to_name="Ida Bro"), outside_id(ONE), ASKED)
    seen = world(ASKED, board)
    assert [(one.id, one.email, one.name) for one in outsiders(seen)] == [
        ("asked-rec-1", "formand@board.example", "Ida Bro")
    ]
    known = person("90", email="formand@board.example")
    assert periods(world(ASKED, board, people=(CHIEF, known))) == periods(seen) == [("rec-1.2027-01-12", "asked-rec-1")]


def test_whoever_has_left_is_not_asked_and_it_waits_on() -> None:
    left = replace(CHIEF, left=ASKED)
    seen = world(ASKED + timedelta(days=31), SENT, people=(left,))
    assert periods(seen) == []
    assert [one.days for one in waiting(seen)] == [31]
    again = sent(SENT, "71", ASKED + timedelta(days=31))
    assert periods(world(ASKED + timedelta(days=31), again, people=(left, person("71")))) == [
        ("rec-1.2027-02-12", "71")
    ]


def test_nobody_is_late_with_an_answer_to_a_letter_that_never_left() -> None:
    seen = world(ASKED + timedelta(days=40), SENT)
    held = seen.having(replace(seen.of(RecommendationRecords), unheard=frozenset({"rec-1"})))
    assert ([one.unheard for one in unanswered(held)], waiting(held)) == ([True], ())
    assert [one.unheard for one in waiting(seen)] == [False]


def test_an_answer_posted_twice_is_one_and_who_thinks_better_of_it_has_said_the_second() -> None:
    yes = reply(ASKED, Answer.YES)
    once = answered(SENT, yes)
    assert answered(once, yes) == once
    assert answered(once, reply(ASKED, Answer.NO)).answers == (reply(ASKED, Answer.NO),)
    assert len(answered(once, reply(ASKED + timedelta(days=1), Answer.NO)).answers) == 2


def test_sent_again_the_old_answer_answers_nothing() -> None:
    no = answered(SENT, reply(ASKED, Answer.NO))
    again = sent(no, "71", ASKED)
    assert (again.state(ASKED), again.answer, len(again.answers)) == (State.SENT, None, 1)
    assert again.waits_since(ASKED) == ASKED


def test_what_is_withdrawn_is_asked_of_nobody_and_told_to_nobody() -> None:
    gone = replace(SENT, withdrawn_on=ASKED)
    assert (gone.state(ASKED), told(world(ASKED, gone)), periods(world(ASKED, gone))) == (State.WITHDRAWN, (), [])


def test_without_a_corps_nobody_is_asked() -> None:
    board = sent(ONE, outside_id(ONE), ASKED)
    off = world(ASKED, SENT, replace(board, id="rec-2"), enabled=False)
    assert (periods(off), list(outsiders(off))) == ([], [])


def test_the_recipient_sees_what_waits_first() -> None:
    two = sent(replace(ONE, id="rec-2"), "70", ASKED + timedelta(days=1))
    done = answered(two, reply(ASKED + timedelta(days=2), Answer.YES))
    seen = world(ASKED + timedelta(days=3), SENT, done, sent(replace(ONE, id="rec-3"), "71", ASKED))
    assert [one.id for one in asked_of(seen, CHIEF)] == ["rec-1", "rec-2"]
    assert [one.id for one in answered_since(seen, ASKED + timedelta(days=2))] == ["rec-2"]
    assert answered_since(seen, ASKED + timedelta(days=3)) == ()


def test_a_quarter_counts_what_was_sent_what_was_answered_and_how_long_it_took() -> None:
    later = answered(SENT, reply(ASKED + timedelta(days=10), Answer.LATER, date(2027, 4, 14)))
    accepted = answered(later, reply(date(2027, 4, 20), Answer.YES))
    open_ = sent(replace(ONE, id="rec-2"), "70", date(2027, 5, 1))
    seen = world(date(2027, 6, 30), accepted, open_, replace(ONE, id="rec-3"))
    first = counted(seen, date(2027, 1, 1), date(2027, 3, 31))
    assert (first.sent, dict(first.answers), first.days) == (1, {Answer.YES: 0, Answer.NO: 0, Answer.LATER: 1}, (10,))
    second = counted(seen, date(2027, 4, 1), date(2027, 6, 30))
    assert (second.sent, second.answers[Answer.YES], second.days) == (1, 1, (6,))
    assert (second.waiting, second.longest) == (1, 60)
