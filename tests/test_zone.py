"""A VTIMEZONE as another program reads it, against offsets written by hand and against the zone database."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

import icalendar
import pytest
import vobject

from calendars.zone import is_yearly, vtimezone
from tests.calendar_readers import file_zones

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)

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


ZONES = [
    "Europe/London",
    "Europe/Dublin",  # its winter is the daylight time in the zone database
    "Atlantic/Azores",
    "America/Havana",
    "America/Nuuk",  # changes on a Saturday evening
    "America/Santiago",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Auckland",
    "Pacific/Chatham",
    "UTC",
]


def rules(zone: str, year: int) -> list[str]:
    wanted = ("BEGIN:", "DTSTART", "TZOFFSETTO", "RRULE")
    return [line for line in vtimezone(zone, year).decode().split("\r\n")[2:] if line.startswith(wanted)]


def test_copenhagen_is_one_yearly_pair() -> None:
    assert vtimezone("Europe/Copenhagen", 2027).decode() == COPENHAGEN.replace("\n", "\r\n")


# RFC 5545, 3.6.5: DTSTART is the local time in the offset that ends; an hour later is a common fault.


def test_new_york_changes_on_the_second_sunday_of_march_and_the_first_of_november() -> None:
    assert rules("America/New_York", 2027) == [
        "BEGIN:DAYLIGHT",
        "DTSTART:19700308T020000",
        "TZOFFSETTO:-0400",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
        "BEGIN:STANDARD",
        "DTSTART:19701101T020000",
        "TZOFFSETTO:-0500",
        "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
    ]


def test_sydney_has_its_winter_in_july() -> None:
    assert rules("Australia/Sydney", 2027) == [
        "BEGIN:STANDARD",
        "DTSTART:19700405T030000",
        "TZOFFSETTO:+1000",
        "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU",
        "BEGIN:DAYLIGHT",
        "DTSTART:19701004T020000",
        "TZOFFSETTO:+1100",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=1SU",
    ]


def test_a_zone_that_never_changes_is_one_standard_without_a_rule() -> None:
    assert rules("Asia/Kolkata", 2027) == ["BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETTO:+0530"]


def test_negative_and_broken_offsets_are_written_with_their_sign_and_minutes() -> None:
    assert "TZOFFSETTO:-0930" in rules("Pacific/Marquesas", 2027)


@pytest.mark.parametrize("zone", CLOCKS)
def test_the_clock_changes_at_the_hour_that_stands_in_the_almanac(zone: str) -> None:
    read = file_zones(vtimezone(zone, 2027))[zone]
    found = [(at, datetime.fromisoformat(at).replace(tzinfo=read).utcoffset()) for at, _ in CLOCKS[zone]]
    assert found == [(at, timedelta(hours=hours)) for at, hours in CLOCKS[zone]]


UNRULED = [
    ("Africa/Casablanca", 2026),  # Ramadan
    ("Asia/Gaza", 2026),
    ("Asia/Hebron", 2029),
    ("America/Santiago", 2028),  # the Sunday after the first Saturday
    ("America/Nuuk", 2029),  # the Saturday before the last Sunday
    ("Asia/Jerusalem", 2029),
    ("Europe/Istanbul", 2015),  # the year before it stopped changing
    ("Europe/Volgograd", 2020),  # one change, for good
    ("America/Argentina/Catamarca", 1990),  # the days of the change stay, the hours it is changed by do not
]


def by_dateutil(content: bytes, zone: str) -> tzinfo:
    return file_zones(content)[zone]


def by_icalendar(content: bytes, zone: str) -> tzinfo:
    whole = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + content + b"END:VCALENDAR\r\n"
    (found,) = icalendar.Calendar.from_ical(whole).walk("VTIMEZONE")
    assert isinstance(found, icalendar.Timezone)
    made: tzinfo = found.to_tz(lookup_tzid=False)
    return made


def by_vobject(content: bytes, zone: str) -> tzinfo:
    # Under another name, or vobject takes the zone database's.
    whole = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + content.replace(zone.encode(), b"Our/Own") + b"END:VCALENDAR\r\n"
    made: tzinfo = vobject.readOne(whole.decode()).vtimezone.tzinfo
    return made


@cache
def true_clock(zone: str, year: int) -> list[tuple[datetime, timedelta | None]]:
    """Local times of this year and the next, and their offsets: every half hour around each change of the clock, and
    every 53 hours, so that all hours of the day come by. Not those that come twice: there readers may choose."""
    true, begins, ends = ZoneInfo(zone), datetime(year, 1, 1, tzinfo=UTC), datetime(year + 2, 1, 1, tzinfo=UTC)
    days = [begins + timedelta(days=n) for n in range((ends - begins).days)]
    changed = [day for day in days if day.astimezone(true).utcoffset() != (day + DAY).astimezone(true).utcoffset()]
    moments = {begins + timedelta(hours=53 * n) for n in range((ends - begins) // timedelta(hours=53))}
    moments |= {day + timedelta(minutes=30 * n) for day in changed for n in range(-10, 58)}
    locals_ = [moment.astimezone(true) for moment in sorted(moments)]
    return [
        (local.replace(tzinfo=None), local.utcoffset())
        for local in locals_
        if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset()
    ]


@pytest.mark.parametrize("reader", [by_dateutil, by_icalendar, by_vobject])
@pytest.mark.parametrize(("zone", "year"), [*((zone, 2027) for zone in ZONES), *UNRULED])
def test_another_reader_gets_the_true_clock_for_this_year_and_the_next(
    zone: str, year: int, reader: Callable[[bytes, str], tzinfo]
) -> None:
    # Each knows only what stands in the VTIMEZONE.
    found = reader(vtimezone(zone, year), zone)
    clock = true_clock(zone, year)
    assert len(clock) > 300
    assert [local for local, offset in clock if local.replace(tzinfo=found).utcoffset() != offset] == []


@pytest.mark.parametrize(("zone", "year"), UNRULED)
def test_a_zone_without_a_yearly_rule_is_told_apart(zone: str, year: int) -> None:
    assert not is_yearly(zone, year)
    assert is_yearly("Europe/Copenhagen", year)


def table(zone: str) -> bytes:
    """By what a zone's clock goes. Of two names for the same, one is enough."""
    file = files("tzdata").joinpath("zoneinfo", *zone.split("/"))
    return file.read_bytes() if file.is_file() else zone.encode()


