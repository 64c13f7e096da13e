"""python -m tests.one_refused: an Exchange server, an SMTP server and a calendar host that refuse one thing for ever.

The thing is the first in every order: the person with the lowest id, the first department. The service runs every half
hour by `run --once`, on a clock of its own, each time as if just started. A line for each kind of refusal. The exit status
is 1 when anybody else was not served, or the refused one was asked for more than once a run.
"""

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from tests.one_refused import servers
from tests.one_refused.office import Office, Row

F = TypeVar("F")

PARTS: dict[str, Callable[[int, int], Iterator[Row]]] = {
    "blocks": lambda people, runs: tried(servers.blocks, servers.EXCHANGE_FAULTS, people, runs),
    "meetings": lambda people, runs: tried(servers.meetings, servers.EXCHANGE_FAULTS, people, runs),
    "letters": lambda people, runs: tried(servers.letters_by_exchange, servers.LETTER_FAULTS, people, runs),
    "smtp": lambda people, runs: tried(servers.letters_by_smtp, servers.MAIL_FAULTS, people, runs),
    "calendars": lambda people, runs: tried(servers.calendars, servers.CALENDAR_FAULTS, people, runs),
}


def tried(play: Callable[[Office, F], Row], faults: Iterable[F], people: int, runs: int) -> Iterator[Row]:
    """A row for each fault, each in a folder of its own."""
    for fault in faults:
        with tempfile.TemporaryDirectory() as folder:
            yield play(Office(folder=Path(folder), people=people, runs=runs), fault)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.one_refused")
    parser.add_argument("--people", type=int, default=14)
    parser.add_argument("--runs", type=int, default=8)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all by default")
    options = parser.parse_args()
    logging.disable()
    began, rows = time.monotonic(), list[Row]()
    print(f"{'server':18} {'the first is refused by':34} {'others':10} {'asked':8}  what is said", flush=True)
    for part in options.parts or PARTS:
        for one in PARTS[part](options.people, options.runs):
            rows.append(one)
            print(one, flush=True)
    bad = sum(not one.good for one in rows)
    print(f"{len(rows)} kinds, {bad} not as they should be, {time.monotonic() - began:.0f} seconds")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
