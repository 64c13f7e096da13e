import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.event import Event, Words, day_uid
from calendars.feed import document as feed
from tests.calendar_readers import HOSTILE, READERS, lines, occurrences, starts
from tests.examples import some

STAMP = datetime(2027, 1, 4, 6, 0, tzinfo=UTC)
YEAR = (date(2027, 1, 1), date(2027, 12, 31))
ZONE = "Atlantic/Faroe"  # of the reader; no event of these is in it but where it says so


def event(day: date, zone: str = "Europe/Copenhagen", **changes: Any) -> Event:
    begins = datetime(day.year, day.month, day.day, 12, 30, tzinfo=ZoneInfo(zone))
    values: dict[str, Any] = {
        "uid": day_uid("7", day, "x.example"),
        "starts": begins,
        "ends": begins + timedelta(minutes=10),
        "busy": "free",
        "reminder_minutes": None,
        "words": Words(summary=f"AI-tid {day:%d}", description="Prøv det."),
    }
    return Event(**{**values, **changes})


def test_a_feed_says_exactly_this() -> None:
    found = lines(feed.calendar("AI-tid · Styrelsen", [event(date(2027, 3, 30), reminder_minutes=0)], STAMP, ZONE))
    assert found[:7] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//aikultur//aikultur//DA",
        "NAME:AI-tid · Styrelsen",
        "X-WR-CALNAME:AI-tid · Styrelsen",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
        "X-PUBLISHED-TTL:PT4H",
    ]
    assert sorted(found[found.index("BEGIN:VEVENT") :]) == sorted(
        [
            "BEGIN:VEVENT",
            f"UID:{day_uid('7', date(2027, 3, 30), 'x.example')}",
            "DTSTAMP:20270104T060000Z",
            "DTSTART;TZID=Europe/Copenhagen:20270330T123000",
            "DTEND;TZID=Europe/Copenhagen:20270330T124000",
            "SUMMARY:AI-tid 30",
            "DESCRIPTION:Prøv det.",
            "TRANSP:TRANSPARENT",
            "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            "DESCRIPTION:AI-tid 30",
            "TRIGGER:P0D",
            "END:VALARM",
            "END:VEVENT",
            "END:VCALENDAR",
        ]
    )


# 12:30 on the wall of each zone, in UTC, on the Friday before and the Monday after 28 March and 31 October 2027.
AROUND = (date(2027, 3, 26), date(2027, 3, 29), date(2027, 10, 29), date(2027, 11, 1))


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/Copenhagen", ["11:30", "10:30", "10:30", "11:30"]),
        ("Atlantic/Faroe", ["12:30", "11:30", "11:30", "12:30"]),
        ("America/New_York", ["16:30", "16:30", "16:30", "16:30"]),  # changes on 14 March and 7 November
        ("Asia/Kolkata", ["07:00", "07:00", "07:00", "07:00"]),
        ("Australia/Sydney", ["01:30", "01:30", "01:30", "01:30"]),  # changes on 4 April and 3 October
    ],
)
def test_every_reader_sees_half_past_twelve_across_both_changes_of_the_clock(zone: str, expected: list[str]) -> None:
    content = feed.calendar("AI-tid", [event(day, zone, reminder_minutes=0) for day in AROUND], STAMP, ZONE)
    found = occurrences(content, *YEAR)
    assert [(start.date(), f"{start:%H:%M}") for start, _, _ in found] == list(zip(AROUND, expected, strict=True))
    assert [(end - start, words) for start, end, words in found] == [
        (timedelta(minutes=10), f"AI-tid {day:%d}") for day in AROUND
    ]


