"""The outbox: a letter is claimed on disk, then put on the wire, then settled. Nothing twice, nothing lost.

Three journal lines a letter: `claim` (synced, in groups), `wire` (written just before MAIL FROM) and `settle`. A letter
with `wire` and no `settle` is in doubt: it is sent once more, byte for byte the same, and counted. A second doubt
parks it. Here are the steps for one letter; `mailer.drain` has the queue and the threads. Times are aware.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from tinydb import where

from mailer.pace import backoff
from mailer.transport import Envelope, Transport, TransportError, Way, way_of
from store.database import Damage, Database
from store.letters import LetterRecord, from_document, iso, letters_in, settled_at, to_document
from store.records import LETTERS, NOTICES, RETRIES
from store.spool import Spool, Spooled

AGE_LIMIT = timedelta(days=3)
"""How long a letter is tried. It bridges a weekend; RFC 5321, 4.5.4.1 has 4 to 5 days, but our words age faster."""

DOUBT_PAUSE = timedelta(minutes=1)
"""A letter in doubt is sent again soon, when the cause of the lost reply may be over."""

UNREAD_PAUSE = timedelta(minutes=1)
"""A letter whose bytes cannot be read at the moment (a disk that hiccups, too many open files) is looked at again soon."""

DOUBTS = 1
"""How many doubts are answered by sending again. After one more, a person decides."""

Changes = Mapping[str, Mapping[str, Mapping[str, Any] | None]]
"""By table and key: the document to put, or None to remove what is there."""

Stage = Literal["waiting", "wire", "doubt", "later", "sent", "parked", "dropped"]
"""Where a letter is; each is at exactly one. `wire`: being sent, or left there by a killed process and sent again at the
next start. `doubt`: to be sent again. `later`: the server said "not now". `waiting`: to be sent for the first time."""

Result = Literal["sent", "later", "unread", "in_doubt", "parked", "server_down", "withdrawn"]

log = logging.getLogger("aikultur.outbox")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A letter to be claimed. `id` is the left part of its Message-ID, `mime` its bytes as they will be sent.

    `extra` is written in the same journal line. From `expires` on it is not tried again (None, or later: the age
    limit); `outlasts`: until when something that it says is in time after that. The other fields are those of `LetterRecord`.
    """

    id: str
    person: str
    to: str
    kinds: tuple[str, ...]
    notices: tuple[str, ...]
    subject: str
    transport: str
    sender: str
    mime: bytes
    counted: bool
    publication: str | None = None
    expires: datetime | None = None
    outlasts: datetime | None = None
    extra: Changes = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """Ids of letters: those claimed now, and those that fell out because they or a notice had been claimed before."""

    claimed: tuple[str, ...]
    skipped: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one delivery. `said` has the server's words or our sentence.

    `later`: the server said "not now", `next_attempt` is when. `unread`: its bytes could not be read just now, which is
    no attempt and nothing of the letter's. `in_doubt`: to be sent again at `next_attempt`. `server_down`: the letter is
    as it was, but for its place: it goes behind the others. `withdrawn`: somebody else dropped or settled it, nothing
    was sent. `wired`: it was put on the wire this time. `doubt`: nobody can know whether it was accepted then.
    `trouble`: why the server is to be left alone for a while; empty when it is not. `cause`: as `TransportError.cause`.
    `late`: it is too late for what the letter says, or for one of the things.
    """

    letter: str
    result: Result
    said: str = ""
    next_attempt: datetime | None = None
    wired: bool = False
    doubt: bool = False
    trouble: str = ""
    cause: str = ""
    late: bool = False

    @property
    def reached(self) -> bool:
        """Whether this shows that the server is up."""
        return self.wired and not self.trouble and not self.cause


Weigh = Callable[[TransportError, LetterRecord], TransportError]
"""Whose fault an error was, by what is known of the server; with the letter that met it, as it was before."""

OnSettled = Callable[[LetterRecord, Outcome], Changes]
"""Called with the record as it will be when a letter is sent, parked or taken apart, inside the batch: what else to write."""


def claim(
    db: Database,
    spool: Spool,
    items: Sequence[Claim],
    now: datetime,
    also: Callable[[Sequence[Claim]], Changes] | None = None,
) -> Claimed:
    """Write the letters down before any is sent: their bytes, then one journal line with everything, synced.

    A claim of which the id or any notice is already there falls out whole, with its extras; what only became a file is
    there for files alone. `also` says what else is written for all those that did not. Raises what `Database.batch` and
    `Spool.append` raise, and then nothing is claimed.
    """
    letters, notices = db.table(LETTERS), db.table(NOTICES)
    with db.batch(sync=True):
        fresh = _fresh(db, items)
        if fresh:
            # Bytes first: a claim without bytes could not be sent, bytes without a claim are only waste.
            spooled = spool.append(segment(now), [item.mime for item in fresh])
            for item, place in zip(fresh, spooled, strict=True):
                letters.put(item.id, to_document(_claimed(item, place, now)))
                for key in item.notices:
                    notices.put(key, said_by(way_of(item.transport), item.id))
                _apply(db, item.extra)
            _apply(db, also(fresh) if also else {})
    ids = {item.id for item in fresh}
    return Claimed(
        claimed=tuple(item.id for item in fresh),
        skipped=tuple(item.id for item in items if item.id not in ids),
    )


def waiting_letters(db: Database) -> list[tuple[datetime, str]]:
    """When each claimed letter may next be tried, and its id, longest waiting first. A scan of all letters."""
    found = db.table(LETTERS).search(where("state") == "claimed")
    there = letters_in((str(document.doc_id), document) for document in found)
    waiting = [(record.next_attempt or record.claimed_at, record.id) for record in there]
    return sorted(waiting, key=lambda each: each[0])  # stable: letters of one moment in the order of their claim


def stage(record: LetterRecord) -> Stage:
    """Where a letter is, as far as anybody can know who reads its record."""
    if record.state != "claimed":
        return record.state
    if record.doubtful:
        return "wire"
    if record.attempts:
        return "later"
    return "doubt" if record.in_doubt else "waiting"


def sent_moments(db: Database, transport: str) -> list[datetime]:
    """When each letter was accepted that left by a transport. A scan of all letters."""
    found = db.table(LETTERS).search((where("state") == "sent") & (where("transport") == transport))
    return [moment for document in found if (moment := settled_at(document))]


def deliver_one(
    db: Database,
    spool: Spool,
    transport: Transport,
    letter: str,
    now: datetime,
    on_settled: OnSettled | None = None,
    *,
    weigh: Weigh = lambda error, record: error,
    sync: bool = False,
) -> Outcome:
    """Try to deliver one claimed letter, and write down what came of it (synced on `sync`).

    Raises only what `Database.batch` raises: then nothing more can be written down, and nothing should be sent.
    """
    document = db.table(LETTERS).find(letter)
    if document is None or document["state"] != "claimed":
        return Outcome(letter=letter, result="withdrawn")
    record = from_document(letter, document)
    reason = unsendable(record, transport.name, now)
    if reason:
        outcome = replace(_parked(letter, reason), late=now >= record.expires)
    else:
        outcome = _attempt(db, spool, transport, record, now, weigh)
    if outcome.late and not outcome.doubt and _can_be_said_anew(record, now):
        return _taken_apart(db, record, on_settled)
    if outcome.result != "withdrawn":
        # Trouble may last: what was settled before it is made durable too.
        _settle(db, outcome, now, on_settled, sync=sync or outcome.result == "server_down")
    return outcome


def _can_be_said_anew(record: LetterRecord, now: datetime) -> bool:
    """Whether something that it says is still in time, and certainly nobody has got it."""
    in_time = record.outlasts is not None and now < record.outlasts
    return in_time and record.publication is None and not (record.in_doubt or record.doubtful)


def _taken_apart(db: Database, record: LetterRecord, on_settled: OnSettled | None) -> Outcome:
    """Forget a letter in which one thing is too late, as if it had never been claimed: what is still in time is due again."""
    outcome = Outcome(letter=record.id, result="withdrawn", late=True)
    with db.batch():
        document = db.table(LETTERS).find(record.id)
        if document is not None and document["state"] == "claimed":
            take_back(db, record)
            if on_settled:
                _add_extras(db, on_settled, record, outcome)
    return outcome


def unsendable(record: LetterRecord, transport: str, now: datetime) -> str | None:
    """Why a claimed letter is parked unsent; None when it may go."""
    if record.doubtful and record.in_doubt >= DOUBTS:
        return _TWICE
    if record.transport != transport:
        # Not rerouted by itself: the fuse has approved this kind for the other transport, not for this one.
        return f'Claimed for the transport "{record.transport}"; config.toml, [mail] transport now says "{transport}".'
    if now >= record.expires:
        return f"Not sent before {iso(record.expires)}, when it became too late. {record.said}".rstrip()
    return None


def retry(
    db: Database, letter: str, now: datetime, *, transport: str | None = None, extra: Changes | None = None
) -> bool:
    """Let a parked letter be sent, or a waiting one at once: same bytes, same Message-ID, the age limit anew.

    `transport` moves it to that one. `extra` goes into the same line: whoever retries a letter that carries a calendar
    change says there that its publication is intended again. Returns False when there is no such letter, or it was
    sent or dropped. Raises what `Database.batch` raises.
    """
    letters = db.table(LETTERS)
    with db.batch():
        document = letters.find(letter)
        if document is None or document["state"] not in ("parked", "claimed"):
            return False
        fields = {
            "state": "claimed",
            "attempts": 0,
            "next_attempt": iso(now),
            "settled_at": None,
            "expires": iso(now + AGE_LIMIT),
        }
        letters.merge(letter, fields | ({"transport": transport} if transport else {}))
        db.table(RETRIES).put(letter, {"at": iso(now)})
        _apply(db, extra or {})
    return True


def drop(db: Database, letter: str, now: datetime, *, extra: Changes | None = None) -> bool:
    """Never send this parked or waiting letter. Its notices stay claimed, so nothing takes its place.

    One that is on the wire at this moment still goes, and then counts as sent. Returns False when there is no such
    letter, or it was sent or dropped. `extra` goes into the same line. Raises what `Database.batch` raises.
    """
    letters = db.table(LETTERS)
    with db.batch():
        document = letters.find(letter)
        if document is None or document["state"] not in ("parked", "claimed"):
            return False
        letters.merge(letter, {"state": "dropped", "next_attempt": None, "settled_at": iso(now)})
        _apply(db, extra or {})
    return True


def take_back(db: Database, record: LetterRecord) -> None:
    """Forget a letter that waits, as if it had never been claimed: what it says may be said another time. It must never
    have been on the wire, so that nobody has got it. Raises what `Database.batch` raises."""
    notices = db.table(NOTICES)
    with db.batch():
        db.table(LETTERS).drop(record.id)
        for key in record.notices:
            if (notices.find(key) or {}).get("letter") == record.id:
                notices.drop(key)


def segment(now: datetime) -> str:
    """The spool's segment for letters claimed at `now`: the ISO week, `2026-W49`."""
    year, week, _ = now.isocalendar()
    return f"{year}-W{week:02}"


