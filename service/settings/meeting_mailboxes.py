"""Departments' meetings that stand in a mailbox's calendar: asked of the server that has the mailbox."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta

from calendars.channel import ChannelError
from calendars.server.face import Viewer
from calendars.server.view import View
from service.messages.relayed import Relayed
from service.messages.translation import Sentence

DAY = timedelta(days=1)

Sessions = Callable[[str], Viewer]
"""The session on the server of a channel."""


def no_servers(name: str) -> Viewer:
    """For whoever looks without asking a server. Always raises ChannelError."""
    raise ChannelError("no server is asked here.")


class Mailboxes:
    """The mailboxes of one round. A server that is in trouble is not asked for the next one; what fails after a mailbox was
    named is the mailbox's own until a second one fails of the same cause."""

    def __init__(self, servers: Iterable[str], sessions: Sessions) -> None:
        self._servers, self._sessions = tuple(servers), sessions
        self._troubles: dict[str, ChannelError] = {}
        self._causes: dict[str, str] = {}

    def view(self, mailbox: str, subject: str, first: date, last: date) -> View:
        """The events of one name from a day to a day, and what lies a day around them. Where there are several servers they
        are asked in turn, until one has the mailbox; one in trouble may be the one that does. Raises ChannelError."""
        begin, end = (datetime.combine(day, time(0), UTC) for day in (first - DAY, last + 2 * DAY))
        wrong: list[ChannelError] = []
        for name in self._servers:
            try:
                return self._asked(name, mailbox, subject, begin, end)
            except ChannelError as error:
                wrong.append(error)
        wrong.append(ChannelError("there is no server to ask for it until the service is started again."))
        raise next((error for error in wrong[:-1] if not error.absent), wrong[0])

    def _asked(self, name: str, mailbox: str, subject: str, begin: datetime, end: datetime) -> View:
        if trouble := self._troubles.get(name):
            raise trouble
        try:
            found = self._sessions(name).view(mailbox, subject, begin, end)
        except ChannelError as error:
            self._failed(name, error)
            raise
        self._causes.pop(name, None)
        return found

    def _failed(self, name: str, error: ChannelError) -> None:
        if error.about != "person" or (error.cause and error.cause == self._causes.get(name)):
            self._troubles[name] = error
        self._causes[name] = error.cause


def not_viewed(error: ChannelError) -> Sentence:
    """Why a mailbox's calendar could not be looked into."""
    said = Relayed(error.message)
    if not error.absent:
        return said
    text = "{said}. Of a group no service can read the calendar: name a shared mailbox, or somebody's own."
    return Sentence(text, {"said": said})
