"""How the ambassadors work in an organisation: the section [ambassadors]."""

from dataclasses import dataclass
from typing import Annotated

from culture.settings import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambassadors:
    """How the ambassadors work here."""

    enabled: Annotated[bool, Key("Whether there is a corps of ambassadors.")] = False
