"""Microsoft Graph: one application in one tenant, and what we ask of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calendars.channel import ChannelError
from calendars.microsoft365.requests import Answer, Ask
from calendars.microsoft365.settings import Microsoft365
from calendars.server.face import Logins

if TYPE_CHECKING:
    from calendars.microsoft365.calendar import GraphCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphSettings:
    """The section [microsoft365], and what it names.

    `mailbox` is the service's own. `secret` gives the client secret, asked anew when there is reason to; None with a
    certificate. `ca_file` replaces the system's certificate authorities.
    """

    server: Microsoft365
    mailbox: str
    secret: Callable[[], str] | None
    certificate: Path | None
    ca_file: Path | None


class Session:
    """One application in one tenant. Every method may be called from any thread. Raises ChannelError, and nothing else."""

    def __init__(self, settings: GraphSettings, logins: Logins) -> None:
        self.settings, self._logins = settings, logins

    def ask(self, address: str, asked: Ask) -> Answer:
        """One request about a mailbox ("" for the directory). What is gone is an answer, everything else refused raises."""
        raise NotImplementedError

    def ask_all(self, address: str, asked: Sequence[Ask], *, in_order: bool = False) -> list[Answer | ChannelError]:
        """Many requests about a mailbox, twenty to a request. `in_order`: each waits for the one before it."""
        raise NotImplementedError

    def pages(self, address: str, asked: Ask) -> Iterator[Mapping[str, Any]]:
        """All that a list holds, page by page."""
        raise NotImplementedError

    def probe(self) -> str:
        """Be let in and say as what."""
        raise NotImplementedError

    def look(self, address: str) -> None:
        """Open a mailbox's calendar, as every call does: whether the service has the right to act there."""
        raise NotImplementedError

    def calendar(self, address: str) -> "GraphCalendar":
        """The calendar of a mailbox. Nothing is asked yet."""
        from calendars.microsoft365.calendar import GraphCalendar

        return GraphCalendar(self, address)

    def post(self, mime: bytes) -> None:
        """Send a letter from the service's mailbox, as it is."""
        raise NotImplementedError

    def busy_times(
        self, addresses: Sequence[str], begin: datetime, end: datetime
    ) -> dict[str, list[tuple[datetime, datetime]] | ChannelError]:
        """When each of these people is not free, aware, by address; an error for whoever's times cannot be had."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the connections."""
