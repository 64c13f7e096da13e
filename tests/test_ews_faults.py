"""What goes wrong with our Exchange server, by script or by its state, and what exchangelib makes of it.

Much of this is about exchangelib 5.6: the product relies on it, so a new version that does otherwise shows here.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.ews import PASSWORD, SERVICE, EwsServer, Fault, Request
from tests.ews.client import account, at, errors, event, lib, protocols, weekly
from tests.ews.faults import Script
from tests.smtp_server import Certificates, make_certificates

pytestmark = pytest.mark.slow

ANNA, BO = "anna@x.example", "bo@x.example"


@contextmanager
def serving(*faults: Fault, **settings: Any) -> Iterator[EwsServer]:
    with EwsServer([ANNA, BO], faults, **settings) as server:
        yield server
        protocols.close_connections()
    assert (server.refused, server.misspoken) == ([], [])


def create(server: EwsServer, address: str = ANNA, **settings: Any) -> Any:
    return event(account(server, address, **settings), at(2026, 11, 3, 10, 0), test_key="one").save()


def codes(server: EwsServer) -> list[str]:
    return [request.code for request in server.log if request.operation == "CreateItem"]


@pytest.mark.parametrize(
    ("what", "raised", "code", "kept"),
    [
        ("401", "UnauthorizedError", "HTTP 401", 0),
        ("429", "MalformedResponseError", "HTTP 429", 0),
        ("503", "ErrorServerBusy", "HTTP 503", 0),
        ("cut", "ErrorTimeoutExpired", "cut", 0),
        ("lost", "ErrorTimeoutExpired", "lost", 1),
        ("html", "MalformedResponseError", "html", 0),
        ("busy", "ErrorServerBusy", "ErrorServerBusy", 0),
        ("ErrorImpersonateUserDenied", "ErrorImpersonateUserDenied", "ErrorImpersonateUserDenied", 0),
        ("ErrorNonExistentMailbox", "ErrorNonExistentMailbox", "ErrorNonExistentMailbox", 0),
    ],
)
def test_a_fault_strikes_once_and_what_was_done_stays_done(what: str, raised: str, code: str, kept: int) -> None:
    with serving(Fault(what, operation="CreateItem")) as server:
        with pytest.raises(getattr(errors, raised)) as caught:
            create(server)
        assert caught.type.__name__ == raised
        assert codes(server) == [code]
        assert len(server.mailbox(ANNA).items) == kept
        create(server)
        assert codes(server) == [code, "NoError"]
        assert len(server.mailbox(ANNA).items) == kept + 1


def test_a_request_hangs_until_the_client_gives_up_and_nothing_is_done() -> None:
    with serving(Fault("hang", operation="CreateItem")) as server:
        anna = account(server, ANNA)
        item = event(anna, at(2026, 11, 3, 10, 0))
        anna.protocol.TIMEOUT = 0.2
        with pytest.raises(errors.ErrorTimeoutExpired):
            item.save()
        server.release()
        assert (codes(server), server.mailbox(ANNA).items) == (["hang"], [])


@pytest.mark.parametrize(("milliseconds", "seconds"), [(5000, 5.0), (None, 10)])
def test_a_busy_server_says_how_long_to_wait_and_exchangelib_else_says_ten(
    milliseconds: int | None, seconds: float
) -> None:
    with serving(Fault("busy", back_off_ms=milliseconds)) as server:
        with pytest.raises(errors.ErrorServerBusy) as caught:
            create(server)
        assert caught.value.back_off == seconds


@pytest.mark.parametrize(("status", "after"), [("503", 30), ("503", None), ("429", 30)])
def test_retry_after_travels_in_the_header(status: str, after: int | None) -> None:
    with serving(Fault(status, retry_after=after)) as server:
        answer = protocols.requests.post(server.url, data=FIND_SERVICE, auth=(SERVICE, PASSWORD), timeout=5)
        wanted = None if after is None else str(after)
        assert (answer.status_code, answer.headers.get("Retry-After")) == (int(status), wanted)


FIND_SERVICE = b"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"
 xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"><s:Body>
 <m:ResolveNames ReturnFullContactData="false"><m:UnresolvedEntry>service</m:UnresolvedEntry></m:ResolveNames>
 </s:Body></s:Envelope>"""


def test_one_item_of_a_request_fails_alone() -> None:
    with serving(Fault("ErrorItemSave", operation="CreateItem", item=2)) as server:
        anna = account(server, ANNA)
        items = [event(anna, at(2026, 11, day, 10, 0), subject=str(day)) for day in (3, 4, 5)]
        first, second, third = anna.bulk_create(anna.calendar, items)
        assert isinstance(second, errors.ErrorItemSave)
        assert [first.id, third.id] == [item.id for item in server.mailbox(ANNA).items]


