"""The lines of the store's files: written, read, checked. Which files count is said in `store.generations`.

A generation is `snapshot-N`, the records when it began, and `journal-N`, the changes since. A line is

    crc32 in 8 hex digits, a space, JSON without line feeds, a line feed

where the checksum goes on from the line before it (in the first line from 0), so that a line which is doubled,
missing or out of place is seen as well. The first line of a file says what it is and when its generation began; every
other is a list of operations (`store.state`). In a journal the first line of each new second begins with the mark
`["@", "2026-11-24T12:00:00+00:00"]`, so that the records of a moment can be found. The last line of a snapshot says
how many there are. All of it can be read with `less`.

After each fsync of a journal a **sync point** is written, `[["s", 1234, "cbf43926"]]`: the 1234 bytes before this line,
whose last line has this checksum, are on the disk for certain. What comes after the last one may have reached the disk
in part and in any order. So a bad line ends the journal there, unless a sync point stands after it: then it is damage.
A sync point can be known by itself (its checksum goes on from the one that stands in it), also when all around it is lost
or has moved. A journal has its first one from when its generation counts.
"""

import contextlib
import errno
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import orjson

from store.disk import naming
from store.migrations import SCHEMA
from store.state import Misfit, Operation, PackedTables, State, mark_of

CURRENT = "CURRENT"
CHUNK_BYTES = 1 << 20
"""How much of a snapshot is gathered before it is written: a megabyte, large beside a disk block, small in memory."""


class Damage(Exception):
    """A file of the store does not hold what was written. `line` counts from 1; None when no line is to blame."""

    def __init__(self, file: Path, line: int | None, wrong: str, way_out: str = "") -> None:
        self.file, self.line, self.wrong = file, line, wrong
        place = str(file) if line is None else f"{file}, line {line}"
        super().__init__(f"{place}: {wrong}. {way_out or WAY_OUT}.")


class Locked(Exception):
    """Another process or thread held the store for too long. `seconds` is how long we waited."""

    def __init__(self, file: Path, seconds: float) -> None:
        self.file, self.seconds = file, seconds
        super().__init__(
            f"{file}: another process or thread has held this lock for {seconds:g} seconds. "
            "See which other aikultur is at work in this folder, and try again when it has finished."
        )


class NewerSchema(Exception):
    """The store was written by a newer aikultur."""

    def __init__(self, file: Path, found: int, understood: int = SCHEMA) -> None:
        self.file, self.found, self.understood = file, found, understood
        super().__init__(
            f"{file}: the store has schema {found}, this aikultur understands up to {understood}. "
            "Install the aikultur that wrote it, or put back the records from before: aikultur store restore."
        )


WAY_OUT = (
    "Stop the service. `aikultur store verify` says how far back the records are whole, and "
    '`aikultur store restore --at "2026-11-24 12:00"` puts them back as they stood then'
)


@dataclass(frozen=True, slots=True)
class Place:
    """How far a file has been read: the length in bytes, the lines, and the last line's checksum."""

    length: int
    lines: int
    checksum: int


