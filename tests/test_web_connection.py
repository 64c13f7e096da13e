"""What a connection may cost: places, seconds and bytes, on a real server with limits as short as a test needs."""

import asyncio
import gc
import logging
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from service.pages.answer import Declined
from service.pages.body import body_of
from service.pages.connection import Connection, Limits
from service.pages.server import Server

pytestmark = pytest.mark.kill

HERE = "127.0.0.1"
PATIENCE = 30.0
"""Seconds after which a test that waits gives up; none waits so long when all is well."""

LONG = Limits(
    connections=4, head_seconds=PATIENCE * 2, body_seconds=PATIENCE * 2, idle_seconds=PATIENCE * 2,
    unread_seconds=PATIENCE * 2,
)  # fmt: skip
"""No time is ever over: what is closed was closed for another reason."""

SOON = 0.05

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
LARGE = 4 * 1024 * 1024


class Site:
    """A few pages, and how many of each were begun and ended."""

    server: Server

    def __init__(self) -> None:
        self.begun = self.ended = self.held = 0
        self.asked, self.released = threading.Semaphore(0), threading.Event()
        self.routes = [
            Route("/", self.hello, methods=["GET", "POST"]),
            Route("/slow", self.slow, methods=["GET", "POST"]),
            Route("/large", self.large),
            Route("/read", self.read, methods=["POST"]),
        ]

    async def hello(self, request: Request) -> Response:
        self.begun += 1
        return PlainTextResponse("hello")

    async def slow(self, request: Request) -> Response:
        self.begun += 1
        self.asked.release()
        await run_in_threadpool(self.released.wait, PATIENCE)
        self.ended += 1
        return PlainTextResponse("late, but here")

    async def large(self, request: Request) -> Response:
        self.begun += 1
        self.asked.release()
        return PlainTextResponse("x" * LARGE)

    async def read(self, request: Request) -> Response:
        self.begun += 1
        if self.begun == 400:
            self.held = max(len(one._input) for one in connections())
        self.asked.release()
        if "late" in request.query_params:
            await run_in_threadpool(self.released.wait, PATIENCE)
        body = await body_of(request, 10**9, "da")
        await asyncio.sleep(0)  # to the loop and back, so that it can read more if it wants
        return PlainTextResponse(str(len(body)))


def connections() -> list[Connection]:
    """Those of the server under test."""
    return [one for one in gc.get_objects() if isinstance(one, Connection) and not one.transport.is_closing()]


def declined(request: Request, error: Exception) -> Response:
    assert isinstance(error, Declined)
    return PlainTextResponse(str(error.sentence), error.status)


@contextmanager
def serving(limits: Limits = LONG) -> Iterator[tuple[Site, int]]:
    site = Site()
    app = Starlette(routes=site.routes, exception_handlers={Declined: declined})
    server = Server(app, HERE, 0, limits)
    site.server = server
    server.start()
    try:
        yield site, server.port
    finally:
        site.released.set()
        server.stop()


def opened(port: int, *sent: bytes) -> socket.socket:
    found = socket.create_connection((HERE, port), PATIENCE)
    for piece in sent:
        found.sendall(piece)
    return found


def rest(connection: socket.socket) -> bytes:
    """Whatever comes until the server closes; that it may throw away what it did not read is no matter here."""
    found = b""
    try:
        while piece := connection.recv(65536):
            found += piece
    except ConnectionError:
        pass
    return found


def statuses(answers: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+)", answers)]


def ask(connection: socket.socket, request: bytes = GET) -> int:
    """The status of one request whose answer is small."""
    connection.sendall(request)
    return statuses(connection.recv(65536))[0]


def asked(port: int) -> int:
    with closing(opened(port)) as connection:
        return ask(connection)


# --- places ------------------------------------------------------------------------------------------------------


def test_a_newcomer_gets_the_place_of_whoever_has_been_silent_the_longest() -> None:
    with serving() as (_, port), ExitStack() as stack:
        half = [stack.enter_context(closing(opened(port, b"GET / HT"))) for _ in range(LONG.connections)]
        assert asked(port) == 200
        assert rest(half[0]) == b""
        assert [ask(one, b"TP/1.1\r\n\r\n") for one in half[2:]] == [200, 200]


def test_a_request_in_drops_makes_nobody_younger() -> None:
    with serving() as (_, port), ExitStack() as stack:
        dripping = stack.enter_context(closing(opened(port)))
        others = [stack.enter_context(closing(opened(port, b"G"))) for _ in range(LONG.connections - 1)]
        for drop in (b"POST / ", b"HTTP/1.1\r\n", b"Host: x\r\n"):
            dripping.sendall(drop)
        assert ask(dripping, b"Content-Length: 9\r\n\r\n") == 200  # but its body still comes
        assert asked(port) == 200
        assert rest(dripping) == b""
        assert [ask(one, GET[1:]) for one in others[1:]] == [200] * (len(others) - 1)


