"""When challenges come and which meetings have turns, over random calendars: ten working days, breaks, a first day."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from culture.meetings import MeetingPlan, Rhythm
from culture.organisation import Organisation
from culture.relay import acts as relay_acts
from culture.relay import schedule as relay
from culture.relay.acts import NotPossible, Request
from culture.relay.days import announced_to, assignment_day, drawn_from, is_free_after_break, may_be_given
from culture.relay.deeds import Did, Waiting
from culture.relay.schedule import RelayRecords
from culture.relay.season import first_day
from culture.relay.settings import Relay
from culture.relay.told import Told
from culture.relay.turns import Turn, TurnList
from culture.vitamin.settings import Vitamin
from culture.workdays import Closing, Span
from tests.culture_values import SEEN, challenge_catalogue, organisation, person
from tests.examples import some

pytestmark = pytest.mark.year

DAY = timedelta(days=1)
FIRST = date(2027, 1, 4)
"""A Monday."""

NOTHING_CLOSED = Closing(country="")
SUMMER = Span(date(2027, 7, 12), date(2027, 7, 30))


def house(closing: Closing = NOTHING_CLOSED, weekday: int = 4, **changes: Any) -> Organisation:
    rhythm = Rhythm(weekday=weekday, start=time(9), minutes=60)
    values = {
        "relay": Relay(enabled=True, starts=FIRST, settle_days=0),
        "closing": closing,
        "meeting_plans": {"plan": MeetingPlan(department="plan", zone="Europe/Copenhagen", rhythm=rhythm)},
        "challenges": challenge_catalogue(30),
        **changes,
    }
    return organisation(*(person(f"p{number}") for number in range(12)), **values)


def morning(day: date) -> datetime:
    return datetime.combine(day, time(6), UTC)


def lived(made: Organisation, records: RelayRecords, first: date, last: date) -> RelayRecords:
    for number in range((last - first).days + 1):
        records = relay.advance(made, records, morning(first + number * DAY))
    return records


# --- what a break is, counted here by hand and not by the product


def works(closed: set[date], day: date) -> bool:
    return day.weekday() < 5 and day not in closed


def working_days(closed: set[date], first: date, last: date) -> int:
    """From `first` to before `last`."""
    return sum(works(closed, first + n * DAY) for n in range((last - first).days))


def row_of_closed(closed: set[date], day: date, step: int) -> int:
    """How many closed weekdays come in a row, from the day beside `day` on."""
    found, day = 0, day + step * DAY
    while not works(closed, day) and found < 30:
        found += day.weekday() < 5
        day += step * DAY
    return found


def near_break(closed: set[date], day: date, step: int, within: int) -> bool:
    """Whether a working day is one of the last `within` before a break (step 1), or of the first after one (-1)."""
    for _ in range(within):
        if row_of_closed(closed, day, step) >= 5:
            return True
        day += step * DAY
        while not works(closed, day):
            day += step * DAY
    return False


def in_break(closed: set[date], day: date) -> bool:
    if works(closed, day):
        return False
    before = row_of_closed(closed, day, -1) + row_of_closed(closed, day, 1) + (day.weekday() < 5)
    return before >= 5


@st.composite
def calendars(draw: st.DrawFn) -> set[date]:
    """Closed days of a year: single ones, and rows of them."""
    closed = set[date]()
    for _ in range(draw(st.integers(0, 5))):
        begins, days = draw(st.integers(20, 300)), draw(st.sampled_from([1, 2, 3, 5, 7, 12, 26]))
        closed |= {FIRST + (begins + n) * DAY for n in range(days)}
    return closed


def closing_of(closed: set[date]) -> Closing:
    return Closing(country="", spans=tuple(Span(day, day) for day in sorted(closed)))


@given(calendars(), st.integers(30, 320), st.integers(10, 20))
@settings(max_examples=some(150), deadline=None)
def test_a_challenge_has_ten_to_twenty_working_days_and_is_not_given_just_before_a_break(
    closed: set[date], ahead: int, lead: int
) -> None:
    made, meeting = house(closing_of(closed), relay=Relay(enabled=True, lead_days=lead)), FIRST + ahead * DAY
    found = assignment_day(made, meeting)
    assert works(closed, found)
    assert 10 <= working_days(closed, found, meeting) <= 20
    others = (meeting - n * DAY for n in range(1, 100))
    fits = [d for d in others if works(closed, d) and 10 <= working_days(closed, d, meeting) <= 20]
    good = [day for day in fits if not near_break(closed, day, 1, 3)]
    assert found in good or not good
    earlier = [day for day in good if working_days(closed, day, meeting) >= lead]
    assert found == (earlier or good[::-1] or [d for d in fits if working_days(closed, d, meeting) == lead])[0]


@given(calendars(), st.integers(0, 320))
@settings(max_examples=some(150), deadline=None)
def test_breaks_are_free_of_challenges_and_their_first_two_days_of_presentations(
    closed: set[date], number: int
) -> None:
    made, day = house(closing_of(closed)), FIRST + number * DAY
    after = works(closed, day) and near_break(closed, day, -1, 2)
    assert is_free_after_break(made, day) == (after or in_break(closed, day))
    weekday = day
    while not works(closed, weekday):
        weekday += DAY
    before = near_break(closed, weekday, 1, 3)
    assert may_be_given(made, day) == (not before and not in_break(closed, day))


@given(calendars(), st.integers(0, 250))
@settings(max_examples=some(150), deadline=None)
def test_who_is_drawn_has_ten_working_days_left_and_is_told_four_weeks_ahead(closed: set[date], number: int) -> None:
    made, today = house(closing_of(closed)), FIRST + number * DAY
    given_on = today
    while not may_be_given(made, given_on):
        given_on += DAY
    assert working_days(closed, given_on, drawn_from(made, today)) == 10
    assert working_days(closed, given_on, drawn_from(made, today) - DAY) == 9
    assert working_days(closed, today, announced_to(made, today)) == 20


@given(
    closed=calendars(),
    weekday=st.integers(1, 5),
    presenters=st.integers(1, 2),
    lead=st.integers(10, 20),
    late=st.lists(st.tuples(st.integers(20, 200), st.sampled_from([1, 5, 12])), max_size=2),
)
@settings(max_examples=some(12), deadline=None)
def test_a_year_of_weekly_meetings_keeps_every_promise(
    closed: set[date], weekday: int, presenters: int, lead: int, late: list[tuple[int, int]]
) -> None:
    """Also where closed days are written down late: whoever has the challenge keeps the date then, all others move."""
    settings_ = Relay(enabled=True, starts=FIRST, settle_days=0, presenters=presenters, lead_days=lead)
    records, known = RelayRecords(), set(closed)
    made = house(closing_of(known), weekday, relay=settings_)
    for number in range(240):
        today = FIRST + number * DAY
        for begins, days in late:
            if begins == number:
                known |= {today + (n + 1) * DAY for n in range(days)}
                made = house(closing_of(known), weekday, relay=settings_)
        before, records = records, relay.advance(made, records, morning(today))
        if records == before and number not in dict(late):
            continue  # it would be the same call once more, and there is nothing new to be asked of it
        assert records == relay.advance(made, records, morning(today))
        for turn in records.turns.values():
            was = before.turns.get(turn.id)
            if turn.state == "assigned" and turn.starts and not (was and was.state == "assigned"):
                day = turn.starts.date()
                assert not near_break(known, today, 1, 3) or not works(known, today)
                assert not in_break(known, today)
                assert working_days(known, today, day) >= 10 or was, turn  # announced before the days were closed
                assert working_days(known, today, day) <= 20
            if turn.state == "announced" and turn.starts and turn.starts > morning(today):
                day = turn.starts.date()
                assert not in_break(known, day)
                assert not (works(known, day) and near_break(known, day, -1, 2)), turn
            if was and was.state == "assigned" and was.starts and turn.state == "assigned" and late:
                gone = not works(known, was.starts.date())  # the meeting itself is on a closed day now
                assert turn.starts == was.starts or gone


def test_several_challenges_are_under_way_at_once() -> None:
    made = house(relay=Relay(enabled=True, starts=FIRST, presenters=2, settle_days=0))
    records = lived(made, RelayRecords(), FIRST, FIRST + 60 * DAY)
    under_way = [turn for turn in records.turns.values() if turn.state == "assigned"]
    assert len({turn.meeting for turn in under_way}) == 2
    assert len(under_way) == 4
    held = [turn for turn in records.turns.values() if turn.state == "held"]
    assert {(turn.starts.date() - turn.assigned.date()).days for turn in held[2:]} == {14}  # type: ignore[union-attr]  # they are held


# --- a closed day that is added late


def announced_and_assigned() -> tuple[RelayRecords, Turn, Turn, date]:
    today = FIRST + 30 * DAY
    records = lived(house(), RelayRecords(), FIRST, today)
    first = next(turn for turn in records.turns.values() if turn.state == "assigned")
    next_ = next(turn for turn in records.turns.values() if turn.state == "announced")
    return records, first, next_, today


def test_an_announced_turn_moves_from_what_has_become_the_first_days_after_a_break() -> None:
    records, _, turn, today = announced_and_assigned()
    assert turn.starts
    day = turn.starts.date()  # a Thursday: the week before it and its Monday and Tuesday are closed now
    made = house(closing_of({day - n * DAY for n in range(2, 11)}))
    after = relay.advance(made, records, morning(today)).turns[turn.id]
    assert [(deed.what, deed.why) for deed in after.deeds[-2:]] == [(Did.WAITS, Waiting.AFTER_BREAK), (Did.MOVED, None)]
    assert after.starts
    assert after.starts > turn.starts


def test_who_has_the_challenge_keeps_the_date() -> None:
    records, turn, _, today = announced_and_assigned()
    assert turn.starts
    day = turn.starts.date()
    made = house(closing_of({day - n * DAY for n in range(2, 9)}))
    assert is_free_after_break(made, day)
    assert relay.advance(made, records, morning(today)).turns[turn.id] == turn


def test_nobody_can_volunteer_for_the_first_days_after_a_break_or_before_the_relay() -> None:
    made = house(Closing(country="", spans=(SUMMER,)), weekday=1, relay=Relay(enabled=True, starts=date(2027, 6, 1)))
    records = relay.advance(made, RelayRecords(), morning(date(2027, 5, 3)))
    found = {m.day: m for m in relay.meetings(made, "plan", date(2027, 5, 3), date(2027, 9, 1))}
    for day, said in (
        (date(2027, 5, 31), "The relay begins on 2027-06-01. Choose a meeting from then on."),
        (date(2027, 8, 2), "There are no presentations on 2027-08-02, just after a break. Choose a later meeting."),
    ):
        with pytest.raises(NotPossible) as refused:
            relay_acts.volunteer(made, records, "p1", found[day], Request(by="p1", at=morning(date(2027, 5, 3))))
        assert str(refused.value) == said


# --- the first day


def new_house(**changes: Any) -> Organisation:
    made = house(relay=Relay(enabled=True, settle_days=0), **changes)
    return replace(made, people={key: replace(one, first_seen=morning(FIRST)) for key, one in made.people.items()})


def first_turn(records: RelayRecords) -> date:
    return min(turn.starts.date() for turn in records.turns.values() if turn.starts)


def test_nobody_presents_before_the_programme_is_four_weeks_old_nor_has_a_challenge_too_early() -> None:
    records = lived(new_house(), RelayRecords(), FIRST, FIRST + 27 * DAY)
    assert first_turn(records) == date(2027, 2, 4)  # Thursday 28 January is the 24th day
    given_on = [turn.assigned for turn in records.turns.values() if turn.state == "assigned"]
    assert given_on == [morning(date(2027, 1, 21)), morning(date(2027, 1, 28))]


@pytest.mark.parametrize("leaver", ["p0", "p5"])
def test_a_person_who_leaves_changes_nothing_of_when_it_began(leaver: str) -> None:
    made = new_house()
    records = relay.advance(made, RelayRecords(), morning(FIRST))
    people = {key: one for key, one in made.people.items() if key != leaver}
    late = {"late": person("late", first_seen=morning(FIRST + 20 * DAY))}
    for staff in (people, {**people, **late}, late):
        after = relay.advance(replace(made, people=staff), records, morning(FIRST + 20 * DAY))
        assert first_day(made, after.standings["plan"], Told()) == FIRST + 28 * DAY


def test_the_latest_of_its_beginnings_counts_and_a_written_day_outranks_them() -> None:
    list_, told = TurnList(began=FIRST), Told(since=FIRST + 3 * DAY)
    pill = Vitamin(title={"da": "AI-tid"}, starts=FIRST + 7 * DAY)
    assert first_day(new_house(), list_, Told()) == FIRST + 28 * DAY
    assert first_day(new_house(), list_, told) == FIRST + 31 * DAY
    assert first_day(new_house(vitamin=pill), list_, told) == FIRST + 35 * DAY
    assert first_day(new_house(vitamin=replace(pill, enabled=False)), list_, told) == FIRST + 31 * DAY
    assert first_day(house(), list_, told) == FIRST
    assert first_day(new_house(), TurnList(), Told()) == date.min  # a list that is older than the rule


def test_a_department_of_people_who_know_the_programme_begins_at_once_and_one_of_new_people_later() -> None:
    known = [person(f"p{n}", first_seen=SEEN) for n in range(3)]
    new = [person(f"q{n}", first_seen=morning(FIRST)) for n in range(4)]
    made = house(relay=Relay(enabled=True))
    for people, began in ((known + new[:2], SEEN.date()), (known + new, FIRST)):
        there = replace(made, people={one.id: one for one in people})
        assert relay.advance(there, RelayRecords(), morning(FIRST)).standings["plan"].began == began


def test_a_turn_before_a_day_that_was_written_later_moves() -> None:
    records, _, turn, today = announced_and_assigned()
    later = house(relay=Relay(enabled=True, starts=FIRST + 90 * DAY, settle_days=0))
    after = relay.advance(later, records, morning(today)).turns[turn.id]
    assert after.deeds[-2].why is Waiting.NOT_BEGUN
    assert after.starts
    assert after.starts.date() >= FIRST + 90 * DAY
