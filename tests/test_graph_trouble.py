"""Trouble with Microsoft 365: one sentence for the administrator, whom it concerns, and one try where one is enough."""

import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.channel import ChannelError
from calendars.microsoft365.busy import answers
from calendars.microsoft365.errors import LONGEST_REST, broken, is_gone, refused, retry_after
from calendars.microsoft365.refusals import refusal
from calendars.microsoft365.requests import Ask, replies_of
from calendars.microsoft365.session import Session
from calendars.microsoft365.wire import Reply
from tests.connect_proxy import connect_proxy
from tests.graph import SECRET, Fault, GraphServer, make_credential
from tests.graph_values import Clock, Logins, graph_session, graph_settings
from tests.smtp_server import make_certificates

pytestmark = pytest.mark.slow

ANNA, BO = "anna@x.example", "bo@x.example"
KNOWN_KEYS = [
    "error", "code", "message", "innerError", "request-id", "responses", "id", "status", "headers", "body", "value",
    "scheduleId", "scheduleItems", "start", "end", "dateTime", "timeZone", "responseCode", "error_codes", "error_description",
]  # fmt: skip
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
MAKE = Ask(
    method="POST",
    path=f"/users/{ANNA}/events",
    body={
        "subject": "AI-tid",
        "start": {"dateTime": "2026-12-01T12:00:00", "timeZone": "UTC"},
        "end": {"dateTime": "2026-12-01T12:10:00", "timeZone": "UTC"},
    },
    makes=True,
)


@pytest.fixture
def server() -> Iterator[GraphServer]:
    with GraphServer([ANNA, BO]) as running:
        yield running


def failing(act: Callable[[], object]) -> ChannelError:
    with pytest.raises(ChannelError) as raised:
        act()
    return raised.value


def looking(session: Session, who: str = ANNA) -> ChannelError:
    return failing(lambda: session.look(who))


def whom(error: ChannelError) -> dict[str, object]:
    """What is not as usual."""
    names = ("about", "absent", "perhaps", "permanent", "wait", "cause")
    usual = {"about": "person", "wait": None, "cause": ""}
    return {name: found for name in names if (found := getattr(error, name)) != usual.get(name, False)}


# --- being let in


def wrong_secret(server: GraphServer) -> None:
    server.application.secrets = {"another": None}


def expired_secret(server: GraphServer) -> None:
    server.application.secrets[SECRET] = datetime(2026, 1, 1, tzinfo=UTC)


def no_consent(server: GraphServer) -> None:
    server.application.consent = False


def disabled(server: GraphServer) -> None:
    server.application.enabled = False


def conditional_access(server: GraphServer) -> None:
    server.application.blocked = True


def other_cloud(server: GraphServer) -> None:
    server.authorities.resources.clear()


PROOFS: dict[str, tuple[Callable[[GraphServer], None], str]] = {
    "wrong secret": (wrong_secret, "the client secret is wrong. Write the secret's value, not its id, where"),
    "expired secret": (expired_secret, "the client secret has expired. Make a new one in the app registration"),
}
TENANTS: dict[str, tuple[Callable[[GraphServer], None], str]] = {
    "no consent": (no_consent, "the tenant has no such application, or nobody has consented to it. Correct"),
    "disabled": (disabled, "the application is disabled in the tenant. Have it enabled under Enterprise applications"),
    "conditional access": (conditional_access, "Conditional Access for workload identities keeps the application out."),
    "other cloud": (other_cloud, "the tenant knows no Microsoft Graph by this name. [microsoft365] endpoint and"),
}


