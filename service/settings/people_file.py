"""`people.csv` and `absences.csv` as HR exports them: any of the usual separators, encodings, headers, dates.

A faulty row is parked and said; a faulty file raises BadInput, and the service keeps the last good one.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, time
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path
from sys import intern

from culture.census import bare_number
from culture.people import EARLIEST, LATEST, Department, Language, Row
from culture.workdays import Span
from mailer.words import LANGUAGES, tongue
from service.messages.days import exported_day, no_day
from service.messages.faults import BadInput, Fault
from service.messages.plain_text import is_line
from service.messages.translation import Sentence
from service.settings.config_types import is_email, parse_time, parse_weekday, usable_zone
from service.settings.department_names import DepartmentNames, department_names, one_blank, parts
from service.settings.headings import ABSENCE_HEADERS, HEADERS, Headers, plain, with_columns
from service.settings.not_people import MAY_BE, Skip, skip_rules, why_no_person
from service.settings.sections import PeopleSection
from service.settings.table_file import known_cells, known_columns, open_table, read_table

USUAL = PeopleSection()

MOST_FAULTS = 1000
"""With more faulty rows than this, and more of them than good ones, it is another file than was meant."""

CPR = re.compile(r"(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d\d[- ]?\d{4}")

EMPLOYEE_NUMBER = re.compile(r"[\w.@-]{1,64}")

BETWEEN_ROLES = re.compile(r"[,/|]")

NO_ROLES = frozenset[str]()

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

NAMES_SHOWN = 8
"""Departments that are named to whoever wrote another one. A municipality has a hundred."""


class _RowFault(Exception):
    def __init__(self, column: str, text: str, **fields: object) -> None:
        super().__init__(text)
        self.column = column
        self.sentence = Sentence(text, fields)


def read_people(path: Path, departments: Mapping[str, Department], section: PeopleSection = USUAL) -> People:
    """The people in the file at `path`, read as the `section` [people] says. Raises BadInput when the file as a whole
    cannot be used."""
    spoilt = (
        "more than {count} rows are faulty, most of the file. Export it again, or name another under [people] file."
    )
    empty = "there is nobody in this file. Export it again, or name another under [people] file."
    found = _in_file(path, departments, section, spoilt)
    return _somebody(path.name, found, empty)


def read_everybody(path: Path, departments: Mapping[str, Department], section: PeopleSection = USUAL) -> People:
    """The people in the file at `path`, however many rows are faulty. Raises BadInput when it is no table of people."""
    return _in_file(path, departments, section)


def _in_file(
    path: Path, departments: Mapping[str, Department], section: PeopleSection, spoilt: str | None = None
) -> People:
    headers = people_headers(section)
    table = open_table(path, headers)
    columns = known_columns(table, headers, ("email", ("department", "code", "path")), section.columns)
    rules = _Rules(
        department_names(departments, section.departments),
        skip_rules(section.skip),
        tuple(key for key, at in columns.items() if at is not None),
    )
    return _sorted_out(path.name, known_cells(table, columns), rules, spoilt)


def people_headers(section: PeopleSection) -> Headers:
    """The headings of a people file, those among them that [people.columns] and [people.skip] name."""
    skipped = {key: (plain(key),) for key in section.skip if key not in HEADERS}
    return {**with_columns(HEADERS, section.columns), **skipped}


def people_of(
    name: str,
    table: Iterable[tuple[int | str, Mapping[str, str]]],
    departments: Mapping[str, Department],
    section: PeopleSection = USUAL,
    *,
    spoilt: str,
    empty: str,
) -> People:
    """The people in the rows of a table, each with whose it is. `name` is what the table is called.

    Raises BadInput with `spoilt` where nearly all is faulty, and with `empty` where nobody is left.
    """
    rules = _Rules(department_names(departments, section.departments), skip_rules(section.skip), tuple(HEADERS))
    return _somebody(name, _sorted_out(name, table, rules, spoilt), empty)


def _somebody(name: str, found: People, empty: str) -> People:
    if not found.rows:
        raise BadInput([*found.faults[:FAULTS_SHOWN], Fault(name, "", Sentence(empty))])
    return found


@dataclass(frozen=True, slots=True)
class _Rules:
    """By what rows are read: where departments go, which rows are nobody's, and which columns there are."""

    departments: DepartmentNames
    skip: Skip
    columns: tuple[str, ...]


