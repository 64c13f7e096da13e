"""What people do on their pages, written down by the main thread."""

from dataclasses import replace
from datetime import datetime

from culture.organisation import Organisation
from culture.people import Person, Preference
from service.acts.conflicts import Overtaken, overtaken, standing
from service.acts.requests import Act, PageChoice
from service.acts.table import ACTS
from service.engine.choices_log import choose
from service.engine.engine import Engine
from service.settings.inputs import with_choice


def carry_out(engine: Engine, act: PageChoice | Act, now: datetime) -> None:
    """Write what somebody did. Raises Refused with a sentence for them, Overtaken when their page was too old for it,
    BadInput for fields that cannot be used.

    What was done already is done: a form posted twice says nothing else than posted once.
    """
    if isinstance(act, Act):
        ACTS[act.doing].carry_out(engine, act, now)
        return
    if act.asks_link:
        with engine.database.batch():
            if engine.stored.person(act.person_id):
                engine.stored.ask_link(act.person_id, now)
        return
    with engine.act(now) as acting:
        made = acting.world.organisation
        person, known = made.people.get(act.person_id), engine.stored.person(act.person_id)
        if person is None:
            return  # erased since: nothing is to be kept of them
        for one in engine.stored.ids_of(person.id):
            if act.new_links:
                engine.stored.new_links(one)
            elif act.new_addresses:
                engine.stored.new_addresses(one)
        preference = _chosen(engine, made, person, act, now)
        if preference != engine.stored.preference(person.id):
            choose(engine.stored, person.id, preference, act.by, now)
            if known:
                acting.world = replace(acting.world, organisation=with_choice(made, engine.inputs, known, preference))


def _chosen(engine: Engine, organisation: Organisation, person: Person, act: PageChoice, now: datetime) -> Preference:
    """What is stored of the person's choices, with what the act changes. Raises Overtaken."""
    before = engine.stored.preference(person.id)
    if act.shown:
        today = organisation.today(person, now)
        stands = standing(organisation, person, before, today)
        changed = overtaken(act.shown, stands, act.changes, today)
        if changed:
            raise Overtaken(changed, stands)
    return replace(before, **act.changes)
