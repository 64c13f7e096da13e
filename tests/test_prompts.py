import itertools
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture.vitamin.catalogue import Prompt
from culture.vitamin.prompts import EASY_DAYS, REST_DAYS, Given, History, first_return
from culture.vitamin.prompts import prompts_for as dealt
from tests.culture_values import prompt

pytestmark = pytest.mark.slow

START = date(2026, 12, 1)


def days(count: int, start: date = START) -> list[date]:
    return [start + timedelta(days=n) for n in range(count)]


def catalogue(count: int) -> list[Prompt]:
    return [prompt(number) for number in range(count)]


def prompts_for(seed: str, history: History, fitting: Sequence[Prompt], days: Sequence[date]) -> dict[date, Given]:
    return {day: choice for day, choice in dealt(seed, history, fitting, days) if choice}


def ids(plan: dict[date, Given]) -> list[str]:
    return [plan[day].prompt for day in sorted(plan)]


def test_a_round_gives_every_prompt_once_before_one_returns() -> None:
    plan = prompts_for("plan/general", {}, catalogue(120), days(240))
    assert sorted(ids(plan)[:120]) == sorted(ids(plan)[120:]) == sorted(one.id for one in catalogue(120))
    assert first_return(plan) == days(240)[120]


@given(fitting=st.integers(1, 140), seed=st.text(max_size=5))
def test_a_prompt_never_returns_within_a_hundred_working_days(fitting: int, seed: str) -> None:
    plan = prompts_for(seed, {}, catalogue(fitting), days(320))
    last: dict[str, int] = {}
    for number, day in enumerate(days(320)):
        if day in plan:
            key = plan[day].prompt
            assert number - last.get(key, -REST_DAYS - 1) > REST_DAYS
            last[key] = number


def test_with_too_few_prompts_days_go_without() -> None:
    plan = prompts_for("x", {}, catalogue(40), days(150))
    assert sorted(plan) == days(40) + days(40, START + timedelta(days=101))[: len(plan) - 40]


@given(cut=st.integers(1, 200), fitting=st.integers(101, 140))
def test_what_was_given_does_not_change_what_comes(cut: int, fitting: int) -> None:
    whole = prompts_for("plan/law", {}, catalogue(fitting), days(260))
    history = {day: whole[day] for day in days(cut)}
    assert prompts_for("plan/law", history, catalogue(fitting), days(260)[cut:]) == {
        day: whole[day] for day in days(260)[cut:]
    }


def test_a_new_prompt_is_used_in_the_round_that_runs() -> None:
    history = prompts_for("x", {}, catalogue(110), days(100))
    more: Sequence[Prompt] = [*catalogue(110), prompt(999)]
    assert prompt(999).id in ids(prompts_for("x", history, more, days(111)[100:]))


def test_departments_have_orders_of_their_own() -> None:
    assert ids(prompts_for("plan/general", {}, catalogue(120), days(9))) != ids(
        prompts_for("stab/general", {}, catalogue(120), days(9))
    )


def test_two_days_running_are_of_different_kinds() -> None:
    plan = prompts_for("x", {}, catalogue(120), days(100))
    kinds = [key.split("-")[0] for key in ids(plan)]
    assert all(one != other for one, other in itertools.pairwise(kinds))


def test_the_first_month_is_for_beginners() -> None:
    mixed = [prompt(number, level="beginner" if number % 2 else "advanced") for number in range(120)]
    beginners = {one.id for one in mixed if one.level == "beginner"}
    assert set(ids(prompts_for("x", {}, mixed, days(EASY_DAYS)))) <= beginners
