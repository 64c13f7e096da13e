"""Blocks on an Exchange server: 1,000 people's created, and a reconciliation without news, beside plain exchangelib.

`python -m benchmarks.exchange --people 1000`. The server is the tests' own, in a process of its own (`--serve`), so that
the CPU seconds are the client's. Plain exchangelib writes the same for fewer people, one after the other, as a careful
script would: look for the series, create it, give its coming days their texts, take the holidays out.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.goal import Goal, table
from service.engine.carry_out import call_all
from service.engine.engine import Engine
from service.engine.opening import opened
from tests.ews import EwsServer
from tests.exchange_kills.house import DesiredSeries, House, write_people
from tests.server_values import EXCHANGE, address

PEOPLE, PLAIN = 1000, 40
"""Whose blocks are written: ours, and those of plain exchangelib, which takes longer."""

MONDAY = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
FIRST, PROMPTS_UNTIL, LAST = date(2026, 11, 30), date(2026, 12, 13), date(2027, 11, 29)
HOLIDAYS = ((12, 25), (1, 1), (3, 25), (3, 26), (3, 29), (5, 6), (5, 17))
"""Danish ones on a working day of that year: (month, day)."""

TEXT = "Dagens prompt\n\n" + "Tid til at prøve AI af i dit eget arbejde.\n" * 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a piece of work cost the client, and how many requests the server counted."""

    requests: float
    seconds: float
    cpu_seconds: float

    def each(self, people: int) -> "Figures":
        """The same for one of so many people."""
        share = (self.requests / people, self.seconds / people, self.cpu_seconds / people)
        return Figures(requests=share[0], seconds=share[1], cpu_seconds=share[2])


