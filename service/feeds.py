"""The feed of each person: one event a day with that day's prompt. Built when it is asked for.

The store keeps only a fingerprint of what the feed is made from and when that last changed: it dates the
events (DTSTAMP) and tells the clients whether to fetch (ETag), so the same content has the same bytes.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from calendars import feed
from calendars.event import Event, Words, day_uid
from culture import vitamin
from culture.catalogue import Prompt
from culture.people import Person
from culture.vitamin import World
from mailer.letter import Links as LetterLinks
from mailer.letter import Reader
from mailer.render import Renderer
from service.view import FeedDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What is remembered of a feed: what it was made from, since when (UTC), and which token is the valid one."""

    fingerprint: str
    revised: datetime
    issue: int = 1


def changed_feeds(world: World, before: Mapping[str, Feed], version: str) -> dict[str, Feed]:
    """The feeds whose content is not what it was, as they should be remembered from now on.

    `version` stands for what is the same for everybody: texts, catalogue, policy, web address.
    """
    changed = {}
    shared: dict[object, str] = {}
    for person in world.organisation.people.values():
        known = before.get(person.id)
        if known is None and (person.channel != "feed" or _over(world, person)):
            continue
        found = fingerprint(world, person, version, shared)
        if known is None or known.fingerprint != found:
            revised = world.now.astimezone(UTC).replace(microsecond=0)
            changed[person.id] = Feed(fingerprint=found, revised=revised, issue=known.issue if known else 1)
    return changed


def fingerprint(world: World, person: Person, version: str, shared: dict[object, str]) -> str:
    """A hash of everything a person's feed is made from. `shared` keeps, for one world, what people have in common."""
    block = vitamin.block(world, person) if person.channel == "feed" else None
    if block is None:
        return _hash((version, person.language))
    first, last = feed.window(world.organisation.today(person, world.now))
    pair = (person.department, person.track)
    if (pair, first) not in shared:
        given = world.prompts(pair, last)
        closed = sorted(day.toordinal() for day in world.closed if first <= day <= last)
        days = [(day.toordinal(), given[day].prompt) for day in sorted(given) if first <= day <= last]
        shared[pair, first] = _hash((closed, days))
    absent = sorted(day.toordinal() for day in block.absent if first <= day <= last)
    shape = (block.start, block.minutes, block.zone, sorted(block.weekdays), block.busy, block.reminder_minutes)
    span = (max(first, block.first), min(last, block.last))
    return _hash((version, person.language, shape, span, absent, shared[pair, first]))


def _hash(parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _over(world: World, person: Person) -> bool:
    return person.left is not None and person.left < world.today


def document(
    world: World, person: Person, known: Feed, renderer: Renderer, links: LetterLinks, domain: str
) -> FeedDocument:
    """The person's feed as it is served; for whoever gets the block another way, a calendar without events."""
    organisation = world.organisation
    reader = reader_of(world, person, links)
    events = []
    if person.channel == "feed" and (block := vitamin.block(world, person)):
        for day, prompt in _days(world, person):
            summary, description = renderer.event(reader, organisation.vitamin.title[person.language], prompt)
            events.append(
                Event(
                    uid=day_uid(person.id, day, domain),
                    starts=block.begins(day),
                    ends=block.ends(day),
                    busy=block.busy,
                    reminder_minutes=block.reminder_minutes,
                    words=Words(summary=summary, description=description),
                )
            )
    title = f"{organisation.vitamin.title[person.language]} · {organisation.name}"
    content = feed.calendar(title, events, known.revised)
    return FeedDocument(content=content, etag=feed.etag(content), revised=known.revised)


def reader_of(world: World, person: Person, links: LetterLinks) -> Reader:
    """Whom a text is for, and what it may say about the place."""
    organisation = world.organisation
    return Reader(
        person=person,
        organisation_name=organisation.name,
        contact_name=organisation.contact_name,
        contact_email=organisation.contact_email,
        policy=organisation.policy.text(person.language),
        links=links,
    )


def monday(world: World, person: Person) -> datetime:
    """The moment that links in a feed are dated by: the beginning of the person's week, so that bytes stay."""
    today = world.organisation.today(person, world.now)
    first = today.fromordinal(today.toordinal() - today.weekday())
    return datetime.combine(first, time(0), UTC)


def _days(world: World, person: Person) -> Iterator[tuple[date, Prompt | None]]:
    block = vitamin.block(world, person)
    if block:
        for day in block.days(*feed.window(world.organisation.today(person, world.now))):
            yield day, world.prompt(person, day)
