"""Time zones by name, and the moments that are written in them.

Windows names (Unicode CLDR, by way of tzlocal) and IANA names: both are what supportedTimeZones answers.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from tzlocal.windows_tz import win_tz

from tests.graph.errors import GraphError, bad

_TIME = re.compile(r"(\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?)?)(?:\.(\d{1,7}))?(Z|[+-]\d\d:\d\d)?")


@cache
def zone_of(name: str) -> ZoneInfo:
    """Raises GraphError TimeZoneNotSupportedException for a name that is neither kind."""
    iana = "UTC" if name.lower() == "utc" else win_tz.get(name, name)
    if iana not in available_timezones() or ("/" not in iana and iana != "UTC"):
        text = f"A valid TimeZone value must be specified. The following TimeZone value is not supported: '{name}'."
        raise bad("TimeZoneNotSupportedException", text)
    return ZoneInfo(iana)


def moment(text: str, zone: ZoneInfo | None = None) -> datetime:
    """A written time as an aware one in UTC; without an offset it is on the clock of `zone` (UTC where none is given)."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise _no_time(text)
    seconds, fraction, offset = found.groups()
    try:
        plain = datetime.fromisoformat(seconds) + timedelta(microseconds=int((fraction or "0")[:6].ljust(6, "0")))
        at = datetime.fromisoformat(f"{plain.isoformat()}{offset or ''}")
    except ValueError as error:
        raise _no_time(text) from error
    return (at.replace(tzinfo=zone or UTC) if at.tzinfo is None else at).astimezone(UTC)


def _no_time(text: str) -> GraphError:
    return bad("ErrorInvalidParameter", f"The value '{text}' is not a valid date and time.")


def read_time(value: dict[str, str]) -> tuple[datetime, str]:
    """A dateTimeTimeZone as a moment and the name of its zone. Without a zone it is UTC [U]."""
    name = value.get("timeZone") or "UTC"
    return moment(value["dateTime"], zone_of(name)), name


def written(at: datetime, zone_name: str) -> dict[str, str]:
    local = at.astimezone(zone_of(zone_name)).replace(tzinfo=None)
    return {"dateTime": f"{local.isoformat(timespec='microseconds')}0", "timeZone": zone_name}


def stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def precise(at: datetime) -> str:
    """As Microsoft writes when something was made or changed: as many digits of the second as are not zero."""
    fraction = f"{at.microsecond:06d}".rstrip("0")
    return stamp(at).replace("Z", f".{fraction}Z") if fraction else stamp(at)
