"""Letters of the ambassadors, for looking at."""

from culture.people import Person
from culture.world import World
from service.ambassadors import recommendation_samples
from service.planning.sample import Samples


def samples(world: World, person: Person) -> Samples:
    """A letter of each kind."""
    return recommendation_samples.samples(world, person)
