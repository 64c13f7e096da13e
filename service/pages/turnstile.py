"""How much one person may do, and all together: so that one with a loop does not hold up the others. No clock here."""

from collections import Counter, deque
from dataclasses import dataclass
from threading import Lock
from typing import Literal

MINUTE = 60.0

Turn = Literal["go", "yours", "all"]
"""An act may begin; too many of the person's own are being written; too many of all are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActLimits:
    """Who reads and chooses posts a handful a minute. The threads that serve pages are 40 (anyio's number), and each
    act waits in one of them until it is written."""

    a_minute: int = 30  # of one person
    at_once: int = 2  # of one person
    in_all: int = 16


class Turnstile:
    """Counts acts. In memory are only the people of the last minute, and at most `a_minute` moments of each."""

    def __init__(self, limits: ActLimits) -> None:
        self.limits = limits
        self._moments = dict[str, deque[float]]()  # by person, who acted last at the end
        self._open = Counter[str]()
        self._lock = Lock()

    def admit(self, person_id: str, now: float) -> float:
        """Count a post at `now` (seconds of a monotonic clock) and give 0; or count nothing, and give the seconds
        until the person may post again."""
        with self._lock:
            self._forget(now - MINUTE)
            moments = self._moments.get(person_id, deque())
            while moments and moments[0] <= now - MINUTE:
                moments.popleft()
            if len(moments) >= self.limits.a_minute:
                return moments[0] + MINUTE - now
            moments.append(now)
            self._moments.pop(person_id, None)
            self._moments[person_id] = moments
            return 0.0

    def begin(self, person_id: str) -> Turn:
        """Begin an act, to be ended by `end` if the answer is "go"."""
        with self._lock:
            if self._open[person_id] >= self.limits.at_once:
                return "yours"
            if self._open.total() >= self.limits.in_all:
                return "all"
            self._open[person_id] += 1
            return "go"

    def end(self, person_id: str) -> None:
        """End an act that began with "go", whatever came of it."""
        with self._lock:
            self._open[person_id] -= 1
            if not self._open[person_id]:
                del self._open[person_id]

    def _forget(self, before: float) -> None:
        for person_id, moments in list(self._moments.items()):
            if moments[-1] > before:
                return
            del self._moments[person_id]
