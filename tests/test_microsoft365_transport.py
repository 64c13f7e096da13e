"""Letters through Microsoft 365 in MIME form: what leaves, what the server does to it, what is kept, what is sent again."""

import email.policy
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from calendars.microsoft365.sent_items import SentItems
from mailer.drain import Outbox, trouble
from mailer.microsoft365.transport import TIDIED_AT, Microsoft365Transport
from mailer.transport import Envelope, TransportError
from service.engine.engine import Engine
from service.microsoft365.transport import transport
from store.letters import LetterRecord
from tests.cloud_values import cloud_engine
from tests.exchange_values import address
from tests.graph import SECRET, SERVICE, Fault, GraphServer
from tests.graph_values import Clock, graph_session
from tests.outbox_values import Clock as Moving
from tests.service_values import MONDAY, approve_all, claim_all, live

pytestmark = pytest.mark.slow

ONE, TWO = address(1), address(2)
HOUR = timedelta(hours=1)
LETTER = (
    b"From: AI-tid <service@x.example>\r\nTo: Anna <p1@x.example>\r\nSubject: =?utf-8?q?Ti_minutter=2C_k=C3=A6re?=\r\n"
    b"Message-ID: <abc@x.example>\r\nList-Unsubscribe: <https://x.example/stop>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nAuto-Submitted: auto-generated\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    b"K\xc3\xa6re Anna\r\n.\r\nEn linje med prik\r\n"
)
EVERYTHING = frozenset(
    [
        "auto-submitted",
        "x-auto-response-suppress",
        "list-id",
        "list-unsubscribe",
        "list-unsubscribe-post",
        "reply-to",
        "date",
    ]
)
"""Headers of ours that a server might take out."""


@contextmanager
def posting(
    folder: Path, people: int = 1, *faults: Fault, channel: str = "none", cloud: str = "", **world: Any
) -> Iterator[tuple[GraphServer, Engine, Outbox]]:
    """People whose welcome letters are approved, and the outbox they leave by. `world`: what the server does to letters."""
    everybody = [address(number) for number in range(1, people + 1)]
    with (
        GraphServer(everybody, faults) as running,
        cloud_engine(folder, running, people, channel=channel, cloud=cloud) as made,
    ):
        for name, value in world.items():
            setattr(running.world, name, value)
        running.application.allow("Mail.ReadWrite", SERVICE)
        approve_all(made, MONDAY)
        made.tick(MONDAY)
        claim_all(made, MONDAY)
        yield running, made, made.make_outbox()
    assert (running.refused, running.misspoken) == ([], [])


def drain(outbox: Outbox, after: timedelta = timedelta(0)) -> int:
    clock = Moving()
    clock.now = MONDAY + after
    return outbox.drain(clock, Event(), clock.wait)


def by_state(engine: Engine) -> dict[str, list[LetterRecord]]:
    found: dict[str, list[LetterRecord]] = {}
    for letter in engine.letters():
        found.setdefault(letter.state, []).append(letter)
    return found


def envelope(recipient: str = ONE) -> Envelope:
    return Envelope(sender=SERVICE, recipient=recipient, message_id="abc")


def deliver(server: GraphServer, *, recipient: str = ONE) -> list[str]:
    """Hand `LETTER` over on a session of its own; what was told on the way."""
    shared, told = graph_session(server), list[str]()
    try:
        way = transport(shared, None)
        told.append(way.deliver(LETTER, envelope(recipient), lambda: told.append("wire")))
        way.close()
    finally:
        shared.close()
    return told


