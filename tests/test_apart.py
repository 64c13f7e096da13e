"""Calendars made to hold whoever reads them: each ends within its limits, in a sentence or in meetings."""

from collections.abc import Callable
from datetime import date

import pytest

from calendars.reading.apart import LIMITS, Limits, environment, read_apart
from calendars.reading.result import Unreadable
from calendars.reading.source import read_meetings
from tests.examples import THOROUGH
from tests.test_source import FIRST, LAST, OUTLOOK, OUTLOOK_ZONE, ZONE, calendar, event

pytestmark = pytest.mark.slow

BRIEF = Limits(cpu_seconds=2)

TOO_MANY = "it holds more events than can be followed. Name a calendar of the department's own."
TOO_LONG = "it takes more than {seconds} seconds to follow. Name a calendar of the department's own."
NONE_THERE = "there is no event in it at all. Look whether it is the right calendar, and shared with its details."
NO_CALENDAR = "it is not a whole calendar. Write the address or the file of one that was exported as .ics."
NO_MEMORY = "it cannot be followed: {error}. Name a calendar of the department's own."

OLD = ";TZID=Europe/Copenhagen:16000101T090000"
HOUR = "DURATION:PT1H"
SOON = ";TZID=Europe/Copenhagen:20270106T090000"


def many(count: int, *lines: str, starts: str = SOON) -> str:
    return calendar(*(event(HOUR, *lines, uid=str(number), starts=starts) for number in range(count)))


def dates(name: str, count: int) -> str:
    return f"{name}:" + ",".join(f"2027{1 + n % 12:02}{1 + n % 28:02}T{n % 24:02}{n % 60:02}00Z" for n in range(count))


Size = Callable[[int], int]


# Each in full size (`int`), or less of it; the work of `a zone with many rules` grows faster than its size.
HOSTILE: dict[str, Callable[[Size], str]] = {
    "daily since 1600": lambda size: many(size(500), "RRULE:FREQ=DAILY", starts=OLD),
    "weekly since 1600, with exceptions": lambda size: many(size(500), "RRULE:FREQ=WEEKLY", dates("EXDATE", size(500)), starts=OLD),
    "15,000 events": lambda size: many(size(15_000)),
    "one UID": lambda size: calendar(*(event(HOUR, uid="1") for _ in range(size(12_000)))),
    "one UID, moved again and again": lambda size: calendar(
        event(HOUR, "RRULE:FREQ=DAILY", uid="1"),
        *(event(HOUR, f"RECURRENCE-ID;TZID=Europe/Copenhagen:2027{1 + n % 12:02}{1 + n % 28:02}T090000", uid="1") for n in range(size(9_000))),
    ),
    "folded at every character": lambda size: calendar(event(HOUR, "SUMMARY:" + "\n ".join("a" * size(400_000)))),
    "folded lines of nothing": lambda size: calendar(event(HOUR, "SUMMARY:a" + "\n " * size(600_000))),
    "nested components": lambda size: calendar(*["BEGIN:VEVENT"] * size(60_000), *["END:VEVENT"] * size(60_000)),
    "nested alarms": lambda size: calendar(event(HOUR, *["BEGIN:VALARM"] * size(60_000), *["END:VALARM"] * size(60_000))),
    "dates one by one": lambda size: calendar(event(HOUR, dates("RDATE", size(110_000)))),
    "dates one by one, in many events": lambda size: many(size(5_000), dates("RDATE", 2)),
    "periods": lambda size: calendar(event(HOUR, "RDATE;VALUE=PERIOD:" + ",".join(["20270106T090000Z/PT1H"] * size(9_000)))),
    "zones": lambda size: calendar(*(OUTLOOK_ZONE.format(name=f"Zone {n}") for n in range(size(4_000))), event(HOUR)),
    "a zone with many rules": lambda size: calendar(
        "BEGIN:VTIMEZONE\nTZID:Z",
        *["BEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD"] * size(size(300)),
        "END:VTIMEZONE",
        event(HOUR, "RRULE:FREQ=DAILY", starts=";TZID=Z:16000101T090000"),
    ),
    "a zone with many dates": lambda size: calendar(
        "BEGIN:VTIMEZONE\nTZID:Z\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100",
        dates("RDATE", size(50_000)),
        "END:STANDARD\nEND:VTIMEZONE",
        event(HOUR, starts=";TZID=Z:20270106T090000"),
    ),
    "places in a set": lambda size: many(size(200), "RRULE:FREQ=YEARLY;BYMONTHDAY=" + ",".join(map(str, range(1, 32))) + ";BYSETPOS=" + ",".join(map(str, range(1, 367))), starts=OLD),
    "a place that no set has": lambda size: many(size(300), "RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=300", starts=OLD),
    "the thirtieth of February": lambda size: many(size(300), "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", starts=OLD),
    "a long rule": lambda size: calendar(event(HOUR, "RRULE:FREQ=YEARLY;BYYEARDAY=" + ",".join(["1"] * size(300_000)))),
    "many rules": lambda size: calendar(event(HOUR, *["RRULE:FREQ=DAILY"] * size(20_000))),
    "counted for ever": lambda size: many(size(500), "RRULE:FREQ=DAILY;COUNT=2000000000", starts=OLD),
    "every second": lambda size: calendar(event(HOUR, "RRULE:FREQ=SECONDLY", starts=OLD)),
    "quotes and backslashes": lambda size: calendar(event(HOUR, 'LOCATION;ALTREP="' + '\\"' * size(300_000), "SUMMARY:" + "\\" * size(300_000))),
    "parameters": lambda size: calendar(event(HOUR, "LOCATION" + ";A=b" * size(200_000) + ":x")),
    "nothing but colons": lambda size: ":" * size(1_500_000),
    "a long duration": lambda size: calendar(event("DURATION:P" + "9" * size(4_000) + "D")),
}  # fmt: skip


