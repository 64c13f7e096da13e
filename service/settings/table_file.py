"""A table that HR or a spreadsheet has written: any of the usual separators and encodings, and lines above the heading."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from service.messages.faults import BadInput, Fault
from service.messages.relayed import Relayed
from service.messages.translation import Sentence
from service.settings.headings import columns_of

OLD_CODECS = ("cp1252", "cp850", "mac_roman")
"""What Excel writes as "CSV", "CSV (MS-DOS)" and "CSV (Macintosh)", the likeliest first."""

NORDIC = "æøåÆØÅäöüÄÖÜéÉ"

MAX_BYTES = 64 * 1024 * 1024
"""100,000 people are about 12 MB. What is five times that is not a people file."""

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


def read_table(
    path: Path, headers: Mapping[str, tuple[str, ...]], needed: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The line number and the known cells of each row; a row of another width than the heading has "ragged" too."""
    at, text, separator = _table_text(path, headers)
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    try:
        names = [cell.strip() for cell in next(reader)]
        columns = _columns(path, at + 1, names, headers, needed)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield at + reader.line_num, _cells(cells, len(names), columns)
    except csv.Error as error:
        raise _no_table(path, at + reader.line_num, error) from None


def heading_of(path: Path, headers: Mapping[str, tuple[str, ...]]) -> tuple[int, list[str]]:
    """The line and the cells of the heading. Raises BadInput for a file that is no table."""
    at, text, separator = _table_text(path, headers)
    try:
        return at + 1, [cell.strip() for cell in next(csv.reader(io.StringIO(text), delimiter=separator))]
    except csv.Error as error:
        raise _no_table(path, at + 1, error) from None


def _table_text(path: Path, headers: Mapping[str, tuple[str, ...]]) -> tuple[int, str, str]:
    """How many lines stand before the heading, the text from there, and what separates its cells. Raises BadInput."""
    # Line ends of every age; inside a quoted cell they are still found, and refused.
    lines = re.sub("\r\n?", "\n", _decode(path)).split("\n")
    begun = [at for at, line in enumerate(lines[:BEFORE]) if line.strip() and not re.match(r"sep=.$|#TYPE ", line)]
    first = begun[0] if begun else next((at for at, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise BadInput([Fault(path.name, "", Sentence("the file is empty. Export it again."))])
    likely = [(at, one) for at in begun for one in sorted(SEPARATORS, key=lines[at].count, reverse=True)]
    at, separator = max(likely, key=lambda one: _known(lines[one[0]], one[1], headers), default=(first, ";"))
    if _known(lines[at], separator, headers) < ENOUGH:
        at, separator = first, max(SEPARATORS, key=lines[first].count)
    return at, "\n".join(lines[at:]), separator


def _known(line: str, separator: str, headers: Mapping[str, tuple[str, ...]]) -> int:
    """How many known columns a line has, taken as a heading."""
    if len(line) > LONGEST:
        return 0
    cells = next(csv.reader([line], delimiter=separator), [])
    return sum(at is not None for at in columns_of(cells, headers).values())


def _no_table(path: Path, line: int, error: csv.Error) -> BadInput:
    text = "this is not a table: {error}. Save it as CSV UTF-8."
    return BadInput([Fault(path.name, str(line), Sentence(text, {"error": error}))])


def _columns(
    path: Path, line: int, names: list[str], headers: Mapping[str, tuple[str, ...]], needed: tuple[str, ...]
) -> dict[str, int | None]:
    """Where each known column stands in the heading `names`. Raises BadInput when a needed one is missing."""
    columns = columns_of(names, headers)
    missing = [key for key in needed if columns[key] is None]
    if "name" in headers and columns["name"] is None and columns["first_name"] is None:
        missing.append("name")
    if missing:
        text = "there is no column {column}. Name it one of: {names}."
        said = [Sentence(text, {"column": key, "names": ", ".join(headers[key][:NAMED])}) for key in missing]
        raise BadInput([Fault(path.name, str(line), one) for one in said])
    return columns


def _cells(cells: list[str], width: int, columns: Mapping[str, int | None]) -> dict[str, str]:
    found = {key: cells[at].strip() if at is not None and at < len(cells) else "" for key, at in columns.items()}
    # Surplus separators at the end of a row, as spreadsheets leave them, do no harm.
    if len(cells) < width or any(cell.strip() for cell in cells[width:]):
        found["ragged"] = f"{len(cells)}/{width}"
    return found


def _decode(path: Path) -> str:
    """The text of the file, its letters composed and its blanks ordinary. Raises BadInput."""
    return unicodedata.normalize("NFC", _text(path)).translate(BLANKS)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadInput(
                [
                    Fault(
                        path.name,
                        "",
                        Sentence(
                            "the file is larger than {size} MB. That is no list of people; export it again.",
                            {"size": MAX_BYTES // 1024**2},
                        ),
                    )
                ]
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise BadInput(
            [
                Fault(
                    path.name,
                    "",
                    Sentence(
                        "There is no such file at {path}. Put it there, or name another in config.toml.", {"path": path}
                    ),
                )
            ]
        ) from None
    except OSError as error:
        raise BadInput(
            [
                Fault(
                    path.name,
                    "",
                    Sentence("The file cannot be read: {error}.", {"error": Relayed(str(error.strerror))}),
                )
            ]
        ) from None
    if data.startswith(WIDE):
        with suppress(UnicodeError):
            return data.decode("utf-16")
    if b"\0" in data:
        raise BadInput(
            [Fault(path.name, "", Sentence("this is not a text file. Save it as CSV UTF-8, not as a workbook."))]
        )
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
