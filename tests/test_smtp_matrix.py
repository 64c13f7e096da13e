"""Every stage of a conversation, every fault: what becomes of the letter that it hits, and of the others.

Three letters go through `Outbox.drain` over loopback, to a server that wants STARTTLS and a login. The fault hits the
first letter. `python -m tests.test_smtp_matrix` prints what happens, a line for each stage and fault.
"""

import logging
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailer.drain import Outbox, trouble
from mailer.outbox import claim
from mailer.smtp.transport import SmtpTransport
from store.database import Database, open_database
from store.spool import Spool
from tests.outbox_values import NOW, Clock, letter, record
from tests.smtp_server import Certificates, Fault, SmtpServer, make_certificates
from tests.test_smtp import settings

pytestmark = pytest.mark.slow

TABLE = """
            421   450    452    550     552     554     hang   drop   pieces  garbage
connect     down  down   down   down    down    down    down   down   sent    down
ehlo        down  down   down   down    down    down    down   down   sent    down
starttls    down  down   down   down    down    down    down   down   sent    down
auth        down  down   down   down    down    down    down   down   sent    down
mail        down  down   down   down    parked  down    down   down   sent    down
rcpt        rest  later  later  parked  parked  parked  later  later  sent    later
data        rest  later  later  parked  parked  parked  later  later  sent    later
end         rest  later  later  parked  parked  parked  doubt  doubt  sent    doubt
"""
"""What should become of the letter. It is not to blame for what is `down`, nor the server for what is `later`."""

IN_A_FLIGHT = {("mail", fault): "later" for fault in ("hang", "drop", "garbage")}
"""Where MAIL, RCPT and DATA go together, the recipient has been named before MAIL is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What became of three letters. First right after the fault, and then when the server has had its rest."""

    letter: str  # sent, waits (untouched), later (refused for now), in doubt, parked
    others: str  # sent, wait
    copies: int  # of the letter that the server has taken in the end
    finally_: str  # the letter's state in the end; the others are sent
    told: tuple[str, ...]  # how the lines of the log begin, up to the colon


WAITS = "letter 1 waits"
NOTHING_GOES, GOES_AGAIN = "no letter gets through", "letters get through again"

COURSES = {
    "sent": Course(letter="sent", others="sent", copies=1, finally_="sent", told=()),
    "later": Course(letter="later", others="sent", copies=1, finally_="sent", told=(WAITS,)),
    "parked": Course(letter="parked", others="sent", copies=0, finally_="parked", told=("letter 1 is parked",)),
    "down": Course(letter="waits", others="wait", copies=1, finally_="sent", told=(NOTHING_GOES, GOES_AGAIN)),
    "rest": Course(letter="later", others="wait", copies=1, finally_="sent", told=(WAITS, NOTHING_GOES, GOES_AGAIN)),
    "doubt": Course(
        letter="in doubt",
        others="sent",
        copies=2,
        finally_="sent",
        told=("letter 1 is in doubt and will be sent once more",),
    ),
}

ROWS = [line.split() for line in TABLE.strip().splitlines()]
EXPECTED = {(row[0], fault): word for row in ROWS[1:] for fault, word in zip(ROWS[0], row[1:], strict=True)}
LETTERS = [letter(n, transport="smtp") for n in (1, 2, 3)]
SILENCE_SECONDS = 1.0
"""How long a silent server is listened to here. All other faults have an answer at once, and a patient client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What happened: the course, and the whole lines of the log with names for what changes from run to run."""

    course: Course
    log: tuple[str, ...]


def play(stage: str, fault: str, certificates: Certificates, folder: Path, *, pipelining: bool = False) -> Seen:
    """Send the three letters to a server that fails once, in this way."""
    # After an EHLO that is refused for good comes a HELO, so it takes two to be a fault.
    script = Fault(stage, fault, times=2 if stage == "ehlo" and fault.startswith("5") else 1)
    server = SmtpServer(
        [script], security="starttls", certificates=certificates, users={"ai": "right"}, pipelining=pipelining
    )
    with server, open_database(folder) as db, heard(server.port) as lines:
        spool = Spool(folder / "spool")
        claim(db, spool, LETTERS, NOW)
        given = settings(
            server.port,
            security="starttls",
            ca_file=certificates.authority,
            auth="password",
            user="ai",
            secret=lambda: "right",
            timeout_seconds=SILENCE_SECONDS if fault == "hang" else 60,
        )
        clock, outbox = Clock(), Outbox(db, spool, lambda: SmtpTransport(given))
        outbox.drain(clock, threading.Event())
        first, others = after(db, 1), {after(db, 2), after(db, 3)}
        assert (trouble(db) is None, outbox.trouble is None) == (others == {"sent"}, others == {"sent"})
        for seconds in (30, 120):
            clock.wait(seconds)
            outbox.drain(clock, threading.Event())
        assert [record(db, one).state for one in LETTERS[1:]] == ["sent", "sent"]
        assert (trouble(db), outbox.trouble, outbox.pending) == (None, None, 0)
        taken = [each.recipients[0] for each in server.accepted]
        assert [taken.count(one.to) for one in LETTERS[1:]] == [1, 1]
        course = Course(
            letter=first,
            others=" and ".join(others).replace("waits", "wait"),
            copies=taken.count(LETTERS[0].to),
            finally_=record(db, LETTERS[0]).state,
            told=tuple(line.partition(":")[0].partition(" until")[0] for line in lines),
        )
    return Seen(course=course, log=tuple(lines))


