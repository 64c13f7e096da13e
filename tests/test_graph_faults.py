"""What goes wrong with our Microsoft Graph, by script or by its state, and how a client is told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.graph import CLIENT, SECRET, SERVICE, TENANT, Fault, GraphServer, Request, make_credential, mix
from tests.graph.client import Client, ask_token, block
from tests.graph.faults import Script

pytestmark = pytest.mark.slow

ANNA, BO = "anna@x.example", "bo@x.example"
EVENTS = f"/users/{ANNA}/events"
JSON = {"Content-Type": "application/json"}


@contextmanager
def serving(*faults: Fault, **settings: Any) -> Iterator[tuple[GraphServer, Client]]:
    with GraphServer([ANNA, BO], faults, **settings) as server:
        yield server, Client(server)
    assert server.misspoken == []


def create(client: Client, who: str = ANNA) -> requests.Response:
    return client.post(f"/users/{who}/events", block("2026-10-19", "2026-10-30"))


def said(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("error", {}).get("code", "")


# --- by script


@pytest.mark.parametrize(
    ("what", "code", "kept"),
    [
        ("401", "InvalidAuthenticationToken", 0),
        ("403", "ErrorAccessDenied", 0),
        ("429", "ApplicationThrottled", 0),
        ("503", "ServiceUnavailable", 0),
        ("504", "GatewayTimeout", 0),
        ("late", "GatewayTimeout", 1),
        ("ErrorOccurrenceCrossingBoundary", "ErrorOccurrenceCrossingBoundary", 0),
    ],
)
def test_a_fault_strikes_once_and_what_was_done_stays_done(what: str, code: str, kept: int) -> None:
    with serving(Fault(what, operation="POST events")) as (server, client):
        assert create(client).json()["error"]["code"] == code
        assert len(server.mailbox(ANNA).items) == kept
        assert (server.log[0].code, server.log[0].fault) == (code, what)
        assert create(client).status_code == 201
        assert server.struck_share() == 0.5


@pytest.mark.parametrize(("what", "kept"), [("cut", 0), ("lost", 1)])
def test_a_connection_that_breaks_says_nothing_of_what_was_done(what: str, kept: int) -> None:
    with serving(Fault(what, operation="POST events")) as (server, client):
        with pytest.raises(requests.ConnectionError):
            create(client)
        assert (len(server.mailbox(ANNA).items), server.log[0].code, server.log[0].status) == (kept, what, 0)


def test_a_request_that_hangs_is_let_go_and_did_nothing() -> None:
    with serving(Fault("hang", operation="POST events")) as (server, client):
        threading.Timer(0, server.release).start()
        with pytest.raises(requests.ConnectionError):
            create(client)
        assert server.mailbox(ANNA).items == []


@pytest.mark.parametrize(("what", "start"), [("html", "<html>"), ("garbage", '{"value": [')])
def test_what_stands_in_the_way_answers_200_with_something_else(what: str, start: str) -> None:
    with serving(Fault(what)) as (_, client):
        answer = client.get(EVENTS)
        assert (answer.status_code, answer.text.startswith(start)) == (200, True)


def test_how_long_to_wait_is_told_in_seconds_as_a_date_or_not_at_all() -> None:
    faults = (Fault("429", retry_after=7), Fault("503", retry_after="date"), Fault("429"))
    with serving(*faults) as (_, client):
        seconds, moment, nothing = (client.get(EVENTS) for _ in range(3))
        assert seconds.headers["Retry-After"] == "7"
        told = parsedate_to_datetime(moment.headers["Retry-After"]) - parsedate_to_datetime(moment.headers["Date"])
        assert told == timedelta(seconds=10)
        assert "Retry-After" not in nothing.headers


def test_a_fault_may_be_meant_for_one_mailbox_one_word_or_one_request() -> None:
    faults = (
        Fault("503", mailbox=BO, times=None),
        Fault("504", naming="Uge 43"),
        Fault("403", nth=4),
    )
    with serving(*faults) as (_, client):
        assert [create(client, who).status_code for who in (ANNA, BO, ANNA, ANNA)] == [201, 503, 201, 403]
        assert client.post(EVENTS, block("2026-10-19", "2026-10-30", subject="Uge 43")).status_code == 504


def test_chance_depends_on_what_is_asked_and_not_on_the_order() -> None:
    def drawn(*whose: str) -> dict[str, list[bool]]:
        script, found = Script(mix(0.3, seed=7)), {who: list[bool]() for who in whose}
        for number, who in enumerate(whose * 500, 1):
            found[who].append(script.strike(number, "GET events", who) is not None)
        return found

    first, second = drawn(ANNA, BO), drawn(BO, ANNA)
    assert first == second
    assert 0.25 < sum(sum(each) for each in first.values()) / 1000 < 0.35
    told = [(fault.what, fault.retry_after) for fault in mix(0.3, kinds=("429", "hang"), retry_after=5)]
    assert told == [("429", 5), ("429", None), ("hang", None)]


def test_requests_inside_a_batch_are_struck_one_by_one() -> None:
    part = {"method": "POST", "url": EVENTS, "body": block("2026-10-19", "2026-10-30"), "headers": JSON}
    with serving(Fault("429", skip=1, retry_after=3, operation="POST events")) as (server, client):
        answers = client.batch(part, part, part)
        assert [answers[each]["status"] for each in "123"] == [201, 429, 201]
        assert answers["2"]["headers"]["Retry-After"] == "3"
        assert [(one.operation, one.batch, one.status) for one in server.log] == [
            ("POST $batch", None, 200),
            ("POST events", 1, 201),
            ("POST events", 1, 429),
            ("POST events", 1, 201),
        ]
        assert (server.http_requests, server.requests_per_mailbox()) == (1, {ANNA: 3})


@pytest.mark.parametrize(("what", "kept"), [("cut", 1), ("lost", 3)])
def test_a_batch_whose_connection_breaks_in_the_middle_has_done_a_part(what: str, kept: int) -> None:
    part = {"method": "POST", "url": EVENTS, "body": block("2026-10-19", "2026-10-30"), "headers": JSON}
    with serving(Fault(what, skip=1, operation="POST events")) as (server, client):
        with pytest.raises(requests.ConnectionError):
            client.batch(part, part, part)
        assert len(server.mailbox(ANNA).items) == kept


def test_a_token_that_expires_in_the_middle_is_refused_until_another_is_fetched() -> None:
    with serving(Fault("expire", skip=1)) as (server, client):
        statuses = [client.get(EVENTS).status_code for _ in range(3)]
        assert statuses == [200, 401, 401]
        assert Client(server).get(EVENTS).status_code == 200
        assert server.token_requests == 2


@pytest.mark.parametrize(("what", "status"), [("503", 503), ("late", 504)])
def test_the_token_endpoint_has_its_troubles_too(what: str, status: int) -> None:
    with GraphServer([], [Fault(what, operation="POST token")]) as server:
        assert [ask_token(server).status_code for _ in range(2)] == [status, 200]
        assert [one.fault for one in server.token_log] == [what, None]


@pytest.mark.parametrize(("what", "kept"), [("lost", 1), ("cut", 0)])
def test_a_whole_batch_may_be_lost(what: str, kept: int) -> None:
    part = {"method": "POST", "url": EVENTS, "body": block("2026-10-19", "2026-10-30"), "headers": JSON}
    with serving(Fault(what, operation="POST $batch")) as (server, client):
        with pytest.raises(requests.ConnectionError):
            client.batch(part)
        assert (len(server.mailbox(ANNA).items), server.log[0].code) == (kept, what)


# --- many at once


def test_a_fifth_request_at_once_for_a_mailbox_is_refused_and_counted() -> None:
    gate, arrived = threading.Event(), threading.Semaphore(0)

    def hold(request: Request) -> None:
        arrived.release()
        if request.status == 200:
            gate.wait(20)

    with serving(before_reply=hold) as (server, client):
        threads = [threading.Thread(target=Client(server, client.token).get, args=(EVENTS,)) for _ in range(4)]
        for thread in threads:
            thread.start()
            arrived.acquire(timeout=20)
        refused = Client(server, client.token).get(EVENTS)
        assert said(refused) == (429, "ApplicationThrottled")
        assert server.throttled == {ANNA: 1}
        batch = {"requests": [{"id": str(n), "method": "GET", "url": EVENTS} for n in range(3)]}
        gate.set()
        for thread in threads:
            thread.join()
        assert client.post("/$batch", batch).status_code == 200
        assert (server.throttled, server.most_per_mailbox[ANNA]) == ({ANNA: 1}, 5)


def test_a_batch_takes_four_places_of_its_mailbox() -> None:
    gate, arrived = threading.Event(), threading.Event()

    def hold(request: Request) -> None:
        if request.operation == "GET events":
            arrived.set()
            gate.wait(20)

    with serving(before_reply=hold) as (server, client):
        thread = threading.Thread(target=Client(server, client.token).get, args=(EVENTS,))
        thread.start()
        arrived.wait(20)
        answers = client.batch(*[{"method": "GET", "url": EVENTS}] * 4)
        gate.set()
        thread.join()
        assert sorted(one["status"] for one in answers.values()) == [200, 200, 200, 429]
        assert server.throttled == {ANNA: 1}


def test_four_at_once_may_be_counted_for_all_mailboxes_together() -> None:
    gate, arrived = threading.Event(), threading.Event()

    def hold(request: Request) -> None:
        if request.mailbox == BO:
            arrived.set()
            gate.wait(20)

    with serving(before_reply=hold, at_once_for="application", at_once=1) as (server, client):
        thread = threading.Thread(target=Client(server, client.token).get, args=(f"/users/{BO}/events",))
        thread.start()
        arrived.wait(20)
        assert said(client.get(EVENTS)) == (429, "ApplicationThrottled")
        gate.set()
        thread.join()
        assert client.get(EVENTS).status_code == 200


# --- being let in


def code(answer: requests.Response) -> int:
    assert answer.status_code in (400, 401), answer.text
    body = answer.json()
    assert body["error_description"].startswith(f"AADSTS{body['error_codes'][0]}: ")
    return int(body["error_codes"][0])


def past() -> datetime:
    return datetime.now(UTC) - timedelta(days=1)


@pytest.mark.parametrize(
    ("number", "prepare", "asked"),
    [
        (7000215, lambda app: None, {"secret": "wrong"}),
        (7000222, lambda app: app.secrets.update({SECRET: past()}), {}),
        (7000216, lambda app: None, {"secret": ""}),
        (700016, lambda app: None, {"client": "5a1c9a5e-3f52-4a0e-8f0b-2f4f6c1d9e55"}),
        (700016, lambda app: setattr(app, "consent", False), {}),
        (7000112, lambda app: setattr(app, "enabled", False), {}),
        (53003, lambda app: setattr(app, "blocked", True), {}),
        (500011, lambda app: None, {"scope": "https://elsewhere.example/.default"}),
        (1002012, lambda app: None, {"scope": "https://graph.microsoft.com/Mail.Send"}),
        (70003, lambda app: None, {"grant_type": "password"}),
    ],
)
def test_who_is_not_let_in_is_told_why(number: int, prepare: Callable[[Any], None], asked: dict[str, str]) -> None:
    with GraphServer() as server:
        prepare(server.application)
        assert code(ask_token(server, **asked)) == number
        assert (server.token_requests, server.token_log[0].code) == (1, f"AADSTS{number}")


def test_another_tenant_is_not_found() -> None:
    with GraphServer() as server:
        url = f"{server.secure_url}/other.example/oauth2/v2.0/token"
        assert code(requests.post(url, data={}, verify=str(server.ca_file), timeout=20)) == 90002


def by_certificate(server: GraphServer, file: Path, key: Path | None = None) -> dict[str, Any]:
    """What msal makes of this certificate, with another one's key where `key` says so. Skips where msal is not installed."""
    msal = pytest.importorskip("msal")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    pem, private = file.read_text("utf-8"), (key or file).read_text("utf-8")
    thumbprint = x509.load_pem_x509_certificate(pem.encode()).fingerprint(hashes.SHA1()).hex()
    http = requests.Session()
    http.trust_env, http.verify = False, str(server.ca_file)
    app = msal.ConfidentialClientApplication(
        CLIENT,
        authority=server.authority,
        client_credential={"private_key": private, "public_certificate": pem, "thumbprint": thumbprint},
        instance_discovery=False,
        http_client=http,
    )
    found: dict[str, Any] = app.acquire_token_for_client(["https://graph.microsoft.com/.default"])
    return found


