"""Waiting for files that go on changing, and saying so when they do not end."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from service.engine.engine import Engine
from service.engine.still import STILL, UNREST
from service.messages.faults import Refused
from service.messages.translation import Sentence
from service.settings.inputs import signature

TRIES = 6
"""So often a start looks before it gives up: whoever still copies after a minute should say when they are done."""


def refuse_unrest(engine: Engine, now: datetime) -> None:
    """Raise Refused, with their names, for files that have gone on changing for too long to be waited for."""
    if engine.looks.for_long(now):
        names = ", ".join(Path(path).name for path in engine.restless())
        text = "{files} has gone on changing for {minutes} minutes, and the one before it is in force. What writes it?"
        raise Refused(Sentence(text, {"files": names, "minutes": UNREST.seconds // 60}))


def wait_until_still(
    engine: Engine, wait: Callable[[float], object], say: Callable[[Sentence], object] = lambda _: None
) -> None:
    """Before a first tick: wait until what has changed since the last one stands still, and have it read then.

    Raises Refused when it goes on changing.
    """
    for _ in range(TRIES):
        before, names = signature(engine.inputs.source), ", ".join(Path(path).name for path in engine.restless())
        if not names:
            return
        text = "{files} changed. In {seconds} seconds it is read, if that was all."
        say(Sentence(text, {"files": names, "seconds": STILL.seconds}))
        wait(STILL.total_seconds())
        if signature(engine.inputs.source) == before:
            engine.read()
            return
    raise Refused(Sentence("{files} goes on changing. Start again when the copy is done.", {"files": names}))
