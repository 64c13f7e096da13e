"""An organisation of any size for the benchmarks: the shipped example with made-up people."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from culture.people import Row
from service.engine.engine import Engine
from service.settings.example_files import write_example
from service.settings.inputs import read_inputs
from service.settings.people_file import People
from store.database import Database
from store.spool import Spool

MONDAY = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
"""In the sending window, on the day of the week's letter."""

DEPARTMENTS = ("plan", "jura", "drift", "stab")


def row(number: int) -> Row:
    """One made-up person."""
    return Row(
        email=f"p{number}.person{number}@x.example",
        name=f"Søren Ærø {number}",
        department=DEPARTMENTS[number % len(DEPARTMENTS)],
        number=str(10_000 + number),
    )


def prepare(folder: Path, people: int) -> None:
    """The shipped example, with a people file of so many and no absences."""
    write_example(folder)
    (folder / "absences.csv").write_text("id;fra;til\n", "utf-8")
    lines = [f"{one.number};{one.name};{one.email};{one.department}" for one in map(row, range(people))]
    (folder / "people.csv").write_text("\n".join(["id;navn;mail;afdeling", *lines]), "utf-8")


def office(folder: Path, people: int) -> Engine:
    """The shipped example with so many people."""
    prepare(folder, people)
    path, var = folder / "config.toml", folder / "var"
    inputs = replace(read_inputs(path), people=People(rows=tuple(row(number) for number in range(people))))
    database, spool = Database(var / "store"), Spool(var / "spool")
    return Engine(path=path, inputs=inputs, folder=var, database=database, spool=spool, key=b"benchmark")
