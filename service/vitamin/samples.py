"""The letters of the vitamin pill as somebody would get them now, and what the block says."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from calendars.difference import changes
from calendars.event import block_uid
from calendars.series import series
from culture.people import Person
from culture.vitamin import rules, timetable
from culture.vitamin.settings import Vitamin
from culture.workdays import Week
from culture.world import World
from service.planning.feeds import block_values
from service.planning.jobs import Job
from service.planning.programme import EventWords
from service.planning.sample import DOMAIN, Samples, sample_job, sample_key
from service.vitamin.facts import TipFacts
from service.vitamin.letters import tip_facts

AHEAD = timedelta(days=60)


def samples(world: World, person: Person) -> Samples:
    """The letters as they would be now, and the block without and with prompts; none where there is no pill."""
    if not world.organisation.of(Vitamin).enabled:
        return Samples()
    return Samples(jobs=partial(_jobs, person), shapes=partial(_shapes, person), events=partial(_events, person))


def _jobs(person: Person, world: World) -> Mapping[str, Job]:
    today = world.organisation.today(person, world.now)
    coming = rules.pill_days(world, person, today, today + AHEAD)
    keys: dict[str, tuple[str, ...]] = {"welcome": (sample_key("welcome", "first", person),)}
    if coming:
        tip = rules.tip_key(Week.of(coming[0]), person)
        keys |= {"welcome": (*keys["welcome"], tip), "tip": (tip,)}
    jobs = {kind: sample_job(world, person, kind, *key) for kind, key in keys.items()}
    block = rules.block(world, person)
    found = series(block, None, today, block_uid(person.id, DOMAIN)) if block else None
    if found:
        change = next(iter(changes({person.id: found}, {}, {person.id: person.email}, world.now, {})))
        jobs["invite"] = replace(sample_job(world, person, "invite", change.key), changes=(change,))
    return jobs


def _shapes(person: Person, world: World) -> Sequence[TipFacts]:
    """The week's letter after a break, with a prompt that was met before, for a beginner and for the bold."""
    job = _jobs(person, world).get("tip")
    found = tip_facts(world, job, job.key) if job else None
    if found is None or not found.days:
        return ()
    prompt = found.days[0][1]
    return (
        replace(found, days=found.days[:1], fresh=True, again=world.today),
        replace(found, common=prompt, beside=prompt.text(person.language).title),
        replace(found, beside=prompt.text(person.language).title, further=True),
    )


def _events(person: Person, world: World) -> Sequence[EventWords]:
    """The block without a prompt, and with each of the coming week's."""
    organisation = world.organisation
    today = organisation.today(person, world.now)
    coming = rules.pill_days(world, person, today, today + AHEAD)
    last = Week.of(coming[0]).days[-1] if coming else today
    found = [timetable.todays(world, person, day) for day in coming if day <= last]
    title = organisation.of(Vitamin).title[person.language]
    return [EventWords("block", block_values(title, today)) for today in (None, *filter(None, found))]
