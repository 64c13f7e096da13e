"""One request on its way through the work, and the answer it gets."""

import json
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from tests.graph.access import Rights
from tests.graph.errors import GraphError, bad, gone
from tests.graph.mailbox import Id, Item, Mailbox, Message, Occurrence, make_id, read_id
from tests.graph.schema import Schema
from tests.graph.world import World
from tests.graph.zones import zone_of

_PREFER = re.compile(r'\s*([\w.\-]+)\s*(?:=\s*(?:"([^"]*)"|([^,;]*)))?\s*(?:[,;]|$)')

OPTIONS = frozenset(
    ["$select", "$filter", "$expand", "$orderby", "$top", "$skip", "$count", "$skiptoken", "$deltatoken"]
)


@dataclass(slots=True)
class Reply:
    """`value` is JSON, or bytes as they are. Headers come on top of the usual ones."""

    status: int = 200
    value: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Call:
    """`path` is what comes after whom it is about; `box` is set for a mailbox, `calendar` says which of its calendars.

    `query` has the names in lower case where they begin with `$`, and as they came otherwise. `root` is the address of
    the version, for links."""

    world: World
    schema: Schema
    rights: Rights
    method: str
    path: tuple[str, ...]
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    root: str
    address: str  # of the request itself, without its query
    operation: str = ""
    who: str = ""
    box: Mailbox | None = None
    calendar: str = "calendar"

    @property
    def now(self) -> datetime:
        return self.world.now()

    @property
    def mailbox(self) -> Mailbox:
        assert self.box is not None
        return self.box

    def check_options(self) -> None:
        """Raises GraphError 400 for a query option that is not served here, or that nobody has."""
        for name in self.query:
            if name.startswith("$") and name not in OPTIONS:
                raise bad("BadRequest", f"Query option '{name}' is not supported for this request.")

    def json(self) -> Any:
        """The body. Raises GraphError where it is none, or of another type."""
        if not self.headers.get("content-type", "").lower().startswith("application/json"):
            text = "A missing or empty content type header was found when trying to read a message."
            raise GraphError(400 if not self.headers.get("content-type") else 415, "RequestBodyRead", text)
        if not self.body:
            raise bad("BadRequest", "Empty Payload. JSON content expected.")
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise bad(
                "BadRequest",
                "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
            ) from error

    def prefers(self) -> dict[str, str]:
        """Preferences by name in lower case."""
        return _preferences(self.headers.get("prefer", ""))

    @property
    def zone_name(self) -> str:
        name = self.prefers().get("outlook.timezone") or "UTC"
        zone_of(name)
        return name

    @property
    def body_type(self) -> str:
        return self.prefers().get("outlook.body-content-type", "html").lower()

    @property
    def immutable(self) -> bool:
        return self.prefers().get("idtype", "").lower() == "immutableid"

    def applied(self) -> dict[str, str]:
        """Which preferences were honoured, for the answer."""
        known = ("outlook.timezone", "outlook.body-content-type", "idtype", "odata.maxpagesize")
        found = [f'{name}="{value}"' for name, value in self.prefers().items() if name in known]
        return {"Preference-Applied": ", ".join(found)} if found else {}

    def show_id(self, kind: str, name: str | int, original: date | None = None) -> str:
        """Of folders and calendars there is no immutable id."""
        immutable = self.immutable and kind in ("event", "message")
        return make_id(kind, self.mailbox.address, name, original, immutable=immutable)

    def event_id(self, item: Item, original: date | None = None) -> str:
        return self.show_id("event", item.number if self.immutable else item.place_name, original)

    def read_id(self, text: str, kind: str) -> Id:
        found = read_id(text)
        if found.kind != kind:
            raise bad("ErrorInvalidIdMalformed", "Id is malformed.")
        if found.owner != self.mailbox.address:
            name = f"Item '{text}' doesn't belong to the targeted mailbox '{self.mailbox.address}'."
            raise bad("ErrorInvalidMailboxItemId", name)
        return found

    def event(self, text: str) -> tuple[Item, Occurrence | None]:
        """What an id means: an event, or one day of a series."""
        found = self.read_id(text, "event")
        item = self.mailbox.item(found.number, binned=found.immutable and self.world.bin_answers)
        if found.place not in (None, item.place):
            raise gone()
        return item, None if found.original is None else item.occurrence_on(found.original)

    def message(self, text: str) -> Message:
        found = self.read_id(text, "message")
        message = self.mailbox.message(found.number)
        if found.place not in (None, message.place):
            raise gone()
        return message

    def check_room(self) -> None:
        """That a full mailbox answers 507 is a guess [U]."""
        if self.mailbox.state == "full":
            raise GraphError(507, "ErrorQuotaExceeded", "The mailbox has exceeded its storage quota.")

    def check_match(self, change_key: str) -> None:
        """If-Match with an old key: 412."""
        wanted = self.headers.get("if-match", "*").strip()
        if wanted != "*" and wanted.removeprefix("W/").strip('"') != change_key:
            text = (
                "The send or update operation could not be performed because the change key passed in the request does"
                " not match the current change key for the item."
            )
            raise GraphError(412, "ErrorIrresolvableConflict", text)


@lru_cache(maxsize=100)
def _preferences(text: str) -> dict[str, str]:
    """Read once: they are asked for with every property of every day of a series."""
    return {name.lower(): quoted or plain.strip() for name, quoted, plain in _PREFER.findall(text)}
