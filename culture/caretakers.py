"""Who sees to the tools of a department, whichever programme has such people. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Caretakers:
    """Person ids: by department, and who sees to what no department's does. Empty where no programme has any."""

    of_department: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""
