"""The web: what a link may, what GET never does, and what calendar programs and screen readers get."""

import json
import re
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from itsdangerous import Signer
from itsdangerous.encoding import base64_encode

from culture.people import Preference
from culture.policy import Policy
from culture.vitamin.timetable import Today
from culture.world import World
from service.acts.requests import Act, PageChoice
from service.engine.health import Failing, Health, Status
from service.messages.faults import Refused
from service.messages.translation import translations
from service.pages import html_pages
from service.pages.answer import EVERY_ANSWER
from service.pages.body import LARGEST_BODY
from service.pages.server import Server
from service.pages.site import application
from service.pages.view import NotYet, View
from service.planning.feeds import FeedDocument
from service.planning.links import Links, Purpose
from store.records import from_preference
from tests.culture_values import ANSWERS, organisation, person, prompt
from tests.web_client import TestClient

pytestmark = pytest.mark.slow


NOW = datetime(2026, 12, 2, 11, 0, tzinfo=UTC)  # a Wednesday noon in Copenhagen
LAST_BEAT = NOW - timedelta(minutes=1)
MONDAY = date(2026, 11, 30)
LINKS = Links(secret=b"a secret of the tests", public_url="https://ai.x.example")
FEED = FeedDocument(
    content=b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", etag='"abc"', revised=datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
)
ANNA = person("7", name="Anna <Holm>")
NOTHING_CHOSEN = Preference(days=frozenset({1, 2, 3, 4, 5}))
"""What a page shows of somebody who chose nothing."""
BO = person("8", name="Bo", language="en")
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def done(act: PageChoice | Act) -> "Future[None]":
    answer: Future[None] = Future()
    answer.set_result(None)
    return answer


@dataclass
class Web:
    """The web with a view that a test may change, and what it was asked to write."""

    view: View
    now: datetime = NOW
    acts: list[PageChoice | Act] = field(default_factory=list)
    concerns: list[str] = field(default_factory=list)
    answer: Callable[[PageChoice | Act], "Future[None]"] = done

    def client(self, *, demo: bool = False, faults_expected: bool = False, **given: Any) -> TestClient:
        app = application(lambda: self.view, self._submit, lambda: self.now, demo, self._take, **given)
        here = "http://127.0.0.1" if demo else "http://testserver"
        return TestClient(app, here, follow_redirects=False, raise_server_exceptions=not faults_expected)

    def _take(self, text: str, manager: str) -> None:
        self.concerns.append(text)

    def _submit(self, act: PageChoice | Act) -> "Future[None]":
        self.acts.append(act)
        return self.answer(act)


HEALTH = Health(
    status="ok",
    started=NOW,
    last_tick=NOW - timedelta(hours=4),
    last_beat=LAST_BEAT,
    beat_age_seconds=60.0,
    tick_age_seconds=14400.0,
    waiting=2,
    sent=3,
    parked=1,
)


def view(**changes: Any) -> View:
    week = tuple((MONDAY + timedelta(days=n), Today(prompt=prompt(n + 1))) for n in range(5))
    values: dict[str, Any] = {
        "health": lambda: HEALTH,
        "links": LINKS,
        "by_reference": {LINKS.reference("7"): "7", LINKS.reference("8"): "8"},
        "by_feed_token": {LINKS.feed_token("7", 2): "7"},
        "preferences": {},
        "feed_tokens": {"7": LINKS.feed_token("7", 2)},
        "week": lambda person, now: week,
        "feed": lambda person_id: FEED,
    }
    made = changes.pop("organisation", organisation(ANNA, BO))
    return View(**{"world": World(made, NOW), **values, **changes})


@pytest.fixture
def web() -> Web:
    return Web(view())


def me(person_id: str = "7", at: datetime = NOW) -> str:
    return f"/me/{LINKS.token('page', person_id, at)}"


def stop(person_id: str = "7", at: datetime = NOW) -> str:
    return f"/stop/{LINKS.token('stop', person_id, at)}"


FEED_PATH = f"/feed/{LINKS.feed_token('7', 2)}.ics"


def form(person_id: str = "7", at: datetime = NOW, was: Preference = NOTHING_CHOSEN, **changes: Any) -> dict[str, Any]:
    """What a browser posts when nothing but `changes` is touched, of a page that shows `was`."""
    untouched = {
        "form": LINKS.token("form", person_id, at, from_preference(was)),
        "act": "save",
        "time_choice": "usual",
        "time": "",
        "days": ["1", "2", "3", "4", "5"],
        "track": "",
        "language": "",
        "channel": "",
        "pause_until": "",
    }
    return {**untouched, **changes}


def archive() -> str:
    return f"/archive/{LINKS.token('archive', '7', NOW)}"


