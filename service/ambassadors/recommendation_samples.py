"""A recommendation that waits for somebody's answer, for looking at its letter."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from culture.ambassadors.recommendations import (
    UNANSWERED,
    Answer,
    Evidence,
    Of,
    Recommendation,
    RecommendationRecords,
    Reply,
    sent,
)
from culture.ambassadors.settings import Ambassadors
from culture.keys import ItemPeriod
from culture.people import Person
from culture.world import World
from mailer.letter import Facts
from service.ambassadors.recommendation_facts import RecommendationFacts
from service.messages.translation import say
from service.planning.jobs import Job
from service.planning.sample import Samples, sample_job, sample_key

SAMPLE = "sample"


def samples(world: World, person: Person) -> Samples:
    """A recommendation that the person is asked about today, and how it is asked at other times."""
    records = world.of(RecommendationRecords)
    found = replace(records, recommendations={**records.recommendations, SAMPLE: _one(world, person)})
    return Samples(records=(found,), jobs=partial(_jobs, person), shapes=partial(_shapes, person))


def _jobs(person: Person, world: World) -> Mapping[str, Job]:
    if not world.organisation.of(Ambassadors).enabled:
        return {}
    key = sample_key("recommendation", ItemPeriod(SAMPLE, world.today).to_text(), person)
    return {"recommendation": sample_job(world, person, "recommendation", key)}


def _shapes(person: Person, world: World) -> Sequence[Facts]:
    """Without evidence and a day, asked once more, and come back."""
    one = replace(_one(world, person), evidence=(), by=None)
    later = Reply(day=world.today - UNANSWERED, answer=Answer.LATER, by=person.name, until=world.today)
    first = RecommendationFacts(recommendation=one, evidence=(), since=world.today)
    return first, replace(first, again=True), replace(first, before=later)


def _one(world: World, person: Person) -> Recommendation:
    language, day = person.language, world.today
    figure = say(language, "Of 14 who have tried it, 11 said that it worked.")
    one = Recommendation(
        id=SAMPLE,
        text=say(language, "Buy licences for the caseworkers"),
        reason=say(language, "Three departments have shown what it is good for, and wait for access."),
        written_on=day - timedelta(days=7),
        evidence=(Evidence(of=Of.FIGURE, what=figure),),
        to_name=person.name,
        to_email=person.email,
        by=day + UNANSWERED,
    )
    return sent(one, person.id, day)
