"""Tables whose document id is the record's key, and whose changes cost the same at ten records and at a million.

By id a change looks up one document; by query it walks through the table, as in TinyDB. What a table gives out
is a copy.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn, cast

from tinydb.table import Document, Table

from store.state import Fields, plain
from store.storage import JournalStorage

Condition = Callable[[Any], bool]

BY_KEY = "records are changed by their keys: put, merge, drop, truncate and remove(doc_ids=...)"


class JournalTable(Table):
    """TinyDB's table on a `JournalStorage`. Ids are text.

    What reads works as in TinyDB. Of what changes there is only what goes by key, and emptying a table: TinyDB changes
    a table by writing the whole of it, with numbers as ids that each process counts for itself. That raises
    NotImplementedError.

    Changes raise TypeError for what JSON cannot hold, and what `Database.batch` raises.
    """

    document_id_class = str  # type: ignore[assignment]  # TinyDB's hint says int; the attribute is there to be changed

    def __init__(self, storage: JournalStorage, name: str, **options: Any) -> None:
        super().__init__(storage, name, **options)
        self._journal = storage

    def put(self, key: str, document: Mapping[str, Any]) -> None:
        """Insert the document, or replace the whole of it."""
        self._journal.stage(["p", self.name, key, plain(document, self.name, key)])

    def merge(self, key: str, fields: Mapping[str, Any]) -> None:
        """Set these fields; the journal holds only them. Raises KeyError when there is no such document."""
        made = plain(fields, self.name, key)
        with self._journal.batch(None) as draft:
            if not draft.has(self.name, key):
                raise KeyError(key)
            if made:
                draft.stage(["m", self.name, key, made])

    def drop(self, key: str) -> None:
        """Delete the document; no error when there is none."""
        self.remove(doc_ids=[key])

    def remove(self, cond: Condition | None = None, doc_ids: Iterable[Any] | None = None) -> list[Any]:
        """The ids of the documents that were removed: those given, without those that are not there."""
        if doc_ids is None:
            raise NotImplementedError(BY_KEY)
        with self._journal.batch(None) as draft:
            keys = [key for key in dict.fromkeys(doc_ids) if draft.has(self.name, key)]
            for key in keys:
                draft.stage(["d", self.name, key])
        return keys

    def truncate(self) -> None:
        """Empty the table, without a word of what stood in it."""
        self._journal.stage(["t", self.name])

    def find(self, key: str) -> Fields | None:
        """A copy of the document, None when there is none."""
        return self._journal.document(self.name, key)

    def has(self, key: str) -> bool:
        return self._journal.has(self.name, key)

    def keys(self) -> list[str]:
        """All keys, in the order in which they were first written."""
        return self._journal.keys(self.name)

    def __len__(self) -> int:
        return self._journal.size(self.name)

    def search(self, cond: Condition) -> list[Document]:
        """Copies of all documents for which `cond` holds, in order. Not TinyDB's, which keeps what it found."""
        found = self._journal.documents(self.name)
        # TinyDB's hint of an id says int.
        return [Document(document, cast(Any, key)) for key, document in found if cond(document)]

    # What TinyDB reads by and changes by

    def _read_table(self) -> dict[str, Mapping[Any, Any]]:
        return dict(self._journal.documents(self.name))

    def _update_table(self, updater: Callable[[dict[Any, Any]], None]) -> NoReturn:
        raise NotImplementedError(BY_KEY)

    def _get_next_id(self) -> NoReturn:
        raise NotImplementedError(BY_KEY)
