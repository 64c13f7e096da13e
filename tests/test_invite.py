import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.difference import Change, changes, intend, settle
from calendars.event import Series, Words
from calendars.invite import part as invite
from tests.calendar_readers import HOSTILE, READERS, lines, occurrences, starts
from tests.examples import some

NOW = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
WORDS = Words(summary="AI-tid", description="Ti minutter.")
ORGANIZER, ATTENDEE = ("AI-kultur", "ai@x.example"), ("Åse Ærø", "aase@x.example")
WEEKDAYS = frozenset(range(1, 6))
YEAR = (date(2027, 1, 1), date(2027, 12, 31))


def made(**values: Any) -> Series:
    common: dict[str, Any] = {
        "uid": "block-1@x.example",
        "first": date(2027, 3, 24),
        "until": date(2027, 4, 2),
        "start": time(12, 30),
        "minutes": 10,
        "zone": "Europe/Copenhagen",
        "weekdays": WEEKDAYS,
        "exdates": frozenset(),
        "busy": "free",
        "reminder_minutes": None,
    }
    return Series(**{**common, **values})


def change(series: Series) -> Change:
    return changes({"7": series}, {}, {}, NOW, {})[0]


def cancelled(series: Series) -> Change:
    publication = settle(intend(None, change(series), "letter-0"))
    return changes({}, {publication.uid: publication}, {}, NOW + timedelta(hours=1), {})[0]


def ics(series: Series, words: Words = WORDS, attendee: tuple[str, str] = ATTENDEE) -> bytes:
    return invite.part(change(series), words, ORGANIZER, attendee).ics


def event(content: bytes) -> icalendar.Event:
    (found,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert isinstance(found, icalendar.Event)
    return found


def of_event(content: bytes) -> list[str]:
    found = lines(content)
    return found[found.index("BEGIN:VEVENT") : found.index("END:VEVENT") + 1]


def test_an_invite_says_exactly_what_outlook_needs() -> None:
    series = made(exdates=frozenset({date(2027, 3, 26), date(2027, 3, 25)}), reminder_minutes=5)
    assert sorted(of_event(ics(series))) == sorted(
        [
            "BEGIN:VEVENT",
            "UID:block-1@x.example",
            "SEQUENCE:0",
            "DTSTAMP:20270104T080000Z",
            "STATUS:CONFIRMED",
            "DTSTART;TZID=Europe/Copenhagen:20270324T123000",
            "DTEND;TZID=Europe/Copenhagen:20270324T124000",
            "RRULE:FREQ=WEEKLY;UNTIL=20270402T215959Z;BYDAY=MO,TU,WE,TH,FR",
            "EXDATE;TZID=Europe/Copenhagen:20270325T123000,20270326T123000",
            "SUMMARY:AI-tid",
            "DESCRIPTION:Ti minutter.",
            "ORGANIZER;CN=AI-kultur:mailto:ai@x.example",
            'ATTENDEE;CN="Åse Ærø";PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailto:aase@x.example',
            "TRANSP:TRANSPARENT",
            "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
            "X-MICROSOFT-CDO-INTENDEDSTATUS:FREE",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            "DESCRIPTION:AI-tid",
            "TRIGGER:-PT5M",
            "END:VALARM",
            "END:VEVENT",
        ]
    )


def test_an_invite_is_one_calendar_with_one_zone_before_its_one_event() -> None:
    content = ics(made())
    begun = [line for line in lines(content) if line.startswith("BEGIN:")]
    assert begun == ["BEGIN:VCALENDAR", "BEGIN:VTIMEZONE", "BEGIN:DAYLIGHT", "BEGIN:STANDARD", "BEGIN:VEVENT"]
    assert lines(content)[:4] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//aikultur//aikultur//DA",
        "METHOD:REQUEST",
    ]


def test_the_part_names_its_recipient_and_method() -> None:
    part = invite.part(change(made()), WORDS, ORGANIZER, ATTENDEE)
    assert (part.recipient, part.method) == ("aase@x.example", "REQUEST")


def test_a_cancellation_cancels_the_whole_series_and_rings_no_bell() -> None:
    part = invite.part(cancelled(made(reminder_minutes=5)), WORDS, ORGANIZER, ATTENDEE)
    assert part.method == "CANCEL"
    assert "METHOD:CANCEL" in lines(part.ics)
    found = event(part.ics)
    assert (found["UID"], found["SEQUENCE"], found["STATUS"]) == ("block-1@x.example", 1, "CANCELLED")
    assert "RECURRENCE-ID" not in found
    assert found.subcomponents == []


