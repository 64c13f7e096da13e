"""What every writer of iCalendar here needs: texts without control characters, and our own time zones put in."""

import re
from collections.abc import Iterable
from datetime import timedelta

from icalendar import Alarm, Calendar, Component, vText

from calendars.zone import vtimezone
from culture.block import Busy

PRODID = "-//aikultur//aikultur//DA"

UNWRITABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Control characters but the line feed, what Unicode breaks lines at, and halves of a character that UTF-8 lacks."""


def plain(text: str) -> str:
    """`text` with line feeds as its only control characters. icalendar escapes the rest (RFC 5545, 3.3.11)."""
    return UNWRITABLE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """`text` for a parameter such as CN: quotes would be written RFC 6868 style, which clients show literally."""
    return " ".join(plain(text).replace('"', "'").replace("^", " ").split())


def add_busy(component: Component, busy: Busy) -> None:
    """Say how the time is shown: TRANSP for everybody, Microsoft's own for what TRANSP has no word for."""
    component.add("transp", "TRANSPARENT" if busy == "free" else "OPAQUE")
    component.add("x-microsoft-cdo-busystatus", vText(busy.upper()))


def add_reminder(component: Component, minutes: int | None, text: str) -> None:
    if minutes is None:
        return
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", plain(text))
    alarm.add("trigger", timedelta(minutes=-minutes))
    component.add_component(alarm)


def written(calendar: Calendar, zones: Iterable[tuple[str, int]]) -> bytes:
    """The calendar as bytes, with our VTIMEZONE of each (zone, year) before its events."""
    content: bytes = calendar.to_ical()
    blocks = b"".join(vtimezone(zone, year) for zone, year in sorted(set(zones)))
    # With their line breaks: a name may hold these words, but no text holds a break that is not escaped or folded.
    return content.replace(b"\r\nBEGIN:VEVENT\r\n", b"\r\n" + blocks + b"BEGIN:VEVENT\r\n", 1)
