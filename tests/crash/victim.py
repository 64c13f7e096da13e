"""A folder, its mail server and its processes: started, watched and killed."""

import os
import select
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from store import journal
from store.database import open_database
from store.records import LETTERS
from tests.crash.child import cli_main, main
from tests.forked import Forked
from tests.smtp_server import SmtpServer

PATIENCE = 60.0
"""Seconds until a process that should have done something is given up: a busy machine, not a measure."""

ACTS = ("run", "once", "compact", "write", "set", "outbox", "apply")
"""What the harness's own child does; other words are a command line."""

Process = Forked


class Signal:
    """Acts at the `count`-th time the server reaches `stage`, before its reply."""

    def __init__(self, stage: str, count: int, act: Callable[[], None]) -> None:
        self.stage, self.count, self.act = stage, count, act
        self.reached = threading.Event()
        self.lock = threading.Lock()

    def __call__(self, stage: str) -> None:
        with self.lock:
            self.count -= stage == self.stage
            if stage == self.stage and self.count == 0:
                self.act()
                self.reached.set()


class Victim:
    """The service in one folder. `log` has what its processes wrote to the standard error."""

    def __init__(self, folder: Path, server: SmtpServer) -> None:
        self.folder, self.server = folder, server
        self.store = folder / "var" / "store"
        self.log = folder / "log"
        self.processes: list[Process] = []

    def start(self, *words: str) -> Process:
        """A process of the service; with `run`, `once` or an act the child of the harness, else the command line."""
        process = Forked(main if words[0] in ACTS else cli_main, words, folder=self.folder, log=self.log)
        self.processes.append(process)
        return process

    def accepted(self) -> int:
        """How many different letters the server has taken."""
        with self.server.lock:
            return len({letter.data for letter in self.server.accepted})

    def recover(self) -> None:
        """Start it again until no letter waits. What is held or parked (exit status 1) is for a person to look at."""
        for _ in range(5):
            if ended(self.start("once")) == 0 or not self._waiting():
                return
        raise RuntimeError(f"the service did not come to rest:\n{self.log.read_text()[-2000:]}")

    def _waiting(self) -> bool:
        with open_database(self.store) as database:
            return any(letter["state"] == "claimed" for _, letter in database.storage.documents(LETTERS))

    def logged(self, text: str) -> int:
        return self.log.read_text("utf-8", errors="replace").count(text)

    def generation(self) -> int:
        """The generation of the store that counts."""
        return int((self.store / journal.CURRENT).read_text("ascii").split()[0])

    def compacting(self) -> bool:
        """Whether the store lies between two generations: files of another than CURRENT names, or a name to come."""
        current = self.generation()
        names = set(os.listdir(self.store))  # noqa: PTH208 - one call, while somebody renames
        generations = {name for name in names if name.startswith(("snapshot-", "journal-"))}
        ours = {f"snapshot-{current}", f"journal-{current}"}
        return generations != ours or f"{journal.CURRENT}.new" in names


def kill(process: Process) -> None:
    """SIGKILL, and wait until it is gone."""
    process.kill()


def ended(process: Process, seconds: float = PATIENCE) -> int:
    """The exit status of a process that is left to end by itself."""
    return process.ended(seconds)


def lines(process: Process, count: int) -> int:
    """Read `count` lines of what the process says; how many there were before it ended."""
    return sum(1 for _ in range(count) if process.stdout.readline())


def rest(process: Process) -> int:
    """How many whole lines are left, of a process that is gone."""
    return process.stdout.read().count(b"\n")


def until(condition: Callable[[], bool], process: Process, look_seconds: float = 0.005) -> bool:
    """Watch until `condition` holds; False when the process ended first. Raises TimeoutError."""
    limit = time.monotonic() + PATIENCE
    while not condition():
        if process.poll() is not None:
            return False
        if time.monotonic() > limit:
            raise TimeoutError
        select.select([], [], [], look_seconds)
    return True


def later(seconds: float) -> None:
    """A moment of the draw: where in the work the kill falls."""
    select.select([], [], [], seconds)


@contextmanager
def victim(ground: Path) -> Iterator[Victim]:
    """A copy of the ground with a mail server; in the end all is gone."""
    with tempfile.TemporaryDirectory() as scratch, SmtpServer() as server:
        made = Victim(Path(shutil.copytree(ground, Path(scratch) / "run")), server)
        try:
            yield made
        finally:
            for process in made.processes:
                process.close()