@pytest.mark.parametrize(
    ("busy", "transp", "shown"),
    [("free", "TRANSPARENT", "FREE"), ("tentative", "OPAQUE", "TENTATIVE"), ("busy", "OPAQUE", "BUSY")],
)
def test_all_three_ways_of_showing_the_time_agree(busy: str, transp: str, shown: str) -> None:
    found = event(ics(made(busy=busy)))
    assert found["TRANSP"] == transp
    assert found["X-MICROSOFT-CDO-BUSYSTATUS"] == found["X-MICROSOFT-CDO-INTENDEDSTATUS"] == shown


def test_an_invite_stands_at_half_past_twelve_before_and_after_march() -> None:
    series = made(exdates=frozenset({date(2027, 3, 25), date(2027, 3, 26), date(2027, 3, 29)}))
    assert starts(ics(series), *YEAR) == [
        "2027-03-24 11:30",
        "2027-03-30 10:30",
        "2027-03-31 10:30",
        "2027-04-01 10:30",
        "2027-04-02 10:30",
    ]


def test_an_invite_stands_at_half_past_twelve_before_and_after_october() -> None:
    series = made(first=date(2027, 10, 27), until=date(2027, 11, 3), weekdays=frozenset({1, 3, 5}))
    assert starts(ics(series), *YEAR) == [
        "2027-10-27 10:30",
        "2027-10-29 10:30",
        "2027-11-01 11:30",
        "2027-11-03 11:30",
    ]


@pytest.mark.parametrize(
    ("zone", "first", "expected"),
    [
        ("Europe/Copenhagen", date(2027, 3, 27), ["03-27 11:30", "03-28 10:30", "03-29 10:30"]),
        ("Europe/Copenhagen", date(2027, 10, 30), ["10-30 10:30", "10-31 11:30", "11-01 11:30"]),
        ("Atlantic/Faroe", date(2027, 3, 27), ["03-27 12:30", "03-28 11:30", "03-29 11:30"]),
        ("Atlantic/Faroe", date(2027, 10, 30), ["10-30 11:30", "10-31 12:30", "11-01 12:30"]),
        ("America/New_York", date(2027, 3, 13), ["03-13 17:30", "03-14 16:30", "03-15 16:30"]),
        ("America/New_York", date(2027, 11, 6), ["11-06 16:30", "11-07 17:30", "11-08 17:30"]),
        ("Asia/Kolkata", date(2027, 3, 27), ["03-27 07:00", "03-28 07:00", "03-29 07:00"]),
        ("Australia/Sydney", date(2027, 4, 3), ["04-03 01:30", "04-04 02:30", "04-05 02:30"]),
        ("Australia/Sydney", date(2027, 10, 2), ["10-02 02:30", "10-03 01:30", "10-04 01:30"]),
    ],
)
def test_every_reader_sees_local_half_past_twelve_across_the_change(
    zone: str, first: date, expected: list[str]
) -> None:
    series = made(zone=zone, first=first, until=first + timedelta(days=2), weekdays=frozenset(range(1, 8)))
    found = occurrences(ics(series), *YEAR)
    assert [f"{start:%m-%d %H:%M}" for start, _, _ in found] == expected
    assert {(end - start, summary) for start, end, summary in found} == {(timedelta(minutes=10), "AI-tid")}


def test_the_last_day_counts_where_utc_is_already_on_the_next_or_still_on_the_one_before() -> None:
    for zone, start in (("America/New_York", time(21, 50)), ("Pacific/Auckland", time(6, 0))):
        series = made(zone=zone, start=start, first=date(2027, 6, 7), until=date(2027, 6, 8))
        assert len(starts(ics(series), *YEAR)) == 2


def test_a_series_that_was_rolled_over_keeps_its_old_first_day() -> None:
    series = made(first=date(2025, 12, 1), until=date(2027, 1, 8), exdates=frozenset({date(2027, 1, 6)}))
    assert starts(ics(series), date(2027, 1, 4), YEAR[1]) == [
        "2027-01-04 11:30",
        "2027-01-05 11:30",
        "2027-01-07 11:30",
        "2027-01-08 11:30",
    ]


