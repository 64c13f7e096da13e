"""Whatever key of the config a feed shows, another value of it changes the feed's fingerprint."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from culture.people import Preference
from culture.relay.schedule import RelayRecords
from culture.vitamin import timetable
from service.settings.config import Source, parse_config
from service.settings.inputs import read_files
from tests.config_values import keys, names
from tests.relay_values import BEGIN
from tests.test_feeds import LATER, Place, changed

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent

NOT_SHOWN = {"people", "mail", "smtp", "exchange", "microsoft365", "store", "logging", "limits", "leaders"}
"""Sections that no text is told of: how files are read, how letters leave, where the state is."""

OTHER: Mapping[str, Any] = {
    "organisation.name": "En anden",
    "organisation.sector": "interest",
    "organisation.language": "en",
    "organisation.zone": "Atlantic/Faroe",
    "organisation.country": "",
    "organisation.domain": "y.example",
    "organisation.contact_name": "Bo Lind",
    "organisation.contact_email": "bo@x.example",
    "organisation.closed": [date(2026, 12, 23), *LATER],
    "organisation.quiet_weeks": ["2026-W51"],
    "policy.most_sensitive": "none",
    "policy.tools": ["word"],
    "policy.da.tools": "Copilot.",
    "policy.da.data": "Aldrig.",
    "policy.da.responsible": "Din chef.",
    "policy.da.vision": "Tid til borgerne.",
    "policy.da.jobs": "Ingen mister sit.",
    "policy.da.learning": "To kurser om året.",
    "policy.en.tools": "Copilot.",
    "policy.en.data": "Never.",
    "policy.en.responsible": "Your manager.",
    "policy.en.vision": "Time for citizens.",
    "policy.en.jobs": "Nobody loses theirs.",
    "policy.en.learning": "Two courses a year.",
    "departments.plan.name": "Planen",
    "departments.plan.facilitator": "bo@x.example",
    "departments.plan.manager": "bo@x.example",
    "departments.plan.formerly": ["gamle"],
    "departments.plan.meets_with": "jura",
    "departments.plan.relay": False,
    "departments.plan.poster": "https://y.example/ai",
    "departments.plan.language": "en",
    "departments.plan.zone": "Atlantic/Faroe",
    "departments.plan.track": "law",
    "departments.plan.time": "09:40",
    "departments.plan.channel": "none",
    "departments.plan.meeting.weekday": "wednesday",
    "departments.plan.meeting.time": "10:00",
    "departments.plan.meeting.every": "month",
    "departments.plan.meeting.nth": "second",
    "departments.plan.meeting.counted_from": date(2026, 12, 3),
    "departments.plan.meeting.minutes": 30,
    "departments.plan.meeting.place": "Lokale 2",
    "departments.plan.meeting.when_closed": "before",
    "departments.plan.meeting.changes": [{"on": date(2026, 12, 10), "to": datetime(2026, 12, 11, 10)}],  # noqa: DTZ001 - as TOML
    "departments.plan.meeting.ics": "meetings.ics",
    "departments.plan.meeting.calendar": "plan@x.example",
    "departments.plan.meeting.subject": "Afdelingsmøde",
    "vitamin.enabled": False,
    "vitamin.starts": date(2026, 12, 7),
    "vitamin.title.da": "Tech-tid",
    "vitamin.title.en": "Tech time",
    "vitamin.minutes": 15,
    "vitamin.time": "09:00",
    "vitamin.days": ["mon", "tue"],
    "vitamin.show_as": "busy",
    "vitamin.reminder_minutes": 5,
    "vitamin.letter_day": "tuesday",
    "vitamin.letter_at": "09:00",
    "vitamin.own_prompts": "prompts.toml",
    "vitamin.without_prompts": ["draft-first-answer"],
    "vitamin.without_kinds": ["learn"],
    "vitamin.office": True,
    "vitamin.yield": True,
    "relay.enabled": False,
    "relay.starts": date(2027, 1, 4),
    "relay.presenters": 2,
    "relay.pace": "week",
    "relay.minutes": 15,
    "relay.most_minutes": 60,
    "relay.lead_days": 12,
    "relay.settle_days": 0,
    "relay.retry_days": 20,
    "relay.retry_by": "other",
    "relay.letter_at": "09:00",
    "relay.own_challenges": "challenges.toml",
    "relay.without_challenges": ["public-directive-in-our-field"],
    "revisit.enabled": False,
    "revisit.months": 6,
    "revisit.letter_at": "09:00",
    "ambassadors.enabled": False,
    "ambassadors.hours": 6,
    "ambassadors.sponsor_name": "Birgitte Krogh",
    "ambassadors.sponsor_email": "bk@x.example",
    "ambassadors.chair": "bo@x.example",
    "ambassadors.people": [{"email": "bo@x.example"}],
    "ambassadors.letter_at": "09:00",
    "ambassadors.meeting.weekday": "wednesday",
    "ambassadors.meeting.time": "14:00",
    "ambassadors.meeting.every": "4 weeks",
    "ambassadors.meeting.nth": "last",
    "ambassadors.meeting.counted_from": date(2026, 12, 8),
    "ambassadors.meeting.minutes": 60,
    "ambassadors.meeting.place": "Kantinen",
    "ambassadors.meeting.july": True,
    "ambassadors.meeting.owned": False,
    "ambassadors.meeting.changes": [{"on": date(2027, 1, 5), "cancelled": True}],
    "calendar.channel": "none",
    "web.enabled": True,
    "web.host": "127.0.0.2",
    "web.port": 8018,
    "web.public_url": "https://y.example",
    "web.demo": True,
}
WITH: Mapping[str, Mapping[str, Any]] = {
    "departments.plan.meeting.nth": {"departments.plan.meeting.every": "month"},
    "departments.plan.meeting.counted_from": {"departments.plan.meeting.every": "2 weeks"},
    "relay.presenters": {"relay.most_minutes": 60},
    "ambassadors.meeting.every": {"ambassadors.meeting.counted_from": date(2026, 12, 8)},
    "ambassadors.meeting.counted_from": {"ambassadors.meeting.every": "4 weeks"},
    "web.demo": {"web.public_url": "http://localhost"},
}
"""What must be edited as well for a value to be allowed."""


ELSEWHERE = tuple(f"policy.{language}.{name}" for language in ("da", "en") for name in ("vision", "jobs", "learning"))
"""Answers that our events do not show; an event of the organisation's own may."""

