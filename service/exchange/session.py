"""The Exchange server that `[exchange]` names: a session for calendars and letters, and what is known of its login.

To be imported only where it is used: exchangelib takes most of a second.
"""

from datetime import UTC, datetime

from calendars.exchange.session import EwsSettings, Session
from calendars.exchange.settings import Exchange
from service.exchange.section import section
from service.settings.config import Source
from service.settings.logins import StoredLogins, TryAgain
from service.settings.secrets import secret_of
from store.database import Database


def session(source: Source, database: Database, key: bytes, *, again: bool = False) -> Session:
    """A session on the server of `[exchange]`. Nothing is asked yet. `again`: also with a login that was refused."""
    logins = StoredLogins(database, key, "exchange", lambda: datetime.now(UTC))
    return Session(_settings(section(source.config), source), TryAgain(logins) if again else logins)


def _settings(server: Exchange, source: Source) -> EwsSettings:
    return EwsSettings(
        server=server,
        secret=None if server.auth == "kerberos" else secret_of(server, "exchange", source),
        mailbox=server.mailbox or source.config.mail.sender_address,
        ca_file=source.resolve(server.ca_file) if server.ca_file else None,
    )
