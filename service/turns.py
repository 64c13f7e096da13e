"""What people do to turns, written down: the same for the command line, the pages and a rehearsal."""

from collections.abc import Callable
from datetime import datetime

from culture import relay
from culture.organisation import Organisation
from culture.relay import Records
from culture.relay_acts import NotPossible
from service.engine import Engine
from service.fault import Refused
from service.words import Sentence

Act = Callable[[Organisation, Records], Records]


def perform(engine: Engine, act: Act, now: datetime) -> Records:
    """Carry out one of `culture.relay_acts` on the turns as they are at `now`, in one journal line; the records after.

    Letters and calendars follow at the next tick. Raises Refused with the sentence of whatever is not possible.
    """
    organisation = engine.plan(now).world.organisation
    try:
        with engine.database.batch():
            before = engine.stored.relay()
            after = act(organisation, relay.advance(organisation, before, now))
            engine.stored.write_relay(before, relay.advance(organisation, after, now))
    except NotPossible as refusal:
        raise Refused(Sentence(refusal.text, dict(refusal.fields))) from None
    return after
