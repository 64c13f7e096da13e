"""A VTIMEZONE as another program reads it, against offsets written by hand on both sides of each change."""

import re
from datetime import datetime, timedelta

import pytest

from calendars.zone import vtimezone
from tests.calendar_readers import file_zones

# Local moments and hours ahead of UTC: the last before and the first after each change that 2027 and 2028 have.
CLOCKS: dict[str, list[tuple[str, float]]] = {
    "Europe/Copenhagen": [
        ("2027-03-28 01:59", 1),
        ("2027-03-28 03:00", 2),
        ("2027-10-31 01:59", 2),
        ("2027-10-31 03:00", 1),
        ("2028-03-26 01:59", 1),
        ("2028-03-26 03:00", 2),
        ("2028-10-29 01:59", 2),
        ("2028-10-29 03:00", 1),
    ],
    "Atlantic/Faroe": [
        ("2027-03-28 00:59", 0),
        ("2027-03-28 02:00", 1),
        ("2027-10-31 00:59", 1),
        ("2027-10-31 02:00", 0),
    ],
    "America/New_York": [
        ("2027-03-14 01:59", -5),
        ("2027-03-14 03:00", -4),
        ("2027-11-07 00:59", -4),
        ("2027-11-07 02:00", -5),
        ("2028-03-12 03:00", -4),
        ("2028-11-05 02:00", -5),
    ],
    "Australia/Sydney": [
        ("2027-04-04 01:59", 11),
        ("2027-04-04 03:00", 10),
        ("2027-10-03 01:59", 10),
        ("2027-10-03 03:00", 11),
        ("2028-04-02 03:00", 10),
        ("2028-10-01 03:00", 11),
    ],
    "Asia/Kolkata": [("2027-01-01 00:00", 5.5), ("2027-07-01 00:00", 5.5)],
}


@pytest.mark.parametrize("zone", CLOCKS)
def test_the_clock_changes_at_the_hour_that_stands_in_the_almanac(zone: str) -> None:
    read = file_zones(vtimezone(zone, 2027))[zone]
    found = [(at, datetime.fromisoformat(at).replace(tzinfo=read).utcoffset()) for at, _ in CLOCKS[zone]]
    assert found == [(at, timedelta(hours=hours)) for at, hours in CLOCKS[zone]]


@pytest.mark.parametrize(
    ("zone", "starts"),
    [
        ("Europe/Copenhagen", ["19700329T020000", "19701025T030000"]),
        ("Atlantic/Faroe", ["19700329T010000", "19701025T020000"]),
        ("America/New_York", ["19700308T020000", "19701101T020000"]),
        ("Australia/Sydney", ["19700405T030000", "19701004T020000"]),
    ],
)
def test_a_change_is_told_by_the_wall_clock_before_it(zone: str, starts: list[str]) -> None:
    # RFC 5545, 3.6.5: DTSTART is the local time in the offset that ends; an hour later is a common fault.
    lines = vtimezone(zone, 2027).decode().split("\r\n")
    assert [line for line in lines if line.startswith("DTSTART")] == [f"DTSTART:{start}" for start in starts]


@pytest.mark.parametrize("zone", CLOCKS)
def test_outlook_finds_only_what_it_reads_and_a_standard_time(zone: str) -> None:
    lines = vtimezone(zone, 2027).decode("ascii").split("\r\n")
    names = {re.split("[:;]", line)[0] for line in lines} - {""}
    assert names <= {"BEGIN", "END", "TZID", "DTSTART", "RRULE", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME"}
    assert lines.count("BEGIN:STANDARD") == 1
    assert lines.count("BEGIN:DAYLIGHT") == lines.count("END:DAYLIGHT") == (zone != "Asia/Kolkata")


@pytest.mark.parametrize("zone", CLOCKS)
def test_each_yearly_rule_is_of_one_month_and_one_weekday_and_its_start_obeys_it(zone: str) -> None:
    lines = vtimezone(zone, 2027).decode().split("\r\n")
    starts = [line.removeprefix("DTSTART:") for line in lines if line.startswith("DTSTART:")]
    rules = [line for line in lines if line.startswith("RRULE:")]
    assert len(rules) == (0 if zone == "Asia/Kolkata" else 2)
    for start, rule in zip(starts, rules, strict=False):
        found = re.fullmatch(r"RRULE:FREQ=YEARLY;BYMONTH=(\d+);BYDAY=(-1|1|2)SU", rule)
        assert found
        begins = datetime.strptime(start, "%Y%m%dT%H%M%S")  # noqa: DTZ007  # wall time: it has no offset of its own
        assert (begins.month, begins.isoweekday(), begins.year) == (int(found[1]), 7, 1970)
        nth = -1 if (begins + timedelta(days=7)).month != begins.month else (begins.day - 1) // 7 + 1
        assert nth == int(found[2])
