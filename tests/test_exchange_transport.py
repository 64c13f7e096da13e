"""Letters through an Exchange server in MIME form: what leaves, what is kept, and what is sent again."""

import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from mailer.drain import Outbox, trouble
from mailer.exchange.transport import ExchangeTransport
from mailer.transport import Envelope, TransportError
from service.engine.engine import Engine
from service.exchange.transport import transport
from store.letters import LetterRecord
from tests.ews import PASSWORD, SERVICE, EwsServer, Fault
from tests.exchange_values import Clock, act, address, exchange_engine, session
from tests.service_values import MONDAY, approve_all, claim_all

pytestmark = pytest.mark.slow

ONE, TWO = address(1), address(2)
HOUR = timedelta(hours=1)
LETTER = (
    b"From: AI-tid <service@x.example>\r\nTo: Anna <p1@x.example>\r\nSubject: =?utf-8?q?Ti_minutter?=\r\n"
    b"Message-ID: <abc@x.example>\r\nList-Unsubscribe: <https://x.example/stop>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nAuto-Submitted: auto-generated\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    b"K\xc3\xa6re Anna\r\n.\r\nEn linje med prik\r\n"
)


@contextmanager
def posting(
    folder: Path, people: int = 1, *faults: Fault, exchange: str = "", **server: Any
) -> Iterator[tuple[EwsServer, Engine, Outbox]]:
    """People without blocks whose welcome letters are approved, and the outbox they leave by."""
    everybody = [address(number) for number in range(1, people + 1)]
    settings = {"transport": "exchange", "channel": "none", "exchange": exchange}
    with (
        EwsServer(everybody, faults, **server) as running,
        exchange_engine(folder, running, people, **settings) as made,
    ):
        approve_all(made, MONDAY)
        made.tick(MONDAY)
        claim_all(made, MONDAY)
        yield running, made, made.make_outbox()
    assert (running.refused, running.misspoken) == ([], [])


def drain(outbox: Outbox, after: timedelta = timedelta(0)) -> int:
    return outbox.drain(lambda: MONDAY + after, Event())


def by_state(engine: Engine) -> dict[str, list[LetterRecord]]:
    found: dict[str, list[LetterRecord]] = {}
    for letter in engine.letters():
        found.setdefault(letter.state, []).append(letter)
    return found


def envelope(recipient: str = ONE) -> Envelope:
    return Envelope(sender=SERVICE, recipient=recipient, message_id="abc")


def deliver(server: EwsServer, *, keep: bool = False, recipient: str = ONE, password: str = PASSWORD) -> list[str]:
    """Hand `LETTER` over on a session of its own; what was told on the way."""
    shared, told = session(server, password=password, keep_sent=keep), list[str]()
    try:
        way = transport(shared)
        told.append(way.deliver(LETTER, envelope(recipient), lambda: told.append("wire")))
    finally:
        shared.close()
    return told


# --- the bytes


def test_a_letter_leaves_byte_for_byte_as_it_was_made() -> None:
    with EwsServer([ONE]) as server:
        assert deliver(server) == ["wire", "Exchange has taken it."]
        (letter,) = server.mailbox(ONE).letters
    assert (letter.mime, letter.sender, letter.recipients) == (LETTER, SERVICE, (ONE,))


def test_a_letter_of_the_service_keeps_its_headers(tmp_path: Path) -> None:
    with posting(tmp_path) as (server, engine, outbox):
        assert drain(outbox) == 1
        (sent,) = by_state(engine)["sent"]
        (letter,) = server.mailbox(ONE).letters
        assert letter.mime == engine.spool.read(sent.spool)
        mail = message_from_bytes(letter.mime, policy=email.policy.default)
        assert mail["Message-ID"] == f"<{sent.id}@x.example>"
        assert headers(mail, "Auto-Submitted", "X-Auto-Response-Suppress", "From") == [
            "auto-generated",
            "DR, RN, NRN, OOF, AutoReply",
            f"AI-tid <{SERVICE}>",
        ]
        kinds = [part.get_content_type() for part in mail.walk()]
        assert kinds == ["multipart/alternative", "text/plain", "text/html"]


def headers(mail: Message, *names: str) -> list[str]:
    return [str(mail[name]) for name in names]


@pytest.mark.parametrize(("keep", "copies"), [(False, 0), (True, 1)])
def test_a_copy_stays_in_sent_items_only_where_it_is_asked_for(keep: bool, copies: int) -> None:
    with EwsServer([ONE]) as server:
        deliver(server, keep=keep)
        assert [item.folder for item in server.mailbox(SERVICE).items] == ["sentitems"] * copies
        assert len(server.mailbox(ONE).letters) == 1


