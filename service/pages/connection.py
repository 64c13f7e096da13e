"""What one connection of a stranger may cost: a place, seconds, bytes. uvicorn's protocol, with a gate before it.

uvicorn (0.54) with httptools limits neither the length nor the time of a request, and parses at once whatever has
come, so that 19,000 requests in one piece become 19,000 at a time. Here bytes are counted before the parser sees
them, and it gets those of one request only: the next one's when the answer has left. Of a client that sends more or
does not read, there are in memory at most what was read at once (`READ_BYTES`, which Linux doubles), uvicorn's
64 KB of unsent output, and one answer.
"""

import asyncio
import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal, cast

import httptools
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT, FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

log = logging.getLogger("aikultur")

READ_BYTES = 32 * 1024
"""The receive buffer of a connection, and so the most that is read of it at once; a form is hardly longer."""

KEPT_BACK = 128
"""Descriptors that are no connection's: the store's, the mail servers', calendars', and those of connections that are
being closed. A service without visitors has about 17 open."""

Stage = Literal["new", "head", "body", "answer", "idle"]
"""Of the request that was begun last: nothing of the first has come; its head or body comes; it is whole and gets its
answer; it has it, and nothing of the next has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What all connections together and each of them may take."""

    connections: int = 256  # behind a proxy a dozen is usual
    head_bytes: int = 16 * 1024  # as nginx (large_client_header_buffers: 8 KB a line) and Apache (8 KB) have it, about
    body_bytes: int = 1024 * 1024  # with what a chunked body adds; a form has a smaller limit of its own
    head_seconds: float = 10
    body_seconds: float = 10
    idle_seconds: float = 5  # between two requests, as uvicorn has it
    unread_seconds: float = 30  # with output that is not taken


LIMITS = Limits()


def places(wanted: int, descriptors: int) -> int:
    """How many connections there may be when the process may open so many `descriptors` (RLIMIT_NOFILE; below 0:
    without limit). At least one, however few they are."""
    return wanted if descriptors < 0 else max(1, min(wanted, descriptors - KEPT_BACK))


class Tally:
    """Counts what would flood a log, so that it is said once a minute."""

    def __init__(self) -> None:
        self._count, self._told = 0, float("-inf")

    def add(self, now: float) -> int:
        """One more at `now` (seconds of a monotonic clock). How many are to be told of; 0: not yet."""
        self._count += 1
        if now - self._told < 60:
            return 0
        count, self._count, self._told = self._count, 0, now
        return count


class Gate:
    """All connections of a server, at most `places` of them. Belongs to the thread of the event loop."""

    def __init__(self, limits: Limits, places: int) -> None:
        self.limits, self.places = limits, places
        self._open = set[Connection]()
        self._silent = dict[Connection, None]()  # those that wait for their client, the longest first
        self._crowded, self._invalid = Tally(), Tally()

    def enter(self, connection: "Connection", now: float) -> bool:
        """Give a place, if need be that of whoever has been silent the longest. False: all are being answered."""
        if len(self._open) >= self.places:
            if count := self._crowded.add(now):
                log.warning("all %d connections of the web are taken; newcomers that met this: %d", self.places, count)
            if not self._silent:
                return False
            next(iter(self._silent)).drop()
        self._open.add(connection)
        return True

    def leave(self, connection: "Connection") -> None:
        """Take the place back; nothing where there was none."""
        self._open.discard(connection)
        self._silent.pop(connection, None)

    def waits(self, connection: "Connection", *, for_client: bool) -> None:
        """Remember since when a connection waits for its client; drops of a request do not make it younger."""
        if not for_client:
            self._silent.pop(connection, None)
        elif connection in self._open:
            self._silent.setdefault(connection)

    def invalid(self, now: float) -> None:
        """Count what is no HTTP, at `now` (seconds of a monotonic clock); the log hears of it once a minute."""
        if count := self._invalid.add(now):
            log.warning("requests to the web that were no HTTP: %d", count)


class _Flow(FlowControl):
    """uvicorn's, but nothing is read while there is something that was read and has not been used."""

    def __init__(self, transport: asyncio.Transport, connection: "Connection") -> None:
        super().__init__(transport)
        self._connection = connection

    def pause_reading(self) -> None:
        if not self._transport.is_closing():
            super().pause_reading()

    def resume_reading(self) -> None:
        if not self._transport.is_closing() and not self._connection.behind:
            super().resume_reading()


