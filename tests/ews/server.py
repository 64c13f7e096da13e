"""The server: HTTP, who is let in, which version it speaks, faults by script, and the record of it all.

Codes for versions and impersonation: the reference. Guess [U]: a server refuses RequestServerVersion values that are
younger than itself with ErrorInvalidServerVersion, status 500.
"""

import base64
import binascii
import contextlib
import os
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from xml.etree.ElementTree import Element

from tests.ews import ntlm
from tests.ews.call import Call
from tests.ews.faults import Fault, Script
from tests.ews.hands import Hands
from tests.ews.mailbox import Mailbox
from tests.ews.operations import codes, perform
from tests.ews.soap import Envelope, EwsError, Schema, envelope, fault, open_envelope, tag
from tests.ews.world import World
from tests.ews.zones import ZONES
from tests.smtp_server import Certificates

SERVICE = "service@x.example"
PASSWORD = "right-password"
VERSIONS = (
    "Exchange2007", "Exchange2007_SP1", "Exchange2010", "Exchange2010_SP1", "Exchange2010_SP2", "Exchange2013",
    "Exchange2013_SP1", "Exchange2015", "Exchange2016",
)  # fmt: skip
PRODUCTS: dict[str, tuple[tuple[int, int, int, int], str, str]] = {
    # what: build, the youngest RequestServerVersion it takes, what it calls itself
    "2010": ((14, 3, 513, 0), "Exchange2010_SP2", "Exchange2010_SP2"),
    "2013": ((15, 0, 1497, 2), "Exchange2013_SP1", "V2_23"),
    "2016": ((15, 1, 2507, 6), "Exchange2016", "V2017_07_11"),
    "2019": ((15, 2, 1544, 4), "Exchange2016", "V2017_07_11"),
}
LOCKED = b"The referenced account is currently locked out"


@dataclass(frozen=True, slots=True)
class Request:
    """One request that came with credentials. `code` is the first response code that is not NoError, or HTTP 503,
    cut, lost, hang, html. `mailbox` is the impersonated one or the account's own; empty where nobody got in."""

    number: int
    operation: str
    mailbox: str
    code: str
    items: int
    fault: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """Who is let in, or the challenge that is sent instead; `failed` where credentials were wrong."""

    user: str | None
    challenge: str = ""
    failed: bool = False
    body: bytes = b""