def paths() -> list[str]:
    return [
        "/", "/?lang=en", "/link", "/link?sent=1", "/concern", "/concern?lang=en&done=1", "/pulse", "/healthz", "/robots.txt", "/style.css", "/favicon.ico", "/nowhere", "/a/b/c/",
        me(), f"{me()}?saved=1", f"{me()}?saved=address", me("9"), "/me/forged", stop(), stop("9"), "/stop/forged",
        me(at=NOW - timedelta(days=70)), FEED_PATH, "/feed/unknown.ics",
        f"/relay/{LINKS.token('relay', '7', NOW)}", "/relay/forged",
        f"/revisit/{LINKS.token('revisit', '7', NOW)}", "/revisit/forged",
        f"/ambassadors/{LINKS.token('ambassadors', '7', NOW)}", "/ambassadors/forged",
        f"/recommendations/{LINKS.token('recommendations', '7', NOW)}", "/recommendations/forged",
        f"/agenda/{LINKS.token('agenda', '7', NOW)}", "/agenda/forged",
        f"/answer/{LINKS.token('answer', '7', NOW)}", "/answer/forged",
        f"/worries/{LINKS.token('worries', '7', NOW)}", "/worries/forged",
        archive(), f"{archive()}?q=udkastet&kind=learning&page=9", "/archive/forged",
        f"/report/{LINKS.token('report', '7', NOW)}", "/report/forged",
    ]  # fmt: skip


# --- GET shows, POST acts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("purpose", "signature"),
    [
        ("page", "wTqJDQGENjjDEAGTlp6HiVY2tk69usWMJaM6HG7op2k"),
        ("relay", "8-CLPZVwV0jyO4Fl_-o9IWRPiDNcg8yu5J0x8ImDbOc"),
        ("stop", "PDMXDxLC4LkRbsMiGBsSyznXvmwSZy5gqG8QGQJh6gs"),
    ],
)
def test_the_links_in_letters_are_those_of_all_versions(purpose: Purpose, signature: str) -> None:
    token = f"WyJ3enh3NG1tYWw2aGFpd2VjIiwxNzk1OTk2ODAwXQ.{signature}"
    assert LINKS.token(purpose, "7", NOW) == token
    assert LINKS.read(purpose, token, NOW) == LINKS.reference("7")


def test_a_form_that_was_open_over_an_update_is_still_taken() -> None:
    """Older versions never compressed what a form carries."""
    carried = {"days": ["mon"] * 40, "track": "løn"}
    content = base64_encode(json.dumps([LINKS.reference("7"), int(NOW.timestamp()), carried], separators=(",", ":")))
    older = Signer(LINKS.secret, salt="aikultur/form", digest_method=sha256).sign(content).decode()
    assert LINKS.unsealed("form", older, NOW) == LINKS.unsealed("form", LINKS.token("form", "7", NOW, carried), NOW)


@pytest.mark.parametrize("path", paths())
def test_get_and_head_never_change_anything_and_say_the_same(web: Web, path: str) -> None:
    client = web.client(demo=True)
    got, head = client.get(path), client.head(path)
    assert web.acts == []
    assert head.content == b""
    assert (head.status_code, dict(head.headers)) == (got.status_code, dict(got.headers))


def test_every_route_that_takes_get_is_walked(web: Web) -> None:
    app = application(lambda: web.view, done, lambda: NOW, True, print)
    patterns = {getattr(route, "path", "") for route in app.routes}
    walked = {pattern for pattern in patterns for path in paths() if _fits(pattern, path)}
    assert walked == patterns


def _fits(pattern: str, path: str) -> bool:
    return (
        re.fullmatch(pattern.replace("{token}", "[^/]+").replace(".ics", r"\.ics"), path.partition("?")[0]) is not None
    )


@pytest.mark.parametrize("path", paths())
def test_every_answer_carries_the_guarding_headers_and_no_cookie(web: Web, path: str) -> None:
    headers = web.client().get(path).headers
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "X-Robots-Tag"):
        assert headers[name] == EVERY_ANSWER[name]
    assert headers["Referrer-Policy"] == ("no-referrer" if path.startswith(("/feed/", "/concern")) else "same-origin")
    assert "set-cookie" not in headers
    assert "script-src" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/link", "/concern", me(), stop(), archive(), "/nowhere"])
def test_every_page_says_that_all_is_taken_back_and_takes_what_people_do(web: Web, path: str) -> None:
    said = "Tjenesten har været stoppet siden tirsdag den 1. december"
    assert said not in web.client().get(path).text
    taken_back = organisation(ANNA, BO, recalled=NOW - timedelta(days=1))
    web.view = view(organisation=taken_back, left=7)
    answer = web.client().get(path)
    assert said in answer.text
    assert ("Skal stadig ud af kalendere: 7." in answer.text) == (path == "/")
    web.client().post(stop(), data=ONE_CLICK)
    assert len(web.acts) == 1


