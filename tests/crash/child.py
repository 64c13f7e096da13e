"""What the processes do that are killed: the service on a clock that can be set, and a row of commands.

run, once                the service in this folder
compact                  its store compacted again and again
set, outbox, apply ID... one command for each ID, in this process
"""

import select
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Never

from service.cli.main import complete
from service.cli.main import main as command_line
from service.daemon.once import once
from service.daemon.run import forever
from service.planning.fuse import digest
from store.database import open_database

CONFIG, CLOCK, PEOPLE = Path("config.toml"), "clock", "people.csv"
BEAT_SECONDS = 0.1
"""Fifty times as often as the service: a kill should not wait for a beat."""


def set_clock(folder: Path, moment: datetime) -> None:
    """From now on the clock of the service in `folder` shows `moment` and goes on from there."""
    replace(folder / CLOCK, str((moment - datetime.now(UTC)).total_seconds()))


def clock(folder: Path) -> Callable[[], datetime]:
    """The clock of `folder`: in UTC, whole seconds. Without the file it is right."""
    file = folder / CLOCK
    return lambda: (datetime.now(UTC) + timedelta(seconds=_ahead(file))).replace(microsecond=0)


def _ahead(file: Path) -> float:
    try:
        return float(file.read_text("ascii"))
    except FileNotFoundError:
        return 0


def replace(file: Path, text: str) -> None:
    """Put `text` in the file at once, as a good editor does."""
    temporary = file.with_suffix(".new")
    temporary.write_text(text, "utf-8")
    temporary.replace(file)


def words(act: str, number: int, target: str) -> list[str]:
    """The command line of an act; `apply` first lets somebody join, so that there is something to approve."""
    match act:
        case "set":
            return ["people", "set", target, "--language", "en"]
        case "outbox":
            return ["outbox", "drop" if number % 2 else "retry", target]
    file = Path(PEOPLE)
    replace(file, f"{file.read_text('utf-8')}{target};Person {target};p{target}@crash.example;Plan;mon-sun\n")
    return ["apply", digest([f"welcome/first/{target}"])]


def commands(lines: Iterable[list[str]]) -> None:
    """Each command prints its one line when it is done, and raises when it is not."""
    for line in lines:
        complete().main(line, standalone_mode=False)


def compact(store: Path) -> Never:
    """Until killed; between two compactions the others get their turn at the lock."""
    with open_database(store) as db:
        while True:
            db.compact()
            select.select([], [], [], 0.02)


def main(act: str, *targets: str) -> None:
    here = Path.cwd()
    if act == "run":
        sys.exit(forever(CONFIG, clock(here), "da", float(targets[0]) if targets else BEAT_SECONDS))
    if act == "once":
        sys.exit(once(CONFIG, clock(here), "da"))
    if act == "compact":
        compact(here / "var" / "store")
    if act == "write":
        commands([["people", "set", targets[0], "--time", time] for time in targets[1:]])
    else:
        commands(words(act, number, target) for number, target in enumerate(targets))


def cli_main(*words: str) -> None:
    """The whole command line."""
    sys.argv = ["aikultur", *words]
    command_line()