@pytest.mark.parametrize(("spoil", "sentence"), PROOFS.values(), ids=PROOFS)
def test_a_refused_secret_is_one_request_for_a_token_also_by_many_threads_and_after_restarts(
    server: GraphServer, spoil: Callable[[GraphServer], None], sentence: str
) -> None:
    spoil(server)
    logins, clock = Logins(), Clock()
    for _ in range(3):  # a session is what a process has
        session = graph_session(server, logins, clock)
        with ThreadPoolExecutor(8) as pool:
            errors = list(pool.map(partial(looking, session), (ANNA, BO) * 4))
        assert {str(one.message).removeprefix(f"{server.secure_url}: ").startswith(sentence) for one in errors} == {
            True
        }
        assert [whom(one) for one in errors] == [{"about": "login"}] * 8
        clock.seconds += 86400
    assert (server.token_requests, server.http_requests) == (1, 0)


def test_another_secret_is_tried_at_once_and_what_was_refused_before_is_of_no_interest(server: GraphServer) -> None:
    logins = Logins()
    assert looking(graph_session(server, logins, secret="wrong")).about == "login"
    assert len(logins.said) == 1
    graph_session(server, logins).look(ANNA)
    assert logins.said == {}


def test_the_secret_is_read_anew_so_that_another_one_is_seen_without_a_restart(server: GraphServer) -> None:
    written = ["wrong"]
    session = Session(replace(graph_settings(server), secret=lambda: written[0]), Logins(), lambda: NOW, Clock())
    assert looking(session).about == "login"
    written[0] = SECRET
    session.look(ANNA)
    assert server.token_requests == 2


@pytest.mark.parametrize(("spoil", "sentence"), TENANTS.values(), ids=TENANTS)
def test_what_must_be_mended_in_the_tenant_is_asked_for_once_an_hour(
    server: GraphServer, spoil: Callable[[GraphServer], None], sentence: str
) -> None:
    spoil(server)
    logins, clock = Logins(), Clock()
    session = graph_session(server, logins, clock)
    errors = [looking(session, who) for who in (ANNA, BO)]
    assert [one.message.startswith(f"{server.secure_url}: {sentence}") for one in errors] == [True, True]
    assert [one.about for one in errors] == ["login"] * 2
    assert all(one.wait and one.wait <= timedelta(minutes=10) for one in errors)  # longer would be taken for a clock
    clock.seconds = 3599
    looking(session)
    assert (server.token_requests, logins.said) == (1, {})
    clock.seconds = 3601
    looking(session)
    assert server.token_requests == 2
    heal(server)
    clock.seconds = 7202
    session.look(ANNA)


def heal(server: GraphServer) -> None:
    application = server.application
    application.consent, application.enabled, application.blocked = True, True, False
    server.authorities.resources |= {server.url, server.secure_url}


def test_another_tenant_or_application_is_said(server: GraphServer) -> None:
    nobody = "11111111-2222-3333-4444-555555555555"
    tenant = looking(graph_session(server, tenant=nobody))
    assert tenant.message.startswith(f"{server.secure_url}: there is no such tenant. Correct [microsoft365] tenant")
    client = looking(graph_session(server, client=nobody))
    assert "the tenant has no such application" in client.message
    assert (tenant.about, client.about) == ("login", "login")


def test_a_certificate_that_is_not_registered_or_has_expired_is_said_and_tried_once(
    server: GraphServer, tmp_path: Path
) -> None:
    file, logins = tmp_path / "proof.pem", Logins()
    certificate = make_credential(file)
    for _ in range(2):
        error = looking(graph_session(server, logins, certificate=file))
    assert "the certificate is not known to the app registration, or it has expired" in error.message
    assert (error.about, server.token_requests) == ("login", 1)
    old = make_credential(file, lasts=timedelta(days=1), since=datetime(2026, 1, 1, tzinfo=UTC))
    server.application.certificates += [certificate, old]
    assert "is expired on application" in looking(graph_session(server, certificate=file)).message


def test_a_clock_that_is_off_is_said_where_a_certificate_signs_by_it(server: GraphServer, tmp_path: Path) -> None:
    server.application.certificates.append(make_credential(tmp_path / "proof.pem"))
    server.skew = timedelta(hours=1)
    error = looking(graph_session(server, certificate=tmp_path / "proof.pem"))
    assert "the clock of this machine is wrong" in error.message
    assert error.about == "login"


