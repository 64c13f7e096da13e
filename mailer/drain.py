"""The queue of claimed letters in memory, and the loop that empties it.

One `Outbox` for a process; any number of threads call `drain` or `serve`, each with a transport of its own. The clock
and the waiting are handed in. Letters come in by `add`, and by `refresh` when another process retried one.
"""

import heapq
import itertools
import logging
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from mailer.outbox import RETRIES, OnSettled, Outcome, deliver_one, waiting_letters
from mailer.pace import NONE, Circuit, Rate
from mailer.transport import Transport
from store.database import Database
from store.spool import Spool

LONGEST_SLEEP = timedelta(minutes=1)
"""A waiting thread looks at the clock at least so often, because the clock may be set."""

Clock = Callable[[], datetime]
Wait = Callable[[float], object]

log = logging.getLogger("aikultur.outbox")


class Outbox:
    """The claimed letters of a store on their way out.

    `make_transport` gives each draining thread its transport and does not connect yet. At the start all letters are
    scanned once. Every method may be called from any thread.
    """

    def __init__(
        self,
        db: Database,
        spool: Spool,
        make_transport: Callable[[], Transport],
        *,
        per_minute: int | None = None,
        on_settled: OnSettled | None = None,
    ) -> None:
        self._db, self._spool, self._make_transport, self._on_settled = db, spool, make_transport, on_settled
        self._rate, self._circuit = Rate(per_minute), Circuit()
        self._change = threading.Condition()  # held for moments only, never across the store or a socket
        self._order = itertools.count()
        self._heap: list[tuple[datetime, int, str]] = []  # may hold entries that `_queued` has outdated
        self._queued: dict[str, tuple[datetime, int]] = {}
        self._in_hand: set[str] = set()
        for when, letter in waiting_letters(db):
            self._push(letter, when)

    @property
    def trouble(self) -> str | None:
        """The sentence about why no letter gets through at the moment; None when they do."""
        with self._change:
            return self._circuit.trouble

    @property
    def pending(self) -> int:
        """How many letters are claimed and not settled, those in hand included."""
        with self._change:
            return len(self._queued) + len(self._in_hand)

    def next_due(self) -> datetime | None:
        """When the next letter in the queue may be tried; None when it is empty."""
        with self._change:
            return min((when for when, _ in self._queued.values()), default=None)

    def add(self, letters: Iterable[str], when: datetime) -> None:
        """Queue letters that were just claimed; `when` is the `now` of their claim. Wakes waiting threads."""
        with self._change:
            for letter in letters:
                if letter not in self._in_hand:
                    self._push(letter, when)
            self._change.notify_all()

    def refresh(self, now: datetime) -> None:
        """Read what other processes wrote, and queue what they retried. Raises what `Database.batch` raises."""
        self._db.refresh()
        retries = self._db.table(RETRIES)
        with self._change:
            # One in hand is about to be settled; it is looked at again at the next refresh.
            found = [letter for letter in retries.keys() if letter not in self._in_hand]  # noqa: SIM118 - a table
        if not found:
            return
        with self._db.batch():
            for letter in found:
                retries.drop(letter)
        self.add(found, now)

    def wake(self) -> None:
        """Let waiting threads look again at once: after `stop` was set. Safe in a signal handler."""
        with self._change:
            self._change.notify_all()

    def drain(self, now: Clock, stop: threading.Event, wait: Wait | None = None) -> int:
        """Deliver what is due, oldest first, until nothing is due, the server is down, or `stop` is set.

        Returns how many letters were accepted. The letter in hand is always finished. `wait` passes the seconds
        that the rate asks for; by default it is `stop.wait`. The last settle line is synced. Raises what
        `Database.batch` raises; that letter stays in the queue.
        """
        transport, accepted = None, 0
        try:
            while not stop.is_set():
                moment = now()
                letter, pause = self._take(moment)
                if letter is not None:
                    transport = transport or self._transport_for(letter, moment)
                    accepted += self._deliver(transport, letter, moment, now) == "sent"
                elif pause is not None:
                    (wait or stop.wait)(pause.total_seconds())
                else:
                    break
        finally:
            if transport:
                transport.close()
        return accepted

    def serve(self, now: Clock, stop: threading.Event) -> None:
        """Drain, sleep until something is due or `add` or `wake` is called, and so on until `stop` is set."""
        while not stop.is_set():
            self.drain(now, stop)
            with self._change:
                if not stop.is_set():
                    self._change.wait(self._sleep(now()).total_seconds())

    def _sleep(self, now: datetime) -> timedelta:
        due = min((when for when, _ in self._queued.values()), default=now + LONGEST_SLEEP)
        return min(max(due - now, self._circuit.wait(now), NONE), LONGEST_SLEEP)

    def _push(self, letter: str, when: datetime) -> None:
        entry = (when, next(self._order))
        self._queued[letter] = entry
        heapq.heappush(self._heap, (*entry, letter))

    def _take(self, now: datetime) -> tuple[str | None, timedelta | None]:
        """The letter to deliver now; or how long the rate asks to wait; or neither: nothing can be done now."""
        with self._change:
            while self._heap and self._queued.get(self._heap[0][2]) != self._heap[0][:2]:
                heapq.heappop(self._heap)
            if not self._heap or self._heap[0][0] > now or self._circuit.wait(now):
                return None, None
            self._rate, pause = self._rate.take(now)
            if pause:
                return None, pause
            letter = heapq.heappop(self._heap)[2]
            del self._queued[letter]
            self._in_hand.add(letter)
            self._circuit = self._circuit.tried(now)
            return letter, None

    def _transport_for(self, letter: str, now: datetime) -> Transport:
        try:
            return self._make_transport()
        except Exception:
            self._put_back(letter, None, now)
            raise

    def _deliver(self, transport: Transport, letter: str, moment: datetime, now: Clock) -> str:
        outcome: Outcome | None = None
        try:
            with self._change:
                last = not self._heap or self._heap[0][0] > moment
            outcome = deliver_one(self._db, self._spool, transport, letter, moment, self._on_settled, sync=last)
            return outcome.result
        finally:
            self._put_back(letter, outcome, now())  # looked up again: a server that hangs takes its time

    def _put_back(self, letter: str, outcome: Outcome | None, now: datetime) -> None:
        with self._change:
            self._in_hand.discard(letter)
            if outcome is None or outcome.result == "server_down":
                # To the end: if this very letter brings the server down, the others get their turn.
                self._push(letter, now)
            elif outcome.next_attempt:
                self._push(letter, outcome.next_attempt)
            if outcome and outcome.result == "server_down":
                self._trip(outcome.said, now)
            elif outcome and outcome.reached and self._circuit.trouble:
                log.info("letters get through again")
                self._circuit = Circuit()
            else:
                self._circuit = self._circuit.untried()

    def _trip(self, said: str, now: datetime) -> None:
        if self._circuit.trouble != said:
            log.warning("no letter gets through: %s", said)
        self._circuit = self._circuit.failed(said, now)
