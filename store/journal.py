"""The files of the store: checksummed JSON lines, numbered generations, and CURRENT, which names the one that counts.

A generation is `snapshot-N`, the records when it began, and `journal-N`, the changes since. A line is

    crc32 in 8 hex digits, a space, JSON without line feeds, a line feed

where the checksum goes on from the line before it (in the first line from 0), so that a line which is doubled,
missing or out of place is seen as well. The first line of a file says what it is; every other is a list of
operations (`store.state`). The last line of a snapshot says how many there are. All of it can be read with `less`.
"""

import contextlib
import logging
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

import orjson

from store.state import Fields, Misfit, Operation, State

SCHEMA = 1
"""The shape of files and records that this program understands. A store that says a higher one is refused."""

CURRENT = "CURRENT"
CHUNK_BYTES = 1 << 20
"""How much of a snapshot is gathered before it is written: a megabyte, large beside a disk block, small in memory."""

Tables = dict[str, dict[str, Fields]]
logger = logging.getLogger(__name__)


class Damage(Exception):
    """A file of the store does not hold what was written. `line` counts from 1; None when no line is to blame."""

    def __init__(self, file: Path, line: int | None, wrong: str, way_out: str = "") -> None:
        self.file, self.line, self.wrong = file, line, wrong
        place = str(file) if line is None else f"{file}, line {line}"
        super().__init__(f"{place}: {wrong}. {way_out or _way_out(file, line)}")


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
            "Install the aikultur that wrote it, or put back a backup from before."
        )


def _way_out(file: Path, line: int | None) -> str:
    start = f"Stop the service and make a copy of {file.parent}. Then put back the newest backup"
    if line is None or line == 1 or not file.name.startswith("journal-"):
        return f"{start}."
    return f"{start}, or cut {file.name} off so that line {line - 1} is its last: what comes after it is lost."


@dataclass(frozen=True, slots=True)
class Place:
    """How far a file has been read: the length in bytes, the lines, and the last line's checksum."""

    length: int
    lines: int
    checksum: int


