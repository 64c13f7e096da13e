"""Letters: building one, the whole way of a week's letter, the rate to a server far away."""

import pickle
import smtplib
import statistics
import tempfile
import threading
import time
from binascii import b2a_base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path

from benchmarks.baselines import peer
from benchmarks.goal import ROUNDS, Goal, cpu_seconds, medians, one_core
from benchmarks.office import MONDAY, office
from benchmarks.sink import LOOPBACK, sink
from mailer.compose import compose
from mailer.drain import Outbox
from mailer.letter import Letter, Reader, Sender
from mailer.skeleton import fill
from mailer.smtp.settings import Smtp
from mailer.smtp.transport import SmtpSettings, SmtpTransport
from mailer.transport import Envelope
from service.engine.engine import Engine
from service.planning.feeds import reader_of
from service.planning.letters import facts_of, letter_links, write
from service.vitamin.facts import TipFacts
from store.letters import from_document
from store.records import LETTERS

PEOPLE = 1000
FEW = 200
"""Letters for what is slow: the plain path, the peers that build each letter anew, a server far away."""

HELO = "benchmark.example"
DELAY_MS = 10
WRITING = tuple(one for one in metadata.requires("aikultur") or () if "extra ==" not in one)
"""What our words are made with: every peer has them too, and only sends them otherwise."""

DJANGO = ("django>=5.2", *WRITING)
PEERS = (
    ("Django's mail", "django_mail.py", DJANGO, (), 3.5),
    ("django-post_office, SQLite WAL", "django_mail.py", ("django-post_office>=3.9", *DJANGO), ("post_office",), 5.0),
    ("redmail", "redmail_mail.py", ("redmail>=0.6", *WRITING), (), 8.0),
)
"""What a peer is called here, its script, packages and arguments, and how many times as fast we want to be."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What sending some letters took, for each of them: seconds by the clock, and of this process's CPU."""

    wall: float
    cpu: float


def goals() -> Iterator[Goal]:
    with tempfile.TemporaryDirectory() as scratch, one_core():
        engine = office(Path(scratch), PEOPLE)
        with sink() as port:
            engine.tick(MONDAY)
            _send(engine, port, MONDAY)  # the welcome letters
            week = _week(engine, MONDAY + timedelta(weeks=1))
            yield from _building([letter for _, _, letter in week], engine.sender)
            letters = Path(scratch) / "letters"
            letters.write_bytes(pickle.dumps([(reader, facts) for reader, facts, _ in week[:FEW]]))
            yield from _whole_way(engine, port, letters)
        yield from _far_away(_mimes(engine)[:FEW])
        engine.close()


def _week(engine: Engine, now: datetime) -> list[tuple[Reader, TipFacts, Letter]]:
    """A week's letters, not yet claimed: for whom each is, what it says, and its words."""
    plan, found = engine.plan(now), list[tuple[Reader, TipFacts, Letter]]()
    for job in plan.letters:
        links = letter_links(engine.links, job.person, 1, now)
        facts, *more = facts_of(plan.world, job)
        if not isinstance(facts, TipFacts) or more:
            continue  # a few have another letter, or more in it
        letter, _ = write(plan.world, job, engine.renderer, links, engine.sender)
        found.append((reader_of(plan.world, job.person, links), facts, letter))
    return found


# Building one letter


def _building(letters: list[Letter], sender: Sender) -> Iterator[Goal]:
    few = letters[:FEW]
    head, middle, end = _frame(fill(letters[0], sender))

    def limit() -> None:
        for letter in letters:
            to, subject = letter.address.encode(), letter.subject.encode()
            b"".join((head, to, subject, _lines(letter.text), middle, _lines(letter.html), end))

    def ours() -> None:
        for letter in letters:
            fill(letter, sender)

    def plain() -> None:
        for letter in few:
            compose(letter, sender)

    def of_each(work: Callable[[], None], count: int) -> Callable[[], float]:
        return lambda: cpu_seconds(work) / count

    lowest, fast, slow = medians(of_each(limit, len(letters)), of_each(ours, len(letters)), of_each(plain, len(few)))
    yield Goal(
        area="building one letter",
        figure=_micro(fast),
        baseline=f"base64 skeleton, {_micro(lowest)}",
        ratio=fast / lowest,
        wanted=2.0,
        at_most=True,
    )
    yield Goal(
        area="building one letter",
        figure=_micro(fast),
        baseline=f"our plain path, EmailMessage, {_micro(slow)}",
        ratio=slow / fast,
        wanted=None,
    )


def _frame(mime: bytes) -> tuple[bytes, bytes, bytes]:
    """What stands before, between and after the two bodies of a letter."""
    head, _, rest = mime.partition(b"\r\n\r\n")
    boundary = rest[: rest.index(b"\r\n")]
    return head, b"\r\n" + boundary + b"\r\n\r\n", b"\r\n" + boundary + b"--\r\n"


def _lines(text: str) -> bytes:
    """The text in base64, a call of C for each line: what a skeleton at least must do."""
    content = text.encode()
    return b"".join([b2a_base64(content[start : start + 57]) for start in range(0, len(content), 57)])