@pytest.mark.parametrize("path", [me(), stop(), me("9"), f"{me()}?saved=1"])
def test_personal_pages_are_not_kept_by_anybody(web: Web, path: str) -> None:
    assert web.client().get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/healthz", "/style.css", "/robots.txt", "/favicon.ico", FEED_PATH])
def test_what_is_only_for_looking_refuses_post_in_plain_words(web: Web, path: str) -> None:
    answer = web.client().post(path)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}
    assert "<h1>Det kan man ikke her</h1>" in answer.text


# --- the feed ----------------------------------------------------------------------------------------------------


def test_a_feed_comes_whole_with_what_clients_need(web: Web) -> None:
    answer = web.client().get(FEED_PATH, headers={"Accept-Encoding": "gzip", "Accept": "text/nonsense"})
    assert (answer.status_code, answer.content) == (200, FEED.content)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'inline; filename="calendar.ics"'
    assert answer.headers["ETag"] == '"abc"'
    assert answer.headers["Last-Modified"] == "Tue, 01 Dec 2026 08:00:00 GMT"
    assert answer.headers["Cache-Control"] == "private, max-age=3600"
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"If-None-Match": '"abc"'}, 304),
        ({"If-None-Match": 'W/"abc"'}, 304),
        ({"If-None-Match": '"x", W/"abc"'}, 304),
        ({"If-None-Match": '"abc-gzip"'}, 304),
        ({"If-None-Match": 'W/"abc-br"'}, 304),
        ({"If-None-Match": '"abc-x"'}, 200),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"x"'}, 200),
        ({"If-None-Match": "abc"}, 200),
        ({"If-None-Match": ""}, 200),
        ({"If-Modified-Since": "Tue, 01 Dec 2026 08:00:00 GMT"}, 304),
        ({"If-Modified-Since": "Wed, 02 Dec 2026 08:00:00 GMT"}, 304),
        ({"If-Modified-Since": "Tue, 01 Dec 2026 08:00:00 -0000"}, 304),
        ({"If-Modified-Since": "Tue, 01 Dec 2026 07:59:59 GMT"}, 200),
        ({"If-Modified-Since": "some day"}, 200),
        ({"If-Modified-Since": "Tue, 01 Dec 99999999999999999999 08:00:00 GMT"}, 200),
        ({"If-Modified-Since": "Tue, 01 Dec 2026 08:00:00 +99999999999999999999"}, 200),
        ({"If-None-Match": "", "If-Modified-Since": "Wed, 02 Dec 2026 08:00:00 GMT"}, 200),
        ({"If-None-Match": '"x"', "If-Modified-Since": "Wed, 02 Dec 2026 08:00:00 GMT"}, 200),
    ],
)
def test_a_feed_is_fetched_again_only_when_it_changed(web: Web, asked: dict[str, str], status: int) -> None:
    answer = web.client().get(FEED_PATH, headers=asked)
    assert (answer.status_code, answer.content) == (status, FEED.content if status == 200 else b"")
    assert (answer.headers["ETag"], answer.headers["Cache-Control"]) == ('"abc"', "private, max-age=3600")
    assert ("Content-Type" in answer.headers) == (status == 200)


def test_a_feed_that_is_ready_is_not_asked_to_be_made() -> None:
    asked: list[str] = []

    def ready(key: str) -> FeedDocument | None:
        asked.append(key)
        return FEED if len(asked) > 1 else None

    def made(key: str) -> FeedDocument:
        asked.append(f"make {key}")
        return FEED

    client = Web(view(ready=ready, feed=made)).client()
    answers = [client.get(FEED_PATH) for _ in range(3)]
    assert [answer.content for answer in answers] == [FEED.content] * 3
    assert asked == ["7", "make 7", "7", "7"]


def test_one_clients_answer_is_not_changed_by_anothers(web: Web) -> None:
    client = web.client()
    headers = [dict(client.get(FEED_PATH).headers) for _ in range(3)]
    assert headers[0] == headers[1] == headers[2]
    same = [dict(client.get(FEED_PATH, headers={"If-None-Match": '"abc"'}).headers) for _ in range(2)]
    assert (
        same[0] == same[1] == {key: headers[0][key] for key in headers[0].keys() - {"content-type", "content-length"}}
    )


@pytest.mark.parametrize("token", ["unknown", LINKS.feed_token("7", 1), "æ%00%20", "x" * 4000])
def test_an_unknown_or_revoked_feed_is_404_in_plain_words(web: Web, token: str) -> None:
    answer = web.client().get(f"/feed/{token}.ics")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert answer.text.startswith("Kalenderadressen kender vi ikke")


def test_a_slash_too_many_is_no_redirect(web: Web) -> None:
    assert web.client().get(f"{FEED_PATH}/").status_code == 404


