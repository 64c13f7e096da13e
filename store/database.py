"""The database: TinyDB's own, with our table and storage on its extension points.

State is in memory; changes go to an append-only journal of checksummed lines (`store.journal`). A change is copied,
appended and then swapped in, so a failing updater or a full disk leaves nothing behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn, cast

from tinydb import TinyDB

from store import generations, journal
from store.disk import StoreLost
from store.generations import CutOff
from store.journal import Damage, Head, Locked, NewerSchema
from store.storage import JournalStorage
from store.table import BY_KEY, JournalTable

__all__ = [
    "Damage",
    "Database",
    "JournalStorage",
    "JournalTable",
    "Locked",
    "NewerSchema",
    "StoreLost",
    "open_database",
]


def open_database(folder: Path, *, lock_timeout: float = 10.0) -> "Database":
    """The database in `folder`, which is made (mode 0700) with an empty generation 1 at need.

    Waits at most `lock_timeout` seconds for each lock, now and later. Raises Damage, Locked, NewerSchema, and
    OSError where the folder cannot be read and written.
    """
    return Database(folder, lock_timeout=lock_timeout)


class Database(TinyDB):
    """TinyDB with batches, for several threads and processes.

    Each call outside a batch is a journal line of its own, synced.
    """

    table_class = JournalTable  # type: ignore[assignment]  # TinyDB's hint is its own class; it is there to be changed
    default_storage_class = JournalStorage  # type: ignore[assignment]  # the same

    @property
    def storage(self) -> JournalStorage:
        return cast(JournalStorage, self._storage)

    def table(self, name: str, **kwargs: Any) -> JournalTable:
        """The table of this name; nothing is written until something is put in it."""
        return cast(JournalTable, super().table(name, **kwargs))

    def tables(self) -> set[str]:
        """The names of the tables that were written to and not dropped."""
        return self.storage.names()

    def drop_table(self, name: str) -> NoReturn:
        """TinyDB's reads everything and writes it again, without what another process wrote between."""
        raise NotImplementedError(BY_KEY)

    @contextmanager
    def batch(self, *, sync: bool = True) -> Iterator[None]:
        """Make all changes inside, in any tables and by this thread, one journal line; none if the body raises.

        The lock is held from beginning to end and what others appended is read first, so to read, decide and write
        is safe across threads and processes. With `sync=False` the line is durable at the next one that is synced,
        or at `close`. A batch inside another joins it. Raises Locked, Damage, NewerSchema, and OSError when the disk
        refuses: nothing is changed then, and it may be tried again. After a failed fsync the next batch first begins a
        new generation (`recover`), and raises StoreLost when it cannot: then the process must end.
        """
        with self.storage.batch(sync):
            yield

    def refresh(self) -> bool:
        """Read what other processes appended; True if anything was new. Raises Locked, Damage, NewerSchema."""
        return self.storage.refresh()

    def compact(self) -> bool:
        """Begin a new generation: a snapshot of the records and an empty journal. It may be killed at any step.

        The finished generation is kept as the backup of every moment in it. The lock is not held while the snapshot is
        written. False when nothing was written since this generation began, or another process is about it. Raises
        OSError, and this generation goes on; Locked, Damage; RuntimeError inside a batch.
        """
        return self.storage.compact()

    def forget(self, before: datetime) -> list[int]:
        """Remove the kept generations that ended before that moment (aware); their numbers. Raises Damage, OSError."""
        return self.storage.forget(before)

    def backup(self, to: Path) -> Path:
        """The records at this moment as one snapshot file in the folder `to`, which is made at need.

        Its name has generation and line count, so the same records are not copied twice. The lock is not held while
        the file is written. Raises OSError, Locked, Damage; RuntimeError inside a batch.
        """
        frozen = self.storage.frozen()
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = to / f"records-{frozen.generation:06}-{frozen.end.lines:08}"
        if not file.exists():
            temporary = file.with_suffix(".new")
            head = Head("snapshot", frozen.generation, frozen.at, self.storage.schema)
            journal.write_snapshot(temporary, head, frozen.tables)
            temporary.replace(file)
            journal.sync_folder(to)
        return file

    def recover(self) -> bool:
        """After a failed fsync, begin a new generation with what is in memory; whether that was done. Each batch does so
        by itself. Raises StoreLost when it cannot be done, OSError or Locked when it may be done later."""
        return self.storage.recover()

    @property
    def refusal(self) -> str:
        """Why the last write was refused and everything is written anew with the next one; empty when all is well."""
        return self.storage.refusal

    def cut_offs(self) -> tuple[CutOff, ...]:
        """What the disk did not keep of the journals of the last seven days: lines that were never confirmed, cut off
        when the store was opened after a power loss. Raises OSError."""
        return tuple(generations.cut_offs(self.storage.folder))

    @property
    def journal_bytes(self) -> int:
        """The length of the journal as this process last saw it."""
        return self.storage.journal_bytes

    @property
    def snapshot_bytes(self) -> int:
        """The length of the snapshot with which this generation began."""
        return self.storage.snapshot_bytes

    @property
    def began(self) -> datetime:
        """When the generation began, as this process last saw it (aware)."""
        return self.storage.began

    @property
    def generation(self) -> int:
        """The number of the generation as this process last saw it."""
        return self.storage.generation
