"""What the outbox asks of a transport: one letter to one recipient, and an error that says whose fault it was."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

Way = Literal["file", "mailbox"]
"""Where a letter ends up. A letter in a folder is not a letter in an inbox, whatever server is used later."""


def way_of(transport: str) -> Way:
    """The way out of the transport of this name: only `folder` reaches nobody."""
    return "file" if transport == "folder" else "mailbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who a letter is from and for on the wire (RFC 5321, MAIL FROM and RCPT TO); bare addresses.

    `message_id` is the left part of the Message-ID, which is the letter's id in the store.
    """

    sender: str
    recipient: str
    message_id: str


class TransportError(Exception):
    """A letter was not accepted, or we cannot know. `message` is a sentence with the server's own words.

    `code` is the server's reply code, where it gave one. `permanent`: this letter will never be accepted as it is.
    `in_doubt`: the connection was lost after the letter's last byte and before the reply, so it may have been
    accepted. `server_down`: no letter gets through at the moment, so this one is not to blame. `rest`: the server has
    ended the connection (421), so it is left alone for a while; the letter waits. `cause`: it came when the recipient had
    been named, and the words do not say who is to blame. Without `rest` the letter is, until another recipient's fails of
    the same cause. Neither: the server has said that it is the letter.
    """

    def __init__(
        self,
        message: str,
        *,
        code: int | None = None,
        permanent: bool = False,
        in_doubt: bool = False,
        server_down: bool = False,
        rest: bool = False,
        cause: str = "",
    ) -> None:
        super().__init__(message)
        self.message, self.code = message, code
        self.permanent, self.in_doubt, self.server_down = permanent, in_doubt, server_down
        self.rest = rest or server_down
        self.cause = cause

    def of_server(self) -> "TransportError":
        """The same as the server's trouble: this letter is not to blame, and what is in doubt stays so."""
        known = {"in_doubt": self.in_doubt, "server_down": True}
        return TransportError(self.message, code=self.code, cause=self.cause, **known)

    def of_letter(self) -> "TransportError":
        """The same as the letter's trouble, as far as anybody knows: the server need not rest."""
        return TransportError(self.message, code=self.code, in_doubt=self.in_doubt, cause=self.cause)


class Transport(Protocol):
    """A way out for letters. An object belongs to one thread."""

    @property
    def name(self) -> str:
        """As in config.toml, [mail] transport."""

    def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
        """Hand the letter over and return the server's words when it has been accepted.

        Calls `on_wire` once, right before the server first hears of this letter. What `on_wire` raises passes
        through unchanged, and then the server has heard nothing. Raises TransportError, and nothing else.
        """

    def close(self) -> None:
        """Leave politely. A later `deliver` connects again. Raises nothing."""