def test_a_browser_that_asks_for_an_icon_is_told_once_that_there_is_none(web: Web) -> None:
    answer = web.client().get("/favicon.ico")
    assert (answer.status_code, answer.content, "max-age" in answer.headers["Cache-Control"]) == (204, b"", True)


def test_robots_may_fetch_feeds(web: Web) -> None:
    assert web.client().get("/robots.txt").text == "User-agent: *\nDisallow:\n"


# --- links -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        me("9"),  # nobody, or somebody who left
        "/me/forged",
        "/me/%C3%A6%00",
        f"/me/{LINKS.token('stop', '7', NOW)}",  # the right person, another purpose
        f"/me/{LINKS.token('form', '7', NOW)}",
        f"/stop/{LINKS.token('page', '7', NOW)}",
        me("9", NOW - timedelta(days=70)),
    ],
)
def test_a_link_that_is_nobodys_or_for_something_else_is_404(web: Web, path: str) -> None:
    for answer in (web.client().get(path), web.client().post(path, data={**form(), **ONE_CLICK})):
        assert (answer.status_code, web.acts) == (404, [])
        assert "<h1>Linket kender vi ikke</h1>" in answer.text


def test_an_old_link_is_410_in_the_readers_own_language(web: Web) -> None:
    old = NOW - timedelta(days=70)
    assert "Brug linket i dit nyeste brev" in web.client().get(me("7", old)).text
    answer = web.client().post(me("8", old), data=form("8"))
    assert (answer.status_code, web.acts) == (410, [])
    assert "Use the link in your newest letter" in answer.text


def test_a_stop_link_works_when_the_page_link_is_long_over(web: Web) -> None:
    assert web.client().post(stop(at=NOW - timedelta(days=390)), data=ONE_CLICK).status_code == 200
    assert web.client().post(stop(at=NOW - timedelta(days=410)), data=ONE_CLICK).status_code == 410


# --- choosing ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "chosen"),
    [
        ({"time_choice": "own", "time": "08:30"}, {"time": time(8, 30)}),
        ({"time_choice": "own", "time": "22:00"}, {"time": time(22, 0)}),
        ({"time": "08:30"}, {"time": time(8, 30)}),  # typed, the button beside it forgotten
        ({"days": ["2", "4"]}, {"days": frozenset({2, 4})}),
        ({"track": "general"}, {"track": "general"}),
        ({"language": "en"}, {"language": "en"}),
        ({"channel": "invite"}, {"channel": "invite"}),
        ({"channel": "none"}, {"channel": "none"}),
        ({"pause_until": "2026-12-03"}, {"pause_until": date(2026, 12, 3)}),
        ({"level": "gentle"}, {"level": "gentle"}),
        ({"dose": "one"}, {"dose": "one", "stopped": False}),
        ({"dose": "calendar"}, {"stopped": True}),
        ({"dose": "calendar", "track": "general"}, {"stopped": True, "track": "general"}),
    ],
)
def test_a_choice_is_written_and_the_page_shown_again(
    web: Web, changes: dict[str, Any], chosen: dict[str, Any]
) -> None:
    answer = web.client().post(me(), data=form(**changes))
    assert (answer.status_code, answer.headers["Location"]) == (303, "?saved=1")
    assert web.acts == [PageChoice(person_id="7", changes=chosen, shown=NOTHING_CHOSEN)]


def test_an_untouched_form_is_saved_without_an_act(web: Web) -> None:
    answer = web.client().post(me(), data=form())
    assert (answer.status_code, answer.headers["Location"], web.acts) == (303, "?saved=1", [])


def test_a_choice_can_be_taken_back_and_the_rest_stays() -> None:
    before = Preference(time=time(8, 30), days=frozenset({1, 2}), language="en", stopped=True)
    anna = replace(ANNA, time=time(8, 30), working_days=frozenset({1, 2}), language="en", stopped=True)
    web = Web(view(organisation=organisation(anna), preferences={"7": before}))
    web.client().post(me(), data=form(was=before, time="08:30", days=["1", "2"], language="en", dose="all"))
    changes = {"time": None, "dose": None, "stopped": False}
    assert web.acts == [PageChoice(person_id="7", changes=changes, shown=before)]


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"time_choice": "own", "time": "05:59"}, "time", "06:00"),
        ({"time_choice": "own", "time": "22:01"}, "time", "06:00"),
        ({"time_choice": "own", "time": "noon"}, "time", "noon"),
        ({"time_choice": "own"}, "time", "Skriv et tidspunkt"),
        ({"days": []}, "days", "Vælg mindst én dag"),
        ({"days": ["6", "9", "x"]}, "days", "Vælg mindst én dag"),
        ({"track": "alchemy"}, "track", "alchemy"),
        ({"level": "heroic"}, "level", "heroic"),
        ({"dose": "none"}, "dose", "none"),
        ({"language": "fr"}, "language", "fr"),
        ({"channel": "pigeon"}, "channel", "pigeon"),
        ({"pause_until": "2026-12-02"}, "pause_until", "fra i morgen"),
        ({"pause_until": "soon"}, "pause_until", "soon"),
    ],
)
def test_a_fault_is_said_beside_its_field_and_nothing_is_written(
    web: Web, changes: dict[str, Any], place: str, words: str
) -> None:
    answer = web.client().post(me(), data=form(**changes))
    assert (answer.status_code, web.acts) == (422, [])
    assert re.search(rf'<p class="fault" id="{place}-fault">.*{words}', answer.text)
    assert f'<a href="#{place}">' in answer.text
    assert f'id="{place}"' in answer.text
    assert re.search(rf'aria-describedby="{place}-fault[^"]*" aria-invalid="true"', answer.text)


