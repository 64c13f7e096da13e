"""The page for concerns: nobody's, so it may know nothing, keep nothing of who came, and hand in nothing but the text."""

import re
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from culture.concerns import PoolFull, ToManagers
from culture.released import Released
from service.acts.concerns import text_of
from service.pages import concern_page
from service.pages.answer import EVERY_ANSWER
from service.pages.server import Server
from service.pages.site import application
from tests.test_web import LINKS, NOW, done, me, view
from tests.web_relay_values import TestClient, problem, saved
from tests.web_relay_values import text_of as words

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
FORM = "application/x-www-form-urlencoded"


class Page:
    """The web on clocks of the test's own, and what it was given to keep."""

    def __init__(self, full: bool = False) -> None:
        self.taken, self.acts, self.seconds, self.full = list[str](), list[Any](), 1000.0, full
        self.managers, self.world = list[str](), view().world
        self.app = application(
            lambda: view(world=self.world), self._submit, lambda: NOW, False, self._take, seconds=lambda: self.seconds
        )
        self.client = TestClient(self.app, follow_redirects=False)

    def _submit(self, act: Any) -> Any:
        self.acts.append(act)
        return done(act)

    def _take(self, text: str, manager: str) -> None:
        kept = text_of(text)
        if self.full:
            raise PoolFull
        self.taken.append(kept)
        self.managers.append(manager)

    def post(self, text: str, **fields: str) -> Any:
        return self.client.post("/concern", data={"text": text, **fields})


@pytest.fixture
def page() -> Page:
    return Page()


def test_a_concern_needs_no_token_no_cookie_and_no_person(page: Page) -> None:
    answer = page.post(" Går det\r\nfor stærkt? ")
    assert (answer.status_code, answer.headers["Location"]) == (303, "concern?done=1")
    assert (page.taken, page.acts) == (["Går det\nfor stærkt?"], [])
    assert saved(page.client.get(f"/{answer.headers['Location']}").text) == "Tak. Det er på vej, uden navn."


def test_the_page_holds_no_token_sets_no_cookie_and_sends_no_address_on(page: Page) -> None:
    for answer in (page.client.get("/concern"), page.post("Noget"), page.post("")):
        assert "set-cookie" not in answer.headers
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Content-Security-Policy"] == EVERY_ANSWER["Content-Security-Policy"]
    html = page.client.get("/concern").text
    assert re.findall(r'<(?:input|textarea|select)[^>]* name="(\w+)"', html) == ["text"]
    assert re.findall(r'name="(\w+)"', page.client.get("/concern?lang=en").text.split("<form")[1]) == ["lang", "text"]


def test_a_manager_is_told_too_only_where_one_may_be_chosen(page: Page) -> None:
    assert 'name="manager"' not in page.client.get("/concern").text
    assert "en gang om måneden" not in page.client.get("/concern").text
    page.world = page.world.having(Released())
    assert "Mette Lund får den en gang om måneden" in words(page.client.get("/concern").text)
    refused = page.post("Noget", manager="plan")
    assert (refused.status_code, page.taken) == (422, [])
    page.world = page.world.having(ToManagers(lambda _: {"plan": "Plan & <Byg>", "it": "IT"}))
    shown = page.client.get("/concern?lang=en").text
    assert re.findall(r'<option value="(\w*)"', shown) == ["", "it", "plan"]
    assert "Yes, in Plan &amp; &lt;Byg&gt;" in shown
    for manager, status in (("", 303), ("plan", 303), ("hr", 422)):
        answer = page.post(f"Noget {manager}", manager=manager)
        assert answer.status_code == status
    assert page.managers == ["", "plan"]
    assert '<li><a href="#manager">Den afdeling står ikke længere på listen.' in answer.text
    assert "Noget hr</textarea>" in answer.text


def test_every_page_leads_to_it_without_telling_from_whose(page: Page) -> None:
    relay = f"/relay/{LINKS.token('relay', '7', NOW)}"
    for path, root in (("/", ""), (me(), "../"), (relay, "../")):
        html = page.client.get(path).text
        assert html.count(f'<a href="{root}concern" rel="noreferrer">skriv uden navn</a>') == 1, path
    assert '<a href="../concern?lang=en" rel="noreferrer">' in page.client.get(me("8")).text


