"""How the revisit list is run in an organisation. Values only."""

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisitList:
    """How the revisit list is run here: the usual months between judgements, and when notices leave."""

    enabled: bool = True
    months: int = 4
    letter_at: time = time(7, 0)
