"""The transport `microsoft365`: letters by the service's own mailbox, on the session that the channel has too."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from calendars.channel import ChannelError
from mailer.microsoft365.transport import Microsoft365Transport
from mailer.transport import Transport, TransportError
from service.microsoft365.section import section
from service.settings.config import Source
from service.settings.transport_row import Session, TransportRow

if TYPE_CHECKING:
    from calendars.microsoft365 import session as graph


def transport(found: "graph.Session") -> Microsoft365Transport:
    """The transport on that session."""

    def post(mime: bytes) -> None:
        try:
            found.post(mime)
        except ChannelError as error:
            raise _for_letters(error) from error

    return Microsoft365Transport(post)


def _for_letters(error: ChannelError) -> TransportError:
    raise NotImplementedError


def _make(_: Source, session: Session) -> Callable[[], Transport]:
    return lambda: transport(session())


TRANSPORT = TransportRow(
    name="microsoft365",
    server=lambda source: section(source.config).tenant,
    make=_make,
    probe=lambda _: (),  # the channel asks wherever [microsoft365] is written
)
