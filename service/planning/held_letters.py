"""The letter to the organisation's contact about what the fuse holds: what, why, since when, and what it costs to wait.

It passes the fuse itself. One a day at most, at once when something is newly held, else in the sending window: so an
administrator who is away finds one for each working day, and not one for each tick.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from culture.keys import NoticeKey
from culture.outsiders import contact
from culture.people import Person
from culture.world import World
from service.planning.fuse import Held
from service.planning.jobs import Job

LATENESS = timedelta(days=1)
"""Tomorrow there is another one."""


def begun(held: Iterable[Held], since: Mapping[str, datetime], now: datetime) -> list[Held]:
    """What is held, with since when: as it is remembered, else since `now`."""
    return [replace(one, since=since.get(one.key, now)) for one in held]


def key(world: World, person: Person) -> str:
    """Of today's letter."""
    return NoticeKey("held", str(world.organisation.today(person, world.now)), person.id).to_text()


def due(world: World, held: Sequence[Held], said: Callable[[str], bool]) -> Iterator[Job]:
    """Today's letter about what is held, if anything is and it is not said yet."""
    if held:
        person = contact(world)
        if not said(key(world, person)):
            yield letter(world, person, held)


def letter(world: World, person: Person, held: Sequence[Held]) -> Job:
    """Today's letter about what is held; at once on the day on which something is newly held."""
    today = world.organisation.today(person, world.now)
    new = any(one.since and world.organisation.today(person, one.since) == today for one in held)
    return Job(
        person=person,
        kinds=("held",),
        keys=(key(world, person),),
        due=world.now,
        too_late=world.now + LATENESS,
        at_once=new,
        held=tuple(held),
    )
