"""The corps of ambassadors: who is in it, who leads it, what becomes of a place, and what is said of it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from culture import outsiders
from culture.ambassadors import corps as rules
from culture.ambassadors import notices
from culture.ambassadors.corps import NO_CORPS, corps
from culture.ambassadors.records import AmbassadorRecords, Place
from culture.ambassadors.settings import Ambassadors, Named
from culture.notice import Notice
from culture.outsiders import CONTACT
from culture.settings import Bad
from culture.vitamin.settings import Vitamin
from culture.world import World
from service.ambassadors.corps_facts import Leads
from service.ambassadors.corps_letters import chair_facts
from service.planning.sample import sample_job
from tests.corps_values import DAY, START, ZONE, ambassador, at, daily, house, on, place, put, world
from tests.culture_values import person

OTHER = {"department": "hr"}


def said(found: World) -> set[tuple[str, str]]:
    """Kind and reader of what is due and not too late."""
    return {(one.kind, one.person_id) for one in notices.due(found) if one.too_late > found.now}


# --- who is in it


def test_ambassadors_come_from_the_people_file_and_from_the_config() -> None:
    made = house(ambassador("1"), person("2", **OTHER), person("3"), people=(Named(email="2@x.example"),))
    found = corps(world(made))
    assert list(found.members) == ["1", "2"]
    assert (found.of_department("plan"), found.of_department("hr"), found.of_department("it")) == (("1",), ("2",), ())


def test_without_a_corps_nobody_is_in_it_and_nobody_is_asked() -> None:
    found = world(house(ambassador("1"), enabled=False))
    assert (corps(found), rules.advance(found), list(notices.due(found))) == (NO_CORPS, {}, [])


@pytest.mark.parametrize(
    ("first", "last", "there"),
    [(None, None, True), ("2027-01-04", "2027-01-04", True), ("2027-01-05", None, False), (None, "2027-01-03", False)],
)
def test_a_term_says_when_somebody_serves_whatever_their_role(first: str, last: str, there: bool) -> None:
    term = Named(
        email="1@x.example",
        first=date.fromisoformat(first) if first else None,
        last=date.fromisoformat(last) if last else None,
    )
    assert bool(corps(world(house(ambassador("1"), people=(term,)))).members) == there


def test_one_ambassador_may_serve_several_departments_and_none_that_is_gone() -> None:
    covering = Named(email="1@x.example", covers=("hr", "closed-down", "plan"))
    found = world(house(ambassador("1"), person("2", **OTHER), person("3", department="it"), people=(covering,)))
    assert corps(found).members["1"].departments == ("plan", "hr")
    assert rules.uncovered(found) == ("it",)


def test_who_has_left_or_has_not_begun_is_in_no_corps() -> None:
    left, coming = ambassador("1", left=START.date() - DAY), ambassador("2", started=START.date() + DAY)
    assert corps(world(house(left, coming))).members == {}


def test_a_term_cannot_end_before_it_begins() -> None:
    with pytest.raises(Bad):
        Named(email="1@x.example", first=date(2027, 2, 1), last=date(2027, 1, 1)).check(frozenset())


# --- who leads and who backs it


def test_the_longest_serving_leads_where_nobody_is_named_and_the_contact_where_there_is_nobody() -> None:
    made = house(ambassador("1"), ambassador("2"), person("3", email="mette@x.example"))
    places = {"1": Place(since=date(2026, 9, 1)), "2": Place(since=date(2026, 5, 1))}
    assert corps(world(made, places=places)).chair == "2"
    assert corps(world(house(person("3", email="mette@x.example")))).chair == "3"
    assert corps(world(house())).chair == CONTACT


def test_the_chair_of_the_config_leads_and_is_an_ambassador_and_when_they_leave_the_next_does() -> None:
    made = house(ambassador("1"), person("2", left=date(2027, 1, 8)), chair="2@x.example")
    first = on(world(made), at("2027-01-04"))
    assert (corps(first).chair, sorted(corps(first).members)) == ("2", ["1", "2"])
    later = on(first, at("2027-01-09"))
    assert (corps(later).chair, place(later, "1").chair_since) == ("1", date(2027, 1, 9))
    assert ("corps-chair", "1") in said(later)
    assert place(later, "2").chair_since is None


def test_the_sponsor_may_be_somebody_else_and_the_contact_stands_in_for_one_who_left() -> None:
    made = house(person("1"), sponsor_email="boss@x.example", sponsor_name="Birgitte Krogh")
    assert corps(world(made)).sponsor == "sponsor"
    assert (person_ := rules.sponsor(world(made))) is not None
    assert person_.name == "Birgitte Krogh"
    assert corps(world(house(person("1"), sponsor_email="1@x.example"))).sponsor == "1"
    left = house(person("1", left=date(2026, 12, 1)), sponsor_email="1@x.example")
    assert corps(world(left)).sponsor == CONTACT
    assert corps(world(house())).sponsor == ""


# --- a life


def test_somebody_volunteers_gets_a_yes_and_steps_down_and_the_people_file_does_not_bring_them_back() -> None:
    made = house(person("1"), person("2", email="boss@x.example"), managers={"plan": "2"})
    found = put(on(world(made), START), "1", rules.asking(Place(), START))
    assert (said(found) & {("corps-asked", "2")}, corps(found).members) == ({("corps-asked", "2")}, {})
    found = on(put(found, "1", rules.confirmed(place(found, "1"), "2", found.today)), START)
    assert list(corps(found).members) == ["1"]
    assert {("ambassador", "1"), ("corps-chair", "1")} <= said(found)
    # HR writes it down; then she steps down, and the row stays for a while
    with_role = replace(made, people={**made.people, "1": ambassador("1")})
    found = on(found, at("2027-02-01"), with_role)
    assert place(found, "1").since == date(2027, 1, 4)
    found = on(put(found, "1", rules.stepped_down(place(found, "1"), found.today)), at("2027-02-02"))
    assert corps(found).members == {}
    found = on(found, at("2027-03-01"), with_role)
    assert corps(found).members == {}
    found = on(on(found, at("2027-03-02"), made), at("2027-03-03"), with_role)  # once absent there, then named anew
    assert (list(corps(found).members), place(found, "1").met) == (["1"], date(2027, 3, 3))


def test_a_row_that_is_missing_for_a_day_costs_nobody_their_place() -> None:
    made = house(ambassador("1"))
    found = on(world(made), START)
    gone = replace(made, people={"1": person("1")}, missing=frozenset({"1"}))
    assert place(on(found, at("2027-01-05"), gone), "1") == place(found, "1")


def test_whoever_leaves_loses_the_yes_and_the_wish() -> None:
    made = house(person("1"), person("2"))
    found = put(on(world(made), START), "1", Place(confirmed_on=START.date()))
    found = on(put(found, "2", rules.asking(Place(), START)), START)
    leaves = {key: replace(one, left=date(2027, 1, 10)) for key, one in made.people.items()}
    found = on(found, at("2027-01-11"), replace(made, people=leaves))
    assert (place(found, "1"), place(found, "2")) == (Place(), Place())


def test_a_manager_who_volunteers_is_answered_by_the_contact() -> None:
    made = house(person("1"), managers={"plan": "1"})
    assert rules.answers(world(made), made.people["1"]).id == CONTACT


def test_after_two_weeks_without_an_answer_the_contact_may_give_it_too() -> None:
    made = house(person("1"), person("2"), person("9", email="mette@x.example"), managers={"plan": "2"})
    found = put(on(world(made), START), "1", rules.asking(Place(), START))
    assert list(rules.may_answer(found, made.people["1"])) == ["2"]
    later = on(found, START + 14 * DAY)
    assert set(rules.may_answer(later, made.people["1"])) == {"2", "9"}
    assert {one.person_id for one in notices.due(later) if one.kind == "corps-asked"} == {"2", "9"}
    answered = put(later, "1", rules.confirmed(place(later, "1"), "9", later.today))
    assert rules.may_answer(answered, made.people["1"]) == {}


def test_a_no_is_told_once_and_a_new_wish_is_a_new_question() -> None:
    made = house(person("1"), person("2"), managers={"plan": "2"})
    found = put(world(made), "1", rules.declined(rules.asking(Place(), START), START.date()))
    assert said(found) == {("corps-declined", "1")}
    again = put(found, "1", rules.asking(place(found, "1"), START + 40 * DAY))
    keys = {one.key for one in notices.due(replace(again, now=START + 40 * DAY))}
    assert {"corps-asked/1.2027-02-13/2"} == {key for key in keys if key.startswith("corps-asked")}


# --- what is said


def test_a_new_ambassador_is_told_on_the_day_the_service_learns_of_it_also_of_an_old_term() -> None:
    old = Named(email="1@x.example", first=date(2024, 1, 1))
    found = on(world(house(person("1"), people=(old,))), START)
    assert place(found, "1").since == date(2024, 1, 1)
    (letter,) = [one for one in notices.due(found) if one.kind == "ambassador"]
    assert (letter.key, letter.due) == ("ambassador/2027-01-04/1", at("2027-01-04"))
    assert [one.kind for one in notices.due(on(found, START + 50 * DAY)) if one.person_id == "1"] == []


def test_the_manager_of_a_department_without_one_is_asked_once_a_quarter() -> None:
    people = [person(str(n), department=key) for n, key in enumerate(("plan", "hr", "it"), 1)]
    made = house(*people, ambassador("4"), managers={"plan": "1", "hr": "2"})
    asked = set[str]()
    for found in daily(world(made), date(2027, 12, 31)):
        asked |= {one.key for one in notices.due(found) if one.kind == "corps-uncovered" and one.too_late > found.now}
    assert sorted(asked) == [f"corps-uncovered/hr.2027-{month}-01/2" for month in ("01", "04", "07", "10")]


def test_in_forty_departments_each_manager_gets_a_question_of_their_own() -> None:
    keys = tuple(f"d{n:02}" for n in range(40))
    made = house(*(person(key, department=key) for key in keys), departments=keys, managers={key: key for key in keys})
    found = world(made, at("2027-01-20"))
    asked = [one.person_id for one in notices.due(found) if one.kind == "corps-uncovered"]
    assert sorted(asked) == sorted(keys)


def test_terms_that_end_within_two_months_are_named() -> None:
    terms = [Named(email=f"{n}@x.example", last=START.date() + timedelta(days=n)) for n in (10, 61, 62)]
    found = world(house(*(ambassador(str(n)) for n in (10, 61, 62)), people=tuple(terms)))
    assert [one.person_id for one in rules.ending(found)] == ["10", "61"]


def test_the_tools_of_a_department_are_its_longest_serving_ambassadors_and_the_others_the_chairs() -> None:
    made = house(ambassador("1"), ambassador("2"), ambassador("3", department="hr"))
    places = {
        "1": Place(since=date(2026, 9, 1)),
        "2": Place(since=date(2026, 5, 1)),
        "3": Place(since=date(2026, 7, 1)),
    }
    found = rules.caretakers(made, places, START.date())
    assert (found.of_department, found.otherwise) == ({"plan": "2", "hr": "3"}, "2")
    assert rules.caretakers(made.having(Ambassadors()), places, START.date()).otherwise == ""


def firsts(found: World) -> dict[str, str]:
    """When each of the first letters is due, by kind and reader."""
    kinds = ("ambassador", "corps-chair", "corps-sponsor")
    return {f"{one.kind} {one.person_id}": f"{one.due.astimezone(ZONE):%m-%d %H:%M}" for one in _every(found, kinds)}


def _every(found: World, kinds: tuple[str, ...]) -> list[Notice]:
    """What is due in the month to come."""
    return [one for one in notices.due(replace(found, now=found.now + 20 * DAY)) if one.kind in kinds]


def test_nothing_about_the_corps_comes_with_a_welcome() -> None:
    friday = at("2027-01-08", 13)  # too late in the day to be welcomed: that is on Monday
    made = house(ambassador("1", first_seen=friday), person("2", email="2@x.example"), sponsor_email="2@x.example")
    found = on(world(made, friday), friday)
    assert firsts(found) == {
        "ambassador 1": "01-12 07:00", "corps-chair 1": "01-12 07:00", "corps-sponsor 2": "01-08 07:00",
    }  # fmt: skip
    without = on(world(made.having(Vitamin(title={}, enabled=False)), friday), friday)
    assert firsts(without)["ambassador 1"] == "01-08 07:00"
    opened = replace(found, told_since=at("2027-01-13"))  # letters reach mailboxes only since then
    assert set(firsts(opened).values()) == {"01-14 07:00"}


def test_a_sponsor_is_told_what_it_is_once_and_the_next_one_too() -> None:
    found = world(house(ambassador("1")))
    told = set[str]()
    for day, name in (
        ("2027-01-04", "Birgitte"),
        ("2027-01-05", "Birgitte"),
        ("2027-02-01", "Torben"),
        ("2027-02-02", ""),
    ):
        made = house(ambassador("1"), sponsor_name=name, sponsor_email=f"{name}@x.example" if name else None)
        found = on(found, at(day), made)
        role = rules.sponsor_role(found)
        found = found.having(outsiders.advance(found, [role] if role else []))
        told |= {one.key for one in notices.due(found) if one.kind == "corps-sponsor"}
    assert told == {"corps-sponsor/2027-01-04/sponsor", "corps-sponsor/2027-02-01/sponsor-2"}
    assert [one.backs_since for one in found.of(AmbassadorRecords).places.values() if one.backs_since] == []


def test_whoever_is_no_ambassador_any_more_is_thanked_the_day_after_and_not_when_it_was_a_slip() -> None:
    made = house(ambassador("1"), ambassador("2"), ambassador("3"))
    found = on(world(made), START)
    found = on(put(found, "1", rules.stepped_down(place(found, "1"), found.today)), at("2027-01-05"))
    assert ("corps-thanks", "1") not in said(on(found, at("2027-01-06")))  # on the day it was: nothing was begun
    friday = on(found, at("2027-01-08"))
    friday = on(put(friday, "2", rules.stepped_down(place(friday, "2"), friday.today)), at("2027-01-08"))
    gone = house(ambassador("1"), ambassador("2"), person("3"))
    slip = on(friday, at("2027-01-09"), gone)
    assert "corps-thanks" not in {kind for kind, _ in said(slip)}
    monday = on(slip, at("2027-01-11"), made)
    assert {one for one in said(monday) if one[0] == "corps-thanks"} == {("corps-thanks", "2")}
    assert ("corps-thanks", "3") in said(on(slip, at("2027-01-11"), gone))
    left = house(ambassador("1"), ambassador("2", left=date(2027, 1, 10)), ambassador("3"))
    assert "corps-thanks" not in {kind for kind, _ in said(on(friday, at("2027-01-11"), left))}


@pytest.mark.parametrize(
    ("chair", "since", "why"),
    [
        ("1@x.example", "2027-01-04", Leads.NAMED),
        (None, "2027-01-04", Leads.TOGETHER),
        (None, "2026-05-04", Leads.LONGEST),
        (None, "", Leads.ALONE),
    ],
)
def test_nobody_is_said_to_have_served_longest_who_began_with_the_others(
    chair: str | None, since: str, why: Leads
) -> None:
    others = [ambassador("2")] if since else []
    found = on(world(house(ambassador("1"), *others, chair=chair)), START)
    if since:
        found = put(found, "1", replace(place(found, "1"), since=date.fromisoformat(since)))
    action = sample_job(found, found.organisation.people["1"], "corps-chair", "corps-chair/2027-01-04/1")
    assert chair_facts(found, action, action.key).why is why
