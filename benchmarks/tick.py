"""The tick: a first one, one with nothing to do, and reading the people file."""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from benchmarks.goal import Goal, cpu_seconds, medians, one_core
from benchmarks.office import MONDAY, office, row
from service.people_file import read_people

PEOPLE = 10_000


def goals() -> Iterator[Goal]:
    with one_core(), tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        engine = office(folder, PEOPLE)
        rows = [f"{row(n).number};{row(n).name};{row(n).email};{row(n).department}" for n in range(PEOPLE)]
        (folder / "people.csv").write_text("\n".join(["id;navn;mail;afdeling", *rows]), "utf-8")
        first = cpu_seconds(lambda: engine.tick(MONDAY))
        while engine.claim_some(MONDAY):
            pass
        read, idle = medians(
            lambda: cpu_seconds(lambda: read_people(folder / "people.csv", engine.inputs.departments)),
            lambda: cpu_seconds(lambda: engine.tick(MONDAY + timedelta(minutes=1))),
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