START = Place(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of a file of the store. `at` (aware, whole seconds) is when its generation began."""

    aikultur: Literal["snapshot", "journal"]
    generation: int
    at: datetime
    schema: int = SCHEMA
    sync_points: bool = False  # whether this journal has sync points; those of before had none

    def line(self) -> tuple[bytes, int]:
        """The line and its checksum."""
        payload = asdict(self) | {"at": self.at.isoformat()}
        if not self.sync_points:
            del payload["sync_points"]
        return framed(payload, 0)


@dataclass(frozen=True, slots=True)
class Generation:
    """A pair of files that belong together."""

    number: int
    snapshot: Path
    journal: Path


@dataclass(frozen=True, slots=True)
class Loaded:
    """A generation as it was read: its records, the end of the last good line, and what its files say of themselves."""

    state: State
    head: Head
    end: Place
    snapshot_bytes: int
    last: datetime  # when the last line that was taken was written; before any, when the generation began
    changed: bool  # whether anything was written since the generation began


def framed(payload: Any, checksum: int) -> tuple[bytes, int]:
    """The line for `payload` after a line with this checksum, and its own checksum."""
    body = orjson.dumps(payload)
    own = zlib.crc32(body, checksum)
    return b"%08x %s\n" % (own, body), own


def unframed(line: bytes, checksum: int) -> tuple[Any, int]:
    """What `framed` was given, and the line's checksum. Raises ValueError, saying what is wrong with the line."""
    if not line.endswith(b"\n"):
        raise ValueError("the line is cut off")
    said, body = line[:8], line[9:-1]
    own = zlib.crc32(body, checksum)
    if said != b"%08x" % own or line[8:9] != b" ":
        raise ValueError(f"the checksum says {said!r:.20}, the text and the lines before it give {own:08x}")
    return orjson.loads(body), own


SYNC_POINT = re.compile(rb'([0-9a-f]{8}) (\[\["s",(\d{1,15}),"([0-9a-f]{8})"\]\])')


def sync_point(end: Place) -> tuple[bytes, Place]:
    """The line that says that all before `end` is on the disk, and the place after it."""
    line, checksum = framed([["s", end.length, f"{end.checksum:08x}"]], end.checksum)
    return line, Place(end.length + len(line), end.lines + 1, checksum)


def confirmed(data: bytes) -> int:
    """The length up to which sync points in `data`, a part of a journal, confirm that journal; 0 for none."""
    found = 0
    for match in SYNC_POINT.finditer(data):
        said, body, length, before = match.groups()
        if int(said, 16) == zlib.crc32(body, int(before, 16)):
            found = max(found, int(length))
    return found


def intact(
    lines: Iterable[bytes], file: Path, place: Place, *, sync_points: bool = False
) -> Iterator[tuple[Any, Place]]:
    """What each line after `place` holds, and the place after it.

    A bad line ends them when it was not confirmed: it and what comes after it are writes that did not finish, or that
    the disk lost before it was asked to keep them. Raises Damage for any other. Where there are no `sync_points`, only
    the last line can be unconfirmed.
    """
    rest = iter(lines)
    for line in rest:
        try:
            payload, checksum = unframed(line, place.checksum)
        except ValueError as wrong:
            after = b"".join(rest)
            if confirmed(line + after) > place.length or (after and not sync_points):
                raise Damage(file, place.lines + 1, str(wrong)) from None
            return
        place = Place(place.length + len(line), place.lines + 1, checksum)
        sync_points = sync_points or has_sync_points(payload)
        yield payload, place


def has_sync_points(payload: Any) -> bool:
    """Whether a line shows that its journal has sync points: it is one, or the first line that says so."""
    match payload:
        case [["s", *_]] | {"sync_points": True}:
            return True
    return False


def head_of(payload: Any, file: Path, kind: str, number: int | None = None) -> Head:
    """What a first line says. Raises Damage when this is not the first line of such a file (of any generation for
    None)."""
    match payload:
        case {"aikultur": str() as said, "schema": int() as schema, "generation": int() as own, "at": str() as at}:
            if said == kind and number in (None, own):
                points = has_sync_points(payload)
                return Head(kind, own, datetime.fromisoformat(at), schema, points)  # type: ignore[arg-type]  # it is one of two
    of = "" if number is None else f" {number}"
    raise Damage(file, 1, f"this is not the first line of {kind}{of}, it says {str(payload)[:120]}")


def read_head(file: Path, kind: str, number: int | None = None) -> tuple[Head, Place]:
    """What the first line of a file says, and the place after it. Raises Damage, OSError."""
    with opened(file) as lines:
        first = next(intact(islice(lines, 2), file, START), None)  # a second line makes a bad first one damage
    if first is None:
        raise Damage(file, 1, "the first line is not whole")
    payload, end = first
    return head_of(payload, file, kind, number), end


def _understand(head: Head, file: Path, understood: int) -> None:
    if head.schema > understood:
        raise NewerSchema(file, head.schema, understood)


def replay(
    state: State, lines: Iterable[bytes], file: Path, place: Place, *, sync_points: bool = True
) -> tuple[Place, bool]:
    """Apply the lines after `place` to `state`; the place after the last good one, and whether any but sync points
    was there. Raises Damage."""
    changed = False
    for payload, after in intact(lines, file, place, sync_points=sync_points):
        _apply(state, payload, file, after)
        place = after
        changed = changed or not has_sync_points(payload)
    return place, changed


def _apply(state: State, payload: Any, file: Path, place: Place) -> None:
    try:
        if not isinstance(payload, list):
            raise Misfit(f"holds {str(payload)[:80]} where operations should be")
        state.apply(payload)
    except Misfit as wrong:
        raise Damage(file, place.lines, str(wrong)) from None


def load(of: Generation, moment: datetime | None = None, *, born: int = 0, understood: int = SCHEMA) -> Loaded:
    """Read a generation: to its end, or as it stood at `moment` (aware).

    Raises Damage (for a moment only when the damage lies before it), NewerSchema, OSError.
    """
    state, head, size = load_snapshot(of.snapshot, of.number, born=born, understood=understood)
    own, start = read_head(of.journal, "journal", of.number)
    _understand(own, of.journal, understood)
    if (own.at, own.schema) != (head.at, head.schema):
        wrong = f"it was begun at {own.at} in schema {own.schema}, {of.snapshot.name} at {head.at} in {head.schema}"
        raise Damage(of.journal, 1, f"{wrong}: they do not belong together")
    count, last = (None, head.at) if moment is None else _until(of.journal, head, moment)
    with opened(of.journal) as lines:
        lines.seek(start.length)
        taken = lines if count is None else islice(lines, count - start.lines)
        end, changed = replay(state, taken, of.journal, start, sync_points=own.sync_points)
    return Loaded(state, head, end, size, last, changed)


def _until(file: Path, head: Head, moment: datetime) -> tuple[int, datetime]:
    """How many lines of a journal were written at `moment` or before, and when the last of them.

    A clock that ran ahead for a while does no harm: what counts is the last line that is not later than the moment.
    """
    time, count, last = head.at, 1, head.at
    try:
        for at, place in marked(file, head):
            time = at
            if time <= moment:
                count, last = place.lines, time
    except Damage:
        if time < moment:
            raise
    return count, last


def marked(file: Path, head: Head) -> Iterator[tuple[datetime, Place]]:
    """For each line of a journal when it was written (aware, whole seconds) and the place after it. Raises Damage."""
    at = head.at
    with opened(file) as lines:
        for payload, place in intact(lines, file, START):
            at = mark_of(payload) or at
            yield at, place


def load_snapshot(
    file: Path, number: int | None = None, *, born: int = 0, understood: int = SCHEMA
) -> tuple[State, Head, int]:
    """The records of a snapshot, its first line, and its size in bytes.

    Raises Damage when it is not whole, NewerSchema, OSError.
    """
    head, _ = read_head(file, "snapshot", number)
    _understand(head, file, understood)
    state, place, count = State(born), START, None
    with opened(file) as lines:
        for payload, place in intact(lines, file, START):
            if place.lines == 1:
                continue
            if count is not None:
                raise Damage(file, place.lines, "a line after the one that ends the snapshot")
            if isinstance(payload, dict):
                count = payload.get("lines")
            else:
                _apply(state, payload, file, place)
        size = os.fstat(lines.fileno()).st_size
    if count != place.lines or place.length != size:
        raise Damage(file, place.lines + 1, "the snapshot ends too early")
    return state, head, size


def opened(file: Path) -> BufferedReader:
    """The file, open for reading bytes. Raises Damage when it is missing."""
    try:
        return file.open("rb")
    except FileNotFoundError:
        raise Damage(file, None, "the file is missing") from None


def write_snapshot(file: Path, head: Head, tables: PackedTables) -> int:
    """Write all records to `file`, fsynced; its size in bytes. Raises OSError."""
    return write_file(file, _snapshot_lines(tables, head))


def _snapshot_lines(tables: PackedTables, head: Head) -> Iterator[bytes]:
    line, checksum = head.line()
    yield line
    count = 2
    for payload in _snapshot_payloads(tables):
        line, checksum = framed(payload, checksum)
        yield line
        count += 1
    yield framed({"lines": count}, checksum)[0]


def _snapshot_payloads(tables: PackedTables) -> Iterator[Any]:
    for name, documents in tables.items():
        if not documents:
            yield [["t", name]]
        for key, document in documents.items():
            yield [["p", name, key, orjson.Fragment(document)]]


def reframed(lines: Iterable[bytes], file: Path, place: Place, head: Head) -> tuple[list[bytes], Place]:
    """A journal's lines after `place` as the lines of another journal, its first one included, and the place after
    them. Sync points are left out, for they confirm the other file. Raises Damage."""
    line, checksum = head.line()
    made, length = [line], len(line)
    for payload, _ in intact(lines, file, place, sync_points=True):
        if has_sync_points(payload):
            continue
        line, checksum = framed(payload, checksum)
        made.append(line)
        length += len(line)
    return made, Place(length, len(made), checksum)


def write_file(file: Path, parts: Iterable[bytes]) -> int:
    """Make or overwrite `file` (mode 0600) with `parts`, fsynced; its size in bytes. Nobody may be reading it.

    Raises OSError.
    """
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with naming(file):
            chunk = bytearray()
            for part in parts:
                chunk += part
                if len(chunk) >= CHUNK_BYTES:
                    write_all(descriptor, chunk)
                    chunk.clear()
            write_all(descriptor, chunk)
            os.fsync(descriptor)
            return os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes | bytearray) -> None:
    """Write every byte, in as many calls as it takes. Raises OSError; some of it may then be written."""
    done = 0
    while done < len(data):
        done += os.write(descriptor, bytes(data[done:]) if done else bytes(data))


def read_at(file: Path | str, offset: int, length: int) -> bytes:
    """At most so many bytes of the file. Raises OSError. A third of the work of a file object."""
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with naming(file):
            return os.pread(descriptor, length, offset)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make names that were added, replaced or removed in the folder durable. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with naming(folder):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def append_line(descriptor: int, end: Place, operations: list[Operation]) -> Place:
    """Append one line at `end`, the end of the file, in one write; the place after it.

    Raises OSError, and then nothing of the line is left, unless even that failed.
    """
    line, checksum = framed(operations, end.checksum)
    append(descriptor, end, line)
    return Place(end.length + len(line), end.lines + 1, checksum)


def append(descriptor: int, end: Place, line: bytes) -> None:
    """Append these bytes at `end`, in one write. Raises OSError, and then nothing of them is left, unless even that
    failed."""
    try:
        written = os.write(descriptor, line)
        if written < len(line):
            # A short write is what a disk says that has just become full; the next write would name the reason.
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, end.length)
        raise
