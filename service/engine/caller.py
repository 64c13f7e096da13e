"""The calls on their way to a calendar server, and what came of each.

How a server in trouble is asked, and by which call: `mailer/dispatcher.py`, as for letters. Unlike letters no call is
claimed ahead: one that was interrupted is worked out afresh at the next tick, and finds by its key what was done.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from calendars.channel import ChannelError
from calendars.server import block_sync, meeting
from calendars.server.block_sync import Texts
from calendars.server.face import Busy, CalendarServer
from calendars.server.meeting import Guests, MeetingState, MeetingWords
from calendars.server.standing import BlockState
from culture.keys import AttendeeKey, CallName
from culture.people import ChannelName, Person
from culture.trouble import Troubles
from culture.workdays import Week
from culture.world import World
from mailer.dispatcher import STORES_TROUBLE, Clock, Dispatcher, Do, Done
from mailer.pace import Circuit, backoff
from service.engine.state import Stored
from service.planning.calls import BATCH, Call, Question, answered, block_on, meeting_on
from service.settings.channel_row import ServerRow
from service.settings.config import Source
from store.unreadable import CannotRead

QUICK_TRIES = 4
DAILY = timedelta(days=1)
"""After a few tries within two hours a mailbox is tried once a day: somebody may give it room, or the right."""

PARTS = (BATCH, 10, 1)
"""How many people's busy times are asked for at once: at first, and after each failure."""

AHEAD = 50
"""So many calls are made ready ahead of the workers: what is ready no longer hears of an edit."""

AT_ONCE = datetime.min.replace(tzinfo=UTC)
"""When every call in the queue is due: those that must wait are not handed over."""


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


