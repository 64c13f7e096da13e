"""What a person has on a day: their department's prompt, a track's own, a starter, one for the week, and what stands beside."""

import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from culture.organisation import Organisation
from culture.parts import Parts
from culture.people import Person
from culture.policy import CLASSES, TOOLS, Policy
from culture.vitamin import rules, timetable
from culture.vitamin.catalogue import GENERAL, Catalogue, Prompt, catalogue
from culture.vitamin.outlook import outlook
from culture.vitamin.prompts import FIRST_DAYS, REST_DAYS, Given
from culture.vitamin.settings import Vitamin
from culture.vitamin.timetable import Today, VitaminRecords
from culture.workdays import Closing, Span
from culture.world import World
from service.vitamin import answers
from tests.culture_values import ANSWERS, organisation, person, prompt
from tests.examples import some

pytestmark = pytest.mark.slow

BEGIN = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
"""A Monday."""

MONTHS = [(level, count) for level, count in (("starter", 20), ("easy", 60), ("practised", 60), ("advanced", 30))]


def prompts(*more: Prompt) -> Catalogue:
    levels = [level for level, count in MONTHS for _ in range(count)]
    return catalogue([*(prompt(number, level=level) for number, level in enumerate(levels)), *more])


LAW = [prompt(number, level="practised", tracks=frozenset({"law"})) for number in range(500, 509)]


def place(*people: Person, **changes: object) -> Organisation:
    return organisation(*people, **{"catalogue": prompts(*LAW), "closing": Closing(country=""), **changes})


def lived(made: Organisation, until: date, **records: object) -> World:
    """The world on that day, when every week was frozen by a tick on its Monday."""
    history: dict[tuple[str, str], dict[date, Given]] = {}
    now = BEGIN
    while now.date() <= until:
        world = World(made, now, Parts().having(VitaminRecords(history=history)))
        for (pair, _), days in rules.to_freeze(world).items():
            history.setdefault(pair, {}).update(days)
        now += timedelta(days=7)
    at = datetime(until.year, until.month, until.day, 7, 0, tzinfo=UTC)
    return World(made, at, Parts().having(VitaminRecords(history=history)))


def had(world: World, one: Person, first: date, last: date) -> Mapping[date, Today]:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return {day: found for day in days if (found := timetable.todays(world, one, day))}


def on(first: date, days: int) -> date:
    return first + timedelta(days=days)


MONDAY = BEGIN.date()
LONG_AGO = datetime(2026, 1, 5, 7, 0, tzinfo=UTC)


def test_whoever_begins_with_the_department_has_its_starters_and_nothing_beside() -> None:
    one = person(first_seen=BEGIN)
    found = had(World(place(one), BEGIN), one, MONDAY, on(MONDAY, 25))
    assert [today.prompt.level for today in found.values()] == ["starter"] * FIRST_DAYS
    assert {today.common for today in found.values()} == {None}


def test_whoever_comes_later_has_starters_of_their_own_with_the_departments_below() -> None:
    old, new = person("1", first_seen=BEGIN), person("2", first_seen=BEGIN, started=date(2027, 2, 1))
    world = lived(place(old, new), date(2027, 2, 1))
    theirs = had(world, new, date(2027, 2, 1), date(2027, 3, 31))
    common = had(world, old, date(2027, 2, 1), date(2027, 3, 31))
    own = [day for day, today in theirs.items() if today.common]
    assert own == sorted(common)[:FIRST_DAYS]
    assert [theirs[day].prompt.id for day in own] == [one.id for one in prompts().prompts.values()][:FIRST_DAYS]
    assert all(theirs[day].common == common[day].prompt for day in own)
    assert all(theirs[day] == common[day] for day in common if day not in own)


def test_a_part_timer_is_new_for_twenty_days_of_their_own_and_gets_no_starter_twice() -> None:
    one = person(first_seen=BEGIN, working_days=frozenset({1, 3}))
    world = lived(place(one), on(MONDAY, 80))
    days = [day for day in had(world, one, MONDAY, on(MONDAY, 100)) if day.isoweekday() in one.working_days]
    given = [timetable.prompt(world, one, day) for day in days]
    assert [one.level for one in given[: FIRST_DAYS + 1] if one] == ["starter"] * FIRST_DAYS + ["easy"]
    assert len({one.id for one in given[:FIRST_DAYS] if one}) == FIRST_DAYS


def test_days_off_are_no_days_of_a_beginners() -> None:
    away = Span(on(MONDAY, 7), on(MONDAY, 34))
    one = person(first_seen=BEGIN)
    world = lived(place(one, absences={one.id: (away,)}), on(MONDAY, 35))
    back = had(world, one, on(MONDAY, 35), on(MONDAY, 56))
    assert [day for day, today in back.items() if today.common] == sorted(back)[:15]


