"""Content lines of iCalendar as bytes: cleaned, escaped, folded. The writer of invitations and feeds.

A dozen short functions write what icalendar would write, byte for byte: an object for each value, a dictionary for each
parameter and folding by the character are what it spends its time on. An invitation takes 70 us beside 1,200 us by
icalendar with the zone as bytes and 3,800 us with the zone as a component, a feed's event 33 us beside 630 us (`python
-m benchmarks invites feeds`, on a busy machine: trust the ratios, 17, 55 and 19). `tests/oracles/by_icalendar.py` is
the same by the library, and the tests hold every kind of event against it. A template filled for each person would have
to know each shape of an event (series or slot, cancelled, with a place, with days left out, with a bell); lines in
their order are simpler.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from calendars.event import zone_of
from calendars.zone import AS_UTC, vtimezone
from culture.vitamin.block import Busy

PRODID = "-//aikultur//aikultur//DA"

UNWRITABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Control characters but the line feed, what Unicode breaks lines at, and halves of a character that UTF-8 lacks."""

FOLD_AT = 74
"""Octets of a physical line before its break; RFC 5545, 3.1 allows 75, and a continued line has a space before it."""

UNQUOTED = re.compile(r"[^ ',;:\u2019]*")
"""A parameter value that icalendar writes without quotes: stricter than RFC 5545, 3.2, which asks it for `,;:`."""


def plain(text: str) -> str:
    """`text` with line feeds as its only control characters. Escaping does the rest (RFC 5545, 3.3.11)."""
    return UNWRITABLE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """`text` for a parameter such as CN: quotes would be written RFC 6868 style, which clients show literally."""
    return " ".join(plain(text).replace('"', "'").replace("^", " ").split())


def line(name: str, value: str) -> bytes:
    """One content line with its CRLF, folded where it is long. `name` may have parameters; nothing is escaped here.

    Folded between characters, and not after a backslash or caret: some readers mend escapes before they unfold.
    """
    content = f"{name}:{value}".encode()
    if len(content) <= FOLD_AT:
        return content + b"\r\n"
    pieces, begin = [], 0
    while len(content) - begin > FOLD_AT:
        end = begin + FOLD_AT
        while content[end] & 0xC0 == 0x80:  # inside a character of UTF-8
            end -= 1
        if content[end - 1] in b"\\^":
            end -= 1
        pieces.append(content[begin:end])
        begin = end
    pieces.append(content[begin:])
    return b"\r\n ".join(pieces) + b"\r\n"


def text_line(name: str, text: str) -> bytes:
    """A content line whose value is whatever somebody wrote (TEXT; RFC 5545, 3.3.11)."""
    escaped = plain(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return line(name, escaped)


def parameter(name: str, value: str) -> str:
    """A parameter of a name, its semicolon before it; `value` is one line without quotes, as `one_line` gives it."""
    return f";{name}={value}" if UNQUOTED.fullmatch(value) else f';{name}="{value}"'


def time_line(name: str, *moments: datetime) -> bytes:
    """A content line of local times in one zone, with its TZID (RFC 5545, 3.3.5). Raises ValueError as `zone_of`."""
    zone = zone_of(moments[0])
    if zone in AS_UTC:
        return line(name, ",".join(f"{clock(moment)}Z" for moment in moments))
    return line(f"{name};TZID={zone}", ",".join(map(clock, moments)))


def utc(moment: datetime) -> str:
    """An aware moment as UTC (RFC 5545, 3.3.5, form 2)."""
    return f"{clock(moment.astimezone(UTC))}Z"


def clock(moment: datetime) -> str:
    """What calendar and clock show at a moment: 20270326T123000. Not by strftime, which takes three times as long."""
    return moment.isoformat()[:19].replace("-", "").replace(":", "")


def busy_lines(busy: Busy) -> bytes:
    """How the time is shown: TRANSP for everybody, Microsoft's own for what TRANSP has no word for."""
    transp = "TRANSPARENT" if busy == "free" else "OPAQUE"
    return line("TRANSP", transp) + line("X-MICROSOFT-CDO-BUSYSTATUS", busy.upper())


def reminder_lines(minutes: int | None, text: str) -> bytes:
    """A VALARM so many minutes before the beginning; nothing for None."""
    if minutes is None:
        return b""
    return b"".join(
        (
            b"BEGIN:VALARM\r\nACTION:DISPLAY\r\n",
            text_line("DESCRIPTION", text),
            line("TRIGGER", duration(timedelta(minutes=-minutes))),
            b"END:VALARM\r\n",
        )
    )


def duration(span: timedelta) -> str:
    """A DURATION of whole minutes (RFC 5545, 3.3.6), such as -PT5M or P1DT2H."""
    sign, span = ("-", -span) if span < timedelta(0) else ("", span)
    hours, minutes = divmod(span.seconds // 60, 60)
    time = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    days = f"{span.days}D" if span.days or not time else ""
    return f"{sign}P{days}" + (f"T{time}" if time else "")


def calendar(header: bytes, zones: Iterable[tuple[str, int]], events: Iterable[bytes]) -> bytes:
    """A whole VCALENDAR: `header` are lines after PRODID; our VTIMEZONE of each (zone, year) goes before the events."""
    blocks = b"".join(vtimezone(zone, year) for zone, year in sorted(set(zones)))
    begin = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:{PRODID}\r\n".encode()
    return b"".join((begin, header, blocks, *events, b"END:VCALENDAR\r\n"))
