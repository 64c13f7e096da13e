"""The writers' lock between processes, on a file that stays open.

filelock opens, checks and closes its file each time: 0.25 ms, and a letter takes the lock twice, which was a third of
the work of sending it. What it looks after besides (Windows, file systems without locks, many owners of one folder) a
store does not have. Both lock by flock, so that each sees the other; the rarer locks of the store are filelock's.
"""

import fcntl
import os
import time
from pathlib import Path

from store.journal import Locked

POLL_SECONDS = 0.01
"""How often a process that waits for a lock looks again; a held lock is mostly free after one fsync, 0.2-10 ms."""


class KeptLock:
    """An exclusive lock, for one thread at a time; whoever has it may take it again. A killed process has it no more."""

    def __init__(self, file: Path, timeout: float) -> None:
        self._file, self._timeout = file, timeout
        self._descriptor, self._depth = -1, 0

    def acquire(self) -> None:
        """Have the lock. Raises Locked after `timeout` seconds, and OSError on a file system without locks."""
        if not self._depth:
            deadline = time.monotonic() + self._timeout
            while not self._taken():
                if time.monotonic() >= deadline:
                    raise Locked(self._file, self._timeout)
                time.sleep(POLL_SECONDS)
        self._depth += 1

    def release(self) -> None:
        self._depth -= 1
        if not self._depth:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give the file back, and the lock with it."""
        descriptor, self._descriptor, self._depth = self._descriptor, -1, 0
        if descriptor >= 0:
            os.close(descriptor)

    def _taken(self) -> bool:
        if self._descriptor < 0:
            self._descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        if os.fstat(self._descriptor).st_nlink:
            return True
        self.close()  # somebody has deleted the file: who opens that name now locks another one
        return self._taken()