def test_a_thousand_half_requests_leave_the_others_their_answers() -> None:
    with serving() as (_, port), ExitStack() as stack:
        found = list[int]()
        for number in range(1000):
            stack.enter_context(closing(opened(port, b"GET / HTTP/1.1\r\n")))
            if number % 100 == 0:
                found.append(asked(port))
        assert found == [200] * 10


def test_who_is_being_answered_is_not_closed_for_a_newcomer_who_is_told_to_come_again() -> None:
    with serving() as (site, port), ExitStack() as stack:
        slow = GET.replace(b"/ ", b"/slow ")
        busy = [stack.enter_context(closing(opened(port, slow))) for _ in range(LONG.connections)]
        for _ in busy:
            assert site.asked.acquire(timeout=PATIENCE)
        with closing(opened(port)) as newcomer:
            assert statuses(rest(newcomer)) == [503]
        site.released.set()
        assert [statuses(one.recv(65536)) for one in busy] == [[200]] * LONG.connections
        assert asked(port) == 200


# --- seconds -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\n", b"\r\n"])
def test_a_head_that_does_not_come_in_time_is_not_waited_for(sent: bytes) -> None:
    with serving(replace(LONG, head_seconds=SOON)) as (site, port), closing(opened(port, sent)) as connection:
        assert statuses(rest(connection)) == ([408] if sent else [])
        assert site.begun == 0


def test_a_body_that_does_not_come_in_time_is_not_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    head = b"POST /read HTTP/1.1\r\nContent-Length: 9\r\n\r\n1234"
    with serving(replace(LONG, body_seconds=SOON)) as (_, port), closing(opened(port, head)) as connection:
        assert statuses(rest(connection)) == [408]
    assert caplog.records == []


def test_who_leaves_in_the_middle_of_a_body_leaves_no_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with serving() as (site, port):
        with closing(opened(port, b"POST /read HTTP/1.1\r\nContent-Length: 9\r\n\r\n1234")):
            assert site.asked.acquire(timeout=PATIENCE)
        assert asked(port) == 200
    assert caplog.records == []


def test_between_requests_a_connection_stays_open_for_a_time() -> None:
    with serving(replace(LONG, idle_seconds=SOON)) as (_, port), closing(opened(port, GET)) as connection:
        assert statuses(rest(connection)) == [200]
    with serving() as (_, port), closing(opened(port)) as connection:
        assert [ask(connection) for _ in range(3)] == [200, 200, 200]
        assert {one.timeout_keep_alive_task for one in connections()} == {None}  # uvicorn's would end one in use


def test_who_does_not_read_is_dropped_and_never_asked_for_more() -> None:
    large = GET.replace(b"/ ", b"/large ")
    with serving(replace(LONG, unread_seconds=SOON)) as (site, port), ExitStack() as stack:
        deaf = stack.enter_context(closing(opened(port, large * 3)))
        assert site.asked.acquire(timeout=PATIENCE)
        wait_until_closed(deaf)
        assert len(rest(deaf)) < LARGE
        assert site.begun == 1


def test_who_asked_for_the_end_and_does_not_read_is_dropped_as_well() -> None:
    large = b"GET /large HTTP/1.1\r\nConnection: close\r\n\r\n"
    with serving(replace(LONG, unread_seconds=SOON)) as (site, port), closing(opened(port, large)) as deaf:
        assert site.asked.acquire(timeout=PATIENCE)
        wait_until_closed(deaf)
        assert len(rest(deaf)) < LARGE


def wait_until_closed(connection: socket.socket) -> None:
    """Until the server has closed, without reading what it sent."""
    waited = threading.Event()
    try:
        while not waited.wait(0.01):
            connection.sendall(b"x")
    except OSError:
        return


def test_the_end_of_the_service_does_not_wait_for_who_does_not_read() -> None:
    with serving(replace(LONG, unread_seconds=SOON)) as (site, port), ExitStack() as stack:
        stack.enter_context(closing(opened(port, GET.replace(b"/ ", b"/large "))))
        assert site.asked.acquire(timeout=PATIENCE)


# --- bytes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "flood",
    [b"X: y\r\n", b"X: " + b"y" * 60_000 + b"\r\n", b"X-" + b"y" * 60_000, b"\r\n"],
    ids=["lines", "a long line", "a long name", "empty lines first"],
)
def test_a_head_too_large_ends_the_connection(flood: bytes) -> None:
    start = b"" if flood == b"\r\n" else b"GET / HTTP/1.1\r\n"
    with serving() as (site, port), closing(opened(port, start)) as connection:
        sent = 0
        try:
            while sent < 1_000_000:
                connection.sendall(flood)
                sent += len(flood)
        except ConnectionError:
            pass
        assert statuses(rest(connection)) in ([431], [])  # the rest of what we send may undo what it said
        assert (site.begun, asked(port)) == (0, 200)


