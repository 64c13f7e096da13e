"""What should stand against what was published: the changes, each with its SEQUENCE and DTSTAMP. Pure.

A publication's life: `intended` while the letter or call that carries a change is on its way, `series` once it has
arrived, `parked` when it was refused for good. While one is open for a UID, no new change of it is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from calendars.event import Series

Method = Literal["REQUEST", "CANCEL"]

ABSENCE_PAUSE = timedelta(days=7)
"""Changes that are only about a person's own days off are sent at most once a week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intended:
    """A change on its way: `series` is what will stand when it arrives (None: nothing)."""

    sequence: int
    dtstamp: datetime
    method: Method
    series: Series | None
    letter: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What one calendar has been told about one UID."""

    uid: str
    channel: str
    person_id: str
    sequence: int = -1
    dtstamp: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    series: Series | None = None  # what stands; None: nothing, or nothing any more
    highest: int = -1  # the highest SEQUENCE ever used
    latest: datetime = datetime(1970, 1, 1, tzinfo=UTC)  # the latest DTSTAMP ever used
    intended: Intended | None = None
    parked: Intended | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing to tell one calendar. `series` is what should stand, or for a cancel what is cancelled."""

    key: str
    kind: Literal["create", "update", "cancel"]
    uid: str
    person_id: str
    channel: str
    sequence: int
    dtstamp: datetime
    series: Series
    method: Method
    fingerprint: str


class Superseded(ValueError):
    """A parked change cannot be sent again: the calendar has been told, or is being told, something newer."""

    def __init__(self) -> None:
        super().__init__("Something newer about this event is on its way or has arrived. Give the old letter up.")


def changes(
    wanted: Mapping[str, Series],
    publications: Mapping[str, Publication],
    recipients: Mapping[str, str],
    now: datetime,
    absent: Mapping[str, frozenset[date]],
    channel: str = "invite",
) -> tuple[Change, ...]:
    """The changes that bring calendars from `publications` (by UID) to `wanted` (by person id).

    `recipients` are the addresses by person id: a new address alone changes nothing, except that a change which
    was refused there is tried again.
    """
    ours = {one.person_id: one for one in publications.values() if one.channel == channel}
    found = []
    for person_id in sorted(wanted.keys() | ours.keys()):
        address = recipients.get(person_id, "")
        change = _change(person_id, wanted.get(person_id), ours.get(person_id), address, now, absent, channel)
        if change:
            found.append(change)
    return tuple(found)


def _change(
    person_id: str,
    wanted: Series | None,
    before: Publication | None,
    address: str,
    now: datetime,
    absent: Mapping[str, frozenset[date]],
    channel: str,
) -> Change | None:
    stands = before.series if before else None
    if (before and before.intended) or (wanted is None and stands is None):
        return None
    series = wanted or stands
    assert series is not None  # shown above
    kind: Literal["create", "update", "cancel"] = "cancel" if wanted is None else "update" if stands else "create"
    if stands and wanted and not _worth_telling(stands, wanted, before, now, absent.get(person_id, frozenset())):
        return None
    if kind == "cancel" and not _still_to_come(series, now):
        return None
    method: Method = "CANCEL" if kind == "cancel" else "REQUEST"
    fingerprint = f"{method} {series.plan_hash()} {address}"
    if before and before.parked and before.parked.fingerprint == fingerprint:
        return None
    sequence = (before.highest if before else -1) + 1
    return Change(
        key=f"invite/{sequence}/{person_id}",
        kind=kind,
        uid=series.uid,
        person_id=person_id,
        channel=channel,
        sequence=sequence,
        dtstamp=_stamp(before, now),
        series=series,
        method=method,
        fingerprint=fingerprint,
    )


def _worth_telling(
    stands: Series, wanted: Series, before: Publication | None, now: datetime, absent: frozenset[date]
) -> bool:
    if stands.plan_hash() == wanted.plan_hash():
        return False
    if replace(stands, exdates=wanted.exdates) != wanted:
        return True
    only_absences = all(day in absent for day in wanted.exdates - stands.exdates) and not any(
        day in wanted.exdates for day in stands.exdates - wanted.exdates
    )
    returned = stands.exdates - wanted.exdates
    batched = only_absences or (not wanted.exdates - stands.exdates and bool(returned))
    return not batched or before is None or now - before.dtstamp >= ABSENCE_PAUSE


def _still_to_come(series: Series, now: datetime) -> bool:
    # A day's grace for zones: an occurrence earlier today may still be to come where the person is.
    return bool(set(series.hits((now - timedelta(days=1)).date(), series.until)) - series.exdates)


def _stamp(before: Publication | None, now: datetime) -> datetime:
    """`now` in UTC, whole seconds, later than any DTSTAMP used for this UID (RFC 5546, 2.1.5)."""
    stamp = now.astimezone(UTC).replace(microsecond=0)
    return max(stamp, before.latest + timedelta(seconds=1)) if before else stamp


def intend(before: Publication | None, change: Change, letter: str) -> Publication:
    """The publication while `letter` carries the change."""
    publication = before or Publication(uid=change.uid, channel=change.channel, person_id=change.person_id)
    intended = Intended(
        sequence=change.sequence,
        dtstamp=change.dtstamp,
        method=change.method,
        series=None if change.method == "CANCEL" else change.series,
        letter=letter,
        fingerprint=change.fingerprint,
    )
    return replace(publication, intended=intended, parked=None, highest=change.sequence, latest=change.dtstamp)


def settle(publication: Publication) -> Publication:
    """The publication when its change has arrived."""
    done = publication.intended
    assert done is not None  # only an open change can be settled
    return replace(
        publication, sequence=done.sequence, dtstamp=done.dtstamp, series=done.series, intended=None, parked=None
    )


def park(publication: Publication) -> Publication:
    """The publication when its change was refused for good. The same change is not tried again by itself."""
    return replace(publication, intended=None, parked=publication.intended)


def unpark(publication: Publication, letter: str) -> Publication:
    """The publication when the parked letter is sent again: same SEQUENCE, same DTSTAMP. Raises Superseded."""
    parked = publication.parked
    if publication.intended or parked is None or parked.letter != letter:
        raise Superseded
    return replace(publication, intended=parked, parked=None)
