"""All mailboxes of the tenant, its directory, and what left it. One lock, held by the server around each request."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from tests.ews.mailbox import Delivery, Letter
from tests.graph.directory import Directory, User
from tests.graph.errors import GraphError
from tests.graph.letters import fields_of, parse
from tests.graph.limits import Limits
from tests.graph.mailbox import Item, Mailbox, Message, State


@dataclass(slots=True)
class World:
    """`elsewhere` has what went to addresses that are no mailbox here. `sent` are all letters in order.

    `keeps_exceptions_on_extension`: a new end of a series leaves its changed and deleted days alone; reports differ.
    `strips`: headers of a letter in MIME form that the server takes out, lower case. `replaces_message_id`: it writes
    its own. `view_filter`: the status of a filter on extended properties in a view, which is refused. `twice`: the status
    of a transactionId that comes again with something else; reports have 400 and 409. `most_schedules`: 20 are documented,
    100 were seen. `full_page`: so many people or groups are on a page, however many were asked for. `bin_answers`: what
    lies in Deleted Items is still found by its immutable id, as follows from what Microsoft says of moves, and nobody here
    has seen [U].
    """

    now: Callable[[], datetime]
    keeps_exceptions_on_extension: bool = False
    strips: frozenset[str] = frozenset(("auto-submitted",))
    replaces_message_id: bool = False
    view_filter: int = 400
    twice: int = 409
    most_schedules: int = 20
    full_page: int = 999
    bin_answers: bool = True
    mailboxes: dict[str, Mailbox] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    directory: Directory = field(default_factory=Directory)
    elsewhere: dict[str, list[Delivery]] = field(default_factory=lambda: defaultdict(list))
    sent: list[Letter] = field(default_factory=list)
    transactions: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    """Mailbox and transactionId to the event that was made and what was asked."""
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def add(self, address: str, *, state: State = "active", **known: Any) -> Mailbox:
        """A user with a mailbox; `known` is what else the directory has of them, as the reference's user names it."""
        name = known.pop("displayName", address.partition("@")[0].title())
        user = self.directory.add_user(address, displayName=name, **known)
        self.mailboxes[address.lower()] = box = Mailbox(address.lower(), name, user.id, state)
        return box

    def open(self, who: str) -> Mailbox:
        """The mailbox of an id or a principal name or an address. Raises GraphError where there is none.

        Codes: 404 ErrorInvalidUser for nobody; 404 MailboxNotEnabledForRESTAPI for a user without a mailbox here. That a
        mailbox on its way answers 503 is a guess [U].
        """
        user = self.directory.find(who)
        box = self.mailboxes.get(who.lower() if user is None else user.userPrincipalName.lower())
        if box is None and user is not None:
            box = self.mailboxes.get((user.mail or "").lower())
        if user is None and box is None:
            raise GraphError(404, "ErrorInvalidUser", f"The requested user '{who}' is invalid.")
        if box is None or box.state in ("unlicensed", "onpremises"):
            text = "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
            raise GraphError(404, "MailboxNotEnabledForRESTAPI", text)
        if box.state == "moving":
            raise GraphError(503, "ErrorMailboxMoveInProgress", "Mailbox move in progress. Try again later.")
        return box

    def user_of(self, box: Mailbox) -> User:
        return self.directory.users[box.user]

    def number(self) -> int:
        return next(self._numbers)

    def new_item(self, box: Mailbox, start: datetime, end: datetime, **fields: Any) -> Item:
        """An event, in no mailbox yet."""
        now = self.now()
        number = self.number()
        uid = f"040000008200E00074C5B7101A82E00800000000{number:016X}"
        return Item(box.address, number, now, now, start, end, fields=fields, uid=uid, organizer=box.address)

    def new_message(self, box: Mailbox, folder: str, fields: dict[str, Any]) -> Message:
        return Message(box.address, self.number(), folder, self.now(), fields)

    def receiver(self, address: str) -> Mailbox | None:
        """The mailbox here that takes mail for an address."""
        box = self.mailboxes.get(address.lower())
        return box if box is not None and box.state in ("active", "moving", "disabled") else None

    def put_letter(self, address: str, mime: bytes, folder: str = "inbox") -> Message:
        """A letter from outside arrives."""
        box = self.mailboxes[address.lower()]
        message = self.new_message(box, folder, fields_of(mime))
        message.mime, message.headers = mime, [(name, str(value)) for name, value in parse(mime).items()]
        box.messages.append(message)
        return message
