"""The page of the corps' meeting: news brought, the agenda, and the one form for all that was decided."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

from culture.ambassadors.agenda_records import Minutes, News
from culture.keys import NoticeKey
from culture.revisit.rules import Revisit, Verdict
from service.acts.page_acts import carry_out
from service.acts.requests import Act
from service.messages.faults import Refused
from service.rehearsal.acts_file import DOING
from service.rehearsal.stage import ScriptedAct, Stage
from store import records
from tests.kept_folders import kept_folder
from tests.relay_values import BEGIN, SCRIPT
from tests.web_relay_values import Place, item, problem, saved, text_of, unchanged

pytestmark = pytest.mark.slow

MORE = """
[ambassadors]
enabled = true
sponsor_name = "Birgitte Krogh"
sponsor_email = "birgitte@ude.example"
people = [{ email = "anna@x.example", from = 2026-01-01 }, { email = "carla@x.example", from = 2026-02-01 }]
[ambassadors.meeting]
weekday = "tuesday"
time = "13:00"
place = "Rådssalen"
"""
JANUARY = "corps/2027-01"
"""Tuesday 5 January 2027. Asked on 11 December, its agenda on 18 December: Christmas Eve and New Year's are closed."""


def on(day: str, hour: int = 6) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00").replace(tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Place]:
    """On the day that a test asks for, if it does."""
    days = [on(request.param)] if hasattr(request, "param") else []
    found = Place(tmp_path, then=(BEGIN, *days), more=MORE)
    yield found
    found.engine.close()


asked = pytest.mark.parametrize("place", ["2026-12-14"], indirect=True)
told = pytest.mark.parametrize("place", ["2026-12-18"], indirect=True)


def agenda(place: Place, person: str) -> str:
    return text_of(place.page(person, of="agenda"))


@asked
def test_news_are_brought_once_and_stand_on_the_agenda_as_they_were_written(place: Place) -> None:
    for _ in range(2):
        page = place.done("1", "corps-news", JANUARY, news=SCRIPT, topic="Høringssvarene")
    assert saved(page) == "Tak. Det kommer på dagsordenen."
    (one,) = place.engine.stored.table_of(records.CORPS_NEWS).values()
    assert one == News(meeting=JANUARY, person="1", at=place.now, news=SCRIPT, topic="Høringssvarene")
    place.done("sponsor", "corps-nothing", JANUARY)
    assert len(place.engine.stored.table_of(records.CORPS_NEWS)) == 2
    place.at(on("2026-12-18"))
    page = place.page("3", of="agenda")
    assert "<script>alert" not in page
    shown = text_of(page)
    assert f"Anna Holm: {' '.join(SCRIPT.split())}" in shown
    assert "Anna Holm: Høringssvarene" in shown
    answer = unchanged(place, lambda: place.post("3", "corps-news", JANUARY, news="For sent"))
    assert problem(answer)[0] == 409
    assert "For sent" in problem(answer)[1]


@asked
def test_an_empty_answer_comes_back_and_nothing_new_is_one(place: Place) -> None:
    answer = unchanged(place, lambda: place.post("1", "corps-news", JANUARY, news=" "))
    assert re.findall(r'<li><a href="#([\w-]+)">([^<]*)', answer.text) == [
        ("news-corps-news", "Her står ikke noget. Skriv et par ord, eller sig, at der ikke er noget nyt.")
    ]
    assert saved(place.done("1", "corps-nothing", JANUARY)) == "Tak. Intet nyt er også et svar."


@told
def test_whoever_is_no_ambassador_sees_nothing_and_brings_nothing(place: Place) -> None:
    assert "Siden er for ambassadørerne" in agenda(place, "2")
    assert "Dagsordenen" not in agenda(place, "2")
    assert problem(unchanged(place, lambda: place.post("2", "corps-news", JANUARY, news="x")))[0] == 409
    assert problem(unchanged(place, lambda: place.post("2", "corps-decisions", JANUARY, minutes="x")))[0] == 409


NAMES = ("Referater", "Tal")


@cache
def january() -> Path:
    """A folder with two items that are due in January, with an agenda of them, after the meeting."""
    folder = kept_folder()
    place = Place(folder, more=MORE)
    for day, name in zip((1, 2), NAMES, strict=True):
        item(place, "2", name=name, next_on=date(2026, 12, day), reason=SCRIPT)
    for one in ("2026-12-18", "2026-12-28", "2027-01-06"):
        place.at(on(one))
    place.engine.close()
    return folder


@pytest.fixture
def after(tmp_path: Path) -> Iterator[Place]:
    """After the meeting with two items on its agenda."""
    found = Place(tmp_path, lived=january(), then=(on("2027-01-06"),))
    yield found
    found.engine.close()


def items_of(place: Place) -> list[Revisit]:
    by_name = {one.name: one for one in place.engine.stored.table_of(records.REVISITS).values()}
    return [by_name[name] for name in NAMES]


