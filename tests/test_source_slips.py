"""Slips of programs that write calendars: each costs what is broken, is told, and nothing else."""

from datetime import date

import pytest

from calendars.reading.clocks import known_zone
from calendars.reading.result import Reading
from calendars.reading.rules import rule_of
from tests.test_source import HOUR, OUTLOOK_ZONE, calendar, event, reading

SERIES = "RRULE:FREQ=WEEKLY;COUNT=3"
GOOD = event(HOUR, uid="good", starts=";TZID=Europe/Copenhagen:20270301T090000")
THREE = ["01-06 09:00", "01-13 09:00", "01-20 09:00"]


def days(found: Reading) -> list[str]:
    return [f"{one.starts:%m-%d %H:%M}" for one in found.meetings if one.day != date(2027, 3, 1)]


def told(found: Reading) -> list[str]:
    return [one.text.format(**one.fields) for one in found.left_out]


def moved(recurrence: str, *more: str, starts: str = ";TZID=Europe/Copenhagen:20270114T130000") -> str:
    return event(f"RECURRENCE-ID{recurrence}", *(more or (HOUR,)), starts=starts)


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("EXDATE:", THREE),
        ("EXDATE;TZID=Europe/Copenhagen:", THREE),
        ("EXDATE;VALUE=DATE:,", THREE),
        ("EXDATE:20270113T080000Z, ,20270120T080000Z,", THREE[:1]),
        ("EXDATE;TZID=Europe/Copenhagen:20270113T0900", [THREE[0], THREE[2]]),
        ("EXDATE;TZID=Europe/Copenhagen:20270113T000000", [THREE[0], THREE[2]]),
        ("EXDATE;TZID=Europe/Copenhagen:20270113", [THREE[0], THREE[2]]),
        ("EXDATE:2027-01-13", [THREE[0], THREE[2]]),
        ("RDATE:", THREE),
        ("RDATE;VALUE=DATE:20270127", [*THREE, "01-27 09:00"]),
        ("RRULE:", THREE),
        ("EXRULE:", THREE),
        ("EXRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=2", [THREE[1]]),
        ("SEQUENCE:", THREE),
        ("SEQUENCE:1.0", THREE),
        ("SEQUENCE:one", THREE),
        ("RECURRENCE-ID:", THREE),
        ("RECURRENCE-ID;TZID=Europe/Copenhagen:", THREE),
        ("STATUS:", THREE),
        ("LOCATION:", THREE),
        ("DTEND:", THREE),
        ("UID:", THREE),
        ("DTSTART:", THREE),
        ("RRULE:;;", THREE),
    ],
)
def test_what_says_nothing_or_says_it_oddly_costs_nothing(line: str, left: list[str]) -> None:
    found = reading(calendar(event(SERIES, line, HOUR), GOOD))
    assert (days(found), told(found), len(found.said)) == (left, [], 2)


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        ("FREQ=WEEKLY;COUNT=3;", THREE),
        (";FREQ=WEEKLY;;COUNT=3", THREE),
        ("FREQ=WEEKLY; COUNT=3; BYDAY=WE", THREE),
        ("freq=weekly;count=3", THREE),
        ("FREQ=WEEKLY;COUNT=3;UNTIL=", THREE),
        ("FREQ=WEEKLY;COUNT=;UNTIL=20270120", THREE),
        ("FREQ=WEEKLY;COUNT=0;UNTIL=20270120", THREE),
        ("FREQ=WEEKLY;UNTIL=20270120T080000.000Z", THREE),
        ("FREQ=WEEKLY;UNTIL=20270120T0800Z", THREE),
        ("FREQ=WEEKLY;UNTIL=20270120T080000Z", THREE),
        ("FREQ=WEEKLY;UNTIL=20270120T090000", THREE),
        ("FREQ=WEEKLY;UNTIL=20270120T075959Z", THREE[:2]),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20270120", THREE[:2]),
        ("FREQ=WEEKLY;COUNT=9;UNTIL=20270120", THREE),
        ("RSCALE=GREGORIAN;FREQ=WEEKLY;COUNT=3;SKIP=OMIT;X-NOTE=A", THREE),
    ],
)
def test_a_rule_means_what_it_plainly_means(rule: str, left: list[str]) -> None:
    for starts in (";TZID=Europe/Copenhagen:20270106T090000", ":20270106T090000", ":20270106T080000Z"):
        found = reading(calendar(event(f"RRULE:{rule}", HOUR, starts=starts), GOOD))
        assert (days(found), told(found)) == (left, [])


