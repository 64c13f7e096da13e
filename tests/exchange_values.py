"""A session on an Exchange server of our own, and an organisation on channel `exchange`."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from calendars.exchange.session import EwsSettings, Session
from calendars.exchange.settings import Exchange
from service.engine.engine import Engine
from tests.ews import PASSWORD, SERVICE, EwsServer
from tests.server_values import Clock, Logins, act, address, days, local, occurrences, server_engine, write_server

__all__ = [
    "Clock",
    "Logins",
    "act",
    "address",
    "days",
    "exchange_engine",
    "local",
    "occurrences",
    "session",
    "settings_of",
    "write_exchange",
]


def write_exchange(folder: Path, server: EwsServer, *, exchange: str = "", **settings: Any) -> None:
    """A config with `[exchange]` on that server; `exchange` are more lines of it."""
    write_server(folder, server, section=exchange, **settings)


def exchange_engine(
    folder: Path, server: EwsServer, people: int = 1, *, exchange: str = "", **settings: str
) -> AbstractContextManager[Engine]:
    """An engine on `people` people whose first blocks are approved; nothing is done yet."""
    return server_engine(folder, server, people, section=exchange, **settings)


def settings_of(
    server: EwsServer, password: str = PASSWORD, ca_file: Path | None = None, **section: Any
) -> EwsSettings:
    """How to be let in by that server; `section` is what is otherwise in its section."""
    usual: dict[str, Any] = {"endpoint": server.url, "auth": "basic", "user": SERVICE, "timeout_seconds": 5}
    return EwsSettings(server=Exchange(**(usual | section)), secret=lambda: password, mailbox=SERVICE, ca_file=ca_file)


def session(
    server: EwsServer,
    *,
    password: str = PASSWORD,
    logins: Logins | None = None,
    clock: Clock | None = None,
    timeout_seconds: float = 5,
    keep_sent: bool = False,
) -> Session:
    settings = settings_of(server, password, timeout_seconds=timeout_seconds, keep_sent=keep_sent)
    return Session(settings, logins or Logins(), clock or Clock())
