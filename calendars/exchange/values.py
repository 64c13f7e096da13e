"""From our values to exchangelib's, and back."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import exchangelib
from exchangelib import properties
from exchangelib.items import CalendarItem
from exchangelib.recurrence import EndDatePattern, Recurrence, WeeklyPattern

from calendars.event import Series, Slot
from calendars.server.block_sync import DayChange
from calendars.server.standing import Seen, SeenDay

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
GROUPS = {8: range(1, 8), 9: range(1, 6), 10: range(6, 8)}
"""exchangelib numbers the weekdays from 1, and behind them "Day", "Weekday" and "WeekendDay"."""

BUSY = {"free": "Free", "tentative": "Tentative", "busy": "Busy"}


class BadAnswer(Exception):
    """Exchange's answer lacks a property that it always has, or in a form that exchangelib cannot read. A sentence
    without the mailbox."""

    def __init__(self, what: str) -> None:
        super().__init__(f"in Exchange's answer {what} is missing or cannot be read.")


class Key(exchangelib.ExtendedProperty):  # type: ignore[misc]  # exchangelib comes without types
    """Our own property on everything we make: what it is found by when an answer was lost."""

    property_set_id = "c2a3a1f4-6f0e-4d0f-9f3a-7c1d3b0a5e21"
    property_name = "aikultur key"
    property_type = "String"


CalendarItem.register("aikultur_key", Key)


def event_fields(key: str, title: str, text: str, starts: datetime, ends: datetime) -> dict[str, Any]:
    """What a block is made with: our key, its words, its start and end in the zone as the server knows it."""
    zone = zone_of_server(starts)
    return {
        "aikultur_key": key,
        "subject": title,
        "body": exchangelib.Body(text),
        "start": local(starts, zone),
        "end": local(ends, zone),
    }


def shown(entry: Series | Slot) -> dict[str, Any]:
    """How an entry stands among the others: free or busy, and when it reminds, if it does."""
    reminder = entry.reminder_minutes
    fields: dict[str, Any] = {"legacy_free_busy_status": BUSY[entry.busy], "reminder_is_set": reminder is not None}
    return fields if reminder is None else fields | {"reminder_minutes_before_start": reminder}


def meeting_fields(slot: Slot, title: str, html: str) -> dict[str, Any]:
    """What a meeting is made with, but for whom it invites."""
    zone = zone_of_server(slot.starts)
    return shown(slot) | {
        "subject": title,
        "body": exchangelib.HTMLBody(html),
        "start": local(slot.starts, zone),
        "end": local(slot.ends, zone),
        "location": slot.place or None,
    }


def attendees(addresses: Iterable[str]) -> dict[str, Any]:
    """Whom a meeting invites."""
    # exchangelib sends a bare address as somebody who has accepted.
    mailboxes = (properties.Mailbox(email_address=one) for one in addresses)
    return {"required_attendees": [properties.Attendee(mailbox=one, response_type="Unknown") for one in mailboxes]}


def recurrence(series: Series) -> Any:
    """The rule of a series: every week on its weekdays, to its last day."""
    days = [WEEKDAYS[day - 1] for day in sorted(series.weekdays)]
    begin, end = (exchangelib.EWSDate.from_date(day) for day in (series.first, series.until))
    return Recurrence(
        pattern=WeeklyPattern(interval=1, weekdays=days, first_day_of_week="Monday"),
        boundary=EndDatePattern(start=begin, end=end),
    )


def seen(item: Any, zone: ZoneInfo) -> Seen:
    """A series as it came back. Raises BadAnswer."""
    starts, ends = plain(item.start, "Start"), plain(item.end, "End")
    pattern, boundary = (item.recurrence.pattern, item.recurrence.boundary) if item.recurrence else (None, None)
    moved = {
        plain(one.original_start, "OriginalStart").astimezone(zone).date(): (
            plain(one.start, "Start"),
            plain(one.end, "End"),
        )
        for one in item.modified_occurrences or ()
    }
    deleted = (plain(one.start, "Start").astimezone(zone).date() for one in item.deleted_occurrences or ())
    bounds = (boundary.start, boundary.end) if isinstance(boundary, EndDatePattern) else (None, None)
    first, until = (date(day.year, day.month, day.day) if day else None for day in bounds)
    return Seen(
        item=id_of(item),
        folder=item.parent_folder_id.id if item.parent_folder_id else "",
        title=item.subject,
        text=text_of(item),
        start=starts.astimezone(zone).time(),
        minutes=int((ends - starts).total_seconds()) // 60,
        weekdays=_weekdays(pattern),
        until=until,
        first=first,
        deleted=frozenset(deleted),
        moved=moved,
    )


def seen_day(item: Any) -> SeenDay:
    """One day of a series as it came back. Raises BadAnswer."""
    starts, ends = plain(item.start, "Start"), plain(item.end, "End")
    return SeenDay(item=id_of(item), starts=starts, ends=ends, title=item.subject, text=text_of(item))


def text_of(item: Any) -> str | None:
    """The plain text; None where the server did not send it, which is not an empty one."""
    return None if item.text_body is None else str(item.text_body)


def id_of(item: Any) -> str:
    """Raises BadAnswer: without it nothing can be gone on with, and what was made is found by its key."""
    if not item.id:
        raise BadAnswer("ItemId")
    return str(item.id)


def _weekdays(pattern: Any) -> frozenset[int] | None:
    """ISO weekdays of a series that repeats every week; None for any other."""
    if not isinstance(pattern, WeeklyPattern) or pattern.interval != 1:
        return None
    return frozenset(day for number in pattern.weekdays for day in GROUPS.get(number, (number,)))


def day_id(series: str, day: int | str) -> Any:
    """The id of one day of a series: the one it was given, else its place among the days of the rule (from 1)."""
    if isinstance(day, str):
        return properties.ItemId(day)
    return properties.OccurrenceItemId(id=series, instance_index=day)


def day_update(account: Any, series: str, change: DayChange) -> tuple[Any, list[str]]:
    """One day of a series as it should be, and the names of the fields that are written."""
    zone = zone_of_server(change.starts)
    fields = {"start": local(change.starts, zone), "end": local(change.ends, zone)}
    fields |= {} if change.text is None else {"body": exchangelib.Body(change.text)}
    fields |= {} if change.title is None else {"subject": change.title}
    item = CalendarItem(account=account, _id=day_id(series, change.item or change.number), **fields)
    return item, list(fields)


def zone_of_server(moment: datetime) -> Any:
    """The zone as Exchange knows it. Raises exchangelib's UnknownTimeZone where Windows has no name for it."""
    zone = moment.tzinfo
    return exchangelib.EWSTimeZone(zone.key) if isinstance(zone, ZoneInfo) else exchangelib.UTC


