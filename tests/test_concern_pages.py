"""Concerns answered, as people meet it: the contact's page, what everybody reads, the letters, the commands."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from culture.concerns import Concern
from culture.leaders.concerns import Decided
from culture.people import Language
from mailer.words import LANGUAGES
from service.acts.concerns import into_records
from service.leaders.concern_facts import ConcernsFacts
from service.leaders.concern_forms import read_answer
from service.leaders.concern_line import answer_line, short
from service.messages.faults import BadInput
from tests.mail_values import LINKS, reader
from tests.relay_values import BEGIN, SCRIPT, at
from tests.test_render import OURS
from tests.web_relay_values import OF, Place, problem, saved, text_of

pytestmark = pytest.mark.slow

CONFIG = "[leaders]\nenabled = true\n"
PEOPLE = """number;name;email;department;language;working days;started;left
1;Anna Holm;anna@x.example;plan;;;;
3;Carla Juhl;carla@x.example;plan;en;;;
"""
OF |= dict.fromkeys(("concern-release", "concern-keep", "concern-answer"), "worries")
CONTACT = "contact"
"""Mette Lund, who is not in this people file."""

MONDAY = at(4, month=1, year=2027)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path, people=PEOPLE, then=(BEGIN, at(30, month=11)), more=CONFIG)
    texts = {"c-1": "Hvem tjekker?", "c-2": SCRIPT}
    into_records(
        made.engine.database, {key: Concern(id=key, month="2026-12", text=text) for key, text in texts.items()}
    )
    yield made.at(MONDAY)
    made.engine.close()


def told(place: Place) -> list[tuple[str, str]]:
    return [
        (letter.to, key)
        for letter in place.engine.letters()
        for key in letter.notices
        if key.startswith(("concern/", "concerns/"))
    ]


def test_a_contact_outside_the_people_file_gets_the_month_and_a_page_to_release_it_on(place: Place) -> None:
    assert told(place) == [("mette@x.example", "concerns/2027-01/contact")]
    page = place.page(CONTACT, of="worries")
    assert "/me/" not in page
    assert ("<script>" in page, "&lt;script&gt;" in page) == (False, True)
    assert page.count("<textarea") == 4  # a text and an answer for each
    assert "department" not in page
    other = place.page("1", of="worries")
    assert ("Hvem tjekker?" in other, "<textarea" in other) == (False, False)


def test_nothing_is_released_without_an_answer_or_somebody_who_owes_one(place: Place) -> None:
    answer = place.post(CONTACT, "concern-release", "c-1", text="Hvem tjekker?")
    assert answer.status_code == 422
    assert "Skriv et svar, eller hvem der er spurgt" in answer.text
    assert place.post(CONTACT, "concern-release", "c-1", text="", answer="Ja").status_code == 422
    assert place.records("answered_concerns") == []
    status, said = problem(place.post("1", "concern-release", "c-1", answer="Ja"))
    assert (status, said.startswith("Det er Mette Lund, der frigiver bekymringer, og ingen andre.")) == (409, True)


def test_a_released_concern_is_everybodys_with_who_owes_the_answer_and_then_with_the_answer(place: Place) -> None:
    promised = {"text": SCRIPT, "asked": "Karen Holst", "answer_by": "2027-01-20"}
    assert "Den er frigivet" in saved(place.done(CONTACT, "concern-release", "c-2", **promised))
    page = place.page("1", of="worries")
    assert "<script>" not in page
    assert "Ikke besluttet. Karen Holst er spurgt og svarer senest 20. januar 2027" in text_of(page)
    assert place.records("answered_concerns")[0]["id"] == "c-2"
    place.at(at(1, month=2, year=2027)).at(at(2, month=2, year=2027))
    assert told(place)[1:] == [("mette@x.example", "concerns/2027-02/contact")]
    assert "Den dag er forbi." in text_of(place.page(CONTACT, of="worries"))
    for _ in range(2):
        place.done(CONTACT, "concern-answer", "c-2", answer="Vi tjekker alle sammen.", answer_by="2027-01-20")
    assert "Vi tjekker alle sammen." in text_of(place.page("1", of="worries"))
    assert "Answered on 2 February 2027" in text_of(place.page("3", of="worries"))


def test_what_is_kept_back_is_gone_from_the_contacts_page_and_on_nobody_elses(place: Place) -> None:
    place.done(CONTACT, "concern-keep", "c-2")
    page = place.page(CONTACT, of="worries")
    assert ("c-2" in page, "c-1" in page) == (False, True)
    assert "script" not in text_of(place.page("1", of="worries"))
    assert problem(place.post(CONTACT, "concern-answer", "c-2", answer="Ja"))[0] == 409
    place.done(CONTACT, "concern-release", "c-1", answer="Ja")
    assert problem(place.post(CONTACT, "concern-keep", "c-1"))[0] == 409


def test_the_line_of_the_week_is_short_whatever_was_written() -> None:
    long = Decided(id="c-1", month="2026-12", day=date(2027, 1, 4), text="ord " * 400, answer="svar " * 400)
    line = answer_line((long, long, long))
    assert (len(str(line.values["text"]).split()), line.values["more"], line.words) == (21, 2, 62)
    promised = Decided(id="c-1", month="2026-12", day=date(2027, 1, 4), text="Hvem tjekker?", asked="Karen Holst")
    assert answer_line((promised,)).words == 26
    assert short("a\n b", 2) == "a b"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letter_to_the_contact_leads_to_the_page_and_holds_no_markup(language: Language) -> None:
    links = replace(LINKS, pages={"worries": "https://aitid.x.example/worries/token"})
    facts = ConcernsFacts(waiting=(("december 2026", SCRIPT),))
    made = OURS.render(reader(language, links), [facts])
    for text in (made.text, made.html):
        assert "https://aitid.x.example/worries/token" in text
        assert "/me/" not in text  # a letter to whoever runs it
    assert "<script>" not in made.html
    assert SCRIPT in made.text


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "answer"),
        ({"asked": "Karen"}, "answer_by"),
        ({"answer_by": "2027-02-01"}, "answer"),
        ({"asked": "Karen", "answer_by": "snart"}, "answer_by"),
        ({"asked": "Karen", "answer_by": "2027-01-03"}, "answer_by"),
        ({"asked": "Karen", "answer_by": "2029-01-03"}, "answer_by"),
        ({"answer": "x" * 4001}, "answer"),
        ({"asked": "x" * 301, "answer_by": "2027-02-01"}, "asked"),
    ],
)
def test_an_answer_or_a_promise_with_a_name_and_a_day(values: dict[str, str], field: str) -> None:
    with pytest.raises(BadInput) as bad:
        read_answer(values, MONDAY.date())
    assert field in [fault.file for fault in bad.value.faults]
