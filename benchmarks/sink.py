"""A mail server that takes everything and keeps nothing: postfix's smtp-sink where it is installed, else one of ours.

Ours can also wait before each flight of replies, as a server far away does: `python -m benchmarks.sink PORT --ms 10`.
"""

import argparse
import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

LOOPBACK = "127.0.0.1"
PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
START_SECONDS = 10.0
EHLO = b"250-sink\r\n250-PIPELINING\r\n250 SIZE 50000000\r\n"
CHUNK_BYTES = 1 << 16


@contextmanager
def sink(delay_ms: int = 0) -> Iterator[int]:
    """A server on loopback, which waits so long before each flight of replies; its port."""
    port = _free_port()
    theirs = shutil.which("smtp-sink", path=PATH) if not delay_ms else None
    ours = [sys.executable, "-m", "benchmarks.sink", str(port), "--ms", str(delay_ms)]
    unprivileged = ["-u", "nobody"] if os.geteuid() == 0 else []
    command = [theirs, *unprivileged, f"{LOOPBACK}:{port}", "100"] if theirs else ours
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - a program of the machine or ours
    try:
        _wait_for(port)
        yield port
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as listening:
        return int(listening.getsockname()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection((LOOPBACK, port), 1):
            return
        time.sleep(0.02)
    raise TimeoutError(f"the mail server on port {port} did not start")


class Conversation:
    """What one client has said so far, and what is answered."""

    def __init__(self) -> None:
        self._unread, self._in_letter = b"", False

    def answers(self, said: bytes) -> bytes:
        """The replies to all that is complete now."""
        self._unread += said
        replies = b""
        while True:
            end = b"\r\n.\r\n" if self._in_letter else b"\r\n"
            line, found, rest = self._unread.partition(end)
            if not found:
                return replies
            self._unread = rest
            replies += b"250 taken\r\n" if self._in_letter else self._answer(line)
            self._in_letter = not self._in_letter and line.upper() == b"DATA"

    def _answer(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        return {b"EHLO": EHLO, b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}.get(verb, b"250 ok\r\n")


async def serve(port: int, delay_seconds: float) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        conversation = Conversation()
        with suppress(ConnectionError):
            writer.write(b"220 sink\r\n")
            while said := await reader.read(CHUNK_BYTES):
                if replies := conversation.answers(said):
                    await asyncio.sleep(delay_seconds)
                    writer.write(replies)
        writer.close()

    async with await asyncio.start_server(talk, LOOPBACK, port) as server:
        await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--ms", type=int, default=0)
    given = parser.parse_args()
    asyncio.run(serve(given.port, given.ms / 1000))


if __name__ == "__main__":
    main()
