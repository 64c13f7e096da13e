"""`people.csv` and `absences.csv` as HR exports them: any of the usual separators, encodings, headers, dates.

A faulty row is parked and said; a faulty file raises BadInput, and the service keeps the last good one.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, time
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from sys import intern

from culture.people import EARLIEST, LATEST, Department, Language, Row
from culture.workdays import Span
from mailer.words import LANGUAGES, tongue
from service.messages.days import exported_day, no_day
from service.messages.faults import BadInput, Fault
from service.messages.plain_text import is_line
from service.messages.translation import Sentence
from service.settings.config_types import is_email, parse_time, parse_weekday, usable_zone
from service.settings.department_names import folded, names_of
from service.settings.headings import ABSENCE_HEADERS, HEADERS
from service.settings.table_file import read_table

MOST_FAULTS = 1000
"""With more faulty rows than this, and more of them than good ones, it is another file than was meant."""

FAULTS_SHOWN = 20
"""Of a file that cannot be used at all: so many rows show what is wrong with the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """A people file, read. `unreadable`: the parked rows as far as they go, so that nobody in them has vanished."""

    rows: tuple[Row, ...]
    unreadable: tuple[Row, ...] = ()
    away: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)  # by account, where a group says so
    faults: tuple[Fault, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)  # rows that are not people, by why


NO_DEPARTMENT = '"{value}" is not a department of config.toml. Write one of {names}, or add [departments.{key}].'

OFF = ("false", "falsk", "disabled", "suspended", "deaktiveret", "inaktiv")
"""What directories write of an account that nobody uses any more."""

TOTAL = r"(i ?alt|totalt?|sum|antal|udskrevet|rapport)\b"
"""What the last lines of a report begin with."""

NAMES_SHOWN = 8
"""Departments that are named to whoever wrote another one. A municipality has a hundred."""


class _RowFault(Exception):
    def __init__(self, column: str, text: str, **fields: object) -> None:
        super().__init__(text)
        self.column = column
        self.sentence = Sentence(text, fields)


def read_people(path: Path, departments: Mapping[str, Department]) -> People:
    """The people in the file at `path`. Raises BadInput when the file as a whole cannot be used."""
    spoilt = (
        "more than {count} rows are faulty, most of the file. Export it again, or name another under [people] file."
    )
    empty = "there is nobody in this file. Export it again, or name another under [people] file."
    table = read_table(path, HEADERS, ("email", "department"))
    return people_of(path.name, table, departments, spoilt=spoilt, empty=empty)


def read_everybody(path: Path, departments: Mapping[str, Department]) -> People:
    """The people in the file at `path`, however many rows are faulty. Raises BadInput when it is no table of people."""
    return _sorted_out(path.name, read_table(path, HEADERS, ("email", "department")), departments)


def people_of(
    name: str,
    table: Iterable[tuple[int | str, Mapping[str, str]]],
    departments: Mapping[str, Department],
    *,
    spoilt: str,
    empty: str,
) -> People:
    """The people in the rows of a table, each with its line, or whose it is. `name` is what the table is called.

    Raises BadInput with `spoilt` where nearly all is faulty, and with `empty` where nobody is left.
    """
    found = _sorted_out(name, table, departments, spoilt)
    if not found.rows:
        raise BadInput([*found.faults[:FAULTS_SHOWN], Fault(name, "", Sentence(empty))])
    return found


def _sorted_out(
    name: str,
    table: Iterable[tuple[int | str, Mapping[str, str]]],
    departments: Mapping[str, Department],
    spoilt: str | None = None,
) -> People:
    """Who can be read of a table, and what is said of the others. Raises BadInput with `spoilt` where nearly all is
    faulty."""
    rows: list[Row] = []
    unreadable: list[Row] = []
    faults: list[Fault] = []
    lines: dict[str, int | str] = {}
    left_out: Counter[str] = Counter()
    called = names_of(departments)
    for line, cells in table:
        if why := _no_person(cells):
            left_out[why] += 1
            continue
        try:
            row = _row(cells, called)
            if _second(row, line, lines, rows):
                left_out["second"] += 1
                continue
            _once(row, line, lines)
            rows.append(row)
        except _RowFault as fault:
            faults.append(Fault(name, f"{line}:{fault.column}", fault.sentence))
            unreadable.append(_as_far_as_it_goes(cells))
            if spoilt and len(faults) > max(MOST_FAULTS, len(rows)):
                sentence = Sentence(spoilt, {"count": MOST_FAULTS})
                raise BadInput([*faults[:FAULTS_SHOWN], Fault(name, "", sentence)]) from None
    return People(rows=tuple(rows), unreadable=tuple(unreadable), faults=tuple(faults), left_out=left_out)


