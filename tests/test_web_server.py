"""The server around the pages: its port, its thread, its end."""

import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from service.messages.faults import Refused
from service.pages.connection import KEPT_BACK, LIMITS, Tally, places
from service.pages.server import Server

pytestmark = pytest.mark.slow

HERE = "127.0.0.1"
PATIENCE = 30.0
"""Seconds after which a test that waits gives up; none waits so long when all is well."""


async def hello(request: Request) -> Response:
    return PlainTextResponse("hello")


APP = Starlette(routes=[Route("/", hello)])


@contextmanager
def serving(app: Starlette = APP, host: str = HERE, port: int = 0) -> Iterator[Server]:
    server = Server(app, host, port)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def get(port: int, host: str = HERE) -> httpx.Response:
    return httpx.get(f"http://{host}:{port}/", trust_env=False, timeout=PATIENCE)


def listens(port: int) -> bool:
    try:
        socket.create_connection((HERE, port), PATIENCE).close()
    except ConnectionError:
        return False
    return True


def test_whoever_asks_right_after_the_start_is_answered() -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(serving()) for _ in range(5)]
        assert [get(server.port).text for server in servers] == ["hello"] * 5


def test_of_two_services_that_start_at_once_one_is_refused() -> None:
    for _ in range(10):
        with serving() as first, pytest.raises(Refused, match=rf"\[web\] {HERE}:{first.port} cannot be had: .*in use"):
            Server(APP, HERE, first.port).start()


def test_a_taken_port_is_said_in_danish_too() -> None:
    with serving() as first, pytest.raises(Refused) as caught:
        Server(APP, HERE, first.port).start()
    assert f"[web] {HERE}:" in caught.value.sentence.said("da")
    assert "Skriv en anden port" in caught.value.sentence.said("da")


def test_an_address_of_another_machine_is_a_sentence() -> None:
    with pytest.raises(Refused, match=r"\[web\] 192\.0\.2\.1:8017 cannot be had"):
        Server(APP, "192.0.2.1", 8017).start()


def test_the_port_is_free_again_after_the_end() -> None:
    with serving() as first:
        assert get(first.port).status_code == 200
        port = first.port
    with pytest.raises(httpx.ConnectError):
        get(port)
    with serving(port=port) as second:
        assert get(second.port).text == "hello"


def test_what_is_asked_already_is_answered_at_the_end() -> None:
    asked, released = threading.Event(), threading.Event()

    def slow(request: Request) -> Response:
        asked.set()
        released.wait(PATIENCE)
        return PlainTextResponse("late, but here")

    server = Server(Starlette(routes=[Route("/", slow)]), HERE, 0)
    server.start()
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(get, server.port)
        assert asked.wait(PATIENCE)
        port = server.port
        end = pool.submit(server.stop)
        while listens(port):
            assert not end.done()
        released.set()
        assert answer.result(PATIENCE).text == "late, but here"
        end.result(PATIENCE)


def test_signals_stay_with_the_main_thread() -> None:
    before = [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)]
    with serving() as server:
        get(server.port)
        during = [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)]
    assert during == before


def test_the_threads_are_gone_after_the_end() -> None:
    before = set(threading.enumerate())
    with serving() as server:
        get(server.port)
    assert [thread.name for thread in set(threading.enumerate()) - before if thread.name == "web"] == []


def test_it_says_nothing_of_what_it_is_made_of() -> None:
    with serving() as server:
        headers = get(server.port).headers
    assert "server" not in headers


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as tried:
            tried.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_it_answers_on_ipv6() -> None:
    with serving(host="::1") as server:
        assert get(server.port, "[::1]").text == "hello"


@given(wanted=st.integers(1, 5000), descriptors=st.integers(0, 10**6))
def test_the_rest_of_the_service_keeps_its_descriptors(wanted: int, descriptors: int) -> None:
    found = places(wanted, descriptors)
    assert found == wanted or found == max(1, descriptors - KEPT_BACK) < wanted


def test_without_a_limit_of_descriptors_there_are_as_many_connections_as_wanted() -> None:
    assert places(256, -1) == 256


def test_with_the_usual_limit_of_descriptors_there_are_256_connections() -> None:
    assert places(LIMITS.connections, 1024) == 256


def test_what_happens_often_is_told_once_a_minute_with_its_number() -> None:
    tally = Tally()
    assert [tally.add(now) for now in (5, 6, 64.9, 65, 65, 200)] == [1, 0, 0, 3, 0, 2]
