"""The clock an hour and nine days forward and back: in a tick, in the running service, and after a kill."""

import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from service.engine.engine import Engine
from store import records
from store.database import open_database
from tests.crash.child import set_clock
from tests.crash.count import counted
from tests.crash.ground import NOW, WELCOMES, welcoming, write_config
from tests.crash.instants import WELCOME, kill_on_signal
from tests.crash.victim import PATIENCE, Victim, ended, until, victim
from tests.service_values import MONDAY, approve_all, keys, live, make_engine, row, write_people
from tests.service_values import write_config as write_engine_config
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.kill

HOUR, TWO_WEEKS = timedelta(hours=1), timedelta(days=14)


# --- in a tick


@pytest.mark.parametrize("moved", [HOUR, -HOUR])
def test_an_hour_holds_nothing_and_repeats_nothing(tmp_path: Path, moved: timedelta) -> None:
    with SmtpServer() as server, an_engine(tmp_path, server) as engine:
        nine = MONDAY + 2 * HOUR
        live(engine, nine)
        write_people(tmp_path, [row(1), row(2), row(3)])
        found = live(engine, nine + moved)
        again = [live(engine, moment) for moment in (nine, nine + moved)]
    assert (found.held, keys(found)) == ((), {"welcome/first/3"})
    assert [(one.held, one.letters) for one in again] == [((), ()), ((), ())]
    assert sorted(one.recipients[0] for one in server.accepted) == [f"p{number}@x.example" for number in (1, 2, 3)]


@pytest.mark.parametrize("approved", [True, False])
@pytest.mark.parametrize("moved", [TWO_WEEKS, -TWO_WEEKS])
def test_two_weeks_are_held_until_the_clock_is_right_again_or_approved(
    tmp_path: Path, moved: timedelta, approved: bool
) -> None:
    with SmtpServer() as server, an_engine(tmp_path, server) as engine:
        live(engine, MONDAY)
        write_people(tmp_path, [row(1), row(2), row(3)])
        held = live(engine, MONDAY + moved)
        sent_while_held = len(server.accepted)
        if approved:
            approve_all(engine, MONDAY + moved)
        live(engine, MONDAY + moved if approved else MONDAY + HOUR)
    assert [one.kind for one in held.held] == ["clock"]
    assert held.held[0].reason.fields["last"] == "2026-11-30 06:00"
    assert (held.letters, sent_while_held) == ((), 2)
    welcomes = [letter.recipients[0] for letter in server.accepted if b"Velkommen" in letter.data]
    assert sorted(welcomes) == [f"p{number}@x.example" for number in (1, 2, 3)]


@contextmanager
def an_engine(folder: Path, server: SmtpServer) -> Iterator[Engine]:
    """Two people by SMTP, whose first letters are approved."""
    write_engine_config(folder, transport="smtp", port=server.port)
    write_people(folder, [row(1), row(2)])
    engine = make_engine(folder)
    approve_all(engine, MONDAY)
    yield engine
    engine.close()


# --- in the running service, with letters claimed and not sent


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Victim]:
    """A service with 150 letters to send over one connection; its clock can be set."""
    welcoming(tmp_path / "ground")
    with victim(tmp_path / "ground") as made:
        write_config(made.folder, port=made.server.port)
        yield made


@pytest.mark.parametrize("moved", [TWO_WEEKS, -TWO_WEEKS])
def test_a_clock_that_jumps_in_a_sending_stops_it_and_the_right_clock_lets_it_go_on(
    service: Victim, moved: timedelta
) -> None:
    gate = Gate(at=20)
    service.server.on_stage = gate
    process = service.start("run")
    assert gate.reached.wait(PATIENCE)
    set_clock(service.folder, NOW + moved)
    assert until(lambda: service.logged("held: clock") == 1, process)
    gate.open.set()
    # The letter in hand is finished; then the sender hangs up.
    assert until(lambda: "QUIT" in service.server.commands, process)
    while_held = service.accepted(), states(service)["sent"]
    set_clock(service.folder, NOW + HOUR)
    assert until(lambda: service.accepted() == WELCOMES, process)
    process.terminate()
    assert ended(process) == 0
    assert while_held == (20, 20)
    assert broken_promises(service) == ()


def test_a_sender_that_meets_the_wrong_clock_before_the_next_beat_gives_no_letter_up(service: Victim) -> None:
    gate = Gate(at=20)
    service.server.on_stage = gate
    process = service.start("run", "2")
    assert gate.reached.wait(PATIENCE)
    set_clock(service.folder, NOW + TWO_WEEKS)
    gate.open.set()
    assert until(lambda: service.logged("held: clock") == 1, process)
    while_held = states(service)["parked"]
    set_clock(service.folder, NOW + HOUR)
    assert until(lambda: service.accepted() == WELCOMES, process)
    process.terminate()
    assert (ended(process), while_held) == (0, 0)
    assert broken_promises(service) == ()


@pytest.mark.parametrize("moved", [TWO_WEEKS, -TWO_WEEKS])
def test_a_clock_that_jumped_while_the_service_was_down_gives_no_letter_up(service: Victim, moved: timedelta) -> None:
    at_kill = kill_on_signal(service, service.start("run"), random.Random(1), "end", 50)
    set_clock(service.folder, NOW + moved)
    status = ended(service.start("once"))
    while_held = service.accepted(), states(service)["parked"]
    set_clock(service.folder, NOW + HOUR)
    service.recover()
    assert (status, *while_held) == (1, at_kill, 0)
    assert broken_promises(service) == ()


class Gate:
    """Lets the server answer `at - 1` letters; the next one's reply waits until the gate is open."""

    def __init__(self, at: int) -> None:
        self.at, self.reached, self.open = at, threading.Event(), threading.Event()

    def __call__(self, stage: str) -> None:
        self.at -= stage == "end"
        if stage == "end" and self.at == 0:
            self.reached.set()
            self.open.wait(PATIENCE)


def states(service: Victim) -> Counter[str]:
    """How many letters are in each state, in the store."""
    with open_database(service.store) as db:
        return Counter(letter["state"] for letter in db.table(records.LETTERS).all())


def broken_promises(service: Victim) -> tuple[str, ...]:
    """After at most one connection was cut: everything due arrived, nothing else did, and the store says so."""
    found = counted(service.server, service.folder, WELCOME, instant="", at_kill=0, left=0, kills=1, open_=1)
    return found.broken
