"""Where a turn goes when its meeting is renamed, moved or cancelled, when its relay is no more, or nobody heard of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from culture.meetings import Amendment, MeetingPlan
from culture.notice import Said
from culture.organisation import Organisation
from culture.people import Department
from culture.relay import acts as relay_acts
from culture.relay import notices as relay_notices
from culture.relay import schedule as relay
from culture.relay.deeds import Did, Waiting
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.relay.told import Told, challenge_key
from culture.relay.turns import Hindrance, Turn
from culture.workdays import Span
from tests.culture_values import (
    person,
    running,
)
from tests.test_relay import MONDAY, PEOPLE, amended, begun, by, days, local, place, turn_on

DAY = timedelta(days=1)
THURSDAY = datetime(2027, 1, 14, 8, 0, tzinfo=UTC)
"""09:00 in Copenhagen: the first meeting with a turn begins."""


def read(name: str, *, hours: int = 0, first: int = 1) -> Organisation:
    """The Thursdays as they stand in somebody's calendar, whose UIDs begin with `name`."""
    made = place()
    thursdays = relay.meetings(made, "plan", date(2027, 1, 1), date(2027, 6, 30))[first:]
    found = tuple(
        replace(one, id=f"plan/{name}{number}", starts=one.starts + timedelta(hours=hours))
        for number, one in enumerate(thursdays)
    )
    return replace(made, meeting_plans={"plan": MeetingPlan(department="plan", zone="Europe/Copenhagen", read=found)})


def without(made: Organisation, *gone: str) -> Organisation:
    """The calendar without the meetings of these days."""
    plan = made.meeting_plans["plan"]
    kept = tuple(one for one in plan.read if f"{one.starts:%m-%d}" not in gone)
    return replace(made, meeting_plans={"plan": replace(plan, read=kept)})


def lived(made: Organisation, records: RelayRecords, first: datetime, last: datetime) -> RelayRecords:
    now = first
    while now <= last:
        records = relay.advance(made, records, now)
        now += DAY
    return relay.advance(made, records, last)


# --- meetings


def test_a_meeting_under_another_name_keeps_its_turns() -> None:
    records = begun(read("a"))
    after = relay.advance(read("b"), records, MONDAY)
    assert days(after) == days(records)
    assert {turn.meeting[:6] for turn in after.turns.values()} == {"plan/b"}
    assert [turn.deeds for turn in after.turns.values()] == [turn.deeds for turn in records.turns.values()]


def test_two_turns_of_a_renamed_meeting_keep_their_seats() -> None:
    two = running(presenters=2)
    records = begun(read("a").having(two))
    after = relay.advance(read("b").having(two), records, MONDAY)
    assert days(after) == days(records)
    assert [day for _, day in days(after)][:2] == ["01-14 09:00", "01-14 09:20"]


def test_a_pass_is_remembered_and_can_be_taken_back_when_the_meeting_was_renamed() -> None:
    records = begun(read("a"))
    turn = turn_on(records, "01-14")
    passed = relay.advance(read("a"), relay_acts.pass_on(records, turn.id, by(turn.presenter)), MONDAY)
    renamed = relay.advance(read("b"), passed, MONDAY)
    assert days(renamed) == days(passed)
    after = relay.advance(read("b"), relay_acts.undo(read("b"), renamed, turn.id, by(turn.presenter)), MONDAY)
    assert turn_on(after, "01-14").id == turn.id
    assert days(after) == days(records)


def test_a_cancelled_turn_goes_to_the_first_meeting_after_it_and_never_to_one_before() -> None:
    records = begun()
    turn = turn_on(records, "01-21")
    after = relay.advance(amended(place(), Amendment(on=date(2027, 1, 21), to=None)), records, MONDAY)
    assert (turn.presenter, "01-28 09:20") in days(after)
    assert [day for _, day in days(after)] == ["01-14 09:00", "01-28 09:00", "01-28 09:20"]
    assert after.standings == records.standings


def test_a_meeting_that_left_the_calendar_is_a_cancelled_one() -> None:
    records = begun(read("a"))
    turn = turn_on(records, "01-21")
    after = relay.advance(without(read("b"), "01-21"), records, MONDAY)
    assert (turn.presenter, "01-28 09:20") in days(after)


def test_a_turn_follows_its_own_meeting_even_to_an_earlier_day() -> None:
    records = begun()
    turn = turn_on(records, "01-28")
    made = amended(place(), Amendment(on=date(2027, 1, 28), to=local(2027, 1, 20, 13)))
    assert (turn.presenter, "01-20 13:00") in days(relay.advance(made, records, MONDAY))


