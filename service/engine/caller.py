"""The calls on their way to the Exchange server: a queue, the threads that work on it, and what came of each.

Like the outbox: the tick never waits for a socket, a server in trouble is asked at growing intervals by one call at a
time, each time by another, and what came of a call is written down before the next. Whether the server is in trouble or
one mailbox is `mailer.pace`'s rule. Unlike the outbox nothing is claimed ahead: a call that was interrupted is worked out
afresh at the next tick, and finds by its key what was done.
"""

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from calendars.channel import ChannelError
from calendars.event import block_key
from calendars.server import block_sync, meeting
from calendars.server.block_sync import Calendar, Texts
from calendars.server.meeting import Meetings, MeetingStanding, MeetingWords
from calendars.server.standing import Standing
from culture.keys import CallName, SlotKey, without_domain
from culture.people import Person
from culture.trouble import Troubles
from culture.workdays import Week
from culture.world import World
from mailer.drain import STORES_TROUBLE
from mailer.pace import Circuit, backoff
from service.engine.state import Stored
from service.planning.calls import BATCH, Call, Question, answered
from store import records
from store.letters import iso
from store.shape import shaped
from store.unreadable import CannotRead

log = logging.getLogger("aikultur.exchange")

WORKERS = 4
"""Threads that make calls: as many requests as may be on their way at once."""

QUICK_TRIES = 4
DAILY = timedelta(days=1)
"""After a few tries within two hours a mailbox is tried once a day: somebody may give it room, or the right."""

PARTS = (BATCH, 10, 1)
"""How many people's busy times are asked for at once: at first, and after each failure."""

LOOK_SECONDS = 1.0
"""A thread that waits for another one's answer looks so often whether it is to stop."""

AHEAD = 50
"""So many calls are made ready ahead of the workers: what is ready no longer hears of an edit."""


class Mailbox(Calendar, Meetings, Protocol):
    """A mailbox's calendar, for blocks and for meetings."""


class Server(Protocol):
    """The Exchange server, or what stands in for it in a rehearsal. Raises ChannelError."""

    def calendar(self, address: str) -> Mailbox: ...

    def busy_times(
        self, addresses: list[str], begin: datetime, end: datetime
    ) -> dict[str, list[tuple[datetime, datetime]] | ChannelError]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A call with its words made."""

    call: Call
    today: date  # the person's
    texts: Texts | None = None
    words: MeetingWords | None = None

    @property
    def record(self) -> str:
        return self.call.record


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question about free minutes, with the world it is about."""

    question: Question
    world: World

    @property
    def record(self) -> str:
        return CallName("free", self.question.people[0].id).to_text()


Work = Ready | Asked

Busy = Mapping[str, list[tuple[datetime, datetime]] | ChannelError]
"""When each person is not free, by address; an error for whoever's times cannot be had."""


