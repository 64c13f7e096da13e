"""Letters by the server of a channel: what its errors mean for a letter."""

from typing import Protocol

from calendars.channel import ChannelError
from mailer.by_mailbox import Post
from mailer.transport import TransportError


class Posts(Protocol):
    """A server's session."""

    def post(self, mime: bytes) -> None:
        """Send a letter from the service's mailbox, as it is. Raises ChannelError."""


def posting(found: Posts) -> Post:
    """What sends a letter by that session, as a transport wants it."""

    def posted(mime: bytes) -> None:
        try:
            found.post(mime)
        except ChannelError as error:
            raise _for_letters(error) from error

    return posted


def _for_letters(error: ChannelError) -> TransportError:
    """What a calendar server's error means for a letter. It named the recipient, so what may be the letter's own fault
    is; what is about our own mailbox for certain stops them all."""
    if error.about == "person" and (error.cause or error.permanent):
        known = {"permanent": error.permanent, "in_doubt": error.perhaps}
        return TransportError(error.message, cause=error.cause, **known)
    in_doubt = error.about == "server" and error.perhaps
    return TransportError(error.message, in_doubt=in_doubt, server_down=not in_doubt, rest=True, cause=error.cause)
