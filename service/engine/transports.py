"""The transport that the config names, with its secret from where the config says."""

import socket
from collections.abc import Callable

from mailer.folder.transport import FolderTransport
from mailer.smtp.transport import SmtpSettings, SmtpTransport
from mailer.transport import Transport
from service.settings.config import Source
from service.settings.secrets import secret_of


def transport_factory(source: Source, exchange: Callable[[], Transport]) -> Callable[[], Transport]:
    """Makes a transport for one thread. `exchange` makes the one on the Exchange server's session."""
    if source.config.mail.transport == "exchange":
        return exchange
    if source.config.mail.transport == "folder":
        folder = source.resolve(source.config.mail.folder)
        return lambda: FolderTransport(folder)
    return lambda: smtp_transport(source)


def server_name(source: Source) -> str:
    """What letters go to, as trouble with it is remembered: the folder, or host and port."""
    smtp = source.config.smtp
    if source.config.mail.transport == "exchange" and source.config.exchange:
        return source.config.exchange.endpoint
    if source.config.mail.transport == "folder" or smtp is None:
        return source.config.mail.folder
    return f"{smtp.host}:{smtp.port}"


def smtp_transport(source: Source) -> SmtpTransport:
    """The SMTP transport of [smtp]; nothing is connected yet."""
    section = source.config.smtp
    assert section is not None  # the config is refused otherwise
    return SmtpTransport(
        SmtpSettings(
            host=section.host,
            port=section.port,
            security=section.security,
            user=section.user,
            secret=secret_of(section, "smtp", source) if section.auth != "none" else None,
            auth=section.auth,
            ca_file=source.resolve(section.ca_file) if section.ca_file else None,
            timeout_seconds=section.timeout_seconds,
            helo=socket.gethostname(),
        )
    )