def test_a_registered_certificate_lets_in_and_any_other_does_not(tmp_path: Path) -> None:
    with GraphServer() as server:
        server.application.certificates.append(make_credential(tmp_path / "app.pem"))
        make_credential(tmp_path / "other.pem")
        assert "access_token" in by_certificate(server, tmp_path / "app.pem")
        assert by_certificate(server, tmp_path / "other.pem")["error_codes"] == [700027]
        stolen = by_certificate(server, tmp_path / "app.pem", key=tmp_path / "other.pem")
        assert (stolen["error_codes"], "signature" in stolen["error_description"]) == ([700027], True)


def test_a_certificate_that_is_over_and_a_clock_that_is_wrong_are_told_apart(tmp_path: Path) -> None:
    with GraphServer() as server:
        long_ago = datetime.now(UTC) - timedelta(days=30)
        over = make_credential(tmp_path / "over.pem", lasts=timedelta(days=10), since=long_ago)
        server.application.certificates += [over, make_credential(tmp_path / "app.pem")]
        refused = by_certificate(server, tmp_path / "over.pem")
        assert (refused["error_codes"], "expired" in refused["error_description"]) == ([700027], True)
        server.skew = timedelta(hours=2)
        assert by_certificate(server, tmp_path / "app.pem")["error_codes"] == [700024]
        server.skew = timedelta(minutes=4)
        assert "access_token" in by_certificate(server, tmp_path / "app.pem")


