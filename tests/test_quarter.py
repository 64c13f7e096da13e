"""Quarters of a year."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture.quarter import Quarter
from culture.workdays import Week

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


def test_a_quarter_has_its_days_and_its_neighbours() -> None:
    quarter = Quarter.parse("2026q4")
    assert (quarter, str(quarter)) == (Quarter(2026, 4), "2026Q4")
    assert (quarter.first, quarter.last) == (date(2026, 10, 1), date(2026, 12, 31))
    assert (quarter.next, quarter.before) == (Quarter(2027, 1), Quarter(2026, 3))
    assert quarter.months == (date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1))


@pytest.mark.parametrize("text", ["", "2026", "2026Q5", "2026Q0", "26Q4", "Q4 2026", "0026Q1", "2026Q44"])
def test_another_text_is_no_quarter(text: str) -> None:
    with pytest.raises(ValueError, match="no quarter"):
        Quarter.parse(text)


def test_a_quarter_is_closed_when_its_last_week_is_over() -> None:
    assert Quarter(2026, 4).closes == date(2027, 1, 4)  # 31 December is a Thursday: the week goes on to the Sunday
    assert Quarter(2026, 2).closes == date(2026, 7, 1)  # 30 June is a Tuesday: that week is the next quarter's
    assert Quarter(2025, 4).closes == date(2026, 1, 1)
    assert Quarter(2028, 4).closes == date(2029, 1, 1)  # a Monday


@given(DAYS)
def test_every_day_and_every_week_is_in_one_quarter(day: date) -> None:
    quarter = Quarter.of(day)
    assert quarter.first <= day <= quarter.last
    assert quarter.next.before == quarter == quarter.before.next
    near = (quarter.before, quarter, quarter.next)
    assert [one for one in near if one.has_week(Week.of(day))] == [Quarter.of(Week.of(day).days[3])]


@given(DAYS)
def test_no_day_of_a_quarter_s_weeks_lies_after_it_has_closed(day: date) -> None:
    quarter = Quarter.of(Week.of(day).days[3])
    assert day < quarter.closes
    assert quarter.next.first <= quarter.closes < quarter.next.first + timedelta(days=4)
