"""What the process does that is killed: the service in this folder, on a clock that runs fast and can be moved on.

Why a clock of its own: a server in trouble is left alone for half a minute and more, a mailbox for minutes, hours, then
a day, all by the clock that `service.daemon.run.forever` is given. A second of this one lasts less, so that such a rest is
short and nothing in the service need be changed. A file has what the clock shows and since when, so that the next
process goes on where a killed one was, and the harness can move it to another day. What runs on the machine's own clock
stays as it is: the seconds for which Exchange asks to be left alone, and the ten minutes after a 401.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from service.daemon.run import forever
from tests.crash.child import replace

CONFIG, CLOCK = "config.toml", "clock"
BEAT_SECONDS = 0.1
"""Fifty times as often as the service."""


def set_clock(folder: Path, moment: datetime, rate: int) -> None:
    """From now on the clock in `folder` shows `moment` and goes on from there, `rate` seconds in one."""
    replace(folder / CLOCK, f"{datetime.now(UTC).isoformat()} {moment.isoformat()} {rate}")


def clock(folder: Path) -> Callable[[], datetime]:
    """The clock of `folder`: in UTC, whole seconds."""
    file = folder / CLOCK

    def now() -> datetime:
        since, shown, rate = file.read_text("ascii").split()
        passed = datetime.now(UTC) - datetime.fromisoformat(since)
        return (datetime.fromisoformat(shown) + passed * int(rate)).replace(microsecond=0)

    return now


def run() -> None:
    """The service, until it is killed."""
    sys.exit(forever(Path(CONFIG), clock(Path.cwd()), "da", BEAT_SECONDS))