START = Place(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A generation as it was read: its records, the end of the last good line, and the size of the snapshot."""

    state: State
    end: Place
    snapshot_bytes: int


def snapshot_file(folder: Path, generation: int) -> Path:
    return folder / f"snapshot-{generation}"


def journal_file(folder: Path, generation: int) -> Path:
    return folder / f"journal-{generation}"


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


def intact(lines: Iterable[bytes], file: Path, place: Place) -> Iterator[tuple[Any, Place]]:
    """What each line after `place` holds, and the place after it.

    A bad last line is left out: it is a write that did not finish. Raises Damage for a bad line before that.
    """
    damage: Damage | None = None
    for line in lines:
        if damage:
            raise damage
        try:
            payload, checksum = unframed(line, place.checksum)
        except ValueError as wrong:
            damage = Damage(file, place.lines + 1, str(wrong))
            continue
        place = Place(place.length + len(line), place.lines + 1, checksum)
        yield payload, place


def header(kind: str, generation: int) -> dict[str, Any]:
    return {"aikultur": kind, "schema": SCHEMA, "generation": generation}


def check_header(payload: Any, file: Path, kind: str, generation: int | None) -> None:
    """Raises NewerSchema, or Damage when this is not the first line of such a file (of any generation for None)."""
    match payload:
        case {"aikultur": str() as said, "schema": int() as schema, "generation": int() as own}:
            if schema > SCHEMA:
                raise NewerSchema(file, schema)
            if said == kind and schema == SCHEMA and generation in (None, own):
                return
    number = "" if generation is None else f" {generation}"
    raise Damage(file, 1, f"this is not the first line of {kind}{number}, it says {str(payload)[:120]}")


def replay(state: State, lines: Iterable[bytes], file: Path, place: Place) -> Place:
    """Apply the lines after `place` to `state`; the place after the last good one. Raises Damage."""
    for payload, after in intact(lines, file, place):
        _apply(state, payload, file, after)
        place = after
    return place


def _apply(state: State, payload: Any, file: Path, place: Place) -> None:
    try:
        if not isinstance(payload, list):
            raise Misfit(f"holds {str(payload)[:80]} where operations should be")
        state.apply(payload)
    except Misfit as wrong:
        raise Damage(file, place.lines, str(wrong)) from None


def load(folder: Path, generation: int, born: int = 0) -> Loaded:
    """Read a generation. Raises Damage, NewerSchema, OSError."""
    state, size = load_snapshot(snapshot_file(folder, generation), generation, born)
    file = journal_file(folder, generation)
    with opened(file) as lines:
        first = next(intact(lines, file, START), None)
        if first is None:
            raise Damage(file, 1, "the first line is not whole")
        payload, end = first
        check_header(payload, file, "journal", generation)
        lines.seek(end.length)  # `intact` read one line ahead, or none
        end = replay(state, lines, file, end)
    return Loaded(state, end, size)


def load_snapshot(file: Path, generation: int | None = None, born: int = 0) -> tuple[State, int]:
    """The records of a snapshot and its size in bytes. Raises Damage when it is not whole, NewerSchema, OSError."""
    state, place, count = State(born), START, None
    with opened(file) as lines:
        for payload, place in intact(lines, file, START):
            if place.lines == 1:
                check_header(payload, file, "snapshot", generation)
            elif count is not None:
                raise Damage(file, place.lines, "a line after the one that ends the snapshot")
            elif isinstance(payload, dict):
                count = payload.get("lines")
            else:
                _apply(state, payload, file, place)
        size = os.fstat(lines.fileno()).st_size
    if count != place.lines or place.length != size:
        raise Damage(file, place.lines + 1, "the snapshot ends too early")
    return state, size


def opened(file: Path) -> BufferedReader:
    """The file, open for reading bytes. Raises Damage when it is missing."""
    try:
        return file.open("rb")
    except FileNotFoundError:
        raise Damage(file, None, "the file is missing") from None


def current_generation(folder: Path) -> int | None:
    """The generation that counts; None in a folder that never held a store. Raises Damage."""
    file = folder / CURRENT
    try:
        text = file.read_bytes().strip()
    except FileNotFoundError:
        _check_without_current(folder)
        return None
    if text.isdigit() and len(text) < 10 and int(text) > 0:
        return int(text)
    raise Damage(file, None, f"holds {text[:40]!r} where the number of the generation should be", _name_it(folder))


def _check_without_current(folder: Path) -> None:
    """A first start that was cut short leaves beginnings of an empty generation 1. Raises Damage for anything else."""
    for file in _generation_files(folder):
        whole = {"snapshot-1": b"".join(_snapshot_lines({}, 1)), "journal-1": framed(header("journal", 1), 0)[0]}
        if not whole.get(file.name, b"").startswith(file.read_bytes()):
            raise Damage(folder / CURRENT, None, f"the file is missing, and {file.name} is there", _name_it(folder))


def _name_it(folder: Path) -> str:
    newest = max((_generation(file) for file in _generation_files(folder)), default=0)
    hint = f"Write the number of the newest whole pair of snapshot and journal in it ({newest} is the highest)"
    return f"Stop the service and make a copy of {folder}. {hint}, or put back the newest backup."


def _generation_files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if _generation(file))


def _generation(file: Path) -> int:
    kind, _, number = file.name.partition("-")
    return int(number) if kind in ("snapshot", "journal") and number.isdecimal() else 0


def newest_generation(folder: Path) -> int:
    """The highest generation that any file in the folder belongs to, 0 for none."""
    return max((_generation(file) for file in _generation_files(folder)), default=0)


def begin_generation(folder: Path, generation: int, tables: Tables) -> Iterator[str]:
    """Write a generation that begins with `tables`, then make it the current one. Call it under the lock.

    Yields the name of each step when it is done; stopped or killed after any of them, the folder still opens
    with the same records. Raises OSError.
    """
    write_snapshot(snapshot_file(folder, generation), generation, tables)
    yield "snapshot"
    write_file(journal_file(folder, generation), [framed(header("journal", generation), 0)[0]])
    sync_folder(folder)
    yield "journal"
    temporary = folder / f"{CURRENT}.new"
    write_file(temporary, [b"%d\n" % generation])
    yield "new CURRENT"
    temporary.replace(folder / CURRENT)
    yield "CURRENT"
    sync_folder(folder)
    yield "folder"
    for file in older_files(folder, generation):
        file.unlink()
        yield f"without {file.name}"


def discard_generation(folder: Path, generation: int) -> None:
    """Remove the files of a generation that did not come to be, to give their space back. Raises OSError."""
    for file in (snapshot_file(folder, generation), journal_file(folder, generation)):
        file.unlink(missing_ok=True)


def older_files(folder: Path, generation: int) -> list[Path]:
    """What is left of generations before this one."""
    return [file for file in _generation_files(folder) if _generation(file) < generation]


def write_snapshot(file: Path, generation: int, tables: Tables) -> None:
    """Write all records to `file`, fsynced. Raises OSError."""
    write_file(file, _snapshot_lines(tables, generation))


def _snapshot_lines(tables: Tables, generation: int) -> Iterator[bytes]:
    count, checksum = 0, 0
    for payload in _snapshot_payloads(tables, generation):
        count += 1
        line, checksum = framed(payload, checksum)
        yield line
    yield framed({"lines": count + 1}, checksum)[0]


def _snapshot_payloads(tables: Tables, generation: int) -> Iterator[Any]:
    yield header("snapshot", generation)
    for name, documents in tables.items():
        if not documents:
            yield [["t", name]]
        for key, document in documents.items():
            yield [["p", name, key, document]]


def write_file(file: Path, parts: Iterable[bytes]) -> None:
    """Make or overwrite `file` (mode 0600) with `parts`, fsynced. Nobody may be reading it. Raises OSError."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        chunk = bytearray()
        for part in parts:
            chunk += part
            if len(chunk) >= CHUNK_BYTES:
                write_all(descriptor, chunk)
                chunk.clear()
        write_all(descriptor, chunk)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes | bytearray) -> None:
    """Write every byte, in as many calls as it takes. Raises OSError; some of it may then be written."""
    done = 0
    while done < len(data):
        done += os.write(descriptor, bytes(data[done:]) if done else bytes(data))


def sync_folder(folder: Path) -> None:
    """Make names that were added, replaced or removed in the folder durable. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def append_line(descriptor: int, end: Place, operations: list[Operation]) -> Place:
    """Append one line at `end`, in one write; the place after it. What stood after `end` was torn and goes.

    Raises OSError, and then nothing of the line is left, unless even that failed.
    """
    line, checksum = framed(operations, end.checksum)
    torn = os.fstat(descriptor).st_size - end.length
    if torn:
        logger.warning("the journal ended in %d bytes of a line that was never finished; they are dropped", torn)
        os.ftruncate(descriptor, end.length)
    try:
        written = os.write(descriptor, line)
        if written < len(line):
            raise OSError(f"only {written} of {len(line)} bytes could be written to the journal: is the disk full?")
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, end.length)
        raise
    return Place(end.length + len(line), end.lines + 1, checksum)