def _sorted_out(
    name: str,
    table: Iterable[tuple[int | str, Mapping[str, str]]],
    rules: _Rules,
    spoilt: str | None = None,
) -> People:
    """Who can be read of a table, and what is said of the others. Raises BadInput with `spoilt` where nearly all is
    faulty."""
    listed = _Listed()
    unreadable: list[Row] = []
    faults: list[Fault] = []
    left_out: Counter[str] = Counter()
    for line, cells in table:
        if why := why_no_person(cells, rules.skip, rules.columns):
            left_out[why] += 1
            unreadable += [_as_far_as_it_goes(cells)] if why in MAY_BE else []
            continue
        try:
            row = _row(cells, rules.departments)
            if isinstance(line, int) and listed.has(row):
                left_out["second"] += 1
            else:
                listed.add(row, line)
        except _RowFault as fault:
            faults.append(Fault(name, f"{line}:{fault.column}", fault.sentence))
            unreadable.append(_as_far_as_it_goes(cells))
            if spoilt and len(faults) > max(MOST_FAULTS, len(listed.rows)):
                sentence = Sentence(spoilt, {"count": MOST_FAULTS})
                raise BadInput([*faults[:FAULTS_SHOWN], Fault(name, "", sentence)]) from None
    return People(rows=tuple(listed.rows), unreadable=tuple(unreadable), faults=tuple(faults), left_out=left_out)


