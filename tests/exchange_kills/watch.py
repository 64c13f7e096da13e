"""Who looks on at the calendar servers between a request's work and its reply, and can hold the reply back there."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.server_values import Kind, Server, kind_of, ours

ANY = "any"
"""Any request at all: the kill falls at random, and no reply is held back."""

CREATED, WRITTEN, TAKEN_OUT = "a creation", "a change", "days taken out"
WHAT: Mapping[str, str] = {
    "CreateItem": CREATED,
    "UpdateItem": WRITTEN,
    "DeleteItem": TAKEN_OUT,
    "POST events": CREATED,
    "PATCH events/{id}": WRITTEN,
    "DELETE events/{id}": TAKEN_OUT,
}
"""What is done by a request of either server."""

GONE = "the end of a series"
"""The mailbox has none of ours that goes on any more: it was deleted, or marked as over."""

HELD_SECONDS = 60.0
"""So long a reply is held back at most: a busy machine, not a measure."""


class Instant:
    """The n-th time that something happens. Then `reached` is set, and whoever comes by waits for `release`."""

    def __init__(self) -> None:
        self.reached, self._released = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._what, self._left = "", 0

    def arm(self, what: str, count: float) -> None:
        with self._lock:
            self.reached.clear()
            self._released.clear()
            self._what, self._left = what, max(1, int(count))

    def release(self) -> None:
        self._released.set()

    def passed(self, what: str) -> None:
        """`what` has just happened; its reply is not sent yet."""
        with self._lock:
            if self._what not in (what, ANY) or not self._left:
                return
            self._left -= 1
            if self._left:
                return
        self.reached.set()
        if self._what != ANY:
            self._released.wait(HELD_SECONDS)


class Watch:
    """A server's `before_reply`. `doubled` are the mailboxes in which two series of ours ever stood, on all servers
    together; `on_create` is called with each mailbox in which something was just created."""

    def __init__(self, instant: Instant) -> None:
        self.instant = instant
        self.servers: Sequence[Server] = ()
        self.doubled: set[str] = set()
        self.on_create: Callable[[str], None] = lambda _: None

    def of(self, kind: Kind) -> Callable[[Any], None]:
        """Who looks on at the server of this kind."""

        def done(request: Any) -> None:
            if request.code in ("NoError", "lost"):
                (server,) = (one for one in self.servers if kind_of(one) is kind)
                self._done(*_parts(server, request))

        return done

    def _done(self, operation: str, mailbox: str) -> None:
        what = WHAT.get(operation, "")
        if what == CREATED:
            if self.series(mailbox) > 1:
                self.doubled.add(mailbox)
            self.on_create(mailbox)
        if what in (WRITTEN, TAKEN_OUT) and not self.series(mailbox):
            what = GONE
        self.instant.passed(what)

    def series(self, mailbox: str) -> int:
        """How many series of ours are in somebody's mailboxes."""
        found = 0
        for server in self.servers:
            with server.lock:
                found += len(ours(server, mailbox))
        return found


def _parts(server: Server, request: Any) -> tuple[str, str]:
    """The operation and the mailbox; of a batch, those of what was done in it last."""
    inside = [one for one in server.log[request.number :] if getattr(one, "batch", None) == request.number]
    last = next((one for one in reversed(inside) if one.code == "NoError"), request)
    return last.operation, last.mailbox
