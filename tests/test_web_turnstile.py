"""How much one person may do: counted in a minute and at once, without a clock, and forgotten afterwards."""

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.acts.requests import Act, PageChoice
from service.pages.turnstile import ActLimits, Turnstile
from tests.test_web import LINKS, NOW, ONE_CLICK, Web, done, form, me, stop, view

THREE = ActLimits(a_minute=3, at_once=2, in_all=3)


def test_after_the_last_of_a_minute_one_waits_until_the_first_is_a_minute_old() -> None:
    turnstile = Turnstile(THREE)
    assert [turnstile.admit("7", now) for now in (0, 10, 20, 30, 59.5, 60, 69, 70)] == [0, 0, 0, 30, 0.5, 0, 1, 0]


def test_a_refused_post_makes_nobody_wait_longer() -> None:
    turnstile = Turnstile(THREE)
    waits = [turnstile.admit("7", 0) for _ in range(3)] + [turnstile.admit("7", second) for second in range(1, 61)]
    assert (waits[:3], waits[-2:]) == ([0, 0, 0], [1, 0])


def test_one_person_does_not_count_for_another() -> None:
    turnstile = Turnstile(THREE)
    assert [turnstile.admit("7", 0) for _ in range(4)] == [0, 0, 0, 60]
    assert turnstile.admit("8", 0) == 0


posts = st.lists(st.tuples(st.sampled_from("78"), st.floats(0, 40)), max_size=80)


@given(posts)
def test_no_minute_ever_holds_more_than_the_limit(steps: list[tuple[str, float]]) -> None:
    turnstile, now, admitted = Turnstile(THREE), 0.0, list[tuple[str, float]]()
    for person, later in steps:
        now += later
        if turnstile.admit(person, now) == 0:
            admitted.append((person, now))
    for person, at in admitted:
        assert sum(1 for other, when in admitted if other == person and at <= when < at + 60) <= 3


def test_who_did_nothing_for_a_minute_is_forgotten() -> None:
    turnstile = Turnstile(THREE)
    for number in range(1000):
        turnstile.admit(str(number), number / 1000)
    turnstile.admit("0", 30)
    turnstile.admit("new", 61)
    assert set(turnstile._moments) == {"0", "new"}


def test_a_third_act_of_ones_own_waits_for_one_of_the_two() -> None:
    turnstile = Turnstile(THREE)
    assert [turnstile.begin("7") for _ in range(3)] == ["go", "go", "yours"]
    turnstile.end("7")
    assert [turnstile.begin("7") for _ in range(2)] == ["go", "yours"]


def test_a_fourth_of_all_waits_for_anybodys() -> None:
    turnstile = Turnstile(THREE)
    assert [turnstile.begin(person) for person in "7898"] == ["go", "go", "go", "all"]
    turnstile.end("9")
    assert turnstile.begin("8") == "go"
    for person in "788":
        turnstile.end(person)
    assert not turnstile._open


# --- on the pages ------------------------------------------------------------------------------------------------


def relay(person_id: str = "7") -> str:
    return f"/relay/{LINKS.token('relay', person_id, NOW)}"


def discovery(person_id: str = "7") -> dict[str, str]:
    return {"form": LINKS.token("form", person_id, NOW), "act": "discovery", "text": "Går det for stærkt?"}


def test_whoever_posts_too_often_is_told_when_to_go_on_and_the_others_go_on() -> None:
    web, seconds = Web(view()), [0.0]
    client = web.client(limits=THREE, seconds=lambda: seconds[0])
    answers = [
        client.post(path, data=data) for path, data in ((me(), form(dose="calendar")), (stop(), ONE_CLICK), (me(), {}))
    ]
    assert [answer.status_code for answer in answers] == [303, 200, 403]
    seconds[0] = 19.5
    refused = client.post(relay(), data=discovery())
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "41")
    assert "<h1>Det gik lidt hurtigt</h1>" in refused.text
    assert f'href="..{relay()}"' in refused.text
    assert client.get(me()).status_code == 200
    english = [client.post(me("8"), data=form("8")) for _ in range(4)]
    assert [answer.status_code for answer in english] == [303, 303, 303, 429]
    assert "You have done a lot here within a minute." in english[-1].text
    seconds[0] = 60
    assert client.post(relay(), data=discovery()).status_code == 303


class Slow:
    """A service that writes nothing until it is told to."""

    def __init__(self) -> None:
        self.answers: list[Future[None]] = []
        self.asked = Event()
        self.wanted = 0

    def submit(self, act: PageChoice | Act) -> "Future[None]":
        answer: Future[None] = Future()
        self.answers.append(answer)
        if len(self.answers) == self.wanted:
            self.asked.set()
        return answer

    def write(self) -> None:
        for answer in self.answers:
            answer.set_result(None)


@pytest.mark.parametrize(
    ("waiting", "status", "words"),
    [(["7", "7"], 429, "er ved at blive skrevet ned"), (["8", "8", "9"], 503, "Mange er ved at gemme lige nu")],
)
def test_what_is_not_handed_in_is_said_and_what_was_written_stays_on_the_page(
    waiting: list[str], status: int, words: str
) -> None:
    from tests.culture_values import organisation, person

    people = [person(number, name=number) for number in "789"]
    references = {LINKS.reference(one.id): one.id for one in people}
    web = Web(view(organisation=organisation(*people), by_reference=references))
    slow = Slow()
    slow.wanted, web.answer = len(waiting), slow.submit
    client = web.client(limits=ActLimits(at_once=2, in_all=3))

    def post(person_id: str) -> Any:
        return client.post(relay(person_id), data=discovery(person_id))

    with ThreadPoolExecutor() as pool:
        in_hand = [pool.submit(post, person_id) for person_id in waiting]
        assert slow.asked.wait(30)
        refused = [post("7"), client.post(me(), data=form(pause_until="2027-01-04"))]
        stopped = client.post(stop(), data=ONE_CLICK)
        assert [answer.status_code for answer in (*refused, stopped)] == [status] * 3
        assert all(words in answer.text and "Retry-After" in answer.headers for answer in (*refused, stopped))
        assert "Går det for stærkt?" in refused[0].text
        assert 'value="2027-01-04"' in refused[1].text
        slow.write()
        assert [answer.result(30).status_code for answer in in_hand] == [303] * len(waiting)
    web.answer = done
    assert post("7").status_code == 303


def test_an_act_that_is_still_not_written_counts_after_its_page_has_answered() -> None:
    class Never(Future[None]):
        def result(self, timeout: float | None = None) -> None:
            raise TimeoutError

    never, web = Never(), Web(view())
    web.answer = lambda act: never
    client = web.client(limits=ActLimits(at_once=1))
    assert [client.post(me(), data=form(dose="calendar")).status_code for _ in range(2)] == [503, 429]
    never.set_result(None)
    assert client.post(me(), data=form(dose="calendar")).status_code == 503


def test_what_cannot_even_be_handed_in_takes_no_place() -> None:
    def broken(act: PageChoice | Act) -> "Future[None]":
        raise OSError("no")

    web = Web(view())
    web.answer = broken
    client = web.client(limits=ActLimits(at_once=1), faults_expected=True)
    assert [client.post(me(), data=form(dose="calendar")).status_code for _ in range(3)] == [500, 500, 500]
    web.answer = done
    assert client.post(me(), data=form(dose="calendar")).status_code == 303
