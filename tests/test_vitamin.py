from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from culture.organisation import Organisation
from culture.parts import Parts
from culture.people import Language, Person
from culture.vitamin import rules as vitamin
from culture.vitamin import timetable
from culture.vitamin.catalogue import Catalogue
from culture.vitamin.settings import Vitamin
from culture.vitamin.timetable import VitaminRecords
from culture.workdays import Closing, Span, Week
from culture.world import World
from service.planning.moments import next_moment
from tests.culture_values import SEEN, organisation, person
from tests.examples import some

pytestmark = pytest.mark.slow

TITLE: Mapping[Language, str] = {"da": "AI-tid", "en": "AI time"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def world(now: datetime, *people: Person, **changes: object) -> World:
    return World(organisation(*people, **changes), now)


def days_of(found: World, one: Person, first: str, last: str) -> list[str]:
    block = vitamin.block(found, one)
    assert block
    return [str(day) for day in block.days(date.fromisoformat(first), date.fromisoformat(last))]


def test_a_part_timer_has_blocks_on_their_own_days_and_none_when_away() -> None:
    one = person(working_days=frozenset({1, 2, 4}))
    found = world(SEEN, one, absences={one.id: (Span(date(2026, 12, 7), date(2026, 12, 8)),)})
    assert days_of(found, one, "2026-11-30", "2026-12-14") == [
        "2026-11-30",
        "2026-12-01",
        "2026-12-03",
        "2026-12-10",
        "2026-12-14",
    ]


def test_no_block_before_the_first_day_or_after_the_last() -> None:
    one = person(started=date(2026, 12, 2), left=date(2026, 12, 4))
    assert days_of(world(SEEN, one), one, "2026-11-30", "2026-12-31") == ["2026-12-02", "2026-12-03", "2026-12-04"]


def test_a_pause_ends_on_its_day() -> None:
    one = person(pause_until=date(2026, 12, 3))
    assert days_of(world(SEEN, one), one, "2026-11-30", "2026-12-04") == ["2026-12-03", "2026-12-04"]


def test_whoever_left_or_wants_none_has_no_block() -> None:
    left, none = person("1", left=date(2026, 11, 1)), person("2", channel="none")
    found = world(SEEN, left, none)
    assert (vitamin.block(found, left), vitamin.block(found, none)) == (None, None)


def test_the_window_spreads_people_and_each_keeps_a_place() -> None:
    staggered = Vitamin(title=TITLE, time=(time(12, 0), time(13, 0)))
    people = [person(str(number)) for number in range(200)]
    found = organisation(*people, vitamin=staggered)
    starts = [vitamin.start_time(found, one) for one in people]
    assert set(starts) == {time(12, minute) for minute in range(0, 55, 5)}
    assert starts == [vitamin.start_time(found, one) for one in people]


def test_an_own_time_wins_over_the_window() -> None:
    assert vitamin.start_time(organisation(), person(time=time(8, 5))) == time(8, 5)


def test_a_window_too_narrow_for_the_minutes_is_one_time() -> None:
    narrow = Vitamin(title=TITLE, time=(time(12, 30), time(12, 35)), minutes=10)
    assert vitamin.start_time(organisation(vitamin=narrow), person()) == time(12, 30)


def keys(found: World) -> list[str]:
    return [notice.key for notice in vitamin.due(found)]


def test_on_a_working_morning_a_person_is_welcomed_at_first_sight_with_the_weeks_prompts() -> None:
    welcome, tip = vitamin.due(world(SEEN, person()))
    assert (welcome.key, welcome.due, welcome.at_once) == ("welcome/first/7", SEEN, False)
    assert welcome.carries == (tip.key,) == ("tip/2026-W49/7",)


CHRISTMAS = Closing(country="DK", quiet_weeks=frozenset({Week(2026, 52), Week(2026, 53)}))


@pytest.mark.parametrize(
    ("seen", "welcomed", "changes"),
    [
        ("2026-11-30T09:13+01:00", "2026-11-30T09:13+01:00", {}),
        ("2026-11-30T05:13+01:00", "2026-11-30T07:00+01:00", {}),
        ("2026-11-30T12:00+01:00", "2026-12-01T07:00+01:00", {}),
        ("2026-11-29T23:00+01:00", "2026-11-30T07:00+01:00", {}),  # on a Sunday night
        ("2026-12-04T16:59+01:00", "2026-12-07T07:00+01:00", {}),  # on a Friday, on the way home
        ("2026-12-22T10:00+01:00", "2027-01-04T07:00+01:00", {}),  # in the middle of Christmas
        ("2026-11-30T10:00+01:00", "2026-11-30T07:00-02:00", {"zone": "America/Nuuk"}),  # where the night is not over
        ("2026-11-30T10:00+01:00", "2026-12-01T07:00+13:00", {"zone": "Pacific/Auckland"}),  # ... and the day is
        ("2026-11-30T10:00+01:00", "2026-12-03T07:00+01:00", {"contract_days": frozenset({4, 5})}),
        ("2026-11-30T10:00+01:00", "2026-12-05T07:00+01:00", {"contract_days": frozenset({6, 7})}),  # their Monday
        ("2026-11-30T10:00+01:00", "2026-12-07T07:00+01:00", {"started": date(2026, 12, 5)}),
    ],
)
def test_everybody_is_welcomed_on_a_working_morning(seen: str, welcomed: str, changes: dict[str, Any]) -> None:
    one = person(first_seen=at(seen), **changes)
    assert vitamin.welcome_moment(organisation(one, closing=CHRISTMAS), one) == at(welcomed)


def test_nothing_is_said_before_the_welcome_and_what_it_carries_is_of_its_own_week() -> None:
    one = person(first_seen=at("2026-12-03T15:00+01:00"))
    assert keys(world(at("2026-12-04T06:59+01:00"), one)) == []
    welcome, _ = vitamin.due(world(at("2026-12-04T07:00+01:00"), one))
    assert welcome.carries == ("tip/2026-W49/7",)
    fridays_off = person(first_seen=at("2026-12-03T15:00+01:00"), working_days=frozenset({1, 2}))
    (welcome,) = vitamin.due(world(at("2026-12-04T07:00+01:00"), fridays_off))
    assert welcome.carries == ()


def test_who_was_met_before_letters_reached_mailboxes_is_welcomed_on_the_morning_after() -> None:
    late = replace(world(at("2026-12-15T20:00+01:00"), person()), told_since=at("2026-12-15T14:00+01:00"))
    assert keys(late) == []
    assert "welcome/first/7" in keys(replace(late, now=at("2026-12-16T07:00+01:00")))


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2027-01-04", True), ("2027-01-05", True), ("2027-01-11", False), ("2026-12-14", False)],
)
def test_the_first_letter_after_a_break_is_told_apart(day: str, expected: bool) -> None:
    one = person()
    assert (
        vitamin.comes_back(world(at(f"{day}T07:00+01:00"), one, closing=CHRISTMAS), one, date.fromisoformat(day))
        is expected
    )