def test_every_fault_is_said_at_once_and_what_was_written_is_kept(web: Web) -> None:
    wrong: dict[str, Any] = {
        "time_choice": "own",
        "time": '"><b>',
        "days": [],
        "pause_until": "2020-01-01",
        "channel": "none",
    }
    text = web.client().post(me(), data=form(**wrong, dose="calendar")).text
    assert re.findall(r'<a href="#(\w+)">', text)[:3] == ["time", "days", "pause_until"]
    assert "<b>" not in text
    assert 'value="&#34;&gt;&lt;b&gt;"' in text
    assert 'name="pause_until" value="2020-01-01"' in text
    assert re.search(r'value="none" checked', text)
    assert re.search(r'name="dose" value="calendar" checked', text)
    assert "<title>Ikke gemt: " in text


@pytest.mark.parametrize("token", ["", "forged", LINKS.token("form", "8", NOW), LINKS.token("page", "7", NOW)])
def test_a_form_without_its_token_changes_nothing(web: Web, token: str) -> None:
    for data in (form(form=token), {"act": "address", "form": token}, {}):
        answer = web.client().post(me(), data=data)
        assert (answer.status_code, web.acts) == (403, [])
        assert "<h1>Formularen er ikke vores</h1>" in answer.text


def test_a_form_left_open_overnight_keeps_what_was_written_and_gets_a_fresh_token(web: Web) -> None:
    answer = web.client().post(me(), data=form(at=NOW - timedelta(hours=13), pause_until="2027-01-04"))
    assert (answer.status_code, web.acts) == (403, [])
    assert 'name="pause_until" value="2027-01-04"' in answer.text
    assert f'name="form" value="{form()["form"]}"' in answer.text


