"""Letters of the ambassadors, for looking at."""

from collections.abc import Mapping
from dataclasses import replace

from culture.people import Person
from culture.world import World
from service.ambassadors import agenda_samples, corps_samples
from service.planning.jobs import Job
from service.planning.sample import Samples


def samples(world: World, person: Person) -> Samples:
    """A letter of each kind."""
    corps = corps_samples.samples(world, person)

    def jobs(made: World) -> Mapping[str, Job]:
        return {**corps.jobs(made), **agenda_samples.agenda_jobs(person, made)}

    records = (*corps.records, agenda_samples.agenda_records(world, person))
    return replace(corps, records=records, jobs=jobs, shapes=agenda_samples.agenda_shapes)
