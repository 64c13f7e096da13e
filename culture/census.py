"""Who is the same person as before: a people file held against the people known so far.

A person is recognised by the account in a directory, then by HR's number; without these by the address, while the first
given name is the same; else by the full name, when exactly one known person of that name has no row any more. So a new
surname or a new address is the same person, and whoever inherits an address is another. What an administrator decided
(`culture.same`) comes before that.
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
    ahead while nobody can know yet whether the row is back tomorrow. `outside`: gone because the pilot is another, and
    not from the house.
    """

    id: str
    row: Row
    first_seen: datetime
    gone: date | None = None
    outside: bool = False

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
    outside: tuple[Known, ...] = ()  # who was in the pilot and is not any more

    @property
    def all(self) -> tuple[Known, ...]:
        """Every record that it changes."""
        return (*self.joined, *self.changed, *self.vanished, *self.outside)

    def __bool__(self) -> bool:
        return bool(self.all)


NO_DECISIONS: Mapping[str, Same] = {}


@dataclass(frozen=True, slots=True)
class Erased:
    """Who had everything about them erased: which of several ids are theirs, and which of several rows, by their places."""

    ids: Callable[[Iterable[str]], Collection[str]]
    rows: Callable[[Sequence[Row]], Collection[int]]


NOBODY_ERASED = Erased(ids=lambda _: (), rows=lambda _: ())

Names = Mapping[str, frozenset[str]]
"""By which names somebody is known besides the one in their row, by id."""


def census(
    known: Mapping[str, Known],
    rows: Sequence[Row],
    *,
    unreadable: Sequence[Row] = (),
    same: Mapping[str, Same] = NO_DECISIONS,
    former: Callable[[str], bool] = lambda _: False,
    erased: Erased = NOBODY_ERASED,
    new_id: Callable[[Row], str],
    now: datetime,
    today: date,
    gone: date,
) -> Census:
    """What the file `rows` changes in `known`. `rows` hold no address and no number twice.

    Whose row is missing since `today` is gone on `gone`; at once, when their last day at work is over anyway.

    `unreadable` are rows with a fault, as far as they could be read: whoever they are about has not vanished. `same`
    are the ids that are somebody else's by decision: they are gone at once. `former` says of an id whether it was that
    of somebody who is forgotten: nobody gets it again. Who is `erased` is gone at once, where something in their calendar must still be
    known, and not met anew, where HR's file still names them. `new_id` gives the opaque id of a person never seen before; it
    must be the same for the same row.
    """
    names = _names(same)
    nobody = {*same, *erased.ids(known)}
    matches, rest = _match((one for one in known.values() if one.id not in nobody), rows, names)
    joined = _newcomers(rows, matches, known, former, erased, new_id, now)
    faulty, lost = _match(rest, unreadable, names, faulty=True)
    returned = [replace(person, gone=None) for person in faulty if person and person.missing(today)]
    return Census(
        joined=tuple(joined),
        changed=(*_changed(rows, matches), *returned),
        vanished=(*_lost(lost, today, gone), *_given_away(known, nobody, today)),
    )


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
    left = _left_lately(everybody, today, same)
    for one in (person for person in everybody if person.row.email) if left else ():
        for before in left.get(one.row.email, ()) if one.gone is None else ():
            if before.first_seen <= one.first_seen and _by_given_name_alone(before, one.row, names):
                yield before, one


def _left_lately(people: Iterable[Known], today: date, same: Mapping[str, Same]) -> dict[str, list[Known]]:
    """Who is gone since LATELY and is nobody else by decision, by the address they had."""
    found: dict[str, list[Known]] = {}
    for one in people:
        if one.gone and one.gone > today - LATELY and one.id not in same:
            found.setdefault(one.row.email, []).append(one)
    return found


def _by_given_name_alone(before: Known, row: Row, names: Names) -> bool:
    """Whether the row is another person's by its given name and by nothing else."""
    return not _other_by_id(before.row, row) and not _named(before, row, names)


def _newcomers(
    rows: Sequence[Row],
    matches: Sequence[Known | None],
    known: Collection[str],
    former: Callable[[str], bool],
    erased: Erased,
    new_id: Callable[[Row], str],
    now: datetime,
) -> list[Known]:
    """A record for each row that is about nobody known and nobody erased, with an id that is nobody's."""
    found, taken = list[Known](), set(known)
    new = [row for row, match in zip(rows, matches, strict=True) if match is None]
    out = erased.rows(new) if new else ()
    for place, row in enumerate(new):
        if place not in out:
            found.append(_first_sight(taken, former, row, new_id(row), now))
            taken.add(found[-1].id)
    return found


