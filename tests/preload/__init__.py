"""Libraries that are put in front of the C library (LD_PRELOAD): a wall clock that can be moved, and a sync that fails.

They are compiled when they are needed, with `cc`. What they do is steered while the process runs, through a small
file that both sides have in memory.
"""

import mmap
import shutil
import struct
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

SOURCES = Path(__file__).parent
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class NoCompilerError(Exception):
    """There is no `cc` on this machine."""


def compiled(name: str, folder: Path) -> Path:
    """The library made from `name`.c, in `folder`. Raises NoCompilerError, or CalledProcessError with what cc said."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise NoCompilerError("There is no C compiler here (cc). Install gcc, or run this on a machine that has one.")
    library = folder / f"{name}.so"
    if not library.exists():
        words = [
            compiler,
            "-O2",
            "-Wall",
            "-Werror",
            "-shared",
            "-fPIC",
            "-o",
            str(library),
            str(SOURCES / f"{name}.c"),
            "-ldl",
        ]
        subprocess.run(words, check=True)
    return library


class _Shared:
    """A file of four numbers, here and in the process at once."""

    def __init__(self, file: Path) -> None:
        file.write_bytes(bytes(32))
        self.file = file
        self._opened = file.open("r+b")
        self._memory = mmap.mmap(self._opened.fileno(), 32)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._memory.close()
        self._opened.close()

    def _number(self, place: int) -> int:
        return int(struct.unpack_from("=q", self._memory, 8 * place)[0])

    def _put(self, place: int, value: int) -> None:
        struct.pack_into("=q", self._memory, 8 * place, value)


class Clock(_Shared):
    """The wall clock of the processes that have `environment`. It is right until it is set."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "clock")
        self.environment = {"CLOCK_FILE": str(self.file), "LD_PRELOAD": str(compiled("clock", folder))}
        self._began, self._shown, self._speed = 0.0, EPOCH, 1.0

    def set(self, moment: datetime, speed: float = 1.0) -> None:
        """From now on it shows `moment` (aware) and goes on from there, `speed` seconds in each."""
        sequence, monotonic = self._number(0), time.monotonic_ns()
        self._put(0, sequence + 1)
        self._put(1, monotonic)
        self._put(2, (moment - EPOCH) // MICROSECOND * 1000)
        struct.pack_into("=d", self._memory, 24, speed)
        self._put(0, sequence + 2)
        self._began, self._shown, self._speed = monotonic / 1e9, moment, speed

    def now(self) -> datetime:
        """What it shows, in UTC. It must have been set."""
        return self._shown.astimezone(UTC) + timedelta(seconds=time.monotonic() - self._began) * self._speed

    def move(self, by: timedelta) -> None:
        """Set it ahead, or back, at real speed."""
        self.set(self.now() + by)


class Syncs(_Shared):
    """The syncs of the processes that have `environment`. None fails until one is named."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "syncs")
        self.environment = {"SYNC_FILE": str(self.file), "LD_PRELOAD": str(compiled("sync", folder))}

    def fail(self, nth: int, *, sticky: bool = False) -> None:
        """Let the `nth` sync from now on (1: the next) fail, and with `sticky` every one after it."""
        self._put(2, int(sticky))
        self._put(1, self._number(0) + nth)

    def heal(self) -> None:
        self._put(1, 0)

    @property
    def count(self) -> int:
        """How many there were, those that failed included."""
        return self._number(0)

    @property
    def failed(self) -> int:
        """How many have failed so far."""
        return self._number(3)
