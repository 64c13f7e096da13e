"""The transport `microsoft365`: each letter in MIME form through the service's own mailbox.

Microsoft may take headers out of it or write its own, the Message-ID too: nothing of ours goes by them afterwards.
"""

from collections.abc import Callable

from mailer.by_mailbox import ByMailbox, Post
from mailer.transport import Envelope

TIDIED_AT = 50
"""So many copies may lie in Sent Items while letter follows letter."""


class Microsoft365Transport(ByMailbox):
    """Microsoft keeps a copy of every letter in MIME form: `tidy` takes those of ours out that are there by now, raises
    nothing, and is called when nothing is on its way."""

    name = "microsoft365"
    called = "Microsoft 365"

    def __init__(self, post: Post, tidy: Callable[[], None] = lambda: None) -> None:
        super().__init__(post)
        self._tidy, self._since = tidy, 0

    def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
        if self._since >= TIDIED_AT:
            self.close()
        self._since += 1
        return super().deliver(mime, envelope, on_wire)

    def close(self) -> None:
        """Nothing is held open, and nothing of ours is to lie about."""
        self._since = 0
        self._tidy()
