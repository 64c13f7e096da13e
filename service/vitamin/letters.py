"""What the letters of the vitamin pill say: facts from the world, no words."""

from collections.abc import Sequence
from datetime import date, time

from calendars.event import Series
from culture.keys import NoticeKey
from culture.people import Language, Person
from culture.vitamin import rules as vitamin
from culture.vitamin import timetable
from culture.vitamin.catalogue import GENERAL, Prompt
from culture.vitamin.settings import Vitamin
from culture.vitamin.timetable import Today
from culture.workdays import Week
from culture.world import World
from service.messages.beside import beside_prompt
from service.planning.kind import Action
from service.planning.line import Line
from service.planning.programme import lines
from service.vitamin.block_change import block_change
from service.vitamin.facts import BlockChange, InviteFacts, PartOfDay, TipFacts, WelcomeFacts

STARTER_WORDS = 70
"""Of the prompt in a welcome, with its notes: a longer one would push the rest off the screen, and stands with the others."""

ROOM = 200
"""Words that a weekly letter has for its prompt with the notes, the lines of the programmes or the sentence in their place,
and what stands beside. What finds no room stands on the reader's pages. A line goes first: it comes up once."""

SENTENCE = 17
"""Words of the sentence in the lines' place."""

BESIDE = 23
"""Words that stand beside a prompt at most."""

PARTS_OF_DAY: tuple[tuple[time, PartOfDay], ...] = (
    (time(10), "morning"),
    (time(11), "forenoon"),
    (time(14), "noon"),
    (time(17), "afternoon"),
)
"""Until when each is, by the time of the block."""


def welcome_facts(world: World, action: Action, key: str) -> WelcomeFacts:
    """When the block is, how it reaches the calendar, and what to begin with: of the week's prompts, if the letter says
    those too."""
    organisation, person = world.organisation, action.person
    said = [NoticeKey.from_text(one) for one in action.keys]
    week = next((Week.parse(one.period) for one in said if one.kind == "tip"), None)
    days = _coming(world, person, week) if week else ()
    starts = vitamin.start_time(organisation, person)
    starter = next((one for _, one in days[:1] if length(one, person) <= STARTER_WORDS), None)
    return WelcomeFacts(
        when=next((name for until, name in PARTS_OF_DAY if starts < until), "evening"),
        track=person.track != GENERAL,
        starter=starter,
        rest=days[1:] if starter else days,
        start=starts,
        minutes=organisation.of(Vitamin).minutes,
        title=organisation.of(Vitamin).title[person.language],
        weekdays=organisation.of(Vitamin).days & person.working_days,
        channel=person.channel,
    )


def length(prompt: Prompt, person: Person) -> int:
    """The words of a prompt with its notes, in the person's language."""
    text = prompt.text(person.language)
    return sum(len(part.split()) for part in (text.prompt, text.data, text.look_for))


def _coming(world: World, person: Person, week: Week) -> tuple[tuple[date, Prompt], ...]:
    """The person's prompts of the week that are still to come."""
    today = world.organisation.today(person, world.now)
    days = vitamin.pill_days(world, person, max(today, week.days[0]), week.days[-1])
    prompts = [(day, timetable.prompt(world, person, day)) for day in days]
    return tuple((day, prompt) for day, prompt in prompts if prompt)


def with_room(taken: int, every: Sequence[Line]) -> tuple[tuple[Line, ...], int]:
    """Those of the lines that have room in a letter whose prompt takes so many words; and how many words are left."""
    left, added = ROOM - taken, list[Line]()
    for line in every:
        if line.words <= left:
            added.append(line)
            left -= line.words
    return tuple(added), left if added else left - SENTENCE


def tip_facts(world: World, action: Action, key: str) -> TipFacts | None:
    """The week's prompts that are still to come; None where the welcome says what to begin with."""
    if _has_welcome(action):
        return None
    person, week = action.person, Week.parse(NoticeKey.from_text(key).period)
    days = _coming(world, person, week)
    first = timetable.todays(world, person, days[0][0]) if days else None
    added, left = with_room(length(days[0][1], person) if days else 0, lines(world, person))
    fresh = _is_fresh(world, person, days)
    return TipFacts(
        week=week,
        days=days[:1] if fresh or person.dose == "one" else days,
        today=world.organisation.today(person, world.now),
        fresh=fresh,
        common=first.common if first else None,
        beside=_beside(first, person.language, left) if first else "",
        further=first.beside == "further" if first else False,
        again=first.again if first else None,
        lines=added,
    )


def _has_welcome(action: Action) -> bool:
    return any(NoticeKey.from_text(one).kind == "welcome" for one in action.keys)


def _is_fresh(world: World, person: Person, days: Sequence[tuple[date, Prompt]]) -> bool:
    """Whether these are the days of a first week after a break."""
    return bool(days) and vitamin.comes_back(world, person, days[0][0])


def _beside(first: Today, language: Language, left: int) -> str:
    """The sentence beside the first prompt, where there is one and it has room in the words that are left."""
    beside = beside_prompt(first)
    return beside.said(language) if beside and left >= BESIDE else ""


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
