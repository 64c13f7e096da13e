"""The fast path is held against the plain one, and against what the letter says."""

import email
import re
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture.people import Language
from mailer.compose import clean, compose
from mailer.letter import CalendarPart, Facts, Letter, Sender
from mailer.render import Renderer
from mailer.skeleton import Shape, fill, form_of, shape
from mailer.words import LANGUAGES
from tests.mail_values import RELAY_LETTERS, SENDER, letter, reader
from tests.test_render import LETTERS

pytestmark = pytest.mark.slow

OURS = Renderer(None)
EVERY_KIND = LETTERS | {name: (facts,) for name, facts in RELAY_LETTERS.items()}
ICS = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Ærø\r\nEND:VCALENDAR\r\n".encode()
STOP = "https://aitid.x.example/stop/" + "WyJ4Y2tqaHNkZmhqIl0." * 4
CALENDARS = [None, CalendarPart(method="REQUEST", ics=ICS), CalendarPart(method="CANCEL", ics=ICS * 40)]
NOBODY_TO_ASK = Sender(name="", address="ai-tid@x.example", reply_to=None, domain="x.example")


def parsed(wire: bytes) -> EmailMessage:
    message = email.message_from_bytes(wire, policy=default)
    assert isinstance(message, EmailMessage)
    assert not [defect for part in message.walk() for defect in part.defects]
    return message


def same(made: Letter, sender: Sender = SENDER) -> None:
    """The two ways give the same bytes, which parse to what the letter says."""
    wire = fill(made, sender)
    assert wire == compose(made, sender)
    message = parsed(wire)
    text, html, *calendar = message.iter_parts()
    assert [str(part.get_content()).splitlines() for part in (text, html)] == [
        made.text.splitlines(),
        made.html.splitlines(),
    ]
    assert [part.get_payload(decode=True) for part in calendar] == ([made.calendar.ics] if made.calendar else [])
    assert message["Subject"] == clean(made.subject)
    assert [address.addr_spec for address in message["To"].addresses] == [made.address]


@pytest.mark.parametrize("facts", EVERY_KIND.values(), ids=EVERY_KIND)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_gives_the_same_letter_both_ways(language: Language, facts: tuple[Facts, ...]) -> None:
    words = OURS.render(reader(language, name="Søren Ærø"), facts)
    for said in (words.text, re.sub("<[^>]*>", " ", words.html)):
        assert re.findall(r"[a-zæøå][.?][A-ZÆØÅ]\w*", re.sub(r"\S+@\S+|https?:\S+", "", said)) == []
    calendar = CalendarPart(method="REQUEST", ics=ICS) if language == "da" else None
    same(letter(subject=words.subject, text=words.text, html=words.html, calendar=calendar))


@pytest.mark.parametrize("calendar", CALENDARS, ids=["none", "request", "cancel"])
@pytest.mark.parametrize("sender", [SENDER, NOBODY_TO_ASK], ids=["reply", "no reply"])
@pytest.mark.parametrize("stop", [None, STOP, "http://x.example/stop/1"], ids=["no stop", "https", "http"])
@pytest.mark.parametrize("mailto", [None, "mette@x.example"], ids=["no mailto", "mailto"])
def test_every_shape_has_a_form_and_gives_the_same_letter(
    calendar: CalendarPart | None, sender: Sender, stop: str | None, mailto: str | None
) -> None:
    made = letter(calendar=calendar, unsubscribe=stop, unsubscribe_mailto=mailto)
    assert form_of(shape(made, sender)) is not None
    same(made, sender)


SIGNS = st.sampled_from("æøåÆØÅ\"',;:.<>()@\\ %{}=?_-abcABC019\t🍓👩‍👩‍👧שלוםمرحبا‮e\u0301")
"""What names and titles of people are made of, and what breaks headers."""