def _no_person(cells: Mapping[str, str]) -> str:
    """Why a row is none of a person: "nobody" (a total, a note), "disabled", "guest"; empty for a person's."""
    if cells["enabled"].lower() in OFF:
        return "disabled"
    if cells["user_type"].lower() == "guest":
        return "guest"
    written = [cell for key, cell in cells.items() if cell and key != "ragged"]
    if cells["email"] or cells["department"] or not written:
        return ""
    alone = len(written) == 1 and re.search(r"[^\W\d]\W+\w", written[0]) and not _full_name(cells)
    return "nobody" if alone or re.match(TOTAL, written[0], re.IGNORECASE) else ""


def _second(row: Row, line: int | str, lines: Mapping[str, int | str], rows: Sequence[Row]) -> bool:
    """Whether it is another appointment of somebody who has one already, by number and address, by number and name where
    there is no address: the first one counts."""
    if not row.number or not isinstance(line, int):
        return False
    first = lines.get(f"#{row.number}")
    if first is None or row.email:
        return first is not None and lines.get(row.email) == first
    return any((one.number, one.name) == (row.number, row.name) for one in rows)


def _once(row: Row, line: int | str, lines: dict[str, int | str]) -> None:
    """Note in `lines` where the row's address and number stand. Raises _RowFault when one stood there before."""
    identities = {row.email: "email"} if row.email else {}
    identities |= {f"#{row.number}": "number"} if row.number else {}
    for identity, column in identities.items():
        if identity in lines:
            text = "{value} stands in line {line} already. Keep one of the two."
            if isinstance(line, str):
                text = "{line} has {value} too. Only one can have it."
            raise _RowFault(column, text, value=identity, line=lines[identity])
    lines.update(dict.fromkeys(identities, line))


@dataclass(frozen=True, slots=True)
class Absence:
    """A line of `absences.csv`. `who` is an employee number or an address. Without an end it lasts to `date.max`."""

    line: int
    who: str
    span: Span


def read_absences(path: Path) -> tuple[tuple[Absence, ...], tuple[Fault, ...]]:
    """The absences in a file, and the parked rows' faults. Raises BadInput when the file cannot be used."""
    absences: list[Absence] = []
    faults: list[Fault] = []
    for line, cells in read_table(path, ABSENCE_HEADERS, ("person", "first", "last")):
        try:
            # A sick leave has no end yet: HR systems leave the cell empty, or write 31.12.9999.
            first, last = _date("first", cells["first"]), _date("last", cells["last"]) or date.max
            if first is None or last < first:
                text = '"{first}" to "{last}" does not run forward. Write the first day, then the last.'
                raise _RowFault("last", text, first=cells["first"], last=cells["last"])
            absences.append(Absence(line, cells["person"], Span(first, last)))
        except _RowFault as fault:
            faults.append(Fault(path.name, f"{line}:{fault.column}", fault.sentence))
    return tuple(absences), tuple(faults)


def _row(cells: Mapping[str, str], called: Mapping[str, str]) -> Row:
    if "ragged" in cells:
        raise _RowFault(
            "*", "the row has {cells} cells of those in the heading. Look for a stray separator.", cells=cells["ragged"]
        )
    for column, cell in cells.items():
        if not is_line(cell):
            raise _RowFault(column, "the cell holds a line break or a control character. Take it out.")
    return Row(
        number=_number(cells["number"]),
        account=cells.get("account") or None,
        email=intern(_email(cells)),  # the store has them too: one text for both
        name=intern(_name(cells)),
        department=intern(_department(cells["department"], called)),
        language=_language(cells["language"]),
        zone=_zone(cells["zone"]),
        track=cells["track"].lower() or None,
        working_days=_days(cells["working_days"]),
        time=_time(cells["time"]),
        roles=frozenset(role.strip().lower() for role in re.split(r"[,/|]", cells["roles"]) if role.strip()),
        started=_date("started", cells["started"]),
        left=_date("left", cells["left"]),
    )


def _as_far_as_it_goes(cells: Mapping[str, str]) -> Row:
    name = _full_name(cells)
    account = cells.get("account") or None
    return Row(number=cells["number"] or None, account=account, email=cells["email"].lower(), name=name, department="")


def _full_name(cells: Mapping[str, str]) -> str:
    return cells["name"] or f"{cells['first_name']} {cells['last_name']}".strip()


