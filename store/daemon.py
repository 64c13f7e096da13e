"""One daemon at a time, and what it says about itself: process id, start, last tick, last daily upkeep.

That lies in a file of its own beside the store, so that a tick with nothing to do leaves the store's bytes as they are.
The daemon holds two locks by flock: on a file, and on the folder itself, for a file can be removed by hand. A file system
that locks no folders (NFS) has the one on the file.
"""

import fcntl
import os
import stat
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson

from store.disk import is_later, naming

LOCK = "daemon.lock"
SAYS = "daemon.json"
LOCK_SECONDS, POLL_SECONDS = 0.5, 0.01
"""How long a new daemon waits for the lock: `running` holds it for a moment to see whether it is free."""


class AnotherDaemon(Exception):
    """A daemon is at work in this folder. `pid` and `started` are None when it has not said them yet."""

    def __init__(self, folder: Path, pid: int | None, started: datetime | None) -> None:
        self.folder, self.pid, self.started = folder, pid, started
        who = f"process {pid}, started {started:%Y-%m-%d %H:%M %Z}" if pid and started else "which has just started"
        super().__init__(
            f"{folder}: another aikultur is running here ({who}). Stop that one first, or give this one "
            "a store folder of its own."
        )


Fails = tuple[str, datetime, str]
"""What fails, since when (aware), and in whose words."""


@dataclass(frozen=True, slots=True)
class _Says:
    pid: int
    started: datetime
    last_tick: datetime | None
    kept_up: datetime
    fails: tuple[Fails, ...] = ()


class Daemon:
    """Holds the daemon's lock while it is entered. Entering raises AnotherDaemon, or OSError."""

    def __init__(self, folder: Path, *, pid: int, started: datetime) -> None:
        if started.utcoffset() is None:
            raise ValueError(f"started must carry a time zone, got {started!r}")
        self._folder = folder
        self._says = _Says(pid, started, None, started)
        self._saying = threading.Lock()
        self._held: list[int] = []  # descriptors

    def __enter__(self) -> "Daemon":
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._taken():
            other = _said(self._folder)
            raise AnotherDaemon(self._folder, other.pid if other else None, other.started if other else None)
        try:
            before = _said(self._folder)
            if before:
                self._says = replace(self._says, last_tick=before.last_tick, kept_up=before.kept_up)
            try:
                _say(self._folder, self._says)
            except OSError as error:
                if not is_later(error):  # on a full disk the lock is what counts, and the next tick says it
                    raise
        except BaseException:
            self._let_go()
            raise
        return self

    def _taken(self) -> bool:
        """Whether both locks could be had within LOCK_SECONDS."""
        deadline = time.monotonic() + LOCK_SECONDS
        self._held = [os.open(self._folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)]
        self._held.append(os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
        while not all(map(_locked, self._held)):
            if time.monotonic() >= deadline:
                self._let_go()
                return False
            time.sleep(POLL_SECONDS)
        return True

    def _let_go(self) -> None:
        held, self._held = self._held, []
        for descriptor in held:
            os.close(descriptor)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._let_go()

    def ticked(self, now: datetime) -> None:
        """Write down that a tick was at `now`, which must be aware. Atomic, not fsynced. Raises OSError."""
        self._write(last_tick=_aware(now))

    @property
    def kept_up(self) -> datetime:
        """When the daily upkeep was last done, by whichever daemon (aware); the start of the first one at first."""
        return self._says.kept_up

    def has_kept_up(self, now: datetime) -> None:
        """Write down that the daily upkeep was done at `now`, which must be aware. From any thread. Raises OSError."""
        self._write(kept_up=_aware(now))

    def fails(self, failing: Sequence[Fails]) -> None:
        """Write down what fails, when that is something else than before. Raises OSError."""
        if self._says.fails != tuple(failing):
            self._write(fails=tuple(failing))

    def _write(self, **changes: Any) -> None:
        with self._saying:
            says = replace(self._says, **changes)
            _say(self._folder, says)
            self._says = says


def _aware(now: datetime) -> datetime:
    if now.utcoffset() is None:
        raise ValueError(f"now must carry a time zone, got {now!r}")
    return now


def failing(folder: Path) -> tuple[Fails, ...]:
    """What the daemon has said that fails, the longest first."""
    says = _said(folder)
    return says.fails if says else ()


def last_tick(folder: Path) -> datetime | None:
    """When the last tick was, of whichever daemon; None when none is known. Aware."""
    says = _said(folder)
    return says.last_tick if says else None


def running(folder: Path) -> tuple[int, datetime] | None:
    """Process id and start (aware) of the daemon that holds the lock, None when none does. Raises OSError."""
    held = [_is_held(folder / LOCK), _is_held(folder)]
    if not any(held):
        return None
    says = _said(folder)
    return (says.pid, says.started) if says else None


def _locked(descriptor: int) -> bool:
    """Take the lock; False when another has it. A folder that cannot be locked here counts as had."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise
    return True


def _is_held(path: Path) -> bool:
    """Whether somebody has a lock on it. It is opened to be read, so nothing is made or changed."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def _said(folder: Path) -> _Says | None:
    """What the file says; None when it is missing or, after a power loss, empty."""
    try:
        said = orjson.loads((folder / SAYS).read_bytes())
        tick = said["last_tick"]
        return _Says(
            said["pid"],
            datetime.fromisoformat(said["started"]),
            datetime.fromisoformat(tick) if tick else None,
            datetime.fromisoformat(said["kept_up"]),
            tuple((step, datetime.fromisoformat(since), text) for step, since, text in said.get("fails", ())),
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _say(folder: Path, says: _Says) -> None:
    tick = says.last_tick.isoformat() if says.last_tick else None
    fails = [[step, since.isoformat(), said] for step, since, said in says.fails]
    known = {
        "pid": says.pid,
        "started": says.started.isoformat(),
        "last_tick": tick,
        "kept_up": says.kept_up.isoformat(),
    }
    text = orjson.dumps(known | ({"fails": fails} if fails else {}))
    temporary = folder / f"{SAYS}.new"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with naming(temporary), os.fdopen(descriptor, "wb") as opened:
        opened.write(text + b"\n")
    temporary.replace(folder / SAYS)
