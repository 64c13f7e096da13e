"""A service that lists everybody's links answers its own machine only, whatever stands before it."""

import pytest

from service.settings.loopback import answering, at_another_port, at_port, is_loopback
from tests.test_web import FEED_PATH, ONE_CLICK, Web, form, me, paths, stop, view
from tests.web_client import TestClient

HOME = [
    "localhost",
    "localhost:8017",
    "LocalHost.:80",
    "127.0.0.1",
    "127.0.0.1:8017",
    "127.9.8.7:1",
    "[::1]",
    "[::1]:8017",
]
ELSEWHERE = [
    "evil.example", "evil.example:8017", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example:127.0.0.1",
    "0.0.0.0", "10.0.0.1", "[::2]", "[::1", "::1]:80", "localhost:80:80", "localhost evil.example", "[localhost]x", "", ":80",
    "2130706433", "0x7f.1", "localhost,evil.example", "evil.example@localhost",
]  # fmt: skip


@pytest.fixture
def web() -> Web:
    return Web(view())


def client(web: Web, *, demo: bool = True) -> TestClient:
    return web.client(demo=demo)


@pytest.mark.parametrize("host", HOME)
def test_this_machine_is_answered_by_every_name_it_has(web: Web, host: str) -> None:
    assert client(web).get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ELSEWHERE)
def test_another_name_sees_nobody(web: Web, host: str) -> None:
    """A page elsewhere whose name was made to lead here (DNS rebinding), or a proxy that keeps the name."""
    answer = client(web).get("/", headers={"Host": host})
    assert (answer.status_code, "Anna" in answer.text, "/me/" in answer.text) == (421, False, False)
    assert "<h1>Kun på tjenestens egen maskine</h1>" in answer.text
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("path", paths())
def test_no_address_is_served_to_another_name(web: Web, path: str) -> None:
    assert client(web).get(path, headers={"Host": "evil.example"}).status_code == 421


def test_nothing_is_done_for_another_name(web: Web) -> None:
    for path, data in ((me(), form(stopped="yes")), (stop(), ONE_CLICK)):
        assert client(web).post(path, data=data, headers={"Host": "evil.example"}).status_code == 421
    assert web.acts == []


def test_a_second_host_does_not_hide_behind_the_first(web: Web) -> None:
    answer = client(web).get("/", headers=[("Host", "localhost"), ("Host", "evil.example")])
    assert answer.status_code == 421


@pytest.mark.parametrize("name", ["Forwarded", "X-Forwarded-For", "x-forwarded-host", "X-Real-IP", "Via"])
def test_what_a_proxy_hands_on_is_not_from_here_though_it_rewrites_the_name(web: Web, name: str) -> None:
    assert client(web).get("/", headers={"Host": "127.0.0.1:8017", name: "for=192.0.2.1"}).status_code == 421


def test_a_real_service_answers_by_the_name_that_its_proxy_gives_it(web: Web) -> None:
    asked = {"Host": "ai.x.example", "X-Forwarded-For": "192.0.2.1"}
    assert client(web, demo=False).get(FEED_PATH, headers=asked).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "[::1]", "localhost"])
def test_a_host_to_listen_on_is_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.1.2", "ai.x.example"])
def test_a_host_that_others_reach_is_not(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("url", "port", "another"),
    [
        ("http://127.0.0.1:8017", 8017, False),
        ("http://127.0.0.1:8017", 21304, True),
        ("http://localhost", 80, False),
        ("http://localhost", 8017, True),
        ("https://[::1]/ai", 443, False),
        ("https://[::1]:8017/ai", 443, True),
        ("http://127.0.0.1:99999", 8017, True),
        ("http://127.0.0.1:8017", 0, False),
        ("https://aitid.x.example", 8017, False),
        ("", 8017, False),
    ],
)
def test_an_address_that_leads_past_the_service_is_seen(url: str, port: int, another: bool) -> None:
    assert at_another_port(url, port) is another


def test_an_address_is_told_with_our_port() -> None:
    assert at_port("http://127.0.0.1:8017", 21304) == "http://127.0.0.1:21304"
    assert at_port("http://[::1]/ai", 8017) == "http://[::1]:8017/ai"


@pytest.mark.parametrize(
    ("url", "host", "address"),
    [
        ("https://aitid.x.example", "127.0.0.1", "https://aitid.x.example"),
        ("http://127.0.0.1:8017", "127.0.0.1", "http://127.0.0.1:21304"),
        ("", "::1", "http://[::1]:21304"),
        ("", "0.0.0.0", "http://127.0.0.1:21304"),
    ],
)
def test_the_greeting_names_the_address_that_answers(url: str, host: str, address: str) -> None:
    assert answering(url, host, 21304) == address
