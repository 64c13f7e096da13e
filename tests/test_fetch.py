"""Fetching a calendar, from real servers on loopback and from files."""

import gzip
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from calendars.reading.fetch import _request, fetch
from calendars.reading.lines import MAX_BYTES
from calendars.reading.result import Unreadable
from tests.smtp_server import make_certificates

CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
Page = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """A web server that answers each path as it is told, and remembers who asked for what."""

    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)  # path, Authorization
    closing: threading.Event = field(default_factory=threading.Event)
    address: str = ""

    def drip(self, handler: BaseHTTPRequestHandler) -> None:
        """One byte after the other until nobody listens."""
        with suppress(OSError):
            while not self.closing.wait(0.01):
                handler.wfile.write(b"X")


def send(status: int, body: bytes = b"", **headers: str) -> Page:
    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        with suppress(OSError):  # who has read enough closes
            handler.wfile.write(body)

    return page


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Site]:
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append((self.path, self.headers["Authorization"]))
            made.pages[self.path](self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    made.address = f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.closing.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as made:
        yield made


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site by https whose certificate this process trusts."""
    certificates = make_certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    with serving(certificates.context()) as made:
        yield made


def refusal(address: str, timeout_seconds: float = 10, limit: int = MAX_BYTES) -> str:
    with pytest.raises(Unreadable) as refused:
        fetch(address, timeout_seconds, limit)
    assert str(refused.value) == refused.value.text.format(**refused.value.fields)
    return str(refused.value)


# --- by address


def test_a_calendar_comes_as_it_stands(site: Site) -> None:
    site.pages["/it.ics?key=1"] = send(200, CALENDAR)
    assert fetch(f"{site.address}/it.ics?key=1#top") == CALENDAR


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(site: Site, status: int) -> None:
    site.pages["/old"] = send(status, b"moved", Location="/new")
    site.pages["/new"] = send(200, CALENDAR)
    assert fetch(f"{site.address}/old") == CALENDAR


@pytest.mark.parametrize("place", ["file:///etc/hostname", "ftp://127.0.0.1/x.ics", "data:text/calendar,x"])
def test_a_redirect_leads_nowhere_but_to_the_web(site: Site, place: str) -> None:
    site.pages["/old"] = send(302, Location=place)
    assert refusal(f"{site.address}/old").startswith("127.0.0.1 ")


def test_a_redirect_from_https_leads_to_https_and_never_to_http(site: Site, secure: Site) -> None:
    secure.pages["/old"] = send(302, Location="/new")
    secure.pages["/new"] = send(200, CALENDAR)
    assert fetch(f"{secure.address}/old") == CALENDAR
    secure.pages["/down"] = send(302, Location=f"{site.address}/new")
    site.pages["/new"] = send(200, CALENDAR)
    assert refusal(f"{secure.address}/down") == (
        "127.0.0.1 leads on to an address with http, where others could read and change the calendar on its way. "
        "Write an address that stays with https."
    )
    assert site.asked == []


def test_a_redirect_in_a_circle_ends(site: Site) -> None:
    site.pages["/round"] = send(302, Location="/round")
    assert refusal(f"{site.address}/round").startswith("127.0.0.1 answers 302.")


def test_a_name_and_password_go_to_the_server_of_the_address_and_nowhere_else(site: Site) -> None:
    site.pages["/private"] = send(302, Location="/elsewhere")
    site.pages["/elsewhere"] = send(200, CALENDAR)
    fetch(site.address.replace("//", "//%C3%A5se:a%40b@") + "/private")
    assert site.asked == [("/private", "Basic w6VzZTphQGI="), ("/elsewhere", None)]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (404, "has no calendar there any more (404). Publish it again and write its new address."),
        (410, "has no calendar there any more (410). Publish it again and write its new address."),
        (401, "does not let us in (401). Write the address of a calendar that is published."),
        (403, "does not let us in (403). Write the address of a calendar that is published."),
        (500, "answers 500. Look whether the address opens in a browser."),
    ],
)
def test_a_refusal_names_the_server_and_keeps_the_address_secret(site: Site, status: int, said: str) -> None:
    site.pages["/private-7f3a.ics"] = send(status, b"secret")
    address = site.address.replace("//", "//user:word@") + "/private-7f3a.ics"
    assert refusal(address) == f"127.0.0.1 {said}"


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_is_asked_too_often_is_not_called_a_wrong_address(site: Site, status: int) -> None:
    site.pages["/it.ics"] = send(status)
    assert refusal(f"{site.address}/it.ics") == (
        f"127.0.0.1 has too much to do just now ({status}). The next try is in an hour."
    )


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("/Møder.ics?x=møde", "/M%C3%B8der.ics?x=m%C3%B8de"),
        ("/Fælles møder/it.ics", "/F%C3%A6lles%20m%C3%B8der/it.ics"),
        ("/M%C3%B8der%20it.ics?a=b%26c&d=%2F", "/M%C3%B8der%20it.ics?a=b%26c&d=%2F"),
        ("/owa/calendar/a@b.example/c+d/it.ics?e=f|g&h=(i)", "/owa/calendar/a@b.example/c+d/it.ics?e=f|g&h=(i)"),
        ("/it.ics  ", "/it.ics"),
    ],
)
def test_an_address_as_the_browser_shows_it_is_escaped_and_an_escaped_one_is_left(
    site: Site, written: str, asked: str
) -> None:
    site.pages[asked] = send(200, CALENDAR)
    assert fetch(site.address + written) == CALENDAR
    assert [path for path, _ in site.asked] == [asked]


def test_a_name_of_a_server_in_danish_letters_is_looked_up_as_the_net_writes_it() -> None:
    assert _request(urlsplit("https://åse.example:8443/it.ics")).full_url == "https://xn--se-xia.example:8443/it.ics"


@pytest.mark.parametrize("scheme", ["webcal", "webcals", "WEBCAL"])
def test_the_schemes_of_calendars_are_https(site: Site, scheme: str) -> None:
    assert _request(urlsplit(f"{scheme}://x.example/it.ics")).full_url == "https://x.example/it.ics"
    site.pages["/old"] = send(302, Location=f"{scheme}://127.0.0.1:1/it.ics")
    assert refusal(f"{site.address}/old").startswith("127.0.0.1 cannot be reached: ")  # and not: answers 302


def test_what_a_server_compresses_unasked_is_unpacked_within_the_limit(site: Site, tmp_path: Path) -> None:
    site.pages["/it.ics"] = send(200, gzip.compress(CALENDAR))
    site.pages["/bomb.ics"] = send(200, gzip.compress(b"x" * 1_000_000))
    site.pages["/half.ics"] = send(200, gzip.compress(CALENDAR)[:-12])
    assert fetch(f"{site.address}/it.ics") == CALENDAR
    assert refusal(f"{site.address}/bomb.ics", limit=10_000).startswith("it is larger than 10000 bytes.")
    assert CALENDAR.startswith(fetch(f"{site.address}/half.ics"))
    (tmp_path / "it.ics").write_bytes(gzip.compress(CALENDAR))
    assert fetch(str(tmp_path / "it.ics")) == CALENDAR


def test_outlook_s_servers_are_told_of_a_browser_and_nobody_else_is() -> None:
    def named(address: str) -> str | None:
        return _request(urlsplit(address)).get_header("User-agent")

    assert named("https://outlook.office365.com/owa/calendar/a/calendar.ics") == "Mozilla/5.0 (X11) Chrome/139.0.0.0"
    assert named("webcal://Outlook.Office365.com/owa/calendar/a/calendar.ics") == "Mozilla/5.0 (X11) Chrome/139.0.0.0"
    assert named("https://calendar.example/it.ics") == named("https://outlook.office365.com.example/") == "aikultur"


def test_what_is_larger_than_the_limit_is_not_read_to_its_end(site: Site) -> None:
    site.pages["/all.ics"] = send(200, b"x" * 1001)
    assert len(fetch(f"{site.address}/all.ics", limit=1001)) == 1001
    assert refusal(f"{site.address}/all.ics", limit=1000) == (
        "it is larger than 1000 bytes. Name a calendar of the department's own."
    )


def test_what_has_no_end_is_left(site: Site) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        with suppress(OSError):
            while True:
                handler.wfile.write(b"x" * 65_536)

    def moved(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", "/new")
        handler.end_headers()
        with suppress(OSError):
            while True:
                handler.wfile.write(b"x" * 65_536)

    site.pages |= {"/endless": endless, "/moved": moved, "/new": send(200, CALENDAR)}
    assert refusal(f"{site.address}/endless").startswith("it is larger than 20000000 bytes.")
    assert fetch(f"{site.address}/moved") == CALENDAR


def test_a_server_that_drips_its_body_or_its_headers_is_left_when_the_time_is_over(site: Site) -> None:
    def body(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        site.drip(handler)

    def header(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nX-Long: ")
        site.drip(handler)

    def nothing(handler: BaseHTTPRequestHandler) -> None:
        site.closing.wait()

    site.pages |= {"/body": body, "/header": header, "/nothing": nothing}
    for path in ("/body", "/header", "/nothing"):
        said = refusal(f"{site.address}{path}", timeout_seconds=0.2)
        assert said == "127.0.0.1 takes longer than 0.2 seconds. Look whether the address opens in a browser."


def test_a_server_that_is_not_there_is_named() -> None:
    with_port = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    with_port.server_close()  # the port was free a moment ago
    assert refusal(f"https://user:word@127.0.0.1:{with_port.server_port}/secret.ics") == (
        "127.0.0.1 cannot be reached: Connection refused. Look whether the address is right and the server is up."
    )


def test_a_certificate_that_nobody_vouches_for_is_refused(site: Site, tmp_path: Path) -> None:
    context = make_certificates(tmp_path).context()
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]  # its talk of the refusal
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    said = refusal(f"webcal://127.0.0.1:{server.server_port}/it.ics")
    server.shutdown()
    server.server_close()
    thread.join()
    assert said.startswith("127.0.0.1 cannot be reached: [SSL: CERTIFICATE_VERIFY_FAILED]")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ftp://x.example/it.ics", "ftp:// cannot be fetched. Write an address with https://, or a file."),
        ("file:///etc/passwd", "file:// cannot be fetched. Write an address with https://, or a file."),
    ],
)
def test_other_schemes_are_refused(address: str, said: str) -> None:
    assert refusal(address) == said


@pytest.mark.parametrize(
    "address", ["https://", "http://127.0.0.1:port/", "http://[::1", "http://127.0.0.1/a b\r\nX: 1"]
)
def test_an_address_that_is_none_is_a_sentence(address: str) -> None:
    assert "cannot be reached: " in refusal(address)


# --- from a file


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "it.ics"
    file.write_bytes(CALENDAR)
    assert fetch(str(file)) == CALENDAR
    assert refusal(str(file), limit=10).startswith("it is larger than 10 bytes.")


def test_a_file_that_is_missing_a_folder_and_no_path_at_all_are_sentences(tmp_path: Path) -> None:
    gone = tmp_path / "gone.ics"
    assert refusal(str(gone)) == (
        f"{gone} cannot be read: No such file or directory. Write a file that is there and readable."
    )
    assert refusal(str(tmp_path)) == f"{tmp_path} is not a file. Write the .ics file itself."
    assert refusal("a\x00b") == "'a\\x00b' is no path. Write a file that is there."
