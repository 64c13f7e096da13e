import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

from mailer.smtp.settings import Smtp
from mailer.smtp.transport import SmtpSettings, SmtpTransport
from mailer.transport import Envelope, TransportError
from tests.smtp_server import Certificates, Fault, SmtpServer, make_certificates

pytestmark = pytest.mark.slow

Security = Literal["starttls", "tls"]
MIME = b"Subject: tip\r\n\r\n.a dot\r\n..two\r\nand an end\r\n"
ANNA = Envelope(sender="ai@example.org", recipient="anna@example.org", message_id="a" * 40)
BO = replace(ANNA, recipient="bo@example.org", message_id="b" * 40)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


def settings(
    port: int, *, secret: Callable[[], str] | None = None, ca_file: Path | None = None, **server: Any
) -> SmtpSettings:
    """How to be let in by a server on this machine; `server` is what is otherwise in its section."""
    usual: dict[str, Any] = {"host": "127.0.0.1", "port": port, "security": "none", "timeout_seconds": 10}
    return SmtpSettings(server=Smtp(**(usual | server)), secret=secret, ca_file=ca_file, helo="ai.example.org")


@contextlib.contextmanager
def served(*faults: Fault, pipelining: bool = False) -> Iterator[tuple[SmtpServer, SmtpTransport]]:
    with SmtpServer(faults, pipelining=pipelining) as server:
        transport = SmtpTransport(settings(server.port))
        yield server, transport
        transport.close()


def deliver(transport: SmtpTransport, envelope: Envelope = ANNA, on_wire: Callable[[], None] = lambda: None) -> str:
    return transport.deliver(MIME, envelope, on_wire)


def failure(transport: SmtpTransport, envelope: Envelope = ANNA) -> TransportError:
    with pytest.raises(TransportError) as caught:
        deliver(transport, envelope)
    return caught.value


def kinds(error: TransportError) -> set[str]:
    assert error.rest or not error.server_down
    told = ("server_down",) if error.server_down else ("rest",) if error.rest else ("cause",)
    return {kind for kind in ("permanent", "in_doubt", *told) if getattr(error, kind)}


def recipients(server: SmtpServer) -> list[str]:
    return [recipient for letter in server.accepted for recipient in letter.recipients]


def test_a_letter_arrives_byte_for_byte_and_the_servers_words_come_back() -> None:
    with served() as (server, transport):
        assert deliver(transport) == "250 2.0.0 accepted as 1"
    assert [(letter.sender, letter.recipients, letter.data) for letter in server.accepted] == [
        ("ai@example.org", ("anna@example.org",), MIME)
    ]
    assert server.commands == [
        "ehlo ai.example.org",
        f"MAIL FROM:<ai@example.org> SIZE={len(MIME)}",
        "RCPT TO:<anna@example.org>",
        "DATA",
        "QUIT",
    ]


def test_bare_line_feeds_never_reach_the_wire() -> None:
    with served() as (server, transport):
        transport.deliver(b"Subject: x\n\nhidden\n.\nMAIL FROM:<evil@example.org>\r", ANNA, lambda: None)
    assert [letter.data for letter in server.accepted] == [
        b"Subject: x\r\n\r\nhidden\r\n.\r\nMAIL FROM:<evil@example.org>\r\n"
    ]


def test_a_dot_at_the_very_beginning_arrives_as_one() -> None:
    with served() as (server, transport):
        transport.deliver(b".dot\r\n.\r\nend\r\n", ANNA, lambda: None)
    assert [letter.data for letter in server.accepted] == [b".dot\r\n.\r\nend\r\n"]


def test_a_connection_is_kept_from_letter_to_letter() -> None:
    with served() as (server, transport):
        for envelope in (ANNA, BO, ANNA):
            deliver(transport, envelope)
    assert [letter.connection for letter in server.accepted] == [1, 1, 1]


def test_the_wire_is_noted_once_and_before_the_server_hears_of_the_letter() -> None:
    heard: list[list[str]] = []
    with served(Fault("mail", "drop", skip=1)) as (server, transport):
        deliver(transport)
        server.commands.clear()
        deliver(transport, BO, lambda: heard.append(list(server.commands)))
    assert heard == [[]]
    assert recipients(server) == ["anna@example.org", "bo@example.org"]


