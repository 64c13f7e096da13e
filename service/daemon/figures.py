"""What there is to count for `/healthz`: as it is when somebody asks, without names."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from mailer.drain import Outbox
from service.engine.caller import Caller
from service.engine.engine import Engine
from service.engine.health import Figures, Monotonic
from service.engine.retention import counts, total, unreadable_letters, unsettled
from store import records

DISK_BYTES = 200 * 2**20
"""Less free space than this is told: a year of 10,000 people's letters grows by about as much."""

SHARE = 20
"""Letters are counted again, while they change, after so many times the seconds that it took: a walk through all of
them may take a twentieth of the main thread's time, and no more."""


class Counted:
    """What is counted by a walk through the letters, kept by the main thread for others to read."""

    def __init__(self, monotonic: Monotonic) -> None:
        self._monotonic = monotonic
        self._version: int | None = None
        self._after = 0.0  # when they may be counted again
        self.parked = self.sent = self.unreadable = 0

    def look(self, engine: Engine) -> None:
        """Count again if letters have changed and the last count is not just over."""
        version, now = engine.database.storage.version(records.LETTERS), self._monotonic()
        if version == self._version or now < self._after:
            return
        self._version = version
        self.parked = sum(letter.state == "parked" for letter in unsettled(engine.database))
        self.unreadable = len(unreadable_letters(engine.database))
        self.sent = total(counts(engine.database), "sent")
        self._after = self._monotonic() + SHARE * (self._monotonic() - now)


def figures(engine: Engine, outbox: Outbox, callers: Sequence[Caller], counted: Counted) -> Figures:
    """The counts of this moment. Safe in any thread: nothing here walks through the store."""
    agenda = engine.agenda
    held, troubles = (len(agenda.held), len(agenda.troubles)) if agenda else (0, 0)
    trouble = next(filter(None, (outbox.trouble, *(caller.trouble for caller in callers))), "")
    told = {
        "held": held,
        "parked": counted.parked,
        "letters that cannot be written": len(engine.aside),
        "people or departments that cannot be worked out": troubles,
        "records that cannot be read": len(engine.stored.unreadable()) + counted.unreadable,
        "files that cannot be used": len(engine.inputs.unusable),
    }
    attention = [f"{what}: {count}" for what, count in told.items() if count]
    if agenda and agenda.recalled:
        since = agenda.recalled.since.isoformat()
        attention += [f"recalled since {since}, still in calendars: {agenda.recalled.left}"]
    attention += [trouble] if trouble else []
    attention += ["the disk is nearly full"] if nearly_full(engine.folder) else []
    return Figures(
        waiting=outbox.pending,
        parked=counted.parked,
        held=held,
        aside=len(engine.aside),
        sent=counted.sent,
        trouble=trouble,
        attention=tuple(attention),
    )


def nearly_full(folder: Path) -> bool:
    """Whether less than DISK_BYTES are free where the store is; False where that cannot be asked."""
    try:
        return shutil.disk_usage(folder).free < DISK_BYTES
    except OSError:
        return False