def test_exchangelib_drops_the_whole_list_for_an_error_it_does_not_catch() -> None:
    with serving(Fault("ErrorQuotaExceeded", operation="CreateItem", item=2)) as server:
        anna = account(server, ANNA)
        items = [event(anna, at(2026, 11, day, 10, 0), subject=str(day)) for day in (3, 4, 5)]
        with pytest.raises(errors.ErrorQuotaExceeded):
            anna.bulk_create(anna.calendar, items)
        assert [item.subject for item in server.mailbox(ANNA).items] == ["3", "5"]


def test_faults_are_aimed_by_mailbox_by_number_and_by_count() -> None:
    aimed = Fault("503", mailbox=BO, times=2)
    with serving(aimed, Fault("503", nth=3), Fault("busy", operation="CreateItem", skip=1)) as server:
        for address in (ANNA, BO, BO, ANNA, ANNA, BO):
            with suppress(errors.ErrorServerBusy):
                create(server, address)
        struck = [(each.number, each.mailbox, each.fault) for each in server.log if each.fault]
        assert struck == [(3, ANNA, "503"), (4, BO, "503"), (5, BO, "503"), (11, ANNA, "busy")]


def struck_at_random(seed: int, addresses: list[str]) -> set[tuple[str, int]]:
    """Which request of which mailbox is struck, when each mailbox in turn asks for ten things."""
    script = Script([Fault("503", share=0.4, seed=seed, times=None)])
    return {(each, nth) for nth in range(10) for each in addresses if script.strike(0, "CreateItem", each)}


def test_chance_is_the_same_in_every_run_and_whoever_comes_first() -> None:
    assert struck_at_random(1, [ANNA, BO]) == struck_at_random(1, [BO, ANNA])
    assert struck_at_random(1, [ANNA, BO]) != struck_at_random(2, [ANNA, BO])


def test_a_share_of_the_requests_is_struck() -> None:
    with serving(Fault("503", share=0.4, seed=7, times=None)) as server:
        for address in (ANNA, BO) * 20:
            with suppress(errors.ErrorServerBusy):
                create(server, address)
        assert 0.3 <= server.struck_share() <= 0.5


@pytest.mark.parametrize("auth", ["basic", "NTLM"])
def test_a_wrong_password_is_tried_once_and_never_works(auth: Any) -> None:
    with serving(auth=auth) as server:
        with pytest.raises(errors.UnauthorizedError):
            create(server, auth=auth, password="wrong")
        assert [(each.operation, each.code) for each in server.log] == [("GetFolder", "HTTP 401")]
        assert dict(server.failed_logins) == {SERVICE: 1}
        assert server.http_requests == {"basic": 1, "NTLM": 3}[auth]


def test_a_password_that_expires_while_running_is_seen_at_the_next_connection() -> None:
    with serving() as server:
        anna = account(server, ANNA)
        item = event(anna, at(2026, 11, 3, 10, 0))
        server.users[SERVICE] = "new"
        with pytest.raises(errors.UnauthorizedError):
            item.save()
        assert server.mailbox(ANNA).items == []


def test_an_account_is_locked_after_so_many_wrong_passwords() -> None:
    with serving(lock_after=2) as server:
        for password in ("wrong", "wrong again", PASSWORD):
            with pytest.raises(errors.UnauthorizedError):
                create(server, password=password)
        assert dict(server.failed_logins) == {SERVICE: 3}


def test_ntlm_lets_in_a_connection_once() -> None:
    with serving(auth="NTLM") as server:
        create(server, auth="NTLM")
        assert (len(server.log), server.http_requests) == (3, 5)


def test_a_user_may_come_with_a_domain() -> None:
    with serving(auth="NTLM", users={"svc": "secret"}) as server:
        server.accounts["svc"] = SERVICE
        config = lib.Configuration(
            service_endpoint=server.url,
            credentials=lib.Credentials("TEST\\svc", "secret"),
            auth_type="NTLM",
            retry_policy=lib.FailFast(),
        )
        own = lib.Account(SERVICE, config=config, autodiscover=False, default_timezone=lib.EWSTimeZone("UTC"))
        assert own.calendar.name == "Kalender"
        assert server.requests_per_mailbox() == {SERVICE: 3}


@pytest.mark.parametrize(
    ("right", "outcome"), [("all", "NoError"), ("none", "ErrorImpersonateUserDenied"), (frozenset({BO}), "ErrorImpersonateUserDenied")]
)  # fmt: skip
def test_impersonation_needs_the_right(right: Any, outcome: str) -> None:
    with serving(impersonation=right) as server:
        try:
            create(server)
            said = "NoError"
        except errors.ErrorImpersonateUserDenied as error:
            said = type(error).__name__
        assert (said, server.log[-1].code) == (outcome, outcome)


@pytest.mark.parametrize(
    ("state", "raised"),
    [
        ("disabled", "ErrorAccountDisabled"),
        ("full", "ErrorQuotaExceeded"),
        ("moving", "ErrorMailboxMoveInProgress"),
        ("cloud", "ErrorNonExistentMailbox"),
    ],
)
def test_a_mailbox_in_a_bad_state_fails_alone(state: Any, raised: str) -> None:
    with serving() as server:
        server.mailbox(ANNA).state = state
        with pytest.raises(getattr(errors, raised)):
            create(server)
        create(server, BO)
        assert [len(server.mailbox(each).items) for each in (ANNA, BO)] == [0, 1]


