"""From our values to the JSON of Microsoft Graph, and back.

Times are written as local time with Windows' name of the zone, which every mailbox knows, and read in UTC. Texts are
written as text and asked for as text; Exchange keeps them as it likes in between, so texts are compared by
`calendars.server.standing.fingerprint`.
"""

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

from tzlocal.windows_tz import tz_win, win_tz

from calendars.event import Series, Slot
from calendars.server.block_sync import DayChange
from calendars.server.standing import DesiredSeries, Seen, SeenDay, begins

KEY = "String {c2a3a1f4-6f0e-4d0f-9f3a-7c1d3b0a5e21} Name aikultur key"
"""Our own property on everything we make: what it is found by when an answer was lost. The same as on an Exchange server,
so that what moves to the cloud with its mailbox is still known."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

AS_WE_READ = 'outlook.timezone="UTC", outlook.body-content-type="text"'
"""For the header Prefer."""

OF_SERIES = {
    "$select": "id,subject,body,start,end,recurrence,cancelledOccurrences,exceptionOccurrences",
    "$expand": "exceptionOccurrences($select=id,start,end,originalStart)",
}
OF_INSTANCES = "id,type,start,end,originalStart"
OF_DAY = "id,subject,body,start,end"
OF_MEETING = "id,start,end,location,isCancelled"

BREAKS = frozenset(("p", "div", "br", "tr", "li", "h1", "h2", "h3"))
HIDDEN = frozenset(("head", "style", "script", "title"))

Json = Mapping[str, Any]


class BadAnswer(Exception):
    """The answer lacks a property that it always has, or in a form that cannot be read. A sentence without the mailbox."""

    def __init__(self, what: str) -> None:
        super().__init__(f"in Microsoft 365's answer {what} is missing or cannot be read.")


# What is written


def series_event(key: str, wish: DesiredSeries, text: str, call: int) -> dict[str, Any]:
    """A block: an event without attendees, so nobody is told."""
    series = wish.series
    starts = begins(series, series.first)
    fields = {
        "subject": wish.title,
        "body": plain(text),
        "start": written(starts),
        "end": written(series.ends(series.first)),
        "recurrence": recurrence(series),
        "responseRequested": False,
    }
    return made(key, fields | shown(series), call)


def meeting_event(key: str, slot: Slot, title: str, html: str, addresses: Sequence[str], call: int) -> dict[str, Any]:
    """A meeting, which the server sends to whoever attends."""
    unasked = {"responseRequested": False, "allowNewTimeProposals": False, "hideAttendees": False}
    return made(key, meeting_fields(slot, title, html) | attendees(addresses) | unasked, call)


def made(key: str, fields: dict[str, Any], call: int) -> dict[str, Any]:
    """What is made anew: with our key, and with an id by which the same request, come again, makes nothing. Of another
    `call` it is another one, whatever became of the first."""
    content = hashlib.sha256(repr((key, call, sorted(fields.items()))).encode()).digest()
    return fields | marked(key) | {"transactionId": str(uuid.UUID(bytes=content[:16]))}


def marked(key: str) -> dict[str, Any]:
    return {"singleValueExtendedProperties": [{"id": KEY, "value": key}]}


def day_fields(change: DayChange) -> dict[str, Any]:
    """One day of a series, as it is to be."""
    fields: dict[str, Any] = {"start": written(change.starts), "end": written(change.ends)}
    fields |= {} if change.text is None else {"body": plain(change.text)}
    return fields | ({} if change.title is None else {"subject": change.title})


def words(title: str, text: str | None) -> dict[str, Any]:
    """Another title of a series, and another text if there is one. Nothing else is ever written to a series that stands:
    its times would bring deleted days back."""
    return {"subject": title} | ({} if text is None else {"body": plain(text)})


def meeting_fields(slot: Slot, title: str, html: str) -> dict[str, Any]:
    return shown(slot) | {
        "subject": title,
        "body": {"contentType": "html", "content": html},
        "start": written(slot.starts),
        "end": written(slot.ends),
        "location": {"displayName": slot.place},
    }


def attendees(addresses: Iterable[str]) -> dict[str, Any]:
    return {"attendees": [{"type": "required", "emailAddress": {"address": one}} for one in addresses]}


def shown(entry: Series | Slot) -> dict[str, Any]:
    reminder = entry.reminder_minutes
    fields: dict[str, Any] = {"showAs": entry.busy, "isReminderOn": reminder is not None}
    return fields if reminder is None else fields | {"reminderMinutesBeforeStart": reminder}


def plain(text: str) -> dict[str, str]:
    return {"contentType": "text", "content": text}


def recurrence(series: Series) -> dict[str, Any]:
    """The rule of a series. Without a word on the first day of the week, Sunday is meant."""
    days = [WEEKDAYS[day - 1] for day in sorted(series.weekdays)]
    return {
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": days, "firstDayOfWeek": "monday"},
        "range": {
            "type": "endDate",
            "startDate": series.first.isoformat(),
            "endDate": series.until.isoformat(),
            "recurrenceTimeZone": zone_name(series.zone),
        },
    }


def written(moment: datetime) -> dict[str, str]:
    """Local time in the moment's own zone; in UTC where it has no named one."""
    zone = moment.tzinfo.key if isinstance(moment.tzinfo, ZoneInfo) else "UTC"
    local = moment if isinstance(moment.tzinfo, ZoneInfo) else moment.astimezone(UTC)
    return {"dateTime": f"{local:%Y-%m-%dT%H:%M:%S}", "timeZone": zone_name(zone)}


