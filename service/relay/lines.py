"""What the relay adds to somebody's weekly letter."""

from collections.abc import Sequence

from culture.people import Person
from culture.relay import shared as sharing
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.world import World
from service.planning.line import Line
from service.relay.shared_words import SharedWords, words_of

ASKED = 36
"""Words of the line that asks again."""

AROUND = 34
"""Words of a colleague's line beside what is told of them and quoted."""


def lines(world: World, person: Person) -> Sequence[Line]:
    """One line, for the letter is to stay short: the learning that is still asked for, once; else what a colleague wrote."""
    organisation, records = world.organisation, world.of(RelayRecords)
    today = organisation.today(person, world.now)
    if organisation.of(Relay).enabled and any(sharing.still_asked_for(organisation, records, person, today)):
        return (Line(template="relay/asked", values={}, words=ASKED),)
    one = sharing.of_week(organisation, records, person, today)
    return (told(words_of(world, one, person.language)),) if one else ()


def told(shared: SharedWords) -> Line:
    """The line that tells it."""
    parts = (shared.title, shared.text, shared.name, shared.department)
    words = AROUND + sum(len(part.split()) for part in parts)
    return Line(template="relay/line", values={"shared": shared}, words=words)