def _number(cell: str) -> str | None:
    if re.fullmatch(r"(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d\d[- ]?\d{4}", cell):
        raise _RowFault(
            "number", "this looks like a CPR number. Export the employee number instead; CPR has no business here."
        )
    if cell and not re.fullmatch(r"[\w.@-]{1,64}", cell):
        raise _RowFault(
            "number", '"{value}" is not an employee number. Write letters, digits, dot or hyphen.', value=cell
        )
    return cell or None


def _email(cells: Mapping[str, str]) -> str:
    """The address; empty for somebody with a number or an account, who then gets no letters."""
    cell = cells["email"]
    if not cell and (cells["number"] or cells.get("account")):
        return ""
    if not cell:
        text = "there is neither an address nor an employee number. Write one of them: without an address somebody gets no letters."
        raise _RowFault("email", text)
    name, at, domain = cell.rpartition("@")
    with suppress(UnicodeError):  # a domain with letters such as å has a name in ASCII too (RFC 5890)
        domain = domain.encode("idna").decode()
    if is_email(f"{name}@{domain}"):
        return f"{name}@{domain}".lower()
    if at and not name.isascii() and is_email(f"x@{domain}"):
        text = 'mail servers do not all take the letters before the @ in "{value}". Write an address with a to z.'
        raise _RowFault("email", text, value=cell)
    raise _RowFault(
        "email", '"{value}" is not an e-mail address. Write for example "anna.holm@styrelsen.dk".', value=cell
    )


def _name(cells: Mapping[str, str]) -> str:
    name = _full_name(cells)
    if not name or len(name) > 200:
        raise _RowFault("name", "the name is missing or longer than 200 letters.")
    return name


def _department(cell: str, called: Mapping[str, str]) -> str:
    written = " ".join(cell.split())
    if found := called.get(folded(cell)):
        return found
    if not written:
        raise _RowFault("department", "the department is missing. Write its key or its name.")
    raise _RowFault("department", NO_DEPARTMENT, value=written, names=_names(written, called), key=as_key(written))


def _names(written: str, called: Mapping[str, str]) -> str:
    """The departments to choose from; of many, those that are most like what is written."""
    keys = list(dict.fromkeys(called.values()))
    if len(keys) <= NAMES_SHOWN:
        return ", ".join(keys)
    return ", ".join([*get_close_matches(as_key(written), keys, 3, 0.0), "..."])


def as_key(name: str) -> str:
    """A bare key of TOML made of a department's name."""
    ascii_name = name.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    return re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-") or "key"


def _language(cell: str) -> Language | None:
    if not cell:
        return None
    if cell.lower() not in language_names():
        sentence = '"{value}" is not a language we write. Write one of {languages}.'
        raise _RowFault("language", sentence, value=cell, languages=", ".join(LANGUAGES))
    return language_names()[cell.lower()]


@cache
def language_names() -> Mapping[str, Language]:
    """Our languages by all that they are called: their codes, their names in each of ours, and what else is data."""
    found: dict[str, Language] = {}
    for one in LANGUAGES:
        names = (one, *(tongue(other).languages[one].lower() for other in LANGUAGES), *tongue(one).also)
        found |= dict.fromkeys(names, one)
    return found


def _zone(cell: str) -> str | None:
    if cell and not usable_zone(cell):
        raise _RowFault("zone", '"{value}" is not a time zone. Write for example "Europe/Copenhagen".', value=cell)
    return cell or None


def _days(cell: str) -> frozenset[int] | None:
    """Weekdays as HR writes them: "man,tir,ons", "mon-thu", "1-4"."""
    days: set[int] = set()
    for part in filter(None, re.split(r"[,/+ ]+", cell)):
        ends = [int(end) if re.fullmatch("[1-7]", end) else parse_weekday(end) for end in re.split("[-\u2013]", part)]
        if len(ends) > 2 or None in ends:
            raise _RowFault(
                "working_days", '"{value}" are not weekdays. Write for example "man-tor" or "mon,wed,fri".', value=cell
            )
        first, last = ends[0] or 0, ends[-1] or 0
        days.update(range(first, last + 1) if first <= last else (*range(first, 8), *range(1, last + 1)))
    return frozenset(days) or None


def _time(cell: str) -> time | None:
    found = parse_time(cell)
    if cell and (found is None or not EARLIEST <= found <= LATEST):
        raise _RowFault(
            "time", '"{value}" is not a time between 06:00 and 22:00. Write for example "12:30".', value=cell
        )
    return found


def _date(column: str, cell: str) -> date | None:
    """The day in a cell; None when it is empty, or 00.00.0000."""
    if no_day(cell):
        return None
    found = exported_day(cell)
    if found is None:
        raise _RowFault(column, '"{value}" is not a date. Write 2026-12-01 or 01-12-2026.', value=cell)
    return found
