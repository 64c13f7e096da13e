"""Who is the same person as before: a people file held against the people known so far.

A person is recognised by HR's number; without one by the address, while the first given name is the same; else by the
full name, when exactly one known person of that name has no row any more. So a new surname or a new address is the same
person, and whoever inherits an address is another. What an administrator decided (`culture.same`) comes before that.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from culture.names import same_given
from culture.people import Row
from culture.same import Same

LATELY = timedelta(days=14)
"""How long it is said that an address went to another person: long enough for an administrator's holiday."""


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


What = Literal["address", "name", "department", "leaving-date"]
"""What may change in a row and make somebody else of whoever it is about, or take them away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """What a people file changes. Each `Known` is the record as it should stand afterwards."""

    joined: tuple[Known, ...] = ()
    changed: tuple[Known, ...] = ()  # those whose row is back among them
    vanished: tuple[Known, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.joined or self.changed or self.vanished)


NO_DECISIONS: Mapping[str, Same] = {}


def census(
    known: Mapping[str, Known],
    rows: Sequence[Row],
    *,
    unreadable: Sequence[Row] = (),
    same: Mapping[str, Same] = NO_DECISIONS,
    former: Callable[[str], bool] = lambda _: False,
    new_id: Callable[[Row], str],
    now: datetime,
    today: date,
    gone: date,
) -> Census:
    """What the file `rows` changes in `known`. `rows` hold no address and no number twice.

    Whose row is missing since `today` is gone on `gone`; at once, when their last day at work is over anyway.

    `unreadable` are rows with a fault, as far as they could be read: whoever they are about has not vanished.
    `same` are the ids that are somebody else's by decision: they are gone at once. `former` says of an id whether it was that of
    somebody who is forgotten: nobody gets it again. `new_id` gives the opaque id of a person
    never seen before; it must be the same for the same row.
    """
    names = _names(same)
    matches, rest = _match((one for one in known.values() if one.id not in same), rows, names)
    joined, changed, taken = list[Known](), list[Known](), set(known)
    for row, match in zip(rows, matches, strict=True):
        if match is None:
            joined.append(_first_sight(taken, former, row, new_id(row), now))
            taken.add(joined[-1].id)
        elif match.row != row or match.gone:
            changed.append(replace(match, row=row, gone=None))
    faulty, lost = _match(rest, unreadable, names, faulty=True)
    changed += [replace(person, gone=None) for person in faulty if person and person.missing(today)]
    vanished = [replace(person, gone=_last(person, today, gone)) for person in lost if person.gone is None]
    vanished += [replace(known[key], gone=today) for key in same if key in known and _still_counted(known[key], today)]
    return Census(joined=tuple(joined), changed=tuple(changed), vanished=tuple(vanished))


def differs(before: Row, after: Row) -> tuple[What, ...]:
    """What is other in a person's row, of what may make somebody else of them. A new surname alone does not."""
    found: dict[What, bool] = {
        "address": before.email != after.email,
        "name": not same_given(before.name, after.name),
        "department": before.department != after.department,
        "leaving-date": before.left != after.left,
    }
    return tuple(what for what, other in found.items() if other)


def inherited(
    people: Iterable[Known], today: date, same: Mapping[str, Same] = NO_DECISIONS
) -> Iterator[tuple[Known, Known]]:
    """Who had an address until lately and who has it now, where nothing but the given name says that they are two."""
    everybody, names = list(people), _names(same)
    left: dict[str, list[Known]] = {}
    for one in everybody:
        if one.gone and one.gone > today - LATELY and one.id not in same:
            left.setdefault(one.row.email, []).append(one)
    for one in everybody if left else ():
        for before in left.get(one.row.email, ()) if one.gone is None else ():
            other = not _other_number(before.row, one.row) and not _named(before, one.row, names)
            if other and before.first_seen <= one.first_seen:
                yield before, one


def _last(person: Known, today: date, gone: date) -> date:
    return today if person.row.left and person.row.left < today else gone


