from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from calendars.event import Series, block_uid
from calendars.series import HORIZON_DAYS, ROLL_OVER_DAYS, series
from culture.vitamin.block import Block

TODAY = date(2026, 12, 1)  # a Tuesday
UID = "block-1@x.example"


def block(**changes: Any) -> Block:
    values: dict[str, Any] = {
        "person_id": "7",
        "start": time(12, 30),
        "minutes": 10,
        "zone": "Europe/Copenhagen",
        "weekdays": frozenset(range(1, 6)),
        "first": date(2026, 11, 2),
        "last": date(2028, 12, 31),
        "closed": frozenset(),
        "absent": frozenset(),
        "busy": "free",
        "reminder_minutes": None,
    }
    return Block(**{**values, **changes})


def made(wanted: Block, published: Series | None = None, today: date = TODAY) -> Series:
    found = series(wanted, published, today, UID)
    assert found is not None
    return found


def stands(found: Series, first: date, last: date) -> list[date]:
    """The days on which the series stands, by the rule as RFC 5545 reads it."""
    span = (found.first + timedelta(days=n) for n in range((found.until - found.first).days + 1))
    return [d for d in span if d.isoweekday() in found.weekdays and d not in found.exdates and first <= d <= last]


def test_a_new_series_begins_on_the_next_real_occurrence() -> None:
    wanted = block(closed=frozenset({TODAY}), absent=frozenset({date(2026, 12, 2)}))
    assert made(wanted).first == date(2026, 12, 3)
    assert made(wanted).exdates == frozenset()


def test_a_new_series_is_bounded_by_the_horizon() -> None:
    assert made(block()).until == date(2027, 11, 30)


def test_what_begins_when_todays_time_has_passed_begins_with_the_next_day() -> None:
    late = series(block(), None, TODAY, UID, today_is_over=True)
    assert late
    assert late.first == TODAY + timedelta(days=1)
    earlier = series(block(start=time(9)), made(block()), TODAY + timedelta(days=6), UID, today_is_over=True)
    assert earlier
    assert earlier.first == TODAY + timedelta(days=7)


def test_what_began_today_goes_on_when_todays_time_has_passed() -> None:
    published = made(block())
    assert series(block(), published, TODAY, UID, today_is_over=True) == published


def test_a_letter_that_goes_anyway_takes_the_end_along() -> None:
    published = made(block())
    later = TODAY + timedelta(days=200)
    renewed = series(block(), published, later, UID, renew=True)
    assert renewed == replace(published, until=later + timedelta(days=HORIZON_DAYS))
    assert series(block(last=date(2027, 6, 30)), published, later, UID, renew=True) == replace(
        published, until=date(2027, 6, 30)
    )


def test_a_series_ends_with_the_block() -> None:
    assert made(block(last=date(2026, 12, 24))).until == date(2026, 12, 24)


def test_only_excluded_days_that_the_rule_hits_are_exdates() -> None:
    closed = {date(2026, 11, 20), date(2026, 12, 24), date(2026, 12, 26), date(2029, 1, 1)}
    wanted = block(closed=frozenset(closed), absent=frozenset({date(2026, 12, 25), date(2026, 12, 27)}))
    assert made(wanted).exdates == {date(2026, 12, 24), date(2026, 12, 25)}


def test_there_is_no_series_without_an_occurrence_left() -> None:
    assert series(block(last=date(2026, 11, 30)), None, TODAY, UID) is None
    assert series(block(last=TODAY, closed=frozenset({TODAY})), made(block()), TODAY, UID) is None


def test_the_same_block_on_another_day_is_the_same_series() -> None:
    published = made(block())
    assert made(block(), published, date(2027, 3, 30)) == published


def test_past_exdates_stay_though_the_block_has_forgotten_them() -> None:
    published = made(block(closed=frozenset({date(2026, 12, 24)}), absent=frozenset({date(2027, 2, 1)})))
    later = made(block(absent=frozenset({date(2027, 2, 1)})), published, date(2027, 1, 4))
    assert later.exdates == {date(2026, 12, 24), date(2027, 2, 1)}


def test_an_absence_in_the_past_is_not_told_any_more() -> None:
    published = made(block())
    assert made(block(absent=frozenset({date(2026, 12, 7)})), published, date(2026, 12, 8)) == published


def test_a_series_is_extended_when_fewer_days_than_the_roll_over_remain() -> None:
    published = made(block())
    last_day = published.until - timedelta(days=ROLL_OVER_DAYS)
    assert made(block(), published, last_day) == published
    extended = made(block(), published, last_day + timedelta(days=1))
    assert extended == replace(published, until=last_day + timedelta(days=1 + HORIZON_DAYS))


