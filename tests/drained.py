"""A process that sends what is claimed, to be killed: `tests.forked` runs it, and imports no tests for it."""

import threading
from datetime import UTC, datetime
from pathlib import Path

from mailer.drain import Outbox
from mailer.smtp.settings import Smtp
from mailer.smtp.transport import SmtpSettings, SmtpTransport
from store.database import open_database
from store.spool import Spool

NOW = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)


def drain(folder: str, port: str, connections: str) -> None:
    """Send over so many connections until nothing is due."""
    server = Smtp(host="127.0.0.1", port=int(port), security="none", timeout_seconds=10)
    settings = SmtpSettings(server=server, secret=None, ca_file=None, helo="ai.example.org")
    outbox = Outbox(open_database(Path(folder)), Spool(Path(folder) / "spool"), lambda: SmtpTransport(settings))
    running = [
        threading.Thread(target=outbox.drain, args=(lambda: NOW, threading.Event())) for _ in range(int(connections))
    ]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
