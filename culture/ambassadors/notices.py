"""What is said about the corps, to whom and when. Pure.

All but the answers to what somebody did leaves at `ambassadors.letter_at`.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from culture.ambassadors.corps import corps, manager_of, may_answer, uncovered, waiting
from culture.ambassadors.first_days import after_their_welcome
from culture.ambassadors.records import AmbassadorRecords
from culture.ambassadors.settings import Ambassadors
from culture.keys import AboutPeriod
from culture.notice import Notice
from culture.organisation import Organisation
from culture.quarter import Quarter
from culture.trouble import RAISED, Troubles
from culture.working_days import next_working_day
from culture.world import World

LATENESS = timedelta(days=30)
"""After a month nobody is new any more, and nobody who asked waits for the answer to that letter."""

COUNTED = timedelta(days=7)
"""How long what came too late is still counted and shown."""

INTO_THE_QUARTER = 10
"""On which working day of a quarter managers are asked: whoever was found since it began need not be asked for."""


def due(world: World, troubles: Troubles = RAISED) -> Iterator[Notice]:
    """What should have been said by now about the corps, the late ones among it."""
    if not world.organisation.of(Ambassadors).enabled:
        return
    to_people = (*_to_members(world, troubles), *_to_former(world, troubles), *_to_those_asked(world, troubles))
    for notice in (*to_people, *_to_managers(world)):
        if notice.due <= world.now < notice.too_late + COUNTED:
            yield notice


def _to_members(world: World, troubles: Troubles) -> Iterator[Notice]:
    """To whoever is new: what it is. To whoever leads the meetings from now on, or backs the corps: that they do."""
    places, found = world.of(AmbassadorRecords).places, corps(world)
    for key in dict.fromkeys((*found.members, found.sponsor)):
        place = places.get(key)
        with troubles.of(key, "letters"):
            if place and place.met:
                yield _first(world, "ambassador", key, place.met)
            if place and place.chair_since:
                yield _first(world, "corps-chair", key, place.chair_since)
            if place and place.backs_since:
                yield _first(world, "corps-sponsor", key, place.backs_since)


def _first(world: World, kind: str, person_id: str, day: date) -> Notice:
    """The first that somebody hears of it; not together with their welcome."""
    found = _notice(world, kind, f"{day}", person_id, day)
    moment = after_their_welcome(world, person_id, found.due)
    return replace(found, due=moment, too_late=moment + LATENESS)


def _to_former(world: World, troubles: Troubles) -> Iterator[Notice]:
    """Thanks to whoever is no ambassador any more, on the next working day: what was only a slip is mended by then."""
    people = world.organisation.people
    for key, place in world.of(AmbassadorRecords).places.items():
        if place.ended_on and key in people and people[key].works_here(world.today):
            with troubles.of(key, "letters"):
                day = next_working_day(world.organisation, place.ended_on) or place.ended_on
                yield _notice(world, "corps-thanks", f"{place.ended_on}", key, day)


def _to_those_asked(world: World, troubles: Troubles) -> Iterator[Notice]:
    """To whoever may say yes to somebody who would like to be an ambassador; and to those who got a no."""
    places = world.of(AmbassadorRecords).places
    for person in waiting(world):
        asked_at = places[person.id].asked_at or world.now
        period = AboutPeriod(person.id, asked_at.astimezone(world.organisation.tz).date()).to_text()
        with troubles.of(person.id, "letters"):
            for key, since in may_answer(world, person).items():
                yield Notice(kind="corps-asked", period=period, person_id=key, due=since, too_late=since + LATENESS)
    for key, place in places.items():
        if place.declined_on and key in world.organisation.people:
            yield _notice(world, "corps-declined", f"{place.declined_on}", key, place.declined_on)


def _to_managers(world: World) -> Iterator[Notice]:
    """One question a quarter to the manager of each department that has no ambassador."""
    organisation, quarter = world.organisation, Quarter.of(world.today)
    for department in uncovered(world):
        manager = manager_of(organisation, department, world.today)
        if manager:
            period = AboutPeriod(department, quarter.first).to_text()
            yield _notice(world, "corps-uncovered", period, manager.id, asks_on(organisation, quarter))


def asks_on(organisation: Organisation, quarter: Quarter) -> date:
    """The day of a quarter on which managers are asked."""
    day = quarter.first - timedelta(days=1)
    for _ in range(INTO_THE_QUARTER):
        day = next_working_day(organisation, day) or day
    return day


def _notice(world: World, kind: str, period: str, person_id: str, day: date) -> Notice:
    moment = datetime.combine(day, world.organisation.of(Ambassadors).letter_at, world.organisation.tz)
    return Notice(kind=kind, period=period, person_id=person_id, due=moment, too_late=moment + LATENESS)