NAMES = st.one_of(
    st.text(SIGNS, max_size=40),
    st.text(SIGNS, min_size=300, max_size=300),
    st.text(max_size=80),
    st.sampled_from(["", "Holm, Anna", 'Anna "Ane" Holm', "O'Neill-Åström Jr.", "Æ" * 300, "a" * 300, "=?utf-8?q?x?="]),
)
ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,30}"
ADDRESSES = st.from_regex(rf"{ATOM}(\.{ATOM})?@[a-z0-9]{{1,40}}(\.[a-z0-9-]{{1,20}})?\.example", fullmatch=True)
"""Dot-atoms (RFC 5322, 3.2.3); with two dots in a row Python's own parser falls over."""
BODIES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=400),
    st.text(st.sampled_from("aæ🍓 .\r\n"), max_size=400),
)
DATES = st.datetimes(datetime(2026, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
LETTERS_TO_ODD_PEOPLE = st.builds(
    letter,
    key=st.text(SIGNS, min_size=1, max_size=30),
    name=NAMES,
    address=ADDRESSES,
    subject=NAMES.filter(clean),
    text=BODIES,
    html=BODIES,
    unsubscribe=st.none() | st.from_regex(r"https?://[!-~]{1,300}", fullmatch=True),
    unsubscribe_mailto=st.none() | ADDRESSES,
    calendar=st.none() | st.builds(CalendarPart, method=st.sampled_from(["REQUEST", "CANCEL"]), ics=st.just(ICS)),
    date=DATES,
)


@given(LETTERS_TO_ODD_PEOPLE)
def test_a_letter_to_odd_people_is_the_same_both_ways(made: Letter) -> None:
    wire = fill(made, SENDER)
    assert wire == compose(made, SENDER)
    assert parsed(wire)
    assert wire.isascii()
    assert max(map(len, wire.split(b"\r\n"))) <= 998
    assert wire.count(b"\n") == wire.count(b"\r") == wire.count(b"\r\n")


@given(NAMES, NAMES, st.none() | ADDRESSES)
def test_an_odd_sender_is_the_same_both_ways(name: str, to: str, reply_to: str | None) -> None:
    same(letter(name=to), Sender(name=name, address="ai-tid@x.example", reply_to=reply_to, domain="x.example"))


@given(st.binary(min_size=1, max_size=300))
def test_any_calendar_part_is_the_same_both_ways(ics: bytes) -> None:
    made = letter(calendar=CalendarPart(method="REQUEST", ics=ics))
    assert fill(made, SENDER) == compose(made, SENDER)


def test_a_sender_called_as_a_hole_is_in_no_way_special() -> None:
    for word in ("the subject of the model", "model@skeleton.invalid", "\0to\0", "dGhl"):
        same(letter(), Sender(name=word, address="ai-tid@x.example", reply_to=None, domain="x.example"))


def test_a_letter_that_the_plain_path_refuses_is_refused_in_the_same_words() -> None:
    for made in (
        letter(address="anna@x.example\r\nBcc: b@x.example"),
        letter(unsubscribe="https://x.example/\r\nBcc:a"),
        letter(unsubscribe_mailto="nobody"),
        letter(unsubscribe="https://x.example/" + "a" * 980),
        letter(address="a" * 990 + "@x.example"),
    ):
        with pytest.raises(ValueError) as plain:  # noqa: PT011 - the words are compared below
            compose(made, SENDER)
        with pytest.raises(ValueError) as fast:  # noqa: PT011 - the same
            fill(made, SENDER)
        assert str(fast.value) == str(plain.value)


def test_a_value_near_the_limit_of_a_line_is_written() -> None:
    for length in range(860, 960, 7):
        same(letter(unsubscribe="https://x.example/" + "a" * length))
        same(letter(address="a" * length + "@x.example"))


def test_the_zone_of_the_date_is_kept() -> None:
    same(letter(date=datetime(2026, 11, 30, 7, 0, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))))


def test_a_form_that_does_not_give_the_same_is_not_used() -> None:
    """A sender in whom the words of the model stand: the hole would be in the wrong place."""
    sender = Sender(name="the subject of the model", address="ai-tid@x.example", reply_to=None, domain="x.example")
    assert form_of(Shape(sender, "", mailto=False, method=None)) is None
