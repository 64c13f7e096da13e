"""How the relay is run in an organisation. Values only."""

from dataclasses import dataclass
from datetime import date, time
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """How the relay is run here. `most_minutes` is what it may take of a meeting."""

    enabled: bool = False
    starts: date | None = None
    presenters: int = 1
    pace: Literal["week", "meeting"] = "meeting"
    minutes: int = 20
    most_minutes: int = 40
    lead_days: int = 7  # the challenge comes so many days before the meeting
    settle_days: int = 30  # who is new listens first
    retry_days: int = 30
    retry_by: Literal["same", "other"] = "same"
    letter_at: time = time(7, 0)
