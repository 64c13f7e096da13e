"""What comes of "works now": who is told, who may give it to others, and what those are given. Pure but for one place."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from culture.relay.challenges import Challenges
from culture.relay.learning import Learning, Outcome
from culture.relay.schedule import RelayRecords
from culture.relay.turns import Turn
from culture.revisit.rules import Judgement, Made, Revisit, RevisitRecords, Verdict, What, judged, triggered
from culture.revisit.settings import RevisitList
from culture.revisit.works import due, failed_for, given, made, to_make
from culture.trouble import Troubles
from culture.vitamin.catalogue import Catalogue
from culture.vitamin.settings import Vitamin
from culture.world import World
from mailer.words import LANGUAGES
from service.revisit import items as revisits
from service.revisit.made import added
from store import records
from tests.culture_values import SEEN, challenge_catalogue, organisation, person, running
from tests.relay_values import SCRIPT, at
from tests.service_values import MONDAY, live, make_engine, row, write_config, write_people
from tests.web_relay_values import Place, item, problem, saved, text_of

DAY = date(2027, 3, 3)
CPH = ZoneInfo("Europe/Copenhagen")


def works(**changes: Any) -> Revisit:
    """An item of Bo's (7) that works now, as Bo found on 3 March."""
    values: dict[str, Any] = {
        "id": "x",
        "name": "Copilot",
        "what": What.TOOL,
        "rejected_by": "IT",
        "rejected_on": date(2026, 10, 1),
        "reason": "Regner forkert",
        "would_change": "",
        "months": 4,
        "owner": "7",
        "next_on": DAY,
    }
    judgement = Judgement(day=DAY, by="Bo", verdict=Verdict.WORKS_NOW, reason="Regner rigtigt", judge="7")
    return judged(Revisit(**{**values, **changes}), judgement)


def world(found: Revisit, day: date = DAY, relay: RelayRecords | None = None, **changes: Any) -> World:
    people = [person(one) for one in ("5", "6", "7")]
    brought = {"revisit": RevisitList(letter_at=time(7, 30)), "relay": running(), "vitamin": Vitamin(title={})}
    house = organisation(*people, person("9", email="mette@x.example"), **{**brought, **changes})
    now = datetime.combine(day, time(8), CPH)
    return World(house, now).having(RevisitRecords({found.id: found}), relay or RelayRecords())


def learning(turn: str, who: str, outcome: Outcome, **changes: Any) -> Learning:
    return Learning(
        id=turn, department="plan", person=who, title="X", at=SEEN, outcome=outcome, **{"challenge": "", **changes}
    )


def test_whoever_it_did_not_work_for_is_told_and_nobody_else() -> None:
    still = Judgement(day=DAY, by="Eva", verdict=Verdict.STILL_NOT, reason="x", judge="5")
    turn = Turn(
        id="t", department="plan", number=1, kind="retry", person="6", presenter="6", announced=SEEN, challenge="c"
    )
    learnings = (
        learning("a", "11", Outcome.NOT_YET, challenge="c"),
        learning("b", "12", Outcome.WORKED, challenge="c"),
        learning("c", "13", Outcome.NOT_YET, tool="COPILOT"),
        learning("d", "14", Outcome.NOT_YET, tool="Copilot i Word"),
        learning("e", "15", Outcome.NOT_YET),
    )
    relay = RelayRecords(turns={"t": turn}, learnings={one.id: one for one in learnings})
    found = works(tried_by=("6", "7", ""), judgements=(still,), turn="t")
    assert failed_for(found, relay) == ("6", "5", "11", "13")
    assert failed_for(replace(found, turn=""), RelayRecords()) == ("6", "5")
    assert failed_for(triggered(found, "nyt", DAY), relay) == ()


def test_they_are_told_once_on_the_next_morning_while_it_is_news_and_while_they_work_here() -> None:
    found = works(tried_by=("6", "5", "gone"))
    days = [DAY + timedelta(days=n) for n in range(-1, 40)]
    told = {day: sorted(one.key for one in due(world(found, day))) for day in days}
    both = ["works/x.2027-03-03/5", "works/x.2027-03-03/6"]
    assert [day for day, keys in told.items() if keys == both] == days[2:32]
    assert {tuple(keys) for keys in told.values()} == {(), tuple(both)}
    again = triggered(found, "nyt", DAY + timedelta(days=1))
    assert list(due(world(again, DAY + timedelta(days=2)))) == []


def test_an_item_that_cannot_be_worked_out_costs_no_other_its_letter() -> None:
    found = works(tried_by=("6",))
    odd: Any = None  # a day that is none
    broken = replace(found, id="a", judgements=(replace(found.judgements[0], day=odd),))
    both = world(found, DAY + timedelta(days=1)).having(RevisitRecords({"a": broken, "x": found}))
    troubles = Troubles()
    assert [one.key for one in due(both, troubles)] == ["works/x.2027-03-03/6"]
    assert [one.who for one in troubles.found] == ["a"]


