"""What several judge together at a meeting, so that none of them is asked about it by letter just then. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """A meeting that has something on its agenda: what falls due from `first` to `last`, both included, waits until that moment
    (aware) for those who are `there` (person ids)."""

    first: date
    last: date
    until: datetime
    there: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sittings:
    """By what is judged there. Empty where no programme has such meetings."""

    of_item: Mapping[str, Sitting] = field(default_factory=dict)

    def asked_at(self, item_id: str, person_id: str, moment: datetime) -> datetime:
        """When somebody is asked by letter who would be at `moment` (in the organisation's zone)."""
        sitting = self.of_item.get(item_id)
        waits = sitting and person_id in sitting.there and sitting.first <= moment.date() <= sitting.last
        return max(moment, sitting.until) if sitting and waits else moment


NO_SITTINGS = Sittings()