class Caller(Dispatcher[Work]):
    """The calls to the server of a channel, by their records. `at_once`: so many threads may make calls."""

    afresh = True

    def __init__(
        self, stored: Stored, channel: ChannelName, row: ServerRow, source: Source, server: CalendarServer
    ) -> None:
        super().__init__(
            stored.database, channel, row.name(source), one="call", log=logging.getLogger(f"aikultur.{channel}")
        )
        self._stored, self.channel, self._calendars = stored, channel, server
        self.at_once, self._mailbox = row.at_once, row.mailbox(source)
        # What failed and has no record that could be written: how often, and when it is next.
        self._waits: dict[str, tuple[int, datetime]] = {}
        self._news = False
        self._said: set[str] = set()

    def key(self, thing: Work) -> str:
        return thing.record

    def news(self) -> bool:
        """Whether all that was handed over is done since this was asked last: then another tick may find more."""
        with self._change:
            found = self._news and not self._count()
            self._news = self._news and not found
            return found

    def room(self, now: datetime) -> int:
        """How many calls may be handed over now; none while the server rests. One of them asks then."""
        with self._change:
            return 0 if self._circuit.resting(now) else max(0, AHEAD - self._count())

    def takes(self, record: str, now: datetime) -> bool:
        """Whether a call about this record may be handed over: none is, and none that failed must wait."""
        with self._change:
            waits = self._waits.get(record, (0, now))[1] > now
            return not (waits or record in self._queued or record in self._in_hand)

    def records(self) -> frozenset[str]:
        """The records that calls wait for or work on."""
        with self._change:
            return frozenset(self._queued) | self._in_hand

    def withdraw(self) -> None:
        """Take back the calls that have not begun."""
        with self._change:
            self._clear()

    def hand_over(self, work: list[Work]) -> None:
        """Queue calls that `takes` would take."""
        self.add(work, AT_ONCE)

    @contextmanager
    def hand(self) -> Iterator[Do[Work]]:
        yield self._one

    def _one(self, work: Work, taken: datetime, now: Clock) -> Done:
        try:
            self._make(work, taken)
        except ChannelError as error:
            return self._went_wrong(work, error, now())
        except STORES_TROUBLE:  # nothing can be written down, so nothing more should be asked
            raise
        except Exception as error:  # a fault of ours in one call must not stop the others
            self._log.exception("the call %s failed", work.record)
            said = f"{_who(work)}: the service itself failed in this call. The log has more."
            return self._went_wrong(work, ChannelError(said, cause=type(error).__name__), now())
        finally:
            self._news = True
        self._waits.pop(work.record, None)
        return Done(reached=True, well=True)

    def _make(self, work: Work, now: datetime) -> None:
        if isinstance(work, Asked):
            self._ask(work, now)
        elif work.texts is not None:
            self._block(work, work.texts, now)
        else:
            self._meeting(work, now)

    def _block(self, ready: Ready, texts: Texts, now: datetime) -> None:
        call = ready.call
        before = self._block_of(call)
        calendar = self._calendars.calendar(call.person.email)
        try:
            result = block_sync.bring(before, call.wanted, texts, calendar, self._note_block, call.since or ready.today)
        except ChannelError as error:
            if not (error.absent and call.wanted is None):
                raise
            # Where there is no mailbox nothing can stand.
            gone = replace(block_on(self.channel, before.person_id, None), calls=before.calls + 1)
            result = block_sync.Result(standing=gone)
        after = result.standing
        if result.failed:
            said, attempts = " ".join(result.failed), before.attempts + 1
            after = replace(after, attempts=attempts, said=said, next_try=now + _pause(attempts, call.key))
            self._say(said)
        else:
            after = replace(after, changed=now)
        self._stored.settle_block(after, call, Week.of(ready.today))
        if after.left and not before.left:
            self._log.info("%s has %s the block in their calendar; it is left alone", call.person.email, after.left)

    def _meeting(self, ready: Ready, now: datetime) -> None:
        call, words = ready.call, ready.words
        assert words is not None
        calendar = self._calendars.calendar(self._mailbox)
        guests = call.guests or (call.person,)
        named = Guests(
            addresses=tuple(one.email for one in guests),
            ids=tuple(one.id for one in call.guests),
        )
        after = meeting.hold(self._meeting_of(call), call.slot, words, named, calendar, self._note_meeting)
        self._stored.settle_meeting(replace(after, changed=now), call, ready.today)

    def _ask(self, asked: Asked, now: datetime) -> None:
        """Ask for busy times: of all at once, and after a failure in smaller and smaller parts, so that one person whom
        the server fails on is found. Raises what came of a part when all have been asked."""
        attempts, _ = self._waits.get(asked.record, (0, now))
        people, circuit = asked.question.people, Circuit()
        failed: dict[str, ChannelError] = {}
        size = PARTS[min(attempts, len(PARTS) - 1)]
        for part in _parts(people, size):
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
        self._decide(asked, people, self._calendars.busy_times([person.email for person in people], begin, end))

    def _decide(self, asked: Asked, people: tuple[Person, ...], busy: Busy) -> None:
        for unseen in (one for one in busy.values() if isinstance(one, ChannelError)):
            self._say(unseen.message)
        question, troubles = replace(asked.question, people=people), Troubles()
        self._stored.decide(answered(asked.world, question, self._stored.decided(), busy, troubles))
        for one in troubles.found:
            self._say(f"{one.who}: the free minutes cannot be worked out ({one.why}); the usual time stays.")

    def _note_block(self, standing: BlockState) -> None:
        self._stored.put_block(standing, sync=True)

    def _note_meeting(self, standing: MeetingState) -> None:
        self._stored.put_meeting(standing, sync=True)

    def _block_of(self, call: Call) -> BlockState:
        return block_on(self.channel, call.person.id, self._stored.block(call.record))

    def _meeting_of(self, call: Call) -> MeetingState:
        assert call.change is not None
        attendee = AttendeeKey(call.subject, call.person.id)
        return meeting_on(self.channel, attendee, call.change.uid, self._stored.meeting(call.record))

    # What went wrong

    def _went_wrong(self, work: Work, error: ChannelError, now: datetime) -> Done:
        name = work.record
        again = error.about == "server" and bool(error.cause) and self.met_again(name)
        theirs = error.about == "person" and not (error.cause and self.believes(error.cause, name))
        if again or theirs:
            self._later(work, error, now)
            self._say(error.message)
            return Done(reached=not error.cause)
        return Done(trouble=error.message, cause=error.cause, wait=error.wait)

    def _later(self, work: Work, error: ChannelError, now: datetime) -> None:
        """Remember why this is not done, and when it is tried again."""
        attempts = self._waits.get(work.record, (0, now))[0] + 1
        self._waits[work.record] = attempts, now + backoff(attempts, work.record)
        if isinstance(work, Ready):
            try:
                self._write_down(work.call, error, now)
                del self._waits[work.record]  # the store remembers it
            except CannotRead as unread:
                self._log.error("%s", unread)

    def _write_down(self, call: Call, error: ChannelError, now: datetime) -> None:
        if call.change is None:
            block = self._block_of(call)
            attempts = block.attempts + 1
            pause = now + _pause(attempts, call.key, error)
            self._stored.put_block(replace(block, attempts=attempts, said=error.message, next_try=pause), sync=False)
            return
        found = self._meeting_of(call)
        attempts = found.attempts + 1
        pause = now + _pause(attempts, call.key, error)
        self._stored.put_meeting(replace(found, attempts=attempts, said=error.message, next_try=pause), sync=False)

    def _say(self, sentence: str) -> None:
        """Each sentence once in the life of a process: the same mailbox is tried every day."""
        if sentence not in self._said:
            self._said.add(sentence)
            self._log.warning("%s", sentence)


def _who(work: Work) -> str:
    return (
        work.question.people[0].email
        if isinstance(work, Asked)
        else work.call.person.email or ", ".join(work.call.names)
    )


def _pause(attempts: int, key: str, error: ChannelError | None = None) -> timedelta:
    passing = error is not None and error.cause  # nothing that somebody must mend first
    return backoff(attempts, key) if passing or attempts <= QUICK_TRIES else DAILY


def _parts(people: tuple[Person, ...], size: int) -> Iterator[tuple[Person, ...]]:
    return (people[start : start + size] for start in range(0, len(people), size))