def local(moment: datetime, zone: Any) -> Any:
    """A moment as exchangelib's own, in that zone."""
    return exchangelib.EWSDateTime.from_datetime(moment.astimezone(UTC)).astimezone(zone)


def utc(moment: datetime) -> Any:
    """A moment as exchangelib's own, in UTC."""
    return local(moment, exchangelib.UTC)


def plain(moment: Any, what: str) -> datetime:
    """An exchangelib time as a plain one, in UTC. Raises BadAnswer: exchangelib has None for a time that it cannot read,
    and one without a zone could be any."""
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise BadAnswer(what)
    return datetime.fromtimestamp(moment.timestamp(), UTC)


def mailbox_data(address: str) -> Any:
    """Whose busy times are asked for."""
    return properties.MailboxData(email=address, attendee_type="Required", exclude_conflicts=False)


def utc_zone() -> Any:
    """UTC spelt out, so that the server need not be asked for a zone first, and no zone can be unknown to it. Two changes
    that change nothing, on different days: some servers want both, others not on the same day (exchangelib sends these).
    """
    nothing = {"bias": 0, "time": datetime.min.time()}
    standard = properties.StandardTime(occurrence=1, iso_month=1, weekday="Monday", **nothing)
    daylight = properties.DaylightTime(occurrence=5, iso_month=12, weekday="Sunday", **nothing)
    return properties.TimeZone(bias=0, standard_time=standard, daylight_time=daylight)
