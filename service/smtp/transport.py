"""The transport `smtp`: letters by the server of [smtp], with its secret from where the config says."""

import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from mailer.smtp.settings import Smtp
from mailer.transport import Transport, TransportError
from service.messages.translation import Sentence
from service.settings.config import Source
from service.settings.secrets import secret_of
from service.settings.transport_row import Session, TransportRow

if TYPE_CHECKING:
    from mailer.smtp.transport import SmtpTransport


def _section(source: Source) -> Smtp:
    section = source.config.find(Smtp)
    assert section is not None  # the config is refused otherwise
    return section


def smtp_transport(source: Source) -> "SmtpTransport":
    """The transport of [smtp]; nothing is connected yet."""
    from mailer.smtp.transport import SmtpSettings, SmtpTransport

    section = _section(source)
    return SmtpTransport(
        SmtpSettings(
            server=section,
            secret=secret_of(section, "smtp", source) if section.auth != "none" else None,
            ca_file=source.resolve(section.ca_file) if section.ca_file else None,
            helo=socket.gethostname(),
        )
    )


def _make(source: Source, _: Session) -> Callable[[], Transport]:
    return lambda: smtp_transport(source)


def _probe(source: Source) -> Iterator[Sentence | TransportError]:
    transport = smtp_transport(source)
    try:
        transport.probe()
        yield Sentence("The mail server lets us in.")
    except TransportError as error:
        yield error
    finally:
        transport.close()


TRANSPORT = TransportRow(
    name="smtp",
    server=lambda source: f"{_section(source).host}:{_section(source).port}",
    make=_make,
    probe=_probe,
    connections=lambda source: _section(source).connections,
)
