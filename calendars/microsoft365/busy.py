"""When people are not free: getSchedule, and what is read of its answer."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from calendars.channel import ChannelError
from calendars.microsoft365.errors import ABSENT, PERSON, UNKNOWN, not_understood, short
from calendars.microsoft365.requests import Ask, part

MOST = 20
"""So many people in one question, as documented (learn.microsoft.com/graph/api/calendar-getschedule)."""

FREE = ("free", "workingElsewhere")

VIEW_MINUTES = 15
TAKEN = "123"
"""In the view: tentative, busy, out of office, a digit for each quarter of an hour. 0 is free, 4 working elsewhere."""

Busy = list[tuple[datetime, datetime]]


def question(mailbox: str, addresses: Sequence[str], begin: datetime, end: datetime) -> Ask:
    """Ask for these people's times, by a mailbox that asks."""
    body = {
        "schedules": list(addresses),
        "startTime": _utc(begin),
        "endTime": _utc(end),
        "availabilityViewInterval": VIEW_MINUTES,
    }
    path = f"/users/{part(mailbox)}/calendar/getSchedule"
    return Ask(method="POST", path=path, headers={"Prefer": 'outlook.timezone="UTC"'}, body=body)


def answers(body: Mapping[str, Any], addresses: Sequence[str], begin: datetime) -> dict[str, Busy | ChannelError]:
    """The times of each, aware; an error for whoever is missing or cannot be read."""
    value = body.get("value")
    said = (
        {str(one.get("scheduleId")).lower(): one for one in value if isinstance(one, Mapping)}
        if isinstance(value, list)
        else {}
    )
    return {address: _of(address, said.get(address.lower()), begin) for address in addresses}


def _of(address: str, found: Mapping[str, Any] | None, begin: datetime) -> Busy | ChannelError:
    if found is None:
        return not_understood("Microsoft Graph does not say when this person is free.", address)
    if isinstance(error := found.get("error"), Mapping):
        return _error(address, error)
    items, view = found.get("scheduleItems"), found.get("availabilityView")
    if not items and isinstance(view, str):  # what is hidden from us is in the view all the same
        return _of_view(view, begin)
    try:
        taken = [one for one in items or () if one["status"] not in FREE]
        return [(_moment(one["start"]), _moment(one["end"])) for one in taken]
    except (TypeError, KeyError, ValueError):
        return not_understood("in Microsoft Graph's answer a time that is taken cannot be read.", address)


def _of_view(view: str, begin: datetime) -> Busy:
    """What is taken, by the quarter of an hour."""
    step, start = timedelta(minutes=VIEW_MINUTES), begin.astimezone(UTC)
    return [(start + n * step, start + (n + 1) * step) for n, mark in enumerate(view) if mark in TAKEN]


def _error(address: str, error: Mapping[str, Any]) -> ChannelError:
    code, words = str(error.get("responseCode") or ""), short(str(error.get("message") or ""))
    # A number instead of a name: of somebody whom nobody knows it is 5009.
    known = UNKNOWN if code == "5009" else {**PERSON, **ABSENT}.get(code)
    if known:
        return ChannelError(f"{address}: {known} ({words or code}).", absent=code == "5009" or code in ABSENT)
    said = ", ".join(filter(None, (code, words))) or "no reason is given"
    return ChannelError(f"{address}: the times cannot be had: {said}.", cause=code or "times")


def _utc(moment: datetime) -> Mapping[str, str]:
    return {"dateTime": f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"}


def _moment(found: Mapping[str, str]) -> datetime:
    """A time as it was asked for: in UTC, without saying so."""
    if found.get("timeZone") not in ("UTC", None):
        raise ValueError(found)
    read = datetime.fromisoformat(found["dateTime"])
    return read if read.tzinfo else read.replace(tzinfo=UTC)
