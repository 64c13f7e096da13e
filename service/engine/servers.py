"""The calendar servers of an engine: a session on each, the queue of calls to it, and what is still to be handed over."""

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from calendars.server.face import CalendarServer, Session
from culture.people import ChannelName
from service.engine.caller import Caller
from service.engine.state import Stored
from service.planning.calls import Call, Question
from service.settings.channel_row import channel_row, servers_here
from service.settings.config import Source

T = TypeVar("T", Call, Question)


class Servers:
    """By channel. `calls` and `questions` are what the last tick has planned and no queue has taken yet."""

    def __init__(self, source: Callable[[], Source], stored: Stored, key: bytes) -> None:
        self._source, self._stored, self._key = source, stored, key
        self.callers: dict[ChannelName, Caller] = {}
        self.calls: Mapping[ChannelName, deque[Call]] = {}
        self.questions: Mapping[ChannelName, deque[Question]] = {}
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def session(self, name: str) -> Any:
        """The one session on the server of a channel, which a transport of that name shares. May be asked from any
        thread."""
        with self._lock:
            if name not in self._sessions:
                server = channel_row(name).server
                assert server is not None  # nobody asks for another
                self._sessions[name] = server.session(self._source(), self._stored.database, self._key)
            return self._sessions[name]

    def make_callers(self, stand_in: Callable[[ChannelName], CalendarServer] | None = None) -> tuple[Caller, ...]:
        """The queues of calls to the servers of the config, or to what stands in for them."""
        source = self._source()
        for name, row in servers_here(source.config):
            server = stand_in(name) if stand_in else self.session(name)
            self.callers[name] = Caller(self._stored, name, row, source, server)
        return tuple(self.callers.values())

    def planned(self, calls: Iterable[Call], questions: Iterable[Question]) -> None:
        """What a tick has found to be done. Calls that have not begun are planned afresh: an edit may have turned them
        round."""
        self.calls, self.questions = _by_channel(calls), _by_channel(questions)

    @property
    def waiting(self) -> bool:
        """Whether anything is still to be handed over."""
        return any(self.calls.values()) or any(self.questions.values())

    def withdraw(self) -> None:
        """Take back the calls that have not begun."""
        for caller in self.callers.values():
            caller.withdraw()

    def in_hand(self) -> dict[str, ChannelName]:
        """The records that calls wait for or work on, and on which channel."""
        return {record: name for name, caller in self.callers.items() for record in caller.records()}

    def close(self) -> None:
        for session in self._sessions.values():
            session.close()


def _by_channel(found: Iterable[T]) -> dict[ChannelName, deque[T]]:
    by = defaultdict[ChannelName, deque[T]](deque)
    for one in found:
        by[one.channel].append(one)
    return by
