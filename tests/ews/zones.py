"""The time zones this server knows, by their Windows names, and what GetServerTimeZones says about them.

Windows names and their IANA twins: Unicode CLDR, windowsZones.xml. The definition's shape (periods, one group of
yearly transitions): the reference's TimeZoneDefinition. The rules come from zoneinfo, for the year that is asked.
"""

import calendar
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from tests.ews.soap import EwsError, make

ZONES = {
    "UTC": "UTC",
    "GMT Standard Time": "Europe/London",
    "Greenwich Standard Time": "Atlantic/Reykjavik",
    "Romance Standard Time": "Europe/Copenhagen",
    "W. Europe Standard Time": "Europe/Berlin",
    "Central Europe Standard Time": "Europe/Budapest",
    "Central European Standard Time": "Europe/Warsaw",
    "FLE Standard Time": "Europe/Helsinki",
    "GTB Standard Time": "Europe/Athens",
    "Russian Standard Time": "Europe/Moscow",
    "Greenland Standard Time": "America/Nuuk",
    "Eastern Standard Time": "America/New_York",
    "Pacific Standard Time": "America/Los_Angeles",
    "West Asia Standard Time": "Asia/Tashkent",
    "India Standard Time": "Asia/Kolkata",
    "Tokyo Standard Time": "Asia/Tokyo",
    "AUS Eastern Standard Time": "Australia/Sydney",
}


def zone_of(windows_name: str) -> ZoneInfo:
    """Raises EwsError ErrorTimeZone for a name this server does not know [U: real servers may say it otherwise]."""
    if windows_name not in ZONES:
        raise EwsError("ErrorTimeZone", f"The time zone {windows_name!r} is unknown.")
    return ZoneInfo(ZONES[windows_name])


def definition(windows_name: str, year: int, *, full: bool) -> Element:
    element = make("t:TimeZoneDefinition", Id=windows_name, Name=f"({windows_name})")
    if not full:
        return element
    changes = _changes(zone_of(windows_name), year)
    standard, daylight = _offsets(zone_of(windows_name), year)
    periods = [_period("Standard", standard)]
    if changes:
        periods.append(_period("Daylight", daylight))
        moments = [
            _transition(at, "Standard" if after == standard else "Daylight", before) for at, before, after in changes
        ]
    else:
        moments = [make("t:Transition", make("t:To", text="Standard", Kind="Period"))]
    element.append(make("t:Periods", *periods))
    element.append(make("t:TransitionsGroups", make("t:TransitionsGroup", *moments, Id="0")))
    element.append(make("t:Transitions", make("t:Transition", make("t:To", text="0", Kind="Group"))))
    return element


def _period(name: str, offset: timedelta) -> Element:
    return make("t:Period", Bias=_duration(-offset), Name=name, Id=name)


def _duration(length: timedelta) -> str:
    minutes = abs(length) // timedelta(minutes=1)
    return f"{'-' if length < timedelta(0) else ''}PT{minutes}M"


def _offsets(zone: ZoneInfo, year: int) -> tuple[timedelta, timedelta]:
    """The smallest and the greatest offset from UTC in a year: standard and daylight time."""
    found = {datetime(year, month, 1, tzinfo=zone).utcoffset() or timedelta(0) for month in range(1, 13)}
    return min(found), max(found)


def _changes(zone: ZoneInfo, year: int) -> list[tuple[datetime, timedelta, timedelta]]:
    """Each change of the clock in a year: the moment in UTC, and the offsets before and after."""
    found = []
    at, before = datetime(year, 1, 1, tzinfo=UTC), datetime(year, 1, 1, tzinfo=UTC).astimezone(zone).utcoffset()
    while at.year == year:
        after = at.astimezone(zone).utcoffset()
        if after != before:
            assert before is not None
            assert after is not None
            found.append((at, before, after))
        at, before = at + timedelta(hours=1), after
    return found


def _transition(at: datetime, period: str, before: timedelta) -> Element:
    moment = (at + before).replace(tzinfo=None)  # the wall clock just before it is changed
    days = calendar.monthrange(moment.year, moment.month)[1]
    occurrence = -1 if moment.day + 7 > days else (moment.day - 1) // 7 + 1
    return make(
        "t:RecurringDayTransition",
        make("t:To", text=period, Kind="Period"),
        make("t:TimeOffset", text=_duration(timedelta(hours=moment.hour, minutes=moment.minute))),
        make("t:Month", text=moment.month),
        make("t:DayOfWeek", text=calendar.day_name[moment.weekday()]),
        make("t:Occurrence", text=occurrence),
    )