_TWICE = (
    "The connection was lost twice before it was known whether the letter had been accepted. The person may have it "
    "already, once or twice; `aikultur outbox retry` sends it again."
)


class _WithdrawnError(Exception):
    """The letter was dropped between our look and the wire."""


def said_by(way: Way, letter: str) -> dict[str, Any]:
    """The document of a notice: which letter says it, and that it became a file if it did."""
    return {"letter": letter, **({"by": way} if way == "file" else {})}


def is_said(notice: Mapping[str, Any] | None, way: Way) -> bool:
    """Whether a notice with this document (None: without one) is said, for whoever sends by `way`."""
    return notice is not None and not (way == "mailbox" and notice.get("by") == "file")


def _fresh(db: Database, items: Sequence[Claim]) -> list[Claim]:
    letters, notices = db.table(LETTERS), db.table(NOTICES)
    ids, keys = set[str](), set[str]()
    fresh = []
    for item in items:
        way, there = way_of(item.transport), letters.find(item.id)
        only_a_file = there is not None and way == "mailbox" and way_of(there["transport"]) == "file"
        known = item.id in ids or (there is not None and not only_a_file)
        if known or any(key in keys or is_said(notices.find(key), way) for key in item.notices):
            continue
        ids.add(item.id)
        keys.update(item.notices)
        fresh.append(item)
    return fresh


