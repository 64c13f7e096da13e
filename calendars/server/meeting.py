"""A slot as a meeting that a calendar server sends: from the service's own mailbox, to one person, with words.

One meeting for each person who is told, and not one with several: then a swap concerns only those who swap, and
everybody reads their own language. Looked at before it is written, so a call can be interrupted and made again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from calendars.event import Slot
from culture.people import ChannelName


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingState:
    """What we know of one person's meeting in the service's calendar. `stands` is the slot that was sent.

    `intended` is on its way. `attempts`, `next_try` and `said` are about a call that failed; `calls` names the next.
    """

    key: str
    person_id: str
    subject: str  # what it is about
    item: str = ""
    stands: Slot | None = None
    intended: Slot | None = None
    channel: ChannelName = "exchange"  # on whose server; while there was only one, nobody wrote it down
    calls: int = 0
    attempts: int = 0
    next_try: datetime | None = None
    said: str = ""

    @property
    def may_stand(self) -> bool:
        """Whether it stands, or a call that may have got through was to make it."""
        return self.stands is not None or self.intended is not None

    @property
    def slot(self) -> Slot | None:
        """The slot that stands or may stand."""
        return self.stands or self.intended


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingWords:
    """What a meeting is called, and the HTML that its reader gets."""

    title: str
    html: str


class Meetings(Protocol):
    """The service's own calendar. Every method raises ChannelError when it could not be done."""

    def find(self, key: str) -> Sequence[str]: ...
    def read_meeting(self, item: str) -> Slot | None: ...
    def create_meeting(self, key: str, slot: Slot, title: str, html: str, attendee: str) -> str: ...
    def change_meeting(self, item: str, slot: Slot, title: str, html: str) -> None: ...
    def cancel_meeting(self, item: str, html: str) -> None: ...


Note = Callable[[MeetingState], None]


def hold(
    standing: MeetingState,
    wanted: Slot | None,
    words: MeetingWords,
    attendee: str,
    calendar: Meetings,
    note: Note,
) -> MeetingState:
    """Bring one person's meeting to `wanted` (None: called off). Raises ChannelError."""
    done = replace(standing, stands=wanted, intended=None, calls=standing.calls + 1, attempts=0, next_try=None, said="")
    item, seen = _look(standing, calendar)
    if wanted is None:
        if seen:
            calendar.cancel_meeting(item, words.html)
        return replace(done, item="")
    if seen and same(seen, wanted) and _of_one(standing.slot or seen, wanted):
        return replace(done, item=item)  # an earlier call got through, and its answer was lost
    note(replace(standing, intended=wanted))
    if seen:
        calendar.change_meeting(item, wanted, words.title, words.html)
    else:
        item = calendar.create_meeting(standing.key, wanted, words.title, words.html, attendee)
    return replace(done, item=item)


def same(seen: Slot, wanted: Slot) -> bool:
    """Whether two slots are at the same time and place, and of the same presenter as far as that is known: other text
    alone is never sent again."""
    at = (seen.starts, seen.minutes, seen.place) == (wanted.starts, wanted.minutes, wanted.place)
    return at and _of_one(seen, wanted)


def _of_one(before: Slot, wanted: Slot) -> bool:
    """Whether the presenter is the same, as far as it is known: the server does not tell."""
    return before.filled(wanted).presenter == wanted.presenter


def _look(standing: MeetingState, calendar: Meetings) -> tuple[str, Slot | None]:
    for item in [standing.item] if standing.item else []:
        if seen := calendar.read_meeting(item):
            return item, seen
    for item in calendar.find(standing.key):
        if seen := calendar.read_meeting(item):
            return item, seen
    return "", None
