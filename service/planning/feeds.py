"""The feed of each person: one event a day with that day's prompt, and the turns; and of each department: its turns.

Built when it is asked for. The store keeps only a fingerprint of what the feed is made from and when that last
changed: it dates the events (DTSTAMP) and tells the clients whether to fetch (ETag), so the same content has the same
bytes. The fingerprint holds whatever a template can show, so bytes may be kept by it (`Shelf`) and never be stale.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from operator import attrgetter
from threading import Lock
from typing import Any

from calendars.event import Event, Words, day_uid, slot_event
from calendars.feed import document as feed
from culture.keys import DepartmentFeed
from culture.people import Person
from culture.relay import schedule as relay
from culture.relay.challenges import Challenges
from culture.relay.days import assignment_day
from culture.relay.schedule import RelayRecords
from culture.relay.turns import Turn
from culture.trouble import RAISED, Troubles
from culture.vitamin import rules as vitamin
from culture.vitamin import timetable
from culture.vitamin.catalogue import Catalogue
from culture.vitamin.settings import Vitamin
from culture.vitamin.timetable import Pair
from culture.world import World
from mailer.letter import Links as LetterLinks
from mailer.letter import Reader
from mailer.render import Renderer
from service.planning.jobs import slot_of
from service.planning.relay_letters import turn_words

NO_LINKS = LetterLinks(page="", feed="", stop="")
"""For what everybody may see."""


def in_calendar(links: LetterLinks) -> LetterLinks:
    """The links of what stands in a calendar: it stays there for a year, and colleagues may see into it. So it carries
    nobody's key."""
    return replace(NO_LINKS, link=links.link)


SHELF_BYTES = 64 * 2**20
"""What is kept of feeds as bytes: some 300, for half a year of prompts is 200 KB. Making one again takes 15 ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What is remembered of a feed: what it was made from, since when (UTC), and which token is the valid one."""

    fingerprint: str
    revised: datetime
    issue: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDocument:
    """A feed as it is served."""

    content: bytes
    etag: str
    revised: datetime  # UTC, whole seconds


class Shelf:
    """Feeds as they are served, by what they are made from. Full, it lets go of whatever was longest not asked for."""

    def __init__(self, room: int = SHELF_BYTES) -> None:
        self._room = room  # bytes
        self._kept: OrderedDict[str, tuple[Feed, FeedDocument]] = OrderedDict()
        self._lock = Lock()  # never held while a feed is made

    def take(self, key: str, made_from: Feed) -> FeedDocument | None:
        """The document of that key, if it was made from just this."""
        with self._lock:
            found = self._kept.get(key)
            if found is None or found[0] != made_from:
                return None
            self._kept.move_to_end(key)
            return found[1]

    def put(self, key: str, made_from: Feed, document: FeedDocument) -> None:
        with self._lock:
            self._room += self._size(key)
            self._kept[key] = made_from, document
            self._kept.move_to_end(key)
            self._room -= self._size(key)
            while self._room < 0:
                oldest = next(iter(self._kept))
                self._room += self._size(oldest)
                del self._kept[oldest]

    def _size(self, key: str) -> int:
        return len(self._kept[key][1].content) if key in self._kept else 0


def changed_feeds(
    world: World, before: Callable[[str], Feed | None], version: str, troubles: Troubles = RAISED
) -> dict[str, Feed]:
    """The feeds whose content is not what it was, as they should be remembered from now on; `before` is what it was.

    `version` stands for what is the same for everybody: texts, catalogue, policy, web address.
    """
    fingerprints, changed = Fingerprints(world, version), {}
    for department in relay.departments(world.organisation):
        with troubles.of(department, "feed"):
            key = department_key(department)
            known, found = before(key), fingerprints.of_department(department)
            if known is None or known.fingerprint != found:
                changed[key] = _revised(world, known, found)
    for person in world.organisation.people.values():
        with troubles.of(person.id, "feed"):
            known = before(person.id)
            if known is None and (person.channel != "feed" or _over(world, person)):
                continue
            found = fingerprints.of(person)
            if known is None or known.fingerprint != found:
                changed[person.id] = _revised(world, known, found)
    return changed


def department_key(department: str) -> str:
    """What a department's feed is remembered by."""
    return DepartmentFeed(department).to_text()


