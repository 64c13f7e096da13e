"""What the server keeps: mailboxes, their items, and the days of a series with what was changed or deleted.

An item holds the elements as the client sent them, by name; what Exchange works out itself stands in `render.py`.
"""

import base64
import binascii
import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Literal
from xml.etree.ElementTree import Element

from tests.ews.recurrence import starts
from tests.ews.soap import EwsError, local, text_of
from tests.ews.zones import zone_of

State = Literal["active", "disabled", "full", "moving", "cloud"]
"""disabled: the account is switched off. full: reads work, writes give ErrorQuotaExceeded. moving: on its way.
cloud: gone to Microsoft 365; for this server there is no mailbox any more [U]. A missing mailbox is simply not there."""

Fields = dict[str, Element]
PropertyPath = tuple[str, ...]

ATTENDEES = ("RequiredAttendees", "OptionalAttendees", "Resources")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that left: as MIME where it came so, else empty with the parts beside it."""

    sender: str
    recipients: tuple[str, ...]
    mime: bytes
    subject: str
    kept: bool  # in Sent Items


@dataclass(frozen=True, slots=True)
class Delivery:
    """What an attendee receives. Times in UTC; `original` is set where one day of a series is meant."""

    method: Literal["REQUEST", "CANCEL"]
    uid: str
    sequence: int
    subject: str
    start: datetime
    end: datetime
    organizer: str
    location: str = ""
    body: str = ""
    original: datetime | None = None
    recurring: bool = False


@dataclass(slots=True)
class Override:
    """A day of a series that differs from the series: only what differs."""

    fields: Fields = field(default_factory=dict)
    extended: dict[PropertyPath, Element] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Item:
    """A calendar item or a message. `uid`, `sequence` and the flags matter in calendars only."""

    owner: str
    number: int
    kind: str  # the element: CalendarItem, Message
    folder: str
    created: datetime
    modified: datetime
    fields: Fields = field(default_factory=dict)
    extended: dict[PropertyPath, Element] = field(default_factory=dict)
    change: int = 1
    uid: str = ""
    sequence: int = 0
    organizer: str = ""
    is_copy: bool = False  # an attendee's copy of somebody else's meeting
    cancelled: bool = False
    sent: bool = False
    invited: dict[str, str] = field(default_factory=dict)  # who has been asked, and in which role
    overrides: dict[datetime, Override] = field(default_factory=dict)
    deleted: set[datetime] = field(default_factory=set)

    @property
    def id(self) -> str:
        return make_id("item", self.owner, self.number)

    @property
    def change_key(self) -> str:
        return base64.b64encode(f"{self.number}.{self.change}".encode()).decode()

    @property
    def subject(self) -> str:
        return self.text("Subject")

    @property
    def body(self) -> str:
        return self.text("Body")

    @property
    def start(self) -> datetime:
        return moment(self.text("Start"))

    @property
    def end(self) -> datetime:
        return moment(self.text("End"))

    @property
    def recurrence(self) -> Element | None:
        return self.fields.get("Recurrence")

    @property
    def zone_name(self) -> str:
        element = self.fields.get("StartTimeZone")
        return "UTC" if element is None else element.get("Id", "UTC")

    @property
    def status(self) -> str:
        return self.text("LegacyFreeBusyStatus") or "Busy"

    @property
    def attendees(self) -> dict[str, str]:
        """Address to the element it stands in."""
        return {
            (text_of(attendee, "t:Mailbox", "t:EmailAddress") or "").lower(): role
            for role in ATTENDEES
            for attendee in self.fields.get(role, ())
        }

    def text(self, name: str) -> str:
        element = self.fields.get(name)
        return "" if element is None else element.text or ""

    def property(self, name: str) -> str | None:
        """The text of our own extended property of this name."""
        return _property(self.extended, name)

    def touch(self, now: datetime) -> None:
        self.change += 1
        self.modified = now

    def all_starts(self) -> Iterator[datetime]:
        """Where the pattern puts the days, deleted and moved ones too. For a single item its start."""
        if self.recurrence is None:
            return iter((self.start,))
        zone = zone_of(self.zone_name)
        return starts(self.recurrence, self.start.astimezone(zone).timetz().replace(tzinfo=None), zone)

    def occurrences(self, start: datetime, end: datetime) -> "list[Occurrence]":
        """The days that overlap a span, in order of their starts."""
        found = [self.occurrence(at) for at in self._plain_starts(start, end)]
        found += [self.occurrence(at) for at in self.overrides]
        return sorted((day for day in found if day.start < end and day.end > start), key=lambda day: day.start)

    def _plain_starts(self, start: datetime, end: datetime) -> Iterator[datetime]:
        length = self.end - self.start
        for at in self.all_starts():
            if at >= end:
                return
            if at + length > start and at not in self.deleted and at not in self.overrides:
                yield at

    def occurrence(self, original: datetime) -> "Occurrence":
        return Occurrence(self, original, self.overrides.get(original))

    def original_of_index(self, index: int, *, deleted_too: bool = True) -> datetime:
        """The pattern's start of the n-th day, from 1; deleted days keep their numbers, or (`deleted_too`) have none."""
        days = (at for at in self.all_starts() if deleted_too or at not in self.deleted)
        at = next(islice(days, index - 1, None), None) if index > 0 else None
        if self.recurrence is None or at is None:
            raise EwsError("ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange")
        if at in self.deleted:
            raise EwsError("ErrorCalendarOccurrenceIsDeletedFromRecurrence")
        return at

    def check_original(self, original: datetime) -> datetime:
        """Raises EwsError ErrorItemNotFound where the series has no such day any more."""
        for at in self.all_starts():
            if at >= original:
                if at == original and at not in self.deleted:
                    return at
                break
        raise EwsError("ErrorItemNotFound", "The series has no such occurrence.")

    def neighbours(self, original: datetime) -> "tuple[Occurrence | None, Occurrence | None]":
        """The days before and after one day, as they stand now."""
        before: Occurrence | None = None
        for at in self.all_starts():
            if at > original:
                if at not in self.deleted:
                    return before, self.occurrence(at)
            elif at < original and at not in self.deleted:
                before = self.occurrence(at)
        return before, None

    def first_and_last(self) -> "tuple[Occurrence, Occurrence | None]":
        """The first and the last day that are left; no last one where the series has no end.

        Raises EwsError ErrorRecurrenceHasNoOccurrence where nothing is left.
        """
        endless = self.recurrence is not None and local(self.recurrence[1]) == "NoEndRecurrence"
        days = (at for at in self.all_starts() if at not in self.deleted)
        first = next(days, None)
        if first is None:
            raise EwsError("ErrorRecurrenceHasNoOccurrence")
        last = first
        if not endless:
            for last in days:  # noqa: B007 - the last one is wanted
                pass
        return self.occurrence(first), None if endless else self.occurrence(last)

    def copied(self) -> "Item":
        return copy.deepcopy(self)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One day of a series (or a single item), as it stands now. Times aware, in UTC."""

    item: Item
    original: datetime
    override: Override | None

    @property
    def start(self) -> datetime:
        own = self.own("Start")
        return self.original if own is None else moment(own.text or "")

    @property
    def end(self) -> datetime:
        own = self.own("End")
        return self.original + (self.item.end - self.item.start) if own is None else moment(own.text or "")

    @property
    def subject(self) -> str:
        return self.text("Subject")

    @property
    def body(self) -> str:
        return self.text("Body")

    @property
    def is_exception(self) -> bool:
        return self.override is not None

    @property
    def id(self) -> str:
        if self.item.recurrence is None:
            return self.item.id
        return make_id("day", self.item.owner, self.item.number, self.original)

    def own(self, name: str) -> Element | None:
        return None if self.override is None else self.override.fields.get(name)

    def text(self, name: str) -> str:
        element = self.own(name)
        return self.item.text(name) if element is None else element.text or ""

    def property(self, name: str) -> str | None:
        own = None if self.override is None else _property(self.override.extended, name)
        return self.item.property(name) if own is None else own


@dataclass(slots=True, eq=False)
class Mailbox:
    """A person's mailbox. `received` are the meeting requests and cancellations, `letters` the mail that came in."""

    address: str
    name: str
    state: State = "active"
    items: list[Item] = field(default_factory=list)
    received: list[Delivery] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)

    @property
    def calendar(self) -> list[Item]:
        return self.inside("calendar")

    def inside(self, folder: str) -> list[Item]:
        return [item for item in self.items if item.folder == folder]

    def item(self, number: int) -> Item:
        for item in self.items:
            if item.number == number:
                return item
        raise EwsError("ErrorItemNotFound", "The specified object was not found in the store.")

    def occurrences(self, start: datetime, end: datetime) -> list[Occurrence]:
        """Everything in the calendar that overlaps a span, series expanded, in order of the starts."""
        days = [day for item in self.calendar for day in item.occurrences(start, end)]
        return sorted(days, key=lambda day: (day.start, day.item.number))


