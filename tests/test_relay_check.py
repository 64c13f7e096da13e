"""What `check` says of a relay that cannot run as it is written."""

from dataclasses import replace
from datetime import date, time

from culture.called import Called
from culture.meetings import Amendment, MeetingPlan, Rhythm
from culture.organisation import Organisation
from culture.relay.settings import Relay
from culture.vitamin.settings import Vitamin
from service.relay.check import relay_warnings
from tests.culture_values import (
    organisation,
    person,
    running,
)
from tests.test_meetings import local

TODAY = date(2027, 1, 4)
RHYTHM = Rhythm(weekday=4, start=time(9), minutes=60)


def place(rhythm: Rhythm = RHYTHM, *amendments: Amendment, relay: Relay | None = None, people: int = 3) -> Organisation:
    plan = MeetingPlan(department="plan", zone="Europe/Copenhagen", rhythm=rhythm, amendments=amendments)
    members = [person(f"p{number}") for number in range(people)]
    return organisation(*members, relay=relay or running(), meeting_plans={"plan": plan})


def said(made: Organisation) -> list[str]:
    return [str(fault) for fault in relay_warnings(made, "config.toml", TODAY)]


def test_a_relay_that_can_run_gives_no_warning() -> None:
    assert said(place()) == []


def test_turns_before_the_ten_minutes_are_four_weeks_old() -> None:
    def begun(first: date) -> list[str]:
        pill = Vitamin(title={"da": "AI-tid", "en": "AI time"}, starts=date(2027, 1, 4))
        made = place(relay=running(starts=first))
        return said(made.having(pill))

    assert begun(date(2027, 2, 1)) == []
    assert begun(date(2027, 1, 31)) == [
        (
            "config.toml, [relay] starts: on 31 January 2027 the daily ten minutes are not four weeks old. Write "
            "1 February 2027 or a later day, so that people have tried for themselves before they present."
        )
    ]


def test_two_presenters_in_a_department_of_one() -> None:
    assert said(place(relay=running(presenters=2), people=1)) == [
        (
            "config.toml, [departments.plan.meeting]: [relay] presenters is 2, but only 1 can present here. "
            "There will be one turn at a time."
        )
    ]


def test_those_of_a_department_that_shares_the_meeting_can_present_too() -> None:
    made = place(relay=running(presenters=2), people=1)
    guest = person("guest", department="drift")
    made = replace(made, people={**made.people, "guest": guest})
    assert len(said(made)) == 1
    assert said(replace(made, called=Called(meets={"drift": "plan"}))) == []


def test_nobody_may_present() -> None:
    part_timers = {key: replace(one, contract_days=frozenset({1, 2})) for key, one in place().people.items()}
    assert said(replace(place(), people=part_timers)) == [
        (
            "config.toml, [departments.plan.meeting]: nobody of the department is at work on the days of its meetings, "
            "so nobody gets a turn."
        )
    ]


def test_a_department_without_people_is_not_said_twice() -> None:
    assert said(place(people=0)) == []


def test_a_pace_that_no_meeting_can_hold() -> None:
    monthly = Rhythm(weekday=4, start=time(9), minutes=60, every="month")
    assert said(place(monthly, relay=running(pace="week"))) == [
        (
            "config.toml, [relay] pace: the pace asks for 4 turns a meeting, and 2 fit. The rest wait. Write a longer "
            'most_minutes, fewer presenters, or pace = "meeting".'
        )
    ]


def test_a_meeting_that_is_too_short_for_a_turn() -> None:
    assert said(place(Rhythm(weekday=4, start=time(9), minutes=15))) == [
        (
            "config.toml, [departments.plan.meeting]: a turn of 20 minutes does not fit into the meeting or into "
            "most_minutes. Make one of them longer."
        )
    ]


def test_a_department_that_never_meets() -> None:
    never = replace(place(), meeting_plans={"plan": MeetingPlan(department="plan", zone="Europe/Copenhagen")})
    assert said(never) == [
        "config.toml, [departments.plan.meeting]: there is no meeting in the coming half year, so nobody gets a turn."
    ]


def test_a_change_of_a_day_without_a_meeting() -> None:
    wrong = Amendment(on=date(2027, 1, 15), to=local(2027, 1, 16, 9))
    assert said(place(RHYTHM, wrong)) == [
        (
            "config.toml, [departments.plan.meeting] changes: changes names 2027-01-15, but there is no meeting on that "
            "day. Write the day the rhythm gives."
        )
    ]
