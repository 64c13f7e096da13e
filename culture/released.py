"""Concerns that everybody may read, as other programmes know them: the one who has them brings the value. Values only."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedConcern:
    """A concern for all to read, and its answer; where there is none yet, who was asked for it and by when."""

    id: str
    text: str
    released_on: date
    answer: str = ""
    answered_on: date | None = None
    asked_name: str = ""
    answer_by: date | None = None


@dataclass(frozen=True, slots=True)
class Released:
    """All of them, the newest first. None where no programme releases any."""

    concerns: tuple[ReleasedConcern, ...] = ()
