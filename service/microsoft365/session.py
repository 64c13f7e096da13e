"""The tenant that `[microsoft365]` names: a session for calendars, letters and people, and what is known of its login.

To be imported only where it is used.
"""

from datetime import UTC, datetime

from calendars.microsoft365.session import GraphSettings, Session
from calendars.microsoft365.settings import Microsoft365
from service.microsoft365.section import section
from service.settings.config import Source
from service.settings.logins import StoredLogins, TryAgain
from service.settings.secrets import secret_of
from store.database import Database


def session(source: Source, database: Database, key: bytes, *, again: bool = False) -> Session:
    """A session in the tenant of `[microsoft365]`. Nothing is asked yet. `again`: also with a login that was refused."""
    logins = StoredLogins(database, key, "microsoft365", _now)
    return Session(_settings(section(source.config), source), TryAgain(logins) if again else logins, _now)


def _now() -> datetime:
    return datetime.now(UTC)


def _settings(server: Microsoft365, source: Source) -> GraphSettings:
    return GraphSettings(
        server=server,
        mailbox=server.mailbox or source.config.mail.sender_address,
        secret=None if server.certificate_file else secret_of(server, "microsoft365", source),
        certificate=source.resolve(server.certificate_file) if server.certificate_file else None,
        ca_file=source.resolve(server.ca_file) if server.ca_file else None,
    )