def test_who_wants_it_bold_gets_no_starters_and_a_way_further() -> None:
    bold = person("2", first_seen=BEGIN, started=date(2027, 2, 1), level="bold")
    world = lived(place(person("1", first_seen=BEGIN), bold), date(2027, 2, 1))
    found = timetable.todays(world, bold, date(2027, 2, 1))
    assert found
    assert (found.common, found.beside, found.prompt.level) == (None, "further", "easy")
    gentle = timetable.todays(world, replace(bold, level="gentle"), date(2027, 2, 1))
    assert gentle
    assert (gentle.beside, gentle.prompt.level) == ("first-step", "starter")
    usual = timetable.todays(world, replace(bold, level="usual"), date(2027, 2, 1))
    assert usual
    assert usual.beside is None


def test_one_a_week_is_the_weeks_first_and_stands_on_all_its_days() -> None:
    one = person(first_seen=LONG_AGO, dose="one", working_days=frozenset({2, 3, 5}))
    world = World(place(one), BEGIN)
    tuesday = timetable.todays(world, replace(one, dose="all"), on(MONDAY, 1))
    assert [timetable.todays(world, one, on(MONDAY, n)) for n in (1, 2, 4)] == [tuesday] * 3
    beginner = person("2", first_seen=LONG_AGO, started=on(MONDAY, 2), dose="one")
    late = World(place(one, beginner), BEGIN)
    found = [timetable.prompt(late, beginner, on(MONDAY, n)) for n in (2, 3, 4, 7)]
    assert len({one.id for one in found if one}) == 2
    assert {one.level for one in found if one} == {"starter"}


def test_a_repeat_names_the_day_it_came_before() -> None:
    one = person(first_seen=LONG_AGO)
    few = catalogue(prompt(number) for number in range(30))
    world = World(place(one, catalogue=few), BEGIN)
    days = sorted(had(world, one, MONDAY, on(MONDAY, 60)))
    again = [timetable.todays(world, one, day) for day in days]
    assert [today.again for today in again[:30] if today] == [None] * 30
    assert [today.again for today in again[30:40] if today] == days[:10]


def test_nobody_is_told_that_they_met_what_came_before_their_time() -> None:
    begin = BEGIN.date() + timedelta(days=14)
    old, new = person("1", first_seen=BEGIN), person("2", first_seen=BEGIN + timedelta(days=14), level="bold")
    late = person("3", first_seen=BEGIN + timedelta(days=14))
    world = lived(
        place(old, new, late, catalogue=catalogue(prompt(number) for number in range(30))),
        BEGIN.date() + timedelta(days=60),
    )
    met = {day: today.again for day, today in had(world, old, BEGIN.date(), BEGIN.date() + timedelta(days=74)).items()}
    assert [day for day in met.values() if day and day < begin]
    for one in (new, late):
        own = timetable.starters(world, one)
        told = {day: today.again for day, today in had(world, one, begin, BEGIN.date() + timedelta(days=74)).items()}
        assert {day: again for day, again in told.items() if again} == {
            day: again for day, again in met.items() if again and again >= begin and again not in own and day not in own
        }


def test_a_rehearsal_ends_with_the_prompts_only_where_there_are_any() -> None:
    closing = answers.ANSWERS.closing
    on_, off = place(person()), place(person(), vitamin=Vitamin(title={"da": "AI-tid"}, enabled=False))
    assert len(list(closing(World(on_, BEGIN), "en"))) > 2
    assert list(closing(World(off, BEGIN), "en")) == []


# --- a department with a new name ----------------------------------------------------------------------------------


def test_old_hands_in_a_department_with_a_new_name_do_not_begin_anew() -> None:
    people = [person(str(number), first_seen=LONG_AGO) for number in range(3)]
    newcomer = person("9", first_seen=BEGIN)
    world = World(place(*people, newcomer), BEGIN)
    assert {timetable.prompts(world, ("plan", GENERAL))[MONDAY].level} == {"easy"}
    found = timetable.prompt(world, newcomer, MONDAY)
    assert found
    assert found.level == "starter"


# --- tracks --------------------------------------------------------------------------------------------------------


def test_a_track_shares_its_departments_days_but_for_its_own_every_other_tuesday() -> None:
    plain, lawyer = person("1", first_seen=LONG_AGO), person("2", first_seen=LONG_AGO, track="law")
    end = on(MONDAY, 180)
    world = lived(place(plain, lawyer), on(MONDAY, 60))
    common, theirs = had(world, plain, MONDAY, end), had(world, lawyer, MONDAY, end)
    own = [day for day in theirs if theirs[day].prompt.tracks]
    assert {day.isoweekday() for day in own} == {2}
    assert {(later - day).days for day, later in itertools.pairwise(own[:9])} == {14}
    assert len({theirs[day].prompt.id for day in own[:9]}) == 9
    assert all(theirs[day] == common[day] for day in theirs if day not in own)
    assert not any(today.prompt.tracks for today in common.values())


