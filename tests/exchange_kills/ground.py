"""An Exchange server that lives on while the service is killed, and the folder that the service lives in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tests.ews import EwsServer
from tests.exchange_kills.house import House, address, write_people
from tests.exchange_kills.watch import Instant, Watch

MONDAY = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)


@contextmanager
def served(folder: Path, people: int, rate: int) -> Iterator[tuple[EwsServer, Watch, House]]:
    """An Exchange server that outlives the service, who looks on, and the service's house, not yet started."""
    watch = Watch(Instant())
    with EwsServer(map(address, range(1, people + 1)), before_reply=watch) as server:
        watch.server = server
        house = House(folder=folder, people=people, url=server.url, activity=lambda: len(server.log), rate=rate)
        write_people(folder, people)
        house.set_clock(MONDAY)
        try:
            yield server, watch, house
        finally:
            watch.instant.release()
            house.close()
