"""uvicorn in a thread. The socket is bound before anything else starts, so that a taken port is said at once."""

import resource
import socket
import threading
from functools import partial
from typing import cast

import uvicorn
from starlette.applications import Starlette

from service.messages.faults import Refused
from service.messages.relayed import Relayed
from service.messages.translation import Sentence
from service.pages.connection import LIMITS, READ_BYTES, Connection, Gate, Limits, places

BACKLOG = 1024
"""Connections that may wait to be accepted: a Monday's calendar programs, all at once. They cost no descriptor, and
whoever finds no room among them tries again only after a second."""


class Server:
    """Serves an application on one address until `stop`."""

    def __init__(self, app: Starlette, host: str, port: int, limits: Limits = LIMITS) -> None:
        gate = Gate(limits, places(limits.connections, resource.getrlimit(resource.RLIMIT_NOFILE)[0]))
        # No access log: the feed's address is a secret. No server header: nobody's business. With the loop and the
        # parser that are written in C a feed is served for a third of the work.
        config = uvicorn.Config(
            app,
            loop="uvloop",
            http=cast(type[Connection], partial(Connection, gate)),
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            backlog=BACKLOG,
        )
        # Its signal handlers stay off by themselves: uvicorn sets them in the main thread only.
        self._server = uvicorn.Server(config)
        self._host, self._port = host, port
        self._thread = threading.Thread(target=self._serve, name="web", daemon=True)
        self._socket: socket.socket | None = None

    @property
    def port(self) -> int:
        """The port in use; another than asked for when that was 0."""
        assert self._socket is not None  # only after start()
        return int(self._socket.getsockname()[1])

    def start(self) -> None:
        """Bind and begin to answer. Raises Refused when the address cannot be had."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        found = socket.socket(family, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, READ_BYTES)  # each connection has it from here
        try:
            found.bind((self._host, self._port))
            # Only a listening port is taken: without this two services could bind it at the same moment.
            found.listen(BACKLOG)
        except OSError as error:
            found.close()
            text = "[web] {host}:{port} cannot be had: {error}. Write another port, or stop what uses it."
            raise Refused(
                Sentence(text, {"host": self._host, "port": self._port, "error": Relayed(str(error.strerror))})
            ) from None
        self._socket = found
        self._thread.start()

    def stop(self) -> None:
        """Answer what is asked already, and end."""
        self._server.should_exit = True
        self._thread.join(timeout=10)

    def _serve(self) -> None:
        assert self._socket is not None
        self._server.run(sockets=[self._socket])