@pytest.mark.parametrize(("line", "copies"), [("", 0), ("keep_sent = true", 1)])
def test_the_config_says_whether_a_copy_stays(tmp_path: Path, line: str, copies: int) -> None:
    with posting(tmp_path, exchange=line) as (server, _, outbox):
        assert drain(outbox) == 1
        assert len(server.mailbox(SERVICE).inside("sentitems")) == copies
        assert len(server.mailbox(ONE).letters) == 1


def test_a_letter_is_one_request_and_the_login_one(tmp_path: Path) -> None:
    with posting(tmp_path, 2) as (server, _, outbox):
        assert drain(outbox) == 2
        assert server.operations() == ["ResolveNames", "CreateItem", "CreateItem"]
        assert server.requests_per_mailbox() == {SERVICE: 3}


def test_an_address_that_is_no_ascii_never_comes_to_the_server() -> None:
    with EwsServer([ONE]) as server:
        with pytest.raises(TransportError) as caught:
            deliver(server, recipient="bjørn@x.example")
        assert caught.value.message == '"bjørn@x.example" is not an ASCII address.'
        assert (caught.value.permanent, server.http_requests) == (True, 0)


def test_nothing_is_said_to_the_server_before_the_wire_is_written_down() -> None:
    def refuse() -> None:
        raise RuntimeError("the disk is full")

    posted = list[bytes]()
    with pytest.raises(RuntimeError, match="the disk is full"):
        ExchangeTransport(posted.append).deliver(LETTER, envelope(), refuse)
    assert posted == []


# --- what goes wrong


def test_a_letter_whose_reply_was_lost_is_in_doubt_and_sent_again_once(tmp_path: Path) -> None:
    with posting(tmp_path, 1, Fault("lost", operation="CreateItem")) as (server, engine, outbox):
        assert drain(outbox) == 0
        (record,) = by_state(engine)["claimed"]
        assert (record.in_doubt, len(server.mailbox(ONE).letters)) == (1, 1)
        assert drain(outbox, HOUR) == 1
        first, second = server.mailbox(ONE).letters
        assert first.mime == second.mime
        assert drain(outbox, 2 * HOUR) == 0
        assert len(server.world.sent) == 2


def test_a_letter_whose_reply_was_lost_twice_is_parked_and_never_sent_a_third_time(tmp_path: Path) -> None:
    with posting(tmp_path, 1, Fault("lost", operation="CreateItem", times=2)) as (server, engine, outbox):
        for hours in range(6):
            drain(outbox, hours * HOUR)
        (record,) = by_state(engine)["parked"]
        assert record.said.startswith("The connection was lost twice")
        assert len(server.world.sent) == 2


@pytest.mark.parametrize("what", ["cut", "lost"])
def test_where_nobody_can_know_whether_it_was_done_a_letter_is_in_doubt(what: str) -> None:
    assert refused_by(Fault(what, operation="CreateItem")) == (True, False)


@pytest.mark.parametrize(("what", "down"), [("503", False), ("429", True), ("html", False), ("busy", True)])
def test_a_server_that_answers_has_not_taken_the_letter(what: str, down: bool) -> None:
    assert refused_by(Fault(what, operation="CreateItem")) == (False, down)


def refused_by(fault: Fault) -> tuple[bool, bool]:
    """Whether the letter is in doubt, and whether the server counts as down."""
    with EwsServer([ONE], [fault]) as server, pytest.raises(TransportError) as caught:
        deliver(server)
    return caught.value.in_doubt, caught.value.server_down


def test_a_server_that_is_busy_for_hours_parks_no_letter(tmp_path: Path) -> None:
    clock = Clock()
    with posting(tmp_path, 2, Fault("503", operation="CreateItem", times=6)) as (server, engine, _):
        shared = session(server, clock=clock)
        outbox = Outbox(engine.database, engine.spool, lambda: transport(shared))
        for hours in range(1, 9):
            clock.seconds += 3600
            drain(outbox, hours * HOUR)
        shared.close()
        assert sorted(by_state(engine)) == ["sent"]
        assert [len(server.mailbox(who).letters) for who in (ONE, TWO)] == [1, 1]


