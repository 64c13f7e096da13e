"""Independent readers of iCalendar, as oracles: what stands in a file on given days, as each of them sees it.

`ical` and `vobject` parse by themselves; `recurring_ical_events` shares our parser but expands by itself. All give
(start, end, summary) in UTC, sorted, of what begins on the days from `first` to `last` as the file's zone counts them.
Only the reader with vobject believes the file's VTIMEZONE; the other two look its TZID up in zoneinfo. So where all
agree, the VTIMEZONE tells the zone's true clock.
"""

import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

import icalendar
import recurring_ical_events
import vobject
from dateutil.tz import tzical
from ical.calendar_stream import IcsCalendarStream

Occurrence = tuple[datetime, datetime, str]
Reader = Callable[[bytes, date, date], list[Occurrence]]


def occurrences_ical(data: bytes, first: date, last: date) -> list[Occurrence]:
    """What `ical` sees. Raises its CalendarParseError for a file it does not take."""
    calendar = IcsCalendarStream.calendar_from_ics(data.decode())
    found = []
    for event in calendar.timeline:
        begins, ends = event.dtstart, event.end
        assert isinstance(begins, datetime)  # nothing here lasts all day
        assert isinstance(ends, datetime)
        if begins.date() > last:
            break
        found.append((begins, ends, event.summary or ""))
    return _within(found, first, last)


def occurrences_vobject(data: bytes, first: date, last: date) -> list[Occurrence]:
    """What `vobject` sees, with the clock that the file's own VTIMEZONE tells."""
    zones = file_zones(data)
    found = []
    for event in vobject.readOne(data.decode()).contents.get("vevent", []):
        begins, ends = event.dtstart.value, event.dtend.value
        # vobject keeps the name here once it has turned the value into a datetime of its own.
        named = event.dtstart.params.get("X-VOBJ-ORIGINAL-TZID")
        zone = zones[named[0]] if named else UTC
        starts = event.getrruleset(addRDate=True) if "rrule" in event.contents else [begins]
        for start in starts:
            local = start.replace(tzinfo=zone)
            found.append((local, local + (ends - begins), event.summary.value))
    return _within(found, first, last)


def occurrences_recurring(data: bytes, first: date, last: date) -> list[Occurrence]:
    """What `recurring_ical_events` sees."""
    events = recurring_ical_events.of(icalendar.Calendar.from_ical(data)).between(
        first - timedelta(days=1), last + timedelta(days=2)
    )
    return _within([(e["DTSTART"].dt, e["DTEND"].dt, str(e["SUMMARY"])) for e in events], first, last)


HOSTILE = [
    "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil",
    "a\rATTENDEE:mailto:evil@x.example\nMETHOD:CANCEL",
    'Sig "hej"; så, \\n og ^n',
    "bip\x07 \x00nul\x1b[31m \x85\u2028\u2029\ud800",
    "👩‍👩‍👧 🇩🇰 café " * 30,
    "å" * 20_000,
    "BEGIN:VEVENT",
    "END:VCALENDAR",
    "",
    " ",
]
"""Texts that a careless writer would let break the lines or add an event."""

READERS: tuple[Reader, ...] = (occurrences_ical, occurrences_vobject, occurrences_recurring)


def occurrences(data: bytes, first: date, last: date) -> list[Occurrence]:
    """What every reader sees. Fails when they do not agree."""
    found = [reader(data, first, last) for reader in READERS]
    assert found[0] == found[1]
    assert found[0] == found[2]
    return found[0]


def starts(data: bytes, first: date, last: date) -> list[str]:
    """When things begin, as every reader sees it: `2027-03-26 11:30` in UTC."""
    return [f"{start:%Y-%m-%d %H:%M}" for start, _, _ in occurrences(data, first, last)]


def lines(content: bytes) -> list[str]:
    """The logical lines, unfolded (RFC 5545, 3.1). Fails for bytes that are not well formed."""
    physical = content.split(b"\r\n")
    assert physical.pop() == b""
    assert max(map(len, physical)) <= 75
    logical = content.decode().replace("\r\n ", "").split("\r\n")[:-1]
    assert not any(re.search(r"[\x00-\x1f\x7f]", line) for line in logical)
    return logical


def file_zones(data: bytes) -> dict[str, tzinfo]:
    """The zones that a file describes, read from its VTIMEZONEs by dateutil; it does not know zoneinfo's."""
    lines = data.decode().splitlines(keepends=True)
    inside, kept = False, []
    for line in lines:
        inside = inside or line.startswith("BEGIN:VTIMEZONE")
        if inside:
            kept.append(line)
        inside = inside and not line.startswith("END:VTIMEZONE")
    return dict(_read_zones("".join(kept))) if kept else {}


@lru_cache(maxsize=64)
def _read_zones(text: str) -> dict[str, tzinfo]:
    """Kept by what was read: a zone of dateutil goes through its changes since 1970 once, and remembers them."""
    read = tzical(io.StringIO(text))
    return {name: read.get(name) for name in read.keys()}  # noqa: SIM118  # tzical is no mapping


class Outlook:
    """One person's calendar. It takes what is newer by SEQUENCE, then DTSTAMP (RFC 5546, 2.1.5), and drops the rest."""

    def __init__(self) -> None:
        self.items: dict[str, tuple[tuple[int, datetime], bytes]] = {}

    def receive(self, content: bytes) -> None:
        calendar = icalendar.Calendar.from_ical(content)
        (event,) = calendar.walk("VEVENT")
        uid, order = str(event["UID"]), (int(str(event["SEQUENCE"])), event.DTSTAMP)
        if uid not in self.items or order > self.items[uid][0]:
            self.items[uid] = (order, b"" if calendar["METHOD"] == "CANCEL" else content)

    def stands(self, first: date, last: date) -> list[datetime]:
        """When something begins, in UTC, whatever item it is from."""
        standing = [content for _, content in self.items.values() if content]
        return sorted(start for content in standing for start, _, _ in occurrences_ical(content, first, last))


def _within(found: list[Occurrence], first: date, last: date) -> list[Occurrence]:
    return sorted(
        (start.astimezone(UTC), end.astimezone(UTC), summary)
        for start, end, summary in found
        if first <= start.date() <= last
    )
