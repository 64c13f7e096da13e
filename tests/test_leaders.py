"""The leaders: who is asked when, which step comes, and what is never made up."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from culture.leaders.advance import advance
from culture.leaders.frame import Frame, last_asked
from culture.leaders.meeting import next_meeting, to_say
from culture.leaders.notices import due
from culture.leaders.records import LeaderRecords
from culture.leaders.settings import Leaders
from culture.leaders.steps import Given, Step, Steps, StepText, months_end, next_step, step_day
from culture.meetings import MeetingPlan, Rhythm
from culture.notice import Notice
from culture.organisation import Organisation, Window
from culture.people import Department, Person
from culture.policy import Policy
from culture.trouble import Troubles
from culture.workdays import Closing, Span
from culture.world import World
from service.leaders.check import CHECK
from service.planning.moments import next_moment
from tests.culture_values import ANSWERS, organisation, person

pytestmark = pytest.mark.slow

ZONE = ZoneInfo("Europe/Copenhagen")
DECIDED = Policy(answers={"da": replace(ANSWERS, vision="Tid.", jobs="Ingen mister sit.", learning="To kurser.")})
TEXT = StepText(title="T", why="W", do="D", seen="S", say=("One", "Two"))


def step(step_id: str) -> Step:
    return Step(id=step_id, task="begin", minutes=10, texts={"da": TEXT, "en": TEXT})


def steps(*ids: str) -> Steps:
    return Steps({one: step(one) for one in ids})


def leader(person_id: str = "7", **changes: Any) -> Person:
    return person(person_id, **{"roles": frozenset({"leder"}), **changes})


def place(*people: Person, settings: Leaders | None = None, **changes: Any) -> Organisation:
    made = organisation(*(people or (leader(),)), **{"policy": DECIDED, **changes})
    return made.having(settings or Leaders(enabled=True), steps("one", "two", "three"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def world(made: Organisation, now: datetime, records: LeaderRecords | None = None) -> World:
    return World(made, now).having(records or LeaderRecords())


def lived(made: Organisation, first: str, last: str, records: LeaderRecords | None = None) -> LeaderRecords:
    """The records after a tick at eight on each day."""
    found, day = records or LeaderRecords(), date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        found = advance(world(made, datetime.combine(day, time(8), ZONE), found))
        day += timedelta(days=1)
    return found


def told(made: Organisation, now: datetime, records: LeaderRecords) -> list[Notice]:
    return list(due(world(made, now, records), Troubles(kept=False)))


def keys(found: list[Notice]) -> list[str]:
    return [one.key for one in found]


# --- the frame -------------------------------------------------------------------------------------------------


def test_with_all_six_answered_the_sheet_goes_at_once_and_the_first_step_five_working_days_later() -> None:
    made = place()
    found = lived(made, "2027-01-04", "2027-01-31")
    assert found.frames == {"2027-01-04": Frame(asked=date(2027, 1, 4), sheet=date(2027, 1, 4))}
    assert found.steps == {"2027-01": Given(step="one", day=date(2027, 1, 11), said=True)}


def test_what_is_open_is_asked_of_the_contact_before_the_sheet_goes() -> None:
    made = place(policy=replace(DECIDED, answers={"da": ANSWERS}))
    begun = lived(made, "2027-01-04", "2027-01-04")
    assert keys(told(made, at("2027-01-04T08:00"), begun)) == ["open-questions/2027-01-04/contact"]
    assert lived(made, "2027-01-05", "2027-01-10", begun) == begun
    sheet = lived(made, "2027-01-05", "2027-01-11", begun)
    assert sheet.frame() == Frame(
        asked=date(2027, 1, 4), sheet=date(2027, 1, 11), undecided=("vision", "jobs", "learning")
    )
    assert "frame/first/7" in keys(told(made, at("2027-01-11T08:00"), sheet))


def test_answers_bring_the_sheet_sooner() -> None:
    begun = lived(place(policy=replace(DECIDED, answers={"da": ANSWERS})), "2027-01-04", "2027-01-04")
    found = lived(place(), "2027-01-05", "2027-01-05", begun)
    assert found.frame() == Frame(asked=date(2027, 1, 4), sheet=date(2027, 1, 5))


def test_the_contact_is_asked_again_once_a_quarter_while_something_is_open() -> None:
    frame = Frame(asked=date(2027, 1, 31))
    assert [last_asked(frame, date.fromisoformat(one)) for one in ("2027-04-29", "2027-04-30", "2027-08-01")] == [
        (date(2027, 1, 31), 0),
        (date(2027, 4, 30), 1),
        (date(2027, 7, 31), 2),
    ]
    found = LeaderRecords(frames={"2027-01-31": frame})
    half = place(policy=replace(DECIDED, answers={"da": ANSWERS}))
    assert "open-questions/2027-04-30/contact" in keys(told(half, at("2027-05-03T08:00"), found))
    assert told(half, at("2027-06-15T08:00"), found) == []  # a month late
    assert told(place(), at("2027-05-03T08:00"), found) == []  # answered


def test_nothing_begins_before_its_day_its_hour_or_on_a_closed_one() -> None:
    made = place(settings=Leaders(enabled=True, starts=date(2027, 1, 5)))
    assert lived(made, "2027-01-01", "2027-01-04") == LeaderRecords()
    assert advance(world(made, at("2027-01-05T06:59"))) == LeaderRecords()
    assert advance(world(made, at("2027-01-05T07:00"))).frame() is not None
    assert advance(world(place(), at("2027-01-03T08:00"))) == LeaderRecords()  # a Sunday
    assert advance(world(place(settings=Leaders()), at("2027-01-05T08:00"))) == LeaderRecords()


def test_what_was_only_looked_at_in_files_does_not_count_for_mailboxes() -> None:
    looked = lived(place(), "2026-11-02", "2027-01-31")
    assert sorted(looked.given()) == ["2026-11", "2026-12", "2027-01"]
    live = replace(looked, since=date(2027, 2, 1))
    found = lived(place(), "2027-02-01", "2027-02-28", live)
    assert found.frame() == Frame(asked=date(2027, 2, 2), sheet=date(2027, 2, 2))  # the first day is for welcomes
    assert found.given() == {"2027-02": Given(step="one", day=date(2027, 2, 15), said=True)}


def test_nobody_is_asked_anything_with_their_welcome() -> None:
    met = datetime(2027, 1, 4, 6, tzinfo=UTC)
    made = place(leader(first_seen=met), person("9", email="mette@x.example", first_seen=met))
    assert lived(made, "2027-01-04", "2027-01-04") == LeaderRecords()
    assert lived(made, "2027-01-04", "2027-01-05").frame() is not None
    late = place(leader("new", first_seen=datetime(2027, 2, 3, 6, tzinfo=UTC)))
    assert told(late, at("2027-02-03T12:00"), GIVEN) == []
    assert keys(told(late, at("2027-02-04T08:00"), GIVEN)) == ["frame/first/new", "step/2027-02/new"]


# --- the steps -------------------------------------------------------------------------------------------------


def test_each_month_has_the_next_step_and_after_the_last_the_first_again() -> None:
    found = lived(place(), "2027-01-04", "2027-04-30")
    assert [(month, one.step) for month, one in found.given().items()] == [
        ("2027-01", "one"),
        ("2027-02", "two"),
        ("2027-03", "three"),
        ("2027-04", "one"),
    ]


def test_a_step_of_which_nobody_heard_comes_again_instead_of_the_next() -> None:
    given = lived(place(), "2027-01-04", "2027-01-11")
    after = lived(place(), "2027-01-12", "2027-02-10", given.with_unsaid("2027-01"))
    assert [(one.step, one.said) for one in after.steps.values()] == [("one", False), ("one", True)]
    heard = lived(place(), "2027-01-12", "2027-01-12", given)
    assert (
        lived(place(), "2027-08-01", "2027-08-10", heard).steps["2027-08"].step == "two"
    )  # its letters are folded away


def test_a_month_that_the_service_slept_through_costs_no_step() -> None:
    found = lived(place(), "2027-01-04", "2027-01-31")
    found = lived(place(), "2027-03-15", "2027-03-31", found)
    assert [(month, one.step) for month, one in found.steps.items()] == [("2027-01", "one"), ("2027-03", "two")]


@pytest.mark.parametrize(
    ("month", "day"),
    [
        ("2027-02", "2027-02-01"),  # a month that begins on a Monday
        ("2027-09", "2027-09-06"),
        ("2027-05", "2027-05-03"),
    ],
)
def test_a_step_comes_on_the_first_monday(month: str, day: str) -> None:
    assert step_day(place(), month, date(2027, 1, 4)) == date.fromisoformat(day)


def test_on_a_closed_monday_the_step_comes_the_next_working_day_and_none_in_a_closed_month() -> None:
    closed = Closing(
        country="", spans=(Span(date(2027, 2, 1), date(2027, 2, 2)), Span(date(2027, 7, 1), date(2027, 7, 31)))
    )
    made = place(closing=closed)
    assert step_day(made, "2027-02", date(2027, 1, 4)) == date(2027, 2, 3)
    assert step_day(made, "2027-07", date(2027, 1, 4)) is None


def test_a_sheet_late_in_the_month_leaves_the_step_to_the_next() -> None:
    assert step_day(place(), "2027-01", date(2027, 1, 19)) is None
    assert step_day(place(), "2027-01", date(2027, 1, 8)) == date(2027, 1, 18)
    assert step_day(place(), "2027-02", date(2027, 1, 29)) == date(2027, 2, 8)


def test_the_catalogue_may_grow_and_shrink() -> None:
    past = [Given(step="one", day=date(2027, 1, 6)), Given(step="gone", day=date(2027, 2, 3))]
    found = next_step(steps("new", "one", "two").steps.values(), past)
    assert found is not None
    assert found.id == "new"
    assert next_step((), past) is None


def test_the_calendars_end_is_no_overflow() -> None:
    assert months_end("9999-12") == date.max
    assert last_asked(Frame(asked=date(9999, 12, 1)), date.max) == (date(9999, 12, 1), 0)


GIVEN = LeaderRecords(
    frames={"2027-01-04": Frame(asked=date(2027, 1, 4), sheet=date(2027, 1, 4))},
    steps={"2027-02": Given(step="two", day=date(2027, 2, 3))},
)


def test_every_manager_gets_the_step_and_nobody_else_does() -> None:
    made = place(leader("a"), person("b"), leader("c", left=date(2027, 1, 31)), person("d"))
    made = replace(made, managers={"plan": "d"})
    found = [one for one in told(made, at("2027-02-03T08:00"), GIVEN) if one.kind == "step"]
    assert keys(found) == ["step/2027-02/a", "step/2027-02/d"]
    assert {(one.due, one.too_late) for one in found} == {(at("2027-02-03T07:00"), at("2027-03-01T00:00"))}


def test_who_is_away_gets_the_step_on_the_first_day_back_within_the_month() -> None:
    away = place(leader(), absences={"7": (Span(date(2027, 2, 1), date(2027, 2, 14)),)})
    assert "step/2027-02/7" not in keys(told(away, at("2027-02-12T08:00"), GIVEN))
    found = [one for one in told(away, at("2027-02-15T08:00"), GIVEN) if one.kind == "step"]
    assert [(one.key, one.due) for one in found] == [("step/2027-02/7", at("2027-02-15T07:00"))]
    longer = place(leader(), absences={"7": (Span(date(2027, 2, 1), date(2027, 3, 2)),)})
    assert [one for one in told(longer, at("2027-03-03T08:00"), GIVEN) if one.kind == "step"] == []


def test_who_has_stopped_gets_no_step_and_whoever_pauses_gets_it_after_that() -> None:
    stopped = told(place(leader(stopped=True)), at("2027-02-03T08:00"), GIVEN)
    assert keys(stopped) == ["frame/first/7"]  # once, for people will ask them
    pausing = place(leader(pause_until=date(2027, 2, 10)))
    assert told(pausing, at("2027-02-09T08:00"), GIVEN) == []
    found = [one for one in told(pausing, at("2027-02-10T08:00"), GIVEN) if one.kind == "step"]
    assert [one.due for one in found] == [at("2027-02-10T07:00")]


def test_who_leads_only_since_then_gets_the_sheet_with_the_next_step() -> None:
    found = told(place(leader("new")), at("2027-02-03T08:00"), GIVEN)
    assert [(one.key, one.due) for one in found] == [
        ("frame/first/new", at("2027-02-03T07:00")),
        ("step/2027-02/new", at("2027-02-03T07:00")),
    ]


def test_switched_off_nobody_is_told_anything() -> None:
    assert told(place(settings=Leaders()), at("2027-02-03T08:00"), GIVEN) == []


# --- the meeting -----------------------------------------------------------------------------------------------


def meets(weekday: int, department: str = "plan", every: Any = "week") -> MeetingPlan:
    rhythm = Rhythm(weekday=weekday, start=time(9), minutes=60, every=every, counted_from=date(2027, 2, 3))
    return MeetingPlan(department=department, zone="Europe/Copenhagen", rhythm=rhythm)


def said(now: str, made: Organisation, who: Person) -> datetime | None:
    found = to_say(world(made, at(now), GIVEN), who)
    return found[1].starts if found else None


def test_the_two_lines_come_in_the_week_of_the_first_meeting_after_the_step() -> None:
    made = place(leader(), meeting_plans={"plan": meets(2)})  # Tuesdays; the step comes on Wednesday 3 February
    assert said("2027-02-03T08:00", made, leader()) is None
    assert said("2027-02-08T07:00", made, leader()) == at("2027-02-09T09:00")
    assert said("2027-02-09T10:00", made, leader()) is None  # it is over
    assert said("2027-02-15T07:00", made, leader()) is None  # and the next is for something else


def test_a_meeting_in_the_steps_own_week_stands_in_the_steps_letter() -> None:
    made = place(leader(), meeting_plans={"plan": meets(4)})
    assert said("2027-02-03T08:00", made, leader()) is None
    assert said("2027-02-08T07:00", made, leader()) is None
    found = next_meeting(made, leader(), at("2027-02-03T08:00"))
    assert found is not None
    assert found.starts == at("2027-02-04T09:00")


def test_only_whoever_leads_is_given_lines_and_for_the_department_that_they_lead() -> None:
    made = place(leader(), person("b"), meeting_plans={"plan": meets(2)})
    assert said("2027-02-08T07:00", made, person("b")) is None
    other = place(
        leader(),
        departments={"plan": Department(key="plan", name="Plan"), "jura": Department(key="jura", name="Jura")},
        meeting_plans={"plan": meets(2), "jura": meets(5, "jura")},
    )
    assert (
        said("2027-02-08T07:00", replace(other, managers={"jura": "7"}), leader()) is None
    )  # Friday the 5th was theirs


def test_without_a_known_meeting_there_is_none_to_name() -> None:
    assert next_meeting(place(), leader(), at("2027-02-03T08:00")) is None
    assert said("2027-02-08T07:00", place(), leader()) is None


# --- check -----------------------------------------------------------------------------------------------------


def warned(made: Organisation) -> Iterator[str]:
    return (str(one) for one in CHECK.warnings(made, "config.toml", date(2027, 1, 4)))


def test_check_names_departments_with_several_managers_and_a_house_without_any() -> None:
    assert list(warned(place(leader("a"), leader("b")))) == [
        (
            "config.toml, [departments.plan] manager: 2 have the role of a manager here (such as Person a, Person b), "
            "so none is the manager. Write the address of the one who is."
        )
    ]
    assert list(warned(place(person("a")))) == [
        (
            "config.toml, [leaders]: nobody has the role of a manager, so nobody gets a step. Write manager under "
            "a department, or give somebody the role (docs/leaders.md)."
        )
    ]
    assert list(warned(place(leader("a"), leader("b"), settings=Leaders()))) == []


# --- moments ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("letter_at", [time(0), time(6, 11), time(9, 30)])
def test_jumping_sees_what_ticking_every_minute_sees(letter_at: time) -> None:
    """Over the sheet's day, and over the step's: of whoever lives elsewhere, is away, pauses, or joins."""
    made = place(
        leader("a"),
        leader("b", zone="America/Nuuk"),
        leader("c", zone="Pacific/Auckland"),
        leader("d", pause_until=date(2027, 1, 12)),
        policy=replace(DECIDED, answers={"da": ANSWERS}),
        settings=Leaders(enabled=True, letter_at=letter_at),
        window=Window(opens=time(5), closes=time(23, 59)),
    )
    for begin in ("2027-01-04T00:30", "2027-01-11T00:30", "2027-01-18T00:30"):
        records = lived(made, "2027-01-04", begin[:10]) if begin > "2027-01-05" else LeaderRecords()
        records = replace(records, frames={k: v for k, v in records.frames.items() if k < begin[:10]})
        minutes = [at(begin) + timedelta(minutes=n) for n in range(36 * 60)]
        jumped = jumps(made, records, minutes[0], minutes[-1])
        assert seen(made, records, jumped) == seen(made, records, minutes)


def seen(made: Organisation, records: LeaderRecords, moments: Iterable[datetime]) -> dict[str, datetime]:
    """When each notice is first due, and each record first stands as it does."""
    first: dict[str, datetime] = {}
    for now in moments:
        records = advance(world(made, now, records))
        for key in (*map(str, (*records.frames.values(), *records.steps.values())), *keys(told(made, now, records))):
            first.setdefault(key, now)
    return first


def jumps(made: Organisation, records: LeaderRecords, begin: datetime, end: datetime) -> Iterator[datetime]:
    now = begin
    while now < end:
        yield now
        records = advance(world(made, now, records))
        now = next_moment(world(made, now, records))
