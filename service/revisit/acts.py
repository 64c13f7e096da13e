"""What people do about the revisit list."""

from datetime import datetime
from functools import partial

from culture.revisit import rules as revisit
from culture.revisit.rules import Made, RevisitRecords
from culture.revisit.works import to_make
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
    revisits.judge(engine, item.id, {**act.values, "by": person.name, "judge": person.id}, now)


def _make(what: Made, engine: Engine, act: Act, now: datetime) -> None:
    world = engine.snapshot(now)
    item = world.of(RevisitRecords).items.get(act.about)
    today = world.organisation.today(world.organisation.people[act.person_id], now)
    if item and what in item.became:
        return
    if what not in to_make(world, act.person_id, today).get(act.about, ()):
        raise Refused(Sentence("That is not for you to decide, or somebody else does it now."))
    revisits.make(engine, act.about, what, now)


ACTS = (
    ActRow(
        name="judgement",
        carry_out=_judgement,
        done=Sentence("It is done. Your judgement is written down."),
        fields=("verdict", "reason"),
    ),
    ActRow(
        name="make-challenge",
        carry_out=partial(_make, Made.CHALLENGE),
        done=Sentence("It is done. It is among the challenges now."),
    ),
    ActRow(
        name="make-prompt",
        carry_out=partial(_make, Made.PROMPT),
        done=Sentence("It is done. It is among the prompts now."),
    ),
)
