"""Meetings from what a calendar server tells of the events of one name: by the rules for a calendar that is read. Pure."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from calendars.reading.events import MINUTE, place_of
from calendars.reading.result import MOST_NAMED, LeftOut, Reading, TooMuch, Unreadable
from calendars.reading.source import MAX_MEETINGS, hashed, id_of, is_a_meeting
from calendars.server.titles import calls_off, one_line
from calendars.server.view import View, Viewed
from culture.meetings import Meeting


def read_viewed(view: View, subject: str, department: str, zone: str, first: date, last: date) -> Reading:
    """The meetings that begin from `first` to `last`, both included, by start, in `zone`.

    Their ids are those that the same calendar gives as a file (`calendars.reading.source.read_meetings`). Raises Unreadable
    where no event is called so, and for more than can be followed.
    """
    if not view.events:
        raise _none(view, subject)
    home, found, events = ZoneInfo(zone), {}, {}
    days = sorted(view.days, key=lambda one: (one.event, one.original or one.starts, one.starts))
    bad = [one for one in days if _held(one) and one.ends - one.starts < MINUTE]
    left_out = [*_unread(view), *(_bad(one, home) for one in bad)]
    unread = {one.event for one in view.unread} | {one.event for one in bad}
    for one in days:
        begins, length = one.starts.astimezone(home), one.ends - one.starts
        held = _held(one) and one not in bad and is_a_meeting(begins.replace(tzinfo=None), length)
        if not (held and first <= begins.date() <= last):
            continue
        original = f"{one.original.astimezone(home).date()}" if one.original else ""
        name = id_of(department, one.event, original)
        if name in found:  # several on that day
            name = id_of(department, one.event, f"{original} {begins:%H:%M}")
        minutes, place = round(length / MINUTE), place_of(one.place)
        found[name] = Meeting(id=name, department=department, starts=begins, minutes=minutes, place=place)
        events[name] = hashed(one.event)
    if len(found) > MAX_MEETINGS:
        raise TooMuch
    return Reading(
        meetings=tuple(sorted(found.values(), key=lambda meeting: (meeting.starts, meeting.id))),
        events=events,
        said=frozenset(map(hashed, view.events - unread)),
        left_out=tuple(left_out[:MOST_NAMED]),
        more=max(len(left_out) - MOST_NAMED, 0),
    )


def _held(one: Viewed) -> bool:
    return not one.cancelled and not calls_off(one.title)


def _unread(view: View) -> Iterator[LeftOut]:
    for one in view.unread:
        yield LeftOut(what=one_line(one.title)[:60], day="", text="{text}", fields={"text": one.said})


def _bad(one: Viewed, home: ZoneInfo) -> LeftOut:
    text = "it ends before it begins." if one.ends < one.starts else "it ends when it begins."
    return LeftOut(what=one_line(one.title)[:60], day=f"{one.starts.astimezone(home).date()}", text=text)


def _none(view: View, subject: str) -> Unreadable:
    if view.others == 0:
        text = "there is no event in its calendar at all. Look whether it is the right mailbox: none of its other calendars is read."
        return Unreadable(text)
    if view.others is None:
        text = 'no event in its calendar is called "{subject}". Write subject as the meeting is called in Outlook.'
        return Unreadable(text, subject=subject)
    text = 'no event in its calendar is called "{subject}" (events there: {others}). Write subject as the meeting is called in Outlook.'
    return Unreadable(text, subject=subject, others=view.others)
