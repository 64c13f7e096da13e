"""What stands in a person's own calendar on a server, what should, and what the person has done with it. Pure.

The block is written silently into somebody's own calendar, so it is theirs to move, shorten, rename or delete. A
`BlockState` remembers what we wrote; what is seen there (`Seen`) and differs from it is the person's doing, and stays.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from calendars.event import Series
from culture.people import ChannelName

Need = Literal["block", "prompt", "unblock"]
"""What a call would do: write or rewrite the series, only its words and days, or take it away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredSeries:
    """A series with its title. `words` is a fingerprint of all that its text is made from."""

    series: Series
    title: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredDay:
    """One day that differs from the series: its own text, and maybe its own time (local, of the series' zone)."""

    day: date
    start: time
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredBlock:
    """What should stand. `choice` changes when the person chooses anew: that overrules what they did by hand."""

    wish: DesiredSeries
    days: tuple[DesiredDay, ...] = ()
    choice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDay:
    """What was written for one day. `text` is a fingerprint of the text itself, to see whether somebody changed it."""

    day: date
    start: time
    words: str
    text: str

    def to_text(self) -> str:
        """As it is stored: everybody has ten of these, and in fields of their own they would be most of the store."""
        return f"{self.day} {self.start:%H:%M} {self.words} {self.text}"

    @classmethod
    def from_text(cls, text: str) -> "WrittenDay":
        day, start, words, told = text.split(" ")
        return cls(day=date.fromisoformat(day), start=time.fromisoformat(start), words=words, text=told)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDay:
    """What the person did with one day: deleted it (`gone`), or made it what stands in the other fields. A title or text
    that the server did not send is None, and left as the series has it.

    `owed`: the series was written anew since, and this is still to be done in the new one.
    """

    day: date
    gone: bool
    starts: datetime | None = None
    ends: datetime | None = None
    title: str | None = ""
    text: str | None = ""
    owed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockState:
    """What we know to stand in one person's calendar.

    `intended`, with its text and days, is what is being written: until that is settled either may stand. `removing`:
    the series may be gone already, by us. `left`: the person deleted or changed the series, so it is left alone;
    `choice` is what they had chosen then. `calls` counts the calls that succeeded and names the next. `attempts`,
    `next_try` and `said` are about a call that failed. `changed` is when the last one went through, where that is known.
    """

    person_id: str
    key: str
    item: str = ""  # the server's id
    folder: str = ""  # of the calendar it was seen in
    stands: DesiredSeries | None = None
    text: str = ""  # fingerprint of the series' text as it was written
    days: tuple[WrittenDay, ...] = ()
    own: tuple[OwnDay, ...] = ()
    own_text: str | None = None  # what the person wrote over the series' text
    intended: DesiredSeries | None = None
    intended_text: str = ""
    intended_days: tuple[WrittenDay, ...] = ()
    removing: bool = False
    left: Literal["", "deleted", "changed"] = ""
    choice: str = ""
    channel: ChannelName = "exchange"  # on whose server; while there was only one, nobody wrote it down
    calls: int = 0
    attempts: int = 0
    next_try: datetime | None = None
    said: str = ""
    changed: datetime | None = None

    @property
    def may_stand(self) -> bool:
        """Whether anything of ours may be in the calendar."""
        return self.stands is not None or self.intended is not None or self.removing


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A series as the server shows it. Dates and `start` are local to the zone that was asked for.

    `title` and `text` are None where the server did not send them, which says nothing. `weekdays` is None for anything
    but a series that repeats every week; `until` None for one without an end day.
    """

    item: str
    folder: str
    title: str | None
    text: str | None
    start: time
    minutes: int
    weekdays: frozenset[int] | None
    until: date | None
    first: date | None = None  # None where the server did not send it
    deleted: frozenset[date] = frozenset()
    moved: Mapping[date, tuple[datetime, datetime]] = field(default_factory=dict)  # by the day it was meant for


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenDay:
    """One day of a series as the server shows it; `item` is that day's own id. `title` and `text` as in `Seen`."""

    item: str
    starts: datetime
    ends: datetime
    title: str | None
    text: str | None


LINK = re.compile("<(?:mailto:)?([^<>]+)>")
"""A link in a text that has been HTML in between: its address stands before it, and once more so."""


def fingerprint(text: str) -> str:
    """Of a text without what servers do to it: white space, which they fold as they like, and links said twice."""
    bare = "".join(text.split())

    def twice(link: re.Match[str]) -> str:
        return "" if bare.endswith((link[1], link[1].removesuffix("/")), 0, link.start()) else link[0]

    return hashlib.sha256(LINK.sub(twice, bare).encode()).hexdigest()[:16]


