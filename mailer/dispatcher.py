"""What is on its way to one server, and the threads that bring it there: letters to a mail server, calls to a calendar's.

One `Dispatcher` for a queue; any number of threads call `drain` or `serve`. The clock and the waiting are handed in.
What is done with a thing, and written down about it, is said by whoever makes a kind of dispatcher of it, in `hand`.

A server that is down is asked at growing intervals by one thing at a time, each time by another. Whether it is down or
one thing is to blame is `mailer.pace`'s rule. Why, since when and when it is asked next stand in the store, so that
`status` in another process can say it, and so that a start goes on from there: `trouble`.
"""

import heapq
import itertools
import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from mailer.pace import NONE, Circuit, Rate
from store.database import Damage, Database, Locked
from store.letters import iso
from store.records import TROUBLE
from store.shape import shaped

LONGEST_SLEEP = timedelta(minutes=1)
"""A waiting thread looks at the clock at least so often, because the clock may be set."""

STORES_TROUBLE = (OSError, Damage, Locked)
"""What says that the store cannot be written, whichever thing it is."""

Clock = Callable[[], datetime]
Wait = Callable[[float], object]
Place = tuple[datetime, int, int]
"""Where a thing stands in the queue: when it is due, behind how many that have asked in vain, and its number."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why nothing of a queue gets through: the server's words or ours, since when, and when it may be asked again."""

    server: str
    said: str
    since: datetime
    next: datetime
    failures: int  # how often it was asked in vain
    asked: tuple[str, ...] = ()  # by what, the longest ago first


