"""The ledger: what claiming, noting and settling cost beside the sending, and beside other stores."""

import json
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from tinydb import TinyDB
from tinydb.storages import JSONStorage

from benchmarks.goal import Goal, medians, one_core
from benchmarks.letters import Wire, transport
from benchmarks.office import MONDAY, office
from benchmarks.sink import sink
from mailer.drain import Outbox
from mailer.outbox import Claim, claim
from mailer.transport import Envelope
from service.engine.engine import Engine
from service.planning.letters import letter_links, write
from store.database import Database, JournalTable, open_database
from store.spool import Spool

LETTERS = 10_000
"""Letters in a round. What a letter costs does not depend on it, which the sizes below show."""

GROUP = 100
"""Records that share a sync, in all stores alike: what is claimed at once."""

PEOPLE = 1000
"""Letters that are really written and sent in a round, to know what that takes."""

SMALL, LARGE = 1_000, 1_000_000
"""Sizes of a store between which a record should cost the same."""

STEP = 2_000
"""Records over which that cost is averaged: changed one by one, in lines of their own that are not synced."""

FILL = 1_000
"""Records in a line while a store is filled."""

TINY, FEW = 1_000, 50
"""Records at which TinyDB's own storage is still to be waited for, and how many more are written."""

MIME = (b"x" * 76 + b"\r\n") * 360
"""As long as a week's letter."""

DOCUMENT = {"person": "p1", "kind": "tip", "state": "claimed", "at": "2026-11-30T07:00:00+00:00", "wire": 0, "tries": 0}


class Nowhere:
    """A transport that accepts everything: what is left is the ledger."""

    name = "smtp"

    def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
        on_wire()
        return f"250 2.0.0 Ok: queued as {envelope.message_id[:12]}"

    def close(self) -> None:
        """Nothing is held open."""


def goals() -> Iterator[Goal]:
    with one_core():
        yield _beside_the_sending()
        yield from _other_stores()
        yield _flat()


def _beside_the_sending() -> Goal:
    with tempfile.TemporaryDirectory() as scratch, sink() as port:
        engine = office(Path(scratch), PEOPLE)
        engine.tick(MONDAY)
        while engine.claim_some(MONDAY):
            pass  # the welcome letters; what is sent below is a week's letter
        ledger, sending = medians(_ledger, lambda: _sending(engine, port))
        engine.close()
    return Goal(
        area="ledger: claim, wire, settle",
        figure=f"{1e6 * ledger:.0f} us a letter",
        baseline=f"writing and sending it, {1e6 * sending:.0f} us",
        ratio=ledger / sending,
        wanted=0.2,
        at_most=True,
    )


def _ledger() -> float:
    """Seconds for a letter that goes through the outbox to nowhere: three lines, two of them in groups, and its bytes."""
    letters = [_letter(number) for number in range(LETTERS)]
    with tempfile.TemporaryDirectory() as scratch, open_database(Path(scratch) / "store") as database:
        spool = Spool(Path(scratch) / "spool")
        outbox = Outbox(database, spool, Nowhere)
        begin = time.perf_counter()
        for start in range(0, LETTERS, GROUP):
            outbox.add(claim(database, spool, letters[start : start + GROUP], MONDAY).claimed, MONDAY)
            outbox.drain(lambda: MONDAY, threading.Event())
        return (time.perf_counter() - begin) / LETTERS


def _letter(number: int) -> Claim:
    return Claim(
        id=f"{number:040x}",
        person=f"p{number}",
        to=f"p{number}@x.example",
        kinds=("tip",),
        notices=(f"tip/2026-W49/p{number}",),
        subject="Spørg en kritisk ven (og fire til)",
        transport="smtp",
        sender="ai@x.example",
        mime=MIME,
        counted=True,
    )


def _sending(engine: Engine, port: int) -> float:
    """Seconds for a letter that is written and sent, and of which nothing is written down."""
    now = MONDAY + timedelta(weeks=1)
    plan, wire = engine.plan(now), transport(port)
    begin = time.perf_counter()
    for job in plan.letters:
        links = letter_links(engine.links, job.person, 1, now)
        letter, mime = write(plan.world, job, engine.renderer, links, engine.sender)
        _deliver(wire, letter.address, mime)
    seconds = time.perf_counter() - begin
    wire.close()
    return seconds / len(plan.letters)


