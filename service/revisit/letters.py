"""What the letter of the revisit list says: facts from the world, no words."""

from culture.keys import ItemPeriod, NoticeKey
from culture.revisit.rules import RevisitRecords, last_ask, owner
from culture.revisit.shared import name_in
from culture.world import World
from service.planning.kind import Action
from service.revisit.facts import RevisitFacts, WorksFacts
from service.revisit.words import news_in


def revisit_facts(world: World, action: Action, key: str) -> RevisitFacts:
    """The item, and for whom the reader judges it."""
    item = world.of(RevisitRecords).items[ItemPeriod.from_text(NoticeKey.from_text(key).period).item_id]
    reader, people, today = action.person, world.organisation.people, world.today
    named, owner_id, ask = people.get(item.owner), owner(item, world, today), last_ask(item, today)
    has_left = named is not None and not named.works_here(today)
    whose = named if has_left else people.get(owner_id)
    other = whose.name if whose and whose.id != reader.id else ""
    return RevisitFacts(
        item=item,
        name=name_in(world, item, reader.language),
        news=news_in(item, reader.language),
        owner=other,
        has_left=has_left,
        again=ask is not None and ask.number > 0 and not other,
    )


def works_facts(world: World, action: Action, key: str) -> WorksFacts:
    """What works now, and who says so."""
    item = world.of(RevisitRecords).items[ItemPeriod.from_text(NoticeKey.from_text(key).period).item_id]
    last = item.judgements[-1]
    return WorksFacts(
        name=name_in(world, item, action.person.language), by=last.by, why=last.reason, became=item.became
    )
