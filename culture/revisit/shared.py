"""What an item is called in a reader's language, and what may be told to everybody of where and when it was tried. Pure.

Where an item comes from somebody's turn, that is no more than may be told of what they learned: whoever is not named there
would be found here by the department and the day.
"""

from dataclasses import dataclass
from datetime import date

from culture.people import Language
from culture.relay.challenges import Challenges
from culture.relay.schedule import RelayRecords
from culture.relay.shared import large_enough, shared
from culture.revisit.rules import Revisit
from culture.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """When something was rejected or tried last, and where: a department's key, empty where that is not told. Of the day
    only the month is told unless `dated`."""

    day: date
    dated: bool
    department: str


def name_in(world: World, item: Revisit, language: Language) -> str:
    """What an item is called in that language: by its challenge where it came from the relay, else as it was named."""
    turn = world.of(RelayRecords).turns.get(item.turn)
    challenge = world.organisation.of(Challenges).challenges.get(turn.challenge) if turn else None
    return challenge.text(language).title if challenge else item.name


def tried(world: World, item: Revisit) -> Tried:
    """As far as it may be told."""
    if not item.turn:
        large = item.department in large_enough(world.organisation, world.today)
        return Tried(day=item.rejected_on, dated=True, department=item.department if large else "")
    records = world.of(RelayRecords)
    learning = records.learnings.get(item.turn)
    if learning is None:
        return Tried(day=item.rejected_on, dated=False, department="")
    told = shared(world.organisation, records, learning, world.today, "page")
    return Tried(day=told.day, dated=told.dated, department=told.department)
