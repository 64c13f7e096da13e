"""One run for each instant of the service: begin, kill, start again, count.

A run gives None when the kill missed its instant; then it is repeated with another draw.
"""

import os
import random
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from service.engine.still import STILL
from store.database import open_database
from tests.crash.child import PEOPLE, replace, set_clock
from tests.crash.count import Due, Result, counted
from tests.crash.ground import ABSENCES, MONDAY, NOW, ROLLING, WEEK, WELCOMES, people, row, write_config
from tests.crash.victim import PATIENCE, Process, Signal, Victim, kill, later, until, victim

Run = Callable[[Path, random.Random], Result | None]

STAGES = ("mail", "rcpt", "data", "end")
WELCOME = Due(must=frozenset(f"welcome/first/{number}" for number in range(1, WELCOMES + 1)))
ROLL_OVER = Due(
    must=frozenset(f"{kind}/{number}" for kind in (f"tip/{WEEK}", "invite/1") for number in range(1, ROLLING + 1))
)
HURRY_SECONDS = 0.3
"""Between two steps of the clock: some beats, of which each looks at the files."""

BALLAST = 3000
"""Records of a kilobyte beside the real ones: enough for the daemon to compact, and for compaction to take a while."""


def sending(ground: Path, draw: random.Random, stage: str | None) -> Result | None:
    """On the server's signal between `wire` and the reply of `stage`; None: at any moment."""
    with victim(ground / "welcoming") as service:
        connections = started_with(service, draw)
        process = service.start("run")
        at_kill = kill_on_signal(service, process, draw, stage, draw.randrange(15, WELCOMES - 25))
        if not 0 < at_kill < WELCOMES:
            return None
        again = draw.random() < 0.3 and kill_the_recovery(service, draw, connections, WELCOMES)
        name = f"sending, at {stage}" if stage else "sending, at any moment"
        return finished(service, WELCOME, name, at_kill, (connections, 1) if again else (connections,))


def compacting_at_start(ground: Path, draw: random.Random) -> Result | None:
    """Killed while sending, and again by the compaction that the next start begins with."""
    with victim(ground / "welcoming") as service:
        connections = started_with(service, draw)
        at_kill = kill_on_signal(service, service.start("run"), draw, None, draw.randrange(15, WELCOMES - 60))
        load(service.store)
        set_clock(service.folder, NOW + timedelta(days=1))  # it compacts once a day
        process = service.start("run")
        if not 0 < at_kill < WELCOMES or not hit_compaction(service, process, draw):
            return None
        # It compacts beside its senders, so the second kill may cut connections too.
        return finished(service, WELCOME, "compacting, at a start", at_kill, (connections, connections))


def compacting_beside(ground: Path, draw: random.Random) -> Result | None:
    """A process that compacts again and again beside a sending daemon; it is killed within one, the daemon later."""
    with victim(ground / "welcoming") as service:
        load(service.store)
        connections = started_with(service, draw)
        slowed(service)
        daemon = service.start("run")
        until(lambda: service.accepted() > 5, daemon)
        other, generations = service.start("compact"), draw.randrange(1, 5)
        until(lambda: service.generation() >= generations, other)
        if not hit_compaction(service, other, draw):
            return None
        at_kill = service.accepted()
        kill(daemon)
        if not 0 < at_kill < WELCOMES:
            return None
        return finished(service, WELCOME, "compacting, beside the daemon", at_kill, (0, connections))


def reloading(ground: Path, draw: random.Random) -> Result | None:
    """In the middle of a sending config and people are edited; the daemon is killed before it has taken them in."""
    with victim(ground / "welcoming") as service:
        connections = started_with(service, draw)
        slowed(service)
        process = service.start("run")
        mark = draw.randrange(10, 60)
        until(lambda: service.accepted() > mark, process)
        edit(service, connections)
        held_up = service.folder / "absences.csv"
        let_read_on(held_up, process, service)
        later(draw.uniform(0, 0.05))
        kill(process)
        at_kill = service.accepted()
        replace(held_up, ABSENCES)
        if service.logged("tick: edited") or not 0 < at_kill < WELCOMES:
            return None
        return finished(service, EDITED, "reloading", at_kill, (connections,))


JOINER, LEAVER = WELCOMES + 1, WELCOMES
EDITED = Due(
    must=frozenset({*WELCOME.must, f"welcome/first/{JOINER}"} - {f"welcome/first/{LEAVER}"}),
    may=frozenset({f"welcome/first/{LEAVER}"}),
)
"""Whoever leaves in the middle of a sending has a letter only when it was claimed before."""


def edit(service: Victim, connections: int) -> None:
    """Another text, one who leaves, one who joins, one whose address was wrong; and absences that make the reader
    wait for us: a pipe, so that we know when the daemon is in the middle of its reading."""
    write_config(service.folder, port=service.server.port, connections=connections, tools="De nye godkendte.")
    corrected = row(LEAVER - 1, "rettet@crash.example")
    rows = [row(number) for number in range(1, LEAVER - 1)]
    replace(service.folder / PEOPLE, people([*rows, corrected, row(JOINER)]))
    pipe = service.folder / "pipe"
    os.mkfifo(pipe)
    pipe.replace(service.folder / "absences.csv")


