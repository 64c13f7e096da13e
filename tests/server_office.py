"""An organisation on a calendar server of our own, with its queue of calls, whose session's clock stands still."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from calendars.server.face import Session
from service.answers.status import status_value
from service.engine.carry_out import call_all
from service.engine.engine import Engine
from tests.exchange_values import session
from tests.graph import GraphServer
from tests.graph_values import graph_session
from tests.server_values import (
    EXCHANGE,
    Clock,
    Kind,
    Server,
    address,
    days,
    kind_of,
    operations,
    ours,
    server_engine,
)
from tests.service_values import MONDAY, tick_believed

ONE, TWO, THREE = (address(number) for number in (1, 2, 3))
DAY = timedelta(days=1)
NO_PROMPTS = "prompt_weeks = 0"
"""In the server's section: a block is two requests then, where it does not matter what its days tell."""
WEEK_AT_NOON = [f"2026-{day} 12:30" for day in ("11-30", "12-01", "12-02", "12-03", "12-04")]


def session_on(server: Server, clock: Clock, timeout_seconds: float) -> Session:
    """A session on either kind of server."""
    if isinstance(server, GraphServer):
        return graph_session(server, clock=clock, timeout_seconds=timeout_seconds)
    return session(server, clock=clock, timeout_seconds=timeout_seconds)


@dataclass
class Office:
    """An organisation, its server, and the queue of calls. The session's clock is `clock`, so that nothing waits."""

    folder: Path
    server: Any  # of either kind
    engine: Engine
    clock: Clock = field(default_factory=Clock)
    timeout_seconds: float = 5

    def __post_init__(self) -> None:
        self.session: Any = session_on(self.server, self.clock, self.timeout_seconds)
        (self.caller,) = self.engine.servers.make_callers(lambda _: self.session)

    @property
    def kind(self) -> Kind:
        return kind_of(self.server)

    def asked(self, now: datetime = MONDAY) -> list[str]:
        """One round of the service without its letters; the operations that it asked the server for, a batch as one."""
        before = len(self.server.log)
        tick_believed(self.engine, now)
        call_all(self.engine, [self.caller], lambda: now)
        return operations(self.server, before)

    def status(self, now: datetime = MONDAY) -> dict[str, Any]:
        found: dict[str, Any] = status_value(self.engine, now)[self.kind.channel]
        return found

    def failing(self, now: datetime = MONDAY) -> list[tuple[str, str]]:
        return [(one["who"], one["said"]) for one in self.status(now)["failing"]]

    def trouble(self, now: datetime = MONDAY) -> str | None:
        """What the administrator reads of the server, without its address."""
        found = self.status(now)["trouble"]
        return str(found["said"]).removeprefix(f"{self.server.url}: ") if found else None

    def served(self, *numbers: int) -> list[list[str]]:
        return [days(self.server, address(n), MONDAY.date(), MONDAY.date() + 4 * DAY) for n in numbers]

    def ours(self, who: str = ONE) -> list[Any]:
        """What goes on; what is over has another key."""
        return list(ours(self.server, who))


@contextmanager
def office(
    folder: Path,
    people: int = 3,
    *faults: Any,
    kind: Kind = EXCHANGE,
    server: dict[str, Any] | None = None,
    timeout_seconds: float = 5,
    section: str = "",
) -> Iterator[Office]:
    """Blocks are approved and not written; in the end every request and answer held to the schema. `section` is what the
    server's section of the config has too."""
    everybody = [address(number) for number in range(1, people + 1)]
    with (
        kind.make(everybody, faults, **(server or {})) as running,
        server_engine(folder, running, people, section=section) as engine,
    ):
        made = Office(folder, running, engine, timeout_seconds=timeout_seconds)
        yield made
        made.session.close()
    assert (running.refused, running.misspoken) == ([], [])
