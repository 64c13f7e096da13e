"""An Excel workbook (.xlsx) as rows of text, as the same table would stand in a CSV.

python-calamine reads it, and is imported when there is one. It takes memory for every cell up to the last one, and a
process that asks for too much is ended; so a workbook is unpacked and measured first, and what was measured is read.
"""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from xml.parsers.expat import ParserCreate

from service.messages.faults import BadInput, Fault
from service.messages.translation import Sentence

ZIPPED = b"PK\x03\x04"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What .xls begins with, and every workbook that has a password."""

ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""How the part of such a file is called that holds the workbook (MS-OFFCRYPTO 1.3.2)."""

MOST_BYTES = 256 * 1024 * 1024
"""Unpacked. 100,000 people with 30 columns are about 150 MB."""

MOST_CELLS = 5_000_000
"""From the first to the last one, empty ones too: 100,000 people with 50 columns."""

NO_DAY = date(1900, 2, 1)
"""What is nothing and shown as a day is 0 January 1900 in Excel; here it is that, or midnight."""

Sheet = list[tuple[int, list[str]]]
"""The number of each row, as Excel shows it, and its cells."""


def is_workbook(data: bytes) -> bool:
    """Whether it is a workbook of some kind, or another archive."""
    return data.startswith((ZIPPED, COMPOUND))


def sheets(name: str, data: bytes) -> Iterator[Sheet]:
    """The sheets that are shown, in their order. Raises BadInput for what is no .xlsx, or too large a one."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum, load_workbook

    _refuse_others(name, data)
    try:
        book = load_workbook(io.BytesIO(_unpacked(name, data)))
        for sheet in book.sheets_metadata:
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet:
                found = book.get_sheet_by_name(sheet.name)
                first = (found.start or (0, 0))[0] + 1
                rows = found.to_python(skip_empty_area=True)
                yield [(at, [_text(cell) for cell in row]) for at, row in enumerate(rows, first)]
    except (BadInput, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException:  # whatever is wrong in it; a panic in Rust is no Exception
        raise _bad(
            name, Sentence("this workbook is damaged, or only half of it was copied. Export it again.")
        ) from None


def _refuse_others(name: str, data: bytes) -> None:
    """Raises BadInput for a workbook of another kind."""
    if data.startswith(COMPOUND):
        if ENCRYPTED in data:
            raise _bad(name, Sentence("this workbook has a password. Save it without one, or as CSV UTF-8."))
        raise _bad(name, Sentence("this is an old kind of workbook (.xls). Save it as .xlsx or as CSV UTF-8."))
    if b"mimetypeapplication/vnd.oasis" in data[:200]:
        raise _bad(name, Sentence("this is a workbook of LibreOffice (.ods). Save it as .xlsx or as CSV UTF-8."))


def _unpacked(name: str, data: bytes) -> bytes:
    """The same workbook without compression, when it is not too large. Raises BadInput."""
    plain = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(plain, "w") as unpacked:
        parts = {one.filename: one for one in packed.infolist() if one.filename.endswith((".xml", ".rels"))}
        if "xl/workbook.xml" not in parts:
            text = "this is an archive or a workbook of another kind. Save it as .xlsx or as CSV UTF-8."
            raise _bad(name, Sentence(text))
        if sum(one.file_size for one in parts.values()) > MOST_BYTES:
            raise _too_large(name)
        for part, about in parts.items():
            content = packed.read(about)  # no more than it says of itself
            if b"sheetData" in content and _cells(content) > MOST_CELLS:
                raise _too_large(name)
            unpacked.writestr(part, content)
    return plain.getvalue()


class _Measure:
    """How far the cells of a sheet reach, while its XML is read."""

    def __init__(self) -> None:
        self.rows, self.columns, self.inside = 0, 0, 0

    def begin(self, name: str, given: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "row":
                self.inside = 0
                self.rows = max(self.rows + 1, int(given.get("r", 0)))
            case "c":
                self.inside += 1  # a cell may leave out where it is: beside the one before
                column, row = _place(given.get("r", ""))
                self.rows, self.inside = max(self.rows, row), max(self.inside, column)
                self.columns = max(self.columns, self.inside)


def _cells(sheet: bytes) -> int:
    """How many cells lie between the first of a sheet and its last. Raises ExpatError and ValueError."""
    measure, parser = _Measure(), ParserCreate()
    parser.StartElementHandler = measure.begin
    parser.Parse(sheet, True)
    return measure.rows * measure.columns


def _place(text: str) -> tuple[int, int]:
    """The column and the row of a place such as "AB12"; 0 and 0 for "". Raises ValueError."""
    letters = text.rstrip("0123456789")
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column, int(text[len(letters) :] or 0)


def _text(cell: object) -> str:
    """What stands in a cell, as a CSV would have it."""
    match cell:
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() != time():
            return cell.isoformat(" ", "seconds")
        case date():
            day = cell.date() if isinstance(cell, datetime) else cell
            return "" if day < NO_DAY else day.isoformat()
        case time():
            return f"{cell:%H:%M}" if cell != time() else ""
        case timedelta():
            return f"{cell // timedelta(hours=1):02}:{cell // timedelta(minutes=1) % 60:02}"
    return str(cell)


def _too_large(name: str) -> BadInput:
    text = "this workbook is far too large for a list of people. Delete the empty rows and columns after the last, or save it as CSV UTF-8."
    return _bad(name, Sentence(text))


def _bad(name: str, sentence: Sentence) -> BadInput:
    return BadInput([Fault(name, "", sentence)])
