"""The copies that Microsoft keeps of letters in Sent Items, and taking ours out again.

A letter in MIME form is always kept (learn.microsoft.com/graph/api/user-sendmail: `saveToSentItems` is of the JSON form,
which has no calendar part). By a copy's headers nobody can tell whose it is, for the server may replace them, so it
is known by its only recipient and its subject. Only what this process has sent is looked for: a letter that somebody
wrote by hand in this mailbox stays.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from email import policy
from email.parser import BytesHeaderParser
from typing import Any, Protocol

from calendars.channel import ChannelError
from calendars.microsoft365.requests import Answer, Ask, part

PAGE = 100
"""Copies looked at in one go: with what is taken out, at most half a dozen requests."""

WAITED_SECONDS = 3600
"""A copy that is not there by then never came."""

DENIED = (
    "the service may not take them out. Give it Application Mail.ReadWrite in its own mailbox, let a retention tag do it, or "
    "write keep_sent = true: docs/microsoft365.md"
)

Copy = tuple[str, str]
"""Recipient and subject."""

log = logging.getLogger("aikultur.outbox")


class Mailboxes(Protocol):
    """Who does the requests: the session."""

    def ask(self, address: str, asked: Ask) -> Answer: ...
    def ask_all(self, address: str, asked: Sequence[Ask], *, in_order: bool = ...) -> list[Answer | ChannelError]: ...


class SentItems:
    """What was sent from a mailbox and still lies in its Sent Items. For one thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._waited_for: list[tuple[float, Copy]] = []  # since when
        self._denied = False

    def sent(self, mime: bytes) -> None:
        """Remember that this letter has been taken, or may have been."""
        if not self._denied:
            self._waited_for.append((self._clock(), _copy_of(mime)))

    def tidy(self, session: Mailboxes, mailbox: str) -> None:
        """Take out the copies that are there by now. What fails is tried again with the next letters; without the right it
        is said once, and the copies stay."""
        self._waited_for = [one for one in self._waited_for if one[0] > self._clock() - WAITED_SECONDS]
        if not self._waited_for:
            return
        try:
            self._take_out(session, mailbox)
        except ChannelError as error:
            # Without a cause it is the mailbox for certain: the right is missing.
            self._denied = error.about == "person" and not error.cause
            log.warning("copies of letters stay in Sent Items: %s", DENIED if self._denied else error.message)
            if self._denied:
                self._waited_for.clear()

    def _take_out(self, session: Mailboxes, mailbox: str) -> None:
        there = list(self._there(session, mailbox))
        removing = [_removal(mailbox, item) for _, item in there]
        failed: ChannelError | None = None
        for (copy, _), came in zip(there, session.ask_all(mailbox, removing) if removing else (), strict=True):
            if isinstance(came, ChannelError):
                failed = came
            else:
                self._waited_for.remove(next(one for one in self._waited_for if one[1] == copy))
        if failed:
            raise failed

    def _there(self, session: Mailboxes, mailbox: str) -> Iterator[tuple[Copy, str]]:
        """Our copies among the newest messages, with their ids."""
        query = {"$select": "id,subject,toRecipients", "$top": f"{PAGE}"}
        path = f"/users/{part(mailbox)}/mailFolders/sentitems/messages"
        answer = session.ask(mailbox, Ask(method="GET", path=path, query=query))
        left = Counter(copy for _, copy in self._waited_for)
        found = answer.body.get("value")
        for message in found if isinstance(found, list) else ():
            copy, item = _copy(message), message.get("id")
            if copy and left[copy] > 0 and isinstance(item, str):
                left[copy] -= 1
                yield copy, item


def _removal(mailbox: str, item: str) -> Ask:
    path = f"/users/{part(mailbox)}/messages/{part(item)}/permanentDelete"
    return Ask(
        method="POST", path=path, body={}
    )  # a write without a body is refused in a batch, and the others with it


def _copy_of(mime: bytes) -> Copy:
    head = BytesHeaderParser(policy=policy.default).parsebytes(mime.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    return str(head["To"].addresses[0].addr_spec).lower(), _plain(str(head["Subject"]))


def _copy(message: Mapping[str, Any]) -> Copy | None:
    match message:
        case {"subject": str(subject), "toRecipients": [{"emailAddress": {"address": str(address)}}]}:
            return address.lower(), _plain(subject)
    return None


def _plain(subject: str) -> str:
    return " ".join(subject.split())