def test_whoever_works_the_days_after_a_break_had_a_letter_then_and_whoever_does_not_comes_back_later() -> None:
    closing = Closing(country="DK", spans=(Span(date(2026, 12, 21), date(2026, 12, 31)),))  # 1 January is a Friday
    closed = replace(closing, spans=(*closing.spans, Span(date(2027, 1, 1), date(2027, 1, 6))))  # to a Wednesday
    here, later = person(), person("8", working_days=frozenset({1, 2}))
    monday = date(2027, 1, 11)
    found = world(at("2027-01-11T07:00+01:00"), here, later, closing=closed)
    assert (vitamin.comes_back(found, here, monday), vitamin.comes_back(found, later, monday)) == (False, True)


def test_a_joiner_is_welcomed_on_the_first_morning_not_before() -> None:
    one = person(started=date(2026, 12, 7))
    assert keys(world(at("2026-12-07T06:59+01:00"), one)) == []
    assert keys(world(at("2026-12-07T07:00+01:00"), one)) == ["welcome/first/7", "tip/2026-W50/7"]


def test_whoever_is_away_is_welcomed_when_back() -> None:
    one = person()
    away = {one.id: (Span(date(2026, 11, 30), date(2027, 5, 2)),)}
    assert keys(world(at("2026-12-07T09:00+01:00"), one, absences=away)) == []
    assert "welcome/first/7" in keys(world(at("2027-05-03T09:00+02:00"), one, absences=away))