def read(mime: bytes) -> EmailMessage:
    found = message_from_bytes(mime, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def kinds(mime: bytes) -> list[str]:
    return [part.get_content_type() for part in read(mime).walk()]


# --- the bytes


def test_a_letter_leaves_byte_for_byte_as_it_was_made() -> None:
    with GraphServer([ONE]) as server:
        server.world.strips = frozenset()
        assert deliver(server) == ["wire", "Microsoft 365 has taken it."]
        (letter,) = server.mailbox(ONE).letters
    assert (letter.mime, letter.sender, letter.recipients) == (LETTER, SERVICE, (ONE,))


def test_a_letter_is_one_request_and_a_token_the_first_of_all(tmp_path: Path) -> None:
    with posting(tmp_path, 2, cloud="keep_sent = true") as (server, _, outbox):
        assert drain(outbox) == 2
        assert server.operations() == ["POST sendMail", "POST sendMail"]
        assert (server.token_requests, server.requests_per_mailbox()) == (1, {SERVICE: 2})


def test_an_address_that_is_no_ascii_never_comes_to_the_server() -> None:
    with GraphServer([ONE]) as server:
        with pytest.raises(TransportError) as caught:
            deliver(server, recipient="bjørn@x.example")
        assert caught.value.message == '"bjørn@x.example" is not an ASCII address.'
        assert (caught.value.permanent, server.http_requests) == (True, 0)


def test_nothing_is_said_to_the_server_before_the_wire_is_written_down() -> None:
    def refuse() -> None:
        raise RuntimeError("the disk is full")

    posted = list[bytes]()
    with pytest.raises(RuntimeError, match="the disk is full"):
        Microsoft365Transport(posted.append).deliver(LETTER, envelope(), refuse)
    assert posted == []


def test_an_invitation_leaves_with_its_calendar_part(tmp_path: Path) -> None:
    """iMIP (RFC 6047): the JSON form has no place for it."""
    with posting(tmp_path, channel="invite") as (server, engine, outbox):
        drain(outbox)
        live(engine, MONDAY + HOUR)
        drain(outbox, HOUR)
        mimes = [letter.mime for letter in server.mailbox(ONE).letters]
        invited = [mime for mime in mimes if "text/calendar" in kinds(mime)]
        assert len(invited) == 1
        whole = ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
        assert kinds(invited[0]) == whole
        part = list(read(invited[0]).walk())[-1]
        assert part.get_param("method") == "REQUEST"
        (sent,) = [one for one in engine.letters() if "invite" in one.kinds]
        ours = list(read(engine.spool.read(sent.spool)).walk())[-1]
        assert part.get_content() == ours.get_content()


# --- a server that takes headers out and writes its own


def test_with_every_header_stripped_and_the_message_id_replaced_nothing_of_ours_breaks(tmp_path: Path) -> None:
    """Letters with and without a calendar part arrive, are known as sent by their own ids, a lost reply is a doubt as ever,
    the copies leave Sent Items, and nothing comes again."""
    stripping: dict[str, Any] = {"strips": EVERYTHING, "replaces_message_id": True}
    lost = Fault("lost", operation="POST sendMail", skip=2)
    with posting(tmp_path, 3, lost, channel="invite", **stripping) as (server, engine, outbox):
        assert (drain(outbox), drain(outbox, HOUR)) == (5, 1)  # the sixth is the one of which nobody could know
        assert [letter.kinds for letter in engine.letters() if letter.state != "sent"] == []
        assert sum(letter.in_doubt for letter in engine.letters()) == 1
        for number in (1, 2, 3):
            arrived = [read(letter.mime) for letter in server.mailbox(address(number)).letters]
            ours = [letter for letter in engine.letters() if letter.to == address(number)]
            assert len(arrived) == 2 + sum(letter.in_doubt for letter in ours)
            assert sum(part.get_content_type() == "text/calendar" for one in arrived for part in one.walk()) >= 1
            assert not {f"<{letter.id}@x.example>" for letter in ours} & {str(one["Message-ID"]) for one in arrived}
        assert copies(server) == []
        live(engine, MONDAY + 2 * HOUR)
        assert (drain(outbox, 2 * HOUR), len(server.world.sent)) == (0, 7)


def test_the_way_to_stop_stands_in_the_letter_itself_where_the_headers_are_gone(tmp_path: Path) -> None:
    with posting(tmp_path, 1, strips=EVERYTHING, replaces_message_id=True) as (server, engine, outbox):
        drain(outbox)
        (letter,) = server.mailbox(ONE).letters
        (sent,) = by_state(engine)["sent"]
        ours = read(engine.spool.read(sent.spool))
        assert read(letter.mime)["List-Unsubscribe"] is None
        for kind in ("plain", "html"):
            body, own = (one.get_body((kind,)) for one in (read(letter.mime), ours))
            assert body is not None
            assert own is not None
            assert body.get_content() == own.get_content()


# --- Sent Items


def copies(server: GraphServer, folder: str = "sentitems") -> list[str]:
    return [str(one.fields["subject"]) for one in server.mailbox(SERVICE).messages if one.folder == folder]


@pytest.mark.parametrize(("line", "kept"), [("", 0), ("keep_sent = true", 2)])
def test_the_config_says_whether_a_copy_stays(tmp_path: Path, line: str, kept: int) -> None:
    with posting(tmp_path, 2, cloud=line) as (server, _, outbox):
        assert drain(outbox) == 2
        assert (len(copies(server)), copies(server, "deleteditems")) == (kept, [])
        assert [len(server.mailbox(who).letters) for who in (ONE, TWO)] == [1, 1]


def test_what_somebody_sent_by_hand_from_the_same_mailbox_stays(tmp_path: Path) -> None:
    with posting(tmp_path, 2) as (server, _, outbox):
        shared = graph_session(server)
        shared.post(LETTER)
        shared.close()
        assert drain(outbox) == 2
        assert copies(server) == ["Ti minutter, kære"]


def test_a_copy_that_is_not_there_yet_is_taken_out_with_the_next_letters() -> None:
    with GraphServer([ONE]) as server:
        server.application.allow("Mail.ReadWrite", SERVICE)
        shared, sent = graph_session(server), SentItems()
        shared.post(LETTER)
        late = server.mailbox(SERVICE).messages.pop()
        sent.sent(LETTER)
        sent.tidy(shared, SERVICE)
        server.mailbox(SERVICE).messages.append(late)
        sent.tidy(shared, SERVICE)
        assert copies(server) == []
        asked = len(server.log)
        sent.tidy(shared, SERVICE)
        assert len(server.log) == asked  # nothing is waited for any more
        shared.close()


def test_without_the_right_the_copies_stay_and_it_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    with GraphServer([ONE]) as server, caplog.at_level(logging.WARNING, "aikultur.outbox"):
        shared, sent = graph_session(server), SentItems()
        for _ in range(3):
            way = transport(shared, sent)
            way.deliver(LETTER, envelope(), lambda: None)
            way.close()
        shared.close()
        assert server.operations() == [
            "POST sendMail",
            "GET mailFolders/{id}/messages",
            "POST sendMail",
            "POST sendMail",
        ]
        assert len(copies(server)) == 3
    (said,) = caplog.messages
    assert said.startswith("copies of letters stay in Sent Items: the service may not take them out. Give it")


@pytest.mark.parametrize("what", ["503", "cut", "lost", "429", "500"])
def test_a_server_that_stumbles_over_the_copies_is_asked_again_with_the_next(what: str) -> None:
    with GraphServer([ONE], [Fault(what, operation="POST messages/{id}/permanentDelete")]) as server:
        server.application.allow("Mail.ReadWrite", SERVICE)
        clock = Clock()
        shared, sent = graph_session(server, clock=clock), SentItems()
        way = transport(shared, sent)
        for _ in range(2):
            way.deliver(LETTER, envelope(), lambda: None)
        way.close()
        clock.seconds += 600
        way.close()
        shared.close()
        assert (copies(server), len(server.world.sent)) == ([], 2)


def test_a_copy_that_never_comes_is_not_waited_for_for_ever() -> None:
    clock = Clock()
    sent = SentItems(clock)
    sent.sent(LETTER)
    clock.seconds = 3601
    sent.tidy(None, SERVICE)  # type: ignore[arg-type]  # nobody is asked


def test_copies_do_not_pile_up_while_letter_follows_letter() -> None:
    tidied = list[int]()
    posted = list[bytes]()
    way = Microsoft365Transport(posted.append, lambda: tidied.append(len(posted)))
    for _ in range(2 * TIDIED_AT + 1):
        way.deliver(LETTER, envelope(), lambda: None)
    assert tidied == [TIDIED_AT, 2 * TIDIED_AT]


# --- the pace


def test_thirty_letters_a_minute_where_the_config_says_nothing(tmp_path: Path) -> None:
    clock = Moving()
    clock.now = MONDAY
    with posting(tmp_path, 35, cloud="keep_sent = true") as (server, engine, outbox):
        server.world.limits.messages_per_minute = 30
        server.world.now = clock
        assert outbox.room(MONDAY) == 0  # they are claimed: more than a minute's are never claimed ahead
        assert outbox.drain(clock, Event(), clock.wait) == 35
        assert (clock.now - MONDAY, set(clock.waits)) == (68 * timedelta(seconds=1), {2.0})
        assert (len(server.world.sent), trouble(engine.database)) == (35, None)


# --- what goes wrong


def test_a_letter_whose_reply_was_lost_is_in_doubt_and_sent_again_once(tmp_path: Path) -> None:
    with posting(tmp_path, 1, Fault("lost", operation="POST sendMail"), strips=frozenset()) as (server, engine, outbox):
        assert drain(outbox) == 0
        (record,) = by_state(engine)["claimed"]
        assert (record.in_doubt, len(server.mailbox(ONE).letters)) == (1, 1)
        assert drain(outbox, HOUR) == 1
        first, second = server.mailbox(ONE).letters
        assert first.mime == second.mime
        assert drain(outbox, 2 * HOUR) == 0
        assert len(server.world.sent) == 2


def test_a_letter_whose_reply_was_lost_twice_is_parked_and_never_sent_a_third_time(tmp_path: Path) -> None:
    with posting(tmp_path, 1, Fault("lost", operation="POST sendMail", times=2)) as (server, engine, outbox):
        for hours in range(6):
            drain(outbox, hours * HOUR)
        (record,) = by_state(engine)["parked"]
        assert record.said.startswith("The connection was lost twice")
        assert len(server.world.sent) == 2


@pytest.mark.parametrize("what", ["cut", "lost", "late"])
def test_where_nobody_can_know_whether_it_was_done_a_letter_is_in_doubt(what: str) -> None:
    assert refused_by(Fault(what, operation="POST sendMail")) == (True, False)


@pytest.mark.parametrize(("what", "down"), [("503", True), ("429", True), ("400", False)])
def test_a_server_that_answers_has_not_taken_the_letter(what: str, down: bool) -> None:
    assert refused_by(Fault(what, operation="POST sendMail")) == (False, down)


def refused_by(fault: Fault) -> tuple[bool, bool]:
    """Whether the letter is in doubt, and whether the server counts as down."""
    with GraphServer([ONE], [fault]) as server, pytest.raises(TransportError) as caught:
        deliver(server)
    return caught.value.in_doubt, caught.value.server_down


def test_a_wrong_secret_is_one_token_request_for_all_letters_and_said(tmp_path: Path) -> None:
    with posting(tmp_path, 3) as (server, engine, outbox):
        (tmp_path / "secret").write_text("wrong", "utf-8")
        for hours in range(4):
            drain(outbox, hours * HOUR)
        assert (server.http_requests, server.token_requests, sorted(by_state(engine))) == (0, 1, ["claimed"])
        found = trouble(engine.database)
        assert found is not None
        assert "Nothing more is tried with it until it is another" in found.said
        (tmp_path / "secret").write_text(SECRET, "utf-8")
        assert drain(outbox, 5 * HOUR) == 3
        assert trouble(engine.database) is None


def test_a_mailbox_that_may_not_send_stops_the_letters_and_says_so(tmp_path: Path) -> None:
    with posting(tmp_path, 2) as (server, engine, outbox):
        server.application.forbid("Mail.Send")
        assert drain(outbox) == 0
        found = trouble(engine.database)
        assert found is not None
        assert found.said.startswith(
            f'{SERVICE}: the service may not send letters from it. Give it "Application Mail.Send"'
        )
        assert (server.operations().count("POST sendMail"), sorted(by_state(engine))) == (1, ["claimed"])
        server.application.allow("Mail.Send", SERVICE)
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
    with posting(tmp_path, 3, Fault(code, operation="POST sendMail", skip=1)) as (_, engine, outbox):
        assert drain(outbox) == 2
        (parked,) = by_state(engine)["parked"]
        assert parked.said.startswith(f"{SERVICE}: {sentence} (")
        assert trouble(engine.database) is None


def test_a_letter_that_is_refused_for_ever_and_comes_first_waits_alone(tmp_path: Path) -> None:
    with posting(tmp_path, 3) as (server, engine, outbox):
        first = min((one for one in engine.letters()), key=lambda one: one.to)
        encoded = _encoded(engine.spool.read(first.spool))
        server.add_faults(Fault("500", operation="POST sendMail", naming=encoded, times=None))
        drain(outbox)
        drain(outbox, HOUR)
        assert trouble(engine.database) is None
        assert [len(server.mailbox(address(n)).letters) for n in (1, 2, 3)].count(1) == 2


def _encoded(mime: bytes) -> str:
    """What stands for a letter's own headers in the base64 of the request."""
    import base64

    return base64.b64encode(mime[:300]).decode()[:380]
