"""That a pilot is on, and with how many of how many; who is asked about and is not in it yet. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from culture.world import World
from service.messages.translation import Sentence
from service.settings.inputs import Inputs


@dataclass(frozen=True, slots=True)
class PilotCount:
    """How many are in the pilot, of how many in the people file."""

    people: int
    of: int

    @property
    def sentence(self) -> Sentence:
        """How many are known in the pilot, and of how many, for a person to read."""
        text = "Pilot: {people} of the {of} people in the people file are known ([people] only). The others get nothing yet."
        return Sentence(text, {"people": self.people, "of": self.of})


def counted(inputs: Inputs, world: World) -> PilotCount | None:
    """None where there is no pilot, and while there is no people file that can be read."""
    if not inputs.config.people.only or inputs.people is None:
        return None
    there = sum(one.left is None or one.left >= world.today for one in world.organisation.people.values())
    return PilotCount(there, len(inputs.people.rows))


def pilot_lines(inputs: Inputs, world: World) -> Iterator[Sentence]:
    """What is said of it."""
    if found := counted(inputs, world):
        yield found.sentence


def value(inputs: Inputs, world: World) -> dict[str, Any]:
    """For a program to read."""
    found = counted(inputs, world)
    return {"pilot": {"people": found.people, "of": found.of} if found else None}


def not_in_it(inputs: Inputs, text: str) -> Sentence | None:
    """What to say of somebody who is asked about by an address, a number or a name, stands in the people file and is not
    in the pilot; None where that is nobody."""
    rows = inputs.people.rows if inputs.people and inputs.config.people.only else ()
    asked = text.strip().casefold()
    for row in rows:
        if asked and asked in (row.email, (row.number or "").casefold(), row.name.casefold()):
            said = "{name} stands in the people file and is not in the pilot, so nothing goes there yet. [people] only says who is."
            return Sentence(said, {"name": row.name})
    return None
