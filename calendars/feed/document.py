"""A feed to subscribe to: no METHOD, no organizer, no SEQUENCE, the same bytes for the same content.

A METHOD would make it a message of scheduling, and a PUBLISH must name an ORGANIZER (RFC 5546, 3.2.1): there is none.
"""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from calendars.event import Event, zone_of
from calendars.icalendar_text import (
    busy_lines,
    duration,
    line,
    one_line,
    reminder_lines,
    text_line,
    time_line,
    utc,
)
from calendars.icalendar_text import calendar as whole

REFRESH = timedelta(hours=4)
"""How often clients are asked to look (RFC 7986, 5.7). Most have an interval of their own."""

PAST_DAYS, FUTURE_DAYS = 30, 180


def window(today: date) -> tuple[date, date]:
    """The days a feed holds: 30 back and 180 ahead in whole ISO weeks, so that the clock changes it once a week."""
    first, last = today - timedelta(days=PAST_DAYS), today + timedelta(days=FUTURE_DAYS)
    return first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())


def calendar(name: str, events: Iterable[Event], stamp: datetime, zone: str) -> bytes:
    """The feed of these events; `stamp` (aware) is when its content last changed and dates them all.

    Without events it holds the VTIMEZONE of `zone`: an iCalendar object has one component or more (RFC 5545, 3.6).
    Raises ValueError for an event outside a ZoneInfo.
    """
    shown, refresh = one_line(name), duration(REFRESH)
    header = b"".join(
        (
            text_line("NAME", shown),
            text_line("X-WR-CALNAME", shown),
            line("REFRESH-INTERVAL;VALUE=DURATION", refresh),
            line("X-PUBLISHED-TTL", refresh),
        )
    )
    stamped = line("DTSTAMP", utc(stamp))
    zones, lines = set(), []
    for event in events:
        lines.append(_vevent(event, stamped))
        zones.add((zone_of(event.starts), stamp.year))
    return whole(header, zones or {(zone, stamp.year)}, lines)


def etag(content: bytes) -> str:
    """A strong entity tag (RFC 9110, 8.8.3), quotes included."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _vevent(event: Event, stamped: bytes) -> bytes:
    """The lines in the order in which icalendar puts them; `stamped` is the DTSTAMP."""
    words = event.words
    return b"".join(
        (
            b"BEGIN:VEVENT\r\n",
            text_line("SUMMARY", words.summary),
            time_line("DTSTART", event.starts),
            time_line("DTEND", event.ends),
            stamped,
            text_line("UID", event.uid),
            text_line("DESCRIPTION", words.description),
            text_line("LOCATION", words.location) if words.location else b"",
            busy_lines(event.busy),
            reminder_lines(event.reminder_minutes, words.summary),
            b"END:VEVENT\r\n",
        )
    )
