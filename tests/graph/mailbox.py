"""What the server keeps: mailboxes, their events and messages, and the days of a series that were changed or deleted.

Named as in tests/ews/mailbox.py, so that one test can look at either server. An event's fields are the JSON that was
written; what Microsoft works out itself stands in `render.py`.
"""

import base64
import binascii
import copy
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import Any, Literal
from zoneinfo import ZoneInfo

from tests.ews.mailbox import Delivery, Letter
from tests.graph.errors import GraphError, bad, gone
from tests.graph.recurrence import last_date, rule_of, starts, starts_on
from tests.graph.zones import zone_of

State = Literal["active", "unlicensed", "onpremises", "full", "moving", "disabled"]
"""unlicensed, onpremises: the directory has the user, this service has no mailbox. disabled: the user may not sign in;
the mailbox goes on. full: reads work, writes do not. moving: asked to come again later."""

Fields = dict[str, Any]


@dataclass(slots=True)
class Override:
    """A day of a series that differs from the series: only what differs."""

    fields: Fields = field(default_factory=dict)
    extended: dict[str, str] = field(default_factory=dict)
    start: datetime | None = None
    end: datetime | None = None


@dataclass(slots=True, eq=False)
class Item:
    """An event, or a series. `invited` has who has been asked and as what, `answers` what they said."""

    owner: str
    number: int
    created: datetime
    modified: datetime
    start: datetime
    end: datetime
    zone_name: str = "UTC"
    end_zone_name: str = "UTC"
    fields: Fields = field(default_factory=dict)
    recurrence: dict[str, Any] | None = None
    extended: dict[str, str] = field(default_factory=dict)
    calendar: str = "calendar"
    place: int = 0  # how often it was moved: its ordinary id is another one each time
    change: int = 1
    uid: str = ""
    sequence: int = 0
    organizer: str = ""
    is_copy: bool = False  # an attendee's copy of somebody else's meeting
    cancelled: bool = False
    sent: bool = False
    response: str = "none"
    transaction: str = ""
    invited: dict[str, str] = field(default_factory=dict)
    answers: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    overrides: dict[datetime, Override] = field(default_factory=dict)
    deleted: set[datetime] = field(default_factory=set)

    @property
    def id(self) -> str:
        """The ordinary one."""
        return make_id("event", self.owner, self.place_name)

    @property
    def place_name(self) -> str:
        return f"{self.number}.{self.place}"

    @property
    def change_key(self) -> str:
        return base64.b64encode(f"{self.number:08d}.{self.change:04d}".encode()).decode()

    @property
    def subject(self) -> str:
        return str(self.fields.get("subject") or "")

    @property
    def body(self) -> str:
        return str((self.fields.get("body") or {}).get("content") or "")

    @property
    def location(self) -> str:
        return str((self.fields.get("location") or {}).get("displayName") or "")

    @property
    def status(self) -> str:
        return str(self.fields.get("showAs") or "busy")

    @property
    def attendees(self) -> dict[str, str]:
        """Address to what they are: required, optional, resource."""
        return {
            (one.get("emailAddress") or {}).get("address", "").lower(): one.get("type") or "required"
            for one in self.fields.get("attendees") or ()
        }

    @property
    def series_zone(self) -> str:
        if self.recurrence is None:
            return self.zone_name
        return str(self.recurrence["range"].get("recurrenceTimeZone") or self.zone_name)

    def property(self, name: str) -> str | None:
        """The text of an extended property of this name."""
        return _property(self.extended, name)

    def touch(self, now: datetime) -> None:
        self.change += 1
        self.modified = now

    def starts_before(self, until: datetime) -> Iterator[datetime]:
        """Where the pattern puts the days, deleted and moved ones too. For a single event its start."""
        if self.recurrence is None:
            return iter((self.start,))
        return takewhile(lambda at: at < until, starts(self.recurrence, *self._clock_and_zone(), until))

    def _clock_and_zone(self) -> tuple[time, ZoneInfo]:
        """The time of day of a series, where it is counted."""
        zone = zone_of(self.series_zone)
        return self.start.astimezone(zone).timetz().replace(tzinfo=None), zone

    def all_starts(self) -> Iterator[datetime]:
        """All of them; of a series without end, those of twenty years."""
        return self.starts_before(self._horizon())

    def _horizon(self) -> datetime:
        last = None if self.recurrence is None else last_date(rule_of(self.recurrence))
        return (
            self.start + timedelta(days=20 * 365)
            if last is None
            else datetime(last.year, last.month, last.day, tzinfo=self.start.tzinfo) + timedelta(days=3)
        )

    def occurrences(self, start: datetime, end: datetime) -> "list[Occurrence]":
        """The days that overlap a span, in order of their starts."""
        length = self.end - self.start
        found = [
            self.occurrence(at)
            for at in self.starts_before(end)
            if at + length > start and at not in self.deleted and at not in self.overrides
        ]
        found += [self.occurrence(at) for at in self.overrides]
        return sorted((day for day in found if day.start < end and day.end > start), key=lambda day: day.start)

    def occurrence(self, original: datetime) -> "Occurrence":
        return Occurrence(self, original, self.overrides.get(original))

    def occurrence_on(self, day: date) -> "Occurrence":
        """The occurrence whose pattern day this is. Raises GraphError ErrorItemNotFound where it is no longer there."""
        if self.recurrence is None:
            found = [self.start] if self.original_day(self.start) == day else []
        else:
            until = self._horizon()
            found = [at for at in starts_on(self.recurrence, *self._clock_and_zone(), until, day) if at < until]
        for at in found:
            if at not in self.deleted:
                return self.occurrence(at)
        raise gone()

    def original_day(self, original: datetime) -> date:
        return original.astimezone(zone_of(self.series_zone)).date()

    def neighbours(self, original: datetime) -> "tuple[Occurrence | None, Occurrence | None]":
        """The days before and after one day, as they stand now."""
        before: Occurrence | None = None
        for at in self.all_starts():
            if at in self.deleted or at == original:
                continue
            if at > original:
                return before, self.occurrence(at)
            before = self.occurrence(at)
        return before, None

    def copied(self) -> "Item":
        return copy.deepcopy(self)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One day of a series (or a single event), as it stands now. Times aware, in UTC."""

    item: Item
    original: datetime
    override: Override | None

    @property
    def start(self) -> datetime:
        if self.override is not None and self.override.start is not None:
            return self.override.start
        return self.original

    @property
    def end(self) -> datetime:
        if self.override is not None and self.override.end is not None:
            return self.override.end
        return self.original + (self.item.end - self.item.start)

    @property
    def fields(self) -> Fields:
        return self.item.fields if self.override is None else self.item.fields | self.override.fields

    @property
    def extended(self) -> dict[str, str]:
        return self.item.extended if self.override is None else self.item.extended | self.override.extended

    @property
    def subject(self) -> str:
        return str(self.fields.get("subject") or "")

    @property
    def body(self) -> str:
        return str((self.fields.get("body") or {}).get("content") or "")

    @property
    def location(self) -> str:
        return str((self.fields.get("location") or {}).get("displayName") or "")

    @property
    def status(self) -> str:
        return str(self.fields.get("showAs") or "busy")

    @property
    def is_exception(self) -> bool:
        return self.override is not None

    @property
    def id(self) -> str:
        if self.item.recurrence is None:
            return self.item.id
        return make_id("event", self.item.owner, self.item.place_name, self.item.original_day(self.original))

    def property(self, name: str) -> str | None:
        return _property(self.extended, name)


@dataclass(slots=True, eq=False)
class Message:
    """A message in a folder. `headers` are the internet headers in order."""

    owner: str
    number: int
    folder: str
    created: datetime
    fields: Fields
    headers: list[tuple[str, str]] = field(default_factory=list)
    extended: dict[str, str] = field(default_factory=dict)
    mime: bytes = b""
    change: int = 1
    place: int = 0  # how often it was moved: its ordinary id is another one each time

    @property
    def id(self) -> str:
        return make_id("message", self.owner, f"{self.number}.{self.place}")

    @property
    def change_key(self) -> str:
        return base64.b64encode(f"{self.number:08d}.{self.change:04d}".encode()).decode()

    @property
    def subject(self) -> str:
        return str(self.fields.get("subject") or "")


@dataclass(slots=True, eq=False)
class Mailbox:
    """A person's mailbox. `received` are the meeting requests and cancellations, `letters` the mail that came in.

    `calendars` are by key: "calendar" is the default one, others have names. `user` is the id in the directory.
    """

    address: str
    name: str
    user: str
    state: State = "active"
    items: list[Item] = field(default_factory=list)
    binned: list[Item] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    received: list[Delivery] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    calendars: dict[str, str] = field(default_factory=lambda: {"calendar": "Calendar"})
    folders: dict[str, str] = field(default_factory=dict)  # of one's own: key to name
    zone_name: str = "Romance Standard Time"

    @property
    def calendar(self) -> list[Item]:
        return [item for item in self.items if item.calendar == "calendar"]

    def item(self, number: int, *, binned: bool = False) -> Item:
        """The event of that number, in Deleted Items too where `binned` says so."""
        for item in self.items + (self.binned if binned else []):
            if item.number == number:
                return item
        raise gone()

    def message(self, number: int) -> Message:
        for message in self.messages:
            if message.number == number:
                return message
        raise gone()

    def throw_away(self, item: Item) -> None:
        """Into Deleted Items; from there for good."""
        if item in self.binned:
            self.binned.remove(item)
            return
        self.items.remove(item)
        self.binned.append(item)

    def occurrences(self, start: datetime, end: datetime, calendar: str = "calendar") -> list[Occurrence]:
        """Everything in a calendar that overlaps a span, series expanded, in order of the starts."""
        days = [day for item in self.items if item.calendar == calendar for day in item.occurrences(start, end)]
        return sorted(days, key=lambda day: (day.start, day.item.number))


@dataclass(frozen=True, slots=True)
class Id:
    kind: str  # event, message, folder, calendar
    owner: str
    name: str  # a number, or a folder's
    original: date | None
    immutable: bool

    @property
    def number(self) -> int:
        return int(self.name.partition(".")[0])

    @property
    def place(self) -> int | None:
        """Where it was when this id was given; None for an immutable one."""
        return None if self.immutable else int(self.name.partition(".")[2] or 0)


@lru_cache(maxsize=100_000)
def make_id(kind: str, owner: str, name: str | int, original: date | None = None, *, immutable: bool = False) -> str:
    """Opaque for the client; for us what it says. As long and as oddly spelt as Microsoft's: `-`, `_` and `=` are in it."""
    text = json.dumps([kind, owner, str(name), original and original.isoformat()], separators=(",", ":"))
    coded = base64.urlsafe_b64encode(text.encode()).decode()
    return ("AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A" if immutable else "AAMkAGE1M2IyNGNmLTI5MTktNDUyZi1iOTVl_") + coded


