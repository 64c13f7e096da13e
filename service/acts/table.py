"""Everything that people do about programmes, the same for pages, command line and rehearsal."""

from datetime import datetime

from service.acts.act_row import ActRow
from service.acts.requests import Act
from service.engine.engine import Engine
from service.messages.translation import Sentence
from service.programmes import rows


def _new_addresses(engine: Engine, act: Act, now: datetime) -> None:
    for one in engine.stored.ids_of(act.person_id):
        engine.stored.new_addresses(one)


OURS = (
    ActRow(
        name="address",
        carry_out=_new_addresses,
        done=Sentence("You have new calendar addresses, and the old ones no longer work. Subscribe to the new ones."),
    ),
)

ACTS = {row.name: row for row in (*rows("acts", "ACTS"), *OURS)}