@pytest.mark.parametrize(
    ("lines", "left", "said"),
    [
        ([SERIES, "EXDATE:soon,20270113T080000Z", HOUR], [THREE[0], THREE[2]], 'its exception "soon" cannot be read, so that meeting stands.'),
        ([SERIES, "RDATE:soon", HOUR], THREE, 'its date "soon" cannot be read.'),
        ([SERIES, "EXRULE:FREQ=SECONDLY", HOUR], THREE, "its rule FREQ=SECONDLY cannot be followed."),
        (["RRULE:FREQ=WEEKLY;UNTIL=soon", HOUR], [], 'its last day "SOON" cannot be read.'),
        (["RRULE:FREQ=WEEKLY;COUNT=-1", HOUR], [], "its rule FREQ=WEEKLY;COUNT=-1 cannot be followed."),
        ([SERIES, "RECURRENCE-ID:soon", HOUR], [], 'which occurrence it replaces ("soon") cannot be read.'),
        ([SERIES, "DURATION:an hour"], [], 'its length "an hour" cannot be read.'),
        ([SERIES, "DURATION:P"], [], 'its length "P" cannot be read.'),
        ([SERIES, "DURATION:-PT1H"], [], "it ends before it begins."),
        ([SERIES, "DURATION:PT0S"], [], "it ends when it begins."),
        ([SERIES, "DTEND:20270106T0700Z"], [], "it ends before it begins."),
        ([SERIES, "DTEND;VALUE=DATE:20270107"], [], "its beginning is a time, and its end only a day."),
        ([SERIES, "DTEND:soon"], [], 'its end "soon" cannot be read.'),
        ([SERIES], [], "it has no end."),
    ],
)  # fmt: skip
def test_what_is_broken_costs_itself_alone_and_is_told(lines: list[str], left: list[str], said: str) -> None:
    found = reading(calendar(event("SUMMARY:Morgenmøde", *lines), GOOD))
    assert (days(found), told(found)) == (left, [said])
    assert {(one.what, one.day) for one in found.left_out} == {("Morgenmøde", "2027-01-06")}
    assert len(found.meetings) == len(left) + 1
    assert (len(found.said) == 2) == bool(left)  # of an event that stands the calendar says what there is to say


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("BEGIN:VEVENT\nUID:x\nDURATION:PT1H\nEND:VEVENT", ("x", "", "it has no beginning.")),
        (event(HOUR, uid="x", starts=":soon"), ("x", "", 'its beginning "soon" cannot be read.')),
        (event(HOUR, uid="x", starts=":20270230T090000"), ("x", "", 'its beginning "20270230T090000" cannot be read.')),
    ],
)
def test_an_event_without_a_beginning_is_named_by_what_there_is(block: str, said: tuple[str, str, str]) -> None:
    found = reading(calendar(block, GOOD))
    assert [(one.what, one.day, one.text.format(**one.fields)) for one in found.left_out] == [said]
    assert len(found.meetings) == 1


@pytest.mark.parametrize(
    "lines",
    [
        ["STATUS:CANCELLED"],
        ["STATUS:CANCELLED", "RRULE:FREQ=WEEKLY;BYDAY=FRI", HOUR],
        ["SUMMARY:Aflyst: Møde", "DTEND:soon"],
        ["STATUS:CANCELLED", "DTSTART:soon", "DTSTART:later"],
        ["RRULE:FREQ=HOURLY;UNTIL=20200101", "DURATION:PT1H"],
        ["RRULE:FREQ=SECONDLY;COUNT=1000", "DURATION:soon"],
    ],
)
def test_what_is_cancelled_or_long_over_is_not_told_of(lines: list[str]) -> None:
    old = ";TZID=Europe/Copenhagen:20190106T090000"
    starts = (
        old
        if any(line.startswith("RRULE:FREQ=HOURLY") or "SECONDLY" in line for line in lines)
        else ":20270106T080000Z"
    )
    found = reading(calendar(event(*lines, uid="x", starts=starts), GOOD))
    assert (len(found.meetings), told(found), len(found.said)) == (1, [], 2)


# --- occurrences that are replaced


