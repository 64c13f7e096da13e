"""A slot as a meeting that a calendar server sends: from the service's own mailbox, to one person, with words.

One meeting for each person who is told, and not one with several: then a swap concerns only those who swap, and
everybody reads their own language. What several attend together, and see each other at, is one meeting. Looked at
before it is written, so a call can be interrupted and made again.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from calendars.event import Slot
from culture.people import ChannelName


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingState:
    """What we know of a meeting in the service's calendar: one person's, or (`person_id` is empty) one of several, and
    then whom it was sent to (`invited`, their ids). `stands` is the slot that was sent.

    `intended` is on its way. `attempts`, `next_try` and `said` are about a call that failed; `calls` names the next.
    `changed` is when the last one went through, where that is known.
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
    invited: tuple[str, ...] = ()
    changed: datetime | None = None

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
    """What a meeting is called, and the words that its reader gets, as HTML and as text."""

    title: str
    html: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guests:
    """Whom a meeting is with, by address. `ids`: who they are where it is of several; empty: of one, who stays."""

    addresses: tuple[str, ...]
    ids: tuple[str, ...] = ()


class Meetings(Protocol):
    """The service's own calendar. Every method raises ChannelError when it could not be done.

    `ids_outlive`: an id leads to a meeting that was deleted too, so that only what is found by its key is there. `call`
    is which of our calls about a meeting makes it: the same when that is tried again.
    """

    @property
    def ids_outlive(self) -> bool: ...

    def find(self, key: str) -> Sequence[str]: ...
    def read_meeting(self, item: str) -> Slot | None: ...
    def read_guests(self, item: str) -> Collection[str]: ...
    def create_meeting(self, key: str, slot: Slot, words: MeetingWords, addresses: Sequence[str], call: int) -> str: ...
    def change_meeting(self, item: str, slot: Slot, words: MeetingWords, addresses: Sequence[str]) -> None: ...
    def change_guests(self, item: str, addresses: Sequence[str]) -> None: ...
    def cancel_meeting(self, item: str, words: MeetingWords) -> None: ...


Note = Callable[[MeetingState], None]


def hold(
    standing: MeetingState,
    wanted: Slot | None,
    words: MeetingWords,
    guests: Guests,
    calendar: Meetings,
    note: Note,
) -> MeetingState:
    """Bring a meeting to `wanted` (None: called off). Raises ChannelError."""
    done = replace(standing, stands=wanted, intended=None, calls=standing.calls + 1, attempts=0, next_try=None, said="")
    done = replace(done, invited=guests.ids if wanted else ())
    item, seen = _look(standing, calendar)
    if wanted is None:
        if seen:
            calendar.cancel_meeting(item, words)
        return replace(done, item="")
    as_wanted = seen is not None and same(seen, wanted) and _of_one(standing.slot or seen, wanted)
    if as_wanted and _asked(standing, guests, calendar, item):
        return replace(done, item=item)  # an earlier call got through, and its answer was lost
    note(replace(standing, intended=wanted))
    if as_wanted:
        calendar.change_guests(item, guests.addresses)
    elif seen:
        # Of one, the guest is left as they are in the calendar, with what they answered.
        calendar.change_meeting(item, wanted, words, guests.addresses if guests.ids else ())
    else:
        item = calendar.create_meeting(standing.key, wanted, words, guests.addresses, standing.calls)
    return replace(done, item=item)


def _asked(standing: MeetingState, guests: Guests, calendar: Meetings, item: str) -> bool:
    """Whether these and no others are invited. After a call that may have got through the calendar knows it."""
    if not guests.ids:
        return True
    if standing.intended is None:
        return set(standing.invited) == set(guests.ids)
    return {one.casefold() for one in calendar.read_guests(item)} == {one.casefold() for one in guests.addresses}


def same(seen: Slot, wanted: Slot) -> bool:
    """Whether two slots are at the same time and place, and of the same presenter as far as that is known: other text
    alone is never sent again."""
    at = (seen.starts, seen.minutes, seen.place) == (wanted.starts, wanted.minutes, wanted.place)
    return at and _of_one(seen, wanted)


def _of_one(before: Slot, wanted: Slot) -> bool:
    """Whether the presenter is the same, as far as it is known: the server does not tell."""
    return before.filled(wanted).presenter == wanted.presenter


def _look(standing: MeetingState, calendar: Meetings) -> tuple[str, Slot | None]:
    for item in [standing.item] if standing.item and not calendar.ids_outlive else []:
        if seen := calendar.read_meeting(item):
            return item, seen
    for item in calendar.find(standing.key):
        if seen := calendar.read_meeting(item):
            return item, seen
    return "", None