def _deliver(wire: Wire, to: str, mime: bytes) -> None:
    wire.deliver(mime, Envelope(sender="ai@x.example", recipient=to, message_id="1"), lambda: None)


# Other stores


def _other_stores() -> Iterator[Goal]:
    ours, sqlite, tiny = medians(_ours, _sqlite, _tinydb)
    for name, theirs in ((f"SQLite WAL FULL, groups of {GROUP}", sqlite), (f"TinyDB's JSON file of {TINY:,}", tiny)):
        yield Goal(
            area="two durable writes, in groups",
            figure=f"{1e6 * ours:.0f} us",
            baseline=f"{name}, {1e6 * theirs:.0f} us",
            ratio=theirs / ours,
            wanted=None,
        )


def _ours() -> float:
    with tempfile.TemporaryDirectory() as scratch, open_database(Path(scratch) / "store") as database:
        table = database.table("letters")
        begin = time.perf_counter()
        for start in range(0, LETTERS, GROUP):
            with database.batch():
                for number in range(start, start + GROUP):
                    table.put(str(number), DOCUMENT)
            with database.batch():
                for number in range(start, start + GROUP):
                    table.merge(str(number), {"state": "sent"})
        return (time.perf_counter() - begin) / LETTERS


def _sqlite() -> float:
    text, sent = json.dumps(DOCUMENT), json.dumps({**DOCUMENT, "state": "sent"})
    with tempfile.TemporaryDirectory() as scratch, closing(sqlite3.connect(Path(scratch) / "letters")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE letters (id TEXT PRIMARY KEY, document TEXT)")
        begin = time.perf_counter()
        for start in range(0, LETTERS, GROUP):
            numbers = range(start, start + GROUP)
            with database:
                for number in numbers:
                    database.execute("INSERT INTO letters VALUES (?, ?)", (str(number), text))
            with database:
                for number in numbers:
                    database.execute("UPDATE letters SET document = ? WHERE id = ?", (sent, str(number)))
        return (time.perf_counter() - begin) / LETTERS


def _tinydb() -> float:
    """TinyDB as it comes, with TINY records in it: a write each, for it has no groups, and no sync at all."""
    with tempfile.TemporaryDirectory() as scratch, TinyDB(Path(scratch) / "letters", storage=JSONStorage) as database:
        database.insert_multiple(DOCUMENT for _ in range(TINY))
        begin = time.perf_counter()
        for _ in range(FEW):
            number = database.insert(DOCUMENT)
            database.update({"state": "sent"}, doc_ids=[number])
        return (time.perf_counter() - begin) / FEW


# Flat


def _flat() -> Goal:
    """The same two writes with few and with very many records in the store."""
    with tempfile.TemporaryDirectory() as scratch, open_database(Path(scratch) / "store") as database:
        table = database.table("letters")
        _fill(database, table, 0, SMALL)
        (small,) = medians(lambda: _step(database, table))
        _fill(database, table, SMALL, LARGE)
        (large,) = medians(lambda: _step(database, table))
    return Goal(
        area=f"a record in a store of {LARGE:,}",
        figure=f"{1e6 * large:.0f} us",
        baseline=f"in a store of {SMALL:,}, {1e6 * small:.0f} us",
        ratio=large / small,
        wanted=1.3,
        at_most=True,
    )


def _fill(database: Database, table: JournalTable, start: int, end: int) -> None:
    for begin in range(start, end, FILL):
        with database.batch(sync=False):
            for number in range(begin, min(begin + FILL, end)):
                table.put(str(number), DOCUMENT)


def _step(database: Database, table: JournalTable) -> float:
    begin = time.perf_counter()
    for number in range(STEP):
        with database.batch(sync=False):
            table.merge(str(number * 7 % SMALL), {"wire": number})
        with database.batch(sync=False):
            table.put(f"new {number}", DOCUMENT)
    return (time.perf_counter() - begin) / (2 * STEP)
