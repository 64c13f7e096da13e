"""What a body may hold: Microsoft's own description (CSDL) where GRAPH_SCHEMA_DIR names its folder, else a few types by hand.

Refused: unknown properties (RequestBodyRead), values of another type or enum (RequestBodyRead), null for a collection
(UnableToDeserializePostBody). Taken: booleans and numbers as text, enum members in any case, names of parameters in any
case, annotations (`@odata...`). The messages are OData's own.
"""

import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tests.graph.errors import GraphError, bad

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
Properties = dict[str, str]

BUILT_IN_ENUMS: dict[str, tuple[str, ...]] = {
    "freeBusyStatus": ("unknown", "free", "tentative", "busy", "oof", "workingElsewhere"),
    "dayOfWeek": ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"),
    "recurrencePatternType": (
        "daily", "weekly", "absoluteMonthly", "relativeMonthly", "absoluteYearly", "relativeYearly",
    ),
    "recurrenceRangeType": ("endDate", "noEnd", "numbered"),
    "weekIndex": ("first", "second", "third", "fourth", "last"),
    "sensitivity": ("normal", "personal", "private", "confidential"),
    "importance": ("low", "normal", "high"),
    "bodyType": ("text", "html"),
    "attendeeType": ("required", "optional", "resource"),
    "onlineMeetingProviderType": ("unknown", "skypeForBusiness", "skypeForConsumer", "teamsForBusiness"),
    "responseType": ("none", "organizer", "tentativelyAccepted", "accepted", "declined", "notResponded"),
    "eventType": ("singleInstance", "occurrence", "exception", "seriesMaster"),
}  # fmt: skip
BUILT_IN_TYPES: dict[str, Properties] = {
    name: dict(each.split(":") for each in text.split())
    for name, text in {
        "event": "id:String subject:String body:itemBody bodyPreview:String start:dateTimeTimeZone end:dateTimeTimeZone"
        " location:location locations:location* attendees:attendee* organizer:recipient recurrence:patternedRecurrence"
        " showAs:freeBusyStatus sensitivity:sensitivity importance:importance categories:String* isAllDay:Boolean"
        " isReminderOn:Boolean reminderMinutesBeforeStart:Int32 responseRequested:Boolean hideAttendees:Boolean"
        " allowNewTimeProposals:Boolean isOnlineMeeting:Boolean onlineMeetingProvider:onlineMeetingProviderType"
        " transactionId:String isCancelled:Boolean isDraft:Boolean isOrganizer:Boolean iCalUId:String webLink:String"
        " responseStatus:responseStatus type:eventType seriesMasterId:String originalStart:DateTimeOffset"
        " originalStartTimeZone:String originalEndTimeZone:String hasAttachments:Boolean changeKey:String"
        " createdDateTime:DateTimeOffset lastModifiedDateTime:DateTimeOffset cancelledOccurrences:String*"
        " onlineMeetingUrl:String onlineMeeting:Any exceptionOccurrences:event* instances:event*"
        " singleValueExtendedProperties:singleValueLegacyExtendedProperty*",
        "message": "id:String subject:String body:itemBody bodyPreview:String toRecipients:recipient*"
        " ccRecipients:recipient* bccRecipients:recipient* replyTo:recipient* from:recipient sender:recipient"
        " importance:importance internetMessageHeaders:internetMessageHeader* internetMessageId:String"
        " categories:String* isRead:Boolean isDraft:Boolean hasAttachments:Boolean parentFolderId:String"
        " receivedDateTime:DateTimeOffset sentDateTime:DateTimeOffset createdDateTime:DateTimeOffset"
        " lastModifiedDateTime:DateTimeOffset conversationId:String webLink:String changeKey:String uniqueBody:itemBody"
        " attachments:Any* singleValueExtendedProperties:singleValueLegacyExtendedProperty* flag:Any"
        " isDeliveryReceiptRequested:Boolean isReadReceiptRequested:Boolean inferenceClassification:Any",
        "user": "id:String userPrincipalName:String displayName:String mail:String accountEnabled:Boolean"
        " userType:String givenName:String surname:String department:String preferredLanguage:String"
        " employeeId:String jobTitle:String officeLocation:String mobilePhone:String businessPhones:String*"
        " companyName:String country:String city:String usageLocation:String employeeType:String manager:Any"
        " mailNickname:String onPremisesExtensionAttributes:Any proxyAddresses:String* otherMails:String*"
        " employeeHireDate:DateTimeOffset assignedLicenses:Any* memberOf:Any* onPremisesSyncEnabled:Boolean"
        " employeeLeaveDateTime:DateTimeOffset employeeOrgData:Any mailboxSettings:Any",
        "group": "id:String displayName:String mail:String description:String mailEnabled:Boolean mailNickname:String"
        " securityEnabled:Boolean groupTypes:String* visibility:String proxyAddresses:String* members:Any* owners:Any*"
        " createdDateTime:DateTimeOffset",
        "calendar": "id:String name:String color:Any hexColor:String isDefaultCalendar:Boolean changeKey:String"
        " canShare:Boolean canViewPrivateItems:Boolean canEdit:Boolean allowedOnlineMeetingProviders:onlineMeetingProviderType*"
        " defaultOnlineMeetingProvider:onlineMeetingProviderType isTallyingResponses:Boolean isRemovable:Boolean owner:emailAddress",
        "mailFolder": "id:String displayName:String parentFolderId:String childFolderCount:Int32"
        " unreadItemCount:Int32 totalItemCount:Int32 sizeInBytes:Any isHidden:Boolean",
        "itemBody": "contentType:bodyType content:String",
        "dateTimeTimeZone": "dateTime:String timeZone:String",
        "location": "displayName:String locationType:Any uniqueId:String uniqueIdType:Any locationUri:String"
        " locationEmailAddress:String address:Any coordinates:Any",
        "attendee": "type:attendeeType status:responseStatus emailAddress:emailAddress proposedNewTime:timeSlot",
        "recipient": "emailAddress:emailAddress",
        "emailAddress": "name:String address:String",
        "responseStatus": "response:responseType time:DateTimeOffset",
        "timeSlot": "start:dateTimeTimeZone end:dateTimeTimeZone",
        "patternedRecurrence": "pattern:recurrencePattern range:recurrenceRange",
        "recurrencePattern": "type:recurrencePatternType interval:Int32 month:Int32 dayOfMonth:Int32"
        " daysOfWeek:dayOfWeek* firstDayOfWeek:dayOfWeek index:weekIndex",
        "recurrenceRange": "type:recurrenceRangeType startDate:Date endDate:Date recurrenceTimeZone:String"
        " numberOfOccurrences:Int32",
        "singleValueLegacyExtendedProperty": "id:String value:String",
        "internetMessageHeader": "name:String value:String",
    }.items()
}
for _name, _more in {
    "eventMessage": ("meetingMessageType",),
    "eventMessageRequest": ("meetingMessageType",),
    "eventMessageResponse": ("meetingMessageType", "responseType"),
}.items():
    BUILT_IN_TYPES[_name] = BUILT_IN_TYPES["message"] | dict.fromkeys(_more, "Any")
