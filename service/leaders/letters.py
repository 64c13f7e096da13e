"""What the letters to managers say: facts from the world, no words but the questions."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from culture.keys import NoticeKey
from culture.leaders.frame import last_asked, sheet_day
from culture.leaders.meeting import next_meeting
from culture.leaders.notices import at_work
from culture.leaders.records import LeaderRecords
from culture.leaders.steps import Steps
from culture.people import Language, Person
from culture.policy import QUESTIONS, Question
from culture.world import World
from service.leaders.facts import FrameFacts, OpenFacts, Ruling, StepFacts
from service.messages.translation import Sentence
from service.planning.kind import Action

ASKED: Mapping[Question, Sentence] = {
    "tools": Sentence("Which tools are approved?"),
    "data": Sentence("Which data may be shared?"),
    "responsible": Sentence("Who is responsible when something goes wrong?"),
    "vision": Sentence("What do we want AI for?"),
    "jobs": Sentence("What does it mean for our jobs?"),
    "learning": Sentence("How do we learn it, and when?"),
}


def rulings(world: World, which: Iterable[Question], language: Language) -> tuple[Ruling, ...]:
    """These questions with their answers, in a language."""
    policy = world.organisation.policy
    return tuple(Ruling(key=one, asked=ASKED[one].said(language), answer=policy.answer(one, language)) for one in which)


def step_facts(world: World, action: Action, key: str) -> StepFacts | None:
    """The step of its month; None when the catalogue has it no more."""
    person, month = action.person, NoticeKey.from_text(key).period
    found = world.of(LeaderRecords)
    given = found.given()
    step = world.organisation.of(Steps).steps.get(given[month].step)
    if step is None:
        return None
    before = [one.day for other, one in given.items() if other < month and one.step == step.id and one.said]
    since = _after(world, person, month)
    meeting = next_meeting(world.organisation, person, since) if since else None
    return StepFacts(
        step=step,
        ruling=next(iter(rulings(world, [step.question], person.language)), None) if step.question else None,
        decided=rulings(world, _decided(found, month, world), person.language),
        meeting=meeting.starts if meeting else None,
        again=max(before, default=None),
        asks_reader=_is_contact(world, person),
    )


def _after(world: World, person: Person, month: str) -> datetime | None:
    """From when on a meeting can be the one at which the lines are said."""
    at = at_work(world.organisation, person, world.of(LeaderRecords).given()[month].day)
    return max(at, world.now) if at else None


def _decided(found: LeaderRecords, month: str, world: World) -> list[Question]:
    """What was open when managers were last told so, and is not any more."""
    frame = found.frame()
    earlier = [one.undecided for other, one in found.given().items() if other < month]
    told_open = earlier[-1] if earlier else frame.undecided if frame else ()
    return [one for one in told_open if one not in world.organisation.policy.open]


def frame_facts(world: World, action: Action, key: str) -> FrameFacts:
    """All six questions."""
    person = action.person
    return FrameFacts(rulings=rulings(world, QUESTIONS, person.language), asks_reader=_is_contact(world, person))


def open_facts(world: World, action: Action, key: str) -> OpenFacts | None:
    """What is open now; None when it has been answered meanwhile."""
    policy, frame = world.organisation.policy, world.of(LeaderRecords).frame()
    if frame is None or not policy.open:
        return None
    _, number = last_asked(frame, world.today)
    return OpenFacts(
        rulings=rulings(world, policy.open, action.person.language),
        table=policy.table(world.organisation.language),
        again=number > 0,
        sheet=sheet_day(world.organisation, frame) if frame.sheet is None else None,
    )


def _is_contact(world: World, person: Person) -> bool:
    return person.email == world.organisation.contact_email.lower()
