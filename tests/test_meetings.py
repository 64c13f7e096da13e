"""When departments meet: against lists written by hand from a paper calendar."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from culture.meetings import LAST, Amendment, Meeting, MeetingPlan, Rhythm, unmet
from culture.workdays import Closing

CPH = ZoneInfo("Europe/Copenhagen")
OPEN = Closing(country="DK")


def local(*parts: int) -> datetime:
    """As it stands in the config: a local time without a zone."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - that is the point


def plan(rhythm: Rhythm, *amendments: Amendment) -> MeetingPlan:
    return MeetingPlan(department="plan", zone="Europe/Copenhagen", rhythm=rhythm, amendments=amendments)


def held(found: MeetingPlan, first: date, last: date, closing: Closing = OPEN) -> list[str]:
    return [f"{meeting.starts:%m-%d %H:%M}" for meeting in found.meetings(closing, first, last)]


THURSDAYS = Rhythm(weekday=4, start=time(9), minutes=60)


def test_every_week_gives_every_thursday_but_not_ascension_day() -> None:
    found = held(plan(THURSDAYS), date(2027, 4, 26), date(2027, 5, 21))
    assert found == ["04-29 09:00", "05-13 09:00", "05-20 09:00"]  # 6 May 2027 is Ascension Day


@pytest.mark.parametrize(("when_closed", "day"), [("before", "05-05 09:00"), ("after", "05-07 09:00")])
def test_a_meeting_on_a_holiday_moves_as_configured(when_closed: str, day: str) -> None:
    rhythm = Rhythm(weekday=4, start=time(9), minutes=60, when_closed=when_closed)  # type: ignore[arg-type]  # one of the three
    assert held(plan(rhythm), date(2027, 5, 3), date(2027, 5, 8)) == [day]


def test_it_falls_away_in_a_quiet_week_whatever_is_configured() -> None:
    quiet = Closing(country="DK", quiet_week_numbers=frozenset({29, 30}))
    rhythm = Rhythm(weekday=4, start=time(9), minutes=60, when_closed="after")
    assert held(plan(rhythm), date(2027, 7, 19), date(2027, 7, 25), quiet) == []


@pytest.mark.parametrize(
    ("every", "days"),
    [
        ("2 weeks", ["01-14", "01-28", "02-11", "02-25"]),
        ("4 weeks", ["01-14", "02-11"]),
    ],
)
def test_two_and_four_weeks_are_counted_from_a_day_with_a_meeting(every: str, days: list[str]) -> None:
    rhythm = Rhythm(weekday=4, start=time(9), minutes=60, every=every, counted_from=date(2027, 1, 14))  # type: ignore[arg-type]  # one of them
    assert held(plan(rhythm), date(2027, 1, 1), date(2027, 2, 28)) == [f"{day} 09:00" for day in days]


def test_weeks_are_counted_on_across_a_year_of_53_weeks() -> None:
    rhythm = Rhythm(weekday=4, start=time(9), minutes=60, every="2 weeks", counted_from=date(2026, 12, 17))
    assert held(plan(rhythm), date(2026, 12, 10), date(2027, 1, 15)) == ["12-17 09:00", "12-31 09:00", "01-14 09:00"]


@pytest.mark.parametrize(
    ("nth", "days"),
    [(1, ["02-01", "03-01", "04-05"]), (3, ["02-15", "03-15", "04-19"]), (LAST, ["02-22", "04-26"])],
)
def test_a_month_has_a_first_a_third_and_a_last_monday(nth: int, days: list[str]) -> None:
    rhythm = Rhythm(weekday=1, start=time(13), minutes=60, every="month", nth=nth)
    assert held(plan(rhythm), date(2027, 2, 1), date(2027, 4, 30)) == [
        f"{day} 13:00" for day in days
    ]  # 29 March: Easter


def test_a_moved_meeting_keeps_its_id_and_a_cancelled_one_is_gone() -> None:
    moved = Amendment(on=date(2027, 1, 14), to=local(2027, 1, 15, 10))
    cancelled = Amendment(on=date(2027, 1, 21), to=None)
    extra = Amendment(on=None, to=local(2027, 1, 26, 14))
    found = plan(THURSDAYS, moved, cancelled, extra).meetings(OPEN, date(2027, 1, 11), date(2027, 1, 29))
    assert [(one.id, f"{one.starts:%m-%d %H:%M}") for one in found] == [
        ("plan/2027-01-14", "01-15 10:00"),
        ("plan/2027-01-26T1400", "01-26 14:00"),
        ("plan/2027-01-28", "01-28 09:00"),
    ]


def test_a_meeting_moved_into_the_span_is_found_there() -> None:
    moved = Amendment(on=date(2027, 1, 14), to=local(2027, 2, 19, 10))
    assert held(plan(THURSDAYS, moved), date(2027, 2, 19), date(2027, 2, 19)) == ["02-19 10:00"]


def test_the_clock_changes_and_the_meeting_stays_at_nine() -> None:
    found = plan(THURSDAYS).meetings(OPEN, date(2027, 3, 18), date(2027, 4, 2))
    assert [f"{one.starts:%H:%M%z}" for one in found] == ["09:00+0100", "09:00+0200"]  # 25 March is Maundy Thursday


def test_read_meetings_lead_where_there_is_no_rhythm() -> None:
    one = Meeting(id="plan/x", department="plan", starts=datetime(2027, 1, 12, 9, tzinfo=CPH), minutes=45)
    found = MeetingPlan(department="plan", zone="Europe/Copenhagen", read=(one,))
    assert found.meetings(OPEN, date(2027, 1, 1), date(2027, 1, 31)) == (one,)


def test_a_change_of_a_day_without_a_meeting_is_found() -> None:
    wrong = Amendment(on=date(2027, 1, 15), to=None)
    assert list(unmet([wrong, Amendment(on=date(2027, 1, 14), to=None)], THURSDAYS)) == [wrong]
