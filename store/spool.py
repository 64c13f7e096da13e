"""The bytes of claimed letters, frozen until they are sent, in append-only segment files.

They are kept outside the database so that its memory stays small; a record holds the `Spooled` of each letter.
Bytes after a crash that no record names do no harm: the next append begins after them.
"""

import contextlib
import os
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from store.disk import naming
from store.journal import Damage, read_at, sync_folder, write_all

SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""What a segment may be called: a file name that cannot leave the folder."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """Where some bytes are: segment, offset and length in bytes, and their crc32."""

    segment: str
    offset: int
    length: int
    crc: int


class Spool:
    """The segments in `folder`, which is made (mode 0700) with the first of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._named: set[str] = set()  # segments whose names this process knows to be durable

    def append(self, segment: str, items: Sequence[bytes]) -> list[Spooled]:
        """Append all items to the segment, durably, with one fsync; where each of them is.

        Two processes must not append at once: call it inside `Database.batch`. Raises ValueError for a name that
        is no file name, OSError when the disk refuses, and then nothing is added.
        """
        if not items:
            return []
        file = self._file(segment)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            start = os.fstat(descriptor).st_size
            with naming(file):
                _append_synced(descriptor, start, b"".join(items))
        finally:
            os.close(descriptor)
        if segment not in self._named:
            sync_folder(self.folder)
            self._named.add(segment)
        spooled = []
        for item in items:
            spooled.append(Spooled(segment, start, len(item), zlib.crc32(item)))
            start += len(item)
        return spooled

    def read(self, ref: Spooled) -> bytes:
        """The bytes. Raises Damage when they are not there or not the same, OSError when they cannot be read now."""
        file = self._file(ref.segment)
        try:
            item = read_at(file, ref.offset, ref.length)
        except FileNotFoundError:
            raise Damage(file, None, "the file is missing") from None
        if len(item) != ref.length or zlib.crc32(item) != ref.crc:
            wrong = f"the {ref.length} bytes from {ref.offset} on are not the letter that was put there"
            raise Damage(file, None, wrong)
        return item

    def blank(self, ref: Spooled) -> None:
        """Write zeros over the bytes: nobody reads them any more. No error when they are gone already. Raises OSError."""
        with contextlib.suppress(FileNotFoundError):
            descriptor = os.open(self._file(ref.segment), os.O_WRONLY)
            try:
                there = max(0, min(ref.length, os.fstat(descriptor).st_size - ref.offset))
                os.pwrite(descriptor, bytes(there), ref.offset)
                os.fdatasync(descriptor)
            finally:
                os.close(descriptor)

    def segments(self) -> list[str]:
        """The names of all segments, sorted."""
        if not self.folder.is_dir():
            return []
        return sorted(file.name for file in self.folder.iterdir() if SEGMENT.fullmatch(file.name))

    def remove(self, segment: str) -> None:
        """Delete a segment; no error when there is none. Raises OSError."""
        self._file(segment).unlink(missing_ok=True)

    def _file(self, segment: str) -> Path:
        if not SEGMENT.fullmatch(segment):
            raise ValueError(f"{segment!r} cannot be the name of a segment; use letters, digits, dots and dashes")
        return self.folder / segment


def _append_synced(descriptor: int, start: int, data: bytes) -> None:
    try:
        write_all(descriptor, data)
        os.fdatasync(descriptor)
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, start)
        raise