def trouble(db: Database, queue: str) -> Trouble | None:
    """The trouble that the store knows of; None when things get through, as far as anybody has tried."""
    document: Mapping[str, Any] | None = db.table(TROUBLE).find(queue)
    if document is None:
        return None
    with suppress(KeyError, TypeError, ValueError):  # as if there were none: the server is asked again at once
        since, next_ = (datetime.fromisoformat(document[name]) for name in ("since", "next"))
        server, said, failures = document["server"], document["said"], document["failures"]
        asked = tuple(document.get("asked", ()))
        return shaped(Trouble(server=server, said=said, since=since, next=next_, failures=failures, asked=asked))
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of a thing. `trouble`: the server's, whoever comes; then `cause` is what made us believe so of a thing
    that had been named, and `wait` how long the server asked to be left alone. `reached`: the server has dealt with it.
    `again`: when it is due again by itself. `spent`: it counts for the rates. `well`: it is what was hoped for.
    """

    trouble: str = ""
    cause: str = ""
    wait: timedelta | None = None
    reached: bool = False
    again: datetime | None = None
    spent: bool = False
    well: bool = False


Do = Callable[[T, datetime, Clock], Done]
"""Does what is to be done with a thing that was taken at a moment."""


class Dispatcher(ABC, Generic[T]):
    """A queue of things for one server. `queue` is its name in the store, `server` that of what is behind it, `one` and
    `log` are for the log. Every method may be called from any thread."""

    afresh = False
    """Whether what waits is dropped when the server is in trouble, for it is worked out anew when that is over."""

    def __init__(
        self, db: Database, queue: str, server: str, *, one: str, log: logging.Logger, rate: Rate | None = None
    ) -> None:
        self._db, self._name, self._server, self._one_is, self._log = db, queue, server, one, log
        self._rate = rate or Rate()
        self._circuit = self._told = _remembered(db, queue, server)
        self._change = threading.Condition()  # held for moments only, never across the store or a socket
        self._numbers = itertools.count()
        self._heap: list[tuple[Place, str]] = []  # may hold entries that `_queued` has outdated
        self._queued: dict[str, tuple[Place, T]] = {}
        self._in_hand: set[str] = set()

    @abstractmethod
    def key(self, thing: T) -> str:
        """What a thing is known by."""

    @abstractmethod
    def hand(self) -> AbstractContextManager[Do[T]]:
        """What one thread does things with, from the first to the last of a drain. It raises only STORES_TROUBLE and
        what keeps anything from being done at all: the thing is in the queue again then."""

    @property
    def trouble(self) -> str | None:
        """The sentence about why nothing gets through at the moment; None when it does."""
        with self._change:
            return self._circuit.trouble

    @property
    def pending(self) -> int:
        """How many things wait or are in hand."""
        with self._change:
            return self._count()

    def add(self, things: Iterable[T], when: datetime) -> None:
        """Queue things that are due at `when`; one that is in hand stays so. Wakes waiting threads."""
        with self._change:
            for thing in things:
                if self.key(thing) not in self._in_hand:
                    self._push(thing, when)
            self._change.notify_all()

    def wake(self) -> None:
        """Let waiting threads look again at once: after `stop` was set. Safe in a signal handler."""
        with self._change:
            self._change.notify_all()

    def drain(self, now: Clock, stop: threading.Event, wait: Wait | None = None) -> int:
        """Do what is due, oldest first, until nothing is due, the server is left alone, the rate of the hour or the day is spent, or
        `stop` is set.

        Returns how many went well. The thing in hand is always finished. `wait` passes the seconds that the minute's rate
        asks for; by default it is `stop.wait`. Raises what `Database.batch` raises, and what `hand` does.
        """
        well = 0
        with self.hand() as do:
            while not stop.is_set():
                moment = now()
                thing, pause = self._take(moment)
                if thing is not None:
                    well += self._do(do, thing, moment, now)
                elif pause is not None:
                    (wait or stop.wait)(pause.total_seconds())
                else:
                    break
        return well

    def drain_all(self, now: Clock, stop: threading.Event) -> None:
        """Drain, also what waits for another thread's answer about a server in trouble."""
        while not stop.is_set():
            self.drain(now, stop)
            with self._change:
                if self._circuit.asking is not None:
                    self._change.wait(LONGEST_SLEEP.total_seconds())
                elif not self._due(now()):
                    return

    def serve(self, now: Clock, stop: threading.Event) -> None:
        """Drain, sleep until something is due or `add` or `wake` is called, and so on until `stop` is set."""
        while not stop.is_set():
            self.drain(now, stop)
            with self._change:
                if not stop.is_set():
                    self._change.wait(self._sleep(now()).total_seconds())

    def believes(self, cause: str, thing: str) -> bool:
        """Whether a failure that came after `thing` was named is the server's: it has failed another one alike. If not,
        it is remembered for the next."""
        with self._change:
            if self._circuit.believes(cause, thing):
                return True
            self._circuit = self._circuit.suspecting(cause, thing)
            return False

    def met_again(self, thing: str) -> bool:
        """Whether `thing` alone has found trouble before, and others got through since."""
        with self._change:
            return self._circuit.met_again(thing)

    # To be called with `_change` held

    def _count(self) -> int:
        return len(self._queued) + len(self._in_hand)

    def _push(self, thing: T, when: datetime) -> None:
        key, asked = self.key(thing), self._circuit.asked
        place = when, asked.index(key) + 1 if key in asked else 0, next(self._numbers)
        self._queued[key] = place, thing
        heapq.heappush(self._heap, (place, key))

    def _first(self) -> tuple[Place, str] | None:
        while self._heap:
            place, key = self._heap[0]
            known = self._queued.get(key)
            if known and known[0] == place:
                return place, key
            heapq.heappop(self._heap)
        return None

    def _due(self, now: datetime) -> bool:
        first = self._first()
        rests = self._circuit.resting(now) or self._rate.spent_wait(now)
        return first is not None and first[0][0] <= now and not rests

    def _clear(self) -> None:
        self._heap, self._queued = [], {}

    def _sleep(self, now: datetime) -> timedelta:
        if self._circuit.asking:
            return LONGEST_SLEEP  # woken when the answer is there
        first = self._first()
        due = first[0][0] if first else now + LONGEST_SLEEP
        return min(max(due - now, self._circuit.wait(now), self._rate.spent_wait(now), NONE), LONGEST_SLEEP)

    def _after(self, key: str, done: Done | None, now: datetime) -> Circuit:
        """The circuit after a thing. One that never got to the server, or of which nobody can say, found nothing out."""
        if done and done.trouble:
            found = self._circuit.failed(done.trouble, now, key)
            if done.wait and found.until:
                found = replace(found, until=max(found.until, now + done.wait))
            return found
        return self._circuit.succeeded(key) if done and done.reached else self._circuit.unasked(key)

    # One thing

    def _take(self, now: datetime) -> tuple[T | None, timedelta | None]:
        """The thing to do now; or how long the rate asks to wait; or neither: nothing can be done now."""
        with self._change:
            if not self._due(now):
                return None, None
            self._rate, pause = self._rate.take(now)
            if pause:
                return None, pause
            _, key = heapq.heappop(self._heap)
            _, thing = self._queued.pop(key)
            self._in_hand.add(key)
            self._circuit = self._circuit.asked_by(key)
            return thing, None

    def _do(self, do: Do[T], thing: T, taken: datetime, now: Clock) -> bool:
        done: Done | None = None  # stays so when nothing can be written down: then nothing more should be done
        try:
            done = do(thing, taken, now)
        finally:
            self._put_back(thing, done, taken, now())  # looked up again: a server that hangs takes its time
        self._write_trouble_down(done)
        return done.well

    def _put_back(self, thing: T, done: Done | None, taken: datetime, now: datetime) -> None:
        key = self.key(thing)
        with self._change:
            self._in_hand.discard(key)
            if done is None or not done.spent:
                self._rate = self._rate.returned(taken)
            before, self._circuit = self._circuit, self._after(key, done, now)
            if self.afresh and done and done.trouble:
                self._clear()
            again = done.again if done else None if self.afresh else now
            if again:
                self._push(thing, again)
            if self._circuit != before:
                self._change.notify_all()

    def _write_trouble_down(self, done: Done) -> None:
        """Bring the store and the log up to the circuit; nothing when both are."""
        with self._change:
            if (self._circuit.trouble, self._circuit.until) == (self._told.trouble, self._told.until):
                return
        with self._db.batch(sync=False):
            with self._change:  # looked at again: another thread may have been quicker
                before, self._told = self._told, self._circuit
                circuit = self._circuit
            self._write(circuit)
        if circuit.trouble is None:
            self._log.info("%ss get through again", self._one_is)
        elif before.trouble is None or (not done.cause and circuit.trouble != before.trouble):
            self._log.warning("no %s gets through: %s", self._one_is, circuit.trouble)

    def _write(self, circuit: Circuit) -> None:
        if circuit.trouble is None:
            self._db.table(TROUBLE).drop(self._name)
            return
        moments = {"since": iso(circuit.since), "next": iso(circuit.until or circuit.since)}
        known = {"server": self._server, "said": circuit.trouble, "failures": circuit.failures}
        self._db.table(TROUBLE).put(self._name, known | moments | {"asked": list(circuit.asked)})


def _remembered(db: Database, queue: str, server: str) -> Circuit:
    """The circuit of a start: what an earlier process found is kept, and by what, but the server is asked again at once."""
    known = trouble(db, queue)
    if known is None:
        return Circuit()
    if known.server != server:  # the config names another one now
        db.table(TROUBLE).drop(queue)
        return Circuit()
    return Circuit(trouble=known.said, since=known.since, failures=known.failures, asked=known.asked)
