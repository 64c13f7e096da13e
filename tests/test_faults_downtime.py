"""A week in which the service was down: what is still due is sent once, what is too late is counted and shown."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from service.acts import letters
from service.answers.status import status_value
from service.engine.engine import Engine
from tests.service_values import (
    MONDAY,
    approve_all,
    claim_all,
    keys,
    live,
    look,
    make_engine,
    row,
    write_config,
    write_people,
)
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.kill

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
DOWN, UP = MONDAY - 6 * DAY, MONDAY + DAY + HOUR
"""From Tuesday to Tuesday: the letter of Monday has been due and has become too late meanwhile."""


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


def settled(folder: Path, server: SmtpServer) -> Engine:
    """Five people with a series each, welcomed and invited on the Monday before."""
    write_config(folder, transport="smtp", channel="invite", port=server.port)
    write_people(folder, [row(number) for number in range(1, 6)])
    engine = make_engine(folder)
    approve_all(engine, MONDAY - WEEK)
    live(engine, MONDAY - WEEK)
    live(engine, DOWN)
    return engine


def recipients(server: SmtpServer, begin: int) -> list[str]:
    return sorted(letter.recipients[0] for letter in server.accepted[begin:])


def test_after_a_week_what_is_due_is_sent_once_and_what_is_too_late_is_shown(
    tmp_path: Path, server: SmtpServer
) -> None:
    settled(tmp_path, server).close()
    before = len(server.accepted)
    write_people(tmp_path, [*(row(number) for number in range(1, 6)), row(6)])
    write_config(tmp_path, transport="smtp", channel="invite", port=server.port, closed='"2026-12-10"')
    engine = make_engine(tmp_path)
    found = live(engine, UP)
    again = [live(engine, UP + later) for later in (HOUR, DAY)]
    status = status_value(engine, UP + DAY)
    engine.close()
    assert {notice.key for notice in found.too_late} == {f"tip/2026-W49/{number}" for number in range(1, 6)}
    assert keys(found) == {"welcome/first/6", "invite/0/6", *(f"invite/1/{number}" for number in range(1, 6))}
    assert [one.letters for one in again] == [(), ()]
    newcomer = ["p6@x.example"]
    assert recipients(server, before) == [*(f"p{number}@x.example" for number in range(1, 6)), *newcomer, *newcomer]
    assert (status["too_late"], status["letters"]["claimed"], status["letters"]["parked"]) == (5, 0, 0)


def test_letters_claimed_before_a_week_of_downtime_are_parked_with_the_reason_and_a_person_decides(
    tmp_path: Path, server: SmtpServer
) -> None:
    engine = settled(tmp_path, server)
    before = len(server.accepted)
    write_people(tmp_path, [row(number) for number in range(1, 9)])
    look(engine, DOWN + HOUR)
    engine.tick(DOWN + HOUR)
    waiting = claim_all(engine, DOWN + HOUR)
    engine.close()
    engine = make_engine(tmp_path)
    live(engine, UP)
    parked = [letter for letter in engine.letters() if letter.state == "parked"]
    nothing_sent = len(server.accepted) - before
    for letter in parked:
        letters.retry(engine, letter.id, UP + HOUR)
    live(engine, UP + HOUR)
    engine.close()
    assert (sorted(letter.id for letter in parked), nothing_sent) == (sorted(waiting), 0)
    assert {letter.said for letter in parked} == {"Not sent before 2026-11-27T07:00:00+00:00, when it became too late."}
    assert recipients(server, before) == sorted(f"p{number}@x.example" for number in (6, 7, 8) for _ in range(2))


def test_a_service_that_was_down_for_two_days_sends_what_it_had_claimed_once(
    tmp_path: Path, server: SmtpServer
) -> None:
    engine = settled(tmp_path, server)
    before = len(server.accepted)
    write_people(tmp_path, [row(number) for number in range(1, 9)])
    look(engine, DOWN + HOUR)
    engine.tick(DOWN + HOUR)
    claim_all(engine, DOWN + HOUR)
    engine.close()
    engine = make_engine(tmp_path)
    for later in (2 * DAY, 2 * DAY + HOUR):
        live(engine, DOWN + later)
    engine.close()
    assert recipients(server, before) == sorted(f"p{number}@x.example" for number in (6, 7, 8) for _ in range(2))
