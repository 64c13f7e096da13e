"""What was due and never said, and when the service did not run. Values only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Reason = Literal["window", "not-running", "held", "cap", "tomorrow", "fault", "server", "pace", "recalled"]
"""The sending window did not open in time; no tick came in time; the fuse held it; the week had its two letters; there was
a letter about a turn that day; it could not be worked out or written; the mail server took nothing; there was more than
the hour and the window carry; all was taken back then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsaid:
    """A notice that nobody was told of: when it was due, from when on it was too late, and why it had not gone."""

    due: datetime
    too_late: datetime
    why: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """That all was taken back: since when, and until when; None: it still is."""

    since: datetime
    until: datetime | None = None

    def meets(self, begin: datetime, end: datetime) -> bool:
        """Whether any of the time from `begin` to `end` lies in it."""
        return self.since < end and (self.until is None or begin < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """From the last tick before the service was away, until the first one after it."""

    since: datetime
    until: datetime
