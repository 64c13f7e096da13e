"""What leaders are asked for in an organisation: the section [leaders]."""

from dataclasses import dataclass
from typing import Annotated

from culture.settings import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaders:
    """What leaders are asked for here."""

    enabled: Annotated[bool, Key("Whether each manager gets a step every month.")] = False
