"""Turns as they follow their meetings and people: one department, Thursdays at nine, worked out by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from culture.meetings import Amendment, Meeting, MeetingPlan, Rhythm
from culture.organisation import Organisation
from culture.relay import acts as relay_acts
from culture.relay import notices as relay_notices
from culture.relay import schedule as relay
from culture.relay.acts import NotPossible, Request
from culture.relay.days import assignment_day
from culture.relay.deeds import Did
from culture.relay.learning import Learning, Outcome
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.relay.turns import Hindrance, Turn
from culture.workdays import Closing, Span
from tests.culture_values import (
    challenge_catalogue,
    organisation,
    person,
    running,
)

MONDAY = datetime(2027, 1, 4, 6, tzinfo=UTC)
"""Four weeks of Thursdays are ahead: 7, 14, 21 and 28 January. The 7th is too near: two working days lie between."""

PEOPLE = ("a", "b", "c", "d", "e")


def place(*people: Any, relay_: Relay | None = None, **changes: Any) -> Organisation:
    rhythm = Rhythm(weekday=4, start=time(9), minutes=60)
    values: dict[str, Any] = {
        "relay": relay_ or running(),
        "closing": Closing(country="DK"),
        "meeting_plans": {"plan": MeetingPlan(department="plan", zone="Europe/Copenhagen", rhythm=rhythm)},
        "challenges": challenge_catalogue(6),
        "facilitators": {"plan": "a"},
    }
    return organisation(*(people or [person(one) for one in PEOPLE]), **{**values, **changes})


def amended(made: Organisation, *changes: Amendment) -> Organisation:
    plan = replace(made.meeting_plans["plan"], amendments=changes)
    return replace(made, meeting_plans={"plan": plan})


def days(records: RelayRecords) -> list[tuple[str, str]]:
    """Each open turn's presenter and slot."""
    open_ = sorted((t for t in records.turns.values() if t.open and t.starts), key=lambda t: (t.starts, t.number))
    return [(turn.presenter, f"{turn.starts:%m-%d %H:%M}") for turn in open_]


def turn_on(records: RelayRecords, day: str) -> Turn:
    return next(t for t in records.turns.values() if t.starts and f"{t.starts:%m-%d}" == day and t.open)


def begun(made: Organisation | None = None, now: datetime = MONDAY) -> RelayRecords:
    return relay.advance(made or place(), RelayRecords(), now)


def by(person_id: str, now: datetime = MONDAY) -> Request:
    return Request(by=person_id, at=now)


