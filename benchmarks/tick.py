"""The tick: a first one, one with nothing to do, and reading the people file."""

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.goal import Goal, cpu_seconds, medians, one_core
from benchmarks.ledger import Nowhere
from benchmarks.office import MONDAY, office
from mailer.drain import Outbox
from service.engine.engine import Engine
from service.engine.health import Figures, Pulse
from service.pages.make_view import make_view
from service.pages.view import View
from service.settings.people_file import read_people

PEOPLE = 10_000


def full(engine: Engine, outbox: Outbox, now: datetime) -> View:
    """A tick as the service has it, and what the pages show after it."""
    return make_view(engine, engine.tick(now), lambda: Pulse(now).health(Figures))


def goals() -> Iterator[Goal]:
    with one_core(), tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        engine = office(folder, PEOPLE)
        outbox = Outbox(engine.database, engine.spool, Nowhere)
        first = cpu_seconds(lambda: full(engine, outbox, MONDAY))
        while engine.claim_some(MONDAY):
            pass
        read, idle = medians(
            lambda: cpu_seconds(lambda: read_people(folder / "people.csv", engine.inputs.departments)),
            lambda: cpu_seconds(lambda: full(engine, outbox, MONDAY + timedelta(minutes=1))),
        )
        engine.close()
    beside = f"reading the people file, {read:.2f} s"
    yield Goal(
        area=f"first tick, {PEOPLE:,} people",
        figure=f"{first:.2f} s CPU",
        baseline=beside,
        ratio=first / read,
        wanted=None,
    )
    yield Goal(
        area=f"CPU seconds of an idle tick, {PEOPLE:,} people",
        figure=f"{idle:.2f} s CPU",
        baseline=beside,
        ratio=idle,
        wanted=1.0,
        at_most=True,
    )
