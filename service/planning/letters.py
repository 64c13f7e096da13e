"""From a job of the plan to the letter that leaves: facts, words, calendar part, MIME."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from calendars.difference import Change
from calendars.event import Slot, Words
from calendars.invite import part as invite
from culture.keys import NoticeKey
from culture.people import Person
from culture.vitamin.settings import Vitamin
from culture.world import World
from mailer.letter import CalendarPart, Facts, Letter, Reader, Sender
from mailer.letter import Links as LetterLinks
from mailer.render import Rendered, Renderer
from mailer.skeleton import fill
from service.planning.feeds import NO_LINKS, block_values, in_calendar, reader_of
from service.planning.jobs import Job, bare, kind_of
from service.planning.kind import Action
from service.planning.kinds import KINDS, kind_name
from service.planning.links import Links
from service.planning.own_letters import held_facts
from service.planning.programme import nameless_paths, of_kind, outside_paths, page_paths


def letter_links(links: Links, person: Person, feed_issue: int, now: datetime) -> LetterLinks:
    """The links a letter to `person` carries; all empty when the service has no web address."""
    return LetterLinks(
        page=links.url(f"me/{links.token('page', person.linked, now)}"),
        feed=links.url(f"feed/{links.feed_token(person.id, feed_issue)}.ics"),
        stop=links.url(f"stop/{links.token('stop', person.linked, now)}"),
        pages={path: links.url(f"{path}/{links.token(path, person.linked, now)}") for path in page_paths()},
        link=links.url("link"),
        nameless={path: links.url(path) for path in nameless_paths()},
    )


def keyless(links: Links) -> LetterLinks:
    """Those links as anybody may see them: where they lead, without what opens it."""
    return LetterLinks(
        page=links.url("me/…"),
        feed=links.url("feed/….ics"),
        stop=links.url("stop/…"),
        pages={path: links.url(f"{path}/…") for path in page_paths()},
        link=links.url("link"),
        nameless={path: links.url(path) for path in nameless_paths()},
    )


def reader_for(world: World, person: Person, changes: Sequence[Change], links: LetterLinks) -> Reader:
    """Whom a letter or a meeting with these changes is for. Who has left gets no links, for they are keys; an outsider
    those of open pages; and what Outlook shows as the text of a series, for a year and to whoever may see into it, has
    none of a person's own."""
    gone = bare(world, person, changes)
    if person.id not in world.organisation.people:
        links = replace(NO_LINKS, pages={path: links.of(path) for path in outside_paths()})
    if any(change.of == "series" for change in changes):
        links = replace(links, page=links.link, pages={})
    if not world.organisation.of(Vitamin).enabled:
        links = replace(links, stop="")  # there are no weekly letters
    return replace(reader_of(world, person, NO_LINKS if gone else links), gone=gone)


def facts_of(world: World, action: Action) -> list[Facts]:
    """What a letter says, in the order of its notices and changes."""
    by_key = {change.key: change for change in action.changes}
    kinds = ((KINDS[kind_of(key, by_key.get(key))], key) for key in action.keys)
    said = (kind.facts(world, action, key) for kind, key in kinds if kind.facts)
    held: list[Facts] = [held_facts(world, action, kind_name)] if action.held else []
    return held + [facts for facts in said if facts]


def write(world: World, job: Job, renderer: Renderer, links: LetterLinks, sender: Sender) -> tuple[Letter, bytes]:
    """The letter of a job, and its bytes. Raises TemplateFault when its words cannot be made."""
    letter = letter_of(world, job, renderer, links, sender)
    return letter, fill(letter, sender)


def letter_of(world: World, job: Job, renderer: Renderer, links: LetterLinks, sender: Sender) -> Letter:
    """The letter of a job. Raises TemplateFault when its words cannot be made."""
    rendered = renderer.render(reader_for(world, job.person, job.changes, links), facts_of(world, job))
    return _letter(world, job, rendered, links, _calendar_part(world, job, renderer, links, sender))


def sketch(world: World, job: Job, renderer: Renderer, links: LetterLinks) -> Letter:
    """The letter of a job with its subject and nothing else. Raises TemplateFault."""
    subject = renderer.subject(reader_for(world, job.person, job.changes, links), facts_of(world, job))
    return _letter(world, job, Rendered(subject=subject, text="", html=""), links, None)


def plain(world: World, job: Job, renderer: Renderer, links: LetterLinks) -> str:
    """The text of the letter of a job. Raises TemplateFault."""
    return renderer.plain(reader_for(world, job.person, job.changes, links), facts_of(world, job))


def _letter(world: World, job: Job, rendered: Rendered, links: LetterLinks, calendar: CalendarPart | None) -> Letter:
    person = job.person
    tips = any(NoticeKey.from_text(key).kind == "tip" for key in job.keys)
    return Letter(
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
        calendar=calendar,
        date=world.now,
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
        [(one.name, one.email) for one in job.others.get(change.key, ())],
    )
    return CalendarPart(method=part.method, ics=part.ics)


def _event_words(world: World, job: Job, change: Change, renderer: Renderer, links: LetterLinks) -> Words:
    reader = reader_for(world, job.person, job.changes, in_calendar(links))
    if isinstance(change.entry, Slot):
        summary, description = slot_words(world, job, change, renderer, reader)
    else:
        title = world.organisation.of(Vitamin).title[job.person.language]
        summary, description = renderer.event(reader, "block", block_values(title, None))
    bare_part = reader.gone or change.method == "CANCEL"
    return Words(summary=summary, description="" if bare_part else description)


def slot_words(world: World, action: Action, change: Change, renderer: Renderer, reader: Reader) -> tuple[str, str]:
    """Summary and description of the appointment that a change is about; empty where nothing is known of it any more."""
    assert isinstance(change.entry, Slot)
    name, of = action.subjects.get(change.key, ""), of_kind(NoticeKey.from_text(change.key).kind)
    words = of.words(world, name, action.person, change.entry) if of else None
    return renderer.event(reader, words.template, words.values) if words else ("", "")
