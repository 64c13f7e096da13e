"""Which files of the store's folder count, and how one generation follows another.

CURRENT names the generation that counts; it is replaced atomically, and an open journal is never renamed over. A
finished generation is moved into `backups` and is the backup of every moment between its beginning and its end. Two
locks: whoever writes holds the first; whoever begins, moves or removes generations holds the second, taken before it.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from store.journal import (
    CURRENT,
    Damage,
    Generation,
    Head,
    Locked,
    read_at,
    read_head,
    sync_folder,
    write_file,
    write_snapshot,
)
from store.migrations import SCHEMA
from store.state import Tables, packed_tables

KEEP = "backups"
LOCK, GENERATIONS_LOCK = "lock", "generations.lock"
POLL_SECONDS = 0.01
"""How often a process that waits for a lock looks again; a held lock is mostly free after one fsync, 0.2-10 ms."""

log = logging.getLogger(__name__)


# Locks


def file_lock(file: Path, timeout: float) -> FileLock:
    """A lock between processes. Never a soft one: that would outlive a killed process."""
    return FileLock(file, timeout, 0o600, thread_local=False, poll_interval=POLL_SECONDS, fallback_to_soft=False)


@contextmanager
def locked(file: Path, timeout: float) -> Iterator[None]:
    """Hold a lock of one's own (also against other threads). Raises Locked after `timeout` seconds, OSError."""
    lock = file_lock(file, timeout)
    try:
        lock.acquire()
    except Timeout:
        raise Locked(file, timeout) from None
    try:
        yield
    finally:
        lock.release()


# What there is


def current_generation(folder: Path) -> int | None:
    """The generation that counts; None in a folder that never held a store. Raises Damage."""
    try:
        text = read_at(f"{folder}/{CURRENT}", 0, 64).strip()  # each batch looks here
    except FileNotFoundError:
        _check_without_current(folder)
        return None
    if text.isdigit() and len(text) < 10 and int(text) > 0:
        return int(text)
    raise Damage(
        folder / CURRENT, None, f"holds {text[:40]!r} where the number of the generation should be", _name_it(folder)
    )


def _check_without_current(folder: Path) -> None:
    """A first start that was cut short leaves beginnings of an empty generation 1: of a snapshot of two lines and a
    journal of one. Raises Damage for anything else."""
    beginnings = {folder / "snapshot-1": 2, folder / "journal-1": 1}
    for file in _files(folder):
        if file.read_bytes().count(b"\n") > beginnings.get(file, -1):
            raise Damage(folder / CURRENT, None, f"the file is missing, and {file.name} is there", _name_it(folder))


def _name_it(folder: Path) -> str:
    newest = max((_number(file) for file in _in(folder)), default=0)
    hint = f"Write the number of the newest whole pair of snapshot and journal in it ({newest} is the highest)"
    return f"Stop the service and make a copy of {folder}. {hint}, or put records back with aikultur store restore"


def _number(file: Path) -> int:
    kind, _, number = file.name.partition("-")
    return int(number) if kind in ("snapshot", "journal") and number.isdecimal() else 0


def _in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if _number(file)) if folder.is_dir() else []


def _files(folder: Path) -> list[Path]:
    """The files of all generations, in their place or kept."""
    return [*_in(folder), *_in(folder / KEEP)]


def numbers(folder: Path) -> list[int]:
    """All generations of which there is a file, lowest first; those after the current one were never finished."""
    return sorted({_number(file) for file in _files(folder)})


def counted(folder: Path, current: int | None) -> list[int]:
    """The generations that counted at some time, lowest first; all there are when nobody knows the current one."""
    if current is None:
        return numbers(folder)
    return [*(number for number in numbers(folder) if number < current), current]


def generation(folder: Path, number: int) -> Generation:
    """The files of a generation, wherever they are: a killed process may have moved only one of them."""
    return Generation(number, _found(folder, f"snapshot-{number}"), _found(folder, f"journal-{number}"))


def _found(folder: Path, name: str) -> Path:
    kept = folder / KEEP / name
    return kept if kept.exists() and not (folder / name).exists() else folder / name