def read_id(text: str) -> Id:
    """Raises GraphError ErrorInvalidIdMalformed for what is no id."""
    immutable = text.startswith("AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A")
    coded = text[36:] if immutable else text[37:]
    try:
        kind, owner, name, original = json.loads(base64.urlsafe_b64decode(coded.encode()))
        return Id(kind, owner, name, date.fromisoformat(original) if original else None, immutable)
    except (binascii.Error, ValueError, TypeError) as error:
        raise bad("ErrorInvalidIdMalformed", "Id is malformed.") from error


def property_key(name: str) -> str:
    """An extended property's id in one spelling: its type and GUID mind no case, its name does.

    Raises GraphError for what is none: the forms are those of singleValueLegacyExtendedProperty.
    """
    parts = name.split(" ", 3)
    if len(parts) == 4 and parts[2].lower() in ("name", "id"):
        try:
            guid = str(uuid.UUID(parts[1]))
        except ValueError:
            raise _no_property(name) from None
        return f"{parts[0].lower()} {{{guid}}} {parts[2].lower()} {parts[3]}"
    if len(parts) == 2 and parts[1].lower().startswith("0x"):
        return f"{parts[0].lower()} {parts[1].lower()}"
    raise _no_property(name)


def _no_property(name: str) -> GraphError:
    return bad("ErrorInvalidProperty", f"The extended property identifier '{name}' is not valid.")


def _property(extended: dict[str, str], name: str) -> str | None:
    for key, value in extended.items():
        if key.endswith(f" name {name}"):
            return value
    return None
