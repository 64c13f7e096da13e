"""The letters to the organisation's contact about what the service logs in with and what ends soon. They pass the fuse."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from culture.endings import Ending, Endings, days_ahead
from culture.outsiders import contact
from culture.people import Person
from culture.world import World
from service.planning.jobs import Job
from service.planning.own_letters import ending_key

LATENESS = timedelta(days=1)
"""What was not sent today is due again tomorrow, until a later one says the same."""


def due(world: World, said: Callable[[str], bool]) -> Iterator[Job]:
    """A letter for each that is to be told today and is not said yet."""
    person = contact(world)
    today = world.organisation.today(person, world.now)
    for ending in world.organisation.of(Endings).all:
        days = days_ahead(ending, today)
        if days is not None and not said(ending_key(ending, days, person)):
            yield letter(world, person, ending, days)


def letter(world: World, person: Person, ending: Ending, days: int) -> Job:
    """The letter of so many days ahead."""
    return Job(
        person=person,
        kinds=("ending",),
        keys=(ending_key(ending, days, person),),
        due=world.now,
        too_late=world.now + LATENESS,
        at_once=False,
    )
