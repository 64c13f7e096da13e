"""What attendees receive when a meeting is made, changed or cancelled, the copies in their calendars, and their answers.

From the reference: whoever makes an event with attendees is its organizer, and the service mails all of them; a PATCH of
attendees alone mails those who changed; one of a series with changed days mails once for the series and once for each of
those days. From MS-OXOCAL: the sequence rises with a new time or recurrence and with a cancellation; a copy is tentative
until it is answered; a cancelled one stays, marked. Guess [U]: reminders, categories and the status mail nobody.
"""

import copy
from typing import Any, Literal

from tests.ews.mailbox import Delivery
from tests.graph.change import WEIGHTY
from tests.graph.mailbox import Item, Mailbox, Occurrence, Override
from tests.graph.world import World

QUIET = frozenset(
    [
        "isReminderOn",
        "reminderMinutesBeforeStart",
        "categories",
        "showAs",
        "singleValueExtendedProperties",
        "importance",
        "isDraft",
    ]
)
"""What is nobody's business but the organizer's."""
ONLY_ATTENDEES = frozenset(("attendees",))
COPIED = ("subject", "body", "location", "locations", "attendees", "isAllDay", "sensitivity", "importance")


def announce(world: World, item: Item, changed: frozenset[str] | None = None) -> None:
    """Requests for a new meeting (`changed` is None) or a changed one, cancellations to those struck off."""
    attendees = item.attendees
    if item.is_copy or not (attendees or item.invited) or (changed is not None and changed <= QUIET):
        return
    struck = [address for address in item.invited if address not in attendees]
    if item.sent and changed and changed & WEIGHTY:
        item.sequence += 1
        item.answers = {}
    for address in struck:
        deliver(world, address, item, None, "CANCEL")
    known = item.invited if changed == ONLY_ATTENDEES else {}
    days = [item.occurrence(at) for at in sorted(item.overrides)] if changed and changed != ONLY_ATTENDEES else []
    for address in attendees:
        if address not in known:
            deliver(world, address, item, None, "REQUEST")
            for day in days:
                deliver(world, address, item, day, "REQUEST")
    item.invited, item.sent = attendees, bool(attendees)


def announce_day(world: World, day: Occurrence, changed: frozenset[str]) -> None:
    item = day.item
    if item.is_copy or not item.sent or changed <= QUIET:
        return
    if changed & WEIGHTY:
        item.sequence += 1
    for address in item.invited:
        deliver(world, address, item, day, "REQUEST")


def call_off(world: World, item: Item, day: Occurrence | None, words: str = "") -> None:
    """Cancellations, of one day where `day` is given. Silent where nobody was ever invited."""
    if item.is_copy or not item.sent:
        return
    item.sequence += 1
    for address in item.invited:
        deliver(world, address, item, day, "CANCEL", words)


def deliver(
    world: World,
    address: str,
    item: Item,
    day: Occurrence | None,
    method: Literal["REQUEST", "CANCEL"],
    words: str = "",
) -> None:
    shown: Item | Occurrence = item if day is None else day
    delivery = Delivery(
        method=method,
        uid=item.uid,
        sequence=item.sequence,
        subject=shown.subject,
        start=shown.start,
        end=shown.end,
        organizer=item.organizer,
        location=shown.location,
        body=words or shown.body,
        original=day.original if day else None,
        recurring=item.recurrence is not None and day is None,
    )
    box = world.receiver(address)
    if box is None:
        world.elsewhere[address].append(delivery)
        return
    box.received.append(delivery)
    kind = "meetingRequest" if method == "REQUEST" else "meetingCancelled"
    subject = delivery.subject if method == "REQUEST" else f"Canceled: {delivery.subject}"
    type_ = "eventMessageRequest" if method == "REQUEST" else "eventMessage"
    write(world, box, item.owner, type_, {"subject": subject, "meetingMessageType": kind}, delivery.body)
    if address != item.owner:
        (_place if method == "REQUEST" else _mark)(world, box, item, day)


def copy_in(box: Mailbox, item: Item) -> Item | None:
    return next((each for each in box.calendar if each.is_copy and each.uid == item.uid), None)


def _place(world: World, box: Mailbox, item: Item, day: Occurrence | None) -> None:
    mine = copy_in(box, item)
    if mine is None:
        mine = world.new_item(box, item.start, item.end, showAs="tentative")
        mine.uid, mine.organizer, mine.is_copy, mine.response = item.uid, item.organizer, True, "notResponded"
        box.items.append(mine)
    if day is None:
        mine.fields |= {name: copy.deepcopy(item.fields.get(name)) for name in COPIED}
        mine.start, mine.end, mine.recurrence = item.start, item.end, copy.deepcopy(item.recurrence)
        mine.zone_name, mine.end_zone_name = item.zone_name, item.end_zone_name
        mine.overrides, mine.deleted = copy.deepcopy(item.overrides), set(item.deleted)
    elif day.override is not None:
        own = {name: copy.deepcopy(each) for name, each in day.override.fields.items() if name in COPIED}
        mine.overrides[day.original] = Override(own, {}, day.override.start, day.override.end)
    if item.sequence > mine.sequence:
        mine.response, mine.fields["showAs"] = "notResponded", "tentative"
    mine.sequence, mine.cancelled = item.sequence, False
    mine.touch(world.now())


def _mark(world: World, box: Mailbox, item: Item, day: Occurrence | None) -> None:
    mine = copy_in(box, item)
    if mine is None:
        return
    if day is not None:
        mine.overrides.pop(day.original, None)
        mine.deleted.add(day.original)
    else:
        mine.cancelled = True
        mine.fields |= {"subject": f"Canceled: {item.subject}", "showAs": "free"}
    mine.sequence = item.sequence
    mine.touch(world.now())


SHOWN = {"accepted": "busy", "tentativelyAccepted": "tentative"}


def write(world: World, box: Mailbox, sender: str, kind: str, fields: dict[str, Any], words: str) -> None:
    """A meeting message into somebody's inbox."""
    person = {"emailAddress": {"name": sender.partition("@")[0].title(), "address": sender}}
    own = {
        "@odata.type": f"#microsoft.graph.{kind}",
        "from": person,
        "sender": person,
        "isRead": False,
        "isDraft": False,
    }
    body = {"body": {"contentType": "text", "content": words}}
    box.messages.append(world.new_message(box, "inbox", own | body | fields))


ANSWERS = {
    "accepted": ("Accepted", "meetingAccepted"),
    "tentativelyAccepted": ("Tentative", "meetingTenativelyAccepted"),
    "declined": ("Declined", "meetingDeclined"),
}
"""What an answer is called in a subject, and as a meetingMessageType (Microsoft spells it so)."""


def answer(world: World, box: Mailbox, mine: Item, response: str, words: str = "", *, told: bool = True) -> None:
    """An attendee's answer: what they see, what the organizer's meeting says of them, and the message that goes there.

    A declined copy goes.
    """
    mine.response = response
    if response == "declined":
        box.throw_away(mine)
    else:
        mine.fields["showAs"] = SHOWN[response]
        mine.touch(world.now())
    owner = world.mailboxes.get(mine.organizer)
    if owner is None or not told:
        return
    said, kind = ANSWERS[response]
    fields = {"subject": f"{said}: {mine.subject}", "meetingMessageType": kind, "responseType": response}
    write(world, owner, box.address, "eventMessageResponse", fields, words)
    for item in owner.items:
        if item.uid == mine.uid and not item.is_copy:
            item.answers[box.address] = (response, world.now())
            item.touch(world.now())
