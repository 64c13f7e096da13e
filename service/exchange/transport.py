"""The transport `exchange`: letters by the service's own mailbox, on the session that the channel has too."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from calendars.channel import ChannelError
from mailer.exchange.transport import ExchangeTransport
from mailer.transport import Transport, TransportError
from service.exchange.section import section
from service.settings.config import Source
from service.settings.transport_row import Session, TransportRow

if TYPE_CHECKING:
    from calendars.exchange import session as ews


def transport(found: "ews.Session") -> ExchangeTransport:
    """The transport on that session."""

    def post(mime: bytes) -> None:
        try:
            found.post(mime)
        except ChannelError as error:
            raise _for_letters(error) from error

    return ExchangeTransport(post)


def _for_letters(error: ChannelError) -> TransportError:
    """What a calendar server's error means for a letter. It named the recipient, so what may be the letter's own fault
    is; what is about our own mailbox for certain stops them all."""
    if error.about == "person" and (error.cause or error.permanent):
        known = {"permanent": error.permanent, "in_doubt": error.perhaps}
        return TransportError(error.message, cause=error.cause, **known)
    in_doubt = error.about == "server" and error.perhaps
    return TransportError(error.message, in_doubt=in_doubt, server_down=not in_doubt, rest=True, cause=error.cause)


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