def test_what_on_wire_raises_passes_through_and_the_server_hears_nothing() -> None:
    def refuse() -> None:
        raise OSError("the store is full")

    with served() as (server, transport):
        with pytest.raises(OSError, match="the store is full"):
            deliver(transport, ANNA, refuse)
        deliver(transport, BO)
    assert recipients(server) == ["bo@example.org"]
    assert server.connections == 1


@pytest.mark.parametrize("what", ["450", "550"])
def test_a_refused_letter_does_not_cost_the_connection(what: str) -> None:
    with served(Fault("rcpt", what)) as (server, transport):
        error = failure(transport)
        deliver(transport, BO)
    assert f"the server said: {what}" in error.message
    assert error.message.startswith(f"127.0.0.1:{server.port}, RCPT TO: ")
    assert server.connections == 1
    assert server.commands.count("RSET") == 1


@pytest.mark.parametrize("stage", ["connect", "ehlo", "mail", "rcpt", "data", "end"])
def test_a_cut_connection_is_judged_by_stage(stage: str) -> None:
    with served(Fault(stage, "drop")) as (server, transport):
        error = failure(transport)
        down, doubt = {"server_down"}, {"in_doubt", "cause"}
        expected = {"connect": down, "ehlo": down, "mail": down, "end": doubt}
        assert kinds(error) == expected.get(stage, {"cause"})
        assert error.code is None
        assert len(server.accepted) == (stage == "end")
        deliver(transport, BO)
    assert recipients(server)[-1] == "bo@example.org"
    assert server.connections == 2


@pytest.mark.parametrize("fault", ["drop", "garbage"])
def test_in_a_flight_the_recipient_is_named_before_the_first_answer(fault: str) -> None:
    with served(Fault("mail", fault), pipelining=True) as (server, transport):
        assert kinds(failure(transport)) == {"cause"}
        deliver(transport, BO)
    assert recipients(server) == ["bo@example.org"]


@pytest.mark.parametrize(
    ("stage", "reply", "cause"),
    [
        ("rcpt", "550 5.1.1 no such user", ""),
        ("rcpt", "550 5.2.1 mailbox disabled", ""),
        ("rcpt", "552 mailbox full", ""),
        ("rcpt", "550 5.1.8 bad sender", "RCPT TO: 550 1.8"),
        ("rcpt", "550 no such user", "RCPT TO: 550 "),
        ("rcpt", "554 5.7.1 relay access denied", "RCPT TO: 554 7.1"),
        ("rcpt", "450 4.2.0 greylisted", ""),
        ("rcpt", "451 4.7.1 greylisted", ""),
        ("rcpt", "451 greylisted", ""),
        ("rcpt", "451 4.3.0 cannot look anybody up", "RCPT TO: 451 3.0"),
        ("rcpt", "452 4.3.1 no room", "RCPT TO: 452 3.1"),
        ("data", "451 out of order", "DATA: 451 "),
        ("end", "554 5.7.1 looks like spam", "the final dot: 554 7.1"),
        ("end", "552 5.3.4 too large", ""),
        ("end", "554 5.3.4 too large", ""),
    ],
)
def test_a_reply_says_whether_it_can_be_about_the_server(stage: str, reply: str, cause: str) -> None:
    with served(Fault(stage, reply)) as (_, transport):
        assert failure(transport).cause == cause


def test_a_letter_larger_than_the_server_takes_is_refused_before_it_hears_of_it() -> None:
    noted: list[str] = []
    with SmtpServer(size=len(MIME) - 1) as server:
        transport = SmtpTransport(settings(server.port))
        with pytest.raises(TransportError) as caught:
            deliver(transport, ANNA, lambda: noted.append("wire"))
        transport.close()
    assert (kinds(caught.value), noted) == ({"permanent"}, [])
    assert server.commands == ["ehlo ai.example.org", "QUIT"]
    assert caught.value.message == (
        f"127.0.0.1:{server.port}, SIZE: the letter has {len(MIME)} bytes, and the server takes {len(MIME) - 1} at most. "
        "It was not sent."
    )