def _revised(world: World, known: Feed | None, found: str) -> Feed:
    revised = world.now.astimezone(UTC).replace(microsecond=0)
    return Feed(fingerprint=found, revised=revised, issue=known.issue if known else 1)


class Fingerprints:
    """Hashes of everything that the feeds of one world are made from; what they have in common is made once.

    `version` as for `changed_feeds`.
    """

    def __init__(self, world: World, version: str) -> None:
        self._world, self._version = world, version
        self._days: dict[tuple[Pair, date], str] = {}
        self._texts: dict[object, str] = {}  # of prompts and challenges

    def of(self, person: Person) -> str:
        """Of a person's feed."""
        world = self._world
        if person.channel != "feed":
            return _hash((self._version, person.language, person.zone))
        first, last = feed.window(world.organisation.today(person, world.now))
        told = self._told(_turns(world, among, person=person)) if (among := self._turns_of(person)) else []
        common = (self._version, _values(person), told, first)
        block = vitamin.block(world, person)
        if block is None:
            return _hash(common)
        absent = sorted(day.toordinal() for day in block.absent if first <= day <= last)
        shape = (block.start, block.minutes, block.zone, sorted(block.weekdays), block.busy, block.reminder_minutes)
        span = (max(first, block.first), min(last, block.last))
        return _hash((common, shape, span, absent, self._prompts((person.department, person.track), first, last)))

    def of_department(self, department: str) -> str:
        """Of a department's feed."""
        turns = _turns(self._world, self._by_whom.get(department_key(department), ()), department=department)
        home = self._world.organisation.departments[department]
        return _hash((self._version, home.name, home.language, home.zone, self._told(turns)))

    def _prompts(self, pair: Pair, first: date, last: date) -> str:
        """What colleagues share: closed days, and the prompts of a department and track."""
        if (pair, first) not in self._days:
            world = self._world
            given = timetable.prompts(world, pair, last)
            closed = sorted(day.toordinal() for day in world.closed if first <= day <= last)
            days = [(day.toordinal(), self._prompt(given[day].prompt)) for day in sorted(given) if first <= day <= last]
            self._days[pair, first] = _hash((closed, days))
        return self._days[pair, first]

    def _prompt(self, key: str) -> str:
        if key not in self._texts:
            prompt = self._world.organisation.of(Catalogue).prompts.get(key)
            self._texts[key] = _hash((key, prompt and _values(prompt)))
        return self._texts[key]

    def _told(self, turns: list[Turn]) -> list[object]:
        """What a feed says of turns: all that `turn_words` looks at."""
        return [self._told_of(turn) for turn in turns]

    def _told_of(self, turn: Turn) -> object:
        world, organisation = self._world, self._world.organisation
        assert turn.starts is not None  # only those with a meeting are shown
        challenge = organisation.of(Challenges).challenges.get(turn.challenge)
        earlier = world.of(RelayRecords).learnings.get(turn.earlier)
        home = organisation.departments.get(turn.department)
        beside = [t for t in self._by_meeting.get(turn.meeting, ()) if t.id != turn.id]
        names = [p.name for t in (turn, *beside) if (p := organisation.people.get(t.presenter))]
        return (
            (turn.id, turn.starts, turn.minutes, turn.place, turn.presenter, turn.person, turn.kind),
            (challenge and _values(challenge), earlier, home and home.name, names),
            turn.state == "announced" and assignment_day(organisation, turn.starts.date()),
        )

    def _turns_of(self, person: Person) -> list[Turn]:
        """The turns that a person may be shown, each once."""
        found = [*self._by_whom.get(person.id, ())]
        for department in self._facilitated.get(person.id, ()):
            found += self._by_whom.get(department_key(department), ())
        return list({turn.id: turn for turn in found}.values())

    @cached_property
    def _by_whom(self) -> dict[str, list[Turn]]:
        """Turns by their presenter's id and by their department's key."""
        found: dict[str, list[Turn]] = {}
        for turn in self._world.of(RelayRecords).turns.values():
            found.setdefault(turn.presenter, []).append(turn)
            found.setdefault(department_key(turn.department), []).append(turn)
        return found

    @cached_property
    def _by_meeting(self) -> dict[str, list[Turn]]:
        """Open turns by their meeting."""
        found: dict[str, list[Turn]] = {}
        for turn in self._world.of(RelayRecords).turns.values():
            if turn.open and turn.meeting:
                found.setdefault(turn.meeting, []).append(turn)
        return found

    @cached_property
    def _facilitated(self) -> dict[str, list[str]]:
        """The departments that somebody is the facilitator of, by person id."""
        found: dict[str, list[str]] = {}
        for department, person_id in self._world.organisation.facilitators.items():
            found.setdefault(person_id, []).append(department)
        return found


