"""Fetch a calendar that others keep: by http, https or from a file, within a limit of time and size.

Addresses of calendars are often secret, so that what is said of a failure names only the server.
"""

import base64
import http.client
import socket
import time
import zlib
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import Any
from urllib import request
from urllib.error import HTTPError
from urllib.parse import SplitResult, quote, unquote, urlsplit

from calendars.reading.lines import MAX_BYTES
from calendars.reading.result import Unreadable

CALENDARS = ("webcal", "webcals")
"""What programs write for https, so that a calendar opens in the right place."""

OUTLOOK = ("outlook.office365.com", "outlook.office.com", "outlook.live.com")
FOR_OUTLOOK = "Mozilla/5.0 (X11) Chrome/139.0.0.0"
"""Outlook's servers answer 500 to what they take for no browser of today, since 2025; this is the shortest name that was
reported to be let in (nextcloud/server 54799). Nobody else gets it. Not tried by us on a real server."""

GZIP = b"\x1f\x8b"
ESCAPED = "%/?:@!$&'()*+,;=~-._[]|"
"""Signs of an address that are left as they are: RFC 3986's, "%" for what is escaped already, and what servers take."""

TIMEOUT_SECONDS = 10.0
"""For a whole fetch. A calendar server answers in one or two; a tick must not wait for one that does not."""


def fetch(address: str, timeout_seconds: float = TIMEOUT_SECONDS, limit: int = MAX_BYTES) -> bytes:
    """What stands at an address (http, https, webcal, webcals) or in a file; a relative path counts from where we run.

    `timeout_seconds` is for the whole of it, redirects included, however slowly the server drips; only looking up the
    name has the system's own, and each of several addresses of a name is tried as long. `limit` is in bytes. Redirects
    lead to http and https only, and from https to https. A name and password in the address go to its server and
    nowhere else. Raises Unreadable.
    """
    scheme = address.partition("://")[0].strip().casefold() if "://" in address else ""
    if scheme not in ("", "http", "https", *CALENDARS):
        raise Unreadable("{scheme}:// cannot be fetched. Write an address with https://, or a file.", scheme=scheme)
    content = _get(address.strip(), timeout_seconds, limit) if scheme else _read(Path(address), limit)
    content = _unpacked(content, limit)
    if len(content) > limit:
        raise Unreadable("it is larger than {limit} bytes. Name a calendar of the department's own.", limit=limit)
    return content


def _unpacked(content: bytes, limit: int) -> bytes:
    """The bytes without their compression: some servers compress unasked, some say it of what is not. No more than
    one byte beyond the limit; what breaks off is as far as it came, and then no whole calendar."""
    if not content.startswith(GZIP):
        return content
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(content, limit + 1)
    except zlib.error:
        return content


def _read(path: Path, limit: int) -> bytes:
    if path.exists() and not path.is_file():  # a pipe would keep us waiting
        raise Unreadable("{path} is not a file. Write the .ics file itself.", path=path)
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        text = "{path} cannot be read: {error}. Write a file that is there and readable."
        raise Unreadable(text, path=path, error=error.strerror or error) from None
    except ValueError:  # a null character
        raise Unreadable("{path} is no path. Write a file that is there.", path=ascii(str(path))) from None


def _get(address: str, timeout_seconds: float, limit: int) -> bytes:
    watch = _Watch(timeout_seconds)
    server = "the address"
    try:
        parts = urlsplit(address)
        server = parts.hostname or server
        with watch, _opener(watch).open(_request(parts), timeout=timeout_seconds) as response:
            content: bytes = response.read(limit + 1)
    except HTTPError as error:
        error.close()
        raise _refused(server, error.code) from None
    except Unreadable:
        raise
    except (OSError, http.client.HTTPException, ValueError) as error:
        # ValueError: an address with blanks or a port that is none. The texts of these may hold the whole address.
        if watch.over():
            raise _slow(server, timeout_seconds) from None
        text = "{server} cannot be reached: {why}. Look whether the address is right and the server is up."
        raise Unreadable(text, server=server, why=_why(error)) from None
    if watch.over():  # a connection that was cut looks as if it had ended
        raise _slow(server, timeout_seconds)
    return content