def test_the_chair_writes_all_that_was_decided_in_one_form(after: Place) -> None:
    first, second = items_of(after)
    page = after.page("1", of="agenda")
    assert "<script>alert" not in page
    assert "Referater" in text_of(page)
    nobody = unchanged(after, lambda: after.post("2", "corps-decisions", JANUARY, minutes="x"))
    assert nobody.status_code == 409
    given = {"verdict_1": "works-now", "reason_1": "Den gør", "minutes": SCRIPT}
    for _ in range(2):
        page = after.done("1", "corps-decisions", JANUARY, **given)
        given = {"minutes": SCRIPT}
    assert saved(page).startswith("Tak. Det er skrevet ned")
    items = after.engine.stored.table_of(records.REVISITS)
    assert [(one.verdict, one.by, one.judge) for one in items[first.id].judgements] == [
        (Verdict.WORKS_NOW, "Anna Holm", "1")
    ]
    assert items[second.id].judgements == ()
    (minutes,) = after.engine.stored.table_of(records.CORPS_MINUTES).values()
    assert minutes == Minutes(meeting=JANUARY, at=after.now, by="1", text=SCRIPT)
    assert "<script>alert" not in after.page("3", of="agenda")
    assert "What was decided" in agenda(after, "3")


def test_a_form_posted_twice_or_after_the_item_was_dropped_judges_once(after: Place) -> None:
    first, _ = items_of(after)
    given = {"verdict_1": "dropped", "reason_1": "Nej", "minutes": "Vi droppede den"}
    form = Act(person_id="1", doing="corps-decisions", about=JANUARY, values=given)
    for _ in range(2):
        carry_out(after.engine, form, after.now)
    other = Act(person_id="1", doing="corps-decisions", about=JANUARY, values={**given, "verdict_1": "works-now"})
    with pytest.raises(Refused, match="has been judged already"):
        carry_out(after.engine, other, after.now)
    kept = after.engine.stored.table_of(records.REVISITS)[first.id]
    assert [one.verdict for one in kept.judgements] == [Verdict.DROPPED]


def test_a_rehearsal_judges_an_item_of_the_agenda_by_its_name(after: Place) -> None:
    first, second = items_of(after)

    def acts(item: str, **values: str) -> list[str]:
        act = ScriptedAct(at=after.now, do="corps-decisions", item=item, values=values)
        return [said.said("en") for said in Stage(after.engine).play(act, DOING[act.do], after.now)]

    assert acts("tal", verdict="still not", reason="Ikke endnu", minutes="Vi venter") == []
    assert acts(first.id, verdict="dropped", reason="Nej") == []
    kept = after.engine.stored.table_of(records.REVISITS)
    assert [kept[one.id].judgements[-1].verdict for one in (first, second)] == [Verdict.DROPPED, Verdict.STILL_NOT]
    (minutes,) = after.engine.stored.table_of(records.CORPS_MINUTES).values()
    assert minutes.text == "Vi venter"
    assert acts("", minutes="Vi venter stadig") == []
    (refused,) = acts("excel", verdict="dropped", reason="Nej")
    assert refused == f'"excel" is not one item of the agenda. On it are: {first.id}, {second.id}.'


def test_a_verdict_without_a_reason_comes_back_with_the_minutes(after: Place) -> None:
    answer = unchanged(
        after, lambda: after.post("1", "corps-decisions", JANUARY, verdict_2="still-not", minutes="Vi venter")
    )
    assert re.findall(r'<li><a href="#([\w-]+)">([^<]*)', answer.text) == [
        ("reason_2-corps-decisions", "Det mangler. Skriv et par ord.")
    ]
    assert "Vi venter" in answer.text
    nothing = unchanged(after, lambda: after.post("1", "corps-decisions", JANUARY))
    assert "Her står ikke noget." in text_of(nothing.text)


def test_a_recommendation_in_the_form_becomes_one_draft_and_its_faults_come_back_here(after: Place) -> None:
    answer = unchanged(after, lambda: after.post("1", "corps-decisions", JANUARY, recommendation="Flere licenser"))
    assert re.findall(r'<li><a href="#([\w-]+)">([^<]*)', answer.text) == [
        ("because-corps-decisions", "Det mangler. Skriv et par ord.")
    ]
    for _ in range(2):
        after.done("1", "corps-decisions", JANUARY, recommendation="Flere licenser", because=SCRIPT)
    (draft,) = after.engine.stored.table_of(records.RECOMMENDATIONS).values()
    assert (draft.text, draft.reason, draft.to_email, draft.draft) == (
        "Flere licenser",
        SCRIPT,
        "birgitte@ude.example",
        True,
    )
    assert len(after.engine.stored.table_of(records.CORPS_MINUTES)) == 1


def test_the_corps_and_a_sponsor_who_is_nobody_here_are_asked_then_told_then_whoever_led_it(place: Place) -> None:
    for day in ("2026-12-10", "2026-12-11", "2026-12-14", "2026-12-18", "2026-12-22", "2026-12-29", "2027-01-06"):
        place.at(on(day, 7))
    every = (NoticeKey.from_text(key) for key, _ in place.engine.database.storage.documents(records.NOTICES))
    ours = {(key.kind, key.person_id) for key in every if key.period == "corps%2F2027-01"}
    asked = {(kind, one) for kind in ("corps-news", "agenda") for one in ("1", "3", "sponsor")}
    assert ours == {*asked, ("corps-decisions", "1")}
