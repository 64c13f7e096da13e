"""A table that HR or a spreadsheet has written: text with any of the usual separators and encodings, or a workbook, and
lines above the heading."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from service.messages.faults import BadInput, Fault
from service.messages.translation import Sentence
from service.settings.headings import Columns, Headers, columns_of
from service.settings.text_file import not_read
from service.settings.workbook import Sheet, is_workbook, sheets

OLD_CODECS = ("cp1252", "cp850", "mac_roman")
"""What Excel writes as "CSV", "CSV (MS-DOS)" and "CSV (Macintosh)", the likeliest first."""

NORDIC = "æøåÆØÅäöüÄÖÜéÉ"

MAX_BYTES = 64 * 1024 * 1024
"""100,000 people are about 12 MB. What is five times that is not a people file."""

OF_THE_WEB = re.compile(r"&(amp|apos|nbsp|(ae|AE)lig|[oO]slash|[aA]ring|#\d{2,5});")
"""Letters in exports that a web page was made of; the semicolon would be a separator."""

WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""What Excel's "Unicode Text" and PowerShell's -Encoding Unicode begin with."""

SEPARATORS = ";,\t|"

BEFORE = 20
"""Lines in which the heading is looked for: a title, a date and a blank one may stand above it."""

ENOUGH = 2
"""Known columns by which a line is the heading; without one it is the first line."""

LONGEST = 10_000
"""Letters of a line that may be a heading. Active Directory's 120 properties are 2,000."""

NAMED = 6
"""Headings that are offered for a column that is not there."""

BLANKS = {ord(one): " " for one in "\u00a0\u2007\u202f"} | {ord(one): "" for one in "\u200b\ufeff"}
"""Blanks that do not break, as they come from the web and from Word; and those of no width."""


Needed = Sequence[str | tuple[str, ...]]
"""Columns without which there is no use in a file; of several together any one will do."""

NOTHING_SAID: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Table:
    """A file as a table: the line and the cells of its heading, and each row below with its line."""

    name: str
    line: int
    heading: list[str]
    rows: Iterator[tuple[int, list[str]]]


def read_table(path: Path, headers: Headers, needed: Needed) -> Iterator[tuple[int, dict[str, str]]]:
    """The line number and the known cells of each row; a row of another width than the heading has "ragged" too."""
    table = open_table(path, headers)
    return known_cells(table, known_columns(table, headers, needed))


def known_cells(table: Table, columns: Columns) -> Iterator[tuple[int, dict[str, str]]]:
    """The same of a table that is open, with the columns where they stand in its heading."""
    width, unknown = len(table.heading), dict.fromkeys(columns, "")
    places = [(key, at) for key, at in columns.items() if at is not None]
    for line, cells in table.rows:
        found = unknown | {key: cells[at].strip() for key, at in places if at < len(cells)}
        if not any(found.values()) and not any(map(str.strip, cells)):
            continue
        # Surplus separators at the end of a row, as spreadsheets leave them, do no harm.
        if len(cells) < width or any(map(str.strip, cells[width:])):
            found["ragged"] = f"{len(cells)}/{width}"
        yield line, found


def open_table(path: Path, headers: Headers) -> Table:
    """The table in the file: text with separators, or a workbook. Raises BadInput for a file that is none, also while
    its rows are read."""
    data = _bytes(path)
    return _of_workbook(path, data, headers) if is_workbook(data) else _of_text(path, data, headers)


def _of_workbook(path: Path, data: bytes, headers: Headers) -> Table:
    """The table on the first sheet that has a heading; without one on the first with anything on it."""
    first = None
    for sheet in sheets(path.name, data):
        rows = [(line, [_ordinary(cell).strip() for cell in cells]) for line, cells in sheet]
        begun = [at for at, (_, cells) in enumerate(rows) if any(cells)][:BEFORE]
        if not begun:
            continue
        found = max(begun, key=lambda at: _known(rows[at][1], headers))
        if _known(rows[found][1], headers) >= ENOUGH:
            return _below(path, rows, found)
        first = first or (rows, begun[0])
    if first is None:
        raise _empty(path)
    return _below(path, *first)


def _below(path: Path, rows: Sheet, at: int) -> Table:
    """The table whose heading is row `at`. What stands beside it belongs to nobody."""
    line, heading = rows[at]
    width = max(index for index, cell in enumerate(heading, 1) if cell)
    return Table(path.name, line, heading[:width], ((line, cells[:width]) for line, cells in rows[at + 1 :]))


def _of_text(path: Path, data: bytes, headers: Headers) -> Table:
    rows = _rows(path, *_table_text(path, _ordinary(_decoded(path, data)), headers))
    line, heading = next(rows)
    return Table(path.name, line, [cell.strip() for cell in heading], rows)


