"""A question to swap: anybody can be asked, nobody learns who is away, and silence lapses like a no."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import escape
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from culture.organisation import Organisation
from culture.people import Preference
from culture.relay import acts as relay_acts
from culture.relay import notices as relay_notices
from culture.relay import schedule as relay
from culture.relay import swaps as relay_swaps
from culture.relay.acts import NotPossible
from culture.relay.schedule import RelayRecords
from culture.relay.turns import PRIVATE, Hindrance, Turn
from culture.workdays import Span
from service.acts.page_acts import carry_out
from service.acts.requests import Act
from service.acts.table import ACTS
from service.answers.forecast import copy_of
from service.engine.engine import Engine
from service.messages.faults import Refused
from service.pages.act_form import ON_PAGE, posted
from service.relay.records import relay_records
from service.relay.why import explained, told
from store.records import TURNS
from tests.culture_values import person
from tests.relay_values import BEGIN, at
from tests.test_relay import MONDAY, by, place, turn_on
from tests.web_relay_values import DAY, Place, problem

pytestmark = pytest.mark.slow

ASKER, COLLEAGUE = "a", "b"
MEETING = date(2027, 1, 14)


def begun(made: Organisation) -> RelayRecords:
    return relay.advance(made, RelayRecords(), MONDAY)


def standing(**given: Any) -> tuple[Organisation, RelayRecords, Turn, str]:
    """A department of five with turns, the first of them, and a colleague without one, who is then as `given` says."""
    everybody = place()
    records = begun(everybody)
    turn = turn_on(records, "01-14")
    free = next(one for one in sorted(everybody.people) if one not in {t.presenter for t in records.turns.values()})
    absences = {free: given.pop("absent")} if "absent" in given else {}
    people = [person(key, **(given if key == free else {})) for key in sorted(everybody.people)]
    return place(*people, absences=absences), records, turn, free


SITUATIONS: dict[str, dict[str, Any]] = {
    "there": {},
    "on a break": {"pause_until": date(2027, 1, 20)},
    "absent": {"absent": (Span(date(2027, 1, 12), date(2027, 1, 16)),)},
    "never on that weekday": {"contract_days": frozenset({1, 2})},
}
AWAY = [name for name in SITUATIONS if name != "there"]


def asked(name: str) -> tuple[Organisation, RelayRecords, Turn, str]:
    made, records, turn, colleague = standing(**SITUATIONS[name])
    records = relay_acts.offer(made, records, turn.id, colleague, by(turn.presenter))
    return made, records, records.turns[turn.id], colleague


def letters(made: Organisation, records: RelayRecords, now: datetime) -> set[tuple[str, str, datetime]]:
    found = relay_notices.due(made, records, now)
    return {(notice.kind, notice.person_id, notice.due) for notice in found if notice.kind.startswith("swap")}


# --- nobody learns who is away ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", AWAY)
def test_whoever_is_away_can_be_asked_like_everybody(name: str) -> None:
    made, records, turn, colleague = standing(**SITUATIONS[name])
    there = standing()
    assert list(relay_acts.candidates(made, records, turn)) == list(relay_acts.candidates(there[0], there[1], there[2]))
    assert colleague in relay_acts.candidates(made, records, turn)
    assert asked(name)[1] == asked("there")[1]


@pytest.mark.parametrize("name", AWAY)
def test_the_asker_is_told_the_same_at_the_same_moment_whether_the_colleague_is_away_or_silent(name: str) -> None:
    heard = []
    for one in ("there", name):
        made, records, turn, _ = asked(one)
        weeks = (letters(made, records, MONDAY + timedelta(days=days, hours=12)) for days in range(9))
        heard.append([{letter for letter in week if letter[1] == turn.presenter} for week in weeks])
    assert heard[0] == heard[1]
    assert heard[0][-1] == {("swap-declined", turn.presenter, relay_swaps.lapses(made, turn))}


@pytest.mark.parametrize("name", AWAY)
def test_whoever_is_away_is_not_written_to(name: str) -> None:
    made, records, _, colleague = asked(name)
    for days in range(14):
        assert colleague not in {who for _, who, _ in letters(made, records, MONDAY + timedelta(days=days))}


def test_whoever_is_back_in_time_is_written_to_then() -> None:
    made, records, turn, colleague = standing(absent=(Span(MONDAY.date(), MONDAY.date() + DAY),))
    records = relay_acts.offer(made, records, turn.id, colleague, by(turn.presenter))
    question = ("swap", colleague, records.turns[turn.id].deeds[-1].at)
    assert [question in letters(made, records, MONDAY + n * DAY) for n in range(4)] == [False, False, True, True]


@pytest.mark.parametrize("name", AWAY)
def test_whoever_is_away_hears_why_they_cannot_say_yes_and_nobody_else_does(name: str) -> None:
    made, records, turn, colleague = asked(name)
    with pytest.raises(NotPossible) as own:
        relay_acts.accept(made, records, turn.id, colleague, by(colleague))
    with pytest.raises(NotPossible) as others:
        relay_acts.accept(made, records, turn.id, colleague, by("facilitator"))
    assert str(own.value) == f"You are not at work on {MEETING}, or take a break, so you cannot present then."
    assert str(others.value) == f"Person {colleague} cannot present on {MEETING}."


def test_a_colleague_is_not_told_that_the_asker_is_away_on_their_day() -> None:
    made, records, turn = place(), begun(place()), turn_on(begun(place()), "01-14")
    other = turn_on(records, "01-21")
    records = relay_acts.offer(made, records, turn.id, other.presenter, by(turn.presenter))
    gone = place(absences={turn.presenter: (Span(date(2027, 1, 20), date(2027, 1, 22)),)})
    with pytest.raises(NotPossible) as refused:
        relay_acts.accept(gone, records, turn.id, other.presenter, by(other.presenter))
    assert str(refused.value) == "These two turns cannot change places."


@pytest.mark.parametrize("name", AWAY)
def test_why_keeps_and_tells_nobodys_reason(name: str) -> None:
    made, _, _, colleague = standing(**SITUATIONS[name])
    records = begun(made)
    assert {turn.why.away.get(colleague) for turn in records.turns.values() if turn.why} <= {Hindrance.COULD_NOT, None}
    assert re.search("absent|paused|break|day off|weekday", repr(records)) is None


# --- silence lapses like a no -------------------------------------------------------------------------------------


def test_a_question_lapses_after_a_week_at_the_letters_hour_of_a_working_day() -> None:
    made, _, turn, _ = asked("there")
    closed = replace(made.closing, spans=(Span(MONDAY.date() + 7 * DAY, MONDAY.date() + 7 * DAY),))
    assert relay_swaps.lapses(made, turn) == datetime(2027, 1, 11, 6, 0, tzinfo=UTC)
    assert relay_swaps.lapses(place(closing=closed), turn) == datetime(2027, 1, 12, 6, 0, tzinfo=UTC)


def test_what_has_lapsed_can_be_neither_answered_nor_taken_back_but_asked_again() -> None:
    made, records, turn, colleague = asked("there")
    end = relay_swaps.lapses(made, turn)
    assert end is not None
    early, late = end - timedelta(seconds=1), end
    assert (relay_swaps.asked(made, turn, early), relay_swaps.asked(made, turn, late)) == (colleague, "")
    answers: list[Callable[[], object]] = [
        lambda: relay_acts.accept(made, records, turn.id, colleague, by(colleague, late)),
        lambda: relay_acts.decline(made, records, turn.id, colleague, by(colleague, late)),
        lambda: relay_acts.undo(made, records, turn.id, by(turn.presenter, late)),
    ]
    for answer in answers:
        with pytest.raises(NotPossible):
            answer()
    again = relay_acts.offer(made, records, turn.id, colleague, by(turn.presenter, late))
    assert relay_swaps.asked(made, again.turns[turn.id], late) == colleague
    assert [kind for kind, _, _ in letters(made, again, late)] == ["swap"]


def test_a_no_and_a_lapse_are_one_letter_each_and_never_both() -> None:
    made, records, turn, colleague = asked("there")
    end = relay_swaps.lapses(made, turn)
    assert end is not None
    no = relay_acts.decline(made, records, turn.id, colleague, by(colleague, end - DAY))
    assert [when for kind, _, when in letters(made, no, end) if kind == "swap-declined"] == [end - DAY]
    back = relay_acts.undo(made, records, turn.id, by(turn.presenter, end - DAY))
    assert letters(made, back, end) == set()


def test_a_question_that_would_lapse_after_the_meeting_ends_with_it() -> None:
    made, records, turn, colleague = standing()
    late = datetime(2027, 1, 8, 12, tzinfo=UTC)
    records = relay_acts.offer(made, records, turn.id, colleague, by(turn.presenter, late))
    assert "swap-declined" not in {kind for kind, _, _ in letters(made, records, datetime(2027, 1, 15, 8, tzinfo=UTC))}


# --- on the pages -------------------------------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Place]:
    here = Place(tmp_path, absences="5;2026-12-08;2026-12-31\n")
    yield here
    here.engine.close()


def settled(page: str) -> str:
    """The page without what is new in each."""
    return re.sub(r"[\w-]{20,}\.[\w-]{20,}", "", page)


def test_the_pages_of_an_asker_are_the_same_whomever_they_ask(site: Place) -> None:
    asker = site.turn(1).presenter
    free = next(key for key in ("1", "2", "3") if key not in {site.turn(n).presenter for n in (1, 2)} | {asker})
    site.engine.stored.prefer(free, Preference(pause_until=date(2027, 1, 20)))
    site.at(site.now)
    names = {key: site.view.organisation.people[key].name for key in ("4", "5", free)}
    assert all(f'<option value="{key}">' in site.page(asker) for key in names)
    seen = set()
    for key, name in names.items():
        page = site.done(asker, "swap", "plan-1", colleague=key)
        assert f"Du har spurgt {escape(name, quote=False)}, om I kan bytte." in page
        seen.add(re.sub("Du har spurgt .*?, om I", "Du har spurgt NAME, om I", settled(page)))
        site.done(asker, "undo", "plan-1")
    assert len(seen) == 1


def test_a_lapsed_question_is_gone_from_both_pages(site: Place) -> None:
    asker, other = site.turn(2).presenter, site.turn(3).presenter
    site.done(asker, "swap", "plan-2", colleague=other)
    question = re.compile("spørger, om I kan bytte|asks whether you will swap")
    assert question.search(site.page(other))
    site.at(at(7, 7))
    assert not question.search(site.page(other))
    assert not re.search("Du har spurgt|You have asked", site.page(asker))
    assert "Byt med en kollega" in site.page(asker) or "Swap with a colleague" in site.page(asker)
    assert problem(site.post(other, "accept", "plan-2"))[0] == 409


ELSEWHERE = ["plan-1", "plan-2", "plan-3", "plan-99", "jura-1", "", "<b>", "plan/2026-12-10"]


VALUES = {"colleague": "2", "outcome": "partly", "hard": "x", "news": "x", "verdict": "dropped", "reason": "x"}
ABOUT = ("plan-1", "plan-2", "plan-3", "plan-99", "jura-1", "", "<b>", "plan/2026-12-10")
DOING = [
    one for one in ON_PAGE if one not in ("discovery", "concern", "address", "on-list", "off-list")
]  # these are about nothing


def answer(engine: Engine, person_id: str, doing: str, about: str, now: datetime) -> str:
    """What a page answers to an act: the sentence of its refusal; empty when it is done."""
    try:
        carry_out(engine, Act(person_id=person_id, doing=doing, about=about, values=VALUES), now)
    except Refused as refused:
        return refused.sentence.said("en") + refused.sentence.said("da")
    return ""


def test_what_is_not_theirs_is_answered_alike_whether_there_is_such_a_turn_or_not(site: Place) -> None:
    for day in range(0, 61, 5):
        site.at(BEGIN + day * DAY)
        if day not in (0, 10, 15, 60):
            continue
        turns = relay_records(site.engine.stored).turns
        strange = [one for one in ABOUT if one not in turns or "5" not in (turns[one].person, turns[one].presenter)]
        assert {"plan-1", "plan-99"} <= set(strange)
        for doing in DOING:
            if doing not in ("volunteer", "unname"):
                engine = copy_of(site.engine)
                found = {answer(engine, "5", doing, about, site.now) for about in strange}
                assert len(found - {""}) == 1, (day, doing)


@pytest.mark.parametrize("doing", [name for name, row in ACTS.items() if not row.on_page])
def test_no_form_does_what_is_for_the_facilitator_alone(doing: str) -> None:
    assert posted({"act": ["pass"], "about": ["plan-1"]})
    assert posted({"act": [doing], "about": ["plan-1"]}) is None


def test_no_form_says_that_somebody_else_does_it() -> None:
    written = posted({"act": ["pass"], "about": ["plan-1"], "by": ["facilitator"]})
    assert written
    assert written.act("9") == Act(person_id="9", doing="pass", about="plan-1")


def test_no_page_speaks_of_the_command_line(site: Place) -> None:
    """Every act about everything by everybody, before, on and after the day; nobody was told, so no turn counts as held."""
    said = {doing: list[str]() for doing in DOING}
    for days in (0, 10, 11, 18, 60):
        site.at(BEGIN + days * DAY)
        for doing in DOING:
            engine = copy_of(site.engine)
            acts = product(("1", "2", "3", "5", "9"), ABOUT)
            said[doing] += [answer(engine, key, doing, about, site.now) for key, about in acts]
    assert [sentence for of_one in said.values() for sentence in of_one if "aikultur" in sentence] == []
    assert [doing for doing, of_one in said.items() if not any(of_one)] == ["unname"]  # nobody has written anything


def test_an_old_record_that_has_the_reason_is_told_without_it(site: Place) -> None:
    turn = site.turn(1)
    assert turn.why is not None
    old = dict(zip("4512", sorted(PRIVATE, key=str), strict=True))
    site.engine.stored.put(TURNS, turn.id, replace(turn, why=replace(turn.why, away=old)))
    world = site.engine.snapshot(site.now)
    for key, one in world.organisation.people.items():
        found = explained(world, one)
        lines = [repr(found), *told(found, "en")]
        assert [line for line in lines if re.search("away|break|weekday|absent|paused|day off|not here", line)] == [], (
            key
        )
