"""100,000 people on one machine: the first tick, two weeks of letters, a tick with nothing to do, memory and disk.

`python -m benchmarks.scale FOLDER plan` and `... work` are the processes that are measured.
"""

import gc
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.goal import Goal, cpu_seconds, one_core
from benchmarks.ledger import Nowhere
from benchmarks.office import MONDAY, prepare
from benchmarks.tick import full
from mailer.drain import Outbox
from service.answers.show import plan_lines
from service.cli.main import COLLECTED_AFTER
from service.engine.engine import Engine
from service.engine.opening import looking, opened
from service.settings.people_file import read_people

PEOPLE = 100_000


class Folder(Nowhere):
    """Under the name that the example has its letters claimed for."""

    name = "folder"


def goals() -> Iterator[Goal]:
    with tempfile.TemporaryDirectory() as scratch, one_core():
        folder = Path(scratch)
        prepare(folder, PEOPLE)
        planned, worked = _child(folder, "plan"), _child(folder, "work")
    read = f"reading the people file, {worked['read']:.1f} s"
    yield _goal("cold start and first tick", worked["first"], read, 20.0)
    yield _goal("aikultur plan before it, with its lines", planned["plan"], f"{planned['memory']:.0f} MB", None)
    yield _goal("a tick with every letter of the week due", worked["due"], read, None)
    yield _goal("a tick with nothing to do", worked["idle"], read, 10.0)
    yield Goal(
        area=f"MB of memory, {PEOPLE:,} people, a week's ledger",
        figure=f"{worked['memory_week']:.0f} MB",
        baseline=f"first tick {worked['memory_first']:.0f} MB, two weeks {worked['memory']:.0f} MB",
        ratio=worked["memory_week"],
        wanted=400.0,
        at_most=True,
    )
    yield Goal(
        area=f"MB of store and spool, {PEOPLE:,} people, two weeks",
        figure=f"{worked['store'] + worked['spool']:.0f} MB",
        baseline=f"the spool of it, {worked['spool']:.0f} MB",
        ratio=worked["store"],
        wanted=None,
    )
    yield Goal(
        area="letters written and claimed, to nowhere",
        figure=f"{worked['letters'] / worked['writing']:.0f} letters/s",
        baseline=f"of {worked['letters']:,}",
        ratio=worked["writing"],
        wanted=None,
    )


def _goal(area: str, seconds: float, beside: str, wanted: float | None) -> Goal:
    text = f"CPU seconds: {area}"
    return Goal(area=text, figure=f"{seconds:.1f} s CPU", baseline=beside, ratio=seconds, wanted=wanted, at_most=True)


def _child(folder: Path, what: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.scale", str(folder), what]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603 - our own module
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def plan(folder: Path) -> dict[str, float]:
    """What the command does that only looks."""
    begin = time.process_time()
    with looking(folder / "config.toml") as engine:
        lines = list(plan_lines(engine.plan(MONDAY), "da"))
    return {"plan": time.process_time() - begin, "lines": len(lines), "memory": memory()}


def work(folder: Path) -> dict[str, float]:
    """What the service does, from its start over the welcome letters to the end of the next week's."""
    begin, week = time.process_time(), MONDAY + timedelta(weeks=1)
    with opened(folder / "config.toml") as engine:
        outbox = Outbox(engine.database, engine.spool, Folder)
        view = full(engine, outbox, MONDAY)  # kept, as the service keeps it for its pages
        found = {"first": time.process_time() - begin, "memory_first": memory()}
        begin = time.time()
        letters = send(engine, outbox, MONDAY)
        writing = time.time() - begin
        view = full(engine, outbox, MONDAY + timedelta(minutes=5))
        found["memory_week"] = memory()
        found["due"] = cpu_seconds(lambda: full(engine, outbox, week))
        begin = time.time()
        letters += send(engine, outbox, week)
        found |= {"writing": writing + time.time() - begin, "letters": letters, "people": len(view.feed_tokens)}
        found["idle"] = cpu_seconds(lambda: full(engine, outbox, week + timedelta(minutes=5)))
        found |= {"memory": memory(), "store": size(folder / "var/store"), "spool": size(folder / "var/spool")}
        departments = engine.inputs.departments
        found["read"] = cpu_seconds(lambda: read_people(folder / "people.csv", departments))
    return found


def send(engine: Engine, outbox: Outbox, now: datetime) -> int:
    """Write, claim and settle all letters that are due; how many."""
    sent = 0
    while claimed := engine.claim_some(now):
        outbox.add(claimed, now)
        sent += outbox.drain(lambda: now, threading.Event())
    return sent


def memory() -> float:
    """The most that this process has had in memory, in MB."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def size(folder: Path) -> float:
    """MB of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


if __name__ == "__main__":
    gc.set_threshold(COLLECTED_AFTER)
    place = Path(sys.argv[1])
    print(json.dumps(plan(place) if sys.argv[2] == "plan" else work(place)))