class _Listed:
    """The people of a file while it is read, each once."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._lines: list[int | str] = []
        self._at: dict[str, int] = {}  # in `rows`, by address and by "#number"

    def add(self, row: Row, line: int | str) -> None:
        """Raises _RowFault when somebody else has the address or the number."""
        identities = _identities(row)
        for identity, column in identities.items():
            if identity in self._at:
                text = "{value} stands in line {line} already. Keep one of the two."
                if isinstance(line, str):
                    text = "{line} has {value} too. Only one can have it."
                raise _RowFault(column, text, value=identity, line=self._lines[self._at[identity]])
        self._at.update(dict.fromkeys(identities, len(self.rows)))
        self.rows.append(row)
        self._lines.append(line)

    def has(self, row: Row) -> bool:
        """Whether it is another appointment of somebody who is listed: by number and address, or by the name and one of
        them. The first one counts; of several numbers the lowest, so that another order makes nobody new."""
        at = next((found for one in _identities(row) if (found := self._at.get(one)) is not None), None)
        if at is None:
            return False
        first = self.rows[at]
        if not _one_person(first, row):
            return False
        if _counts_before(row, first):
            self.rows[at] = row
        self._at.update(dict.fromkeys(_identities(row), at))
        return True


def _identities(row: Row) -> dict[str, str]:
    """By what a row is known, each with its column."""
    found = {row.email: "email"} if row.email else {}
    return found | ({f"#{row.number}": "number"} if row.number else {})


def _one_person(first: Row, row: Row) -> bool:
    """Whether two rows that share a number or an address are of one person: the other or the name is the same too, and
    there are not two addresses."""
    if first.email and row.email and first.email != row.email:
        return False
    both = bool(row.email) and (first.number, first.email) == (row.number, row.email)
    return first.name == row.name or both


def _counts_before(row: Row, first: Row) -> bool:
    """Whether a row of somebody counts in place of the first one: for its address, else for its number."""
    if bool(row.email) != bool(first.email):
        return bool(row.email)
    return _lower(row.number, first.number)


def _lower(one: str | None, other: str | None) -> bool:
    return bool(one and other) and _rank(one or "") < _rank(other or "")


def _rank(number: str) -> tuple[int, str]:
    return len(bare_number(number)), number


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
            absences.append(Absence(line, _bare(cells["person"]), Span(first, last)))
        except _RowFault as fault:
            faults.append(Fault(path.name, f"{line}:{fault.column}", fault.sentence))
    return tuple(absences), tuple(faults)


def _row(cells: Mapping[str, str], departments: DepartmentNames) -> Row:
    if "ragged" in cells:
        raise _RowFault(
            "*", "the row has {cells} cells of those in the heading. Look for a stray separator.", cells=cells["ragged"]
        )
    if not is_line("".join(cells.values())):
        column = next(key for key, cell in cells.items() if not is_line(cell))
        raise _RowFault(column, "the cell holds a line break or a control character. Take it out.")
    return Row(
        number=_number(cells["number"]),
        account=cells.get("account") or None,
        email=intern(_email(cells)),  # the store has them too: one text for both
        name=intern(_name(cells)),
        department=intern(_department(cells, departments)),
        language=_language(cells["language"]),
        zone=_zone(cells["zone"]),
        track=cells["track"].lower() or None,
        working_days=_days(cells["working_days"]),
        time=_time(cells["time"]),
        roles=_roles(cells["roles"]),
        started=_date("started", cells["started"]),
        left=_date("left", cells["left"]),
    )


def _as_far_as_it_goes(cells: Mapping[str, str]) -> Row:
    name = _full_name(cells)
    account = cells.get("account") or None
    return Row(number=cells["number"] or None, account=account, email=cells["email"].lower(), name=name, department="")


def _roles(cell: str) -> frozenset[str]:
    return frozenset(role.strip().lower() for role in BETWEEN_ROLES.split(cell) if role.strip()) if cell else NO_ROLES


def _full_name(cells: Mapping[str, str]) -> str:
    return cells["name"] or f"{cells['first_name']} {cells['last_name']}".strip()


def _number(cell: str) -> str | None:
    if CPR.fullmatch(cell):
        raise _RowFault(
            "number", "this looks like a CPR number. Export the employee number instead; CPR has no business here."
        )
    number = _bare(cell)
    if cell and not EMPLOYEE_NUMBER.fullmatch(number):
        raise _RowFault(
            "number", '"{value}" is not an employee number. Write letters, digits, dot or hyphen.', value=cell
        )
    return number or None


def _bare(number: str) -> str:
    """A number with a hyphen for a slash: "4K/12" has to be the name of a file, too."""
    return number.replace("/", "-")


def _email(cells: Mapping[str, str]) -> str:
    """The address; empty for somebody with a number or an account, who then gets no letters."""
    cell = cells["email"]
    if not cell:
        return ""
    name, at, domain = cell.rpartition("@")
    if not domain.isascii():
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


def _department(cells: Mapping[str, str], departments: DepartmentNames) -> str:
    department, code, path = cells["department"], cells["code"], cells["path"]
    if found := departments.find(department, code, path):
        return found
    told = [one for one in (department, next(parts(path), path), code) if one]
    written = one_blank(next((one for one in told if not one.isdigit()), "".join(told[:1])))  # a name before a code
    if not written:
        raise _RowFault("department", "the department is missing. Write its key or its name.")
    names = _names(written, departments.called)
    raise _RowFault("department", NO_DEPARTMENT, value=written, names=names, key=as_key(written))


def _names(written: str, called: Mapping[str, str]) -> str:
    """The departments to choose from; of many, those that are most like what is written."""
    keys = tuple(dict.fromkeys(called.values()))
    return ", ".join(keys if len(keys) <= NAMES_SHOWN else (*_nearest(as_key(written), keys), "..."))


@lru_cache(1024)  # thousands of rows name the same few hundred departments, and each costs milliseconds
def _nearest(written: str, keys: tuple[str, ...]) -> list[str]:
    return get_close_matches(written, keys, 3, 0.0)


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
    if not cell:
        return None
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
    if not cell:
        return None
    found = parse_time(cell)
    if found is None or not EARLIEST <= found <= LATEST:
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
