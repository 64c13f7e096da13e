"""What people do to turns, written down: the same for the command line, the pages and a rehearsal."""

from collections.abc import Callable, Iterator
from datetime import datetime

from culture.organisation import Organisation
from culture.relay import schedule as relay
from culture.relay.acts import NotPossible
from culture.relay.schedule import RelayRecords
from service.engine.engine import Engine
from service.messages.faults import Refused
from service.messages.translation import Sentence
from service.relay.records import relay_records, write_relay

TurnRule = Callable[[Organisation, RelayRecords], RelayRecords]


def perform(engine: Engine, act: TurnRule, now: datetime) -> RelayRecords:
    """Carry out one of `culture.relay.acts` on the turns as they are at `now`, in one journal line; the records after.

    Letters and calendars follow at the next tick. Raises Refused with the sentence of whatever is not possible.
    """
    try:
        with engine.act(now) as acting:
            world, before = acting.world, relay_records(engine.stored)
            after = act(world.organisation, world.of(RelayRecords))
            touched = frozenset(_departments(world.of(RelayRecords), after))
            final = relay.advance(world.organisation, after, now, touched)
            write_relay(engine.stored, before, final, touched)
            acting.world = world.having(final)
    except NotPossible as refusal:
        raise Refused(Sentence(refusal.text, dict(refusal.fields))) from None
    return after


def _departments(before: RelayRecords, after: RelayRecords) -> Iterator[str]:
    """The departments in which an act has changed something."""
    for turn_id, turn in after.turns.items():
        if before.turns.get(turn_id) is not turn:
            yield turn.department
    for department, standings in after.standings.items():
        if before.standings.get(department) is not standings:
            yield department
