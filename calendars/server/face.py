"""What is asked of a calendar server, whichever it is, or of what stands in for one in a rehearsal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from calendars.channel import ChannelError
from calendars.server.block_sync import Calendar
from calendars.server.meeting import Meetings
from calendars.server.view import View

Busy = Mapping[str, list[tuple[datetime, datetime]] | ChannelError]
"""When each person is not free, by address; an error for whoever's times cannot be had."""


class Mailbox(Calendar, Meetings, Protocol):
    """A mailbox's calendar, for blocks and for meetings."""


class CalendarServer(Protocol):
    """A calendar server. Raises ChannelError."""

    def calendar(self, address: str) -> Mailbox: ...

    def busy_times(self, addresses: list[str], begin: datetime, end: datetime) -> Busy: ...


class Viewer(Protocol):
    """A server on which somebody's calendar can be looked into."""

    def view(self, address: str, subject: str, begin: datetime, end: datetime) -> View:
        """The days from `begin` to `end` of the events that are called `subject`, and of no others. Raises
        ChannelError."""


class Session(CalendarServer, Viewer, Protocol):
    """A server that we are logged in on."""

    def close(self) -> None: ...


class Logins(Protocol):
    """What is remembered of logins, also by later processes: a password that was refused is never tried again."""

    def refused(self, login: str) -> str | None:
        """The server's words, if it has refused this login (a fingerprint)."""

    def refuse(self, login: str, said: str) -> None: ...

    def accept(self, login: str) -> None: ...