def _claimed(item: Claim, place: Spooled, now: datetime) -> LetterRecord:
    limit = now + AGE_LIMIT
    return LetterRecord(
        id=item.id,
        person=item.person,
        to=item.to,
        kinds=item.kinds,
        notices=item.notices,
        subject=item.subject,
        transport=item.transport,
        sender=item.sender,
        next_attempt=now,
        claimed_at=now,
        spool=place,
        counted=item.counted,
        publication=item.publication,
        expires=min(item.expires or limit, limit),
        outlasts=item.outlasts,
    )


def _apply(db: Database, changes: Changes) -> None:
    for name, documents in changes.items():
        table = db.table(name)
        for key, document in documents.items():
            if document is None:
                table.drop(key)
            else:
                table.put(key, document)


def _attempt(
    db: Database, spool: Spool, transport: Transport, record: LetterRecord, now: datetime, weigh: Weigh
) -> Outcome:
    """Put one letter on the wire; nothing is settled yet."""
    try:
        mime = spool.read(record.spool)
    except Damage as damage:
        return _parked(record.id, f"Its bytes cannot be read: {damage}")
    except OSError as error:
        said = f"Its bytes cannot be read at the moment: {error}"
        return Outcome(letter=record.id, result="unread", said=said, next_attempt=now + UNREAD_PAUSE)
    envelope = Envelope(sender=record.sender, recipient=record.to, message_id=record.id)
    on_wire = False
    unwritten: Exception | None = None

    def note() -> None:
        nonlocal on_wire, unwritten
        try:
            _put_on_wire(db, record.id)
        except Exception as error:
            unwritten = error
            raise
        on_wire = True

    try:
        said = transport.deliver(mime, envelope, note)
        outcome = Outcome(letter=record.id, result="sent", said=said)
    except _WithdrawnError:
        outcome = Outcome(letter=record.id, result="withdrawn")
    except TransportError as error:
        outcome = judge(record, weigh(error, record), now)
    except Exception as error:  # a fault of ours in one letter must not stop the others
        if error is unwritten:  # but this one is the store's, and the server has heard nothing
            raise
        log.exception("letter %s: the transport %s failed", record.id, transport.name)
        cause = type(error).__name__ if on_wire else ""
        failed = TransportError(f"The transport failed: {error!r}.", in_doubt=on_wire, cause=cause)
        outcome = judge(record, weigh(failed, record), now)
    return replace(outcome, wired=on_wire)


