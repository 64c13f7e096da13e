"""Which records are about a person, and what is left of each without them: asked of every table's row. Pure.

The rows say it, so a table that a programme brings is told, exported and erased by being there.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from culture.keys import last_part
from service.engine.table_row import Table
from service.engine.tables import ROWS
from store.unreadable import Document

GONE = None
"""What is left of a record that goes with its person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A record about a person. `left`: what it is without them; None: it goes with them."""

    row: Table
    key: str
    document: Document
    left: Document | None


def about(row: Table, key: str, document: Document, person_id: str, nobody: str) -> About | None:
    """The record where it is about the person, whose id is `nobody` in what is left of it; None where it is not.

    Raises whatever is wrong with a record that cannot be read.
    """
    whose = row.whose(key, document)
    if person_id in whose[:1] or (person_id in whose and row.unnamed is None):
        return About(row=row, key=key, document=document, left=GONE)
    left = row.unnamed(key, document, person_id, nobody) if row.unnamed else document
    return None if left is document else About(row=row, key=key, document=document, left=left)


Documents = Mapping[str, Iterable[tuple[str, Document]]]
"""By table, every record's key and document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The records about a person, in the order of the tables; `unread`: those, table and key, that cannot be read and hold
    their id as a word."""

    records: tuple[About, ...]
    unread: tuple[tuple[str, str], ...] = ()


def everything(tables: Documents, nobodies: Mapping[str, str]) -> Found:
    """Every record about the people of these ids, each once; in what is left of it each is the other id that is given."""
    found, unread = list[About](), list[tuple[str, str]]()
    for row in ROWS:
        for key, document in tables.get(row.name, ()):
            named = nobodies.keys() & {*_words(key), *_texts(document)}
            if not named:
                continue  # nearly all: a record is read only where one of them may be in it
            try:
                found += _of(row, key, document, {one: nobodies[one] for one in sorted(named)})
            except (KeyError, TypeError, ValueError, AttributeError):
                unread.append((row.name, key))
    return Found(records=tuple(found), unread=tuple(unread))


def named_by_others(tables: Documents, found: Found, words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The records, table and key, in whose texts one of the words stands once `found` is written: what others wrote."""
    wanted = tuple(word.casefold() for word in words)
    after = {(one.row.name, one.key): one.left for one in found.records}
    for row in ROWS:
        for key, document in tables.get(row.name, ()):
            left = after.get((row.name, key), document)
            if left is not None and any(word in text.casefold() for text in _texts(left) for word in wanted):
                yield row.name, key


def _of(row: Table, key: str, document: Document, nobodies: Mapping[str, str]) -> Iterator[About]:
    now: Document | None = document
    for person_id, nobody in nobodies.items():
        one = about(row, key, now, person_id, nobody) if now is not None else None
        now = one.left if one else now
    if now is not document:
        yield About(row=row, key=key, document=document, left=now)


def _texts(value: object) -> Iterator[str]:
    """Every text in a document, and the last part of each that may be a key."""
    if isinstance(value, str):
        yield from _words(value)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _words(str(name))
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _words(text: str) -> tuple[str, str]:
    return text, last_part(text)
