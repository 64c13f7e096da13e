"""An SMTP server of our own on loopback, which fails by script. One thread a connection, standard library only.

A fault is a stage and what happens instead of its reply:

    stages  connect ehlo starttls auth mail rcpt data body end
    faults  a reply code (421, 550, ...), a whole reply (550 5.7.1 relaying denied), hang (no reply), drop (the connection is cut), pieces (the right reply, byte
            by byte), garbage (a line that is no reply)

`data` is the reply to the DATA command; `body` comes when the first line of the letter is read; `end` is the reply
after the final dot. A letter counts as accepted when its final dot has been read, unless the script answers with a
4xx or 5xx: so `end` with `drop` is an accepted letter with a lost reply.

From a shell,

    python -m tests.smtp_server --port-file F --record F [--fault end:drop]... [--signal-file F --signal-at end]

writes its port, one JSON line for each accepted letter, and a line to the signal file each time the stage is reached.
"""

import argparse
import base64
import contextlib
import datetime
import ipaddress
import json
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOOPBACK = "127.0.0.1"


@dataclass(slots=True)
class Fault:
    """What goes wrong at a stage: for the next `times` times it is reached (None: always), from `skip` times on,
    and with `recipient` only in a transaction to that address."""

    stage: str
    what: str
    times: int | None = 1
    skip: int = 0
    recipient: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Fault":
        """`end:drop`, `rcpt:550:3`, `mail:421:*`."""
        stage, what, times = (*text.split(":"), "1")[:3]
        return cls(stage, what, None if times == "*" else int(times))


@dataclass(frozen=True, slots=True)
class Accepted:
    """A letter that was taken, its dots no longer doubled."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes
    connection: int  # counted from 1


@dataclass(frozen=True, slots=True)
class Certificates:
    """A certificate authority of the tests' own, and a server's certificate for 127.0.0.1 signed by it. PEM files."""

    authority: Path
    server: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server)
        return context


class SmtpServer:
    """A context manager. `accepted`, `commands` and `connections` tell what happened, in order.

    `on_stage` is called with the stage before its reply is sent, whatever the reply: the place to kill somebody.
    `size` is what EHLO announces, in bytes, and `pipelining` whether it takes commands in one flight. `users` are names and their passwords or tokens; where there are any, MAIL FROM wants a login (530).
    """

    def __init__(
        self,
        faults: Sequence[Fault] = (),
        *,
        security: Literal["starttls", "tls", "none"] = "none",
        certificates: Certificates | None = None,
        users: Mapping[str, str] | None = None,
        mechanisms: str = "PLAIN LOGIN XOAUTH2",
        size: int = 100_000_000,
        pipelining: bool = False,
        on_stage: Callable[[str], None] | None = None,
        record: Path | None = None,
    ) -> None:
        self.faults, self.security, self.users = list(faults), security, dict(users or {})
        self.mechanisms, self.on_stage, self.record = mechanisms, on_stage, record
        self.size, self.pipelining = size, pipelining
        self.context = certificates.context() if certificates else None
        self.accepted: list[Accepted] = []
        self.commands: list[str] = []
        self.connections = 0
        self.lock = threading.Lock()
        self.stopped = threading.Event()
        self._sockets: list[socket.socket] = []
        self._server = _Server(self)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def __enter__(self) -> "SmtpServer":
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._thread.join()
        self.cut_all()
        self._server.server_close()

    def cut_all(self) -> None:
        """Close every connection, as a server does that is restarted."""
        with self.lock:
            sockets, self._sockets = self._sockets, []
        for each in sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def opened(self, connection: socket.socket) -> int:
        with self.lock:
            self._sockets.append(connection)
            self.connections += 1
            return self.connections

    def accept(self, letter: Accepted) -> None:
        with self.lock:
            self.accepted.append(letter)
            if self.record:
                line = {
                    "sender": letter.sender,
                    "recipients": letter.recipients,
                    "data": base64.b64encode(letter.data).decode(),
                    "connection": letter.connection,
                }
                with self.record.open("a", encoding="ascii") as file:
                    file.write(json.dumps(line) + "\n")

    def fault(self, stage: str, recipient: str | None) -> str | None:
        """What goes wrong now, and once less from here on."""
        with self.lock:
            for fault in self.faults:
                if fault.stage != stage or fault.recipient not in (None, recipient) or fault.times == 0:
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                return fault.what
        return None


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 50

    def __init__(self, owner: SmtpServer) -> None:
        self.owner = owner
        super().__init__((LOOPBACK, 0), _Session)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no news."""