def new_generation(folder: Path) -> Generation:
    """Files for the next generation; no number is used twice. 1 is the empty one of a first start."""
    number = max([1, *numbers(folder)]) + 1
    return Generation(number, folder / f"snapshot-{number}", folder / f"journal-{number}")


def began(folder: Path, number: int) -> datetime | None:
    """When the generation began (aware); None when neither of its files can say it."""
    files = generation(folder, number)
    for file, kind in ((files.snapshot, "snapshot"), (files.journal, "journal")):
        try:
            return read_head(file, kind, number)[0].at
        except Damage:
            continue
    return None


# One follows another


def begin_empty(folder: Path, at: datetime, schema: int = SCHEMA) -> Iterator[str]:
    """Make the generation of a first start; the steps are those of `begin`."""
    first = Generation(1, folder / "snapshot-1", folder / "journal-1")
    return begin(folder, first, at, {}, schema)


def begin(folder: Path, new: Generation, at: datetime, tables: Tables, schema: int = SCHEMA) -> Iterator[str]:
    """Write a generation that begins with `tables` and make it the current one. Call it under the locks.

    Yields the name of each step when it is done; stopped or killed after any of them, the folder still opens, with
    the records of before or, from "CURRENT" on, with these. Raises OSError.
    """
    write_snapshot(new.snapshot, Head("snapshot", new.number, at, schema), packed_tables(tables))
    yield "snapshot"
    yield from take_over(folder, new, [Head("journal", new.number, at, schema).line()[0]])


def take_over(folder: Path, new: Generation, journal_lines: Iterable[bytes]) -> Iterator[str]:
    """Write the journal of a generation whose snapshot is there, and make it the current one; steps as in `begin`."""
    write_file(new.journal, journal_lines)
    sync_folder(folder)
    yield "journal"
    temporary = folder / f"{CURRENT}.new"
    write_file(temporary, [b"%d\n" % new.number])
    yield "new CURRENT"
    temporary.replace(folder / CURRENT)
    yield "CURRENT"
    sync_folder(folder)
    yield "folder"


def keep_older(folder: Path, number: int, to: Path | None = None) -> Iterator[str]:
    """Move the files of earlier generations into `backups` (or `to`), each a step. What cannot be moved stays where
    it is until the next time: it is in nobody's way."""
    kept = to or folder / KEEP
    for file in [file for file in _in(folder) if _number(file) < number]:
        try:
            kept.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.rename(kept / file.name)
        except OSError as error:
            log.warning("%s cannot be moved to %s (%s); the next generation tries again", file, kept, error)
            return
        yield f"kept {file.name}"


def discard(files: Generation) -> None:
    """Remove the files of a generation that did not come to be, to give their space back. Raises OSError."""
    for file in (files.snapshot, files.journal):
        file.unlink(missing_ok=True)


def discard_unfinished(folder: Path, current: int) -> None:
    """Remove what killed processes left of generations that never came to be. Raises OSError."""
    for file in _in(folder):
        if _number(file) > current:
            file.unlink()


def forget(folder: Path, before: datetime) -> list[int]:
    """Remove the kept generations that ended before that moment (aware); their numbers. Call it under the lock.

    A generation ends when the next one begins. One whose end cannot be read stays. Raises OSError.
    """
    kept = sorted({_number(file) for file in _in(folder / KEEP)})
    gone, ended = [], began(folder, current_generation(folder) or 0)
    for number in reversed(kept):
        if ended and ended < before:
            for file in _in(folder / KEEP):
                if _number(file) == number:
                    file.unlink()
            gone.append(number)
        ended = began(folder, number) or ended
    return sorted(gone)


def seconds(moment: datetime) -> datetime:
    """The moment in UTC and whole seconds, as the files hold it. Raises ValueError when it is naive."""
    if moment.utcoffset() is None:
        raise ValueError(f"a moment must carry a time zone, got {moment!r}")
    return moment.astimezone(UTC).replace(microsecond=0)
