"""The deal: rounds by level, the curve of a week, seasons, and a hundred days of rest."""

import itertools
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from culture.seasons import SEASONS, in_season
from culture.vitamin.catalogue import LEVELS, Level, Prompt
from culture.vitamin.prompts import (
    CURVE,
    FIRST_DAYS,
    LEAST_REST_DAYS,
    REST_DAYS,
    TOP,
    Given,
    History,
    Place,
    first_return,
    own_prompts_for,
)
from culture.vitamin.prompts import prompts_for as dealt
from culture.workdays import Week
from tests.culture_values import prompt

pytestmark = pytest.mark.slow

START = date(2026, 12, 7)
"""A Monday."""

FULL = {"starter": 20, "easy": 50, "practised": 50, "advanced": 25}
"""Enough of every level for 100 days and more."""


def days(count: int, start: date = START) -> list[date]:
    """So many weekdays."""
    every = (start + timedelta(days=n) for n in itertools.count())
    return list(itertools.islice((day for day in every if day.isoweekday() <= 5), count))


def catalogue(**counts: int) -> list[Prompt]:
    """So many prompts of each level."""
    levels = [level for level in LEVELS for _ in range(counts.get(level, 0))]
    return [prompt(number, level=level) for number, level in enumerate(levels)]


def plan_of(
    seed: str,
    history: History,
    fitting: Sequence[Prompt],
    days: Sequence[date],
    *,
    passed: Sequence[date] = (),
    first_weeks: bool = True,
) -> dict[date, Given]:
    found = dealt(seed, history, fitting, days, passed=passed, first_weeks=first_weeks)
    return {day: choice for day, choice in found if choice}


def ids(plan: dict[date, Given]) -> list[str]:
    return [plan[day].prompt for day in sorted(plan)]


# --- what holds for any catalogue and any calendar ----------------------------------------------------------------

CALENDARS = st.builds(
    lambda closed, seven: [
        day
        for day in (START + timedelta(days=n) for n in range(500))
        if (seven or day.isoweekday() <= 5) and day not in {START + timedelta(days=n) for n in closed}
    ],
    st.frozensets(st.integers(0, 499), max_size=120),
    st.booleans(),
)

CATALOGUES = st.lists(
    st.tuples(st.sampled_from(LEVELS), st.frozensets(st.sampled_from(SEASONS), max_size=1) | st.just(frozenset[str]())),
    max_size=160,
).map(lambda every: [prompt(number, level=level, season=season) for number, (level, season) in enumerate(every)])


def may_come(
    fitting: Sequence[Prompt], last: dict[str, int], number: int, day: date, before: Given | None, rest: int
) -> set[str]:
    """The levels of what has rested so many days, is in season, and is not hard the day after a hard one."""
    free = (one for one in fitting if number - last.get(one.id, -rest - 1) > rest and in_season(one.season, day))
    return {str(one.level) for one in free} - ({TOP} if before and before.level == TOP else set())


@given(fitting=CATALOGUES, calendar=CALENDARS, seed=st.text(max_size=5))
def test_whatever_the_catalogue_a_prompt_rests_a_hundred_days_and_stays_in_its_season(
    fitting: list[Prompt], calendar: list[date], seed: str
) -> None:
    by_id = {one.id: one for one in fitting}
    last: dict[str, int] = {}
    before: Given | None = None
    for number, (day, choice) in enumerate(dealt(seed, {}, fitting, calendar)):
        if choice:
            away = number - last.get(choice.prompt, -REST_DAYS - 1)
            if away <= REST_DAYS:  # it comes early, and there is no other that might
                assert away > LEAST_REST_DAYS
                assert may_come(fitting, last, number, day, before, REST_DAYS) <= {"starter"}
            assert in_season(by_id[choice.prompt].season, day)
            assert choice.level == by_id[choice.prompt].level
            assert not (before and before.level == choice.level == TOP)
            last[choice.prompt] = number
        before = choice


@given(fitting=CATALOGUES, calendar=CALENDARS)
def test_a_day_goes_without_only_when_nothing_at_all_may_come(fitting: list[Prompt], calendar: list[date]) -> None:
    last: dict[str, int] = {}
    before: Given | None = None
    all_year = [one for one in fitting if not one.season]
    for number, (day, choice) in enumerate(dealt("x", {}, fitting, calendar)):
        if choice is None:
            assert may_come(fitting, last, number, day, before, REST_DAYS) <= {"starter"}
            assert may_come(all_year, last, number, day, before, LEAST_REST_DAYS) <= {"starter"}
        else:
            last[choice.prompt] = number
        before = choice