class Server:
    """The server in its own process. It answers each line with how many requests there have been."""

    def __init__(self, people: int) -> None:
        command = [sys.executable, "-m", "benchmarks.exchange", "--people", str(people), "--serve"]
        environment = {name: value for name, value in os.environ.items() if name != "EWS_SCHEMA_DIR"}
        self.process = subprocess.Popen(  # noqa: S603 - this module
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.url = str(self._read())

    def requests(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self._read())

    def measured(self, work: Callable[[], object]) -> Figures:
        before, began, cpu = self.requests(), time.perf_counter(), time.process_time()
        work()
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        return Figures(requests=self.requests() - before, seconds=seconds, cpu_seconds=cpu)

    def _read(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())


def serve(people: int) -> None:
    """Until the standard input ends."""
    with EwsServer(map(address, range(1, people + 1))) as server:
        print(json.dumps(server.url), flush=True)
        for _ in sys.stdin:
            print(json.dumps(len(server.log)), flush=True)


@contextmanager
def served(people: int) -> Iterator[Server]:
    server = Server(people)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.communicate()


# Ours


@contextmanager
def office(folder: Path, people: int, url: str) -> Iterator[Engine]:
    """The organisation on channel `exchange`; its first blocks are approved."""
    house = House(
        folder=folder, people=people, sections=EXCHANGE.text(SimpleNamespace(url=url)), activity=lambda: 0, rate=1
    )
    write_people(folder, people)
    house.set_clock(MONDAY)
    house.write(DesiredSeries())
    house.approve()
    house.close()
    with opened(house.config) as engine:
        yield engine


def reconciled(engine: Engine, now: datetime) -> None:
    """What the service does for calendars at `now`."""
    engine.tick(now)
    (caller,) = engine.servers.make_callers()
    call_all(engine, [caller], lambda: now)


def ours(people: int) -> tuple[Figures, Figures]:
    """Everybody's block created, and a reconciliation at which nothing is new."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        served(people) as server,
        office(Path(scratch), people, server.url) as engine,
    ):
        engine.servers.session("exchange").probe()  # the import is not the work
        created = server.measured(lambda: reconciled(engine, MONDAY))
        nothing = server.measured(lambda: reconciled(engine, MONDAY + timedelta(minutes=1)))
        standing = sum(block.stands is not None for block in engine.stored.on_server().blocks.values())
    assert standing == people
    return created, nothing


# Plain exchangelib


def plain(people: int) -> tuple[Figures, Figures]:
    """The same by exchangelib as it comes; and a look at everybody's series, to see that all is well."""
    from tests.ews import client  # it costs most of a second

    whom = [address(number) for number in range(1, people + 1)]
    with served(people) as server:
        asked: Any = server  # it has the `url` of one

        def write_all() -> None:
            for who in whom:
                write(client, client.account(asked, who))

        created = server.measured(write_all)
        looked = server.measured(lambda: [found(client.account(asked, who)) for who in whom])
        client.protocols.close_connections()
    return created, looked


def write(client: Any, box: Any) -> None:
    """One series with its prompts, without its holidays."""
    if found(box):
        return
    first = client.at(FIRST.year, FIRST.month, FIRST.day, 12, 30)
    series = client.event(box, first, test_key="block", body=TEXT, recurrence=client.weekly(FIRST, LAST))
    series.save(send_meeting_invitations="SendToNone")
    days = list(box.calendar.view(start=first, end=first + timedelta(days=364)).only("start"))
    told = [day for day in days if day.start.date() <= PROMPTS_UNTIL]
    for day in told:
        day.body = f"{day.start.date()}\n{TEXT}"
    silent = {"send_meeting_invitations_or_cancellations": "SendToNone"}
    box.bulk_update([(day, ["body"]) for day in told], **silent)
    out = [day for day in days if (day.start.month, day.start.day) in HOLIDAYS]
    box.bulk_delete(out, send_meeting_cancellations="SendToNone", affected_task_occurrences="AllOccurrences")


def found(box: Any) -> list[Any]:
    """The series with our key."""
    return list(box.calendar.filter(test_key="block").only("subject", "start"))


# What comes of it


def goals(people: int = PEOPLE) -> Iterator[Goal]:
    logging.getLogger("aikultur").setLevel(logging.WARNING)
    created, nothing = ours(people)
    their_created, their_look = (figures.each(PLAIN) for figures in plain(PLAIN))
    each = created.each(people)
    yield Goal(
        area=f"Exchange: {people:,} blocks created, requests",
        figure=f"{created.requests:,.0f}, {each.requests:.1f} each",
        baseline=f"plain exchangelib, {their_created.requests:.1f} each",
        ratio=each.requests / their_created.requests,
        wanted=0.75,
        at_most=True,
    )
    yield Goal(
        area=f"Exchange: {people:,} blocks created, CPU",
        figure=f"{created.cpu_seconds:.1f} s, {each.cpu_seconds * 1000:.0f} ms each",
        baseline=f"plain exchangelib, {their_created.cpu_seconds * 1000:.0f} ms each",
        ratio=each.cpu_seconds / their_created.cpu_seconds,
        wanted=1,
        at_most=True,
    )
    yield Goal(
        area=f"Exchange: {people:,} blocks created, elapsed",
        figure=f"{created.seconds:.1f} s",
        baseline=f"plain exchangelib, one by one, {their_created.seconds * people:.1f} s",
        ratio=created.seconds / (their_created.seconds * people),
        wanted=None,
    )
    yield Goal(
        area=f"Exchange: {people:,} people, nothing new, requests",
        figure=f"{nothing.requests:.0f}",
        baseline=f"a look at each, {their_look.requests * people:,.0f}",
        ratio=nothing.requests / (their_look.requests * people),
        wanted=0,
        at_most=True,
    )
    yield Goal(
        area=f"Exchange: {people:,} people, nothing new, CPU",
        figure=f"{nothing.cpu_seconds:.2f} s, {nothing.seconds:.2f} s elapsed",
        baseline=f"a look at each, {their_look.cpu_seconds * people:.1f} s",
        ratio=nothing.cpu_seconds / (their_look.cpu_seconds * people),
        wanted=0.1,
        at_most=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exchange", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--serve", action="store_true", help="be the server")
    options = parser.parse_args()
    if options.serve:
        serve(options.people)
        return
    for line in table(goals(options.people)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
