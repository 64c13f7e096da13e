"""The transport `microsoft365`: letters by the service's own mailbox, on the session that the channel has too."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from mailer.microsoft365.transport import Microsoft365Transport
from mailer.transport import Transport, TransportError
from service.microsoft365.section import section
from service.settings.by_server import posting
from service.settings.config import Source
from service.settings.transport_row import Session, TransportRow

if TYPE_CHECKING:
    from calendars.microsoft365 import session as graph
    from calendars.microsoft365.sent_items import SentItems


def transport(found: "graph.Session", sent: "SentItems | None") -> Microsoft365Transport:
    """The transport on that session; `sent` outlives it, and knows the copies that are still to be taken out of Sent Items.
    None: they stay."""
    post = posting(found)
    if sent is None:
        return Microsoft365Transport(post)

    def posted(mime: bytes) -> None:
        try:
            post(mime)
        except TransportError as error:
            if error.in_doubt:
                sent.sent(mime)
            raise
        sent.sent(mime)

    return Microsoft365Transport(posted, lambda: sent.tidy(found, found.settings.mailbox))


def _make(source: Source, session: Session) -> Callable[[], Transport]:
    from calendars.microsoft365.sent_items import SentItems

    sent = None if section(source.config).keep_sent else SentItems()
    return lambda: transport(session(), sent)


TRANSPORT = TransportRow(
    name="microsoft365",
    server=lambda source: section(source.config).tenant,
    make=_make,
    per_minute=30,  # Exchange Online's limits for a mailbox, whoever sends from it
    per_day=10_000,
    probe=lambda _: (),  # the channel asks wherever [microsoft365] is written
)
