"""The outbox inside the service: a window that closes, what `status` counts, and the end by SIGTERM."""

import json
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mailer.drain import AHEAD, Outbox
from mailer.outbox import claim, deliver_one, drop, retry, stage
from mailer.pace import Rate
from mailer.transport import Envelope, TransportError
from service.answers.status import status_value
from service.cli.main import complete
from service.engine.engine import Engine
from tests.crash.child import cli_main
from tests.forked import Forked
from tests.outbox_values import Clock, Fake, closing, down, letter, lost, never, not_now, on_the_wire_and_killed
from tests.service_values import (
    EVERY_DAY,
    MONDAY,
    approve_all,
    make_engine,
    morning_zone,
    row,
    write_config,
    write_people,
)
from tests.smtp_server import Fault, SmtpServer

pytestmark = pytest.mark.kill

FRIDAY = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)


class Smtp(Fake):
    name = "smtp"


PEOPLE, RATE = 60, 4
"""More letters than ten minutes can carry at so many a minute."""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    write_config(tmp_path, transport="smtp", window="07:00-07:10")
    write_people(tmp_path, [row(number) for number in range(PEOPLE)])
    made = make_engine(tmp_path)
    yield made
    made.close()


def carry_out(engine: Engine, outbox: Outbox, clock: Clock) -> None:
    """What the service does with a plan: claim what the rate can carry, send it, and so on."""
    engine.tick(clock())
    while engine.queue or outbox.pending:
        outbox.add(engine.claim_some(clock(), outbox.room(clock())), clock())
        outbox.drain(clock, threading.Event(), clock.wait)
        clock.wait(1)


def test_what_the_window_closes_on_waits_and_then_becomes_too_late_and_is_counted(engine: Engine) -> None:
    clock = Clock()
    for clock.now, rate in ((FRIDAY, None), (MONDAY, RATE)):  # the welcomes of Friday as fast as it goes
        outbox = Outbox(engine.database, engine.spool, Smtp, rate=Rate(per_minute=rate), on_settled=engine.settled)
        approve_all(engine, clock())
        carry_out(engine, outbox, clock)
    tips = [one for one in engine.letters() if one.kinds == ("tip",)]
    sent = len(tips)
    closes = MONDAY + timedelta(minutes=10)
    assert 10 * RATE <= sent <= 11 * RATE  # those of ten minutes, and a minute claimed ahead
    assert {one.state for one in tips} == {"sent"}
    assert all(one.claimed_at < closes for one in tips)
    assert max(one.settled_at for one in tips if one.settled_at) <= closes + timedelta(minutes=1)
    assert len(engine.plan(clock()).waiting) == PEOPLE - sent
    assert [status_value(engine, MONDAY + timedelta(hours=later))["too_late"] for later in (1, 24)] == [
        0,
        PEOPLE - sent,
    ]
    assert status_value(engine, clock())["letters"]["sent"] == PEOPLE + sent  # the welcomes of Friday too


@pytest.mark.parametrize(("transport", "room"), [("folder", AHEAD), ("smtp", 7)])
def test_the_rates_of_the_config_spare_a_server_and_not_a_folder(tmp_path: Path, transport: str, room: int) -> None:
    write_config(tmp_path, transport=transport)
    file = tmp_path / "config.toml"
    file.write_text(file.read_text("utf-8").replace("[mail]", "[mail]\nper_minute = 8\nper_hour = 7"), "utf-8")
    write_people(tmp_path, [])
    engine = make_engine(tmp_path)
    assert engine.make_outbox().room(MONDAY) == room
    engine.close()


# What status says


COUNTED = ("sent", "claimed", "parked", "dropped")
TRUTH = {"waiting": "claimed", "wire": "claimed", "doubt": "claimed", "later": "claimed"}


