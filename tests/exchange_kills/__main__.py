"""python -m tests.exchange_kills --people 300 --kills 10 --seed 1: the life of 300 people's blocks, with all its kills.

With --move: 300 people from `invite` to `exchange` and back, interrupted twice each way. The exit status is 1 when a
promise was broken.
"""

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.exchange_kills.life import PHASES, Life, live, spread
from tests.exchange_kills.move import move
from tests.server_values import EXCHANGE, KINDS, Kind


def say(line: str) -> None:
    print(line, flush=True)


def table(calm: Life, troubled: Life) -> Iterator[str]:
    """Requests per person of both lives, beside each other."""
    yield f"{'requests per person':26}{'without faults':>18}{'with faults':>18}   min/median/max"
    for phase in PHASES:
        yield f"{phase.name:26}{calm.table[phase.name]:>18}{troubled.table[phase.name]:>18}"


def lives(people: int, kills: int, seed: int, kind: Kind) -> list[str]:
    """A life without faults for the table, then the one that matters; the broken promises of both."""
    with tempfile.TemporaryDirectory() as calm_folder, tempfile.TemporaryDirectory() as folder:
        say("Without faults and kills:")
        calm = live(Path(calm_folder), people, (), seed, say, faults=False, kind=kind)
        say(f"\nWith faults and {kills} kills, seed {seed}:")
        troubled = live(Path(folder), people, spread(kills), seed, say, kind=kind)
    print("\n".join(["", *table(calm, troubled)]))
    return [*calm.broken, *troubled.broken]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.exchange_kills")
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--move", action="store_true", help="move house instead")
    kinds = {kind.channel: kind for kind in KINDS}
    parser.add_argument("--channel", choices=sorted(kinds), default=EXCHANGE.channel)
    options = parser.parse_args()
    logging.disable()
    began = time.monotonic()
    if options.move:
        with tempfile.TemporaryDirectory() as folder:
            broken = move(Path(folder), options.people, options.seed, say).broken
    else:
        broken = lives(options.people, options.kills, options.seed, kinds[options.channel])
    say(f"{time.monotonic() - began:.0f} seconds. {'Promises were broken.' if broken else 'Every promise was kept.'}")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
