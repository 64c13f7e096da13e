"""What every writer of iCalendar here needs: texts without control characters, and our own time zones put in."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Component, vText

from calendars.zone import vtimezone
from culture.block import Busy

PRODID = "-//aikultur//aikultur//DA"


def plain(text: str) -> str:
    """`text` with line feeds as its only control characters. icalendar escapes the rest (RFC 5545, 3.3.11)."""
    return re.sub(r"[\x00-\x09\x0b-\x1f\x7f\u2028\u2029]", " ", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """`text` for a parameter such as CN: quotes would be written RFC 6868 style, which clients show literally."""
    return " ".join(plain(text).replace('"', "'").replace("^", " ").split())


def add_busy(component: Component, busy: Busy) -> None:
    """Say how the time is shown, to everybody in the same sense (MS-OXCICAL 2.1.3.1.1.20.36)."""
    shown = {"free": "FREE", "tentative": "TENTATIVE", "busy": "BUSY"}[busy]
    component.add("transp", "TRANSPARENT" if busy == "free" else "OPAQUE")
    component.add("x-microsoft-cdo-busystatus", vText(shown))
    component.add("x-microsoft-cdo-intendedstatus", vText(shown))


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
    at = content.find(b"BEGIN:VEVENT")
    at = content.find(b"END:VCALENDAR") if at < 0 else at
    return content[:at] + blocks + content[at:]


def zone_of(moment: datetime) -> str:
    """The IANA name of an aware moment's zone."""
    return str(getattr(moment.tzinfo, "key", "UTC"))
