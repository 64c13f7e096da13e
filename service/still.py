"""A file is acted on when it has stood still: half of a people file is a people file too.

Whoever copies a long file, or saves one in parts, is not done when its first bytes are there. A file that was never
acted on is read at once. One that has changed since is read when two looks at it, ten seconds apart, find the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from service.config import Source
from service.fault import Refused
from service.inputs import Inputs, Signature, signature, stamp
from service.words import Sentence

if TYPE_CHECKING:
    from service.engine import Engine

STILL = timedelta(seconds=10)
"""So long a changed file must look the same: a copy over a slow share writes at least each few seconds."""

UNREST = timedelta(minutes=5)
"""No copy of a people file takes so long. Something touches it again and again, and nothing in it would ever be done."""

TRIES = 6
"""So often a start looks before it gives up: whoever still copies after a minute should say when they are done."""

Stamps = Mapping[str, tuple[int, int]]
"""Size and time of change (nanoseconds) of files, by their paths."""


def stamps(source: Source) -> dict[str, tuple[int, int]]:
    """The files that say who works here and what is done for them, as they stand; those that are not there are left out."""
    people = source.config.people
    names = (source.path.name, people.file, people.absences)
    found = (stamp(source.resolve(name)) for name in names if name)
    return {path: (size, changed) for path, size, changed in found if size >= 0}


def changed(found: Stamps, accepted: Stamps) -> list[str]:
    """The paths of files that are not as they were when they were last acted on. One that never was is not among them."""
    return [path for path, one in found.items() if accepted.get(path, one) != one]


@dataclass(slots=True)
class Looks:
    """What the last look at files that are not acted on yet found, and since when each look has found the same."""

    found: Signature = ()
    since: datetime | None = None
    began: datetime | None = None  # the first look at which they were not as they had been read

    def same(self, found: Signature, now: datetime) -> bool:
        """Whether they have looked so for long enough at `now`."""
        if self.since is None or found != self.found or now < self.since:
            self.found, self.since = found, now
        if self.began is None or now < self.began:
            self.began = now
        return now - self.since >= STILL

    def for_long(self, now: datetime) -> bool:
        """Whether they have gone on changing for so long that somebody must be told."""
        return self.began is not None and now - self.began >= UNREST


def refuse_unrest(engine: "Engine", now: datetime) -> None:
    """Raise Refused, with their names, for files that have gone on changing for too long to be waited for."""
    if engine.looks.for_long(now):
        names = ", ".join(Path(path).name for path in engine.restless())
        text = "{files} has gone on changing for {minutes} minutes, and the one before it is in force. What writes it?"
        raise Refused(Sentence(text, {"files": names, "minutes": UNREST.seconds // 60}))


def accepted(inputs: Inputs) -> dict[str, tuple[int, int]]:
    """The same files as they were when `inputs` were read."""
    named = stamps(inputs.source).keys()
    return {path: (size, changed) for path, size, changed in inputs.signature if path in named and size >= 0}


def wait_until_still(
    engine: "Engine", wait: Callable[[float], object], say: Callable[[Sentence], object] = lambda _: None
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