def test_at_every_moment_status_counts_what_is_true(tmp_path: Path) -> None:
    """Letters are brought into every state the journal can hold, one step after the other; after each step, and in the
    middle of it, what status counts is compared with what we know."""
    write_config(tmp_path, transport="smtp")
    write_people(tmp_path, [])
    engine = make_engine(tmp_path)
    known: dict[str, str] = {}

    def look() -> None:
        told = status_value(engine, MONDAY)["letters"]
        stages = {one.id: stage(one) for one in engine.letters()}
        assert stages == known
        counted = Counter(TRUTH.get(each, each) for each in known.values())
        assert [told[name] for name in COUNTED] == [counted[name] for name in COUNTED]
        assert sum(told[name] for name in COUNTED) == len(known)

    class Looking(Smtp):
        def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
            look()
            on_wire()
            known[envelope.message_id] = "wire"
            look()
            return super().deliver(mime, envelope, lambda: None)

    def made(number: int) -> str:
        one = letter(number, transport="smtp")
        assert claim(engine.database, engine.spool, [one], MONDAY).claimed == (one.id,)
        known[one.id] = "waiting"
        look()
        return one.id

    def step(one: str, answer: TransportError | None, then: str) -> None:
        deliver_one(engine.database, engine.spool, Looking(answer), one, MONDAY)
        known[one] = then
        look()

    look()
    accepted, refused, twice, killed, late = (made(number) for number in range(5))
    step(accepted, down(), "waiting")
    step(accepted, not_now(), "later")
    step(accepted, closing(), "later")
    step(accepted, None, "sent")
    step(refused, never(), "parked")
    assert retry(engine.database, refused, MONDAY)
    known[refused] = "waiting"
    look()
    assert drop(engine.database, refused, MONDAY)
    known[refused] = "dropped"
    look()
    step(twice, lost(), "doubt")
    step(twice, lost(), "parked")
    on_the_wire_and_killed(engine.database, letter(3))
    known[killed] = "wire"
    look()
    step(killed, None, "sent")
    deliver_one(engine.database, engine.spool, Smtp(), late, MONDAY + timedelta(days=3))
    known[late] = "parked"
    look()
    engine.close()


def test_outbox_list_says_where_each_letter_is_and_when_the_server_is_asked(tmp_path: Path) -> None:
    write_config(tmp_path, transport="smtp")
    write_people(tmp_path, [])
    engine = make_engine(tmp_path)
    items = [letter(number, transport="smtp") for number in range(4)]
    claim(engine.database, engine.spool, items, MONDAY)
    clock = Clock()
    clock.now = MONDAY
    outbox = Outbox(engine.database, engine.spool, lambda: Smtp(never(), not_now(), down()), server="server:25")
    outbox.drain(clock, threading.Event())
    engine.close()
    command = ["--config", str(tmp_path / "config.toml"), "outbox", "list"]
    rows = json.loads(CliRunner().invoke(complete(), [*command, "--json"]).output)
    assert [each["state"] for each in rows] == ["parked", "later", "waiting", "waiting"]
    lines = CliRunner().invoke(complete(), command).output.splitlines()
    assert lines[:2] == [
        "Ingen breve kommer igennem siden 2026-11-30 07:00: server, ved opkaldet: forbindelsen blev afvist.",
        "Den første kørsel efter 2026-11-30 07:00 spørger serveren igen, med ét brev.",
    ]
    said = CliRunner().invoke(complete(), [*command[:2], "status"]).output
    assert "forbindelsen blev afvist. Den første kørsel efter 2026-11-30 07:00 prøver igen." in said
    assert "afvist for nu" in lines[4]


def with_parked(folder: Path) -> Engine:
    """Three tips parked because nobody knows the address, a welcome because it is too large, and one that waits."""
    write_config(folder, transport="smtp")
    write_people(folder, [])
    engine = make_engine(folder)
    items = [letter(number, transport="smtp") for number in range(5)]
    items[3] = replace(items[3], kinds=("welcome",))
    claim(engine.database, engine.spool, items, MONDAY)
    for number in range(4):
        said = "server: 552 too large." if number == 3 else f"server: 550 no such user p{number}@example.org."
        engine.database.table("letters").merge(items[number].id, {"state": "parked", "said": said})
    return engine


