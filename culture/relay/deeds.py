"""What happens to a turn, and why one waits: the ids that records hold, and the deed itself. Pure."""

from dataclasses import dataclass
from datetime import datetime

from culture.ids import Id

SERVICE = "service"
"""Who does what nobody did: what happens to turns by itself."""


class Did(Id):
    """What was done to a turn, by a person, the facilitator or the service."""

    ASSIGNED = "assigned"
    BACK = "back"  # to whom it is booked on, for whoever stood in cannot
    CLOSED = "closed"  # without a learning
    DECLINED = "declined"
    ENDED = "ended"
    HELD = "held"
    LEFT = "left"  # with its person
    MISSED = "missed"
    MOVED = "moved"
    NOT_NEEDED = "not-needed"
    NOT_REACHED = "not-reached"
    PASSED = "passed"
    POSTPONED = "postponed"  # to another meeting, by the facilitator
    SWAP_ASKED = "swap-asked"
    SWAPPED = "swapped"
    UNDONE = "undone"
    VOLUNTEERED = "volunteered"
    WAITS = "waits"


class Waiting(Id):
    """Why a turn waits for another meeting, or ends."""

    AFTER_BREAK = "after-break"  # the meeting is one of the first after a break: there are no presentations
    AWAY = "away"
    MEETING_CANCELLED = "meeting-cancelled"
    MISSED = "missed"
    NO_RELAY = "no-relay"  # its department has no meetings, no people or no relay any more
    NO_ROOM = "no-room"
    NOT_BEGUN = "not-begun"  # the relay begins later
    NOT_REACHED = "not-reached"  # its challenge was refused: nobody knows of it
    NOT_TOLD = "not-told"  # its challenge had not been sent when its meeting began
    TOO_SHORT = "too-short"


UNHEARD = frozenset({Waiting.NOT_TOLD, Waiting.NOT_REACHED})
"""Why a turn waits of which its presenter has not heard: its challenge will be given again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something that happened to a turn. `by` is a person id, "facilitator" or "service".

    `about` is whom it was done with (a person id), of an assignment the challenge's id. `why`: what a turn waits for or
    ended by. `undid`: what was taken back. `to` is when the slot begins since then, where that changed, and `was` when
    the slot began that the turn lost by it; both aware, in the zone of the meeting.
    """

    at: datetime
    by: str
    what: Did
    about: str = ""
    why: Waiting | None = None
    undid: Did | None = None
    to: datetime | None = None
    was: datetime | None = None

    @property
    def ends_swap(self) -> bool:
        """Whether it takes a swap back."""
        return self.undid is Did.SWAPPED