def test_the_weeks_letter_waits_for_the_first_day_somebody_works() -> None:
    one = person(working_days=frozenset({3, 4}), first_seen=at("2026-09-01T08:00+02:00"))
    assert keys(world(at("2026-12-02T06:59+01:00"), one)) == []
    (tip,) = vitamin.due(world(at("2026-12-02T07:00+01:00"), one))
    assert (tip.key, tip.too_late - tip.due) == ("tip/2026-W49/7", timedelta(days=1))


def test_no_letter_in_a_week_without_a_day_for_it() -> None:
    one = person(first_seen=at("2026-09-01T08:00+02:00"))
    quiet = Closing(country="DK", quiet_weeks=frozenset({Week(2026, 49)}))
    assert keys(world(at("2026-12-03T12:00+01:00"), one, closing=quiet)) == []


def test_a_stopped_person_is_welcomed_but_gets_no_prompts() -> None:
    (welcome,) = vitamin.due(world(SEEN, person(stopped=True)))
    assert (welcome.kind, welcome.carries) == ("welcome", ())


def test_a_letter_day_later_in_the_week_is_kept() -> None:
    one = person(first_seen=at("2026-09-01T08:00+02:00"))
    wednesday = Vitamin(title=TITLE, letter_day=3)
    (tip,) = vitamin.due(world(at("2026-12-02T12:00+01:00"), one, vitamin=wednesday))
    assert tip.due == at("2026-12-02T07:00+01:00")


def test_this_weeks_prompts_are_frozen_and_those_of_past_days_stay() -> None:
    first = world(SEEN, person())
    frozen = {day: given for days in vitamin.to_freeze(first).values() for day, given in days.items()}
    assert sorted(frozen) == list(Week(2026, 49).days[:5])
    known = Parts().having(VitaminRecords({("plan", "general"): frozen}))
    later = World(organisation(person()), at("2026-12-01T08:00+01:00"), known)
    assert vitamin.to_freeze(later) == {}
    changed = World(
        organisation(person(), catalogue=Catalogue({})),
        later.now,
        Parts().having(VitaminRecords({("plan", "general"): frozen})),
    )
    assert timetable.prompts(changed, ("plan", "general")) == frozen


def jumps(made: Organisation, begin: datetime, end: datetime) -> list[datetime]:
    moments, now = [begin], begin
    while (now := next_moment(World(made, now))) < end:
        moments.append(now)
    return moments


def first_dues(made: Organisation, moments: list[datetime]) -> dict[str, datetime]:
    """When each notice is first due, seen at these moments."""
    first: dict[str, datetime] = {}
    for now in moments:
        for notice in vitamin.due(World(made, now)):
            first.setdefault(notice.key, now)
    return first


@settings(max_examples=some(2))
@given(
    begin=st.datetimes(datetime(2026, 10, 20), datetime(2027, 4, 1)),  # noqa: DTZ001 - hypothesis wants them naive
    letter_at=st.times(time(0, 0), time(23, 59)).map(lambda found: found.replace(second=0, microsecond=0)),
    zone=st.sampled_from(["Europe/Copenhagen", "America/Nuuk", "Australia/Sydney"]),
)
def test_jumping_from_moment_to_moment_sees_what_ticking_every_minute_sees(
    begin: datetime, letter_at: time, zone: str
) -> None:
    start = begin.replace(second=0, microsecond=0, tzinfo=UTC)
    seen = start - timedelta(days=90)
    made = organisation(
        person("1", first_seen=seen),
        person("2", first_seen=seen, zone=zone, started=start.date() + timedelta(days=1)),
        vitamin=Vitamin(title=TITLE, letter_at=letter_at),
    )
    end = start + timedelta(hours=30)
    minutes = [start + timedelta(minutes=n) for n in range(30 * 60)]
    assert first_dues(made, jumps(made, start, end)) == first_dues(made, minutes)
