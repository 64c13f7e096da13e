"""The report of the last quarter that is over, for looking at its letter."""

from collections.abc import Mapping
from functools import partial

from culture.people import Person
from culture.report.quarters import KIND, last_over
from culture.world import World
from service.planning.jobs import Job
from service.planning.sample import Samples, sample_job, sample_key
from service.report.report import has_something


def samples(world: World, person: Person) -> Samples:
    """Its letter, with what there is to tell."""
    return Samples(jobs=partial(_jobs, person))


def _jobs(person: Person, world: World) -> Mapping[str, Job]:
    if not has_something(world):
        return {}
    return {KIND: sample_job(world, person, KIND, sample_key(KIND, str(last_over(world.today)), person))}
