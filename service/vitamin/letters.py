"""What the letters of the vitamin pill say: facts from the world, no words."""

from calendars.event import Series
from culture.keys import NoticeKey
from culture.vitamin import rules as vitamin
from culture.vitamin import timetable
from culture.vitamin.settings import Vitamin
from culture.workdays import Week
from culture.world import World
from service.planning.kind import Action
from service.planning.programme import lines
from service.vitamin.block_change import block_change
from service.vitamin.facts import BlockChange, InviteFacts, TipFacts, WelcomeFacts


def welcome_facts(world: World, action: Action, key: str) -> WelcomeFacts:
    """When the block is, and how it reaches the calendar."""
    organisation, person = world.organisation, action.person
    return WelcomeFacts(
        start=vitamin.start_time(organisation, person),
        minutes=organisation.of(Vitamin).minutes,
        title=organisation.of(Vitamin).title[person.language],
        weekdays=organisation.of(Vitamin).days & person.working_days,
        channel=person.channel,
    )


def tip_facts(world: World, action: Action, key: str) -> TipFacts:
    """The week's prompts that are still to come."""
    person, week = action.person, Week.parse(NoticeKey.from_text(key).period)
    today = world.organisation.today(person, world.now)
    days = vitamin.pill_days(world, person, max(today, week.days[0]), week.days[-1])
    prompts = [(day, timetable.prompt(world, person, day)) for day in days]
    return TipFacts(
        week=week,
        days=tuple((day, prompt) for day, prompt in prompts if prompt),
        start=vitamin.start_time(world.organisation, person),
        minutes=world.organisation.of(Vitamin).minutes,
        lines=lines(world, person),
    )


def invite_facts(world: World, action: Action, key: str) -> InviteFacts:
    """The series that comes, changes or goes."""
    person = action.person
    change = next(one for one in action.changes if one.key == key)
    block = change.entry
    assert isinstance(block, Series)
    return InviteFacts(
        change=change.kind,
        title=world.organisation.of(Vitamin).title[person.language],
        start=block.start,
        minutes=block.minutes,
        weekdays=block.weekdays,
        first=max(block.first, world.organisation.today(person, world.now)),
        what=block_change(world, person, change) or BlockChange(),
    )
