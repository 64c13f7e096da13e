"""Letters of the ambassadors, for looking at."""

from culture.people import Person
from culture.world import World
from service.ambassadors import agenda_samples, corps_samples, recommendation_samples
from service.planning.sample import Samples, together


def samples(world: World, person: Person) -> Samples:
    """A letter of each kind."""
    each = corps_samples, agenda_samples, recommendation_samples
    return together(*(one.samples(world, person) for one in each))
