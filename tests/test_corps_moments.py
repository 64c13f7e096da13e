"""Jumping from moment to moment sees what ticking between the moments sees, of the corps."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from culture.ambassadors import corps, meetings, notices
from culture.ambassadors.records import AmbassadorRecords, Place
from culture.ambassadors.settings import Named
from culture.workdays import Closing
from culture.world import World
from service.planning.moments import next_moment
from tests.corps_values import MEETINGS, ZONE, ambassador, house, on, world
from tests.culture_values import person
from tests.examples import some
from tests.test_moments import between

pytestmark = pytest.mark.year

HOURS = st.times(time(0, 0), time(22, 0)).map(lambda found: found.replace(second=0, microsecond=0))
DAYS = st.sampled_from([date(2027, 1, 15), date(2027, 2, 2), date(2027, 2, 23), date(2027, 3, 1), date(2027, 6, 1)])
"""Managers are asked; a meeting is held; another comes near; a term begins and one ends; a meeting before the summer."""


def seen(begin: World, moments: Iterable[datetime]) -> dict[str, datetime]:
    """When each thing is first so."""
    first: dict[str, datetime] = {}
    found = begin
    for now in moments:
        found = on(found, now)
        known = found.of(AmbassadorRecords)
        last, coming = meetings.last_meeting(found), meetings.next_meeting(found)
        told = [f"{key} {one.starts} {one.deputy} {one.off}" for key, one in known.meetings.items()]
        told += [f"{key} {one}" for key, one in known.places.items()]
        told += [f"last {last and last.id}", f"next {coming and coming.id}", f"{corps.corps(found)}"]
        told += [one.key for one in notices.due(found)]
        for one in told:
            first.setdefault(one, now)
    return first


def jumps(begin: World, end: datetime) -> Iterator[datetime]:
    found, now = begin, begin.now
    while now < end:
        yield now
        found = on(found, now)
        now = next_moment(found)


@settings(max_examples=some(3))
@given(letter_at=HOURS, meeting=HOURS, day=DAYS)
@example(letter_at=time(7, 13), meeting=time(13, 37), day=date(2027, 2, 2))
@example(letter_at=time(0), meeting=time(0), day=date(2027, 3, 1))
@example(letter_at=time(9, 41), meeting=time(13, 37), day=date(2027, 2, 23))
@example(letter_at=time(9, 41), meeting=time(13, 37), day=date(2027, 1, 15))
def test_jumping_sees_what_ticking_between_the_moments_sees(letter_at: time, meeting: time, day: date) -> None:
    terms = (Named(email="1@x.example", last=date(2027, 2, 28)), Named(email="2@x.example", first=date(2027, 3, 1)))
    made = house(
        *(ambassador("1"), person("2"), ambassador("3", department="hr"), person("4", department="it")),
        managers={"it": "4"},
        people=terms,
        letter_at=letter_at,
        meeting=replace(MEETINGS, time=meeting),
        closing=Closing(country="DK"),
    )
    start = datetime.combine(day - timedelta(days=1), time(20, 3), ZONE)
    wish = Place(asked_at=start + timedelta(hours=3, minutes=7) - corps.ANSWER_WITHIN)
    begin = on(world(made, start - timedelta(days=1), places={"4": wish}), start)
    end = start + timedelta(hours=20)
    jumped = list(jumps(begin, end))
    assert seen(begin, jumped) == seen(begin, between(jumped, end))
