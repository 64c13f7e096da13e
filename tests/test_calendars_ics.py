"""What feeds and invites say, read by three independent readers and compared with moments written by hand."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars import feed, invite
from calendars.difference import Change, Method
from calendars.event import Event, Series, Words, day_uid
from tests.readers import READERS

STAMP = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
SPAN = (date(2026, 12, 1), date(2028, 1, 31))
ORGANIZER, ATTENDEE = ("AI-kultur", "ai@x.example"), ("Åse Ærø", "aase@x.example")

# 12:30 on the wall of each zone, in UTC, on the Friday before and the Monday after 28 March and 31 October 2027.
AROUND = (date(2027, 3, 26), date(2027, 3, 29), date(2027, 10, 29), date(2027, 11, 1))
HALF_PAST_TWELVE = {
    "Europe/Copenhagen": ("11:30", "10:30", "10:30", "11:30"),
    "Atlantic/Faroe": ("12:30", "11:30", "11:30", "12:30"),
    "America/New_York": ("16:30", "16:30", "16:30", "16:30"),  # changes on 14 March and 7 November
    "Asia/Kolkata": ("07:00", "07:00", "07:00", "07:00"),
    "Australia/Sydney": ("01:30", "01:30", "01:30", "01:30"),  # changes on 4 April and 3 October
}


def single(day: date, zone: str = "Europe/Copenhagen", text: str = "AI-tid", busy: Any = "free") -> Event:
    starts = datetime(day.year, day.month, day.day, 12, 30, tzinfo=ZoneInfo(zone))
    return Event(
        uid=day_uid("7", day, "x.example"),
        starts=starts,
        ends=starts + timedelta(minutes=10),
        busy=busy,
        reminder_minutes=5,
        words=Words(summary=text, description=text, location=text),
    )


def weekly(**values: Any) -> Series:
    common: dict[str, Any] = {
        "uid": "block-1@x.example",
        "first": date(2026, 12, 4),
        "until": date(2027, 11, 30),
        "start": time(12, 30),
        "minutes": 10,
        "zone": "Europe/Copenhagen",
        "weekdays": frozenset({1, 5}),
        "exdates": frozenset(),
        "busy": "free",
        "reminder_minutes": 5,
    }
    return Series(**{**common, **values})


def mailed(series: Series, text: str = "AI-tid", method: Method = "REQUEST", name: str = ATTENDEE[0]) -> bytes:
    change = Change(
        key="invite/3/7",
        kind="cancel" if method == "CANCEL" else "update",
        uid=series.uid,
        person_id="7",
        channel="invite",
        sequence=3,
        dtstamp=STAMP,
        series=series,
        method=method,
        fingerprint="",
    )
    words = Words(summary=text, description=text, location=text)
    return invite.part(change, words, ORGANIZER, (name, ATTENDEE[1])).ics


def lines(content: bytes) -> list[str]:
    """The logical lines, unfolded (RFC 5545, 3.1)."""
    return content.decode().replace("\r\n ", "").split("\r\n")[:-1]


def well_formed(content: bytes) -> bool:
    physical = content.split(b"\r\n")
    whole = physical.pop() == b"" and b"\n" not in b"".join(physical) and b"\r" not in b"".join(physical)
    return whole and max(map(len, physical)) <= 75 and re.search(r"[\x00-\x1f\x7f]", "".join(lines(content))) is None


def value(content: bytes, name: str) -> str:
    """The one value of a property of the event, its alarm and the time zones left aside."""
    found = lines(content)
    event = found[found.index("BEGIN:VEVENT") : found.index("BEGIN:VALARM") if "BEGIN:VALARM" in found else None]
    (line,) = [line for line in event if re.match(f"{name}[;:]", line)]
    return line.partition(":")[2]


@pytest.mark.parametrize("zone", HALF_PAST_TWELVE)
@pytest.mark.parametrize("reader", READERS)
def test_a_feed_and_an_invite_stand_at_half_past_twelve_on_both_sides_of_both_changes(reader: Any, zone: str) -> None:
    feed_bytes = feed.calendar("AI-tid", [single(day, zone) for day in AROUND], STAMP)
    expected = [
        datetime.combine(day, time.fromisoformat(at), UTC)
        for day, at in zip(AROUND, HALF_PAST_TWELVE[zone], strict=True)
    ]
    ends = timedelta(minutes=10)
    assert reader(feed_bytes, *SPAN) == [(start, start + ends, "AI-tid") for start in expected]
    found = reader(mailed(weekly(zone=zone)), *SPAN)
    assert {(start, start + ends, "AI-tid") for start in expected} <= set(found)
    assert {start.astimezone(ZoneInfo(zone)).time() for start, _, _ in found} == {time(12, 30)}


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_leaves_out_the_same_days_and_stops_after_the_same_last_one(reader: Any) -> None:
    away = frozenset({date(2027, 3, 26), date(2027, 3, 29), date(2027, 4, 5)})
    series = weekly(first=date(2027, 3, 19), until=date(2027, 4, 12), exdates=away)
    assert [f"{start:%m-%d %H:%M}" for start, _, _ in reader(mailed(series), *SPAN)] == [
        "03-19 11:30",
        "03-22 11:30",
        "04-02 10:30",
        "04-09 10:30",
        "04-12 10:30",
    ]


@pytest.mark.parametrize(
    ("zone", "until"),
    [
        ("Europe/Copenhagen", "20271130T225959Z"),
        ("America/New_York", "20271201T045959Z"),
        ("Asia/Kolkata", "20271130T182959Z"),
        ("Atlantic/Faroe", "20271130T235959Z"),
        ("Australia/Sydney", "20271130T125959Z"),
    ],
)
def test_until_is_the_end_of_the_last_local_day_in_utc(zone: str, until: str) -> None:
    assert f"UNTIL={until}" in value(mailed(weekly(zone=zone)), "RRULE").split(";")


def test_exdates_repeat_the_time_and_the_zone_of_dtstart() -> None:
    content = mailed(weekly(exdates=frozenset({date(2027, 3, 26), date(2027, 10, 29)})))
    assert "DTSTART;TZID=Europe/Copenhagen:20261204T123000" in lines(content)
    assert "EXDATE;TZID=Europe/Copenhagen:20270326T123000,20271029T123000" in lines(content)


@pytest.mark.parametrize("content", [mailed(weekly()), feed.calendar("AI-tid", [single(d) for d in AROUND], STAMP)])
def test_there_is_one_time_zone_with_yearly_rules_and_no_list_of_dates(content: bytes) -> None:
    zone = lines(content)[lines(content).index("BEGIN:VTIMEZONE") : lines(content).index("END:VTIMEZONE")]
    assert lines(content).count("BEGIN:VTIMEZONE") == 1
    assert [line for line in zone if line.startswith("RRULE")] == [
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    ]
    assert not any(line.startswith("RDATE") for line in lines(content))


def test_mail_requests_or_cancels_without_asking_for_an_answer_and_a_feed_publishes() -> None:
    request, cancel = mailed(weekly()), mailed(weekly(), method="CANCEL")
    assert (lines(request)[3], lines(cancel)[3]) == ("METHOD:REQUEST", "METHOD:CANCEL")
    assert (value(request, "STATUS"), value(cancel, "STATUS")) == ("CONFIRMED", "CANCELLED")
    assert value(request, "SEQUENCE") == value(cancel, "SEQUENCE") == "3"
    for content in (request, cancel):
        (attendee,) = [line for line in lines(content) if line.startswith("ATTENDEE")]
        assert ";RSVP=FALSE" in attendee
    content = feed.calendar("AI-tid", [single(day) for day in AROUND], STAMP)
    assert lines(content)[3] == "METHOD:PUBLISH"
    assert not any(re.match("(ATTENDEE|ORGANIZER|SEQUENCE)[;:]", line) for line in lines(content))


@pytest.mark.parametrize(
    ("busy", "transp", "status"),
    [("free", "TRANSPARENT", "FREE"), ("tentative", "OPAQUE", "TENTATIVE"), ("busy", "OPAQUE", "BUSY")],
)
def test_how_the_time_is_shown_is_said_alike_in_every_property(busy: Any, transp: str, status: str) -> None:
    request, published = mailed(weekly(busy=busy)), feed.calendar("AI-tid", [single(AROUND[0], busy=busy)], STAMP)
    for content in (request, published):
        assert (value(content, "TRANSP"), value(content, "X-MICROSOFT-CDO-BUSYSTATUS")) == (transp, status)
    assert value(request, "X-MICROSOFT-CDO-INTENDEDSTATUS") == status


HOSTILE = [
    "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil",
    "a\rATTENDEE:mailto:evil@x.example\nMETHOD:CANCEL",
    'Sig "hej"; så, \\n og ^n',
    "bip\x07 \x00nul\x1b[31m \x85\u2028\u2029\ud800",
    "👩‍👩‍👧 🇩🇰 café " * 30,
    "å" * 20_000,
    "",
    " ",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_breaks_the_lines_or_adds_an_event(text: str) -> None:
    for content in (
        mailed(weekly(), text, name=text[:200]),
        feed.calendar(text, [single(AROUND[0], text=text)], STAMP),
    ):
        assert well_formed(content)
        names = [re.split("[:;]", line)[0] for line in lines(content)]
        assert [names.count(name) for name in ("UID", "METHOD", "DTSTART")] == [1, 1, 1 + 2]  # two in the time zone
        assert names.count("ATTENDEE") == names.count("ORGANIZER") == names.count("SEQUENCE") <= 1
        seen = [reader(content, AROUND[0], AROUND[0]) for reader in READERS]
        assert [[start for start, _, _ in found] for found in seen] == [[datetime(2027, 3, 26, 11, 30, tzinfo=UTC)]] * 3
        assert seen[0] == seen[1] == seen[2] or text.strip() == ""


def test_a_name_is_written_without_the_escapes_that_clients_show_as_they_are() -> None:
    content = mailed(weekly(), name='Åse "Ås" Ærø^n; IT\r\nATTENDEE:mailto:evil@x.example')
    (attendee,) = [line for line in lines(content) if line.startswith("ATTENDEE")]
    assert "^" not in attendee
    assert "CN=\"Åse 'Ås' Ærø n; IT ATTENDEE:mailto:evil@x.example\"" in attendee
    assert attendee.endswith(":mailto:aase@x.example")


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200), st.text(max_size=60))
def test_any_text_whatever_gives_well_formed_bytes_that_are_the_same_again(text: str, name: str) -> None:
    content = mailed(weekly(), text, name=name)
    assert well_formed(content)
    assert content == mailed(weekly(), text, name=name)
    published = feed.calendar(name, [single(AROUND[0], text=text)], STAMP)
    assert well_formed(published)
    assert published == feed.calendar(name, [single(AROUND[0], text=text)], STAMP)
    assert lines(content).count("BEGIN:VEVENT") == lines(published).count("BEGIN:VEVENT") == 1


def test_the_order_in_which_excluded_days_are_named_does_not_show() -> None:
    away = [date(2026, 12, 7) + timedelta(weeks=n) for n in range(40)]
    assert mailed(weekly(exdates=frozenset(away))) == mailed(weekly(exdates=frozenset(reversed(away))))
