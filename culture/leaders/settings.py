"""What leaders are asked for in an organisation: the section [leaders]."""

from dataclasses import dataclass
from datetime import date, time
from typing import Annotated

from culture.settings import Key, TimeOfDay


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaders:
    """What leaders are asked for here."""

    enabled: Annotated[bool, Key("Whether each manager gets a step every month.")] = False
    starts: Annotated[
        date | None,
        Key(
            "The contact and the managers hear nothing before this day; left out, it begins at once.",
            example="2027-01-11",
        ),
    ] = None
    letter_at: Annotated[TimeOfDay, Key("When letters to managers leave.")] = time(7, 0)
    pulse: Annotated[
        bool, Key("Whether everybody is asked once a month, without a name, if the ten minutes gave them something.")
    ] = False