UNSEEN = frozenset(key for key in OTHER if key.startswith(("relay.", "revisit.", "web.", *ELSEWHERE))) - {
    "relay.presenters",
    "relay.minutes",
    "relay.lead_days",
    "relay.own_challenges",
    "web.public_url",
} | {
    *(f"ambassadors.{name}" for name in ("hours", "sponsor_name", "sponsor_email", "letter_at")),
    "ambassadors.meeting.july",  # further ahead than a feed
    "departments.plan.manager",
    "departments.plan.poster",
    "departments.plan.formerly",  # nobody was here then
    "departments.plan.meeting.ics",  # not read yet, and so the turns stay as they are
    "departments.plan.meeting.calendar",
    "departments.plan.meeting.subject",
    "departments.plan.meeting.minutes",
    "departments.plan.meeting.when_closed",
    "vitamin.letter_day",
    "vitamin.letter_at",
    "vitamin.without_prompts",
    "vitamin.yield",
}
"""Keys of which nobody's feed need say anything at NOW; the others must, or nothing is tested."""


def test_there_is_another_value_for_every_key() -> None:
    every = {key for key in keys() if key.split(".")[0] not in NOT_SHOWN}
    assert sorted(every) == sorted(OTHER)
    assert NOT_SHOWN - set(names()) == set()


SERVER = {"endpoint": "https://mail.x.example/EWS/Exchange.asmx", "auth": "kerberos", "user": "aikultur"}
MAILBOX = ("departments.plan.meeting.calendar", "departments.plan.meeting.subject")
"""Neither without the other, and neither without a server to ask."""

CORPS = {"weekday": "tuesday", "time": "13:00"}

