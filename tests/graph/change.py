"""Writing: what a client sends becomes an event, changes one, or changes one day of a series.

Rules: the reference's event, its create and update pages, and recurrence. What is read-only is left out without a word
(`originalStartTimeZone` is, as Microsoft's own engineers say). Guesses [U]: a series starts on its pattern's first day
whatever `start` says; a changed pattern, first day, time or zone drops all changed and deleted days, and so does a new end
of the range unless `keeps_exceptions_on_extension`; taking out the last day is refused.
"""

import copy
import json
from datetime import datetime, timedelta
from typing import Any

from tests.graph.call import Call
from tests.graph.errors import GraphError, bad
from tests.graph.mailbox import Item, Occurrence, Override
from tests.graph.recurrence import checked
from tests.graph.render import read_properties
from tests.graph.zones import read_time, zone_of

WRITABLE = frozenset(
    [
        "subject",
        "body",
        "start",
        "end",
        "location",
        "locations",
        "attendees",
        "recurrence",
        "showAs",
        "sensitivity",
        "importance",
        "categories",
        "isAllDay",
        "isReminderOn",
        "reminderMinutesBeforeStart",
        "responseRequested",
        "hideAttendees",
        "allowNewTimeProposals",
        "isOnlineMeeting",
        "onlineMeetingProvider",
        "transactionId",
        "singleValueExtendedProperties",
        "isDraft",
        "organizer",
    ]
)
APART = frozenset(
    ("start", "end", "recurrence", "transactionId", "singleValueExtendedProperties", "organizer", "isDraft")
)
ORGANIZERS = frozenset(("start", "end", "recurrence", "subject", "body", "location", "locations", "attendees"))
"""What only the organizer's copy may change."""
WEIGHTY = frozenset(("start", "end", "recurrence"))
"""What makes an update a new version for the attendees (MS-OXOCAL, significant change)."""


def read_event(call: Call) -> dict[str, Any]:
    """The body, checked against the description, without what is read-only."""
    value = call.schema.read("event", call.json())
    return {name: each for name, each in value.items() if name in WRITABLE}


def new_event(call: Call, value: dict[str, Any]) -> Item:
    """An event, in no mailbox yet. Raises GraphError for what cannot be."""
    for name in ("start", "end"):
        if not value.get(name) or not value[name].get("dateTime"):
            raise _invalid()
    start, zone = read_time(value["start"])
    end, end_zone = read_time(value["end"])
    item = call.world.new_item(call.mailbox, start, end)
    item.zone_name, item.end_zone_name, item.calendar = zone, end_zone, call.calendar
    item.fields = _fields(value)
    item.extended = read_properties(value.get("singleValueExtendedProperties"))
    item.transaction = value.get("transactionId") or ""
    if value.get("recurrence") is not None:
        item.recurrence = checked(value["recurrence"])
    _settle(item)
    return item


def _fields(value: dict[str, Any]) -> dict[str, Any]:
    found = {name: each for name, each in value.items() if name not in APART}
    if found.get("location") is not None:
        found["locations"] = [found["location"]] if found["location"].get("displayName") else []
    elif found.get("locations"):
        names = "; ".join(each.get("displayName") or "" for each in found["locations"])
        found["location"] = {**found["locations"][0], "displayName": names}
    for one in found.get("attendees") or ():
        if not (one.get("emailAddress") or {}).get("address"):
            raise bad("ErrorInvalidRecipients", "At least one recipient isn't valid.")
    if len(found.get("attendees") or ()) > 500:
        raise bad("ErrorExceededMaxRecipientLimit", "Too many attendees.")
    return found


def _invalid() -> GraphError:
    return bad("ErrorPropertyValidationFailure", "At least one property failed validation.")


def _settle(item: Item) -> None:
    """Check the times, and put a series on its first day."""
    if item.end < item.start:
        raise _invalid()
    if item.fields.get("isAllDay"):
        _check_midnight(item)
    if item.recurrence is None:
        return
    bounds = item.recurrence["range"]
    bounds.setdefault("recurrenceTimeZone", item.zone_name)
    bounds["recurrenceTimeZone"] = bounds["recurrenceTimeZone"] or item.zone_name
    zone = zone_of(item.series_zone)
    if f"{item.start.astimezone(zone):%Y-%m-%d}" != bounds["startDate"]:
        text = "The start date of the recurrence must be the same date as the start of the event."
        raise bad("ErrorPropertyValidationFailure", text)
    first = next(item.all_starts(), None)
    if first is None:
        raise bad("ErrorInvalidRequest", "The recurrence has no occurrence.")
    item.start, item.end = first, first + (item.end - item.start)


def _check_midnight(item: Item) -> None:
    for name, at, zone in (("Start", item.start, item.zone_name), ("End", item.end, item.end_zone_name)):
        local = at.astimezone(zone_of(zone))
        if (local.hour, local.minute, local.second) != (0, 0, 0):
            text = f"The Event.{name} property for an all-day event needs to be set to midnight."
            raise bad("ErrorPropertyValidationFailure", text)
    if item.end - item.start < timedelta(hours=23):
        raise bad("ErrorPropertyValidationFailure", "The duration of an all-day event needs to be at least 24 hours.")


