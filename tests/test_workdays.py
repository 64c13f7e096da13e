from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture.workdays import Closing, Span, Week, first_day, first_outside


def test_danish_holidays_have_no_store_bededag_and_leave_5_june_to_the_administrator() -> None:
    closing = Closing(country="DK")
    assert closing.closed(date(2027, 3, 25))  # skærtorsdag
    assert closing.closed(date(2027, 5, 6))  # Kristi himmelfart
    assert not closing.closed(date(2027, 4, 23))  # what would have been store bededag
    assert not closing.closed(date(2027, 6, 5))
    assert not closing.closed(date(2026, 12, 24))


def test_a_quiet_week_of_one_year_is_quiet_in_that_year_only() -> None:
    closing = Closing(country="", quiet_weeks=frozenset({Week(2026, 53)}))
    assert [
        closing.closed(day) for day in (date(2026, 12, 27), date(2026, 12, 28), date(2027, 1, 3), date(2027, 1, 4))
    ] == [
        False,
        True,
        True,
        False,
    ]


def test_a_quiet_week_number_and_a_yearly_day_come_back() -> None:
    closing = Closing(country="", quiet_week_numbers=frozenset({29}), yearly=frozenset({(12, 24)}))
    assert closing.closed_days(date(2027, 7, 18), date(2027, 7, 26)) == frozenset(Week(2027, 29).days)
    assert closing.closed(date(2031, 12, 24))


def test_a_closed_range_holds_both_its_ends() -> None:
    span = Span(date(2026, 12, 28), date(2026, 12, 30))
    assert Closing(country="", spans=(span,)).closed_days(date(2026, 12, 1), date(2027, 1, 31)) == frozenset(
        {date(2026, 12, 28), date(2026, 12, 29), date(2026, 12, 30)}
    )


def test_a_span_outside_the_asked_days_gives_none() -> None:
    assert Span(date(2026, 1, 1), date(2026, 1, 5)).days(date(2026, 2, 1), date(2026, 2, 5)) == frozenset()


def test_week_53_begins_in_december() -> None:
    assert (str(Week.of(date(2027, 1, 1))), Week(2026, 53).monday) == ("2026-W53", date(2026, 12, 28))


NEVER, ALWAYS = date(9999, 12, 31), date(1, 1, 1)


@pytest.mark.parametrize(
    ("start", "step", "found"),
    [
        (date(2026, 12, 5), 1, date(2026, 12, 7)),
        (date(2026, 12, 5), -1, date(2026, 12, 4)),
        (date(2026, 12, 7), 1, date(2026, 12, 7)),
        (date(9999, 12, 31), 1, date(9999, 12, 31)),  # a Friday
        (date(1, 1, 1), -1, date(1, 1, 1)),  # a Monday
    ],
)
def test_the_first_working_day_is_found_in_either_direction(start: date, step: int, found: date) -> None:
    assert first_day(start, lambda day: day.isoweekday() <= 5, step=step) == found


@pytest.mark.parametrize(("start", "step"), [(date(2026, 12, 5), 1), (date(2026, 12, 5), -1), (NEVER, 1), (ALWAYS, -1)])
def test_a_day_that_never_comes_is_none(start: date, step: int) -> None:
    assert first_day(start, lambda day: False, step=step) is None


def test_what_comes_later_than_one_looks_is_none() -> None:
    assert first_day(date(2026, 12, 1), lambda day: day >= date(2026, 12, 8), within=7) is None
    assert first_day(date(2026, 12, 1), lambda day: day >= date(2026, 12, 8), within=8) == date(2026, 12, 8)


@given(
    st.dates(date(2026, 12, 1), date(2026, 12, 31)),
    st.lists(st.tuples(st.dates(date(2026, 12, 1), date(2027, 1, 9)), st.integers(0, 20)), max_size=6),
)
def test_the_first_day_outside_all_spans_is_the_one_found_day_by_day(
    start: date, given_spans: list[tuple[date, int]]
) -> None:
    spans = [Span(first, first + timedelta(days=length)) for first, length in given_spans]
    day = start
    while any(day in span for span in spans):
        day += timedelta(days=1)
    assert first_outside(start, spans) == day


def test_spans_without_an_end_leave_no_day() -> None:
    assert (
        first_outside(date(2026, 12, 1), [Span(date(2026, 12, 1), date(2026, 12, 3)), Span(date(2026, 12, 4), NEVER)])
        is None
    )
    assert first_outside(date(2026, 12, 1), [Span(date(2026, 12, 2), NEVER)]) == date(2026, 12, 1)
    assert first_outside(ALWAYS, [Span(ALWAYS, NEVER)]) is None


SUMMER = Closing(country="DK", quiet_week_numbers=frozenset({29, 30}), yearly=frozenset({(12, 24), (12, 31)}))


@pytest.mark.parametrize(
    ("day", "which"),
    [
        (date(2027, 7, 16), None),  # the last before
        (date(2027, 7, 20), None),  # within
        (date(2027, 8, 2), 1),  # Monday of week 31
        (date(2027, 8, 3), 2),
        (date(2027, 8, 13), 10),
        (date(2027, 8, 16), None),
        (date(2027, 3, 30), None),  # Easter is three weekdays
        (date(2027, 1, 4), None),  # Christmas with 24, 25, 31 December and 1 January: no five in a row
    ],
)
def test_the_working_days_after_a_break_are_numbered(day: date, which: int | None) -> None:
    assert SUMMER.since_break(day, 10) == which


def test_a_break_across_a_weekend_is_one_and_a_single_open_day_ends_it() -> None:
    christmas = Closing(country="", spans=(Span(date(2026, 12, 24), date(2027, 1, 1)),))
    assert christmas.since_break(date(2027, 1, 4), 10) == 1
    interrupted = Closing(
        country="", spans=(Span(date(2026, 12, 24), date(2026, 12, 28)), Span(date(2026, 12, 30), date(2027, 1, 1)))
    )
    assert interrupted.since_break(date(2027, 1, 4), 10) is None
