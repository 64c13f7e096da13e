"""What was due and never said, and when the service did not run. Values only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Reason = Literal["window", "not-running", "held", "cap", "tomorrow", "fault", "server", "pace"]
"""The sending window did not open in time; no tick came in time; the fuse held it; the week had its two letters; there was
a letter about a turn that day; it could not be worked out or written; the mail server took nothing; there was more than
the hour and the window carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsaid:
    """A notice that nobody was told of: when it was due, from when on it was too late, and why it had not gone."""

    due: datetime
    too_late: datetime
    why: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """From the last tick before the service was away, until the first one after it."""

    since: datetime
    until: datetime
