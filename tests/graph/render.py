"""Events as Microsoft Graph shows them.

Properties and their defaults: the reference's event. `instances` and views leave out what an occurrence has no own of.
Times are in UTC, or in the zone that `Prefer: outlook.timezone` names.
"""

import re
from typing import Any

from tests.graph import words
from tests.graph.call import Call
from tests.graph.errors import GraphError, bad
from tests.graph.mailbox import Item, Occurrence, property_key
from tests.graph.query import Exact, names_in, read_filter
from tests.graph.zones import stamp, written

NEVER = "0001-01-01T00:00:00Z"
USUAL: dict[str, Any] = {
    "subject": "",
    "importance": "normal",
    "sensitivity": "normal",
    "showAs": "busy",
    "isAllDay": False,
    "isReminderOn": True,
    "reminderMinutesBeforeStart": 15,
    "responseRequested": True,
    "allowNewTimeProposals": True,
    "hideAttendees": False,
    "isOnlineMeeting": False,
    "onlineMeetingProvider": "unknown",
    "categories": [],
    "hasAttachments": False,
    "isDraft": False,
}
EXPANDED = (
    "singleValueExtendedProperties",
    "exceptionOccurrences",
    "attachments",
    "extensions",
    "instances",
    "calendar",
)
ONLY_SELECTED = ("cancelledOccurrences",)


def event(call: Call, item: Item, day: Occurrence | None = None, *, view: bool = False) -> dict[str, Any]:
    """An event, or one day of a series, cut to what `$select` and `$expand` ask for."""
    names = select(call, "event")
    value = whole(call, item, day)
    if names is None:
        for name in ONLY_SELECTED:
            value.pop(name, None)
    else:
        keep = {"id", *names} - ({"createdDateTime", "lastModifiedDateTime"} if view else set())
        if "body" not in keep:
            value.pop("body", None)
        value = {name: each for name, each in value.items() if name in keep or name.startswith("@odata")}
    return value | expanded(call, item, day)


def whole(call: Call, item: Item, day: Occurrence | None = None) -> dict[str, Any]:
    """Everything but what is expanded."""
    if item.recurrence is None:
        day = None
    shown: Item | Occurrence = item if day is None else day
    fields, zone = shown.fields, call.zone_name
    original = None if day is None else item.original_day(day.original)
    id_ = call.event_id(item, original)
    value: dict[str, Any] = {
        "@odata.etag": f'W/"{item.change_key}"',
        "id": id_,
        "createdDateTime": stamp(item.created),
        "lastModifiedDateTime": stamp(item.modified),
        "changeKey": item.change_key,
        "transactionId": item.transaction or None,
        "originalStartTimeZone": item.zone_name,
        "originalEndTimeZone": item.end_zone_name,
        "iCalUId": uid(item, day),
        "isCancelled": item.cancelled,
        "isOrganizer": not item.is_copy,
        "seriesMasterId": None if day is None else call.event_id(item),
        "type": kind(item, day),
        "webLink": f"https://outlook.office365.com/owa/?itemid={id_.replace('=', '%3D')}&exvsurl=1&path=/calendar/item",
        "onlineMeetingUrl": None,
        "onlineMeeting": None,
        "recurrence": item.recurrence if day is None else None,
        "bodyPreview": words.preview(fields.get("body")),
        "body": words.shown(fields.get("body"), call.body_type),
        "start": written(shown.start, zone),
        "end": written(shown.end, zone),
        "location": _location(fields.get("location")),
        "locations": [_location(each) for each in fields.get("locations") or ()],
        "attendees": _attendees(call, item, fields),
        "organizer": _person(call, item.organizer),
        "responseStatus": {"response": item.response if item.is_copy else "organizer", "time": NEVER},
    }
    value |= USUAL | {name: each for name, each in fields.items() if name in USUAL and each is not None}
    if day is not None:
        value["originalStart"] = stamp(day.original)
        value["occurrenceId"] = f"OID.{call.show_id('event', item.number)}.{original}"
    elif item.recurrence is not None:
        master = call.event_id(item)
        gone = sorted(item.original_day(at) for at in item.deleted)
        value["cancelledOccurrences"] = [f"OID.{master}.{each}" for each in gone]
    return value


def kind(item: Item, day: Occurrence | None) -> str:
    if item.recurrence is None:
        return "singleInstance"
    if day is None:
        return "seriesMaster"
    return "exception" if day.is_exception else "occurrence"


def uid(item: Item, day: Occurrence | None) -> str:
    """An occurrence has its date inside (MS-OXOCAL, PidLidGlobalObjectId)."""
    if day is None:
        return item.uid
    at = item.original_day(day.original)
    return f"{item.uid[:32]}{at.year:04X}{at.month:02X}{at.day:02X}{item.uid[40:]}"


