"""The challenges of the relay: our catalogue, the organisation's own, and which comes next."""

import re
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from culture.called import Called
from culture.people import Sector
from culture.relay.challenges import Challenge, ChallengeText, challenges, next_challenge
from culture.relay.choosing import with_challenge
from culture.relay.settings import Relay
from culture.relay.turns import Turn, TurnList
from service.messages.faults import BadInput
from service.relay.challenge_file import load_challenges, parse_challenges, shipped_challenges
from tests.culture_values import challenge, organisation, person

OWN = """
[[challenge]]
id = "our-own"
level = "easy"
tool = "chat"
hours = {hours}
data = "public"
[challenge.da]
title = "Vores egen"
goal = "Et svar."
steps = ["Begynd.", "Gå videre."]
data = "Offentlige tekster."
tools = "Chat."
check = "Slå efter."
[challenge.en]
title = "Our own"
goal = "An answer."
steps = ["Begin.", "Go on."]
data = "Public texts."
tools = "Chat."
check = "Look it up."
"""


def texts(one: ChallengeText) -> list[str]:
    return [one.title, one.goal, *one.steps, one.data, one.tools, one.check]


def test_each_sector_has_forty_challenges_and_more_for_beginners_than_for_the_advanced() -> None:
    for sector in get_args(Sector):
        found = [one for one in shipped_challenges() if sector in one.sectors]
        levels = Counter(one.level for one in found)
        assert len(found) >= 40
        assert levels["easy"] > levels["advanced"] > 0


def test_every_track_has_more_than_half_a_years_weekly_challenges() -> None:
    catalogue = challenges(shipped_challenges())
    tracks = (
        "general",
        "law",
        "casework",
        "economy",
        "hr",
        "administration",
        "communication",
        "care",
        "field",
        "school",
    )
    assert all(len(catalogue.fitting(sector, track)) > 26 for sector in get_args(Sector) for track in tracks)


OF_A_TRACK = {"care": 24, "field": 24, "school": 24}
"""How many challenges at least are written for those who are not in an office."""


def test_those_who_are_not_in_an_office_have_challenges_of_their_own() -> None:
    for track, least in OF_A_TRACK.items():
        own = [one for one in shipped_challenges() if track in one.tracks and one.id.startswith(track)]
        assert len(own) >= least, track
        assert {one.data for one in own} <= {"none", "public", "own"}, track
        assert all(one.hours <= 4 for one in own), track


@pytest.mark.parametrize(("track", "least"), [("care", 24)])
def test_a_shift_can_do_what_is_written_for_those_away_from_a_desk(track: str, least: int) -> None:
    own = [one for one in shipped_challenges() if one.tracks == {track}]
    assert len(own) >= least
    assert {one.data for one in own} <= {"none", "public", "own"}
    assert max(one.hours for one in own) <= 3
    assert {"public", "private"} <= set.intersection(*(set(one.sectors) for one in own))


@pytest.mark.parametrize("one", shipped_challenges(), ids=lambda one: one.id)
def test_both_languages_say_as_much_and_shout_nowhere(one: Challenge) -> None:
    assert len(one.texts["da"].steps) == len(one.texts["en"].steps) >= 3
    for said in (*texts(one.texts["da"]), *texts(one.texts["en"])):
        assert not re.search(r"!|\bTODO\b|lorem|https?:|<\w", said), said
    assert one.texts["da"].title != one.texts["en"].title
    assert one.sectors


def test_the_organisations_own_come_first_and_then_each_once() -> None:
    own = [challenge(9, own=True), challenge(8, own=True)]
    every = [*(challenge(number) for number in range(5)), *own]
    given: dict[str, int] = {}
    order = []
    for _ in range(9):
        found = next_challenge(every, given, "plan", first_turn=False)
        assert found
        given[found.id] = given.get(found.id, 0) + 1
        order.append(found)
    assert [one.own for one in order] == [True, True, *[False] * 5, True, True]
    assert len({one.id for one in order[:7]}) == 7


def test_somebodys_first_turn_gets_a_beginners_challenge_where_one_is_left() -> None:
    every = [challenge(1, level="advanced"), challenge(2, level="practised"), challenge(3, level="easy")]
    for department in ("plan", "jura", "drift"):
        found = next_challenge(every, {}, department, first_turn=True)
        assert found
        assert found.level == "easy"
    assert next_challenge([], {}, "plan", first_turn=True) is None


def test_departments_take_them_in_orders_of_their_own() -> None:
    every = [challenge(number) for number in range(30)]
    firsts = {one.id for name in "abcdefgh" if (one := next_challenge(every, {}, name, first_turn=False))}
    assert len(firsts) > 3


def test_an_own_file_adds_and_a_name_switches_off(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN.format(hours=2), "utf-8")
    off = shipped_challenges()[0].id
    found = load_challenges(Relay(without_challenges=(off,)), tmp_path / "own.toml").challenges
    assert found["our-own"].own
    assert off not in found
    assert len(found) == len(shipped_challenges())


def test_a_faulty_own_file_says_where_what_and_what_instead() -> None:
    with pytest.raises(BadInput) as bad:
        parse_challenges(OWN.format(hours=40).replace('tool = "chat"', 'tol = "chat"'), "own.toml")
    said = [str(fault) for fault in bad.value.faults]
    assert said == [
        "own.toml, challenge our-own tool: this is missing. Write it; docs/catalogue.md says what it is for.",
        "own.toml, challenge our-own hours: 40 is too large. Write at most 8.",
        "own.toml, challenge our-own tol: there is no such key. Did you mean tool?",
    ]


def given(days_left: int, *every: Challenge, colleagues: int = 3, **more: Any) -> str:
    """The challenge of the turn that somebody gets so many days before the meeting; "" for none. `more`: of the others."""
    people = [
        person(f"p{number}", **{"department": "plan", **(more if number else {})}) for number in range(colleagues)
    ]
    made = organisation(*people, challenges=challenges(every), called=Called(meets={"drift": "plan"}))
    starts = datetime(2027, 3, 25, 9, tzinfo=made.tz)
    turn = Turn(id="plan-1", department="plan", number=1, kind="normal", person="p0", presenter="p0",
        announced=starts - timedelta(days=30), starts=starts)  # fmt: skip
    found, _ = with_challenge(made, TurnList(), {}, turn, None, starts.date() - timedelta(days=days_left))
    return found.challenge


def test_what_has_to_be_waited_for_is_given_where_there_is_time() -> None:
    long, short = challenge(1, days=14, own=True), challenge(2)
    assert given(14, long, short) == long.id
    assert given(13, long, short) == short.id
    assert given(13, long) == ""


def test_what_is_written_for_several_is_given_where_there_are_as_many() -> None:
    both, alone = challenge(1, people=2, own=True), challenge(2)
    assert given(20, both, alone, colleagues=2) == both.id
    assert given(20, both, alone, colleagues=1) == alone.id
    assert given(20, both, alone, colleagues=2, department="drift") == both.id  # they sit at the same table
    assert given(20, both, alone, colleagues=2, department="jura") == alone.id
    assert given(20, both, alone, colleagues=2, left=date(2027, 1, 1)) == alone.id


def test_ours_that_wait_or_are_for_two_say_so() -> None:
    """As findings had it: those whose steps wait for colleagues or customers, and those that two carry out."""
    found = {one.id: (one.days, one.people) for one in shipped_challenges()}
    assert found["public-shorter-mails-to-colleagues"] == (14, 1)
    assert found["public-tabletop-exercise"] == (10, 2)
    assert found["private-late-order-call"][1] == 2
    assert sum(days > 7 for days, _ in found.values()) >= 9
