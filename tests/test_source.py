"""Meetings read from calendars that others keep, against times written by hand."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.reading.result import Reading, Unreadable
from calendars.reading.source import read_meetings
from culture.meetings import Meeting
from tests.examples import some

pytestmark = pytest.mark.slow

ZONE = "Europe/Copenhagen"
FIRST, LAST = date(2027, 1, 1), date(2027, 12, 31)

OUTLOOK_ZONE = """\
BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""

EXPORTS = Path(__file__).parent / "exports"
OUTLOOK, GOOGLE = ((EXPORTS / name).read_text("utf-8") for name in ("outlook.ics", "google.ics"))
"""Of our own writing, in the shape that the two give them."""


def event(*more: str, uid: str = "1", starts: str = ";TZID=Europe/Copenhagen:20270106T090000") -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", f"DTSTART{starts}", *more, "END:VEVENT"])


def calendar(*parts: str) -> str:
    return "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *parts, "END:VCALENDAR", ""])


def read(text: str, zone: str = ZONE, first: date = FIRST, last: date = LAST) -> tuple[Meeting, ...]:
    return reading(text, zone, first, last).meetings


def reading(text: str, zone: str = ZONE, first: date = FIRST, last: date = LAST) -> Reading:
    return read_meetings(text.replace("\n", "\r\n").encode(), "it", zone, first, last)


def told(text: str, zone: str = ZONE) -> list[str]:
    """Day, wall clock and offset of each meeting, and its minutes."""
    return [f"{one.starts:%m-%d %H:%M%z} {one.minutes}" for one in read(text, zone)]


def refusal(content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        read_meetings(content, "it", ZONE, FIRST, LAST)
    assert str(refused.value) == refused.value.text.format(**refused.value.fields)
    return str(refused.value)


HOUR = "DURATION:PT1H"


# --- as Outlook and Google write them


def test_an_export_from_outlook_gives_its_meetings_across_the_change_of_the_clock() -> None:
    meetings = read(OUTLOOK, last=date(2027, 5, 5))
    assert [(f"{one.starts:%m-%d %H:%M%z}", one.minutes, one.place) for one in meetings] == [
        ("03-10 09:00+0100", 90, "Mødelokale 4, 2. sal"),
        ("03-25 13:00+0100", 60, "Kantinen"),  # moved from the 24th
        ("05-05 09:00+0200", 90, "Mødelokale 4, 2. sal"),  # 7 April is taken out, 21 April called off
    ]
    assert {one.department for one in meetings} == {"it"}
    assert {str(one.starts.tzinfo) for one in meetings} == {ZONE}


def test_an_export_from_outlook_goes_on_until_its_end() -> None:
    assert told(OUTLOOK)[-5:] == [
        "11-03 09:00+0100 90",
        "11-17 09:00+0100 90",
        "12-01 09:00+0100 90",
        "12-15 09:00+0100 90",
        "12-29 09:00+0100 90",
    ]
    assert len(told(OUTLOOK)) == 20


def test_an_export_from_google_gives_its_meetings_across_the_change_of_the_clock() -> None:
    assert told(GOOGLE) == [
        "10-18 10:15+0200 60",
        "10-26 13:00+0200 60",  # moved from Monday
        "11-01 10:15+0100 60",
        "11-03 14:00+0100 30",  # 8 November is taken out, 15 November cancelled, five in all
    ]


@pytest.mark.parametrize("text", [OUTLOOK, GOOGLE])
def test_the_way_lines_end_a_byte_order_mark_and_the_case_of_names_do_not_matter(text: str) -> None:
    expected = read(text)
    assert read_meetings(text.encode(), "it", ZONE, FIRST, LAST).meetings == expected
    assert read_meetings("\ufeff".encode() + text.encode(), "it", ZONE, FIRST, LAST).meetings == expected
    assert read(text.replace("DTSTART", "dtstart").replace("END:VEVENT", "end:vevent")) == expected


# --- ids


def test_an_id_is_of_the_department_opaque_and_stays_when_an_occurrence_moves() -> None:
    series = event("RRULE:FREQ=WEEKLY;COUNT=2", HOUR)
    moved = event("RECURRENCE-ID;TZID=Europe/Copenhagen:20270113T090000", HOUR, starts=":20270114T120000Z")
    before, after = read(calendar(series)), read(calendar(series, moved))
    assert [one.id for one in after] == [one.id for one in before]
    assert [f"{one.starts:%m-%d %H:%M}" for one in after] == ["01-06 09:00", "01-14 13:00"]
    assert all(one.id.startswith("it/") and len(one.id) == 19 for one in before)


def test_an_id_stays_when_a_single_event_moves_and_when_a_series_changes_its_hour() -> None:
    for rule in ("X-NOTHING:1", "RRULE:FREQ=WEEKLY;COUNT=3"):
        morning = read(calendar(event(rule, HOUR)))
        evening = read(calendar(event(rule, HOUR, starts=";TZID=Europe/Copenhagen:20270106T160000")))
        assert [one.id for one in morning] == [one.id for one in evening]
        assert morning != evening
    single = read(calendar(event(HOUR)))
    assert read(calendar(event(HOUR, starts=":20270315T090000Z")))[0].id == single[0].id


def test_ids_differ_by_event_by_day_and_within_a_day() -> None:
    twice = event("RDATE;TZID=Europe/Copenhagen:20270106T140000,20270113T090000", HOUR)
    found = read(calendar(twice, event(HOUR, uid="2"), event(HOUR, uid="3")))
    assert len(found) == len({one.id for one in found}) == 5
    assert read(calendar(twice, event(HOUR, uid="2"), event(HOUR, uid="3")), first=date(2027, 1, 6)) == found


def test_an_event_without_a_uid_has_an_id_too() -> None:
    text = calendar(event("SUMMARY:Møde", HOUR)).replace("UID:1\n", "")
    assert read(text) == read(text)
    assert len(read(text)) == 1


def test_this_and_the_following_moved_at_once_are_told_apart() -> None:
    series = event("RRULE:FREQ=WEEKLY;COUNT=5", HOUR)
    later = event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Copenhagen:20270120T090000",
        HOUR,
        starts=";TZID=Europe/Copenhagen:20270121T100000",
    )
    found = read(calendar(series, later))
    assert [f"{one.starts:%m-%d %H}" for one in found] == ["01-06 09", "01-13 09", "01-21 10", "01-28 10", "02-04 10"]
    assert len({one.id for one in found}) == 5


