"""What is remembered of logins on the servers: one that was refused is never tried again by itself."""

import hmac
from collections.abc import Callable
from datetime import datetime

from store import records
from store.database import Database


class StoredLogins:
    """Refused logins of one server in the store, by a keyed fingerprint: nobody who reads the store learns a password
    from it."""

    def __init__(self, database: Database, key: bytes, server: str, now: Callable[[], datetime]) -> None:
        self._database, self._key, self._server, self._now = database, key, server, now

    def refused(self, login: str) -> str | None:
        """What the server said when it refused this login; None where it did not."""
        document = self._database.table(records.LOGINS).find(self._name(login))
        return str(document["said"]) if document else None

    def refuse(self, login: str, said: str) -> None:
        """Remember that the server refused this login now, and what it said."""
        found = {"said": said, "at": self._now().isoformat(), "server": self._server}
        self._database.table(records.LOGINS).put(self._name(login), found)

    def accept(self, login: str) -> None:
        """A login that works makes what this server refused before of no interest."""
        table = self._database.table(records.LOGINS)
        # While there was only one server, nobody wrote down which it was.
        names = table.keys()
        over = [one for one in names if (table.find(one) or {}).get("server", "exchange") == self._server]
        if over:
            with self._database.batch():
                for name in over:
                    table.drop(name)

    def _name(self, login: str) -> str:
        return hmac.new(self._key, login.encode(), "sha256").hexdigest()[:32]


class TryAgain:
    """What `check --online` goes by: the administrator asks for one more try, and hears what came of it."""

    def __init__(self, logins: StoredLogins) -> None:
        self._logins = logins

    def refused(self, login: str) -> str | None:
        """None, whatever is remembered: it is tried once more."""
        return None

    def refuse(self, login: str, said: str) -> None:
        self._logins.refuse(login, said)

    def accept(self, login: str) -> None:
        self._logins.accept(login)
