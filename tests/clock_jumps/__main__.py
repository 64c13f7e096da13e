"""python -m tests.clock_jumps [SCENARIO ...]: what the service does while its clock is wrong, and afterwards.

The exit status is 1 when a promise was broken, 2 when there is no C compiler to make the moved clock with.
"""

import argparse
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from tests.clock_jumps.scenarios import SCENARIOS
from tests.clock_jumps.trial import Outcome, lines, tried
from tests.preload import NoCompilerError, compiled
from tests.preload.example import ground, without_log
from tests.preload.running import side_by_side


def trial(name: str, scratch: Path, libraries: Path) -> Outcome:
    scenario = SCENARIOS[name]
    return tried(name, scenario, scratch / scenario.past.morning.date().isoformat(), libraries, scratch / "due")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.clock_jumps")
    parser.add_argument("names", nargs="*", metavar="SCENARIO", help=f"one of {', '.join(SCENARIOS)}; default: all")
    parser.add_argument("--jobs", type=int, default=4, help="how many at the same time")
    options = parser.parse_args()
    names = options.names or list(SCENARIOS)
    if unknown := set(names) - SCENARIOS.keys():
        parser.error(f"there is no scenario {', '.join(sorted(unknown))}; there are {', '.join(SCENARIOS)}")
    began, results = time.monotonic(), []
    with tempfile.TemporaryDirectory(prefix="aikultur-") as folder, without_log():
        scratch = Path(folder)
        (libraries := scratch / "libraries").mkdir()
        (scratch / "due").mkdir()
        try:
            compiled("clock", libraries)
        except NoCompilerError as missing:
            print(missing, file=sys.stderr)
            sys.exit(2)
        for past in {SCENARIOS[name].past for name in names}:
            ground(scratch / past.morning.date().isoformat(), past)
        for outcome in side_by_side(partial(trial, scratch=scratch, libraries=libraries), names, options.jobs):
            results.append(outcome)
            print("\n".join([*lines(outcome), ""]), flush=True)
    broken = sum(len(outcome.broken) for outcome in results)
    kept = "Every promise was kept." if not broken else f"{broken} promises were broken."
    print(f"{len(results)} scenarios, {time.monotonic() - began:.0f} seconds. {kept}")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
