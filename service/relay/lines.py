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
    """One line, for the letter is to stay short: the learning that is still asked for, once; else what a colleague wrote."""
    organisation, records = world.organisation, world.of(RelayRecords)
    today = organisation.today(person, world.now)
    if organisation.of(Relay).enabled and any(sharing.still_asked_for(organisation, records, person, today)):
        return (Line(template="relay/asked", values={}),)
    one = sharing.of_week(organisation, records, person, today)
    return (Line(template="relay/line", values={"shared": words_of(world, one, person.language)}),) if one else ()
