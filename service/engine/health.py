"""How the service is, at the moment somebody asks: a monitor at `/healthz`, the start page, `aikultur status`.

What fails is kept by the step that failed, from its first failure to its next success, so that trying is not taken
for succeeding. Ages are measured by the monotonic clock, which nobody can set.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

Monotonic = Callable[[], float]
"""Seconds since some moment, by a clock that nobody can set."""

LATE_SECONDS = 300
"""A beat is five seconds apart and may wait for a tick. One that is later than this stands still."""

Step = Literal["tick", "claim", "call", "send", "serve", "keep", "upkeep", "concerns", "files"]
Status = Literal["ok", "attention", "failing", "late"]

FAILS: frozenset[Step] = frozenset({"claim", "send"})
"""Steps whose failure means that letters cannot be written down or sent: told at once, not after five minutes."""

WAITS: frozenset[Step] = frozenset({"upkeep", "concerns", "files"})
"""What holds nobody's letter: for whoever looks in the morning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """A step that does not succeed: since when (aware, and in monotonic seconds), and in whose words."""

    step: Step
    since: datetime
    began: float
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the service is now. Counts and sentences without names; `last_beat` and `last_tick` are aware."""

    status: Status
    started: datetime
    last_beat: datetime
    last_tick: datetime
    beat_age_seconds: float
    tick_age_seconds: float  # since the last tick that succeeded
    waiting: int = 0  # letters claimed and not settled
    parked: int = 0
    held: int = 0  # kinds of action the fuse holds
    aside: int = 0  # letters and calls whose words cannot be made
    sent: int = 0
    trouble: str = ""  # the mail server's trouble, or a calendar server's
    failing: tuple[Failing, ...] = ()
    attention: tuple[str, ...] = ()  # what somebody should look at, in English words for a monitor


class Pulse:
    """What the loop and its threads say of themselves. Every method may be called from any thread."""

    def __init__(self, now: datetime, monotonic: Monotonic = time.monotonic) -> None:
        self.started = now
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._beat = self._tick = (now, monotonic())
        self._failing: dict[Step, Failing] = {}

    def beat(self, now: datetime) -> None:
        """The loop has looked."""
        with self._lock:
            self._beat = now, self._monotonic()

    def ticked(self, now: datetime) -> None:
        """A tick has succeeded, and was at `now`."""
        with self._lock:
            self._tick = now, self._monotonic()
            self._failing.pop("tick", None)

    def failed(self, step: Step, said: str, now: datetime) -> bool:
        """The step has failed; whether that is news. Since when it fails stays, its words are the newest."""
        with self._lock:
            before = self._failing.get(step)
            made = Failing(step=step, since=now, began=self._monotonic(), said=said)
            self._failing[step] = replace(before, said=said) if before else made
            return before is None or before.said != said

    def succeeded(self, step: Step) -> bool:
        """The step is well again; whether that is news."""
        with self._lock:
            return self._failing.pop(step, None) is not None

    @property
    def failing(self) -> tuple[Failing, ...]:
        """What fails now, the longest first."""
        with self._lock:
            return tuple(sorted(self._failing.values(), key=lambda one: one.began))

    def health(self, figures: Callable[[], "Figures"]) -> Health:
        """How the service is at this moment."""
        with self._lock:
            (beat, beat_at), (tick, tick_at) = self._beat, self._tick
        now, failing, found = self._monotonic(), self.failing, figures()
        attention = (*(f"{one.step} fails" for one in failing), *found.attention)
        return Health(
            status=_status(now - beat_at, now, failing, attention),
            started=self.started,
            last_beat=beat,
            last_tick=tick,
            beat_age_seconds=round(now - beat_at, 1),
            tick_age_seconds=round(now - tick_at, 1),
            waiting=found.waiting,
            parked=found.parked,
            held=found.held,
            aside=found.aside,
            sent=found.sent,
            trouble=found.trouble,
            failing=failing,
            attention=attention,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What there is to count, as it is now."""

    waiting: int = 0
    parked: int = 0
    held: int = 0
    aside: int = 0
    sent: int = 0
    trouble: str = ""
    attention: tuple[str, ...] = ()


def _status(beat_age: float, now: float, failing: tuple[Failing, ...], attention: tuple[str, ...]) -> Status:
    """`late` and `failing` are for waking somebody, `attention` for whoever looks in the morning."""
    if not 0 <= beat_age <= LATE_SECONDS:
        return "late"
    if any(one.step in FAILS or (one.step not in WAITS and now - one.began >= LATE_SECONDS) for one in failing):
        return "failing"
    return "attention" if attention else "ok"


def as_json(health: Health) -> dict[str, object]:
    """For a monitor to read."""
    return {
        "status": health.status,
        "last_beat": health.last_beat.isoformat(),
        "beat_age_seconds": health.beat_age_seconds,
        "last_tick": health.last_tick.isoformat(),
        "tick_age_seconds": health.tick_age_seconds,
        "waiting": health.waiting,
        "parked": health.parked,
        "held": health.held,
        "aside": health.aside,
        "sent": health.sent,
        "trouble": health.trouble,
        "failing": _reasons(health.failing),
        "attention": list(health.attention),
    }


def before_a_tick(failing: Sequence[Failing]) -> dict[str, object]:
    """The same while no tick has succeeded: starting, or failing already, and why."""
    status = "failing" if failing else "starting"
    return {"status": status, "last_beat": None, "last_tick": None, "failing": _reasons(failing)}


def _reasons(failing: Iterable[Failing]) -> dict[str, str]:
    return {one.step: one.said for one in failing}
