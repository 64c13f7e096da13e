"""The transport `exchange`: letters by the service's own mailbox, on the session that the channel has too."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from mailer.exchange.transport import ExchangeTransport
from mailer.transport import Transport
from service.exchange.section import section
from service.settings.by_server import posting
from service.settings.config import Source
from service.settings.transport_row import Session, TransportRow

if TYPE_CHECKING:
    from calendars.exchange import session as ews


def transport(found: "ews.Session") -> ExchangeTransport:
    """The transport on that session."""
    return ExchangeTransport(posting(found))


def _server(source: Source) -> str:
    return section(source.config).endpoint


def _make(_: Source, session: Session) -> Callable[[], Transport]:
    return lambda: transport(session())


TRANSPORT = TransportRow(
    name="exchange",
    server=_server,
    make=_make,
    probe=lambda _: (),  # the channel asks wherever [exchange] is written
)
