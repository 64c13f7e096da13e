"""An event as Microsoft Graph shows it, property by property: only what is asked for is worked out.

Properties and their defaults: the reference's event. Times are in UTC, or in the zone that `Prefer: outlook.timezone` names.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tests.graph import words
from tests.graph.call import Call
from tests.graph.mailbox import Fields, Item, Occurrence
from tests.graph.zones import precise, stamp, written

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


@dataclass(frozen=True, slots=True)
class View:
    """An event, or one day of a series, for a call."""

    call: Call
    item: Item
    day: Occurrence | None
    fields: Fields
    id: str

    @classmethod
    def of(cls, call: Call, item: Item, day: Occurrence | None) -> "View":
        day = None if item.recurrence is None else day
        original = None if day is None else item.original_day(day.original)
        return cls(call, item, day, item.fields if day is None else day.fields, call.event_id(item, original))

    @property
    def shown(self) -> Item | Occurrence:
        return self.item if self.day is None else self.day

    def occurrence_ids(self) -> list[str]:
        """Of the days that were deleted."""
        gone = sorted(self.item.original_day(at) for at in self.item.deleted)
        return [f"OID.{self.call.event_id(self.item)}.{each}" for each in gone]


def whole(
    call: Call, item: Item, day: Occurrence | None = None, names: Collection[str] | None = None
) -> dict[str, Any]:
    """Everything but what is expanded, or only these properties; the id always."""
    view = View.of(call, item, day)
    value = {"@odata.etag": f'W/"{item.change_key}"', "id": view.id}
    for name in PROPERTIES if names is None else _in_order(frozenset(names)):
        value[name] = PROPERTIES[name](view)
    own = OF_DAYS if view.day is not None else OF_MASTERS if item.recurrence is not None else {}
    value |= {name: make(view) for name, make in own.items() if names is None or name in names}
    return value


@lru_cache(maxsize=100)
def _in_order(names: frozenset[str]) -> tuple[str, ...]:
    """The properties among these: the same ones for each of hundreds of days."""
    return tuple(name for name in PROPERTIES if name in names)


def _usual(name: str) -> Callable[[View], Any]:
    def made(view: View) -> Any:
        own = view.fields.get(name)
        return USUAL[name] if own is None else own

    return made


def _link(view: View) -> str:
    return f"https://outlook.office365.com/owa/?itemid={view.id.replace('=', '%3D')}&exvsurl=1&path=/calendar/item"


PROPERTIES: dict[str, Callable[[View], Any]] = {
    "createdDateTime": lambda view: precise(view.item.created),
    "lastModifiedDateTime": lambda view: precise(view.item.modified),
    "changeKey": lambda view: view.item.change_key,
    "transactionId": lambda view: view.item.transaction or None,
    "originalStartTimeZone": lambda view: view.item.zone_name,
    "originalEndTimeZone": lambda view: view.item.end_zone_name,
    "iCalUId": lambda view: uid(view.item, view.day),
    "isCancelled": lambda view: view.item.cancelled,
    "isOrganizer": lambda view: not view.item.is_copy,
    "seriesMasterId": lambda view: None if view.day is None else view.call.event_id(view.item),
    "type": lambda view: kind(view.item, view.day),
    "webLink": _link,
    "onlineMeetingUrl": lambda view: None,
    "onlineMeeting": lambda view: None,
    "recurrence": lambda view: view.item.recurrence if view.day is None else None,
    "bodyPreview": lambda view: words.preview(view.fields.get("body")),
    "body": lambda view: words.shown(view.fields.get("body"), view.call.body_type),
    "start": lambda view: written(view.shown.start, view.call.zone_name),
    "end": lambda view: written(view.shown.end, view.call.zone_name),
    "location": lambda view: _location(view.fields.get("location")),
    "locations": lambda view: [_location(each) for each in view.fields.get("locations") or ()],
    "attendees": lambda view: _attendees(view.call, view.item, view.fields),
    "organizer": lambda view: _person(view.call, view.item.organizer),
    "responseStatus": lambda view: {
        "response": view.item.response if view.item.is_copy else "organizer",
        "time": NEVER,
    },
    **{name: _usual(name) for name in USUAL},
}
OF_DAYS: dict[str, Callable[[View], Any]] = {
    "originalStart": lambda view: stamp(view.day.original) if view.day else None,
    "occurrenceId": lambda view: (
        f"OID.{view.call.event_id(view.item)}.{view.item.original_day(view.day.original)}" if view.day else None
    ),
}
OF_MASTERS: dict[str, Callable[[View], Any]] = {"cancelledOccurrences": View.occurrence_ids}
KNOWN = frozenset(("id", *PROPERTIES, *OF_DAYS, *OF_MASTERS))


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
