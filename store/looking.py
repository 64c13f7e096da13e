"""A store that is only read: no file is made, no lock is taken, nothing is mended.

The journal only grows, so whatever of it is read is the records at some moment. Files that a compaction moves meanwhile
are looked for again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from store import generations, journal
from store.database import Database
from store.journal import Damage, Loaded
from store.migrations import migrated
from store.state import Draft, State, packed_tables
from store.storage import JournalStorage

TRIES = 3
"""A generation may be followed by another while it is read, hardly by two."""


def look_at(folder: Path) -> Database:
    """The database in `folder` as it stands, to be read; an empty one where there is none. What changes it raises
    PermissionError. Raises Damage, NewerSchema, and OSError where the files cannot be read."""
    return Database(folder, storage=LookingStorage)


class LookingStorage(JournalStorage):
    """A storage that holds what the files said when it was made."""

    def _open(self) -> None:
        number = None
        for tries in range(TRIES, 0, -1):
            try:
                number = generations.current_generation(self.folder)
                generations.check_current(self.folder)
                if number is not None:
                    self._hold(journal.load(generations.generation(self.folder, number), understood=self.schema))
                return
            except Damage:
                if tries == 1 or generations.current_generation(self.folder) == number:
                    raise

    def _hold(self, loaded: Loaded) -> None:
        self._state = loaded.state
        if loaded.head.schema < self.schema:
            self._state = State()
            tables = migrated(loaded.state.unpacked(), loaded.head.schema, self._migrations)
            for name, table in packed_tables(tables).items():
                self._state.tables[name] = dict(table)
        self.generation, self._end = loaded.head.generation, loaded.end
        self.began, self.snapshot_bytes = loaded.head.at, loaded.snapshot_bytes

    def refresh(self) -> bool:
        """False: it stays as it was read."""
        return False

    @contextmanager
    def batch(self, sync: bool | None) -> Iterator[Draft]:
        raise PermissionError(f"{self.folder}: this store was opened to be looked at, not to be changed.")
        yield Draft(self._state)  # makes it a generator, as the one it stands for

    def compaction(self) -> Iterator[str]:
        raise PermissionError(f"{self.folder}: this store was opened to be looked at, not to be changed.")

    def close(self) -> None:
        """Nothing is held open."""
