"""From a letter to the bytes that go on the wire: MIME, 7-bit, the same bytes for the same letter.

The bodies are the standard library's EmailMessage. The headers are written here: EmailMessage folds long ids and
addresses into encoded words inside `<...>`, which RFC 2047 section 5 forbids and which breaks List-Unsubscribe.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from mailer.letter import Letter, Sender, message_id

LINE = 76
"""The longest line of a header that holds encoded words (RFC 2047, 2); RFC 5322 would allow 78."""

LONGEST_LINE = 998
"""Without CRLF (RFC 5322, 2.1.1). Addresses are not folded, for not every reader unfolds them well."""

SUPPRESS = "DR, RN, NRN, OOF, AutoReply"
"""No automatic replies of Exchange, but non-delivery reports: "All" would suppress those too (MS-OXCMAIL)."""


def compose(letter: Letter, sender: Sender) -> bytes:
    """The letter as RFC 5322 bytes: multipart/alternative with text, HTML and, last, the calendar part.

    The order is Exchange's own (MS-OXCMAIL). Raises ValueError for an address or a link that is not plain ASCII
    (the readers of config.toml and people.csv let none through), and for a header line beyond 998 characters.
    """
    head = "".join(f"{name}: {value}\r\n" for name, value in _headers(letter, sender))
    if any(len(line) > LONGEST_LINE for line in head.split("\r\n")):
        raise ValueError(f"A header of the letter {letter.key} is longer than {LONGEST_LINE} characters.")
    return head.encode("ascii") + _body(letter).as_bytes()


def _headers(letter: Letter, sender: Sender) -> Iterator[tuple[str, str]]:
    yield "Date", format_datetime(letter.date)
    yield "From", _mailbox("From", sender.name, sender.address)
    yield "To", _mailbox("To", letter.name, letter.address)
    if sender.reply_to:
        yield "Reply-To", _address(sender.reply_to)
    yield "Subject", _text("Subject", letter.subject)
    yield "Message-ID", _token(message_id(letter.key, sender.domain))
    yield "Auto-Submitted", "auto-generated"  # RFC 3834, 5
    if letter.calendar is None:
        # On a calendar part this might suppress the answers to the invitation.
        yield "X-Auto-Response-Suppress", SUPPRESS
    yield from _unsubscribe(letter)


def _unsubscribe(letter: Letter) -> Iterator[tuple[str, str]]:
    """RFC 2369, 3.2, and the one click of RFC 8058, which needs an https address."""
    ways = [f"<{_token(letter.unsubscribe)}>"] if letter.unsubscribe else []
    if letter.unsubscribe_mailto:
        ways.append(f"<mailto:{_address(letter.unsubscribe_mailto)}>")
    if ways:
        yield "List-Unsubscribe", ",\r\n ".join(ways)
    if letter.unsubscribe and letter.unsubscribe.startswith("https:"):
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def _body(letter: Letter) -> EmailMessage:
    body = EmailMessage(policy=SMTP)
    body.set_content(letter.text, cte="quoted-printable")
    body.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    if letter.calendar:
        body.add_alternative(
            letter.calendar.ics,
            maintype="text",
            subtype="calendar",
            cte="base64",  # relays rewrap the lines of other encodings, and iCalendar is folded
            params={"charset": "utf-8", "method": letter.calendar.method},
        )
    for part in body.iter_parts():
        del part["MIME-Version"]  # a top-level field (RFC 2045, 4), which the library writes into parts too
    # The library draws boundaries by lot; the same letter must have the same bytes. "=_" is in neither
    # quoted-printable nor base64 (RFC 2045, 6.7), so the boundary cannot stand in a part.
    body.set_boundary("=_" + hashlib.sha256(f"boundary/{letter.key}".encode()).hexdigest()[:32])
    return body


def _mailbox(header: str, name: str, address: str) -> str:
    """`name <address>` (RFC 5322, 3.4), the address on a line of its own where the first would be too long."""
    plain, brackets = clean(name), f"<{_address(address)}>"
    if not plain:
        return brackets
    phrase = _phrase(header, plain)
    last = phrase.rpartition("\r\n")[2]
    room = len(header) + 2 + len(last) + 1 + len(brackets) <= LINE and last == phrase
    return f"{phrase} {brackets}" if room else f"{phrase}\r\n {brackets}"


def _phrase(header: str, name: str) -> str:
    if _is_plain(header, name) and re.fullmatch(r"[\w !#$%&'*+/=?^`{|}~-]+", name, re.ASCII):
        return name
    quoted = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    return quoted if _is_plain(header, quoted) else _encoded(header, name)


def _text(header: str, text: str) -> str:
    plain = clean(text)
    return plain if _is_plain(header, plain) else _encoded(header, plain)


def _is_plain(header: str, text: str) -> bool:
    """Whether the text may stand as it is: printable ASCII in one short line, nothing that looks encoded."""
    return text.isascii() and "=?" not in text and len(header) + 2 + len(text) <= LINE


def _encoded(header: str, text: str) -> str:
    """The text as encoded words (RFC 2047), split between characters, folded."""
    return Header(text, "utf-8", maxlinelen=LINE, header_name=header).encode(linesep="\r\n")


def _address(address: str) -> str:
    if not re.fullmatch(r"[!-~]+@[!-~]+", address) or re.search(r'[<>()\[\],;:"\\]', address):
        raise ValueError(f"{address!r} is not a plain ASCII address (RFC 5321, without quoting).")
    return address


def _token(text: str) -> str:
    """An id or a web address: printable ASCII without spaces."""
    if not re.fullmatch(r"[!-~]+", text):
        raise ValueError(f"{text!r} cannot stand in a header: it must be ASCII without spaces.")
    return text


def clean(text: str) -> str:
    """The text in one line: no control characters, no line ends of any script (split() knows U+2028), single spaces.

    This is what keeps a name or a title from beginning a header of its own.
    """
    spaced = "".join(" " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in text)
    return " ".join(spaced.split())
