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
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tinydb.storages import Storage

from store import generations, journal
from store.disk import StoreLost, is_later, naming
from store.generations import GENERATIONS_LOCK, LOCK, locked
from store.journal import Damage, Generation, Head, Loaded, Locked, Place
from store.lock import KeptLock
from store.memory import Frozen, Memory
from store.migrations import MIGRATIONS, Migration, migrated, schema_after
from store.state import Draft, Operation, State, packed_tables, plain

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


class JournalStorage(Memory, Storage):
    """TinyDB's storage interface over a folder, and the by-key one that `store.table` uses.

    Raises Damage, Locked, NewerSchema, OSError where the disk refuses, and StoreLost when it does so for good.
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
        self.generation = 0
        self._descriptor = -1
        self._end = journal.START
        self.began, self.snapshot_bytes = datetime.min.replace(tzinfo=UTC), 0
        self._marked = ""  # the second that the last mark in this journal names
        self._unsure = True  # memory may be behind the file, or half changed: read everything again
        self._unsynced = False
        self._foreign = 0
        self._changed = False  # whether anything was written since the generation began
        self._refusal = ""  # why nothing may be written any more in this generation
        self._frail = False  # this generation was begun after a refusal, and no sync has succeeded in it yet
        self._lost: StoreLost | None = None
        self._closed = False
        self._sync = False
        self._lock = KeptLock(folder / LOCK, lock_timeout)
        try:
            self._open()
        except BaseException:
            self._close_files()
            raise

    def _open(self) -> None:
        """Make the first generation at need, read what there is, and bring an older schema up to date."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._exclusively():
            if generations.current_generation(self.folder) is None:
                for _step in generations.begin_empty(self.folder, self._now(), self.schema):
                    pass
            generations.check_current(self.folder)
            older = self._load().head.schema < self.schema
            with contextlib.suppress(OSError):  # on a full disk: then with the next line
                self._cut_off()
        if older:
            self._migrate()

    def _migrate(self) -> None:
        """Begin a generation in today's schema; the one of before is kept as any finished one is."""
        with locked(self.folder / GENERATIONS_LOCK, self._timeout), self._exclusively():
            loaded = self._load()
            if loaded.head.schema < self.schema:  # else another process has done it
                tables = migrated(loaded.state.unpacked(), loaded.head.schema, self._migrations)
                generations.discard_unfinished(self.folder, self.generation)
                new = generations.new_generation(self.folder)
                for _step in generations.begin(self.folder, new, self._now(), packed_tables(tables), self.schema):
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
        if number < self.generation:  # somebody has put back an old CURRENT beneath us
            generations.check_current(self.folder)
        if not self._unsure and number == self.generation:
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
        self._changed = loaded.changed
        return loaded

    def _adopt(self, files: Generation, began: datetime, end: Place, snapshot_bytes: int, state: State) -> None:
        """Go on in this generation, with this state. Whether anything was written in it is for the caller to say."""
        descriptor = os.open(files.journal, os.O_RDWR | os.O_APPEND)
        self._unsure = True
        self._close_descriptor()
        self._descriptor, self.generation, self._marked = descriptor, files.number, ""
        with self._memory:
            self._state, self._end = state, end
        self.began, self.snapshot_bytes = began, snapshot_bytes
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
            self._end, changed = journal.replay(self._state, lines, file, before)
        self._changed = self._changed or changed
        self._unsure = False
        return changed

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
        self.recover()
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
        self._cut_off()
        try:
            with naming(self._journal_file):
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
        self._marked, self._changed = now, True
        if self._sync:
            self._confirm()
        self._unsure = False

    def _cut_off(self) -> None:
        """Take away what stands after the last good line, and keep it in a file of its own. Raises OSError."""
        with naming(self._journal_file):
            length = os.fstat(self._descriptor).st_size - self._end.length
            if length > 0:
                tail = os.pread(self._descriptor, length, self._end.length)
                generations.set_aside(self.folder, self.generation, self._end.length, tail)
                os.ftruncate(self._descriptor, self._end.length)

    def _sync_journal(self) -> None:
        """Make every line so far durable. When that fails nothing may be written again in this journal: the kernel may
        have dropped the pages and call the next fsync a success (P. Reghunath and others, "Can Applications Recover
        from fsync Failures?", USENIX ATC 2020). Memory holds what was written before this line and said to be written;
        `recover` begins a generation with it."""
        try:
            self._fdatasync(self._descriptor)
        except OSError as error:
            self._refuse(self._journal_file, error)
            try:
                # The caller is told that the line was not written, so nobody should read it.
                os.ftruncate(self._descriptor, self._end.length)
                self._unsure = False  # not to be read again from this file: memory is what counts
            except OSError:
                self._frail = True
            if self._frail:
                self._lost = StoreLost(self._journal_file, error.strerror or str(error))
            raise OSError(error.errno, error.strerror or str(error), str(self._journal_file)) from error
        self._unsynced = self._frail = False

    def _confirm(self) -> None:
        """Write a sync point: all lines are on the disk. Should it be missing, the lines are there all the same."""
        line, end = journal.sync_point(self._end)
        with contextlib.suppress(OSError):
            journal.append(self._descriptor, self._end, line)
            self._end = end

    # After a refusal

    @property
    def refusal(self) -> str:
        """Why the last write was refused and the next one begins a new generation; empty when all is well."""
        return self._refusal

    def recover(self) -> bool:
        """After a failed fsync, begin a new generation with the records in memory, written whole and synced; whether
        that was done. Each batch does so first, so nothing needs to call it.

        What a batch was told to be written is in memory, synced or not; the line whose sync failed is not. Raises
        StoreLost when it cannot be done, and OSError or Locked when it may be done later (`store.disk.LATER`).
        """
        if not self._refusal or self._closed:
            return False
        self._outside_batch("recover")
        with locked(self.folder / GENERATIONS_LOCK, self._timeout), self._exclusively():
            if not self._refusal:
                return False
            if self._lost:
                raise self._lost
            try:
                self._begin_anew()
            except (OSError, Damage) as error:
                if is_later(error):
                    raise
                raise StoreLost(self.folder, str(error)) from error
            return True

    def _begin_anew(self) -> None:
        """Under both locks: what others appended is read, then everything is written again."""
        self._catch_up()
        new, at = generations.new_generation(self.folder), self._now()
        with self._memory:
            tables = {name: dict(table) for name, table in self._state.tables.items()}
        try:
            for _step in generations.begin(self.folder, new, at, tables, self.schema):
                pass
        except OSError:
            if generations.current_generation(self.folder) != new.number:
                with contextlib.suppress(OSError):
                    generations.discard(new)
            raise
        line, checksum = generations.journal_head(new, at, self.schema).line()
        self._adopt(new, at, Place(len(line), 1, checksum), new.snapshot.stat().st_size, self._state)
        self._changed = False
        self._read_on()
        self._refusal, self._unsynced, self._frail = "", False, True
        for _step in generations.keep_older(self.folder, new.number):
            pass

    # TinyDB's interface

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
    def journal_bytes(self) -> int:
        return self._end.length

    @property
    def _journal_file(self) -> Path:
        return self.folder / f"journal-{self.generation}"

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
        self.recover()
        try:
            with locked(self.folder / GENERATIONS_LOCK, 0):
                frozen = self.frozen()
                if frozen.changed:
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
        head = generations.journal_head(new, frozen.at, self.schema)
        lines, end = journal.reframed(io.BytesIO(added), self._journal_file, frozen.end, head)
        yield from generations.take_over(self.folder, new, lines, end)
        self._adopt(new, frozen.at, end, snapshot_bytes, self._state)
        self._changed, self._unsynced = len(lines) > 1, False
        self._read_on()
        yield from generations.keep_older(self.folder, new.number)

    def _give_up(self, new: Generation, error: OSError) -> None:
        """Take back a generation that could not be written; once CURRENT names it, a whole new one must follow."""
        if generations.current_generation(self.folder) == new.number:
            self._refuse(self.folder / journal.CURRENT, error)
        else:
            generations.discard(new)

    def _be_writable(self) -> None:
        if self._closed:
            raise OSError(f"{self.folder}: this store has been closed.")
        if self._refusal:
            raise OSError(self._refusal)

    def _refuse(self, file: Path, error: OSError) -> None:
        self._refusal = (
            f"{file}: the disk could not keep what was written ({error.strerror or error}). With the next change "
            "everything is written anew, in a new generation."
        )

    def frozen(self) -> Frozen:
        """All records at this moment, everything that others appended included."""
        self._outside_batch("back up")
        with self._exclusively():
            self._catch_up()
            tables = {name: dict(table) for name, table in self._state.tables.items()}
            return Frozen(self.generation, self._end, self._now(), tables, self._changed)

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
                if self._unsynced and not self._refusal and not self._closed:
                    self._close_synced()
            finally:
                self._closed = True
                self._close_files()

    def _close_synced(self) -> None:
        try:
            with self._exclusively():
                self._sync_journal()
                if os.fstat(self._descriptor).st_size == self._end.length:  # nobody else has written since
                    self._confirm()
        except Locked:
            self._sync_journal()

    def _close_files(self) -> None:
        self._lock.close()
        self._close_descriptor()

    def _close_descriptor(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
