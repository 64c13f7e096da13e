"""From our values to exchangelib's, and back."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import exchangelib
from exchangelib import properties
from exchangelib.items import CalendarItem
from exchangelib.recurrence import EndDatePattern, Recurrence, WeeklyPattern

from calendars.event import Series, Slot
from calendars.exchange import DayChange
from calendars.standing import Seen

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
GROUPS = {8: range(1, 8), 9: range(1, 6), 10: range(6, 8)}
"""exchangelib numbers the weekdays from 1, and behind them "Day", "Weekday" and "WeekendDay"."""

BUSY = {"free": "Free", "tentative": "Tentative", "busy": "Busy"}


class Key(exchangelib.ExtendedProperty):  # type: ignore[misc]  # exchangelib comes without types
    """Our own property on everything we make: what it is found by when an answer was lost."""

    property_set_id = "c2a3a1f4-6f0e-4d0f-9f3a-7c1d3b0a5e21"
    property_name = "aikultur key"
    property_type = "String"


CalendarItem.register("aikultur_key", Key)


def event_fields(key: str, title: str, text: str, starts: datetime, ends: datetime) -> dict[str, Any]:
    zone = zone_of_server(starts)
    return {
        "aikultur_key": key,
        "subject": title,
        "body": exchangelib.Body(text),
        "start": local(starts, zone),
        "end": local(ends, zone),
    }


def shown(entry: Series | Slot) -> dict[str, Any]:
    reminder = entry.reminder_minutes
    fields: dict[str, Any] = {"legacy_free_busy_status": BUSY[entry.busy], "reminder_is_set": reminder is not None}
    return fields if reminder is None else fields | {"reminder_minutes_before_start": reminder}


def meeting_fields(slot: Slot, title: str, html: str) -> dict[str, Any]:
    zone = zone_of_server(slot.starts)
    return shown(slot) | {
        "subject": title,
        "body": exchangelib.HTMLBody(html),
        "start": local(slot.starts, zone),
        "end": local(slot.ends, zone),
        "location": slot.place or None,
    }


def recurrence(series: Series) -> Any:
    days = [WEEKDAYS[day - 1] for day in sorted(series.weekdays)]
    begin, end = (exchangelib.EWSDate.from_date(day) for day in (series.first, series.until))
    return Recurrence(
        pattern=WeeklyPattern(interval=1, weekdays=days, first_day_of_week="Monday"),
        boundary=EndDatePattern(start=begin, end=end),
    )


def seen(item: Any, zone: ZoneInfo) -> Seen:
    starts, ends = plain(item.start), plain(item.end)
    pattern, boundary = (item.recurrence.pattern, item.recurrence.boundary) if item.recurrence else (None, None)
    moved = {
        plain(one.original_start).astimezone(zone).date(): (plain(one.start), plain(one.end))
        for one in item.modified_occurrences or ()
    }
    deleted = (plain(one.start).astimezone(zone).date() for one in item.deleted_occurrences or ())
    until = boundary.end if isinstance(boundary, EndDatePattern) else None
    return Seen(
        item=item.id,
        folder=item.parent_folder_id.id if item.parent_folder_id else "",
        title=item.subject or "",
        text=str(item.text_body or ""),
        start=starts.astimezone(zone).time(),
        minutes=int((ends - starts).total_seconds()) // 60,
        weekdays=_weekdays(pattern),
        until=date(until.year, until.month, until.day) if until else None,
        deleted=frozenset(deleted),
        moved=moved,
    )


def _weekdays(pattern: Any) -> frozenset[int] | None:
    """ISO weekdays of a series that repeats every week; None for any other."""
    if not isinstance(pattern, WeeklyPattern) or pattern.interval != 1:
        return None
    return frozenset(day for number in pattern.weekdays for day in GROUPS.get(number, (number,)))


def day_id(series: str, day: int | str) -> Any:
    if isinstance(day, str):
        return properties.ItemId(day)
    return properties.OccurrenceItemId(id=series, instance_index=day)


def day_update(account: Any, series: str, change: DayChange) -> tuple[Any, list[str]]:
    zone = zone_of_server(change.starts)
    fields = {
        "body": exchangelib.Body(change.text),
        "start": local(change.starts, zone),
        "end": local(change.ends, zone),
    } | ({} if change.title is None else {"subject": change.title})
    item = CalendarItem(account=account, _id=day_id(series, change.item or change.number), **fields)
    return item, list(fields)


def zone_of_server(moment: datetime) -> Any:
    """The zone as Exchange knows it. Raises exchangelib's UnknownTimeZone where Windows has no name for it."""
    zone = moment.tzinfo
    return exchangelib.EWSTimeZone(zone.key) if isinstance(zone, ZoneInfo) else exchangelib.UTC


def local(moment: datetime, zone: Any) -> Any:
    return exchangelib.EWSDateTime.from_datetime(moment.astimezone(UTC)).astimezone(zone)


def utc(moment: datetime) -> Any:
    return local(moment, exchangelib.UTC)


def plain(moment: Any) -> datetime:
    """An exchangelib time as a plain one, in UTC."""
    return datetime.fromtimestamp(moment.timestamp(), UTC)


def mailbox_data(address: str) -> Any:
    return properties.MailboxData(email=address, attendee_type="Required", exclude_conflicts=False)


def utc_zone() -> Any:
    """UTC spelt out, so that the server need not be asked for a zone first, and no zone can be unknown to it."""
    change = {"bias": 0, "time": datetime.min.time(), "occurrence": 1, "iso_month": 1, "weekday": "Sunday"}
    standard, daylight = properties.StandardTime(**change), properties.DaylightTime(**change)
    return properties.TimeZone(bias=0, standard_time=standard, daylight_time=daylight)
