"""Invitations and feeds by the icalendar library: the plain way, and the measure of the fast one.

The service writes with `calendars.icalendar_text`; the tests hold each of its bytes against these, and the benchmarks
its speed. What should change in an invitation or a feed is changed in both, and a test fails until it is.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Component, vCalAddress, vDuration, vText
from icalendar import Event as VEvent

from calendars.difference import Change
from calendars.event import Entry, Event, Slot, Words, zone_of
from calendars.feed.document import REFRESH
from calendars.icalendar_text import PRODID, one_line, plain
from calendars.invite.part import Mailbox, checked, entry_of, excluded, last_moment, starts
from calendars.zone import DAYS, vtimezone
from culture.vitamin.block import Busy

END = b"END:VCALENDAR\r\n"


class Text(vText):
    r"""Text whose `\N` stays a backslash and a capital N: icalendar takes it for a line break, in C:\Notes too."""

    def to_ical(self) -> bytes:
        # No text of ours holds a NUL (see `plain`), so it can part the two while icalendar escapes.
        return vText(self.replace("\\N", "\\\0N")).to_ical().replace(b"\0", b"")


def invitation(change: Change, words: Words, organizer: Mailbox, attendee: Mailbox) -> bytes:
    """The bytes of `calendars.invite.part.part`. Raises as that does."""
    zone = (entry_of(change).zone, change.dtstamp.year)
    return written(invited(change, words, organizer, attendee), [zone])


def invited(change: Change, words: Words, organizer: Mailbox, attendee: Mailbox) -> Calendar:
    """The invitation without its zone."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    calendar.add("method", change.method)
    calendar.add_component(_invited(change, entry_of(change), words, organizer, attendee))
    return calendar


def feed(name: str, events: Iterable[Event], stamp: datetime, zone: str) -> bytes:
    """The bytes of `calendars.feed.document.calendar`. Raises as that does."""
    found = Calendar()
    found.add("version", "2.0")
    found.add("prodid", PRODID)
    # Types by hand: icalendar writes what it has no type for as it stands, unescaped.
    found.add("name", Text(one_line(name)))
    found.add("x-wr-calname", Text(one_line(name)))
    found.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    found.add("x-published-ttl", vDuration(REFRESH))
    zones = set()
    for event in events:
        found.add_component(_shown(event, stamp))
        zones.add(zone_of(event.starts))
    return written(found, ((name, stamp.year) for name in zones or {zone}))


def written(calendar: Calendar, zones: Iterable[tuple[str, int]]) -> bytes:
    """The calendar as bytes, with our VTIMEZONE of each (zone, year) before its events, or at its end."""
    content: bytes = calendar.to_ical()
    blocks = b"".join(vtimezone(zone, year) for zone, year in sorted(set(zones)))
    if not calendar.events:
        return content.removesuffix(END) + blocks + END
    # With their line breaks: a name may hold these words, but no text holds a break that is not escaped or folded.
    return content.replace(b"\r\nBEGIN:VEVENT\r\n", b"\r\n" + blocks + b"BEGIN:VEVENT\r\n", 1)


def _invited(change: Change, entry: Entry, words: Words, organizer: Mailbox, attendee: Mailbox) -> VEvent:
    found = VEvent()
    cancelled = change.method == "CANCEL"
    found.add("uid", change.uid)
    found.add("sequence", change.sequence)
    found.add("dtstamp", change.dtstamp)
    found.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    _add_times(found, entry)
    found.add("summary", Text(plain(words.summary)))
    found.add("description", Text(plain(words.description)))
    if place := entry.place if isinstance(entry, Slot) else words.location:
        found.add("location", Text(plain(place)))
    found.add("organizer", _address(organizer))
    found.add("attendee", _attendee(attendee))
    _add_busy(found, entry.busy)
    found.add("x-microsoft-cdo-intendedstatus", vText(entry.busy.upper()))
    if not cancelled:
        _add_reminder(found, entry.reminder_minutes, words.summary)
    return found


def _shown(event: Event, stamp: datetime) -> VEvent:
    found = VEvent()
    found.add("uid", event.uid)
    found.add("dtstamp", stamp)
    found.add("dtstart", event.starts)
    found.add("dtend", event.ends)
    found.add("summary", Text(plain(event.words.summary)))
    found.add("description", Text(plain(event.words.description)))
    if event.words.location:
        found.add("location", Text(plain(event.words.location)))
    _add_busy(found, event.busy)
    _add_reminder(found, event.reminder_minutes, event.words.summary)
    return found


def _add_times(found: VEvent, entry: Entry) -> None:
    if isinstance(entry, Slot):
        found.add("dtstart", entry.starts)
        found.add("dtend", entry.ends)
        return
    found.add("dtstart", starts(entry))
    found.add("dtend", starts(entry) + timedelta(minutes=entry.minutes))
    byday = [DAYS[day - 1] for day in sorted(entry.weekdays)]
    found.add("rrule", {"freq": "weekly", "byday": byday, "until": last_moment(entry)})
    if days := excluded(entry):
        found.add("exdate", days)


def _address(mailbox: Mailbox) -> vCalAddress:
    name, address = mailbox
    found = vCalAddress(f"mailto:{checked(address)}")
    if shown := one_line(name):
        found.params["CN"] = vText(shown)
    return found


def _attendee(mailbox: Mailbox) -> vCalAddress:
    found = _address(mailbox)
    found.params["ROLE"] = vText("REQ-PARTICIPANT")
    found.params["PARTSTAT"] = vText("NEEDS-ACTION")
    found.params["RSVP"] = vText("FALSE")
    return found


def _add_busy(component: Component, busy: Busy) -> None:
    component.add("transp", "TRANSPARENT" if busy == "free" else "OPAQUE")
    component.add("x-microsoft-cdo-busystatus", vText(busy.upper()))


def _add_reminder(component: Component, minutes: int | None, text: str) -> None:
    if minutes is None:
        return
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", Text(plain(text)))
    alarm.add("trigger", timedelta(minutes=-minutes))
    component.add_component(alarm)