def test_an_announced_turn_whose_meeting_comes_too_near_waits_and_goes_on() -> None:
    records = begun()
    turn = turn_on(records, "01-28")
    made = amended(place(), Amendment(on=date(2027, 1, 28), to=local(2027, 1, 6, 13)))
    after = relay.advance(made, records, MONDAY)
    assert after.turns[turn.id].deeds[-2].why is Waiting.TOO_SHORT
    assert f"{after.turns[turn.id].starts:%m-%d}" == "01-14"  # the first after the 6th, where its meeting is


def test_two_turns_of_a_cancelled_meeting_keep_their_order() -> None:
    two = running(presenters=2, most_minutes=60)
    people = [person(f"p{number}") for number in range(8)]
    records = begun(place(*people, relay_=two))
    first, second = (name for name, day in days(records) if day.startswith("01-14"))
    made = amended(
        place(*people, relay_=two), Amendment(on=date(2027, 1, 14), to=None), Amendment(on=date(2027, 1, 21), to=None)
    )
    after = days(relay.advance(made, records, MONDAY))
    assert after.index((first, "01-28 09:40")) < next(n for n, (name, _) in enumerate(after) if name == second)


def test_a_meeting_that_comes_back_gets_its_turn_back() -> None:
    records = begun(without(read("a", first=1), "01-28"))
    assert [day for _, day in days(records)] == ["01-14 09:00", "01-21 09:00"]
    gone = relay.advance(
        replace(read("a"), meeting_plans={"plan": replace(read("a").meeting_plans["plan"], read=())}), records, MONDAY
    )
    assert days(gone) == []
    back = relay.advance(read("a"), gone, MONDAY + DAY)
    assert days(back)[:2] == days(records)


def test_a_meeting_that_turns_out_to_have_been_yesterday_was_nobodys() -> None:
    records = lived(place(), begun(), MONDAY, datetime(2027, 1, 11, 6, tzinfo=UTC))
    turn = turn_on(records, "01-14")
    made = amended(place(), Amendment(on=date(2027, 1, 14), to=local(2027, 1, 11, 8)))
    after = relay.advance(made, records, datetime(2027, 1, 12, 6, tzinfo=UTC)).turns[turn.id]
    assert (after.state, f"{after.starts:%m-%d %H:%M}") == ("assigned", "01-21 09:20")


def test_while_a_calendar_cannot_be_read_at_all_its_turns_stay_where_they_are() -> None:
    records = begun(read("a"))
    plan = MeetingPlan(department="plan", zone="Europe/Copenhagen", known=False)
    unread = replace(read("a"), meeting_plans={"plan": plan})
    after = relay.advance(unread, records, MONDAY)
    assert days(after) == days(records)
    assert after.turns == records.turns
    late = lived(unread, records, MONDAY, THURSDAY + timedelta(hours=1))
    assert late.turns["plan-1"].state == "held"  # it went on: only what comes is not known


# --- a relay that is no more


def no_meeting(made: Organisation) -> Organisation:
    return replace(made, meeting_plans={})


def switched_off(made: Organisation) -> Organisation:
    return made.having(replace(made.of(Relay), enabled=False))


def merged_away(made: Organisation) -> Organisation:
    people = {key: replace(one, department="jura") for key, one in made.people.items()}
    return replace(made, people=people, meeting_plans={}, departments={"jura": Department(key="jura", name="Jura")})


def emptied(made: Organisation) -> Organisation:
    """Everybody has moved, and the config still has the old meeting."""
    return replace(merged_away(made), meeting_plans=made.meeting_plans, departments=made.departments)


LOST = [no_meeting, switched_off, merged_away, emptied]


