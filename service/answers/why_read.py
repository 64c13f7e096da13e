"""What the store remembers of one person, and the whole answer to "why?"."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace

from culture.organisation import Organisation
from culture.people import NO_PREFERENCE, Person
from culture.world import World
from service.answers.forecast import copy_of, forecast, keep_only
from service.answers.quiet import quiet
from service.answers.why import AHEAD, BACK, Remembered, ahead, days, past
from service.answers.why_said import Answer
from service.engine.choices_log import choices_of
from service.engine.engine import Engine
from service.engine.retention import archive_of, letters_to
from service.engine.unsaid import refused_to, silences, unsaid_to
from service.messages.told import Tell, nobody
from service.planning.plan import Plan
from service.planning.programme import programmes
from store import records
from store.archive import Folded, week_of
from store.letters import LetterRecord
from store.unreadable import CannotRead

MANY = 500
"""People. Of so many two weeks are foreseen in a few seconds. The fuse counts letters by how many there are: that a kind will be
held for its growth is foreseen for a whole house, and in a larger one said by `plan --days`."""


def answer(engine: Engine, plan: Plan, person: Person, tell: Tell = nobody, many: int = MANY) -> Answer:
    """What was due to a person at the plan's moment and the weeks before, and what comes. Raises Damage when a file of the
    archive cannot be read. Of a house of more than `many` the forecast leaves out whoever has nothing to do with them."""
    known, world = remembered(engine, plan, person), plan.world
    asked = engine if len(world.organisation.people) <= many else _of_few(engine, world, person)
    coming = tuple(forecast(asked, world.now, world.now + AHEAD, tell))
    return Answer(
        world=world,
        known=known,
        days=tuple(days(world, known)),
        past=tuple(past(world, known)),
        ahead=tuple(ahead(world, known, coming)),
        quiet=tuple(quiet(plan, person)),
    )


def _of_few(engine: Engine, world: World, person: Person) -> Engine:
    """A house of many without those who have nothing to do with the person, for what comes to one need not be worked out
    for thousands: the departments they are in or see to stay, for turns go round there, and whoever has a part to play
    elsewhere. In other departments nobody meets."""
    trial, departments = copy_of(engine), departments_of(world.organisation, person)
    keep_only(trial, around(world, person, departments))
    config, turns = trial.inputs.config, trial.stored.table_of(records.TURNS)
    sections = {
        key: section if key in departments else replace(section, meeting=None)
        for key, section in config.departments.items()
    }
    source = replace(trial.inputs.source, config=replace(config, departments=sections))
    trial.inputs = replace(trial.inputs, source=source)
    elsewhere = [key for key, turn in turns.items() if turn.department not in departments]
    trial.database.table(records.TURNS).remove(doc_ids=elsewhere)
    return trial


def departments_of(organisation: Organisation, person: Person) -> frozenset[str]:
    """The departments that somebody is in, or sees to."""
    seen_to = (*organisation.facilitators.items(), *organisation.managers.items())
    return frozenset({person.department, *(key for key, who in seen_to if who == person.id)})


def around(world: World, person: Person, departments: Collection[str]) -> list[Person]:
    """The person, everybody in these departments, and whoever has a part to play."""
    organisation = world.organisation
    seen_to = (*organisation.facilitators.values(), *organisation.managers.values())
    parts = {person.id, *seen_to}.union(*(one.parts(world) for one in programmes()))
    return [
        one
        for one in organisation.people.values()
        if one.department in departments or one.id in parts or one.email == organisation.contact_email
    ]


def remembered(engine: Engine, plan: Plan, person: Person) -> Remembered:
    """All that is remembered of a person, also under other ids that are theirs by decision. What cannot be read is left
    out: `status` names it."""
    stored, ids = engine.stored, engine.stored.ids_of(person.id)
    row, preference, taken_out = None, NO_PREFERENCE, False
    with suppress(CannotRead):
        found = stored.person(person.id)
        row, preference = found.row if found else None, stored.preference(person.id)
    with suppress(CannotRead):
        block = stored.block(person.id) if person.on_server else None
        taken_out = bool(block and block.left)
    return Remembered(
        person=person,
        row=row,
        preference=preference,
        letters=tuple(_letters(engine, plan, ids).values()),
        choices=tuple(
            sorted((made for one in ids for made in choices_of(engine.database, one)), key=lambda pair: pair[0])
        ),
        unsaid={key: found for one in ids for key, found in unsaid_to(stored, one).items()},
        refused={key: at for one in ids for key, at in refused_to(engine.database, one).items()},
        silences=silences(stored),
        recalls=stored.recalls(),
        taken_out=taken_out,
    )


def _letters(engine: Engine, plan: Plan, ids: tuple[str, ...]) -> Mapping[str, LetterRecord | Folded]:
    """The letters of the last weeks, by their ids. In the archive is what was folded since, and no older week is read."""
    recent = {letter.id: letter for one in ids for letter in letters_to(engine.database, one)}
    archive, first = archive_of(engine), week_of(plan.world.now - BACK)
    weeks = (week for week in archive.weeks() if week >= first)
    folded = {letter.id: letter for week in weeks for letter in archive.read(week) if letter.person in ids}
    return {**folded, **recent}
