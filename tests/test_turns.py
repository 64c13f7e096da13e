"""The fair rule, worked out by hand."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from culture.relay.turns import (
    Place,
    Tie,
    TurnList,
    booked_again,
    counted,
    entered,
    given_back,
    offered,
    pick,
    unbooked,
    without,
)
from tests.examples import some

TODAY = date(2027, 1, 4)


def begun(*people: str) -> TurnList:
    return entered(None, people, TODAY)


def order(standings: TurnList, able: list[str], count: int) -> tuple[list[str], TurnList]:
    found = []
    for _ in range(count):
        person, standings, _tie = pick(standings, able, "plan")
        found.append(person)
    return found, standings


def test_everybody_comes_round_before_anybody_comes_again() -> None:
    first, standings = order(begun("a", "b", "c", "d"), ["a", "b", "c", "d"], 4)
    second, _ = order(standings, ["a", "b", "c", "d"], 4)
    assert sorted(first) == ["a", "b", "c", "d"]
    assert second == first  # the longest ago comes first


def test_a_joiner_enters_with_the_median_and_is_not_asked_for_what_was_before() -> None:
    _, standings = order(begun("a", "b", "c"), ["a", "b", "c"], 6)
    after = entered(standings, ["a", "b", "c", "new"], TODAY)
    assert after.people["new"] == Place(credit=2, since=TODAY)
    following, _ = order(after, ["a", "b", "c", "new"], 4)
    assert following[0] == "new"  # never had one: of equals the longest ago
    assert following.count("new") == 1


@pytest.mark.parametrize(
    ("levels", "credit"), [((1, 2, 7), 2), ((1, 3, 4, 9), 3), ((5,), 5), ((0, 0, 8), 0), ((0, 6, 6), 6)]
)
def test_a_joiner_enters_in_the_middle_of_unequal_levels(levels: tuple[int, ...], credit: int) -> None:
    people = {f"p{number}": Place(turns=level) for number, level in enumerate(levels)}
    after = entered(TurnList(people=people), [*people, "new"], TODAY)
    assert after.people["new"].credit == credit


def test_a_joiner_is_not_behind_the_floor_that_others_lag_behind() -> None:
    standings = TurnList(people={"a": Place(turns=1), "b": Place(turns=1), "c": Place(turns=4)}, floor=3)
    assert entered(standings, ["a", "b", "c", "new"], TODAY).people["new"].credit == 3


def test_whoever_was_away_is_lifted_to_the_others_and_owes_nothing() -> None:
    _, standings = order(begun("a", "b", "away"), ["a", "b"], 10)
    following, after = order(standings, ["a", "b", "away"], 6)
    assert {name: following.count(name) for name in ("a", "b", "away")} == {"a": 2, "b": 2, "away": 2}
    assert after.people["away"].credit == 4


def test_a_pass_is_not_asked_again_before_the_others_had_their_turn() -> None:
    person, standings, _ = pick(begun("a", "b", "c"), ["a", "b", "c"], "plan")
    standings = unbooked(standings, person)
    following, _ = order(standings, ["a", "b", "c"], 2)
    assert person not in following
    assert standings.people[person].turns == 0


def test_a_pass_taken_back_leaves_everything_as_it_was() -> None:
    person, standings, _ = pick(begun("a", "b", "c"), ["a", "b", "c"], "plan")
    assert booked_again(unbooked(standings, person), person) == standings


def test_the_rule_says_what_decided() -> None:
    person, standings, tie = pick(begun("a", "b"), ["a", "b"], "plan")
    assert tie is Tie.ORDER
    _, standings, tie = pick(standings, ["a", "b"], "plan")
    assert tie is Tie.LOWEST
    again, _, tie = pick(standings, ["a", "b"], "plan")
    assert (again, tie) == (person, Tie.LONGEST_AGO)


def test_the_order_of_equals_is_the_departments_own() -> None:
    people = [f"p{n}" for n in range(12)]
    first, _ = order(begun(*people), people, 12)
    other = []
    standings = begun(*people)
    for _ in range(12):
        person, standings, _tie = pick(standings, people, "jura")
        other.append(person)
    assert first != other


# --- what somebody volunteers for


def chosen(standings: TurnList, able: list[str]) -> tuple[list[str], TurnList]:
    """Who has had a turn that counts by one selection: who is drawn, and who had volunteered instead."""
    standings, instead = counted(standings, able, "plan")
    person, standings, _ = pick(standings, able, "plan")
    return [*instead, person], standings


def test_a_turn_volunteered_for_is_the_next_ordinary_one() -> None:
    people = ["a", "b", "c"]
    (first, second, third), _ = order(begun(*people), people, 3)
    found, standings = chosen(offered(begun(*people), first), people)
    assert found == [first, second]  # as if drawn: the next one is, and then the third
    assert standings.people[first] == Place(turns=1, last=0, after=1)
    found, standings = chosen(standings, people)
    assert found == [third]
    assert chosen(standings, people)[0] == [first]


def test_it_waits_until_it_would_be_their_turn() -> None:
    people = ["a", "b", "c"]
    (first, second, third), standings = order(begun(*people), people, 3)
    standings = offered(standings, third)
    found = []
    for _ in range(3):
        had, standings = chosen(standings, people)
        found.append(had)
    assert found == [[first], [second], [third, first]]
    assert standings.people[third].ahead == 0


def test_two_turns_ahead_are_two_rounds_and_a_turn_given_back_is_none() -> None:
    twice = offered(offered(begun("a", "b"), "a"), "a")
    assert twice.people["a"] == Place(ahead=2)
    assert given_back(twice, "a").people["a"] == Place(ahead=1)
    drawn: list[str] = []
    for _ in range(5):
        _, instead = counted(twice, ["a", "b"], "plan")
        person, twice, _ = pick(counted(twice, ["a", "b"], "plan")[0], ["a", "b"], "plan")
        drawn += [f"({one})" for one in instead] + [person]
    assert drawn.count("(a)") == 2
    assert abs((drawn.count("a") + 2) - drawn.count("b")) <= 1
    had = counted(offered(begun("a"), "a"), ["a"], "plan")[0]
    assert given_back(had, "a").people["a"].level == 0  # it had counted, and does no more


@given(
    count=st.integers(2, 7),
    steps=st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.sets(st.integers(0, 6), max_size=2)), max_size=60),
)
@settings(max_examples=some(200), deadline=None)
def test_who_could_every_time_has_had_as_many_turns_that_count_but_for_one(
    count: int, steps: list[tuple[int, bool, set[int]]]
) -> None:
    """Over every span, whoever volunteers and whenever: what counts is booked when the rule comes to them."""
    people = [f"p{number}" for number in range(count)]
    standings, selections = begun(*people), list[tuple[set[str], list[str]]]()
    for who, volunteers, away in steps:
        if volunteers:
            standings = offered(standings, people[who % count])
        able = [one for number, one in enumerate(people) if number not in away]
        if able:
            had, standings = chosen(standings, able)
            selections.append((set(able), had))
        assert all(one.level <= standings.floor + 1 for one in standings.people.values())
    for one in people:
        for other in people:
            apart, least = 0, 0
            for able_, had in selections:
                if not {one, other} <= able_:
                    apart, least = 0, 0
                    continue
                for person in had:
                    apart += (person == one) - (person == other)
                    least = min(least, apart)
                    assert apart - least <= 1, (one, other)


def test_who_leaves_the_list_leaves_nothing_in_it_and_comes_back_in_the_middle() -> None:
    _, standings = order(begun("a", "b", "c"), ["a", "b", "c"], 6)
    owing = TurnList(floor=2, turns=6, people=standings.people, owed={"a": "b", "b": "c"})
    off = without(owing, frozenset({"a"}))
    assert (set(off.people), off.owed) == ({"b", "c"}, {"b": "c"})
    assert without(off, frozenset({"a"})) is off
    assert entered(off, ["a", "b", "c"], TODAY).people["a"] == Place(credit=2, since=TODAY)
