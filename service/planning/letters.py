"""From a job of the plan to the letter that leaves: facts, words, calendar part, MIME."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from calendars.difference import Change
from calendars.event import Series, Slot, Words
from calendars.invite import part as invite
from culture.keys import NoticeKey
from culture.people import Person
from culture.relay.settings import Relay
from culture.vitamin import rules as vitamin
from culture.vitamin import timetable
from culture.vitamin.settings import Vitamin
from culture.workdays import Week
from culture.world import World
from mailer.letter import (
    BlockChange,
    CalendarPart,
    Facts,
    InviteFacts,
    Letter,
    LinkFacts,
    Reader,
    Sender,
    TipFacts,
    WelcomeFacts,
)
from mailer.letter import Links as LetterLinks
from mailer.render import Renderer
from mailer.skeleton import fill
from service.planning.block_change import block_change
from service.planning.feeds import NO_LINKS, in_calendar, reader_of
from service.planning.held_letters import held_facts
from service.planning.jobs import Job, bare
from service.planning.links import Links
from service.planning.relay_letters import overview_facts, revisit_facts, slot_facts, turn_facts


def letter_links(links: Links, person: Person, feed_issue: int, now: datetime) -> LetterLinks:
    """The links a letter to `person` carries; all empty when the service has no web address."""
    return LetterLinks(
        page=links.url(f"me/{links.token('page', person.id, now)}"),
        feed=links.url(f"feed/{links.feed_token(person.id, feed_issue)}.ics"),
        stop=links.url(f"stop/{links.token('stop', person.id, now)}"),
        relay=links.url(f"relay/{links.token('relay', person.id, now)}"),
        link=links.url("link"),
    )


def reader_for(world: World, person: Person, changes: Sequence[Change], links: LetterLinks) -> Reader:
    """Whom a letter or a meeting with these changes is for. Who has left gets no links, for they are keys; and what Outlook
    shows as the text of a series, for a year and to whoever may see into it, has none of a person's own."""
    gone = bare(world, person, changes)
    if any(change.of == "series" for change in changes):
        links = replace(links, page=links.link, relay="")
    return replace(reader_of(world, person, NO_LINKS if gone else links), gone=gone)


def facts_of(world: World, job: Job) -> list[Facts]:
    """What the letter says, in the order of its notices; all it says about slots in one piece."""
    person, found = job.person, list[Facts]()
    slots = tuple(change for change in job.changes if isinstance(change.entry, Slot))
    by_key = {change.key: change.entry for change in job.changes}
    for key in job.keys:
        kind, period = (named := NoticeKey.from_text(key)).kind, named.period
        entry = by_key.get(key)
        if isinstance(entry, Series):
            found.append(_invite(world, person, next(c for c in job.changes if c.key == key), entry))
        elif entry:
            if entry is slots[0].entry:
                found.append(slot_facts(world, person, slots, job.turns))
        elif kind == "welcome":
            found.append(_welcome(world, person))
        elif kind == "link":
            found.append(LinkFacts(relay=world.organisation.of(Relay).enabled))
        elif kind == "tip":
            found.append(_tip(world, person, period))
        elif kind == "overview":
            found.append(overview_facts(world, person, period))
        elif kind == "held":
            found.append(held_facts(job))
        elif kind == "revisit":
            found.append(revisit_facts(world, person, period))
        else:
            found.append(turn_facts(world, person, kind, period))
    return found


def write(world: World, job: Job, renderer: Renderer, links: LetterLinks, sender: Sender) -> tuple[Letter, bytes]:
    """The letter of a job, and its bytes. Raises TemplateFault when its words cannot be made."""
    person = job.person
    rendered = renderer.render(reader_for(world, person, job.changes, links), facts_of(world, job))
    tips = any(NoticeKey.from_text(key).kind == "tip" for key in job.keys)
    letter = Letter(
        key=job.key,
        person_id=person.id,
        name=person.name,
        address=person.email,
        language=person.language,
        notices=job.keys,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        unsubscribe=links.stop or None if tips else None,
        unsubscribe_mailto=None,
        calendar=_calendar_part(world, job, renderer, links, sender),
        date=world.now,
    )
    return letter, fill(letter, sender)


def _welcome(world: World, person: Person) -> WelcomeFacts:
    organisation = world.organisation
    return WelcomeFacts(
        start=vitamin.start_time(organisation, person),
        minutes=organisation.of(Vitamin).minutes,
        title=organisation.of(Vitamin).title[person.language],
        weekdays=organisation.of(Vitamin).weekdays & person.working_days,
        channel=person.channel,
    )


def _tip(world: World, person: Person, period: str) -> TipFacts:
    week = Week.parse(period)
    today = world.organisation.today(person, world.now)
    days = vitamin.pill_days(world, person, max(today, week.days[0]), week.days[-1])
    prompts = [(day, timetable.prompt(world, person, day)) for day in days]
    return TipFacts(
        week=week,
        days=tuple((day, prompt) for day, prompt in prompts if prompt),
        start=vitamin.start_time(world.organisation, person),
        minutes=world.organisation.of(Vitamin).minutes,
    )


def _invite(world: World, person: Person, change: Change, block: Series) -> InviteFacts:
    return InviteFacts(
        change=change.kind,
        title=world.organisation.of(Vitamin).title[person.language],
        start=block.start,
        minutes=block.minutes,
        weekdays=block.weekdays,
        first=max(block.first, world.organisation.today(person, world.now)),
        what=block_change(world, person, change) or BlockChange(),
    )


def _calendar_part(
    world: World, job: Job, renderer: Renderer, links: LetterLinks, sender: Sender
) -> CalendarPart | None:
    change = job.calendar
    if change is None or change.method is None:
        return None
    part = invite.part(
        change,
        _event_words(world, job, change, renderer, links),
        (sender.name, sender.address),
        (job.person.name, job.person.email),
    )
    return CalendarPart(method=part.method, ics=part.ics)


def _event_words(world: World, job: Job, change: Change, renderer: Renderer, links: LetterLinks) -> Words:
    reader = reader_for(world, job.person, job.changes, in_calendar(links))
    if isinstance(change.entry, Slot):
        told = slot_facts(world, job.person, (change,), job.turns).changes
        summary, description = renderer.slot(reader, told[0].turn) if told else ("", "")
    else:
        summary, description = renderer.event(reader, world.organisation.of(Vitamin).title[job.person.language], None)
    bare_part = reader.gone or change.method == "CANCEL"
    return Words(summary=summary, description="" if bare_part else description)
