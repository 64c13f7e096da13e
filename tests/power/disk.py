"""A disk that was asked for some operations and lost its power: what may be on it.

What was synced is there. Of a file that was not, each page of 4 KiB may be as it was at any moment since, or zeros where
there was nothing; its length too may be of any such moment. Of names that were made, moved or removed since their folder
was synced, any may have been kept. That is more than most file systems do, and what POSIX allows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.power.log import Operation

PAGE = 4096
KEPT = (0.0, 0.1, 0.5, 0.9, 1.0)
"""How likely it is that something unsynced was kept, one of these for each state."""


@dataclass
class File:
    """`versions`: what it held at the last sync, and after each write since; the last is what it holds now."""

    versions: list[bytes] = field(default_factory=lambda: [b""])

    def write(self, offset: int, data: bytes) -> None:
        now = self.versions[-1].ljust(offset, b"\0")
        self.versions.append(now[:offset] + data + now[offset + len(data) :])

    def cut(self, length: int) -> None:
        self.versions.append(self.versions[-1][:length].ljust(length, b"\0"))

    def sync(self) -> None:
        self.versions = self.versions[-1:]

    def found(self, draw: Random, kept: float) -> bytes:
        """What may be found of it."""
        if len(self.versions) == 1:
            return self.versions[0]
        length = len(self._one(draw, kept))
        pages = (self._one(draw, kept)[at : at + PAGE].ljust(PAGE, b"\0") for at in range(0, length, PAGE))
        return b"".join(pages)[:length]

    def _one(self, draw: Random, kept: float) -> bytes:
        if draw.random() < kept:
            return self.versions[-1]
        return self.versions[0] if draw.random() < 0.5 else draw.choice(self.versions)


class Disk:
    def __init__(self) -> None:
        self.files: dict[int, File] = {}
        self.names: dict[str, int] = {}  # now
        self.durable: dict[str, int] = {}
        self.pending: list[Operation] = []  # names that were changed since their folder was synced

    def do(self, operations: Iterable[Operation]) -> None:
        for operation in operations:
            self._do(operation)

    def _do(self, operation: Operation) -> None:
        match operation:
            case ("make", path, file):
                self.files.setdefault(file, File())
                self._name(("make", path, file))
            case ("move", path, to):
                self._name(("move", path, to, self.names[path]))
            case ("remove", path):
                self._name(("remove", path))
            case ("folder", path):
                done = [one for one in self.pending if any(_folder(name) == path for name in one[1:3] if _is(name))]
                _rename(self.durable, done)
                self.pending = [one for one in self.pending if one not in done]
            case ("write", file, offset, data):
                self.files[file].write(offset, data)
            case ("cut", file, length):
                self.files[file].cut(length)
            case ("sync", file):
                self.files[file].sync()

    def _name(self, change: Operation) -> None:
        _rename(self.names, [change])
        self.pending.append(change)

    def after_a_power_loss(self, draw: Random) -> dict[str, bytes]:
        """What may be found, by path."""
        kept = draw.choice(KEPT)
        names = dict(self.durable)
        _rename(names, [change for change in self.pending if draw.random() < kept])
        return {path: self.files[file].found(draw, kept) for path, file in names.items()}


def _is(name: object) -> bool:
    return isinstance(name, str)


def _folder(path: str) -> str:
    return str(Path(path).parent)


def _rename(names: dict[str, int], changes: Iterable[Operation]) -> None:
    for change in changes:
        match change:
            case ("make", path, file):
                names[path] = file
            case ("move", path, to, file):
                names.pop(path, None)
                names[to] = file
            case ("remove", path):
                names.pop(path, None)
