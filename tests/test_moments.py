"""Jumping from moment to moment sees what ticking between the moments sees, of every programme.

Whatever begins where nobody jumps to is there a minute before the next jump, for it lasts; and what would last less than
that is looked for every quarter of an hour.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from calendars.difference import Publication
from calendars.series import series
from culture.ambassadors.corps import ANSWER_WITHIN
from culture.ambassadors.records import AmbassadorRecords, CorpsMeeting
from culture.ambassadors.records import Place as CorpsPlace
from culture.meetings import MeetingPlan, Rhythm
from culture.organisation import Organisation, Window
from culture.parts import Parts
from culture.people import Person
from culture.relay import acts
from culture.relay import schedule as relay
from culture.relay.acts import Request
from culture.relay.schedule import RelayRecords
from culture.relay.told import Told
from culture.revisit.rules import Revisit, RevisitRecords, What
from culture.revisit.settings import RevisitList
from culture.vitamin import rules as vitamin
from culture.vitamin.settings import Vitamin
from culture.vitamin.timetable import VitaminRecords
from culture.workdays import Closing, Span
from culture.world import World
from service.planning import jobs
from service.planning.moments import moment_after, next_moment
from tests.culture_values import (
    challenge_catalogue,
    organisation,
    person,
    running,
)
from tests.examples import some

pytestmark = pytest.mark.year

MINUTE = timedelta(minutes=1)
QUARTER = 15 * MINUTE
MONDAY = date(2027, 1, 11)
WEEKS_BEFORE = 5
"""So long the relay has run: turns are announced four weeks ahead, and the first of them are over."""


def place(vitamin: time, turns: time, revisit: time, window: time, meeting: time) -> Organisation:
    seen = datetime(2026, 10, 1, tzinfo=UTC)
    late = datetime.combine(MONDAY + timedelta(days=1), time(10, 19), UTC)
    return organisation(
        *(person(str(number), first_seen=seen) for number in range(1, 5)),
        person("5", first_seen=seen, zone="America/Nuuk"),
        person("6", first_seen=late),  # the clock has been set back since
        vitamin=Vitamin(title={"da": "AI-tid", "en": "AI time"}, letter_at=vitamin),
        relay=running(settle_days=0, letter_at=turns),
        revisit=RevisitList(letter_at=revisit),
        window=Window(opens=window, closes=time(23, 59)),
        meeting_plans={
            "plan": MeetingPlan(
                department="plan",
                zone="Europe/Copenhagen",
                rhythm=Rhythm(weekday=2, start=meeting, minutes=60),
            )
        },
        challenges=challenge_catalogue(6),
        facilitators={"plan": "1"},
    )


def item(day: date) -> Revisit:
    return Revisit(
        id=str(day),
        name="Copilot",
        what=What.TOOL,
        rejected_by="",
        rejected_on=date(2026, 10, 1),
        reason="x",
        would_change="",
        months=3,
        owner="2",
        next_on=day,
    )


UNTOLD = Told(
    challenges={
        f"assignment/plan-{number}{again}/{who}": "waits"
        for number in range(20)
        for again in ("", ".1", ".2")
        for who in "123456"
    }
)
"""No challenge has left."""


def until_then(made: Organisation, begin: datetime) -> RelayRecords:
    """The relay as it has come to be before `begin`."""
    records, now = RelayRecords(), begin - timedelta(weeks=WEEKS_BEFORE)
    while now < begin:
        records, now = relay.advance(made, records, now), now + timedelta(hours=6)
    return records


def seen(made: Organisation, records: RelayRecords, moments: Iterable[datetime]) -> dict[str, datetime]:
    """When each notice is first due, may first leave, and each turn first stands as it does."""
    items = {str(day): item(day) for day in (MONDAY, MONDAY + timedelta(days=1))}
    first: dict[str, datetime] = {}
    for now in moments:
        records = relay.advance(made, records, now)
        world = World(made, now, Parts().having(records, RevisitRecords(items), VitaminRecords()))
        for turn in records.turns.values():
            first.setdefault(f"{turn.id} {turn.state}", now)
            first.setdefault(f"{turn.id} at {turn.starts}", now)
        for notice in jobs.notices(world):
            first.setdefault(notice.key, now)
            if jobs.of_notice(world, notice, ()).may_go(world, now):
                first.setdefault(f"{notice.key} leaves", now)
    return first


def jumps(made: Organisation, records: RelayRecords, begin: datetime, end: datetime) -> Iterator[datetime]:
    now = begin
    while now < end:
        yield now
        records = relay.advance(made, records, now)
        now = next_moment(World(made, now).having(records))


def between(jumped: Iterable[datetime], end: datetime) -> list[datetime]:
    """The moments that are jumped to, the minutes around each of them, and every quarter of an hour."""
    there = list(jumped)
    found = {at + step for at in there for step in (-MINUTE, timedelta(0), MINUTE)}
    found |= {there[0] + number * QUARTER for number in range((end - there[0]) // QUARTER)} | {end - MINUTE}
    return sorted(at for at in found if there[0] <= at < end)


HOURS = st.times(time(0, 0), time(19, 59)).map(lambda found: found.replace(second=0, microsecond=0))


@settings(max_examples=some(2))
@given(vitamin=HOURS, turns=HOURS, revisit=HOURS, window=HOURS, meeting=HOURS, told=st.sampled_from([Told(), UNTOLD]))
@example(
    vitamin=time(6, 11), turns=time(9, 23), revisit=time(13, 37), window=time(8, 5), meeting=time(10, 41), told=UNTOLD
)
@example(vitamin=time(0), turns=time(0), revisit=time(0), window=time(0), meeting=time(0), told=Told())
def test_jumping_sees_what_ticking_between_the_moments_sees(
    vitamin: time, turns: time, revisit: time, window: time, meeting: time, told: Told
) -> None:
    made = place(vitamin, turns, revisit, window, meeting)
    begin = datetime.combine(MONDAY, time(4, 30), UTC)
    end = begin + timedelta(hours=32)
    records = replace(until_then(made, begin), told=told)
    jumped = list(jumps(made, records, begin, end))
    assert seen(made, records, jumped) == seen(made, records, between(jumped, end))


def test_every_programme_has_something_in_those_hours() -> None:
    made = place(time(6, 11), time(9, 23), time(13, 37), time(8, 5), time(10, 41))
    begin = datetime.combine(MONDAY, time(4, 30), UTC)
    records = until_then(made, begin)
    found = seen(made, records, jumps(made, records, begin, begin + timedelta(hours=32)))
    later = {key: f"{moment.astimezone(made.tz):%a %H:%M}" for key, moment in found.items() if moment > begin}
    assert {
        "plan-9 announced": "Tue 00:00",
        "plan-6 assigned": "Tue 00:00",
        "plan-5 held": "Tue 11:01",  # its slot ends
        "tip/2027-W02/1": "Mon 06:11",
        "tip/2027-W02/1 leaves": "Mon 08:05",
        "tip/2027-W02/5": "Mon 09:11",  # in Nuuk
        "assignment/plan-6/6": "Tue 09:23",
        "overview/plan.2027-01-12.2027-01-12/1": "Mon 09:23",
        "revisit/2027-01-11.2027-01-11/2": "Mon 13:37",
        "welcome/first/6": "Tue 11:19",
    }.items() <= later.items()


ZONES = ("Europe/Copenhagen", "America/Nuuk", "Pacific/Auckland")


def told_before(made: Organisation, back: date) -> dict[str, Publication]:
    """What calendars show of everybody's series: all as it should be, but that one day is excluded which no longer is."""
    world = World(made, datetime.combine(MONDAY, time(0), UTC))
    found = {}
    for one, wish in vitamin.desired(world, "invite"):
        stood = series(wish, None, MONDAY - timedelta(days=7), f"{one.id}@x.example")
        assert stood
        entry = replace(stood, exdates=frozenset({back}))
        found[f"{one.id}@x.example"] = Publication(
            uid=entry.uid, channel="invite", person_id=one.id, sequence=0, highest=0, entry=entry
        )
    return found


