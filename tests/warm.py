"""What a process has behind it that is forked (`tests.forked`): the service, all it imports, and one letter written.

It is done by importing this, for that is all that can be asked of the process that forks.
"""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import service.exchange.session
import service.microsoft365.session
import service.smtp.transport  # noqa: F401
import tests.crash.child
import tests.exchange_kills.child  # noqa: F401
from service.engine.opening import opened
from tests.crash.ground import approve, begin, carry_out, write_config

with tempfile.TemporaryDirectory() as name:
    folder, now = Path(name) / "warm", datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
    begin(folder, 1)
    write_config(folder, channel="invite", transport="folder")
    with opened(folder / "config.toml") as engine:
        engine.tick(now)
        approve(engine, now)
        carry_out(engine, now)