def tenth(full: int) -> int:
    return full // 10


ENDS: dict[str, int | str] = {
    "daily since 1600": TOO_MANY,
    "weekly since 1600, with exceptions": TOO_MANY,
    "15,000 events": TOO_MANY,
    "one UID": 1,
    "one UID, moved again and again": 362,
    "folded at every character": 1,
    "folded lines of nothing": 1,
    "nested components": 0,
    "nested alarms": NO_CALENDAR,
    "dates one by one": TOO_MANY,
    "dates one by one, in many events": TOO_MANY,
    "periods": 2,
    "zones": 1,
    "a zone with many rules": 365,
    "a zone with many dates": TOO_MANY,
    "places in a set": TOO_MANY,
    "a place that no set has": 0,
    "the thirtieth of February": 0,
    "a long rule": 1,
    "many rules": 360,
    "counted for ever": 0,
    "every second": 0,
    "quotes and backslashes": 1,
    "parameters": 1,
    "nothing but colons": NO_CALENDAR,
    "a long duration": 0,
}
"""A tenth of each is followed to its end or given up by a guard: how many meetings are in it, or what is said."""


@pytest.mark.parametrize("way", HOSTILE)
def test_a_hostile_calendar_ends_in_meetings_or_a_sentence(way: str) -> None:
    found: int | str
    try:
        found = len(read_meetings(HOSTILE[way](tenth).encode(), "it", ZONE, FIRST, LAST).meetings)
    except Unreadable as refused:
        found = refused.text
    assert found == ENDS[way]


STOPPED = {
    "weekly since 1600, with exceptions",
    "15,000 events",
    "one UID",
    "one UID, moved again and again",
    "nested components",
    "a zone with many rules",
    "a long rule",
}
"""Those that run into the limit in full size: a second of it is as good as two, and before a release they have all of it."""


@pytest.mark.parametrize("way", HOSTILE if THOROUGH else ("nested components", "a long rule"))
def test_in_full_size_it_ends_within_the_limits_of_its_process(way: str) -> None:
    said = ""
    limits = BRIEF if way not in STOPPED else LIMITS if THOROUGH else Limits(cpu_seconds=1)
    try:
        read_apart(HOSTILE[way](int).encode(), "it", ZONE, FIRST, LAST, limits)
    except Unreadable as refused:
        said = refused.text
    assert said in ("", TOO_MANY, TOO_LONG, NONE_THERE, NO_CALENDAR, NO_MEMORY)


def test_what_it_gives_is_what_the_reader_gives() -> None:
    nowhere = event(HOUR, starts=";TZID=Nowhere:20270106T090000", uid="3")
    for content in (OUTLOOK.encode(), calendar(nowhere, event(uid="1"), event(HOUR, uid="2")).encode()):
        found = read_apart(content, "it", ZONE, FIRST, LAST)
        assert found == read_meetings(content, "it", ZONE, FIRST, LAST)
        assert len(found.meetings) > 1


def test_the_autumn_hour_that_comes_twice_stays_the_second() -> None:
    content = calendar(event(HOUR, starts=":20271031T013000Z")).encode()
    (one,) = read_apart(content, "it", ZONE, FIRST, LAST).meetings
    assert f"{one.starts:%H:%M%z}" == "02:30+0100"


def test_what_cannot_be_read_is_said_as_the_reader_says_it() -> None:
    with pytest.raises(Unreadable) as refused:
        read_apart(calendar().encode(), "it", ZONE, FIRST, LAST)
    assert (refused.value.text, refused.value.fields) == (NONE_THERE, {})


@pytest.mark.parametrize(
    ("limits", "text", "fields"),
    [
        (Limits(clock_seconds=0.001), TOO_LONG, {"seconds": "0.001"}),
        (Limits(cpu_seconds=0), TOO_LONG, {"seconds": "0"}),
        (Limits(memory_bytes=20_000_000), NO_MEMORY, {"error": "MemoryError"}),
    ],
    ids=["clock", "processor", "memory"],
)
def test_what_is_beyond_a_limit_is_stopped_by_the_system(limits: Limits, text: str, fields: dict[str, str]) -> None:
    content = many(15_000, "RRULE:FREQ=WEEKLY").encode()
    with pytest.raises(Unreadable) as refused:
        read_apart(content, "it", ZONE, date(2027, 1, 1), date(2027, 12, 31), limits)
    assert (refused.value.text, refused.value.fields) == (text, fields)


def test_the_process_gets_none_of_our_secrets() -> None:
    ours = {
        "AIKULTUR_SMTP_SECRET": "hunter2",
        "EXCHANGE_PASSWORD": "hunter2",
        "TZ": "Europe/Copenhagen",
        "PYTHONPATH": "x",
    }
    given = environment(ours)
    assert given.keys() == {"TZ", "PYTHONPATH"}
    assert given["TZ"] == "Europe/Copenhagen"
