"""Whatever text `check` accepts, in whatever cell of people.csv and key of config.toml, the service lives with it.

Identities are made of what people wrote: a department's key, a track, a number, an address. A text that `check` lets
through must come back out of the store at the next start, in every command and in a rehearsal.
"""

import csv
import io
import logging
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from service.cli.main import complete
from service.messages.faults import BadInput
from service.settings.inputs import read_inputs
from tests.examples import THOROUGH, some
from tests.relay_values import AppAt

pytestmark = pytest.mark.slow

MONDAY = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
"""07:00 in Copenhagen."""

DAYS = (0, 3, 9, 11)
"""A challenge is given on Thursday 3 December, the overview leaves on the 9th, the meeting is on the 10th."""

CONFIG = """
[organisation]
name = {organisation}
sector = "public"
domain = "x.example"
contact_name = {contact}
contact_email = "p9@x.example"
[policy.da]
tools = {policy}
data = "Kun offentlige tekster."
responsible = "Det har du."
{departments}[departments.jura]
name = "Jura"
[vitamin]
title = {{ da = {title}, en = {title} }}
without_prompts = [{without}]
[relay]
starts = 2026-11-30
enabled = true
settle_days = 0
[mail]
sender_name = {sender}
sender_address = "ai-tid@x.example"
[web]
public_url = "https://x.example"
"""

DEPARTMENT = """[departments.{key}]
name = {department}
track = {department_track}
facilitator = {facilitator}
[departments.{key}.meeting]
weekday = "thursday"
time = "09:00"
place = {place}
"""


@dataclass(frozen=True)
class Texts:
    """What stands in the files, by what it is: of the organisation, of a department, of a person."""

    key: str = "plan"
    department: str = "Plan og Byrum"
    department_track: str = "law"
    organisation: str = "Prøven"
    contact: str = "Mette Lund"
    policy: str = "Den på intranettet."
    place: str = "Lokale 1"
    title: str = "AI-tid"
    without: str = "nothing"
    sender: str = "AI-tid"
    number: str = "1001"
    name: str = "Anna Holm"
    address: str = "anna"
    track: str = "law"
    roles: str = "leder"

    @property
    def email(self) -> str:
        return f"{self.address}@x.example"

    def write(self, folder: Path, there: Sequence["Texts"] = ()) -> Path:
        """Of the organisation these texts, and the departments and people of those who are there; else its own."""
        there = there or [self]
        departments = "".join(DEPARTMENT.format(**one.fields()) for one in there)
        config = CONFIG.format(**self.fields(), departments=departments)
        (folder / "config.toml").write_text(config, "utf-8", newline="\n")
        rows = [["number", "name", "email", "department", "track", "roles"]]
        rows += [[one.number, one.name, one.email, one.department, one.track, one.roles] for one in there]
        rows += [[f"p{n}", f"Person {n}", f"p{n}@x.example", there[0].key, "", ""] for n in (2, 3)]
        rows.append(["p9", "Mette Lund", "p9@x.example", "Jura", "", ""])
        table = io.StringIO()
        csv.writer(table, delimiter=";").writerows(rows)
        (folder / "people.csv").write_text(table.getvalue(), "utf-8", newline="")
        return folder / "config.toml"

    def fields(self) -> dict[str, str]:
        return {name: quoted(text) for name, text in {**vars(self), "facilitator": self.email}.items()}


def quoted(text: str) -> str:
    """A text of TOML, in double quotes."""
    return '"' + re.sub(r'[\x00-\x1f\x7f"\\]', lambda match: f"\\u{ord(match[0]):04X}", text) + '"'


def accepted(folder: Path, texts: Texts, there: Sequence[Texts] = ()) -> bool:
    try:
        return read_inputs(texts.write(folder, there)).faults == ()
    except BadInput:
        return False


def everywhere(folder: Path, text: str, beside: int = 0) -> Texts:
    """The text in every place in which the service accepts it. `beside`: so many others stand in the same files."""
    found = Texts()
    if beside:  # where it is not accepted they are told apart all the same
        own = {name: f"{getattr(found, name)}{beside}" for name in ("key", "department", "number", "address")}
        found = replace(found, **own)
    for name in vars(found):
        tried = replace(found, **{name: text})
        found = tried if accepted(folder, tried) else found
    return found


