"""Concerns that wait, for looking at the letters about them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from culture.concerns import Concern
from culture.keys import AboutPeriod
from culture.leaders.concerns import OTHERS, ConcernRecords, Decided
from culture.leaders.settings import Leaders
from culture.leaders.steps import month_of
from culture.people import Language, Person
from culture.world import World
from mailer.letter import Facts
from service.leaders.concern_facts import ConcernFacts, ConcernsFacts
from service.leaders.concern_letters import month_in_words
from service.messages.translation import say
from service.planning.jobs import Job
from service.planning.sample import Samples, sample_job, sample_key


def concern_samples(world: World, person: Person) -> Samples:
    """One that waits; and as a manager and a late contact are told."""
    if not world.organisation.of(Leaders).enabled:
        return Samples()
    month = month_of(world.today)
    one = Concern(id="sample", month=month, text=_text(person.language), department=person.department)
    return Samples(
        records=(ConcernRecords({one.id: one}),), jobs=partial(_jobs, person), shapes=partial(_shapes, person)
    )


def _text(language: Language) -> str:
    return say(language, "I am told to use it, and nobody tells me what happens to my work when it is good at it.")


def _jobs(person: Person, world: World) -> Mapping[str, Job]:
    month = month_of(world.today)
    period = AboutPeriod(person.department, world.today.replace(day=1)).to_text()
    return {
        "concerns": sample_job(world, person, "concerns", sample_key("concerns", month, person)),
        "concern": sample_job(world, person, "concern", sample_key("concern", period, person)),
    }


def _shapes(person: Person, world: World) -> Sequence[Facts]:
    """To a manager, of one and of several; and to a contact who owes an answer."""
    text, language, today = _text(person.language), person.language, world.today
    month = month_in_words(month_of(today), language)
    late = Decided(
        id="sample",
        month=month_of(today),
        day=today - timedelta(days=30),
        text=text,
        asked=world.organisation.contact_name,
        answer_by=today,
    )
    return (
        ConcernFacts(texts=(text,), department=person.name, month=month, others=OTHERS),
        ConcernFacts(texts=(text, text), department=person.name, month=month, others=OTHERS),
        ConcernsFacts(waiting=(), overdue=(late,)),
        ConcernsFacts(waiting=((month, text), (month, text)), overdue=(late, late)),
    )