@pytest.mark.parametrize(
    ("stage", "named", "sized"),
    [("mail", "MAIL FROM", True), ("data", "DATA", True), ("end", "the final dot", True), ("rcpt", "RCPT TO", False)],
)
def test_a_letter_called_too_large_is_refused_for_good_and_its_size_said(stage: str, named: str, sized: bool) -> None:
    with served(Fault(stage, "552")) as (server, transport):
        error = failure(transport)
    size = f" (the letter has {len(MIME)} bytes)" if sized else ""  # at RCPT TO it is the mailbox that is full
    said = f"the server said: 552 5.1.1 by script, at {stage}{size}."
    assert (kinds(error), error.code) == ({"permanent"}, 552)
    assert error.message == f"127.0.0.1:{server.port}, {named}: {said}"


@pytest.mark.parametrize("size", [0, len(MIME)])
def test_a_letter_as_large_as_the_server_takes_goes(size: int) -> None:
    with SmtpServer(size=size) as server:
        transport = SmtpTransport(settings(server.port))
        deliver(transport)
        transport.close()
    assert recipients(server) == ["anna@example.org"]


def test_a_letter_cut_off_before_its_final_dot_cannot_have_been_accepted() -> None:
    more_than_the_kernel_buffers = b"Subject: x\r\n\r\n" + (b"x" * 998 + b"\r\n") * 24_000
    with served(Fault("body", "drop")) as (server, transport):
        with pytest.raises(TransportError) as caught:
            transport.deliver(more_than_the_kernel_buffers, ANNA, lambda: None)
        assert kinds(caught.value) == {"cause"}
        assert server.accepted == []


def test_a_small_letter_cut_off_after_its_final_dot_left_us_is_in_doubt() -> None:
    with served(Fault("body", "drop")) as (_, transport):
        assert kinds(failure(transport)) == {"in_doubt", "cause"}


def test_a_server_that_knows_only_helo_is_spoken_to() -> None:
    with served(Fault("ehlo", "502")) as (server, transport):
        deliver(transport)
    assert server.commands[:3] == ["ehlo ai.example.org", "helo ai.example.org", "MAIL FROM:<ai@example.org>"]


def test_a_connection_that_the_server_closed_while_idle_is_replaced() -> None:
    with served() as (server, transport):
        deliver(transport)
        server.cut_all()
        deliver(transport, BO)
    assert [letter.connection for letter in server.accepted] == [1, 2]


def test_a_connection_that_has_had_enough_letters_is_replaced() -> None:
    with served(Fault("mail", "421", skip=1)) as (server, transport):
        deliver(transport)
        deliver(transport, BO)
    assert [letter.connection for letter in server.accepted] == [1, 2]


def test_a_refusal_on_a_kept_connection_is_not_asked_for_twice() -> None:
    with served(Fault("mail", "550", skip=1)) as (server, transport):
        deliver(transport)
        assert kinds(failure(transport, BO)) == {"server_down"}
    assert len([line for line in server.commands if line.startswith("MAIL")]) == 2


def test_a_closed_transport_connects_again() -> None:
    with served() as (server, transport):
        deliver(transport)
        transport.close()
        transport.close()
        deliver(transport, BO)
    assert [letter.connection for letter in server.accepted] == [1, 2]


def test_nobody_listening_is_the_servers_trouble() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        error = failure(SmtpTransport(settings(port)))
    assert kinds(error) == {"server_down"}
    assert error.message == f"127.0.0.1:{port}, connecting: Connection refused."


def test_a_host_name_that_cannot_be_one_is_the_servers_trouble() -> None:
    assert kinds(failure(SmtpTransport(settings(25, host="a..b")))) == {"server_down"}


@pytest.mark.parametrize(
    "address",
    [
        "søren@example.org",
        "anna@exämple.org",
        "anna",
        "@example.org",
        "anna@",
        "a b@example.org",
        "a@b>\r\nDATA",
        "<a@b>",
    ],
)
@pytest.mark.parametrize("field", ["sender", "recipient"])
def test_an_address_that_cannot_go_on_the_wire_is_refused_for_good_without_a_connection(
    address: str, field: str
) -> None:
    noted: list[str] = []
    with served() as (server, transport):
        with pytest.raises(TransportError) as caught:
            deliver(transport, replace(ANNA, **{field: address}), lambda: noted.append("wire"))
        assert kinds(caught.value) == {"permanent"}
        assert caught.value.message.startswith(f'"{address}" is not ')
    assert (noted, server.connections) == ([], 0)