def after(db: Database, number: int) -> str:
    """Where a letter stands, in a word."""
    found = record(db, LETTERS[number - 1])
    if found.state != "claimed":
        return found.state
    return "in doubt" if found.in_doubt else "later" if found.attempts else "waits"


@contextmanager
def heard(port: int) -> Iterator[list[str]]:
    """The lines that the outbox logs meanwhile."""
    lines: list[str] = []

    class Keeping(logging.Handler):
        def emit(self, entry: logging.LogRecord) -> None:
            line = entry.getMessage().replace(f"127.0.0.1:{port}", "server")
            lines.append(re.sub("letter 0+ ", "letter 1 ", line))  # the first letters of its id

    handler, logger = Keeping(), logging.getLogger("aikultur.outbox")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel("INFO")
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.mark.parametrize("pipelining", [False, True], ids=["in turn", "in a flight"])
@pytest.mark.parametrize(("stage", "fault"), EXPECTED)
def test_a_fault_costs_no_letter_but_the_one_it_is_about(
    stage: str, fault: str, pipelining: bool, certificates: Certificates, tmp_path: Path
) -> None:
    seen = play(stage, fault, certificates, tmp_path / "store", pipelining=pipelining)
    expected = EXPECTED | (IN_A_FLIGHT if pipelining else {})
    assert seen.course == COURSES[expected[stage, fault]]


FOR_EVER = [
    *(
        (stage, reply)
        for stage in ("rcpt", "data", "end")
        for reply in ("450", "451 not now", "452 4.3.1 no room", "550", "552 5.2.2 full", "554 5.7.1 not this one")
    ),
    *((stage, what) for stage in ("rcpt", "data", "body", "end") for what in ("drop", "garbage")),
    ("rcpt", "421"),
    ("data", "hang"),
]


@pytest.mark.parametrize("pipelining", [False, True], ids=["in turn", "in a flight"])
@pytest.mark.parametrize(("stage", "what"), FOR_EVER)
def test_a_recipient_who_is_refused_for_ever_and_comes_first_costs_no_other_a_letter(
    stage: str, what: str, pipelining: bool, tmp_path: Path
) -> None:
    script = Fault(stage, what, times=None, recipient=LETTERS[0].to)
    with SmtpServer([script], pipelining=pipelining) as server, open_database(tmp_path / "store") as db:
        spool = Spool(tmp_path / "spool")
        claim(db, spool, LETTERS, NOW)
        given = settings(server.port, timeout_seconds=SILENCE_SECONDS if what == "hang" else 60)
        clock = Clock()
        for _ in range(3):  # each a process of its own
            Outbox(db, spool, lambda: SmtpTransport(given)).drain(clock, threading.Event())
            clock.wait(30)
        taken = [each.recipients[0] for each in server.accepted]
        assert [taken.count(one.to) for one in LETTERS[1:]] == [1, 1]
        assert sum(f"RCPT TO:<{LETTERS[0].to}>" == line for line in server.commands) <= 2
        assert record(db, LETTERS[0]).said != ""


@pytest.mark.parametrize(
    ("stage", "what", "at_each"),
    [
        ("connect", "drop", [1, 2, 3]),
        ("mail", "550", [1, 2, 3]),
        ("rcpt", "421", [1, 2, 3]),
        ("rcpt", "drop", [2, 3, 4]),
        ("data", "drop", [2, 3, 4]),
        ("rcpt", "452 4.3.1 no room", [2, 3, 4]),
        ("rcpt", "554 5.7.1 relaying denied", [2, 3, 4]),
        ("end", "451 4.3.0 cannot write", [2, 3, 4]),
    ],
)
def test_a_server_that_fails_everybody_is_not_asked_once_a_letter_and_parks_none(
    stage: str, what: str, at_each: list[int], tmp_path: Path
) -> None:
    items = [letter(n, transport="smtp") for n in range(20)]
    with SmtpServer([Fault(stage, what, times=None)]) as server, open_database(tmp_path / "store") as db:
        spool = Spool(tmp_path / "spool")
        claim(db, spool, items, NOW)
        clock, outbox, asked = Clock(), Outbox(db, spool, lambda: SmtpTransport(settings(server.port))), []
        for rest in (30, 60, 120):
            outbox.drain(clock, threading.Event())
            asked.append(
                server.connections
                if stage == "connect"
                else server.commands.count("MAIL FROM:<ai@example.org> SIZE=19")
            )
            clock.wait(rest)
        assert asked == at_each
        assert {record(db, item).state for item in items} == {"claimed"}


def main() -> None:
    """Print the matrix as it happens; end with 1 where it is not as expected."""
    wrong = 0
    print(f"{'stage':9} {'fault':8} {'the letter':11} {'the others':11} {'copies':7} {'at last':8} log")
    with tempfile.TemporaryDirectory() as scratch:
        certificates = make_certificates(Path(scratch))
        for stage, fault in EXPECTED:
            seen = play(stage, fault, certificates, Path(scratch) / f"{stage}-{fault}")
            course, good = seen.course, seen.course == COURSES[EXPECTED[stage, fault]]
            wrong += not good
            line = f"{stage:9} {fault:8} {course.letter:11} {course.others:11} {course.copies:<7} {course.finally_:8} "
            print(f"{line}{seen.log[0] if seen.log else '-'}{'' if good else '  NOT AS EXPECTED'}", flush=True)
            for more in seen.log[1:]:
                print(f"{'':59}{more}")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