def test_a_wrong_password_is_one_request_for_all_letters_and_said(tmp_path: Path) -> None:
    with posting(tmp_path, 3) as (server, engine, outbox):
        (tmp_path / "exchange-secret").write_text("wrong", "utf-8")
        for hours in range(4):
            drain(outbox, hours * HOUR)
        assert (server.http_requests, server.failed_logins, sorted(by_state(engine))) == (1, {SERVICE: 1}, ["claimed"])
        found = trouble(engine.database)
        assert found is not None
        assert f"{SERVICE} is not let in. Nothing more is tried with this password" in found.said
        (tmp_path / "exchange-secret").write_text(PASSWORD, "utf-8")
        assert drain(outbox, 5 * HOUR) == 3
        assert trouble(engine.database) is None


def test_blocks_and_letters_share_one_try_with_a_wrong_password(tmp_path: Path) -> None:
    with EwsServer([ONE]) as server, exchange_engine(tmp_path, server, transport="exchange") as engine:
        (tmp_path / "exchange-secret").write_text("wrong", "utf-8")
        for hours in range(3):
            act(engine, MONDAY + hours * HOUR)
        assert server.http_requests == 1


def test_a_mailbox_that_may_not_send_as_the_sender_stops_the_letters_and_says_so(tmp_path: Path) -> None:
    fault = Fault("ErrorSendAsDenied", operation="CreateItem", times=1)
    with posting(tmp_path, 2, fault) as (server, engine, outbox):
        assert drain(outbox) == 0
        found = trouble(engine.database)
        assert found is not None
        known = "the service's mailbox may not send as [mail] sender_address. Write the mailbox's own"
        assert found.said == f"{SERVICE}: {known} (by script)."
        assert (server.operations().count("CreateItem"), sorted(by_state(engine))) == (1, ["claimed"])
        assert drain(outbox, HOUR) == 2
        assert [letter.in_doubt for letter in by_state(engine)["sent"]] == [0, 0]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("ErrorMessageSizeExceeded", "the letter is too large"),
        ("ErrorInvalidRecipients", "the address is not accepted"),
    ],
)
def test_a_letter_that_is_refused_for_good_is_parked_and_the_others_go(
    tmp_path: Path, code: str, sentence: str
) -> None:
    with posting(tmp_path, 3, Fault(code, operation="CreateItem", skip=1)) as (_, engine, outbox):
        assert drain(outbox) == 2
        (parked,) = by_state(engine)["parked"]
        assert parked.said == f"{SERVICE}: {sentence} (by script)."
        assert trouble(engine.database) is None


@pytest.mark.parametrize(
    "fault",
    [Fault("503"), Fault("500"), Fault("html"), Fault("garbage"), Fault("ErrorADSessionFilter", status=200)],
    ids=lambda fault: fault.what,
)
def test_a_letter_that_is_refused_for_ever_and_comes_first_waits_alone(tmp_path: Path, fault: Fault) -> None:
    aimed = replace(fault, operation="CreateItem", naming=ONE, times=None)
    with posting(tmp_path, 3, aimed) as (server, engine, outbox):
        assert drain(outbox) == 2
        (waiting,) = by_state(engine)["claimed"]
        assert (waiting.attempts, trouble(engine.database)) == (1, None)
        assert waiting.said.startswith(f"{SERVICE}: ")
        assert [len(server.mailbox(address(n)).letters) for n in (1, 2, 3)] == [0, 1, 1]


def test_a_letter_that_exchange_finds_wrong_is_tried_once_more_and_then_parked_with_its_words(tmp_path: Path) -> None:
    wrong = Fault("ErrorMimeContentInvalid", operation="CreateItem", naming=ONE, times=None, item=1)
    with posting(tmp_path, 3, wrong) as (_, engine, outbox):
        assert drain(outbox) == 2
        assert [one.attempts for one in by_state(engine)["claimed"]] == [1]
        drain(outbox, HOUR)
        assert [one.said for one in by_state(engine)["parked"]] == [
            f"{SERVICE}: Exchange refused: ErrorMimeContentInvalid, by script."
        ]


def test_an_exchange_that_finds_every_letter_wrong_parks_none(tmp_path: Path) -> None:
    wrong = Fault("ErrorMimeContentInvalid", operation="CreateItem", times=None, item=1)
    with posting(tmp_path, 6, wrong) as (server, engine, outbox):
        for hours in range(4):
            drain(outbox, hours * HOUR)
        assert (server.operations().count("CreateItem"), sorted(by_state(engine))) == (5, ["claimed"])


def test_a_letter_to_somebody_elsewhere_leaves_too() -> None:
    with EwsServer([ONE]) as server:
        shared = session(server)
        shared.post(LETTER.replace(b"p1@x.example", b"p1@elsewhere.example"))
        shared.close()
        assert [letter.recipients for letter in server.world.sent] == [("p1@elsewhere.example",)]