def test_whoever_judged_it_or_might_have_may_give_it_to_others_for_half_a_year() -> None:
    found = works()
    both = {"x": (Made.CHALLENGE, Made.PROMPT)}
    assert [to_make(world(found), one, DAY) for one in ("7", "6")] == [both, {}]
    assert to_make(world(replace(found, owner="6")), "7", DAY) == both
    assert to_make(world(made(found, Made.PROMPT)), "7", DAY) == {"x": (Made.CHALLENGE,)}
    assert to_make(world(found, relay=None, vitamin=Vitamin(title={}, enabled=False)), "7", DAY) == {
        "x": (Made.CHALLENGE,)
    }
    assert to_make(world(found), "7", DAY + timedelta(days=181)) == {}


def test_what_was_made_stands_in_the_catalogue_until_it_is_judged_otherwise() -> None:
    both = made(made(made(works(), Made.PROMPT), Made.CHALLENGE), Made.CHALLENGE)
    assert both.became == (Made.PROMPT, Made.CHALLENGE)
    opened = triggered(both, "nyt", DAY)
    dropped = judged(opened, Judgement(day=DAY, by="Bo", verdict=Verdict.DROPPED, reason="x"))
    assert [len(given([one], Made.PROMPT)) for one in (both, opened, dropped)] == [1, 1, 0]


def test_the_catalogues_get_a_prompt_and_a_challenge_without_a_name_and_within_their_bounds() -> None:
    long = works(name="Copilot " * 30, reason=f"{SCRIPT} " * 60)
    found = made(made(long, Made.PROMPT), Made.CHALLENGE)
    catalogue, challenges = added(world(found, challenges=challenge_catalogue(3)))
    assert isinstance(catalogue, Catalogue)
    assert isinstance(challenges, Challenges)
    assert len(challenges.challenges) == 4
    prompt, task = catalogue.prompts["revisit-x"], challenges.challenges["revisit-x"]
    assert task.own
    for language in LANGUAGES:
        said, told = prompt.text(language), task.text(language)
        assert (len(said.title) <= 60, len(said.prompt) <= 2000, len(said.look_for) <= 500) == (True, True, True)
        assert (len(told.title) <= 70, len(told.goal) <= 1000, len(told.steps)) == (True, True, 4)
        assert "Regner rigtigt" in told.goal
        assert "Bo" not in f"{said} {told}"


def test_an_item_of_the_relay_is_its_old_challenge_with_what_is_new() -> None:
    turn = Turn(
        id="t",
        department="plan",
        number=1,
        kind="retry",
        person="6",
        presenter="6",
        announced=SEEN,
        challenge="challenge-1",
    )
    found = made(works(turn="t"), Made.CHALLENGE)
    seen = world(found, relay=RelayRecords(turns={"t": turn}), challenges=challenge_catalogue(3))
    (challenges,) = added(seen)
    assert isinstance(challenges, Challenges)
    text = challenges.challenges["revisit-x"].text("da")
    assert text.title == "Challenge 1"
    assert text.goal == "Goal Sidst virkede det ikke: »Regner forkert« Det gør det nu: »Regner rigtigt«"


def test_where_nothing_was_made_the_catalogues_are_as_they_were() -> None:
    assert list(added(world(works()))) == []


# --- in a place -------------------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    found = Place(tmp_path, more="[vitamin]\n")
    yield found
    found.engine.close()


@pytest.mark.slow
def test_one_press_makes_it_a_challenge_and_a_second_press_changes_nothing(place: Place) -> None:
    one = item(place, "1")
    place.at(at(3))
    assert problem(place.post("1", "make-challenge", one.id))[0] == 409
    place.done("1", "judgement", one.id, verdict="works-now", reason=SCRIPT)
    page = place.page("1", of="revisit")
    assert "Gør det til en udfordring" in text_of(page)
    assert "<script>alert" not in page
    assert problem(place.post("2", "make-challenge", one.id))[0] == 409
    for _ in range(2):
        assert saved(place.done("1", "make-challenge", one.id)) == "Det er gjort. Det står blandt udfordringerne nu."
    assert "Gør det til en udfordring" not in text_of(place.page("1", of="revisit"))
    (kept,) = place.engine.stored.table_of(records.REVISITS).values()
    assert (kept.became, kept.judgements[-1].judge) == ((Made.CHALLENGE,), "1")
    place.at(at(3, 8))
    assert f"revisit-{one.id}" in place.view.organisation.of(Challenges).challenges


def test_who_judged_it_is_known_by_the_name_that_was_given(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1), row(2)])
    engine = make_engine(tmp_path)
    live(engine, MONDAY)
    name = engine.snapshot(MONDAY).organisation.people["2"].name
    values = {"tool": "Referater", "rejected_on": "2026-09-01", "reason": "x", "rejected_by": name}
    revisits.add(engine, revisits.read_item(values, engine.snapshot(MONDAY).organisation, MONDAY.date()))
    for by, judge in ((name, "2"), ("Juraen", "")):
        item = revisits.judge(engine, "referater", {"verdict": "still not", "reason": by, "by": by}, MONDAY)
        assert item.judgements[-1].judge == judge
    engine.close()
