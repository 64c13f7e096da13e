"""Meetings read from an iCalendar file, so that the one that already stands in somebody's calendar leads. Pure.

What comes from outside is read with care: only the lines that say when and where, no rule that never ends, and an
event that cannot be read is left out without harm to the others. How the file gets here: `calendars/fetch.py`.
"""

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import recurring_ical_events
from dateutil.rrule import rrulestr
from icalendar import Calendar, Component
from icalendar.timezone import tzp

from calendars.icalendar_text import plain
from culture.keys import MeetingId
from culture.meetings import Meeting

MAX_BYTES = 2_000_000
"""A calendar of some ten thousand events. What is larger is a whole organisation's, not a department's."""

MAX_MEETINGS = 1000
"""In one span: four every working day of a year. More is no department's rhythm."""

MAX_DAYS = 1_000_000
"""How many days all rules together may be followed: two seconds of work, or 500 series of five years."""

MAX_ZONES = 50_000
"""Characters of all time zones together. Outlook's zone has 330, the whole history of one four thousand."""

DAYS_IN_DOUBT = 20_000
"""Counted besides for a rule that may hit none."""

MAX_DATES = 10_000
"""Of all events together that name their dates one by one."""

PLACE_LENGTH = 200
DAY = timedelta(days=1)

COMPONENTS = ("VCALENDAR", "VTIMEZONE", "STANDARD", "DAYLIGHT", "VEVENT")
OF_EVENTS = ("UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SEQUENCE", "STATUS")
OF_OUTLOOK = ("X-MICROSOFT-CDO-ALLDAYEVENT", "X-WR-TIMEZONE")
OF_ZONES = ("TZID", "TZNAME", "TZOFFSETFROM", "TZOFFSETTO")
NEEDED = frozenset({"BEGIN", "END", "SUMMARY", "LOCATION", *OF_EVENTS, *OF_OUTLOOK, *OF_ZONES})
MAX_DEPTH = 10

WHOLE_DAY = re.compile(r"(?<=;UNTIL=)\d{8}(?=;|$)", re.IGNORECASE)
"""An UNTIL that names a day only, against RFC 5545, 3.3.10. It means the last occurrence too."""

PERIOD_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31, "YEARLY": 366}

ONE_AT_A_TIME = Lock()
"""icalendar remembers each file's time zones for the whole process, by the names they have there, and Outlook calls many
of them "Customized Time Zone". Begun anew for each, the zone of one calendar is never taken for another's."""

CANCELLED = ("canceled:", "cancelled:", "aflyst:")
"""How Outlook marks a cancelled meeting that nobody has removed; it exports no STATUS (MS-OXCICAL 2.1.3.1.1.20.23)."""


class Unreadable(ValueError):
    """What stands there cannot be used. `text` is an English sentence, `fields` fill its {names}."""

    def __init__(self, text: str, **fields: Any) -> None:
        super().__init__(text.format(**fields))
        self.text = text
        self.fields = fields


@dataclass(frozen=True, slots=True)
class _Occurrence:
    """`original` is the day in the department's zone that the rule gives; empty for a single event."""

    original: str
    starts: datetime
    minutes: int
    place: str


def read_meetings(content: bytes, department: str, zone: str, first: date, last: date) -> tuple[Meeting, ...]:
    """The meetings in a calendar that begin from `first` to `last`, both included, by start, in `zone`.

    Left out is what is cancelled, lasts all day or longer than a day, or has no end. The id stays when an occurrence
    or a single event moves, or a series changes its hour: it is made of the UID and the day that the rule gives.
    Raises Unreadable for what is no calendar, holds no meeting in the span, or holds more than can be followed.
    """
    found: dict[str, Meeting] = {}
    days = 0
    for uid, series in _by_uid(_parsed(content)).items():
        walked, occurrences = _expanded(series, ZoneInfo(zone), first, last)
        days += walked
        if days > MAX_DAYS:
            raise _too_much()
        for one in occurrences:
            name = _id(department, uid, one.original)
            if name in found:  # several on that day
                name = _id(department, uid, f"{one.original} {one.starts:%H:%M}")
            found[name] = Meeting(
                id=name, department=department, starts=one.starts, minutes=one.minutes, place=one.place
            )
        if len(found) > MAX_MEETINGS:
            raise _too_much()
    if not found:
        text = "it holds no meeting with a beginning and an end from {first} to {last}. Name a calendar that does."
        raise Unreadable(text, first=first, last=last)
    return tuple(sorted(found.values(), key=lambda meeting: (meeting.starts, meeting.id)))