# TLS


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_letters_travel_encrypted(certificates: Certificates, security: Security) -> None:
    with SmtpServer(security=security, certificates=certificates) as server:
        transport = SmtpTransport(settings(server.port, security=security, ca_file=certificates.authority))
        deliver(transport)
        deliver(transport, BO)
        transport.close()
    assert [letter.connection for letter in server.accepted] == [1, 1]
    assert server.commands.count("STARTTLS") == (security == "starttls")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_an_unknown_authority_is_refused(certificates: Certificates, security: Security) -> None:
    with SmtpServer(security=security, certificates=certificates) as server:
        error = failure(SmtpTransport(settings(server.port, security=security)))
    assert kinds(error) == {"server_down"}
    assert "the server's certificate is not trusted (unable to get local issuer certificate)" in error.message
    assert not any(line.startswith("MAIL") for line in server.commands)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_for_another_host_is_refused(tmp_path: Path, security: Security) -> None:
    certificates = make_certificates(tmp_path, "192.0.2.1")
    with SmtpServer(security=security, certificates=certificates) as server:
        given = settings(server.port, security=security, ca_file=certificates.authority)
        error = failure(SmtpTransport(given))
    assert kinds(error) == {"server_down"}
    assert "certificate is not valid for '127.0.0.1'" in error.message
    assert not any(line.startswith("MAIL") for line in server.commands)


def test_a_server_without_starttls_gets_no_letter_in_the_clear() -> None:
    with SmtpServer() as server:
        error = failure(SmtpTransport(settings(server.port, security="starttls")))
    assert kinds(error) == {"server_down"}
    assert 'Write [smtp] security = "tls"' in error.message
    assert not any(line.startswith("MAIL") for line in server.commands)


def test_a_server_that_speaks_no_tls_on_its_port_is_told_apart() -> None:
    with SmtpServer() as server:
        error = failure(SmtpTransport(settings(server.port, security="tls")))
    assert kinds(error) == {"server_down"}
    assert 'Write [smtp] security = "starttls" (mostly port 587)' in error.message


def test_a_ca_file_that_is_none_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "authority.pem"
    with SmtpServer() as server:
        error = failure(SmtpTransport(settings(server.port, security="tls", ca_file=missing)))
    assert kinds(error) == {"server_down"}
    assert f"{missing} cannot be read as certificates in PEM format: No such file or directory" in error.message


# Logging in


@pytest.mark.parametrize("mechanisms", ["PLAIN LOGIN XOAUTH2", "LOGIN", "XOAUTH2 PLAIN"])
def test_a_password_with_danish_letters_lets_us_in(mechanisms: str) -> None:
    with SmtpServer(users={"ai@example.org": "blåbærgrød"}, mechanisms=mechanisms) as server:
        transport = SmtpTransport(
            settings(server.port, auth="password", user="ai@example.org", secret=lambda: "blåbærgrød")
        )
        deliver(transport)
        transport.close()
    assert recipients(server) == ["anna@example.org"]


def test_a_token_is_asked_for_at_each_connection() -> None:
    tokens = iter(["first", "second"])
    with SmtpServer(users={"ai@example.org": "first"}) as server:
        transport = SmtpTransport(
            settings(server.port, auth="xoauth2", user="ai@example.org", secret=lambda: next(tokens))
        )
        deliver(transport)
        transport.close()
        server.users["ai@example.org"] = "second"
        deliver(transport, BO)
        transport.close()
    assert recipients(server) == ["anna@example.org", "bo@example.org"]


@pytest.mark.parametrize(("auth", "mechanisms"), [("password", "PLAIN"), ("password", "LOGIN"), ("xoauth2", "XOAUTH2")])
def test_refused_credentials_are_no_letters_fault(auth: Literal["password", "xoauth2"], mechanisms: str) -> None:
    with SmtpServer(users={"ai@example.org": "right"}, mechanisms=mechanisms) as server:
        given = settings(server.port, auth=auth, user="ai@example.org", secret=lambda: "wrong")
        error = failure(SmtpTransport(given))
    assert (kinds(error), error.code) == ({"server_down"}, 535)
    assert "AUTH: the server said: 535 5.7.8 not these credentials" in error.message
    assert "wrong" not in error.message


def test_a_server_that_wants_a_login_is_no_letters_fault() -> None:
    with SmtpServer(users={"ai": "right"}) as server:
        transport = SmtpTransport(settings(server.port))
        error = failure(transport)
        transport.close()
    assert (kinds(error), error.code) == ({"server_down"}, 530)


