"""The past stands: a series that is written anew ends the one before, and nothing of what was is written again.

On paper first, where any request may fail before it was carried out or after; then a year on our Exchange server, by
the server's own count.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from calendars.event import over_key
from calendars.server.standing import OwnDay, first_open
from tests.test_exchange import KEY, LAST, Counting, Place, told
from tests.test_standing import COPENHAGEN, THURSDAY, TODAY, TUESDAY, WEDNESDAY, standing, wish
from tests.test_standing import told as told_day

DAY, WEEK = timedelta(days=1), timedelta(days=7)
NOW = TODAY + WEEK + 2 * DAY
"""A Wednesday, with a week and a half of past."""

NEXT_FRIDAY = NOW + 2 * DAY
ANEW: dict[str, dict[str, Any]] = {
    "time": {"start": time(8, 30)},
    "shown": {"free": False},
    "open again": {"closed": frozenset({TUESDAY})},
    "time and open again": {"start": time(8, 30), "closed": frozenset()},
}


def all_days(place: Place) -> list[tuple[str, str, str | None, str | None]]:
    """Everything that stands, of every series."""
    return [(f"{one.starts.astimezone(COPENHAGEN):%Y-%m-%d}", *told(one)) for one in place.calendar.occurrences()]


def past(place: Place, today: date = NOW) -> list[tuple[str, str, str | None, str | None]]:
    return [one for one in all_days(place) if one[0] < today.isoformat()]


def lived() -> Place:
    """A block that has stood for a week and a half: a day was closed in time, one deleted, one moved, one renamed."""
    place = Place().edit(closed=frozenset({TUESDAY, NEXT_FRIDAY})).settle()
    place.delete_day(THURSDAY)
    place.change_day(WEDNESDAY, time(14, 0))
    place.change_day(THURSDAY + DAY, title="Frokost med Bo")
    place.edit(prompts="p2").settle()
    place.today = NOW
    place.edit(prompts="p3").settle()
    # And of the days that are still ahead.
    place.delete_day(NOW + WEEK)
    place.change_day(NOW + WEEK + DAY, time(15, 0))
    return place


@pytest.mark.parametrize("change", ANEW.values(), ids=ANEW)
def test_a_series_written_anew_leaves_the_past_as_it_was(change: dict[str, Any]) -> None:
    place = lived()
    before = past(place)
    assert [day for day, *_ in before] == [f"2026-{day}" for day in ("11-30", "12-02", "12-04", "12-07", "12-08")]
    place.edit(**change).settle()
    assert past(place) == before
    assert sorted(one.key for one in place.calendar.series.values()) == [KEY, over_key(KEY)]
    assert place.series.wish.series.first == NOW
    stands = place.stands()
    assert NOW + WEEK not in stands
    assert stands[NOW + WEEK + DAY][0] == "15:00"
    assert len({one[0] for one in all_days(place)}) == len(all_days(place))
    open_ = [day for day in place.plan.block.days(NOW, LAST) if day != NOW + WEEK]
    assert sorted(stands) == open_


@pytest.mark.parametrize("after", [False, True], ids=["cut", "lost"])
@pytest.mark.parametrize("nth", range(1, 9))
@pytest.mark.parametrize("change", ANEW.values(), ids=ANEW)
def test_an_end_that_breaks_off_anywhere_is_gone_on_from_and_nothing_is_ended_twice(
    change: dict[str, Any], nth: int, after: bool
) -> None:
    smooth, rough = lived(), lived()
    smooth.edit(**change).settle()
    rough.edit(**change)
    assert rough.breaks(nth, after=after)
    assert len({one[0] for one in all_days(rough)}) == len(all_days(rough))
    rough.settle()
    assert all_days(rough) == all_days(smooth)
    assert sorted(one.key for one in rough.calendar.series.values()) == [KEY, over_key(KEY)]
    assert {one.day: one.gone for one in rough.known.own} == {one.day: one.gone for one in smooth.known.own}


def test_an_end_is_a_look_at_the_days_ahead_and_two_writes_more() -> None:
    place = lived().edit(start=time(8, 30))
    counting = Counting(place.calendar)
    place.bring(counting)
    assert counting.asked == [
        *("read", "read_days", "read_days", "delete_days", "mark_over"),
        *("create", "write_days", "delete_days"),
    ]


def test_what_is_past_of_a_series_taken_away_stays_and_what_is_ahead_goes() -> None:
    place = lived()
    before = past(place)
    place.take_away()
    assert (all_days(place), place.known.may_stand, place.calendar.find(KEY)) == (before, False, [])


def test_a_block_that_comes_back_begins_that_day_and_the_old_one_is_never_found() -> None:
    place = lived()
    before = past(place)
    place.take_away()
    place.settle()
    assert (past(place), place.series.wish.series.first) == (before, NOW)


def test_taking_away_that_breaks_off_and_is_wanted_again_ends_the_old_one_and_takes_nothing_for_the_persons() -> None:
    for nth in range(1, 5):
        for after in (False, True):
            place = lived()
            before = past(place)
            place.edit(prompts="p4").settle()  # what they deleted is noticed first
            assert place.breaks_away(nth, after=after)
            place.settle()
            assert past(place) == before, (nth, after)
            wanted = [day for day in place.plan.block.days(NOW, LAST) if day != NOW + WEEK]
            assert sorted(place.stands()) == wanted, (nth, after)


def test_a_series_that_the_person_moved_is_ended_at_their_time_when_they_choose_anew() -> None:
    place = lived()
    place.move_series(time(15, 0))
    place.edit(prompts="p4").settle()
    before = past(place)
    place.edit(start=time(9, 0), choice="09:00//").settle()
    assert past(place) == before
    assert {one[1] for one in all_days(place) if one[0] >= NOW.isoformat()} == {"09:00"}


def test_days_that_the_person_moved_to_before_today_stay_there_and_do_not_come_twice() -> None:
    place = Place(plan=Place().plan).settle()
    place.today = THURSDAY
    place.settle()
    place.delete_day(WEDNESDAY)
    series = place.series
    found = place.day(THURSDAY)
    assert found is not None
    starts = found.starts - DAY
    series.days[THURSDAY] = replace(found, starts=starts, ends=found.ends - DAY)
    before = past(place, THURSDAY)
    place.edit(start=time(8, 30)).settle()
    assert past(place, THURSDAY) == before
    assert THURSDAY not in [day for day in place.stands() if day >= THURSDAY]


def test_a_store_that_was_lost_counts_the_days_from_where_the_series_began() -> None:
    place = Place().settle()
    place.known = type(place.known)(person_id="1", key=KEY)
    place.today, far = NOW, NOW + 13 * DAY
    place.edit(prompts="p2", closed=frozenset({far})).settle()
    assert place.known.stands is not None
    assert place.known.stands.series.first == TODAY
    assert place.series.deleted == {far}


class Stubborn(Counting):
    """A calendar that keeps one day of what is deleted."""

    def delete_days(self, item: str, days: Mapping[date, int | str]) -> Mapping[date, str]:
        kept = NEXT_FRIDAY + WEEK
        left = self._calendar.delete_days(item, {day: one for day, one in days.items() if day != kept})
        return {**left, kept: "Friday stays."} if kept in days else left


def test_while_a_day_of_the_old_one_cannot_be_taken_out_no_new_one_is_written() -> None:
    place = lived()
    before = past(place)
    place.edit(start=time(8, 30))
    assert place.bring(Stubborn(place.calendar)).failed == ("Friday stays.",)
    assert [day for day, *_ in all_days(place) if day >= NOW.isoformat()] == [f"{NEXT_FRIDAY + WEEK}"]
    place.settle()
    assert past(place) == before
    assert {at for day, at, *_ in all_days(place) if day >= NOW.isoformat()} == {"08:30", "15:00"}
    assert len({one[0] for one in all_days(place)}) == len(all_days(place))


def test_taking_away_that_leaves_a_day_behind_is_not_done_yet() -> None:
    place = lived()
    before = past(place)
    place.take_away(Stubborn(place.calendar))
    assert place.known.may_stand
    place.take_away()
    assert (all_days(place), place.known.may_stand) == (before, False)


def test_a_day_of_the_past_that_the_person_moved_ahead_stays_unless_all_is_taken_away() -> None:
    anew, away = (Place().settle() for _ in range(2))
    for place in (anew, away):
        found = place.day(TUESDAY)
        assert found is not None
        place.series.days[TUESDAY] = replace(found, starts=found.starts + 4 * DAY, ends=found.ends + 4 * DAY)
        place.today = THURSDAY
    saturday = f"{TUESDAY + 4 * DAY}"
    anew.edit(start=time(8, 30)).settle()
    assert [at for day, at, *_ in all_days(anew) if day == saturday] == ["12:30"]
    away.take_away()
    assert [day for day, *_ in all_days(away)] == [f"{TODAY}", f"{WEDNESDAY}"]


# --- which is the first day that may be written


@pytest.mark.parametrize(
    ("stands", "coming", "clock", "first"),
    [
        ({}, None, "12:29", TODAY),
        ({}, None, "12:30", TODAY + DAY),
        ({}, "08:30", "08:29", TODAY),
        ({}, "08:30", "08:30", TODAY + DAY),
        ({}, "15:00", "12:30", TODAY + DAY),
        ({"days": (told_day(TODAY, start=time(9, 0)),)}, None, "09:00", TODAY + DAY),
        ({"own": (OwnDay(day=TODAY, gone=True),)}, None, "13:00", TODAY),
        ({"own": (OwnDay(day=TODAY, gone=True),)}, "12:30", "13:00", TODAY + DAY),
        ({"stands": wish(exdates=frozenset({TODAY}))}, None, "13:00", TODAY),
        ({"stands": None}, "12:30", "13:00", TODAY),
        ({"removing": True, "intended": wish()}, None, "13:00", TODAY),
        ({"removing": True, "intended": wish(first=TUESDAY)}, None, "13:00", TODAY + DAY),
    ],
)
def test_a_day_is_past_when_its_block_has_begun(
    stands: dict[str, Any], coming: str | None, clock: str, first: date
) -> None:
    at, now = (
        datetime.combine(TODAY, time.fromisoformat(text), COPENHAGEN) if text else None for text in (coming, clock)
    )
    assert now is not None
    assert first_open(standing(**stands), at, TODAY, now) == first