def _id(department: str, uid: str, original: str) -> str:
    return MeetingId(department, hashlib.sha256(f"{uid}/{original}".encode()).hexdigest()[:16]).to_text()


def _no_calendar() -> Unreadable:
    return Unreadable("it is not a whole calendar. Write the address or the file of one that was exported as .ics.")


def _too_much() -> Unreadable:
    return Unreadable("it holds more events than can be followed. Name a calendar of the department's own.")


# --- from bytes to events


def _parsed(content: bytes) -> list[Component]:
    if len(content) > MAX_BYTES:
        raise _too_much()
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        text = "it is a web page, not a calendar. Write the address that ends in .ics and needs no password."
        raise Unreadable(text)
    needed = _needed(content)
    try:
        with ONE_AT_A_TIME:
            tzp.use_default()
            return list(Calendar.from_ical(needed, multiple=True))
    except Exception as error:  # what others wrote goes wrong in many ways, and icalendar raises most of them
        raise _no_calendar() from error


def _needed(content: bytes) -> str:
    """The lines that say when and where. Raises Unreadable for rules and zones that cannot be followed."""
    text = re.sub(r"\r?\n[ \t]", "", content.decode("utf-8-sig", "replace"))
    kept: list[str] = []
    open_: list[str] = []
    zones = dates = 0
    for line in re.split(r"\r\n|\n|\r", text):
        name = re.split("[:;]", line, maxsplit=1)[0].upper().strip()
        if name == "BEGIN":
            open_.append(line.partition(":")[2].upper().strip())
            if len(open_) > MAX_DEPTH:
                raise _no_calendar()
        elif name == "RDATE":
            dates += 1 + line.count(",")
        if all(component in COMPONENTS for component in open_) and name in NEEDED:
            of_zone = "VTIMEZONE" in open_
            zones += len(line) if of_zone else 0
            if name == "RRULE":
                _check_rule(line.partition(":")[2].upper(), of_zone=of_zone)
            kept.append(line if of_zone else WHOLE_DAY.sub(r"\g<0>T235959Z", line))
        if name == "END" and open_:
            open_.pop()
    if zones > MAX_ZONES or dates > MAX_DATES:
        raise _too_much()
    if open_ or not kept or kept[0].upper().strip() != "BEGIN:VCALENDAR":
        raise _no_calendar()
    return "\r\n".join([*kept, ""])


def _check_rule(text: str, *, of_zone: bool) -> None:
    """Refuse a rule that recurs within a day, never gets on or never hits one, and one by which no clock changes."""
    rule = {name: value for name, _, value in (part.partition("=") for part in text.split(";"))}
    several = any("," in rule.get(name, "") for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    follows = (
        rule.get("FREQ") in PERIOD_DAYS
        and not several
        and re.fullmatch("[1-9][0-9]{0,3}", rule.get("INTERVAL", "1"))
        and _hits(rule)
    )
    few = "," not in rule.get("BYMONTH", "") + rule.get("BYDAY", "") and rule.get("BYMONTHDAY", "").count(",") < 7
    clock = rule.get("FREQ") == "YEARLY" and few and ("BYDAY" not in rule or "BYMONTH" in rule)
    if not follows or (of_zone and not clock):
        sentence = "its rule {rule} cannot be followed. Name a calendar of the department's own."
        raise Unreadable(sentence, rule=text[:80])


def _hits(rule: dict[str, str]) -> bool:
    """Whether the rule hits any day in the last forty years there are. One that never does has no other end."""
    plain_rule = {name: value for name, value in rule.items() if name not in ("INTERVAL", "COUNT", "UNTIL")}
    text = ";".join(f"{name}={value}" for name, value in plain_rule.items())
    try:
        return next(iter(rrulestr(text, dtstart=datetime(9960, 1, 1))), None) is not None  # noqa: DTZ001  # any clock
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError):
        return False


