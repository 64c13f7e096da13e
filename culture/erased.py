"""Who had everything about them erased, while HR's file goes on naming them: they must not be met as new. Pure.

Of them nothing is kept that says who they are: marks, which only whoever has the same number, account, address or name
can be held against.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from culture.people import Row

FORGOTTEN_AFTER = timedelta(weeks=5)
"""How long after HR's file was last seen with their row the marks are kept: an export that lacks somebody for a month must
not bring them a welcome when it is whole again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The marks of a row; empty where it has none of that."""

    account: str = ""
    number: str = ""
    address: str = ""
    given: str = ""  # the first name, by which two who had one address are told apart
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """Somebody of whom nothing else is left, by the mark of their id. `erased`: the day. `marks`: where they asked for it,
    by what their row is known; None where they had been gone for long, or where HR's file names them no more. `missing`:
    since when it does not."""

    erased: date
    marks: Marks | None = None
    missing: date | None = None


Marking = Callable[[Row], Marks]


def left_out(rows: Sequence[Row], former: Mapping[str, Former], marking: Marking) -> dict[int, str]:
    """Which of the rows, by their place, are about somebody who was erased, and by which mark of an id.

    The account, the number and the address say it; else the name, where no row is theirs by these.
    """
    asked = {key: one.marks for key, one in former.items() if one.marks}
    if not asked:
        return {}
    marks = [marking(row) for row in rows]
    found = {place: key for place, one in enumerate(marks) for key, of in asked.items() if _surely(one, of)}
    for key, of in asked.items():
        if key not in found.values():
            found |= {place: key for place, one in enumerate(marks) if place not in found and _by_name(one, of)}
    return found


def _surely(row: Marks, of: Marks) -> bool:
    for one, other in ((row.account, of.account), (row.number, of.number)):
        if one and other:
            return one == other
    return bool(row.address) and row.address == of.address and row.given == of.given


def _by_name(row: Marks, of: Marks) -> bool:
    return row.name == of.name and not (row.account and of.account) and not (row.number and of.number)


def seen(former: Mapping[str, Former], there: Iterable[str], today: date) -> Iterator[tuple[str, Former]]:
    """The records that change on a day on which HR's file names those who are `there`, by their marks."""
    named = set(there)
    for key, one in former.items():
        if one.marks is None:
            continue
        if key in named:
            after = replace(one, missing=None)
        elif one.missing is None:
            after = replace(one, missing=today)
        elif one.missing < today - FORGOTTEN_AFTER:
            after = replace(one, marks=None, missing=None)
        else:
            continue
        if after != one:
            yield key, after
