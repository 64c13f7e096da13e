"""An item as the client gets it: what it sent, what Exchange works out itself, in the schema's order.

`IdOnly` gives the id and what is asked for beside it; `Default` and `AllProperties` both give everything [U: a real
server gives less for Default]. A day of a series shows what the series has wherever it has nothing of its own, extended
properties too [U].
"""

import copy
from collections.abc import Callable
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

from tests.ews.mailbox import Fields, Item, Occurrence, PropertyPath, make_id, minutes, stamp
from tests.ews.soap import child, local, make, text_of

FOLDER_NUMBERS = {
    name: number
    for number, name in enumerate(
        ("root", "msgfolderroot", "calendar", "inbox", "drafts", "sentitems", "deleteditems", "outbox")
    )
}

_NAMES = """
    MimeContent ItemId ParentFolderId ItemClass Subject Sensitivity Body Attachments DateTimeReceived Size
    Categories Importance InReplyTo IsSubmitted IsDraft IsFromMe IsResend IsUnmodified InternetMessageHeaders
    DateTimeSent DateTimeCreated ResponseObjects ReminderDueBy ReminderIsSet ReminderNextTime
    ReminderMinutesBeforeStart DisplayCc DisplayTo DisplayBcc HasAttachments ExtendedProperty Culture
    EffectiveRights LastModifiedName LastModifiedTime IsAssociated ConversationId UniqueBody Flag TextBody UID
    RecurrenceId DateTimeStamp Start End OriginalStart IsAllDayEvent LegacyFreeBusyStatus Location When IsMeeting
    IsCancelled IsRecurring MeetingRequestWasSent IsResponseRequested CalendarItemType MyResponseType Organizer
    RequiredAttendees OptionalAttendees Resources Duration TimeZone AppointmentReplyTime AppointmentSequenceNumber
    AppointmentState Recurrence FirstOccurrence LastOccurrence ModifiedOccurrences DeletedOccurrences
    MeetingTimeZone StartTimeZone EndTimeZone ConferenceType AllowNewTimeProposal IsOnlineMeeting
    MeetingWorkspaceUrl NetShowUrl Sender ToRecipients CcRecipients BccRecipients IsReadReceiptRequested
    IsDeliveryReceiptRequested ConversationIndex ConversationTopic From InternetMessageId IsRead References ReplyTo
    ReceivedBy ReceivedRepresenting
"""
ORDER = tuple(_NAMES.split())
"""The order of ItemType, then CalendarItemType or MessageType, in `types.xsd`; a message's IsResponseRequested has
another place than a calendar item's, and is left out of messages."""

SERIES_ONLY = ("Recurrence", "FirstOccurrence", "LastOccurrence", "ModifiedOccurrences", "DeletedOccurrences")

Shape = tuple[bool, frozenset[str], frozenset[PropertyPath]]
"""All properties, the names asked for beside them, the extended ones asked for."""


def shape_of(element: Element | None) -> Shape:
    base = text_of(element, "t:BaseShape") or "IdOnly"
    names, paths = set(), set()
    extra = child(element, "t:AdditionalProperties")
    for uri in () if extra is None else extra:
        if local(uri) == "FieldURI":
            names.add(uri.get("FieldURI", "").partition(":")[2])
        elif local(uri) == "ExtendedFieldURI":
            paths.add(path_of(uri))
    return base != "IdOnly", frozenset(names), frozenset(paths)


DISTINGUISHED = {
    "PublicStrings": "00020329-0000-0000-c000-000000000046",
    "Appointment": "00062002-0000-0000-c000-000000000046",
    "Common": "00062008-0000-0000-c000-000000000046",
    "InternetHeaders": "00020386-0000-0000-c000-000000000046",
    "Meeting": "6ed8da90-450b-101b-98da-00aa003f1305",
}
"""The names of well known property sets (MS-OXPROPS 1.3.2): one property under either spelling."""


def path_of(uri: Element) -> PropertyPath:
    """What an extended property is known by: its set (or tag), its name (or number), its type."""
    named_set = uri.get("DistinguishedPropertySetId", "")
    property_set = DISTINGUISHED.get(named_set, named_set) or uri.get("PropertySetId", "").lower()
    name = uri.get("PropertyName") or uri.get("PropertyId") or ""
    return (property_set or uri.get("PropertyTag", "").lower(), name, uri.get("PropertyType", ""))


def item_id(item: Item, day: Occurrence | None = None) -> Element:
    return make("t:ItemId", Id=(day or item).id, ChangeKey=item.change_key)


