"""Times and lengths as iCalendar files write them (RFC 5545, 3.3.4 to 3.3.6), with the slips that programs make. Pure."""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

MOMENT = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d))?(?:[.,]\d+)?\s*(Z|([+-])([01]\d):?([0-5]\d))?)?",
    re.IGNORECASE,
)
"""A day, or a time with or without its seconds. Fractions of them, colons and an offset are no part of RFC 5545, but
of ISO 8601, which some write."""

LENGTH = re.compile(
    r"([+-]?)P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?", re.IGNORECASE
)


def moment_of(text: str, zone: tzinfo | None) -> datetime | date | None:
    """The time, in UTC where it says so and else in `zone`; or the day. None for what is neither. A time with an offset
    is the same moment in `zone`, for what recurs."""
    match = MOMENT.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        if match[4] is None:
            return date(year, month, day)
        naive = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001  # a leap second is none here
    except ValueError:
        return None
    if match[8] is None:
        return naive.replace(tzinfo=UTC if match[7] else zone)
    offset = timedelta(hours=int(match[9]), minutes=int(match[10]))
    return _by_offset(naive, -offset if match[8] == "-" else offset, zone or UTC)


def _by_offset(naive: datetime, offset: timedelta, zone: tzinfo) -> datetime | None:
    """The moment in `zone`; None where there is no such time any more."""
    try:
        return naive.replace(tzinfo=timezone(offset)).astimezone(zone)
    except OverflowError:
        return None


def length_of(text: str) -> timedelta | None:
    """A DURATION; None for what is none."""
    match = LENGTH.fullmatch(text.strip())
    if match is None or not any(match.groups()[1:]):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    found = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -found if match[1] == "-" else found


def day_of(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
