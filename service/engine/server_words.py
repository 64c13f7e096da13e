"""From a call of the plan to the words that it writes into a calendar: facts, texts, HTML."""

from datetime import date

from calendars.server.block_sync import Texts
from calendars.server.meeting import MeetingWords
from culture.people import Person
from culture.vitamin import timetable
from culture.world import World
from mailer.letter import Links as LetterLinks
from mailer.render import Renderer
from service.engine.caller import Ready
from service.planning.calls import Call, last_prompt_day
from service.planning.feeds import block_values, in_calendar, reader_of
from service.planning.letters import facts_of, reader_for, slot_words


def ready(world: World, call: Call, renderer: Renderer, links: LetterLinks) -> Ready:
    """The call with its words. Raises TemplateFault when they cannot be made."""
    today = world.organisation.today(call.person, world.now)
    if call.change is None:
        return Ready(call=call, today=today, texts=_texts(world, call, renderer, links))
    reader = reader_for(world, call.person, call.changes, links)
    title, _ = slot_words(world, call, call.change, renderer, reader)
    found = renderer.render(reader, facts_of(world, call))
    return Ready(call=call, today=today, words=MeetingWords(title=title, html=found.html, text=found.text))


def _texts(world: World, call: Call, renderer: Renderer, links: LetterLinks) -> Texts:
    if call.wanted is None:
        return Texts(series="", days={})
    person, title = call.person, call.wanted.wish.title
    _, series = renderer.event(reader_of(world, person, in_calendar(links)), "block", block_values(title, None))
    days = {one.day: _day(world, person, renderer, links, one.day, title, series) for one in call.wanted.days}
    return Texts(series=series, days=days)


def _day(
    world: World, person: Person, renderer: Renderer, links: LetterLinks, day: date, title: str, series: str
) -> str:
    """The day's prompt under its own heading; a day that only moved says what the series says."""
    found = timetable.todays(world, person, day)
    if found is None or day > last_prompt_day(world, world.organisation.today(person, world.now)):
        return series
    _, description = renderer.event(reader_of(world, person, in_calendar(links)), "block", block_values(title, found))
    heading = found.prompt.text(person.language).title
    return f"{heading}\n\n{description}"