@pytest.mark.parametrize(
    "recurrence",
    [
        ";TZID=Europe/Copenhagen:20270113T090000",
        ":20270113T080000Z",
        ":20270113T090000",
        ";VALUE=DATE:20270113",
        ":20270113",
        ";TZID=Europe/Copenhagen:20270113T000000",
        ";TZID=Europe/Copenhagen:20270113T100000",  # the hour that the series once had
        ";TZID=America/New_York:20270113T030000",
        ";TZID=Europe/Copenhagen:20270113T0900",
    ],
)
def test_one_occurrence_is_replaced_however_it_is_named(recurrence: str) -> None:
    series = calendar(event(SERIES, HOUR))
    for parts in ([event(SERIES, HOUR), moved(recurrence)], [moved(recurrence), event(SERIES, HOUR)]):
        found = reading(calendar(*parts))
        assert (days(found), told(found)) == ([THREE[0], "01-14 13:00", THREE[2]], [])
        assert [one.id for one in found.meetings] == [one.id for one in reading(series).meetings]


def test_a_rule_in_a_replacement_means_nothing_not_even_a_broken_one() -> None:
    for rule in ("RRULE:FREQ=WEEKLY;COUNT=3", "RRULE:FREQ=SECONDLY"):
        found = reading(calendar(event(SERIES, HOUR), moved(":20270113T080000Z", rule, HOUR)))
        assert (days(found), told(found)) == ([THREE[0], "01-14 13:00", THREE[2]], [])


@pytest.mark.parametrize("more", [("DTEND:soon",), ("DTEND:20270101T080000Z",), ("SUMMARY:x",)])
def test_a_broken_replacement_costs_itself_and_its_occurrence_stands(more: tuple[str, ...]) -> None:
    found = reading(calendar(event(SERIES, HOUR), moved(":20270113T080000Z", *more)))
    assert (days(found), len(told(found))) == (THREE, 1)


def test_an_occurrence_that_becomes_a_whole_day_or_is_called_off_with_no_more_than_its_day_is_none() -> None:
    whole = moved(";VALUE=DATE:20270113", "DURATION:P1D", starts=";VALUE=DATE:20270113")
    called_off = "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20270113T080000Z\nSTATUS:CANCELLED\nEND:VEVENT"
    for one in (whole, called_off):
        found = reading(calendar(event(SERIES, HOUR), one))
        assert (days(found), told(found)) == ([THREE[0], THREE[2]], [])


def test_two_occurrences_of_a_day_are_replaced_by_their_hours() -> None:
    twice = event("RDATE;TZID=Europe/Copenhagen:20270106T140000", HOUR)
    later = moved(";TZID=Europe/Copenhagen:20270106T140000", HOUR, starts=";TZID=Europe/Copenhagen:20270106T150000")
    assert days(reading(calendar(twice, later))) == ["01-06 09:00", "01-06 15:00"]


# --- zones


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Copenhagen", "Europe/Copenhagen"),
        ("/Europe/Vienna", "Europe/Vienna"),
        ("/freeassociation.sourceforge.net/Europe/Copenhagen", "Europe/Copenhagen"),
        ("/citadel.org/20260101_1/America/Argentina/Ushuaia", "America/Argentina/Ushuaia"),
        ("US-Eastern", "US/Eastern"),
        ("Romance Standard Time", "Europe/Paris"),
        ("Eastern Standard Time 1", "America/New_York"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Amsterdam"),
        ("(UTC+01:00) Bruxelles, København, Madrid, Paris", "Europe/Madrid"),
        ("(GMT+01.00) Sarajevo/Warsaw/Zagreb", "Europe/Sarajevo"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi", "Asia/Kolkata"),
        ("(UTC) Dublin, Edinburgh, Lisbon, London", "Europe/Dublin"),
        ("(UTC+02:00) Amsterdam", "None"),  # which of the two is meant nobody knows
        ("(UTC+01:00) Customized", "None"),
        ("Hjemme", "None"),
        ("", "None"),
        ("../../etc/passwd", "None"),
    ],
)
def test_a_zone_is_known_by_its_name_its_city_or_its_name_in_windows(name: str, zone: str) -> None:
    assert str(known_zone(name)) == zone


def test_utc_is_utc_whatever_it_is_called() -> None:
    assert {f"{known_zone(name)}" for name in ("UTC", "GMT", "utc", "Z", "tzone://Microsoft/Utc")} == {"UTC"}


@pytest.mark.parametrize(
    ("name", "starts", "guessed"),
    [
        ("(UTC+01:00) Customized", "09:00+0100", "Europe/Copenhagen"),
        ("(UTC-03:00) Customized", "13:00+0100", "UTC-03:00"),
        ("Hjemme", "09:00+0100", "Europe/Copenhagen"),
    ],
)
def test_what_nobody_knows_is_guessed_by_its_offset_or_taken_for_the_department_s(
    name: str, starts: str, guessed: str
) -> None:
    found = reading(calendar(event(HOUR, starts=f";TZID={name}:20270106T090000")))
    assert ([f"{one.starts:%H:%M%z}" for one in found.meetings], found.guessed) == ([starts], {name: guessed})


