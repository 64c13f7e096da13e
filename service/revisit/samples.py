"""An item of the revisit list that is due, for looking at its letter."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from culture.keys import ItemPeriod
from culture.people import Person
from culture.revisit.rules import Judgement, Revisit, RevisitRecords, Verdict, What, judged
from culture.revisit.settings import RevisitList
from culture.world import World
from service.messages.translation import say
from service.planning.jobs import Job
from service.planning.sample import Samples, sample_job, sample_key

ITEM, WORKS = "sample", "sample-works"


def samples(world: World, person: Person) -> Samples:
    """An item of the person's that is due, and one that works now."""
    item = _item(world, person)
    return Samples(
        records=(RevisitRecords({ITEM: item, WORKS: _works(world, item, person)}),), jobs=partial(_jobs, person)
    )


def _jobs(person: Person, world: World) -> Mapping[str, Job]:
    if not world.organisation.of(RevisitList).enabled:
        return {}
    key = sample_key("revisit", ItemPeriod(ITEM, world.today).to_text(), person)
    works = sample_key("works", ItemPeriod(WORKS, world.today).to_text(), person)
    return {
        "revisit": sample_job(world, person, "revisit", key),
        "works": sample_job(world, person, "works", works),
    }


def _works(world: World, item: Revisit, person: Person) -> Revisit:
    """The same, when the contact has found that it works now."""
    contact = world.organisation.contact_name
    judgement = Judgement(
        day=world.today,
        by=contact,
        verdict=Verdict.WORKS_NOW,
        reason=say(person.language, "The agreement on the data is signed."),
    )
    return judged(replace(item, id=WORKS, owner=""), judgement)


def _item(world: World, person: Person) -> Revisit:
    language, contact = person.language, world.organisation.contact_name
    earlier = Judgement(
        day=world.today,
        by=contact,
        verdict=Verdict.STILL_NOT,
        reason=say(language, "The agreement on the data is missing."),
    )
    return Revisit(
        id=ITEM,
        name=say(language, "automatic minutes of meetings"),
        what=What.TOOL,
        rejected_by=contact,
        rejected_on=world.today,
        reason=say(language, "Recordings were kept outside the EU."),
        would_change=say(language, "The data stay in the EU, and everybody in the meeting says yes."),
        months=world.organisation.of(RevisitList).months,
        owner=person.id,
        next_on=world.today,
        judgements=(earlier,),
    )
