"""A pilot: the service knows some of the people of the people file, and the others not yet. Pure.

Who is in is said by department, by address, or as a share of everybody. A share is drawn by the id, which never changes:
whoever is in stays in when the share grows.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from culture.census import Census, Known
from culture.people import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Pilot:
    """Who is in it: departments by their keys, addresses in small letters, a share of everybody in per cent."""

    departments: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    percent: int = 0

    def takes(self, row: Row, person_id: str) -> bool:
        """Whether the person of that row and id is in."""
        named = row.department in self.departments or row.email in self.addresses
        return named or _drawn(person_id) * 100 < self.percent


def _drawn(person_id: str) -> float:
    """Where an id lies between 0 and 1, spread evenly and always the same."""
    return int.from_bytes(hashlib.sha256(f"pilot/{person_id}".encode()).digest()[:4], "big") / 2**32


def within(found: Census, known: Mapping[str, Known], pilot: Pilot, today: date) -> Census:
    """What a people file changes where only those of the pilot count: nobody else comes in, and whoever was in and is
    not any more is `outside` from today on."""
    after = {**known, **{one.id: one for one in (*found.changed, *found.vanished)}}
    there = [one for one in after.values() if one.gone is None]
    outside = [replace(one, gone=today, outside=True) for one in there if not pilot.takes(one.row, one.id)]
    out = {one.id for one in outside}
    return replace(
        found,
        joined=tuple(one for one in found.joined if pilot.takes(one.row, one.id)),
        changed=tuple(one for one in found.changed if one.id not in out),
        outside=tuple(one for one in outside if known[one.id].gone is None or known[one.id].missing(today)),
    )
