"""What the transports have in common that hand letters, in MIME form, to the service's own mailbox on a server."""

from collections.abc import Callable
from typing import ClassVar

from mailer.transport import Envelope, TransportError

Post = Callable[[bytes], None]
"""Sends a letter to whom its headers name. Raises TransportError."""


class ByMailbox:
    """Hands letters to `post`. One session serves all threads, so there is nothing of its own to close."""

    name: ClassVar[str]
    called: ClassVar[str]

    def __init__(self, post: Post) -> None:
        self._post = post

    def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
        """Hand the letter over. See `Transport.deliver`."""
        if not envelope.recipient.isascii():
            raise TransportError(f'"{envelope.recipient}" is not an ASCII address.', permanent=True)
        on_wire()
        self._post(mime)
        return f"{self.called} has taken it."

    def close(self) -> None:
        """Nothing is held open."""