NOW = BEGIN + timedelta(days=7)
"""A turn has its challenge by then. Ticks are a day apart, or it would have moved on."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    here = Place(tmp_path_factory.mktemp("feeds"))
    here.engine.stored.prefer("3", Preference(language="en"))
    for days in range(1, 8):
        here.at(BEGIN + timedelta(days=days))
    turns = here.found.world.of(RelayRecords).turns.values()
    today = timetable.prompts(here.found.world, ("plan", "general"))[NOW.date()]
    write_other(here.folder / "prompts.toml", today.prompt, "prompts")
    write_other(here.folder / "challenges.toml", next(turn.challenge for turn in turns if turn.challenge), "challenges")
    here.engine.feeds_too = False  # they are compared here
    yield here
    here.engine.close()


def write_other(file: Path, entry: str, folder: str) -> None:
    """A file of the organisation's own with our entry of that id, under another title."""
    ours = "\n".join(one.read_text("utf-8") for one in sorted((ROOT / "templates" / folder).glob("*.toml")))
    (text,) = re.findall(rf'^\[\[[a-z]+\]\]\nid = "{entry}"\n.*?(?=^\[\[|\Z)', ours, re.MULTILINE | re.DOTALL)
    file.write_text(re.sub('^title = ".*"$', 'title = "Another"', text, flags=re.MULTILINE), "utf-8")


@contextmanager
def edited(place: Place, edits: Mapping[str, Any]) -> Iterator[None]:
    """What a tick would find with these values. Nothing is written, and afterwards all is as it was."""
    engine, before = place.engine, place.engine.inputs
    data = tomllib.loads((place.folder / "config.toml").read_text("utf-8"))
    data["ambassadors"] = {"enabled": True, "people": [{"email": "anna@x.example"}], "meeting": dict(CORPS)}
    data["policy"]["en"] = {"tools": "The one.", "data": "Public.", "responsible": "You."}
    for path, value in edits.items():
        *tables, name = path.split(".")
        table = data
        for part in tables:
            table = table.setdefault(part, {})
        table[name] = value
    engine.inputs = read_files(Source(parse_config(data, "config.toml"), before.source.path), before)
    try:
        place.found = engine.plan(NOW + timedelta(minutes=1))
        yield
    finally:
        engine.inputs = before


def contents(place: Place, edits: Mapping[str, Any]) -> dict[str, tuple[str, bytes]]:
    with edited(place, edits):
        return place.contents()


@pytest.fixture(scope="module")
def before(place: Place) -> dict[str, tuple[str, bytes]]:
    return contents(place, {})


@pytest.mark.parametrize("key", OTHER)
def test_a_key_that_a_feed_shows_changes_its_fingerprint(
    place: Place, before: dict[str, tuple[str, bytes]], key: str
) -> None:
    edits = {**WITH.get(key, {}), key: OTHER[key]}
    if key == "departments.plan.meeting.ics":
        edits = {"departments.plan.meeting": {"ics": "meetings.ics"}}
    elif key == "departments.plan.meets_with":
        edits = {
            "departments.plan": {"name": "Plan", "meets_with": "jura"},
            "departments.jura.meeting": {"weekday": "tuesday", "time": "13:00"},
        }
    elif key in MAILBOX:
        edits = {
            "departments.plan.meeting": {key.rpartition(".")[2]: OTHER[key] for key in MAILBOX},
            "exchange": SERVER,
        }
    with edited(place, edits):
        said, unsaid = changed(place, before)
    assert said or key in UNSEEN
    assert unsaid == []


@pytest.mark.parametrize(
    ("key", "name"), [("vitamin.own_prompts", "prompts.toml"), ("relay.own_challenges", "challenges.toml")]
)
def test_another_text_in_a_file_of_ones_own_changes_the_fingerprint(place: Place, key: str, name: str) -> None:
    file = place.folder / name
    text = file.read_text("utf-8")
    before = contents(place, {key: name})
    file.write_text(text.replace("Another", "A third"), "utf-8")
    with edited(place, {key: name}):
        said, unsaid = changed(place, before)
    file.write_text(text, "utf-8")
    assert (bool(said), unsaid) == (True, [])