# --- times and places


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        (":20270706T070000Z", "07-06 09:00+0200"),
        (":20270706T090000", "07-06 09:00+0200"),  # floating: meant where the department is
        (";TZID=America/New_York:20270706T090000", "07-06 15:00+0200"),
        (";TZID=Eastern Standard Time:20270706T090000", "07-06 15:00+0200"),
        (";TZID=India Standard Time:20271231T030000", "12-30 22:30+0100"),
        (';TZID="W. Europe Standard Time":20270106T090000', "01-06 09:00+0100"),
        (";TZID=Nowhere Standard Time:20270706T090000", "07-06 09:00+0200"),
    ],
)
def test_every_kind_of_time_is_told_on_the_department_s_clock(starts: str, expected: str) -> None:
    assert told(calendar(event(HOUR, starts=starts))) == [f"{expected} 60"]


@pytest.mark.parametrize("zone", ["Europe/Copenhagen", "Home"])
def test_a_series_in_utc_stays_in_utc_whatever_clock_the_calendar_is_shown_on(zone: str) -> None:
    series = event("RRULE:FREQ=WEEKLY;COUNT=2", HOUR, starts=":20270324T080000Z")
    assert told(calendar(f"X-WR-TIMEZONE:{zone}", series)) == ["03-24 09:00+0100 60", "03-31 10:00+0200 60"]


def test_a_department_in_another_zone_has_its_own_clock() -> None:
    assert told(calendar(event(HOUR)), zone="Atlantic/Faroe") == ["01-06 08:00+0000 60"]