def repeated(call: Call, value: dict[str, Any]) -> Item | None:
    """The event that a transactionId made before. Raises GraphError where it made another one.

    The id is free again once its event is gone [U].
    """
    transaction = value.get("transactionId")
    if not transaction:
        return None
    number, said = call.world.transactions.get((call.mailbox.address, transaction), (0, ""))
    item = next((one for one in call.mailbox.items if one.number == number), None)
    if item is not None and said != _written(value):
        text = "The transaction id has been used for another event."
        raise GraphError(call.world.twice, "ErrorDuplicateTransactionId", text)
    return item


def remember(call: Call, value: dict[str, Any], item: Item) -> None:
    if item.transaction:
        key = (call.mailbox.address, item.transaction)
        call.world.transactions[key] = (item.number, _written(value))


def _written(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True)


def apply(call: Call, item: Item, value: dict[str, Any]) -> frozenset[str]:
    """Change an event; the names of what was changed. A failed change leaves it as it was."""
    _check_copy(item, value)
    trial = item.copied()
    trial.fields |= _fields(value)
    trial.extended |= read_properties(value.get("singleValueExtendedProperties"))
    _set_times(trial, value)
    if "recurrence" in value:
        trial.recurrence = None if value["recurrence"] is None else checked(value["recurrence"])
    elif trial.recurrence is not None and "start" in value:
        _follow(item, trial)
    if WEIGHTY & value.keys():
        _settle(trial)
        days = set(trial.all_starts()) if _same_days(call, item, trial) else set()
        trial.overrides = {at: own for at, own in trial.overrides.items() if at in days}
        trial.deleted &= days
    changed = frozenset(name for name in value if name in APART or item.fields.get(name) != trial.fields.get(name))
    for name in (
        "fields",
        "extended",
        "start",
        "end",
        "zone_name",
        "end_zone_name",
        "recurrence",
        "overrides",
        "deleted",
    ):
        setattr(item, name, getattr(trial, name))
    item.touch(call.now)
    return changed


def _set_times(target: Item, value: dict[str, Any]) -> None:
    if value.get("start"):
        target.start, target.zone_name = read_time(value["start"])
    if value.get("end"):
        target.end, target.end_zone_name = read_time(value["end"])


def _follow(before: Item, after: Item) -> None:
    """A new start without a recurrence moves the first day of the range along [U]; its zone stays."""
    assert after.recurrence is not None
    after.recurrence = copy.deepcopy(after.recurrence)
    if before.zone_name != after.zone_name:
        after.recurrence["range"]["recurrenceTimeZone"] = after.zone_name
    after.recurrence["range"]["startDate"] = f"{after.start.astimezone(zone_of(after.series_zone)):%Y-%m-%d}"


def _same_days(call: Call, before: Item, after: Item) -> bool:
    """Whether changed and deleted days survive this change of the series."""
    if before.recurrence is None or after.recurrence is None:
        return False
    if (before.start, before.end, before.series_zone) != (after.start, after.end, after.series_zone):
        return False
    if before.recurrence == after.recurrence:
        return True
    same = before.recurrence["pattern"] == after.recurrence["pattern"]
    return call.world.keeps_exceptions_on_extension and same


def apply_to_day(call: Call, day: Occurrence, value: dict[str, Any]) -> frozenset[str]:
    """Change one day of a series; the names of what was changed."""
    item = day.item
    _check_copy(item, value)
    if value.get("recurrence") is not None:
        raise bad("ErrorInvalidRequest", "An occurrence has no recurrence of its own.")
    own = copy.deepcopy(day.override) or Override()
    own.fields |= _fields(value)
    own.extended |= read_properties(value.get("singleValueExtendedProperties"))
    if value.get("start"):
        own.start = read_time(value["start"])[0]
    if value.get("end"):
        own.end = read_time(value["end"])[0]
    moved = Occurrence(item, day.original, own)
    if moved.end < moved.start:
        raise _invalid()
    if value.get("start") or value.get("end"):
        check_neighbours(moved)
    item.overrides[day.original] = own
    item.touch(call.now)
    return frozenset(value)


def check_neighbours(moved: Occurrence) -> None:
    """Not to or before the day of the one before, nor to or after that of the next: event-update's note."""
    zone = zone_of(moved.item.series_zone)
    before, after = moved.item.neighbours(moved.original)
    date = moved.start.astimezone(zone).date()
    too_early = before is not None and date <= before.start.astimezone(zone).date()
    too_late = after is not None and date >= after.start.astimezone(zone).date()
    if too_early or too_late:
        text = "Modified occurrence is crossing or overlapping adjacent occurrence."
        raise bad("ErrorOccurrenceCrossingBoundary", text)


def _check_copy(item: Item, value: dict[str, Any]) -> None:
    """An attendee may set their own reminder, and nothing of the meeting. The code is a guess [U]."""
    if item.is_copy and ORGANIZERS & value.keys():
        raise GraphError(403, "ErrorAccessDenied", "Your request can't be completed. You need to be an organizer.")


def take_out(item: Item, original: datetime, now: datetime) -> None:
    """Take one day out of a series."""
    gone = {*item.deleted, original}
    if all(at in gone for at in item.all_starts()):
        raise bad("ErrorRecurrenceHasNoOccurrence", "The last occurrence of a series cannot be deleted.")
    item.deleted.add(original)
    item.overrides.pop(original, None)
    item.touch(now)
