"""Kills the running service while it sends 500 letters, starts it again, and counts what arrived.

    python -m tests.crash --kills 20

The SMTP server lives in this process, so it knows what it accepted whatever happens to the service.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from service.engine import opened
from service.shipped import write_example
from tests.smtp_server import SmtpServer

ROOT = Path(__file__).parent.parent
PEOPLE = 500
EARLIEST, LATEST = 50, 450
"""A kill counts only when some letters have gone and some have not."""

STAGES = ("end", "mail", "end", "data", "rcpt")
"""Kills on the server's signal: between `wire` and the reply of that stage. After `end` the letter is accepted."""

CONFIG = """
[organisation]
name = "Prøven"
sector = "public"
domain = "crash.example"
contact_name = "Mette Lund"
contact_email = "mette@crash.example"
[policy.da]
tools = "De godkendte."
data = "Offentlige."
responsible = "Du."
[departments.plan]
name = "Plan"
[mail]
transport = "smtp"
sender_name = "AI-tid"
sender_address = "ai-tid@crash.example"
[smtp]
host = "127.0.0.1"
port = PORT
security = "none"
connections = CONNECTIONS
[web]
enabled = false
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one kill came to."""

    instant: str
    connections: int
    at_kill: int  # letters accepted when the process was killed
    accepted: int  # different letters accepted in the end
    duplicates: int
    altered: int  # duplicates that were not byte for byte the same
    in_doubt: int
    unsettled: int  # letters that the store does not call sent

    @property
    def lost(self) -> int:
        return PEOPLE - self.accepted

    @property
    def good(self) -> bool:
        """What the service promises after a killed process."""
        within = EARLIEST <= self.at_kill < LATEST
        return within and not (self.lost or self.altered or self.unsettled) and self.duplicates <= self.connections


class Trigger:
    """Kills a process at the `count`-th time the server reaches `stage`, before its reply."""

    def __init__(self, stage: str, count: int, delay: float) -> None:
        self.stage, self.count, self.delay = stage, count, delay
        self.lock = threading.Lock()
        self.child: subprocess.Popen[bytes] | None = None

    def __call__(self, stage: str) -> None:
        with self.lock:
            self.count -= stage == self.stage
            if stage != self.stage or self.count != 0:
                return
            if self.delay:
                threading.Timer(self.delay, self.kill).start()
            else:
                self.kill()

    def kill(self) -> None:
        assert self.child is not None
        os.kill(self.child.pid, signal.SIGKILL)
        self.child.wait()


def prepared(folder: Path) -> Path:
    """A folder whose 500 welcome letters are approved and not yet sent."""
    write_example(folder)
    rows = "".join(f"{n};Person {n:03};person{n:03}@crash.example;Plan\n" for n in range(PEOPLE))
    (folder / "people.csv").write_text(f"nr;navn;mail;afdeling\n{rows}".replace("nr;", "medarbejdernr;", 1), "utf-8")
    path = folder / "config.toml"
    path.write_text(CONFIG.replace("PORT", "1").replace("CONNECTIONS", "1"), "utf-8")
    now = datetime.now(UTC).replace(microsecond=0)  # as the service counts: `run` may start within this second
    with opened(path) as engine:
        for held in engine.tick(now).held:
            engine.stored.approve(held, now)
    return folder


def killed(template: Path, kill: int, seed: int) -> Result:
    """One kill, one recovery, one count."""
    draw = random.Random(f"{seed}/{kill}")
    connections = (1, 3)[kill % 2]
    on_signal = kill % 4 == 0
    stage = STAGES[kill // 4 % len(STAGES)] if on_signal else "end"
    count, delay = draw.randrange(EARLIEST + 15, LATEST - 40), 0.0 if on_signal else draw.uniform(0.0005, 0.02)
    trigger = Trigger(stage, count, delay)
    with copied(template) as folder, SmtpServer(on_stage=trigger) as server:
        text = CONFIG.replace("PORT", str(server.port)).replace("CONNECTIONS", str(connections))
        (folder / "config.toml").write_text(text, "utf-8")
        trigger.child = start(folder, "run")
        try:
            trigger.child.wait(120)
        finally:
            trigger.child.kill()
        with server.lock:
            at_kill = len({letter.recipients for letter in server.accepted})
        for _ in range(5):
            if start(folder, "run", "--once").wait(120) == 0:
                break
        states = status(folder)
        return counted(server, f"{stage}{'' if on_signal else ' +'}", connections, at_kill, states)


def counted(server: SmtpServer, instant: str, connections: int, at_kill: int, states: dict[str, int]) -> Result:
    copies: dict[tuple[str, ...], list[bytes]] = {}
    for letter in server.accepted:
        copies.setdefault(letter.recipients, []).append(letter.data)
    times = Counter({recipients: len(found) for recipients, found in copies.items()})
    return Result(
        instant=instant,
        connections=connections,
        at_kill=at_kill,
        accepted=len(copies),
        duplicates=sum(times.values()) - len(times),
        altered=sum(len(set(found)) > 1 for found in copies.values()),
        in_doubt=states["doubt"],
        unsettled=PEOPLE - states["sent"],
    )


def start(folder: Path, *words: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", "from service.cli import main; main()", "--config", "config.toml", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=quiet, stderr=quiet)


def status(folder: Path) -> dict[str, int]:
    command = [sys.executable, "-c", "from service.cli import main; main()", "status", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
    letters: dict[str, int] = json.loads(done.stdout)["letters"]
    return letters


@contextmanager
def copied(template: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as scratch:
        yield Path(shutil.copytree(template, Path(scratch) / "run"))


def main() -> None:
    """Print a line for each kill; end with 1 when a promise was broken."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print("kill  instant   connections  accepted at kill  accepted  duplicates  in doubt  lost")
    results = []
    with tempfile.TemporaryDirectory() as scratch:
        template = prepared(Path(scratch))
        for kill in range(options.kills):
            found = killed(template, kill, options.seed)
            results.append(found)
            print(
                f"{kill:4}  {found.instant:8}  {found.connections:11}  {found.at_kill:16}  {found.accepted:8}  "
                f"{found.duplicates:10}  {found.in_doubt:8}  {found.lost:4}{'' if found.good else '  BROKEN'}",
                flush=True,
            )
    duplicates, lost = sum(found.duplicates for found in results), sum(found.lost for found in results)
    print(f"{len(results)} kills of {PEOPLE} letters each: {duplicates} duplicates, {lost} lost")
    sys.exit(not all(found.good for found in results))


if __name__ == "__main__":
    main()
