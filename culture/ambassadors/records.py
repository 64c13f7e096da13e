"""What is remembered of the corps. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is known of one person's place in the corps, by person id.

    `since`: an ambassador from this day on, None: none now; `met`: the day on which the service came to know it, of
    which the letter to them is. `asked_at` (aware): when they said that they would like to be one, and nobody has
    answered yet. `confirmed_on`, `confirmed_by`: who said yes to that. `declined_on`: when it was said that it does not
    fit now. `left_on`: stepped down, which beats people file and config until these have once not named them.
    `chair_since`: leads the meetings from this day on. `ended_on`: no ambassador any more since that day, and still here.
    `backs_since`: the sponsor from this day on; so of an outsider too, by the id they have as one.
    """

    since: date | None = None
    met: date | None = None
    asked_at: datetime | None = None
    confirmed_on: date | None = None
    confirmed_by: str = ""
    declined_on: date | None = None
    left_on: date | None = None
    chair_since: date | None = None
    ended_on: date | None = None
    backs_since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpsMeeting:
    """A meeting of the corps. The id stays when it moves; `starts` is in the organisation's ZoneInfo.

    `deputy`: the person id of whoever leads it when the chair cannot. `off`: it was to be, and is not held.
    """

    id: str
    starts: datetime
    minutes: int
    place: str = ""
    deputy: str = ""
    off: bool = False

    @property
    def day(self) -> date:
        """The date on which it begins."""
        return self.starts.date()


@dataclass(frozen=True, slots=True, kw_only=True)
class AmbassadorRecords:
    """All of it: places by person id, meetings by their ids. `aside`: the keys of those that cannot be read, and stay as they
    are."""

    places: Mapping[str, Place] = field(default_factory=dict)
    meetings: Mapping[str, CorpsMeeting] = field(default_factory=dict)
    aside: frozenset[str] = frozenset()
