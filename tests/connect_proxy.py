"""A proxy on loopback that lets connections through by CONNECT (RFC 9110, 9.3.6), or does not."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ConnectProxy(ThreadingHTTPServer):
    """`asked` are the places it was to lead to; `refuses` the status that it answers with instead of leading there."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, refuses: int = 0) -> None:
        self.refuses, self.asked = refuses, list[str]()
        super().__init__(("127.0.0.1", 0), _Connection)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextlib.contextmanager
def connect_proxy(refuses: int = 0) -> Iterator[ConnectProxy]:
    with ConnectProxy(refuses) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield proxy
        proxy.shutdown()
        thread.join()


class _Connection(BaseHTTPRequestHandler):
    server: ConnectProxy

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_CONNECT(self) -> None:
        self.server.asked.append(self.path)
        if self.server.refuses:
            self.send_error(self.server.refuses)
            return
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=10) as there:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=_pass_on, args=(there, self.connection), daemon=True)
            back.start()
            _pass_on(self.connection, there)
            back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
