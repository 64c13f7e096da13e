"""python -m tests.fsync_faults --first 50: `run --once` with the Nth fsync failing, for N from 1 on, and what became of it.

strace makes the Nth fsync and the Nth fdatasync of the process fail with EIO (each is counted by itself). Then the command runs again without a
fault. The exit status is 1 when a promise was broken: a letter is lost, one is sent a third time, more are sent again than
share a sync, the store does not open again, or a fault that kept a letter back was not said.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailer.drain import SETTLES
from store.verify import verify
from tests.service_values import row, write_config, write_people

ROOT = Path(__file__).parents[1]
PEOPLE = 800
"""Enough that the first run has more than fifty syncs."""
SECONDS = 300
"""How long one run may take. It takes a few; strace slows it down."""
PROGRAM = """
import sys
from pathlib import Path
from service.cli.main import main
sys.argv = ["aikultur", "--config", "config.toml", "run", "--once"]
main()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`number`: which fsync failed. `hits`: how many did (0: the run has no so many). `status`, `told`: of the run with
    the fault. `sent`: letters in it."""

    number: int
    hits: int
    status: int
    told: str
    sent: int
    lost: int
    repeated: int
    whole: bool
    again: int  # the exit status of the run after it

    @property
    def broken(self) -> bool:
        silent = self.status == 0 and not self.told and self.sent < PEOPLE
        return bool(
            self.lost or self.repeated > SETTLES or not self.whole or self.again or silent or self.status not in (0, 1)
        )


def traceable() -> str:
    """Why no process can be traced here; empty when one can."""
    if shutil.which("strace") is None:
        return "strace is not installed here."
    done = subprocess.run(["strace", "-e", "trace=none", "true"], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"strace may not trace here: {done.stderr.strip().splitlines()[-1:]}"


def prepared(folder: Path) -> None:
    write_config(folder)
    write_people(folder, [row(number) for number in range(PEOPLE)])


def run(folder: Path, number: int | None) -> tuple[int, str]:
    """`run --once` in the folder, with the fsync of this number failing; its exit status and what it said of faults."""
    fault = f"inject=fsync,fdatasync:error=EIO:when={number}"
    calls = ["-e", "trace=fsync,fdatasync", "-e", fault]
    trace = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", str(folder / "trace"), *calls] if number else []
    done = subprocess.run(
        [*trace, sys.executable, "-c", PROGRAM],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if line.strip()]
    return done.returncode, said[-1] if said else ""


def letters(folder: Path) -> dict[str, int]:
    """The letters that were written, by name, with the moment of their last writing."""
    return {file.name: file.stat().st_mtime_ns for file in (folder / "var" / "mail").glob("*.eml")}


def faults(first: int) -> Iterator[Result]:
    """One result for each fsync from 1 to `first`."""
    with tempfile.TemporaryDirectory() as name:
        for number in range(1, first + 1):
            folder = Path(name) / str(number)
            folder.mkdir()
            prepared(folder)
            yield faulted(folder, number)


def faulted(folder: Path, number: int) -> Result:
    status, told = run(folder, number)
    before = letters(folder)
    again, _ = run(folder, None)
    after = letters(folder)
    return Result(
        number=number,
        hits=(folder / "trace").read_text().count("(INJECTED)"),
        status=status,
        told=told,
        sent=len(before),
        lost=PEOPLE - len(after),
        repeated=sum(after.get(name) != moment for name, moment in before.items()),
        whole=verify(folder / "var/store", folder / "var/spool", beside=folder / "var").whole,
        again=again,
    )


def table(results: Sequence[Result]) -> Iterator[str]:
    yield f"{'fsync':>5} {'hits':>4} {'status':>6} {'sent':>5} {'lost':>5} {'again':>5}  told"
    for one in results:
        mark = "  BROKEN" if one.broken else ""
        yield f"{one.number:5} {one.hits:4} {one.status:6} {one.sent:5} {one.lost:5} {one.repeated:5}  {one.told[:150]}{mark}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fsync_faults", description=__doc__)
    parser.add_argument("--first", type=int, default=50)
    given = parser.parse_args()
    if why := traceable():
        print(f"Not done: {why}")
        return 0
    results = list(faults(given.first))
    print("\n".join(table(results)))
    return 1 if any(one.broken for one in results) else 0


if __name__ == "__main__":
    sys.exit(main())