def _put_on_wire(db: Database, letter: str) -> None:
    """The `wire` line. Not synced: after a killed process the line is there, and a power loss is another bargain."""
    letters = db.table(LETTERS)
    with db.batch(sync=False):
        document = letters.find(letter)
        if document is None or document["state"] != "claimed":
            raise _WithdrawnError
        wire = document["wire"]
        fields = {"wire": wire + 1}
        if wire > document["settled_wire"]:
            fields |= {"settled_wire": wire, "in_doubt": document["in_doubt"] + 1}
        letters.merge(letter, fields)


def judge(record: LetterRecord, error: TransportError, now: datetime) -> Outcome:
    """What an error means for a letter and the server. `record` is as it was before this attempt."""
    return replace(_verdict(record, error, now), trouble=error.message if error.rest else "", cause=error.cause)


def _verdict(record: LetterRecord, error: TransportError, now: datetime) -> Outcome:
    if error.in_doubt:
        if record.in_doubt + record.doubtful >= DOUBTS:
            return replace(_parked(record.id, f"{_TWICE} {error.message}"), doubt=True)
        return replace(_again(record, "in_doubt", error, now + DOUBT_PAUSE), doubt=True)
    if error.server_down:
        return Outcome(letter=record.id, result="server_down", said=error.message, next_attempt=now)
    if error.permanent and (not error.cause or record.attempts):  # twice is enough where the server may be to blame
        return _parked(record.id, error.message)
    return _again(record, "later", error, now + backoff(record.attempts + 1, record.id))