def test_the_relays_page_takes_no_concern(page: Page) -> None:
    relay = f"/relay/{LINKS.token('relay', '7', NOW)}"
    data = {"form": LINKS.token("form", "7", NOW), "act": "concern", "text": "Noget"}
    assert page.client.post(relay, data=data).status_code == 403
    assert (page.taken, page.acts) == ([], [])


def test_the_page_says_what_a_kill_loses_in_both_languages(page: Page) -> None:
    assert "er det væk, der er skrevet inden for den seneste time" in words(page.client.get("/concern").text)
    assert "within the last hour is lost" in words(page.client.get("/concern?lang=en").text)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 2001, "😀" * 2001])
def test_nothing_and_too_much_come_back_with_what_was_written(page: Page, text: str) -> None:
    answer = page.post(text, lang="en")
    assert (answer.status_code, page.taken) == (422, [])
    assert re.findall(r'<li><a href="#(\w+)">', answer.text) == ["text"]
    assert text in answer.text
    assert '<html lang="en">' in answer.text


def test_the_longest_concern_fits_however_it_is_encoded(page: Page) -> None:
    assert page.post("😀" * 2000).status_code == 303
    assert page.taken == ["😀" * 2000]


def test_a_flood_is_held_back_for_everybody_and_gives_the_words_back(page: Page) -> None:
    for number in range(concern_page.LIMITS.a_minute):
        assert page.post(f"Nummer {number}").status_code == 303
    refused = page.post("Nummer 13")
    assert problem(refused) == (
        429,
        "Der er mange, der skriver lige nu. Vent et minut, og tryk på knappen igen. Dine ord står her stadig.",
    )
    assert "Nummer 13</textarea>" in refused.text
    page.seconds += 60
    assert page.post("Nummer 13").status_code == 303
    assert len(page.taken) == concern_page.LIMITS.a_minute + 1


def test_one_connection_carries_one_post(page: Page) -> None:
    assert [page.post(text).headers["Connection"] for text in ("Noget", "")] == ["close"] * 2


def test_the_server_ends_the_connection_after_a_post(page: Page) -> None:
    server = Server(page.app, "127.0.0.1", 0)
    server.start()
    try:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", "/concern")
        kept = connection.getresponse()
        kept.read()
        connection.request("POST", "/concern", urlencode({"text": "Noget"}), {"Content-Type": FORM})
        ended = connection.getresponse()
        assert (kept.will_close, ended.status, ended.will_close, connection.sock) == (False, 303, True, None)
    finally:
        server.stop()
    assert page.taken == ["Noget"]


def test_a_full_pool_says_so_and_gives_the_words_back() -> None:
    refused = Page(full=True).post("Uden plads")
    assert problem(refused) == (
        503, "Der er ikke plads til mere før i nat. Gem dine ord, og kom igen i morgen."
    )  # fmt: skip
    assert "Uden plads</textarea>" in refused.text


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        (FORM, b"x" * (concern_page.LARGEST + 1), 413),
        ("multipart/form-data; boundary=b", b"--b--", 400),
        (FORM, b"", 422),
    ],
)
def test_what_is_no_form_is_refused(page: Page, kind: str, body: bytes, status: int) -> None:
    answer = page.client.post("/concern", content=body, headers={"Content-Type": kind})
    assert (answer.status_code, page.taken) == (status, [])


def test_no_file_is_opened_when_somebody_comes() -> None:
    """In a process of its own, which says what it opens: when a template was first read would tell when somebody came."""
    code = """
import sys
from tests.test_web_concern import Page
page, opened = Page(), []
page.client.get("/robots.txt")  # of any page: the libraries' own
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
assert [page.client.get("/concern").status_code, page.post("Noget").status_code, page.post("").status_code] == [200, 303, 422]
print(opened)
"""
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


def test_what_is_written_is_text(page: Page) -> None:
    html = page.post("<script>alert(1)</script>" + "x" * 2000).text
    assert "<script" not in html
    assert "&lt;script&gt;" in html
