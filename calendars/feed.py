"""A feed to subscribe to: METHOD:PUBLISH, no organizer, no SEQUENCE, the same bytes for the same content."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from icalendar import Calendar, vDuration, vText
from icalendar import Event as VEvent

from calendars.event import Event, zone_of
from calendars.icalendar_text import PRODID, add_busy, add_reminder, one_line, plain, written

REFRESH = timedelta(hours=4)
"""How often clients are asked to look (RFC 7986, 5.7). Most have an interval of their own."""

PAST_DAYS, FUTURE_DAYS = 30, 180


def window(today: date) -> tuple[date, date]:
    """The days a feed holds: 30 back and 180 ahead in whole ISO weeks, so that the clock changes it once a week."""
    first, last = today - timedelta(days=PAST_DAYS), today + timedelta(days=FUTURE_DAYS)
    return first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())


def calendar(name: str, events: Iterable[Event], stamp: datetime) -> bytes:
    """The feed of these events; `stamp` (aware) is when its content last changed and dates them all.

    Raises ValueError for an event outside a ZoneInfo, UnsupportedZone for one in a zone that no rule describes.
    """
    found = Calendar()
    found.add("version", "2.0")
    found.add("prodid", PRODID)
    found.add("method", "PUBLISH")
    # vText and vDuration by hand: icalendar writes what it has no type for as it stands, unescaped.
    found.add("name", vText(one_line(name)))
    found.add("x-wr-calname", vText(one_line(name)))
    found.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    found.add("x-published-ttl", vDuration(REFRESH))
    zones = set()
    for event in events:
        found.add_component(_vevent(event, stamp))
        zones.add(zone_of(event.starts))
    return written(found, ((zone, stamp.year) for zone in zones))


def etag(content: bytes) -> str:
    """A strong entity tag (RFC 9110, 8.8.3), quotes included."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _vevent(event: Event, stamp: datetime) -> VEvent:
    found = VEvent()
    found.add("uid", event.uid)
    found.add("dtstamp", stamp)
    found.add("dtstart", event.starts)
    found.add("dtend", event.ends)
    found.add("summary", plain(event.words.summary))
    found.add("description", plain(event.words.description))
    if event.words.location:
        found.add("location", plain(event.words.location))
    add_busy(found, event.busy)
    add_reminder(found, event.reminder_minutes, event.words.summary)
    return found