def test_a_new_feed_address_leaves_the_choices_alone() -> None:
    before = Preference(time=time(8, 30))
    web = Web(view(preferences={"7": before}))
    answer = web.client().post(me(), data={"form": form()["form"], "act": "address"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "?saved=address")
    assert web.acts == [PageChoice(person_id="7", new_addresses=True)]


@pytest.mark.parametrize("size", [LARGEST_BODY + 1, 10 * LARGEST_BODY])
@pytest.mark.parametrize("path", [me(), stop()])
def test_a_body_too_large_is_413_and_changes_nothing(web: Web, path: str, size: int) -> None:
    start = b"List-Unsubscribe=One-Click&x="
    answer = web.client().post(path, content=start + b"x" * (size - len(start)))
    assert (answer.status_code, web.acts) == (413, [])


def test_what_is_not_written_in_time_is_said_to_be_on_its_way(web: Web) -> None:
    def slow(act: PageChoice | Act) -> "Future[None]":
        answer: Future[None] = Future()
        answer.set_exception(TimeoutError())
        return answer

    web.answer = slow
    answer = web.client().post(me(), data=form(dose="calendar"))
    assert answer.status_code == 503
    assert "Dit valg er afleveret" in answer.text
    assert f'href="..{me()}"' in answer.text


def test_what_cannot_be_written_is_not_called_saved(web: Web) -> None:
    def broken(act: PageChoice | Act) -> "Future[None]":
        answer: Future[None] = Future()
        answer.set_exception(OSError("the disk is full, at /secret/place"))
        return answer

    web.answer = broken
    client = web.client(faults_expected=True)
    for answer in (client.post(me(), data=form(dose="calendar")), client.post(stop(), data=ONE_CLICK)):
        assert answer.status_code == 500
        assert "<h1>Noget gik galt hos os</h1>" in answer.text
        assert "secret" not in answer.text
        assert answer.headers["Content-Security-Policy"] == EVERY_ANSWER["Content-Security-Policy"]


# --- stopping ----------------------------------------------------------------------------------------------------


def multipart(boundary: str = "b") -> tuple[bytes, dict[str, str]]:
    lines = [
        f"--{boundary}",
        'Content-Disposition: form-data; name="List-Unsubscribe"',
        "",
        "One-Click",
        f"--{boundary}--",
    ]
    return "\r\n".join([*lines, ""]).encode(), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def test_a_mailbox_stops_the_letters_with_one_post(web: Web) -> None:
    before = Preference(channel="invite")
    web.view = view(preferences={"7": before})
    body, headers = multipart()
    urlencoded = {"Content-Type": "application/x-www-form-urlencoded"}
    for content, kind in ((b"List-Unsubscribe=One-Click", urlencoded), (body, headers)):
        answer = web.client().post(stop(), content=content, headers=kind)
        assert (answer.status_code, "<h1>Brevene er stoppet</h1>" in answer.text) == (200, True)
    assert web.acts == 2 * [PageChoice(person_id="7", changes={"stopped": True}, by="stop")]


def test_a_stop_is_handed_in_whatever_the_view_says_for_it_may_be_older_than_the_store(web: Web) -> None:
    web.view = view(organisation=organisation(replace(ANNA, stopped=True)), preferences={"7": Preference(stopped=True)})
    answer = web.client().post(stop(), data=ONE_CLICK)
    assert (answer.status_code, web.acts) == (200, [PageChoice(person_id="7", changes={"stopped": True}, by="stop")])
    assert "<h1>Brevene er stoppet</h1>" in answer.text


def test_a_stop_link_leads_no_further_than_stopping(web: Web) -> None:
    pages = [web.client().get(stop()).text, web.client().post(stop(), data=ONE_CLICK).text]
    assert [page for page in pages if "/me/" in page] == []


@pytest.mark.parametrize(
    "content", [b"", b"List-Unsubscribe=No", b"List-Unsubscribe=One-Click&List-Unsubscribe=x", b"\xff=\xff"]
)
def test_another_body_stops_nothing_and_asks_again(web: Web, content: bytes) -> None:
    answer = web.client().post(stop(), content=content, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert (answer.status_code, web.acts) == (400, [])
    assert "<h1>Vil du stoppe de ugentlige breve?</h1>" in answer.text


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=other", "multipart/form-data; boundary=\xe6"]
)
def test_a_broken_multipart_body_is_no_crash(web: Web, kind: str) -> None:
    answer = web.client().post(stop(), content=multipart()[0], headers=[(b"Content-Type", kind.encode("latin-1"))])
    assert (answer.status_code, web.acts) == (400, [])


def test_the_confirming_button_posts_what_a_mailbox_posts(web: Web) -> None:
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)">', web.client().get(stop()).text)
    assert dict(fields) == ONE_CLICK


# --- health ------------------------------------------------------------------------------------------------------


def test_health_is_figures_without_people(web: Web) -> None:
    answer = web.client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "last_beat": "2026-12-02T10:59:00+00:00",
        "beat_age_seconds": 60.0,
        "last_tick": "2026-12-02T07:00:00+00:00",
        "tick_age_seconds": 14400.0,
        "waiting": 2,
        "parked": 1,
        "held": 0,
        "aside": 0,
        "sent": 3,
        "trouble": "",
        "failing": {},
        "attention": [],
    }


@pytest.mark.parametrize(("status", "code"), [("ok", 200), ("attention", 200), ("failing", 503), ("late", 503)])
def test_health_wakes_somebody_only_when_the_service_fails_or_stands_still(web: Web, status: Status, code: int) -> None:
    web.view = replace(web.view, health=lambda: replace(HEALTH, status=status))
    answer = web.client().get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (code, status)


def test_health_is_asked_anew_by_every_request(web: Web) -> None:
    waiting = iter((7, 8))
    web.view = replace(web.view, health=lambda: replace(HEALTH, waiting=next(waiting)))
    client = web.client()
    assert [client.get("/healthz").json()["waiting"] for _ in range(2)] == [7, 8]


def test_before_the_first_tick_every_page_asks_for_a_moment() -> None:
    def none_yet() -> View:
        raise NotYet

    client = TestClient(application(none_yet, done, lambda: NOW, False, print))
    for path in ("/", me(), stop(), FEED_PATH):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "<h1>Et øjeblik</h1>" in answer.text
    assert client.get("/healthz").json() == {
        "status": "starting",
        "last_beat": None,
        "last_tick": None,
        "failing": {},
    }
    assert client.get("/nowhere").status_code == 404


def test_a_first_tick_that_fails_is_told_with_its_reason() -> None:
    def none_yet() -> View:
        raise NotYet([Failing(step="tick", since=NOW, began=1.0, said="the disk is full")])

    found = TestClient(application(none_yet, done, lambda: NOW, False, print)).get("/healthz")
    assert (found.status_code, found.json()["status"]) == (503, "failing")
    assert found.json()["failing"] == {"tick": "the disk is full"}


# --- what the pages say ------------------------------------------------------------------------------------------


def test_the_start_page_names_people_only_where_it_is_tried_out(web: Web) -> None:
    assert "Anna" not in web.client().get("/").text
    shown = web.client(demo=True).get("/").text
    assert f'<a href="{me()[1:]}">Anna &lt;Holm&gt;</a>' in shown
    assert f'href="{FEED_PATH[1:]}"' in shown