def test_a_token_is_looked_at_on_each_request() -> None:
    with serving() as (server, client):
        assert said(Client(server, "x").get(EVENTS)) == (401, "InvalidAuthenticationToken")
        assert said(Client(server, client.token[:-2] + "xx").get(EVENTS)) == (401, "InvalidAuthenticationToken")
        server.skew = timedelta(hours=2)
        assert said(client.get(EVENTS)) == (401, "InvalidAuthenticationToken")


# --- rights and mailboxes


def test_rights_reach_the_mailboxes_that_they_are_given_for() -> None:
    with serving() as (server, client):
        server.application.allow("Calendars.ReadWrite", ANNA)
        assert client.get(EVENTS).status_code == 200
        assert said(client.get(f"/users/{BO}/events")) == (403, "ErrorAccessDenied")
        server.application.allow("Calendars.Read", BO)
        assert client.get(f"/users/{BO}/events").status_code == 200
        assert said(create(client, BO)) == (403, "ErrorAccessDenied")
        server.application.roles.add("Calendars.ReadWrite")
        assert said(create(client, BO)) == (403, "ErrorAccessDenied")  # the old token does not have it
        assert create(Client(server), BO).status_code == 201


def test_mail_is_sent_from_the_service_mailbox_only() -> None:
    letter = {"message": {"subject": "Hej", "toRecipients": [{"emailAddress": {"address": BO}}]}}
    with serving() as (server, client):
        assert said(client.post(f"/users/{ANNA}/sendMail", letter)) == (403, "ErrorAccessDenied")
        assert client.post(f"/users/{SERVICE}/sendMail", letter).status_code == 202
        assert [each.sender for each in server.world.sent] == [SERVICE]