def outbox_command(folder: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(complete(), ["--config", str(folder / "config.toml"), "outbox", *words])
    return done.exit_code, done.output


def states_of(folder: Path) -> list[str]:
    engine = make_engine(folder)
    found: list[str] = [engine.letter(letter(number).id).state for number in range(5)]
    engine.close()
    return found


def test_parked_letters_of_one_cause_are_one_line(tmp_path: Path) -> None:
    with_parked(tmp_path).close()
    _, said = outbox_command(tmp_path, "list")
    assert [line.split()[0] for line in said.splitlines()[1:]] == ["3", letter(3).id[:12], letter(4).id[:12]]
    _, each = outbox_command(tmp_path, "list", "--each")
    assert len(each.splitlines()) == 1 + 5


@pytest.mark.parametrize(
    ("words", "changed", "count"),
    [
        (["--all"], [0, 1, 2, 3], 4),
        (["--kind", "welcome"], [3], 1),
        (["--cause", "NO SUCH USER"], [0, 1, 2], 3),
        (["--kind", "welcome", "--cause", "no such"], [], 0),
    ],
)
@pytest.mark.parametrize(
    ("act", "state", "says"),
    [
        (
            "retry",
            "claimed",
            ("Sendes igen, byte for byte det samme: 1 brev.\n", "Sendes igen, byte for byte de samme: {} breve.\n"),
        ),
        ("drop", "dropped", ("Opgivet: 1 brev.\n", "Opgivet: {} breve.\n")),
    ],
)
def test_parked_letters_are_retried_or_dropped_together_and_counted(
    tmp_path: Path, act: str, state: str, says: tuple[str, str], words: list[str], changed: list[int], count: int
) -> None:
    with_parked(tmp_path).close()
    assert outbox_command(tmp_path, act, *words) == (0, says[count != 1].format(count))
    assert states_of(tmp_path) == [state if number in changed else "parked" for number in range(4)] + ["claimed"]


@pytest.mark.parametrize("words", [[], ["1", "--all"], ["--all", "--kind", "tip"]])
def test_one_letter_or_several_must_be_named(tmp_path: Path, words: list[str]) -> None:
    with_parked(tmp_path).close()
    assert outbox_command(tmp_path, "retry", *words)[0] == 1
    assert states_of(tmp_path) == ["parked"] * 4 + ["claimed"]


# The end


class Running:
    """The service in a process of its own, told to end when the server reaches `stage` for the first time."""

    def __init__(self, folder: Path, stage: str) -> None:
        self.folder, self.stage, self.started = folder, stage, threading.Event()
        self.told = False
        self.child: Forked | None = None

    def __call__(self, stage: str) -> None:
        if stage == self.stage and not self.told:
            self.told = True
            self.started.wait()
            assert self.child is not None
            os.kill(self.child.pid, signal.SIGTERM)

    def until_the_end(self) -> int:
        words = ("--config", "config.toml", "run")
        self.child = Forked(cli_main, words, folder=self.folder, log=self.folder / "log")
        self.started.set()
        try:
            return self.child.ended(120)
        finally:
            self.child.close()


def three_welcomes(folder: Path, port: int, *, mail: str = "", smtp: str = "") -> None:
    """A service that, when it runs, has three letters to send at once, approved, to a server on this port."""
    now = datetime.now(UTC).replace(microsecond=0)
    write_config(folder, transport="smtp", port=port, zone=morning_zone(now))
    file = folder / "config.toml"
    text = file.read_text("utf-8").replace('transport = "smtp"', f'transport = "smtp"\n{mail}')
    file.write_text(text.replace('security = "none"', f'security = "none"\n{smtp}'), "utf-8")
    people = "".join(f"{number};Person {number};p{number}@x.example;plan;{EVERY_DAY}\n" for number in range(3))
    (folder / "people.csv").write_text(f"number;name;email;department;working days\n{people}", "utf-8")
    engine = make_engine(folder)
    for held in engine.tick(now).held:
        engine.stored.approve(held, now)
    engine.close()


def letters_of(folder: Path) -> dict[str, Any]:
    engine = make_engine(folder)
    told: dict[str, Any] = status_value(engine, datetime.now(UTC))["letters"]
    engine.close()
    return told


def test_sigterm_finishes_the_letter_in_hand_and_writes_it_down(tmp_path: Path) -> None:
    running = Running(tmp_path, "end")
    with SmtpServer(on_stage=running) as server:
        three_welcomes(tmp_path, server.port, mail="per_minute = 1")
        assert running.until_the_end() == 0
    told = letters_of(tmp_path)
    assert (len(server.accepted), told["sent"], told["doubt"]) == (1, 1, 0)


@pytest.mark.parametrize(("stage", "doubt"), [("connect", 0), ("rcpt", 0), ("end", 1)])
def test_a_server_that_hangs_holds_the_end_up_for_its_timeout_and_no_other_letter_begins(
    tmp_path: Path, stage: str, doubt: int
) -> None:
    running = Running(tmp_path, stage)
    with SmtpServer([Fault(stage, "hang")], on_stage=running) as server:
        three_welcomes(tmp_path, server.port, smtp="timeout_seconds = 1")
        assert running.until_the_end() == 0
    told = letters_of(tmp_path)
    assert (server.connections, told["sent"], told["doubt"]) == (1, 0, doubt)