def number_of(series: Series, day: date) -> int:
    """Which occurrence of the series a day is, from 1, deleted ones counted."""
    last = min(day, series.until)
    weeks, rest = divmod((last - series.first).days + 1, 7)
    begun = series.hits(last - timedelta(days=rest - 1), last) if rest else ()
    return max(0, weeks * len(series.weekdays) + len(begun))


def begins(series: Series, day: date, start: time | None = None) -> datetime:
    """When the series begins on a day, at another time of day than its own where one is given; in its zone."""
    return datetime.combine(day, start or series.start, ZoneInfo(series.zone))


def need(standing: BlockState, wanted: DesiredBlock | None, since: date) -> Need | None:
    """What a call is needed for; None when all is as it should be, or left alone. `since`: the first day that may be
    written."""
    if wanted is None:
        return "unblock" if standing.may_stand else None
    if standing.left and standing.choice == wanted.choice:
        return None
    stands = standing.stands
    if stands is None or _uncertain(standing) or _series_differs(standing, stands, wanted.wish, since):
        return "block"
    return "prompt" if stands.words != wanted.wish.words or days_to_tell(standing, wanted, since) else None


def _uncertain(standing: BlockState) -> bool:
    """Whether what stands may be something else than we know: it is being written or taken away, or was theirs."""
    return bool(standing.left or standing.intended or standing.removing)


def _series_differs(standing: BlockState, stands: DesiredSeries, wish: DesiredSeries, since: date) -> bool:
    """Whether more than words and single days are to be written: the series itself, days to take out of it, or what the
    person did with a day."""
    if needs_new(stands, wish, since) or stands.title != wish.title:
        return True
    return bool(new_exdates(standing, wish, since)) or any(one.owed and one.day >= since for one in standing.own)


def needs_new(stands: DesiredSeries, wish: DesiredSeries, since: date) -> bool:
    """Whether the series must be written anew. What was taken out of a series cannot be put back into it."""
    old, new = stands.series, wish.series
    if old.pattern() != new.pattern() or old.until != new.until:
        return True
    if max(old.first, since) != max(new.first, since):
        return True
    return any(day >= since for day in old.exdates - new.exdates)


def begun(wish: DesiredSeries, since: date) -> DesiredSeries:
    """The wish as a series that is written now, whose days before `since` are over: it begins with the next one."""
    series = wish.series
    coming = (day for day in series.hits(since, series.until) if day not in series.exdates)
    first = next(coming, series.first)
    exdates = frozenset(day for day in series.exdates if day >= first)
    return replace(wish, series=replace(series, first=first, exdates=exdates))


def first_open(standing: BlockState, coming: datetime | None, today: date, now: datetime) -> date:
    """The first day that may still be written: today, or tomorrow when today's block has begun, as it stands or as it
    should (`coming`; None when there should be none today)."""
    stands, intended = standing.stands, standing.intended
    if stands is None or (standing.removing and intended and intended.series.first <= today):
        return today  # of what was begun earlier today, today's block may be gone already
    begun = any(at and at <= now for at in (coming, _stands_at(standing, stands.series, today)))
    return today + timedelta(days=1) if begun else today


def _stands_at(standing: BlockState, series: Series, day: date) -> datetime | None:
    """When a day's block begins as it stands; None when there is none."""
    own = {one.day: one for one in standing.own}.get(day)
    if own is not None:
        return own.starts
    if day in series.exdates or not series.hits(day, day):
        return None
    told = {one.day: one.start for one in standing.days}
    return begins(series, day, told.get(day))


def new_exdates(standing: BlockState, wish: DesiredSeries, today: date) -> frozenset[date]:
    """Days to take out of the series that stands, from today on; what the person did with a day stays."""
    known = standing.stands.series.exdates if standing.stands else frozenset()
    own = {one.day for one in standing.own}
    return frozenset(day for day in wish.series.exdates - known if day >= today and day not in own)


def days_to_tell(standing: BlockState, wanted: DesiredBlock, today: date) -> tuple[DesiredDay, ...]:
    """The coming days whose text or time is not what it should be."""
    told = {one.day: (one.start, one.words) for one in standing.days}
    own = {one.day for one in standing.own}
    return tuple(
        one
        for one in wanted.days
        if one.day >= today and one.day not in own and told.get(one.day) != (one.start, one.words)
    )