def test_a_head_may_have_sixteen_kilobytes() -> None:
    line = b"X: " + b"y" * 995 + b"\r\n"
    for lines, status in ((16, 200), (17, 431)):
        with serving() as (_, port), closing(opened(port, b"GET / HTTP/1.1\r\n" + line * lines + b"\r\n")) as one:
            assert statuses(one.recv(65536)) == [status]


def test_a_body_of_which_no_end_is_seen_ends_the_connection() -> None:
    head = b"POST /read HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
    for pieces in (chunk, b"1;" + b"x" * 1000 + b"\r\nx\r\n", b"0\r\n" + b"X: y\r\n" * 1000):
        with serving(replace(LONG, body_bytes=100_000)) as (_, port), closing(opened(port, head)) as one:
            try:
                for _ in range(1000):
                    one.sendall(pieces)
            except ConnectionError:
                pass
            assert 200 not in statuses(rest(one))


def test_whoever_is_answered_before_the_body_may_still_send_it() -> None:
    head = b"POST /nowhere HTTP/1.1\r\nConnection: close\r\nContent-Length: 900000\r\n\r\n"
    with serving() as (_, port), closing(opened(port, head)) as connection:
        answer = connection.recv(65536)
        for _ in range(900):
            connection.sendall(b"x" * 1000)
        assert statuses(answer) == [404]
        assert connection.recv(65536) == b""
        assert asked(port) == 200


def test_a_large_body_that_came_before_its_answer_is_let_go() -> None:
    head = b"POST /slow HTTP/1.1\r\nConnection: close\r\nContent-Length: 900000\r\n\r\n"
    with serving() as (site, port), closing(opened(port, head)) as connection:
        assert site.asked.acquire(timeout=PATIENCE)
        connection.setblocking(False)
        sent = send_all_it_takes(connection, b"x" * 900_000)
        for _ in range(20):
            assert asked(port) == 200  # it has had every chance to read
        site.released.set()
        connection.settimeout(PATIENCE)
        connection.sendall(b"x" * (900_000 - sent))
        assert statuses(rest(connection)) == [200]


def test_what_is_answered_already_is_not_answered_again_when_its_body_never_ends() -> None:
    head = b"POST /nowhere HTTP/1.1\r\nContent-Length: 900\r\n\r\n"
    with serving(replace(LONG, body_seconds=SOON)) as (_, port), closing(opened(port, head)) as connection:
        assert statuses(rest(connection)) == [404]


def test_a_body_in_chunks_and_one_in_two_pieces_arrive_whole() -> None:
    chunked = b"POST /read HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab\n\r\n1\r\n\r\r\n0\r\nX: y\r\n\r\n"
    plain = b"POST /read HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + b"\r\n\r\n" * 25_000
    with serving() as (_, port), closing(opened(port, chunked + plain[:60], plain[60:] + GET)) as connection:
        found = b""
        while not found.endswith(b"hello"):
            found += connection.recv(65536)
        assert re.findall(rb"\r\n\r\n(\w+)", found) == [b"4HTTP", b"100000HTTP", b"hello"]


