"""How far a long command is, on a terminal: after two seconds, with an estimate. Piped, nothing is said."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from culture.people import Language
from service.messages.told import Tell, nobody
from service.messages.translation import say

if TYPE_CHECKING:
    from rich.progress import Progress

AFTER_SECS = 2.0
"""What is over sooner needs no bar, and does not wait for Rich to be imported."""

EVERY_SECS = 0.2
"""How often the bar is drawn anew: as often as anybody can follow, however often it is told."""


@contextmanager
def progress(
    language: Language,
    text: str,
    /,
    *,
    stream: TextIO | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Tell]:
    """What a long piece of work tells how far it is; it is shown on `stream` (standard error), called `text`, and gone when
    the work is over. Nothing is shown where nobody watches: in a pipe, in a file, in cron."""
    out = stream or sys.stderr
    if not out.isatty():
        yield nobody
        return
    shown = _Shown(language, say(language, text), out, clock)
    try:
        yield shown.tell
    finally:
        shown.end()


class _Shown:
    def __init__(self, language: Language, text: str, out: TextIO, clock: Callable[[], float]) -> None:
        self._language, self._text, self._out, self._clock = language, text, out, clock
        self._began = clock()
        self._next = self._began + AFTER_SECS
        self._bar: Progress | None = None

    def tell(self, done: int, of: int) -> None:
        now = self._clock()
        if now < self._next:
            return
        self._next = now + EVERY_SECS
        self._bar = self._bar or self._made(of)
        left = self._left(done, of, now - self._began)
        self._bar.update(self._bar.task_ids[0], completed=done, total=of, left=left)
        self._bar.refresh()

    def _left(self, done: int, of: int, elapsed: float) -> str:
        """How long it still takes, if it goes on as it went from the beginning: a Monday costs more than a Sunday."""
        if not done:
            return ""
        minutes, seconds = divmod(round(elapsed * max(of - done, 0) / done), 60)
        return say(self._language, "about {time} left", time=f"{minutes}:{seconds:02}")

    def _made(self, of: int) -> "Progress":
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

        plain = TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn()
        left = TextColumn("{task.fields[left]}", markup=False)
        # Drawn when it is told and by no thread of its own. What is printed meanwhile comes to stand above it, and what
        # is printed into a file still goes there.
        bar = Progress(
            *plain,
            left,
            console=Console(file=self._out),
            auto_refresh=False,
            transient=True,
            redirect_stdout=sys.stdout.isatty(),
        )
        bar.add_task(self._text, total=of, left="")
        bar.start()
        return bar

    def end(self) -> None:
        if self._bar:
            self._bar.stop()
