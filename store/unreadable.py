"""Records that cannot be read: what they are, and whom they are about. Pure.

A record with a right checksum may still lack a field, or have a key that nobody makes: written by another version, or
by hand. It is left as it is, and the others are read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from culture.keys import AttendeeKey, ChoiceKey, NotAKey, PersonWeek, TurnId
from store import records

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


def unreadable(table: str, key: str, document: Document, error: Exception) -> Unreadable:
    """What is known of a record whose reading raised `error`."""
    why = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    person_id, department = "", ""
    try:
        person_id = _PERSON.get(table, _nobody)(key, document)
        department = _DEPARTMENT.get(table, _nobody)(key, document)
    except NotAKey:
        pass  # then it is about nobody we can name
    return Unreadable(table=table, key=key, why=why, person_id=person_id, department=department)


def _nobody(key: str, document: Document) -> str:
    return ""


def _itself(key: str, document: Document) -> str:
    return key


def _field(name: str) -> Callable[[str, Document], str]:
    def read(key: str, document: Document) -> str:
        found = document.get(name) if isinstance(document, Mapping) else None
        return found if isinstance(found, str) else ""

    return read


_PERSON: Mapping[str, Callable[[str, Document], str]] = {
    records.PEOPLE: _itself,
    records.PREFERENCES: _itself,
    records.FEEDS: _itself,
    records.LINKS: _itself,
    records.TURN_LETTERS: _itself,
    records.BLOCKS: _itself,
    records.LINKS_ASKED: _itself,
    records.SAME: _itself,
    records.PUBLICATIONS: _field("person"),
    records.LETTERS: _field("person"),
    records.MEETINGS: lambda key, _: AttendeeKey.from_text(key).person_id,
    records.WEEKS: lambda key, _: PersonWeek.from_text(key).person_id,
    records.FREE_MINUTES: lambda key, _: PersonWeek.from_text(key).person_id,
    records.CHOICES: lambda key, _: ChoiceKey.from_text(key).person_id,
}

_DEPARTMENT: Mapping[str, Callable[[str, Document], str]] = {
    records.STANDINGS: _itself,
    records.TURNS: lambda key, _: TurnId.from_text(key).department,
}
