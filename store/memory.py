"""The records in memory, by key, as a table reads them: those of an open batch for its thread, else as last written."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store.journal import Place
from store.state import Draft, Fields, PackedTables, State, unpacked


@dataclass(frozen=True, slots=True)
class Frozen:
    """All records at one moment (aware, whole seconds), and where in which generation that was."""

    generation: int
    end: Place
    at: datetime
    tables: PackedTables
    changed: bool  # whether anything was written since the generation began


class Memory:
    """What a storage holds. The lock is held only while references change hands."""

    def __init__(self) -> None:
        super().__init__()
        self._memory = threading.Lock()
        self._state = State()
        self._batch: tuple[int, Draft] | None = None  # the thread that has a batch open, and its changes

    def _own_draft(self) -> Draft | None:
        batch = self._batch
        return batch[1] if batch and batch[0] == threading.get_ident() else None

    def has(self, table: str, key: str) -> bool:
        draft = self._own_draft()
        if draft:
            return draft.has(table, key)
        with self._memory:
            return self._state.has(table, key)

    def document(self, table: str, key: str) -> Fields | None:
        """A document of the caller's own."""
        draft = self._own_draft()
        if draft:
            return draft.document(table, key)
        with self._memory:
            return self._state.document(table, key)

    def keys(self, table: str) -> list[str]:
        """All keys, in order."""
        draft = self._own_draft()
        if draft and draft.touches(table):
            return list(draft.documents(table))
        with self._memory:
            return list(self._state.tables.get(table, {}))

    def documents(self, table: str) -> Iterator[tuple[str, Fields]]:
        """All keys in order, each with a document of the caller's own. A walk through the table as it stands when
        the first is taken."""
        draft = self._own_draft()
        if draft and draft.touches(table):
            yield from draft.documents(table).items()
            return
        with self._memory:
            found = self._state.tables.get(table, {})
            keys, documents = list(found), list(found.values())
        for key, document in zip(keys, documents, strict=True):
            yield key, unpacked(document)

    def packed(self, table: str) -> list[tuple[str, bytes]]:
        """All keys in order, each with its document as JSON: another object after each change of it, and only then.

        Without the changes of an open batch.
        """
        with self._memory:
            return list(self._state.tables.get(table, {}).items())

    def size(self, table: str) -> int:
        draft = self._own_draft()
        if draft and draft.touches(table):
            return len(draft.documents(table))
        with self._memory:
            return len(self._state.tables.get(table, {}))

    def version(self, table: str) -> int | None:
        """Grows with every change of the table; None while this thread has changes of its own in it."""
        draft = self._own_draft()
        if draft and draft.touches(table):
            return None
        with self._memory:
            return self._state.version(table)

    def copied(self) -> State:
        """All records, as last written, in a state of the caller's own."""
        with self._memory:
            return self._state.copy()

    def read(self) -> dict[str, dict[str, Any]] | None:
        """A copy of everything, None when there is nothing: TinyDB's interface. Our own tables do not use it."""
        return {name: dict(self.documents(name)) for name in sorted(self.names())} or None

    def names(self) -> set[str]:
        draft = self._own_draft()
        if draft:
            return draft.names()
        with self._memory:
            return set(self._state.tables)
