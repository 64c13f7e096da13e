"""Time zones as Outlook reads them: one STANDARD and one DAYLIGHT rule a year, each with an RRULE.

Outlook ignores RDATE in a VTIMEZONE and approximates to one yearly pair (MS-STANOICAL 2.1.3.1.1.19), so the lists
that icalendar generates are an hour wrong there. Ours is derived from zoneinfo's rule of the years in question. For the
few zones that have none (the clock follows Ramadan, or a rule has just changed) it lists the changes of these years.
"""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

YEARS = 2
"""A rule must hold for this year and the next: no series or feed reaches further. Asking for more would take the rule
from a zone years before its clock changes another way."""

AS_UTC = frozenset(
    {
        "UTC",
        "Africa/Abidjan",
        "Africa/Accra",
        "Africa/Bamako",
        "Africa/Banjul",
        "Africa/Conakry",
        "Africa/Dakar",
        "Africa/Freetown",
        "Africa/Lome",
        "Africa/Nouakchott",
        "Africa/Ouagadougou",
        "Africa/Timbuktu",
        "Atlantic/Reykjavik",
        "Atlantic/St_Helena",
        "Etc/GMT",
        "Etc/GMT+0",
        "Etc/GMT-0",
        "Etc/GMT0",
        "Etc/Greenwich",
        "Etc/UCT",
        "Etc/UTC",
        "Etc/Universal",
        "Etc/Zulu",
        "GMT",
        "GMT+0",
        "GMT-0",
        "GMT0",
        "Greenwich",
        "Iceland",
        "UCT",
        "Universal",
        "Zulu",
    }
)
"""Zones whose clock is UTC all year: icalendar, our measure, writes a time there with a Z and no TZID."""

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Onset:
    """When the clock changes each year: the nth (-1: last) weekday of a month, in the wall time before the change."""

    month: int
    nth: int
    weekday: int  # 0 is Monday
    at: time
    before: timedelta
    after: timedelta
    name: str

    def on(self, year: int) -> date:
        days = [
            day
            for day in range(1, calendar.monthrange(year, self.month)[1] + 1)
            if date(year, self.month, day).weekday() == self.weekday
        ]
        return date(year, self.month, days[self.nth if self.nth < 0 else self.nth - 1])


@lru_cache(maxsize=256)
def vtimezone(zone: str, year: int) -> bytes:
    """The VTIMEZONE of an IANA zone with the rule of `year`, ready to stand in a VCALENDAR.

    Without a yearly rule each change from the year before to YEARS after stands there by itself. Raises
    ZoneInfoNotFoundError for a name that is none.
    """
    onsets = _onsets(zone, year)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}"]
    if not onsets:
        began = year if onsets == () else year - 1
        offset, name = _at(zone, datetime(began, 1, 1, tzinfo=UTC))
        lines += _observance("STANDARD", offset, offset, "19700101T000000", name, None)
    for onset in onsets or ():
        start = f"{onset.on(1970):%Y%m%d}T{onset.at:%H%M%S}"
        rule = f"FREQ=YEARLY;BYMONTH={onset.month};BYDAY={onset.nth}{DAYS[onset.weekday]}"
        lines += _observance(_kind(onset.before, onset.after), onset.before, onset.after, start, onset.name, rule)
    if onsets is None:
        lines += _one_by_one(zone, range(year - 1, year + YEARS + 1))
    return "\r\n".join([*lines, "END:VTIMEZONE", ""]).encode("ascii")


def is_yearly(zone: str, year: int) -> bool:
    """Whether the zone's clock changes by a yearly rule or not at all. Outlook follows nothing else."""
    return _onsets(zone, year) is not None


def _one_by_one(zone: str, years: Iterable[int]) -> list[str]:
    """An observance for each change. Not RDATEs, which Outlook passes over in a VTIMEZONE and refuses in an invitation."""
    lines = []
    for moment in (change for year in years for change in _changes(zone, year)):
        before, (after, name) = _at(zone, moment - timedelta(minutes=1))[0], _at(zone, moment)
        start = f"{moment + before:%Y%m%dT%H%M%S}"
        lines += _observance(_kind(before, after), before, after, start, name, None)
    return lines


def _kind(before: timedelta, after: timedelta) -> str:
    return "DAYLIGHT" if after > before else "STANDARD"


def _observance(kind: str, before: timedelta, after: timedelta, start: str, name: str, rule: str | None) -> list[str]:
    lines = [f"BEGIN:{kind}", f"DTSTART:{start}", f"TZOFFSETFROM:{_offset(before)}", f"TZOFFSETTO:{_offset(after)}"]
    return [*lines, *([f"RRULE:{rule}"] if rule else []), f"TZNAME:{name}", f"END:{kind}"]


def _offset(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"


@lru_cache(maxsize=256)
def _onsets(zone: str, year: int) -> tuple[Onset, ...] | None:
    """The yearly changes, none for a zone without; None when no one rule fits all the years."""
    found = [_changes(zone, year + n) for n in range(YEARS)]
    if not any(found):
        return ()
    if any(len(changes) != 2 for changes in found):
        return None
    rules = [_rule(zone, [changes[at] for changes in found]) for at in (0, 1)]
    return tuple(rule for rule in rules if rule) if all(rules) else None


def _rule(zone: str, changes: list[datetime]) -> Onset | None:
    """The one rule behind the same change in several years (moments in UTC)."""
    locals_ = [moment + _at(zone, moment - timedelta(minutes=1))[0] for moment in changes]
    first = locals_[0]
    offsets = {(_at(zone, moment - timedelta(minutes=1))[0], *_at(zone, moment)) for moment in changes}
    if len(offsets) != 1:
        return None
    before, after, name = offsets.pop()
    for nth in (-1, 1, 2, 3, 4):
        onset = Onset(first.month, nth, first.weekday(), first.time(), before, after, name)
        if all(onset.on(local.year) == local.date() and local.time() == onset.at for local in locals_):
            return onset
    return None


def _changes(zone: str, year: int) -> list[datetime]:
    """The moments in a year, in UTC, at which the offset changes."""
    found = []
    moment, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    while moment < end:
        after = moment + timedelta(days=1)
        if _at(zone, moment)[0] != _at(zone, after)[0]:
            found.append(_between(zone, moment, after))
        moment = after
    return found


def _between(zone: str, low: datetime, high: datetime) -> datetime:
    offset = _at(zone, low)[0]
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=(high - low) // timedelta(minutes=1) // 2)
        low, high = (middle, high) if _at(zone, middle)[0] == offset else (low, middle)
    return high


def _at(zone: str, moment: datetime) -> tuple[timedelta, str]:
    local = moment.astimezone(ZoneInfo(zone))
    return local.utcoffset() or timedelta(0), local.tzname() or zone
