"""How the revisit list is run in an organisation: the section [revisit]."""

from dataclasses import dataclass
from datetime import time
from typing import Annotated

from culture.settings import Key, TimeOfDay, Within

MONTHS = (3, 6)
"""How many months may lie between two judgements: sooner is nagging, later is forgetting (the guide's own span)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisitList:
    """How the revisit list is run here."""

    enabled: Annotated[bool, Key("Whether what was once rejected is judged again.")] = True
    months: Annotated[int, Within(*MONTHS), Key("How many months lie between two judgements.")] = 4
    letter_at: Annotated[TimeOfDay, Key("When the letter that asks leaves.")] = time(7, 0)