def _by_uid(calendars: list[Component]) -> dict[str, Calendar]:
    """A calendar of its own for the events of each UID. What only lasts whole days is left aside."""
    found: dict[str, Calendar] = defaultdict(Calendar)
    timed = set()
    for calendar in calendars:
        for event in calendar.walk("VEVENT"):
            starts = _moment(event, "DTSTART")
            if starts is None:
                continue
            uid = str(event.get("UID") or f"{starts} {event.get('SUMMARY')}")
            found[uid].add_component(event)
            if _is_zone(str(calendar.get("X-WR-TIMEZONE", ""))):
                found[uid]["X-WR-TIMEZONE"] = calendar["X-WR-TIMEZONE"]
            if isinstance(starts, datetime):
                timed.add(uid)
    # A birthday in 1604 is no meeting, and long to follow.
    return {uid: found[uid] for uid in sorted(timed)}


def _moment(event: Component, name: str) -> date | None:
    """A time or day of the event; None when there is none, or nothing that can be read."""
    try:
        found = getattr(event.get(name), "dt", None)
    except ValueError:  # BrokenCalendarProperty
        return None
    return found if isinstance(found, date) else None


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


# --- from events to occurrences


def _expanded(series: Calendar, zone: ZoneInfo, first: date, last: date) -> tuple[int, list[_Occurrence]]:
    """How many days its rules are followed, and what begins in the span. Nothing when it cannot be read."""
    components = series.walk("VEVENT")
    recurs = any(name in event for event in components for name in ("RRULE", "RDATE", "RECURRENCE-ID"))
    try:
        days = sum(_followed(event, last) for event in components)
        if days > MAX_DAYS:
            raise _too_much()
        events = recurring_ical_events.of(series).between(first - DAY, last + 2 * DAY)
        found = [one for event in events if (one := _occurrence(event, zone, recurs=recurs))]
    except Unreadable:
        raise
    except Exception:  # as above: one event that goes wrong must not hide the others
        return 0, []
    kept = [one for one in found if first <= one.starts.date() <= last]
    return days, sorted(kept, key=lambda one: (one.original, one.starts))


def _followed(event: Component, last: date) -> int:
    """How many days the event's rules are followed from its beginning to `last`, or to their end before."""
    starts, rules, days = _moment(event, "DTSTART"), event.get("RRULE", []), 0
    for rule in rules if isinstance(rules, list) else [rules]:
        until = rule.get("UNTIL", [last])[0]
        ahead = (min(_day(until), last) - _day(starts or last)).days
        if "COUNT" in rule:
            ahead = min(ahead, rule["COUNT"][0] * rule.get("INTERVAL", [1])[0] * PERIOD_DAYS[rule["FREQ"][0]])
        days += max(ahead, 0)
        # A rule that leaves periods out may miss every day it names, and is then followed to the year 9999.
        doubtful = {"BYMONTH", "BYMONTHDAY"} | ({"BYDAY"} if rule["FREQ"] == ["DAILY"] else set())
        days += DAYS_IN_DOUBT if "INTERVAL" in rule and rule.keys() & doubtful else 0
    return days


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _occurrence(event: Component, zone: ZoneInfo, *, recurs: bool) -> _Occurrence | None:
    """One meeting; None for what is none."""
    starts, ends = _moment(event, "DTSTART"), _moment(event, "DTEND")
    cancelled = event.get("STATUS") == "CANCELLED" or str(event.get("SUMMARY", "")).casefold().startswith(CANCELLED)
    all_day = str(event.get("X-MICROSOFT-CDO-ALLDAYEVENT", "")).upper() == "TRUE"
    if cancelled or all_day or not isinstance(starts, datetime) or not isinstance(ends, datetime):
        return None
    begins = _local(starts, zone)
    length = _local(ends, zone).astimezone(UTC) - begins.astimezone(UTC)
    if not timedelta(0) < length < DAY:
        return None
    given = event.get("RECURRENCE-ID")
    moved_on = given is None or "RANGE" in given.params  # THISANDFUTURE stands on all that follow
    original = starts if moved_on else given.dt
    day = _day(_local(original, zone) if isinstance(original, datetime) else original)
    return _Occurrence(
        original=f"{day}" if recurs else "",
        starts=begins,
        minutes=round(length / timedelta(minutes=1)),
        place=" ".join(plain(str(event.get("LOCATION", ""))).split())[:PLACE_LENGTH].rstrip(),
    )


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment in `zone`; one without a zone of its own is meant there."""
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