def test_a_zone_that_only_the_file_describes_is_the_file_s_and_never_the_one_of_a_file_before() -> None:
    west = OUTLOOK_ZONE.replace("+0100", "-0500").replace("+0200", "-0400")
    name = "Customized Time Zone"
    meeting = event(HOUR, starts=f";TZID={name}:20270706T090000")
    assert told(calendar(OUTLOOK_ZONE.format(name=name), meeting)) == ["07-06 09:00+0200 60"]
    assert told(calendar(west.format(name=name), meeting)) == ["07-06 15:00+0200 60"]
    assert told(calendar(meeting, west.format(name=name))) == ["07-06 15:00+0200 60"]
    assert told(calendar(meeting)) == ["07-06 09:00+0200 60"]


@pytest.mark.parametrize(
    ("length", "minutes"),
    [
        ("DTEND;TZID=Europe/Copenhagen:20270106T094500", 45),
        ("DTEND:20270106T094500Z", 105),
        ("DURATION:PT1H30M", 90),
        ("DURATION:PT23H59M", 1439),
    ],
)
def test_the_minutes_are_those_between_beginning_and_end(length: str, minutes: int) -> None:
    assert [one.minutes for one in read(calendar(event(length)))] == [minutes]


def test_a_meeting_in_the_night_of_the_change_lasts_as_long_as_it_lasts() -> None:
    night = event("DTEND;TZID=Europe/Copenhagen:20270328T040000", starts=";TZID=Europe/Copenhagen:20270328T010000")
    assert told(calendar(night)) == ["03-28 01:00+0100 120"]


def test_a_place_is_one_plain_line_of_two_hundred_characters() -> None:
    assert read(calendar(event("LOCATION:Lokale 4\\, kælder\\n\tsyd\x07;  x", HOUR)))[0].place == (
        "Lokale 4, kælder syd ; x"
    )
    assert read(calendar(event("LOCATION:Loka\n le\n  4", HOUR)))[0].place == "Lokale 4"
    assert read(calendar(event(f"LOCATION:{'å' * 300}", HOUR)))[0].place == "å" * 200


@pytest.mark.parametrize(
    "left_out",
    [
        event("DURATION:P1D", starts=";VALUE=DATE:20270106", uid="2"),
        event("STATUS:CANCELLED", HOUR, uid="2"),
        event("SUMMARY:Canceled: Møde", HOUR, uid="2"),
        event("SUMMARY:AFLYST: Møde", HOUR, uid="2"),
        event("X-MICROSOFT-CDO-ALLDAYEVENT:TRUE", "DURATION:PT23H", uid="2"),
        event("DURATION:P1D", uid="2"),
        event("SUMMARY:no end", uid="2"),
        event("DTEND:20270106T070000Z", "DTSTART:x", uid="2"),
        event(HOUR, starts=":not a time", uid="2"),
        event(HOUR, starts=":20261231T220000Z", uid="2"),  # still in 2026
        event(HOUR, starts=":20271231T230000Z", uid="2"),  # already in 2028
        event("RRULE:FREQ=YEARLY", "DURATION:P1D", starts=";VALUE=DATE:16040229", uid="2"),
        "BEGIN:VTODO\nUID:2\nDTSTART:20270106T090000Z\nDUE:20270106T100000Z\nEND:VTODO",
    ],
)
def test_what_is_no_meeting_of_the_span_is_left_out_without_harm_to_others(left_out: str) -> None:
    assert told(calendar(left_out, event(HOUR))) == ["01-06 09:00+0100 60"]


def test_the_first_and_the_last_day_are_included() -> None:
    series = calendar(event("RRULE:FREQ=DAILY", HOUR))
    found = read(series, first=date(2027, 3, 27), last=date(2027, 3, 29))
    assert [f"{one.starts:%d %H:%M%z}" for one in found] == ["27 09:00+0100", "28 09:00+0200", "29 09:00+0200"]


def test_an_end_that_names_a_day_counts_that_day() -> None:
    assert told(calendar(event("RRULE:FREQ=WEEKLY;UNTIL=20270113;BYDAY=WE", HOUR)))[-1] == "01-13 09:00+0100 60"