class _CutError(Exception):
    """The connection is over."""


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.owner = self.server.owner
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.number = self.owner.opened(self.request)
        self.secure, self.user = False, ""
        self.sender: str | None = None
        self.recipients: list[str] = []
        try:
            if self.owner.security == "tls":
                self.encrypt()
            self.reply("connect", "220 mail.test ready")
            while True:
                self.command(self.line())
        except (_CutError, OSError, ValueError):
            with contextlib.suppress(OSError):
                self.request.shutdown(socket.SHUT_RDWR)
        finally:
            self.request.close()

    def encrypt(self) -> None:
        assert self.owner.context is not None
        self.request = self.owner.context.wrap_socket(self.request, server_side=True)
        with self.owner.lock:
            self.owner._sockets.append(self.request)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
        self.secure = True

    def line(self) -> str:
        raw = self.rfile.readline()
        if not raw:
            raise _CutError
        return bytes(raw).decode("latin-1").rstrip("\r\n")

    def send(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def reply(self, stage: str, right: str) -> bool:
        """Send the reply of a stage, or what the script says. True when the right one went out."""
        return self.answer(stage, right, self.fault(stage))

    def fault(self, stage: str) -> str | None:
        return self.owner.fault(stage, self.recipients[-1] if self.recipients else None)

    def answer(self, stage: str, right: str, what: str | None) -> bool:
        if self.owner.on_stage:
            self.owner.on_stage(stage)
        if what is None:
            self.send(right)
        elif what == "hang":
            self.owner.stopped.wait()
            raise _CutError
        elif what == "drop":
            raise _CutError
        elif what == "pieces":
            for byte in f"{right}\r\n".encode():
                self.wfile.write(bytes([byte]))
        elif what == "garbage":
            self.wfile.write(b"\xff\x00 what?\r\n")
        else:
            told = f"{what} 4.3.2 by script, at {stage}" if what < "500" else f"{what} 5.1.1 by script, at {stage}"
            self.send(what if " " in what else told)
            if what[:3] == "421":
                raise _CutError
        return what in (None, "pieces")

    def command(self, line: str) -> None:
        with self.owner.lock:
            self.owner.commands.append(line)
        verb = line.upper()
        if verb.startswith(("EHLO ", "HELO ")):
            self.reply("ehlo", self.features())
        elif verb == "STARTTLS":
            if self.reply("starttls", "220 go ahead"):
                self.encrypt()
        elif verb.startswith("AUTH "):
            self.auth(line[5:])
        elif verb.startswith("MAIL FROM:"):
            self.mail(line)
        elif verb.startswith("RCPT TO:"):
            self.rcpt(line)
        elif verb == "DATA":
            self.data()
        elif verb == "RSET":
            self.sender, self.recipients = None, []
            self.send("250 reset")
        elif verb == "QUIT":
            self.send("221 bye")
            raise _CutError
        else:
            self.send("500 not understood")

    def features(self) -> str:
        lines = ["mail.test", f"SIZE {self.owner.size}"]
        if self.owner.pipelining:
            lines.append("PIPELINING")
        if self.owner.security == "starttls" and not self.secure:
            lines.append("STARTTLS")
        if self.owner.users and (self.secure or self.owner.security == "none"):
            lines.append(f"AUTH {self.owner.mechanisms}")
        return "\r\n".join(f"250-{line}" for line in lines[:-1]) + f"\r\n250 {lines[-1]}"

    def auth(self, arguments: str) -> None:
        mechanism, _, initial = arguments.partition(" ")
        if mechanism == "PLAIN":
            _, user, secret = base64.b64decode(initial).decode().split("\0")
        elif mechanism == "LOGIN":
            user, secret = self.ask("Username:"), self.ask("Password:")
        else:
            fields = base64.b64decode(initial).decode().split("\1")
            user, secret = fields[0].removeprefix("user="), fields[1].removeprefix("auth=Bearer ")
        if self.owner.users.get(user) == secret:
            self.user = user if self.reply("auth", "235 2.7.0 welcome") else ""
            return
        if mechanism == "XOAUTH2":
            self.send("334 " + base64.b64encode(b'{"status":"401"}').decode())
            self.line()
        self.send("535 5.7.8 not these credentials")

    def ask(self, question: str) -> str:
        self.send("334 " + base64.b64encode(question.encode()).decode())
        return base64.b64decode(self.line()).decode()

    def mail(self, line: str) -> None:
        if self.owner.users and not self.user:
            self.send("530 5.7.0 log in first")
        elif self.sender is not None:
            self.send("503 5.5.1 a transaction is open")
        elif self.reply("mail", "250 2.1.0 sender ok"):
            self.sender = _address(line)

    def rcpt(self, line: str) -> None:
        if self.sender is None:
            self.send("503 5.5.1 MAIL FROM first")
            return
        self.recipients.append(_address(line))
        if not self.reply("rcpt", "250 2.1.5 recipient ok"):
            self.recipients.pop()

    def data(self) -> None:
        if not self.recipients:
            self.send("503 5.5.1 RCPT TO first")
            return
        if not self.reply("data", "354 go on"):
            return
        lines = [self.body_line()]
        if self.fault("body"):
            raise _CutError
        while lines[-1] != b".\r\n":
            lines.append(self.body_line())
        data = b"".join(line.removeprefix(b".") for line in lines[:-1])
        self.end(Accepted(self.sender or "", tuple(self.recipients), data, self.number))

    def body_line(self) -> bytes:
        line = bytes(self.rfile.readline())
        if not line:
            raise _CutError
        return line

    def end(self, letter: Accepted) -> None:
        what = self.fault("end")
        if what is None or not what[:3].isdigit():
            self.owner.accept(letter)
        self.answer("end", f"250 2.0.0 accepted as {len(self.owner.accepted)}", what)
        self.sender, self.recipients = None, []


def _address(line: str) -> str:
    return line[line.index("<") + 1 : line.index(">")]


def make_certificates(folder: Path, address: str = LOOPBACK) -> Certificates:
    """A fresh authority and a server certificate for `address`, valid in this century."""
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "The tests' own authority")])
    server_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])

    def signed(
        name: x509.Name, key: ec.EllipticCurvePrivateKey, extensions: Sequence[x509.ExtensionType]
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder(authority_name, name, key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
            .not_valid_after(datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC))
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        return builder.sign(authority_key, hashes.SHA256())

    authority = signed(authority_name, authority_key, [x509.BasicConstraints(ca=True, path_length=None)])
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    server = signed(server_name, server_key, [alternative])
    pem = serialization.Encoding.PEM
    key = server_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    made = Certificates(folder / "authority.pem", folder / "server.pem")
    made.authority.write_bytes(authority.public_bytes(pem))
    made.server.write_bytes(key + server.public_bytes(pem))
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--record", type=Path, required=True)
    parser.add_argument("--fault", action="append", default=[], type=Fault.parse)
    parser.add_argument("--signal-file", type=Path)
    parser.add_argument("--signal-at", default="end")
    options = parser.parse_args(arguments)

    def signal(stage: str) -> None:
        if options.signal_file and stage == options.signal_at:
            with options.signal_file.open("a", encoding="ascii") as file:
                file.write(f"{stage}\n")

    with SmtpServer(options.fault, on_stage=signal, record=options.record) as server:
        temporary = options.port_file.with_suffix(".new")
        temporary.write_text(str(server.port), encoding="ascii")
        temporary.replace(options.port_file)
        threading.Event().wait()  # until killed


if __name__ == "__main__":
    main()
