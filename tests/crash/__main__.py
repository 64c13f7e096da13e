"""python -m tests.crash --kills 300: a line for each run, then what they came to, by the instant of the kill.

A run can have two kills. The exit status is 1 when a promise was broken.
"""

import argparse
import logging
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.crash import commands, instants
from tests.crash.count import Result
from tests.crash.ground import prepared

RUNS: tuple[instants.Run, ...] = (*instants.RUNS, *commands.RUNS)
TRIES = 10
"""How often a run is repeated whose kill missed its instant."""


class MissedError(Exception):
    """An instant was not hit in many tries: the harness is at fault, or the service no longer comes there."""


def killed(ground: Path, run: instants.Run, seed: str) -> Result:
    """One run that hit its instant."""
    for attempt in range(TRIES):
        found = run(ground, random.Random(f"{seed}/{attempt}"))
        if found:
            return found
    raise MissedError(f"{run}: missed {TRIES} times")


def killings(ground: Path, kills: int, seed: int) -> Iterator[Result]:
    """Runs of all instants in turn, until there have been so many kills."""
    done = number = 0
    while done < kills:
        found = killed(ground, RUNS[number % len(RUNS)], f"{seed}/{number}")
        yield found
        done, number = done + found.kills, number + 1


COLUMNS = ("due", "accepted", "duplicates", "in_doubt", "lost")


def table(results: Sequence[Result]) -> Iterator[str]:
    """The closing table, by instant and in all."""
    yield f"{'instant':30}  runs  kills  least left" + "".join(f"{name:>12}" for name in COLUMNS)
    for instant in dict.fromkeys(result.instant for result in results):
        yield line(instant, [result for result in results if result.instant == instant])
    yield line("all", results)


def line(name: str, results: Sequence[Result]) -> str:
    totals = "".join(f"{sum(getattr(result, column) for result in results):12}" for column in COLUMNS)
    kills, left = sum(result.kills for result in results), min(result.left for result in results)
    return f"{name:30}{len(results):6}{kills:7}{left:12}{totals}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.crash")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.disable()  # what the service says while the grounds are made
    results, began = [], time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        for result in killings(prepared(Path(scratch)), options.kills, options.seed):
            results.append(result)
            print(
                f"{len(results):4}  {result.instant:30}  done when killed: {result.at_kill:3}, left: {result.left:3}",
                flush=True,
            )
            for broken in result.broken:
                print(f"      BROKEN: {broken}", flush=True)
    print("\n".join(["", *table(results)]))
    kept = not any(result.broken for result in results)
    print(f"{time.monotonic() - began:.0f} seconds. {'Every promise was kept.' if kept else 'Promises were broken.'}")
    sys.exit(not kept)


if __name__ == "__main__":
    main()