def test_the_directory_is_closed_without_its_rights() -> None:
    with serving() as (server, _):
        group = server.world.directory.add_group("AI", [ANNA])
        server.application.roles = {"GroupMember.Read.All"}
        client = Client(server)
        assert said(client.get("/users")) == (403, "Authorization_RequestDenied")
        (member,) = client.get(f"/groups/{group.id}/members").json()["value"]
        assert (member["id"], member["displayName"]) == (server.mailbox(ANNA).user, None)
        server.application.roles = set()
        assert said(Client(server).get(f"/groups/{group.id}/members")) == (403, "Authorization_RequestDenied")


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("unlicensed", (404, "MailboxNotEnabledForRESTAPI")),
        ("onpremises", (404, "MailboxNotEnabledForRESTAPI")),
        ("moving", (503, "ErrorMailboxMoveInProgress")),
        ("full", (507, "ErrorQuotaExceeded")),
    ],
)
def test_a_mailbox_that_cannot_be_written_says_why(state: Any, expected: tuple[int, str]) -> None:
    with serving() as (server, client):
        server.mailbox(ANNA).state = state
        assert said(create(client)) == expected


def test_somebody_unknown_is_told_differently_by_calendars_and_by_the_directory() -> None:
    with serving() as (_, client):
        assert said(client.get("/users/nobody@x.example/events")) == (404, "ErrorInvalidUser")
        assert said(client.get("/users/nobody@x.example")) == (404, "Request_ResourceNotFound")


def test_the_tenant_is_named_by_its_domain_too() -> None:
    with GraphServer() as server:
        url = f"{server.secure_url}/x.example/v2.0/.well-known/openid-configuration"
        found = requests.get(url, verify=str(server.ca_file), timeout=20).json()
        assert found["token_endpoint"] == f"{server.secure_url}/{TENANT}/oauth2/v2.0/token"