def test_a_certificate_that_cannot_be_read_asks_nobody(server: GraphServer, tmp_path: Path) -> None:
    error = looking(graph_session(server, certificate=tmp_path / "none.pem"))
    assert error.message == (
        f"[microsoft365]: the proof of who we are could not be had: {tmp_path / 'none.pem'} cannot be read: No such file or "
        "directory."
    )
    assert (error.about, server.token_requests) == ("login", 0)


ENTRA = {
    "busy": (Fault("503", operation="POST token", retry_after=30), "Microsoft Entra is busy (status 503).", 30),
    "throttled": (Fault("429", operation="POST token", retry_after=7), "Microsoft Entra is busy (status 429).", 7),
    "cut": (Fault("cut", operation="POST token"), "the connection was lost.", None),
    "discovery": (Fault("502", operation="GET discovery"), "Microsoft Entra is busy (status 502).", None),
    "page": (Fault("html", operation="POST token"), "a web page came back instead of Entra's answer.", None),
    "garbage": (Fault("garbage", operation="POST token"), "the server did not answer as Microsoft Entra does", None),
}


@pytest.mark.parametrize(("fault", "sentence", "wait"), ENTRA.values(), ids=ENTRA)
def test_trouble_of_entra_is_nobody_s_login(server: GraphServer, fault: Fault, sentence: str, wait: int | None) -> None:
    server.add_faults(fault)
    logins, clock = Logins(), Clock()
    session = graph_session(server, logins, clock)
    error = looking(session)
    assert error.message.startswith(f"{server.secure_url}: {sentence}")
    assert whom(error) == {"about": "server"} | ({"wait": timedelta(seconds=wait)} if wait else {})
    assert logins.said == {}
    clock.seconds = 31
    session.look(ANNA)


def test_a_new_token_that_graph_does_not_take_is_one_renewal_and_then_a_sentence(server: GraphServer) -> None:
    clock = Clock()
    session = graph_session(server, clock=clock)
    server.add_faults(Fault("401", times=None))
    error = looking(session)
    assert error.message.startswith(f"{server.url}/v1.0: the token that {server.secure_url} gave is not taken (")
    assert whom(error) == {"about": "server", "wait": timedelta(minutes=10)}
    looking(session, BO)
    assert (server.token_requests, server.http_requests) == (2, 2)
    server.script.faults.clear()
    clock.seconds = 601
    session.look(ANNA)


def test_while_entra_cannot_be_reached_a_token_is_used_to_its_end(server: GraphServer) -> None:
    clock = Clock()
    session = graph_session(server, clock=clock)
    session.look(ANNA)
    server.add_faults(Fault("503", operation="POST token", times=3))
    clock.seconds = 3599 - 200  # it should be renewed
    session.look(ANNA)
    session.look(ANNA)
    assert server.token_requests == 2
    clock.seconds += 61
    session.look(ANNA)
    assert server.token_requests == 3
    clock.seconds = 3600
    assert looking(session).message == f"{server.secure_url}: Microsoft Entra is busy (status 503)."
    session.look(ANNA)
    assert server.token_requests == 5


def test_a_mailbox_that_answers_401_for_reasons_of_its_own_is_that_mailbox_s(server: GraphServer) -> None:
    session = graph_session(server)
    server.add_faults(Fault("401", code="UnknownError", mailbox=ANNA, times=None))
    error = looking(session)
    assert whom(error) == {"cause": "UnknownError"}
    assert server.token_requests == 1
    session.look(BO)


