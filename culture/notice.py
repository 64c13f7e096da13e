"""What should be said: one notice to one person at one moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from culture.keys import NoticeKey

Said = Literal["sent", "waits", "parked"]
"""What became of the letter that says it: it left; it may still leave, and has not (held by the fuse, before the
window, a server that is down); or it was refused for good, and somebody has to look at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something one person should be told. All times aware.

    The key is deterministic, `tip/2026-W49/<person id>`: the same notice is never said twice.
    """

    kind: str  # welcome, tip, invite, ...
    period: str  # what makes it one of its kind: an ISO week, a date, a change
    person_id: str
    due: datetime
    too_late: datetime  # from here on it is counted and shown, not sent
    at_once: bool = False  # whatever the sending window
    carries: tuple[str, ...] = ()  # keys of notices that this one says as well, and claims

    @property
    def key(self) -> str:
        """What it is known by, for good."""
        return NoticeKey(self.kind, self.period, self.person_id).to_text()
