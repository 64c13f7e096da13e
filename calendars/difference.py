"""What should stand against what was published: the changes, each with its SEQUENCE and DTSTAMP. Pure.

A publication's life: `intended` while the letter or call that carries a change is on its way, `series` once it has
arrived, `parked` when it was refused for good. While one is open for a UID, no new change of it is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

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
    """The changes that bring calendars from `publications` (by UID) to `wanted` (by person id), by person id.

    `recipients` are the addresses and `absent` the own days off, by person id. A new address alone changes nothing,
    except that a change which was refused there is tried again.
    """
    ours = {one.person_id: one for one in publications.values() if one.channel == channel}
    found = []
    for person_id in sorted(wanted.keys() | ours.keys()):
        before = ours.get(person_id) or Publication(uid=wanted[person_id].uid, channel=channel, person_id=person_id)
        change = _change(before, wanted.get(person_id), recipients.get(person_id, ""), now, absent)
        if change:
            found.append(change)
    return tuple(found)


def _change(
    before: Publication,
    wanted: Series | None,
    address: str,
    now: datetime,
    absent: Mapping[str, frozenset[date]],
) -> Change | None:
    if before.intended:
        return None
    method: Method = "REQUEST"
    kind: Literal["create", "update", "cancel"]
    if wanted:
        # The UID is for life: a new domain in the config must not put a second series beside the first.
        series = replace(wanted, uid=before.uid)
        own = absent.get(before.person_id, frozenset())
        if before.series and not _worth_telling(before.series, series, now - before.dtstamp, own):
            return None
        kind = "update" if before.series else "create"
    else:
        if before.series is None or not _still_to_come(before.series, now):
            return None
        series, kind, method = before.series, "cancel", "CANCEL"
    fingerprint = f"{method} {address} {series.pattern()}"
    if before.parked and _refused(before.parked, series, fingerprint, now):
        return None
    sequence = before.highest + 1
    return Change(
        key=f"invite/{sequence}/{before.person_id}",
        kind=kind,
        uid=before.uid,
        person_id=before.person_id,
        channel=before.channel,
        sequence=sequence,
        dtstamp=_stamp(before, now),
        series=series,
        method=method,
        fingerprint=fingerprint,
    )


def _worth_telling(stands: Series, wanted: Series, since: timedelta, absent: frozenset[date]) -> bool:
    """Whether the two differ, and if only in a person's own days off, whether the last letter is long enough ago.

    A day that is no longer excluded counts as one of their own: what it was is not remembered.
    """
    if stands == wanted:
        return False
    skipped: set[date] = set()
    if wanted.first > stands.first and wanted.until >= stands.until:
        # Not begun yet, and the first days are off: it begins later, and so reaches further.
        skipped = set(stands.hits(stands.first, wanted.first - timedelta(days=1)))
        stands = replace(stands, first=wanted.first, until=wanted.until)
    new = (wanted.exdates | skipped) - stands.exdates
    batched = replace(stands, exdates=wanted.exdates) == wanted and new <= absent
    return not batched or since >= ABSENCE_PAUSE


def _refused(parked: Intended, series: Series, fingerprint: str, now: datetime) -> bool:
    """Whether `series` is what was refused. Made afresh each day it begins and ends later, and is the same wish."""
    if parked.fingerprint != fingerprint or parked.series is None:
        return parked.fingerprint == fingerprint
    first = max(parked.series.first, series.first, _today(series, now))
    last = min(parked.series.until, series.until)
    excluded = ({day for day in one.exdates if first <= day <= last} for one in (parked.series, series))
    return series.until >= parked.series.until and next(excluded) == next(excluded)


def _still_to_come(series: Series, now: datetime) -> bool:
    """Whether an occurrence is not over yet."""
    days = series.hits(_today(series, now), series.until)
    return any(day not in series.exdates and series.ends(day) > now for day in days)


def _today(series: Series, now: datetime) -> date:
    return now.astimezone(ZoneInfo(series.zone)).date()


def _stamp(before: Publication, now: datetime) -> datetime:
    """`now` in UTC, whole seconds, later than any DTSTAMP used for this UID (RFC 5546, 2.1.5)."""
    return max(now.astimezone(UTC).replace(microsecond=0), before.latest + timedelta(seconds=1))


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
    """The publication when its change has arrived; the same when none was on its way."""
    done = publication.intended
    if done is None:
        return publication
    return replace(
        publication, sequence=done.sequence, dtstamp=done.dtstamp, series=done.series, intended=None, parked=None
    )


def park(publication: Publication) -> Publication:
    """The publication when its change was refused for good; the same when none was on its way.

    The same change is not tried again by itself.
    """
    if publication.intended is None:
        return publication
    return replace(publication, intended=None, parked=publication.intended)


def unpark(publication: Publication, letter: str) -> Publication:
    """The publication when the parked letter is sent again: same SEQUENCE, same DTSTAMP. Raises Superseded."""
    parked = publication.parked
    if parked is None or parked.letter != letter:  # anything newer has taken its place there
        raise Superseded
    return replace(publication, intended=parked, parked=None)