def looks_like(seen: Seen, wish: DesiredSeries) -> bool:
    """Whether a series is as we wrote it: time, length, weekdays, end and title. Servers may give the last
    occurrence's day as the end."""
    series = wish.series
    week = series.hits(series.until - timedelta(days=6), series.until)
    last = week[-1] if week else series.until
    return (
        seen.start == series.start
        and seen.minutes == series.minutes
        and seen.weekdays == series.weekdays
        and seen.until is not None
        and last <= seen.until <= series.until
        and (seen.title is None or fingerprint(seen.title) == fingerprint(wish.title))
    )


def deleted_by_person(standing: BlockState, seen: Seen, today: date) -> frozenset[date]:
    """Coming days that are gone and that we did not take out."""
    known = _taken_out(standing) | {one.day for one in standing.own if one.gone}
    return frozenset(day for day in seen.deleted if day >= today and day not in known)


def _taken_out(standing: BlockState) -> frozenset[date]:
    """The days that we took out of the series, or may have."""
    wishes = [wish for wish in (standing.stands, standing.intended) if wish]
    # What the person has made of a day is never taken out, not even when the day is closed.
    theirs = {one.day for one in standing.own if not one.gone}
    return frozenset[date]().union(*(wish.series.exdates for wish in wishes)) - theirs


def moved_by_person(standing: BlockState, seen: Seen, today: date) -> frozenset[date]:
    """Coming days that stand elsewhere, or for longer or shorter, than we put them."""
    assert standing.stands is not None
    series, told = standing.stands.series, _told(standing)
    known = {one.day for one in standing.own}
    found = set()
    for day, (starts, ends) in seen.moved.items():
        places = {begins(series, day, start) for start in (series.start, *(one.start for one in told[day]))}
        as_we_put_it = starts in places and ends - starts == timedelta(minutes=series.minutes)
        if day >= today and day not in known and not as_we_put_it:
            found.add(day)
    return frozenset(found)


def edited_by_person(standing: BlockState, seen: Seen, day: date, shown: SeenDay, title: str) -> bool:
    """Whether somebody gave this day another title or text than the series or we gave it."""
    ours = {standing.text, *(one.text for one in _told(standing)[day])}
    ours |= set() if seen.text is None else {fingerprint(seen.text)}
    another_title = shown.title is not None and fingerprint(shown.title) != fingerprint(title)
    return another_title or (shown.text is not None and fingerprint(shown.text) not in ours)


def may_have_changed_again(own: OwnDay) -> bool:
    """Whether what the person made of a day stands in this series, where they may have changed it once more."""
    return not own.gone and not own.owed


def _told(standing: BlockState) -> Mapping[date, list[WrittenDay]]:
    """All that may have been written for a day."""
    found = defaultdict[date, list[WrittenDay]](list)
    for one in (*standing.days, *standing.intended_days):
        found[one.day].append(one)
    return found


def with_days_as_shown(standing: BlockState, shown: Mapping[date, SeenDay]) -> BlockState:
    """The standing with those of the intended days that were written before we heard of it."""
    assert standing.stands is not None
    series = standing.stands.series
    days = {one.day: one for one in standing.days}
    for one in standing.intended_days:
        there = shown.get(one.day)
        if there is None or there.text is None or there.starts != begins(series, one.day, one.start):
            continue
        if fingerprint(there.text) == one.text:
            days[one.day] = one
    return replace(standing, days=tuple(days.values()), intended_days=())


def settled(standing: BlockState) -> BlockState:
    """The standing when nothing is being written any more."""
    done = replace(standing, intended=None, intended_text="", intended_days=(), removing=False)
    return replace(done, calls=standing.calls + 1, attempts=0, next_try=None, said="")


def own_day(day: date, shown: SeenDay) -> OwnDay:
    """A day that somebody changed, as it was seen."""
    return OwnDay(
        day=day,
        gone=False,
        starts=shown.starts.astimezone(UTC),
        ends=shown.ends.astimezone(UTC),
        title=shown.title,
        text=shown.text,
    )


def in_a_new_one(own: OwnDay, since: date, zone: str) -> OwnDay:
    """What the person did with a day, for a series that is written anew. A day that they moved to before `since` stands
    there in the old one."""
    past = own.starts is not None and own.starts.astimezone(ZoneInfo(zone)).date() < since
    return replace(own, owed=True, gone=own.gone or past)


def let_be(standing: BlockState, why: Literal["deleted", "changed"], wanted: DesiredBlock) -> BlockState:
    """The standing when the person has deleted or changed the series: it is theirs now."""
    stands = None if why == "deleted" else standing.stands
    item = "" if why == "deleted" else standing.item
    return replace(settled(standing), left=why, choice=wanted.choice, stands=stands, item=item, days=())
