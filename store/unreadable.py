"""Records that cannot be read: what they are, and whom they are about. Pure.

A record with a right checksum may still lack a field, or have a key that nobody makes: written by another version, or
by hand. It is left as it is, and the others are read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """One record that cannot be read. `person_id` and `department`: whom it is about, empty where that is not known."""

    table: str
    key: str
    why: str
    person_id: str = ""
    department: str = ""


class CannotRead(Exception):
    """A record that was asked for by its key cannot be read."""

    def __init__(self, record: Unreadable) -> None:
        super().__init__(f"the record {record.table} {record.key} cannot be read ({record.why})")
        self.record = record
