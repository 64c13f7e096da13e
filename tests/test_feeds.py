"""Feeds are kept as bytes, and what is served is always what would be made afresh."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from pathlib import Path

import icalendar
import pytest

from calendars.feed import document as feed
from culture.people import Preference
from culture.relay.schedule import RelayRecords
from service.engine.engine import Engine
from service.engine.health import Figures, Pulse
from service.pages.make_view import make_view
from service.pages.view import View
from service.planning.feeds import Feed, FeedCache, FeedDocument, events
from service.planning.letters import letter_links
from service.relay.records import relay_records
from store import records
from tests.oracles import by_icalendar
from tests.relay_values import BEGIN, make_place
from tests.service_values import live, look, make_engine

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)
STAMP = datetime(2026, 11, 1, tzinfo=UTC)

EVERYTHING = "{% set summary %}AI{% endset %}{{ reader }} {{ title }} {{ prompt }}"
EVERYTHING_OF_SLOTS = "{% set summary %}AI{% endset %}{{ reader }} {{ turn }}"
"""Templates of the organisation's own that show all they are given: no change of anything escapes them."""

LATER = tuple(day for n in range(200) if (day := date(2027, 2, 15) + n * DAY).isoweekday() <= 5)
"""Working days beyond the first eleven weeks of a feed. Closed, they leave a third of its events to be made: all that is
edited shows in those already. What comes in at the far end is tried where nothing is closed."""


