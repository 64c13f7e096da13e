"""The ports: HTTP in and out, and connections that break by script."""

import contextlib
import json
import socket
import ssl
import uuid
from collections.abc import Mapping
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from tests.graph.call import Reply
from tests.graph.faults import Fault
from tests.graph.outcome import Asked

if TYPE_CHECKING:
    from tests.graph.server import GraphServer


def shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it may be gone already
        connection.shutdown(socket.SHUT_RDWR)


class Port(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 100

    def __init__(self, owner: "GraphServer") -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed, or that does not trust us, is no news."""


class _CutError(Exception):
    """The connection is over."""


class _Connection(BaseHTTPRequestHandler):
    server: Port
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle(self) -> None:
        owner = self.server.owner
        with owner.lock:
            owner._sockets.add(self.request)
        try:
            if isinstance(self.request, ssl.SSLSocket):
                self.request.do_handshake()
            super().handle()
        except (_CutError, OSError):
            shut(self.request)
        finally:
            with owner.lock:
                owner._sockets.discard(self.request)

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self.server.owner.clock(), usegmt=True)

    def answer(self) -> None:
        owner = self.server.owner
        data = self.body()
        headers = {name.lower(): ", ".join(self.headers.get_all(name, [])) for name in self.headers}
        version, _, target = self.path.lstrip("/").partition("/")
        with contextlib.ExitStack() as under_way:
            if version in ("v1.0", "beta"):
                scheme = "https" if isinstance(self.request, ssl.SSLSocket) else "http"
                root = f"{scheme}://{headers.get('host', '127.0.0.1')}/{version}"
                outcome = owner.serve(Asked(self.command, root, target, headers, data), under_way)
            else:
                outcome = owner.token(self.command, self.path, data)
            if owner.before_reply is not None and outcome.request is not None:
                owner.before_reply(outcome.request)
        # Counted out before the reply goes: a client that has its reply may ask again at once.
        if outcome.broken is not None:
            self.fail(outcome.broken)
            return
        self.reply(outcome.reply, headers)

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def do_PATCH(self) -> None:
        self.answer()

    def do_PUT(self) -> None:
        self.answer()

    def do_DELETE(self) -> None:
        self.answer()

    def body(self) -> bytes:
        """All of it, in pieces or in one."""
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        data = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            data += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # trailers
        return data

    def fail(self, struck: Fault) -> None:
        if struck.what == "hang":
            self.server.owner.released.wait()
        if struck.what in ("hang", "cut", "lost"):
            raise _CutError
        if struck.what == "html":
            page = b"<html><body><h1>Sign in to the network</h1></body></html>"
            self.reply(Reply(200, page, {"Content-Type": "text/html"}), {})
            return
        self.reply(Reply(200, b'{"value": [{"id": "AAMk', {"Content-Type": "application/json"}), {})

    def reply(self, reply: Reply, asked: Mapping[str, str]) -> None:
        value = reply.value
        body = value if isinstance(value, bytes) else b"" if value is None else json.dumps(value).encode()
        kind = {} if value is None else {"Content-Type": "application/json;odata.metadata=minimal;charset=utf-8"}
        request = str(uuid.uuid4())
        ids = {"request-id": request, "client-request-id": asked.get("client-request-id", request)}
        self.send_response(reply.status)
        for name, text in {**kind, **ids, **reply.headers, "Content-Length": str(len(body))}.items():
            if name != "Content-Length" or reply.status != 204:
                self.send_header(name, text)
        self._headers_buffer: list[bytes]  # sent together with the body: one packet
        self._headers_buffer.append(b"\r\n" + body)
        self.flush_headers()