@pytest.mark.parametrize("lose", LOST)
def test_turns_of_a_lost_relay_stand_nowhere_at_once_and_end_after_a_whole_working_day(lose: Any) -> None:
    records, friday = begun(), datetime(2027, 1, 8, 12, tzinfo=UTC)
    gone = relay.advance(lose(place()), lived(place(), records, MONDAY, friday), friday)
    assert days(gone) == []
    assert list(relay_notices.slots(lose(place()), gone, friday)) == []
    assert {turn.deeds[-1].why for turn in gone.turns.values()} == {Waiting.NO_RELAY}
    monday = lived(lose(place()), gone, friday, friday + 3 * DAY)
    assert {turn.open for turn in monday.turns.values()} == {True}
    after = relay.advance(lose(place()), monday, datetime(2027, 1, 11, 23, tzinfo=UTC))  # Tuesday, 00:00
    assert {turn.state for turn in after.turns.values()} == {"withdrawn"}
    assert {(turn.deeds[-1].what, turn.deeds[-1].why) for turn in after.turns.values()} == {
        (Did.ENDED, Waiting.NO_RELAY)
    }
    assert {one.turns for one in after.standings["plan"].people.values()} == {0}  # nobody loses their place
    assert relay.advance(lose(place()), after, friday + 5 * DAY) == after


@pytest.mark.parametrize("lose", LOST)
def test_a_relay_that_is_back_the_same_day_has_its_turns_back(lose: Any) -> None:
    records = begun()
    gone = relay.advance(lose(place()), records, MONDAY)
    back = relay.advance(place(), gone, MONDAY + timedelta(minutes=1))
    assert days(back) == days(records)
    assert back.standings == records.standings


@pytest.mark.parametrize("lose", LOST)
def test_a_relay_that_is_back_later_begins_with_new_turns_by_the_fair_rule(lose: Any) -> None:
    records = begun()
    gone = lived(lose(place()), records, MONDAY, MONDAY + 7 * DAY)
    back = relay.advance(place(), gone, MONDAY + 7 * DAY)
    fresh = [turn for turn in back.turns.values() if turn.open]
    assert {turn.id for turn in fresh}.isdisjoint(records.turns)
    assert {turn.kind for turn in fresh} == {"normal"}
    assert {turn.state for key, turn in back.turns.items() if key in records.turns} == {"withdrawn"}
    before = [turn.presenter for turn in records.turns.values()]
    assert [turn.presenter for turn in fresh] == before  # they had been told, and come before the others


def test_what_was_presented_before_the_relay_was_lost_has_been_held() -> None:
    records = lived(place(), begun(), MONDAY, THURSDAY - timedelta(hours=2))
    after = relay.advance(no_meeting(place()), records, THURSDAY + timedelta(hours=1))
    assert after.turns["plan-1"].state == "held"


def test_another_departments_turns_are_not_touched() -> None:
    everybody = [*(person(one) for one in PEOPLE), *(person(f"j{one}", department="jura") for one in PEOPLE)]
    plans = place().meeting_plans
    both = place(
        *everybody,
        departments={key: Department(key=key, name=key) for key in ("plan", "jura")},
        meeting_plans={**plans, "jura": replace(plans["plan"], department="jura")},
    )
    records = begun(both)
    after = lived(replace(both, meeting_plans=plans), records, MONDAY, MONDAY + 3 * DAY)
    states = {(turn.department, turn.state) for turn in after.turns.values() if turn.id in records.turns}
    assert states == {("plan", "announced"), ("plan", "assigned"), ("jura", "withdrawn")}


def test_whoever_moves_to_another_department_keeps_the_turn_they_were_told_of() -> None:
    records = begun()
    turn = turn_on(records, "01-14")
    people = [person(one, department="jura" if one == turn.presenter else "plan") for one in PEOPLE]
    after = lived(place(*people), records, MONDAY, THURSDAY + timedelta(hours=1))
    assert (after.turns[turn.id].state, after.turns[turn.id].presenter) == ("held", turn.presenter)


# --- what was said


def assigned(now: datetime = MONDAY + 4 * DAY) -> tuple[RelayRecords, Turn]:
    """The relay when the challenge of the first turn has been given."""
    records = lived(place(), begun(), MONDAY, now)
    return records, turn_on(records, "01-14")


def saying(records: RelayRecords, turn: Turn, said: Said) -> RelayRecords:
    unreached = frozenset({turn.presenter} if said == "parked" else ())
    return replace(records, told=Told(challenges={challenge_key(turn): said}, unreached=unreached))


