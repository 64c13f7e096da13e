"""The transport `microsoft365`: each letter in MIME form through the service's own mailbox."""

from collections.abc import Callable

from mailer.transport import Envelope, TransportError

Post = Callable[[bytes], None]
"""Sends a letter to whom its headers name. Raises TransportError."""


class Microsoft365Transport:
    """Hands letters to `post`. One session serves all threads, so there is nothing of its own to close."""

    name = "microsoft365"

    def __init__(self, post: Post) -> None:
        self._post = post

    def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
        """Hand the letter over. See `Transport.deliver`."""
        if not envelope.recipient.isascii():
            raise TransportError(f'"{envelope.recipient}" is not an ASCII address.', permanent=True)
        on_wire()
        self._post(mime)
        return "Microsoft 365 has taken it."

    def close(self) -> None:
        """Nothing is held open."""
