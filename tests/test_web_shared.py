"""Pages over a real engine: what colleagues wrote goes round, and whoever sees to the relay can act."""

import re
from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest

from service.relay.records import relay_records
from store.records import DISCOVERIES, LEARNINGS
from tests.relay_values import at
from tests.test_web import Outline
from tests.web_relay_values import DAY, WORKED, Place, problem, saved, section, text_of, unchanged

pytestmark = pytest.mark.slow

MINE = "Du er tovholder i Plan"
LEARNED = "Det har kolleger lært"


def own_page(place: Place, person: str) -> str:
    answer = place.client.get(f"/me/{place.engine.links.token('page', person, place.now)}")
    assert answer.status_code == 200
    return text_of(answer.text)


# --- going round ------------------------------------------------------------------------------------------


def test_a_discovery_is_seen_by_colleagues_where_they_look(place: Place) -> None:
    place.done("1", "discovery", text="Den læser håndskrift", show_name="yes")
    line = "»Den læser håndskrift« · Plan · Anna Holm · 26. november 2026"
    assert line in own_page(place, "2")
    assert line not in own_page(place, "1")  # one's own is no news
    assert "Opdagelse · Plan · Anna Holm · 26. november 2026 Den læser" in text_of(section(place.page("9"), LEARNED))


def test_without_a_name_neither_department_nor_day_tells_who_presented(held: Place, first: str) -> None:
    held.done(first, "learning", "plan-1", **WORKED)
    shown = text_of(section(held.page("9"), LEARNED))
    assert "Det virkede · december 2026" in shown
    assert "Plan" not in shown
    for search, count in (("Plan", 0), ("december", 0), ("læst", 1)):
        assert f"Fundet: {count}" in section(held.page("9", f"?q={search}"), LEARNED)
    held.done(first, "learning", "plan-1", **WORKED, show_name="yes")
    name = held.view.organisation.people[first].name
    assert f"Det virkede · Plan · {name} · 10. december 2026" in text_of(section(held.page("9"), LEARNED))


def test_where_a_name_will_stand_is_said_before_the_tick(held: Place, first: str) -> None:
    page = text_of(held.page(first))
    tick = "Mit navn må stå ved"
    assert page.count("her på siden, i breve til kolleger og på intranettet") == 2
    assert page.count("Med et kryds står dit navn") == page.count(tick) == 2
    assert page.index("Med et kryds står dit navn") < page.index(tick)


def test_a_name_can_be_taken_off_by_whoever_it_is(held: Place, first: str) -> None:
    held.done(first, "learning", "plan-1", **WORKED, show_name="yes")
    held.done(first, "discovery", text="Linje", show_name="yes")
    (kept,) = held.records(DISCOVERIES)
    other = "1" if first != "1" else "2"
    assert "Tag mit navn af" not in held.page(other)
    for about in ("plan-1", kept["id"]):
        assert unchanged(held, partial(held.post, other, "unname", about)).status_code == 409
        for _ in range(2):
            assert saved(held.done(first, "unname", about)).startswith("Det er gjort. Dit navn er væk")
    (nobody_s,) = held.records(DISCOVERIES)
    assert nobody_s == {"id": nobody_s["id"], "at": "2026-12-10T23:00:00+00:00", "text": "Linje"}
    assert nobody_s["id"] != kept["id"]
    assert "show_name" not in held.records(LEARNINGS)[0]
    assert held.view.organisation.people[first].name not in section(held.page("9"), LEARNED)


def test_what_did_not_work_is_said_to_come_back_in_form_receipt_and_list(held: Place, first: str) -> None:
    again = "Det virkede ikke i dag, vi prøver igen om en måned"
    assert again in text_of(section(held.page(first), "Hvad lærte du?"))
    page = held.done(first, "learning", "plan-1", outcome="not-yet", did_not="Kilderne fandtes ikke")
    assert saved(page) == f"Tak. Den står her. {again}."
    assert f"{again} · december 2026" in text_of(section(held.page("9"), LEARNED))
    held.now += timedelta(minutes=20)
    assert saved(held.page(first, "?done=noted")) == "Tak. Den står her."


# --- whoever sees to it -----------------------------------------------------------------------------------


def test_a_facilitator_says_that_a_turn_came_to_nothing_and_takes_it_back(held: Place, first: str) -> None:
    shown = text_of(section(held.page("9"), MINE))
    assert "Torsdag den 10. december kl. 09.00" in shown
    been = section(held.page("9"), MINE).partition("Må en tur vente?")[0]
    assert held.view.organisation.people[first].name not in been  # nobody stands there as owing a word
    for _ in range(2):
        assert saved(held.done("9", "missed", "plan-1")) == "Det er gjort. Turen kommer igen på et senere møde."
    turn = held.turn(1)
    assert (turn.state, str(turn.starts)[:10]) == ("assigned", "2026-12-17")
    held.done("9", "held", "plan-1")
    assert held.turn(1).state == "held"


def test_a_turn_to_come_is_moved_to_a_later_meeting_and_never_back_to_its_own(place: Place, first: str) -> None:
    before = place.turn(1).starts
    assert before
    place.done("9", "postpone", "plan-1")
    after = place.turn(1)
    assert after.starts
    assert after.starts > before
    assert after.presenter == first


def test_nobody_but_the_facilitator_acts_on_a_colleagues_turn(held: Place, first: str) -> None:
    other = "1" if first != "1" else "2"
    for act in ("missed", "held", "postpone", "close"):
        answer = unchanged(held, partial(held.post, other, act, "plan-1"))
        assert problem(answer) == (409, "Den tur er ikke i din afdeling.")
    answer = unchanged(held, lambda: held.post(other, "learning", "plan-1", outcome="partly", hard="x"))
    assert problem(answer)[0] == 409


def test_a_facilitator_writes_it_down_without_a_name(held: Place, first: str) -> None:
    held.done("9", "learning", "plan-1", outcome="partly", hard="Alt", show_name="yes")
    (kept,) = held.records(LEARNINGS)
    assert (kept["person"], kept.get("show_name")) == (first, None)
    assert "Her er der ikke skrevet noget ned endnu" not in held.page("9")


def test_after_two_weeks_a_turn_is_closed_and_no_longer_asked_for(held: Place, first: str) -> None:
    assert "Luk turen" not in held.page("9")
    held.at(at(10, 9) + 14 * DAY)
    assert "Luk turen" in held.page("9")
    held.done("9", "close", "plan-1")
    assert relay_records(held.engine.stored).turns["plan-1"].closed
    assert "Luk turen" not in held.page("9")
    form = re.findall(r"<details( open)?>\n<summary><span class=\"over\">Torsdag den 10\.", held.page(first))
    assert form == [""]  # it can still be written, and is not waited for


def test_the_facilitators_page_is_sound(held: Place) -> None:
    early = held.page("9")
    held.done("9", "missed", "plan-1")
    for page in (early, held.page("9"), held.at(at(10, 9) + 21 * DAY).page("9")):
        found = Outline(page)
        assert (found.open, found.bad, [one for one in found.references if one not in found.ids]) == ([], [], [])
        assert len(found.ids) == len(set(found.ids))
        assert [pair for pair in pairwise(found.headings) if pair[1] - pair[0] > 1] == []
