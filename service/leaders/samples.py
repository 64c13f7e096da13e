"""Letters to a manager and to the contact, for looking at: as if the person led others, whoever they are."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from culture.leaders.frame import Frame
from culture.leaders.notices import SHEET
from culture.leaders.records import LeaderRecords
from culture.leaders.settings import Leaders
from culture.leaders.steps import Given, Steps, month_of
from culture.people import Person
from culture.world import World
from mailer.letter import Facts
from service.leaders.concern_samples import concern_samples
from service.leaders.facts import OpenFacts, StepFacts
from service.leaders.letters import rulings
from service.planning.jobs import Job
from service.planning.sample import Samples, sample_job, sample_key, together


def samples(world: World, person: Person) -> Samples:
    """A letter of each kind."""
    return together(_steps(world, person), concern_samples(world, person))


def _steps(world: World, person: Person) -> Samples:
    """The sheet has come, and this month's step."""
    if not world.organisation.of(Leaders).enabled:
        return Samples()
    found, today = world.of(LeaderRecords), world.today
    frame = found.frame() or Frame(asked=today)
    frame = replace(frame, sheet=frame.sheet or today)
    month, step = month_of(today), next(iter(world.organisation.of(Steps).steps), "")
    given = found.given().get(month) or Given(step=step, day=max(today, frame.sheet or today))
    records = replace(
        found,
        frames={**found.frames, frame.asked.isoformat(): frame},
        steps={**found.steps, month: given},
        since=None,
    )
    return Samples(records=(records,), jobs=partial(_jobs, person), shapes=partial(_shapes, person))


def _jobs(person: Person, world: World) -> Mapping[str, Job]:
    day, month = world.today.isoformat(), month_of(world.today)
    periods = {"frame": SHEET, "step": month}
    if world.organisation.policy.open:
        periods["open-questions"] = day
    return {kind: sample_job(world, person, kind, sample_key(kind, period, person)) for kind, period in periods.items()}


def _shapes(person: Person, world: World) -> Sequence[Facts]:
    """A step with a question and one without, the one also with all that can stand beside it; and what the contact may be
    asked. The words of a step are no template: our own tests read all of them."""
    policy, language = world.organisation.policy, person.language
    every = rulings(world, ("tools", "vision", "jobs"), language)
    each = {step.question is None: step for step in world.organisation.of(Steps).steps.values()}
    bare = [StepFacts(step=step) for step in each.values()]
    full = [
        replace(one, ruling=every[0], decided=every, meeting=world.now, again=world.today, asks_reader=True)
        for one in bare[:1]
    ]
    table = policy.table(world.organisation.language)
    few = OpenFacts(rulings=every[:1], table=table, sheet=world.today)
    return *bare, *full, few, OpenFacts(rulings=every, table=table, again=True)
