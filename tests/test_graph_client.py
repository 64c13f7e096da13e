"""The client of Microsoft Graph, against a server of our own over real HTTP: being let in, batches, pages, four at once."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from calendars.channel import ChannelError
from calendars.microsoft365.certificate import read_certificate
from calendars.microsoft365.errors import Gone
from calendars.microsoft365.places import Places
from calendars.microsoft365.requests import Answer, Ask, batch_of, headers_of, replies_of, target
from calendars.microsoft365.session import Session
from tests.graph import SERVICE, Fault, GraphServer, make_credential
from tests.graph.client import block
from tests.graph_values import Clock, graph_session, graph_settings

pytestmark = pytest.mark.slow

ANNA, BO, CARL = "anna@x.example", "bo@x.example", "carl@x.example"
LOOK = Ask(method="GET", path=f"/users/{ANNA}/calendar")


@pytest.fixture
def server() -> Iterator[GraphServer]:
    with GraphServer([ANNA, BO, CARL]) as running:
        yield running


def making(number: int, who: str = ANNA) -> Ask:
    body = {
        "subject": f"Event {number}",
        "start": {"dateTime": "2026-12-01T12:00:00", "timeZone": "UTC"},
        "end": {"dateTime": "2026-12-01T12:10:00", "timeZone": "UTC"},
    }
    return Ask(method="POST", path=f"/users/{who}/events", body=body, makes=True)


def item(number: object, who: str = ANNA, **more: Any) -> Ask:
    return Ask(method="GET", path=f"/users/{who}/events/{number}", **more)


def gone_item(session: Session, server: GraphServer) -> str:
    """The id of an event that is gone for good, from Deleted Items too; nothing of it stands in the log."""
    key = str(session.ask(ANNA, making(99)).body["id"])
    session.ask(ANNA, Ask(method="POST", path=f"/users/{ANNA}/events/{key}/permanentDelete"))
    server.log.clear()
    return key


def statuses(found: list[Answer | ChannelError]) -> list[int | str]:
    return [one.cause if isinstance(one, ChannelError) else one.status for one in found]


# --- what is asked, before the wire


def test_a_query_is_quoted_and_what_microsoft_reads_is_left_readable() -> None:
    ask = Ask(method="GET", path="/users/a@x.example/events", query={"$filter": "a eq 'b+c & d'", "$top": "5"})
    assert target(ask) == "/users/a@x.example/events?$filter=a%20eq%20%27b%2Bc%20%26%20d%27&$top=5"
    assert target(Ask(method="GET", path="/x?a=1", query={"b": "2"})) == "/x?a=1&b=2"
    assert target(Ask(method="GET", path="/x")) == "/x"


def test_every_request_wants_ids_that_stay_beside_what_else_it_prefers() -> None:
    prefer = {"Prefer": 'outlook.timezone="UTC"'}
    assert headers_of(Ask(method="GET", path="/x")) == {"Prefer": 'IdType="ImmutableId"'}
    assert headers_of(Ask(method="PATCH", path="/x", headers=prefer, body={"a": 1})) == {
        "Content-Type": "application/json",
        "Prefer": 'outlook.timezone="UTC", IdType="ImmutableId"',
    }


def test_a_batch_in_order_depends_on_what_stands_before_and_every_write_has_its_kind() -> None:
    found = batch_of([making(1), item(2)], in_order=True)["requests"]
    assert [(one["id"], one["method"], one.get("dependsOn")) for one in found] == [
        ("0", "POST", None),
        ("1", "GET", ["0"]),
    ]
    assert [one["headers"].get("Content-Type") for one in found] == ["application/json", None]
    assert not any("dependsOn" in one for one in batch_of([item(1), item(2)], in_order=False)["requests"])


@pytest.mark.parametrize(
    "responses",
    [
        None,
        "nothing",
        [None, 1, {}, {"id": 0, "status": 200}, {"id": "x", "status": 200}, {"id": "0", "status": "200"}],
    ],
)
def test_replies_of_a_batch_that_cannot_be_read_are_not_there(responses: object) -> None:
    assert replies_of({"responses": responses}, "") == {}


# --- being let in


def test_a_token_serves_many_requests_and_is_renewed_before_it_ends(server: GraphServer) -> None:
    clock = Clock()
    session = graph_session(server, clock=clock)
    for _ in range(3):
        session.look(ANNA)
    assert server.token_requests == 1
    clock.seconds = 3599 - 301
    session.look(ANNA)
    assert server.token_requests == 1
    clock.seconds = 3599 - 299
    session.look(ANNA)
    assert server.token_requests == 2
    assert {request.status for request in server.log} == {200}


def test_a_token_that_ends_too_early_is_renewed_and_the_request_made_once_more(server: GraphServer) -> None:
    session = graph_session(server)
    session.look(ANNA)
    server.add_faults(Fault("expire", operation="POST events"))
    session.ask(ANNA, making(1))
    assert server.token_requests == 2
    assert [request.status for request in server.log] == [200, 401, 201]
    assert len(server.mailbox(ANNA).items) == 1


@pytest.mark.parametrize(("in_order", "struck"), [(False, 2), (True, 1)])
def test_a_token_that_ends_within_a_batch_is_renewed_and_only_what_was_refused_is_asked_again(
    server: GraphServer, *, in_order: bool, struck: int
) -> None:
    session = graph_session(server)
    server.add_faults(Fault("401", operation="POST events", skip=1, times=struck))
    found = session.ask_all(ANNA, [making(number) for number in range(4)], in_order=in_order)
    assert statuses(found) == [201] * 4
    assert sorted(one.subject for one in server.mailbox(ANNA).items) == [f"Event {number}" for number in range(4)]
    assert server.token_requests == 2


def test_many_threads_that_meet_an_ended_token_renew_it_once(server: GraphServer) -> None:
    session = graph_session(server)
    session.look(ANNA)
    server.expire_tokens()
    # The server counts in whole seconds: what is new must be newer.
    server.skew = timedelta(seconds=2)
    threads = [threading.Thread(target=session.look, args=(who,)) for who in (ANNA, BO, CARL)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert server.token_requests == 2


def test_a_certificate_is_a_proof_as_well(server: GraphServer, tmp_path: Path) -> None:
    file = tmp_path / "proof.pem"
    server.application.certificates.append(make_credential(file))
    server.application.secrets.clear()
    session = graph_session(server, certificate=file)
    assert session.probe() == "AI-tid"
    assert session.roles() == ("GroupMember.Read.All", "User.Read.All")


def test_graph_is_asked_by_tls_as_the_token_is(server: GraphServer) -> None:
    graph_session(server, endpoint=f"{server.secure_url}/v1.0").look(ANNA)
    assert server.operations() == ["GET calendar"]


def test_nothing_that_the_environment_says_of_proxies_or_authorities_counts(
    server: GraphServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    monkeypatch.setenv("MSAL_FORCE_REGION", "westeurope")
    graph_session(server).look(ANNA)
    assert server.operations() == ["GET calendar"]


# --- the certificate in a file


def test_when_a_certificate_ends_is_read_from_it(tmp_path: Path) -> None:
    since = datetime(2026, 11, 1, 12, tzinfo=UTC)
    make_credential(tmp_path / "a.pem", lasts=timedelta(days=90), since=since)
    found = read_certificate(tmp_path / "a.pem")
    assert found.ends == since + timedelta(days=90)
    assert (found.public.startswith("-----BEGIN CERTIFICATE-----\n"), found.private.count("PRIVATE KEY")) == (True, 2)
    assert "PRIVATE" not in repr(found)


def _files(folder: Path) -> dict[str, bytes]:
    make_credential(folder / "one.pem")
    make_credential(folder / "two.pem")
    one, two = ((folder / name).read_bytes() for name in ("one.pem", "two.pem"))
    mark = b"-----BEGIN CERTIFICATE"
    (key, certificate), (_, other) = one.split(mark), two.split(mark)
    return {
        "a certificate and its private key": b"nothing",
        "needs a certificate": key,
        "needs a certificate and its private": mark + certificate,
        "is not the certificate's own": key + mark + other,
    }


def test_a_file_without_both_halves_of_a_certificate_is_said(tmp_path: Path) -> None:
    for part, content in _files(tmp_path).items():
        (tmp_path / "x.pem").write_bytes(content)
        with pytest.raises(ValueError, match=part):
            read_certificate(tmp_path / "x.pem")
    with pytest.raises(ValueError, match="cannot be read: No such file"):
        read_certificate(tmp_path / "none.pem")


# --- requests


def test_each_request_has_an_id_of_its_own_for_support(server: GraphServer) -> None:
    session = graph_session(server)
    for _ in range(2):
        session.look(ANNA)
    one, two = (request.client_request_id for request in server.log)
    assert one != two
    assert len(one) == 36


def test_what_is_gone_is_an_answer_and_a_person_who_is_not_there_an_error(server: GraphServer) -> None:
    session = graph_session(server)
    gone = session.ask(ANNA, item(gone_item(session, server)))
    assert (gone.gone, gone.status, gone.body["error"]["code"]) == (True, 404, "ErrorItemNotFound")
    with pytest.raises(ChannelError) as raised:
        session.look("nobody@x.example")
    assert (raised.value.absent, raised.value.about) == (True, "person")


def single(session: Session, who: str) -> None:
    for number in range(6):
        session.ask(who, making(number, who))


def twenty(session: Session, who: str) -> None:
    session.ask_all(who, [making(number, who) for number in range(20)])


@pytest.mark.parametrize("works", [(single,), (twenty,), (single, twenty)], ids=["single", "batches", "both"])
def test_the_places_of_a_mailbox_are_its_own_and_never_more_than_four(
    server: GraphServer, works: tuple[Callable[[Session, str], None], ...]
) -> None:
    session = graph_session(server)
    session.probe()
    with ThreadPoolExecutor(24) as pool:
        for work in works * 6:
            for who in (ANNA, BO):
                pool.submit(work, session, who)
    assert server.throttled == Counter()
    assert max(server.most_per_mailbox.values()) <= 4
    each = sum(6 if work is single else 20 for work in works) * 6
    assert [len(server.mailbox(who).items) for who in (ANNA, BO)] == [each, each]


def test_places_that_are_taken_together_are_never_taken_half() -> None:
    places, order = Places(for_each=4, in_all=8), []
    waiting = threading.Event()

    def batch() -> None:
        waiting.set()
        with places.taken("a", 20):
            order.append("batch")

    with places.taken("a"):
        thread = threading.Thread(target=batch)
        thread.start()
        waiting.wait()
        with places.taken("a"), places.taken("b", 4):
            order.append("single")
    thread.join()
    assert order == ["single", "batch"]


# --- batches


def test_a_batch_gives_each_request_its_own_answer_in_the_order_of_the_requests(server: GraphServer) -> None:
    session = graph_session(server)
    made = session.ask_all(ANNA, [making(number) for number in range(45)])
    assert [one.body["subject"] for one in made if isinstance(one, Answer)] == [f"Event {n}" for n in range(45)]
    assert server.operations().count("POST $batch") == 3


@pytest.mark.parametrize("in_order", [False, True])
def test_one_that_fails_in_a_batch_stops_no_other(server: GraphServer, *, in_order: bool) -> None:
    session = graph_session(server)
    bad = Ask(method="POST", path=f"/users/{ANNA}/events", body={"subject": 5, "start": "never"}, makes=True)
    gone = item(gone_item(session, server))
    asked = [making(0), gone, making(1), bad, making(2), gone, making(3)]
    found = session.ask_all(ANNA, asked, in_order=in_order)
    assert statuses(found) == [201, 404, 201, "RequestBodyRead", 201, 404, 201]
    assert [one.subject for one in server.mailbox(ANNA).items] == [f"Event {number}" for number in range(4)]
    assert [one.gone for one in found if isinstance(one, Answer)] == [False, True, False, False, True, False]


def test_in_order_means_that_each_comes_after_the_one_before_it(server: GraphServer) -> None:
    session = graph_session(server)
    key = str(session.ask(ANNA, making(0)).body["id"])
    renamed = [
        Ask(method="PATCH", path=f"/users/{ANNA}/events/{key}", body={"subject": str(number)}) for number in range(45)
    ]
    found = session.ask_all(ANNA, renamed, in_order=True)
    assert [one.body["subject"] for one in found if isinstance(one, Answer)] == [str(number) for number in range(45)]
    assert server.mailbox(ANNA).items[0].subject == "44"


def test_whoever_is_told_to_wait_within_a_batch_is_asked_no_more_and_the_rest_has_the_same_error(
    server: GraphServer,
) -> None:
    session = graph_session(server)
    server.add_faults(Fault("429", operation="POST events", skip=3, times=None, retry_after=7))
    found = session.ask_all(ANNA, [making(number) for number in range(30)], in_order=True)
    assert statuses(found[:3]) == [201] * 3
    waits = {one.wait for one in found[3:] if isinstance(one, ChannelError)}
    assert (len(found), waits) == (30, {timedelta(seconds=7)})
    assert server.operations().count("POST $batch") == 1


def test_a_batch_whose_reply_is_lost_may_have_been_carried_out(server: GraphServer) -> None:
    session = graph_session(server)
    server.add_faults(Fault("lost", operation="POST $batch"))
    with pytest.raises(ChannelError) as raised:
        session.ask_all(ANNA, [making(1)])
    assert (raised.value.perhaps, raised.value.about) == (True, "person")
    assert len(server.mailbox(ANNA).items) == 1


# --- pages


def test_a_list_is_read_to_its_end(server: GraphServer) -> None:
    session = graph_session(server)
    session.ask_all(ANNA, [making(number) for number in range(23)])
    ask = Ask(method="GET", path=f"/users/{ANNA}/events", query={"$select": "subject"})
    pages = list(session.pages(ANNA, ask))
    assert sorted(one["subject"] for page in pages for one in page["value"]) == sorted(f"Event {n}" for n in range(23))
    assert len(pages) == 3


def test_a_list_of_what_is_gone_is_gone(server: GraphServer) -> None:
    session = graph_session(server)
    window = {"startDateTime": "2026-12-01T00:00:00Z", "endDateTime": "2027-01-01T00:00:00Z"}
    ask = Ask(method="GET", path=f"/users/{ANNA}/events/{gone_item(session, server)}/instances", query=window)
    with pytest.raises(Gone, match="is gone"):
        list(session.pages(ANNA, ask))


def test_a_link_to_another_server_is_not_followed(server: GraphServer) -> None:
    session = graph_session(server)
    with GraphServer() as other:
        with pytest.raises(ChannelError, match="leads to another server"):
            session.ask(ANNA, Ask(method="GET", path=f"{other.url}/v1.0/users/{ANNA}/events"))
        assert other.http_requests == 0
    for link in (f"{server.url}/v1.0evil/x", f"{server.url}.evil.example/v1.0/x"):
        with pytest.raises(ChannelError, match="leads to another server"):
            session.ask(ANNA, Ask(method="GET", path=link))


# --- what is built on them


def test_a_letter_leaves_as_it_is(server: GraphServer) -> None:
    session = graph_session(server)
    mime = f"From: {SERVICE}\r\nTo: {ANNA}\r\nSubject: Hej\r\n\r\nTi minutter.\r\n".encode()
    session.post(mime)
    assert [request.operation for request in server.log] == ["POST sendMail"]
    (letter,) = server.world.sent
    assert (letter.sender, letter.mime.endswith(mime.partition(b"\r\n\r\n")[2])) == (SERVICE, True)


def test_busy_times_are_read_for_more_people_than_one_question_takes(server: GraphServer) -> None:
    session = graph_session(server)
    session.ask(
        ANNA, Ask(method="POST", path=f"/users/{ANNA}/events", body=block("2026-12-01", "2026-12-31", showAs="busy"))
    )
    session.ask(BO, Ask(method="POST", path=f"/users/{BO}/events", body=block("2026-12-01", "2026-12-31")))
    nobody = [f"nobody{number}@x.example" for number in range(20)]
    begin = datetime(2026, 12, 1, tzinfo=UTC)
    found = session.busy_times([ANNA, BO, *nobody], begin, begin + timedelta(days=2))
    half_past = datetime(2026, 12, 1, 11, 30, tzinfo=UTC)
    times = [(half_past + timedelta(days=day), half_past + timedelta(days=day, minutes=10)) for day in range(2)]
    assert (found[ANNA], found[BO]) == (times, [])
    assert all(isinstance(found[one], ChannelError) and found[one].absent for one in nobody)  # type: ignore[union-attr]
    assert server.operations().count("POST getSchedule") == 2


def test_what_proves_who_we_are_stands_in_no_repr(server: GraphServer) -> None:
    session = graph_session(server)
    session.look(ANNA)
    assert session._token is not None
    assert session._token.text not in repr(session._token)
    assert "right~secret" not in repr(graph_settings(server))