def bare(item: Item, day: Occurrence | None = None) -> Element:
    """The answer to a write: the id and nothing else."""
    return make(f"t:{item.kind}", item_id(item, day))


def render(item: Item, day: Occurrence | None, shape: Shape) -> Element:
    """A day of a series where `day` is given, else the item itself."""
    everything, names, paths = shape
    fields = _stored(item, day)
    extended = _extended(item, day)
    element = make(f"t:{item.kind}")
    for name in ORDER:
        if name == "ExtendedProperty":
            wanted = extended if everything else {path: extended[path] for path in extended if path in paths}
            element.extend(copy.deepcopy(found) for found in wanted.values())
        elif name == "ItemId" or name in names or everything:
            found = value(item, day, fields, name)
            if found is not None:
                element.append(found)
    return element


def value(item: Item, day: Occurrence | None, fields: Fields, name: str) -> Element | None:
    """One property, worked out or as it was sent."""
    is_calendar = item.kind == "CalendarItem"
    for table, applies in ((COMMON, True), (CALENDAR, is_calendar), (MESSAGE, not is_calendar)):
        if applies and name in table:
            return table[name](item, day)
    if day is not None and item.recurrence is not None and name in SERIES_ONLY:
        return None
    if name == "IsResponseRequested" and not is_calendar:
        return None
    return copy.deepcopy(fields.get(name))


def values_of(item: Item, day: Occurrence | None, name: str) -> list[str]:
    """A property as texts, for restrictions: none where it is not set, several for categories."""
    found = value(item, day, _stored(item, day), name)
    if found is None:
        return []
    return [part.text or "" for part in found] if len(found) else [found.text or ""]


def extended_value(item: Item, day: Occurrence | None, path: PropertyPath) -> str | None:
    return text_of(_extended(item, day).get(path), "t:Value")


def _stored(item: Item, day: Occurrence | None) -> Fields:
    return item.fields | (day.override.fields if day is not None and day.override else {})


def _extended(item: Item, day: Occurrence | None) -> dict[PropertyPath, Element]:
    return item.extended | (day.override.extended if day is not None and day.override else {})


Work = Callable[[Item, Occurrence | None], Element | None]


def _flag(name: str, answer: Callable[[Item, Occurrence | None], bool]) -> Work:
    return lambda item, day: make(f"t:{name}", text=answer(item, day))


def _time(name: str, answer: Callable[[Item, Occurrence | None], datetime | None]) -> Work:
    def work(item: Item, day: Occurrence | None) -> Element | None:
        at = answer(item, day)
        return None if at is None else make(f"t:{name}", text=stamp(at))

    return work


def _kind(item: Item, day: Occurrence | None) -> str:
    if item.recurrence is None:
        return "Single"
    if day is None:
        return "RecurringMaster"
    return "Exception" if day.is_exception else "Occurrence"


def _is_day(item: Item, day: Occurrence | None) -> bool:
    return day is not None and item.recurrence is not None


def _is_all_day(item: Item, day: Occurrence | None) -> bool:
    """Exchange writes true where a client may have written 1, and says it of everything."""
    sent = _stored(item, day).get("IsAllDayEvent")
    return sent is not None and sent.text in ("1", "true")


def _text_body(item: Item, day: Occurrence | None) -> Element | None:
    body = _stored(item, day).get("Body")
    return None if body is None else make("t:TextBody", text=body.text or "", BodyType="Text")


def mailbox_element(name: str, address: str) -> Element:
    return make(
        name,
        make("t:Name", text=address),
        make("t:EmailAddress", text=address),
        make("t:RoutingType", text="SMTP"),
        make("t:MailboxType", text="Mailbox"),
    )


def _organizer(item: Item, day: Occurrence | None) -> Element:
    return make("t:Organizer", mailbox_element("t:Mailbox", item.organizer))


def _my_response(item: Item, day: Occurrence | None) -> Element:
    role = "NoResponseReceived" if item.is_copy else "Organizer" if item.attendees else "Unknown"
    return make("t:MyResponseType", text=role)


def _state(item: Item, day: Occurrence | None) -> Element:
    """Bits of MS-OXOCAL 2.2.1.10: 1 meeting, 2 received, 4 cancelled."""
    bits = bool(item.attendees) * 1 + item.is_copy * 2 + item.cancelled * 4
    return make("t:AppointmentState", text=bits)


def _duration(item: Item, day: Occurrence | None) -> Element:
    length: timedelta = (day or item).end - (day or item).start
    return make("t:Duration", text=f"PT{minutes(length)}M")


