"""A copy of a store in memory, to try out what would happen: it can be changed, and nothing of it is written down."""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from store.database import Database
from store.spool import Spool, Spooled
from store.state import Operation
from store.storage import JournalStorage


def imagined(database: Database) -> Database:
    """The records of `database` as they are now, to be changed without it. No file is made or changed."""
    return Database(database.storage.folder, storage=ImaginedStorage, of=database.storage)


class ImaginedStorage(JournalStorage):
    """A storage that begins with the records of another and keeps what is changed to itself."""

    def __init__(self, folder: Path, *, of: JournalStorage, **options: Any) -> None:
        self._of = of
        super().__init__(folder, **options)

    def _open(self) -> None:
        self._state = self._of.copied()
        self.generation, self.began = self._of.generation, self._of.began

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        with self._thread_lock:  # there is no other process
            yield

    def _catch_up(self) -> bool:
        return False

    def _commit(self, operations: list[Operation]) -> None:
        with self._memory:
            self._state.apply(operations)

    def compaction(self) -> Iterator[str]:
        raise PermissionError(f"{self.folder}: this is a copy in memory, of which nothing is kept.")

    def close(self) -> None:
        """Nothing is held open."""


class ImaginedSpool(Spool):
    """Letters in memory. What was read is let go of: each is read once, when it is sent."""

    def __init__(self, of: Spool) -> None:
        super().__init__(of.folder)
        self._of, self._letters, self._end = of, dict[Spooled, bytes](), 0

    def append(self, segment: str, items: Sequence[bytes]) -> list[Spooled]:
        """Keep the letters in memory; where each of them is."""
        found = []
        for item in items:
            place = Spooled(f"imagined-{segment}", self._end, len(item), zlib.crc32(item))
            self._letters[place], self._end = item, self._end + len(item)
            found.append(place)
        return found

    def read(self, ref: Spooled) -> bytes:
        """The bytes: ours, or those that lie in the spool that this one stands for. Raises Damage as that does."""
        return self._letters.pop(ref, None) or self._of.read(ref)

    def segments(self) -> list[str]:
        """None: there is nothing to be cleared."""
        return []

    def remove(self, segment: str) -> None:
        """Nothing: no file is ours."""