def let_read_on(pipe: Path, process: Process, service: Victim) -> None:
    """Wait until the process has opened the pipe to read it, and give it what it wants. Its clock hurries meanwhile, for
    what is edited is read when it has stood still for ten seconds."""
    opened, hurried, began = list[int](), 0, time.monotonic()

    def reader_is_there() -> bool:
        nonlocal hurried
        if time.monotonic() - began > hurried * HURRY_SECONDS:
            hurried += 1
            set_clock(service.folder, datetime.now(UTC) + hurried * STILL)
        with suppress(OSError):  # nobody has opened it yet
            opened.append(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
        return bool(opened)

    if until(reader_is_there, process):
        os.write(opened[0], ABSENCES.encode())
        os.close(opened[0])


def rolling(ground: Path, draw: random.Random, *, at_the_tick: bool) -> Result | None:
    """The clock of the running daemon goes from Sunday to the Monday on which letters and longer series are due.

    It is killed while it writes that down, or while it sends.
    """
    with victim(ground / "rolling") as service:
        connections = started_with(service, draw, channel="invite")
        if at_the_tick:
            slowed(service)
        process = service.start("run")
        until(lambda: service.logged("tick: started") > 0, process)
        due = len(ROLL_OVER.must)
        signalled = Signal("rcpt", draw.randrange(8, due - 15), lambda: kill(process))
        if not at_the_tick:
            service.server.on_stage = signalled
        set_clock(service.folder, MONDAY)
        if at_the_tick:
            until(lambda: begun(service), process)
            later(draw.uniform(0, 0.25))
            kill(process)
        else:
            signalled.reached.wait(PATIENCE)
        service.server.on_stage = None
        at_kill = service.accepted()
        if not begun(service) or at_kill >= due:
            return None
        again = at_kill < due - 40 and draw.random() < 0.3 and kill_the_recovery(service, draw, connections, due)
        name = "rolling over, at the tick" if at_the_tick else "rolling over, sending"
        return finished(service, ROLL_OVER, name, at_kill, (connections, 1) if again else (connections,))


# What the runs share


def started_with(service: Victim, draw: random.Random, channel: str = "feed") -> int:
    """Write the config for this server; how many connections the daemon opens."""
    connections = draw.choice((1, 3))
    write_config(service.folder, port=service.server.port, connections=connections, channel=channel)
    return connections


def kill_on_signal(service: Victim, process: Process, draw: random.Random, stage: str | None, count: int) -> int:
    """Kill when `stage` is reached for the `count`-th time, or a moment after; how many letters were accepted."""
    signalled = Signal(stage or "end", count, lambda: kill(process) if stage else None)
    service.server.on_stage = signalled
    until(lambda: signalled.reached.is_set(), process)
    if not stage:
        later(draw.uniform(0, 0.03))
    kill(process)
    service.server.on_stage = None
    return service.accepted()


def kill_the_recovery(service: Victim, draw: random.Random, connections: int, due: int) -> bool:
    """Kill the next start too, when it is past the letters in doubt: a second doubt of one letter parks it."""
    first, last = 2 * connections + 3, due - service.accepted() - 2
    if first >= last:
        return False
    process = service.start("once")
    kill_on_signal(service, process, draw, draw.choice(STAGES), draw.randrange(first, last))
    return process.returncode is not None and process.returncode < 0


def hit_compaction(service: Victim, process: Process, draw: random.Random) -> bool:
    """Kill the process in the middle of a compaction; whether the store's files show that it was."""
    until(service.compacting, process, 0.0005)  # a compaction is over in some milliseconds
    later(draw.uniform(0, 0.012))
    kill(process)
    return service.compacting()


def slowed(service: Victim) -> None:
    """A server that thinks twenty milliseconds about each letter, so that a sending outlasts the start of a process."""
    service.server.on_stage = lambda stage: later(0.02) if stage == "end" else None


def begun(service: Victim) -> bool:
    """Whether letters of the new week are claimed. A file may go while we look."""
    for file in service.store.glob("journal-*"):
        with suppress(FileNotFoundError):
            if b'"transport":"smtp"' in file.read_bytes():
                return True
    return False


def load(store: Path) -> None:
    """Write the ballast, as another process could."""
    with open_database(store) as db, db.batch():
        for key in range(BALLAST):
            db.table("ballast").put(str(key), {"text": "x" * 1000})


def finished(service: Victim, due: Due, instant: str, at_kill: int, cut: tuple[int, ...]) -> Result:
    """Start it until it is quiet, and count. `cut`: how many connections each kill could leave in doubt."""
    service.server.on_stage = None
    service.recover()
    return counted(
        service.server,
        service.folder,
        due,
        instant=instant,
        at_kill=at_kill,
        left=len(due.must) - at_kill,
        kills=len(cut),
        open_=sum(cut),
    )


RUNS: tuple[Run, ...] = (
    *(partial(sending, stage=stage) for stage in STAGES),
    partial(sending, stage=None),
    compacting_at_start,
    compacting_beside,
    reloading,
    partial(rolling, at_the_tick=True),
    partial(rolling, at_the_tick=False),
)
