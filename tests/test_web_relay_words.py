"""What people write on the page of their relay, what no form can do, and who can read the pages."""

import re
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from markupsafe import escape

from culture.relay.schedule import RelayRecords
from service.acts.requests import Act, PageChoice
from service.messages.translation import translations
from service.pages.act_form import DONE, LARGEST_FORM
from service.pages.addresses import department_token
from service.pages.site import application
from store import records
from store.records import DISCOVERIES, LEARNINGS, TURNS
from tests.relay_values import BEGIN, SCRIPT, at
from tests.test_web import Outline
from tests.web_relay_values import (
    DAY,
    PEOPLE,
    WORKED,
    Place,
    TestClient,
    item,
    problem,
    saved,
    section,
    text_of,
    unchanged,
)

pytestmark = pytest.mark.slow


# --- what was learned ---------------------------------------------------------------------------------------


def test_a_learning_is_written_once_shown_to_all_and_can_be_mended(held: Place, first: str) -> None:
    assert "Hvad lærte du?" not in held.page("3")
    values = {**WORKED, "hours": "2,5", "tool": "Chat", "link": "https://x.example/1", "link_for": "kun os"}
    pages = [held.done(first, "learning", "plan-1", **values) for _ in range(2)]
    assert [saved(page) for page in pages] == ["Tak. Den står her."] * 2
    (kept,) = held.records(LEARNINGS)
    assert (kept["outcome"], kept["hours"], kept["link"]) == ("worked", 2.5, "https://x.example/1")
    shown = section(held.page("9"), "Det har kolleger lært")
    assert '<a href="https://x.example/1" rel="noopener noreferrer">Oplægget</a> (det kan åbnes af: kun os)' in shown
    assert held.view.organisation.people[first].name not in unescape(shown)
    again = section(pages[0], "Hvad lærte du?")
    assert 'name="hours" value="2,5"' in again.replace(' id="hours-learning-1"', "")
    assert re.search(r'value="worked" checked', again)
    held.done(first, "learning", "plan-1", **{**values, "show_name": "yes", "tool": "Ark"})
    assert held.view.organisation.people[first].name in unescape(section(held.page("9"), "Det har kolleger lært"))
    assert [one["tool"] for one in held.records(LEARNINGS)] == ["Ark"]


def test_two_pages_about_one_turn_lose_nothing_that_was_written(held: Place, first: str) -> None:
    one = re.findall(r'name="before" value="(\w*)"', held.page(first))[-1]
    held.done(first, "learning", "plan-1", **{**WORKED, "before": one})
    again = held.post(first, "learning", "plan-1", **{**WORKED, "before": one})
    assert again.status_code == 303  # the same once more is done
    other = held.post(first, "learning", "plan-1", **{**WORKED, "worked": "Noget andet", "tool": "Ark", "before": one})
    assert other.status_code == 409
    assert [kept["worked"] for kept in held.records(LEARNINGS)] == [WORKED["worked"]]
    page = unescape(other.text)
    assert "Det her er blevet ændret et andet sted, mens siden stod åben." in page
    assert "Noget andet" in page
    assert WORKED["worked"] in page.partition("Det står der nu")[2].partition("</section>")[0]
    (now,) = {value for value in re.findall(r'name="before" value="(\w*)"', other.text) if value}
    held.done(first, "learning", "plan-1", **{**WORKED, "worked": "Noget andet", "before": now})
    assert [kept["worked"] for kept in held.records(LEARNINGS)] == ["Noget andet"]


