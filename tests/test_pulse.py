"""The pulse: one question a month, answered without a name. A number and a week are kept, and nothing else."""

import asyncio
import re
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from culture.concerns import PoolFull, Tally
from culture.leaders import pulse
from culture.leaders.settings import Leaders
from culture.workdays import Week
from service.leaders.form_tokens import GOOD_FOR_SECONDS, MOST, FormTokens
from service.leaders.pulse_page import LIMITS
from service.pages.answer import EVERY_ANSWER
from service.pages.site import application
from tests.test_web import done, view
from tests.web_relay_values import TestClient, problem, saved

pytestmark = pytest.mark.slow

ZONE = ZoneInfo("Europe/Copenhagen")
FORM = "application/x-www-form-urlencoded"


# --- the rules -------------------------------------------------------------------------------------------------


def test_one_week_of_each_month_asks() -> None:
    weeks = [Week.of(date.fromisocalendar(2027, number, 1)) for number in range(1, 53)]
    assert [week.number for week in weeks if pulse.asks_in(week)] == [2, 7, 11, 15, 19, 24, 28, 32, 37, 41, 46, 50]


@pytest.mark.parametrize(
    ("today", "week"),
    [
        ("2027-01-10", None),
        ("2027-01-11", Week(2027, 2)),
        ("2027-01-24", Week(2027, 2)),
        ("2027-01-25", None),
    ],
)
def test_a_question_is_open_for_two_weeks_and_counts_for_the_one_that_asked(today: str, week: Week | None) -> None:
    assert pulse.open_week(date.fromisoformat(today)) == week


def test_it_is_said_when_the_question_comes_next() -> None:
    assert pulse.next_week(date(2027, 1, 25)) == Week(2027, 7)
    assert pulse.next_week(date.max) == Week.of(date.max)


def test_the_answers_of_a_span_are_told_by_week() -> None:
    moved = date(2027, 3, 1)
    tallies = {
        "pulse/2027-W02/4": Tally(count=9, moved=moved),
        "pulse/2027-W02/1": Tally(count=2, moved=moved),
        "pulse/2027-W15/1": Tally(count=7, moved=moved),
        "other/2027-W02/1": Tally(count=7, moved=moved),
        "pulse/2027-W02/9": Tally(count=7, moved=moved),
        "broken": Tally(count=7, moved=moved),
    }
    assert pulse.answers(tallies, date(2027, 1, 1), date(2027, 3, 31)) == {Week(2027, 2): {1: 2, 4: 9}}


# --- the tokens of its form ------------------------------------------------------------------------------------


def test_a_token_is_good_once_and_for_an_hour() -> None:
    tokens = FormTokens()
    token, late = tokens.new(10.0), tokens.new(10.0)
    assert tokens.used(token, 11.0)
    assert not tokens.used(token, 12.0)
    assert not tokens.used(late, 10.0 + GOOD_FOR_SECONDS)
    assert not tokens.used("made up", 11.0)


def test_no_more_tokens_are_kept_than_there_is_room_for() -> None:
    tokens = FormTokens()
    first = tokens.new(0.0)
    others = [tokens.new(1.0) for _ in range(MOST)]
    assert not tokens.used(first, 2.0)
    assert tokens.used(others[0], 2.0)


# --- the page --------------------------------------------------------------------------------------------------


class Page:
    """The web on clocks of the test's own, and what it was given to count."""

    def __init__(self, today: str = "2027-01-12", settings: Leaders | None = None, full: bool = False) -> None:
        self.counted, self.acts, self.seconds, self.full = list[str](), list[Any](), 1000.0, full
        now = datetime.fromisoformat(f"{today}T09:00").replace(tzinfo=ZONE)
        seen, found = settings or Leaders(enabled=True, pulse=True), view()
        world = replace(found.world, now=now, organisation=found.organisation.having(seen))
        self.view = replace(found, world=world)
        app = application(
            lambda: self.view, self._submit, lambda: now, False, print, seconds=lambda: self.seconds, count=self._count
        )
        self.client = TestClient(app, follow_redirects=False)

    def _submit(self, act: Any) -> Any:
        self.acts.append(act)
        return done(act)

    def _count(self, key: str) -> None:
        if self.full:
            raise PoolFull
        self.counted.append(key)

    def token(self, path: str = "/pulse") -> str:
        (found,) = re.findall(r'name="form" value="([\w-]+)"', self.client.get(path).text)
        return str(found)

    def post(self, answer: str, token: str | None = None, **fields: str) -> Any:
        form = self.token() if token is None else token
        return self.client.post("/pulse", data={"answer": answer, "form": form, **fields})


