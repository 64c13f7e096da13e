"""Which files of the store's folder count, and how one generation follows another.

CURRENT names the generation that counts; it is replaced atomically, and an open journal is never renamed over. A
finished generation is moved into `backups` and is the backup of every moment between its beginning and its end. Two
locks: whoever writes holds the first; whoever begins, moves or removes generations holds the second, taken before it.
"""

import fcntl
import logging
import os
import re
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from store.journal import (
    CURRENT,
    Damage,
    Generation,
    Head,
    Locked,
    Place,
    append,
    confirmed,
    load_snapshot,
    read_at,
    read_head,
    sync_folder,
    sync_point,
    write_file,
    write_snapshot,
)
from store.migrations import SCHEMA
from store.state import PackedTables

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


@contextmanager
def looked_at(folder: Path, timeout: float) -> Iterator[None]:
    """Keep generations from being moved meanwhile, without making a file: where nobody has ever locked, none is moved
    now either. Raises Locked after `timeout` seconds, OSError."""
    file = folder / GENERATIONS_LOCK
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        yield
        return
    try:
        deadline = time.monotonic() + timeout
        while not _shared(descriptor):
            if time.monotonic() >= deadline:
                raise Locked(file, timeout)
            time.sleep(POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _shared(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


# What there is


def current_generation(folder: Path) -> int | None:
    """The generation that counts; None in a folder that never held a store. Raises Damage."""
    try:
        text = read_at(f"{folder}/{CURRENT}", 0, 64).strip()  # each batch looks here
    except FileNotFoundError:
        _check_without_current(folder)
        return None
    number = _said(text)
    if number:
        return number
    raise Damage(
        folder / CURRENT,
        None,
        f"holds {text[:40].decode(errors='replace')!r} where the number of the generation should be",
        _name_it(folder),
    )


def _said(text: bytes) -> int:
    """The number in CURRENT: 0 when it is none or its checksum is another one. Without a checksum it is believed: so
    aikultur wrote it once, and so people write it."""
    number, _, checksum = text.partition(b" ")
    if not number.isdigit() or len(number) > 9 or (checksum and checksum != b"%08x" % zlib.crc32(number)):
        return 0
    return int(number)


def _naming(number: int) -> bytes:
    """What CURRENT holds: the number, a space, its crc32."""
    return b"%d %08x\n" % (number, zlib.crc32(b"%d" % number))


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
    return [*(number for number in numbers(folder) if number < current), current, *later(folder, current)]


def later(folder: Path, current: int) -> list[int]:
    """Generations above the one that CURRENT names and that counted once: CURRENT is not what it was. Raises OSError."""
    return [number for number in numbers(folder) if number > current and _counted_once(generation(folder, number))]


def _counted_once(files: Generation) -> bool:
    """Whether this generation was the current one at some time: from then on its journal has a sync point. Of a journal
    from before there were any, whether its files are whole."""
    try:
        head, _ = read_head(files.journal, "journal", files.number)
        if head.sync_points:
            return confirmed(files.journal.read_bytes()) > 0
        load_snapshot(files.snapshot, files.number, understood=head.schema)
    except Damage:
        return False
    return True


def check_current(folder: Path) -> None:
    """Raises Damage when CURRENT names a generation that another one has followed: whoever went on in it would send
    again what the later one knows to be sent."""
    current = current_generation(folder)
    above = later(folder, current) if current else []
    if above:
        newest = above[-1]
        wrong = f"names generation {current}, but generation {newest} has followed it and is there"
        way_out = (
            f"Stop the service and make a copy of {folder}. Write {newest} in {CURRENT} to go on with all that was "
            f'written, or put records back with aikultur store restore --at "2026-11-24 12:00"'
        )
        raise Damage(folder / CURRENT, None, wrong, way_out)


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


def begin(folder: Path, new: Generation, at: datetime, tables: PackedTables, schema: int = SCHEMA) -> Iterator[str]:
    """Write a generation that begins with `tables` and make it the current one. Call it under the locks.

    Yields the name of each step when it is done; stopped or killed after any of them, the folder still opens, with
    the records of before or, from "CURRENT" on, with these. Raises OSError.
    """
    write_snapshot(new.snapshot, Head("snapshot", new.number, at, schema), tables)
    yield "snapshot"
    line, checksum = journal_head(new, at, schema).line()
    yield from take_over(folder, new, [line], Place(len(line), 1, checksum))


def journal_head(new: Generation, at: datetime, schema: int) -> Head:
    return Head("journal", new.number, at, schema, sync_points=True)


def take_over(folder: Path, new: Generation, journal_lines: Iterable[bytes], end: Place) -> Iterator[str]:
    """Write the journal of a generation whose snapshot is there, and make it the current one; steps as in `begin`.

    `end` is the place after the lines. There the journal's first sync point is written, last of all: it shows later
    that this generation counted.
    """
    write_file(new.journal, journal_lines)
    # Else a power loss could leave a CURRENT that names files whose own names are not on the disk.
    sync_folder(folder)
    yield "journal"
    temporary = folder / f"{CURRENT}.new"
    write_file(temporary, [_naming(new.number)])
    yield "new CURRENT"
    temporary.replace(folder / CURRENT)
    yield "CURRENT"
    sync_folder(folder)
    yield "folder"
    _point(new.journal, end)


def _point(file: Path, end: Place) -> None:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_APPEND)
        try:
            append(descriptor, end, sync_point(end)[0])
        finally:
            os.close(descriptor)
    except OSError as error:  # the generation counts all the same
        log.warning("%s has no sync point yet (%s)", file, error)


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
    """Remove what killed processes left of generations that never came to be. Raises Damage when one of them did,
    OSError."""
    check_current(folder)
    for file in _in(folder):
        if _number(file) > current:
            file.unlink()


def _remove(folder: Path, number: int) -> None:
    """Remove a kept generation, and what was cut off it. Raises OSError."""
    cuts = [cut.file for cut in cut_offs(folder) if cut.generation == number]
    for file in [*cuts, *(file for file in _in(folder / KEEP) if _number(file) == number)]:
        file.unlink()


def forget(folder: Path, before: datetime) -> list[int]:
    """Remove the kept generations that ended before that moment (aware); their numbers. Call it under the lock.

    A generation ends when the next one begins. One whose end cannot be read stays. Raises OSError.
    """
    kept = sorted({_number(file) for file in _in(folder / KEEP)})
    gone, ended = [], began(folder, current_generation(folder) or 0)
    for number in reversed(kept):
        if ended and ended < before:
            _remove(folder, number)
            gone.append(number)
        ended = began(folder, number) or ended
    return sorted(gone)


# What was cut off


@dataclass(frozen=True, slots=True)
class CutOff:
    """The end of a journal that the disk had not confirmed and did not keep whole: set aside when the store was opened
    after that. `lines` were begun there; what they said is worked out again or was lost with the power."""

    file: Path
    generation: int
    lines: int
    at: datetime  # when it was set aside (aware)


CUT_OFF = re.compile(r"journal-(\d+)\.cut-off-\d+")


def cut_offs(folder: Path) -> list[CutOff]:
    """What was cut off of the journals of the generations that are kept, oldest first. Raises OSError."""
    found = []
    for file in (folder / KEEP).glob("journal-*.cut-off-*"):
        if match := CUT_OFF.fullmatch(file.name):
            at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
            found.append(CutOff(file, int(match[1]), lines_in(file.read_bytes()), at))
    return sorted(found, key=lambda cut: (cut.at, cut.file))


def lines_in(tail: bytes) -> int:
    """How many lines were begun in what is left of them. Zeros are what a disk has where nothing arrived."""
    return sum(bool(line.strip(b"\0")) for line in tail.split(b"\n"))


def set_aside(folder: Path, number: int, offset: int, tail: bytes) -> None:
    """Keep what is to be cut off of a journal from `offset` on, durably, unless there is nothing in it. Raises OSError."""
    if lines_in(tail):
        kept = folder / KEEP
        kept.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = kept / f"journal-{number}.cut-off-{offset}"
        write_file(file, [tail])
        sync_folder(kept)
        log.warning("journal-%d ended in lines that the disk had not confirmed; they are in %s", number, file)


def seconds(moment: datetime) -> datetime:
    """The moment in UTC and whole seconds, as the files hold it. Raises ValueError when it is naive."""
    if moment.utcoffset() is None:
        raise ValueError(f"a moment must carry a time zone, got {moment!r}")
    return moment.astimezone(UTC).replace(microsecond=0)