@given(fitting=CATALOGUES, calendar=CALENDARS)
def test_a_prompt_returns_only_when_all_of_its_level_have_been_used(
    fitting: list[Prompt], calendar: list[date]
) -> None:
    all_year: dict[str, set[str]] = {
        level: {one.id for one in fitting if one.level == level and not one.season} for level in LEVELS
    }
    used: dict[str, set[str]] = {level: set() for level in LEVELS}
    for _, choice in dealt("x", {}, fitting, calendar):
        if choice and choice.prompt in all_year[choice.level]:
            if choice.prompt in used[choice.level]:
                assert used[choice.level] == all_year[choice.level]
                used[choice.level].clear()
            used[choice.level].add(choice.prompt)


@given(calendar=CALENDARS, seed=st.text(max_size=5))
def test_with_enough_of_each_level_the_weeks_follow_the_curve(calendar: list[date], seed: str) -> None:
    plan = plan_of(seed, {}, catalogue(**FULL), calendar[:110])
    assert [plan[day].level for day in calendar[:FIRST_DAYS]] == ["starter"] * FIRST_DAYS
    rest = calendar[FIRST_DAYS:110]
    weeks = [list(of) for _, of in itertools.groupby(rest, Week.of)]
    for week in weeks[1:]:  # the first may have begun with starters
        assert [plan[day].level for day in week] == [CURVE[n % len(CURVE)] for n in range(len(week))]


# One of all year and one of summer: that of summer comes while the other rests, in the round that was begun.
TWO = [prompt(0), prompt(1, season=frozenset({"summer"}))]


@given(calendar=CALENDARS, cut=st.integers(0, 300), fitting=CATALOGUES)
@example(calendar=[date(2026, 12, 8) + timedelta(days=n) for n in range(499)], cut=182, fitting=TWO)
def test_a_plan_goes_on_from_its_history_as_if_it_had_not_been_cut(
    calendar: list[date], cut: int, fitting: list[Prompt]
) -> None:
    whole = plan_of("plan/general", {}, fitting, calendar)
    history = {day: whole[day] for day in calendar[:cut] if day in whole}
    begun = min(history, default=date.max)
    passed = [day for day in calendar[:cut] if day >= begun][-REST_DAYS - 1 :]
    after = plan_of("plan/general", history, fitting, calendar[cut:], passed=passed)
    if history:
        assert after == {day: whole[day] for day in calendar[cut:] if day in whole}


@pytest.mark.parametrize("cut", range(1, 11))
def test_a_week_that_is_cut_in_its_middle_goes_on_along_the_curve(cut: int) -> None:
    whole = plan_of("x", {}, catalogue(**FULL), days(20), first_weeks=False)
    history = {day: whole[day] for day in days(cut)}
    after = plan_of("x", history, catalogue(**FULL), days(20)[cut:], passed=days(cut), first_weeks=False)
    assert {**history, **after} == whole
    assert [whole[day].level for day in days(20)] == [*CURVE] * 4


# --- cases ---------------------------------------------------------------------------------------------------------


def test_with_too_few_prompts_they_come_again_early_and_with_very_few_days_go_without() -> None:
    plan = plan_of("x", {}, catalogue(easy=40), days(150))
    assert ids(plan) == (ids(plan)[:40] * 4)[:150]  # as they came first, so that each is away as long as can be
    few = plan_of("x", {}, catalogue(easy=15), days(36))
    assert sorted(few) == [*days(15), *days(36)[21:36]]


def test_days_without_a_prompt_are_days_of_rest_too_when_a_history_is_gone_on_from() -> None:
    plan = plan_of("x", {}, catalogue(easy=15), days(15))
    coming = plan_of("x", plan, catalogue(easy=15), days(50)[18:], passed=days(18))
    assert min(coming) == days(22)[21]


def test_the_first_month_brings_the_starters_in_their_order() -> None:
    fitting = catalogue(**FULL)
    assert ids(plan_of("x", {}, fitting, days(FIRST_DAYS))) == [one.id for one in fitting[:FIRST_DAYS]]


def test_with_too_few_starters_the_easy_ones_fill_the_first_month() -> None:
    plan = plan_of("x", {}, catalogue(starter=4, easy=30, practised=30), days(FIRST_DAYS))
    assert [plan[day].level for day in sorted(plan)] == ["starter"] * 4 + ["easy"] * 16


def test_who_is_not_new_gets_no_starters() -> None:
    plan = plan_of("x", {}, catalogue(**FULL), days(5), first_weeks=False)
    assert [one.level for one in plan.values()] == list(CURVE)


def test_what_is_missing_gives_way_to_the_nearest_level_and_a_starter_is_only_for_the_new() -> None:
    def levels(**counts: int) -> list[str]:
        plan = plan_of("x", {}, catalogue(**counts), days(5), first_weeks=False)
        return [plan[day].level for day in sorted(plan)]

    assert levels(easy=9, practised=9) == ["easy", "practised", "easy", "practised", "practised"]
    assert levels(practised=2, advanced=9) == ["practised", "practised", "advanced", "advanced"]  # and a day between
    assert levels(starter=9, advanced=1) == ["advanced"]


