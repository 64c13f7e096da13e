"""Letters of the ambassadors, for looking at."""

from culture.people import Person
from culture.world import World
from service.ambassadors import corps_samples, recommendation_samples
from service.planning.sample import Samples, together


def samples(world: World, person: Person) -> Samples:
    """A letter of each kind."""
    return together(corps_samples.samples(world, person), recommendation_samples.samples(world, person))
