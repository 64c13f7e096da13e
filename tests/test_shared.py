"""What colleagues wrote, as others are told of it: whose name and which department, and the one line of a week. Pure."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture.meetings import MeetingPlan
from culture.organisation import Organisation
from culture.parts import Parts
from culture.people import Department
from culture.relay.learning import Discovery, Learning, Outcome
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.relay.shared import WEEKS, elsewhere, large_enough, of_week, shared, still_asked_for
from culture.relay.turns import Turn
from culture.workdays import Week
from culture.world import World
from service.relay.lines import lines
from tests.culture_values import SEEN, organisation, person

TODAY = date(2027, 2, 15)
"""A Monday."""

CPH = ZoneInfo("Europe/Copenhagen")

NOON = datetime(2027, 2, 10, 11, tzinfo=UTC)


def place(**sizes: int) -> Organisation:
    """Departments with a relay, each with so many people, plan-0, plan-1, ..."""
    staff = [
        person(f"{key}-{number}", department=key, name=f"{key} {number}")
        for key, size in sizes.items()
        for number in range(size)
    ]
    return organisation(
        *staff,
        departments={key: Department(key=key, name=key.title()) for key in sizes},
        meeting_plans={key: MeetingPlan(department=key, zone="Europe/Copenhagen") for key in sizes},
        relay=Relay(enabled=True),
    )


def learning(department: str, number: int = 1, **changes: Any) -> Learning:
    values: dict[str, Any] = {
        "id": f"{department}-{number}",
        "department": department,
        "person": f"{department}-0",
        "challenge": "letters",
        "title": "Letters",
        "at": NOON,
        "outcome": Outcome.WORKED,
        "worked": "All",
    }
    return Learning(**{**values, **changes})


def turn(of: Learning, starts: datetime, **changes: Any) -> Turn:
    return Turn(
        id=of.id,
        department=of.department,
        number=1,
        kind="normal",
        person=of.person,
        presenter=of.person,
        announced=SEEN,
        starts=starts,
        challenge=of.challenge,
        state="held",
        **changes,
    )


def records(*written: Learning | Discovery, turns: tuple[Turn, ...] = ()) -> RelayRecords:
    return RelayRecords(
        turns={one.id: one for one in turns},
        learnings={one.id: one for one in written if isinstance(one, Learning)},
        discoveries={one.id: one for one in written if isinstance(one, Discovery)},
    )


# --- whose ------------------------------------------------------------------------------------------------


def test_with_a_name_stand_the_department_and_the_meetings_day() -> None:
    told = learning("plan", show_name=True, name_in_letters=True)
    found = records(told, turns=(turn(told, datetime(2027, 2, 9, 8, tzinfo=UTC)),))
    one = shared(place(plan=3), found, told, TODAY, "letter")
    assert (one.name, one.department, one.day, one.dated) == ("plan 0", "plan", date(2027, 2, 9), True)


def test_without_a_name_a_large_department_stands_there_and_the_month_only() -> None:
    one = shared(place(plan=10), records(learning("plan")), learning("plan"), TODAY, "page")
    assert (one.name, one.department, one.dated) == ("", "plan", False)


def test_without_a_name_no_small_department_stands_there() -> None:
    one = shared(place(plan=9, care=30, road=12), records(learning("plan")), learning("plan"), TODAY, "page")
    assert (one.name, one.department) == ("", "")


def test_a_department_that_has_grown_small_stands_there_no_more_in_records_that_were_asked_before() -> None:
    one = learning("plan")
    kept = records(one)
    before, after = (shared(place(plan=size, jura=12), kept, one, TODAY, "page") for size in (12, 9))
    assert (before.department, after.department) == ("plan", "")


def test_a_name_ticked_before_letters_were_named_stands_on_the_page_alone() -> None:
    told, where = learning("plan", show_name=True), place(plan=12)
    assert [shared(where, records(told), told, TODAY, at).name for at in ("page", "letter")] == ["plan 0", ""]


@given(st.lists(st.integers(0, 25), min_size=1, max_size=7))
def test_whoever_is_left_out_stands_among_ten_at_least(sizes: list[int]) -> None:
    where = place(**{f"d{number}": size for number, size in enumerate(sizes)})
    large = large_enough(where, TODAY)
    hidden = sum(size for number, size in enumerate(sizes) if f"d{number}" not in large)
    assert all(sizes[int(key[1:])] >= 10 for key in large)
    assert hidden == 0 or hidden >= 10 or not large


# --- the line of a week -----------------------------------------------------------------------------------


def discovery(number: int, at: datetime, department: str = "", person_id: str = "") -> Discovery:
    return Discovery(id=f"d-{number}", at=at, text=f"Line {number}", department=department, person=person_id)


written = st.lists(
    st.tuples(st.integers(0, 55), st.sampled_from(["plan", "care", ""]), st.sampled_from(["", "plan-0", "care-0"])),
    max_size=14,
)


@given(written)
def test_each_line_comes_once_never_too_late_and_never_to_whoever_wrote_it(lines: list[tuple[int, str, str]]) -> None:
    first = datetime(2027, 1, 4, 9, tzinfo=UTC)
    found = records(
        *(discovery(n, first + timedelta(days=day), where, who) for n, (day, where, who) in enumerate(lines))
    )
    where = place(plan=2, care=2)
    reader = where.people["plan-0"]
    seen = [(week, of_week(where, found, reader, date(2027, 1, 4) + timedelta(weeks=week))) for week in range(14)]
    told = [(week, one.of) for week, one in seen if one]
    assert len({one.id for _, one in told}) == len(told)
    assert all(one.person != reader.id for _, one in told)
    assert all(1 <= week - (one.at - first).days // 7 <= WEEKS for week, one in told)


def test_ones_own_department_comes_before_what_is_newer() -> None:
    where = place(plan=2, care=2)
    found = records(discovery(1, NOON, "plan"), discovery(2, NOON + timedelta(hours=1), "care"))
    told = [of_week(where, found, where.people["plan-1"], TODAY + timedelta(weeks=back)) for back in range(3)]
    assert [one.of.id if one else "" for one in told] == ["d-1", "d-2", ""]


def test_what_was_written_this_week_waits_for_the_next() -> None:
    where = place(plan=2)
    assert of_week(where, records(discovery(1, NOON, "plan")), where.people["plan-1"], date(2027, 2, 12)) is None


# --- the same challenge elsewhere -------------------------------------------------------------------------


def test_the_same_challenge_in_another_department_is_told_of_the_newest() -> None:
    old, new = learning("care", at=NOON - timedelta(days=90)), learning("road")
    own, other = learning("plan", 7), learning("care", 2, challenge="else", at=NOON + timedelta(days=1))
    mine = turn(learning("plan", 8), datetime(2027, 3, 1, 8, tzinfo=UTC))
    found = elsewhere(place(plan=2, care=2, road=2), records(old, new, own, other), mine, TODAY)
    assert found
    assert found.of == new


def test_a_challenge_of_ones_own_was_tried_nowhere_else() -> None:
    mine = turn(learning("plan", 8, challenge=""), datetime(2027, 3, 1, 8, tzinfo=UTC))
    assert elsewhere(place(plan=2, care=2), records(learning("care", challenge="")), mine, TODAY) is None


# --- what is still asked for ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("meeting", "weeks"),
    [(datetime(2027, 2, 12, 8, tzinfo=CPH), ["2027-W07"]), (datetime(2027, 2, 12, 17, tzinfo=CPH), ["2027-W08"])],
)
def test_a_learning_is_asked_for_once_more_the_week_after_the_first_time(meeting: datetime, weeks: list[str]) -> None:
    """What ends on a Friday after hours is asked about on Monday: the same letter does not ask twice."""
    where, mine = place(plan=2), turn(learning("plan"), meeting)
    days = [date(2027, 2, 1) + timedelta(weeks=number) for number in range(6)]
    found = [day for day in days if list(still_asked_for(where, records(turns=(mine,)), where.people["plan-0"], day))]
    assert [str(Week.of(day)) for day in found] == weeks


def test_nobody_is_asked_again_about_what_is_written_or_closed_or_anothers() -> None:
    where, told = place(plan=2), learning("plan")
    mine = turn(told, datetime(2027, 2, 11, 8, tzinfo=UTC))
    assert not list(still_asked_for(where, records(told, turns=(mine,)), where.people["plan-0"], TODAY))
    assert not list(still_asked_for(where, records(turns=(mine,)), where.people["plan-1"], TODAY))


# --- in the weekly letter ---------------------------------------------------------------------------------


def test_the_weekly_letter_asks_once_more_and_else_tells_of_a_colleague() -> None:
    where, mine = place(plan=12), turn(learning("plan"), datetime(2027, 2, 11, 8, tzinfo=CPH))
    found = records(discovery(1, NOON, "plan", "plan-3"), turns=(mine,))
    monday = World(organisation=where, now=datetime(2027, 2, 15, 6, tzinfo=UTC), records=Parts().having(found))
    told = {who: [line.template for line in lines(monday, where.people[who])] for who in ("plan-0", "plan-1", "plan-3")}
    assert told == {"plan-0": ["relay/asked"], "plan-1": ["relay/line"], "plan-3": []}
