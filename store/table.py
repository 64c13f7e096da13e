"""Tables whose document id is the record's key, and whose changes cost the same at ten records and at a million.

By id a change looks up one document; by query it walks through the table, as in TinyDB. What a table gives out
is a copy.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

from tinydb.table import Document, Table

from store.state import Draft, Fields, copied, plain
from store.storage import JournalStorage

Condition = Callable[[Any], bool]


class JournalTable(Table):
    """TinyDB's table on a `JournalStorage`. Ids are text; a number given as an id is taken as its digits.

    Changes raise TypeError for what JSON cannot hold, and what `Database.batch` raises. Given ids that are not
    there are passed over, and come back in the order in which they were given.
    """

    document_id_class = str  # type: ignore[assignment]  # TinyDB's hint says int; the attribute is there to be changed

    def __init__(self, storage: JournalStorage, name: str, cache_size: int = 10, persist_empty: bool = False) -> None:
        self._journal = storage
        self._cache_lock = threading.Lock()
        self._cache_version: int | None = None
        super().__init__(storage, name, cache_size, persist_empty)

    # The short face, by key

    def put(self, key: str, document: Mapping[str, Any]) -> None:
        """Insert the document, or replace the whole of it."""
        self._journal.stage(["p", self.name, key, plain(document, self.name, key)])

    def merge(self, key: str, fields: Mapping[str, Any]) -> None:
        """Set these fields; the journal holds only them. Raises KeyError when there is no such document."""
        made = plain(fields, self.name, key)
        with self._journal.batch(None) as draft:
            if not draft.has(self.name, key):
                raise KeyError(key)
            self._merge(draft, key, made)

    def drop(self, key: str) -> None:
        """Delete the document; no error when there is none."""
        self.remove(doc_ids=[key])

    def find(self, key: str) -> Fields | None:
        """A copy of the document, None when there is none."""
        return self._journal.document(self.name, key)

    def has(self, key: str) -> bool:
        return self._journal.has(self.name, key)

    def keys(self) -> list[str]:
        """All keys, in the order in which they were first written."""
        return self._journal.keys(self.name)

    # TinyDB's face: reading

    def __len__(self) -> int:
        return self._journal.size(self.name)

    def __iter__(self) -> Iterator[Document]:
        for key, document in self._journal.documents(self.name):
            yield _given(key, document)

    def search(self, cond: Condition) -> list[Document]:
        """Copies of all documents for which `cond` holds, in order."""
        return [_given(key, copied(document)) for key, document in self._matches(cond)]

    def count(self, cond: Condition) -> int:
        return len(self._matches(cond))

    # TinyDB has seven overloads for what is one signature at run time.
    def get(self, cond: Condition | None = None, doc_id: Any = None, doc_ids: Iterable[Any] | None = None) -> Any:
        """A copy of one document or None; with `doc_ids` a list of those that are there.

        Raises RuntimeError when nothing is asked for.
        """
        if doc_id is not None:
            found = self._journal.document(self.name, str(doc_id))
            return None if found is None else _given(str(doc_id), found)
        if doc_ids is not None:
            keys = dict.fromkeys(map(str, doc_ids))
            pairs = ((key, self._journal.document(self.name, key)) for key in keys)
            return [_given(key, found) for key, found in pairs if found is not None]
        if cond is not None:
            everything = self._journal.documents(self.name)
            return next((_given(key, document) for key, document in everything if cond(document)), None)
        raise RuntimeError("You have to pass either cond or doc_id or doc_ids")

    def contains(self, cond: Condition | None = None, doc_id: Any = None) -> bool:
        """Whether there is such a document. Raises RuntimeError when nothing is asked for."""
        if doc_id is not None:
            return self.has(str(doc_id))
        if cond is not None:
            return any(cond(document) for _, document in self._journal.documents(self.name))
        raise RuntimeError("You have to pass either cond or doc_id")

    def clear_cache(self) -> None:
        with self._cache_lock:
            super().clear_cache()

    def _matches(self, cond: Condition) -> list[tuple[str, Fields]]:
        """Keys and documents, from the query cache where that still holds."""
        cacheable: Callable[[], bool] = getattr(cond, "is_cacheable", lambda: True)
        version = self._journal.version(self.name) if cacheable() else None
        cache = cast(Any, self._query_cache)  # TinyDB keeps documents in it, we keep pairs to be copied on the way out
        if version is not None:
            with self._cache_lock:
                if version != self._cache_version:
                    cache.clear()
                    self._cache_version = version
                kept = cache.get(cond)
            if kept is not None:
                return cast(list[tuple[str, Fields]], kept)
        found = [(key, doc) for key, doc in self._journal.documents(self.name) if cond(doc)]
        # Somebody may have written while we looked: what we found then belongs to no version.
        if version is not None and version == self._journal.version(self.name):
            with self._cache_lock:
                if version == self._cache_version:
                    cache[cond] = found
        return found

    # TinyDB's face: changing

    def insert(self, document: Mapping[str, Any]) -> Any:
        """The new document's id, a text. Raises ValueError when the id is taken or this is not a mapping."""
        return self.insert_multiple([document])[0]

    def insert_multiple(self, documents: Iterable[Mapping[str, Any]]) -> list[Any]:
        """The new documents' ids. Raises as `insert` does, and then inserts none of them."""
        with self._journal.batch(None) as draft:
            return [self._insert(draft, document) for document in documents]

    def update(
        self,
        fields: Mapping[str, Any] | Callable[[Any], None],
        cond: Condition | None = None,
        doc_ids: Iterable[Any] | None = None,
    ) -> list[Any]:
        """The ids of the documents that were changed: those given, those for which `cond` holds, or all.

        A callable gets a copy to change; when it raises, nothing is changed.
        """
        with self._journal.batch(None) as draft:
            keys = self._chosen(draft, cond, doc_ids)
            for key in keys:
                self._update(draft, key, fields)
        return keys

    def update_multiple(
        self, updates: Iterable[tuple[Mapping[str, Any] | Callable[[Any], None], Condition]]
    ) -> list[Any]:
        """Each document through all updates in turn; the ids, once for each update that was made."""
        pairs, changed = list(updates), []
        with self._journal.batch(None) as draft:
            for key in draft.documents(self.name):
                for fields, cond in pairs:
                    if cond(draft.document(self.name, key)):
                        self._update(draft, key, fields)
                        changed.append(key)
        return changed

    def upsert(self, document: Mapping[str, Any], cond: Condition | None = None) -> list[Any]:
        """As TinyDB's, in one step: nobody can insert between the look and the insertion."""
        with self._journal.batch(None):
            return super().upsert(document, cast(Any, cond))  # any callable will do as a query

    def remove(self, cond: Condition | None = None, doc_ids: Iterable[Any] | None = None) -> list[Any]:
        """The ids of the documents that were removed. Raises RuntimeError when nothing is asked for."""
        if cond is None and doc_ids is None:
            raise RuntimeError("Use truncate() to remove all documents")
        with self._journal.batch(None) as draft:
            keys = list(dict.fromkeys(self._chosen(draft, cond, doc_ids)))
            for key in keys:
                draft.stage(["d", self.name, key])
        return keys

    def truncate(self) -> None:
        with self._journal.batch(None) as draft:
            draft.stage(["t", self.name])

    # Inside a batch

    def _insert(self, draft: Draft, document: Mapping[str, Any]) -> str:
        if not isinstance(document, Mapping):
            raise ValueError("Document is not a Mapping")
        given = isinstance(document, self.document_class)
        key = str(cast(Document, document).doc_id) if given else self._get_next_id()
        if draft.has(self.name, key):
            raise ValueError(f"Document with ID {key} already exists")
        draft.stage(["p", self.name, key, plain(document, self.name, key)])
        return key

    def _get_next_id(self) -> str:
        with self._journal.batch(None) as draft:
            return str(draft.number(self.name) + 1)

    def _chosen(self, draft: Draft, cond: Condition | None, doc_ids: Iterable[Any] | None) -> list[str]:
        if doc_ids is not None:
            return [key for key in map(str, doc_ids) if draft.has(self.name, key)]
        everything = draft.documents(self.name)
        return list(everything) if cond is None else [key for key, document in everything.items() if cond(document)]

    def _update(self, draft: Draft, key: str, fields: Mapping[str, Any] | Callable[[Any], None]) -> None:
        if callable(fields):
            changed = draft.document(self.name, key) or {}
            fields(changed)
            draft.stage(["p", self.name, key, plain(changed, self.name, key)])
        else:
            self._merge(draft, key, plain(fields, self.name, key))

    def _merge(self, draft: Draft, key: str, fields: Fields) -> None:
        if fields:
            draft.stage(["m", self.name, key, fields])

    # TinyDB's extension points, for code that was written for any Table

    def _read_table(self) -> dict[str, Mapping[Any, Any]]:
        return dict(self._journal.documents(self.name))

    def _update_table(self, updater: Callable[[dict[Any, Any]], None]) -> None:
        """Let `updater` change a copy of the whole table, and write what is different. A walk through the table."""
        with self._journal.batch(None) as draft:
            before = draft.documents(self.name)
            after = {key: copied(document) for key, document in before.items()}
            updater(after)
            if not after:
                draft.stage(["t", self.name])
                return
            made = {str(key): plain(document, self.name, str(key)) for key, document in after.items()}
            for key in before.keys() - made.keys():
                draft.stage(["d", self.name, key])
            for key, document in made.items():
                if before.get(key) != document:
                    draft.stage(["p", self.name, key, document])


def _given(key: str, document: Fields) -> Document:
    return Document(document, cast(Any, key))  # TinyDB's hint says int
