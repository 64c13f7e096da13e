"""When the corps meets, and who comes: against days written by hand."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from culture.ambassadors import corps as corps_rules
from culture.ambassadors import meetings as rules
from culture.ambassadors.corps import stepped_down
from culture.ambassadors.records import AmbassadorRecords, CorpsMeeting, Place
from culture.ambassadors.settings import CorpsMeetings, Named
from culture.meetings import Amendment
from culture.organisation import Organisation
from culture.settings import Bad
from culture.workdays import Closing, Span
from culture.world import World
from tests.corps_values import MEETINGS, START, ZONE, ambassador, at, daily, house, on, place, put, world

LAST = date(2027, 12, 31)


def held(made: Organisation, now: datetime = START) -> list[str]:
    """The days of the coming year, as a world without records sees them."""
    return [f"{one.starts:%m-%d}" for one in rules.meetings(world(made, now)) if one.starts.year == 2027]


def recorded(found: World) -> dict[str, CorpsMeeting]:
    return dict(found.of(AmbassadorRecords).meetings)


def days(found: World) -> list[str]:
    return [f"{one.starts:%m-%d %H:%M}" for one in rules.meetings(found)]


# --- when


def test_the_corps_meets_monthly_but_not_in_july() -> None:
    expected = ["01-05", "02-02", "03-02", "04-06", "05-04", "06-01", "08-03", "09-07", "10-05", "11-02", "12-07"]
    assert held(house(ambassador("1"))) == expected
    with_july = house(ambassador("1"), meeting=replace(MEETINGS, july=True))
    assert held(with_july) == sorted([*expected, "07-06"])


def test_a_meeting_on_a_closed_day_is_held_the_next_working_day() -> None:
    closing = Closing(country="DK", spans=(Span(date(2027, 2, 1), date(2027, 2, 12)),))
    easter_monday = CorpsMeetings(weekday=1, time=time(13), nth="last")
    assert held(house(closing=closing))[1] == "02-15"
    assert held(house(meeting=easter_monday))[2] == "03-30"  # 29 March is Easter Monday


def test_a_weekly_meeting_that_would_move_onto_the_next_one_falls_away() -> None:
    closing = Closing(country="", spans=(Span(date(2027, 2, 2), date(2027, 2, 10)),))
    weekly = replace(MEETINGS, every="week")
    february = [day for day in held(house(closing=closing, meeting=weekly)) if day.startswith("02")]
    assert february == ["02-11", "02-16", "02-23"]


def test_dated_changes_move_cancel_and_add() -> None:
    changes = (
        Amendment(on=date(2027, 2, 2), to=datetime.fromisoformat("2027-02-04T09:00")),
        Amendment(on=date(2027, 3, 2), cancelled=True),
        Amendment(to=datetime.fromisoformat("2027-07-01T10:00")),
    )
    found = held(house(meeting=replace(MEETINGS, changes=changes)))
    assert found[:6] == ["01-05", "02-04", "04-06", "05-04", "06-01", "07-01"]


@pytest.mark.parametrize(
    ("meeting", "given"),
    [(replace(MEETINGS, every="4 weeks"), set()), (replace(MEETINGS, every="week", nth="last"), {"nth"})],
)
def test_a_rhythm_that_says_two_things_is_refused(meeting: CorpsMeetings, given: set[str]) -> None:
    with pytest.raises(Bad):
        meeting.check(frozenset(given))


def test_what_cannot_be_read_of_the_corps_is_left_as_it_is() -> None:
    before = world(house(ambassador("1"))).having(AmbassadorRecords(aside=frozenset({"1", "corps/2027-02"})))
    assert (corps_rules.advance(before), list(rules.advance(before))) == ({}, ["corps/2027-01", "corps/2027-03"])


# --- what is remembered


def test_two_meetings_are_known_ahead_and_each_keeps_its_id_when_it_moves() -> None:
    found = on(world(house(ambassador("1"))), START)
    assert {key: f"{one.day}" for key, one in recorded(found).items()} == {
        "corps/2027-01": "2027-01-05",
        "corps/2027-02": "2027-02-02",
        "corps/2027-03": "2027-03-02",
    }
    wednesdays = house(ambassador("1"), meeting=replace(MEETINGS, weekday=3, place="Kantinen"))
    moved = recorded(on(found, at("2027-01-06"), wednesdays))
    assert {key: f"{one.day} {one.place}" for key, one in moved.items()} == {
        "corps/2027-01": "2027-01-05 Rådssalen",  # has been
        "corps/2027-02": "2027-02-03 Kantinen",
        "corps/2027-03": "2027-03-03 Kantinen",
    }


def test_what_would_have_been_earlier_is_not_held_and_a_month_has_one_meeting() -> None:
    last = house(ambassador("1"), meeting=replace(MEETINGS, nth="last"))
    found = on(on(world(last), START), at("2027-02-10"))
    assert days(found)[:2] == ["01-26 13:00", "02-23 13:00"]
    first = on(found, at("2027-02-11"), house(ambassador("1")))
    assert recorded(first)["corps/2027-02"].off
    assert days(first)[:2] == ["01-26 13:00", "03-02 13:00"]
    again = on(first, at("2027-02-12"), last)
    assert (recorded(again)["corps/2027-02"].off, days(again)[1]) == (False, "02-23 13:00")


def test_a_year_of_ticks_holds_each_meeting_once_and_there_are_always_one_or_two_ahead() -> None:
    first = on(world(house(ambassador("1"), ambassador("2"))), START)
    for found in daily(first, LAST):
        ahead = [one for one in recorded(found).values() if one.starts > found.now]
        assert 1 <= len(ahead) <= 3
    held_on = sorted(f"{one.day:%m-%d}" for one in recorded(found).values() if one.starts <= found.now)
    assert held_on == held(house(ambassador("1")))
    assert (rules.last_meeting(found), rules.next_meeting(found)) == (
        recorded(found)["corps/2027-12"],
        recorded(found)["corps/2028-01"],
    )


def test_without_a_rhythm_there_are_no_meetings() -> None:
    found = on(world(house(ambassador("1"), meeting=None)), START)
    assert (rules.meetings(found), recorded(found), rules.next_meeting(found)) == ((), {}, None)


# --- who comes


def test_joiners_come_and_whoever_steps_down_or_ends_before_does_not() -> None:
    ends = Named(email="2@x.example", last=date(2027, 2, 1))
    made = house(ambassador("1"), ambassador("2"), ambassador("3", left=date(2027, 1, 31)), people=(ends,))
    found = on(world(made), START)
    january, february = (recorded(found)[f"corps/2027-0{n}"] for n in (1, 2))
    assert [one.id for one in rules.attendees(found, january)] == ["1", "2", "3"]
    assert [one.id for one in rules.attendees(found, february)] == ["1"]
    joined = replace(made, people={**made.people, "4": ambassador("4", department="hr")})
    later = on(found, at("2027-01-06"), joined)
    assert [one.id for one in rules.attendees(later, february)] == ["1", "4"]
    gone = on(put(later, "1", stepped_down(place(later, "1"), later.today)), at("2027-01-07"))
    assert [one.id for one in rules.attendees(gone, february)] == ["4"]


def test_the_chair_leads_and_another_is_the_deputy_each_time() -> None:
    people = [ambassador(str(n)) for n in range(1, 5)]
    found = on(world(house(*people), places={"1": Place(since=date(2026, 1, 1))}), START)
    named = [rules.deputy(found, one) for one in rules.meetings(found)][:6]
    assert "1" not in named
    assert set(named[:3]) == {"2", "3", "4"}
    assert rules.deputy(on(found, at("2027-01-06")), rules.meetings(found)[1]) == named[1]
    second = recorded(found)["corps/2027-02"]
    gone = on(put(found, second.deputy, Place(left_on=START.date())), at("2027-01-06"))
    assert recorded(gone)["corps/2027-02"].deputy not in ("", "1", second.deputy)


def test_whoever_is_away_that_day_is_not_the_deputy() -> None:
    made = house(ambassador("1"), ambassador("2"), ambassador("3"))
    first = on(world(made, places={"1": Place(since=date(2026, 1, 1))}), START)
    second = recorded(first)["corps/2027-02"]
    away = replace(made, absences={second.deputy: (Span(date(2027, 2, 1), date(2027, 2, 5)),)})
    later = on(first, at("2027-01-06"), away)
    assert {second.deputy, recorded(later)["corps/2027-02"].deputy} == {"2", "3"}
    everybody = replace(made, absences=dict.fromkeys("23", (Span(date(2027, 2, 1), date(2027, 2, 5)),)))
    assert recorded(on(first, at("2027-01-06"), everybody))["corps/2027-02"].deputy == ""


def test_in_a_corps_of_one_nobody_is_the_deputy() -> None:
    found = on(world(house(ambassador("1"))), START)
    assert rules.deputy(found, recorded(found)["corps/2027-01"]) == ""
    assert [one.id for one in rules.attendees(found, recorded(found)["corps/2027-01"])] == ["1"]


def test_an_empty_corps_meets_with_nobody_but_a_contact_who_works_here() -> None:
    found = on(world(house(replace(ambassador("5"), roles=frozenset()), contact_email="5@x.example")), START)
    assert [one.id for one in rules.attendees(found, recorded(found)["corps/2027-01"])] == ["5"]
    nobody = on(world(house()), START)
    assert rules.attendees(nobody, recorded(nobody)["corps/2027-01"]) == ()
    assert recorded(nobody)["corps/2027-01"].starts == datetime(2027, 1, 5, 13, 0, tzinfo=ZONE)
