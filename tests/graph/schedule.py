"""getSchedule: who is busy when.

From the reference: an interval of 5 to 1,440 minutes, 30 where none is said; 20 addresses at most; the view has a digit for
each interval: 0 free or working elsewhere, 1 tentative, 2 busy, 3 away. Somebody unknown is an error of that schedule only,
inside a 200. Guesses [U]: at most 62 days (as in EWS); events that are shown as free are listed.
"""

from datetime import datetime, timedelta
from typing import Any

from tests.graph.call import Call, Reply
from tests.graph.errors import bad
from tests.graph.mailbox import Mailbox, Occurrence
from tests.graph.zones import read_time, written, zone_of

LONGEST = timedelta(days=62)
DIGITS = {"free": 0, "tentative": 1, "busy": 2, "oof": 3, "workingElsewhere": 0, "unknown": 0}


def get_schedule(call: Call) -> Reply:
    said = call.schema.read_action("getSchedule", call.json())
    addresses = said.get("Schedules")
    if not addresses:
        raise bad("ErrorInvalidParameter", "The Schedules parameter is required.")
    if len(addresses) > call.world.most_schedules:
        raise bad("ErrorMailboxDataArrayTooBig", "The number of schedules is larger than allowed.")
    start, end = _span(said)
    minutes = said.get("AvailabilityViewInterval", 30)
    if minutes is None or not 5 <= minutes <= 1440:
        raise bad("ErrorInvalidMergedFreeBusyInterval", "The interval must be from 5 to 1440 minutes.")
    if timedelta(minutes=minutes) > end - start:
        raise bad("ErrorInvalidMergedFreeBusyInterval", "The interval is longer than the time window.")
    values = [_schedule(call, address, start, end, timedelta(minutes=minutes)) for address in addresses]
    context = f"{call.root}/$metadata#Collection(microsoft.graph.scheduleInformation)"
    return Reply(200, {"@odata.context": context, "value": values}, call.applied())


def _span(said: dict[str, Any]) -> tuple[datetime, datetime]:
    if not said.get("StartTime") or not said.get("EndTime"):
        raise bad("ErrorInvalidParameter", "StartTime and EndTime are required.")
    start, end = read_time(said["StartTime"])[0], read_time(said["EndTime"])[0]
    if start >= end:
        raise bad(
            "ErrorInvalidTimeInterval", "The time duration specified for FreeBusyViewOptions.TimeWindow is invalid."
        )
    if end - start > LONGEST:
        raise bad("ErrorTimeIntervalTooBig", "The requested time window is longer than 62 days.")
    return start, end


def _schedule(call: Call, address: str, start: datetime, end: datetime, interval: timedelta) -> dict[str, Any]:
    box = call.world.mailboxes.get(address.lower())
    if box is None or box.state in ("unlicensed", "onpremises", "moving"):
        text = f"Unable to resolve e-mail address {address} to an Active Directory object."
        return {"scheduleId": address, "error": {"message": text, "responseCode": "5009"}}
    days = _busy(box, start, end)
    return {
        "scheduleId": address,
        "availabilityView": _merged(days, start, end, interval),
        "scheduleItems": [_item(call, day) for day in days],
        "workingHours": _hours(box),
    }


def _busy(box: Mailbox, start: datetime, end: datetime) -> list[Occurrence]:
    return [day for day in box.occurrences(start, end) if not day.item.cancelled]


def _merged(days: list[Occurrence], start: datetime, end: datetime, interval: timedelta) -> str:
    view, at = "", start
    while at < end:
        inside = [DIGITS[day.status] for day in days if day.start < min(at + interval, end) and day.end > at]
        view += str(max(inside, default=0))
        at += interval
    return view


def _item(call: Call, day: Occurrence) -> dict[str, Any]:
    private = day.fields.get("sensitivity") in ("private", "confidential")
    seen = {} if private else {"subject": day.subject, "location": day.location}
    return {
        "isPrivate": private,
        "status": day.status,
        **seen,
        "start": written(day.start, call.zone_name),
        "end": written(day.end, call.zone_name),
    }


def _hours(box: Mailbox) -> dict[str, Any]:
    zone_of(box.zone_name)
    return {
        "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
        "startTime": "08:00:00.0000000",
        "endTime": "17:00:00.0000000",
        "timeZone": {"name": box.zone_name},
    }