class EwsServer:
    """A context manager. `url` is the endpoint, `log` what was asked, `refused` what the schema would not have.

    `users` are account names (lower case) with password; `accounts` their mailboxes, where a name is no address.
    `impersonation` is whose mailboxes the accounts may act in: "all", "none" or addresses. After `lock_after` wrong
    passwords in a row an account is locked. `before_reply` is called with each request when its work is done and its
    reply not yet sent. `mangle` makes of a right reply to an impersonated mailbox what a departing server sends. `now` is for the times the server writes itself.
    """

    def __init__(
        self,
        addresses: Iterable[str] = (),
        faults: Sequence[Fault] = (),
        *,
        product: Literal["2010", "2013", "2016", "2019"] = "2019",
        auth: Literal["basic", "NTLM"] = "basic",
        users: Mapping[str, str] | None = None,
        impersonation: Literal["all", "none"] | frozenset[str] = "all",
        lock_after: int | None = None,
        certificates: Certificates | None = None,
        schema: Path | None = None,
        before_reply: Callable[[Request], None] | None = None,
        mangle: Callable[[str, bytes], bytes] = lambda mailbox, reply: reply,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.world = World(now)
        for address in (SERVICE, *addresses):
            self.world.add(address)
        self.script = Script(faults)
        self.build, self.youngest, self.version_name = PRODUCTS[product]
        self.auth, self.users, self.impersonation = auth, dict(users or {SERVICE: PASSWORD}), impersonation
        self.accounts: dict[str, str] = {}
        self.lock_after, self.before_reply, self.mangle = lock_after, before_reply, mangle
        self.schema = Schema(schema or _schema_folder())
        self.log: list[Request] = []
        self.refused: list[tuple[str, str]] = []  # operation, what the schema says
        self.misspoken: list[tuple[str, str]] = []  # our own answers the schema would not have
        self.failed_logins: Counter[str] = Counter()
        self.http_requests = 0
        self.busy = self.most_at_once = 0
        self.lock = threading.Lock()
        self.released = threading.Event()
        self._sockets: set[socket.socket] = set()
        self._in_a_row: Counter[str] = Counter()
        self._scheme = "https" if certificates else "http"
        self._server = _Server(self)
        if certificates:
            context = certificates.context()
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}/EWS/Exchange.asmx"

    def __enter__(self) -> "EwsServer":
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
        self._server.shutdown()
        self._thread.join()
        self.cut_all()
        self._server.server_close()

    def release(self) -> None:
        """Let go of the requests that hang."""
        self.released.set()

    def cut_all(self) -> None:
        """Close every connection, as a server does that is restarted."""
        with self.lock:
            for each in list(self._sockets):
                _shut(each)

    def mailbox(self, address: str) -> Mailbox:
        return self.world.mailboxes[address.lower()]

    def hands(self, address: str) -> Hands:
        """What this person does in Outlook."""
        return Hands(self.world, self.mailbox(address))

    def requests_per_mailbox(self) -> Counter[str]:
        return Counter(request.mailbox for request in self.log)

    def operations(self) -> list[str]:
        return [request.operation for request in self.log]

    def struck_share(self) -> float:
        """Which part of the requests met a fault; 0.0 where there were none."""
        return sum(request.fault is not None for request in self.log) / len(self.log) if self.log else 0.0

    def add_faults(self, *faults: Fault) -> None:
        with self.lock:
            self.script.faults.extend(faults)

    # What the connections ask of it

    def login(self, claimed: str, right: str | None) -> "Entry":
        """Let in `right`, the user whose proof holds. Nobody, or one who is locked out, counts as a failed login."""
        with self.lock:
            if right is not None and not self.is_locked(right):
                self._in_a_row[right] = 0
                return Entry(right)
            self.failed_logins[claimed] += 1
            self._in_a_row[claimed] += 1
            return Entry(None, failed=True, body=LOCKED if self.is_locked(claimed) else b"")

    def is_locked(self, user: str) -> bool:
        return self.lock_after is not None and self._in_a_row[user] >= self.lock_after

    def check_version(self, asked: Envelope) -> None:
        if asked.version is None or asked.version.startswith("V20"):
            return
        if asked.version not in VERSIONS or VERSIONS.index(asked.version) > VERSIONS.index(self.youngest):
            raise EwsError("ErrorInvalidServerVersion", "The specified server version is invalid.", fault=True)

    def acting(self, asked: Envelope, user: str) -> Mailbox:
        """The mailbox a request works in. Raises EwsError as a fault without the right, or without the mailbox."""
        own = self.accounts.get(user, user)
        if asked.impersonated is None or asked.impersonated == own:
            return self.world.open(own)
        may = self.impersonation == "all" or asked.impersonated in self.impersonation
        if asked.impersonated in self.world.mailboxes and not may:
            text = "The account does not have permission to impersonate the requested user."
            raise EwsError("ErrorImpersonateUserDenied", text, fault=True)
        return self.world.open(asked.impersonated)

    def check_schema(self, asked: Envelope) -> None:
        complaint = self.schema.complaint(asked.body)
        if complaint is not None:
            self.refused.append((asked.operation, complaint))
            text = f"The request failed schema validation: {complaint}"
            raise EwsError("ErrorSchemaValidation", text, fault=True)

    def answer(self, asked: Envelope, user: str, struck: Fault | None) -> tuple[int, bytes, list[str]]:
        """Do the work of a request: the status, the reply and its response codes."""
        try:
            if struck is not None and struck.item is None and struck.what != "lost":
                raise _scripted(struck)
            self.check_schema(asked)
            self.check_version(asked)
            if asked.zone is not None and asked.zone not in ZONES:
                raise EwsError("ErrorTimeZone", f"The time zone {asked.zone!r} is unknown.", fault=True)
            body = perform(Call(self.world, self.acting(asked, user), asked, struck))
        except EwsError as error:
            status = struck.status if struck and struck.status else 500
            return status, envelope(fault(error), self.build, self.version_name), [error.code]
        complaint = self.schema.complaint(body)
        if complaint is not None:
            self.misspoken.append((asked.operation, complaint))
        reply = self.mangle(asked.impersonated or "", envelope(body, self.build, self.version_name))
        return 200, reply, codes(body)


def _schema_folder() -> Path | None:
    folder = os.environ.get("EWS_SCHEMA_DIR")
    return Path(folder) if folder else None


def _text_in(body: Element) -> str:
    """All that stands in a request, letters in their MIME form too."""
    letters = (base64.b64decode(one.text or "").decode("utf-8", "replace") for one in body.iter(tag("t:MimeContent")))
    return " ".join([*body.itertext(), *letters])


def _scripted(struck: Fault) -> EwsError:
    if struck.what != "busy":
        return EwsError(struck.what, "by script", fault=True)
    back_off = {} if struck.back_off_ms is None else {"BackOffMilliseconds": str(struck.back_off_ms)}
    return EwsError("ErrorServerBusy", "The server cannot service this request right now.", fault=True, values=back_off)


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it may be gone already
        connection.shutdown(socket.SHUT_RDWR)