def test_an_occurrence_that_moved_into_the_span_is_in_it_and_one_that_moved_out_is_not() -> None:
    series = event("RRULE:FREQ=WEEKLY;COUNT=2", HOUR)
    moved = event("RECURRENCE-ID;TZID=Europe/Copenhagen:20270113T090000", HOUR, starts=":20270614T080000Z")
    found = [read(calendar(series, moved), first=date(2027, m, 1), last=date(2027, m, 28)) for m in (1, 6)]
    assert [[f"{one.starts:%m-%d}" for one in each] for each in found] == [["01-06"], ["06-14"]]


def test_two_calendars_in_one_file_are_both_read() -> None:
    assert len(read(calendar(event(HOUR)) + calendar(event(HOUR, uid="2")))) == 2


# --- what cannot be used


NO_CALENDAR = "it is not a whole calendar. Write the address or the file of one that was exported as .ics."
TOO_MUCH = "it holds more events than can be followed. Name a calendar of the department's own."


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\r\n",
        b"name,email\r\nA,a@x.example\r\n",
        b"\x89PNG\r\n\x1a\n",
        OUTLOOK.encode()[:-200],
        calendar("BEGIN:VCALENDAR").encode(),
        event(HOUR).encode(),
        b"BEGIN:VCALENDAR\r\n" * 110_000,
    ],
)
def test_what_is_no_whole_calendar_is_said_to_be_none(content: bytes) -> None:
    assert refusal(content) == NO_CALENDAR


@pytest.mark.parametrize("content", [b"<!DOCTYPE html><title>Log ind</title>", b"\xef\xbb\xbf\n <html>"])
def test_a_web_page_is_called_one(content: bytes) -> None:
    assert refusal(content) == (
        "it is a web page, not a calendar. Write the address that ends in .ics and needs no password."
    )


@pytest.mark.parametrize("parts", [[], ["BEGIN:VTODO\nUID:2\nDUE:20270106T100000Z\nEND:VTODO"], [OUTLOOK_ZONE]])
def test_a_calendar_without_any_event_is_refused(parts: list[str]) -> None:
    assert refusal(calendar(*parts).encode()) == (
        "there is no event in it at all. Look whether it is the right calendar, and shared with its details."
    )


@pytest.mark.parametrize(
    "lines",
    [
        event(HOUR, starts=":20250106T090000Z"),
        event("STATUS:CANCELLED", HOUR),
        event("DURATION:P1D", starts=";VALUE=DATE:20270106"),
    ],
    ids=["over", "cancelled", "whole days"],
)
def test_a_calendar_whose_events_are_no_meetings_to_come_has_none_and_that_is_an_answer(lines: str) -> None:
    found = reading(calendar(lines))
    assert (found.meetings, found.left_out, len(found.said), found.nothing_read) == ((), (), 1, False)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=5",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=9,10",
        "FREQ=DAILY;BYMINUTE=0,30",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=FORTNIGHTLY",
        "FREQ=DAILY;COUNT=many",
    ],
)
def test_a_rule_that_cannot_be_followed_is_named_and_costs_its_event_alone(rule: str) -> None:
    bad, good = event("SUMMARY:Morgenmøde", f"RRULE:{rule}", HOUR), event(HOUR, uid="2")
    found = reading(calendar(bad, good))
    assert [(one.what, one.day, one.text, one.fields) for one in found.left_out] == [
        ("Morgenmøde", "2027-01-06", "its rule {rule} cannot be followed.", {"rule": rule})
    ]
    assert (len(found.meetings), len(found.said), found.nothing_read) == (1, 1, False)
    assert reading(calendar(bad)).nothing_read


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=DAILY", "FREQ=YEARLY;BYDAY=MO", "FREQ=YEARLY;BYMONTH=1,2,3"])
def test_a_time_zone_by_whose_rule_no_clock_is_changed_is_as_if_it_was_not_there(rule: str) -> None:
    zone = OUTLOOK_ZONE.format(name="Home").replace("FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10", rule)
    assert told(calendar(zone, event(HOUR))) == ["01-06 09:00+0100 60"]
    found = reading(calendar(zone, event(HOUR, starts=";TZID=Home:20270706T090000")), zone="Europe/London")
    assert ([f"{one.starts:%H:%M%z}" for one in found.meetings], found.guessed) == (
        ["09:00+0100"],
        {"Home": "Europe/London"},
    )