# The whole way: words, MIME, claim, SMTP, settle


def _whole_way(engine: Engine, port: int, letters: Path) -> Iterator[Goal]:
    """A week's letters in each round by us, by smtplib with the same letters ready, and a few by each peer."""
    ours, ready = list[Pace](), list[Pace]()
    theirs: dict[str, list[float | None]] = {name: [] for name, *_ in PEERS}
    for week in range(1, ROUNDS + 1):
        now = MONDAY + timedelta(weeks=week)
        engine.tick(now)
        ours.append(_send(engine, port, now))
        ready.append(_smtplib(port, _mimes(engine)))
        for name, script, packages, arguments, _ in PEERS:
            run = peer(script, packages, str(port), str(letters), *arguments)
            theirs[name].append(run["seconds"] / run["letters"] if run else None)
    yield from _whole_goals(_middle(ours), _middle(ready))
    for name, _, _, _, wanted in PEERS:
        yield _beside(_middle(ours), name, theirs[name], wanted)


def _whole_goals(ours: Pace, ready: Pace) -> Iterator[Goal]:
    yield Goal(
        area="whole way of a letter, ledger on",
        figure=f"{1 / ours.wall:.0f} letters/s",
        baseline=f"smtplib, bytes ready, {1 / ready.wall:.0f} letters/s",
        ratio=ready.wall / ours.wall,
        wanted=0.5,
    )
    yield Goal(
        area="CPU seconds per 1,000 letters",
        figure=f"{1000 * ours.cpu:.2f} s",
        baseline=f"smtplib, bytes ready, {1000 * ready.cpu:.2f} s",
        ratio=1000 * ours.cpu,
        wanted=0.5,
        at_most=True,
    )


def _beside(ours: Pace, name: str, theirs: list[float | None], wanted: float) -> Goal:
    """A peer gets the readers and the facts, has the same words made of them, and sends them in its own way."""
    runs = [seconds for seconds in theirs if seconds is not None]
    seconds = statistics.median(runs) if runs else None
    return Goal(
        area="whole way of a letter, ledger on",
        figure=f"{1 / ours.wall:.0f} letters/s",
        baseline=f"{name}, {1 / seconds:.0f} letters/s" if seconds else f"{name}: cannot be had here",
        ratio=seconds / ours.wall if seconds else None,
        wanted=wanted,
    )


def _send(engine: Engine, port: int, now: datetime) -> Pace:
    """Write, claim and send all that waits at `now`."""
    outbox = Outbox(engine.database, engine.spool, lambda: transport(port), on_settled=engine.settled)
    sent = 0
    wall, cpu = time.perf_counter(), time.process_time()
    while claimed := engine.claim_some(now):
        outbox.add(claimed, now)
        sent += outbox.drain(lambda: now, threading.Event())
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if sent < PEOPLE:  # the contact gets one more
        raise RuntimeError(f"{sent} of {PEOPLE} letters were sent")
    return Pace(wall / sent, cpu / sent)


class Wire(SmtpTransport):
    """Our transport, under the name of the one that the example has its letters claimed for."""

    name = "folder"


def transport(port: int) -> Wire:
    return Wire(
        SmtpSettings(
            server=Smtp(host=LOOPBACK, port=port, security="none"),
            secret=None,
            ca_file=None,
            helo=HELO,
        )
    )


def _mimes(engine: Engine) -> list[tuple[str, bytes]]:
    """The recipients and the bytes of the letters that were claimed last."""
    documents = engine.database.table(LETTERS).all()[-PEOPLE:]
    records = [from_document(str(document.doc_id), document) for document in documents]
    return [(record.to, engine.spool.read(record.spool)) for record in records]


def _smtplib(port: int, letters: list[tuple[str, bytes]]) -> Pace:
    """smtplib over one connection: the yardstick."""
    wall, cpu = time.perf_counter(), time.process_time()
    with smtplib.SMTP(LOOPBACK, port, HELO) as smtp:
        for to, mime in letters:
            smtp.sendmail("ai@x.example", [to], mime)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Pace(wall / len(letters), cpu / len(letters))


def _middle(paces: list[Pace]) -> Pace:
    return Pace(statistics.median(pace.wall for pace in paces), statistics.median(pace.cpu for pace in paces))


# A server far away


def _far_away(letters: list[tuple[str, bytes]]) -> Iterator[Goal]:
    with sink(DELAY_MS) as port:

        def ours() -> float:
            begin, wire = time.perf_counter(), transport(port)
            for to, mime in letters:
                wire.deliver(mime, Envelope(sender="ai@x.example", recipient=to, message_id="1"), lambda: None)
            wire.close()
            return (time.perf_counter() - begin) / len(letters)

        fast, slow = medians(ours, lambda: _smtplib(port, letters).wall)
    yield Goal(
        area=f"rate over a connection, {DELAY_MS} ms a reply",
        figure=f"{1 / fast:.0f} letters/s",
        baseline=f"smtplib, bytes ready, {1 / slow:.0f} letters/s",
        ratio=slow / fast,
        wanted=1.0,
    )


def _micro(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} us"
