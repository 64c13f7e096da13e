"""The Exchange server that `[exchange]` names: a session for calendars and letters, and what is known of its login.

To be imported only where it is used: exchangelib takes most of a second.
"""

import hmac
from collections.abc import Callable
from datetime import UTC, datetime

from calendars.exchange.session import EwsSettings, Session
from calendars.exchange.settings import Exchange
from service.exchange.section import section
from service.settings.config import Source
from service.settings.secrets import secret_of
from store import records
from store.database import Database


class StoredLogins:
    """Refused logins in the store, by a keyed fingerprint: nobody who reads the store learns a password from it."""

    def __init__(self, database: Database, key: bytes, now: Callable[[], datetime]) -> None:
        self._database, self._key, self._now = database, key, now

    def refused(self, login: str) -> str | None:
        document = self._database.table(records.LOGINS).find(self._name(login))
        return str(document["said"]) if document else None

    def refuse(self, login: str, said: str) -> None:
        self._database.table(records.LOGINS).put(self._name(login), {"said": said, "at": self._now().isoformat()})

    def accept(self, login: str) -> None:
        """A login that works makes what was refused before of no interest."""
        table = self._database.table(records.LOGINS)
        if len(table):
            with self._database.batch():
                for name in table.keys():  # noqa: SIM118 - a table
                    table.drop(name)

    def _name(self, login: str) -> str:
        return hmac.new(self._key, login.encode(), "sha256").hexdigest()[:32]


class TryAgain:
    """What `check --online` goes by: the administrator asks for one more try, and hears what came of it."""

    def __init__(self, logins: StoredLogins) -> None:
        self._logins = logins

    def refused(self, login: str) -> str | None:
        return None

    def refuse(self, login: str, said: str) -> None:
        self._logins.refuse(login, said)

    def accept(self, login: str) -> None:
        self._logins.accept(login)


def session(source: Source, database: Database, key: bytes, *, again: bool = False) -> Session:
    """A session on the server of `[exchange]`. Nothing is asked yet. `again`: also with a login that was refused."""
    logins = StoredLogins(database, key, lambda: datetime.now(UTC))
    return Session(_settings(section(source.config), source), TryAgain(logins) if again else logins)


def _settings(server: Exchange, source: Source) -> EwsSettings:
    return EwsSettings(
        server=server,
        secret=None if server.auth == "kerberos" else secret_of(server, "exchange", source),
        mailbox=server.mailbox or source.config.mail.sender_address,
        ca_file=source.resolve(server.ca_file) if server.ca_file else None,
    )
