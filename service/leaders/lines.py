"""What the leaders programme adds to somebody's weekly letter: what a manager can say at this week's meeting, and once a
month the pulse's question to everybody."""

from collections.abc import Iterator, Sequence

from culture.leaders.concerns import of_week
from culture.leaders.meeting import to_say
from culture.leaders.pulse import asks_in
from culture.leaders.settings import Leaders
from culture.leaders.steps import Steps
from culture.people import Person
from culture.workdays import Week
from culture.world import World
from service.leaders.concern_line import answer_line
from service.planning.line import Line

PULSE_WORDS = 20
"""Words of the line that asks."""

AROUND = 16
"""Words of a manager's line beside what can be said."""


def lines(world: World, person: Person) -> Sequence[Line]:
    """Those that are due this week. What is not said this week is not said at all, so they come before others; a manager's
    lines last of them, for the step's letter has them too."""
    settings = world.organisation.of(Leaders)
    return tuple(_lines(world, person, settings)) if settings.enabled else ()


def _lines(world: World, person: Person, settings: Leaders) -> Iterator[Line]:
    if settings.pulse and asks_in(Week.of(world.organisation.today(person, world.now))):
        yield Line(template="leaders/pulse", words=PULSE_WORDS, values={}, rank=10)
    found = to_say(world, person)
    step = world.organisation.of(Steps).steps.get(found[0].step) if found else None
    if found and step:
        said = step.text(person.language).say
        words = AROUND + sum(len(one.split()) for one in said)
        yield Line(template="leaders/say", words=words, values={"said": said, "meeting": found[1].starts}, rank=40)
    if answered := of_week(world, world.organisation.today(person, world.now)):
        yield answer_line(answered)