def test_a_series_in_a_zone_without_a_yearly_rule_keeps_its_local_hour() -> None:
    # Ramadan 2027 is from 8 February to 9 March: the clock goes back an hour on the 7th, and forward on 14 March.
    series = made(zone="Africa/Casablanca", start=time(12, 30), first=date(2027, 2, 4), until=date(2027, 2, 9))
    assert starts(ics(series), date(2027, 2, 1), date(2027, 2, 28)) == [
        "2027-02-04 11:30",
        "2027-02-05 11:30",
        "2027-02-08 12:30",
        "2027-02-09 12:30",
    ]


NASTY = "a;b,c\\d\te\r\nf\rg\nh\x00i\x0bj\x85k\u2028l\x7fm\ud800n: æøå 🙂"
TAMED = "a;b,c\\d e\nf\ng\nh i j k l m n: æøå 🙂"


def test_whatever_stands_in_a_text_is_read_back_as_text() -> None:
    words = Words(summary=NASTY, description=NASTY + "\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n", location=NASTY)
    found = event(ics(made(reminder_minutes=5), words))
    assert (found["SUMMARY"], found["LOCATION"]) == (TAMED, TAMED)
    assert found["DESCRIPTION"] == TAMED + "\nEND:VEVENT\nBEGIN:VEVENT\n"
    assert found.subcomponents[0]["DESCRIPTION"] == TAMED
    assert [summary for _, _, summary in occurrences(ics(made(), words), *YEAR)] == [TAMED] * 8


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('Mette "Met" Lund', "Mette 'Met' Lund"),
        ("Lund, Mette; IT: drift", "Lund, Mette; IT: drift"),
        ("A^nB", "A nB"),
        ("Mette\r\nATTENDEE:mailto:evil@x.example", "Mette ATTENDEE:mailto:evil@x.example"),
        ('Åse "Ås" Ærø^n; IT', "Åse 'Ås' Ærø n; IT"),
        ("Mette\x00\tLund ", "Mette Lund"),
    ],
)
def test_a_name_cannot_break_out_of_its_parameter(name: str, shown: str) -> None:
    content = ics(made(), attendee=(name, "m@x.example"))
    attendee = event(content)["ATTENDEE"]
    assert (attendee.params["CN"], attendee) == (shown, "mailto:m@x.example")
    assert "^" not in content.decode()


def test_a_person_without_a_name_has_no_cn() -> None:
    assert "CN" not in event(ics(made(), attendee=("\t", "m@x.example")))["ATTENDEE"].params


@pytest.mark.parametrize("address", ["m@x.example\r\nX-A:1", "m m@x.example", "m@x.example\x00", "m\u2028@x.example"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="is not an e-mail address: it holds a blank or a control character"):
        ics(made(), attendee=("M", address))


def test_a_long_series_with_long_words_is_folded_at_75_octets() -> None:
    days = frozenset(date(2027, 1, 1) + timedelta(days=n) for n in range(120))
    series = made(first=date(2027, 1, 5), until=date(2027, 12, 31), exdates=days - {date(2027, 1, 5)})
    content = ics(series, Words(summary="æøå" * 60, description="å" * 500))
    assert lines(content)[-1] == "END:VCALENDAR"
    assert f"SUMMARY:{'æøå' * 60}" in lines(content)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_breaks_the_lines_or_adds_an_event(text: str) -> None:
    words = Words(summary=text, description=text, location=text)
    content = ics(made(reminder_minutes=5), words, attendee=(text[:200], "m@x.example"))
    names = [re.split("[:;]", line)[0] for line in lines(content)]
    assert [names.count(name) for name in ("UID", "METHOD", "ATTENDEE", "ORGANIZER", "SEQUENCE")] == [1] * 5
    assert [[start for start, _, _ in reader(content, *YEAR)] for reader in READERS] == [
        [start for start, _, _ in occurrences(ics(made()), *YEAR)]
    ] * 3


@settings(max_examples=some(25))
@given(st.text(max_size=200), st.text(max_size=60))
def test_any_text_whatever_gives_well_formed_bytes_that_are_the_same_again(text: str, name: str) -> None:
    words, attendee = Words(summary=text, description=text, location=text), (name, "m@x.example")
    content = ics(made(), words, attendee)
    assert content == ics(made(), words, attendee)
    assert lines(content).count("BEGIN:VEVENT") == 1


def test_the_order_in_which_excluded_days_are_named_does_not_show() -> None:
    away = [date(2027, 3, 25) + timedelta(days=n) for n in range(7)]
    assert ics(made(exdates=frozenset(away))) == ics(made(exdates=frozenset(reversed(away))))
