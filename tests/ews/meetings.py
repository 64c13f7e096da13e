"""What attendees receive when a meeting is sent, changed or cancelled, and the copies in their calendars.

From MS-OXOCAL and the reference: attendees get a request or a cancellation; the sequence rises when the time or the
recurrence changes and with a cancellation; a copy is tentative until it is answered; a cancelled one stays, marked.
Guesses [U]: a change of words is sent with the sequence unchanged; `SendOnlyToChanged` writes to everybody (so
ecederstrand/exchangelib#746 and OfficeDev/ews-managed-api#20 saw it), unless the world's `tells_all` is off; of a changed
day only that day is copied.
"""

import copy
from typing import Literal

from tests.ews.mailbox import ATTENDEES, Delivery, Item, Mailbox, Occurrence, Override
from tests.ews.soap import make
from tests.ews.world import World

SILENT = "SendToNone"
TO_CHANGED = ("SendOnlyToChanged", "SendToChangedAndSaveCopy")
KEEPING = ("SendToAllAndSaveCopy", "SendToChangedAndSaveCopy")
COPIED = ("Subject", "Body", "Start", "End", "StartTimeZone", "EndTimeZone", "Location", "Recurrence", "IsAllDayEvent")
WEIGHTY = frozenset(("Start", "End", "StartTimeZone", "Recurrence"))
"""What makes an update a new version for the attendees (MS-OXOCAL, significant change)."""


def announce(world: World, box: Mailbox, item: Item, how: str, changed: frozenset[str] | None = None) -> None:
    """Send requests for a new meeting (`changed` is None) or a changed one, cancellations to those struck off."""
    attendees = item.attendees
    if how == SILENT or item.is_copy or not (attendees or item.invited):
        return
    struck = [address for address in item.invited if address not in attendees]
    if item.sent and changed and changed & WEIGHTY:
        item.sequence += 1
    for address in struck:
        deliver(world, address, item, None, "CANCEL")
    known = () if world.tells_all or how not in TO_CHANGED else item.invited
    for address in attendees:
        if address not in known:
            deliver(world, address, item, None, "REQUEST")
    item.invited, item.sent = attendees, True
    keep(world, box, item, how)


def announce_day(world: World, box: Mailbox, day: Occurrence, how: str, changed: frozenset[str]) -> None:
    item = day.item
    if how == SILENT or item.is_copy or not item.sent:
        return
    if changed & WEIGHTY:
        item.sequence += 1
    for address in item.invited:
        deliver(world, address, item, day, "REQUEST")
    keep(world, box, item, how)


def call_off(world: World, box: Mailbox, item: Item, day: Occurrence | None, how: str, words: str = "") -> None:
    """Send cancellations, of one day where `day` is given. Silent where nobody was ever invited."""
    if how == SILENT or item.is_copy or not item.sent:
        return
    item.sequence += 1
    for address in item.invited:
        deliver(world, address, item, day, "CANCEL", words)
    keep(world, box, item, how)


def keep(world: World, box: Mailbox, item: Item, how: str) -> None:
    """The meeting message in Sent Items."""
    if how in KEEPING:
        message = world.new_item(box, "Message", "sentitems")
        message.fields = {name: copy.deepcopy(item.fields[name]) for name in ("Subject", "Body") if name in item.fields}
        box.items.append(message)


def deliver(
    world: World,
    address: str,
    item: Item,
    day: Occurrence | None,
    method: Literal["REQUEST", "CANCEL"],
    words: str = "",
) -> None:
    shown = day or item
    delivery = Delivery(
        method=method,
        uid=item.uid,
        sequence=item.sequence,
        subject=shown.subject,
        start=shown.start,
        end=shown.end,
        organizer=item.organizer,
        location=shown.text("Location"),
        body=words or shown.body,
        original=day.original if day else None,
        recurring=item.recurrence is not None and day is None,
    )
    box = world.receiver(address)
    if box is None:
        world.elsewhere[address].append(delivery)
        return
    box.received.append(delivery)
    if address != item.owner:
        (_place if method == "REQUEST" else _mark)(world, box, item, day)


def _copy_in(box: Mailbox, item: Item) -> Item | None:
    return next((each for each in box.calendar if each.is_copy and each.uid == item.uid), None)


def _place(world: World, box: Mailbox, item: Item, day: Occurrence | None) -> None:
    mine = _copy_in(box, item)
    if mine is None:
        mine = world.new_item(box, "CalendarItem", "calendar")
        mine.uid, mine.organizer, mine.is_copy = item.uid, item.organizer, True
        mine.fields["LegacyFreeBusyStatus"] = make("t:LegacyFreeBusyStatus", text="Tentative")
        box.items.append(mine)
    if day is None:
        for name in (*COPIED, *ATTENDEES):
            mine.fields.pop(name, None)
            if name in item.fields:
                mine.fields[name] = copy.deepcopy(item.fields[name])
        mine.overrides, mine.deleted = copy.deepcopy(item.overrides), set(item.deleted)
    elif day.override is not None:
        own = {name: copy.deepcopy(each) for name, each in day.override.fields.items() if name in COPIED}
        mine.overrides[day.original] = Override(own)
    mine.sequence, mine.cancelled = item.sequence, False
    mine.touch(world.now())


def _mark(world: World, box: Mailbox, item: Item, day: Occurrence | None) -> None:
    mine = _copy_in(box, item)
    if mine is None:
        return
    if day is not None:
        mine.overrides.pop(day.original, None)
        mine.deleted.add(day.original)
    else:
        mine.cancelled = True
        mine.fields["Subject"] = make("t:Subject", text=f"Canceled: {item.subject}")
        mine.fields["LegacyFreeBusyStatus"] = make("t:LegacyFreeBusyStatus", text="Free")
    mine.sequence = item.sequence
    mine.touch(world.now())
