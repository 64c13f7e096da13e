"""A calendar server that lives on while the service is killed, and the folder that the service lives in."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.exchange_kills.house import House, write_people
from tests.exchange_kills.watch import Instant, Watch
from tests.server_values import EXCHANGE, Kind, Server, address

MONDAY = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)


@contextmanager
def served(
    folder: Path, people: int, rate: int, kinds: Sequence[Kind] = (EXCHANGE,)
) -> Iterator[tuple[list[Server], Watch, House]]:
    """Calendar servers that outlive the service, who looks on, and the service's house, not yet started."""
    watch, who = Watch(Instant()), [address(number) for number in range(1, people + 1)]
    with ExitStack() as running:
        made: list[Any] = [kind.make(who, before_reply=watch.of(kind)) for kind in kinds]
        servers: list[Server] = [running.enter_context(server) for server in made]
        watch.servers = servers
        sections = "".join(
            kind.text(server, "timeout_seconds = 5") for kind, server in zip(kinds, servers, strict=True)
        )
        activity = lambda: sum(len(server.log) for server in servers)  # noqa: E731
        house = House(folder=folder, people=people, sections=sections, activity=activity, rate=rate)
        write_people(folder, people)
        house.set_clock(MONDAY)
        try:
            yield servers, watch, house
        finally:
            watch.instant.release()
            house.close()
