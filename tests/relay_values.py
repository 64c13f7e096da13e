"""A small organisation with a relay in a folder, and its command line at a chosen moment."""

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner

from culture.people import Language
from service.ambassadors.groups import GROUPS as CORPS_GROUPS
from service.ambassadors.recommendation_commands import recommendations
from service.cli.app import INPUT, OUTSIDE, App, BadSentence
from service.cli.spoken import Later
from service.messages.faults import BadInput, Refused
from service.relay.commands import relay
from service.relay.learning_commands import discoveries, learnings
from service.revisit.commands import revisit
from service.vitamin.command import poster
from tests.cli_values import Said
from tests.kept_folders import kept_folder
from tests.service_values import live, make_engine, write_config

GROUPS: dict[str, click.Group] = {
    "ambassadors": Later("ambassadors", [module for name, module, _ in CORPS_GROUPS if name == "ambassadors"], ""),
    "relay": relay,
    "learnings": learnings,
    "discoveries": discoveries,
    "concerns": Later("concerns", ("service.cli.concern_commands", "service.leaders.concern_commands"), "").loaded,
    "recommendations": recommendations,
    "revisit": revisit,
}
COMMANDS: dict[str, click.Command] = {**GROUPS, "poster": poster}

WEB = "[web]\nenabled = false\n"

RELAY = """
[people]
absences = "absences.csv"
[relay]
starts = 2026-11-30
enabled = {enabled}
[departments.plan.meeting]
weekday = "thursday"
time = "09:00"
place = "Lokale 1"
"""

PEOPLE = """number;name;email;department;working days;started;left
1;Anna Holm;anna@x.example;plan;;;
2;Bo Lind;bo@x.example;plan;;;
3;Carla Juhl;carla@x.example;plan;;;
4;Dan Friis;dan@x.example;plan;mon-wed;;
5;Eva Skov;eva@x.example;plan;;;
9;Mette Lund;mette@x.example;jura;;;
"""

SCRIPT = "<script>alert(1)</script> <b>fed</b> [/b] [bold] | `x` & æøå"
"""What people type who try things out: markup of HTML, Markdown and of terminals."""


def at(day: int, hour: int = 6, *, month: int = 12, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


BEGIN = at(26, month=11)
"""A Thursday, 07:00 in Copenhagen. The first meeting that leaves ten working days is on Thursday 10 December."""


@dataclass(frozen=True, slots=True)
class AppAt(App):
    """The command line's own object, with a clock that stands still."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


@dataclass(frozen=True)
class Place:
    """A folder with the organisation in it, and its commands at `now`."""

    folder: Path
    now: datetime = BEGIN
    language: Language = "en"

    def __call__(self, *arguments: str) -> Said:
        app = AppAt(self.folder / "config.toml", self.language, self.now)
        result = CliRunner().invoke(COMMANDS[arguments[0]], arguments[1:], obj=app)
        match result.exception:
            case None | SystemExit():
                return Said(result.exit_code, result.stdout, result.stderr)
            case BadInput() as bad:
                said = "".join(f"{fault.said(self.language)}\n" for fault in bad.faults)
                return Said(INPUT, result.stdout, result.stderr + said)
            case Refused() as refused:
                status = INPUT if isinstance(refused, BadSentence) else OUTSIDE
                return Said(status, result.stdout, f"{refused.sentence.said(self.language)}\n")
        raise result.exception

    def at(self, moment: datetime) -> "Place":
        return replace(self, now=moment)

    def tick(self) -> "Place":
        """What the service does now."""
        engine = make_engine(self.folder)
        try:
            live(engine, self.now)
        finally:
            engine.close()
        return self

    def turns(self) -> list[dict[str, Any]]:
        """The turns to come that are announced."""
        found: list[dict[str, Any]] = self("relay", "list", "--ahead", "0", "--json").json
        return found

    def presenter(self, turn: str) -> str:
        (found,) = (one["presenter"] for one in self.turns() if one["turn"] == turn)
        return str(found)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path


def make_place(
    folder: Path, *, people: str = PEOPLE, absences: str = "", enabled: bool = True, more: str = "", web: str = WEB
) -> Place:
    write_config(folder)
    place = Place(folder)
    config = (folder / "config.toml").read_text("utf-8").replace(WEB, web)
    config += RELAY.format(enabled=str(enabled).lower()) + more
    place.write("config.toml", config)
    place.write("people.csv", people)
    place.write("absences.csv", f"person;first;last\n{absences}")
    return place


def lived(folder: Path, *moments: datetime, **given: Any) -> Place:
    """A place after the service's ticks at these moments. Each test has a copy: they are ticked once in a process."""
    shutil.copytree(_after(moments, tuple(sorted(given.items()))), folder, dirs_exist_ok=True)
    return Place(folder, moments[-1])


@cache
def _after(moments: tuple[datetime, ...], given: tuple[tuple[str, Any], ...]) -> Path:
    place = make_place(kept_folder(), **dict(given))
    for moment in moments:
        place.at(moment).tick()
    return place.folder
