"""When the corps meets: a rhythm, dated changes, closed days; who leads it when the chair cannot. Pure.

A meeting comes into the records some weeks ahead, and from then on keeps its id, whatever becomes of its day. What has
been is not changed any more.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import zip_longest

from culture.ambassadors.corps import Corps, corps
from culture.ambassadors.records import AmbassadorRecords, CorpsMeeting
from culture.ambassadors.settings import Ambassadors, CorpsMeetings
from culture.keys import MeetingId
from culture.meetings import MOVED_AT_MOST, days
from culture.organisation import Organisation
from culture.people import Person
from culture.workdays import FAR_DAYS, Closing, first_day
from culture.world import World, once_a_world

__all__ = ["CorpsMeeting", "attendees", "deputy", "last_meeting", "meetings", "next_meeting"]

CORPS = "corps"
"""What stands for the department in the ids of its meetings."""

KNOWN_AHEAD = timedelta(days=70)
"""How long before it a meeting is put down and comes into calendars: then there are always two ahead, one over the summer,
and whoever joins gets two invitations and not eleven."""

AHEAD = timedelta(days=365)
JULY = 7


@once_a_world
def meetings(world: World) -> tuple[CorpsMeeting, ...]:
    """The meetings that were held and those of the coming year, by start."""
    known = {key: one for key, one in world.of(AmbassadorRecords).meetings.items() if not one.off}
    coming = {one.id: one for one in _planned(world, world.today, world.today + AHEAD) if one.starts > world.now}
    recorded = world.of(AmbassadorRecords).meetings
    later = {key: one for key, one in coming.items() if key not in recorded}
    return tuple(sorted((known | later).values(), key=lambda one: (one.starts, one.id)))


def next_meeting(world: World) -> CorpsMeeting | None:
    """The one that is going on, or comes next; None where none does within a year."""
    return next((one for one in meetings(world) if ends(one) > world.now), None)


def last_meeting(world: World) -> CorpsMeeting | None:
    """The last one that is over."""
    return next((one for one in reversed(meetings(world)) if ends(one) <= world.now), None)


def attendees(world: World, meeting: CorpsMeeting) -> tuple[Person, ...]:
    """Who is invited: the ambassadors whose term reaches that day, and the contact where they lead it."""
    return comes(world.organisation, corps(world), meeting)


def comes(organisation: Organisation, found: Corps, meeting: CorpsMeeting) -> tuple[Person, ...]:
    """Who of a corps is invited to a meeting."""
    staying = [one.person_id for one in found.members.values() if one.until is None or meeting.day <= one.until]
    leads = [found.chair] if found.chair not in found.members and found.chair in organisation.people else []
    people = (organisation.people[key] for key in (*staying, *leads))
    return tuple(one for one in people if one.works_here(meeting.day))


def deputy(world: World, meeting: CorpsMeeting) -> str:
    """Whoever leads it when the chair cannot, by id: whom it was put down with, else the next in turn of those who are there
    that day. Empty in a corps of one."""
    return _deputy(world.organisation, corps(world), meeting)


def advance(world: World) -> dict[str, CorpsMeeting]:
    """The meetings that are not what they were: those that come near, that moved, that are not held."""
    known, now = world.of(AmbassadorRecords).meetings, world.now
    planned = {one.id: one for one in _planned(world, world.today - MOVED_AT_MOST, world.today + AHEAD + MOVED_AT_MOST)}
    group, found = corps(world), dict[str, CorpsMeeting]()
    for key, one in planned.items():
        near = one.day <= world.today + KNOWN_AHEAD
        if key not in known and one.starts > now and near and key not in world.of(AmbassadorRecords).aside:
            found[key] = replace(one, deputy=_deputy(world.organisation, group, one))
    for key, before in known.items():
        if ends(before) > now:
            after = _as_planned(before, planned.get(key), now)
            after = replace(after, deputy=_deputy(world.organisation, group, after))
            if after != before:
                found[key] = after
    return found


def _as_planned(before: CorpsMeeting, planned: CorpsMeeting | None, now: datetime) -> CorpsMeeting:
    if planned is None or planned.starts <= now < before.starts:
        return replace(before, off=True)  # a rhythm that would have had it earlier does not make it held
    return replace(planned, deputy=before.deputy)


def _deputy(organisation: Organisation, group: Corps, meeting: CorpsMeeting) -> str:
    there = (one for one in comes(organisation, group, meeting) if not organisation.absent(one, meeting.day))
    others = [one.id for one in there if one.id != group.chair]
    if meeting.deputy in others or not others:
        return meeting.deputy if others else ""
    return others[(meeting.starts.year * 12 + meeting.starts.month) % len(others)]


def ends(meeting: CorpsMeeting) -> datetime:
    """When it is over, in its own zone."""
    return meeting.starts + timedelta(minutes=meeting.minutes)


# --- the rhythm


def _planned(world: World, first: date, last: date) -> Iterator[CorpsMeeting]:
    """The meetings by rhythm and changes that are held from `first` to `last`, both included, in no order."""
    organisation = world.organisation
    settings = organisation.of(Ambassadors)
    if not settings.enabled or settings.meeting is None:
        return
    span = first - MOVED_AT_MOST, last + MOVED_AT_MOST
    for period, local in _moments(settings.meeting, organisation.closing, *span):
        if first <= local.date() <= last:
            yield CorpsMeeting(
                id=MeetingId(CORPS, period).to_text(),
                starts=local.replace(tzinfo=organisation.tz),
                minutes=settings.meeting.minutes,
                place=settings.meeting.place,
            )


@lru_cache(maxsize=16)
def _moments(settings: CorpsMeetings, closing: Closing, first: date, last: date) -> tuple[tuple[str, datetime], ...]:
    """What names a meeting for good, and when it begins, in local time. A monthly one is named by its month: another rhythm
    moves it. Kept, for a year of them is asked for several times a tick, and by each page."""
    return tuple(_by_rhythm(settings, closing, first, last))


def _by_rhythm(settings: CorpsMeetings, closing: Closing, first: date, last: date) -> Iterator[tuple[str, datetime]]:
    amended = {one.on: one.to for one in settings.changes if one.on}
    hits = list(days(settings.rhythm, first, last))
    for day, following in zip_longest(hits, hits[1:]):
        period = f"{day:%Y-%m}" if settings.every == "month" else f"{day}"
        if day in amended:
            if moved := amended[day]:
                yield period, moved
        elif settings.july or day.month != JULY:
            held = _open_day(closing, day)
            if held and (following is None or held < following):  # what would land on the next one falls away
                yield period, datetime.combine(held, settings.time)
    for extra in settings.changes:
        if extra.on is None and extra.to:
            yield f"{extra.to:%Y-%m-%dT%H%M}", extra.to


def _open_day(closing: Closing, day: date) -> date | None:
    """The day itself, or the next working day after one that is closed."""
    return first_day(day, closing.works, within=FAR_DAYS) if closing.closed(day) else day
