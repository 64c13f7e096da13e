"""Reading 3,000 people, as CSV and as a workbook, beside the csv module alone."""

import csv
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.goal import Goal, cpu_seconds, medians, one_core
from culture.people import Department
from service.settings.people_file import read_people
from service.settings.sections import PeopleSection
from tests.workbook_values import workbook

PEOPLE = 3_000
DEPARTMENTS = {f"d{at}": Department(key=f"d{at}", name=f"Afdeling {at}") for at in range(110)}
PATTERNS = {f"Skole {at}*": f"d{at}" for at in range(20)} | {"*": "d0"}
HEADING = ["Tjenestenr", "Fornavn", "Efternavn", "E-mail", "Org.enhed", "Afdelingsnavn", "Ansat", "Fratrådt"]


def rows() -> Iterator[list[str]]:
    """A municipality as its payroll writes it."""
    yield HEADING
    for at in range(PEOPLE):
        place = at % len(DEPARTMENTS)
        yield [
            f"{100000 + at}",
            f"Fornavn{at}",
            "Sørensen",
            f"p{at}@by.example",
            f"50{place}",
            f"Afdeling {place}",
            "01.03.2019",
            "31.12.9999",
        ]


def goals() -> Iterator[Goal]:
    section = PeopleSection(departments=PATTERNS)
    with one_core(), tempfile.TemporaryDirectory() as scratch:
        text, book = Path(scratch) / "people.csv", Path(scratch) / "people.xlsx"
        text.write_text("".join(";".join(row) + "\n" for row in rows()), "utf-8")
        book.write_bytes(workbook(list(rows())))
        read_people(book, DEPARTMENTS, section)  # imported once
        bare, ours, excel = medians(
            lambda: cpu_seconds(lambda: _bare(text)),
            lambda: cpu_seconds(lambda: read_people(text, DEPARTMENTS, section)),
            lambda: cpu_seconds(lambda: read_people(book, DEPARTMENTS, section)),
        )
    for name, seconds in ((".csv", ours), (".xlsx", excel)):
        yield Goal(
            area=f"reading {PEOPLE:,} people, {name}",
            figure=f"{1000 * seconds:.0f} ms CPU",
            baseline=f"csv.DictReader alone, {1000 * bare:.1f} ms",
            ratio=seconds / bare,
            wanted=None,
        )


def _bare(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))