def test_without_the_extra_a_sentence_says_how_to_install_it(server: GraphServer, tmp_path: Path) -> None:
    """In a process that finds no msal, as where only the core was installed."""
    code = f"""
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "msal" else found(name, *rest)
from calendars.channel import ChannelError
from calendars.microsoft365.session import GraphSettings, Session
from calendars.microsoft365.settings import Microsoft365
class Logins:
    def refused(self, login):
        return None
server = Microsoft365(tenant="x.example", client="c", authority={server.secure_url!r}, endpoint={server.url!r})
settings = GraphSettings(server=server, mailbox="a", secret=lambda: "s", certificate=None, ca_file=None)
try:
    Session(settings, Logins(), lambda: None).probe()
except ChannelError as error:
    print(error, error.about)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == 'Microsoft 365 needs more: pip install "aikultur[microsoft365]". login\n'


# --- one mailbox, or all


def missing(server: GraphServer) -> None:
    del server.world.mailboxes[ANNA]


def out_of_scope(server: GraphServer) -> None:
    server.application.allow("Calendars.ReadWrite", BO)


def state(name: Any) -> Callable[[GraphServer], None]:
    def change(server: GraphServer) -> None:
        server.mailbox(ANNA).state = name

    return change


HYBRID = "this mailbox has no licence for Exchange Online, or it is on a server of your own (hybrid). Give this person"
MAILBOXES: dict[str, tuple[Callable[[GraphServer], None], str, dict[str, object]]] = {
    "no licence": (state("unlicensed"), HYBRID, {"absent": True}),
    "on premises": (state("onpremises"), HYBRID, {"absent": True}),
    "moving": (state("moving"), "the mailbox is being moved (Mailbox move in progress.", {}),
    "outside the scope": (
        out_of_scope,
        "the service may not act in this mailbox. Make it a direct member of the group",
        {},
    ),
}


@pytest.mark.parametrize(("spoil", "sentence", "about"), MAILBOXES.values(), ids=MAILBOXES)
def test_a_mailbox_in_trouble_is_named_with_a_sentence_and_the_others_are_served(
    server: GraphServer, spoil: Callable[[GraphServer], None], sentence: str, about: dict[str, object]
) -> None:
    spoil(server)
    session = graph_session(server)
    error = looking(session)
    assert error.message.startswith(f"{ANNA}: {sentence}")
    assert whom(error) == about
    session.look(BO)


def test_somebody_whom_nobody_knows_is_said(server: GraphServer) -> None:
    error = looking(graph_session(server), "nobody@x.example")
    assert error.message.startswith("nobody@x.example: Microsoft 365 knows no such person (")
    assert whom(error) == {"absent": True}


def test_a_directory_that_may_not_be_read_is_said(server: GraphServer) -> None:
    server.application.roles.clear()
    session = graph_session(server)
    error = failing(lambda: session.ask("", Ask(method="GET", path="/groups")))
    assert error.message.startswith("the directory: the application may not read this in the directory. Give it")
    assert session.ask(ANNA, MAKE).status == 201


FAULTS: dict[str, tuple[Fault, str, dict[str, object]]] = {
    "500": (Fault("500"), f"{ANNA}: Microsoft Graph refused: ErrorInternalServerError,", {"perhaps": True}),
    "504": (Fault("504"), f"{ANNA}: Microsoft Graph refused: GatewayTimeout,", {"perhaps": True}),
    "late": (Fault("late"), f"{ANNA}: Microsoft Graph refused: GatewayTimeout,", {"perhaps": True}),
    "cut": (Fault("cut"), f"{ANNA}: the connection was lost.", {"perhaps": True}),
    "lost": (Fault("lost"), f"{ANNA}: the connection was lost.", {"perhaps": True}),
    "html": (Fault("html"), f"{ANNA}: a web page came back instead of Graph's answer.", {}),
    "garbage": (Fault("garbage"), f"{ANNA}: Microsoft Graph's answer cannot be read.", {"perhaps": True}),
    "400": (
        Fault("ErrorInvalidRequest"),
        f"{ANNA}: Microsoft Graph refused: ErrorInvalidRequest,",
        {"permanent": True},
    ),
}


@pytest.mark.parametrize(("fault", "sentence", "about"), FAULTS.values(), ids=FAULTS)
def test_whatever_else_comes_may_be_the_mailbox_s_or_everybody_s_and_nothing_is_asked_twice(
    server: GraphServer, fault: Fault, sentence: str, about: dict[str, object]
) -> None:
    session = graph_session(server)
    server.add_faults(fault)
    error = failing(lambda: session.ask(ANNA, MAKE))
    assert error.message.startswith(sentence)
    assert {**whom(error), "cause": ""} == {**about, "cause": ""}
    assert error.cause
    assert len(server.log) == 1
    session.look(BO)


def test_what_nobody_here_can_explain_carries_the_ids_that_microsoft_s_support_asks_for(server: GraphServer) -> None:
    session = graph_session(server)
    server.add_faults(Fault("500"), Fault("500"))
    one, two = looking(session), looking(session)
    asked = [request.client_request_id for request in server.log]
    for error, mine in zip((one, two), asked, strict=True):
        assert "(request-id " in error.message
        assert error.message.endswith(f"client-request-id {mine}).")
    assert one.cause == two.cause


def test_silence_is_waited_for_as_long_as_the_config_says(server: GraphServer) -> None:
    session = graph_session(server, timeout_seconds=1)
    session.probe()
    server.add_faults(Fault("hang"))
    error = failing(lambda: session.ask(ANNA, MAKE))
    assert (error.message, error.perhaps, error.about) == (f"{ANNA}: no answer in time.", True, "person")


# --- being asked to wait


CONCURRENCY = "Application is over its MailboxConcurrency limit."


def throttle(message: str, scope: str = "") -> Reply:
    headers = {"retry-after": "9"} | ({"x-ms-throttle-scope": scope} if scope else {})
    return Reply(status=429, headers=headers, body={"error": {"code": "ApplicationThrottled", "message": message}})


@pytest.mark.parametrize(
    ("reply", "about"),
    [
        (throttle(CONCURRENCY), "person"),
        (throttle("Application is over its MessageRate limit."), "person"),
        (throttle("Too many requests"), "server"),
        (throttle(CONCURRENCY, "Tenant_Application/ReadWrite/6f1f8b9e/0785ef7c"), "server"),
        (throttle("Too many requests", "User_Application/ReadWrite/6f1f8b9e/0785ef7c"), "person"),
        (Reply(status=429, body={}), "server"),
        (Reply(status=503, headers={"retry-after": "9"}, body={"error": {"code": "ServiceUnavailable"}}), "server"),
    ],
)
def test_who_is_to_be_left_alone_is_as_the_answer_says(reply: Reply, about: str) -> None:
    error = refused(reply, "https://graph", ANNA, NOW)
    assert (error.about, error.cause) == (about, "busy")
    assert error.wait == (timedelta(seconds=9) if reply.headers else None)


def test_a_mailbox_that_asks_to_be_left_alone_is_and_the_others_are_served(server: GraphServer) -> None:
    clock = Clock()
    session = graph_session(server, clock=clock)
    server.at_once = 0
    first = looking(session)
    assert (
        first.message
        == f"{ANNA}: too many requests for this mailbox (Application is over its MailboxConcurrency limit)."
    )
    assert whom(first) == {"cause": "busy"}  # nobody said for how long: the engine's own pause has to do
    server.at_once = 4
    server.add_faults(Fault("429", code="ErrorMailboxBusy", mailbox=ANNA, retry_after=20))
    assert looking(session).wait == timedelta(seconds=20)
    session.look(BO)
    clock.seconds = 19
    assert looking(session, ANNA.upper()).wait == timedelta(seconds=1)
    assert server.requests_per_mailbox() == {ANNA: 2, BO: 1}
    clock.seconds = 21
    session.look(ANNA)


def test_a_server_that_asks_to_be_left_alone_is_by_all_for_as_long_as_it_asks(server: GraphServer) -> None:
    clock = Clock()
    session = graph_session(server, clock=clock)
    session.probe()
    server.add_faults(Fault("503", retry_after=30))
    first = looking(session)
    assert whom(first) == {"about": "server", "cause": "busy", "wait": timedelta(seconds=30)}
    clock.seconds = 10
    second = looking(session, BO)
    assert (second.message, second.wait) == (first.message, timedelta(seconds=20))
    assert len(server.log) == 1
    clock.seconds = 31
    session.look(BO)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "0"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, LONGEST_REST.total_seconds()),
        ({"retry-after": "86400"}, LONGEST_REST.total_seconds()),
        ({"retry-after": "9" * 400}, LONGEST_REST.total_seconds()),
        ({"retry-after": "Mon, 30 Nov 2026 12:00:40 GMT"}, 40),
        ({"retry-after": "Mon, 30 Nov 2026 11:00:40 GMT"}, None),
        # By the server's own clock, which may be another than ours.
        ({"retry-after": "Mon, 30 Nov 2026 13:00:10 GMT", "date": "Mon, 30 Nov 2026 13:00:00 GMT"}, 10),
        ({"retry-after": "Mon, 30 Nov 2026 12:00:40 GMT", "date": "yesterday"}, 40),
        ({"retry-after": "Mon, 99 Nov 2026 12:00:40 GMT"}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date_or_nothing(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == (timedelta(seconds=seconds) if seconds else None)


# --- the way there


def test_a_server_whom_nobody_has_signed_for_is_not_believed(server: GraphServer, tmp_path: Path) -> None:
    own = make_certificates(tmp_path).authority
    error = looking(graph_session(server, ca_file=own))
    assert "nobody whom we trust has signed the server's certificate" in error.message
    assert whom(error) == {"about": "server"}
    (tmp_path / "empty.pem").write_text("nothing")
    for file in (tmp_path / "empty.pem", tmp_path / "none.pem"):
        error = looking(graph_session(server, ca_file=file))
        assert error.message.endswith("no certificate can be read in the file of [microsoft365] ca_file.")


def test_nobody_at_the_address_is_the_server_s_trouble_and_nothing_was_done(server: GraphServer) -> None:
    session = graph_session(server, endpoint="http://127.0.0.1:9/v1.0")
    server.authorities.resources.add("http://127.0.0.1:9")
    error = failing(lambda: session.ask(ANNA, MAKE))
    assert error.message == "http://127.0.0.1:9/v1.0: the server refuses connections."
    assert whom(error) == {"about": "server"}


def test_a_wrong_endpoint_is_said_with_what_to_write(server: GraphServer) -> None:
    session = graph_session(server, endpoint=f"{server.url}/graph")
    assert "Correct [microsoft365] endpoint" in looking(session).message


def test_a_proxy_that_is_not_there_is_said(server: GraphServer) -> None:
    error = looking(graph_session(server, proxy="http://127.0.0.1:9"))
    assert "the proxy does not let us through" in error.message
    assert whom(error) == {"about": "server"}


def test_token_and_graph_go_by_the_proxy_that_the_config_names(server: GraphServer) -> None:
    with connect_proxy() as proxy:
        session = graph_session(server, endpoint=f"{server.secure_url}/v1.0", proxy=proxy.url)
        session.look(ANNA)
        session.close()
    assert set(proxy.asked) == {server.secure_url.removeprefix("https://")}
    assert server.operations() == ["GET calendar"]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (407, "the proxy asks for a login. Write it in [microsoft365] proxy, or let the service out without."),
        (
            403,
            "the proxy does not let us through. Correct [microsoft365] proxy, or have these addresses allowed in it.",
        ),
    ],
)
def test_a_proxy_that_lets_nobody_through_is_said_and_nothing_was_done(
    server: GraphServer, status: int, sentence: str
) -> None:
    with connect_proxy(refuses=status) as proxy:
        error = looking(graph_session(server, proxy=proxy.url))
    assert error.message == f"{server.secure_url}: {sentence}"
    assert (whom(error), server.token_requests) == ({"about": "server"}, 0)


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("ProxyError Tunnel connection failed: 407 Proxy Authentication Required", "the proxy asks for a login"),
        ("ConnectionError NameResolutionError(getaddrinfo failed)", "the name of the server is not known"),
        ("ReadTimeout Read timed out. (read timeout=1)", "no answer in time"),
        ("ConnectionError ('127.0.0.1', port=44071): Connection refused", "the server refuses connections"),
        (f"SSLError {ssl.SSLEOFError(8, 'EOF occurred in violation of protocol')}", "the connection was lost"),
    ],
)
def test_the_words_of_the_library_become_a_sentence(why: str, said: str) -> None:
    assert broken(why).startswith(said)


# --- what Entra says


def entra(code: int, error: str = "invalid_client") -> dict[str, Any]:
    words = f"AADSTS{code}: Words. Trace ID: t Correlation ID: c Timestamp: 2026-11-30 12:00:00Z"
    return {"error": error, "error_codes": [code], "error_description": words, "trace_id": "t", "correlation_id": "c"}


@pytest.mark.parametrize(
    ("found", "kind", "said"),
    [
        (entra(530032, "access_denied"), "tenant", "Conditional Access for workload identities keeps"),
        (entra(90033, "server_error"), "passing", "Microsoft Entra is busy (AADSTS90033: Words)"),
        (
            entra(1),
            "proof",
            "the proof of who the service is was refused (AADSTS1: Words) (trace_id t, correlation_id c)",
        ),
        (
            entra(2, "invalid_request"),
            "tenant",
            "the application is not let in (AADSTS2: Words) (trace_id t, correlation_id",
        ),
        ({"error": "x", "error_description": "AADSTS7000222: Ended."}, "proof", "the client secret has expired."),
        ({"error": "temporarily_unavailable"}, "passing", "Microsoft Entra is busy (temporarily_unavailable)"),
        (
            {"error": 5, "error_description": ["odd"], "error_codes": ["7000215"]},
            "tenant",
            "the application is not let in (5)",
        ),
    ],
)
def test_what_entra_says_is_about_the_proof_or_the_tenant_or_passes(
    found: dict[str, Any], kind: str, said: str
) -> None:
    known = refusal(found)
    assert known.kind == kind
    assert known.said.startswith(said)


# --- whatever comes


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KNOWN_KEYS) | st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
BODIES = st.none() | st.dictionaries(st.sampled_from(KNOWN_KEYS), JSON, max_size=5)
HEADERS = st.dictionaries(
    st.sampled_from(["retry-after", "date", "content-type", "request-id", "x-ms-throttle-scope"]),
    st.text(max_size=20) | st.sampled_from(["9", "Mon, 30 Nov 2026 12:00:40 GMT", "text/html"]),
)


@given(st.integers(100, 599), HEADERS, BODIES, st.sampled_from(["", ANNA]))
def test_no_answer_is_so_odd_that_it_becomes_no_sentence(
    status: int, headers: dict[str, str], body: dict[str, Any] | None, address: str
) -> None:
    reply = Reply(status=status, headers=headers, body=body, asked="id")
    assert is_gone(reply, address) in (True, False)
    error = refused(reply, "https://graph", address, NOW)
    assert error.message.startswith((address or "the directory", "https://graph"))
    assert error.wait is None or timedelta(0) < error.wait <= LONGEST_REST


@given(BODIES.map(lambda found: found or {}))
def test_no_answer_is_so_odd_that_it_cannot_be_taken_apart(body: dict[str, Any]) -> None:
    assert set(answers(body, [ANNA, BO], NOW)) == {ANNA, BO}
    assert all(isinstance(one, Reply) for one in replies_of(body, "").values())
    assert refusal(body).said
