"""What comes of "works now": a prompt or a challenge for others, and a word to whoever it did not work for. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from culture.keys import ItemPeriod
from culture.notice import Notice
from culture.organisation import Organisation
from culture.relay.learning import Learning, Outcome
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.revisit.rules import LATENESS, Judgement, Made, Revisit, RevisitRecords, Verdict, judges
from culture.revisit.settings import RevisitList
from culture.trouble import RAISED, Troubles
from culture.vitamin.settings import Vitamin
from culture.workdays import days_later
from culture.world import World

OFFERED = timedelta(days=180)
"""How long after its judgement an item is offered to be made a prompt or a challenge: half a year later nobody knows any
more what it was."""


def works(item: Revisit) -> Judgement | None:
    """The judgement by which it works now; None for whatever is open, dropped or was never judged."""
    last = item.judgements[-1] if item.judgements else None
    return last if last and not item.open and last.verdict is Verdict.WORKS_NOW else None


def can_become(organisation: Organisation) -> tuple[Made, ...]:
    """What can be made of an item here."""
    runs = {Made.CHALLENGE: organisation.of(Relay).enabled, Made.PROMPT: organisation.of(Vitamin).enabled}
    return tuple(one for one, enabled in runs.items() if enabled)


def to_make(world: World, person_id: str, today: date) -> dict[str, tuple[Made, ...]]:
    """What the person may still make of which item, by its id: whoever judged it, or might have."""
    found = {}
    for item in world.of(RevisitRecords).items.values():
        last = works(item)
        if last and today - OFFERED <= last.day and person_id in {last.judge, *judges(item, world, today)}:
            found[item.id] = tuple(one for one in can_become(world.organisation) if one not in item.became)
    return {key: left for key, left in found.items() if left}


def made(item: Revisit, what: Made) -> Revisit:
    """The item that others are given as well; made twice it is the same."""
    return item if what in item.became else replace(item, became=(*item.became, what))


def given(items: Iterable[Revisit], what: Made) -> tuple[Revisit, ...]:
    """The items that stand in the catalogue as that. One that is open again does until it is judged otherwise."""
    return tuple(
        one
        for one in items
        if what in one.became and one.judgements and one.judgements[-1].verdict is Verdict.WORKS_NOW
    )


def failed_for(item: Revisit, records: RelayRecords) -> tuple[str, ...]:
    """Whom it did not work for: who tried it, who judged that it did not, whose learning about the same challenge or tool
    says "not yet". Not whoever found that it works now."""
    last = works(item)
    turn = records.turns.get(item.turn)
    found = [
        *item.tried_by,
        *(one.judge for one in item.judgements if one.verdict is not Verdict.WORKS_NOW),
        *(one.person for one in records.learnings.values() if _same(one, item, turn.challenge if turn else "")),
    ]
    return tuple(one for one in dict.fromkeys(found) if one and last and one != last.judge)


def _same(learning: Learning, item: Revisit, challenge: str) -> bool:
    """Whether a learning says of the item's challenge or tool that it did not work."""
    tool = bool(learning.tool) and learning.tool.casefold() == item.name.casefold()
    return learning.outcome is Outcome.NOT_YET and (tool or (bool(challenge) and learning.challenge == challenge))


def due(world: World, troubles: Troubles = RAISED) -> Iterator[Notice]:
    """A notice to each of those on the morning after the judgement: until then it may still be taken back."""
    for item in world.of(RevisitRecords).items.values():
        with troubles.of(item.id, "letters"):
            yield from _of_item(world, item)


def _of_item(world: World, item: Revisit) -> Iterator[Notice]:
    organisation, relay, last = world.organisation, world.of(RelayRecords), works(item)
    if last is None:
        return
    letter_at = organisation.of(RevisitList).letter_at
    moment = datetime.combine(days_later(last.day, 1), letter_at, organisation.tz)
    for person_id in failed_for(item, relay) if moment <= world.now < moment + LATENESS else ():
        person = organisation.people.get(person_id)
        if person and person.works_here(world.today):
            yield Notice(
                kind="works",
                period=ItemPeriod(item.id, last.day, item.news).to_text(),
                person_id=person_id,
                due=moment,
                too_late=moment + LATENESS,
            )