def _by_basic(owner: EwsServer, scheme: str, value: str) -> Entry:
    if scheme != "Basic":
        return Entry(None)
    try:
        name, _, password = base64.b64decode(value).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return Entry(None)
    user = name.lower().rpartition("\\")[2]
    return owner.login(user, user if owner.users.get(user) == password else None)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 100

    def __init__(self, owner: EwsServer) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed, or that does not trust us, is no news."""


class _CutError(Exception):
    """The connection is over."""


class _Connection(BaseHTTPRequestHandler):
    """One connection; NTLM lets in a connection and not a request."""

    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    counted = False
    user: str | None = None
    nonce: bytes | None = None

    def handle(self) -> None:
        owner = self.server.owner
        with owner.lock:
            owner._sockets.add(self.request)
        try:
            if isinstance(self.request, ssl.SSLSocket):
                self.request.do_handshake()
            super().handle()
        except (_CutError, OSError):
            _shut(self.request)
        finally:
            with owner.lock:
                owner._sockets.discard(self.request)

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        owner = self.server.owner
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with owner.lock:
            owner.http_requests += 1
            owner.busy += 1
            owner.most_at_once = max(owner.most_at_once, owner.busy)
        self.counted = True
        try:
            self.serve(owner, data)
        finally:
            self.leave()

    def leave(self) -> None:
        """Count this request out. Before its reply goes: a client that has its reply may ask again at once."""
        if self.counted:
            self.counted = False
            with self.server.owner.lock:
                self.server.owner.busy -= 1

    def serve(self, owner: EwsServer, data: bytes) -> None:
        scheme, _, value = self.headers.get("Authorization", "").partition(" ")
        entry = self.by_ntlm(owner, scheme, value) if owner.auth == "NTLM" else _by_basic(owner, scheme, value)
        try:
            asked = open_envelope(data)
        except EwsError as error:
            self.reply(500, envelope(fault(error), owner.build, owner.version_name))
            return
        if entry.user is not None:
            self.work(owner, asked, entry.user, asked.impersonated or owner.accounts.get(entry.user, entry.user))
            return
        if entry.failed:
            with owner.lock:
                owner.log.append(Request(len(owner.log) + 1, asked.operation, "", "HTTP 401", 0, None))
        challenge = entry.challenge or ("NTLM" if owner.auth == "NTLM" else 'Basic realm="127.0.0.1"')
        self.reply(401, entry.body, {"WWW-Authenticate": challenge}, kind="text/html")

    def work(self, owner: EwsServer, asked: Envelope, user: str, mailbox: str) -> None:
        """Strike or serve. What is done and what is logged happens under one lock, so that the log is in order."""
        with owner.lock:
            number = len(owner.log) + 1
            struck = owner.script.strike(number, asked.operation, mailbox, _text_in(asked.body))
            what = None if struck is None else struck.what
            status, reply, found = 0, b"", [what or ""]
            if what is None or what in ("lost", "busy") or what.startswith("Error"):
                status, reply, found = owner.answer(asked, user, struck)
            code = f"HTTP {what}" if what and what.isdigit() else what if status == 0 or what == "lost" else None
            bad = code or next((each for each in found if each != "NoError"), "NoError")
            request = Request(number, asked.operation, mailbox, bad, len(found), what)
            owner.log.append(request)
        if owner.before_reply is not None:
            owner.before_reply(request)
        if status and what != "lost":
            self.reply(status, reply)
        else:
            assert struck is not None
            self.fail(owner, struck)

    def fail(self, owner: EwsServer, struck: Fault) -> None:
        if struck.what == "hang":
            owner.released.wait()
        if struck.what in ("hang", "cut", "lost"):
            raise _CutError
        if struck.what == "html":
            self.reply(200, b"<html><body><h1>Sign in to the network</h1></body></html>", kind="text/html")
            return
        if struck.what == "garbage":
            self.reply(
                200, b"<?xml version='1.0'?><s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Bo"
            )
            return
        extra = {} if struck.retry_after is None else {"Retry-After": str(struck.retry_after)}
        # A scripted 401 names no scheme, or an NTLM client would simply log in again.
        self.reply(int(struck.what), b"", extra)

    def by_ntlm(self, owner: EwsServer, scheme: str, value: str) -> Entry:
        if not value and self.user in owner.users:
            return Entry(self.user)
        token = base64.b64decode(value) if scheme == "NTLM" else b""
        if ntlm.kind(token) == 1:
            self.nonce, said = ntlm.challenge()
            return Entry(None, f"NTLM {base64.b64encode(said).decode()}")
        if ntlm.kind(token) == 3 and self.nonce is not None:
            entry = owner.login(ntlm.name_of(token), ntlm.user_of(token, self.nonce, owner.users))
            self.user, self.nonce = entry.user, None
            return entry
        return Entry(None)

    def reply(
        self, status: int, body: bytes, extra: Mapping[str, str] | None = None, kind: str = "text/xml; charset=utf-8"
    ) -> None:
        self.leave()
        self.send_response(status)
        for name, value in {**(extra or {}), "Content-Type": kind, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self._headers_buffer: list[bytes]  # sent together with the body: one packet
        self._headers_buffer.append(b"\r\n" + body)
        self.flush_headers()
