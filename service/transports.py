"""The transport that the config names, with its secret from where the config says."""

import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

from mailer.folder import FolderTransport
from mailer.smtp import SmtpSettings, SmtpTransport
from mailer.transport import Transport
from service.config import SmtpSection, Source
from service.fault import Refused
from service.words import Sentence


def transport_factory(source: Source) -> Callable[[], Transport]:
    """Makes a transport for one thread."""
    if source.config.mail.transport == "folder":
        folder = source.resolve(source.config.mail.folder)
        return lambda: FolderTransport(folder)
    return lambda: smtp_transport(source)


def server_name(source: Source) -> str:
    """What letters go to, as trouble with it is remembered: the folder, or host and port."""
    smtp = source.config.smtp
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
            secret=_secret(section, source) if section.auth != "none" else None,
            auth=section.auth,
            ca_file=source.resolve(section.ca_file) if section.ca_file else None,
            timeout_seconds=section.timeout_seconds,
            helo=socket.gethostname(),
        )
    )


def _secret(section: SmtpSection, source: Source) -> Callable[[], str]:
    """Where the password or token comes from, asked anew for each connection: tokens expire."""
    if section.secret_env:
        name = section.secret_env
        return lambda: _environment(name)
    if section.secret_file:
        path = source.resolve(section.secret_file)
        return lambda: _file(path)
    command = section.secret_command or []
    return lambda: _command(command)


def _environment(name: str) -> str:
    if name not in os.environ:
        raise Refused(
            Sentence("[smtp] secret_env: the variable {name} is not set where the service runs.", {"name": name})
        )
    return os.environ[name]


def _file(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise Refused(
            Sentence("[smtp] secret_file: {path} cannot be read: {error}.", {"path": path, "error": error.strerror})
        ) from None


def _command(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)  # noqa: S603 - the administrator's own command, no shell
    except (OSError, subprocess.SubprocessError) as error:
        raise Refused(Sentence("[smtp] secret_command failed: {error}.", {"error": error})) from None
    return done.stdout.strip()
