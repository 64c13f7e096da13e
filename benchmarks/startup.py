"""Start-up: what `--help` takes, the core of the service without web and Exchange, and a year's rehearsal."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.goal import Goal, one_core
from benchmarks.office import prepare

TIMES = 5
BARE = ("-c", "pass")
HELP = ("-c", "import sys; sys.argv = ['aikultur', '--help']; from service.cli.main import main; main()")
CORE = ("-c", "import service.daemon.run; print(open('/proc/self/status').read())")
PEOPLE = 1000
YEAR = ("rehearse", "--from", "2026-12-01", "--to", "2027-11-30")


def goals() -> Iterator[Goal]:
    with one_core(), tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        bare, helped, core = (
            statistics.median(_run(one, folder)[0] for _ in range(TIMES)) for one in (BARE, HELP, CORE)
        )
        memory = int(re.findall(r"VmHWM:\s+(\d+) kB", _run(CORE, folder)[1])[0]) / 1024
        prepare(folder, PEOPLE)
        code = f"import sys; sys.argv = {['aikultur', *YEAR, '--out', 'year']!r}; from service.cli.main import main; main()"
        year, _ = _run(("-c", code), folder)
    beside = f"python -c pass, {1000 * bare:.0f} ms"
    yield _at_most("ms to --help", f"{1000 * helped:.0f} ms", beside, 1000 * helped, 150)
    yield _at_most("ms to the core imported", f"{1000 * core:.0f} ms", beside, 1000 * core, 400)
    yield _at_most("MB of the core imported", f"{memory:.0f} MB", beside, memory, 50)
    yield _at_most(f"s to rehearse a year, {PEOPLE:,} people", f"{year:.0f} s", beside, year, 60)


def _at_most(area: str, figure: str, beside: str, ratio: float, wanted: float) -> Goal:
    return Goal(area=area, figure=figure, baseline=beside, ratio=ratio, wanted=wanted, at_most=True)


def _run(arguments: tuple[str, ...], folder: Path) -> tuple[float, str]:
    """Seconds by the clock of a Python that is given these arguments in this folder, and what it prints."""
    paths = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    begin = time.perf_counter()
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=folder, env=paths, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - ours
    return time.perf_counter() - begin, done.stdout