def test_a_mailbox_that_is_not_there_is_named_so() -> None:
    with serving() as server, pytest.raises(errors.ErrorNonExistentMailbox):
        create(server, "nobody@x.example")


def test_exchangelib_learns_the_version_with_one_request_where_none_is_given() -> None:
    with serving() as server:
        own = account(server, ANNA, version=None)
        assert str(own.protocol.version.build) == "15.2.1544.4"
        assert server.operations() == ["ConvertId"]


def test_exchangelib_tries_each_version_on_an_old_server_and_works_on() -> None:
    with serving(product="2010") as server:
        create(server)
        said = [request.code for request in server.log]
        assert said == ["ErrorInvalidServerVersion"] * 5 + ["NoError"] * 3


def test_a_time_zone_the_server_does_not_know_is_refused() -> None:
    with serving() as server:
        anna = account(server, ANNA)
        start = lib.EWSDateTime(2026, 11, 3, 10, 0, tzinfo=lib.EWSTimeZone("Africa/Lagos"))
        with pytest.raises(errors.ErrorTimeZone):
            event(anna, start).save()


def test_exchangelib_repeats_a_lost_creation_by_itself_unless_it_fails_fast() -> None:
    """With two sessions open, FaultTolerance takes a lost reply for a busy server, asks again, and makes a second."""
    with serving(Fault("lost", operation="CreateItem")) as server:
        anna = account(server, ANNA, retry_policy=lib.FaultTolerance(max_wait=1))
        item = event(anna, at(2026, 11, 3, 10, 0))
        anna.protocol.RETRY_WAIT = 0
        anna.protocol.increase_poolsize()
        item.save()
        assert (codes(server), len(server.mailbox(ANNA).items)) == (["lost", "NoError"], 2)


def test_the_work_is_done_when_before_reply_is_called() -> None:
    seen: list[tuple[str, int]] = []

    def look(request: Request) -> None:
        seen.append((request.operation, len(server.mailbox(ANNA).items)))

    with serving(before_reply=look) as server:
        create(server)
        assert seen == [("GetFolder", 0), ("GetFolder", 0), ("CreateItem", 1)]


def test_the_server_sees_how_many_ask_at_once() -> None:
    together = threading.Barrier(3)
    with serving(before_reply=lambda request: together.wait(5) and None) as server:
        threads = [threading.Thread(target=ask, args=(server,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.most_at_once == 3


def ask(server: EwsServer) -> None:
    answer = protocols.requests.post(server.url, data=FIND_SERVICE, auth=(SERVICE, PASSWORD), timeout=5)
    assert answer.status_code == 200


def certificates(folder: Path) -> Certificates:
    folder.mkdir()
    return make_certificates(folder)


def test_a_private_authority_is_trusted_by_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, other = certificates(tmp_path / "own"), certificates(tmp_path / "other")
    with serving(certificates=own) as server:
        for bundle in (None, other.authority):
            if bundle is not None:
                monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
            with pytest.raises(errors.TransportError):
                create(server)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(own.authority))
        create(server)
        assert (len(server.log), len(server.mailbox(ANNA).items)) == (3, 1)


def test_ntlm_works_over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = certificates(tmp_path / "own")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(own.authority))
    with serving(auth="NTLM", certificates=own) as server:
        create(server, auth="NTLM")
        assert len(server.mailbox(ANNA).items) == 1


@pytest.mark.skipif("EWS_SCHEMA_DIR" not in os.environ, reason="EWS_SCHEMA_DIR names no folder with Microsoft's schema")
def test_what_the_schema_does_not_have_is_refused_and_recorded() -> None:
    with EwsServer() as server:
        data = FIND_SERVICE.replace(b"UnresolvedEntry", b"Entry")
        answer = protocols.requests.post(server.url, data=data, auth=(SERVICE, PASSWORD), timeout=5)
        assert (answer.status_code, b"ErrorSchemaValidation" in answer.content) == (500, True)
        assert [operation for operation, _ in server.refused] == ["ResolveNames"]
        assert server.log[0].code == "ErrorSchemaValidation"


@pytest.mark.parametrize("data", [b"", b"<a/>", b"no xml"])
def test_what_is_no_soap_gets_an_answer(data: bytes) -> None:
    with EwsServer() as server:
        answer = protocols.requests.post(server.url, data=data, auth=(SERVICE, PASSWORD), timeout=5)
        assert (answer.status_code, server.log) == (500, [])


def test_a_long_series_is_written_with_one_request() -> None:
    with serving() as server:
        anna = account(server, ANNA)
        recurrence = weekly(date(2026, 11, 2), date(2027, 10, 29))
        event(anna, at(2026, 11, 2, 12, 30), recurrence=recurrence).save()
        (item,) = server.mailbox(ANNA).items
        assert len(list(item.all_starts())) == 52 * 5
        assert server.operations().count("CreateItem") == 1
