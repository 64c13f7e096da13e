"""A single event in somebody's calendar, of whichever programme: a turn at a meeting, a meeting of the corps. Values
only."""

from dataclasses import dataclass
from datetime import datetime

from culture.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """Something at one time that stands in the calendars of `attendees`.

    `subject` names it for life, however often it moves: UIDs are made from it. `starts` is in a ZoneInfo. `leader` is
    the id of whoever its text names as the one who leads it, if anybody does. `together`: all of them stand in one event
    and see each other, whatever their calendars; else each has one of their own.
    """

    subject: str
    starts: datetime
    minutes: int
    place: str = ""
    leader: str = ""
    attendees: tuple[Person, ...] = ()
    together: bool = False

    @property
    def reached(self) -> tuple[Person, ...]:
        """Those of its attendees who have an address."""
        return tuple(one for one in self.attendees if one.email)