def test_a_turn_whose_challenge_has_not_left_when_its_meeting_begins_waits_for_the_next() -> None:
    records, turn = assigned()
    before = relay.advance(place(), saying(records, turn, "waits"), THURSDAY - timedelta(minutes=1))
    assert before.turns[turn.id].state == "assigned"
    after = relay.advance(place(), before, THURSDAY)
    moved = after.turns[turn.id]
    assert [(deed.what, deed.why, deed.to) for deed in moved.deeds[-3:-1]] == [
        (Did.WAITS, Waiting.NOT_TOLD, None),
        (Did.MOVED, None, THURSDAY + 7 * DAY + timedelta(minutes=20)),
    ]
    assert (moved.state, moved.challenge, moved.presenter) == ("assigned", turn.challenge, turn.presenter)
    assert challenge_key(moved) == f"assignment/plan-1.1/{turn.presenter}"  # another notice: it is still to be said
    assert after.standings == before.standings
    later = relay.advance(place(), after, THURSDAY + timedelta(hours=1))
    assert later.turns[turn.id].state != "held"


def test_a_turn_whose_challenge_left_is_held() -> None:
    records, turn = assigned()
    after = relay.advance(place(), saying(records, turn, "sent"), THURSDAY + timedelta(minutes=20))
    assert after.turns[turn.id].state == "held"


def test_an_announced_turn_that_nobody_gave_a_challenge_is_neither_presented_nor_missed() -> None:
    records = begun()
    after = relay.advance(place(), records, THURSDAY)  # the service was away for ten days
    assert [(deed.what, deed.why) for deed in after.turns["plan-1"].deeds[1:2]] == [(Did.WAITS, Waiting.NOT_TOLD)]
    assert after.turns["plan-1"].open


def test_when_a_challenge_is_refused_the_next_person_is_drawn_and_the_first_keeps_the_turn() -> None:
    records, turn = assigned(MONDAY + 3 * DAY)
    now = MONDAY + 3 * DAY + timedelta(hours=2)  # in the same hour: tomorrow there would be too little time
    after = relay.advance(place(), saying(records, turn, "parked"), now)
    first, new = after.turns[turn.id], turn_on(after, "01-14")
    assert (first.state, first.starts, first.person) == ("announced", None, turn.person)
    assert [deed.what for deed in first.deeds[-2:]] == [Did.NOT_REACHED, Did.WAITS]
    assert new.presenter != turn.presenter
    assert new.why is not None
    assert new.why.away[turn.presenter] is Hindrance.NOT_REACHED
    assert relay.advance(place(), after, now) == after
    reached = relay.advance(place(), replace(after, told=Told()), now + 14 * DAY)
    assert reached.turns[turn.id].starts
    assert reached.turns[turn.id].starts.date() >= date(2027, 1, 21)  # type: ignore[union-attr]  # asserted above


def test_when_it_is_too_late_to_draw_somebody_the_meeting_has_no_turn() -> None:
    records, turn = assigned(MONDAY + 8 * DAY)  # Tuesday: one working day lies between
    after = relay.advance(place(), saying(records, turn, "parked"), MONDAY + 8 * DAY)
    assert [day for _, day in days(after) if day.startswith("01-14")] == []
    assert after.turns[turn.id].open


def test_who_stands_in_and_is_not_reached_gives_the_turn_back() -> None:
    records, turn = assigned()
    now = MONDAY + 4 * DAY + timedelta(hours=2)
    other = next(one for one in PEOPLE if one not in {name for name, _ in days(records)})
    asked = relay_acts.offer(place(), records, turn.id, other, by(turn.presenter, now))
    swapped = relay_acts.accept(place(), asked, turn.id, other, by(other, now))
    after = relay.advance(place(), saying(swapped, swapped.turns[turn.id], "parked"), now)
    assert (after.turns[turn.id].presenter, after.turns[turn.id].meeting) == (turn.person, turn.meeting)
    assert [deed.what for deed in after.turns[turn.id].deeds[-2:]] == [Did.NOT_REACHED, Did.BACK]
    assert relay.advance(place(), after, now) == after


def test_an_absence_keeps_a_turn_from_the_meeting_before_it() -> None:
    records = begun()
    turn = turn_on(records, "01-21")
    made = place(absences={turn.presenter: (Span(date(2027, 1, 19), date(2027, 1, 22)),)})
    after = relay.advance(made, records, MONDAY).turns[turn.id]
    assert f"{after.starts:%m-%d}" == "01-28"


def test_a_turn_that_was_held_after_all_was_held_when_its_meeting_was() -> None:
    records, turn = assigned()
    after = relay.advance(place(), saying(records, turn, "waits"), THURSDAY)
    done = relay_acts.held(after, turn.id, by("facilitator", THURSDAY + timedelta(hours=2)))
    assert (done.turns[turn.id].state, f"{done.turns[turn.id].starts:%m-%d %H:%M}") == ("held", "01-14 09:00")