@pytest.mark.parametrize(
    "parts",
    [
        [event("RRULE:FREQ=DAILY", HOUR, uid=str(n)) for n in range(3)],
        [event("RRULE:FREQ=YEARLY", HOUR, uid=str(n), starts=":00010101T090000Z") for n in range(2)],
        [event("RRULE:FREQ=MONTHLY;INTERVAL=12;BYMONTH=6", HOUR, uid=str(n)) for n in range(60)],
        [event("RDATE:" + ",".join(["20270106T090000Z"] * 10_001), HOUR)],
        [
            part
            for n in range(40)
            for part in (
                OUTLOOK_ZONE.format(name=f"Zone {n}")
                .replace("0200", f"02{n % 60:02}")
                .replace("END:", f"TZNAME:{'x' * 1000}\nEND:"),
                event(HOUR, starts=f";TZID=Zone {n}:20270106T090000", uid=str(n)),
            )
        ],
        [event(HOUR, f"LOCATION:{'x' * 4000}", uid=str(n)) for n in range(501)],
        ["X-LONG:" + "x" * 20_000_000],
    ],
    ids=["meetings", "days", "rules that may hit no day", "dates", "zones", "characters", "bytes"],
)
def test_more_than_can_be_followed_is_refused(parts: list[str]) -> None:
    assert refusal(calendar(*parts).encode()) == TOO_MUCH


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ["01-29", "02-26", "03-31", "04-30"]),
        ("FREQ=MONTHLY;BYDAY=1WE", ["01-06", "02-03", "03-03", "04-07"]),
        ("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=31", ["01-31", "03-31"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28", ["02-28"]),
        ("FREQ=DAILY;BYDAY=MO;COUNT=2", ["01-11", "01-18"]),
    ],
)
def test_the_rules_that_calendars_write_are_followed(rule: str, expected: list[str]) -> None:
    found = read(calendar(event(f"RRULE:{rule}", HOUR)), last=date(2027, 4, 30))
    assert [f"{one.starts:%m-%d}" for one in found if one.day > date(2027, 1, 6) or "1WE" in rule] == expected


def test_old_series_that_have_ended_and_birthdays_do_not_count() -> None:
    ended = "RRULE:FREQ=WEEKLY;UNTIL=20110101T000000Z"
    old = [event(ended, HOUR, uid=f"o{n}", starts=":20100106T090000Z") for n in range(300)]
    few = [event("RRULE:FREQ=DAILY;COUNT=9", HOUR, uid=f"c{n}", starts=":20100106T090000Z") for n in range(300)]
    born = [event("RRULE:FREQ=YEARLY", uid=f"b{n}", starts=";VALUE=DATE:16040101") for n in range(300)]
    assert told(calendar(*old, *few, *born, event(HOUR))) == ["01-06 09:00+0100 60"]


@settings(max_examples=some(40))
@given(st.data())
def test_whatever_stands_there_is_read_or_refused_with_a_sentence(data: st.DataObject) -> None:
    rows = data.draw(st.sampled_from([OUTLOOK, GOOGLE])).split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(rows) - 1))
        rows[at : at + 1] = data.draw(
            st.sampled_from([[], [rows[at]] * 2, [rows[at][:-1]], [rows[at][::-1]], [rows[at].replace("0", "9")]])
            | st.text(max_size=20).map(lambda text: [text])
        )
    try:
        found = read("\n".join(rows))
    except Unreadable:
        return
    assert [one.starts for one in found] == sorted(one.starts for one in found)
    assert all(FIRST <= one.day <= LAST and 0 < one.minutes < 1440 for one in found)
    assert len({one.id for one in found}) == len(found)


def test_a_meeting_is_in_a_named_zone() -> None:
    (meeting,) = read(calendar(event(HOUR)))
    assert meeting.starts.tzinfo == ZoneInfo(ZONE)
    assert meeting.starts == datetime(2027, 1, 6, 8, 0, tzinfo=UTC)
