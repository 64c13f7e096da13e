"""The journal as a TinyDB storage: the lock, the batch, compaction.

One thread at a time may write (an RLock), and one process (a file lock); both are held from the beginning of a batch
to its end, and what others appended is read first. Readers take neither: they see the records as this process last
saw them, under a lock that is held only while references change hands.
"""

import contextlib
import io
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from tinydb.storages import Storage

from store import journal
from store.journal import Damage, Locked, Place
from store.state import Draft, Fields, Operation, State, copied, plain

LOCK = "lock"
POLL_SECONDS = 0.01
"""How often a process that waits for the lock looks again; a held lock is mostly free after one fsync, 0.2-10 ms."""

COMPACT_FACTOR = 4
COMPACT_SPARE_BYTES = 1 << 20
"""A journal is worth compacting when it is four times the snapshot and a megabyte: then start-up reads five times
what it must, and each record has been rewritten once for four that were changed."""


class JournalStorage(Storage):
    """TinyDB's storage interface over a folder, and the by-key one that `store.table` uses.

    Raises Damage, Locked, NewerSchema, and OSError where the disk refuses.
    """

    def __init__(
        self, folder: Path, *, lock_timeout: float = 10.0, fdatasync: Callable[[int], None] = os.fdatasync
    ) -> None:
        super().__init__()
        self._fdatasync = fdatasync
        self.folder = folder
        self._timeout = lock_timeout
        self._thread_lock = threading.RLock()
        self._memory = threading.Lock()
        self._state = State()
        self._generation = 0
        self._descriptor = -1
        self._end = journal.START
        self._snapshot_bytes = 0
        self._unsure = True  # memory may be behind the file, or half changed: read everything again
        self._unsynced = False
        self._refusal = ""  # why nothing may be written any more
        self._batch: tuple[int, Draft] | None = None  # the thread that has a batch open, and its changes
        self._sync = False
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = file_lock(folder, lock_timeout)
        try:
            with self._exclusively():
                self._begin()
        except BaseException:
            self._close_descriptor()
            raise

    def _begin(self) -> None:
        """Make the first generation at need, read what there is, and clear away what a killed compaction left."""
        generation = journal.current_generation(self.folder)
        if generation is None:
            for _step in journal.begin_generation(self.folder, 1, {}):
                pass
        self._catch_up()
        for file in journal.older_files(self.folder, self._generation):
            file.unlink()

    # Locks

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        """Hold both locks. Raises Locked, or OSError on a file system without locks."""
        file = self.folder / LOCK
        if not self._thread_lock.acquire(timeout=self._timeout):
            raise Locked(file, self._timeout)
        try:
            try:
                self._lock.acquire()
            except Timeout:
                raise Locked(file, self._timeout) from None
            try:
                yield
            finally:
                self._lock.release()
        finally:
            self._thread_lock.release()

    def _own_draft(self) -> Draft | None:
        batch = self._batch
        return batch[1] if batch and batch[0] == threading.get_ident() else None

    # Reading files

    def refresh(self) -> bool:
        """Read what other processes appended; True if anything was new. Within a batch that has been done."""
        if self._own_draft():
            return False
        with self._exclusively():
            return self._catch_up()

    def _catch_up(self) -> bool:
        generation = journal.current_generation(self.folder)
        if generation is None:
            raise Damage(self.folder / journal.CURRENT, None, "the file is missing")
        if self._unsure or generation != self._generation:
            self._load(generation)
            return True
        return self._read_on()

    def _load(self, generation: int) -> None:
        self._unsure = True
        # Whoever made this generation may have been killed before its name was durable.
        journal.sync_folder(self.folder)
        loaded = journal.load(self.folder, generation, self._state.clock + 1)
        descriptor = os.open(journal.journal_file(self.folder, generation), os.O_RDWR | os.O_APPEND)
        self._close_descriptor()
        self._descriptor, self._generation = descriptor, generation
        with self._memory:
            self._state, self._end = loaded.state, loaded.end
        self._snapshot_bytes = loaded.snapshot_bytes
        self._unsure = False

    def _read_on(self) -> bool:
        size = os.fstat(self._descriptor).st_size
        if size == self._end.length:
            return False
        file = journal.journal_file(self.folder, self._generation)
        if size < self._end.length:
            raise Damage(file, None, f"the file has {size} bytes, it had {self._end.length} before")
        lines = io.BytesIO(os.pread(self._descriptor, size - self._end.length, self._end.length))
        before = self._end
        self._unsure = True
        with self._memory:
            self._end = journal.replay(self._state, lines, file, before)
        self._unsure = False
        return self._end != before

    # Changing

    @contextmanager
    def batch(self, sync: bool | None) -> Iterator[Draft]:
        """The draft of one journal line, written when the outermost batch of this thread ends.

        A batch inside another takes back only its own changes when it raises. None for `sync` is a single TinyDB
        call: synced when alone, and no demand on the batch that it is part of.
        """
        draft = self._own_draft()
        if draft:
            with self._joined(draft, sync):
                yield draft
            return
        with self._exclusively():
            if self._refusal:
                raise OSError(self._refusal)
            self._catch_up()
            draft, self._sync = Draft(self._state), sync is not False
            self._batch = (threading.get_ident(), draft)
            try:
                yield draft
            finally:
                self._batch = None
            if draft.operations:
                self._commit(draft.operations)

    @contextmanager
    def _joined(self, draft: Draft, sync: bool | None) -> Iterator[None]:
        length = len(draft.operations)
        try:
            yield
        except BaseException:
            draft.roll_back(length)
            raise
        self._sync = self._sync or bool(sync)

    def _commit(self, operations: list[Operation]) -> None:
        # A signal handler may raise between the write and the change in memory; `_unsure` then makes
        # the next batch read the file again.
        self._unsure = True
        try:
            end = journal.append_line(self._descriptor, self._end, operations)
        except OSError:
            self._unsure = os.fstat(self._descriptor).st_size != self._end.length
            raise
        self._unsynced = True
        if self._sync:
            self._sync_journal()
        with self._memory:
            self._state.apply(operations)
            self._end = end
        self._unsure = False

    def _sync_journal(self) -> None:
        """Make every line so far durable. When that fails nothing may be written again: the kernel may have dropped
        the pages and call the next fsync a success (P. Reghunath and others, "Can Applications Recover from fsync
        Failures?", USENIX ATC 2020)."""
        try:
            self._fdatasync(self._descriptor)
        except OSError as error:
            # The caller is told that the line was not written, so others should not read it either.
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self._end.length)
            self._refuse(journal.journal_file(self.folder, self._generation), error)
            raise OSError(error.errno, self._refusal) from error
        self._unsynced = False

    # By key

    def document(self, table: str, key: str) -> Fields | None:
        """The living document, not to be changed and not to be handed out."""
        draft = self._own_draft()
        if draft:
            return draft.document(table, key)
        with self._memory:
            return self._state.document(table, key)

    def documents(self, table: str) -> dict[str, Fields]:
        """The living documents in a dictionary of the caller's own, in order. A walk through the table."""
        draft = self._own_draft()
        if draft and draft.touches(table):
            return draft.documents(table)
        with self._memory:
            return dict(self._state.tables.get(table, {}))

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

    def names(self) -> set[str]:
        draft = self._own_draft()
        if draft:
            return draft.names()
        with self._memory:
            return set(self._state.tables)

    # TinyDB's interface

    def read(self) -> dict[str, dict[str, Any]] | None:
        """A copy of everything, None when there is nothing. Our own tables do not use it."""
        everything = {name: self.documents(name) for name in sorted(self.names())}
        return {name: {key: copied(d) for key, d in table.items()} for name, table in everything.items()} or None

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Replace everything by `data`, in one line. Raises TypeError for what JSON cannot hold."""
        made = {name: {str(k): plain(d, name, str(k)) for k, d in table.items()} for name, table in data.items()}
        with self.batch(None) as draft:
            draft.stage(["x"])
            for name, table in made.items():
                draft.stage(["t", name])
                for key, document in table.items():
                    draft.stage(["p", name, key, document])

    # Generations

    @property
    def generation(self) -> int:
        return self._generation

    @property
    def journal_bytes(self) -> int:
        return self._end.length

    def worth_compacting(self) -> bool:
        return self._end.length > COMPACT_FACTOR * self._snapshot_bytes + COMPACT_SPARE_BYTES

    def compact(self) -> None:
        """Begin a new generation with the records as they are. Raises OSError, and the old one then goes on."""
        self._outside_batch("compact")
        with self._exclusively():
            if self._refusal:
                raise OSError(self._refusal)
            self._catch_up()
            generation = journal.newest_generation(self.folder) + 1
            self._unsure = True
            try:
                for _step in journal.begin_generation(self.folder, generation, self._state.tables):
                    pass
            except OSError as error:
                self._give_up(generation, error)
                raise
            self._load(generation)
            self._unsynced = False

    def _give_up(self, generation: int, error: OSError) -> None:
        """Take back a generation that could not be written; once CURRENT names it, only a restart can tell."""
        if journal.current_generation(self.folder) == generation:
            self._refuse(self.folder / journal.CURRENT, error)
        else:
            journal.discard_generation(self.folder, generation)

    def _refuse(self, file: Path, error: OSError) -> None:
        self._refusal = (
            f"{file}: the disk could not keep what was written ({error}). Nothing more is written until the "
            "service is started again; look at the disk first."
        )

    def frozen(self) -> tuple[int, Place, journal.Tables]:
        """Generation, place and all records at this moment, everything that others appended included."""
        self._outside_batch("back up")
        with self._exclusively():
            self._catch_up()
            return self._generation, self._end, {name: dict(table) for name, table in self._state.tables.items()}

    def _outside_batch(self, act: str) -> None:
        if self._own_draft():
            raise RuntimeError(f"cannot {act} inside a batch")

    def close(self) -> None:
        """Sync what was written without sync, and close. Raises OSError when that sync fails."""
        with self._thread_lock:
            try:
                if self._unsynced and not self._refusal:
                    self._sync_journal()
            finally:
                self._refusal = self._refusal or f"{self.folder}: this store has been closed."
                self._close_descriptor()

    def _close_descriptor(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def restore(folder: Path, backup: Path, *, lock_timeout: float = 10.0) -> Path:
    """Make the records of `backup` the current ones, as a new generation.

    Gives back the folder into which the files that stood there before were moved, damaged or not. Raises Damage
    and NewerSchema when the backup cannot be used (nothing is touched then), Locked, OSError.
    """
    state, _ = journal.load_snapshot(backup)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = file_lock(folder, lock_timeout)
    try:
        lock.acquire()
    except Timeout:
        raise Locked(folder / LOCK, lock_timeout) from None
    try:
        generation = journal.newest_generation(folder) + 1
        for step in journal.begin_generation(folder, generation, state.tables):
            if step == "folder":
                break
        aside = folder / f"before-{generation}"
        aside.mkdir(mode=0o700, exist_ok=True)
        for file in journal.older_files(folder, generation):
            file.rename(aside / file.name)
        return aside
    finally:
        lock.release()


def file_lock(folder: Path, timeout: float) -> FileLock:
    """The lock between processes. Never a soft one: that would outlive a killed process."""
    return FileLock(
        folder / LOCK, timeout, 0o600, thread_local=False, poll_interval=POLL_SECONDS, fallback_to_soft=False
    )