def _still_counted(person: Known, today: date) -> bool:
    return person.gone is None or person.missing(today)


Names = Mapping[str, frozenset[str]]
"""By which names somebody is known besides the one in their row, by id."""


def _names(same: Mapping[str, Same]) -> Names:
    found: dict[str, frozenset[str]] = {}
    for one in same.values():
        found[one.person] = found.get(one.person, frozenset()) | frozenset(one.names)
    return found


def _named(person: Known, row: Row, names: Names) -> bool:
    """Whether the row's given name is one of the person's."""
    if person.row.name == row.name or same_given(person.row.name, row.name):
        return True
    return any(same_given(name, row.name) for name in names.get(person.id, ()))


def _match(
    known: Iterable[Known], rows: Sequence[Row], names: Names, *, faulty: bool = False
) -> tuple[list[Known | None], list[Known]]:
    """For each row the known person it is about, each person at most once; and those whom none is about.

    Of a `faulty` row the name may be what is wrong: there the address is enough, for nobody is to vanish by it.
    """
    free = {person.id: person for person in known}
    by_number = {person.row.number: person for person in free.values() if person.row.number}
    found: list[Known | None] = [None] * len(rows)

    def take(index: int, person: Known | None) -> None:
        if person and person.id in free:
            found[index] = free.pop(person.id)

    for index, row in enumerate(rows):
        if row.number:
            take(index, by_number.get(row.number))
    by_email, had = _by_email(free.values())
    for index, row in enumerate(rows):
        candidate = by_email.get(row.email) if found[index] is None else None
        if candidate and candidate.row.name == row.name and row.email not in had:
            take(index, None if _other_number(candidate.row, row) else candidate)  # nearly everybody, at every tick
        elif candidate:
            take(index, _whose(had.get(row.email) or [candidate], row, names, faulty=faulty))
    by_name: dict[str, list[Known]] = {}
    for person in free.values():
        for name in {person.row.name, *names.get(person.id, ())}:
            by_name.setdefault(name, []).append(person)
    for index, row in enumerate(rows):
        if found[index] is None:
            namesakes = by_name.get(row.name, [])
            namesakes = [one for one in namesakes if one.gone is None] or namesakes  # who has left is not meant first
            if len(namesakes) == 1 and not _other_number(namesakes[0].row, row):
                take(index, namesakes[0])
    return found, list(free.values())


def _by_email(people: Iterable[Known]) -> tuple[dict[str, Known], dict[str, list[Known]]]:
    """One who has or had each address, and all of them where there are several: 100,000 lists of one would be slow."""
    found: dict[str, Known] = {}
    several: dict[str, list[Known]] = {}
    for person in people:
        first = found.setdefault(person.row.email, person)
        if first is not person:
            several.setdefault(person.row.email, [first]).append(person)
    return found, several


def _whose(had: Sequence[Known], row: Row, names: Names, *, faulty: bool) -> Known | None:
    """Of those who had a row's address whoever it is about: who has it still, then who is called just so, then who left
    last."""
    candidates = [one for one in had if not _other_number(one.row, row)]
    named = [one for one in candidates if _named(one, row, names)] or (candidates if faulty else [])
    if len(named) < 2:
        return named[0] if named else None
    return max(named, key=lambda one: (one.gone is None, one.row.name == row.name, one.gone or date.min))


def _other_number(before: Row, after: Row) -> bool:
    """Two different HR numbers are two people, even if one inherited the other's address."""
    return bool(before.number and after.number and before.number != after.number)


def _first_sight(
    taken: Collection[str], former: Callable[[str], bool], row: Row, person_id: str, now: datetime
) -> Known:
    # Somebody whose address once belonged to another person gets an id of their own.
    wanted, tries = person_id, 1
    while person_id in taken or former(person_id):
        tries += 1
        person_id = f"{wanted}-{tries}"
    return Known(id=person_id, row=row, first_seen=now)
