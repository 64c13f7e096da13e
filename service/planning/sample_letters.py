"""A letter of each kind as a person would get it now, for looking at and for trying the templates. None is planned."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from culture.endings import Ending, Endings
from culture.people import Person
from culture.world import World
from mailer.letter import Facts
from service.messages.translation import Sentence
from service.planning import ending_letters, held_letters
from service.planning.fuse import Held
from service.planning.jobs import Job
from service.planning.programme import EventWords
from service.planning.sample import Samples, sample_job, sample_key
from service.programmes import brought


@dataclass(frozen=True, slots=True)
class Tried:
    """A world with what the letters are about, the letters by the names they are asked for, shapes of theirs at other
    times, and events with their templates."""

    world: World
    jobs: dict[str, Job]
    shapes: Sequence[Facts]
    events: Sequence[EventWords]


def samples(world: World, person: Person) -> Tried:
    """A letter of each kind for that person, and what events say to them."""
    given: list[Samples] = [of(world, person) for of in brought("samples", "samples")]
    made = world.having(*(one for of in given for one in of.records))
    made = replace(made, organisation=made.organisation.having(Endings((_ending(made),))))
    jobs = {kind: job for of in given for kind, job in of.jobs(made).items()}
    today = str(made.organisation.today(person, made.now))
    jobs["link"] = sample_job(made, person, "link", sample_key("link", today, person))
    jobs["held"] = held_letters.letter(made, person, _held(made, next(iter(jobs), "link")))
    jobs["ending"] = ending_letters.letter(made, person, _ending(made), 7)
    shapes = [one for of in given for one in of.shapes(made)]
    return Tried(made, jobs, shapes, [one for of in given for one in of.events(made)])


def _ending(world: World) -> Ending:
    """A certificate of a server."""
    day = world.today + timedelta(days=7)
    return Ending(what="certificate", called="Microsoft 365", section="microsoft365", key="certificate_file", day=day)


def _held(world: World, kind: str) -> tuple[Held, ...]:
    """Two letters of that kind, which there is here, and a row of the people file."""
    first = Sentence("the first of this kind by {transport}", {"transport": "smtp"})
    letters = Held(
        kind=kind,
        reason=first,
        keys=(f"{kind}/sample/1", f"{kind}/sample/2"),
        since=world.now,
        too_late=world.now + held_letters.LATENESS,
        said=True,
    )
    lost = {"origin": Sentence("the people file"), "lost": 12, "there": 40, "percent": 10}
    people = Sentence("{origin} lost {lost} of {there} people, more than {percent} %", lost)
    return letters, Held(kind="people", reason=people, keys=("leave/sample",), since=world.now)