def zone_name(zone: str) -> str:
    """Windows' name of a zone. Where it has none the zone's own, which newer mailboxes know too."""
    return tz_win.get(zone, zone)


def window(begin: datetime, end: datetime) -> dict[str, str]:
    return {"startDateTime": _stamp(begin), "endDateTime": _stamp(end)}


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


# What is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """What became of the days of a series: those that are gone, and those that differ, by the day they were meant for."""

    deleted: frozenset[date] = frozenset()
    own: Mapping[date, SeenDay] = field(default_factory=dict)


def seen(event: Json, zone: ZoneInfo, days: Days) -> Seen:
    """A series as it came back, with what became of its days. Raises BadAnswer."""
    starts, ends = time_of(event, "start"), time_of(event, "end")
    first, until = bounds(event)
    return Seen(
        item=id_of(event),
        folder="",  # it is not told, and an id leads to a deleted one too: each time it is looked for by its key
        title=event.get("subject"),
        text=text_of(event),
        start=starts.astimezone(zone).time(),
        minutes=int((ends - starts).total_seconds()) // 60,
        weekdays=weekdays(event),
        until=until,
        first=first,
        deleted=days.deleted,
        moved={day: (one.starts, one.ends) for day, one in days.own.items()},
    )


def days_told(event: Json, zone: ZoneInfo) -> Days | None:
    """As the series itself tells it; None where it does not, or not all of it. Raises BadAnswer.

    A deleted day is told by the date alone, and whose date that is stands nowhere: it is believed where the date is the
    same in UTC and in the zone of the series.
    """
    gone, own = event.get("cancelledOccurrences"), event.get("exceptionOccurrences")
    starts = time_of(event, "start")
    if gone is None or own is None or event.get("exceptionOccurrences@odata.nextLink"):
        return None
    if starts.date() != starts.astimezone(zone).date():
        return None
    try:
        deleted = frozenset(date.fromisoformat(str(one)[-10:]) for one in gone)
    except ValueError as error:
        raise BadAnswer("cancelledOccurrences") from error
    return Days(deleted=deleted, own={original_day(one, zone): day_of(one) for one in own})


def days_listed(event: Json, zone: ZoneInfo, listed: Iterable[Json]) -> Days:
    """By all the days that are there: what the rule has and they have not is gone. Raises BadAnswer."""
    first, until = bounds(event)
    weekly = weekdays(event)
    there = {original_day(one, zone): one for one in listed}
    if first is None or until is None or weekly is None:
        return Days()
    every = (first + timedelta(days=n) for n in range((until - first).days + 1))
    gone = frozenset(day for day in every if day.isoweekday() in weekly and day not in there)
    return Days(deleted=gone, own={day: day_of(one) for day, one in there.items() if is_exception(one)})


