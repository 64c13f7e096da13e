"""One person's, turn's or department's data that nobody foresaw: the others' is worked out, and it is said whose it was."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from calendars.difference import Publication
from calendars.event import block_uid
from calendars.series import series
from culture import relay, relay_notices, revisit, vitamin
from culture.meetings import MeetingPlan, Rhythm
from culture.moments import next_moment
from culture.organisation import Organisation, Relay
from culture.people import Department
from culture.relay import Records
from culture.revisit import Revisit
from culture.trouble import Trouble, Troubles, Watch
from culture.vitamin import World
from service import jobs
from tests.culture_values import SEEN, challenge_catalogue, organisation, person

GONE = "Asia/Nowhere"
"""A zone that was in the zone database when the person's row was read, and is no longer."""

RHYTHM = Rhythm(weekday=4, start=time(9), minutes=60)
THURSDAYS = MeetingPlan(department="plan", zone="Europe/Copenhagen", rhythm=RHYTHM)


def told(troubles: Troubles) -> list[tuple[str, str, str, str]]:
    return [(one.of, one.id, one.what, type(one.error).__name__) for one in troubles.values()]


def place(**changes: object) -> Organisation:
    """Two departments with a meeting every Thursday; that of "jura" is in a zone that is gone."""
    plans = {"plan": THURSDAYS, "jura": replace(THURSDAYS, department="jura", zone=GONE)}
    values = {
        "departments": {key: Department(key=key, name=key) for key in plans},
        "relay": Relay(enabled=True),
        "challenges": challenge_catalogue(6),
        "meeting_plans": plans,
    }
    people = [person(f"{one}{number}", department=one) for one in plans for number in range(3)]
    return organisation(*people, **{**values, **changes})


def test_what_raises_gives_nothing_and_is_noted_once_and_the_others_are_whole() -> None:
    def work(text: str) -> Iterator[int]:
        yield 0
        yield int(text)

    troubles: Troubles = {}
    watch = Watch(troubles, "person", "notices")
    assert list(watch.each(["1", "one", "2"], str, work)) == [0, 1, 0, 2]
    assert list(watch.each(["one"], str, work)) == []
    assert told(troubles) == [("person", "one", "notices", "ValueError")]


def test_an_exception_of_whoever_asks_is_not_taken_for_one_of_the_items() -> None:
    troubles: Troubles = {}
    found = Watch(troubles, "person", "notices").each("ab", str, list)
    assert next(found) == "a"
    found.close()  # type: ignore[attr-defined]  # a generator
    assert troubles == {}


def test_a_person_in_a_zone_that_is_gone_gets_nothing_and_stops_nobody() -> None:
    world = World(organisation(person("1"), person("2", zone=GONE), person("3")), {}, SEEN)
    assert [notice.person_id for notice in vitamin.due(world)] == ["1", "1", "3", "3"]
    assert [one.id for one, _ in vitamin.desired(world, "feed")] == ["1", "3"]
    assert told(world.troubles) == [
        ("person", "2", "notices", "ZoneInfoNotFoundError"),
        ("person", "2", "block", "ZoneInfoNotFoundError"),
    ]


def test_the_next_moment_is_found_without_the_zone_that_is_gone() -> None:
    later = SEEN + timedelta(days=1)
    whole = organisation(person("1", first_seen=later))
    with_it = organisation(person("1", first_seen=later), person("2", zone=GONE, first_seen=later))
    assert next_moment(with_it, Records(), SEEN) == next_moment(whole, Records(), SEEN)


def test_a_series_that_stands_is_not_cancelled_because_it_cannot_be_worked_out() -> None:
    fine = World(organisation(person("1", channel="invite")), {}, SEEN)
    ((one, block),) = vitamin.desired(fine, "invite")
    stands = series(block, None, SEEN.date(), block_uid("1", "x.example"))
    publication = Publication(
        uid=block_uid("1", "x.example"), channel="invite", person_id="1", sequence=0, entry=stands, highest=0
    )
    world = World(organisation(replace(one, zone=GONE)), {}, SEEN)
    assert jobs.of_series(world, {publication.key: publication}, "x.example") == []
    assert told(world.troubles) == [("person", "1", "block", "ZoneInfoNotFoundError")]


def test_a_department_whose_turns_cannot_be_worked_out_keeps_them_and_the_others_go_on() -> None:
    troubles: Troubles = {}
    before = relay.advance(place(meeting_plans={"jura": replace(THURSDAYS, department="jura")}), Records(), SEEN)
    after = relay.advance(place(), before, SEEN, troubles)
    assert after.of_department("jura") == before.of_department("jura") != []
    assert [turn.starts and turn.starts.date() for turn in after.of_department("plan")] == [
        date(2026, 12, 10),
        date(2026, 12, 17),
        date(2026, 12, 24),
    ]
    assert told(troubles) == [("department", "jura", "turns", "ZoneInfoNotFoundError")]


def test_an_overview_that_cannot_be_worked_out_is_one_departments() -> None:
    made = place(facilitators={"plan": "plan0", "jura": "jura0"})
    fine = place(
        facilitators=made.facilitators,
        meeting_plans={"plan": THURSDAYS, "jura": replace(THURSDAYS, department="jura")},
    )
    records = relay.advance(fine, Records(), SEEN)
    troubles: Troubles = {}
    eve = SEEN + timedelta(days=9)
    found = [notice for notice in relay_notices.due(made, records, eve, troubles) if notice.kind == "overview"]
    assert [notice.person_id for notice in found] == ["plan0"]
    assert told(troubles) == [("department", "jura", "notices", "ZoneInfoNotFoundError")]


def test_a_turn_that_nobody_foresaw_is_noted_and_the_others_are_said_and_stand() -> None:
    made = place(meeting_plans={"plan": THURSDAYS})
    records = relay.advance(made, Records(), SEEN + timedelta(days=4))
    first, second = sorted(records.turns)[:2]
    # As a record of another version may give it: a time without a zone.
    odd = replace(records.turns[first], starts=records.turns[first].starts.replace(tzinfo=None))  # type: ignore[union-attr]
    records = replace(records, turns={**records.turns, first: odd})
    troubles: Troubles = {}
    now = SEEN + timedelta(days=4)
    assert {turn.id for turn, _ in relay_notices.slots(made, records, now, troubles)} >= {second}
    assert ("turn", first, "slots", "TypeError") in told(troubles)


def test_troubles_of_the_same_thing_are_equal_whatever_was_raised() -> None:
    assert Trouble(of="turn", id="1", what="slots", error=KeyError("a")) == Trouble(
        of="turn", id="1", what="slots", error=ValueError("b")
    )


def test_an_item_to_revisit_that_nobody_foresaw_is_noted_and_the_others_are_said() -> None:
    troubles: Troubles = {}
    items = [item("odd", next_on="2026-11-30"), item("fine", next_on=SEEN.date())]
    owners = {"odd": "1", "fine": "1"}
    found = revisit.due(items, owners, time(0), ZoneInfo("UTC"), SEEN, troubles)
    assert [notice.period for notice in found] == ["fine.2026-11-30"]
    assert told(troubles) == [("revisit", "odd", "notices", "TypeError")]


def item(name: str, *, next_on: Any) -> Revisit:
    """An item as a record may give it, also one of another version."""
    return Revisit(
        id=name,
        name=name,
        what="tool",
        rejected_by="",
        rejected_on=SEEN.date(),
        reason="",
        would_change="",
        months=4,
        owner="1",
        next_on=next_on,
    )
