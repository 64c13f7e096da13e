"""python -m tests.exchange_kills --people 300 --kills 10 --seed 1: the life of 300 people's blocks, with all its kills.

On Exchange, or with --channel microsoft365 there. With --move: 300 people from `invite` to Microsoft 365, to Exchange and
back, interrupted twice each way. With --beside: how many requests each server takes. The exit status is 1 when a promise
was broken.
"""

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.exchange_kills.life import PHASES, Life, live, spread
from tests.exchange_kills.move import move
from tests.server_values import EXCHANGE, KINDS, Kind


def say(line: str) -> None:
    print(line, flush=True)


def table(lived: Mapping[str, Life]) -> Iterator[str]:
    """Requests per person of these lives, beside each other. A batch is one."""
    yield f"{'requests per person':26}{''.join(f'{name:>22}' for name in lived)}   min/median/max"
    for phase in PHASES:
        yield f"{phase.name:26}{''.join(f'{life.table[phase.name]:>22}' for life in lived.values())}"


def beside(people: int, seed: int) -> list[str]:
    """A life without faults on each server, for the table; the broken promises of both."""
    lived: dict[str, Life] = {}
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            lived[kind.channel] = live(Path(folder), people, (), seed, say, faults=False, kind=kind)
    print("\n".join(["", *table(lived)]))
    return [sentence for life in lived.values() for sentence in life.broken]


def lives(people: int, kills: int, seed: int, kind: Kind) -> list[str]:
    """A life without faults for the table, then the one that matters; the broken promises of both."""
    with tempfile.TemporaryDirectory() as calm_folder, tempfile.TemporaryDirectory() as folder:
        say("Without faults and kills:")
        calm = live(Path(calm_folder), people, (), seed, say, faults=False, kind=kind)
        say(f"\nWith faults and {kills} kills, seed {seed}:")
        troubled = live(Path(folder), people, spread(kills), seed, say, kind=kind)
    print("\n".join(["", *table({"without faults": calm, "with faults": troubled})]))
    return [*calm.broken, *troubled.broken]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.exchange_kills")
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--move", action="store_true", help="move house instead")
    kinds = {kind.channel: kind for kind in KINDS}
    parser.add_argument("--channel", choices=sorted(kinds), default=EXCHANGE.channel)
    parser.add_argument("--beside", action="store_true", help="requests on each server, without faults")
    options = parser.parse_args()
    logging.disable()
    began = time.monotonic()
    if options.move:
        with tempfile.TemporaryDirectory() as folder:
            broken = move(Path(folder), options.people, options.seed, say).broken
    elif options.beside:
        broken = beside(options.people, options.seed)
    else:
        broken = lives(options.people, options.kills, options.seed, kinds[options.channel])
    say(f"{time.monotonic() - began:.0f} seconds. {'Promises were broken.' if broken else 'Every promise was kept.'}")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
