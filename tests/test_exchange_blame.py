"""Whose fault a failure is: one mailbox's, so that the others are served, or the server's, so that it is left alone."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from calendars.channel import ChannelError
from calendars.exchange.session import MOST_AT_ONCE, Session
from service.engine.carry_out import call_all
from tests.ews import EwsServer, Fault
from tests.exchange_values import Clock, Logins, address, exchange_engine, session
from tests.server_office import NO_PROMPTS, ONE, WEEK_AT_NOON, office
from tests.service_values import MONDAY, approve_all

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.slow


@pytest.mark.parametrize("what", ["cut", "503", "html", "ErrorInternalServerError", "ErrorADSessionFilter"])
def test_of_many_people_the_first_and_four_more_find_out_that_the_server_is_down(tmp_path: Path, what: str) -> None:
    with office(tmp_path, 12, Fault(what, operation="FindItem", times=None)) as found:
        assert 2 <= found.asked().count("FindItem") <= 1 + MOST_AT_ONCE  # so many were on their way
        assert found.asked(MONDAY + timedelta(seconds=10)) == []
        assert [found.asked(MONDAY + hours * HOUR) for hours in (1, 2, 3)] == [["FindItem"]] * 3
        asked = [request.mailbox for request in found.server.log if request.operation == "FindItem"]
        assert len(set(asked[-3:])) == 3  # each time somebody else
        assert found.trouble() is not None


def test_a_restart_goes_on_asking_by_somebody_else_at_the_same_pace(tmp_path: Path) -> None:
    with office(tmp_path, 12, Fault("429", operation="FindItem", times=None)) as found:
        found.asked()
        for hours in (1, 2, 3):
            (found.caller,) = found.engine.servers.make_callers(lambda _: found.session)
            found.clock.seconds += 3600
            assert found.asked(MONDAY + hours * HOUR) == ["FindItem"]
        asked = [request.mailbox for request in found.server.log if request.operation == "FindItem"]
        assert len(set(asked[-3:])) == 3
        later = MONDAY + 3 * HOUR
        assert found.status()["trouble"]["next"] >= (later + timedelta(minutes=5)).isoformat()


FOR_EVER = [
    Fault("503"),
    Fault("429"),
    Fault("busy"),
    Fault("cut"),
    Fault("lost"),
    Fault("html"),
    Fault("garbage"),
    Fault("500"),
    Fault("404"),
    Fault("ErrorCannotFindUser", status=200),
    Fault("ErrorCannotFindUser", status=500),
    Fault("ErrorInternalServerError"),
    Fault("ErrorInvalidOperation"),
    Fault("ErrorADSessionFilter", status=200),
    Fault("ErrorADSessionFilter", item=1),
    Fault("hang"),
]


@pytest.mark.parametrize("fault", FOR_EVER, ids=lambda one: f"{one.what} {one.status or ''}{one.item or ''}")
def test_a_mailbox_that_is_refused_for_ever_and_comes_first_costs_no_other_a_block(
    tmp_path: Path, fault: Fault
) -> None:
    aimed = replace(fault, mailbox=ONE, times=None)
    with office(tmp_path, 6, aimed, timeout_seconds=0.5, section=NO_PROMPTS) as found:
        for hours in range(5):
            found.asked(MONDAY + hours * HOUR)
            found.clock.seconds += 3600
        assert [len(found.ours(address(n))) for n in range(2, 7)] == [1] * 5
        assert found.server.requests_per_mailbox()[ONE] <= 5  # one each hour
        said = [said for who, said in found.failing() if who == ONE] or [found.trouble() or ""]
        assert all(said)
        assert "status 200" not in said[0]
        assert ONE not in said[0] or found.trouble()


def test_the_sentence_quotes_the_code_and_the_words_of_a_fault_that_nobody_knows(tmp_path: Path) -> None:
    with office(tmp_path, 2, Fault("ErrorADSessionFilter", mailbox=ONE, times=None, status=200)) as found:
        found.asked()
        assert found.failing() == [(ONE, "Exchange refused: ErrorADSessionFilter, by script.")]


def test_a_fault_of_ours_in_one_call_is_that_ones_alone(tmp_path: Path) -> None:
    class Faulty(Session):
        def calendar(self, address: str) -> Any:
            if address == ONE:
                raise ZeroDivisionError
            return super().calendar(address)

    with office(tmp_path, 3) as found:
        faulty = Faulty(found.session.settings, Logins(), found.clock)
        (found.caller,) = found.engine.servers.make_callers(lambda _: faulty)
        found.asked()
        assert found.served(2, 3) == [WEEK_AT_NOON] * 2
        assert found.failing() == [(ONE, "the service itself failed in this call. The log has more.")]
        faulty.close()


def test_a_block_whose_record_cannot_be_read_is_that_ones_alone(tmp_path: Path) -> None:
    with office(tmp_path, 3) as found:
        approve_all(found.engine, MONDAY)
        found.engine.tick(MONDAY)
        work = found.engine.ready_calls(found.caller, MONDAY)
        found.engine.database.table("blocks").put("1", {"person_id": "1"})
        for _ in range(3):
            found.caller.hand_over(work)
            found.caller.drain(lambda: MONDAY, threading.Event())
        assert (found.served(2, 3), found.caller.trouble, found.caller.pending) == ([WEEK_AT_NOON] * 2, None, 0)


def test_busy_times_that_fail_for_one_person_are_had_for_the_others(tmp_path: Path) -> None:
    class Failing(Session):
        def busy_times(self, addresses: Any, begin: datetime, end: datetime) -> Any:
            asked.append(len(addresses))
            if ONE in addresses:
                raise ChannelError(f"{addresses[0]}: no.", cause="no")
            return {one: [] for one in addresses}

    asked = list[int]()
    with EwsServer([address(n) for n in range(1, 26)]) as server:
        more = {"vitamin": 'time = "12:00-13:00"\nyield = true', "exchange": NO_PROMPTS}
        with exchange_engine(tmp_path, server, 25, **more) as engine:
            failing = Failing(session(server).settings, Logins(), Clock())
            (caller,) = engine.servers.make_callers(lambda _: failing)
            for minutes in (0, 1, 2, 10, 11, 12, 60):
                engine.tick(MONDAY + timedelta(minutes=minutes))
                call_all(engine, [caller], lambda at=minutes: MONDAY + timedelta(minutes=at))  # type: ignore[misc]  # a default
            decided = {key.rpartition("/")[2] for key in engine.stored.decided()}
            failing.close()
    assert decided == {str(n) for n in range(1, 26)}
    assert asked == [25, 10, 10, 5, *[1] * 10]
