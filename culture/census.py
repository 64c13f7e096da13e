"""Who is the same person as before: a people file held against the people known so far.

A person is recognised by HR's number; without one by the address; else by the full name, when exactly
one known person of that name has no row any more. So a new name or a new address is the same person.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from culture.people import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A person the service has met: the id given at first sight, when (UTC), and the newest row.

    `gone`: the first day on which the row was no longer in the file; None while it is there.
    """

    id: str
    row: Row
    first_seen: datetime
    gone: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """What a people file changes. Each `Known` is the record as it should stand afterwards."""

    joined: tuple[Known, ...] = ()
    changed: tuple[Known, ...] = ()
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
) -> Census:
    """What the file `rows` changes in `known`. `rows` hold no address and no number twice.

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
    _, lost = _match(rest, unreadable)
    vanished = [replace(person, gone=today) for person in lost if person.gone is None]
    return Census(joined=tuple(joined), changed=tuple(changed), vanished=tuple(vanished))


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