def local(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - as it stands in the config


def test_turns_are_announced_four_weeks_ahead_and_never_with_less_than_three_working_days() -> None:
    found = days(begun())
    assert [day for _, day in found] == ["01-14 09:00", "01-21 09:00", "01-28 09:00"]
    assert len({name for name, _ in found}) == 3


def test_the_challenge_comes_a_week_before_and_again_not_before_all_that_fit() -> None:
    made, records = place(), begun()
    given = []
    for week in range(12):
        records = relay.advance(made, records, MONDAY + timedelta(days=7 * week + 4))
        given += [t.challenge for t in records.turns.values() if t.state == "assigned"]
    assert sorted(given[:6]) == [f"challenge-{n}" for n in range(6)]
    assert len(given[6:]) == len(set(given[6:])) == 4  # 25 March is Maundy Thursday


def test_easter_takes_none_of_the_ten_working_days() -> None:
    # Thursday 1 April 2027 follows Maundy Thursday, Good Friday and Easter Monday: too few for a break.
    made = place(relay_=Relay(enabled=True))
    assert assignment_day(made, date(2027, 4, 1)) == date(2027, 3, 15)
    assert assignment_day(made, date(2027, 2, 18)) == date(2027, 2, 4)  # two weeks, where nothing is closed


def test_whoever_is_away_that_day_is_not_chosen_and_no_reason_is_kept() -> None:
    away = {"b": (Span(date(2027, 1, 11), date(2027, 1, 29)),)}
    records = begun(place(absences=away))
    assert "b" not in {name for name, _ in days(records)}
    assert all(turn.why and turn.why.away["b"] is Hindrance.COULD_NOT for turn in records.turns.values())


def test_a_part_timer_is_not_chosen_for_a_day_off() -> None:
    people = [person(one, contract_days=frozenset({1, 2, 3})) for one in ("a", "b")] + [person("c")]
    records = begun(place(*people))
    assert {name for name, _ in days(records)} == {"c"}


def test_a_joiner_settles_in_first() -> None:
    new = person("new", started=date(2026, 12, 20))
    records = begun(place(person("a"), new))
    assert [name for name, day in days(records) if day == "01-14 09:00"] == ["a"]  # the 25th day
    assert "new" in {name for name, day in days(records) if day >= "01-21"}


def test_a_moved_meeting_takes_the_turn_along() -> None:
    records = begun()
    presenter = turn_on(records, "01-14").presenter
    moved = relay.advance(amended(place(), Amendment(on=date(2027, 1, 14), to=local(2027, 1, 15, 10))), records, MONDAY)
    assert (presenter, "01-15 10:00") in days(moved)
    assert len(days(moved)) == 3


def test_a_cancelled_meeting_hands_its_turn_to_the_next_with_room() -> None:
    made = amended(place(), Amendment(on=date(2027, 1, 14), to=None))
    records = begun()
    presenter, second = turn_on(records, "01-14").presenter, turn_on(records, "01-21").presenter
    after = relay.advance(made, records, MONDAY)
    assert days(after)[:2] == [(second, "01-21 09:00"), (presenter, "01-21 09:20")]


def test_somebody_who_falls_ill_keeps_the_turn_for_later_and_another_is_found() -> None:
    records = begun()
    ill = turn_on(records, "01-14")
    made = place(absences={ill.presenter: (Span(date(2027, 1, 11), date(2027, 1, 18)),)})
    after = relay.advance(made, records, MONDAY)
    assert turn_on(after, "01-14").presenter != ill.presenter
    assert after.turns[ill.id].open
    assert f"{after.turns[ill.id].starts:%m-%d}" == "01-21"


def test_two_presenters_stand_in_consecutive_slots_as_far_as_the_meeting_holds() -> None:
    records = begun(place(relay_=running(presenters=2, minutes=20, most_minutes=40)))
    assert [day for _, day in days(records)][:2] == ["01-14 09:00", "01-14 09:20"]
    records = begun(place(relay_=running(presenters=2, minutes=20, most_minutes=30)))
    assert [day for _, day in days(records)][:2] == ["01-14 09:00", "01-21 09:00"]


def test_two_presenters_in_a_department_of_one_is_one_turn_at_a_time() -> None:
    records = begun(place(person("a"), relay_=running(presenters=2)))
    assert days(records) == [("a", "01-14 09:00"), ("a", "01-21 09:00"), ("a", "01-28 09:00")]


def test_where_nobody_may_present_there_is_no_turn_and_no_fault() -> None:
    assert days(begun(place(person("a", pause_until=date(2028, 1, 1))))) == []


def test_a_pace_by_the_week_makes_up_for_a_cancelled_meeting() -> None:
    made = amended(place(relay_=running(pace="week")), Amendment(on=date(2027, 1, 14), to=None))
    assert [day for _, day in days(begun(made))] == ["01-21 09:00", "01-21 09:20", "01-28 09:00"]


def test_whoever_leaves_takes_the_turn_along() -> None:
    records = begun()
    turn = turn_on(records, "01-14")
    people = [person(one, left=date(2027, 1, 1) if one == turn.presenter else None) for one in PEOPLE]
    after = relay.advance(place(*people), records, MONDAY)
    assert after.turns[turn.id].state == "withdrawn"
    assert turn_on(after, "01-14").presenter != turn.presenter


def test_a_pass_needs_no_reason_and_somebody_else_is_found() -> None:
    records = begun()
    turn = turn_on(records, "01-14")
    after = relay.advance(place(), relay_acts.pass_on(records, turn.id, by(turn.presenter)), MONDAY)
    assert turn_on(after, "01-14").presenter != turn.presenter
    assert after.standings["plan"].people[turn.presenter].turns == 0


def test_whoever_passes_is_not_asked_again_for_that_meeting_and_the_next_turn_says_why() -> None:
    records = begun()
    turn = turn_on(records, "01-14")
    after = relay.advance(place(), relay_acts.pass_on(records, turn.id, by(turn.presenter)), MONDAY)
    why = turn_on(after, "01-14").why
    assert why is not None
    assert why.away[turn.presenter] is Hindrance.PASSED


def test_a_meeting_at_which_everybody_has_passed_stays_empty() -> None:
    made = place(person("a"), person("b"))
    records = begun(made)
    for _ in range(2):
        turn = turn_on(records, "01-14")
        records = relay.advance(made, relay_acts.pass_on(records, turn.id, by(turn.presenter)), MONDAY)
    assert [day for _, day in days(records) if day.startswith("01-14")] == []
    assert {turn.presenter for turn in records.turns.values() if turn.state == "passed"} == {"a", "b"}


def test_a_pass_is_taken_back_while_nobody_is_at_work_on_it() -> None:
    records = begun()
    turn = turn_on(records, "01-14")
    passed = relay.advance(place(), relay_acts.pass_on(records, turn.id, by(turn.presenter)), MONDAY)
    after = relay.advance(place(), relay_acts.undo(place(), passed, turn.id, by(turn.presenter)), MONDAY)
    assert turn_on(after, "01-14").id == turn.id
    assert days(after)[0] == (turn.presenter, "01-14 09:00")


def test_two_who_swap_change_places_and_what_is_booked_stays() -> None:
    records, made = begun(), place()
    one, other = turn_on(records, "01-14"), turn_on(records, "01-21")
    asked = relay_acts.offer(made, records, one.id, other.presenter, by(one.presenter))
    after = relay_acts.accept(made, asked, one.id, other.presenter, by(other.presenter))
    assert days(after)[:2] == [(other.presenter, "01-14 09:00"), (one.presenter, "01-21 09:00")]
    assert [t.person for t in (after.turns[one.id], after.turns[other.id])] == [one.person, other.person]
    assert after.standings == records.standings
    assert days(relay_acts.undo(made, after, one.id, by(one.presenter))) == days(records)


def test_a_swap_with_somebody_without_a_turn_is_returned_at_their_next() -> None:
    records, made = begun(), place()
    turn = turn_on(records, "01-14")
    free = next(one for one in PEOPLE if one not in {name for name, _ in days(records)})
    asked = relay_acts.offer(made, records, turn.id, free, by(turn.presenter))
    after = relay_acts.accept(made, asked, turn.id, free, by(free))
    assert days(after)[0] == (free, "01-14 09:00")
    for week in range(1, 4):
        after = relay.advance(made, after, MONDAY + timedelta(days=7 * week))
    return_ = next(t for t in after.turns.values() if t.person == free)
    assert return_.presenter == turn.presenter


@pytest.mark.parametrize(
    ("colleague", "sentence"),
    [
        ("gone", "That colleague is not on the department's list on 2027-01-14."),
        ("nobody", "That colleague is not on the department's list on 2027-01-14."),
    ],
)
def test_a_swap_with_somebody_who_does_not_work_there_is_refused(colleague: str, sentence: str) -> None:
    made = place(*[person(one) for one in ("a", "b")], person("gone", left=date(2027, 1, 8)))
    turn = turn_on(begun(made), "01-14")
    with pytest.raises(NotPossible) as refused:
        relay_acts.offer(made, begun(made), turn.id, colleague, by(turn.presenter))
    assert str(refused.value) == sentence


def test_nothing_can_be_done_about_a_turn_whose_meeting_has_begun() -> None:
    records, late = begun(), datetime(2027, 1, 14, 8, 5, tzinfo=UTC)
    turn = turn_on(records, "01-14")
    with pytest.raises(NotPossible, match="has begun"):
        relay_acts.pass_on(records, turn.id, by(turn.presenter, late))


def volunteered(free: str, *, extra: bool = False) -> tuple[RelayRecords, Turn]:
    """The relay after somebody has volunteered for the first meeting, and their turn there."""
    records, made = begun(), place()
    meeting = relay.meetings(made, "plan", date(2027, 1, 14), date(2027, 1, 14))[0]
    after = relay_acts.volunteer(made, records, free, meeting, by(free), extra=extra)
    return after, next(turn for turn in after.turns.values() if turn.kind == "volunteer")


def months(records: RelayRecords, made: Organisation | None = None) -> RelayRecords:
    for week in range(13):
        records = relay.advance(made or place(), records, MONDAY + timedelta(days=7 * week + 4))
    return records


def drawn(records: RelayRecords, person_id: str) -> int:
    return sum(turn.kind == "normal" and turn.person == person_id for turn in records.turns.values())


FREE = relay.projected(place(), begun(), "plan", MONDAY, 1)[0].person
"""Whoever is next after those who are announced."""


@pytest.mark.parametrize("extra", [False, True])
def test_a_turn_volunteered_for_counts_as_the_next_one_unless_it_is_extra(extra: bool) -> None:
    after, turn = volunteered(FREE, extra=extra)
    assert (FREE, "01-14 09:20") in days(after)
    assert (turn.counts, after.standings["plan"].people[FREE].ahead) == (not extra, 0 if extra else 1)
    without_it, with_it = months(begun()), months(after)
    assert drawn(with_it, FREE) == drawn(without_it, FREE) - (not extra)
    instead = [turn.why.instead for turn in with_it.turns.values() if turn.why and turn.why.instead]
    assert instead == ([] if extra else [(FREE,)])


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("how", ["undo", "pass"])
def test_a_volunteered_turn_that_is_given_up_gives_the_count_back(how: str, late: bool) -> None:
    after, turn = volunteered(FREE)
    request = by(FREE)
    if late:  # it has counted by then
        after = relay.advance(place(), after, MONDAY + timedelta(days=8))
        assert (after.standings["plan"].people[FREE].ahead, after.standings["plan"].people[FREE].turns) == (0, 1)
        request = by(FREE, MONDAY + timedelta(days=8))
    if how == "undo":
        after = relay_acts.undo(place(), after, turn.id, request)
    else:
        after = relay_acts.pass_on(after, turn.id, request)
        back = relay_acts.undo(place(), after, turn.id, request)
        assert back.standings["plan"].people[FREE].ahead == 1
    assert (after.standings["plan"].people[FREE].ahead, after.standings["plan"].people[FREE].turns) == (0, 0)
    assert drawn(months(after), FREE) == drawn(months(begun()), FREE)


def test_a_swap_of_a_volunteered_turn_leaves_the_count_where_it_is() -> None:
    after, turn = volunteered(FREE)
    other = turn_on(after, "01-21")
    asked = relay_acts.offer(place(), after, turn.id, other.presenter, by(FREE))
    swapped = relay_acts.accept(place(), asked, turn.id, other.presenter, by(other.presenter))
    assert swapped.turns[other.id].presenter == FREE
    assert swapped.standings == after.standings


# --- nobody twice within eight weeks


def test_whoever_has_a_turn_within_eight_weeks_is_passed_over_while_others_can() -> None:
    many = place(*(person(f"p{number}") for number in range(12)))
    records = begun(many)
    far = relay.meetings(many, "plan", date(2027, 3, 18), date(2027, 3, 18))[0]
    next_one = relay.projected(many, records, "plan", MONDAY, 1)[0].person
    after = relay_acts.volunteer(many, records, next_one, far, by(next_one), extra=True)
    found = months(after, many)
    theirs = sorted(turn.starts.date() for turn in found.turns.values() if turn.presenter == next_one and turn.starts)
    assert theirs[0] == date(2027, 3, 18)
    whys = [turn.why for turn in found.turns.values() if turn.why]
    assert {why.away[next_one] for why in whys if next_one in why.away} == {Hindrance.RECENT}
    assert "01-21" in {day[:5] for _, day in days(relay.advance(many, records, MONDAY))}


def test_in_a_small_department_everybody_comes_round_all_the_same() -> None:
    found = months(begun())
    assert {drawn(found, one) for one in PEOPLE} <= {2, 3, 4}
    whys = [turn.why for turn in found.turns.values() if turn.why]
    assert all(Hindrance.RECENT not in why.away.values() for why in whys[5:])


# --- who does not want to


def test_who_is_not_in_the_relay_has_no_turn_and_the_next_one_has_it() -> None:
    records = begun()
    turn = turn_on(records, "01-21")
    off = place(*(person(one, in_relay=one != turn.presenter) for one in PEOPLE))
    after = relay.advance(off, records, MONDAY + timedelta(minutes=5))
    gone, new = after.turns[turn.id], turn_on(after, "01-21")
    assert (gone.state, [(deed.by, deed.what) for deed in gone.deeds[-1:]]) == (
        "passed",
        [(turn.presenter, Did.PASSED)],  # as any turn that is passed, so nobody can tell the difference
    )
    assert new.why
    assert turn.presenter not in {new.presenter} | new.why.away.keys()
    assert turn.presenter not in after.standings["plan"].people
    with pytest.raises(NotPossible) as refused:
        relay_acts.undo(off, after, turn.id, by(turn.presenter))
    assert str(refused.value) == f"Person {turn.presenter} is not on the list of the relay."
    with pytest.raises(NotPossible) as refused:
        relay_acts.volunteer(off, after, turn.presenter, the_meeting(off), by(turn.presenter))
    assert str(refused.value) == f"Person {turn.presenter} is not on the list of the relay."
    other = turn_on(after, "01-14")
    assert turn.presenter not in relay_acts.candidates(off, after, other)
    with pytest.raises(NotPossible) as refused:
        relay_acts.offer(off, after, other.id, turn.presenter, by(other.presenter))
    assert str(refused.value) == "That colleague is not on the department's list on 2027-01-14."
    later = relay.advance(off, months(after, off), MONDAY + timedelta(days=95))
    others = sorted(one.level for one in later.standings["plan"].people.values())
    back = relay.advance(place(), later, MONDAY + timedelta(days=95))
    assert back.standings["plan"].people[turn.presenter].level == others[1]  # the lower one in the middle of four


def the_meeting(made: Organisation) -> Meeting:
    return relay.meetings(made, "plan", date(2027, 1, 28), date(2027, 1, 28))[0]


def test_whoever_stands_in_and_does_not_want_to_gives_the_turn_back() -> None:
    records, made = begun(), place()
    turn = turn_on(records, "01-14")
    asked = relay_acts.offer(made, records, turn.id, FREE, by(turn.presenter))
    swapped = relay_acts.accept(made, asked, turn.id, FREE, by(FREE))
    off = place(*(person(one, in_relay=one != FREE) for one in PEOPLE))
    after = relay.advance(off, swapped, MONDAY + timedelta(minutes=5))
    assert (after.turns[turn.id].presenter, after.turns[turn.id].starts) == (turn.person, turn.starts)
    assert after.standings["plan"].owed == {}


def told(learned: datetime, turn: Turn, outcome: Outcome) -> Learning:
    return Learning(
        id=turn.id,
        department="plan",
        person=turn.presenter,
        challenge=turn.challenge,
        title="Challenge",
        at=learned,
        outcome=outcome,
    )


def lived(made: Organisation, records: RelayRecords, until: datetime, now: datetime = MONDAY) -> RelayRecords:
    while now < until:
        now += timedelta(days=1)
        records = relay.advance(made, records, now)
    return records


def test_not_yet_comes_back_to_the_same_person_after_thirty_days() -> None:
    made = place()
    friday = datetime(2027, 1, 15, 9, tzinfo=UTC)
    records = lived(made, begun(), friday)
    turn = next(t for t in records.turns.values() if t.state == "held")
    records = replace(records, learnings={turn.id: told(friday, turn, Outcome.NOT_YET)})
    records = lived(made, records, datetime(2027, 2, 20, tzinfo=UTC), friday)
    again = next(t for t in records.turns.values() if t.kind == "retry")
    assert (again.presenter, again.challenge, again.earlier) == (turn.presenter, turn.challenge, turn.id)
    assert f"{again.starts:%m-%d}" == "02-18"  # the first Thursday from 14 February on


def test_not_yet_comes_back_to_whoever_is_next_where_that_is_configured() -> None:
    made = place(relay_=running(retry_by="other"))
    friday = datetime(2027, 1, 15, 9, tzinfo=UTC)
    records = lived(made, begun(made), friday)
    turn = next(t for t in records.turns.values() if t.state == "held")
    records = replace(records, learnings={turn.id: told(friday, turn, Outcome.NOT_YET)})
    records = lived(made, records, datetime(2027, 2, 20, tzinfo=UTC), friday)
    again = next(t for t in records.turns.values() if t.earlier == turn.id)
    assert (again.kind, again.challenge) == ("normal", turn.challenge)
    assert again.presenter != turn.presenter


def test_a_turn_that_was_missed_waits_for_the_next_meeting_with_its_challenge() -> None:
    made = place()
    friday = datetime(2027, 1, 15, 9, tzinfo=UTC)
    records = lived(made, begun(), friday)
    turn = next(t for t in records.turns.values() if t.state == "held")
    after = relay.advance(made, relay_acts.missed(records, turn.id, by("facilitator", friday)), friday)
    found = after.turns[turn.id]
    assert (found.challenge, found.state) == (turn.challenge, "assigned")
    assert found.starts
    assert found.starts > friday


def test_projected_turns_go_on_from_the_announced_ones_and_bind_nobody() -> None:
    records, made = begun(), place()
    found = relay.projected(made, records, "plan", MONDAY, 12)
    assert len(found) == 12
    assert found[0].starts
    assert f"{found[0].starts:%m-%d}" == "02-04"
    assert relay.projected(made, records, "plan", MONDAY, 12) == found


def notices(made: Organisation, records: RelayRecords, now: datetime) -> list[tuple[str, str]]:
    found = relay_notices.due(made, records, now)
    return sorted((f"{n.due:%m-%d %H:%M}", n.kind) for n in found if n.due <= now < n.too_late)


def test_a_turns_letters_come_at_their_days() -> None:
    made, records = place(), begun()
    seen: list[tuple[str, str]] = []
    now = MONDAY
    turn = turn_on(records, "01-14")
    for _ in range(60):
        now += timedelta(hours=12)
        records = relay.advance(made, records, now)
        mine = (n for n in relay_notices.due(made, records, now) if turn.id in n.period and n.kind != "overview")
        seen += [(f"{n.due:%m-%d}", n.kind) for n in mine if n.due <= now < n.too_late]
    assert sorted(set(seen)) == [
        ("01-07", "assignment"),  # a week before
        ("01-13", "eve"),
        ("01-14", "learning"),  # when the slot ends
    ]


def test_a_turn_that_was_missed_and_then_held_is_reminded_of_and_asked_about_again() -> None:
    made, friday = place(), datetime(2027, 1, 15, 9, tzinfo=UTC)
    records = lived(made, begun(), friday)
    turn = next(t for t in records.turns.values() if t.state == "held")
    records = relay.advance(made, relay_acts.missed(records, turn.id, by("facilitator", friday)), friday)
    again = records.turns[turn.id].starts
    assert again
    seen, now = set[tuple[str, str]](), friday
    while now < again + timedelta(days=1):
        now += timedelta(hours=6)
        records = relay.advance(made, records, now)
        mine = (n for n in relay_notices.due(made, records, now) if turn.id in n.period and n.kind != "overview")
        seen |= {(n.kind, n.period) for n in mine if friday < n.due <= now < n.too_late}
    day = again.date()
    assert seen - {("eve", f"{turn.id}.{day}")} == {
        *([("halfway", f"{turn.id}.{day}")] if ("eve", f"{turn.id}.{day}") not in seen else []),
        ("learning", f"{turn.id}.{day}"),
    }
    assert len(seen) == 2


def test_the_facilitator_gets_the_overview_the_working_day_before() -> None:
    made = place()
    records = lived(made, begun(), datetime(2027, 1, 13, 6, tzinfo=UTC))
    assert ("01-13 07:00", "overview") in notices(made, records, datetime(2027, 1, 13, 6, 30, tzinfo=UTC))
    assert ("01-13 07:00", "overview") not in notices(made, records, datetime(2027, 1, 14, 8, tzinfo=UTC))


def test_no_letter_is_due_about_a_meeting_that_has_been() -> None:
    made = place()
    records = lived(made, begun(), datetime(2027, 1, 13, 6, tzinfo=UTC))
    late = relay.advance(made, records, datetime(2027, 1, 14, 12, tzinfo=UTC))
    found = {kind for day, kind in notices(made, late, datetime(2027, 1, 14, 12, tzinfo=UTC)) if day < "01-14"}
    assert found <= {"assignment"}  # the next turn's, given on the 14th at seven
