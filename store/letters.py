"""The record of a letter, to and from a plain JSON document. Pure.

A letter's id is the left part of its Message-ID. Times are aware; in documents ISO 8601 in UTC.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Literal

from store.shape import is_moment, shaped
from store.spool import Spooled

log = logging.getLogger(__name__)

State = Literal["claimed", "sent", "parked", "dropped"]

_TIMES = ("next_attempt", "claimed_at", "settled_at", "expires", "outlasts")
_LISTS = ("kinds", "notices")
_LEFT_OUT: dict[str, Any] = {"settled_at": None, "said": "", "publication": None, "attempts": 0, "outlasts": None}
"""What most letters that wait do not have: it is not written until it is there. The store holds six weeks of letters in
memory, and of 10,000 people each byte is 60 kB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRecord:
    """What the store knows of one letter. Its bytes are in the spool."""

    id: str
    person: str  # person id
    to: str  # address
    kinds: tuple[str, ...]
    notices: tuple[str, ...]  # keys
    subject: str
    transport: str  # the one it was claimed for
    sender: str  # envelope sender
    state: State = "claimed"
    wire: int = 0  # how often it was put on the wire
    settled_wire: int = 0  # for how many of these the outcome is known, or the doubt has been counted
    attempts: int = 0  # how often the server answered "not now"
    next_attempt: datetime | None
    claimed_at: datetime
    settled_at: datetime | None = None
    said: str = ""  # the last words about it: the server's, or our sentence
    spool: Spooled
    counted: bool  # whether it is one of the person's letters of the week
    in_doubt: int = 0  # how often nobody could know whether it was accepted
    publication: str | None = None  # UID of the calendar event that it carries
    expires: datetime  # from here on it is parked, not tried again
    outlasts: datetime | None = None  # until when something that it says is still in time after that

    @property
    def doubtful(self) -> bool:
        """It was put on the wire, and what came of it was never written down."""
        return self.wire > self.settled_wire


_FIELDS = tuple(field.name for field in fields(LetterRecord) if field.name != "id")


def to_document(record: LetterRecord) -> dict[str, Any]:
    """The document of a record, under its id as key (the id itself is not in it)."""
    document = {name: getattr(record, name) for name in _FIELDS}
    document |= {name: iso(document[name]) for name in _TIMES}
    document |= {name: list(document[name]) for name in _LISTS}
    document["spool"] = spooled_text(record.spool)
    return {name: value for name, value in document.items() if name not in _LEFT_OUT or value != _LEFT_OUT[name]}


def from_document(letter_id: str, document: Mapping[str, Any]) -> LetterRecord:
    """The record that `to_document` made this of. Raises KeyError, TypeError or ValueError for anything else."""
    typed = {
        **_LEFT_OUT,
        **document,
        **{name: _time(document.get(name)) for name in _TIMES},
        **{name: tuple(document[name]) for name in _LISTS},
        "spool": spooled(document["spool"]),
    }
    return shaped(LetterRecord(id=letter_id, **typed))


def letters_in(documents: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[LetterRecord]:
    """The records of these documents, by id. One that cannot be read is left out: `store verify` names it."""
    for letter_id, document in documents:
        try:
            yield from_document(letter_id, document)
        except (KeyError, TypeError, ValueError, AttributeError):
            log.debug("the record of letter %s cannot be read", letter_id)


def settled_at(document: Mapping[str, Any]) -> datetime | None:
    """When a letter was settled, by its document; None when it was not, or nobody can say."""
    try:
        found = _time(document.get("settled_at"))
    except (TypeError, ValueError):
        return None
    return found if is_moment(found) else None


def spooled_text(place: Spooled) -> str:
    """Where a letter's bytes are, as it stands in its document: segment, offset, length, crc."""
    return f"{place.segment} {place.offset} {place.length} {place.crc}"


def spooled(text: str) -> Spooled:
    """The place that `spooled_text` made this of. Raises ValueError for anything else."""
    segment, *numbers = text.rsplit(" ", 3)
    offset, length, crc = map(int, numbers)
    return Spooled(segment, offset, length, crc)


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC, as it stands in a document. Raises ValueError for a naive time."""
    if moment is None:
        return None
    if moment.utcoffset() is None:
        raise ValueError(f"A time in a letter's record must carry a zone, got {moment!r}.")
    return moment.astimezone(UTC).isoformat()


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