def test_a_new_prompt_is_used_in_the_round_that_runs() -> None:
    history = plan_of("x", {}, catalogue(easy=110), days(100))
    more: Sequence[Prompt] = [*catalogue(easy=110), prompt(999)]
    assert prompt(999).id in ids(plan_of("x", history, more, days(111)[100:]))


def test_departments_have_orders_of_their_own() -> None:
    fitting = catalogue(easy=120)
    assert ids(plan_of("plan/general", {}, fitting, days(9))) != ids(plan_of("stab/general", {}, fitting, days(9)))


def test_two_days_running_are_of_different_kinds() -> None:
    plan = plan_of("x", {}, catalogue(easy=120), days(100))
    kinds = [key.split("-")[0] for key in ids(plan)]
    assert all(one != other for one, other in itertools.pairwise(kinds))


def test_a_seasonal_prompt_comes_first_in_its_season_and_again_the_next_year() -> None:
    summer = prompt(500, level="easy", season=frozenset({"summer"}))
    plan = plan_of("x", {}, [*catalogue(**FULL), summer], days(520), first_weeks=False)
    had = [day for day in plan if plan[day].prompt == summer.id]
    assert had == [date(2027, 6, 9), date(2028, 6, 12)]


# --- what was dealt before -----------------------------------------------------------------------------------------


def relabelled(fitting: Sequence[Prompt], prompt_id: str, level: Level) -> list[Prompt]:
    return [prompt(int(one.id.split("-")[1]), level=level if one.id == prompt_id else one.level) for one in fitting]


def test_a_history_without_levels_goes_on_as_one_with_them() -> None:
    fitting = catalogue(**FULL)
    whole = plan_of("x", {}, fitting, days(130))
    old = {day: Given(whole[day].round, whole[day].prompt) for day in days(90)}
    assert plan_of("x", old, fitting, days(130)[90:]) == {day: whole[day] for day in days(130)[90:]}


def test_a_prompt_that_was_relabelled_is_not_dealt_again_in_the_round_that_had_it() -> None:
    fitting = catalogue(easy=60, practised=60, advanced=30)
    history = plan_of("x", {}, fitting, days(60), first_weeks=False)
    moved = next(given.prompt for day, given in sorted(history.items()) if given.level == "easy" and day > days(10)[-1])
    coming = plan_of("x", history, relabelled(fitting, moved, "practised"), days(200)[60:], first_weeks=False)
    again = min((day for day in coming if coming[day].prompt == moved), default=date.max)
    practised = [given.prompt for day, given in sorted({**history, **coming}.items()) if day < again]
    assert {one.id for one in fitting if one.level == "practised"} <= set(practised)


def test_a_prompt_that_was_switched_off_is_forgotten_without_harm() -> None:
    fitting = catalogue(easy=110)
    history = plan_of("x", {}, fitting, days(50))
    gone = history[days(50)[-1]].prompt
    coming = plan_of("x", history, [one for one in fitting if one.id != gone], days(109)[50:])
    assert gone not in ids(coming)
    assert len(set(ids(history)) | set(ids(coming))) == 109


# --- a track's own -------------------------------------------------------------------------------------------------

FREE = Given(1, "common", "easy")
HARD = Given(1, "common", TOP)


def own_plan(own: Sequence[Prompt], weeks: int, before: Given = FREE, after: Given = FREE) -> list[str]:
    calendar = days(5 * weeks)
    places = (Place(day, before, after) for day in calendar if day.isoweekday() == 2)
    found = own_prompts_for("plan/law", {}, own, places, calendar)
    return [given.prompt if given else "" for _, given in found]


def test_a_tracks_own_come_in_turn_and_rest_as_all_do() -> None:
    own = catalogue(easy=9)
    found = own_plan(own, 60)
    assert sorted(found[:9]) == sorted(one.id for one in own)
    assert found[9:21] == [""] * 12  # a hundred working days lie between
    assert found[21:30] == found[:9]


def test_a_tracks_own_is_never_hard_beside_a_hard_one() -> None:
    own = catalogue(advanced=3, easy=1)
    easy = own[0].id
    for before, after in ((HARD, FREE), (FREE, HARD)):
        assert [one for one in own_plan(own, 10, before, after) if one] == [easy]
    assert len([one for one in own_plan(own, 10) if one]) == 4


def test_the_first_return_is_the_first_day_that_comes_a_second_time() -> None:
    plan = plan_of("x", {}, catalogue(easy=120), days(240))
    assert first_return(plan) == days(240)[120]
