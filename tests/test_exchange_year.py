"""A year on our Exchange server, past a renewal: what stands at the end, in the past and ahead, by the server's count.

And a series that is ended in the middle of its life, with every request of that cut off or its reply lost.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.ews import Fault
from tests.exchange_house import ANNA, FIRST, FRIDAY, TUESDAY, WEDNESDAY, House
from tests.exchange_values import local
from tests.server_office import ONE, Office, office
from tests.service_values import MONDAY, row

pytestmark = pytest.mark.year

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
END = date(2027, 12, 13)
"""A Monday two months after the renewal, when fewer than 56 of the 364 days from 9 February were left."""

TEXT = """
2026-12-25 2027-01-01 2027-03-25 2027-03-26 2027-03-29 2027-05-06 2027-05-17
2028-04-13 2028-04-14 2028-04-17 2028-05-25 2028-06-05
"""
HOLIDAYS = frozenset(map(date.fromisoformat, TEXT.split()))
"""Those of Denmark on a working day, from the calendar on the wall: Easter Days are 28 March 2027 and 16 April 2028."""

CLOSED = date(2027, 2, 11)


def shown(one: Any) -> tuple[str, str, str]:
    return f"{local(one):%Y-%m-%d %H:%M}", one.subject, one.body


def everything(house: House) -> list[tuple[str, str, str]]:
    """All that stands in Anna's calendar for ever, series expanded by the server."""
    begin, end = datetime(2026, 11, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
    return [shown(one) for one in house.server.mailbox(ANNA).occurrences(begin, end)]


def by_hand(last: date, moved: Mapping[date, str], gone: frozenset[date]) -> list[str]:
    days = (FIRST + n * DAY for n in range((last - FIRST).days + 1))
    return [
        f"{day} {moved.get(day, '12:30')}"
        for day in days
        if day.isoweekday() < 6 and day not in HOLIDAYS and day not in gone
    ]


def mondays(house: House) -> Iterator[tuple[date, datetime]]:
    """Some Monday mornings until a year is over, two of them with a new week in between, and on both sides of the summer's
    and the winter's change of the clock; what was past is held against what stands then."""
    past: list[tuple[str, str, str]] = []
    for n in (0, 2, 6, 10, 14, 22, 30, 38, 46, 54):
        day = FIRST + n * WEEK
        yield day, datetime.combine(day, datetime.min.time(), UTC).replace(hour=6)
        now = [one for one in everything(house) if one[0] < f"{day + WEEK}"]
        assert now[: len(past)] == past, day
        past = now


def test_a_year_past_a_renewal_with_a_closed_day_added_late_and_taken_back(house: House) -> None:
    items, dealt = [], set[str]()
    for day, now in mondays(house):
        if day == CLOSED - 3 * DAY:
            house.edit(closed=f'"{CLOSED}"')
        house.asked(now)
        if day == FIRST:
            house.anna_s.delete_day(WEDNESDAY)
            house.anna_s.move_day(WEDNESDAY + WEEK, timedelta(minutes=105))
        if day == CLOSED - 3 * DAY:
            assert f"{CLOSED} 12:30" not in [at for at, _, _ in everything(house)]
            house.edit(closed="")
            house.asked(now + DAY)
            assert f"{CLOSED} 12:30" in [at for at, _, _ in everything(house)]
        items.append(house.series.id)
        dealt |= {f"{day + n * DAY}" for n in range(14)}
    found = everything(house)
    last = date.fromisoformat(found[-1][0][:10])
    assert [at for at, _, _ in found] == by_hand(last, {WEDNESDAY + WEEK: "14:15"}, frozenset({WEDNESDAY}))
    assert len(dict.fromkeys(items)) == 3  # the first, the one of the day taken back, the renewal
    assert last > END + 26 * WEEK
    assert len({at[:10] for at, _, _ in found}) == len(found)
    prompts = {at[:10]: body for at, _, body in found if "Dagens prompt står i ugens brev" not in body}
    told = [at[:10] for at, _, _ in found if at[:10] <= f"{END}"]
    # Every day of the past has its own prompt still, of the weeks of which the service told; the one taken back was
    # closed when its week's were dealt.
    assert set(told) & prompts.keys() == set(told) & dealt - {f"{CLOSED}"}
    assert f"{CLOSED}" in told
    assert house.counts(now) == {"standing": 1, "left": 0, "failing": 0}


# --- ended in the middle of its life


FEW, MANY = 5, 60
"""Weeks of a series: each of its days is read and deleted where it is ended, of many in several requests. In the few are
days with words and without, and holidays: all the requests that an end is."""


def all_of(found: Office) -> list[tuple[str, str, str]]:
    begin, end = MONDAY - DAY, MONDAY + 60 * WEEK
    return [shown(one) for one in found.server.mailbox(ONE).occurrences(begin, end)]


def a_week_old(found: Office, weeks: int = FEW) -> datetime:
    """A block that has stood for a week; the person has deleted a day of each week and moved another."""
    there_for(found, weeks)
    found.asked()
    found.asked(MONDAY + WEEK)
    (item,) = found.ours()
    for day in item.occurrences(MONDAY, MONDAY + 2 * WEEK):
        if local(day).date() in (WEDNESDAY, WEDNESDAY + WEEK):
            item.overrides.pop(day.original, None)
            item.deleted.add(day.original)
    return MONDAY + WEEK + DAY


def there_for(found: Office, weeks: int, at: str = "") -> None:
    """Let the person leave after that, and have their block at `at`."""
    heading, last = "number;name;email;department;time;left", MONDAY.date() + weeks * WEEK
    (found.folder / "people.csv").write_text(f"{heading}\n{row(1, at=at)};{last}\n", "utf-8")


@pytest.mark.parametrize(
    ("what", "nth", "weeks"),
    [
        *(("cut", nth, FEW) for nth in range(8)),
        *(("lost", nth, FEW) for nth in range(1, 8, 3)),
        ("cut", 6, MANY),  # when some are deleted and others are not
    ],
)
def test_an_end_that_is_cut_off_at_any_request_leaves_the_past_and_no_day_twice(
    tmp_path: Path, what: str, nth: int, weeks: int
) -> None:
    with office(tmp_path, 1) as found:
        now = a_week_old(found, weeks)
        past = [one for one in all_of(found) if one[0] < f"{now:%Y-%m-%d}"]
        there_for(found, weeks, at="08:30")
        found.server.add_faults(Fault(what, mailbox=ONE, skip=nth))
        for n in range(3):
            found.clock.seconds += 600
            asked = found.asked(now + n * HOUR / 4)
            assert n or len(asked) == nth + 1  # up to the one that did not come back
            days = [at[:10] for at, _, _ in all_of(found)]
            assert len(set(days)) == len(days)
        stands = all_of(found)
        assert [one for one in stands if one[0] < f"{now:%Y-%m-%d}"] == past
        week = [at for at, _, _ in stands if f"{TUESDAY + WEEK}" <= at < f"{FRIDAY + WEEK + DAY}"]
        expected = [TUESDAY, TUESDAY + 2 * DAY, FRIDAY]
        assert week == [f"{day + WEEK} 08:30" for day in expected]
        assert len(found.ours()) == 1
        assert found.asked(now + 2 * HOUR) == []


def test_a_block_that_has_begun_today_stays_and_the_new_one_begins_tomorrow(tmp_path: Path) -> None:
    with office(tmp_path, 1) as found:
        now = a_week_old(found) + 6 * HOUR  # 13:00 in Copenhagen
        there_for(found, FEW, at="08:30")
        found.asked(now)
        week = [at for at, _, _ in all_of(found) if f"{TUESDAY + WEEK}" <= at < f"{FRIDAY + WEEK}"]
        assert week == [f"{TUESDAY + WEEK} 12:30", f"{TUESDAY + WEEK + 2 * DAY} 08:30"]


def test_a_new_time_that_is_over_today_leaves_todays_block_where_it_is(tmp_path: Path) -> None:
    with office(tmp_path, 1) as found:
        now = a_week_old(found) + 2 * HOUR  # 09:00
        there_for(found, FEW, at="08:30")
        found.asked(now)
        week = [at for at, _, _ in all_of(found) if f"{TUESDAY + WEEK}" <= at < f"{FRIDAY + WEEK}"]
        assert week == [f"{TUESDAY + WEEK} 12:30", f"{TUESDAY + WEEK + 2 * DAY} 08:30"]
        assert found.asked(now + HOUR) == []
        assert found.asked(now + 6 * HOUR) == []
        assert found.asked(now + DAY) == []