class Command:
    """`aikultur` in a folder at a moment, in this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, now: datetime, *words: str) -> str:
        """What it says. It ends well, or this fails."""
        app = AppAt(self.folder / "config.toml", "da", now)
        done = CliRunner().invoke(complete().commands[words[0]], words[1:], obj=app)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise AssertionError(f"{words} at {now}") from done.exception
        assert (done.exit_code, words) == (0, words), done.output
        return done.output


@contextmanager
def quiet() -> Iterator[None]:
    """The log as it was before: `run` sets one up."""
    log = logging.getLogger("aikultur")
    handlers, propagate, level = log.handlers[:], log.propagate, log.level
    try:
        yield
    finally:
        log.handlers[:], log.propagate = handlers, propagate
        log.setLevel(level)


ANY = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
SEPARATED = st.text(st.sampled_from("/.@:|,;%#{}[]<>\\'\"-_ aø1"), min_size=1, max_size=6)
"""What keys, addresses, templates, paths and TOML are cut at."""


TOGETHER = (("/", "..", "{{x}}", "ø"), ("a/b.c", "@", "\N{PARTY POPPER}"), (".", "%", " "))
"""Texts of which each has a department and a person in the same organisation."""


@pytest.mark.parametrize("texts", [(one,) for texts in TOGETHER for one in texts] if THOROUGH else TOGETHER)
def test_whatever_check_accepts_survives_and_a_restart_too(texts: Sequence[str], tmp_path: Path) -> None:
    with quiet():
        there = [everywhere(tmp_path, text, beside) for beside, text in enumerate(texts)]
        assert all(accepted(tmp_path, one, there) for one in there)
        live(tmp_path, there, ahead=2)
        for number, one in enumerate(there[1:]):  # what the organisation says was until here what the first has
            folder = tmp_path / f"{number}"
            folder.mkdir()
            begin(folder, one)


@settings(max_examples=some(1), deadline=None, suppress_health_check=list(HealthCheck))
@given(ANY | SEPARATED)
def test_whatever_is_drawn_and_check_accepts_survives(text: str) -> None:
    with tempfile.TemporaryDirectory() as name, quiet():
        folder = Path(name)
        texts = everywhere(folder, text)
        assert accepted(folder, texts)
        live(folder, [texts], ahead=2)


ODD = ("{{x}}", "/", "\N{PARTY POPPER}", ".", "%", "a/b.c", "ø", "@", "..")


@settings(max_examples=some(1), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.fixed_dictionaries(dict.fromkeys(vars(Texts()), ANY | SEPARATED)))
@example(dict(zip(vars(Texts()), ODD * 2, strict=False)))
def test_whatever_check_accepts_beside_other_texts_survives(drawn: Mapping[str, str]) -> None:
    with tempfile.TemporaryDirectory() as name, quiet():
        folder, texts = Path(name), Texts()
        for place, text in drawn.items():
            tried = replace(texts, **{place: text})
            texts = tried if accepted(folder, tried) else texts
        assert accepted(folder, texts)
        live(folder, [texts], ahead=11)


def begin(folder: Path, texts: Texts) -> None:
    """The first letters, a start after them, and a letter about a meeting."""
    texts.write(folder)
    aikultur, now = Command(folder), MONDAY + timedelta(days=DAYS[1])
    aikultur(MONDAY, "run", "--once")
    aikultur(now, "run", "--once")
    aikultur(now, "preview", "overview", "--to", texts.email, "--out", str(folder / "overview.eml"))


def live(folder: Path, there: Sequence[Texts], *, ahead: int) -> None:
    """Two weeks of the service, started anew each time, every command that shows something, and so many days on paper: in
    two the welcome, a week's prompts and every file are written there, in eleven a meeting is over too. Or a month."""
    aikultur = Command(folder)
    there[0].write(folder, there)
    aikultur(MONDAY, "check")
    aikultur(MONDAY - timedelta(minutes=1), "run", "--once")
    for day in DAYS:
        now = MONDAY + timedelta(days=day)
        aikultur(now, "run", "--once")
    for words in (
        ("status",),
        ("status", "--json"),
        ("plan",),
        ("plan", "--days", str(ahead)),
        ("people", "list"),
        ("relay", "list"),
        ("relay", "why", "p2"),
        ("history", "p2"),
        *(("history", "--", one.email) for one in there),
        *(("preview", "feed", "--to", one.email, "--out", str(folder / f"{n}.ics")) for n, one in enumerate(there)),
        *(("preview", "tip", "--to", one.email, "--out", str(folder / f"t{n}.eml")) for n, one in enumerate(there)),
        *(
            ("preview", "overview", "--to", one.email, "--out", str(folder / f"o{n}.eml"))
            for n, one in enumerate(there)
        ),
        ("outbox", "list"),
        ("learnings", "list"),
        ("store", "verify"),
    ):
        aikultur(now, *words)
    assert "Person 2" in aikultur(now, "relay", "list") + aikultur(now, "people", "list")
    out = str(folder / "out")
    last = 31 if THOROUGH else ahead
    aikultur(now, "rehearse", "--from", "2026-12-01", "--to", f"2026-12-{last:02}", "--out", out)
