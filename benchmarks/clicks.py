"""A click: what a choice, a pass and a discovery cost beside a plan, and ten of them at once."""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from benchmarks.goal import Goal, cpu_seconds, one_core
from benchmarks.office import MONDAY, row
from culture.relay.schedule import RelayRecords
from service.acts.page_acts import carry_out
from service.acts.requests import Act, PageChoice
from service.engine.engine import Engine
from service.engine.health import Figures, Pulse
from service.pages.make_view import after_act, make_view
from service.pages.view import View
from service.settings.example_files import write_example
from service.settings.inputs import read_inputs
from service.settings.people_file import People
from store.database import Database
from store.spool import Spool

SIZES = (10_000, 100_000)
CLICKS = 10
SHARE = 0.02
"""A click may cost a fiftieth of a plan."""

MINUTE = timedelta(minutes=1)
TUESDAY = MONDAY + timedelta(days=1)
MEMBERS = 50
"""People of one department, who share a turn list."""

DEPARTMENT = """
[departments.d{number}]
name = "Department {number}"
meeting = {{ weekday = "thursday", time = "09:00", every = "week" }}
"""


def goals() -> Iterator[Goal]:
    for people in SIZES:
        with one_core(), tempfile.TemporaryDirectory() as scratch:
            engine = departments(Path(scratch), people)
            yield from _clicks(engine, people)
            engine.close()


def _clicks(engine: Engine, people: int) -> Iterator[Goal]:
    engine.tick(MONDAY)  # whom the service meets; the first turns are on the next day
    view = make_view(engine, engine.tick(TUESDAY), lambda: Pulse(TUESDAY).health(Figures))
    now = TUESDAY + MINUTE
    plan = cpu_seconds(lambda: engine.plan(now))
    for name, act in acts(engine.snapshot(now).of(RelayRecords)).items():
        seconds = cpu_seconds(partial(click, engine, view, act, now))
        yield _goal(f"{name}, {people:,} people", seconds, plan)
    yield _slowest(engine, view, now, plan, people)


def departments(folder: Path, people: int) -> Engine:
    """The shipped example with so many people in departments of MEMBERS, each with a relay of its own."""
    write_example(folder)
    path, var = folder / "config.toml", folder / "var"
    more = "".join(DEPARTMENT.format(number=number) for number in range(people // MEMBERS))
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    rows = tuple(replace(row(number), department=f"d{number // MEMBERS}") for number in range(people))
    inputs = replace(read_inputs(path), people=People(rows=rows))
    database, spool = Database(var / "store"), Spool(var / "spool")
    return Engine(path=path, inputs=inputs, folder=var, database=database, spool=spool, key=b"benchmark")


def acts(records: RelayRecords) -> dict[str, PageChoice | Act]:
    turn = min((turn for turn in records.turns.values() if turn.open), key=lambda turn: turn.id)
    somebody = turn.presenter
    return {
        "a choice": PageChoice(person_id=somebody, changes={"language": "en"}),
        "a pass": Act(person_id=somebody, doing="pass", about=turn.id),
        "a discovery": Act(person_id=somebody, doing="discovery", values={"text": "It knows our abbreviations."}),
    }


def click(engine: Engine, view: View, act: PageChoice | Act, now: datetime) -> View:
    """What the service does between a click and its answer."""
    carry_out(engine, act, now)
    return after_act(engine, view, act.person_id, now)


def _slowest(engine: Engine, view: View, now: datetime, plan: float, people: int) -> Goal:
    """Ten people click at the same moment and are served in turn: how long the last one waits."""
    somebody = list(view.organisation.people)[:CLICKS]
    begin = time.perf_counter()
    for number, person_id in enumerate(somebody):
        text = f"It knows our abbreviations, {number}."
        view = click(engine, view, Act(person_id=person_id, doing="discovery", values={"text": text}), now)
    return _goal(
        f"the slowest of {CLICKS} at once, {people:,} people", time.perf_counter() - begin, plan, CLICKS * SHARE
    )


def _goal(area: str, seconds: float, plan: float, wanted: float = SHARE) -> Goal:
    return Goal(
        area=f"a click beside a plan: {area}",
        figure=f"{seconds * 1000:.1f} ms",
        baseline=f"a plan, {plan:.2f} s",
        ratio=seconds / plan,
        wanted=wanted,
        at_most=True,
    )
