"""Invitations by mail (iMIP, RFC 6047): a REQUEST or CANCEL about a series or a slot, to one person only."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, vCalAddress, vText
from icalendar import Event as VEvent

from calendars.channel import InvitePart
from calendars.difference import Change
from calendars.event import Entry, Series, Slot, Words
from calendars.icalendar_text import PRODID, add_busy, add_reminder, one_line, plain, written
from calendars.zone import DAYS

Mailbox = tuple[str, str]
"""A name and an address."""


def part(change: Change, words: Words, organizer: Mailbox, attendee: Mailbox) -> InvitePart:
    """The calendar part of a letter. The organizer must never be the attendee: Outlook would show no event.

    A slot's place is its own, whatever the words say. Raises ValueError for an address with blanks or control
    characters and for a change that travels in words alone, UnsupportedZone as `vtimezone` does.
    """
    if change.method is None:
        raise ValueError(f"the change {change.key} travels without a calendar part")
    # Moved to a feed, what is cancelled is what stood; what stands from now on is the feed's.
    entry = (change.stood or change.entry) if change.method == "CANCEL" else change.entry
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    calendar.add("method", change.method)
    calendar.add_component(_vevent(change, entry, words, organizer, attendee))
    content = written(calendar, [(entry.zone, change.dtstamp.year)])
    return InvitePart(recipient=attendee[1], method=change.method, ics=content)


def _vevent(change: Change, entry: Entry, words: Words, organizer: Mailbox, attendee: Mailbox) -> VEvent:
    found = VEvent()
    cancelled = change.method == "CANCEL"
    found.add("uid", change.uid)
    found.add("sequence", change.sequence)
    found.add("dtstamp", change.dtstamp)
    found.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    _add_times(found, entry)
    found.add("summary", plain(words.summary))
    found.add("description", plain(words.description))
    if place := entry.place if isinstance(entry, Slot) else words.location:
        found.add("location", plain(place))
    found.add("organizer", _address(organizer))
    found.add("attendee", _attendee(attendee))
    add_busy(found, entry.busy)
    # What the attendee's copy is to show (MS-OXCICAL 2.1.3.1.1.20.36); without it Outlook books them as busy.
    found.add("x-microsoft-cdo-intendedstatus", vText(entry.busy.upper()))
    if not cancelled:
        add_reminder(found, entry.reminder_minutes, words.summary)
    return found


def _add_times(found: VEvent, entry: Entry) -> None:
    if isinstance(entry, Slot):
        found.add("dtstart", entry.starts)
        found.add("dtend", entry.ends)
        return
    starts = _starts(entry)
    found.add("dtstart", starts)
    found.add("dtend", starts + timedelta(minutes=entry.minutes))
    found.add("rrule", _rule(entry))
    excluded = [datetime.combine(day, entry.start, starts.tzinfo) for day in sorted(entry.exdates)]
    if excluded:
        found.add("exdate", excluded)


def _starts(series: Series) -> datetime:
    return datetime.combine(series.first, series.start, ZoneInfo(series.zone))


def _rule(series: Series) -> dict[str, object]:
    """WEEKLY with BYDAY: DAILY with BYDAY is not mapped by Outlook. UNTIL in UTC (RFC 5545, 3.3.10)."""
    until = datetime.combine(series.until, time(23, 59, 59), ZoneInfo(series.zone)).astimezone(UTC)
    return {"freq": "weekly", "byday": [DAYS[day - 1] for day in sorted(series.weekdays)], "until": until}


def _address(mailbox: Mailbox) -> vCalAddress:
    name, address = mailbox
    if not address.isprintable() or " " in address:
        raise ValueError(f"{address!a} is not an e-mail address: it holds a blank or a control character.")
    found = vCalAddress(f"mailto:{address}")
    if shown := one_line(name):
        found.params["CN"] = vText(shown)
    return found


def _attendee(mailbox: Mailbox) -> vCalAddress:
    found = _address(mailbox)
    found.params["ROLE"] = vText("REQ-PARTICIPANT")
    found.params["PARTSTAT"] = vText("NEEDS-ACTION")
    found.params["RSVP"] = vText("FALSE")
    return found
