"""The answers of all commands that take --json, in an organisation in which there is something to tell of everything."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner

from culture.people import Language
from service.cli.main import complete
from service.cli.spoken import whole
from service.engine.opening import opened
from service.engine.still import accepted
from service.messages.faults import BadInput, Refused
from tests.cli_values import ROOT, quiet
from tests.relay_values import AppAt
from tests.small_example import ANNA, JENS, KAREN, METTE, PETER, few

MONDAY = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
"""07:00 in Copenhagen, when the letters of the week leave."""

WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class At:
    """The shipped example in a folder, and its commands at a moment."""

    folder: Path
    now: datetime = MONDAY
    language: Language = "da"

    def __call__(self, *words: str) -> click.testing.Result:
        command, rest = _command(words)
        app = AppAt(self.folder / "config.toml", self.language, self.now)
        with quiet():
            return CliRunner().invoke(command, rest, obj=app)

    def json(self, *words: str) -> Any:
        """The one value that the command writes."""
        said = self(*words, "--json")
        if said.exception and not isinstance(said.exception, SystemExit):
            raise said.exception
        return json.loads(said.stdout)

    def do(self, *words: str) -> str:
        """What it says. Raises what it refuses."""
        said = self(*words)
        if isinstance(said.exception, BadInput | Refused):
            raise said.exception
        assert not said.exception or isinstance(said.exception, SystemExit), (words, said.output, said.exception)
        return said.output


def _command(words: tuple[str, ...]) -> tuple[click.Command, tuple[str, ...]]:
    """The command that the words name, and what is left of them."""
    found: click.Command = complete()
    while isinstance(found, click.Group):
        found, words = whole(found.commands[words[0]]), words[1:]
    return found, words


def answers(folder: Path) -> Iterator[tuple[str, Any]]:
    """The command and its answer, of each, while something of everything comes to be there."""
    few(folder, ANNA, PETER, METTE, JENS, KAREN, "1022")
    at = At(folder)
    yield "plan", at.json("plan")
    yield "run", at.json("run", "--once")
    yield from _kept(at)
    for week in range(1, 5):
        at = At(folder, MONDAY + week * WEEK)
        at.do("run", "--once")
    yield from _told(at)
    yield from _in_trouble(at)
    yield from _state(at)


def _kept(at: At) -> Iterator[tuple[str, Any]]:
    """What people do and the administrator writes down."""
    yield "people set", at.json("people", "set", "1001", "--time", "09:15", "--days", "man,ons", "--stop")
    yield "people set", at.json("people", "set", "1008", "--pause-until", "2027-01-04", "--no-relay")
    at.do("discoveries", "add", "Den kan lave en tjekliste", "--person", "1015", "--show-name")
    at.do("discoveries", "add", "Den kan oversætte", "--department", "plan")
    at.do("revisit", "add", "Mødereferater", "--what", "værktøj", "--rejected-by", "IT", "--reason", "For dyrt")
    at.do("concerns", "add", "Hvem ser, hvad jeg skriver?")
    at.do(
        "recommendations",
        "add",
        "Køb licenser til alle",
        "--reason",
        "De, der har den, bruger den",
        "--by",
        "2027-03-01",
    )


def _told(at: At) -> Iterator[tuple[str, Any]]:
    """The lists and what is told of one person."""
    for words in (
        ("status",),
        ("history", "1043"),
        ("why", "1022"),
        ("people", "list"),
        ("people", "look"),
        ("privacy", "show", "1036"),
        ("outbox", "list"),
        ("relay", "list"),
        ("relay", "why", "1036"),
        ("relay", "challenges"),
        ("learnings", "list"),
        ("discoveries", "list"),
        ("revisit", "list"),
        ("concerns", "list"),
        ("concerns", "waiting"),
        ("ambassadors", "list"),
        ("ambassadors", "meetings"),
        ("ambassadors", "agenda"),
        ("leaders", "list"),
        ("recommendations", "list"),
    ):
        yield " ".join(words[:2] if words[1:] and words[0] in GROUPS else words[:1]), at.json(*words)


GROUPS = (
    "people",
    "privacy",
    "outbox",
    "relay",
    "learnings",
    "discoveries",
    "revisit",
    "concerns",
    "ambassadors",
    "leaders",
    "recommendations",
    "store",
)


def _in_trouble(at: At) -> Iterator[tuple[str, Any]]:
    """Letters that are held, a server that nobody answers at, and rows that cannot be read."""
    config, people = at.folder / "config.toml", at.folder / "people.csv"
    text = config.read_text("utf-8").replace('transport = "folder"', 'transport = "smtp"')
    config.write_text(text.replace("# [smtp]\n", f"[smtp]\n{NOBODY_THERE}"), "utf-8")
    people.write_text(people.read_text("utf-8").replace("anna.holm@", "anna.holm", 1), "utf-8")
    with opened(
        config
    ) as engine:  # whoever runs it waits ten seconds for files that have changed: here they have been read
        engine.stored.stand(accepted(engine.inputs))
    at = At(at.folder, at.now + WEEK)
    yield "check", at.json("check", "--online")
    yield "people look", at.json("people", "look")
    yield "plan", at.json("plan", "--days", "3")
    yield "apply", at.json("apply", "--kinds", "overview")
    yield "run", at.json("run", "--once")
    held = at.json("status")["held"]
    yield "apply", at.json("apply", held[0]["digest"])
    for one in held[1:2]:
        yield "apply", at.json("apply", one["digest"], "--refuse")
    at = At(at.folder, at.now + timedelta(minutes=10))
    yield "run", at.json("run", "--once")
    shown = at.json("recall")
    yield "recall", shown
    yield "recall", at.json("recall", shown["digest"])
    yield "run", at.json("run", "--once")
    yield "recall", at.json("recall")
    for words in (("status",), ("plan",), ("outbox", "list"), ("history", "1015"), ("why", "1015")):
        yield " ".join(words[:2] if words[0] in GROUPS else words[:1]), at.json(*words)
    yield "recall", at.json("recall", "--end")


NOBODY_THERE = 'host = "127.0.0.1"\nport = 1\nsecurity = "none"\nauth = "none"\n'


def _state(at: At) -> Iterator[tuple[str, Any]]:
    file, ours = at.folder / "prompts.toml", (ROOT / "templates/prompts/school.toml").read_text("utf-8")
    file.write_text(ours[: ours.index("[[prompt]]", ours.index("[[prompt]]") + 1)], "utf-8")  # the first of them
    yield "catalogue check", at.json("catalogue", "check", str(file))
    erased = at.json("privacy", "erase", "1043")
    yield "privacy erase", erased
    yield "privacy erase", at.json("privacy", "erase", "1043", erased["number"])
    yield "templates list", at.json("templates", "list", "event")
    yield "store verify", at.json("store", "verify")
    yield "store backup", at.json("store", "backup")
    yield "store compact", at.json("store", "compact")
