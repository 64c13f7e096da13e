"""Who is the same person as before: a people file held against the people known so far.

A person is recognised by HR's number; without one by the address; else by the full name, when exactly
one known person of that name has no row any more. So a new name or a new address is the same person.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from culture.people import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A person the service has met: the id given at first sight, when (UTC), and the newest row.

    `gone`: the first day on which they no longer work here, for the row is missing; None while it is there. It lies
    ahead while nobody can know yet whether the row is back tomorrow.
    """

    id: str
    row: Row
    first_seen: datetime
    gone: date | None = None

    def missing(self, today: date) -> bool:
        """Whether the row is missing and the person still here: they get nothing and lose nothing."""
        return self.gone is not None and self.gone > today


What = Literal["address", "name", "department", "leaving date"]
"""What may change in a row and make somebody else of whoever it is about, or take them away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """What a people file changes. Each `Known` is the record as it should stand afterwards."""

    joined: tuple[Known, ...] = ()
    changed: tuple[Known, ...] = ()  # those whose row is back among them
    vanished: tuple[Known, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.joined or self.changed or self.vanished)


def census(
    known: Mapping[str, Known],
    rows: Sequence[Row],
    *,
    unreadable: Sequence[Row] = (),
    new_id: Callable[[Row], str],
    now: datetime,
    today: date,
    gone: date,
) -> Census:
    """What the file `rows` changes in `known`. `rows` hold no address and no number twice.

    Whose row is missing since `today` is gone on `gone`; at once, when their last day at work is over anyway.

    `unreadable` are rows with a fault, as far as they could be read: whoever they are about has not vanished.
    `new_id` gives the opaque id of a person never seen before; it must be the same for the same row.
    """
    matches, rest = _match(known.values(), rows)
    joined, changed = [], []
    for row, match in zip(rows, matches, strict=True):
        if match is None:
            joined.append(_first_sight(known, row, new_id(row), now))
        elif match.row != row or match.gone:
            changed.append(replace(match, row=row, gone=None))
    faulty, lost = _match(rest, unreadable)
    changed += [replace(person, gone=None) for person in faulty if person and person.missing(today)]
    vanished = [replace(person, gone=_last(person, today, gone)) for person in lost if person.gone is None]
    return Census(joined=tuple(joined), changed=tuple(changed), vanished=tuple(vanished))


def differs(before: Row, after: Row) -> tuple[What, ...]:
    """What is other in a person's row, of what may make somebody else of them. A new surname alone does not."""
    found: dict[What, bool] = {
        "address": before.email != after.email,
        "name": _given(before) != _given(after),
        "department": before.department != after.department,
        "leaving date": before.left != after.left,
    }
    return tuple(what for what, other in found.items() if other)


def _given(row: Row) -> str:
    return row.name.casefold().partition(" ")[0]


def _last(person: Known, today: date, gone: date) -> date:
    return today if person.row.left and person.row.left < today else gone


def _match(known: Iterable[Known], rows: Sequence[Row]) -> tuple[list[Known | None], list[Known]]:
    """For each row the known person it is about, each person at most once; and those whom none is about."""
    free = {person.id: person for person in known}
    by_number = {person.row.number: person for person in free.values() if person.row.number}
    found: list[Known | None] = [None] * len(rows)

    def take(index: int, person: Known | None) -> None:
        if person and person.id in free:
            found[index] = free.pop(person.id)

    for index, row in enumerate(rows):
        if row.number:
            take(index, by_number.get(row.number))
    by_email = {person.row.email: person for person in free.values()}
    for index, row in enumerate(rows):
        candidate = by_email.get(row.email)
        if found[index] is None and candidate and not _other_number(candidate.row, row):
            take(index, candidate)
    names: dict[str, list[Known]] = {}
    for person in free.values():
        names.setdefault(person.row.name, []).append(person)
    for index, row in enumerate(rows):
        namesakes = names.get(row.name, [])
        if found[index] is None and len(namesakes) == 1 and not _other_number(namesakes[0].row, row):
            take(index, namesakes[0])
    return found, list(free.values())


def _other_number(before: Row, after: Row) -> bool:
    """Two different HR numbers are two people, even if one inherited the other's address."""
    return bool(before.number and after.number and before.number != after.number)


def _first_sight(known: Mapping[str, Known], row: Row, person_id: str, now: datetime) -> Known:
    # Somebody whose address once belonged to another person gets an id of their own.
    wanted, tries = person_id, 1
    while person_id in known:
        tries += 1
        person_id = f"{wanted}-{tries}"
    return Known(id=person_id, row=row, first_seen=now)
