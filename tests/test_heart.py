"""service/daemon/heart.py: a beat every five seconds of the monotonic clock, wherever the wall clock is moved meanwhile.

Moving the wall clock by X leaves `schedule` with a next run that is X away, so that is what is set here.
"""

from datetime import datetime, timedelta

import pytest

from service.daemon.heart import Heart


class Life:
    def __init__(self) -> None:
        self.seconds, self.beats, self.fails = 100.0, 0, False
        self.heart = Heart(self._beat, 5, lambda: self.seconds)

    def _beat(self) -> None:
        self.beats += 1
        if self.fails:
            raise OSError(28, "No space left on device")

    def after(self, seconds: float) -> int:
        """The beats so far when `seconds` have passed on the monotonic clock and the heart was asked."""
        self.seconds += seconds
        self.heart.run_pending()
        return self.beats

    def wall_clock_moved(self, by: timedelta) -> None:
        for job in self.heart.scheduler.jobs:
            job.next_run = datetime.now() - by  # noqa: DTZ005 - as `schedule` keeps it: naive and local


@pytest.fixture
def life() -> Life:
    return Life()


def test_it_beats_every_five_seconds(life: Life) -> None:
    assert [life.after(seconds) for seconds in (4, 1, 4, 1, 1, 4)] == [0, 1, 1, 2, 2, 3]


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=9), timedelta(days=365 * 11)])
def test_a_wall_clock_that_was_set_back_costs_no_beat(life: Life, back: timedelta) -> None:
    life.after(5)
    life.wall_clock_moved(-back)
    assert [life.after(5), life.after(5)] == [2, 3]


def test_a_wall_clock_that_was_set_ahead_brings_no_beat_of_its_own(life: Life) -> None:
    life.after(5)
    life.wall_clock_moved(timedelta(days=9))
    assert [life.after(1), life.after(4), life.after(4), life.after(1)] == [1, 2, 2, 3]


def test_a_beat_that_fails_is_not_the_last(life: Life) -> None:
    life.fails = True
    with pytest.raises(OSError, match="No space"):
        life.after(5)
    life.fails = False
    assert [life.after(1), life.after(4)] == [1, 2]
