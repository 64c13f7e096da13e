"""Reading a record by the row of its table: a line may be whole and hold what nobody can use. Pure."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from culture.keys import NotAKey
from service.engine.table_row import Whom
from service.engine.tables import TABLES
from store.shape import shaped
from store.state import Tables
from store.unreadable import CannotRead, Document, Unreadable


def read(table: str, key: str, document: Document) -> Any:
    """The value of a record. Raises CannotRead."""
    try:
        return shaped(TABLES[table].read(key, document))
    except Exception as error:  # a record is data, and can be wrong in any way: it is about this record alone
        raise CannotRead(_told(table, key, document, error)) from error


def unreadable(tables: Tables) -> Iterator[Unreadable]:
    """The records that the service cannot read, in the order in which they stand. Nothing is said of tables it does not
    know."""
    for name, documents in tables.items():
        for key, document in documents.items() if name in TABLES else ():
            try:
                read(name, key, document)
            except CannotRead as wrong:
                yield wrong.record


def _told(table: str, key: str, document: Document, error: Exception) -> Unreadable:
    row = TABLES[table]
    return Unreadable(
        table=table,
        key=key,
        why=f"{type(error).__name__}: {error}" if str(error) else type(error).__name__,
        person_id=_first(row.whose, key, document),
        department=_first(row.department, key, document),
    )


def _first(whom: Whom, key: str, document: Document) -> str:
    """Whom a record is about; empty where its key does not say."""
    with suppress(NotAKey):
        return next(iter(whom(key, document)), "")
    return ""
