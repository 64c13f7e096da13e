"""Workbooks as Excel writes them: texts shared, days as numbers with a format."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a workbook knows no zones

Cell = str | float | bool | date | datetime | time | None
Rows = Sequence[Sequence[Cell]]

STYLES = {date: 1, datetime: 2, time: 3}
"""The format of a cell by what is in it."""


def workbook(*tables: Rows, hidden: int = 0, beside: dict[str, str] | None = None) -> bytes:
    """A workbook with a sheet for each table, the first ones `hidden`; `beside` are parts to have as they are."""
    texts: dict[str, int] = {}
    parts = {f"xl/worksheets/sheet{at}.xml": _sheet(rows, texts) for at, rows in enumerate(tables, 1)}
    numbers = range(1, len(tables) + 1)
    names = "".join(
        f'<sheet name="Ark{at}" sheetId="{at}" r:id="rId{at}"{" state=" + quoteattr("hidden") if at <= hidden else ""}/>'
        for at in numbers
    )
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><workbookPr/><sheets>{names}</sheets></workbook>'
    )
    relations = [("worksheet", f"worksheets/sheet{at}.xml") for at in numbers]
    relations += [("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")]
    parts["xl/_rels/workbook.xml.rels"] = _relations(relations)
    parts["_rels/.rels"] = _relations([("officeDocument", "xl/workbook.xml")])
    formats = "".join(f'<xf numFmtId="{one}"/>' for one in (0, 14, 22, 20))
    parts["xl/styles.xml"] = f'<styleSheet xmlns="{MAIN}"><cellXfs count="4">{formats}</cellXfs></styleSheet>'
    shared = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts)
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{shared}</sst>'
    return packed({**parts, **(beside or {})})


def packed(parts: dict[str, str]) -> bytes:
    """An archive of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def stored(name: str, content: str) -> bytes:
    """An archive that begins with a part that is not compressed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


def _relations(found: Sequence[tuple[str, str]]) -> str:
    inside = "".join(
        f'<Relationship Id="rId{at}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(found, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'


def _sheet(rows: Rows, texts: dict[str, int]) -> str:
    inside = "".join(
        f'<row r="{at}">{"".join(_cell(f"{column(number)}{at}", cell, texts) for number, cell in enumerate(cells))}</row>'
        for at, cells in enumerate(rows, 1)
        if cells
    )
    return f'<worksheet xmlns="{MAIN}"><sheetData>{inside}</sheetData></worksheet>'


def _cell(place: str, cell: Cell, texts: dict[str, int]) -> str:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, str):
        return f'<c r="{place}" t="s"><v>{texts.setdefault(cell, len(texts))}</v></c>'
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
    return f'<c r="{place}" s="{STYLES.get(type(cell), 0)}"><v>{_value(cell)}</v></c>'


def _value(cell: float | date | datetime | time) -> float:
    """Days and times are numbers of days since the end of 1899."""
    match cell:
        case datetime():
            return (cell - EPOCH).total_seconds() / 86400
        case date():
            return (cell - EPOCH.date()).days
        case time():
            return (cell.hour * 60 + cell.minute) / 1440
    return cell


def column(number: int) -> str:
    """The letters of a column, the first being 0."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