class Caller:
    """The queue of calls. Every method may be called from any thread."""

    def __init__(self, stored: Stored, server: Server, mailbox: str, name: str) -> None:
        self._stored, self._server, self._mailbox, self._name = stored, server, mailbox, name
        self._change = threading.Condition()
        self._queue: deque[Work] = deque()
        self._in_hand: Counter[str] = Counter()
        self._circuit = _remembered(stored, name)
        # What failed and has no record that could be written: how often, and when it is next.
        self._waits: dict[str, tuple[int, datetime]] = {}
        self._news = False
        self._said: set[str] = set()

    @property
    def pending(self) -> int:
        """How many calls wait or are being made."""
        with self._change:
            return self._in_hand.total()

    @property
    def trouble(self) -> str | None:
        """Why the server is left alone; None when it is not."""
        with self._change:
            return self._circuit.trouble

    def news(self) -> bool:
        """Whether all that was handed over is done since this was asked last: then another tick may find more."""
        with self._change:
            found = self._news and not self._in_hand
            self._news = self._news and not found
            return found

    def room(self, now: datetime) -> int:
        """How many calls may be handed over now; none while the server rests. One of them asks then."""
        with self._change:
            return 0 if self._circuit.resting(now) else max(0, AHEAD - self._in_hand.total())

    def has(self, record: str) -> bool:
        """Whether a call about this record is waiting or being made."""
        with self._change:
            return record in self._in_hand

    def records(self) -> frozenset[str]:
        """The records that calls wait for or work on."""
        with self._change:
            return frozenset(self._in_hand)

    def withdraw(self) -> None:
        """Take back the calls that have not begun."""
        with self._change:
            self._drop_queue()

    def add(self, work: Iterable[Work]) -> None:
        with self._change:
            for one in work:
                self._queue.append(one)
                self._in_hand[one.record] += 1
            self._change.notify_all()

    def wake(self) -> None:
        """Let waiting threads look again: after `stop` was set."""
        with self._change:
            self._change.notify_all()

    def serve(self, now: Callable[[], datetime], stop: threading.Event) -> None:
        """Make calls until `stop` is set; the call in hand is finished."""
        while not stop.is_set():
            with self._change:
                if not self._queue and not stop.is_set():
                    self._change.wait(60)
            self.drain(now, stop)

    def drain(self, now: Callable[[], datetime], stop: threading.Event) -> int:
        """Make the calls that wait; how many succeeded."""
        done = 0
        while work := self._take(now, stop):
            name = work.record
            try:
                done += self._one(work, name, now)
            finally:
                with self._change:
                    self._let_go(work)
                    self._circuit = self._circuit.unasked(name)  # if it still asks, it never found out
                    self._news = True
                    self._change.notify_all()
        return done

    def _take(self, now: Callable[[], datetime], stop: threading.Event) -> Work | None:
        """The next call to make; None when there is none. While one asks a server in trouble, the others wait."""
        moment = now()
        with self._change:
            while self._queue and self._circuit.asking is not None and not stop.is_set():
                self._change.wait(LOOK_SECONDS)
            for early in [one for one in self._queue if self._waits.get(one.record, (0, moment))[1] > moment]:
                self._queue.remove(early)
                self._let_go(early)
            if not self._queue or stop.is_set():
                return None
            place = self._circuit.next_of([one.record for one in self._queue])
            work = self._queue[place]
            del self._queue[place]
            self._circuit = self._circuit.asked_by(work.record)
            return work

    def _let_go(self, work: Work) -> None:
        """It is no longer in hand; to be called with `_change` held."""
        self._in_hand[work.record] -= 1
        self._in_hand += Counter()  # drops what is zero

    def _one(self, work: Work, name: str, now: Callable[[], datetime]) -> bool:
        try:
            self._make(work, now())
        except ChannelError as error:
            self._went_wrong(work, name, error, now())
            return False
        except STORES_TROUBLE:  # nothing can be written down, so nothing more should be asked
            raise
        except Exception as error:  # a fault of ours in one call must not stop the others
            log.exception("the call %s failed", name)
            said = f"{self._who(work)}: the service itself failed in this call. The log has more."
            self._went_wrong(work, name, ChannelError(said, cause=type(error).__name__), now())
            return False
        self._waits.pop(name, None)
        self._got_through(name)
        return True

    def _make(self, work: Work, now: datetime) -> None:
        if isinstance(work, Asked):
            self._ask(work, now)
        elif work.texts is not None:
            self._block(work, work.texts, now)
        else:
            self._meeting(work)

    def _block(self, ready: Ready, texts: Texts, now: datetime) -> None:
        call = ready.call
        before = self._stored.block(call.record) or Standing(person_id=call.person.id, key=block_key(call.person.id))
        calendar = self._server.calendar(call.person.email)
        try:
            result = block_sync.bring(before, call.wanted, texts, calendar, self._note_block, call.since or ready.today)
        except ChannelError as error:
            if not (error.absent and call.wanted is None):
                raise
            # Where there is no mailbox nothing can stand.
            gone = Standing(person_id=before.person_id, key=before.key, calls=before.calls + 1)
            result = block_sync.Result(standing=gone)
        after = result.standing
        if result.failed:
            said, attempts = " ".join(result.failed), before.attempts + 1
            after = replace(after, attempts=attempts, said=said, next_try=now + _pause(attempts, call.key))
            self._say(said)
        self._stored.settle_block(after, call, Week.of(ready.today))
        if after.left and not before.left:
            log.info("%s has %s the block in their calendar; it is left alone", call.person.email, after.left)

    def _meeting(self, ready: Ready) -> None:
        call, words = ready.call, ready.words
        assert words is not None
        before = self._stored.meeting(call.record) or new_meeting(call)
        calendar = self._server.calendar(self._mailbox)
        after = meeting.hold(before, call.slot, words, call.person.email, calendar, self._note_meeting)
        self._stored.settle_meeting(after, call, ready.today)

    def _ask(self, asked: Asked, now: datetime) -> None:
        """Ask for busy times: of all at once, and after a failure in smaller and smaller parts, so that one person whom
        the server fails on is found. Raises what came of a part when all have been asked."""
        attempts, _ = self._waits.get(asked.record, (0, now))
        people, circuit = asked.question.people, Circuit()
        failed: dict[str, ChannelError] = {}
        size = PARTS[min(attempts, len(PARTS) - 1)]
        for part in (people[start : start + size] for start in range(0, len(people), size)):
            try:
                self._ask_for(asked, part)
                circuit = Circuit()
            except ChannelError as error:
                if not error.cause or circuit.believes(error.cause, part[0].id):
                    raise
                circuit = circuit.suspecting(error.cause, part[0].id)
                failed[part[0].email] = error
        if failed and size == 1:  # whoever's times cannot be seen stays where they are
            self._decide(asked, tuple(one for one in people if one.email in failed), failed)
        if failed:
            raise next(iter(failed.values()))

    def _ask_for(self, asked: Asked, people: tuple[Person, ...]) -> None:
        weeks, tz = asked.question.weeks, asked.world.organisation.tz
        begin = datetime.combine(weeks[0].days[0], datetime.min.time(), tz)
        end = datetime.combine(weeks[-1].days[-1], datetime.min.time(), tz) + timedelta(days=1)
        self._decide(asked, people, self._server.busy_times([person.email for person in people], begin, end))

    def _decide(self, asked: Asked, people: tuple[Person, ...], busy: Busy) -> None:
        for unseen in (one for one in busy.values() if isinstance(one, ChannelError)):
            self._say(unseen.message)
        question, troubles = replace(asked.question, people=people), Troubles()
        self._stored.decide(answered(asked.world, question, self._stored.decided(), busy, troubles))
        for one in troubles.found:
            self._say(f"{one.who}: the free minutes cannot be worked out ({one.why}); the usual time stays.")

    def _note_block(self, standing: Standing) -> None:
        self._stored.put_block(standing, sync=True)

    def _note_meeting(self, standing: MeetingStanding) -> None:
        self._stored.put_meeting(standing, sync=True)

    # What went wrong

    def _went_wrong(self, work: Work, name: str, error: ChannelError, now: datetime) -> None:
        with self._change:
            again = error.about == "server" and bool(error.cause) and self._circuit.met_again(name)
        if again or (error.about == "person" and not self._believed(name, error)):
            if not error.cause:
                self._got_through(name)
            self._later(work, error, now)
            self._say(error.message)
            return
        with self._change:
            before = self._circuit
            circuit = before.failed(error.message, now, name)
            if error.wait and circuit.until:
                circuit = replace(circuit, until=max(circuit.until, now + error.wait))
            self._circuit = circuit
            self._drop_queue()  # worked out afresh when the server is back
        self._write_trouble(circuit)
        if before.trouble is None or (not error.cause and before.trouble != circuit.trouble):
            log.warning("no call gets through: %s", error.message)

    def _believed(self, name: str, error: ChannelError) -> bool:
        """Whether this failure is the server's, for it has failed another call alike."""
        with self._change:
            if not error.cause:
                return False
            if self._circuit.believes(error.cause, name):
                return True
            self._circuit = self._circuit.suspecting(error.cause, name)
            return False

    def _drop_queue(self) -> None:
        """Forget what has not begun; to be called with `_change` held."""
        waiting, self._queue = self._queue, deque()
        for one in waiting:
            self._let_go(one)

    def _later(self, work: Work, error: ChannelError, now: datetime) -> None:
        """Remember why this is not done, and when it is tried again."""
        attempts = self._waits.get(work.record, (0, now))[0] + 1
        self._waits[work.record] = attempts, now + backoff(attempts, work.record)
        if isinstance(work, Ready):
            try:
                self._write_down(work.call, error, now)
                del self._waits[work.record]  # the store remembers it
            except CannotRead as unread:
                log.error("%s", unread)

    def _write_down(self, call: Call, error: ChannelError, now: datetime) -> None:
        if call.change is None:
            block = self._stored.block(call.record) or Standing(person_id=call.person.id, key=block_key(call.person.id))
            attempts = block.attempts + 1
            pause = now + _pause(attempts, call.key, error)
            self._stored.put_block(replace(block, attempts=attempts, said=error.message, next_try=pause), sync=False)
            return
        found = self._stored.meeting(call.record) or new_meeting(call)
        attempts = found.attempts + 1
        pause = now + _pause(attempts, call.key, error)
        self._stored.put_meeting(replace(found, attempts=attempts, said=error.message, next_try=pause), sync=False)

    def _who(self, work: Work) -> str:
        if isinstance(work, Asked):
            return work.question.people[0].email
        return work.call.person.email

    def _got_through(self, name: str) -> None:
        with self._change:
            before, self._circuit = self._circuit, self._circuit.succeeded(name)
            self._change.notify_all()  # the others have waited for this
            after = self._circuit
        if before.trouble is not None and after.trouble is None:
            self._write_trouble(after)
            log.info("calls get through again")

    def _write_trouble(self, circuit: Circuit) -> None:
        document: dict[str, Any] | None = None
        if circuit.trouble:
            said, since, until = circuit.trouble, iso(circuit.since), iso(circuit.until or circuit.since)
            document = {"said": said, "since": since, "next": until}
            document |= {"failures": circuit.failures, "asked": list(circuit.asked)}
        self._stored.write_trouble(records.EXCHANGE_TROUBLE, self._name, document)

    def _say(self, sentence: str) -> None:
        """Each sentence once in the life of a process: the same mailbox is tried every day."""
        if sentence not in self._said:
            self._said.add(sentence)
            log.warning("%s", sentence)


def _remembered(stored: Stored, name: str) -> Circuit:
    """The circuit of a start: what an earlier process found is kept, and by whom, but the server is asked again at once."""
    table = stored.database.table(records.EXCHANGE_TROUBLE)
    for other in [one for one in table.keys() if one != name]:  # noqa: SIM118 - a table
        table.drop(other)  # the config names another server now
    known = table.find(name)
    if known is None:
        return Circuit()
    with suppress(KeyError, TypeError, ValueError):  # else as if nothing were known: it is asked again at once
        since = records.moment(known["since"])
        asked, failures = tuple(known.get("asked", ())), known.get("failures", 0)
        return shaped(Circuit(trouble=known["said"], since=since, failures=failures, asked=asked))
    return Circuit()


def new_meeting(call: Call) -> MeetingStanding:
    assert call.change is not None
    return MeetingStanding(
        key=SlotKey(without_domain(call.change.uid), call.person.id).to_text(),
        person_id=call.person.id,
        turn_id=call.turn_id,
    )


def _pause(attempts: int, key: str, error: ChannelError | None = None) -> timedelta:
    passing = error is not None and error.cause  # nothing that somebody must mend first
    return backoff(attempts, key) if passing or attempts <= QUICK_TRIES else DAILY
