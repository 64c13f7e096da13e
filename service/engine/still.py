"""A file is acted on when it has stood still: half of a people file is a people file too.

Whoever copies a long file, or saves one in parts, is not done when its first bytes are there. A file that was never
acted on is read at once. One that has changed since is read when two looks at it, ten seconds apart, find the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.settings.config import Source
from service.settings.inputs import Inputs, Signature, stamp

STILL = timedelta(seconds=10)
"""So long a changed file must look the same: a copy over a slow share writes at least each few seconds."""

UNREST = timedelta(minutes=5)
"""No copy of a people file takes so long. Something touches it again and again, and nothing in it would ever be done."""

Stamps = Mapping[str, tuple[int, int]]
"""Size and time of change (nanoseconds) of files, by their paths."""


def stamps(source: Source) -> dict[str, tuple[int, int]]:
    """The files that say who works here and what is done for them, as they stand; those that are not there are left out."""
    people = source.config.people
    # What is kept of a group is written whole, and by ourselves.
    names = (source.path.name, None if people.group else people.file, people.absences)
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


def accepted(inputs: Inputs) -> dict[str, tuple[int, int]]:
    """The same files as they were when `inputs` were read."""
    named = stamps(inputs.source).keys()
    return {path: (size, changed) for path, size, changed in inputs.signature if path in named and size >= 0}
