"""What the store remembers of one person, and the whole answer to "why?"."""

from collections.abc import Mapping
from contextlib import suppress

from culture.people import NO_PREFERENCE, Person
from service.answers.forecast import forecast
from service.answers.quiet import quiet
from service.answers.why import AHEAD, BACK, Remembered, ahead, days, past
from service.answers.why_said import Answer
from service.engine.choices_log import choices_of
from service.engine.engine import Engine
from service.engine.retention import archive_of, letters_to
from service.engine.unsaid import refused_to, silences, unsaid_to
from service.messages.told import Tell, nobody
from service.planning.plan import Plan
from store.archive import Folded, week_of
from store.letters import LetterRecord
from store.unreadable import CannotRead


def answer(engine: Engine, plan: Plan, person: Person, tell: Tell = nobody) -> Answer:
    """What was due to a person at the plan's moment and the weeks before, and what comes. The forecast takes as long as
    `plan --days`. Raises Damage when a file of the archive cannot be read."""
    known, world = remembered(engine, plan, person), plan.world
    coming = tuple(forecast(engine, world.now, world.now + AHEAD, tell))
    return Answer(
        world=world,
        known=known,
        days=tuple(days(world, known)),
        past=tuple(past(world, known)),
        ahead=tuple(ahead(world, known, coming)),
        quiet=tuple(quiet(plan, person)),
    )


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
        taken_out=taken_out,
    )


def _letters(engine: Engine, plan: Plan, ids: tuple[str, ...]) -> Mapping[str, LetterRecord | Folded]:
    """The letters of the last weeks, by their ids. In the archive is what was folded since, and no older week is read."""
    recent = {letter.id: letter for one in ids for letter in letters_to(engine.database, one)}
    archive, first = archive_of(engine), week_of(plan.world.now - BACK)
    weeks = (week for week in archive.weeks() if week >= first)
    folded = {letter.id: letter for week in weeks for letter in archive.read(week) if letter.person in ids}
    return {**folded, **recent}