def _request(parts: SplitResult) -> request.Request:
    """The request for an address as people copy it from a browser: with letters and blanks that HTTP has to escape."""
    scheme = "https" if parts.scheme.casefold() in CALENDARS else parts.scheme.casefold()
    host = parts.netloc.rpartition("@")[2]
    if not host.isascii():
        host = host.encode("idna").decode()
    path, query = quote(parts.path, safe=ESCAPED), quote(parts.query, safe=ESCAPED)
    whole = parts._replace(scheme=scheme, netloc=host, path=path, query=query, fragment="").geturl()
    made = request.Request(whole)  # noqa: S310  # checked above
    made.add_header("User-Agent", FOR_OUTLOOK if parts.hostname in OUTLOOK else "aikultur")
    made.add_header("Accept", "text/calendar, */*;q=0.5")
    if parts.username is not None:
        given = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        made.add_unredirected_header("Authorization", f"Basic {base64.b64encode(given.encode()).decode()}")
    return made


def _refused(server: str, status: int) -> Unreadable:
    if status in (404, 410):
        text = "{server} has no calendar there any more ({status}). Publish it again and write its new address."
    elif status in (401, 403):
        text = "{server} does not let us in ({status}). Write the address of a calendar that is published."
    elif status in (429, 503):
        text = "{server} has too much to do just now ({status}). The next try is in an hour."
    else:
        text = "{server} answers {status}. Look whether the address opens in a browser."
    return Unreadable(text, server=server, status=status)


def _why(error: Exception) -> str:
    """What went wrong, without the address that some errors repeat."""
    reason = getattr(error, "reason", error)
    if isinstance(reason, str):
        return reason
    return str(getattr(reason, "strerror", None) or type(reason).__name__)


def _slow(server: str, timeout_seconds: float) -> Unreadable:
    text = "{server} takes longer than {seconds} seconds. Look whether the address opens in a browser."
    return Unreadable(text, server=server, seconds=f"{timeout_seconds:g}")


class _Watch:
    """Cuts the connections of one fetch when its time is over. A socket's timeout begins anew with every byte."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._open: list[socket.socket] = []
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True

    def over(self) -> bool:
        return time.monotonic() >= self._until

    def add(self, connection: socket.socket) -> None:
        self._open.append(connection)
        if self.over():
            self._cut()

    def _cut(self) -> None:
        for connection in self._open:
            with suppress(OSError):
                # The plain socket's: an encrypted one would take its own state from under the thread that reads.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *raised: object) -> None:
        self._timer.cancel()


def _opener(watch: _Watch) -> request.OpenerDirector:
    """Follows redirects and the environment's proxies; knows no other schemes, so no redirect leads to a file."""

    class Plain(http.client.HTTPConnection):
        def connect(self) -> None:
            super().connect()
            watch.add(self.sock)

    class Encrypted(http.client.HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            watch.add(self.sock)

    class Http(request.HTTPHandler):
        def http_open(self, req: request.Request) -> http.client.HTTPResponse:
            return self.do_open(Plain, req)

    class Https(request.HTTPSHandler):
        def https_open(self, req: request.Request) -> http.client.HTTPResponse:
            return self.do_open(Encrypted, req)

    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler(),
        _Redirects(),
        request.HTTPDefaultErrorHandler(),
        request.HTTPErrorProcessor(),
        request.UnknownHandler(),
        Http(),
        Https(),
    ):
        opener.add_handler(handler)
    return opener


class _Redirects(request.HTTPRedirectHandler):
    def http_error_302(self, req: request.Request, fp: Any, code: int, msg: str, headers: Any) -> Any:
        fp.close()  # its body would be read whole, however long
        place = headers.get("Location", "")
        if place.partition(":")[0].strip().casefold() in CALENDARS:
            headers.replace_header("Location", f"https:{place.partition(':')[2]}")
        return super().http_error_302(req, fp, code, msg, headers)

    def redirect_request(
        self, req: request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> request.Request | None:
        if req.type == "https" and urlsplit(newurl).scheme == "http":
            text = (
                "{server} leads on to an address with http, where others could read and change the calendar on its way. "
                "Write an address that stays with https."
            )
            raise Unreadable(text, server=urlsplit(req.full_url).hostname)
        return super().redirect_request(req, fp, code, msg, headers, newurl)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302
