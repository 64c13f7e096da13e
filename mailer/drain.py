"""The queue of claimed letters in memory, on their way out.

One `Outbox` for a process; any number of threads call `drain` or `serve`, each with a transport of its own. Letters
come in by `add`, and by `refresh` when another process retried one. How a server in trouble is asked, and by which
letter: `mailer/dispatcher.py`.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from mailer.dispatcher import STORES_TROUBLE, Clock, Dispatcher, Do, Done, Trouble
from mailer.dispatcher import trouble as trouble_of
from mailer.outbox import OnSettled, Outcome, deliver_one, waiting_letters
from mailer.pace import HOUR, Rate
from mailer.transport import Transport, TransportError
from store.database import Database
from store.letters import LetterRecord
from store.records import RETRIES
from store.spool import Spool

SETTLES = 25
"""How many settle lines share a sync. So many letters may be sent again after a power loss (for a killed process it makes
no difference). A sync costs 0.2 to 10 ms by the disk, a letter a few: one for each would be felt."""

AHEAD = 200
"""How many letters are claimed ahead of the sending: two groups of one sync each. What is claimed goes, also when the
window has closed meanwhile, so it should be little."""

LETTERS = "letters"
"""The name of this queue among those of the store."""

log = logging.getLogger("aikultur.outbox")


def trouble(db: Database) -> Trouble | None:
    """Why no letter gets through, as the store knows it; None when letters do, as far as anybody has tried."""
    return trouble_of(db, LETTERS)


class Outbox(Dispatcher[str]):
    """The claimed letters of a store, by their ids.

    `make_transport` gives each draining thread its transport and does not connect yet; `server` names what is behind
    it; `rate` is how fast it may be given letters, less what has been sent. At the start all letters are scanned once for
    what waits.
    """

    def __init__(
        self,
        db: Database,
        spool: Spool,
        make_transport: Callable[[], Transport],
        *,
        server: str = "server",
        rate: Rate | None = None,
        on_settled: OnSettled | None = None,
    ) -> None:
        super().__init__(db, LETTERS, server, one="letter", log=log, rate=rate)
        self._spool, self._make_transport, self._on_settled = spool, make_transport, on_settled
        self._vain: set[str] = set()  # letters that found the server down when they had been named to it
        self._settles = 0
        with self._change:
            for when, letter in waiting_letters(db):
                self._push(letter, when)

    def key(self, thing: str) -> str:
        return thing

    def room(self, now: datetime) -> int:
        """How many letters may be claimed now: what the rates can carry soon, less what is claimed already.

        While the server is down none but one to ask with, and one more where it fell silent at those there are: what is
        not claimed can still become too late, and is not sent at night when the server is back.
        """
        with self._change:
            pending = self._count()
            if self._circuit.trouble is not None:
                return 0 if pending > len(self._vain) else 1
            limits = [AHEAD, self._rate.per_minute, self._rate.room(now)]
            return max(0, min(limit for limit in limits if limit is not None) - pending)

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

    @contextmanager
    def hand(self) -> Iterator[Do[str]]:
        """A transport that is made at the first letter, and left in the end."""
        transport: Transport | None = None

        def deliver(letter: str, taken: datetime, now: Clock) -> Done:
            nonlocal transport
            transport = transport or self._make_transport()
            return self._deliver(transport, letter, taken, now)

        try:
            yield deliver
        finally:
            if transport:
                transport.close()

    def _deliver(self, transport: Transport, letter: str, taken: datetime, now: Clock) -> Done:
        """Deliver a letter. What cannot be written down is raised; a record that cannot be read, or a fault of ours, is
        one letter's."""
        try:
            made = (self._db, self._spool, transport, letter, taken, self._on_settled)
            outcome = deliver_one(*made, weigh=self._weigh, sync=self._syncs(taken))
        except STORES_TROUBLE:
            raise
        except Exception as error:
            log.exception("letter %s cannot be handled; it waits for an hour, and the others go on", letter[:12])
            said = f"The service itself failed: {error!r}."
            outcome = Outcome(letter=letter, result="later", said=said, next_attempt=now() + HOUR)
        _tell(outcome)
        self._remember_in_vain(outcome)
        return Done(
            trouble=outcome.trouble,
            cause=outcome.cause,
            reached=outcome.reached,
            # To the end, also at the next start: if this very letter brings the server down, the others get their turn.
            again=now() if outcome.result == "server_down" else outcome.next_attempt,
            spent=outcome.wired,
            well=outcome.result == "sent",
        )

    def _syncs(self, taken: datetime) -> bool:
        """Whether this letter's settle line is waited for: it is the last for now, or one of so many."""
        with self._change:
            first = self._first()
            self._settles += 1
            return first is None or first[0][0] > taken or self._settles % SETTLES == 0

    def _remember_in_vain(self, outcome: Outcome) -> None:
        with self._change:
            self._vain.discard(outcome.letter)
            if outcome.trouble and outcome.cause:
                self._vain.add(outcome.letter)
            elif outcome.reached:
                self._vain.clear()

    def _weigh(self, error: TransportError, record: LetterRecord) -> TransportError:
        """The error as the server's trouble, when it has failed another recipient's letter alike; as the letter's, when
        the server ended the connection at this one before, and the others got through."""
        if not error.cause or error.server_down:
            return error
        if error.rest and not (record.attempts and self.trouble is None):
            return error
        if self.believes(error.cause, record.to):
            return error.of_server()
        return error.of_letter() if error.rest else error


def _tell(outcome: Outcome) -> None:
    """What came of a letter, in the log. The server's trouble is said elsewhere, and once."""
    letter = outcome.letter[:12]
    if outcome.result == "parked":
        log.warning("letter %s is parked: %s", letter, outcome.said)
    elif outcome.result == "in_doubt":
        log.warning("letter %s is in doubt and will be sent once more: %s", letter, outcome.said)
    elif outcome.result in ("later", "unread"):
        log.info("letter %s waits until %s: %s", letter, f"{outcome.next_attempt:%Y-%m-%d %H:%M %Z}", outcome.said)