def test_faults_stand_beside_their_fields_and_what_was_written_is_kept(held: Place, first: str) -> None:
    values = {
        "outcome": "worked",
        "worked": SCRIPT,
        "hours": '"><b>',
        "link": "javascript:alert(1)",
        "show_name": "yes",
    }
    answer = unchanged(held, lambda: held.post(first, "learning", "plan-1", **values))
    assert answer.status_code == 422
    linked = re.findall(r'<li><a href="#([\w-]+)">', answer.text)
    assert linked == [f"{name}-learning-1" for name in ("checked", "judged_by", "hours", "link")]
    for name in linked:
        assert f'<p class="fault" id="{name}-fault"><strong>Ret her:</strong>' in answer.text
        assert re.search(rf'id="{name}"[^>]* aria-describedby="{name}-fault[^"]*" aria-invalid="true"', answer.text)
    found = section(answer.text, "Hvad lærte du?")
    assert unescape(re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", found)[0]) == SCRIPT
    assert 'value="&#34;&gt;&lt;b&gt;"' in found
    assert re.search(r'name="show_name" value="yes"[^>]* checked', found)
    assert "<title>Ikke gjort: " in answer.text


def test_an_empty_form_asks_how_it_went(held: Place, first: str) -> None:
    answer = unchanged(held, lambda: held.post(first, "learning", "plan-1"))
    assert re.findall(r'<li><a href="#([\w-]+)">([^<]*)', answer.text) == [
        ("outcome-learning-1", "Vælg, hvordan det gik."),
        ("worked-learning-1", "Svar på mindst et af de fem spørgsmål."),
    ]


def test_the_longest_texts_come_through_and_one_letter_more_comes_back(held: Place, first: str) -> None:
    most = dict.fromkeys(("worked", "did_not", "hard", "easy", "potential", "checked"), "🙂" * 4000)
    assert held.post(first, "learning", "plan-1", outcome="partly", **most).status_code == 303
    answer = held.post(first, "learning", "plan-1", outcome="partly", **{**most, "hard": "å" * 4001})
    assert (answer.status_code, "å" * 4001 in answer.text) == (422, True)


def test_a_body_too_large_is_413_and_changes_nothing(held: Place, first: str) -> None:
    answer = unchanged(held, lambda: held.post(first, "learning", "plan-1", worked="x" * LARGEST_FORM))
    assert (answer.status_code, held.acts) == (413, [])


def test_what_was_written_about_a_turn_that_is_no_longer_there_is_shown_to_be_copied(held: Place, first: str) -> None:
    turn = held.turn(1)
    held.engine.stored.put(TURNS, turn.id, replace(turn, state="assigned", meeting="", starts=None))
    held.at(held.now)
    answer = held.post(first, "learning", "plan-1", outcome="partly", hard=SCRIPT)
    assert problem(answer)[0] == 409
    assert f'<div class="words">{escape(SCRIPT)}</div>' in answer.text


def test_a_turn_can_be_told_of_for_sixty_days(held: Place, first: str) -> None:
    for days, shown in ((59, True), (61, False)):
        held.at(at(10, 9) + timedelta(days=days))
        assert ("torsdag den 10. december" in text_of(section(held.page(first), "Hvad lærte du?")).lower()) == shown


def test_a_search_finds_oe_for_ø_and_says_how_many(held: Place, first: str) -> None:
    held.done(first, "learning", "plan-1", outcome="partly", hard="Et høringssvar")
    for search, count in (("hoeringssvar", 1), ("xyzzy", 0), ("%3Cb%3E%22", 0)):
        found = section(held.page("9", f"?q={search}"), "Det har kolleger lært")
        assert (f"Fundet: {count}" in found, found.count("<details>")) == (True, count)


def test_no_more_than_twenty_are_shown_and_the_newest_first(held: Place, first: str) -> None:
    held.done(first, "learning", "plan-1", outcome="partly", hard="Et")
    one = held.view.world.of(RelayRecords).learnings["plan-1"]
    for number in range(100, 125):
        other = replace(one, id=f"plan-{number}", challenge="", title=f"Nr. {number}", at=at(11) + number * DAY)
        held.engine.stored.put(LEARNINGS, other.id, other)
    held.at(held.now)
    shown = re.findall(r"</span> Nr\. (\d+)</summary>", held.page("9"))
    assert shown == [str(number) for number in range(124, 104, -1)]


def test_an_address_in_the_store_that_is_none_becomes_no_link(held: Place, first: str) -> None:
    held.done(first, "learning", "plan-1", outcome="partly", hard="Et")
    bad = replace(held.view.world.of(RelayRecords).learnings["plan-1"], link="javascript:alert(1)")
    held.engine.stored.put(LEARNINGS, bad.id, bad)
    held.at(held.now)
    assert 'href="javascript' not in held.page("9")


# --- the revisit list ---------------------------------------------------------------------------------------


def test_the_owner_judges_what_is_due_once(place: Place) -> None:
    one = item(place, "1")
    place.at(at(2))
    assert "Referater" not in place.page("1", of="revisit")
    place.at(at(3))
    assert "Referater" not in place.page("2", of="revisit")
    asked = text_of(section(place.page("1", of="revisit"), "Skal vi se på det igen?"))
    assert "Referater Afvist 3. august 2026 af IT Grunden Lyden lå uden for EU." in asked
    pages = [place.done("1", "judgement", one.id, verdict="still-not", reason=SCRIPT) for _ in range(2)]
    assert [saved(page) for page in pages] == ["Det er gjort. Din vurdering er skrevet ned."] * 2
    (kept,) = place.engine.stored.table_of(records.REVISITS).values()
    assert [(j.by, str(j.verdict), j.reason) for j in kept.judgements] == [("Anna Holm", "still-not", SCRIPT)]
    assert kept.next_on == date(2027, 4, 3)
    assert "Referater" not in pages[0]


def test_a_judgement_without_a_reason_or_a_verdict_comes_back(place: Place) -> None:
    one = item(place, "1")
    place.at(at(3))
    answer = unchanged(place, lambda: place.post("1", "judgement", one.id, reason=" "))
    assert re.findall(r'<li><a href="#([\w-]+)">([^<]*)', answer.text) == [
        ("verdict-judgement-1", "Vælg et af de tre svar."),
        ("reason-judgement-1", "Det mangler. Skriv et par ord."),
    ]


def test_what_is_decided_stays_decided(place: Place) -> None:
    one = item(place, "1")
    place.at(at(3))
    for _ in range(2):
        place.done("1", "judgement", one.id, verdict="dropped", reason="Nej")
    answer = unchanged(place, lambda: place.post("1", "judgement", one.id, verdict="works-now", reason="Jo"))
    assert problem(answer) == (409, "Referater er allerede afgjort. Det, du havde skrevet Jo")


def test_the_item_of_an_owner_who_left_is_the_contacts_to_judge(place: Place) -> None:
    one = item(place, "gone")
    place.at(at(3))
    assert place.post("1", "judgement", one.id, verdict="dropped", reason="Nej").status_code == 409
    assert "Referater" in place.page("9", of="revisit")
    place.done("9", "judgement", one.id, verdict="dropped", reason="Nej")


# --- discoveries ---------------------------------------------------------------------------------------------


def test_a_discovery_is_kept_with_whose_it_is_when_the_name_may_be_shown(place: Place) -> None:
    for _ in range(2):
        assert saved(place.done("1", "discovery", text=SCRIPT, show_name="yes")) == "Tak. Den står her."
    (kept,) = place.records(DISCOVERIES)
    assert (kept["text"], kept["person"], kept["department"], kept["show_name"]) == (SCRIPT, "1", "plan", True)


def test_a_discovery_without_the_name_keeps_nothing_of_whose_it_is(place: Place) -> None:
    for whose in ("1", "9", "1"):
        assert saved(place.done(whose, "discovery", text=SCRIPT)) == "Tak. Den står her."
    (kept,) = place.records(DISCOVERIES)
    assert kept == {"id": kept["id"], "at": "2026-11-25T23:00:00+00:00", "text": SCRIPT}


@pytest.mark.parametrize("text", ["", " \n ", "x" * 5000])
def test_nothing_and_too_much_come_back_beside_the_field(untouched: Place, text: str) -> None:
    answer = unchanged(untouched, lambda: untouched.post("1", "discovery", text=text))
    assert answer.status_code == 422
    assert re.findall(r'<li><a href="#([\w-]+)">', answer.text) == ["text-discovery"]
    assert text in answer.text


# --- forms that are not ours --------------------------------------------------------------------------------


def test_a_form_without_its_token_does_nothing(untouched: Place, first: str) -> None:
    links, other = untouched.engine.links, "1" if first != "1" else "2"
    tokens = ("", "x", links.token("form", other, BEGIN), links.token("relay", first, BEGIN))
    for token in tokens:
        answer = untouched.client.post(untouched.path(first), data={"form": token, "act": "pass", "about": "plan-1"})
        assert (answer.status_code, untouched.acts) == (403, [])
        assert "<h1>Formularen er ikke vores</h1>" in answer.text


@pytest.mark.parametrize("act", ["", "save", "PASS", "__class__"])
def test_a_form_that_asks_for_something_else_does_nothing(untouched: Place, act: str) -> None:
    assert (untouched.post("1", act).status_code, untouched.acts) == (403, [])


def test_a_form_left_open_overnight_keeps_what_was_written(held: Place, first: str) -> None:
    form = {"form": held.engine.links.token("form", first, held.now - DAY), "act": "learning", "about": "plan-1"}
    answer = held.client.post(held.path(first), data={**form, "hard": SCRIPT})
    assert (answer.status_code, held.acts) == (403, [])
    assert escape(SCRIPT) in section(answer.text, "Hvad lærte du?")
    assert held.engine.links.token("form", first, held.now) in answer.text


def test_what_is_not_written_in_time_is_said_to_be_on_its_way(untouched: Place, first: str) -> None:
    def slow(act: PageChoice | Act) -> "Future[None]":
        answer: Future[None] = Future()
        answer.set_exception(TimeoutError())
        return answer

    app = application(lambda: untouched.view, slow, lambda: untouched.now, False, print)
    form = {"form": untouched.engine.links.token("form", first, untouched.now), "act": "pass", "about": "plan-1"}
    answer = TestClient(app).post(untouched.path(first), data=form)
    assert answer.status_code == 503
    assert f'href="..{untouched.path(first)}"' in answer.text


# --- the department's calendar ------------------------------------------------------------------------------


def test_the_departments_calendar_is_at_the_address_on_the_page_and_follows_a_swap(place: Place) -> None:
    asker, other = place.turn(1).presenter, place.turn(2).presenter
    (address,) = re.findall(r'id="calendar" value="http://127.0.0.1(/feed/\w+\.ics)"', place.page("4"))
    assert address == f"/feed/{department_token(place.view, '4')}.ics"
    before = place.client.get(address)
    assert (before.status_code, before.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert re.findall(r"DTSTART;TZID=Europe/Copenhagen:(\d+)", before.text) == ["20261210", "20261217", "20261224"]
    same = place.client.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert same.status_code == 304
    place.done(asker, "swap", "plan-1", colleague=other)
    place.done(other, "accept", "plan-1")
    after = place.client.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.text != before.text


def test_a_department_without_the_relay_has_no_calendar_to_show(untouched: Place) -> None:
    assert "/feed/" not in untouched.page("9")


# --- words and readers --------------------------------------------------------------------------------------


def rich(folder: Path, language: str) -> Iterator[str]:
    """The page in every state that it knows, its texts full of what people try out."""
    people = PEOPLE.replace(";plan;;", f";plan;{language};").replace(";plan;en;", f";plan;{language};")
    place = Place(folder, people.replace(";jura;;", f";jura;{language};"))
    try:
        first, second = place.turn(1).presenter, place.turn(2).presenter
        yield place.page(first)
        yield place.done("3", "volunteer", "plan/2026-12-10")
        yield place.done(first, "swap", "plan-1", colleague=second)
        yield place.page(second)
        yield place.done(second, "pass", "plan-2")
        item(place, first, name=SCRIPT, reason=SCRIPT, would_change=SCRIPT, trigger=SCRIPT, rejected_by=SCRIPT)
        place.at(at(3))
        yield place.page(first)
        yield place.post(first, "judgement", reason=SCRIPT).text
        place.at(at(11))
        yield place.post(first, "learning", "plan-1", outcome="worked", worked=SCRIPT, tool=SCRIPT, link=SCRIPT).text
        yield place.done(
            first,
            "learning",
            "plan-1",
            outcome="not-yet",
            did_not=SCRIPT,
            tool=SCRIPT,
            judged_by=SCRIPT,
            show_name="on",
        )
        yield place.page("9", "?q=%3Cscript%3E")
        yield place.page("9", "?q=%22%3E%3Cb%3E")
        yield place.post("9", "discovery", text=SCRIPT * 20).text
        yield place.post("9", "swap", SCRIPT, colleague=SCRIPT).text
        yield from (place.page("9", f"?done={word}") for word in DONE)
        place.at(at(8, month=1, year=2027))
        yield place.page(first)  # what did not work comes back, with what is known
    finally:
        place.engine.close()


@pytest.fixture(scope="module", params=["da", "en"])
def every_page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[str]]:
    return request.param, list(rich(tmp_path_factory.mktemp(request.param), request.param))


def test_pages_can_be_heard_and_used_without_a_mouse(every_page: tuple[str, list[str]]) -> None:
    language, pages = every_page
    for page in pages:
        found = Outline(page)
        assert (found.open, found.bad, found.headings.count(1)) == ([], [], 1)
        assert len(found.ids) == len(set(found.ids))
        assert [name for name in found.references if name not in found.ids] == []
        assert [one for one in found.fields if not one["in_label"] and one.get("id") not in found.labels] == []
        areas = re.findall(r'<textarea id="([^"]+)"', page)
        assert (len(areas), set(areas) - found.labels) == (page.count("<textarea"), set())
        assert re.findall(r"<fieldset[^>]*>\s*(?!<legend>)<", page) == []
        assert f'<html lang="{language}">' in page


def test_headings_go_down_one_step_at_a_time(every_page: tuple[str, list[str]]) -> None:
    for page in every_page[1]:
        levels = Outline(page.partition("<h1>")[1] + page.partition("<h1>")[2].partition("</main>")[0]).headings
        assert [pair for pair in pairwise(levels) if pair[1] - pair[0] > 1] == []


def test_nothing_that_people_write_is_markup(every_page: tuple[str, list[str]]) -> None:
    for page in every_page[1]:
        assert not re.search(r"<script|<b>|<i>|href=\"javascript", page, re.IGNORECASE)
    assert sum(escape(SCRIPT) in page for page in every_page[1]) > 5


def test_what_did_not_work_comes_back_with_what_is_known(every_page: tuple[str, list[str]]) -> None:
    language, pages = every_page
    words = "Det ved vi fra sidst" if language == "da" else "What we know from last time"
    assert [words in page for page in pages] == [False] * (len(pages) - 1) + [True]


def test_no_danish_page_speaks_english_and_no_english_one_danish(every_page: tuple[str, list[str]]) -> None:
    language, pages = every_page
    pairs = [
        (english, twin)
        for english, said in translations("da").items()
        for twin in said
        if min(len(english), len(twin)) > 20
    ]
    foreign = [english if language == "da" else twin for english, twin in pairs if english != twin]
    shown = [unescape(page) for page in pages]
    assert [words for words in foreign for page in shown if words in page] == []
