"""Meetings read from an iCalendar file, so that the one that already stands in somebody's calendar leads. Pure.

What comes from outside is read with care: only the lines that say when and where (`lines`), no rule that never ends
(`rules`), no zone that cannot be used (`clocks`); and an event that cannot be read (`events`) costs itself only, and is
told. How the file gets here: `calendars/reading/fetch.py`.
"""

import hashlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from dateutil.rrule import rrulestr
from icalendar import Calendar, Component, Event
from icalendar.prop import vDDDLists, vDDDTypes, vRecur

from calendars.reading.clocks import Built, Clocks
from calendars.reading.events import One, Reader
from calendars.reading.lines import MAX_KEPT, Block, calendars_in
from calendars.reading.result import MOST_NAMED, LeftOut, Reading, TooMuch, Unreadable
from calendars.reading.rules import Rule, bounded, followed, text_of, until_of
from culture.keys import MeetingId
from culture.meetings import Meeting

MAX_MEETINGS = 1000
"""In one span: four every working day of a year. More is no department's rhythm."""

MAX_DAYS = 1_000_000
"""How many days all rules together may be followed: two seconds of work, or 500 series of five years."""

MAX_DATES = 10_000
"""Of all events together that name their dates one by one."""

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ON, OFF = "CONFIRMED", "CANCELLED"


@dataclass(frozen=True, slots=True)
class _Occurrence:
    """`original` is the day in the department's zone that the rule gives; empty for a single event."""

    original: str
    starts: datetime
    minutes: int
    place: str


def read_meetings(content: bytes, department: str, zone: str, first: date, last: date) -> Reading:
    """The meetings in a calendar that begin from `first` to `last`, both included, by start, in `zone`.

    Left out, and told, is what cannot be read. No meeting is what is cancelled, or lasts all day or longer than a
    day. The id stays when an occurrence or a single event moves, or a series changes its hour: it is
    made of the UID and the day that the rule gives. Where several events bear one UID, when they begin tells them
    apart. Raises Unreadable for what is no calendar or holds no event at all, and for more than can
    be followed.
    """
    home, found, events = ZoneInfo(zone), {}, {}
    read = _events(content, home, first, last)
    said = set(read.uids - read.unread)
    for uid, occurrences in _followed(read, home, first, last):
        said |= {uid} - read.unread
        for one in occurrences:
            name = id_of(department, uid, one.original)
            if name in found:  # several on that day
                name = id_of(department, uid, f"{one.original} {one.starts:%H:%M}")
            found[name] = Meeting(
                id=name, department=department, starts=one.starts, minutes=one.minutes, place=one.place
            )
            events[name] = hashed(uid)
        if len(found) > MAX_MEETINGS:
            raise TooMuch
    return Reading(
        meetings=tuple(sorted(found.values(), key=lambda meeting: (meeting.starts, meeting.id))),
        events=events,
        said=frozenset(hashed(uid) for uid in said - read.unread),
        left_out=tuple(read.left_out[:MOST_NAMED]),
        more=max(len(read.left_out) - MOST_NAMED, 0),
        guessed=read.guessed,
    )


def id_of(department: str, uid: str, original: str) -> str:
    """The id of a meeting that was read: of the event and of when its rule had it, so that it stays when it is moved."""
    return MeetingId(department, hashed(f"{uid}/{original}")).to_text()