@settings(max_examples=some(2))
@given(
    opens=st.integers(0, 119).map(lambda n: time(n // 6, n % 6 * 10)),
    back=st.integers(0, 9).map(lambda n: MONDAY + timedelta(days=n)),
)
@example(opens=time(7), back=MONDAY + timedelta(days=2))
def test_jumping_sees_when_a_changed_day_becomes_news(opens: time, back: date) -> None:
    seen_first = datetime(2026, 10, 1, tzinfo=UTC)
    made = organisation(
        *(person(zone, first_seen=seen_first, zone=zone, channel="invite") for zone in ZONES),
        window=Window(opens=opens, closes=time(20)),
        closing=Closing(spans=(Span(date(2027, 1, 14), date(2027, 1, 15)),)),
    )
    told = told_before(made, back)

    def left(moments: Iterable[datetime]) -> dict[str, datetime]:
        first: dict[str, datetime] = {}
        for now in moments:
            world = World(made, now)
            for job in jobs.of_series(world, told, "x.example"):
                if job.may_go(world, now):
                    first.setdefault(job.key, now)
        return first

    begin = datetime.combine(MONDAY, time(19, 30), UTC)  # the window is closed in Copenhagen
    end = begin + timedelta(hours=32)
    jumped = list(jumps(made, RelayRecords(), begin, end))
    assert left(jumped) == left(between(jumped, end))


def test_a_turn_that_nobody_was_told_of_goes_on_when_its_slot_begins() -> None:
    made = place(time(6, 11), time(9, 23), time(13, 37), time(8, 5), time(10, 41))
    begin = datetime.combine(MONDAY, time(4, 30), UTC)
    records = replace(until_then(made, begin), told=UNTOLD)
    found = seen(made, records, jumps(made, records, begin, begin + timedelta(hours=32)))
    assert f"{found['plan-5 at 2027-01-19 11:01:00+01:00'].astimezone(made.tz):%a %H:%M}" == "Tue 10:41"


@pytest.mark.parametrize("days", [0, 76, 77, 300])
def test_the_next_moment_is_always_later(days: int) -> None:
    made = place(
        time(2, 30), time(2, 30), time(2, 30), time(2, 30), time(2, 30)
    )  # not there on one night, twice on one
    now = datetime.combine(MONDAY + timedelta(days=days), time(0), UTC)
    for _ in range(12):
        after = next_moment(World(made, now))
        assert now < after <= now + timedelta(days=1)
        now = after


def after_acts(made: Organisation, before: World) -> Mapping[str, World]:
    """What the world becomes by acts after each of which something is due within a quarter of an hour."""
    now, records, people = before.now, before.of(RelayRecords), made.people

    def with_person(one: Person) -> World:
        return replace(before, organisation=replace(made, people={**people, one.id: one}))

    turn = next(turn for turn in records.turns.values() if turn.open)
    asked = CorpsPlace(asked_at=now - ANSWER_WITHIN + MINUTE)
    meeting = CorpsMeeting(id="1", starts=now + MINUTE, minutes=60)
    return {
        "a pass": before.having(acts.pass_on(records, turn.id, Request(by=turn.presenter, at=now))),
        "another zone": with_person(replace(people["1"], zone="Asia/Tokyo")),
        "somebody is met": with_person(replace(people["1"], zone="Asia/Kolkata", first_seen=now + 7 * MINUTE)),
        "somebody asks": before.having(AmbassadorRecords(places={"1": asked})),
        "a meeting": before.having(AmbassadorRecords(meetings={"1": meeting})),
    }


def test_an_act_brings_the_next_moment_nearer_without_a_look_at_the_whole_house() -> None:
    made = place(time(9, 11), time(9, 23), time(13, 37), time(8, 5), time(10, 41))
    now = datetime.combine(MONDAY, time(4, 30), UTC)  # 13:30 in Tokyo
    before = World(made, now).having(until_then(made, now))
    known = next_moment(before)
    assert moment_after(before, before, known) == known > now + QUARTER
    for what, after in after_acts(made, before).items():
        assert moment_after(after, before, known) == next_moment(after) <= now + QUARTER, what