def test_a_server_without_a_way_to_log_in_is_named() -> None:
    with SmtpServer(users={"ai": "right"}, mechanisms="GSSAPI NTLM") as server:
        error = failure(SmtpTransport(settings(server.port, auth="password", user="ai", secret=lambda: "x")))
    assert kinds(error) == {"server_down"}
    assert "(it offers: GSSAPI NTLM)" in error.message


def test_a_secret_that_cannot_be_had_is_no_letters_fault() -> None:
    def unreadable() -> str:
        raise PermissionError(13, "Permission denied")

    with SmtpServer(users={"ai": "right"}) as server:
        error = failure(SmtpTransport(settings(server.port, auth="password", user="ai", secret=unreadable)))
    assert kinds(error) == {"server_down"}
    assert "the secret could not be had (Permission denied)" in error.message


@contextlib.contextmanager
def flight(*replies: str) -> Iterator[tuple[SmtpTransport, list[bytes]]]:
    """A server that says nothing until it has read MAIL, RCPT and DATA, and then all at once; and what it read after."""
    rest: list[bytes] = []

    def serve() -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 mail.test ready\r\n")
            lines.readline()
            connection.sendall(b"250-mail.test\r\n250 PIPELINING\r\n")
            assert [lines.readline()[:4] for _ in range(3)] == [b"MAIL", b"RCPT", b"DATA"]
            connection.sendall("".join(f"{reply}\r\n" for reply in replies).encode())
            if replies[-1].startswith("354"):
                rest.extend(iter(lines.readline, b".\r\n") if replies[1].startswith("250") else lines)
                with contextlib.suppress(OSError):
                    connection.sendall(b"250 thanks\r\n")
            lines.read()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        transport = SmtpTransport(settings(listening.getsockname()[1]))
        yield transport, rest
        transport.close()
        thread.join()


def test_what_comes_before_the_letter_goes_in_one_flight_where_the_server_takes_it() -> None:
    with flight("250 ok", "250 ok", "354 go on") as (transport, rest):
        assert deliver(transport) == "250 thanks"
    assert b"".join(rest) == b"Subject: tip\r\n\r\n..a dot\r\n...two\r\nand an end\r\n"


@pytest.mark.parametrize(
    ("replies", "said", "found"),
    [
        (("250 ok", "550 5.1.1 who?", "503 no recipient"), "RCPT TO: the server said: 550", {"permanent"}),
        (("250 ok", "450 later", "503 no recipient"), "RCPT TO: the server said: 450", set()),
        (("550 not you", "503 bad sequence", "503 bad sequence"), "MAIL FROM: the server said: 550", {"server_down"}),
        (("250 ok", "250 ok", "451 not now"), "DATA: the server said: 451", {"cause"}),
        (("552 too large", "421 closing"), "MAIL FROM: the server said: 552", {"permanent"}),
        (("250 ok", "421 closing"), "RCPT TO: the server said: 421", {"rest"}),
    ],
)
def test_in_a_flight_the_first_refusal_counts(replies: tuple[str, ...], said: str, found: set[str]) -> None:
    with flight(*replies) as (transport, _):
        error = failure(transport)
    assert said in error.message
    assert kinds(error) == found


def test_a_server_that_wants_a_letter_to_nobody_gets_none() -> None:
    with flight("250 ok", "550 no such user", "354 go on") as (transport, rest):
        error = failure(transport)
    assert kinds(error) == {"permanent", "cause"}
    assert rest == []


def test_a_letter_after_one_that_was_refused_in_a_flight_goes() -> None:
    with served(Fault("rcpt", "550"), Fault("data", "450", skip=1), pipelining=True) as (server, transport):
        assert [kinds(failure(transport)), deliver(transport, BO)[:3]] == [{"permanent"}, "250"]
        assert [kinds(failure(transport)), deliver(transport, BO)[:3]] == [{"cause"}, "250"]
    assert server.connections == 1
    assert recipients(server) == ["bo@example.org", "bo@example.org"]


def test_a_kept_connection_that_died_is_replaced_before_a_flight() -> None:
    with served(pipelining=True) as (server, transport):
        deliver(transport)
        server.cut_all()
        deliver(transport, BO)
    assert recipients(server) == ["anna@example.org", "bo@example.org"]
