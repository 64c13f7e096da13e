"""How far a long command is: shown on a terminal after two seconds, and nowhere else."""

from collections.abc import Iterator
from io import StringIO

import pytest

from service.cli.progress import AFTER_SECS, progress
from service.messages.told import each


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _a_terminal_that_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")


def ticking(step: float) -> Iterator[float]:
    now = 0.0
    while True:
        yield now
        now += step


def shown(stream: StringIO, step: float, *, of: int) -> str:
    clock = ticking(step)
    with progress("en", "Looking ahead", stream=stream, clock=lambda: next(clock)) as tell:
        for _ in each(range(of), tell):
            pass
    return stream.getvalue()


def test_what_is_over_in_two_seconds_is_not_shown() -> None:
    assert shown(Terminal(), AFTER_SECS / 11, of=10) == ""


def test_what_takes_longer_is_shown_with_what_is_left_of_it() -> None:
    said = shown(Terminal(), 1.0, of=10)
    assert "Looking ahead" in said
    assert "20%" in said
    assert "about 0:12 left" in said  # three seconds for two of ten
    assert said.index("20%") < said.index("90%")


def test_nothing_is_shown_where_nobody_watches() -> None:
    assert shown(StringIO(), 1.0, of=10) == ""


def test_the_first_tell_can_come_late() -> None:
    assert "left" not in shown(Terminal(), 10.0, of=1)
