import base64
import email
import re
from datetime import datetime
from email.header import Header, decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import compat32, default
from email.utils import parseaddr
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mailer.compose import clean, compose, encoded
from mailer.letter import CalendarPart, Letter, Sender, message_id
from mailer.render import Renderer
from tests.mail_values import SENDER, letter, reader, tip, welcome

pytestmark = pytest.mark.slow

ICS = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Ærø\r\nEND:VCALENDAR\r\n".encode()
PAGE = "https://aitid.x.example/stop/" + "WyJ4Y2tqaHNkZmhqIl0." * 12


def parsed(made: Letter, sender: Sender = SENDER) -> EmailMessage:
    message = email.message_from_bytes(compose(made, sender), policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    assert not [defect for part in message.walk() for defect in part.defects]
    assert not [defect for value in message.values() for defect in value.defects]
    return message


def content(part: MIMEPart) -> str:
    """What a part says, its lines ended as they are in Python: on the wire they end in CRLF."""
    return str(part.get_content()).replace("\r\n", "\n")


def mailbox(made: Letter, header: str, sender: Sender = SENDER) -> tuple[str, str]:
    """Name and address of a header, decoded by the older of Python's parsers.

    The newer one, in 3.11, puts a space between two encoded words of a name, against RFC 2047 section 6.2.
    """
    raw = email.message_from_bytes(compose(made, sender), policy=compat32)[header]
    name, address = parseaddr(raw)
    return str(make_header(decode_header(name))), address


def head(made: Letter, sender: Sender = SENDER) -> list[str]:
    return compose(made, sender).decode("ascii").partition("\r\n\r\n")[0].split("\r\n")


def test_the_headers_of_a_plain_letter_are_exactly_these() -> None:
    assert head(letter(subject="Ugens prompt")) == [
        "Date: Mon, 30 Nov 2026 06:00:00 +0000",
        "From: AI-tid <ai-tid@x.example>",
        "To: Anna Holm <anna@x.example>",
        "Reply-To: mette@x.example",
        "Subject: Ugens prompt",
        "Message-ID: <bb01bcd6670f4d68fb38ff9f44b38635dddf32e7@x.example>",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply",
        "MIME-Version: 1.0",
        "Content-Type: multipart/alternative;",
        ' boundary="=_a5293fec9eef1dbc91b0f25e1b104007"',
    ]


def test_the_message_id_is_the_hash_of_the_key_and_nothing_else() -> None:
    assert message_id("tip/2026-W49/7", "x.example") == "<bb01bcd6670f4d68fb38ff9f44b38635dddf32e7@x.example>"
    assert parsed(letter(name="Another", address="new@x.example"))["Message-ID"] == parsed(letter())["Message-ID"]
    assert message_id("tip/2026-W50/7", "x.example") != message_id("tip/2026-W49/7", "x.example")


def test_the_body_is_text_then_html_and_both_decode_to_what_was_written() -> None:
    message = parsed(letter())
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert content(text) == letter().text
    assert content(html) == letter().html
    assert {part["Content-Transfer-Encoding"] for part in (text, html)} == {"base64"}
    assert "MIME-Version" not in html


def test_an_invitation_is_the_third_part_and_keeps_its_bytes() -> None:
    message = parsed(letter(calendar=CalendarPart(method="REQUEST", ics=ICS)))
    _, _, calendar = message.iter_parts()
    assert calendar.get_content_type() == "text/calendar"
    assert calendar["Content-Type"].params == {"charset": "utf-8", "method": "REQUEST"}
    assert calendar["Content-Transfer-Encoding"] == "base64"
    assert calendar["Content-Disposition"] is None
    assert calendar.get_payload(decode=True) == ICS
    assert message["From"].addresses[0].addr_spec == SENDER.address


def test_an_invitation_asks_nobody_to_hold_back_an_answer() -> None:
    message = parsed(letter(calendar=CalendarPart(method="CANCEL", ics=ICS)))
    assert "X-Auto-Response-Suppress" not in message
    assert message["Auto-Submitted"] == "auto-generated"


def test_a_letter_without_a_way_to_stop_has_no_list_headers_and_without_reply_address_no_reply_to() -> None:
    sender = Sender(name="AI-tid", address="ai-tid@x.example", reply_to=None, domain="x.example")
    names = parsed(letter(), sender).keys()
    assert not {"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Reply-To"} & set(names)


def test_a_long_stop_link_stands_whole_on_one_line() -> None:
    lines = head(letter(unsubscribe=PAGE))
    assert f"List-Unsubscribe: <{PAGE}>" in lines
    assert "List-Id: <tips.x.example>" in lines
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


def test_one_click_is_promised_for_https_only() -> None:
    plain = parsed(letter(unsubscribe="http://x.example/stop/1"))
    assert plain["List-Unsubscribe"] == "<http://x.example/stop/1>"
    assert "List-Unsubscribe-Post" not in plain
    by_mail = parsed(letter(unsubscribe_mailto="mette@x.example"))
    assert by_mail["List-Unsubscribe"] == "<mailto:mette@x.example>"
    assert "List-Unsubscribe-Post" not in by_mail
    both = parsed(letter(unsubscribe=PAGE, unsubscribe_mailto="mette@x.example"))
    assert both["List-Unsubscribe"].split() == [f"<{PAGE}>,", "<mailto:mette@x.example>"]


def test_the_date_keeps_its_zone() -> None:
    local = datetime(2026, 11, 30, 7, 0, tzinfo=ZoneInfo("Europe/Copenhagen"))
    assert head(letter(date=local))[0] == "Date: Mon, 30 Nov 2026 07:00:00 +0100"


def test_the_same_letter_has_the_same_bytes_and_another_key_another_boundary() -> None:
    one = letter(calendar=CalendarPart(method="REQUEST", ics=ICS))
    assert compose(one, SENDER) == compose(one, SENDER)
    assert parsed(letter()).get_boundary() != parsed(letter(key="tip/2026-W50/7")).get_boundary()


BREAKS = ["\r\n", "\n", "\r", "\r\n ", "\x0b", "\x0c", "\x00", "\x1c", "\x85", "\u2028", "\u2029", "\ud800"]


@pytest.mark.parametrize("sign", BREAKS, ids=ascii)
def test_no_line_end_gets_into_a_header(sign: str) -> None:
    attack = f"Anna{sign}Bcc: all@x.example{sign}{sign}<script>"
    made = letter(name=attack, subject=attack)
    sender = Sender(name=attack, address=SENDER.address, reply_to=None, domain="x.example")
    message = parsed(made, sender)
    assert "Bcc" not in message
    assert message["Subject"] == "Anna Bcc: all@x.example <script>"
    assert message["To"].addresses == (Address("Anna Bcc: all@x.example <script>", addr_spec="anna@x.example"),)
    assert message["From"].addresses[0].addr_spec == SENDER.address
    assert parsed(made, sender).keys() == parsed(letter(), sender).keys()


@pytest.mark.parametrize(
    "address",
    [
        "anna",
        "anna@x.example\r\nBcc: b@x.example",
        "ænna@x.example",
        "a b@x.example",
        "a@x.example, b@x.example",
        "<a@b.c>",
    ],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="is not a plain ASCII address"):
        compose(letter(address=address), SENDER)


@pytest.mark.parametrize("link", ["https://x.example/a b", "https://x.example/\r\nBcc:a", "https://x.example/æ"])
def test_a_stop_link_that_is_none_is_refused(link: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a header"):
        compose(letter(unsubscribe=link), SENDER)


def test_a_header_beyond_the_limit_of_mail_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than 998"):
        compose(letter(unsubscribe="https://x.example/" + "a" * 980), SENDER)


TEXTS = [
    "Djævelens advokat på din egen plan (og fire til)",
    "Rødgrød med fløde " * 20,
    "plain " * 40,
    "uden_mellemrum" * 30,
    "👩‍👩‍👧‍👦 familie 🏳️‍🌈" * 12,
    "שלום עולם، مرحبا بالعالم",
    '"Quoted" \\ back, comma; semi <angle> (paren) @ x',
    "=?utf-8?q?not_encoded?=",
    "Holm, Anna",
    "O'Neill-Åström Jr.",
    "e\u0301a\u030a combining",
    ".",
    "a",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_name_and_a_subject_read_back_as_they_were(text: str) -> None:
    _reads_back(text)


@given(st.sampled_from(["To", "Subject"]), st.text(min_size=1, max_size=200))
def test_an_encoded_value_is_what_the_library_makes_of_it(header: str, text: str) -> None:
    plain = clean(text)
    assume(plain)
    library = Header(plain, "utf-8", maxlinelen=76, header_name=header).encode(linesep="\r\n")
    assert encoded(header, plain) == library


@given(st.text(min_size=1, max_size=200))
def test_any_name_and_subject_read_back_as_they_were(text: str) -> None:
    _reads_back(text)


def _reads_back(text: str) -> None:
    sender = Sender(name=text, address="ai-tid@x.example", reply_to=None, domain="x.example")
    message = parsed(letter(name=text, subject=text), sender)
    assert message["Subject"] == clean(text)
    assert [one.addr_spec for one in message["To"].addresses] == ["anna@x.example"]
    assert mailbox(letter(name=text), "To", sender) == (clean(text), "anna@x.example")
    assert mailbox(letter(), "From", sender) == (clean(text), "ai-tid@x.example")
    lines = head(letter(name=text, subject=text), sender)
    assert max(map(len, lines)) <= 78
    assert all(line.strip() for line in lines)
    assert all(len(word) <= 75 for line in lines for word in re.findall(r"=\?utf-8\?.*?\?=", line))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=3000))
def test_any_text_and_html_read_back_in_seven_bits_and_short_lines(text: str) -> None:
    made = letter(text=text, html=text)
    wire = compose(made, SENDER)
    assert wire.isascii()
    assert max(map(len, wire.split(b"\r\n"))) <= 78
    assert b"\n" not in wire.replace(b"\r\n", b"")
    assert b"\r" not in wire.replace(b"\r\n", b"")
    for part in parsed(made).iter_parts():
        assert content(part).rstrip("\n") == re.sub("\r\n?", "\n", text).rstrip("\n")


def test_a_written_letter_survives_the_wire_whole() -> None:
    words = Renderer(None).render(reader(name="Søren Ærø"), [welcome(), tip()])
    made = letter(
        name="Søren Ærø", subject=words.subject, text=words.text, html=words.html, unsubscribe="https://x.example/s"
    )
    text, html = parsed(made).iter_parts()
    assert (content(text), content(html)) == (words.text, words.html)


def test_the_calendar_part_is_base64_in_lines_that_no_relay_rewraps() -> None:
    wire = compose(letter(calendar=CalendarPart(method="REQUEST", ics=ICS * 40)), SENDER)
    encoded = wire.partition(b"text/calendar")[2].partition(b"\r\n\r\n")[2].partition(b"\r\n--")[0]
    assert base64.b64decode(encoded) == ICS * 40
    assert max(map(len, encoded.split(b"\r\n"))) <= 76