ACTIONS: dict[str, Properties] = {
    "cancel": {"Comment": "String"},
    "accept": {"Comment": "String", "SendResponse": "Boolean"},
    "decline": {"Comment": "String", "SendResponse": "Boolean", "ProposedNewTime": "timeSlot"},
    "tentativelyAccept": {"Comment": "String", "SendResponse": "Boolean", "ProposedNewTime": "timeSlot"},
    "getSchedule": {
        "Schedules": "String*",
        "StartTime": "dateTimeTimeZone",
        "EndTime": "dateTimeTimeZone",
        "AvailabilityViewInterval": "Int32",
    },
    "sendMail": {"Message": "message", "SaveToSentItems": "Boolean"},
}
"""Parameters of the actions that are served, on events, calendars and users."""

_PLAIN: dict[str, re.Pattern[str]] = {
    "Int32": re.compile(r"-?\d{1,10}"),
    "Date": re.compile(r"\d{4}-\d\d-\d\d"),
    "DateTimeOffset": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)"),
    "Boolean": re.compile("true|false", re.IGNORECASE),
}


@dataclass(frozen=True)
class Schema:
    """`*` behind a type's name: a collection of it."""

    types: dict[str, Properties]
    enums: dict[str, tuple[str, ...]]

    def names(self, kind: str) -> frozenset[str]:
        return frozenset(self.types[kind])

    def read(self, kind: str, value: Any) -> Any:
        """A body as it is kept: members of enums as Microsoft writes them. Raises GraphError for what is refused."""
        return self._value(kind, value, kind)

    def read_action(self, action: str, value: Any) -> dict[str, Any]:
        """The parameters by the names of the description. A body may be missing."""
        parameters = ACTIONS[action]
        if not isinstance(value, dict):
            raise _unread(f"The parameters of {action} are no object.")
        known = {name.lower(): name for name in parameters}
        found = {}
        for name, each in value.items():
            if name.lower() not in known:
                text = f"The parameter '{name}' in the request payload is not a valid parameter for the operation '{action}'."
                raise _unread(text)
            own = known[name.lower()]
            found[own] = self._value(parameters[own], each, own)
        return found

    def complaint(self, kind: str, value: Any) -> str | None:
        """What is wrong with an answer of ours, if anything."""
        try:
            self._value(kind, value, kind)
        except GraphError as error:
            return error.message
        return None

    def _value(self, kind: str, value: Any, where: str) -> Any:
        if kind.endswith("*"):
            return self._collection(kind[:-1], value, where)
        if value is None or kind == "Any":
            return value
        if kind in self.enums:
            return self._member(kind, value)
        if kind in self.types:
            return self._object(kind, value)
        return _plain(kind, value)

    def _collection(self, kind: str, value: Any, where: str) -> list[Any]:
        if not isinstance(value, list):
            text = "null" if value is None else "no array"
            raise bad("UnableToDeserializePostBody", f"were unable to deserialize: '{where}' is {text}.")
        return [self._value(kind, each, where) for each in value]

    def _member(self, kind: str, value: Any) -> str:
        for member in self.enums[kind]:
            if isinstance(value, str) and value.lower() == member.lower():
                return member
        raise _unread(f"Cannot convert the literal '{value}' to the expected type 'microsoft.graph.{kind}'.")

    def _object(self, kind: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _unread(f"An object of type 'microsoft.graph.{kind}' was expected, not '{value}'.")
        said = str(value.get("@odata.type", "")).rpartition(".")[2]
        properties = self.types[said if said in self.types else kind]
        found = {}
        for name, each in value.items():
            if "@odata." in name:
                continue
            if name not in properties:
                raise _unread(
                    f"The property '{name}' does not exist on type 'microsoft.graph.{kind}'. Make sure to only use"
                    " property names that are defined by the type or mark the type as open type."
                )
            found[name] = self._value(properties[name], each, name)
        return found


def _plain(kind: str, value: Any) -> Any:
    """Booleans and whole numbers are taken as text too."""
    text = value if isinstance(value, str) else None
    if kind == "String" and text is not None:
        return text
    if kind == "Boolean" and isinstance(value, bool):
        return value
    if kind == "Int32" and isinstance(value, int) and not isinstance(value, bool):
        return value
    shape = _PLAIN.get(kind)
    if shape is not None and text is not None and shape.fullmatch(text):
        return text.lower() == "true" if kind == "Boolean" else int(text) if kind == "Int32" else text
    if shape is None and kind != "String":
        return value  # types that nothing here depends on
    raise _unread(f"Cannot convert the literal '{value}' to the expected type 'Edm.{kind}'.")


def _unread(message: str) -> GraphError:
    return bad("RequestBodyRead", message)


def schema() -> Schema:
    """The description of the folder in GRAPH_SCHEMA_DIR, or the built-in one."""
    folder = os.environ.get("GRAPH_SCHEMA_DIR")
    if not folder:
        return Schema(BUILT_IN_TYPES, BUILT_IN_ENUMS)
    (file,) = Path(folder).glob("*.csdl")
    return _from_csdl(file)


@cache
def _from_csdl(file: Path) -> Schema:
    root = ElementTree.parse(file).getroot()
    space = next(one for one in root.iter(f"{EDM}Schema") if one.get("Namespace") == "microsoft.graph")
    enums = {
        each.get("Name", ""): tuple(member.get("Name", "") for member in each.iter(f"{EDM}Member"))
        for each in space.iter(f"{EDM}EnumType")
    }
    elements = {each.get("Name", ""): each for each in space if each.tag in (f"{EDM}EntityType", f"{EDM}ComplexType")}
    return Schema({name: _properties(each, elements) for name, each in elements.items()}, enums)


def _properties(element: ElementTree.Element, elements: dict[str, ElementTree.Element]) -> Properties:
    base = element.get("BaseType", "").rpartition(".")[2]
    found = _properties(elements[base], elements) if base in elements else {}
    for each in element:
        if each.tag in (f"{EDM}Property", f"{EDM}NavigationProperty"):
            found[each.get("Name", "")] = _kind(each.get("Type", ""))
    return found


def _kind(text: str) -> str:
    many = text.startswith("Collection(")
    plain = text.removeprefix("Collection(").rstrip(")")
    return plain.rpartition(".")[2] + ("*" if many else "")