class Place:
    """A small organisation with a relay whose events show everything, and the view of its latest tick."""

    def __init__(self, folder: Path, closed: Sequence[date] = LATER) -> None:
        self.folder, self.now = folder, BEGIN
        if not (folder / "config.toml").exists():
            self._write(closed)
        self.engine: Engine = make_engine(folder)
        self.outbox = self.engine.make_outbox()
        self.at(BEGIN)

    def _write(self, closed: Sequence[date]) -> None:
        make_place(self.folder)
        self.edit("config.toml", "closed = []", f"closed = [{', '.join(map(str, closed))}]")
        self.edit("config.toml", "[web]\n", '[web]\npublic_url = "https://x.example"\n')
        own = self.folder / "own-templates" / "event"
        own.mkdir(parents=True)
        for language in ("da", "en"):
            (own / f"block.{language}.txt.j2").write_text(EVERYTHING, "utf-8")
            (own / f"slot.{language}.txt.j2").write_text(EVERYTHING_OF_SLOTS, "utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text("utf-8")
        assert old in text
        (self.folder / name).write_text(text.replace(old, new), "utf-8")

    def at(self, now: datetime) -> None:
        """Tick at `now`, send what is due, and show it."""
        self.now = now
        self.found = live(self.engine, now)
        self.view: View = make_view(self.engine, self.found, lambda: Pulse(BEGIN).health(Figures))

    @contextmanager
    def edited(self, edit: Callable[["Place"], None]) -> Iterator[None]:
        """What a tick would find after that edit. Nothing of it is written, and afterwards all is as it was."""
        files = [file for file in self.folder.rglob("*") if file.suffix in (".toml", ".csv", ".j2")]
        were = {file: file.read_bytes() for file in files}
        edit(self)
        self.find()
        yield
        for file, content in were.items():
            if file.read_bytes() != content:
                file.write_bytes(content)
        self.engine.stored.prefer("2", Preference())
        self.find()

    def find(self) -> None:
        look(self.engine, self.now)
        self.found = self.engine.plan(self.now)

    def feeds(self) -> list[str]:
        return sorted([*self.view.feed_tokens, *self.view.departments])

    def afresh(self, key: str) -> FeedDocument:
        """The feed, made without looking at what is kept."""
        return self.engine.feed_maker(self.found.world)(key, self.engine.stored.feeds()[key])

    def contents(self, keys: Sequence[str] = ()) -> dict[str, tuple[str, bytes]]:
        """By key: the fingerprint, and the bytes but for when they were last changed."""
        made, found = self.maker(), self.fingerprints()
        return {key: (found[key], made(key)) for key in keys or self.feeds()}

    def fingerprints(self) -> dict[str, str]:
        found, people = self.engine.fingerprints(self.found.world), self.found.world.organisation.people
        return {
            key: found.of(people[key]) if key in people else found.of_department(key.removeprefix("department/"))
            for key in self.feeds()
        }

    def maker(self) -> Callable[[str], bytes]:
        """What gives a feed's bytes, but for when they were last changed."""
        made = self.engine.feed_maker(self.found.world)
        return lambda key: made(key, Feed(fingerprint="", revised=STAMP)).content


def changed(place: Place, before: Mapping[str, tuple[str, bytes]]) -> tuple[list[str], list[str]]:
    """Feeds that are not what they were: the first whose fingerprint says so, and all whose fingerprint does not. More
    need not be made to know whether any is missed."""
    made, now = place.maker(), place.fingerprints()
    others = (key for key in before if now[key] != before[key][0] and made(key) != before[key][1])
    return [*islice(others, 1)], [key for key in before if now[key] == before[key][0] and made(key) != before[key][1]]


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a place whose first letters were sent, to be copied: a letter takes longer than all of the rest."""
    folder = tmp_path_factory.mktemp("begun")
    Place(folder).engine.close()
    return folder


@pytest.fixture
def place(tmp_path: Path, begun: Path) -> Iterator[Place]:
    here = Place(shutil.copytree(begun, tmp_path, dirs_exist_ok=True))
    yield here
    here.engine.close()


@pytest.fixture
def open_place(tmp_path: Path) -> Iterator[Place]:
    """Where feeds are as long as they may be."""
    here = Place(tmp_path, closed=())
    yield here
    here.engine.close()


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory, begun: Path) -> Iterator[Place]:
    """Where no tick comes: for `edited`."""
    here = Place(shutil.copytree(begun, tmp_path_factory.mktemp("still"), dirs_exist_ok=True))
    here.now += timedelta(minutes=1)
    here.find()
    yield here
    here.engine.close()


@pytest.fixture(scope="module")
def before(still: Place) -> Mapping[str, tuple[str, bytes]]:
    return still.contents()


def rename(name: str) -> Callable[[Place], None]:
    return lambda place: place.edit("people.csv", name, f"{name} Juul")


def presenter(place: Place) -> str:
    """The name of whoever has a turn."""
    turn = next(turn for turn in place.found.world.of(RelayRecords).turns.values() if turn.open)
    return place.found.world.organisation.people[turn.presenter].name


EDITS: dict[str, Callable[[Place], None]] = {
    "a presenter has a new name": lambda place: rename(presenter(place))(place),
    "a facilitator to be has a new name": rename("Mette Lund"),
    "a new address": lambda place: place.edit("people.csv", "bo@x.example", "bol@x.example"),
    "other working days": lambda place: place.edit("people.csv", "mon-wed", "mon-thu"),
    "no more letters": lambda place: place.engine.stored.prefer("2", Preference(stopped=True)),
    "another time": lambda place: place.engine.stored.prefer("2", Preference(time=time(9, 35))),
    "another language": lambda place: place.engine.stored.prefer("2", Preference(language="en")),
    "a pause": lambda place: place.engine.stored.prefer("2", Preference(pause_until=date(2027, 1, 11))),
    "one prompt a week": lambda place: place.engine.stored.prefer("2", Preference(dose="one")),
    "another channel": lambda place: place.engine.stored.prefer("2", Preference(channel="none")),
    "days off": lambda place: place.edit("absences.csv", "last\n", "last\n3;2026-12-07;2026-12-11\n"),
    "a closed day": lambda place: place.edit("config.toml", "closed = [", "closed = [2026-12-23, "),
    "a department has a new name": lambda place: place.edit("config.toml", 'name = "Plan"', 'name = "Planen"'),
    "another place": lambda place: place.edit("config.toml", '"Lokale 1"', '"Lokale 2"'),
    "another policy": lambda place: place.edit("config.toml", "Kun offentlige", "Aldrig private"),
    "another template": lambda place: place.edit("own-templates/event/block.da.txt.j2", "{{ title }}", "{{ title }}!"),
    "somebody leaves": lambda place: place.edit(
        "people.csv", "eva@x.example;plan;;;", "eva@x.example;plan;;;2026-12-31"
    ),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_whatever_changes_a_feeds_bytes_changes_its_fingerprint(
    still: Place, before: Mapping[str, tuple[str, bytes]], edit: Callable[[Place], None]
) -> None:
    fingerprints = still.fingerprints()  # a template has another as soon as it was written, also as it was
    with still.edited(edit):
        said, unsaid = changed(still, {key: (fingerprints[key], content) for key, (_, content) in before.items()})
    assert (bool(said), unsaid) == (True, [])


def test_nothing_changes_a_fingerprint_but_what_it_is_made_of(place: Place) -> None:
    before = place.contents()
    place.at(BEGIN + timedelta(minutes=1))
    assert place.contents() == before


def test_the_clock_changes_a_feed_once_a_week_and_its_fingerprint_with_it(open_place: Place) -> None:
    keys = ("1", "4", "9", "department/plan")  # who presents, who does not, who facilitates, and what all may see
    known, on = open_place.contents(keys), dict[str, list[str]]()
    for day in (4, 5, 6, 7, 11, 12, 13, 14):  # what changed on a Friday or at the weekend would show on the Monday
        open_place.at(BEGIN + day * DAY)
        found = open_place.contents(keys)
        for key in found:
            assert (known[key][0] == found[key][0]) == (known[key][1] == found[key][1])
            if known[key] != found[key]:
                on.setdefault(key, []).append(f"{open_place.now:%a}")
        known = found
    assert on["4"] == ["Wed", "Wed"]
    days = set(on["1"] + on["9"])
    assert days == {"Tue", "Wed", "Thu"}  # besides, a turn of theirs is announced or gets its challenge


def served(place: Place) -> dict[str, bytes]:
    """Every feed, asked for twice: the second time it is ready, and the same."""
    found = {}
    for key in place.feeds():
        made = place.view.feed(key)
        assert place.view.ready(key) is made
        assert place.view.feed(key) is made
        found[key] = made.content
    return found


def test_what_is_served_is_what_would_be_made_afresh(place: Place) -> None:
    edits = list(EDITS.values())
    for number in range(4):
        assert served(place) == {key: place.afresh(key).content for key in place.feeds()}
        for edit in edits[number::4]:
            edit(place)
        place.at(BEGIN + timedelta(minutes=number + 1))
    for days in (5, 6, 7):  # Tuesday, Wednesday, Thursday: on each of them the clock changes something
        place.at(BEGIN + days * DAY)
        assert served(place) == {key: place.afresh(key).content for key in place.feeds()}


def test_a_feed_is_not_made_again_as_long_as_nothing_in_it_changes(place: Place) -> None:
    first = {key: place.view.feed(key) for key in place.feeds()}
    place.engine.stored.prefer("2", Preference(time=time(9, 35)))
    place.at(BEGIN + timedelta(minutes=1))
    again = {key: place.view.feed(key) for key in place.feeds()}
    assert {key for key in first if again[key] is not first[key]} == {"2"}


def test_nothing_is_ready_before_it_has_been_compared_with_what_the_tick_saw(place: Place) -> None:
    place.view.feed("2")
    place.at(BEGIN + timedelta(minutes=1))
    assert place.view.ready("2") is None


def test_a_feed_made_by_a_clock_that_is_not_believed_is_not_kept_for_the_true_one(place: Place) -> None:
    true = served(place)
    place.at(BEGIN + 60 * DAY)
    assert [held.kind for held in place.found.held] == ["clock"]
    wrong = served(place)
    assert all(wrong[key] != true[key] for key in ("2", "3", "9"))
    place.at(BEGIN + timedelta(minutes=1))
    assert served(place) == true


def test_no_event_carries_a_key_though_its_template_shows_all_it_is_given(place: Place) -> None:
    for key in place.feeds():
        text = place.view.feed(key).content.replace(b"\r\n ", b"").decode()
        assert set(re.findall(r"https://x\.example[\w./-]*", text)) <= {"https://x.example/link"}
        assert not re.findall(r"[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}", text)  # a token of any purpose
    assert b"https://x.example/link" in place.view.feed("2").content.replace(b"\r\n ", b"")


# --- the shelf ---------------------------------------------------------------------------------------------------


def made(size: int) -> FeedDocument:
    return FeedDocument(content=b"x" * size, etag=f'"{size}"', revised=STAMP)


def revision(fingerprint: str) -> Feed:
    return Feed(fingerprint=fingerprint, revised=STAMP)


def test_a_shelf_gives_only_what_was_made_from_the_same() -> None:
    shelf, known = FeedCache(), revision("a")
    shelf.put("7", known, made(10))
    assert shelf.take("7", revision("a")) == made(10)
    assert shelf.take("8", known) is None
    others = (revision("b"), replace(known, issue=2), replace(known, revised=STAMP + DAY))
    assert [shelf.take("7", other) for other in others] == [None] * 3


def test_a_full_shelf_lets_go_of_what_was_longest_not_asked_for() -> None:
    shelf, known = FeedCache(room=100), revision("a")
    for key in ("1", "2", "3"):
        shelf.put(key, known, made(30))
    assert shelf.take("1", known)
    shelf.put("4", known, made(30))
    assert [key for key in "1234" if shelf.take(key, known)] == ["1", "3", "4"]
    shelf.put("5", known, made(90))
    assert [key for key in "12345" if shelf.take(key, known)] == ["5"]


def test_a_shelf_counts_a_feed_that_is_made_again_once() -> None:
    shelf = FeedCache(room=100)
    for n in range(50):
        shelf.put("1", revision(str(n)), made(60))
    shelf.put("2", revision("a"), made(40))
    assert shelf.take("1", revision("49"))
    assert shelf.take("2", revision("a"))


def test_what_is_larger_than_the_shelf_is_not_kept_and_takes_no_room() -> None:
    shelf, known = FeedCache(room=100), revision("a")
    shelf.put("1", known, made(101))
    assert shelf.take("1", known) is None
    shelf.put("2", known, made(100))
    assert shelf.take("2", known)


# --- the plain path ----------------------------------------------------------------------------------------------


def test_the_bytes_and_the_tag_are_those_of_the_plain_path(open_place: Place) -> None:
    place = open_place
    world, domain = place.found.world, place.engine.sender.domain
    for person in (world.organisation.people[key] for key in ("1", "4", "9")):
        document = place.view.feed(person.id)
        known = place.engine.stored.feeds()[person.id]
        links = letter_links(place.engine.links, person, known.issue, world.now)
        shown = events(world, person, place.engine.renderer, links, domain)
        plain = by_icalendar.feed("AI-tid · Prøven", shown, known.revised, person.zone)
        assert len(shown) > 70
        assert (document.content, document.etag) == (plain, feed.etag(plain))


# --- without events ----------------------------------------------------------------------------------------------


def zones(content: bytes) -> list[str]:
    calendar = icalendar.Calendar.from_ical(content)
    return [f"{one.name} {one.get('TZID', '')}".strip() for one in calendar.subcomponents]


def test_an_empty_feed_holds_the_zone_of_its_person_or_department_and_changes_with_it(place: Place) -> None:
    place.edit("config.toml", "starts = 2026-11-30", "starts = 2028-01-03")
    for turn in relay_records(place.engine.stored).turns:
        place.engine.database.table(records.TURNS).drop(turn)
    place.engine.stored.prefer("2", Preference(channel="none"))
    place.at(BEGIN + timedelta(minutes=1))
    before = place.contents()
    place.edit(
        "config.toml",
        '[departments.plan]\nname = "Plan"\n',
        '[departments.plan]\nname = "Plan"\nzone = "Atlantic/Faroe"\n',
    )
    place.at(BEGIN + timedelta(minutes=2))
    after = place.contents()
    for key in ("2", "department/plan"):
        assert zones(before[key][1]) == ["VTIMEZONE Europe/Copenhagen"]
        assert zones(after[key][1]) == ["VTIMEZONE Atlantic/Faroe"]
        assert before[key][0] != after[key][0]
