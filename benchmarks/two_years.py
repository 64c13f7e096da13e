"""Two years of an organisation on a clock of its own, with the daily upkeep of the service: what is there afterwards.

`python -m benchmarks.two_years --people 1000 --weeks 104`. Letters go nowhere; all else is as in the service. One
person in 500 leaves each week and another joins; each tenth gets the series by mail; one letter in 500 is refused.
"""

import argparse
import logging
import resource
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from culture.people import Preference, Row
from mailer.drain import Outbox
from mailer.transport import Envelope, TransportError
from service.engine import daily_backup, retention
from service.engine.engine import Engine
from service.planning.moments import next_moment
from service.settings.example_files import write_example
from service.settings.inputs import read_inputs
from service.settings.people_file import People
from store.database import Database, open_database
from store.spool import Spool

BEGIN = datetime(2026, 11, 29, 23, 0, tzinfo=UTC)
"""A Monday's first hour in Copenhagen."""

DEPARTMENTS = ("plan", "jura", "drift", "stab")


class Nowhere:
    """A transport that accepts each letter and keeps none; one address in 500 does not exist."""

    name = "folder"

    def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
        on_wire()
        if envelope.recipient.startswith("p499."):
            raise TransportError("nowhere, RCPT TO: 550 no such user.", code=550, permanent=True)
        return f"nowhere: 250 2.0.0 Ok: queued as {envelope.message_id[:12].upper()}"

    def close(self) -> None:
        """Nothing is held open."""


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


def row(number: int) -> Row:
    return Row(
        email=f"p{number % 500}.person{number}@x.example",
        name=f"Person {number}",
        department=DEPARTMENTS[number % 4],
        number=str(10_000 + number),
    )


def organisation(folder: Path, people: int, clock: Clock) -> Engine:
    """The shipped example with so many people, each tenth on `invite`."""
    write_example(folder)
    (folder / "absences.csv").write_text("id;fra;til\n", "utf-8")
    path = folder / "config.toml"
    inputs = replace(read_inputs(path), people=People(rows=tuple(row(n) for n in range(people))))
    database, spool = Database(folder / "var/store", clock=clock), Spool(folder / "var/spool")
    engine = Engine(path=path, inputs=inputs, folder=folder / "var", database=database, spool=spool, key=b"benchmark")
    for number in range(0, people, 10):
        engine.stored.prefer(str(10_000 + number), Preference(channel="invite"))
    return engine


def turn_over(engine: Engine, people: int, week: int) -> None:
    """Some leave, and as many others join."""
    assert engine.inputs.people
    some = people // 500
    rows = engine.inputs.people.rows[some:] + tuple(row(people + week * some + n) for n in range(some))
    engine.inputs = replace(engine.inputs, people=People(rows=rows))


def play(engine: Engine, people: int, weeks: int, clock: Clock) -> None:
    """Every moment of these weeks as the service meets it, up to the last Monday's evening."""
    end = BEGIN + timedelta(weeks=weeks - 1, hours=20)
    outbox = Outbox(engine.database, engine.spool, Nowhere, on_settled=engine.settled)
    week, kept_up = 0, clock.now
    while clock.now < end:
        if clock.now >= BEGIN + timedelta(weeks=week + 1):
            week += 1
            turn_over(engine, people, week)
        found = engine.tick(clock.now)
        while claimed := engine.claim_some(clock.now):
            outbox.add(claimed, clock.now)
            outbox.drain(clock, threading.Event())
        if daily_backup.due(kept_up, clock.now, engine.zone):
            kept_up = clock.now
            daily_backup.back_up(engine.database, clock.now)
            retention.let_go(engine, clock.now)
        clock.now = next_moment(replace(found.world, now=clock.now)).astimezone(UTC)


def size(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def opening(folder: Path) -> float:
    """The seconds that opening the store takes."""
    begin = time.perf_counter()
    open_database(folder).close()
    return time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--weeks", type=int, default=104)
    given = parser.parse_args()
    logging.disable(logging.WARNING)  # each refused letter is told
    with tempfile.TemporaryDirectory() as scratch:
        clock, var = Clock(BEGIN), Path(scratch) / "var"
        engine = organisation(Path(scratch), given.people, clock)
        begin = time.perf_counter()
        play(engine, given.people, given.weeks, clock)
        seconds = time.perf_counter() - begin
        letters = retention.total(retention.counts(engine.database), "sent")
        print(f"{given.people} people, {given.weeks} weeks, {letters} letters sent, in {seconds:.0f} s")
        print(f"{'table':<16}{'records':>10}{'bytes':>14}")
        for table in sorted(engine.database.tables()):
            documents = dict(engine.database.storage.documents(table))
            print(f"{table:<16}{len(documents):>10}{sum(len(orjson.dumps(one)) for one in documents.values()):>14}")
        engine.close()
        for name in ("archive", "spool", "store", "store/backups"):
            print(f"{name:<26}{size(var / name):>14}")
        before = opening(var / "store")
        with open_database(var / "store") as database:
            begin = time.perf_counter()
            database.compact()
            compacting = time.perf_counter() - begin
        print(
            f"opening the store {before:.2f} s; compacting it {compacting:.2f} s; then {opening(var / 'store'):.2f} s"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"peak memory {peak / 1024:.0f} MB")


if __name__ == "__main__":
    main()
