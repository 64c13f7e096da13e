"""What the relay adds to somebody's weekly letter."""

from collections.abc import Sequence

from culture.people import Person
from culture.relay import shared as sharing
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.world import World
from service.planning.line import Line
from service.relay.shared_words import words_of


def lines(world: World, person: Person) -> Sequence[Line]:
    """The learning that is still asked for, once; and what a colleague wrote, one a week."""
    organisation, records = world.organisation, world.of(RelayRecords)
    today, found = organisation.today(person, world.now), list[Line]()
    if organisation.of(Relay).enabled and any(sharing.still_asked_for(organisation, records, person, today)):
        found.append(Line(template="relay/asked", values={}))
    one = sharing.of_week(organisation, records, person, today)
    if one:
        found.append(Line(template="relay/line", values={"shared": words_of(world, one, person.language)}))
    return found
