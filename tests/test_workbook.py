"""People and absences in an Excel workbook are read as the same table in a CSV is, and what is no such workbook is said."""

import subprocess
import sys
from datetime import date, datetime, time
from pathlib import Path

import pytest

from culture.people import Department
from culture.workdays import Span
from service.messages.faults import BadInput
from service.settings.headings import HEADERS
from service.settings.people_file import Absence, People, read_absences, read_people
from service.settings.table_file import open_table
from service.settings.workbook import COMPOUND, ENCRYPTED
from tests.workbook_values import MAIN, Rows, packed, stored, workbook

DEPARTMENTS = {
    "plan": Department(key="plan", name="Plan og Byrum"),
    "jura": Department(key="jura", name="Jura og Tilladelser"),
}
HEADING = ("Medarbejdernr", "Navn", "E-mail", "Afdeling", "Ansat", "Fratrådt", "Tid")
ANNA = ("1001", "Anna Holm", "a@x.example", "Plan og Byrum", "2019-03-01", "", "12:30")
BO = ("1002", "Bo Ærø", "b@x.example", "jura", "", "9999-12-31", "")
CSV = "\n".join(";".join(one) for one in (HEADING, ANNA, BO))
DAY = datetime(2019, 3, 1)  # noqa: DTZ001 - a workbook knows no zones


def read(folder: Path, content: bytes | str, name: str = "people.xlsx") -> People:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return read_people(folder / name, DEPARTMENTS)


@pytest.mark.parametrize(
    "rows",
    [
        (HEADING, ANNA, BO),
        (HEADING, (1001, *ANNA[1:4], date(2019, 3, 1), None, time(12, 30)), (1002.0, *BO[1:5], date(9999, 12, 31))),
        (HEADING, (1001, *ANNA[1:4], DAY, date(1899, 12, 30), time(12, 30)), BO),
        (("Udtræk pr. 29-11-2026",), (), HEADING, ANNA, (), BO, ("I alt: 2 medarbejdere",)),
        ((None, *HEADING, None, "Noter:"), (None, *ANNA, None, "se Bo"), (None, *BO), (None, *[None] * 9, "x")),
        (HEADING, ("1001", "Anna\u00a0Holm ", "a@x.example", "Plan  og\u200b Byrum", *ANNA[4:]), BO),
    ],
    ids=["texts", "numbers and days", "a time of day with the day, and the day 0", "title", "beside", "blanks"],
)
def test_a_workbook_is_read_as_the_same_table_in_text(tmp_path: Path, rows: Rows) -> None:
    assert read(tmp_path, workbook(rows)).rows == read(tmp_path, CSV, "people.csv").rows


def test_it_is_the_first_sheet_with_a_heading_that_is_shown(tmp_path: Path) -> None:
    old = (HEADING, ("9", "Old", "old@x.example", "plan"))
    content = workbook(old, (("Vejledning",), ("Se næste ark",)), (HEADING, ANNA), (HEADING, BO), hidden=1)
    assert [row.number for row in read(tmp_path, content).rows] == ["1001"]


def test_a_fault_names_the_row_as_excel_shows_it(tmp_path: Path) -> None:
    content = workbook(((), ("Titel",), HEADING, ANNA, (), ("1002", "Bo", "b", "plan")))
    assert [fault.place for fault in read(tmp_path, content).faults] == ["6:email"]


def test_absences_come_in_a_workbook_too(tmp_path: Path) -> None:
    rows = (("Medarbejdernr", "Fra", "Til"), (1001, date(2026, 12, 1), date(2026, 12, 4)), (1002, date(2026, 12, 7)))
    (tmp_path / "absences.xlsx").write_bytes(workbook(rows))
    assert read_absences(tmp_path / "absences.xlsx") == (
        (
            Absence(2, "1001", Span(date(2026, 12, 1), date(2026, 12, 4))),
            Absence(3, "1002", Span(date(2026, 12, 7), date.max)),
        ),
        (),
    )


def test_a_column_that_is_missing_is_said_with_its_row(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as bad:
        read(tmp_path, workbook((("Oversigt",), ("Navn", "E-mail"), ("Bo", "b@x.example"))))
    assert [fault.place for fault in bad.value.faults] == ["2"]


FAR = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
BARE = f'<worksheet xmlns="{MAIN}"><sheetData>{"<row/>" * 400_000}<row>{"<c/>" * 16}</row></sheetData></worksheet>'
SHEET = "xl/worksheets/sheet1.xml"
BOOK = workbook((HEADING, ANNA))


def claiming(archive: bytes, size: int) -> bytes:
    """The archive, whose first part says that it is so large when it is unpacked."""
    at = archive.index(b"PK\x01\x02") + 24  # APPNOTE 4.3.12: the size in the central directory
    return archive[:at] + size.to_bytes(4, "little") + archive[at + 4 :]


TOO_LARGE = "this workbook is far too large for a list of people. Delete the empty rows and columns after the last, or save it as CSV UTF-8."
DAMAGED = "this workbook is damaged, or only half of it was copied. Export it again."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (workbook((HEADING,), beside={SHEET: FAR}), TOO_LARGE),
        (workbook((HEADING,), beside={SHEET: BARE}), TOO_LARGE),
        (claiming(BOOK, 257 * 1024 * 1024), TOO_LARGE),
        (BOOK[: len(BOOK) // 2], DAMAGED),
        (workbook((HEADING,), beside={SHEET: "<worksheet><sheetData><row>"}), DAMAGED),
        (workbook((HEADING,), beside={SHEET: FAR.replace("XFD1048576", "Å1")}), TOO_LARGE),
        (workbook((HEADING,), beside={SHEET: FAR.replace("XFD1048576", "A" + "9" * 9999)}), DAMAGED),
        (workbook((HEADING,), beside={"xl/workbook.xml": "<workbook/>"}), "the file is empty. Export it again."),
        (workbook(()), "the file is empty. Export it again."),
        (COMPOUND + b"\0" * 600 + ENCRYPTED, "this workbook has a password. Save it without one, or as CSV UTF-8."),
        (COMPOUND + b"\0" * 600, "this is an old kind of workbook (.xls). Save it as .xlsx or as CSV UTF-8."),
        (stored("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), "this is a workbook of LibreOffice (.ods). Save it as .xlsx or as CSV UTF-8."),
        (
            packed({"xl/workbook.bin": ""}),
            "this is an archive or a workbook of another kind. Save it as .xlsx or as CSV UTF-8.",
        ),
        ("\n<html><body>Log ind</body></html>", "this is a web page or XML, whatever its name says. Export it as CSV or .xlsx."),
        ('{"people": [{"name": "Bo"}]}', "this is JSON. Export it as CSV or .xlsx."),
    ],
)  # fmt: skip
def test_what_is_no_such_workbook_is_a_sentence(tmp_path: Path, content: bytes | str, said: str) -> None:
    with pytest.raises(BadInput) as bad:
        read(tmp_path, content)
    assert [str(fault.sentence) for fault in bad.value.faults] == [said]


def test_nothing_reads_workbooks_until_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(CSV, "utf-8")
    assert open_table(tmp_path / "people.csv", HEADERS).heading == list(HEADING)
    code = "import sys, service.settings.people_file; print('python_calamine' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
