"""From a letter to the bytes that go on the wire: MIME, 7-bit, the same bytes for the same letter.

The bodies are the standard library's EmailMessage. The headers are written here: EmailMessage folds long ids and
addresses into encoded words inside `<...>`, which RFC 2047 section 5 forbids and which breaks List-Unsubscribe.

This is the plain path: it says what a letter is on the wire. `mailer.skeleton` writes the same bytes in a fraction of
the time and is held against it.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from email.charset import Charset
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

from mailer.letter import Letter, Sender, message_id

LINE = 76
"""The longest line of a header that holds encoded words (RFC 2047, 2); RFC 5322 would allow 78."""

LONGEST_LINE = 998
"""Without CRLF (RFC 5322, 2.1.1). Addresses are not folded, for not every reader unfolds them well."""

SUPPRESS = "DR, RN, NRN, OOF, AutoReply"
"""No automatic replies of Exchange, but non-delivery reports: "All" would suppress those too (MS-OXCMAIL)."""

LIST = "tips"
"""What the letters that can be stopped are known by to a mailbox, for good, whatever the programme is called."""

UTF8 = Charset("utf-8")
"""How the library encodes a word of a header: base64 or quoted-printable, whichever is shorter."""


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
    yield "From", mailbox("From", sender.name, sender.address)
    yield "To", mailbox("To", letter.name, letter.address)
    if sender.reply_to:
        yield "Reply-To", plain_address(sender.reply_to)
    yield "Subject", unstructured("Subject", letter.subject)
    yield "Message-ID", token(message_id(letter.key, sender.domain))
    yield "Auto-Submitted", "auto-generated"  # RFC 3834, 5
    if letter.calendar is None:
        # On a calendar part this might suppress the answers to the invitation.
        yield "X-Auto-Response-Suppress", SUPPRESS
    yield from _unsubscribe(letter, sender)


def _unsubscribe(letter: Letter, sender: Sender) -> Iterator[tuple[str, str]]:
    """What a mailbox sorts the tips by and offers to stop them with (RFC 2919; RFC 2369, 3.2); and the one click of RFC
    8058, which needs an https address: at another one a mailbox shows the page."""
    ways = [f"<{token(letter.unsubscribe)}>"] if letter.unsubscribe else []
    if letter.unsubscribe_mailto:
        ways.append(f"<mailto:{plain_address(letter.unsubscribe_mailto)}>")
    if ways:
        yield "List-Id", token(f"<{LIST}.{sender.domain}>")
        yield "List-Unsubscribe", ",\r\n ".join(ways)
    if letter.unsubscribe and letter.unsubscribe.startswith("https:"):
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def _body(letter: Letter) -> EmailMessage:
    body = EmailMessage(policy=SMTP)
    # Base64 all through: a third of the work of quoted-printable, no line that begins with a dot, and relays rewrap
    # the lines of other encodings. It is a fifth longer on the wire for HTML in Danish.
    body.set_content(letter.text, cte="base64")
    body.add_alternative(letter.html, subtype="html", cte="base64")
    if letter.calendar:
        body.add_alternative(
            letter.calendar.ics,
            maintype="text",
            subtype="calendar",
            cte="base64",
            params={"charset": "utf-8", "method": letter.calendar.method},
        )
    for part in body.iter_parts():
        del part["MIME-Version"]  # a top-level field (RFC 2045, 4), which the library writes into parts too
    body.set_boundary(boundary(letter.key))
    return body


def boundary(key: str) -> str:
    """What separates the parts of the letter with this key.

    The library draws boundaries by lot; the same letter must have the same bytes. "_" is not in base64, so the
    boundary cannot stand in a part.
    """
    return "=_" + hashlib.sha256(f"boundary/{key}".encode()).hexdigest()[:32]


def mailbox(header: str, name: str, address: str) -> str:
    """`name <address>` (RFC 5322, 3.4), the address on a line of its own where the first would be too long."""
    plain, brackets = clean(name), f"<{plain_address(address)}>"
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
    return quoted if _is_plain(header, quoted) else encoded(header, name)


def unstructured(header: str, text: str) -> str:
    """A text as the value of a header (RFC 5322, 2.2.1), in encoded words where it must be."""
    plain = clean(text)
    return plain if _is_plain(header, plain) else encoded(header, plain)


def _is_plain(header: str, text: str) -> bool:
    """Whether the text may stand as it is: printable ASCII in one short line, nothing that looks encoded."""
    return text.isascii() and "=?" not in text and len(header) + 2 + len(text) <= LINE


def encoded(header: str, text: str) -> str:
    """The text as encoded words (RFC 2047), split between characters, folded."""
    # What fits into one word is what Header would make of it, in a hundredth of the time.
    word = UTF8.header_encode(text)
    return word if len(header) + 2 + len(word) <= LINE else _folded(header, text)


@lru_cache(maxsize=256)  # a week's subjects are few
def _folded(header: str, text: str) -> str:
    return Header(text, "utf-8", maxlinelen=LINE, header_name=header).encode(linesep="\r\n")


def plain_address(address: str) -> str:
    """The address as it is. Raises ValueError when it cannot stand unquoted in a header."""
    if not re.fullmatch(r"[!-~]+@[!-~]+", address) or re.search(r'[<>()\[\],;:"\\]', address):
        raise ValueError(f"{address!r} is not a plain ASCII address (RFC 5321, without quoting).")
    return address


def token(text: str) -> str:
    """An id or a web address: printable ASCII without spaces. Raises ValueError for anything else."""
    if not re.fullmatch(r"[!-~]+", text):
        raise ValueError(f"{text!r} cannot stand in a header: it must be ASCII without spaces.")
    return text


def clean(text: str) -> str:
    """The text in one line: no control characters, no line ends of any script (split() knows U+2028), single spaces.

    This is what keeps a name or a title from beginning a header of its own.
    """
    if not text.isprintable():  # most are, and that is quickly seen: none of these signs is printable
        text = "".join(" " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in text)
    return " ".join(text.split())
