"""Who looks on at the servers between a request's work and its reply, and can hold the reply back there."""

import threading
from collections.abc import Callable

from tests.ews import EwsServer, Request
from tests.exchange_kills.count import ours

ANY = "any"
"""Any request at all: the kill falls at random, and no reply is held back."""

GONE = "the end of a series"
"""The mailbox has none of ours that goes on any more: it was deleted, or marked as over. A plain DeleteItem took out days."""

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
    """The Exchange server's `before_reply`. `doubled` are the mailboxes in which two series of ours ever stood;
    `on_create` is called with each mailbox in which something was just created."""

    def __init__(self, instant: Instant) -> None:
        self.instant = instant
        self.server: EwsServer | None = None
        self.doubled: set[str] = set()
        self.on_create: Callable[[str], None] = lambda _: None

    def __call__(self, request: Request) -> None:
        what = request.operation if request.code in ("NoError", "lost") else ""
        if what == "CreateItem":
            if self._series(request.mailbox) > 1:
                self.doubled.add(request.mailbox)
            self.on_create(request.mailbox)
        if what in ("DeleteItem", "UpdateItem") and not self._series(request.mailbox):
            what = GONE
        self.instant.passed(what)

    def _series(self, mailbox: str) -> int:
        assert self.server is not None
        with self.server.lock:
            return len(ours(self.server, mailbox))
