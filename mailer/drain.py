"""The queue of claimed letters in memory, and the loop that empties it.

One `Outbox` for a process; any number of threads call `drain` or `serve`, each with a transport of its own. The clock
and the waiting are handed in. Letters come in by `add`, and by `refresh` when another process retried one.

A server that is down is asked at growing intervals by one letter at a time, each time by another. Whether it is down or
one letter is to blame is `mailer.pace`'s rule. Why, since when and when it is asked next stand in the store, so that
`status` in another process can say it: `trouble`.
"""

import heapq
import itertools
import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mailer.outbox import OnSettled, Outcome, deliver_one, sent_moments, waiting_letters
from mailer.pace import HOUR, NONE, Circuit, Rate
from mailer.transport import Transport, TransportError
from store.database import Damage, Database, Locked
from store.letters import LetterRecord, iso
from store.records import RETRIES, TROUBLE
from store.shape import shaped
from store.spool import Spool

LONGEST_SLEEP = timedelta(minutes=1)
"""A waiting thread looks at the clock at least so often, because the clock may be set."""

SETTLES = 25
"""How many settle lines share a sync. So many letters may be sent again after a power loss (for a killed process it makes
no difference). A sync costs 0.2 to 10 ms by the disk, a letter a few: one for each would be felt."""

AHEAD = 200
"""How many letters are claimed ahead of the sending: two groups of one sync each. What is claimed goes, also when the
window has closed meanwhile, so it should be little."""

STORES_TROUBLE = (OSError, Damage, Locked)
"""What says that the store cannot be written, whichever letter it is."""

Clock = Callable[[], datetime]
Wait = Callable[[float], object]

log = logging.getLogger("aikultur.outbox")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why no letter gets through: the server's words or ours, since when, and when the server may be asked again."""

    server: str
    said: str
    since: datetime
    next: datetime
    failures: int  # how often it was asked in vain


def trouble(db: Database) -> Trouble | None:
    """The trouble that the store knows of; None when letters get through, as far as anybody has tried."""
    for document in db.table(TROUBLE).all():
        with suppress(KeyError, TypeError, ValueError):  # as if there were none: the server is asked again at once
            since, next_ = (datetime.fromisoformat(document[name]) for name in ("since", "next"))
            server, said, failures = str(document.doc_id), document["said"], document["failures"]
            return shaped(Trouble(server=server, said=said, since=since, next=next_, failures=failures))
    return None