class Connection(HttpToolsProtocol):
    """One connection, its requests one by one. The methods are those of asyncio.Protocol and of httptools."""

    def __init__(self, gate: Gate, **given: Any) -> None:
        super().__init__(**given)
        self._gate, self._limits = gate, gate.limits
        self._input, self._at = b"", 0  # what was read, and how much of it the parser has
        self._stage: Stage = "new"
        self._counted = 0  # bytes of the head or body that comes
        self._last = False  # the connection ends after the request in hand
        self._timer: asyncio.TimerHandle | None = None
        self._timed: object = None

    @property
    def behind(self) -> bool:
        """Whether something was read that the parser does not have yet."""
        return self._at < len(self._input)

    # --- asyncio's ---------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        made = cast(asyncio.Transport, transport)
        super().connection_made(made)
        self.flow = _Flow(made, self)
        if self._gate.enter(self, self.loop.time()):
            self._watch()
        else:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)

    def connection_lost(self, exc: Exception | None) -> None:
        self._gate.leave(self)
        self._input, self._at = b"", 0
        super().connection_lost(exc)
        if self._timer:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        if not self.transport.is_closing():
            self._input, self._at = (self._input[self._at :] + data if self.behind else data), 0
            self._go_on()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._go_on()

    # --- httptools' and uvicorn's ------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._stage = "head"

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._stage, self._counted = "body", 0
        # An upgrade is to nothing that we speak, and whatever follows would not be HTTP.
        self._last = not self.cycle.keep_alive or self.parser.should_upgrade()
        # Many answers do not wait for the body. To close while it comes would undo what was answered (RFC 9112, 9.6).
        self.cycle.keep_alive = True

    def on_message_complete(self) -> None:
        super().on_message_complete()
        answered = self.cycle.response_complete
        self._stage, self._counted = "idle" if answered else "answer", 0
        if self._last:
            self.cycle.keep_alive = False
        if self._last and answered:
            self.transport.close()

    def on_response_complete(self) -> None:
        # Not uvicorn's, which sets a timer of its own and begins the next of the requests that it holds: it holds none.
        self.cycle.body.clear()  # what the page did not take
        if self._stage == "answer":
            self._stage = "idle"
        self._go_on()

    def shutdown(self) -> None:
        self._last = True
        super().shutdown()
        self._watch()

    # --- ours --------------------------------------------------------------------------------------------------

    def drop(self) -> None:
        """Close at once, whatever was to be sent."""
        self._gate.leave(self)
        self.transport.abort()

    def _go_on(self) -> None:
        """Give the parser what it may have; read on when it has all."""
        while self.behind and self._may_parse():
            self._parse(self._piece())
        if self.behind:
            self.flow.pause_reading()
        else:
            self._input, self._at = b"", 0
            if self._stage != "body" or len(self.cycle.body) <= HIGH_WATER_LIMIT:  # else when the page has taken it
                self.flow.resume_reading()
        self._watch()

    def _may_parse(self) -> bool:
        if self.transport.is_closing() or self.flow.write_paused:
            return False
        return self._stage == "body" or not self._owes()

    def _owes(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _piece(self) -> bytes:
        """The next bytes, so few that at most one request ends in them: a head ends with an empty line."""
        fresh = self._stage in ("new", "idle")
        mark = b"\r\n\r\n" if fresh else b"\n"
        found = self._input.find(mark, self._at)
        start, self._at = self._at, found + len(mark) if found >= 0 else len(self._input)
        return self._input[start : self._at]

    def _parse(self, piece: bytes) -> None:
        self._counted += len(piece)
        in_body = self._stage == "body"
        if self._counted > (self._limits.body_bytes if in_body else self._limits.head_bytes):
            self._refuse(HTTPStatus(413) if in_body else HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            return
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade:
            pass  # it is answered like any other
        except httptools.HttpParserError:
            self._gate.invalid(self.loop.time())
            self._refuse(HTTPStatus.BAD_REQUEST)

    def _watch(self) -> None:
        """Set the time that the client has for what comes next; none while it is we who must do something."""
        stuck = self.flow.write_paused or self.transport.is_closing()
        ours = not stuck and self._stage != "body" and self._owes()
        state = (self._stage, stuck, ours)
        if state == self._timed:
            return
        self._timed = state
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._gate.waits(self, for_client=not ours)
        if not ours:
            seconds = self._limits.unread_seconds if stuck else self._seconds()
            self._timer = self.loop.call_later(seconds, self._too_slow)

    def _seconds(self) -> float:
        match self._stage:
            case "body":
                return self._limits.body_seconds
            case "idle":
                return self._limits.idle_seconds
            case _:
                return self._limits.head_seconds

    def _too_slow(self) -> None:
        half = self._stage in ("head", "body") or self._counted
        if half and not self.flow.write_paused and not self.transport.is_closing():
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self.drop()

    def _refuse(self, status: HTTPStatus) -> None:
        """Say why, unless an answer to this request has begun, and close."""
        if self._stage == "body" and self.cycle.response_started:
            self.drop()
            return
        words = status.phrase.encode()
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: text/plain; charset=utf-8\r\n"
        self.transport.write(head.encode() + b"content-length: %d\r\nconnection: close\r\n\r\n%s" % (len(words), words))
        self.transport.close()
        self._watch()