@given(cuts=st.lists(st.integers(0, 400), max_size=12))
def test_however_a_row_of_requests_is_cut_each_gets_its_answer(port: int, cuts: list[int]) -> None:
    row = (
        GET + b"\r\nPOST /read HTTP/1.1\r\nContent-Length: 7\r\n\r\nab\r\n\r\nc" + GET
        + b"POST /read HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n\r\n\r\n!\r\n0\r\n\r\n"
        + b"POST /x HTTP/1.1\r\nContent-Length: 4\r\n\r\n\r\n\r\n" + b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"
    )  # fmt: skip
    marks = sorted({0, len(row), *(cut for cut in cuts if cut < len(row))})
    pieces = [row[start:end] for start, end in pairwise(marks)]
    with closing(opened(port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            connection.sendall(piece)
        answers = rest(connection)
    assert statuses(answers) == [200, 200, 200, 200, 404, 200]
    assert re.findall(rb"\r\n\r\n(hello|[57]|Not Found)", answers) == [
        b"hello",
        b"7",
        b"hello",
        b"5",
        b"Not Found",
        b"hello",
    ]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving() as (_, found):
        yield found


# --- one by one --------------------------------------------------------------------------------------------------


def test_of_many_requests_in_one_piece_one_is_in_hand() -> None:
    slow = GET.replace(b"/ ", b"/slow ")
    with serving() as (site, port), closing(opened(port, slow * 1500)) as connection:
        assert site.asked.acquire(timeout=PATIENCE)
        assert asked(port) == 200
        assert {len(one.pipeline) for one in connections()} == {0}
        assert site.begun == 2
        site.released.set()
        answers = b""
        while answers.count(b"late, but here") < 1500:
            answers += connection.recv(1 << 20)
        assert site.ended == 1500


def test_wherever_a_row_of_requests_is_cut_one_is_in_hand() -> None:
    slow, posted = b"GET /slow HTTP/1.1\r\n", b"POST /slow HTTP/1.1\r\nContent-Length: 1\r\n\r\nx"
    for first, second in ((posted * 9, b""), (slow, b"\r\n" + (slow + b"\r\n") * 9)):
        with serving() as (site, port), closing(opened(port, first)) as connection:
            assert asked(port) == 200  # so that the first piece has been read
            connection.sendall(second)
            assert site.asked.acquire(timeout=PATIENCE)
            assert asked(port) == 200
            assert {len(one.pipeline) for one in connections()} == {0}


def test_a_row_of_forms_is_not_read_ahead() -> None:
    posted = b"POST /read HTTP/1.1\r\nContent-Length: 2\r\n\r\nab"
    with serving() as (site, port), closing(opened(port)) as connection:
        connection.setblocking(False)
        send_all_it_takes(connection, posted * 19_000)
        for _ in range(400):
            assert site.asked.acquire(timeout=PATIENCE)
        assert 0 < site.held <= 64 * 1024


def test_a_body_that_nobody_takes_is_not_read_on() -> None:
    head = b"POST /read?late HTTP/1.1\r\nContent-Length: 900000\r\n\r\n"
    with serving() as (site, port), closing(opened(port, head)) as connection:
        assert site.asked.acquire(timeout=PATIENCE)
        connection.setblocking(False)
        send_all_it_takes(connection, b"x" * 900_000)
        for _ in range(20):
            assert asked(port) == 200  # it has had every chance to read
        assert max(len(one.cycle.body) for one in connections() if one.cycle) <= 128 * 1024


def test_at_the_end_of_the_service_a_form_that_comes_is_still_answered_and_the_last() -> None:
    with (
        serving() as (site, port),
        closing(opened(port, b"POST /read HTTP/1.1\r\nContent-Length: 9\r\n\r\n1234")) as one,
    ):
        assert site.asked.acquire(timeout=PATIENCE)
        end = threading.Thread(target=site.server.stop)
        end.start()
        while listens(port):
            pass
        while not all(connection._last for connection in connections()):
            pass
        one.sendall(b"56789" + GET)
        assert statuses(rest(one)) == [200]
        end.join()


def listens(port: int) -> bool:
    try:
        socket.create_connection((HERE, port), PATIENCE).close()
    except ConnectionError:
        return False
    return True


def test_who_leaves_with_requests_unanswered_leaves_no_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    slow = GET.replace(b"/ ", b"/slow ")
    with serving() as (site, port):
        with closing(opened(port, slow * 1500)):
            assert site.asked.acquire(timeout=PATIENCE)
        site.released.set()
        assert asked(port) == 200
    assert site.begun <= 4
    assert caplog.records == []


def test_a_deaf_client_of_19000_requests_costs_a_bounded_number_of_bytes() -> None:
    with serving() as (site, port), ExitStack() as stack:
        deaf = [stack.enter_context(closing(opened(port))) for _ in range(3)]
        for one in deaf:
            one.setblocking(False)
            send_all_it_takes(one, GET.replace(b"/ ", b"/large ") * 19_000)
            assert site.asked.acquire(timeout=PATIENCE)
        assert asked(port) == 200
        held = [one for one in connections() if one.behind]
        assert len(held) == 3
        assert [one for one in held if len(one._input) > 64 * 1024] == []
        assert site.begun == 4


def send_all_it_takes(connection: socket.socket, data: bytes) -> int:
    """How much of it."""
    sent = 0
    try:
        while sent < len(data):
            sent += connection.send(data[sent:])
    except BlockingIOError:
        pass
    return sent


def test_an_upgrade_to_something_else_is_answered_and_ends_the_connection(caplog: pytest.LogCaptureFixture) -> None:
    request = b"GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n"
    with serving() as (_, port), closing(opened(port, request + GET)) as connection:
        assert statuses(rest(connection)) == [200]
    assert caplog.records == []


def test_noise_is_refused_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "aikultur")
    with serving() as (site, port):
        for _ in range(20):
            with closing(opened(port, b"\x16\x03\x01 no HTTP\r\n\r\n")) as connection:
                assert statuses(rest(connection)) in ([400], [])
    assert site.begun == 0
    assert [record.getMessage() for record in caplog.records] == ["requests to the web that were no HTTP: 1"]
