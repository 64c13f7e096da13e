"""What becomes of concerns: the contact's month, what everybody reads, and when a manager may be told."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from culture.concerns import Concern
from culture.leaders import concerns as rules
from culture.leaders.concerns import ConcernRecords, Decided
from culture.leaders.settings import Leaders
from culture.people import Department, Person
from culture.trouble import RAISED
from culture.workdays import Span
from culture.world import World
from tests.culture_values import organisation, person

LEADER = person("1", started=date(2020, 1, 1), roles=frozenset({"leder"}))
STAFF = tuple(person(str(number), started=date(2020, 1, 1)) for number in range(10, 21))
"""Eleven: whoever wrote it, and ten others."""

NOVEMBER = Concern(id="c-1", month="2026-11", text="Hvem tjekker?")
MINE = Concern(id="c-2", month="2026-11", text="Chefen svarer ikke", department="plan")
ANSWERED = Decided(id="c-1", month="2026-11", day=date(2026, 12, 2), text="Hvem tjekker?", answer="Det gør vi.")


def world(
    day: date,
    *concerns: Concern,
    decided: tuple[Decided, ...] = (),
    people: tuple[Person, ...] = (LEADER, *STAFF),
    **changes: Any,
) -> World:
    made = organisation(*people, managers={"plan": "1"}, **changes).having(Leaders(enabled=True))
    records = ConcernRecords({one.id: one for one in concerns}, {one.id: one for one in decided})
    return World(made, datetime(day.year, day.month, day.day, 8, 0, tzinfo=UTC)).having(records)


def said(seen: World) -> list[tuple[str, str, str]]:
    return [(one.kind, one.period, one.person_id) for one in rules.due(seen, RAISED)]


# --- the contact's month


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 11, 30), False),
        (date(2026, 12, 1), False),  # what is handed in today is of November still
        (date(2026, 12, 2), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 2), False),  # a Saturday
        (date(2027, 1, 4), True),
    ],
)
def test_the_contact_gets_what_waits_on_the_first_working_day_from_the_second_on(day: date, told: bool) -> None:
    expected = [("concerns", f"{day:%Y-%m}", "contact")] if told else []
    assert said(world(day, NOVEMBER)) == expected


def test_a_month_without_concerns_has_no_letter_and_what_was_decided_is_not_asked_again() -> None:
    assert said(world(date(2026, 12, 2))) == []
    assert said(world(date(2026, 12, 2), replace(NOVEMBER, month="2026-12"))) == []  # this month's wait for the next
    assert said(world(date(2026, 12, 2), NOVEMBER, decided=(ANSWERED,))) == []
    kept = rules.keep_back(NOVEMBER, date(2026, 12, 2))
    assert said(world(date(2027, 1, 4), NOVEMBER, decided=(kept,))) == []


def test_an_answer_that_was_promised_and_did_not_come_is_asked_for_again() -> None:
    promised = replace(ANSWERED, answer="", asked="Karen Holst", answer_by=date(2026, 12, 20))
    assert said(world(date(2026, 12, 18), NOVEMBER, decided=(promised,))) == []
    late = world(date(2027, 1, 4), NOVEMBER, decided=(promised,))
    assert (said(late), rules.overdue(late)) == ([("concerns", "2027-01", "contact")], (promised,))


def test_the_letter_is_too_late_when_its_month_is_over() -> None:
    (notice,) = rules.due(world(date(2026, 12, 2), NOVEMBER), RAISED)
    assert (notice.due, notice.too_late) == (
        datetime(2026, 12, 2, 6, tzinfo=UTC),
        datetime(2026, 12, 31, 23, tzinfo=UTC),
    )


# --- a manager


def test_a_manager_is_told_of_the_month_before_where_the_writer_chose_so() -> None:
    seen = world(date(2026, 12, 2), NOVEMBER, MINE)
    assert said(seen) == [("concerns", "2026-12", "contact"), ("concern", "plan.2026-11-01", "1")]
    assert rules.for_manager(seen, "plan", "2026-11") == (MINE,)
    (_, notice) = rules.due(seen, RAISED)
    assert notice.too_late == datetime(2026, 12, 14, 23, tzinfo=UTC)  # before the department is forgotten
    assert said(world(date(2027, 1, 4), MINE)) == [("concerns", "2027-01", "contact")]


AWAY = {"20": (Span(date(2026, 10, 1), date(2026, 12, 31)),)}


@pytest.mark.parametrize(
    "changes",
    [
        {"people": (LEADER, *STAFF[1:])},  # ten, and so nine others
        {"people": (LEADER, *STAFF[1:], replace(STAFF[0], started=date(2026, 11, 2)))},
        {"people": (LEADER, *STAFF[1:], replace(STAFF[0], left=date(2026, 11, 29)))},
        {"people": (LEADER, *STAFF[1:], replace(STAFF[0], started=None))},  # first seen on the last of the month
        {"people": (LEADER, *STAFF[1:], replace(STAFF[0], department="hr"))},
        {"absences": AWAY},
        {"people": STAFF},  # nobody leads them any more
        {"people": (replace(LEADER, email=""), *STAFF)},
    ],
)
def test_a_manager_is_told_nothing_that_fewer_than_ten_others_could_have_written(changes: dict[str, Any]) -> None:
    assert said(world(date(2026, 12, 2), MINE, **changes)) == [("concerns", "2026-12", "contact")]


def test_only_such_departments_can_be_chosen() -> None:
    small = {"plan": Department(key="plan", name="Plan"), "hr": Department(key="hr", name="HR")}
    seen = world(date(2026, 11, 30), people=(LEADER, *STAFF, person("40", department="hr")), departments=small)
    assert rules.to_managers(seen) == {"plan": "Plan"}
    assert rules.to_managers(world(date(2026, 11, 30), people=(LEADER, *STAFF[1:]))) == {}
    off = seen.organisation.having(Leaders(enabled=False))
    assert rules.to_managers(replace(seen, organisation=off)) == {}
    assert list(rules.due(replace(world(date(2026, 12, 2), MINE), organisation=off), RAISED)) == []


# --- what everybody reads


def test_what_is_released_is_read_by_all_and_told_once_in_the_week_after() -> None:
    today = date(2026, 12, 2)  # a Wednesday
    reply = Decided(id="", month="", day=today, asked="Karen Holst", answer_by=date(2026, 12, 20))
    one = rules.release(MINE, "Chefen [...] svarer ikke", reply, today)
    (shown,) = rules.released(ConcernRecords({"c-2": MINE}, {"c-2": one})).concerns
    assert (shown.text, shown.asked_name, shown.answer_by) == (
        "Chefen [...] svarer ikke",
        "Karen Holst",
        date(2026, 12, 20),
    )
    seen = world(today, MINE, decided=(one,))
    weeks = [date(2026, 12, 4), date(2026, 12, 7), date(2026, 12, 13), date(2026, 12, 14)]
    assert [len(rules.of_week(seen, day)) for day in weeks] == [0, 1, 1, 0]
    given = replace(reply, asked="", answer_by=None, answer="Det gør vi nu.", answered_on=date(2026, 12, 18))
    later = rules.answered(one, given)
    assert (later.asked, later.answer) == ("Karen Holst", "Det gør vi nu.")
    assert [
        len(rules.of_week(world(today, MINE, decided=(later,)), day)) for day in (weeks[1], date(2026, 12, 21))
    ] == [1, 1]
    assert rules.answered(later, replace(given, answered_on=date(2027, 1, 5))) == later


def test_what_is_kept_back_is_read_by_nobody() -> None:
    kept = rules.keep_back(NOVEMBER, date(2026, 12, 2))
    assert rules.released(ConcernRecords({"c-1": NOVEMBER}, {"c-1": kept})).concerns == ()
    assert rules.of_week(world(date(2026, 12, 8), NOVEMBER, decided=(kept,)), date(2026, 12, 8)) == ()
