"""What the letter of the revisit list says: facts from the world, no words."""

from culture.keys import ItemPeriod, NoticeKey
from culture.revisit.rules import RevisitRecords
from culture.world import World
from service.planning.kind import Action
from service.revisit.facts import RevisitFacts


def revisit_facts(world: World, action: Action, key: str) -> RevisitFacts:
    """The item, and for whom the reader judges it."""
    item = world.of(RevisitRecords).items[ItemPeriod.from_text(NoticeKey.from_text(key).period).item_id]
    owner = world.organisation.people.get(item.owner)
    left = item.owner != action.person.id
    return RevisitFacts(item=item, for_whom=owner.name if owner and left else "")