def _rows(path: Path, before: int, text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a text with the lines on which they end, the heading first. Raises BadInput on the way."""
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    try:
        for cells in reader:
            yield before + reader.line_num, cells
    except csv.Error as error:
        said = Sentence("this is not a table: {error}. Save it as CSV UTF-8.", {"error": error})
        raise BadInput([Fault(path.name, str(before + reader.line_num), said)]) from None


def _table_text(path: Path, text: str, headers: Headers) -> tuple[int, str, str]:
    """How many lines stand before the heading, the text from there, and what separates its cells. Raises BadInput."""
    # Line ends of every age; inside a quoted cell they are still found, and refused.
    lines = re.sub("\r\n?", "\n", text).split("\n")
    begun = _may_be_heading(lines)
    first = begun[0] if begun else next((at for at, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise _empty(path)
    likely = [(at, one) for at in begun for one in _separators(lines[at])]
    at, separator = max(likely, key=lambda one: _in_line(lines[one[0]], one[1], headers), default=(first, ";"))
    if _in_line(lines[at], separator, headers) < ENOUGH:
        _refuse_other_kinds(path, lines[first])
        at, separator = first, max(SEPARATORS, key=lines[first].count)
    return at, "\n".join(lines[at:]), separator


def _may_be_heading(lines: Sequence[str]) -> list[int]:
    """Where the heading may be: on no blank line, nor on one that Excel or PowerShell writes for itself."""
    begun = enumerate(lines[:BEFORE])
    return [at for at, line in begun if line.strip() and not re.match(r"sep=.$|#TYPE ", line)]


def _separators(line: str) -> list[str]:
    """What may separate the cells of a line, the most frequent first."""
    return [one for one in sorted(SEPARATORS, key=line.count, reverse=True) if one in line]


def _refuse_other_kinds(path: Path, line: str) -> None:
    """Raises BadInput for text that is no table, by its first line."""
    begin = line.lstrip()[:1]
    if begin == "<":
        text = "this is a web page or XML, whatever its name says. Export it as CSV or .xlsx."
        raise BadInput([Fault(path.name, "", Sentence(text))])
    if begin in ("{", "["):
        raise BadInput([Fault(path.name, "", Sentence("this is JSON. Export it as CSV or .xlsx."))])


def _in_line(line: str, separator: str, headers: Headers) -> int:
    """How many known columns a line has, taken as a heading."""
    if len(line) > LONGEST:
        return 0
    return _known(next(csv.reader([line], delimiter=separator), []), headers)


def _known(cells: Sequence[str], headers: Headers) -> int:
    return sum(at is not None for at in columns_of(cells, headers).values())


def _empty(path: Path) -> BadInput:
    return BadInput([Fault(path.name, "", Sentence("the file is empty. Export it again."))])


def known_columns(table: Table, headers: Headers, needed: Needed, said: Mapping[str, str] = NOTHING_SAID) -> Columns:
    """Where each known column stands in the heading. Raises BadInput when one is missing that is `needed`, or that is
    `said` to have a heading of its own."""
    columns = columns_of(table.heading, headers)
    faults = [
        Sentence(
            'there is no column "{heading}", as [people.columns] has it for {column}.',
            {"heading": heading, "column": key},
        )
        for key, heading in said.items()
        if columns[key] is None
    ]
    for key in _missing(columns, headers, needed, said):
        text = "there is no column {column}. Name it one of: {names}."
        faults.append(Sentence(text, {"column": key, "names": ", ".join(headers[key][:NAMED])}))
    if faults:
        raise BadInput([Fault(table.name, str(table.line), one) for one in faults])
    return columns


def _missing(columns: Columns, headers: Headers, needed: Needed, said: Mapping[str, str]) -> Iterator[str]:
    """The columns that are not there, of which nothing is said either; of several together the first."""
    for one in needed:
        if all(columns[key] is None and key not in said for key in _any_of(one)):
            yield _any_of(one)[0]
    if "name" in headers and columns["name"] is None and columns["first_name"] is None and "name" not in said:
        yield "name"


def _any_of(needed: str | tuple[str, ...]) -> tuple[str, ...]:
    return (needed,) if isinstance(needed, str) else needed


def _ordinary(text: str) -> str:
    """The text with its letters composed, its blanks ordinary, and no letters as web pages write them."""
    if "&" in text:
        text = OF_THE_WEB.sub(lambda found: unescape(found[0]), text)
    return unicodedata.normalize("NFC", text).translate(BLANKS)


def _bytes(path: Path) -> bytes:
    """What is in the file. Raises BadInput."""
    try:
        if path.stat().st_size > MAX_BYTES:
            text = "the file is larger than {size} MB. That is no list of people; export it again."
            raise BadInput([Fault(path.name, "", Sentence(text, {"size": MAX_BYTES // 1024**2}))])
        return path.read_bytes()
    except FileNotFoundError:
        text = "There is no such file at {path}. Put it there, or name another in config.toml."
        raise BadInput([Fault(path.name, "", Sentence(text, {"path": path}))]) from None
    except OSError as error:
        raise BadInput([Fault(path.name, "", not_read(error))]) from None


def _decoded(path: Path, data: bytes) -> str:
    """The text of these bytes. Raises BadInput."""
    if data.startswith(WIDE):
        with suppress(UnicodeError):
            return data.decode("utf-16")
    if b"\0" in data:
        text = "this is not a text file. Save it as CSV UTF-8, or as a workbook (.xlsx)."
        raise BadInput([Fault(path.name, "", Sentence(text))])
    codec, line = encoding_of(data)
    if codec:
        return data.decode(codec)
    text = "a letter is written neither in UTF-8 nor in Windows-1252. Save it as CSV UTF-8."
    raise BadInput([Fault(path.name, str(line), Sentence(text))])


def encoding_of(data: bytes) -> tuple[str, int]:
    """The codec of the text in `data`, and 0; or "" and the line where no codec fits any more.

    What is not UTF-8 is what gives the most Danish letters: Excel's "CSV (MS-DOS)" is code page 850 and its "CSV
    (Macintosh)" Mac Roman, and any byte is some letter in these.
    """
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wrong = error
    else:
        return "utf-8-sig", 0
    letters = {codec: _nordic(data, codec) for codec in OLD_CODECS}
    most = max(letters.values())
    best = [codec for codec in OLD_CODECS if letters[codec] == most]
    if best[0] == OLD_CODECS[0] or (most and len(best) == 1):
        return best[0], 0
    return "", data[: wrong.start].count(b"\n") + 1


def _nordic(data: bytes, codec: str) -> int:
    """How many Danish and Nordic letters the bytes hold in this codec; -1 when it cannot read them."""
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return -1
    return sum(map(text.count, NORDIC))
