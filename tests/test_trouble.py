"""culture/trouble.py: one person's fault is theirs alone."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from calendars.difference import Publication
from calendars.event import block_uid
from calendars.series import series
from culture.meetings import MeetingPlan, Rhythm
from culture.organisation import Organisation
from culture.people import Department
from culture.relay import notices as relay_notices
from culture.relay import schedule as relay
from culture.relay.schedule import RelayRecords
from culture.trouble import RAISED, Trouble, Troubles
from culture.vitamin import rules as vitamin
from culture.world import World
from service.planning import jobs
from service.planning.moments import next_moment
from tests.culture_values import (
    SEEN,
    challenge_catalogue,
    organisation,
    person,
    running,
)


def test_what_is_wrong_is_kept_and_the_next_goes_on() -> None:
    troubles, done = Troubles(), list[str]()
    for who in ("1", "2", "3"):
        with troubles.of(who, "letters"):
            if who == "2":
                raise KeyError("plan")
            done.append(who)
    assert done == ["1", "3"]
    assert troubles.found == [Trouble(who="2", what="letters", why="KeyError: 'plan'")]
    assert [troubles.touch(who) for who in ("1", "2")] == [False, True]


def test_a_copy_goes_on_alone() -> None:
    troubles = Troubles()
    copy = troubles.and_more()
    with copy.of("1", "letters"):
        raise StopIteration
    assert (troubles.found, [one.why for one in copy.found]) == ([], ["StopIteration"])


def test_whoever_asks_about_one_thing_is_told() -> None:
    with pytest.raises(ZeroDivisionError), RAISED.of("1", "letters"):
        raise ZeroDivisionError


# --- in the rules

GONE = "Asia/Nowhere"
"""A zone that was in the zone database when the person's row was read, and is no longer."""

THURSDAYS = MeetingPlan(
    department="plan", zone="Europe/Copenhagen", rhythm=Rhythm(weekday=4, start=time(9), minutes=60)
)


def told(troubles: Troubles) -> list[tuple[str, str, str]]:
    return [(one.who, one.what, one.why.partition(":")[0]) for one in troubles.found]


def place(**changes: Any) -> Organisation:
    """Two departments with a meeting every Thursday; that of "jura" is in a zone that is gone."""
    plans = {"plan": THURSDAYS, "jura": replace(THURSDAYS, department="jura", zone=GONE)}
    values = {
        "departments": {key: Department(key=key, name=key) for key in plans},
        "relay": running(),
        "challenges": challenge_catalogue(6),
        "meeting_plans": plans,
    }
    people = [person(f"{one}{number}", department=one) for one in plans for number in range(3)]
    return organisation(*people, **{**values, **changes})


def test_a_person_in_a_zone_that_is_gone_gets_nothing_and_stops_nobody() -> None:
    world = World(organisation(person("1"), person("2", zone=GONE), person("3")), SEEN)
    troubles = Troubles()
    assert [notice.person_id for notice in vitamin.due(world, troubles)] == ["1", "1", "3", "3"]
    assert [one.id for one, _ in vitamin.desired(world, "feed", troubles)] == ["1", "3"]
    assert told(troubles) == [("2", "letters", "ZoneInfoNotFoundError"), ("2", "calendar", "ZoneInfoNotFoundError")]


def test_the_next_moment_is_found_without_the_zone_that_is_gone() -> None:
    later = SEEN + timedelta(days=1)
    whole = organisation(person("1", first_seen=later))
    with_it = organisation(person("1", first_seen=later), person("2", zone=GONE, first_seen=later))
    assert next_moment(World(with_it, SEEN)) == next_moment(World(whole, SEEN))


def test_a_series_that_stands_is_not_cancelled_because_it_cannot_be_worked_out() -> None:
    fine = World(organisation(person("1", channel="invite")), SEEN)
    ((one, block),) = vitamin.desired(fine, "invite")
    uid = block_uid("1", "x.example")
    stands = series(block, None, SEEN.date(), uid)
    publication = Publication(uid=uid, channel="invite", person_id="1", sequence=0, entry=stands, highest=0)
    world, troubles = World(organisation(replace(one, zone=GONE)), SEEN), Troubles()
    assert list(jobs.of_series(world, {publication.key: publication}, "x.example", troubles)) == []
    assert told(troubles) == [("1", "calendar", "ZoneInfoNotFoundError")]


def test_a_department_whose_turns_cannot_be_worked_out_keeps_them_and_the_others_go_on() -> None:
    troubles = Troubles()
    before = relay.advance(place(meeting_plans={"jura": replace(THURSDAYS, department="jura")}), RelayRecords(), SEEN)
    after = relay.advance(place(), before, SEEN, troubles=troubles)
    assert after.of_department("jura") == before.of_department("jura") != []
    days = [turn.starts and turn.starts.date() for turn in after.of_department("plan")]
    assert days == [date(2026, 12, 10), date(2026, 12, 17), date(2026, 12, 24)]
    assert told(troubles) == [("jura", "turns", "ZoneInfoNotFoundError")]


def test_an_overview_that_cannot_be_worked_out_is_one_departments() -> None:
    made = place(facilitators={"plan": "plan0", "jura": "jura0"})
    plans = {"plan": THURSDAYS, "jura": replace(THURSDAYS, department="jura")}
    records = relay.advance(replace(made, meeting_plans=plans), RelayRecords(), SEEN)
    troubles, eve = Troubles(), SEEN + timedelta(days=9)
    found = [notice for notice in relay_notices.due(made, records, eve, troubles) if notice.kind == "overview"]
    assert [notice.person_id for notice in found] == ["plan0"]
    assert told(troubles) == [("jura", "letters", "ZoneInfoNotFoundError")]


def test_a_turn_that_nobody_foresaw_is_noted_and_the_others_are_said_and_stand() -> None:
    made, now = place(meeting_plans={"plan": THURSDAYS}), SEEN + timedelta(days=4)
    records = relay.advance(made, RelayRecords(), now)
    first, second = (records.turns[key] for key in sorted(records.turns)[:2])
    assert first.starts is not None
    # As a record of another version may give it: a time without a zone.
    odd = replace(first, starts=first.starts.replace(tzinfo=None))
    records = replace(records, turns={**records.turns, first.id: odd})
    troubles = Troubles()
    assert second.id in {turn.id for turn, _ in relay_notices.slots(made, records, now, troubles)}
    assert told(troubles) == [(first.presenter, "calendar", "TypeError")]
    assert next_moment(World(made, now).having(records)) > now
