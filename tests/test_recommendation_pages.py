"""Recommendations as people meet them: the corps' drafts, the question's own page, what everybody reads, the memo."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from service.ambassadors.recommendation_forms import read_draft, read_reply
from service.ambassadors.recommendation_memo import as_html, as_markdown, memo
from service.messages.faults import BadInput
from service.rehearsal.acts_file import DOING
from service.rehearsal.stage import ScriptedAct, Stage
from tests.relay_values import BEGIN, SCRIPT, at
from tests.web_relay_values import OF as PAGE_OF
from tests.web_relay_values import Place, item, problem, saved, text_of

pytestmark = pytest.mark.slow

CONFIG = """
[ambassadors]
enabled = true
sponsor_name = "Birgitte Krogh"
sponsor_email = "birgitte@board.example"
people = [{ email = "anna@x.example" }]
"""
DAY = timedelta(days=1)
DRAFT = {"text": "Køb ti licenser", "reason": SCRIPT, "evidence": f"11 af 14: det virker\n{SCRIPT}"}

PAGE_OF |= {
    "recommend": "recommendations",
    "recommend-send": "recommendations",
    "recommend-withdraw": "recommendations",
    "recommendation-answer": "answer",
}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path, then=(BEGIN, at(30, month=11)), more=CONFIG)
    yield made
    made.engine.close()


def recommendations(place: Place) -> dict[str, Any]:
    return {one["id"]: one for one in place.records("recommendations")}


def letters(place: Place) -> list[tuple[str, str]]:
    return [
        (letter.to, key)
        for letter in place.engine.letters()
        for key in letter.notices
        if key.startswith("recommendation/")
    ]


def asked(place: Place) -> Place:
    """Anna has sent one to the sponsor, who is in no people file."""
    place.post("1", "recommend", **DRAFT)
    place.post("1", "recommend-send", "rec-1")
    return place


def test_a_draft_is_seen_and_written_by_the_corps_alone(place: Place) -> None:
    assert saved(place.done("1", "recommend", **DRAFT)) == "Udkastet er gemt."
    assert "Køb ti licenser" in place.page("1", of="recommendations")
    assert "Køb ti licenser" not in place.page("2", of="recommendations")
    assert "<textarea" not in place.page("2", of="recommendations")
    assert problem(place.post("2", "recommend-send", "rec-1")) == (
        409,
        "Det er ambassadørerne, der skriver anbefalinger, og det er du ikke nu.",
    )
    place.post("1", "recommend", **DRAFT)
    assert list(recommendations(place)) == ["rec-1"]  # the same draft posted twice
    place.post("1", "recommend", "rec-1", **DRAFT | {"text": "Køb tyve"})
    assert recommendations(place)["rec-1"]["text"] == "Køb tyve"
    assert letters(place) == []


def test_what_is_sent_goes_to_somebody_outside_and_is_everybodys(place: Place) -> None:
    asked(place)
    assert letters(place) == [("birgitte@board.example", "recommendation/rec-1.2026-11-30/asked-rec-1")]
    page = place.page("2", of="recommendations")
    assert "Birgitte Krogh, 30. november 2026" in text_of(page)
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert problem(place.post("1", "recommend", "rec-1", **DRAFT))[0] == 409
    place.post("1", "recommend-send", "rec-1")
    assert len(letters(place)) == 1


def test_the_question_has_a_page_of_its_own_that_opens_nothing_else(place: Place) -> None:
    asked(place)
    page = place.page("asked-rec-1", of="answer")
    assert "/me/" not in page
    assert "Køb ti licenser" in page
    for of in ("relay", "recommendations", "revisit"):
        assert place.client.get(place.path("asked-rec-1", of)).status_code == 404
    own = place.engine.links.token("page", place.linked("asked-rec-1"), place.now)
    assert place.client.get(f"/me/{own}").status_code == 404
    form = {
        "form": place.engine.links.token("form", place.linked("asked-rec-1"), place.now),
        "act": "recommend",
        **DRAFT,
    }
    assert place.client.post(place.path("asked-rec-1", "answer"), data=form).status_code == 403
    too_old = place.path("asked-rec-1", "answer")
    place.now += 70 * DAY
    answer = place.client.get(too_old)
    assert (answer.status_code, "skriv til Mette Lund" in text_of(answer.text)) == (410, True)
    assert place.client.get(place.path("asked-rec-1", "answer")).status_code == 200


def test_later_comes_back_by_itself_and_is_accepted(place: Place) -> None:
    asked(place)
    later = {"answer": "later", "until": "2026-12-15", "words": SCRIPT}
    for _ in range(2):
        done = place.done("asked-rec-1", "recommendation-answer", "rec-1", **later)
    assert "Tak. Dit svar er skrevet ned" in saved(done)
    assert [one["answer"] for one in recommendations(place)["rec-1"]["answers"]] == ["later"]
    assert "Kommer igen 15. december 2026" in text_of(place.page("2", of="recommendations"))
    place.at(at(14, 8))
    assert len(letters(place)) == 1
    place.at(at(15, 8))
    assert letters(place)[1:] == [("birgitte@board.example", "recommendation/rec-1.2026-12-15/asked-rec-1")]
    assert "Brevet er ikke sendt endnu" in text_of(place.page("2", of="recommendations"))
    place.at(at(17, 8))
    assert "Har ventet på svar i 2 dage" in text_of(place.page("2", of="recommendations"))
    place.done("asked-rec-1", "recommendation-answer", "rec-1", answer="yes")
    assert "17. december 2026, Birgitte Krogh: ja" in text_of(place.page("2", of="recommendations"))


def test_nobody_answers_what_is_asked_of_somebody_else(place: Place) -> None:
    asked(place)
    assert problem(place.post("2", "recommendation-answer", "rec-1", answer="yes")) == (
        409,
        "Den er ikke din at svare på, eller en anden bliver spurgt nu.",
    )
    assert "answers" not in recommendations(place)["rec-1"]
    place.post("1", "recommend-withdraw", "rec-1")
    assert problem(place.post("asked-rec-1", "recommendation-answer", "rec-1", answer="yes"))[0] == 409
    assert "Ingen anbefaling venter" in text_of(place.page("asked-rec-1", of="answer"))
    assert "Køb ti licenser" not in place.page("2", of="recommendations")


def test_faults_stand_at_their_fields_and_the_words_are_kept(place: Place) -> None:
    answer = place.post("1", "recommend", text="x" * 301, reason="", to="Ingen", by="i morgen")
    assert answer.status_code == 422
    for name in ("text-recommend-1", "reason-recommend-1", "to-recommend-1", "by-recommend-1"):
        assert f'<a href="#{name}">' in answer.text
    assert "x" * 301 in answer.text
    asked(place)
    wrong = place.post("asked-rec-1", "recommendation-answer", "rec-1", words="Måske", until="2020-01-01")
    assert (wrong.status_code, "Måske</textarea>" in wrong.text) == (422, True)


def ticks(page: str) -> dict[str, bool]:
    """What can be ticked on a page, by its value, and whether it is."""
    return {
        found[1]: bool(found[2])
        for found in re.finditer(r'<input type="checkbox" name="evidence" value="([^"]+)"( checked)?>', page)
    }


def test_what_a_draft_builds_on_is_ticked_by_what_it_says_and_stays_ticked(place: Place) -> None:
    tool = item(place, "", name="Assistenten i Excel", reason="Regnede forkert.")
    older = item(place, "", id="gammel", name="Ældst", reason="x", rejected_on=date(2025, 1, 1))
    for number in range(8):
        item(place, "", id=f"i{number}", name=f"Nummer {number}", reason="x", rejected_on=date(2026, 1, 1 + number))
    place.at(place.now)
    page = place.page("1", of="recommendations")
    assert "Assistenten i Excel, 3. august 2026: afvist: Regnede forkert." in text_of(page)
    assert (len(ticks(page)), ticks(page)[tool.id], older.id in ticks(page)) == (8, False, False)
    picked: dict[str, Any] = {"evidence": [tool.id, older.id, "11 af 14: det virker"]}
    wrong = place.post("1", "recommend", **DRAFT | picked | {"text": ""})
    assert (wrong.status_code, ticks(wrong.text)[tool.id]) == (422, True)
    assert "11 af 14: det virker</textarea>" in wrong.text
    place.done("1", "recommend", **DRAFT | picked)
    assert [one["what"] for one in recommendations(place)["rec-1"]["evidence"]] == picked["evidence"]
    first, *_ = place.page("1", of="recommendations").split("</form>")
    assert {key for key, ticked in ticks(first).items() if ticked} == {tool.id, older.id}


def test_whoever_was_asked_and_left_is_said_and_somebody_else_is_asked(place: Place) -> None:
    place.post("1", "recommend", **DRAFT, to="carla")
    place.post("1", "recommend-send", "rec-1")
    people = (place.files.folder / "people.csv").read_text("utf-8")
    gone = people.replace(
        "3;Carla Juhl;carla@x.example;plan;en;;;", "3;Carla Juhl;carla@x.example;plan;en;;;2026-11-30"
    )
    place.files.write("people.csv", gone)
    place.at(place.now + DAY)
    assert "Carla Juhl arbejder her ikke længere" in text_of(place.page("2", of="recommendations"))
    assert place.post("1", "recommend-send", "rec-1", to="ingen").status_code == 422
    place.done("1", "recommend-send", "rec-1", to="Ida Bro <ida@board.dk>")
    assert letters(place)[-1] == ("ida@board.dk", "recommendation/rec-1.2026-12-01/asked-rec-1")
    assert "Carla Juhl" not in text_of(place.page("2", of="recommendations"))


# --- the forms


def faults(call: Any) -> list[tuple[str, str]]:
    with pytest.raises(BadInput) as bad:
        call()
    return [(fault.file, str(fault.sentence)) for fault in bad.value.faults]


def test_a_recipient_has_an_address_and_a_name(place: Place) -> None:
    place.files.write("people.csv", (place.files.folder / "people.csv").read_text("utf-8") + "12;Uden Mail;;plan;;;;\n")
    place.at(place.now + DAY)
    world = place.engine.snapshot(place.now)

    def drafted(to: str) -> Any:
        return read_draft({"text": "A", "reason": "B", "to": to}, world, None)

    assert (drafted("anna").to_name, drafted("3").to_email) == ("Anna Holm", "carla@x.example")
    outside = drafted("Ida Bro <Ida@Board.dk>")
    assert (outside.to_name, outside.to_email) == ("Ida Bro", "ida@board.dk")
    assert drafted("Chefen <anna@x.example>").to_name == "Anna Holm"  # the people file knows whose address it is
    assert [said for _, said in faults(lambda: drafted("Uden Mail"))] == [
        "Uden Mail has no mail address. Ask somebody who has one, or give the question to them on paper."
    ]
    for to, word in (("", "missing"), ("n", "several"), ("ida@board.dk", "Write a name"), ("Ida <x>", "no mail")):
        ((name, said),) = faults(lambda to=to: drafted(to))
        assert name == "to"
        assert word in said
    many = {"text": "A", "reason": "B", "to": "anna", "evidence": "".join(f"{n}\n" for n in range(11))}
    assert faults(lambda: read_draft(many, world, None)) == [
        ("evidence", "These are 11 things to build on. Keep it to 10.")
    ]


def test_an_answer_is_one_of_three_and_later_has_a_day_within_a_year() -> None:
    today = at(30, month=11).date()
    later = read_reply({"answer": "senere"}, "Birgitte", today)
    assert (later.answer, later.until) == ("later", today + timedelta(days=90))
    assert read_reply({"answer": "yes", "until": "2027-01-01"}, "Birgitte", today).until is None
    for values in (
        {},
        {"answer": "måske"},
        {"answer": "later", "until": "2026-11-30"},
        {"answer": "no", "words": "x" * 4001},
    ):
        assert faults(lambda values=values: read_reply(values, "B", today))
    assert faults(lambda: read_reply({"answer": "later", "until": "2029-01-01"}, "B", today))


# --- the memo


def test_the_memo_says_the_same_in_html_and_markdown_and_nothing_in_it_is_markup(place: Place) -> None:
    asked(place)
    world = place.engine.snapshot(place.now)
    found = memo(world, "da")
    html, markdown = as_html(found, "da"), as_markdown(found, "da")
    rendered = MarkdownIt("commonmark").render(markdown)
    for text in (html, rendered):
        assert "<script>" not in text
        assert "<b>" not in text
        assert text_of(text).count("alert(1)") == 2
        assert "Birgitte Krogh, 30. november 2026" in text_of(text)
        assert "Til beslutning" in text_of(text)
    assert "http" not in html
    assert "For decision" in as_markdown(memo(world, "en"), "en")
    place.done("asked-rec-1", "recommendation-answer", "rec-1", answer="no", words="Ikke i år.")
    after = memo(place.engine.snapshot(place.now), "da")
    assert (after.waiting, [one.text for one in after.decided]) == ((), ["Køb ti licenser"])
    assert "Intet venter på en beslutning." in as_markdown(after, "da")


def test_a_rehearsal_drafts_sends_and_takes_back(place: Place) -> None:
    def acts(do: str, item: str = "", **values: str) -> list[str]:
        act = ScriptedAct(at=place.now, do=do, item=item, values=values)
        return [said.said("en") for said in Stage(place.engine).play(act, DOING[do], place.now)]

    assert acts("draft", **DRAFT) == []
    assert letters(place) == []
    assert acts("send", "rec-1") == []
    assert recommendations(place)["rec-1"]["asked_on"] == "2026-11-30"
    assert acts("withdraw", "rec-1") == []
    assert recommendations(place)["rec-1"]["withdrawn_on"] == "2026-11-30"
    assert acts("send", "rec-1") == ["rec-1 has been withdrawn."]