def is_exception(instance: Json) -> bool:
    return instance.get("type") == "exception"


def original_day(instance: Json, zone: ZoneInfo) -> date:
    """The day of a series that an instance was meant for, whatever day it was moved to. Raises BadAnswer."""
    return original_start(instance).astimezone(zone).date()


def original_start(instance: Json) -> datetime:
    """When the series would have this instance, in UTC. Raises BadAnswer."""
    original = instance.get("originalStart")
    if original is None and is_exception(instance):
        raise BadAnswer("originalStart")
    return time_of(instance, "start") if original is None else _moment(str(original), "UTC", "originalStart")


def day_of(instance: Json, title: str | None = None, text: str | None = None) -> SeenDay:
    """One day as it came back, with this title and text where it has none of its own. Raises BadAnswer."""
    own = text_of(instance)
    return SeenDay(
        item=id_of(instance),
        starts=time_of(instance, "start"),
        ends=time_of(instance, "end"),
        title=instance.get("subject", title),
        text=text if own is None else own,
    )


def weekdays(event: Json) -> frozenset[int] | None:
    """ISO weekdays of a series that repeats every week; None for any other."""
    pattern = (event.get("recurrence") or {}).get("pattern") or {}
    if pattern.get("type") != "weekly" or pattern.get("interval") != 1:
        return None
    named = [str(day).lower() for day in pattern.get("daysOfWeek") or ()]
    return frozenset(number for number, name in enumerate(WEEKDAYS, 1) if name in named)


def bounds(event: Json) -> tuple[date | None, date | None]:
    """The first and the last day of a rule; None where it has no last one. Raises BadAnswer."""
    found = (event.get("recurrence") or {}).get("range") or {}
    if found.get("type") != "endDate":
        return None, None
    try:
        return date.fromisoformat(found["startDate"]), date.fromisoformat(found["endDate"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadAnswer("range") from error


def slot_of(event: Json) -> Slot | None:
    """A meeting as it stands: its start in UTC, its length and place; None for one that was called off. Raises
    BadAnswer."""
    if event.get("isCancelled"):
        return None
    starts, ends = time_of(event, "start"), time_of(event, "end")
    minutes = int((ends - starts).total_seconds()) // 60
    place = (event.get("location") or {}).get("displayName") or ""
    starts = starts.astimezone(ZoneInfo("UTC"))
    return Slot(uid="", starts=starts, minutes=minutes, busy="busy", reminder_minutes=None, place=place)


def guests_of(event: Json) -> list[str]:
    people = ((one.get("emailAddress") or {}).get("address") for one in event.get("attendees") or ())
    return [str(one) for one in people if one]


def id_of(event: Json) -> str:
    """Raises BadAnswer: without it nothing can be gone on with, and what was made is found by its key."""
    found = event.get("id")
    if not found:
        raise BadAnswer("id")
    return str(found)


def time_of(event: Json, name: str) -> datetime:
    """A moment, in UTC. Raises BadAnswer."""
    value = event.get(name) or {}
    return _moment(str(value.get("dateTime")), str(value.get("timeZone")), name)


def _moment(text: str, zone: str, what: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            found = found.replace(tzinfo=UTC if zone == "UTC" else ZoneInfo(win_tz.get(zone, zone)))
    except (ValueError, KeyError, OSError) as error:  # KeyError: no such zone
        raise BadAnswer(what) from error
    return found.astimezone(UTC)


def text_of(event: Json) -> str | None:
    """The plain text; None where the server did not send it, which is not an empty one."""
    body = event.get("body")
    if body is None or body.get("content") is None:
        return None
    content = str(body["content"])
    text = content if str(body.get("contentType")).lower() == "text" else _without_tags(content)
    return text.replace("\r\n", "\n").strip("\n")


def _without_tags(html: str) -> str:
    """The text of a body that came as HTML all the same."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    return "".join(reader.parts)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in HIDDEN
        if tag in BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in HIDDEN

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(" ".join(data.split("\n")))
