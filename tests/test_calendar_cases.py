"""Odd calendars that real programs write, each with the value that is right. The inputs: calendar_cases.toml."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from calendars.reading.result import Reading
from calendars.reading.source import read_meetings
from tests.test_source import OUTLOOK_ZONE

CASES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "calendar_cases.toml").read_text("utf-8"))["case"]

THURSDAYS = ", ".join(
    f"{day} 09:00 60" for day in ["12-03", "12-10", "12-17", "12-24", "12-31", "01-07", "01-14", "01-21", "01-28"]
)
FIRST, LAST = date(2026, 12, 1), date(2027, 1, 31)

ONCE = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:u1
SUMMARY:Afdelingsmøde
DTSTART;TZID=Europe/Copenhagen:20261203T090000
DTEND;TZID=Europe/Copenhagen:20261203T100000
LOCATION:Mødelokale Åen
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")
WEEKLY = ONCE.replace("LOCATION", "RRULE:FREQ=WEEKLY;BYDAY=TH\r\nLOCATION")


def read(content: bytes, zone: str = "Europe/Copenhagen", last: date = LAST) -> Reading:
    return read_meetings(content, "it", zone, FIRST, last)


def told(reading: Reading, *, places: bool = False) -> str:
    return ", ".join(
        f"{one.starts:%m-%d %H:%M} {one.minutes}" + (f" @{one.place}" if places else "") for one in reading.meetings
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_calendar_as_others_write_it_gives_the_meetings_that_are_meant(case: dict[str, Any]) -> None:
    text = f"BEGIN:VCALENDAR\n{case['ics']}END:VCALENDAR\n".replace("\n", "\r\n")
    found = read(text.encode(), case.get("zone", "Europe/Copenhagen"), case.get("last", LAST))
    right = case["right"].replace("every Thursday 09:00 60", THURSDAYS)
    assert told(found, places="@" in right) == right
    assert [f"{one.day} {one.text.format(**one.fields)}" for one in found.left_out] == case.get("left_out", [])
    assert found.guessed == case.get("guessed", {})
    assert len({one.id for one in found.meetings}) == len(found.meetings)


# --- those whose bytes matter


@pytest.mark.parametrize(
    "content",
    [
        b"Warning: Undefined index in /srv/www/export.php on line 3\r\n" + ONCE.encode(),
        ONCE.encode() + b"\0\0\x1a",
        b"\xef\xbb\xbf" + ONCE.replace("\r\n", "\n").encode(),
        ONCE.replace("\r\n", "\r\r\n").replace("20261203T090000", "2026\r\r\n 1203T090000").encode(),
        ONCE.replace("\r\n", "\r").encode(),
        ONCE.encode("utf-16"),
        ONCE.encode("utf-16-be"),
        ONCE.encode("cp1252"),
        ONCE.replace("Å", "\r\n Å").encode().replace(b"\xc3\x85", b"\xc3\r\n \x85"),
        ONCE.lower().replace("mødelokale åen", "Mødelokale Åen").encode(),
    ],
    ids=["warning before", "NUL and Ctrl-Z", "BOM and LF", "CR CR LF", "CR", "UTF-16", "UTF-16 without a mark", "Windows-1252",
         "folded within a character", "lower case"],
)  # fmt: skip
def test_bytes_as_they_come_are_read(content: bytes) -> None:
    found = read(content)
    assert (told(found, places=True), found.left_out) == ("12-03 09:00 60 @Mødelokale Åen", ())


def test_a_line_in_windows_1252_spoils_no_other() -> None:
    mixed = ONCE.encode().replace("Afdelingsmøde".encode(), "Afdelingsmøde".encode("cp1252"))
    assert told(read(mixed), places=True) == "12-03 09:00 60 @Mødelokale Åen"


def test_a_zone_with_the_dates_of_a_century_is_read() -> None:
    parts = "\r\n".join(
        f"BEGIN:{name}\r\nDTSTART:1970{month}01T020000\r\nTZOFFSETFROM:{before}\r\nTZOFFSETTO:{after}\r\n"
        + "\r\n".join(f"RDATE:{year}{month}{25 if year % 2 else 26}T020000" for year in range(1970, 2059))
        + f"\r\nEND:{name}"
        for name, month, before, after in (("DAYLIGHT", "03", "+0100", "+0200"), ("STANDARD", "10", "+0200", "+0100"))
    )
    zone = f"BEGIN:VTIMEZONE\r\nTZID:Own\r\n{parts}\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT"
    content = WEEKLY.replace("Europe/Copenhagen", "Own").replace("BEGIN:VEVENT", zone)
    assert told(read(content.encode(), "Europe/London")) == THURSDAYS.replace("09:00", "08:00")


def test_a_hundred_and_sixty_exported_files_put_together_are_read() -> None:
    zone = OUTLOOK_ZONE.format(name="Romance Standard Time").replace("\n", "\r\n")
    exported = ONCE.replace("BEGIN:VEVENT", f"{zone}BEGIN:VEVENT").replace("Europe/Copenhagen", "Romance Standard Time")
    files = [
        exported.replace("UID:u1", f"UID:u{number}").replace("20261203", f"202612{1 + number % 28:02}")
        for number in range(160)
    ]
    found = read("".join(files).encode())
    assert (len(found.meetings), {one.minutes for one in found.meetings}) == (160, {60})


def test_what_is_thrown_away_does_not_count() -> None:
    old = ONCE.replace("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "").replace("END:VCALENDAR\r\n", "")
    old = old.replace("20261203", "20201203").replace("LOCATION", f"DESCRIPTION:{'Dagsorden ' * 100}\r\nLOCATION")
    many = "".join(old.replace("UID:u1", f"UID:old{n}") for n in range(2200))
    content = ONCE.replace("BEGIN:VEVENT", many + "BEGIN:VEVENT", 1).encode()
    assert len(content) > 2_000_000
    assert told(read(content)) == "12-03 09:00 60"
