"""The transport `smtp`: one letter to one recipient a transaction, over a connection that is kept (RFC 5321).

One recipient a transaction makes every reply be about exactly one letter. What goes wrong up to MAIL FROM is about
the server or our mailbox there (`server_down`). Once the recipient has been named it is about the letter; where the words
could be about the server as well they have a `cause`, and so has a lost connection. After the final dot it may be
unknown whether the letter was taken (`in_doubt`). A 421 is a reason to leave the server alone (`rest`) wherever it comes.

How long one letter can take: a server that falls silent is given up after `timeout_seconds`, or twice that when a kept
connection had died and a new one is silent too. `close` takes two seconds at most.
"""

import base64
import binascii
import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from mailer.smtp.settings import Smtp
from mailer.transport import Envelope, TransportError

WORDS_CHARACTERS = 400
"""How much of a server's reply is kept: several lines of text, not a page."""

QUIT_SECONDS = 2.0
"""How long a good-bye may take; the letters are already settled by then."""

LF = 0x0A

TOO_LARGE = 552
"""RFC 1870, 6.1 and RFC 5321, 4.2.3: exceeded storage allocation."""

ENHANCED = re.compile(rb"\s*[245]\.(\d{1,3})\.(\d{1,3})\b")
"""An enhanced status code before the server's words: its subject and detail (RFC 3463)."""

