"""All mailboxes of the server, and what left it. One lock, held by the server around each request."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from tests.ews.mailbox import Delivery, Item, Letter, Mailbox
from tests.ews.soap import EwsError


@dataclass(slots=True)
class World:
    """`elsewhere` has what went to addresses that are no mailbox here. `sent` are all letters in order.

    `counts_deleted`: the days of a series keep their numbers when one is deleted, as Microsoft describes it; gromox counts
    the days that are left. `tells_all`: other guests of a meeting are told to everybody, as was seen, and not only to
    those who come and go, as EWS is described.
    """

    now: Callable[[], datetime]
    keeps_exceptions_on_extension: bool = False
    counts_deleted: bool = True
    tells_all: bool = True
    mailboxes: dict[str, Mailbox] = field(default_factory=dict)
    elsewhere: dict[str, list[Delivery]] = field(default_factory=lambda: defaultdict(list))
    sent: list[Letter] = field(default_factory=list)
    _numbers: Iterable[int] = field(default_factory=lambda: count(1))

    def add(self, address: str) -> Mailbox:
        name = address.partition("@")[0].title()
        self.mailboxes[address.lower()] = box = Mailbox(address.lower(), name)
        return box

    def open(self, address: str) -> Mailbox:
        """The mailbox of an address, for work in it. Raises EwsError as a fault where it cannot be opened.

        Codes for a missing and a disabled account: the reference's ResponseCode. That a mailbox in the cloud looks like
        a missing one to the servers on premises is a guess [U].
        """
        box = self.mailboxes.get(address.lower())
        if box is None or box.state == "cloud":
            text = "The SMTP address has no mailbox associated with it."
            raise EwsError("ErrorNonExistentMailbox", text, fault=True)
        if box.state == "disabled":
            raise EwsError("ErrorAccountDisabled", "This account is disabled.", fault=True)
        if box.state == "moving":
            text = "The mailbox is being moved. Please try again later."
            raise EwsError("ErrorMailboxMoveInProgress", text, fault=True)
        return box

    def number(self) -> int:
        return next(iter(self._numbers))

    def new_item(self, box: Mailbox, kind: str, folder: str) -> Item:
        """An empty item, in no mailbox yet."""
        now = self.now()
        return Item(box.address, self.number(), kind, folder, now, now, organizer=box.address)

    def receiver(self, address: str) -> Mailbox | None:
        """The mailbox here that takes mail for an address: not a full one, not one in the cloud."""
        box = self.mailboxes.get(address.lower())
        return box if box is not None and box.state in ("active", "moving") else None
