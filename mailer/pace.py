"""How fast, and when again: the rate, the back-off of a letter, the rest after a server's trouble. Pure.

Values take `now` and give back new values; nothing here waits.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
"""Pauses after the first, second, ... "not now"; the last one from there on. RFC 5321, 4.5.4.1 asks for 30 minutes at
least and for less at first; grey-listing servers accept after 1 to 15 minutes."""

JITTER = 0.2
"""A pause grows by up to a fifth, so that letters which failed together do not come back together."""

REST = tuple(timedelta(seconds=seconds) for seconds in (30, 60, 120, 300, 600))
"""Pauses of the whole transport while its server is down: soon enough after a restart, never a hammering."""

NONE = timedelta(0)


def backoff(attempts: int, letter_id: str) -> timedelta:
    """How long a letter waits after its `attempts`-th "not now" (from 1). The same input gives the same pause."""
    pause = BACKOFF[min(attempts, len(BACKOFF)) - 1]
    draw = hashlib.sha256(f"{letter_id}/{attempts}".encode()).digest()
    return pause * (1 + JITTER * int.from_bytes(draw[:4], "big") / 2**32)


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `per_minute` letters a minute, evenly spaced; None: as fast as it goes.

    Evenly because a server counts in windows that we do not know: a burst may fall into one of them.
    """

    per_minute: int | None
    free_at: datetime | None = None

    def take(self, now: datetime) -> tuple["Rate", timedelta]:
        """The rate after one letter at `now`, and no wait; or itself unchanged, and how long to wait first."""
        if self.per_minute is None:
            return self, NONE
        spacing = timedelta(minutes=1) / self.per_minute
        wait = self.free_at - now if self.free_at else NONE
        # More than one spacing ahead means that the clock went back, and waiting for it could take hours.
        if NONE < wait <= spacing:
            return self, wait
        return replace(self, free_at=now + spacing), NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """Whether the transport may be used. While `until` is ahead it rests; then one letter at a time tries.

    `trouble` is the sentence about why, None when all is well. `trying`: a letter is on its way to find out.
    """

    trouble: str | None = None
    failures: int = 0
    until: datetime | None = None
    trying: bool = False

    def wait(self, now: datetime) -> timedelta:
        """How long the transport still rests; zero when it may be tried."""
        wait = self.until - now if self.until else NONE
        return wait if NONE < wait <= REST[-1] else NONE  # longer: the clock went back

    def failed(self, trouble: str, now: datetime) -> "Circuit":
        """The circuit after the server was found down. Threads that find the same do not lengthen the rest."""
        failures = self.failures if self.wait(now) and not self.trying else self.failures + 1
        rest = REST[min(failures, len(REST)) - 1]
        return Circuit(trouble=trouble, failures=failures, until=now + rest)

    def tried(self, now: datetime) -> "Circuit":
        """The circuit while one letter tries a server that was down: the other threads go on resting."""
        return self if self.trouble is None else replace(self, until=now + REST[0], trying=True)

    def untried(self) -> "Circuit":
        """The circuit when that letter found nothing out, because it never got to the server: the next one may."""
        return replace(self, until=None, trying=False) if self.trying else self
