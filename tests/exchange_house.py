"""An organisation with Anna in it, a calendar server of our own, and what Anna does in Outlook."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from calendars.event import block_key
from culture.vitamin import timetable
from service.answers.status import status_value
from service.engine.carry_out import call_all
from service.engine.engine import Engine
from tests.server_values import (
    Kind,
    Server,
    address,
    approved_engine,
    days,
    kind_of,
    local,
    occurrences,
    operations,
    write_server,
)
from tests.service_values import MONDAY, make_engine, tick_believed

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
ANNA = address(1)
FIRST = MONDAY.date()
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (FIRST + n * DAY for n in (1, 2, 3, 4))
FOLDERS = '[people]\nabsences = "absences.csv"\n'


@dataclass
class House:
    """An organisation with Anna in it, its server, and what it is told."""

    folder: Path
    server: Server
    engine: Engine
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        return kind_of(self.server)

    def edit(self, **changes: str) -> None:
        """Other settings in config.toml, as `write_server` takes them."""
        self.settings |= changes
        write_server(self.folder, self.server, **self.settings)  # type: ignore[arg-type]  # texts only
        with (self.folder / "config.toml").open("a", encoding="utf-8") as file:
            file.write(FOLDERS)

    def absent(self, *spans: tuple[date, date]) -> None:
        lines = "".join(f"1;{first};{last}\n" for first, last in spans)
        (self.folder / "absences.csv").write_text(f"person;first;last\n{lines}", "utf-8")

    def anna(self, *, at: str = "", language: str = "", left: str = "") -> None:
        """Anna's line in people.csv."""
        line = f"1;Anna Holm;{ANNA};plan;{at};{language};{left}"
        (self.folder / "people.csv").write_text(f"number;name;email;department;time;language;left\n{line}\n", "utf-8")

    def steps(self, *steps: str) -> list[str]:
        """What these steps ask of this server."""
        return self.kind.asked(*steps)

    def asked(self, now: datetime = MONDAY) -> list[str]:
        """One round of the service without its letters; the operations that it asked the server for, a batch as one."""
        before = len(self.server.log)
        tick_believed(self.engine, now)
        (caller,) = self.engine.servers.make_callers()
        call_all(self.engine, [caller], lambda: now)
        return operations(self.server, before)

    def days(self, first: date = FIRST, last: date = FRIDAY) -> list[str]:
        return days(self.server, ANNA, first, last)

    def shown(self, first: date = FIRST, last: date = FRIDAY) -> list[tuple[str, str, str]]:
        """What stands: when, its title and its text."""
        found = occurrences(self.server, ANNA, first, last)
        return [(f"{local(one):%m-%d %H:%M}", one.subject, one.body) for one in found]

    def prompts(self, language: str, count: int) -> list[str]:
        """The titles of the coming prompts, as the plan has them."""
        assert self.engine.agenda is not None
        world = self.engine.agenda.world
        anna = world.organisation.people["1"]
        coming = (FIRST + n * DAY for n in range(2 * count))
        found = [prompt for day in coming if (prompt := timetable.prompt(world, anna, day))]
        return [prompt.text(language).title for prompt in found[:count]]

    def ours(self) -> list[Any]:
        """What goes on; what is over has another key."""
        return [item for item in self.server.mailbox(ANNA).items if item.property("aikultur key") == block_key("1")]

    @property
    def series(self) -> Any:
        (found,) = self.ours()
        return found

    def day(self, day: date) -> Any:
        (found,) = occurrences(self.server, ANNA, day, day)
        return found

    def counts(self, now: datetime = MONDAY) -> dict[str, int]:
        counts: dict[str, int] = status_value(self.engine, now)[self.kind.channel]["counts"]
        return counts

    @property
    def anna_s(self) -> Any:
        """What Anna does in Outlook with the series that goes on."""
        hands: Any = self.server.hands(ANNA)
        hands.item = self.series
        return hands


@contextmanager
def settled_in(folder: Path, server: Server) -> Iterator[House]:
    """Anna's block is approved and not written yet."""
    made = House(folder, server, None)  # type: ignore[arg-type]  # in a moment
    made.absent()
    made.edit()
    made.anna()
    with approved_engine(folder) as made.engine:
        yield made


@dataclass(frozen=True)
class Begun:
    """What a house and its server have kept when the service was stopped."""

    folder: Path
    world: Any

    @contextmanager
    def copied(self, folder: Path, server: Server) -> Iterator[House]:
        """The same house on another server of its kind, where the service was started again and is let in."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        now, server.world = server.world.now, deepcopy(self.world)
        server.world.now = now
        made = House(folder, server, None)  # type: ignore[arg-type]  # in a moment
        made.edit()
        made.engine = make_engine(folder)
        made.engine.servers.session(made.kind.channel).probe()
        try:
            yield made
        finally:
            made.engine.close()
