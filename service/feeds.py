"""The feed of each person: one event a day with that day's prompt, and the turns; and of each department: its turns.

Built when it is asked for. The store keeps only a fingerprint of what the feed is made from and when that last
changed: it dates the events (DTSTAMP) and tells the clients whether to fetch (ETag), so the same content has the same
bytes.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from calendars import feed
from calendars.event import Event, Words, day_uid, slot_event
from culture import relay, vitamin
from culture.catalogue import Prompt
from culture.people import Person
from culture.turns import Turn
from culture.vitamin import World
from mailer.letter import Links as LetterLinks
from mailer.letter import Reader
from mailer.render import Renderer
from service.jobs import slot_of
from service.relay_letters import turn_words
from service.view import FeedDocument

NO_LINKS = LetterLinks(page="", feed="", stop="", one_click="")


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
    changed = _changed_departments(world, before, version)
    shared: dict[object, str] = {}
    for person in world.organisation.people.values():
        known = before.get(person.id)
        if known is None and (person.channel != "feed" or _over(world, person)):
            continue
        found = fingerprint(world, person, version, shared)
        if known is None or known.fingerprint != found:
            changed[person.id] = _revised(world, known, found)
    return changed


def _changed_departments(world: World, before: Mapping[str, Feed], version: str) -> dict[str, Feed]:
    changed = {}
    for department in relay.departments(world.organisation):
        key = department_key(department)
        known, found = before.get(key), _hash((version, _told(_turns(world, department=department))))
        if known is None or known.fingerprint != found:
            changed[key] = _revised(world, known, found)
    return changed


def department_key(department: str) -> str:
    """What a department's feed is remembered by; no person's id holds a slash."""
    return f"department/{department}"


def _told(turns: list[Turn]) -> list[object]:
    """What a feed says of turns."""
    return [(t.id, t.starts, t.minutes, t.place, t.presenter, t.challenge, t.kind) for t in turns]


def _revised(world: World, known: Feed | None, found: str) -> Feed:
    revised = world.now.astimezone(UTC).replace(microsecond=0)
    return Feed(fingerprint=found, revised=revised, issue=known.issue if known else 1)


def _turns(world: World, *, person: Person | None = None, department: str = "") -> list[Turn]:
    """The turns a feed shows, by start: a department's, or those a person presents or sees to as the facilitator."""
    first, last = feed.window(world.organisation.today(person, world.now) if person else world.today)
    facilitates = {key for key, one in world.organisation.facilitators.items() if person and one == person.id}
    found = [
        turn
        for turn in world.relay.turns.values()
        if turn.starts
        and first <= turn.starts.date() <= last
        and (turn.open or turn.state == "held")
        and (
            turn.department == department
            or (person is not None and (turn.presenter == person.id or turn.department in facilitates))
        )
    ]
    return sorted(found, key=lambda turn: (turn.starts or world.now, turn.number))


def fingerprint(world: World, person: Person, version: str, shared: dict[object, str]) -> str:
    """A hash of everything a person's feed is made from. `shared` keeps, for one world, what people have in common."""
    turns = _turns(world, person=person) if person.channel == "feed" and world.relay.turns else []
    told = _told(turns)
    block = vitamin.block(world, person) if person.channel == "feed" else None
    if block is None:
        return _hash((version, person.language, told))
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
    return _hash((version, person.language, shape, span, absent, shared[pair, first], told))


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
    if person.channel == "feed":
        events += _slots(world, reader, renderer, _turns(world, person=person), domain)
    title = f"{organisation.vitamin.title[person.language]} · {organisation.name}"
    content = feed.calendar(title, events, known.revised)
    return FeedDocument(content=content, etag=feed.etag(content), revised=known.revised)


def department_document(world: World, department: str, known: Feed, renderer: Renderer, domain: str) -> FeedDocument:
    """A department's feed: the slots of its turns, for everybody to see."""
    organisation = world.organisation
    name = organisation.departments[department].name
    language = organisation.departments[department].language or organisation.language
    anybody = Person(
        id="",
        email="",
        name="",
        department=department,
        language=language,
        zone=organisation.zone,
        track="",
        working_days=frozenset(),
        time=None,
        channel="feed",
        first_seen=world.now,
    )
    reader = reader_of(world, anybody, NO_LINKS)
    events = _slots(world, reader, renderer, _turns(world, department=department), domain)
    content = feed.calendar(f"{name} · {organisation.name}", events, known.revised)
    return FeedDocument(content=content, etag=feed.etag(content), revised=known.revised)


def _slots(world: World, reader: Reader, renderer: Renderer, turns: list[Turn], domain: str) -> list[Event]:
    events = []
    for turn in turns:
        summary, description = renderer.slot(reader, turn_words(world, turn, reader.person))
        events.append(slot_event(slot_of(turn, domain), Words(summary=summary, description=description)))
    return events


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