@pytest.fixture
def page() -> Page:
    return Page()


def test_an_answer_is_a_number_and_the_week_that_asked(page: Page) -> None:
    answer = page.post("4")
    assert (answer.status_code, answer.headers["Location"]) == (303, "pulse?done=1")
    assert (page.counted, page.acts) == (["pulse/2027-W02/4"], [])
    assert saved(page.client.get(f"/{answer.headers['Location']}").text) == "Tak. Dit svar er talt med, uden navn."


def test_the_page_knows_nobody_and_has_one_address_for_all(page: Page) -> None:
    for answer in (page.client.get("/pulse"), page.post("4"), page.post("")):
        assert "set-cookie" not in answer.headers
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Content-Security-Policy"] == EVERY_ANSWER["Content-Security-Policy"]
        assert ("connection", "close") in answer.headers.items() or answer.request.method == "GET"
    html = page.client.get("/pulse?lang=en").text
    assert re.findall(r'<input[^>]* name="(\w+)"', html) == ["form", "lang", "answer", "answer", "answer", "answer"]
    assert "Did the ten minutes give you something?" in html


def test_a_double_vote_is_accepted_but_not_with_one_form(page: Page) -> None:
    token = page.token()
    assert page.post("2", token).status_code == 303
    again = page.post("2", token)
    sentence = "Siden havde været åben et stykke tid. Dit valg står her endnu: Tryk på knappen en gang til."
    assert problem(again) == (409, sentence)
    assert re.search(r'value="2" checked', again.text)
    (fresh,) = re.findall(r'name="form" value="([\w-]+)"', again.text)
    assert page.post("2", fresh).status_code == 303
    assert page.counted == ["pulse/2027-W02/2", "pulse/2027-W02/2"]


@pytest.mark.parametrize("answer", ["", "0", "5", "9" * 30, "4' OR 1=1", "<script>", "４"])
def test_what_is_no_answer_is_refused(page: Page, answer: str) -> None:
    refused = page.post(answer)
    assert (problem(refused), page.counted) == ((422, "Vælg et af svarene."), [])
    assert "<script" not in refused.text


def test_a_form_that_nobody_opened_counts_nothing(page: Page) -> None:
    assert page.post("4", "made-up").status_code == 409
    assert page.counted == []


def test_between_two_questions_nothing_can_be_answered() -> None:
    page = Page("2027-01-26")
    html = page.client.get("/pulse").text
    assert "Der er ikke åbent for spørgsmålet nu. Det kommer med ugens brev i uge 7." in html
    assert "<form" not in html
    assert page.post("4", "x").status_code == 404
    assert page.counted == []


@pytest.mark.parametrize("settings", [Leaders(enabled=True), Leaders(pulse=True), Leaders()])
def test_where_it_is_switched_off_there_is_no_such_page(settings: Leaders) -> None:
    page = Page(settings=settings)
    assert page.client.get("/pulse").status_code == 404
    assert page.post("4", "x").status_code == 404


def test_a_flood_is_held_back_and_a_full_pool_says_so(page: Page) -> None:
    assert asyncio.run(flood(page, LIMITS.a_minute - 1)) == {409}  # a form that nobody opened
    assert page.post("1", "x").status_code == 409
    assert page.post("1").status_code == 429
    full = Page(full=True)
    assert full.post("1").status_code == 503


async def flood(page: Page, times: int) -> set[int]:
    """The statuses of so many posts, which come without the client: it takes ten times as long as what it asks."""
    body, statuses = b"answer=1&form=x", set[int]()
    headers = {b"host": b"x.example", b"content-type": FORM.encode(), b"content-length": b"%d" % len(body)}
    scope = {"type": "http", "method": "POST", "path": "/pulse", "query_string": b"", "headers": [*headers.items()]}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.add(message["status"])

    for _ in range(times):
        await page.client.app({**scope, "client": ("testclient", 1)}, receive, send)
    return statuses


def test_what_is_no_form_is_refused(page: Page) -> None:
    kinds = {"text/plain": b"answer=4", FORM: b"answer=%FF", "application/json": b"{}"}
    for kind, body in kinds.items():
        assert page.client.post("/pulse", content=body, headers={"Content-Type": kind}).status_code in (400, 422)
    large = page.client.post("/pulse", content=b"answer=" + b"4" * 5000, headers={"Content-Type": FORM})
    assert (large.status_code, page.counted) == (413, [])