def hashed(text: str) -> str:
    """Sixteen letters that stand for a text, the same in every process."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# --- from bytes to events


@dataclass(slots=True)
class _Read:
    """The events of a file by UID, those of interest alone, and what is told of the others. `blocks` holds all that
    replace none, those of the past too, with their reader."""

    series: dict[str, list[One]]
    blocks: dict[str, list[tuple[Reader, Block]]]
    recurring: set[str]
    uids: set[str]
    unread: set[str]
    left_out: list[LeftOut]
    guessed: dict[str, str]


def _events(content: bytes, home: ZoneInfo, first: date, last: date) -> _Read:
    read = _Read(defaultdict(list), defaultdict(list), set(), set(), set(), [], {})
    built: Built = {}
    kept = 0
    for calendar in calendars_in(content):
        clocks = Clocks(calendar, home, built, read.guessed)
        reader = Reader(clocks=clocks, first=first, last=last, left_out=read.left_out, unread=read.unread)
        for block in calendar.blocks:
            if block.name != "VEVENT":
                continue
            uid = reader.uid(block)
            read.uids.add(uid)
            if _recurs(block):
                read.recurring.add(uid)
            if "RECURRENCE-ID" not in block.lines:
                read.blocks[uid].append((reader, block))
            if reader.over(block):
                continue
            kept += block.size()
            if kept > MAX_KEPT:
                raise TooMuch
            if one := reader.read(block, uid):
                read.series[uid].append(one)
    if not read.uids:
        text = "there is no event in it at all. Look whether it is the right calendar, and shared with its details."
        raise Unreadable(text)
    return read


def _recurs(block: Block) -> bool:
    return any(name in block.lines for name in ("RRULE", "RDATE", "RECURRENCE-ID"))


# --- from events to occurrences


def _followed(read: _Read, home: ZoneInfo, first: date, last: date) -> Iterator[tuple[str, list[_Occurrence]]]:
    """The occurrences of each UID in the span. What goes wrong in one of them is told and costs that one."""
    _refuse_too_much(read, last)
    series = [apart for name in read.series for apart in _apart(name, read)]
    for uid, ones in sorted(series, key=itemgetter(0)):
        zone = _leading(ones).starts.tzinfo
        try:
            events = recurring_ical_events.of(_series(ones, first, last)).between(first - DAY, last + 2 * DAY)
            found = [made for one in events if (made := _occurrence(one, zone, home, recurs=uid in read.recurring))]
        except Exception as error:  # what others wrote goes wrong in many ways, and must cost nobody else
            read.left_out.append(_not_followed(uid, ones[0].starts, error))
            read.unread.add(uid)
            continue
        kept = [one for one in found if first <= one.starts.date() <= last]
        yield uid, sorted(kept, key=lambda one: (one.original, one.starts))


def _refuse_too_much(read: _Read, last: date) -> None:
    """Raises TooMuch for events that it would take too long to follow to `last`."""
    every = [one for ones in read.series.values() for one in ones]
    if sum(len(one.added) for one in every) > MAX_DATES:
        raise TooMuch
    if sum(followed(rule, one.starts.date(), last) for one in every for rule in (*one.rules, *one.without)) > MAX_DAYS:
        raise TooMuch


def _not_followed(uid: str, starts: datetime, error: Exception) -> LeftOut:
    fields = {"error": type(error).__name__}
    return LeftOut(what=uid[:60], day=f"{starts:%Y-%m-%d}", text="it cannot be followed: {error}.", fields=fields)


def _apart(uid: str, read: _Read) -> list[tuple[str, list[One]]]:
    """The events of one UID as series. Some programs give the same UID to all: then those that begin at different times
    are events of their own, unless a greater SEQUENCE says that one follows another. What replaces an occurrence goes
    with the one that had begun."""
    ones, (newest, beginnings) = read.series[uid], _newest(read.blocks[uid])
    found = _by_beginning(ones, newest) if len(beginnings) > 1 else {}
    if not found:
        return [(uid, ones)]
    in_order = sorted(found)
    for one in ones:
        if one.replaces is not None:
            stood = one.replaces if isinstance(one.replaces, datetime) else one.starts
            found[in_order[max(bisect_right(in_order, stood) - 1, 0)]].append(one)
    names = {begins: f"{uid} {begins:%Y-%m-%d %H:%M}" for begins in found}
    if uid in read.recurring:
        read.recurring |= set(names.values())
    return [(names[begins], apart) for begins, apart in found.items()]


def _newest(blocks: list[tuple[Reader, Block]]) -> tuple[int, set[datetime]]:
    """The greatest SEQUENCE of several events of one UID, and when those of it begin; none for a single event."""
    begun = {stands for reader, block in blocks if (stands := reader.begun(block))} if len(blocks) > 1 else set()
    newest = max((sequence for sequence, _ in begun), default=-1)
    return newest, {begins for sequence, begins in begun if sequence == newest}


def _by_beginning(ones: list[One], sequence: int) -> dict[datetime, list[One]]:
    """The events of that SEQUENCE that are held and replace none, by when they begin, in UTC."""
    found: dict[datetime, list[One]] = {}
    for one in ones:
        if one.replaces is None and not one.off and one.version[0] == sequence:
            found.setdefault(one.starts.astimezone(UTC), []).append(one)
    return found


def _leading(ones: list[One]) -> One:
    """The event that the others of its UID replace occurrences of; any of them when it is not in the file."""
    return max((one for one in ones if one.replaces is None), key=lambda one: one.version, default=ones[0])


def _series(ones: list[One], first: date, last: date) -> Calendar:
    """The events of one UID as recurring_ical_events reads them: on one clock, and without its zone. It takes 10:00 in
    Denmark for 10:00 in UTC otherwise, and leaves out what was moved by an hour."""
    leading = _leading(ones)
    versions = sorted({one.version for one in ones})
    made = Calendar()
    for one in ones:
        event = _event(one, leading, versions.index(one.version))
        event.update(_recurrence(one, leading.starts.tzinfo, first, last))
        made.add_component(event)
    return made


def _event(one: One, leading: One, sequence: int) -> Event:
    """When an event is and what it replaces, by the clock of the leading one."""
    zone = leading.starts.tzinfo
    event = Event()
    event["UID"] = "one"  # for all of them
    event["DTSTART"], event["DTEND"] = (vDDDTypes(_there(moment, zone)) for moment in (one.starts, one.ends))
    event["SEQUENCE"], event["LOCATION"] = sequence, one.place
    event["STATUS"] = OFF if one.off else ON
    if one.replaces is not None:
        replaced = _there(_stood_for(one, one.replaces, None if leading.replaces else leading), zone)
        event["RECURRENCE-ID"] = vDDDTypes(replaced)
        if one.from_then_on:
            event["RECURRENCE-ID"].params["RANGE"] = "THISANDFUTURE"
        elif replaced.date() in leading.taken_out:
            event["STATUS"] = OFF
    return event


def _recurrence(one: One, zone: tzinfo | None, first: date, last: date) -> dict[str, Any]:
    """The rules of an event and the dates that it adds and takes out, as properties."""
    found: dict[str, Any] = {}
    if one.rules:
        found["RRULE"] = [_on_clock(bounded(rule, one.starts), zone) for rule in one.rules]
    if one.added:
        found["RDATE"] = vDDDLists([_there(added, zone) for added in one.added])
    if taken_out := [_there(moment, zone) for moment in (*one.taken_out, *_without(one, first, last))]:
        found["EXDATE"] = vDDDLists(taken_out)
    return found


def _there(moment: Any, zone: tzinfo | None) -> Any:
    """What the clock of a zone shows at a moment, or at the moments of a period. A day or a length stays."""
    if isinstance(moment, tuple):
        return tuple(_there(one, zone) for one in moment)
    return moment.astimezone(zone).replace(tzinfo=None) if isinstance(moment, datetime) else moment


def _on_clock(rule: Rule, zone: tzinfo | None) -> vRecur:
    """A bounded rule; its UNTIL by the clock of a zone."""
    until = until_of(rule, zone)
    made: vRecur = vRecur.from_ical(
        text_of({**rule, "UNTIL": f"{_there(until, zone):%Y%m%dT%H%M%S}"} if until else rule)
    )
    return made


def _without(one: One, first: date, last: date) -> Iterator[datetime]:
    """What EXRULEs take out in the span."""
    span = [datetime.combine(day, time(0), one.starts.tzinfo) for day in (first - 2 * DAY, last + 2 * DAY)]
    for rule in one.without:
        yield from rrulestr(text_of(bounded(rule, one.starts)), dtstart=one.starts).between(*span, inc=True)


def _stood_for(one: One, named: date, master: One | None) -> datetime:
    """The occurrence that an event replaces: the one of that day. Some name the day alone, or midnight, or the hour at
    which the series once began; but a series may name its dates one by one, and have several of a day."""
    like = master or one
    if not isinstance(named, datetime):
        return datetime.combine(named, like.starts.time(), like.starts.tzinfo)
    hours = any(name in rule for rule in like.rules for name in ("BYHOUR", "BYMINUTE"))
    if master is None or one.from_then_on or master.added or hours:
        return named
    return datetime.combine(named.astimezone(like.starts.tzinfo), like.starts.time(), like.starts.tzinfo)


def _occurrence(event: Component, zone: tzinfo | None, home: ZoneInfo, *, recurs: bool) -> _Occurrence | None:
    """One meeting of an event on the clock of `zone`; None for what is none."""
    starts, ends, named = (getattr(event.get(name), "dt", None) for name in ("DTSTART", "DTEND", "RECURRENCE-ID"))
    if event.get("STATUS") == OFF or not isinstance(starts, datetime) or not isinstance(ends, datetime):
        return None
    begins = starts.replace(tzinfo=zone).astimezone(home)
    length = ends.replace(tzinfo=zone).astimezone(UTC) - begins.astimezone(UTC)
    if not is_a_meeting(starts, length):
        return None
    # THISANDFUTURE stands on all that follow, too.
    original = named if isinstance(named, datetime) and "RANGE" not in event["RECURRENCE-ID"].params else starts
    return _Occurrence(
        original=f"{original.replace(tzinfo=zone).astimezone(home).date()}" if recurs else "",
        starts=begins,
        minutes=round(length / timedelta(minutes=1)),
        place=str(event.get("LOCATION", "")),
    )


def is_a_meeting(starts: datetime, length: timedelta) -> bool:
    """Whether it lasts some time and less than a day."""
    whole_day = starts.time() == time(0) and length >= DAY - MINUTE  # to 23:59, as some write it
    return not whole_day and timedelta(0) < length < DAY
