"""Invitations by mail (iMIP, RFC 6047): a REQUEST or CANCEL about a series or a slot, to one person. Of what several
attend together it names the others too."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from calendars.channel import InvitePart
from calendars.difference import Change
from calendars.event import Entry, Series, Slot, Words
from calendars.icalendar_text import (
    busy_lines,
    calendar,
    line,
    one_line,
    parameter,
    reminder_lines,
    text_line,
    time_line,
    utc,
)
from calendars.zone import DAYS

Mailbox = tuple[str, str]
"""A name and an address."""

ASKED = ";PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=FALSE"
"""Whoever is invited need not answer (RFC 5545, 3.2.17)."""


def part(
    change: Change, words: Words, organizer: Mailbox, attendee: Mailbox, others: Iterable[Mailbox] = ()
) -> InvitePart:
    """The calendar part of a letter. The organizer must never be the attendee: Outlook would show no event. `others`
    attend it too, and get a letter of their own.

    A slot's place is its own, whatever the words say. Raises ValueError for an address with blanks or control
    characters and for a change that travels in words alone.
    """
    entry = entry_of(change)
    assert change.method is not None  # `entry_of` has seen to it
    event = _vevent(change, entry, words, organizer, (attendee, *others))
    content = calendar(line("METHOD", change.method), [(entry.zone, change.dtstamp.year)], [event])
    return InvitePart(recipient=attendee[1], method=change.method, ics=content)


def entry_of(change: Change) -> Entry:
    """What the part is about. Raises ValueError for a change that travels in words alone."""
    if change.method is None:
        raise ValueError(f"the change {change.key} travels without a calendar part")
    # Moved to a feed, what is cancelled is what stood; what stands from now on is the feed's.
    return (change.stood or change.entry) if change.method == "CANCEL" else change.entry


def checked(address: str) -> str:
    """The address. Raises ValueError when it holds a blank or a control character: it would break its line."""
    if not address.isprintable() or " " in address:
        raise ValueError(f"{address!a} is not an e-mail address: it holds a blank or a control character.")
    return address


def starts(series: Series) -> datetime:
    """When the first occurrence begins, in the series' zone."""
    return datetime.combine(series.first, series.start, ZoneInfo(series.zone))


def last_moment(series: Series) -> datetime:
    """UNTIL, in UTC (RFC 5545, 3.3.10): the end of the last day that may be one."""
    return datetime.combine(series.until, time(23, 59, 59), ZoneInfo(series.zone)).astimezone(UTC)


def excluded(series: Series) -> list[datetime]:
    """When the occurrences that are left out would begin: EXDATE repeats the time and zone of DTSTART."""
    zone = ZoneInfo(series.zone)
    return [datetime.combine(day, series.start, zone) for day in sorted(series.exdates)]


def _vevent(change: Change, entry: Entry, words: Words, organizer: Mailbox, attendees: Iterable[Mailbox]) -> bytes:
    """The lines in the order in which icalendar puts them."""
    cancelled = change.method == "CANCEL"
    place = entry.place if isinstance(entry, Slot) else words.location
    first, rule = _times(entry)
    return b"".join(
        (
            b"BEGIN:VEVENT\r\n",
            text_line("SUMMARY", words.summary),
            first,
            line("DTSTAMP", utc(change.dtstamp)),
            text_line("UID", change.uid),
            line("SEQUENCE", str(change.sequence)),
            rule,
            *(_address_line("ATTENDEE", one, ASKED) for one in attendees),
            text_line("DESCRIPTION", words.description),
            text_line("LOCATION", place) if place else b"",
            _address_line("ORGANIZER", organizer),
            line("STATUS", "CANCELLED" if cancelled else "CONFIRMED"),
            busy_lines(entry.busy),
            # What the attendee's copy is to show (MS-OXCICAL 2.1.3.1.1.20.36); without it Outlook books them as busy.
            line("X-MICROSOFT-CDO-INTENDEDSTATUS", entry.busy.upper()),
            b"" if cancelled else reminder_lines(entry.reminder_minutes, words.summary),
            b"END:VEVENT\r\n",
        )
    )


def _times(entry: Entry) -> tuple[bytes, bytes]:
    """When it is, and how it returns (nothing for a slot).

    WEEKLY with BYDAY: DAILY with BYDAY is not mapped by Outlook.
    """
    if isinstance(entry, Slot):
        return time_line("DTSTART", entry.starts) + time_line("DTEND", entry.ends), b""
    begins, days = starts(entry), excluded(entry)
    byday = ",".join(DAYS[day - 1] for day in sorted(entry.weekdays))
    rule = line("RRULE", f"FREQ=WEEKLY;UNTIL={utc(last_moment(entry))};BYDAY={byday}")
    return (
        time_line("DTSTART", begins) + time_line("DTEND", begins + timedelta(minutes=entry.minutes)),
        rule + (time_line("EXDATE", *days) if days else b""),
    )


def _address_line(name: str, mailbox: Mailbox, asked: str = "") -> bytes:
    called, address = one_line(mailbox[0]), checked(mailbox[1])
    shown = parameter("CN", called) if called else ""
    return line(f"{name}{shown}{asked}", f"mailto:{address}")
