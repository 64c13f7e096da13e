"""The feed of each person: one event a day with that day's prompt, and the turns; and of each department: its turns.

Built when it is asked for. The store keeps only a fingerprint of what the feed is made from and when that last
changed: it dates the events (DTSTAMP) and tells the clients whether to fetch (ETag), so the same content has the same
bytes. The fingerprint holds whatever a template can show, so bytes may be kept by it (`FeedCache`) and never be stale.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from operator import attrgetter
from threading import Lock
from typing import Any

from calendars.event import Event, Words, day_uid, slot_event
from calendars.feed import document as feed
from culture.appointment import Appointment
from culture.kept import kept_of_each
from culture.keys import DepartmentFeed, pair_text
from culture.people import Person
from culture.trouble import RAISED, Troubles
from culture.vitamin import rules as vitamin
from culture.vitamin import timetable
from culture.vitamin.catalogue import Catalogue
from culture.vitamin.settings import Vitamin
from culture.vitamin.timetable import Pair, Planned, Today
from culture.world import World
from mailer.letter import Links as LetterLinks
from mailer.letter import Reader
from mailer.render import Renderer
from service.planning.jobs import slot_of
from service.planning.programme import EventWords, Shown, departments, with_appointments

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


class FeedCache:
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
        """Keep a document, and let go of the oldest when there is no more room."""
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
    for department in departments(world):
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

    def of(self, person: Person) -> str:
        """Of a person's feed."""
        world = self._world
        if person.channel != "feed":
            return _hash((self._version, person.language, person.zone))
        first, last = feed.window(world.organisation.today(person, world.now))
        told = self._told(self._appointments.of(person), person)
        common = (self._version, _values(person), told, first)
        block = vitamin.block(world, person)
        if block is None:
            return _hash(common)
        absent = sorted(day.toordinal() for day in block.absent if first <= day <= last)
        shape = (block.start, block.minutes, block.zone, sorted(block.weekdays), block.busy, block.reminder_minutes)
        span = (max(first, block.first), min(last, block.last))
        shared = self._prompts((person.department, person.track), first, last)
        return _hash((common, shape, span, absent, shared, self._starters(person, first, last)))

    def of_department(self, department: str) -> str:
        """Of a department's feed."""
        home = self._world.organisation.departments[department]
        told = self._told(self._appointments.of_department(department), anybody(self._world, department))
        return _hash((self._version, home.name, home.language, home.zone, told))

    def _prompts(self, pair: Pair, first: date, last: date) -> str:
        """What colleagues share: closed days, and the prompts of a department and track."""
        if (pair, first) not in self._days:
            world = self._world
            planned, catalogue = timetable.planned(world, pair), world.organisation.of(Catalogue)
            self._days[pair, first] = _of_days(pair_text(*pair), planned, catalogue, world.closed, first, last)
        return self._days[pair, first]

    def _starters(self, person: Person, first: date, last: date) -> list[tuple[int, str]]:
        """What a beginner has instead of what their colleagues share."""
        own = timetable.starters(self._world, person)
        catalogue = self._world.organisation.of(Catalogue)
        return [(day.toordinal(), _prompt(catalogue, own[day].id)) for day in sorted(own) if first <= day <= last]

    @cached_property
    def _appointments(self) -> "Calendar":
        return Calendar(self._world)

    def _told(self, shown: Sequence[tuple[Appointment, Shown]], reader: Person) -> list[object]:
        """What a feed says of appointments: when and where they are, and all that their templates are handed."""
        return [
            (one.subject, one.starts, one.minutes, one.place, one.leader, _told_by(of.words(one, reader)))
            for one, of in shown
        ]


@kept_of_each
def _of_days(
    pair: str, planned: Planned, catalogue: Catalogue, closed: frozenset[date], first: date, last: date
) -> str:
    # Kept: at most ticks it is what it was.
    found = [
        (day.toordinal(), given.prompt, _prompt(catalogue, given.prompt), planned.before.get(day))
        for day, given in planned.given.items()
        if first <= day <= last
    ]
    return _hash((sorted(day.toordinal() for day in closed if first <= day <= last), found))


def _prompt(catalogue: Catalogue, key: str) -> str:
    prompt = catalogue.prompts.get(key)
    return prompt.digest if prompt else ""


