"""The journal as a TinyDB storage: the lock, the batch, the next generation.

One thread at a time may write (an RLock), and one process (a file lock); both are held from the beginning of a batch
to its end, and what others appended is read first. Readers take neither: they see the records as this process last
saw them, under a lock that is held only while references change hands. A snapshot is written without any of these.
"""

import contextlib
import io
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tinydb.storages import Storage

from store import generations, journal
from store.generations import GENERATIONS_LOCK, LOCK, locked
from store.journal import Damage, Generation, Head, Loaded, Locked, Place
from store.lock import KeptLock
from store.migrations import MIGRATIONS, Migration, migrated, schema_after
from store.state import Draft, Fields, Operation, PackedTables, State, plain, unpacked

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Frozen:
    """All records at one moment (aware, whole seconds), and where in which generation that was."""

    generation: int
    end: Place
    at: datetime
    tables: PackedTables


class JournalStorage(Storage):
    """TinyDB's storage interface over a folder, and the by-key one that `store.table` uses.

    Raises Damage, Locked, NewerSchema, and OSError where the disk refuses.
    """

    def __init__(
        self,
        folder: Path,
        *,
        lock_timeout: float = 10.0,
        fdatasync: Callable[[int], None] = os.fdatasync,
        clock: Clock = utc_now,
        migrations: Sequence[Migration] = MIGRATIONS,
    ) -> None:
        super().__init__()
        self._fdatasync, self._clock, self._migrations = fdatasync, clock, migrations
        self.schema = schema_after(migrations)
        self.folder = folder
        self._timeout = lock_timeout
        self._thread_lock = threading.RLock()
        self._memory = threading.Lock()
        self._state = State()
        self._generation = 0
        self._descriptor = -1
        self._end = journal.START
        self._began, self._snapshot_bytes = datetime.min.replace(tzinfo=UTC), 0
        self._marked = ""  # the second that the last mark in this journal names
        self._unsure = True  # memory may be behind the file, or half changed: read everything again
        self._unsynced = False
        self._foreign = 0
        self._refusal = ""  # why nothing may be written any more
        self._batch: tuple[int, Draft] | None = None  # the thread that has a batch open, and its changes
        self._sync = False
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = KeptLock(folder / LOCK, lock_timeout)
        try:
            self._open()
        except BaseException:
            self._close_files()
            raise

    def _open(self) -> None:
        """Make the first generation at need, read what there is, and bring an older schema up to date."""
        with self._exclusively():
            if generations.current_generation(self.folder) is None:
                for _step in generations.begin_empty(self.folder, self._now(), self.schema):
                    pass
            older = self._load().head.schema < self.schema
        if older:
            self._migrate()

    def _migrate(self) -> None:
        """Begin a generation in today's schema; the one of before is kept as any finished one is."""
        with locked(self.folder / GENERATIONS_LOCK, self._timeout), self._exclusively():
            loaded = self._load()
            if loaded.head.schema < self.schema:  # else another process has done it
                tables = migrated(loaded.state.unpacked(), loaded.head.schema, self._migrations)
                generations.discard_unfinished(self.folder, self._generation)
                new = generations.new_generation(self.folder)
                for _step in generations.begin(self.folder, new, self._now(), tables, self.schema):
                    pass
                self._load()
                for _step in generations.keep_older(self.folder, new.number):
                    pass

    def _now(self) -> datetime:
        return generations.seconds(self._clock())

    # Locks

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        """Hold both locks. Raises Locked, or OSError on a file system without locks."""
        if not self._thread_lock.acquire(timeout=self._timeout):
            raise Locked(self.folder / LOCK, self._timeout)
        try:
            self._lock.acquire()
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

    @property
    def foreign(self) -> int:
        """Grows whenever this process has read what another one wrote, in whichever batch that was."""
        return self._foreign

    def _catch_up(self) -> bool:
        news = self._read_news()
        self._foreign += news
        return news

    def _read_news(self) -> bool:
        number = self._current()
        if not self._unsure and number == self._generation:
            return self._read_on()
        schema = self._load().head.schema
        if schema != self.schema:
            self._unsure = True
            wrong = f"the store was put back to schema {schema}, this process has brought it to {self.schema}"
            raise Damage(self._journal_file, 1, wrong, "Start the service again, and it brings the store up to date")
        return True

    def _current(self) -> int:
        number = generations.current_generation(self.folder)
        if number is None:
            raise Damage(self.folder / journal.CURRENT, None, "the file is missing")
        return number

    def _load(self) -> Loaded:
        """Read the current generation whole, whatever this process has in memory."""
        self._unsure = True
        # Whoever made this generation may have been killed before its name was durable.
        journal.sync_folder(self.folder)
        files = generations.generation(self.folder, self._current())
        loaded = journal.load(files, born=self._state.clock + 1, understood=self.schema)
        self._adopt(files, loaded.head.at, loaded.end, loaded.snapshot_bytes, loaded.state)
        return loaded

    def _adopt(self, files: Generation, began: datetime, end: Place, snapshot_bytes: int, state: State) -> None:
        """Go on in this generation, with this state."""
        descriptor = os.open(files.journal, os.O_RDWR | os.O_APPEND)
        self._unsure = True
        self._close_descriptor()
        self._descriptor, self._generation, self._marked = descriptor, files.number, ""
        with self._memory:
            self._state, self._end = state, end
        self._began, self._snapshot_bytes = began, snapshot_bytes
        self._unsure = False

    def _read_on(self) -> bool:
        size = os.fstat(self._descriptor).st_size
        if size == self._end.length:
            return False
        file = self._journal_file
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
            length = len(draft.operations)
            try:
                yield draft
            except BaseException:
                draft.roll_back(length)
                raise
            self._sync = self._sync or bool(sync)
            return
        with self._exclusively():
            self._be_writable()
            self._catch_up()
            draft, self._sync = Draft(self._state), sync is not False
            self._batch = (threading.get_ident(), draft)
            try:
                yield draft
            finally:
                self._batch = None
            if draft.operations:
                self._commit(draft.operations)

    def stage(self, operation: Operation) -> None:
        """A batch of one operation, which must fit: within another batch it joins that."""
        draft = self._own_draft()
        if draft:
            draft.stage(operation)
            return
        with self.batch(None) as draft:
            draft.stage(operation)

    def _commit(self, operations: list[Operation]) -> None:
        # A signal handler may raise between the write and the change in memory; `_unsure` then makes
        # the next batch read the file again.
        self._unsure = True
        now = self._now().isoformat()
        if now != self._marked:
            operations = [["@", now], *operations]
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
        self._marked = now
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
            self._refuse(self._journal_file, error)
            raise OSError(error.errno, self._refusal) from error
        self._unsynced = False

    # By key

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

    def names(self) -> set[str]:
        draft = self._own_draft()
        if draft:
            return draft.names()
        with self._memory:
            return set(self._state.tables)

    # TinyDB's interface

    def read(self) -> dict[str, dict[str, Any]] | None:
        """A copy of everything, None when there is nothing. Our own tables do not use it."""
        return {name: dict(self.documents(name)) for name in sorted(self.names())} or None

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

    @property
    def snapshot_bytes(self) -> int:
        return self._snapshot_bytes

    @property
    def began(self) -> datetime:
        return self._began

    @property
    def _journal_file(self) -> Path:
        return self.folder / f"journal-{self._generation}"

    def compact(self) -> bool:
        """Begin a new generation with the records as they are; whether that was done.

        Not when nothing was written since this one began, and not when another process or thread is about it.
        Raises OSError, and this generation then goes on.
        """
        return "folder" in list(self.compaction())

    def compaction(self) -> Iterator[str]:
        """`compact` in steps; the name of each when it is done. Killed after any, the folder opens with the same
        records. The snapshot is written without the lock: others go on writing, and their lines are added at the end.
        """
        self._outside_batch("compact")
        try:
            with locked(self.folder / GENERATIONS_LOCK, 0):
                frozen = self.frozen()
                if frozen.end.lines > 1:
                    yield from self._follow(frozen)
        except Locked as error:
            if error.file.name != GENERATIONS_LOCK:
                raise

    def _follow(self, frozen: Frozen) -> Iterator[str]:
        self._be_writable()
        generations.discard_unfinished(self.folder, frozen.generation)
        new = generations.new_generation(self.folder)
        yield "frozen"
        try:
            head = Head("snapshot", new.number, frozen.at, self.schema)
            size = journal.write_snapshot(new.snapshot, head, frozen.tables)
            yield "snapshot"
            with self._exclusively():
                yield from self._switch(frozen, new, size)
        except OSError as error:
            self._give_up(new, error)
            raise

    def _switch(self, frozen: Frozen, new: Generation, snapshot_bytes: int) -> Iterator[str]:
        """Put what was written since the freeze into the new journal and go on in it; memory stays as it is."""
        self._be_writable()
        self._catch_up()
        added = os.pread(self._descriptor, self._end.length - frozen.end.length, frozen.end.length)
        head = Head("journal", new.number, frozen.at, self.schema)
        lines, end = journal.reframed(io.BytesIO(added), self._journal_file, frozen.end, head)
        yield from generations.take_over(self.folder, new, lines)
        self._adopt(new, frozen.at, end, snapshot_bytes, self._state)
        self._unsynced = False
        yield from generations.keep_older(self.folder, new.number)

    def _give_up(self, new: Generation, error: OSError) -> None:
        """Take back a generation that could not be written; once CURRENT names it, only a restart can tell."""
        if generations.current_generation(self.folder) == new.number:
            self._refuse(self.folder / journal.CURRENT, error)
        else:
            generations.discard(new)

    def _be_writable(self) -> None:
        if self._refusal:
            raise OSError(self._refusal)

    def _refuse(self, file: Path, error: OSError) -> None:
        self._refusal = (
            f"{file}: the disk could not keep what was written ({error}). Nothing more is written until the "
            "service is started again; look at the disk first."
        )

    def frozen(self) -> Frozen:
        """All records at this moment, everything that others appended included."""
        self._outside_batch("back up")
        with self._exclusively():
            self._catch_up()
            tables = {name: dict(table) for name, table in self._state.tables.items()}
            return Frozen(self._generation, self._end, self._now(), tables)

    def forget(self, before: datetime) -> list[int]:
        """Remove the kept generations that ended before that moment (aware); their numbers.

        None when another process is at the generations: the next time will do. Raises Damage, OSError.
        """
        try:
            with locked(self.folder / GENERATIONS_LOCK, 0):
                return generations.forget(self.folder, before)
        except Locked:
            return []

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
                self._close_files()

    def _close_files(self) -> None:
        self._lock.close()
        self._close_descriptor()

    def _close_descriptor(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