def _location(value: dict[str, Any] | None) -> dict[str, Any]:
    name = (value or {}).get("displayName") or ""
    usual = {
        "displayName": name,
        "locationType": "default",
        "uniqueId": name,
        "uniqueIdType": "private" if name else "unknown",
    }
    return usual | {key: each for key, each in (value or {}).items() if each is not None}


def _person(call: Call, address: str) -> dict[str, Any]:
    box = call.world.mailboxes.get(address)
    return {"emailAddress": {"name": box.name if box else address, "address": address}}


def _attendees(call: Call, item: Item, fields: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for one in fields.get("attendees") or ():
        known = one.get("emailAddress") or {}
        address = known.get("address", "")
        answer, at = item.answers.get(address.lower(), ("none", None))
        name = known.get("name") or _person(call, address.lower())["emailAddress"]["name"]
        status = {"response": answer, "time": NEVER if at is None else stamp(at)}
        found.append(
            {
                "type": one.get("type") or "required",
                "status": status,
                "emailAddress": {"name": name, "address": address},
            }
        )
    return found


# What is asked for


def select(call: Call, type_name: str) -> list[str] | None:
    """The names of `$select`. Raises GraphError for one that the type does not have."""
    text = call.query.get("$select")
    if not text:
        return None
    names = [name.strip() for name in text.split(",")]
    known = call.schema.names(type_name)
    for name in names:
        if name.partition("/")[0] not in known:
            said = f"Could not find a property named '{name}' on type 'microsoft.graph.{type_name}'."
            raise bad("RequestBroker--ParseUri", said)
    return names


def expansions(text: str) -> dict[str, str]:
    """The parts of `$expand` with what stands in their brackets."""
    found, depth, start = {}, 0, 0
    for at, mark in enumerate(text + ","):
        depth += (mark == "(") - (mark == ")")
        if mark == "," and depth == 0:
            name, _, inner = text[start:at].strip().partition("(")
            found[name] = inner.removesuffix(")")
            start = at + 1
    return found


def options(inner: str) -> dict[str, str]:
    """`$filter=...;$select=...` inside an expansion."""
    parts = re.split(r";(?=\$)", inner)
    return {name.strip().lower(): value for name, _, value in (part.partition("=") for part in parts) if name.strip()}


def expanded(call: Call, item: Item, day: Occurrence | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, inner in expansions(call.query.get("$expand", "")).items():
        if not name:
            continue
        if name == "singleValueExtendedProperties":
            own = properties(item.extended if day is None else day.extended, options(inner))
            if own:
                found[name] = own
        elif name == "exceptionOccurrences":
            own_days = [item.occurrence(at) for at in sorted(item.overrides)] if day is None else []
            chosen = options(inner).get("$select")
            found[name] = [_cut(whole(call, item, each), chosen) for each in own_days]
        elif name in EXPANDED:
            found[name] = []
        else:
            said = f"Could not find a property named '{name}' on type 'microsoft.graph.event'."
            raise bad("RequestBroker--ParseUri", said)
    return found


def _cut(value: dict[str, Any], names: str | None) -> dict[str, Any]:
    if names is None:
        return value
    wanted = {"id", *(name.strip() for name in names.split(","))}
    return {name: each for name, each in value.items() if name in wanted or name.startswith("@odata")}


def properties(extended: dict[str, str], inner: dict[str, str]) -> list[dict[str, str]]:
    """Extended properties that an expansion asks for by their ids: nobody gets all of them."""
    if "$filter" not in inner:
        raise bad("ErrorInvalidRequest", "The expand of extended properties needs a filter on their ids.")
    test = read_filter(inner["$filter"])
    if "id" not in names_in(inner["$filter"]):
        raise bad("ErrorInvalidUrlQueryFilter", "The filter of an extended property must be on its id.")
    found = [{"id": Exact(key), "value": value} for key, value in extended.items()]
    return [{"id": spelt(one["id"]), "value": one["value"]} for one in found if test(one)]


def spelt(key: str) -> str:
    """A property's id as Microsoft writes it."""
    kind, _, rest = key.partition(" ")
    plain = rest.replace(" name ", " Name ", 1).replace(" id ", " Id ", 1) if "}" in rest else rest
    return f"{kind[:1].upper()}{kind[1:]} {plain}"


def filterable(call: Call, item: Item, day: Occurrence | None = None) -> dict[str, Any]:
    """An event with its extended properties, for a filter."""
    extended = item.extended if day is None else day.extended
    own = [{"id": Exact(key), "value": value} for key, value in extended.items()]
    return whole(call, item, day) | {"singleValueExtendedProperties": own}


def read_properties(values: list[dict[str, Any]] | None) -> dict[str, str]:
    """Extended properties that were sent, by their keys. Raises GraphError for one without id or value."""
    found = {}
    for one in values or ():
        if not one.get("id") or one.get("value") is None:
            raise GraphError(400, "ErrorInvalidProperty", "An extended property needs its id and its value.")
        found[property_key(one["id"])] = one["value"]
    return found