class Outbox:
    """The claimed letters of a store on their way out.

    `make_transport` gives each draining thread its transport and does not connect yet; `server` names what is behind
    it. At the start all letters are scanned once: what waits, and what of the hour's rate is spent. Every method may be
    called from any thread.
    """

    def __init__(
        self,
        db: Database,
        spool: Spool,
        make_transport: Callable[[], Transport],
        *,
        server: str = "server",
        per_minute: int | None = None,
        per_hour: int | None = None,
        on_settled: OnSettled | None = None,
    ) -> None:
        self._db, self._spool, self._make_transport, self._on_settled = db, spool, make_transport, on_settled
        self._server = server
        self._rate = Rate(per_minute=per_minute, per_hour=per_hour)
        if per_hour:
            self._rate = self._rate.after(sent_moments(db))
        self._circuit = self._told = _remembered(db, server)
        self._change = threading.Condition()  # held for moments only, never across the store or a socket
        self._order = itertools.count()
        self._heap: list[tuple[datetime, int, str]] = []  # may hold entries that `_queued` has outdated
        self._vain: set[str] = set()  # letters that found the server down when they had been named to it
        self._settles = 0
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

    def room(self, now: datetime) -> int:
        """How many letters may be claimed now: what the rates can carry soon, less what is claimed already.

        While the server is down none but one to ask with, and one more where it fell silent at those there are: what is
        not claimed can still become too late, and is not sent at night when the server is back.
        """
        with self._change:
            pending = len(self._queued) + len(self._in_hand)
            if self._circuit.trouble is not None:
                return 0 if pending > len(self._vain) else 1
            limits = [AHEAD, self._rate.per_minute, self._rate.room(now)]
            return max(0, min(limit for limit in limits if limit is not None) - pending)

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
        """Deliver what is due, oldest first, until nothing is due, the server is down, the hour's rate is spent, or
        `stop` is set.

        Returns how many letters were accepted. The letter in hand is always finished. `wait` passes the seconds
        that the minute's rate asks for; by default it is `stop.wait`. The last settle line is synced. Raises what
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
        if self._circuit.asking:
            return LONGEST_SLEEP  # woken when the answer is there
        due = min((when for when, _ in self._queued.values()), default=now + LONGEST_SLEEP)
        return min(max(due - now, self._circuit.wait(now), self._rate.hour_wait(now), NONE), LONGEST_SLEEP)

    def _push(self, letter: str, when: datetime) -> None:
        entry = (when, next(self._order))
        self._queued[letter] = entry
        heapq.heappush(self._heap, (*entry, letter))

    def _take(self, now: datetime) -> tuple[str | None, timedelta | None]:
        """The letter to deliver now; or how long the rate asks to wait; or neither: nothing can be done now."""
        with self._change:
            while self._heap and self._queued.get(self._heap[0][2]) != self._heap[0][:2]:
                heapq.heappop(self._heap)
            if not self._heap or self._heap[0][0] > now or self._circuit.resting(now) or self._rate.hour_wait(now):
                return None, None
            self._rate, pause = self._rate.take(now)
            if pause:
                return None, pause
            letter = heapq.heappop(self._heap)[2]
            del self._queued[letter]
            self._in_hand.add(letter)
            self._circuit = self._circuit.asked_by(letter)
            return letter, None

    def _transport_for(self, letter: str, taken: datetime) -> Transport:
        try:
            return self._make_transport()
        except Exception:
            self._put_back(letter, None, taken, taken)
            raise

    def _deliver(self, transport: Transport, letter: str, taken: datetime, now: Clock) -> str:
        outcome: Outcome | None = None  # stays so when nothing can be written down: then nothing more should be sent
        try:
            with self._change:
                last = not self._heap or self._heap[0][0] > taken
                self._settles += 1
                sync = last or self._settles % SETTLES == 0
            made = (self._db, self._spool, transport, letter, taken, self._on_settled)
            outcome = deliver_one(*made, weigh=self._weigh, sync=sync)
        except STORES_TROUBLE:
            raise
        except Exception as error:  # a record that cannot be read, a fault of ours: one letter's, whatever it is
            log.exception("letter %s cannot be handled; it waits for an hour, and the others go on", letter[:12])
            said = f"The service itself failed: {error!r}."
            outcome = Outcome(letter=letter, result="later", said=said, next_attempt=now() + HOUR)
        finally:
            self._put_back(letter, outcome, taken, now())  # looked up again: a server that hangs takes its time
        _tell(outcome)
        self._write_trouble_down()
        return outcome.result

    def _weigh(self, error: TransportError, record: LetterRecord) -> TransportError:
        """The error as the server's trouble, when it has failed another recipient's letter alike; as the letter's, when
        the server ended the connection at this one before, and the others got through."""
        if not error.cause or error.server_down:
            return error
        with self._change:
            if error.rest and not (record.attempts and self._circuit.trouble is None):
                return error
            if self._circuit.believes(error.cause, record.to):
                return error.of_server()
            self._circuit = self._circuit.suspecting(error.cause, record.to)
            return error.of_letter() if error.rest else error

    def _put_back(self, letter: str, outcome: Outcome | None, taken: datetime, now: datetime) -> None:
        with self._change:
            self._in_hand.discard(letter)
            if outcome is None or outcome.result == "server_down":
                # To the end, also at the next start: if this very letter brings the server down, the others get their
                # turn.
                self._push(letter, now)
            elif outcome.next_attempt:
                self._push(letter, outcome.next_attempt)
            if outcome is None or not outcome.wired:
                self._rate = self._rate.returned(taken)
            before = self._circuit
            self._vain.discard(letter)
            if outcome and outcome.trouble and outcome.cause:
                self._vain.add(letter)
            if outcome and outcome.trouble:
                self._circuit = before.failed(outcome.trouble, now, letter)
            elif outcome and outcome.reached:
                self._circuit = before.succeeded(letter)
                self._vain.clear()
            else:
                self._circuit = before.unasked(letter)
            if self._circuit != before:
                self._change.notify_all()

    def _write_trouble_down(self) -> None:
        """Bring the store and the log up to the circuit; nothing when both are."""
        with self._change:
            if (self._circuit.trouble, self._circuit.until) == (self._told.trouble, self._told.until):
                return
        with self._db.batch(sync=False):
            with self._change:  # looked at again: another thread may have been quicker
                before, self._told = self._told, self._circuit
                circuit = self._circuit
            _write(self._db, self._server, circuit)
        if circuit.trouble is None:
            log.info("letters get through again")
        elif circuit.trouble != before.trouble:
            log.warning("no letter gets through: %s", circuit.trouble)


def _remembered(db: Database, server: str) -> Circuit:
    """The circuit of a start: what an earlier process found is kept, but asked again at once."""
    known = trouble(db)
    if known is None:
        return Circuit()
    if known.server != server:  # the config names another one now
        db.table(TROUBLE).drop(known.server)
        return Circuit()
    return Circuit(trouble=known.said, since=known.since, failures=known.failures)


def _write(db: Database, server: str, circuit: Circuit) -> None:
    if circuit.trouble is None:
        db.table(TROUBLE).drop(server)
        return
    document: dict[str, Any] = {"said": circuit.trouble, "since": iso(circuit.since), "failures": circuit.failures}
    db.table(TROUBLE).put(server, document | {"next": iso(circuit.until or circuit.since)})


def _tell(outcome: Outcome) -> None:
    """What came of a letter, in the log. The server's trouble is said elsewhere, and once."""
    letter = outcome.letter[:12]
    if outcome.result == "parked":
        log.warning("letter %s is parked: %s", letter, outcome.said)
    elif outcome.result == "in_doubt":
        log.warning("letter %s is in doubt and will be sent once more: %s", letter, outcome.said)
    elif outcome.result in ("later", "unread"):
        log.info("letter %s waits until %s: %s", letter, f"{outcome.next_attempt:%Y-%m-%d %H:%M %Z}", outcome.said)
