from datetime import date

from culture.workdays import Closing, Span, Week


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