@pytest.mark.parametrize(
    ("busy", "transp", "shown"),
    [("free", "TRANSPARENT", "FREE"), ("tentative", "OPAQUE", "TENTATIVE"), ("busy", "OPAQUE", "BUSY")],
)
def test_both_ways_of_showing_the_time_agree(busy: str, transp: str, shown: str) -> None:
    content = feed.calendar("AI-tid", [event(AROUND[0], busy=busy)], STAMP, ZONE)
    (found,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert (found["TRANSP"], found["X-MICROSOFT-CDO-BUSYSTATUS"]) == (transp, shown)


def test_a_feed_holds_each_zone_of_its_events_once() -> None:
    zones = ["Australia/Sydney", "America/New_York", "Asia/Kolkata", "Atlantic/Faroe", "America/New_York"]
    events = [event(date(2027, 3, 15 + n), zone) for n, zone in enumerate(zones)]
    content = feed.calendar("AI-tid", events, STAMP, ZONE)
    assert [line for line in lines(content) if line.startswith("TZID:")] == [
        "TZID:America/New_York",
        "TZID:Asia/Kolkata",
        "TZID:Atlantic/Faroe",
        "TZID:Australia/Sydney",
    ]
    assert starts(content, *YEAR) == [
        "2027-03-15 01:30",
        "2027-03-16 16:30",
        "2027-03-17 07:00",
        "2027-03-18 12:30",
        "2027-03-19 16:30",
    ]


def test_a_feed_in_utc_needs_no_zone() -> None:
    assert starts(feed.calendar("AI-tid", [event(date(2027, 7, 1), "UTC")], STAMP, ZONE), *YEAR) == ["2027-07-01 12:30"]


def test_an_empty_feed_holds_its_readers_zone_for_a_calendar_has_a_component_or_more() -> None:
    for zone in ("Europe/Copenhagen", "Asia/Kolkata", "UTC"):
        content = feed.calendar("AI-tid", [], STAMP, zone)
        assert occurrences(content, *YEAR) == []
        assert [str(one["TZID"]) for one in icalendar.Calendar.from_ical(content).walk("VTIMEZONE")] == [zone]
        assert lines(content)[-1] == "END:VCALENDAR"


def test_the_same_content_is_the_same_bytes_and_the_same_tag() -> None:
    events = [event(date(2027, 3, 30)), event(date(2027, 3, 31), "Asia/Kolkata"), event(date(2027, 4, 1), "UTC")]
    content = feed.calendar("AI-tid", events, STAMP, ZONE)
    assert content == feed.calendar("AI-tid", iter(events), STAMP, ZONE)
    assert feed.etag(content) == feed.etag(bytes(content)) != feed.etag(content + b" ")


def test_the_tag_is_a_strong_one() -> None:
    assert re.fullmatch(r'"[0-9a-f]{32}"', feed.etag(b""))


def test_a_stamp_in_another_zone_is_written_in_utc() -> None:
    stamp = STAMP.astimezone(timezone(timedelta(hours=2)))
    events = [event(date(2027, 3, 30))]
    assert feed.calendar("AI-tid", events, stamp, ZONE) == feed.calendar("AI-tid", events, STAMP, ZONE)


@pytest.mark.parametrize("tzinfo", [None, UTC])
def test_an_event_outside_a_named_zone_is_refused(tzinfo: Any) -> None:
    with pytest.raises(ValueError, match="must be in a ZoneInfo"):
        feed.calendar(
            "AI-tid", [event(date(2027, 3, 30), starts=datetime(2027, 3, 30, 12, 30, tzinfo=tzinfo))], STAMP, ZONE
        )


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_name_or_text_breaks_the_lines_or_adds_an_event(text: str) -> None:
    words = Words(summary=text, description=text, location=text)
    for events in ([event(AROUND[0], words=words, reminder_minutes=5)], []):
        content = feed.calendar(text, events, STAMP, ZONE)
        assert [len(reader(content, *YEAR)) for reader in READERS] == [len(events)] * 3
        names = [re.split("[:;]", line)[0] for line in lines(content)]
        assert [names.count(name) for name in ("UID", "METHOD", "ATTENDEE")] == [len(events), 0, 0]
        assert lines(content).count("BEGIN:VTIMEZONE") == 1


def test_a_text_comes_back_as_it_was() -> None:
    nasty = Words(summary="a;b,c\\n", description="1\r\n2\rBEGIN:VEVENT\n3\x0b", location="Lokale 4; kælder")
    content = feed.calendar("a;b,c\\d", [event(date(2027, 3, 30), words=nasty)], STAMP, ZONE)
    (found,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert (found["SUMMARY"], found["LOCATION"]) == ("a;b,c\\n", "Lokale 4; kælder")
    assert found["DESCRIPTION"] == "1\n2\nBEGIN:VEVENT\n3 "
    assert [summary for _, _, summary in occurrences(content, *YEAR)] == ["a;b,c\\n"]
    assert lines(content)[3:5] == ["NAME:a\\;b\\,c\\\\d", "X-WR-CALNAME:a\\;b\\,c\\\\d"]


@settings(max_examples=some(25))
@given(st.text(max_size=200), st.text(max_size=60))
def test_any_text_whatever_gives_well_formed_bytes_that_are_the_same_again(text: str, name: str) -> None:
    events = [event(AROUND[0], words=Words(summary=text, description=text, location=text))]
    content = feed.calendar(name, events, STAMP, ZONE)
    assert content == feed.calendar(name, events, STAMP, ZONE)
    assert lines(content).count("BEGIN:VEVENT") == 1


def test_a_feed_asks_nobody_to_answer() -> None:
    content = feed.calendar("AI-tid", [event(date(2027, 3, 30))], STAMP, ZONE)
    names = {re.split("[:;]", line)[0] for line in lines(content)}
    assert names.isdisjoint({"METHOD", "ATTENDEE", "ORGANIZER", "SEQUENCE", "STATUS"})


def test_each_day_has_a_uid_of_its_own_that_tells_nothing() -> None:
    uid = day_uid("7", date(2026, 12, 1), "x.example")
    assert re.fullmatch(r"day-[0-9a-f]{32}-20261201@x\.example", uid)
    assert len({uid, day_uid("7", date(2026, 12, 2), "x.example"), day_uid("8", date(2026, 12, 1), "x.example")}) == 3


def test_the_window_is_whole_weeks_and_moves_once_a_week() -> None:
    assert feed.window(date(2026, 12, 1)) == (date(2026, 10, 26), date(2027, 5, 30))
    windows = [feed.window(date(2026, 12, 1) + timedelta(days=n)) for n in range(70)]
    assert all(first.isoweekday() == 1 and last.isoweekday() == 7 for first, last in windows)
    assert len({first for first, _ in windows}) == len({last for _, last in windows}) == 11
