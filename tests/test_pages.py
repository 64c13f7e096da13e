"""The pages over a real engine: from the link in a letter to what stands in the calendar and the next letter."""

import re
import shutil
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from html import unescape
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from culture.people import NO_PREFERENCE, Preference
from service.acts.page_acts import carry_out
from service.acts.requests import Act, PageChoice
from service.engine.engine import Engine
from service.engine.health import Figures, Pulse
from service.engine.opening import build
from service.messages.faults import Refused
from service.pages.make_view import make_view
from service.pages.site import application
from service.pages.view import View
from service.planning.plan import Plan
from service.settings.inputs import read_inputs
from tests.kept_folders import kept_folder
from tests.service_values import look
from tests.web_client import TestClient

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
MONDAY = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
"""07:00 in Copenhagen: the week's letters come due."""

HOSTILE = '"><script>alert(1)</script>{{ 7*7 }}<img src=x onerror=x>&'
"""Ends an attribute, runs a script, is a template: all in the sixty letters that a title may have."""

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


PEOPLE = ("1001", "1008", "1015", "1127")
"""Of the example: Anna, Peter, whoever people can write to, and one who is written to in English."""


def config() -> str:
    text = (ROOT / "config.toml").read_text("utf-8").replace('"http://127.0.0.1:8017"', '"https://ai.x.example"')
    head, leaders, tail = text.replace("demo = true", "demo = false").partition("[leaders]\n")
    # Anna leads others; her letters here are the weekly ones.
    return head + leaders + tail.replace("enabled = true", "enabled = false", 1)


def example(folder: Path) -> None:
    """The files of the shipped example with few of its people: what holds for four holds for forty."""
    (folder / "config.toml").write_text(config(), "utf-8")
    shutil.copy(ROOT / "absences.csv", folder)
    head, *rows = (ROOT / "people.csv").read_text("utf-8").splitlines(keepends=True)
    (folder / "people.csv").write_text(head + "".join(row for row in rows if row.startswith(PEOPLE)), "utf-8")


class Place:
    """An engine on files of the example's kind, its web, and what a page hands over written down as the service does."""

    def __init__(self, folder: Path) -> None:
        path = folder / "config.toml"
        self.mail = folder / "var" / "mail"
        self.engine: Engine = build(path, read_inputs(path), folder / "var", key=b"key")
        self.outbox = self.engine.make_outbox()
        self.acts: list[PageChoice | Act] = []
        self.at(MONDAY)
        app = application(lambda: self.view, self.submit, lambda: self.now, True, print)
        self.client = TestClient(app, "http://127.0.0.1", follow_redirects=False)

    def at(self, now: datetime) -> Plan:
        """Tick at `now`, send what is due, and show it."""
        self.now = now
        found = self.engine.tick(now)
        while claimed := self.engine.claim_some(now):
            self.outbox.add(claimed, now)
            self.outbox.drain(lambda: now, Event())
        self.view: View = make_view(self.engine, found, lambda: Pulse(MONDAY).health(Figures))
        return found

    def submit(self, act: PageChoice | Act) -> "Future[None]":
        self.acts.append(act)
        answer: Future[None] = Future()
        try:
            carry_out(self.engine, act, self.now)
            self.at(self.now)
            answer.set_result(None)
        except Refused as refused:
            answer.set_exception(refused)
        return answer

    def letters(self, address: str) -> list[EmailMessage]:
        found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in self.mail.glob("*.eml")]
        return [letter for letter in found if isinstance(letter, EmailMessage) and address in str(letter["To"])]

    def saved(self, page: str, **changes: Any) -> str:
        """Change the form on `page` as a browser would, and the page that comes after."""
        answer = self.client.post(page, data={**fields(self.client.get(page).text), **changes})
        assert answer.status_code == 303, answer.text
        text: str = self.client.get(f"{page}{answer.headers['Location']}").text
        return text


@cache
def welcomed() -> Path:
    """A folder in which the first letters were sent; a place is a service that was started again on a copy of it."""
    folder = kept_folder()
    example(folder)
    Place(folder).engine.close()
    return folder


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    shutil.copytree(welcomed(), tmp_path, dirs_exist_ok=True)
    here = Place(tmp_path)
    yield here
    here.engine.close()


