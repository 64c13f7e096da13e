"""A session on a Graph server of our own, for the tests of what is on it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from calendars.microsoft365.session import GraphSettings, Session
from calendars.microsoft365.settings import Microsoft365
from tests.exchange_values import Clock, Logins
from tests.graph import CLIENT, SECRET, SERVICE, TENANT, GraphServer

__all__ = ["Clock", "Logins", "graph_session", "graph_settings"]


def graph_settings(
    server: GraphServer,
    *,
    secret: str = SECRET,
    certificate: Path | None = None,
    ca_file: Path | None = None,
    **section: Any,
) -> GraphSettings:
    """What stands in [microsoft365], and the secret or certificate. Graph itself is asked without TLS: it is quicker."""
    known = {
        "tenant": TENANT,
        "client": CLIENT,
        "authority": server.secure_url,
        "endpoint": f"{server.url}/v1.0",
        "timeout_seconds": 5,
    }
    return GraphSettings(
        server=Microsoft365(**{**known, **section}),
        mailbox=SERVICE,
        secret=None if certificate else lambda: secret,
        certificate=certificate,
        ca_file=ca_file or server.ca_file,
    )


def graph_session(
    server: GraphServer, logins: Logins | None = None, clock: Clock | None = None, **settings: Any
) -> Session:
    """A session that is not let in yet."""
    return Session(graph_settings(server, **settings), logins or Logins(), lambda: datetime.now(UTC), clock or Clock())
