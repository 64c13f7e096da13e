import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from calendars.zone import UnsupportedZone, supported, vtimezone

COPENHAGEN = """BEGIN:VTIMEZONE
TZID:Europe/Copenhagen
BEGIN:DAYLIGHT
DTSTART:19700329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
END:STANDARD
END:VTIMEZONE
"""

ZONES = [
    "Europe/Copenhagen",
    "Europe/London",
    "Europe/Dublin",  # its winter is the daylight time in the zone database
    "Atlantic/Faroe",
    "Atlantic/Azores",
    "America/New_York",
    "America/Havana",
    "America/Nuuk",  # changes on a Saturday evening
    "America/Santiago",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Australia/Sydney",
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Auckland",
    "Pacific/Chatham",
    "UTC",
]


def read(zone: str, year: int) -> tzical:
    return tzical(io.StringIO(vtimezone(zone, year).decode()))


def rules(zone: str, year: int) -> list[str]:
    wanted = ("BEGIN:", "TZOFFSETTO", "RRULE")
    return [line for line in vtimezone(zone, year).decode().split("\r\n")[2:] if line.startswith(wanted)]


def test_copenhagen_is_one_yearly_pair() -> None:
    assert vtimezone("Europe/Copenhagen", 2027).decode() == COPENHAGEN.replace("\n", "\r\n")


def test_new_york_changes_on_the_second_sunday_of_march_and_the_first_of_november() -> None:
    assert rules("America/New_York", 2027) == [
        "BEGIN:DAYLIGHT",
        "TZOFFSETTO:-0400",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
        "BEGIN:STANDARD",
        "TZOFFSETTO:-0500",
        "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
    ]


def test_sydney_has_its_winter_in_july() -> None:
    assert rules("Australia/Sydney", 2027) == [
        "BEGIN:STANDARD",
        "TZOFFSETTO:+1000",
        "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU",
        "BEGIN:DAYLIGHT",
        "TZOFFSETTO:+1100",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=1SU",
    ]


def test_a_zone_that_never_changes_is_one_standard_without_a_rule() -> None:
    assert rules("Asia/Kolkata", 2027) == ["BEGIN:STANDARD", "TZOFFSETTO:+0530"]


def test_negative_and_broken_offsets_are_written_with_their_sign_and_minutes() -> None:
    assert "TZOFFSETTO:-0930" in rules("Pacific/Marquesas", 2027)


@pytest.mark.parametrize("zone", ZONES)
def test_another_reader_gets_the_true_clock_for_this_year_and_the_next(zone: str) -> None:
    # Every five hours, so that all hours of the day come by; dateutil knows only what stands in the VTIMEZONE.
    found, true = read(zone, 2027).get(zone), ZoneInfo(zone)
    moment, end = datetime(2027, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
    wrong = []
    while moment < end:
        local = moment.astimezone(true).replace(tzinfo=None)
        if local.replace(tzinfo=found).utcoffset() != moment.astimezone(true).utcoffset():
            wrong.append(moment)
        moment += timedelta(hours=5)
    assert wrong == []


@pytest.mark.parametrize(
    ("zone", "year"),
    [
        ("Africa/Casablanca", 2027),  # Ramadan
        ("Europe/Istanbul", 2016),  # the year it stopped changing
        ("Europe/Istanbul", 2015),  # the next year has another rule
        ("Europe/Volgograd", 2020),  # one change, for good
        ("America/Argentina/Catamarca", 1990),  # the days of the change stay, the hours it is changed by do not
    ],
)
def test_a_zone_without_a_yearly_rule_is_refused_with_a_way_out(zone: str, year: int) -> None:
    with pytest.raises(UnsupportedZone) as refused:
        vtimezone(zone, year)
    assert str(refused.value) == (
        f'"{zone}" does not change its clock by a yearly rule, so Outlook would show wrong times. '
        "Write a neighbouring zone that does."
    )
    assert not supported(zone, year)


@pytest.mark.parametrize("name", ["Nowhere/Town", "Europe", "../etc", "", "Europe/Copenhagen\r\nX:1"])
def test_what_is_no_zone_is_not_supported(name: str) -> None:
    assert not supported(name, 2027)


def test_a_zone_with_a_rule_is_supported() -> None:
    assert supported("Europe/Copenhagen", 2027)
    assert supported("Asia/Kolkata", 2027)
