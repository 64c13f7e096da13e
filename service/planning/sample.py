"""A letter as it would be now, for looking at. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from culture.keys import NoticeKey
from culture.people import Person
from culture.world import World
from mailer.letter import Facts
from service.planning.jobs import Job
from service.planning.programme import EventWords

DOMAIN = "preview.invalid"


def _no_events(_: World) -> Sequence[EventWords]:
    return ()


def _no_shapes(_: World) -> Sequence[Facts]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Letters as somebody would get them now, by the names they are asked for, in a world with what they are about;
    `shapes` that the same letters have at other times, for trying only; and events with their templates."""

    records: tuple[object, ...] = ()
    jobs: Callable[[World], Mapping[str, Job]] = lambda _: {}
    shapes: Callable[[World], Sequence[Facts]] = _no_shapes
    events: Callable[[World], Sequence[EventWords]] = _no_events


def sample_job(world: World, person: Person, kind: str, *keys: str) -> Job:
    """A letter of that kind that says what stands under these keys."""
    return Job(person=person, kinds=(kind,), keys=keys, due=world.now, too_late=None, at_once=True)


def sample_key(kind: str, period: str, person: Person) -> str:
    """The key of a notice that nobody is to get."""
    return NoticeKey(kind, period, person.id).to_text()


def together(*given: Samples) -> Samples:
    """All of these as one; of records of one type the later."""
    return Samples(
        records=tuple(record for one in given for record in one.records),
        jobs=lambda world: {name: job for one in given for name, job in one.jobs(world).items()},
        shapes=lambda world: [shape for one in given for shape in one.shapes(world)],
        events=lambda world: [event for one in given for event in one.events(world)],
    )
