"""The real service (`aikultur run`) in a folder, on a clock of its own, watched through its page for monitors."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any, TypeVar

from tests.preload import Clock, Syncs
from tests.preload.example import Letter, by_id, ports
from tests.smtp_server import LOOPBACK, SmtpServer

ROOT = Path(__file__).parents[2]
AIKULTUR = (sys.executable, "-c", "from service.cli.main import main; main()")
"""What the console script `aikultur` is, of this tree."""

LOOK_SECONDS = 0.4
"""How often the page for monitors is asked."""
ANSWER_SECONDS = 5
END_SECONDS = 15
"""How long a service may take to end after SIGTERM."""
COMMAND_SECONDS = 40
SAME_BEAT = 1.0
"""Two beats closer than these seconds are one whose age was rounded."""

T = TypeVar("T")
R = TypeVar("R")
_over = threading.Event()


class OverError(Exception):
    """Somebody has stopped the harness."""


def pause(seconds: float) -> None:
    """Wait, unless the harness is stopped. Raises OverError."""
    if _over.wait(seconds):
        raise OverError


def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until it holds, at most so long; whether it does."""
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        pause(0.1)
    return True


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer of /healthz at a moment of the monotonic clock. Code 0: no answer."""

    at: float
    code: int
    said: Mapping[str, Any]

    @property
    def status(self) -> str:
        return f"{self.code} {self.said.get('status', '')}".strip() if self.code else "no answer"

    @property
    def fine(self) -> bool:
        """Whether a monitor would see nothing wrong."""
        return self.code == 200 and self.said.get("status") == "ok"


@dataclass(frozen=True, slots=True)
class Command:
    """What a command said, and its exit status; None when it did not end."""

    status: int | None
    lines: tuple[str, ...]

    @property
    def answered(self) -> bool:
        """Whether it spoke to an administrator: a traceback does not."""
        return self.status is not None and bool(self.lines) and not any("Traceback" in line for line in self.lines)


class Running:
    """A service in `folder` with its mail server and clock. It is not started yet."""

    def __init__(self, folder: Path, server: SmtpServer, clock: Clock, syncs: Syncs | None = None) -> None:
        self.folder, self.server, self.clock, self.syncs = folder, server, clock, syncs
        self.store, self.log = folder / "var" / "store", folder / "log"
        self.web = free_port()
        ports(folder, smtp=server.port, web=self.web)
        self.process: subprocess.Popen[bytes] | None = None
        self.seen: list[Seen] = []
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._stopped = threading.Event()

    def environment(self, *, broken: bool) -> dict[str, str]:
        """The clock for everybody; the failing syncs for the service only."""
        found = {**os.environ, **self.clock.environment, "PYTHONPATH": str(ROOT)}
        if broken and self.syncs:
            libraries = f"{found['LD_PRELOAD']}:{self.syncs.environment['LD_PRELOAD']}"
            found |= {**self.syncs.environment, "LD_PRELOAD": libraries}
        return found

    def start(self, zone: str | None = None) -> None:
        """Start it, in a host of this time zone, and watch its page."""
        environment = self.environment(broken=True) | ({"TZ": zone} if zone else {})
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*AIKULTUR, "run"], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        if not self._watcher.is_alive():
            self._watcher.start()

    def up(self, seconds: float = 60) -> bool:
        """Wait until it has answered on its page; False when it has not, or has ended."""
        return self._answered(lambda one: bool(one.code), seconds)

    def well(self, seconds: float = 60) -> bool:
        """Wait until a tick has succeeded, by what its page says; False when none has, or it has ended."""
        return self._answered(lambda one: one.code == HTTPStatus.OK, seconds)

    def _answered(self, so: Callable[[Seen], bool], seconds: float) -> bool:
        began = time.monotonic()
        there = until(lambda: self.ended or any(so(one) and one.at > began for one in self.seen), seconds)
        return there and not self.ended

    @property
    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def stop(self) -> int | None:
        """End it as systemd does; its exit status, negative for the signal that it took."""
        if self.process is None:
            return None
        if not self.ended:
            self.process.terminate()
        try:
            return self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait(END_SECONDS)

    def close(self) -> None:
        self._stopped.set()
        if self.process and not self.ended:
            self.process.kill()
            self.process.wait(END_SECONDS)
        if self._watcher.is_alive():
            self._watcher.join()

    def command(self, *words: str) -> Command:
        """A command of the administrator's, on the service's clock."""
        try:
            done = subprocess.run(
                [*AIKULTUR, *words],
                cwd=self.folder,
                env=self.environment(broken=False),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=COMMAND_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Command(None, ())
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        return Command(done.returncode, tuple(line for line in said.splitlines() if line.strip()))

    def letters(self) -> dict[str, list[Letter]]:
        """What its server has accepted, by Message-ID."""
        return by_id(self.server)

    def arrived(self, wanted: set[str], seconds: float) -> bool:
        """Wait until all these letters have been accepted; whether they were."""
        return until(lambda: wanted <= self.letters().keys(), seconds)

    def logged(self, *, printed: bool = True) -> list[str]:
        """What the service wrote, a line each: the message of its log and the last line of a traceback, and what it
        printed besides."""
        text = self.log.read_text("utf-8", errors="replace") if self.log.exists() else ""
        return [line for raw in text.splitlines() if (line := _told(raw, printed=printed))]

    def last(self) -> Seen:
        """The newest answer of its page."""
        return self.seen[-1] if self.seen else Seen(time.monotonic(), 0, {})

    def within(self, begin: float, end: float) -> list[Seen]:
        return [one for one in self.seen if begin <= one.at <= end]

    def beats(self) -> list[float]:
        """The moments (monotonic) of all beats that its page told of: by their age, else by the hour they name."""
        found: list[float] = []
        told = None
        for one in list(self.seen):
            age, named = one.said.get("beat_age_seconds"), one.said.get("last_beat")
            if isinstance(age, int | float):
                moment = one.at - age
                if not found or moment > found[-1] + SAME_BEAT:
                    found.append(moment)
            elif named and named != told:
                found.append(one.at)
                told = named
        return found

    def _watch(self) -> None:
        while not self._stopped.wait(LOOK_SECONDS):
            if not self.ended:
                self.seen.append(self._asked())

    def _asked(self) -> Seen:
        began = time.monotonic()
        connection = http.client.HTTPConnection(LOOPBACK, self.web, timeout=ANSWER_SECONDS)
        try:
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            said = json.loads(answer.read())
            return Seen(time.monotonic(), answer.status, said if isinstance(said, dict) else {})
        except (OSError, ValueError, http.client.HTTPException):
            return Seen(began, 0, {})
        finally:
            connection.close()


def _told(raw: str, *, printed: bool) -> str:
    try:
        line = json.loads(raw)
        message, exception = str(line["message"]), str(line.get("exception", ""))
    except (ValueError, TypeError, KeyError):
        return raw.strip() if printed else ""
    return f"{message}: {exception.splitlines()[-1]}" if exception else message


def runs(values: Iterable[str]) -> str:
    """Each value once where it comes several times in a row, with how often."""
    return ", then ".join(f"{value} x{len(list(several))}" for value, several in groupby(values))


def free_port() -> int:
    with socket.socket() as found:
        found.bind((LOOPBACK, 0))
        return int(found.getsockname()[1])


@contextmanager
def running(ground: Path, libraries: Path, *, syncs: bool = False) -> Iterator[Running]:
    """A copy of the ground with its mail server and a clock; in the end everything is gone."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(TemporaryDirectory(prefix="aikultur-")))
        shutil.copytree(libraries, scratch / "libraries")
        folder = shutil.copytree(ground, scratch / "run")
        server = stack.enter_context(SmtpServer())
        clock = stack.enter_context(Clock(scratch / "libraries"))
        broken = stack.enter_context(Syncs(scratch / "libraries")) if syncs else None
        made = Running(folder, server, clock, broken)
        stack.callback(made.close)
        yield made


def side_by_side(work: Callable[[T], R], items: list[T], jobs: int) -> Iterator[R]:
    """Do all of it, some at the same time; the results in order. SIGTERM and Ctrl-C stop it, and clean up."""

    def end(number: int, frame: FrameType | None) -> None:
        _over.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, end)
    with ThreadPoolExecutor(jobs) as pool, suppress(OverError):
        yield from pool.map(work, items)
    if _over.is_set():
        sys.exit("Stopped before the end.")
