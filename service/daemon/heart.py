"""The heartbeat: every few seconds, whatever the wall clock does.

`schedule` counts by the local wall clock. A clock that was nine days ahead for a moment would leave the next beat nine
days away, and each October the clock repeats an hour. So how long ago the last beat was is asked of the monotonic
clock; when that says that a beat is due and `schedule` does not, the wall clock was moved and the job is made anew.
"""

import time
from collections.abc import Callable
from typing import cast

import schedule

from service.engine.health import Monotonic


class Heart:
    """Calls `beat` every `seconds`. What `beat` raises reaches whoever calls `run_pending`; the next beat comes anyway."""

    def __init__(self, beat: Callable[[], None], seconds: float, monotonic: Monotonic = time.monotonic) -> None:
        self._beat, self._seconds, self._monotonic = beat, seconds, monotonic
        self.scheduler = schedule.Scheduler()
        self._last = monotonic()
        self._begin()

    def run_pending(self) -> None:
        """Beat if a beat is due."""
        if self._monotonic() - self._last < self._seconds:
            return
        try:
            if any(job.should_run for job in self.scheduler.jobs):
                self.scheduler.run_pending()
            else:
                self._begin()
                self.scheduler.run_all()
        finally:
            self._last = self._monotonic()

    def _begin(self) -> None:
        self.scheduler.clear()
        # The library's hint says int; what it counts with is a timedelta.
        self.scheduler.every(cast(int, self._seconds)).seconds.do(self._beat)