def _changed(rows: Sequence[Row], matches: Sequence[Known | None]) -> Iterator[Known]:
    """The records of those whose row is another now, or back."""
    for row, match in zip(rows, matches, strict=True):
        if match and (match.row != row or match.gone):
            yield replace(match, row=row, gone=None, outside=False)


def _lost(people: Iterable[Known], today: date, gone: date) -> Iterator[Known]:
    """The records of those whose row is missing since today."""
    return (replace(person, gone=_last(person, today, gone)) for person in people if person.gone is None)


def _last(person: Known, today: date, gone: date) -> date:
    return today if person.row.left and person.row.left < today else gone


def _given_away(known: Mapping[str, Known], same: Collection[str], today: date) -> Iterator[Known]:
    """The records of those who are nobody of their own any more and were still counted."""
    return (
        replace(known[key], gone=today) for key in sorted(same) if key in known and _still_counted(known[key], today)
    )


def _still_counted(person: Known, today: date) -> bool:
    return person.gone is None or person.missing(today)


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
    matching = _Matching(rows, names, {person.id: person for person in known}, [None] * len(rows))
    matching.by_account()
    matching.by_number()
    matching.by_address(faulty=faulty)
    matching.by_name()
    return matching.found, list(matching.free.values())


@dataclass(slots=True)
class _Matching:
    """Rows held against people, while it goes on: `free` are those by id whom no row is about so far, and `found` the
    person of each row."""

    rows: Sequence[Row]
    names: Names
    free: dict[str, Known]
    found: list[Known | None]

    def _take(self, index: int, person: Known | None) -> None:
        if person and person.id in self.free:
            self.found[index] = self.free.pop(person.id)

    def by_account(self) -> None:
        """Also where the number is another now: somebody filled it in, or mended it."""
        by_account = {person.row.account: person for person in self.free.values() if person.row.account}
        for index, row in enumerate(self.rows):
            if row.account:
                self._take(index, by_account.get(row.account))

    def by_number(self) -> None:
        """As it is written before as it may have been: "0012" and "12" are two where both are there."""
        for written in (str, bare_number):
            by_number = {written(one.row.number): one for one in self.free.values() if one.row.number}
            for index, row in enumerate(self.rows):
                if row.number and self.found[index] is None:
                    self._take(index, by_number.get(written(row.number)))

    def by_address(self, *, faulty: bool) -> None:
        by_email, had = _by_email(self.free.values())
        for index, row in enumerate(self.rows):
            candidate = by_email.get(row.email) if row.email and self.found[index] is None else None
            if candidate and candidate.row.name == row.name and row.email not in had:
                self._take(index, None if _other_number(candidate.row, row) else candidate)  # nearly all, at every tick
            elif candidate:
                self._take(index, _whose(had.get(row.email) or [candidate], row, self.names, faulty=faulty))

    def by_name(self) -> None:
        by_name = _by_every_name(self.free.values(), self.names)
        for index, row in enumerate(self.rows):
            if self.found[index] is None:
                self._take(index, _only_namesake(by_name.get(row.name, []), row))


def _by_every_name(people: Iterable[Known], names: Names) -> dict[str, list[Known]]:
    """Who is known by each name."""
    found: dict[str, list[Known]] = {}
    for person in people:
        for name in {person.row.name, *names.get(person.id, ())}:
            found.setdefault(name, []).append(person)
    return found


def _only_namesake(namesakes: list[Known], row: Row) -> Known | None:
    """The one known person of a row's name, if there is just one and the number does not say otherwise."""
    meant = [one for one in namesakes if one.gone is None] or namesakes  # who has left is not meant first
    return meant[0] if len(meant) == 1 and not _other_by_id(meant[0].row, row) else None


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
    if before.number == after.number or not (before.number and after.number):
        return False
    return bare_number(before.number) != bare_number(after.number)


def bare_number(number: str) -> str:
    """A number without the zeros before it, which a spreadsheet drops and shows again as it likes."""
    return number.lstrip("0") if number.isdigit() else number


def _other_by_id(before: Row, after: Row) -> bool:
    """Two who share nothing but the name are two where a number or an account says so."""
    other_account = bool(before.account and after.account and before.account != after.account)
    return other_account or _other_number(before, after)


def _first_sight(
    taken: Collection[str], former: Callable[[str], bool], row: Row, person_id: str, now: datetime
) -> Known:
    # Somebody whose address once belonged to another person gets an id of their own.
    wanted, tries = person_id, 1
    while person_id in taken or former(person_id):
        tries += 1
        person_id = f"{wanted}-{tries}"
    return Known(id=person_id, row=row, first_seen=now)