def _edge(name: str) -> Work:
    def work(item: Item, day: Occurrence | None) -> Element | None:
        if item.recurrence is None or day is not None:
            return None
        first, last = item.first_and_last()
        found = first if name == "FirstOccurrence" else last
        return None if found is None else make(f"t:{name}", *_edges(found))

    return work


def _edges(day: Occurrence) -> list[Element]:
    return [
        item_id(day.item, day),
        make("t:Start", text=stamp(day.start)),
        make("t:End", text=stamp(day.end)),
        make("t:OriginalStart", text=stamp(day.original)),
    ]


def _modified(item: Item, day: Occurrence | None) -> Element | None:
    if day is not None or not item.overrides:
        return None
    days = [make("t:Occurrence", *_edges(item.occurrence(at))) for at in sorted(item.overrides)]
    return make("t:ModifiedOccurrences", *days)


def _deleted(item: Item, day: Occurrence | None) -> Element | None:
    if day is not None or not item.deleted:
        return None
    days = [make("t:DeletedOccurrence", make("t:Start", text=stamp(at))) for at in sorted(item.deleted)]
    return make("t:DeletedOccurrences", *days)


def _folder(item: Item, day: Occurrence | None) -> Element:
    return make("t:ParentFolderId", Id=make_id("folder", item.owner, FOLDER_NUMBERS[item.folder]), ChangeKey="AQAAAA==")


def _class(item: Item, day: Occurrence | None) -> Element:
    kind = "IPM.Appointment" if item.kind == "CalendarItem" else "IPM.Note"
    return make("t:ItemClass", text=f"{kind}.Occurrence" if _is_day(item, day) and kind != "IPM.Note" else kind)


COMMON: dict[str, Work] = {
    "ItemId": item_id,
    "ParentFolderId": _folder,
    "ItemClass": _class,
    "DateTimeReceived": _time("DateTimeReceived", lambda item, day: item.created),
    "IsDraft": _flag("IsDraft", lambda item, day: item.folder == "drafts"),
    "IsFromMe": _flag("IsFromMe", lambda item, day: not item.is_copy),
    "DateTimeCreated": _time("DateTimeCreated", lambda item, day: item.created),
    "HasAttachments": _flag("HasAttachments", lambda item, day: False),
    "LastModifiedTime": _time("LastModifiedTime", lambda item, day: item.modified),
    "TextBody": _text_body,
}
CALENDAR: dict[str, Work] = {
    "UID": lambda item, day: make("t:UID", text=item.uid),
    "RecurrenceId": _time("RecurrenceId", lambda item, day: day.original if day and _is_day(item, day) else None),
    "DateTimeStamp": _time("DateTimeStamp", lambda item, day: item.modified),
    "Start": _time("Start", lambda item, day: (day or item).start),
    "End": _time("End", lambda item, day: (day or item).end),
    "OriginalStart": _time("OriginalStart", lambda item, day: day.original if day and _is_day(item, day) else None),
    "IsAllDayEvent": _flag("IsAllDayEvent", _is_all_day),
    "IsMeeting": _flag("IsMeeting", lambda item, day: bool(item.attendees)),
    "IsCancelled": _flag("IsCancelled", lambda item, day: item.cancelled),
    "IsRecurring": _flag("IsRecurring", _is_day),
    "MeetingRequestWasSent": _flag("MeetingRequestWasSent", lambda item, day: item.sent),
    "CalendarItemType": lambda item, day: make("t:CalendarItemType", text=_kind(item, day)),
    "MyResponseType": _my_response,
    "Organizer": _organizer,
    "Duration": _duration,
    "AppointmentSequenceNumber": lambda item, day: make("t:AppointmentSequenceNumber", text=item.sequence),
    "AppointmentState": _state,
    "FirstOccurrence": _edge("FirstOccurrence"),
    "LastOccurrence": _edge("LastOccurrence"),
    "ModifiedOccurrences": _modified,
    "DeletedOccurrences": _deleted,
}
MESSAGE: dict[str, Work] = {
    "DateTimeSent": _time("DateTimeSent", lambda item, day: item.created),
    "Sender": lambda item, day: make("t:Sender", mailbox_element("t:Mailbox", item.owner)),
}
WORKED_OUT = (frozenset(COMMON) | frozenset(CALENDAR)) - {"Start", "End", "UID", "IsAllDayEvent"}
"""What a client cannot set: ErrorInvalidPropertySet."""
