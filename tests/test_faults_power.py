"""A power loss: what was written and not synced is gone, whole or in part. At most what was sent since the last sync is sent again.

A claim is synced, with the letters' bytes; `wire` and `settle` are not. So after a power loss the letters sent since
look claimed and untouched, and cannot be counted as in doubt: that is the bargain (DESIGN 4.1). A kill cannot show it,
for the kernel keeps what a killed process wrote.
"""

import os
from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Event

import pytest

from mailer.drain import SETTLES
from service.engine.engine import GROUP, Engine
from service.engine.opening import build
from service.engine.state import Stored
from service.settings.inputs import read_inputs
from store.database import Database
from tests.crash.victim import Signal
from tests.power.__main__ import crashed, logged
from tests.power.disk import Disk
from tests.power.log import Operation
from tests.service_values import MONDAY, approve_all, live, make_engine, row, write_config, write_people
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.kill

HOUR = timedelta(hours=1)
FEW = SETTLES + 6
"""One group, sooner claimed than a whole one, in which a sync falls between two letters."""


class LastSync:
    """Remembers how long the journal was when it was last synced."""

    def __init__(self) -> None:
        self.durable = 0

    def sync(self, descriptor: int) -> None:
        os.fdatasync(descriptor)
        self.durable = os.fstat(descriptor).st_size


@pytest.mark.parametrize(
    ("people", "steps", "repeated"),
    [
        (FEW, ["claim", 1], 1),
        (FEW, ["claim", SETTLES - 1], SETTLES - 1),  # the most there can be
        (FEW, ["claim", SETTLES], 0),
        (FEW + SETTLES, ["claim", 54], 54 - 2 * SETTLES),
        (FEW, ["claim", FEW], 0),  # the last of what is claimed is synced when it is settled
        (GROUP + 10, ["claim", GROUP - 15, "claim", 7], 7),  # and so is everything before a claim
    ],
)
def test_a_power_loss_repeats_what_was_sent_since_the_last_sync_and_loses_nothing(
    tmp_path: Path, people: int, steps: list[str | int], repeated: int
) -> None:
    with SmtpServer() as server:
        prepared(tmp_path, server, people)
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
    assert copies.keys() == {f"p{number}@x.example" for number in range(1, people + 1)}
    assert (len(twice), {len(found) for found in twice} - {2}) == (repeated, set())
    assert [found for found in twice if len(set(found)) > 1] == []
    assert states == {"sent": people}


def prepared(folder: Path, server: SmtpServer, people: int) -> None:
    """Everybody's welcome is approved, and that is durable."""
    write_config(folder, transport="smtp", port=server.port)
    write_people(folder, [row(number) for number in range(1, people + 1)])
    engine = make_engine(folder)
    engine.tick(MONDAY)
    approve_all(engine, MONDAY)
    engine.close()


def until_the_power_fails(folder: Path, server: SmtpServer, steps: list[str | int]) -> None:
    """Claim a group, or send so many letters, step by step; then only what was synced is left of the journal."""
    disk = LastSync()
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


def on_disk(folder: Path, disk: LastSync) -> Engine:
    """An engine whose store tells `disk` what is durable."""
    path = folder / "config.toml"
    engine = build(path, read_inputs(path), folder / "var", key=b"key")
    engine.close()
    engine.database = Database(folder / "var" / "store", fdatasync=disk.sync)
    engine.stored = Stored(engine.database)
    disk.durable = (folder / "var" / "store" / "journal-1").stat().st_size  # what was there was synced when it closed
    return engine


# Pages in any order: `python -m tests.power --states 300` has many states, and counts them


@pytest.fixture(scope="module")
def operations(tmp_path_factory: pytest.TempPathFactory) -> list[Operation]:
    """What a run of three mornings asked of the disk."""
    return logged(tmp_path_factory.mktemp("logged"))


def test_whatever_pages_and_names_are_lost_the_store_opens_and_no_letter_is(
    tmp_path: Path, operations: list[Operation]
) -> None:
    draw = Random(7)
    places = [draw.randrange(1, len(operations)) for _ in range(8)]
    results = [crashed(tmp_path / str(place), operations, place, draw) for place in places]
    assert [result for result in results if result.broken] == []


def test_current_never_names_files_whose_names_may_not_be_on_the_disk(operations: list[Operation]) -> None:
    disk, seen = Disk(), []
    for operation in operations:
        disk.do([operation])
        if operation[0] == "move" and operation[2].endswith("/CURRENT"):
            folder, number = Path(operation[2]).parent, disk.files[disk.names[operation[2]]].versions
            assert len(number) == 1  # synced before it had its name
            seen += [f"{folder}/{kind}-{number[0].split()[0].decode()}" for kind in ("snapshot", "journal")]
            assert [name for name in seen[-2:] if name not in disk.durable] == []
            assert [name for name in seen[-2:] if len(disk.files[disk.durable[name]].versions) > 1] == []
    assert len(seen) >= 2 * 4  # of a first start and three compactions


def test_the_disk_of_the_model_keeps_what_was_synced_and_may_lose_any_other_page() -> None:
    disk = Disk()
    disk.do([("make", "/f/a", 1), ("write", 1, 0, b"x" * 5000), ("sync", 1), ("folder", "/f")])
    disk.do([("write", 1, 5000, b"y" * 8000), ("make", "/f/b", 2)])
    found = [disk.after_a_power_loss(Random(seed)) for seed in range(200)]
    assert {state["/f/a"][:5000] for state in found} == {b"x" * 5000}
    pages = {(state["/f/a"][5000:8192].count(b"y"), state["/f/a"][8192:].count(b"y")) for state in found}
    assert {(0, 4808), (3192, 0), (0, 0), (3192, 4808)} <= pages
    assert {"/f/b" in state for state in found} == {True, False}