def _turns(world: World, among: Iterable[Turn], *, person: Person | None = None, department: str = "") -> list[Turn]:
    """The turns a feed shows, by start: a department's, or those a person presents or sees to as the facilitator."""
    first, last = feed.window(world.organisation.today(person, world.now) if person else world.today)
    facilitates = {key for key, one in world.organisation.facilitators.items() if person and one == person.id}
    found = [
        turn
        for turn in among
        if turn.starts
        and first <= turn.starts.date() <= last
        and (turn.open or turn.state == "held")
        and (
            turn.department == department
            or (person is not None and (turn.presenter == person.id or turn.department in facilitates))
        )
    ]
    return sorted(found, key=lambda turn: (turn.starts or world.now, turn.number))


def _values(one: object) -> list[object]:
    """The values of all fields of a dataclass, the same text in every process: a set has no order of its own."""
    values = _getter(type(one))(one)  # type: ignore[arg-type]  # mypy asks whether `object` can be hashed, not its type
    return [sorted(value) if isinstance(value, frozenset) else value for value in values]


@lru_cache
def _getter(kind: type) -> Callable[[Any], tuple[object, ...]]:
    return attrgetter(*(field.name for field in fields(kind)))


def _hash(parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _over(world: World, person: Person) -> bool:
    return person.left is not None and person.left < world.today


def document(
    world: World, person: Person, known: Feed, renderer: Renderer, links: LetterLinks, domain: str
) -> FeedDocument:
    """The person's feed as it is served; for whoever gets the block another way, a calendar without events."""
    organisation = world.organisation
    title = f"{organisation.of(Vitamin).title[person.language]} · {organisation.name}"
    return _document(title, events(world, person, renderer, links, domain), known, person.zone)


def events(world: World, person: Person, renderer: Renderer, links: LetterLinks, domain: str) -> list[Event]:
    """What the person's feed shows: a block each day, and the turns."""
    if person.channel != "feed":
        return []
    reader, found = reader_of(world, person, in_calendar(links)), []
    if block := vitamin.block(world, person):
        title = world.organisation.of(Vitamin).title[person.language]
        for day in block.days(*feed.window(world.organisation.today(person, world.now))):
            summary, description = renderer.event(reader, title, timetable.prompt(world, person, day))
            found.append(
                Event(
                    uid=day_uid(person.id, day, domain),
                    starts=block.begins(day),
                    ends=block.ends(day),
                    busy=block.busy,
                    reminder_minutes=block.reminder_minutes,
                    words=Words(summary=summary, description=description),
                )
            )
    return found + _slots(
        world, reader, renderer, _turns(world, world.of(RelayRecords).turns.values(), person=person), domain
    )


def department_document(world: World, department: str, known: Feed, renderer: Renderer, domain: str) -> FeedDocument:
    """A department's feed: the slots of its turns, for everybody to see."""
    organisation = world.organisation
    home = organisation.departments[department]
    zone = home.zone or organisation.zone
    anybody = Person(
        id="",
        email="",
        name="",
        department=department,
        language=home.language or organisation.language,
        zone=zone,
        track="",
        working_days=frozenset(),
        time=None,
        channel="feed",
        first_seen=known.revised,
    )
    reader = reader_of(world, anybody, NO_LINKS)
    turns = _turns(world, world.of(RelayRecords).turns.values(), department=department)
    return _document(f"{home.name} · {organisation.name}", _slots(world, reader, renderer, turns, domain), known, zone)


def _document(name: str, shown: list[Event], known: Feed, zone: str) -> FeedDocument:
    content = feed.calendar(name, shown, known.revised, zone)
    return FeedDocument(content=content, etag=feed.etag(content), revised=known.revised)


def _slots(world: World, reader: Reader, renderer: Renderer, turns: list[Turn], domain: str) -> list[Event]:
    found = []
    for turn in turns:
        summary, description = renderer.slot(reader, turn_words(world, turn, reader.person))
        found.append(slot_event(slot_of(turn, domain), Words(summary=summary, description=description)))
    return found


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