def test_every_zone_there_is_can_be_written() -> None:
    unruled, zones = Counter[int](), {table(zone): zone for zone in available_timezones()}
    for zone in zones.values():
        for year in (2026, 2027):
            assert b"END:STANDARD" in vtimezone(zone, year), zone
            unruled[year] += not is_yearly(zone, year)
    assert max(unruled.values()) < 10


@pytest.mark.parametrize("zone", CLOCKS)
def test_outlook_finds_only_what_it_reads_and_a_standard_time(zone: str) -> None:
    lines = vtimezone(zone, 2027).decode("ascii").split("\r\n")
    names = {re.split("[:;]", line)[0] for line in lines} - {""}
    assert names <= {"BEGIN", "END", "TZID", "DTSTART", "RRULE", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME"}
    assert lines.count("BEGIN:STANDARD") == 1
    assert lines.count("BEGIN:DAYLIGHT") == lines.count("END:DAYLIGHT") == (zone != "Asia/Kolkata")


@pytest.mark.parametrize("zone", ZONES)
def test_each_rule_is_of_one_month_and_one_weekday_and_its_start_obeys_it(zone: str) -> None:
    lines = vtimezone(zone, 2027).decode().split("\r\n")
    begun = [line.removeprefix("DTSTART:") for line in lines if line.startswith("DTSTART:")]
    yearly = [line for line in lines if line.startswith("RRULE:")]
    for start, rule in zip(begun, yearly, strict=bool(yearly)):
        found = re.fullmatch(r"RRULE:FREQ=YEARLY;BYMONTH=(\d+);BYDAY=(-1|[1-4])(MO|TU|WE|TH|FR|SA|SU)", rule)
        assert found
        begins = datetime.strptime(start, "%Y%m%dT%H%M%S")  # noqa: DTZ007  # wall time: it has no offset of its own
        assert (begins.month, begins.year) == (int(found[1]), 1970)
        assert f"{begins:%a}"[:2].upper() == found[3]
        nth = -1 if found[2] == "-1" and (begins + timedelta(days=7)).month != begins.month else (begins.day + 6) // 7
        assert nth == int(found[2])
