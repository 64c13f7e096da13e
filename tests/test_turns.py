"""The fair rule, worked out by hand."""

from datetime import date

import pytest

from culture.relay.turns import Place, Tie, TurnList, booked_again, entered, pick, unbooked

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
