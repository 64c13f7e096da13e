"""A power loss: what was written and not synced is gone. At most what was sent since the last sync is sent again.

A claim is synced, with the letters' bytes; `wire` and `settle` are not. So after a power loss the letters sent since
look claimed and untouched, and cannot be counted as in doubt: that is the bargain (DESIGN 4.1). A kill cannot show it,
for the kernel keeps what a killed process wrote.
"""

import os
from collections import Counter
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from mailer.drain import SETTLES
from service.engine import GROUP, Engine, build
from service.inputs import read_inputs
from service.state import Stored
from store.database import Database
from tests.crash.victim import Signal
from tests.service_values import MONDAY, approve_all, live, make_engine, row, write_config, write_people
from tests.smtp_server import SmtpServer

HOUR = timedelta(hours=1)
PEOPLE = GROUP + 30


class Disk:
    """Remembers how long the journal was when it was last synced."""

    def __init__(self) -> None:
        self.durable = 0

    def sync(self, descriptor: int) -> None:
        os.fdatasync(descriptor)
        self.durable = os.fstat(descriptor).st_size


@pytest.mark.parametrize(
    ("steps", "repeated"),
    [
        (["claim", 1], 1),
        (["claim", SETTLES - 1], SETTLES - 1),  # the most there can be
        (["claim", SETTLES], 0),
        (["claim", 60], 60 - 2 * SETTLES),
        (["claim", GROUP], 0),  # the last of what is claimed is synced when it is settled
        (["claim", 60, "claim", 7], 7),  # and so is everything before a claim
    ],
)
def test_a_power_loss_repeats_what_was_sent_since_the_last_sync_and_loses_nothing(
    tmp_path: Path, steps: list[str | int], repeated: int
) -> None:
    with SmtpServer() as server:
        prepared(tmp_path, server)
        until_the_power_fails(tmp_path, server, steps)
        begun_again = make_engine(tmp_path)
        for later in (HOUR, 2 * HOUR):
            live(begun_again, MONDAY + later)
        states = Counter(letter.state for letter in begun_again.letters())
        begun_again.close()
    copies: dict[str, list[bytes]] = {}
    for letter in server.accepted:
        copies.setdefault(letter.recipients[0], []).append(letter.data)
    twice = [found for found in copies.values() if len(found) > 1]
    assert copies.keys() == {f"p{number}@x.example" for number in range(1, PEOPLE + 1)}
    assert (len(twice), {len(found) for found in twice} - {2}) == (repeated, set())
    assert [found for found in twice if len(set(found)) > 1] == []
    assert states == {"sent": PEOPLE}


def prepared(folder: Path, server: SmtpServer) -> None:
    """Everybody's welcome is approved, and that is durable."""
    write_config(folder, transport="smtp", port=server.port)
    write_people(folder, [row(number) for number in range(1, PEOPLE + 1)])
    engine = make_engine(folder)
    engine.tick(MONDAY)
    approve_all(engine, MONDAY)
    engine.close()


def until_the_power_fails(folder: Path, server: SmtpServer, steps: list[str | int]) -> None:
    """Claim a group, or send so many letters, step by step; then only what was synced is left of the journal."""
    disk = Disk()
    engine = on_disk(folder, disk)
    engine.tick(MONDAY)
    outbox = engine.make_outbox()
    for step in steps:
        if isinstance(step, int):
            stop = Event()
            server.on_stage = Signal("end", step, stop.set)
            outbox.drain(lambda: MONDAY, stop)
        else:
            outbox.add(engine.claim_some(MONDAY), MONDAY)
    file = engine.folder / "store" / "journal-1"
    kept = file.read_bytes()[: disk.durable]
    engine.close()
    file.write_bytes(kept)


def on_disk(folder: Path, disk: Disk) -> Engine:
    """An engine whose store tells `disk` what is durable."""
    path = folder / "config.toml"
    engine = build(path, read_inputs(path), folder / "var", key=b"key")
    engine.close()
    engine.database = Database(folder / "var" / "store", fdatasync=disk.sync)
    engine.stored = Stored(engine.database)
    disk.durable = (folder / "var" / "store" / "journal-1").stat().st_size  # what was there was synced when it closed
    return engine
