"""What people do about the revisit list."""

from datetime import datetime

from culture.revisit import rules as revisit
from service.acts.act_row import ActRow
from service.acts.requests import Act
from service.engine.engine import Engine
from service.messages.faults import Refused
from service.messages.translation import Sentence
from service.revisit import items as revisits
from store import records


def _judgement(engine: Engine, act: Act, now: datetime) -> None:
    world = engine.snapshot(now)
    organisation = world.organisation
    person = organisation.people[act.person_id]
    item = engine.stored.table_of(records.REVISITS).get(act.about)
    if item is None or person.id not in revisit.judges(item, world, organisation.today(person, now)):
        raise Refused(Sentence("That is not for you to judge, or somebody else does it now."))
    if not item.open:
        if item.judgements[-1].verdict == revisits.verdict_of(act.values.get("verdict", "")):
            return
        raise Refused(Sentence("{name} has been decided already.", {"name": item.name}))
    revisits.judge(engine, item.id, {**act.values, "by": person.name}, now)


ACTS = (
    ActRow(
        name="judgement",
        carry_out=_judgement,
        done=Sentence("It is done. Your judgement is written down."),
        fields=("verdict", "reason"),
    ),
)