def fields(page: str) -> dict[str, Any]:
    """What a browser would post of the first form, untouched."""
    form = page.partition('<form method="post"')[2].partition("</form>")[0]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        at = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if at["type"] in ("radio", "checkbox") and " checked" not in tag:
            continue
        value = unescape(at.get("value", ""))
        found[at["name"]] = (
            [*found[at["name"]], value] if at["name"] in found else [value] if at["name"] == "days" else value
        )
    for name, options in re.findall(r'<select [^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        found[name] = unescape(re.findall(r'<option value="([^"]*)"[^>]* selected', options)[0])
    return found


def body(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def own_page(letter: EmailMessage) -> str:
    found: list[str] = re.findall(r"https://ai\.x\.example(/me/[\w.-]+)", body(letter))
    return found[0]


def stop_link(letter: EmailMessage) -> str:
    found: list[str] = re.findall(r"<https://ai\.x\.example(/stop/[^>]+)>", str(letter["List-Unsubscribe"]))
    return found[0]


def feed_path(page: str) -> str:
    found: list[str] = re.findall(r'value="https://ai\.x\.example(/feed/\w+\.ics)"', page)
    return found[0]


@pytest.fixture
def anna(place: Place) -> str:
    """The address of Anna's page, as it stands in her first letter."""
    (letter,) = place.letters("anna.holm@")
    return own_page(letter)


def test_the_link_in_a_letter_leads_to_ones_own_page(place: Place, anna: str) -> None:
    assert "<h1>Hej Anna</h1>" in place.client.get(anna).text
    place.at(MONDAY + timedelta(days=7))
    text = place.client.get(anna).text
    assert "I dag, mandag den 7. december" in text
    (letter,) = (one for one in place.letters("anna.holm@") if "Velkommen" not in one["Subject"])
    titles = re.findall(r'<span class="over">[^<]*</span> ([^<]+)</', text)
    assert len(titles) == 5
    assert [title for title in titles if unescape(title) not in body(letter)] == []


def test_saving_an_untouched_form_chooses_nothing(place: Place, anna: str) -> None:
    assert "Gemt." in place.saved(anna)
    assert (place.acts, place.engine.stored.preference("1001")) == ([], NO_PREFERENCE)


def test_a_choice_stands_on_the_page_and_in_the_calendar(place: Place, anna: str) -> None:
    path = feed_path(place.client.get(anna).text)
    before = place.client.get(path)
    assert place.client.get(path, headers={"If-None-Match": before.headers["ETag"]}).status_code == 304
    text = place.saved(anna, time_choice="own", time="09:15", days=["2", "4"])
    assert "Dine ti minutter ligger hver tirsdag og torsdag kl.\N{NO-BREAK SPACE}09.15." in text
    after = place.client.get(path, headers={"If-None-Match": before.headers["ETag"]})
    starts = re.findall(r"DTSTART;TZID=Europe/Copenhagen:(\d{8})T(\d{6})", after.text)
    assert after.status_code == 200
    assert {clock for day, clock in starts if day > "20261130"} == {"091500"}
    assert {date.fromisoformat(day).isoweekday() for day, _ in starts if day > "20261130"} == {2, 4}
    kept = fields(text)
    assert (kept["time_choice"], kept["time"], kept["days"]) == ("own", "09:15", ["2", "4"])
    back = place.saved(anna, time_choice="usual", time="", days=["1", "2", "3", "4", "5"])
    assert "09.15" not in back


def test_another_language_changes_page_letter_and_calendar(place: Place, anna: str) -> None:
    text = place.saved(anna, language="en")
    assert "<h1>Hello Anna</h1>" in text
    assert "SUMMARY:AI time" in place.client.get(feed_path(text)).text
    place.at(MONDAY + timedelta(days=7))
    assert sorted("This week's prompts" in body(letter) for letter in place.letters("anna.holm@")) == [False, True]


def test_leaving_the_calendar_empties_the_feed_and_coming_back_fills_it(place: Place, anna: str) -> None:
    path = feed_path(place.client.get(anna).text)
    text = place.saved(anna, channel="none")
    assert "/feed/" not in text
    emptied = place.client.get(path)
    assert (emptied.status_code, "BEGIN:VEVENT" in emptied.text) == (200, False)
    assert feed_path(place.saved(anna, channel="feed")) == path
    assert "BEGIN:VEVENT" in place.client.get(path).text


def test_where_the_config_says_none_no_calendar_is_offered_and_what_was_chosen_is_kept(place: Place, anna: str) -> None:
    place.saved(anna, channel="invite")
    file = place.engine.path
    file.write_text(file.read_text("utf-8").replace("[calendar]\n", '[calendar]\nchannel = "none"\n'), "utf-8")
    look(place.engine)
    place.at(place.now + timedelta(minutes=1))
    page = place.client.get(anna).text
    names = re.findall(r'<input [^>]*name="channel" value="(\w*)"', page) or re.findall(
        r'<option value="(\w*)"', page.partition('name="channel"')[2].partition("</select>")[0]
    )
    assert names == ["", "invite"]
    place.saved(anna, language="en")
    person = place.engine.stored.preference(place.acts[0].person_id)
    assert (person.channel, person.language) == ("invite", "en")


def test_the_page_begins_with_the_way_to_another_time_and_a_phone_subscribes_at_a_press(
    place: Place, anna: str
) -> None:
    page = place.client.get(anna).text
    assert page.index('<a href="#yours">') < page.index('class="today"') < page.index('<section id="yours">')
    address = re.findall(r'id="address" value="https?(://[^"]+)"', page)
    assert re.findall(r'href="webcal(://[^"]+)"', page) == address
    assert len(address) == 1


def test_a_new_address_ends_the_old_one_and_keeps_the_choices(place: Place, anna: str) -> None:
    page = place.saved(anna, track="law")
    old = feed_path(page)
    token = fields(page)["form"]
    assert place.client.post(anna, data={"form": token, "act": "address"}).headers["Location"] == "?saved=address"
    new = feed_path(place.client.get(anna).text)
    assert new != old
    assert [place.client.get(path).status_code for path in (old, new)] == [404, 200]
    assert place.engine.stored.preference("1001") == Preference(track="law")


@pytest.mark.parametrize("day", ["2027-01-11", "11-01-2027", " 11.1.2027 "])
def test_a_break_empties_its_days_and_shows_until_when(place: Place, anna: str, day: str) -> None:
    text = place.saved(anna, pause_until=day)
    assert "Du holder pause og er med igen mandag den 11. januar." in text
    days = re.findall(r"DTSTART;TZID=Europe/Copenhagen:(\d{8})", place.client.get(feed_path(text)).text)
    assert [day for day in days if "20261130" < day < "20270111"] == []


def test_the_mailboxs_own_button_stops_the_letters_and_the_page_starts_them_again(place: Place, anna: str) -> None:
    (letter,) = place.letters("anna.holm@")
    for _ in range(3):
        assert place.client.get(stop_link(letter)).status_code == 200
        assert place.client.head(stop_link(letter)).status_code == 200
    assert place.acts == []
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for _ in range(2):
        assert place.client.post(stop_link(letter), data=ONE_CLICK).status_code == 200
    assert place.acts == 2 * [PageChoice(person_id="1001", changes={"stopped": True}, by="stop")]
    assert place.engine.stored.preference("1001") == Preference(stopped=True)
    place.at(MONDAY + timedelta(days=7))
    assert len(place.letters("anna.holm@")) == 1
    assert len(place.letters("peter.oestergaard@")) == 2
    form = fields(place.client.get(anna).text)
    assert form["dose"] == "calendar"
    form["dose"] = "all"
    assert place.client.post(anna, data=form).status_code == 303
    assert len(place.letters("anna.holm@")) == 2  # this week's is not too late yet
    place.at(MONDAY + timedelta(days=14))
    assert len(place.letters("anna.holm@")) == 3


def test_a_stop_link_leads_no_further_than_stopping(place: Place) -> None:
    (letter,) = place.letters("anna.holm@")
    for answer in (place.client.get(stop_link(letter)), place.client.post(stop_link(letter), data=ONE_CLICK)):
        assert "/me/" not in answer.text
    assert place.client.get(stop_link(letter).replace("/stop/", "/me/")).status_code == 404


def test_a_form_of_another_person_is_refused(place: Place, anna: str) -> None:
    (letter,) = place.letters("peter.oestergaard@")
    his = fields(place.client.get(own_page(letter)).text)
    assert place.client.post(anna, data={**his, "channel": "none"}).status_code == 403
    assert place.acts == []


def test_faults_keep_what_was_written_and_leave_the_calendar_alone(place: Place, anna: str) -> None:
    page = place.client.get(anna).text
    before = place.client.get(feed_path(page)).content
    wrong = {**fields(page), "time_choice": "own", "time": "23:30", "language": "en", "pause_until": "2020-02-30"}
    answer = place.client.post(anna, data=wrong)
    assert answer.status_code == 422
    kept = fields(answer.text)
    assert (kept["time"], kept["language"], kept["pause_until"]) == ("23:30", "en", "2020-02-30")
    assert (place.acts, place.client.get(feed_path(page)).content) == ([], before)
    mended = place.client.post(anna, data={**kept, "time": "21:30", "pause_until": ""})
    assert mended.status_code == 303


def test_whoever_left_has_no_page_and_no_feed(place: Place, anna: str) -> None:
    path = feed_path(place.client.get(anna).text)
    folder = place.mail.parent.parent
    rows = (folder / "people.csv").read_text("utf-8").splitlines(keepends=True)
    (folder / "people.csv").write_text("".join(row for row in rows if not row.startswith("1001;")), "utf-8")
    look(place.engine)
    place.at(MONDAY + timedelta(hours=1))
    assert place.client.get(anna).status_code == 200  # her row may be back tomorrow
    place.at(MONDAY + timedelta(days=2))
    (letter,) = place.letters("anna.holm@")
    assert [place.client.get(one).status_code for one in (anna, stop_link(letter), path)] == [404, 404, 404]
    assert "Anna Holm" not in place.client.get("/").text


def test_new_links_stand_in_the_next_letter_and_the_letter_of_before_opens_nothing(place: Place, anna: str) -> None:
    (first,) = place.letters("anna.holm@")
    feed = feed_path(place.client.get(anna).text)
    token = fields(place.client.get(anna).text)["form"]
    answer = place.client.post(anna, data={"form": token, "act": "links"})
    place.at(MONDAY + timedelta(days=7))
    (newest,) = (letter for letter in place.letters("anna.holm@") if own_page(letter) != anna)
    found = [place.client.get(one).status_code for one in (anna, stop_link(first), feed)]
    found += [place.client.get(one).status_code for one in (own_page(newest), stop_link(newest))]
    assert (answer.status_code, found) == (303, [404, 404, 404, 200, 200])


def test_everything_in_the_view_can_be_reached_from_the_start_page(place: Place) -> None:
    links = re.findall(r'href="((?:me|feed)/[^"]+)"', place.client.get("/").text)
    assert len(links) == 2 * len(PEOPLE)
    assert {place.client.get(f"/{link}").status_code for link in links} == {200}
    assert place.acts == []


OWN = """
[[prompt]]
id = "{id}"
kind = "draft"
level = "easy"
tool = "chat"
data = "none"
[prompt.da]
title = '''{bad}'''
prompt = '''{bad}'''
look_for = '''{bad}'''
data = '''{bad}'''
[prompt.en]
title = '''{bad}'''
prompt = '''{bad}'''
look_for = '''{bad}'''
data = '''{bad}'''
"""


def test_hostile_names_prompts_and_answers_are_only_text(tmp_path: Path) -> None:
    bad = HOSTILE
    text = re.sub(r'^(name|contact_name|tools|data|responsible) = ".*"', f"\\1 = '{bad}'", config(), flags=re.MULTILINE)
    text = text.replace("# own_prompts", "own_prompts").replace(
        "# without_kinds = []",
        'without_kinds = ["summarise","brainstorm","translate","plan","analyse","criticise","learn","explore"] #',
    )
    (tmp_path / "config.toml").write_text(text, "utf-8")
    (tmp_path / "prompts.toml").write_text("".join(OWN.format(id=f"draft-{n}", bad=bad) for n in range(200)), "utf-8")
    quoted = bad.replace('"', '""')
    (tmp_path / "people.csv").write_text(
        f'number;name;email;department;language\n1;"{quoted}";a@x.example;plan;da\n2;"{quoted}";b@x.example;plan;en\n',
        "utf-8",
    )
    (tmp_path / "absences.csv").write_text("person;first;last\n", "utf-8")
    place = Place(tmp_path)
    try:
        pages = [own_page(place.letters(one)[0]) for one in ("a@x", "b@x")]
        stops = [stop_link(place.letters(one)[0]) for one in ("a@x", "b@x")]
        texts = [place.client.get(one).text for one in ("/", "/?lang=en", *pages, *stops)]
        form = {
            **fields(texts[2]),
            "time_choice": "own",
            "time": bad,
            "pause_until": bad,
            "track": bad,
            "language": bad,
        }
        texts.append(place.client.post(pages[0], data=form).text)
        texts += [place.client.post(one, data=ONE_CLICK).text for one in stops]
        html = [letter.get_body(("html",)) for letter in (*place.letters("a@x"), *place.letters("b@x"))]
        texts += [str(part.get_content()) for part in html if part]
    finally:
        place.engine.close()
    assert any("&lt;script&gt;alert(1)&lt;/script&gt;" in text for text in texts)
    for text in texts:
        assert not re.search("<script|<img", text, re.IGNORECASE)
        assert "{{ 7*7 }}" in text or "7*7" not in text
