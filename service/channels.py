"""The transports by which letters leave, and the channels by which things come to stand in calendars.

One is added by its line here, which says the section of config.toml that it needs, and by its folder in `service`, which
brings its row: `transport.py` has TRANSPORT, `channel.py` has CHANNEL. A folder may bring both. What talks to its server
stands in a folder of the same name in `mailer` or `calendars`, and is imported only when it is used.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

TRANSPORTS: Mapping[str, str | None] = {
    "folder": None,
    "smtp": "smtp",
    "exchange": "exchange",
    "microsoft365": "microsoft365",
}
CHANNELS: Mapping[str, str | None] = {
    "feed": None,
    "invite": None,
    "exchange": "exchange",
    "microsoft365": "microsoft365",
}

SECTIONS = tuple(dict.fromkeys(key for key in (*TRANSPORTS.values(), *CHANNELS.values()) if key))
"""The sections of config.toml that are about a server."""


def brought(name: str, part: str, row: str) -> Any:
    """The row that the folder of a transport or channel brings."""
    return getattr(import_module(f"service.{name}.{part}"), row)
