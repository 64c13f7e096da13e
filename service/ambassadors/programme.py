"""The ambassadors, as a plan knows them."""

from collections.abc import Iterable, Iterator
from datetime import time

from culture.ambassadors import recommendations
from culture.ambassadors.settings import Ambassadors
from culture.notice import Notice
from culture.organisation import Organisation
from culture.people import Person
from culture.trouble import Troubles
from culture.world import World
from service.ambassadors.recommendation_records import recommendation_records
from service.planning.programme import Programme, Reading


def _read(reading: Reading) -> tuple[object, ...]:
    return (recommendation_records(reading),)


def _due(world: World, troubles: Troubles) -> Iterator[Notice]:
    yield from recommendations.due(world, troubles)


def _hours(organisation: Organisation) -> Iterable[time]:
    return (organisation.of(Ambassadors).letter_at,)


def _outsiders(world: World) -> Iterable[Person]:
    return recommendations.outsiders(world)


PROGRAMME = Programme(
    read=_read,
    due=_due,
    hours=_hours,
    outsiders=_outsiders,
    pages=("recommendations", "answer"),
    open_pages=("answer",),
)