def test_the_start_page_speaks_both_languages(web: Web) -> None:
    texts = [web.client().get(path).text for path in ("/", "/?lang=en", "/?lang=fr")]
    assert [re.findall(r'<html lang="(\w+)">', text)[0] for text in texts] == ["da", "en", "da"]
    assert "Ten minutes on every working day" in texts[1]


def test_the_personal_page_speaks_its_readers_language_whatever_the_address_says(web: Web) -> None:
    assert "<h1>Hello Bo</h1>" in web.client().get(f"{me('8')}?lang=da").text
    assert "<h1>Hej Anna</h1>" in web.client().get(f"{me()}?lang=en").text


def test_todays_prompt_is_open_and_the_others_are_folded(web: Web) -> None:
    text = web.client().get(me()).text
    before, _, folded = text.partition("<details>")
    assert "I dag, onsdag den 2. december" in before
    assert "Prompt 3" in before
    assert re.findall(r"Prompt (\d)", folded) == ["1", "2", "4", "5"]


def test_on_a_day_without_a_prompt_the_next_one_is_open(web: Web) -> None:
    web.now = datetime(2026, 11, 29, 11, 0, tzinfo=UTC)  # Sunday
    before = web.client().get(me(at=web.now)).text.partition("<details>")[0]
    assert "Mandag den 30. november" in before
    assert "Prompt 1" in before


def test_what_stands_beside_a_prompt_is_on_ones_own_page(web: Web) -> None:
    found = Today(prompt=prompt(1), common=prompt(2), beside="first-step", again=date(2026, 9, 1))
    web.view = view(week=lambda person, now: ((MONDAY, found),))
    text = web.client().get(me()).text
    assert "<strong>Et første skridt:</strong> Skriv først selv to linjer" in text
    assert "Din afdeling har haft den før, tirsdag den 1. september" in text
    assert "Din afdeling har: Title 2" in text
    web.view = view(week=lambda person, now: ((MONDAY, replace(found, beside="further")),))
    assert "<strong>Vil du videre:</strong> Bed om den udgave" in web.client().get(me()).text


def test_a_week_without_prompts_says_so_and_a_break_says_until_when(web: Web) -> None:
    away = replace(ANNA, pause_until=date(2027, 1, 4))
    web.view = view(organisation=organisation(away), week=lambda person, now: ())
    text = web.client().get(me()).text
    assert "Du holder pause og er med igen mandag den 4. januar." in text
    assert "Der er ingen prompt til dig" in text


def test_the_feed_address_is_shown_only_to_those_who_subscribe(web: Web) -> None:
    assert f'value="https://ai.x.example{FEED_PATH}"' in web.client().get(me()).text
    web.view = view(organisation=organisation(replace(ANNA, channel="invite")))
    assert "/feed/" not in web.client().get(me()).text


def test_the_ground_rules_and_that_nobody_measures_stand_on_the_personal_page(web: Web) -> None:
    text = web.client().get(me()).text
    for words in ("The one on the intranet.", "Public texts only.", "You are.", "Ingen måler, om du bruger tiden."):
        assert words in text


def test_what_has_been_decided_besides_stands_there_too_and_what_is_open_does_not(web: Web) -> None:
    answers = replace(ANSWERS, jobs="Ingen mister sit.", learning="To <kurser>.")
    web.view = view(organisation=organisation(ANNA, BO, policy=Policy(answers={"da": answers})))
    text = web.client().get(me()).text
    assert "<dt>Hvad betyder det for vores job?</dt><dd>Ingen mister sit.</dd>" in text
    assert "<dd>To &lt;kurser&gt;.</dd>" in text
    assert "Hvad vil vi med AI?" not in text


def test_pages_find_the_stylesheet_and_each_other_behind_a_prefix(web: Web) -> None:
    depths = {"/": "", me(): "../", "/a/b/c": "../../"}
    for path, root in depths.items():
        assert f'<link rel="stylesheet" href="{root}style.css?v=' in web.client().get(path).text
        assert re.findall(r'(?:href|action)="/', web.client().get(path).text) == []


# --- what a screen reader gets -----------------------------------------------------------------------------------