NO_STARTTLS = (
    'the server does not offer STARTTLS. Write [smtp] security = "tls" (mostly port 465), or "none" for a relay '
    "inside your own network"
)
NO_TLS = (
    'the server does not speak TLS from the first word on this port. Write [smtp] security = "starttls" (mostly port '
    "587), or the port on which it does (mostly 465)"
)
NO_LOGIN = (
    "of the ways to log in with a password, PLAIN and LOGIN, the server offers none (it offers: {}). "
    'Write [smtp] auth = "xoauth2" or "none", or ask whoever runs the server'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """The section [smtp], and what it names.

    `secret` gives the password or the OAuth access token, asked anew for each connection. `ca_file` replaces the
    system's certificate authorities. `helo` is the name that we give ourselves: a host name of ours.
    """

    server: Smtp
    secret: Callable[[], str] | None
    ca_file: Path | None
    helo: str


class SmtpTransport:
    """Delivers letters by SMTP. Belongs to one thread; connects at the first letter."""

    name = "smtp"

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings, self._server = settings, settings.server
        self._smtp: smtplib.SMTP | None = None
        self._mid_transaction = False
        self._named = False  # the recipient of the letter in hand, to the server
        self._heard = False  # any answer about the letter in hand
        self._size = 0  # of the letter in hand, in bytes

    def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
        """Hand the letter over; returns the server's words after the final dot. See `Transport.deliver`."""
        sender, recipient = _mailbox(envelope.sender), _mailbox(envelope.recipient)
        lines = _with_crlf(mime)
        kept = self._ready()
        self._fits(len(lines))
        on_wire()
        try:
            self._announce(sender, recipient, len(lines))
        except TransportError:
            # A kept connection may have been closed since the last letter, which MAIL FROM finds; a new one may not.
            if not (kept and self._smtp is None and not self._heard):
                raise
            self._connect()
            self._announce(sender, recipient, len(lines))
        return self._body(lines)

    def probe(self) -> None:
        """Connect and log in, without a letter. Raises TransportError when the server does not let us in."""
        self._connect()

    def close(self) -> None:
        """Say QUIT where somebody listens, and close."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        with contextlib.suppress(OSError):
            if smtp.sock:
                smtp.sock.settimeout(min(QUIT_SECONDS, self._server.timeout_seconds))
            smtp.docmd("QUIT")
        smtp.close()

    def _ready(self) -> bool:
        """Have a connection without a transaction. True when it is one that was kept from an earlier letter."""
        if self._smtp is not None and self._mid_transaction:
            # RSET ends what a refusal left open. After an accepted letter there is nothing to end (4.1.1.4),
            # and the round trip is saved.
            with contextlib.suppress(TransportError):
                self._command("RSET", "RSET")
                self._mid_transaction = False
            if self._mid_transaction:
                self._lose()
        if self._smtp is not None:
            return True
        self._connect()
        return False

    def _fits(self, size: int) -> None:
        """Raises TransportError (permanent) when the server has said that it takes no letter of so many bytes."""
        assert self._smtp is not None
        limit = self._smtp.esmtp_features.get("size", "")  # RFC 1870: absent, empty or 0 is no limit
        if limit.isdigit() and 0 < int(limit) < size:
            words = f"the letter has {size} bytes, and the server takes {int(limit)} at most. It was not sent"
            raise TransportError(self._sentence("SIZE", words), permanent=True)

    def _announce(self, sender: str, recipient: str, size: int) -> None:
        """All that comes before the letter itself: in one flight where the server takes it (RFC 2920), else in three.
        A flight saves two round trips of four, and with a server next door a third of the work."""
        assert self._smtp is not None
        self._size, self._mid_transaction, self._named, self._heard = size, True, False, False
        announced = f" SIZE={size}" if self._smtp.has_extn("size") else ""  # RFC 1870
        commands = (
            ("MAIL FROM", f"MAIL FROM:<{sender}>{announced}", 2),
            ("RCPT TO", f"RCPT TO:<{recipient}>", 2),
            ("DATA", "DATA", 3),
        )
        if self._smtp.has_extn("pipelining"):
            self._flight(commands)
        else:
            for stage, line, wanted in commands:
                self._named = stage != "MAIL FROM"
                self._command(stage, line, wanted=wanted)
                self._heard = True

    def _flight(self, commands: Sequence[tuple[str, str, int]]) -> None:
        """Send commands together, then read a reply to each. The first that is not as wanted is about its command;
        those after it only follow from it."""
        assert self._smtp is not None
        self._named = True
        try:
            self._smtp.send("".join(f"{line}\r\n" for _, line, _ in commands))
        except OSError as error:
            self._fail(commands[0][0], error)
        refused, last = self._first_refused(commands)
        if refused:
            if last == 421 or not _understood(last):
                self._lose()  # or it waits for a letter after all (354), and would take an empty one
            self._refused(*refused)

    def _first_refused(self, commands: Sequence[tuple[str, str, int]]) -> tuple[tuple[str, int, bytes] | None, int]:
        """The first reply that is not as wanted, with its stage; and the last code, -1 where nothing came any more."""
        assert self._smtp is not None
        refused: tuple[str, int, bytes] | None = None
        code = -1
        for stage, _, wanted in commands:
            try:
                code, reply = self._smtp.getreply()
            except OSError as error:
                if refused is None:
                    self._fail(stage, error)
                code = -1
            if refused is None and code // 100 != wanted:
                refused = stage, code, reply
            if code == 421 or code < 200:
                break  # nothing more comes, or nothing that could be understood
            self._heard = True
        return refused, code

    def _command(self, stage: str, line: str, *, wanted: int = 2) -> None:
        """Send a line. Raises TransportError when the reply does not begin with the digit that is wanted
        (RFC 5321, 4.3.2: a client goes by the first digit), or none comes."""
        assert self._smtp is not None
        try:
            code, reply = self._smtp.docmd(line)
        except OSError as error:
            self._fail(stage, error)
        if code // 100 != wanted:
            self._refused(stage, code, reply)

    def _body(self, lines: bytes) -> str:
        assert self._smtp is not None
        try:
            self._smtp.send(_stuffed(lines) + b".\r\n")
        except OSError as error:
            self._fail("the letter", error)  # the final dot never left, so it cannot have been accepted
        try:
            code, reply = self._smtp.getreply()
        except OSError as error:
            self._lose()
            message = self._sentence("the final dot", f"the connection was lost before the reply ({_said(error)})")
            raise TransportError(message, in_doubt=True, cause=f"the final dot: {_said(error)}") from error
        if code // 100 != 2:
            self._refused("the final dot", code, reply)
        self._mid_transaction = False
        return _words(code, reply)

    def _connect(self) -> None:
        """Connect, secure the line, log in. Raises TransportError with `server_down`, whatever goes wrong."""
        self._mid_transaction = self._named = False
        stage = "connecting"
        try:
            smtp = self._smtp = self._open()
            stage = "EHLO"
            _greet(smtp)
            if self._server.security == "starttls":
                stage = "STARTTLS"
                smtp.starttls(context=self._tls())
                _greet(smtp)
        except (OSError, UnicodeError) as error:
            self._fail(stage, error, server_down=True)
        if self._server.auth != "none":
            self._log_in()

    def _open(self) -> smtplib.SMTP:
        given, helo = self._server, self._settings.helo
        if given.security == "tls":
            context, timeout = self._tls(), given.timeout_seconds
            return smtplib.SMTP_SSL(given.host, given.port, helo, timeout=timeout, context=context)
        return smtplib.SMTP(given.host, given.port, helo, timeout=given.timeout_seconds)

    def _tls(self) -> ssl.SSLContext:
        """A context that verifies certificate and host name."""
        try:
            return ssl.create_default_context(cafile=self._settings.ca_file)
        except OSError as error:
            file = self._settings.ca_file
            raise OSError(f"{file} cannot be read as certificates in PEM format: {_said(error)}") from error

    def _log_in(self) -> None:
        """AUTH XOAUTH2, PLAIN or LOGIN. smtplib's own `login` cannot send a password with letters like ø."""
        assert self._smtp is not None
        user, secret = self._server.user or "", self._secret()
        offered = self._smtp.esmtp_features.get("auth", "").upper().split()
        try:
            if self._server.auth == "xoauth2":
                self._xoauth2(user, secret)
            elif "PLAIN" in offered:
                login = "\0".join(("", user, secret))  # RFC 4616; UTF-8
                self._command("AUTH", f"AUTH PLAIN {_base64(login)}")
            elif "LOGIN" in offered:
                self._command("AUTH", "AUTH LOGIN", wanted=3)
                self._command("AUTH", _base64(user), wanted=3)
                self._command("AUTH", _base64(secret))
            else:
                raise TransportError(self._sentence("AUTH", NO_LOGIN.format(" ".join(offered) or "none")))
        except TransportError as error:
            self._lose()
            raise TransportError(error.message, code=error.code, server_down=True) from error

    def _xoauth2(self, user: str, token: str) -> None:
        """Google's and Microsoft's bearer login. A refused token comes as 334 with JSON, then the real reply."""
        assert self._smtp is not None
        try:
            login = f"user={user}\1auth=Bearer {token}\1\1"
            code, reply = self._smtp.docmd("AUTH XOAUTH2", _base64(login))
            detail = b""
            if code == 334:
                with contextlib.suppress(binascii.Error):
                    detail = base64.b64decode(reply)
                code, reply = self._smtp.docmd("")
        except OSError as error:
            self._fail("AUTH", error)
        if code // 100 != 2:
            self._refused("AUTH", code, b" ".join(part for part in (reply, detail) if part))

    def _secret(self) -> str:
        try:
            return self._settings.secret() if self._settings.secret else ""
        except Exception as error:  # the caller's: a file, a command or a token service, each with its own errors
            self._lose()
            message = self._sentence("AUTH", f"the secret could not be had ({_said(error)})")
            raise TransportError(message, server_down=True) from error

    # What went wrong

    def _fail(self, stage: str, error: Exception, *, server_down: bool = False) -> NoReturn:
        """No usable reply came: the connection is given up."""
        self._lose()
        code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None
        raise TransportError(
            self._sentence(stage, _said(error)),
            code=code if code and code > 0 else None,
            server_down=server_down or not self._named,
            cause=f"{stage}: {_said(error)}",
        ) from error

    def _refused(self, stage: str, code: int, reply: bytes) -> NoReturn:
        """A reply came, and it was not the one hoped for."""
        understood = _understood(code)
        if code == 421 or not understood:
            self._lose()  # 421 announces that the server closes (RFC 5321, 3.8); and who knows what comes after noise
        about_us = self._about_us(stage, code)
        said = f"the server said: {_words(code, reply)}"
        if code == TOO_LARGE and stage in ("MAIL FROM", "DATA", "the final dot"):  # at RCPT TO a mailbox is full
            said += f" (the letter has {self._size} bytes)"
        raise TransportError(
            self._sentence(stage, said),
            code=code if understood else None,
            permanent=500 <= code <= 599 and not about_us,
            in_doubt=stage == "the final dot" and not understood,
            server_down=about_us,
            rest=code == 421,
            cause="" if about_us or _is_the_letters(stage, code, reply) else f"{stage}: {code} {_enhanced(reply)}",
        )

    def _about_us(self, stage: str, code: int) -> bool:
        """Whether a refusal is about the server or our mailbox there, and not about this letter.

        Of this letter, MAIL FROM says only its size. The sender is the same in all of them, and nothing is gained by
        parking five hundred letters because a mailbox may not send.
        """
        return stage == "MAIL FROM" and code != TOO_LARGE and (_understood(code) or not self._named)

    def _sentence(self, stage: str, words: str) -> str:
        return f"{self._server.host}:{self._server.port}, {stage}: {words}."

    def _lose(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with contextlib.suppress(OSError):
                smtp.close()


def _greet(smtp: smtplib.SMTP) -> None:
    """EHLO, or HELO for a server that does not know it (RFC 5321, 3.2). smtplib's own goes on after a 421."""
    code, reply = smtp.ehlo()
    if 500 <= code <= 599:
        code, reply = smtp.helo()
    if code // 100 != 2:
        raise smtplib.SMTPHeloError(code, reply)


def _understood(code: int) -> bool:
    """Whether a reply says that something failed, now or for good (RFC 5321, 4.2.1)."""
    return 400 <= code <= 599


def _is_the_letters(stage: str, code: int, reply: bytes) -> bool:
    """Whether a reply that came after the recipient had been named is about this letter for certain.

    By RFC 3463: subject 1 is an address and 2 a mailbox, but for the sender's; 3.4 is a letter that is too large. A "not
    now" at RCPT TO is grey-listing's, which says it to every letter once, unless it speaks of the server or the network.
    """
    subject, _, detail = _enhanced(reply).partition(".")
    if code == TOO_LARGE or (subject, detail) == ("3", "4"):
        return True
    if subject in ("1", "2"):
        return (subject, detail) not in (("1", "7"), ("1", "8"))
    return stage == "RCPT TO" and code in (450, 451) and subject not in ("3", "4")


def _enhanced(reply: bytes) -> str:
    """Subject and detail of an enhanced status code, as `1.1`; empty where there is none."""
    found = ENHANCED.match(reply)
    return ".".join(part.decode() for part in found.groups()) if found else ""


def _mailbox(address: str) -> str:
    """The address, if it can stand between < and > on the wire. Raises TransportError (permanent) if not."""
    if not address.isascii():
        raise TransportError(
            f'"{address}" is not an ASCII address, and mail to such addresses is not supported. '
            "Write the address with a-z, 0-9 and punctuation; ask whoever runs the mailbox for one.",
            permanent=True,
        )
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or re.search(r"[\x00-\x20\x7f<>]", address):
        raise TransportError(f'"{address}" is not a mail address. Write it as name@example.org.', permanent=True)
    return address


def _stuffed(lines: bytes) -> bytes:
    """The letter with a dot more on lines that begin with one (RFC 5321, 4.5.2)."""
    place = lines.find(b".")
    while place > 0 and lines[place - 1] != LF:
        place = lines.find(b".", place + 1)
    if place < 0:
        return lines  # as most are, in base64: to look at each dot is quicker than to look for line ends
    stuffed = lines.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed


def _with_crlf(mime: bytes) -> bytes:
    """The letter with CRLF line ends only (a bare LF invites smuggling), the last line ended too."""
    whole = mime.count(b"\r\n") == mime.count(b"\n") == mime.count(b"\r")  # the rule; counting is quick
    lines = mime if whole else re.sub(rb"\r\n|\r|\n", b"\r\n", mime)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def _words(code: int, reply: bytes) -> str:
    text = " ".join(reply.decode("utf-8", "replace").split())
    return f"{code} {text}"[:WORDS_CHARACTERS] if code > 0 else f"{text!r}"[:WORDS_CHARACTERS]


def _said(error: Exception) -> str:
    """What an error says, in one line."""
    if isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error
        return "the server said: " + _words(error.smtp_code, reply if isinstance(reply, bytes) else reply.encode())
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate is not trusted ({error.verify_message})"
    if isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER":
        return NO_TLS
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return NO_STARTTLS
    text = " ".join(str(getattr(error, "strerror", None) or error).split())
    return (text or type(error).__name__).rstrip(".")[:WORDS_CHARACTERS]


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