@dataclass(frozen=True, slots=True)
class Id:
    kind: str  # item, day, folder
    owner: str
    number: int
    original: datetime | None


def make_id(kind: str, owner: str, number: int, original: datetime | None = None) -> str:
    """Opaque for the client; for us what it says."""
    last = "" if original is None else str(int(original.timestamp()))
    return base64.b64encode(f"{kind}|{owner}|{number}|{last}".encode()).decode()


def read_id(text: str) -> Id:
    try:
        kind, owner, number, original = base64.b64decode(text, validate=True).decode().split("|")
        at = datetime.fromtimestamp(int(original), UTC) if original else None
        return Id(kind, owner, int(number), at)
    except (binascii.Error, ValueError) as error:
        raise EwsError("ErrorInvalidIdMalformed", "Id is malformed.") from error


def moment(text: str) -> datetime:
    """An EWS time as an aware one in UTC. Raises EwsError for one without offset, which this server does not guess."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise EwsError("ErrorInvalidPropertySet", f"{text!r} is no time.") from error
    if at.utcoffset() is None:
        raise EwsError("ErrorInvalidPropertySet", f"{text!r} has no offset.")
    return at.astimezone(UTC)


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def minutes(length: timedelta) -> int:
    return length // timedelta(minutes=1)


def _property(extended: dict[PropertyPath, Element], name: str) -> str | None:
    for path, element in extended.items():
        if path[1] == name:
            return text_of(element, "t:Value")
    return None