def test_a_zone_without_the_offset_before_its_change_is_read() -> None:
    lines = OUTLOOK_ZONE.format(name="Hjemme").split("\n")
    zone = "\n".join(line for line in lines if not line.startswith("TZOFFSETFROM"))
    found = reading(
        calendar(zone, event("RRULE:FREQ=MONTHLY;INTERVAL=6;COUNT=2", HOUR, starts=";TZID=Hjemme:20270106T090000"))
    )
    assert [f"{one.starts:%m-%d %H:%M%z}" for one in found.meetings] == ["01-06 09:00+0100", "07-06 09:00+0200"]
    assert found.guessed == {}


def test_floating_times_are_those_of_the_calendar_s_zone_and_else_of_the_department_s() -> None:
    floating = event("RRULE:FREQ=WEEKLY;UNTIL=20270113T080000Z", HOUR, starts=":20270106T090000")
    assert days(reading(calendar(floating))) == THREE[:2]
    there = reading(calendar("X-WR-TIMEZONE:Europe/London", event(HOUR, starts=":20270106T090000")))
    assert days(there) == ["01-06 10:00"]


# --- rules of vCalendar 1.0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("W1 TH #4", {"FREQ": "WEEKLY", "INTERVAL": "1", "BYDAY": "TH", "COUNT": "4"}),
        ("W2 MO WE 20271231T000000Z", {"FREQ": "WEEKLY", "INTERVAL": "2", "BYDAY": "MO,WE", "UNTIL": "20271231T000000Z"}),
        ("D1 #0", {"FREQ": "DAILY", "INTERVAL": "1"}),
        ("MP1 1+ TH #5", {"FREQ": "MONTHLY", "INTERVAL": "1", "BYDAY": "1TH", "COUNT": "5"}),
        ("MP1 1- FR #5", {"FREQ": "MONTHLY", "INTERVAL": "1", "BYDAY": "-1FR", "COUNT": "5"}),
        ("MD1 2 15 #5", {"FREQ": "MONTHLY", "INTERVAL": "1", "BYMONTHDAY": "2,15", "COUNT": "5"}),
        ("YM1 6 #2", {"FREQ": "YEARLY", "INTERVAL": "1", "BYMONTH": "6", "COUNT": "2"}),
    ],
)  # fmt: skip
def test_an_old_rule_is_put_into_today_s_words(old: str, new: dict[str, str]) -> None:
    assert rule_of(old) == new


# --- titles and places


@pytest.mark.parametrize(
    ("title", "off"),
    [
        ("Aflyst: Møde", True),
        ("AFLYST - Møde", True),
        ("AFLYST – Møde", True),
        ("Møde (aflyst)", True),
        ("[AFLYST] Møde", True),
        ("Aflyst", True),
        ("Avlyst: Møte", True),
        ("Inställt: Möte", True),
        ("Abgesagt: Besprechung", True),
        ("Annulé : Réunion", True),
        ("Canceled: Meeting", True),
        ("Aflyste møder: evaluering", False),
        ("Aflysninger", False),
        ("Aflyst møde indhentes", False),
        ("Møde om aflyst kursus", False),
        ("Afdelingsmøde", False),
    ],
)
def test_a_title_that_calls_the_meeting_off_does_and_one_that_speaks_of_it_does_not(title: str, *, off: bool) -> None:
    assert (days(reading(calendar(event(f"SUMMARY:{title}", HOUR)))) == []) is off


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (f"https://teams.example/l/{'a' * 300}", f"https://teams.example/l/{'a' * 300}"),
        (
            f"Lokale 4 https://teams.example/l/{'a' * 300} kælder",
            f"Lokale 4 https://teams.example/l/{'a' * 300} kælder",
        ),
        (f"Lokale 4 https://teams.example/l/{'a' * 1000}", "Lokale 4"),
        ("https://a.example https://b.example", "https://a.example"),
        ("ord " * 100, ("ord " * 50).strip()),
    ],
)
def test_a_link_in_a_place_is_whole_or_not_there(place: str, shown: str) -> None:
    (meeting,) = reading(calendar(event(f"LOCATION:{place}", HOUR))).meetings
    assert meeting.place == shown