class Outline(HTMLParser):
    """What the tests below ask of a page: names, ids, headings, and whether elements are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.references: list[str] = []
        self.headings: list[int] = []
        self.fields: list[dict[str, str | None]] = []
        self.labels: set[str | None] = set()
        self.open: list[str] = []
        self.bad: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        self.references += str(values.get("aria-describedby") or "").split()
        self.references += [str(values["href"])[1:]] if str(values.get("href", "")).startswith("#") else []
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "label":
            self.labels.add(values.get("for"))
        if tag in ("input", "select") and values.get("type") != "hidden":
            self.fields.append({**values, "in_label": "yes" if "label" in self.open else None})
        if tag in ("script", "style", "img", "iframe") or any(
            name.startswith("on") or name == "style" for name in values
        ):
            self.bad.append(tag)
        if tag not in ("meta", "link", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def pages() -> Iterator[str]:
    stopped = Web(view(organisation=organisation(replace(ANNA, stopped=True))))
    for language in ("da", "en"):
        web = Web(view(organisation=organisation(replace(ANNA, language=language), BO, language=language)))
        client = web.client(demo=True)
        yield from (client.get(path).text for path in ("/", me(), f"{me()}?saved=1", f"{me()}?saved=address", stop()))
        yield client.post(
            me(), data=form(time_choice="own", days=[], pause_until="x", track="x", language="x", channel="x")
        ).text
        yield client.post(stop(), data={}).text
        yield client.get("/nowhere").text
    yield stopped.client().get(stop()).text


def test_pages_can_be_heard_and_used_without_a_mouse() -> None:
    for text in pages():
        found = Outline(text)
        assert found.open == [], text
        assert found.bad == []
        assert found.headings.count(1) == 1
        assert all(later - earlier <= 1 for earlier, later in zip(found.headings, found.headings[1:], strict=False)
                   if earlier >= 1)  # fmt: skip
        assert len(found.ids) == len(set(found.ids))
        assert [name for name in found.references if name not in found.ids] == []
        assert [one for one in found.fields if not one["in_label"] and one.get("id") not in found.labels] == []
        assert re.search(r'<html lang="(da|en)">', text)
        assert re.search(r"<title>\S", text)


def test_pages_hold_no_words_that_are_not_said_in_both_languages() -> None:
    for file in html_pages.FOLDER.glob("*.j2"):
        text = re.sub("<style>.*?</style>", " ", file.read_text("utf-8"), flags=re.DOTALL)
        said = re.sub(r"\{[{%#].*?[}%#]\}|<[^{]*?>", " ", text, flags=re.DOTALL)
        bare = re.sub(r"<[^>]*>|[\w-]+=\"[^\"]*\"", " ", said)
        assert (file.name, set(re.findall(r"[A-Za-z]{2,}", bare)) - {"Outlook"}) == (file.name, set())


def test_no_danish_page_speaks_english() -> None:
    web = Web(view())
    texts = [web.client(demo=True).get(path).text for path in ("/", me(), stop(), "/nowhere", "/me/forged")]
    long = [english for english, said in translations("da").items() if len(english) > 20 and english not in said]
    assert [english for english in long for text in texts if english in text] == []


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1])
def test_colours_can_be_told_apart_in_light_and_dark(web: Web, scheme: int) -> None:
    css = web.client().get("/style.css").text
    root = re.findall(r":root \{(.*?)\}", css, re.DOTALL)[scheme]
    colour = dict(re.findall(r"--([\w-]+): (#\w{6})", root))

    def contrast(first: str, second: str) -> float:
        low, high = sorted((luminance(colour[first]), luminance(colour[second])))
        return (high + 0.05) / (low + 0.05)

    grounds = ("paper", "sheet", "tint", "wrong-tint")
    text = [("ink", on) for on in grounds] + [("head", on) for on in grounds]
    quiet = [("soft", on) for on in ("paper", "sheet")] + [("green", on) for on in ("paper", "sheet", "tint")]
    marks = [("edge", "sheet"), ("wrong", "sheet"), ("wrong", "wrong-tint"), ("on-green", "green")]
    assert [(pair, contrast(*pair)) for pair in text if contrast(*pair) < 7] == []
    assert [(pair, contrast(*pair)) for pair in quiet + marks if contrast(*pair) < 4.5] == []


# --- the server --------------------------------------------------------------------------------------------------


def test_the_server_answers_on_its_port_until_it_is_stopped(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    server = Server(application(lambda: web.view, done, lambda: NOW, False, print), "127.0.0.1", 0)
    server.start()
    port = server.port
    answer = httpx.get(f"http://127.0.0.1:{port}{FEED_PATH}", trust_env=False)
    head = httpx.head(f"http://127.0.0.1:{port}{FEED_PATH}", trust_env=False)
    server.stop()
    assert (answer.content, "server" in answer.headers) == (FEED.content, False)
    assert (head.content, head.headers["Content-Length"]) == (b"", str(len(FEED.content)))
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("uvicorn")]
    assert [line for line in ours if FEED_PATH in line] == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/", trust_env=False)


def test_a_taken_port_is_said_before_anything_starts(web: Web) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = Server(application(lambda: web.view, done, lambda: NOW, False, print), "127.0.0.1", port)
        with pytest.raises(Refused, match=rf"127\.0\.0\.1:{port} cannot be had: .*Write another port"):
            server.start()
