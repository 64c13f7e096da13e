"""The page of the archive: searched by words, chosen from, and paged. Pure, but for the template."""

import re
from collections.abc import Iterable
from html import unescape
from typing import Any

import pytest

from culture.people import Person
from culture.relay.learning import Discovery, Learning, Outcome
from culture.relay.settings import Relay
from culture.revisit.rules import Revisit
from culture.revisit.settings import RevisitList
from culture.vitamin.settings import Vitamin
from service.archive.page import archive_page
from service.archive.pages import PAGES
from service.pages.html_pages import Page
from service.pages.page_row import Asked
from service.pages.view import NotYet, View
from service.planning.links import Links
from tests.archive_values import HOSTILE, NOW, found_out, learned, world

PLAN = learned(1, worked="Et udkast til et høringssvar", tool="Copilot")
CARE = learned(2, "care", outcome=Outcome.NOT_YET, worked="Breve til borgere", link="https://x.example/2")


def nothing(*_: Any) -> Any:
    raise NotYet


def page(written: Iterable[Learning | Discovery | Revisit], language: str = "da", **query: str) -> str:
    made = world(*written)
    view = View(
        world=made,
        health=nothing,
        by_reference={},
        links=Links(b"secret", ""),
        by_feed_token={},
        preferences={},
        feed_tokens={},
        week=nothing,
        feed=nothing,
    )
    asked = Asked(
        page=Page(language=language, root="../"),
        view=view,
        person=made.organisation.people["plan-1"],
        now=NOW,
        form_token="",
        own_page="me/x",
        calendar="",
        query=query,
    )
    return archive_page(asked)


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", html.partition("<h1>")[2])).split())


def titles(html: str) -> list[str]:
    return re.findall(r"Opgave \d+|Linje \d+", html)


def test_everything_stands_there_the_newest_first() -> None:
    found = text_of(page([PLAN, CARE, found_out(3)]))
    assert titles(found)[0] == "Linje 3"
    assert {*titles(found)} == {"Linje 3", "Opgave 1", "Opgave 2"}
    assert "Læring · ikke endnu · Afdelingen Care · januar 2027 Opgave 2" in found
    assert "Oplægget (der står ikke, hvem der kan åbne det)" in found


@pytest.mark.parametrize("wanted", ["udkastet", "hoeringssvar", "HØRINGSSVARENE", "copilot udkast"])
def test_a_search_finds_any_form_of_a_word(wanted: str) -> None:
    found = text_of(page([PLAN, CARE], q=wanted))
    assert titles(found) == ["Opgave 1"]
    assert "Fundet: 1" in found


def test_what_was_chosen_narrows_and_stays_chosen() -> None:
    html = page([PLAN, CARE, found_out(3)], outcome="not-yet", department="care")
    assert titles(html) == ["Opgave 2"]
    assert '<option value="not-yet" selected>' in html
    assert titles(page([PLAN, CARE], q="udkast", department="care")) == []
    assert "Intet passer." in text_of(page([PLAN, CARE], q="udkast", department="care"))
    assert titles(page([PLAN, CARE], department="nowhere")) == []


def test_more_than_a_page_is_paged_with_what_was_asked_for() -> None:
    many = [found_out(number, text=f"Linje {number} med udkast") for number in range(60)]
    first = page(many, q="udkast & mere", kind="discovery")
    assert titles(first) == []
    first = page(many, q="udkast", kind="discovery")
    assert len(titles(first)) == 25
    (further,) = re.findall(r'<a class="button quiet" href="([^"]+)">', first)
    assert unescape(further) == "?q=udkast&kind=discovery&page=2#found"
    last = page(many, q="udkast", page="3")
    assert len(titles(last)) == 10
    assert {*titles(last)}.isdisjoint(titles(first))
    for odd in ("99999", "-1", "x", "²", "0"):
        assert titles(page(many, page=odd))


def test_an_empty_archive_says_so() -> None:
    assert "Der er ikke skrevet noget ned endnu." in text_of(page([]))
    assert "<select" not in page([])


def test_it_speaks_the_readers_language() -> None:
    found = text_of(page([PLAN, CARE], language="en"))
    assert found.startswith("What we have learned")
    assert "Learning · worked · Afdelingen Plan · Copilot · January 2027" in found


def test_what_people_wrote_and_what_is_looked_for_is_text() -> None:
    html = page([learned(1, title=HOSTILE, worked=HOSTILE, tool=HOSTILE, link_for=HOSTILE)], q=HOSTILE, tool=HOSTILE)
    assert not re.findall(r"<script|<img|onerror=alert\(2\)>", html)


def test_something_new_is_found_at_once() -> None:
    assert titles(page([PLAN], q="breve")) == []
    assert titles(page([PLAN, CARE], q="breve")) == ["Opgave 2"]


def test_there_is_a_way_to_it_where_a_programme_brings_something() -> None:
    (row,) = PAGES
    off: dict[str, Any] = {"vitamin": Vitamin(title={}, enabled=False), "revisit": RevisitList(enabled=False)}
    anybody: Person = world().organisation.people["plan-1"]
    assert row.way(world(), anybody)
    assert row.way(world(relay=Relay(), **off), anybody) is None