def test_a_leaver_s_series_is_cut_at_the_last_day_and_then_stays() -> None:
    published = made(block())
    cut = made(block(last=date(2027, 1, 29)), published)
    assert cut == replace(published, until=date(2027, 1, 29))
    assert made(block(last=date(2027, 1, 29)), cut, date(2027, 1, 28)) == cut


def test_a_new_time_begins_at_the_next_occurrence_and_forgets_old_exdates() -> None:
    published = made(block(closed=frozenset({date(2026, 12, 24)})))
    moved = made(block(start=time(9, 0)), published, date(2027, 1, 2))
    assert (moved.first, moved.start, moved.exdates) == (date(2027, 1, 4), time(9, 0), frozenset())


def test_other_weekdays_another_length_or_another_zone_begin_anew() -> None:
    published = made(block())
    for change in ({"weekdays": frozenset({2, 4})}, {"minutes": 15}, {"zone": "Europe/Berlin"}):
        assert made(block(**change), published, date(2027, 1, 2)).first in (date(2027, 1, 4), date(2027, 1, 5))


def test_showing_as_busy_or_reminding_does_not_move_the_first_day() -> None:
    published = made(block())
    assert made(block(busy="busy", reminder_minutes=5), published, date(2027, 1, 4)) == replace(
        published, busy="busy", reminder_minutes=5
    )


def test_a_pause_begins_anew_after_it() -> None:
    published = made(block())
    assert made(block(first=date(2027, 2, 6)), published, date(2027, 1, 4)).first == date(2027, 2, 8)


def test_a_series_that_has_not_begun_follows_its_first_day() -> None:
    published = made(block(absent=frozenset({TODAY})))
    assert published.first == date(2026, 12, 2)
    assert made(block(), published).first == TODAY
    closed = made(block(closed=frozenset({TODAY, date(2026, 12, 2)})), published)
    assert (closed.first, closed.exdates) == (date(2026, 12, 3), frozenset())


def test_after_a_long_absence_the_series_reaches_the_next_occurrence() -> None:
    published = made(block())
    away = frozenset(TODAY + timedelta(days=n) for n in range(100, 400))
    back = made(block(absent=away), published, date(2027, 3, 12))
    assert back.until > TODAY + timedelta(days=400)


def test_the_uid_stays_when_the_domain_changes() -> None:
    published = made(block())
    found = series(block(start=time(8, 0)), published, TODAY, "block-1@other.example")
    assert found is not None
    assert found.uid == UID


def test_a_uid_is_ascii_short_and_tells_nothing() -> None:
    uid = block_uid("mette.æ@x.example", "x.example")
    assert uid.isascii()
    assert (len(uid), uid[:6], uid[-10:]) == (48, "block-", "@x.example")
    assert uid == block_uid("mette.æ@x.example", "x.example") != block_uid("7", "x.example")


DAYS = st.integers(0, 500).map(lambda n: date(2026, 11, 1) + timedelta(days=n))
BLOCKS = st.builds(
    block,
    start=st.sampled_from([time(9), time(12, 30)]),
    weekdays=st.frozensets(st.integers(1, 7), min_size=1),
    first=DAYS,
    last=DAYS,
    closed=st.frozensets(DAYS, max_size=30),
    absent=st.frozensets(DAYS, max_size=60),
    busy=st.sampled_from(["free", "busy"]),
)


@given(st.lists(st.tuples(BLOCKS, st.integers(0, 90)), min_size=1, max_size=6))
def test_whatever_came_before_the_series_stands_on_the_block_s_days(history: list[tuple[Block, int]]) -> None:
    published, today = None, date(2026, 11, 1)
    for wanted, pause in history:
        today += timedelta(days=pause)
        last = today + timedelta(days=HORIZON_DAYS)
        span = (today + timedelta(days=n) for n in range(HORIZON_DAYS + 1))
        excluded = wanted.closed | wanted.absent
        expected = [
            d
            for d in span
            if wanted.first <= d <= wanted.last and d.isoweekday() in wanted.weekdays and d not in excluded
        ]
        found = series(wanted, published, today, UID)
        assert (found is None) == (expected == [])
        if found:
            assert stands(found, today, last) == [d for d in expected if d <= found.until]
            assert found.until >= min(expected[-1], today + timedelta(days=ROLL_OVER_DAYS))
            assert found.first in stands(found, found.first, found.until)
            assert found.exdates == {d for d in found.exdates if d.isoweekday() in found.weekdays and d >= found.first}
            assert series(wanted, found, today, UID) == found
        published = found
