"""A corps of ambassadors, for tests."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from culture.ambassadors import corps as rules
from culture.ambassadors import meetings
from culture.ambassadors.records import AmbassadorRecords, Place
from culture.ambassadors.settings import Ambassadors, CorpsMeetings
from culture.organisation import Organisation
from culture.people import Department, Person
from culture.workdays import Closing
from culture.world import World
from tests.culture_values import organisation, person

ZONE = ZoneInfo("Europe/Copenhagen")
DAY = timedelta(days=1)
START = datetime(2027, 1, 4, 7, 0, tzinfo=ZONE)
"""A Monday, when letters leave."""

MEETINGS = CorpsMeetings(weekday=2, time=time(13), place="Rådssalen")
"""The first Tuesday of a month."""


def ambassador(person_id: str, **changes: Any) -> Person:
    return person(person_id, **{"roles": frozenset({"ambassadør"}), **changes})


def house(*people: Person, departments: tuple[str, ...] = ("plan", "hr", "it"), **settings: Any) -> Organisation:
    """An organisation with a corps; `settings` are those of its section, but for `managers` and `closing`."""
    made = {key: settings.pop(key) for key in ("managers", "closing", "contact_email") if key in settings}
    named = {key: Department(key=key, name=key.upper()) for key in departments}
    found = organisation(*people, departments=named, **{"closing": Closing(country="DK"), **made})
    return found.having(Ambassadors(**{"enabled": True, "meeting": MEETINGS, **settings}))


def at(day: str, hour: int = 7) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour), ZONE).astimezone(UTC)


def world(made: Organisation, now: datetime = START, places: Mapping[str, Place] | None = None) -> World:
    return World(made, now).having(AmbassadorRecords(places=places or {}))


def on(before: World, now: datetime, made: Organisation | None = None) -> World:
    """The world at a later moment, its records brought forward."""
    records = before.of(AmbassadorRecords)
    found = replace(before, organisation=made or before.organisation, now=now)
    found = found.having(
        AmbassadorRecords(places={**records.places, **rules.advance(found)}, meetings=records.meetings)
    )
    known = found.of(AmbassadorRecords)
    return found.having(AmbassadorRecords(places=known.places, meetings={**known.meetings, **meetings.advance(found)}))


def daily(before: World, last: date) -> Iterator[World]:
    """The world of every day to `last`, at the letters' hour."""
    day = before.today
    while day < last:
        day += DAY
        before = on(before, at(f"{day}"))
        yield before


def place(found: World, person_id: str) -> Place:
    return found.of(AmbassadorRecords).places[person_id]


def put(found: World, person_id: str, new: Place) -> World:
    known = found.of(AmbassadorRecords)
    return found.having(AmbassadorRecords(places={**known.places, person_id: new}, meetings=known.meetings))