def _again(record: LetterRecord, result: Result, error: TransportError, when: datetime) -> Outcome:
    if when >= record.expires:
        said = f"Given up: from {iso(record.expires)} on it is too late. {error.message}"
        return replace(_parked(record.id, said), late=True)
    return Outcome(letter=record.id, result=result, said=error.message, next_attempt=when)


def _parked(letter: str, said: str) -> Outcome:
    return Outcome(letter=letter, result="parked", said=said)


def _settle(db: Database, outcome: Outcome, now: datetime, on_settled: OnSettled | None, *, sync: bool) -> None:
    """The `settle` line, with what the service has to say about it."""
    letters = db.table(LETTERS)
    with db.batch(sync=sync):
        document = letters.find(outcome.letter)
        if document is None:  # erased meanwhile
            return
        fields = settled(document, outcome, now)
        letters.merge(outcome.letter, fields)
        if fields.get("state") in ("sent", "parked") and on_settled:
            _add_extras(db, on_settled, from_document(outcome.letter, {**document, **fields}), outcome)


def settled(document: Mapping[str, Any], outcome: Outcome, now: datetime) -> dict[str, Any]:
    """The fields that an outcome changes in a letter's document.

    What was dropped or parked meanwhile stays so, unless the letter was accepted: that is the truth then.
    """
    fields: dict[str, Any] = {"said": outcome.said}
    doubt = outcome.doubt or _left_open(document, outcome)
    if outcome.wired or doubt:
        fields |= {"settled_wire": document["wire"], "in_doubt": document["in_doubt"] + doubt}
    if outcome.result == "sent" or (outcome.result == "parked" and document["state"] == "claimed"):
        fields |= {"state": outcome.result, "settled_at": iso(now), "next_attempt": None}
    elif document["state"] == "claimed" and outcome.next_attempt:
        fields |= {"next_attempt": iso(outcome.next_attempt)}
        fields |= {"attempts": document.get("attempts", 0) + 1} if outcome.result == "later" else {}
    return fields


def _add_extras(db: Database, on_settled: OnSettled, record: LetterRecord, outcome: Outcome) -> None:
    try:
        if changes := on_settled(record, outcome):  # mostly there are none
            with db.batch(sync=False):  # joins the settle line; what fails here takes back only its own
                _apply(db, changes)
    except Exception:  # without the settle line an accepted letter would be sent again
        log.exception("letter %s: settled without its extra changes", record.id)


def _left_open(document: Mapping[str, Any], outcome: Outcome) -> bool:
    """Whether a letter was left open by a killed process and is parked without a new attempt: a doubt that nobody will
    answer."""
    left_open: bool = document["wire"] > document["settled_wire"]
    return left_open and not outcome.wired and outcome.result == "parked"
