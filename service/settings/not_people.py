"""Rows of a people file that are about nobody who works here. They are counted and left out, and are no faults. Pure."""

import re
from collections.abc import Mapping, Sequence
from fnmatch import translate

from service.settings.department_names import plain_name
from service.settings.headings import HEADERS, plain

OFF = (
    "false",
    "falsk",
    "disabled",
    "suspended",
    "inactive",
    "terminated",
    "deaktiveret",
    "inaktiv",
    "passiv",
    "ophørt",
    "fratrådt",
)
"""What directories write of an account that nobody uses any more."""

NOBODY = ("sharedmailbox", "roommailbox", "equipmentmailbox", "schedulingmailbox", "discoverymailbox")
"""What Exchange calls a mailbox that is nobody's own."""

TOTAL = re.compile(r"(i ?alt|totalt?|sum|antal|udskrevet|rapport)\b", re.IGNORECASE)
"""What the last lines of a report begin with."""

MAY_BE = frozenset({"mailbox", "unreachable"})
"""Why a row is left out that may be a person's whom HR wrote down badly: nobody vanishes by it."""

REASONS = ("nobody", "disabled", "guest", "mailbox", "unreachable", "second", "skipped")
"""Why rows are left out: totals and remarks, accounts that are not in use, of others, nobody's own; with neither an
address nor a number; further appointments of somebody; by [people.skip]."""

Cells = Mapping[str, str]
Skip = Mapping[str, tuple[re.Pattern[str], ...]]
"""Patterns by the column in whose cells they are looked for."""


def skip_rules(rules: Mapping[str, Sequence[str]]) -> Skip:
    """The rules of [people.skip], to be looked for."""
    return {
        column: tuple(re.compile(translate(plain_name(pattern))) for pattern in patterns)
        for column, patterns in rules.items()
    }


def why_no_person(cells: Cells, skip: Skip, columns: Sequence[str]) -> str:
    """Why a row is none of a person, one of `REASONS`; empty for a person's. `columns` are those that the file has."""
    if any(_fits(cells, column, patterns) for column, patterns in skip.items() if column in columns):
        return "skipped"
    if why := _by_directory(cells):
        return why
    if cells["email"] and "@" not in cells["email"] and plain(cells["email"]) in HEADERS["email"]:
        return "nobody"  # the heading again: on every page of a report, and in SuccessFactors as it is shown
    if cells["email"] and cells["number"]:
        return ""  # nearly every row: nothing below is so of it
    written = [cell for key, cell in cells.items() if cell and key != "ragged"]
    if _is_note(cells, written):
        return "nobody"
    return _by_what_is_not_there(cells, columns) if written else ""


def _by_directory(cells: Cells) -> str:
    """What a directory itself says of an account that is nobody's here; empty where it says no such thing."""
    if cells["enabled"].lower() in OFF:
        return "disabled"
    if cells["user_type"].lower() == "guest":
        return "guest"
    return "mailbox" if cells["user_type"].lower() in NOBODY else ""


def _by_what_is_not_there(cells: Cells, columns: Sequence[str]) -> str:
    """Of a row with neither an address nor a number, or with an address and neither a number nor a place to work."""
    if cells["number"] or cells.get("account"):
        return ""
    if not cells["email"]:
        return "unreachable"
    placed = cells["department"] or cells["code"] or cells["path"]
    return "mailbox" if not placed and "number" in columns else ""


def _fits(cells: Cells, column: str, patterns: Sequence[re.Pattern[str]]) -> bool:
    cell = plain_name(cells.get(column, ""))
    return any(pattern.match(cell) for pattern in patterns)


def _is_note(cells: Cells, written: Sequence[str]) -> bool:
    """Whether the row is a total or a remark of whoever made the list."""
    if cells["email"] or cells["department"] or not written:
        return False
    named = cells["name"] or cells["first_name"] or cells["last_name"]
    alone = len(written) == 1 and re.search(r"[^\W\d]\W+\w", written[0]) and not named
    return bool(alone or TOTAL.match(written[0]))