@pytest.mark.parametrize(("count", "weekdays"), [(39, {2}), (40, {1, 3})])
def test_a_track_with_forty_of_its_own_has_two_a_week(count: int, weekdays: set[int]) -> None:
    own = [prompt(1000 + number, tracks=frozenset({"care"})) for number in range(count)]
    carer = person("2", first_seen=LONG_AGO, track="care")
    world = lived(place(carer, catalogue=prompts(*own)), on(MONDAY, 30))
    found = {day: one.prompt.id for day, one in had(world, carer, MONDAY, on(MONDAY, 120)).items() if one.prompt.tracks}
    assert {day.isoweekday() for day in found} == weekdays
    assert len(set(found.values())) == len(found)  # none again within these weeks


def test_the_days_of_a_track_are_the_same_in_every_department() -> None:
    people = [person(key, first_seen=LONG_AGO, track="law", department=key) for key in ("a", "b")]
    departments = {key: replace(organisation().departments["plan"], key=key) for key in ("a", "b")}
    world = World(place(*people, departments=departments), BEGIN)
    days = [
        {day for day, today in had(world, one, MONDAY, on(MONDAY, 90)).items() if today.prompt.tracks} for one in people
    ]
    assert days[0] == days[1] != set()


def test_of_a_track_only_its_own_is_remembered_and_a_week_that_is_frozen_stays() -> None:
    lawyer = person("2", first_seen=LONG_AGO, track="law")
    world = lived(place(lawyer), on(MONDAY, 20))
    history = world.of(VitaminRecords).history
    assert all(given.prompt in {one.id for one in LAW} for given in history["plan", "law"].values())
    assert {day.isoweekday() for day in history["plan", GENERAL]} == {1, 2, 3, 4, 5}
    late = person("3", first_seen=LONG_AGO, track="economy")  # nobody had that track when the week was frozen
    economy = prompt(700, tracks=frozenset({"economy"}))
    made = place(lawyer, late, catalogue=prompts(*LAW, economy))
    this_week = had(replace(world, organisation=made), late, on(MONDAY, 14), on(MONDAY, 18))
    assert not any(today.prompt.tracks for today in this_week.values())


def test_what_an_older_version_dealt_to_a_track_stays_what_it_was() -> None:
    """It dealt each track a prompt of its own on every day."""
    lawyer = person("2", first_seen=LONG_AGO, track="law")
    days = [on(MONDAY, n) for n in range(5)]
    old = {day: Given(1, f"{prompt(number + 30).id}") for number, day in enumerate(days)}
    world = World(place(lawyer), BEGIN, Parts().having(VitaminRecords(history={("plan", "law"): old})))
    assert [today.prompt.id for today in had(world, lawyer, MONDAY, days[-1]).values()] == [
        old[day].prompt for day in days
    ]
    assert timetable.todays(world, lawyer, on(MONDAY, 7)) is not None


# --- the policy ----------------------------------------------------------------------------------------------------


@settings(max_examples=some(20))
@given(
    most=st.sampled_from(CLASSES),
    tools=st.lists(st.sampled_from(TOOLS), min_size=1, unique=True),
    kinds=st.lists(st.tuples(st.sampled_from(CLASSES), st.sampled_from(TOOLS)), min_size=10, max_size=60),
)
def test_what_needs_more_than_the_policy_allows_is_not_dealt(
    most: str, tools: list[str], kinds: list[tuple[str, str]]
) -> None:
    every = [prompt(number, data=data, tool=tool) for number, (data, tool) in enumerate(kinds)]
    policy = Policy(answers={"da": ANSWERS}, most_sensitive=most, tools=tuple(tools))  # type: ignore[arg-type]  # drawn from them
    one = person(first_seen=LONG_AGO)
    found = had(World(place(one, catalogue=catalogue(every), policy=policy), BEGIN), one, MONDAY, on(MONDAY, 60))
    allowed = CLASSES[: CLASSES.index(most) + 1]
    assert all(today.prompt.data in allowed and today.prompt.tool in tools for today in found.values())
    assert bool(found) == any(data in allowed and tool in tools for data, tool in kinds)


def test_a_frozen_day_keeps_its_prompt_when_the_policy_becomes_stricter() -> None:
    one = person(first_seen=LONG_AGO)
    every = catalogue(prompt(number, data="own") for number in range(40))
    world = lived(place(one, catalogue=every), MONDAY)
    strict = replace(world.organisation, policy=Policy(answers={"da": ANSWERS}, most_sensitive="public"))
    after = had(replace(world, organisation=strict), one, MONDAY, on(MONDAY, 20))
    assert after == had(world, one, MONDAY, on(MONDAY, 4))


def test_the_outlook_tells_when_the_first_comes_again_and_when_days_go_without() -> None:
    one = person(first_seen=BEGIN)
    full = outlook(place(one), "plan", MONDAY)
    assert full.after
    assert full.after > REST_DAYS
    few = outlook(place(one, catalogue=catalogue(prompt(number) for number in range(40))), "plan", MONDAY)
    assert (few.after, few.again) == (40, on(MONDAY, 56))
    none = outlook(place(one, catalogue=catalogue([prompt(1)])), "plan", MONDAY)
    assert none.without == on(MONDAY, 1)
