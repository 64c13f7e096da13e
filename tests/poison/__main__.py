"""python -m tests.poison [CASE ...]: one bad thing at a time in the running service, and what became of the others.

The exit status is 1 when others did not get theirs, something came twice, the service ended where it must not, or it
was not told; 2 when there is no C compiler for the clock that makes it Monday.
"""

import argparse
import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from subprocess import CalledProcessError

from tests.poison.cases import CASES
from tests.poison.trial import Outcome, table, tried
from tests.preload import NoCompilerError, compiled
from tests.preload.example import SUNDAY_EVENING, WINTER, Letter, due, ground, without_log
from tests.preload.running import side_by_side


def trial(name: str, wanted: dict[str, Letter], start: Path, libraries: Path) -> Outcome:
    try:
        outcome = tried(name, CASES[name], wanted, start, libraries)
    except (OSError, ValueError, CalledProcessError) as error:  # the others are still to be tried
        outcome = Outcome(name, CASES[name].about, broken=[f"it could not be tried: {error!r}"])
    print(f"{name}: {'; '.join(outcome.broken) or 'kept'}", file=sys.stderr, flush=True)
    return outcome


def chosen(names: list[str]) -> list[str]:
    """The cases to run; those for root are left out, and said, for everybody else."""
    found = names or list(CASES)
    if os.geteuid() != 0:
        for name in found:
            if CASES[name].root:
                print(f"{name} needs root and is left out", file=sys.stderr)
        found = [name for name in found if not CASES[name].root]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.poison")
    parser.add_argument("names", nargs="*", metavar="CASE", help=f"one of {', '.join(CASES)}; default: all")
    parser.add_argument("--jobs", type=int, default=4, help="how many at the same time")
    options = parser.parse_args()
    if unknown := set(options.names) - CASES.keys():
        parser.error(f"there is no case {', '.join(sorted(unknown))}; there are {', '.join(CASES)}")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="aikultur-") as folder, without_log():
        scratch = Path(folder)
        (libraries := scratch / "libraries").mkdir()
        try:
            for name in ("clock", "sync"):
                compiled(name, libraries)
        except NoCompilerError as missing:
            print(missing, file=sys.stderr)
            sys.exit(2)
        start = ground(scratch / "ground", WINTER)
        wanted = due(start, scratch / "due", [SUNDAY_EVENING, WINTER.due])
        work = partial(trial, wanted=wanted, start=start, libraries=libraries)
        outcomes = list(side_by_side(work, chosen(options.names), options.jobs))
    print("\n".join(table(outcomes)))
    broken = sum(bool(outcome.broken) for outcome in outcomes)
    kept = "Every promise was kept." if not broken else f"Promises were broken in {broken} of them."
    print(f"\n{len(outcomes)} cases, {time.monotonic() - began:.0f} seconds. {kept}")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