class Calendar:
    """What the feeds of one world show besides the block, of every programme."""

    def __init__(self, world: World) -> None:
        self._shown = [] if world.recalled else [of.shown(world) for of in with_appointments()]

    def of(self, person: Person) -> list[tuple[Appointment, Shown]]:
        """What a person's feed shows, with whoever has the words for it. By start."""
        return _by_start((one, shown) for shown in self._shown for one in shown.of(person))

    def of_department(self, department: str) -> list[tuple[Appointment, Shown]]:
        """What a department's feed shows."""
        return _by_start((one, shown) for shown in self._shown for one in shown.of_department(department))


def _by_start(shown: Iterable[tuple[Appointment, Shown]]) -> list[tuple[Appointment, Shown]]:
    return sorted(shown, key=lambda pair: pair[0].starts)


def _told_by(words: EventWords) -> object:
    return words.template, [(name, _plain(value)) for name, value in words.values.items()]


def _plain(value: object) -> object:
    """A value as text that is the same in every process: a set has no order of its own."""
    if is_dataclass(value):
        return [_plain(one) for one in _values(value)]
    return sorted(value) if isinstance(value, frozenset) else value


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
    organisation, pill = world.organisation, world.organisation.of(Vitamin)
    title = f"{pill.title[person.language]} · {organisation.name}" if pill.enabled else organisation.name
    return _document(title, events(world, person, renderer, links, domain), known, person.zone)


def events(world: World, person: Person, renderer: Renderer, links: LetterLinks, domain: str) -> list[Event]:
    """What the person's feed shows: a block each day, and the turns."""
    if person.channel != "feed":
        return []
    reader, found = reader_of(world, person, in_calendar(links)), []
    if block := vitamin.block(world, person):
        title = world.organisation.of(Vitamin).title[person.language]
        for day in block.days(*feed.window(world.organisation.today(person, world.now))):
            values = block_values(title, timetable.todays(world, person, day))
            summary, description = renderer.event(reader, "block", values)
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
    return found + _slots(Calendar(world).of(person), reader, renderer, domain)


def block_values(title: str, today: Today | None) -> dict[str, object]:
    """What the template of the block is handed. Not what stands beside the prompt: colleagues may see into a calendar, and
    it says how easy its owner wants it."""
    return {
        "title": title,
        "prompt": today and today.prompt,
        "common": today and today.common,
        "again": today and today.again,
    }


def department_document(world: World, department: str, known: Feed, renderer: Renderer, domain: str) -> FeedDocument:
    """A department's feed: the slots of its turns, for everybody to see."""
    organisation = world.organisation
    home, person = organisation.departments[department], anybody(world, department)
    shown = _slots(Calendar(world).of_department(department), reader_of(world, person, NO_LINKS), renderer, domain)
    return _document(f"{home.name} · {organisation.name}", shown, known, person.zone)


LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""Since when anybody is here: a feed must not change with the clock, whatever a template shows."""


def anybody(world: World, department: str) -> Person:
    """Whoever reads a department's feed."""
    organisation = world.organisation
    home = organisation.departments[department]
    return Person(
        id="",
        email="",
        name="",
        department=department,
        language=home.language or organisation.language,
        zone=home.zone or organisation.zone,
        track="",
        working_days=frozenset(),
        time=None,
        channel="feed",
        first_seen=LONG_AGO,
    )


def _document(name: str, shown: list[Event], known: Feed, zone: str) -> FeedDocument:
    content = feed.calendar(name, shown, known.revised, zone)
    return FeedDocument(content=content, etag=feed.etag(content), revised=known.revised)


def _slots(shown: Iterable[tuple[Appointment, Shown]], reader: Reader, renderer: Renderer, domain: str) -> list[Event]:
    found = []
    for one, of in shown:
        words = of.words(one, reader.person)
        summary, description = renderer.event(reader, words.template, words.values)
        found.append(slot_event(slot_of(one, domain), Words(summary=summary, description=description)))
    return found


NEW_FOR = timedelta(days=28)
"""For so long somebody is new here: four weeks of letters say the policy in full."""


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
        new=world.now < person.first_seen + NEW_FOR,
        outside=person.id not in organisation.people,
        recalled=world.recalled is not None,
    )
