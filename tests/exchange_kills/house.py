"""A folder with an organisation and its service: edited, started, killed, and waited for until it is at rest."""

import select
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from service.engine.engine import Engine
from service.engine.opening import opened
from service.engine.state import Stored
from service.planning.plan import Plan
from tests.crash.child import replace
from tests.exchange_kills.child import CONFIG, clock, run, set_clock
from tests.forked import Forked
from tests.server_values import KINDS, address

__all__ = ["DesiredSeries", "House", "absent_days", "address", "in_jura", "write_people"]

PATIENCE = 240.0
"""Seconds without any step forward until the harness gives up: a busy machine, not a measure."""

QUIET_SECONDS = 0.25
"""So long nothing was asked of any server, before the harness looks into the store."""

TEXT = """
[organisation]
name = "Prøven"
sector = "public"
domain = "x.example"
contact_name = "Mette Lund"
contact_email = "mette@x.example"
closed = [{closed}]
[policy.da]
tools = "Den på intranettet."
data = "Kun offentlige tekster."
responsible = "Det har du."
[people]
absences = "absences.csv"
[departments.plan]
name = "Plan"
[departments.jura]
name = "Jura"
channel = "{jura}"
[vitamin]
time = "{start}"
[mail]
transport = "{transport}"
sender_name = "AI-tid"
sender_address = "ai-tid@x.example"
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
[calendar]
channel = "{channel}"
{sections}
[web]
enabled = false
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredSeries:
    """What the administrator has written: the parts of the config that change in a life."""

    closed: tuple[date, ...] = ()
    start: str = "12:30"
    channel: str = "exchange"
    jura: str = "exchange"

    @classmethod
    def on(cls, channel: str) -> "DesiredSeries":
        """Everybody's block on this channel."""
        return cls(channel=channel, jura=channel)


def in_jura(number: int) -> bool:
    """Half of the people are in each department."""
    return number % 2 == 0


def absent_days(number: int) -> tuple[date, ...]:
    """One in ten is away for three days."""
    return tuple(date(2026, 12, day) for day in (14, 15, 16)) if number % 10 == 0 else ()


def write_people(folder: Path, people: int) -> None:
    numbers = range(1, people + 1)
    rows = [f"{one};Person {one};{address(one)};{'jura' if in_jura(one) else 'plan'}" for one in numbers]
    (folder / "people.csv").write_text("\n".join(["number;name;email;department", *rows, ""]), "utf-8")
    away = [f"{one};{days[0]};{days[-1]}" for one in numbers if (days := absent_days(one))]
    (folder / "absences.csv").write_text("\n".join(["person;first;last", *away, ""]), "utf-8")
    for kind in KINDS:
        kind.write_secret(folder)


@dataclass
class House:
    """`sections` are those of the calendar servers. `activity` counts whatever the service does to the servers outside; while it grows nobody needs to look inside.

    `rate` is that of the service's clock. `smtp` is the port of a mail server; without one, letters become files.
    """

    folder: Path
    people: int
    sections: str
    activity: Callable[[], int]
    rate: int
    smtp: int | None = None
    process: Forked | None = None
    _engine: Engine | None = None
    _open: ExitStack = field(default_factory=ExitStack)

    @property
    def numbers(self) -> range:
        """Everybody, by number."""
        return range(1, self.people + 1)

    @property
    def config(self) -> Path:
        return self.folder / CONFIG

    def now(self) -> datetime:
        return clock(self.folder)()

    def set_clock(self, moment: datetime) -> None:
        set_clock(self.folder, moment, self.rate)

    def write(self, wish: DesiredSeries) -> None:
        text = TEXT.format(
            closed=", ".join(f'"{day}"' for day in wish.closed),
            start=wish.start,
            channel=wish.channel,
            jura=wish.jura,
            transport="smtp" if self.smtp else "folder",
            port=self.smtp or 1,
            sections=self.sections,
        )
        replace(self.config, text)

    def start(self) -> None:
        self.process = Forked(run, (), folder=self.folder, log=self.folder / "log")

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if self.process:
            self.process.close()

    def close(self) -> None:
        """Kill what is alive, and let the store go."""
        self.kill()
        self._open.close()

    def started(self) -> None:
        """Wait until the service that was just started has made its first tick."""
        before = self.ticks()
        self.start()
        self.until(lambda: self.ticks() > before)

    def ticks(self) -> int:
        file = self.folder / "log"
        return file.read_bytes().count(b"tick: started") if file.exists() else 0

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition. Raises RuntimeError when the service ended, or does nothing for too long."""
        seen, limit = self.activity(), time.monotonic() + PATIENCE
        while not condition():
            select.select([], [], [], 0.01)
            if not self.alive:
                raise RuntimeError(f"the service ended:\n{self.said()}")
            if seen != self.activity():
                seen, limit = self.activity(), time.monotonic() + PATIENCE
            if time.monotonic() > limit:
                raise RuntimeError(f"the service does not go on:\n{self.said()}")

    def at_rest(self) -> bool:
        """Whether nothing is left to do. What is held is approved, as the administrator would; and where all that is
        left waits for a later hour, that hour comes."""
        before = self.activity()
        select.select([], [], [], QUIET_SECONDS)
        if before != self.activity():
            return False
        found = self.plan()
        on_its_way = any(one.intended for one in self.stored.publications().values())
        if found.held:
            self.approve()
        if found.held or found.calls or found.letters or on_its_way:
            return False
        if found.next_try:
            self.set_clock(found.next_try + timedelta(seconds=1))
        return found.next_try is None

    def plan(self) -> Plan:
        """What the service would do now, by the files and the store as they are."""
        if self._engine is None:
            self._engine = self._open.enter_context(opened(self.config))
        self._engine.read()
        self._engine.database.refresh()
        self._engine.last_tick = None  # another process ticks, and says itself what it thinks of the clock
        return self._engine.plan(self.now())

    @property
    def stored(self) -> Stored:
        """The store, beside the service: as a command has it. `plan` must have looked into it."""
        assert self._engine is not None
        self._engine.database.refresh()
        return self._engine.stored

    def approve(self) -> None:
        """Say yes to all that the fuse holds, as an administrator's command would."""
        for held in self.plan().held:
            self.stored.approve(held, self.now())

    def settle(self, look: Callable[[], None] = lambda: None) -> None:
        """Wait until all is done; `look` is called again and again."""

        def over() -> bool:
            look()
            return self.at_rest()

        self.until(over)

    def until_reached(self, instant: threading.Event, look: Callable[[], None] = lambda: None) -> None:
        """Wait for an instant; what is held meanwhile is approved. Raises RuntimeError when all is done before."""

        def over() -> bool:
            look()
            return instant.is_set() or self.at_rest()

        self.until(over)
        if not instant.is_set():
            raise RuntimeError("all was done before the instant of the kill")

    def said(self) -> str:
        """The last of the service's log."""
        return (self.folder / "log").read_text("utf-8", errors="replace")[-3000:]
