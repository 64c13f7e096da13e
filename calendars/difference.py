"""What should stand against what was published: the changes, each with its SEQUENCE and DTSTAMP. Pure.

A publication's life: `intended` while the letter or call that carries a change is on its way, `entry` once it has
arrived, `parked` when it was refused for good. While one is open, no new change of it is made.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from calendars.event import Entry, Series, Slot
from culture.keys import ChangePeriod, NoticeKey, SlotKey, without_domain
from culture.trouble import RAISED, Troubles

Method = Literal["REQUEST", "CANCEL"]
Kind = Literal["create", "update", "cancel"]
Of = Literal["series", "slot"]

ABSENCE_PAUSE = timedelta(days=7)
"""Changes that are only about a person's own days off are sent at most once a week. From a day to a day, not by the
hour: at midnight the service looks, and in between it need not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intended:
    """A change on its way: `entry` is what will stand on `channel` when it arrives (None: nothing).

    `method` is None when the letter says it in words alone.
    """

    sequence: int
    dtstamp: datetime
    method: Method | None
    entry: Entry | None
    letter: str
    fingerprint: str
    channel: str
    in_file: bool = False  # the letter becomes a file, and reaches nobody
    address: str = ""  # where a calendar part goes; empty: in words, or from a time when it was not remembered
    own: frozenset[date] = frozenset()  # the excluded days of `entry` that are the person's own days off


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What one person's calendar has been told about one UID. A slot's UID is shared by everybody who is told of it."""

    uid: str
    channel: str
    person_id: str
    of: Of = "series"
    sequence: int = -1
    dtstamp: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    entry: Entry | None = None  # what stands; None: nothing, or nothing any more
    highest: int = -1  # the highest SEQUENCE ever used
    latest: datetime = datetime(1970, 1, 1, tzinfo=UTC)  # the latest DTSTAMP ever used
    intended: Intended | None = None
    parked: Intended | None = None
    in_file: bool = False  # what stands was told in a file, and so to nobody
    address: str = ""  # where the calendar part of what stands went, as in Intended
    own: frozenset[date] = frozenset()

    @property
    def key(self) -> str:
        """What it is stored by."""
        return publication_key(self.of, self.uid, self.person_id)

    @property
    def series(self) -> Series | None:
        """The series that stands."""
        return self.entry if isinstance(self.entry, Series) else None

    @property
    def slot(self) -> Slot | None:
        """The slot that stands."""
        return self.entry if isinstance(self.entry, Slot) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing to tell one person. `entry` is what should stand, or for a cancel what is cancelled.

    `stood` is what stood before. `method` is the calendar part that travels (None: none does). It is CANCEL also for
    the update that moves a slot from mail to a feed: `entry` then stands on `channel`, which needs no part.
    """

    key: str
    kind: Kind
    uid: str
    person_id: str
    channel: str
    sequence: int
    dtstamp: datetime
    entry: Entry
    method: Method | None
    fingerprint: str
    stood: Entry | None = None
    told: bool = False  # the person has been told of it before
    address: str = ""
    own: frozenset[date] = frozenset()  # as in Intended
    moved: bool = False  # what stood was sent to another address

    @property
    def of(self) -> Of:
        """Whether it is about a series or a slot."""
        return "slot" if isinstance(self.entry, Slot) else "series"

    @property
    def publication(self) -> str:
        """The key of the publication that it changes."""
        return publication_key(self.of, self.uid, self.person_id)


def in_calendar(publication: Publication, now: datetime) -> bool:
    """Whether a series may still stand by it, or be on its way: a refused cancellation is no reason to wait."""
    if publication.intended:
        return True
    return publication.series is not None and not publication.parked and _still_to_come(publication.series, now)


def may_stand(publication: Publication, now: datetime) -> bool:
    """Whether anything that is not over stands by it, or may: also what a cancellation was refused for."""
    series, slot = publication.series, publication.slot
    coming = (series and _still_to_come(series, now)) or _to_come(slot, now)
    return publication.intended is not None or bool(coming)


def publication_key(of: Of, uid: str, person_id: str) -> str:
    """A series is one person's, so its UID is enough; a slot is many people's."""
    return uid if of == "series" else SlotKey(uid, person_id).to_text()


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
    """The changes that bring people's series from `publications` to `wanted` (by person id), by person id.

    `recipients` are the addresses and `absent` the own days off, by person id. A new address gets the series again: a
    mailbox that was only renamed takes it for an update of what it has (same UID, higher SEQUENCE).
    """
    ours = {one.person_id: one for one in publications.values() if one.of == "series" and one.channel == channel}
    found = []
    for person_id in sorted(wanted.keys() | ours.keys()):
        before = ours.get(person_id) or Publication(uid=wanted[person_id].uid, channel=channel, person_id=person_id)
        change = _series_change(before, wanted.get(person_id), recipients.get(person_id, ""), now, absent)
        if change:
            found.append(change)
    return tuple(found)


def slot_changes(
    wanted: Mapping[tuple[str, str], Slot],
    publications: Mapping[str, Publication],
    recipients: Mapping[str, str],
    now: datetime,
    channels: Mapping[str, str],
    troubles: Troubles = RAISED,
    kind_of: Callable[[str], str] = lambda _: "slot",
    mailed: Collection[str] = (),
) -> tuple[Change, ...]:
    """The changes that bring slots from `publications` to `wanted` (by UID and person id), by UID and person id.

    `recipients` are the addresses and `channels` the channels, by person id. On `invite` a change travels as a calendar
    part; whoever has another channel is told in words, for a feed shows the slot. What is over is not told any more.
    A new address gets its slots again. `kind_of` tells the kind of letter by the UID without its domain. Those that are
    `mailed`, by the same, travel as a calendar part to everybody.
    Of whoever is in `troubles` everything stays as it stands.
    """
    ours = {(without_domain(one.uid), one.person_id): one for one in publications.values() if one.of == "slot"}
    wishes = {(without_domain(uid), person_id): slot for (uid, person_id), slot in wanted.items()}
    found = []
    for left, person_id in sorted(wishes.keys() | ours.keys()):
        if troubles.touch(person_id):
            continue
        slot = wishes.get((left, person_id))
        before = ours.get((left, person_id))
        with troubles.of(person_id, "calendar"):
            if before is None:
                assert slot is not None  # it is in one of the two
                before = Publication(uid=slot.uid, channel="feed", person_id=person_id, of="slot")
            by_part = left in mailed or channels.get(person_id, before.channel) == "invite"
            channel = "invite" if by_part else "feed"
            change = _slot_change(before, slot, recipients.get(person_id, ""), now, channel, kind_of)
            if change:
                found.append(change)
    return tuple(found)


def _series_change(
    before: Publication,
    wanted: Series | None,
    address: str,
    now: datetime,
    absent: Mapping[str, frozenset[date]],
) -> Change | None:
    if before.intended:
        return None
    stands = before.series
    if wanted is None:
        return _series_cancelled(before, address, now)
    # The UID is for life: a new domain in the config must not put a second series beside the first.
    series = replace(wanted, uid=before.uid)
    off = absent.get(before.person_id, frozenset())
    since = _today(series, now) - _today(series, before.dtstamp)
    moved = stands is not None and _moved(before, address)
    if stands and not moved and not _worth_telling(stands, series, since, off, before.own):
        return None
    change = _series_told(before, "update" if stands else "create", series, "REQUEST", address, now)
    return change and replace(change, own=series.exdates & off, moved=moved)


def _series_cancelled(before: Publication, address: str, now: datetime) -> Change | None:
    stands = before.series
    if stands is None or not _still_to_come(stands, now):
        return None
    return _series_told(before, "cancel", stands, "CANCEL", address, now)


def _series_told(
    before: Publication, kind: Kind, series: Series, method: Method, address: str, now: datetime
) -> Change | None:
    """The change of a series; None for the one that was refused."""
    fingerprint = f"{method} {address} {series.pattern()}"
    if before.parked and _refused(before.parked, series, fingerprint, now):
        return None
    change = _change(before, kind, series, method, fingerprint, now, before.channel)
    return replace(change, address=address)


def _moved(before: Publication, address: str) -> bool:
    """Whether what stands was sent to another address. Whether that is another mailbox, or the same one by a new name,
    nobody can tell."""
    return bool(before.address and address) and before.address.casefold() != address.casefold()


def _slot_change(
    before: Publication, wanted: Slot | None, address: str, now: datetime, channel: str, kind_of: Callable[[str], str]
) -> Change | None:
    if before.intended:
        return None
    coming, stands = _to_come(wanted, now), _to_come(before.slot, now)
    kind: Kind | None
    if coming:
        slot, told_by = replace(coming, uid=before.uid), channel
        kind = _slot_kind(before, slot, address, now, channel)
    elif stands:
        slot, told_by, kind = stands, before.channel, "cancel"
    else:
        return None
    if kind is None:
        return None
    method = _slot_method(before, kind, told_by, now)
    fingerprint = f"{method} {told_by} {address} {slot.pattern()}"
    if before.parked and before.parked.fingerprint == fingerprint:
        return None
    change = _change(before, kind, slot, method, fingerprint, now, told_by, kind_of(without_domain(before.uid)))
    return replace(change, address=address if method == "REQUEST" else "")


def _to_come(slot: Slot | None, now: datetime) -> Slot | None:
    """The slot, if there is one and it is not over."""
    return slot if slot and slot.ends > now else None


def _mailed(before: Publication, now: datetime) -> bool:
    """Whether a slot stands that was mailed and is not over."""
    return before.channel == "invite" and _to_come(before.slot, now) is not None


def _slot_method(before: Publication, kind: Kind, told_by: str, now: datetime) -> Method | None:
    if told_by == "invite" and kind != "cancel":
        return "REQUEST"
    return "CANCEL" if _mailed(before, now) else None


def _slot_kind(before: Publication, slot: Slot, address: str, now: datetime, channel: str) -> Kind | None:
    """What kind of change brings a slot to what it should be; None for none."""
    stands = before.slot
    if stands is None:
        return "create"
    if stands.filled(slot) != slot or before.channel != channel:
        return "update"
    # Of a mailbox that is new: in its letter it comes, nothing has changed.
    return "create" if _mailed(before, now) and _moved(before, address) else None


def _change(
    before: Publication,
    kind: Kind,
    entry: Entry,
    method: Method | None,
    fingerprint: str,
    now: datetime,
    channel: str,
    letter: str = "invite",
) -> Change:
    sequence = before.highest + 1
    period = ChangePeriod(sequence) if before.of == "series" else ChangePeriod(sequence, without_domain(before.uid))
    key = NoticeKey(letter, period.to_text(), before.person_id)
    return Change(
        key=key.to_text(),
        kind=kind,
        uid=before.uid,
        person_id=before.person_id,
        channel=channel,
        sequence=sequence,
        dtstamp=_stamp(before, now),
        entry=entry,
        method=method,
        fingerprint=fingerprint,
        stood=before.entry,
        told=before.sequence >= 0,
    )


def _worth_telling(
    stands: Series, wanted: Series, since: timedelta, absent: frozenset[date], own: frozenset[date]
) -> bool:
    """Whether the two differ, and if only in a person's own days off, whether the last letter is long enough ago.

    `absent` are their own days off now, `own` those that were excluded as such. A day that comes back and is not known
    to be one of them is a correction of the organisation's, which is no absence.
    """
    if stands == wanted:
        return False
    skipped: set[date] = set()
    if wanted.first > stands.first and wanted.until >= stands.until:
        # Not begun yet, and the first days are off: it begins later, and so reaches further.
        skipped = set(stands.hits(stands.first, wanted.first - timedelta(days=1)))
        stands = replace(stands, first=wanted.first, until=wanted.until)
    new = (wanted.exdates | skipped) - stands.exdates
    back = {day for day in stands.exdates - wanted.exdates if day >= wanted.first}
    batched = replace(stands, exdates=wanted.exdates) == wanted and new <= absent and back <= own
    return not batched or since >= ABSENCE_PAUSE


def _refused(parked: Intended, series: Series, fingerprint: str, now: datetime) -> bool:
    """Whether `series` is what was refused. Made afresh each day it begins and ends later, and is the same wish."""
    before = parked.entry
    if parked.fingerprint != fingerprint or not isinstance(before, Series):
        return parked.fingerprint == fingerprint
    first = max(before.first, series.first, _today(series, now))
    last = min(before.until, series.until)
    excluded = ({day for day in one.exdates if first <= day <= last} for one in (before, series))
    return series.until >= before.until and next(excluded) == next(excluded)


def _still_to_come(series: Series, now: datetime) -> bool:
    """Whether an occurrence is not over yet."""
    days = series.hitting(_today(series, now), series.until)
    return any(day not in series.exdates and series.ends(day) > now for day in days)


def _today(series: Series, now: datetime) -> date:
    return now.astimezone(ZoneInfo(series.zone)).date()


def _stamp(before: Publication, now: datetime) -> datetime:
    """`now` in UTC, whole seconds, later than any DTSTAMP used for this UID (RFC 5546, 2.1.5)."""
    return max(now.astimezone(UTC).replace(microsecond=0), before.latest + timedelta(seconds=1))


def as_received(publication: Publication) -> Publication:
    """The publication as mailboxes know it: what was only told in files does not stand. Its SEQUENCE and DTSTAMP go on,
    for somebody may have imported a file."""
    intended, parked = publication.intended, publication.parked
    return replace(
        publication,
        entry=None if publication.in_file else publication.entry,
        sequence=-1 if publication.in_file else publication.sequence,
        intended=None if intended and intended.in_file else intended,
        parked=None if parked and parked.in_file else parked,
    )


def intend(before: Publication | None, change: Change, letter: str, *, in_file: bool = False) -> Publication:
    """The publication while `letter` carries the change."""
    publication = before or Publication(
        uid=change.uid, channel=change.channel, person_id=change.person_id, of=change.of
    )
    intended = Intended(
        sequence=change.sequence,
        dtstamp=change.dtstamp,
        method=change.method,
        entry=None if change.kind == "cancel" else change.entry,
        letter=letter,
        fingerprint=change.fingerprint,
        channel=change.channel,
        in_file=in_file,
        address=change.address,
        own=change.own,
    )
    return replace(publication, intended=intended, parked=None, highest=change.sequence, latest=change.dtstamp)


def settle(publication: Publication) -> Publication:
    """The publication when its change has arrived; the same when none was on its way."""
    done = publication.intended
    if done is None:
        return publication
    return replace(
        publication,
        channel=done.channel,
        sequence=done.sequence,
        dtstamp=done.dtstamp,
        entry=done.entry,
        intended=None,
        parked=None,
        in_file=done.in_file,
        address=done.address,
        own=done.own,
    )


def park(publication: Publication) -> Publication:
    """The publication when its change was refused for good; the same when none was on its way.

    The same change is not tried again by itself.
    """
    if publication.intended is None:
        return publication
    return replace(publication, intended=None, parked=publication.intended)


def withdraw(publication: Publication) -> Publication:
    """The publication when the letter that carries its change is taken back before it ever left: what stood stands."""
    return replace(publication, intended=None)


def unpark(publication: Publication, letter: str) -> Publication:
    """The publication when the parked letter is sent again: same SEQUENCE, same DTSTAMP. Raises Superseded."""
    parked = publication.parked
    if parked is None or parked.letter != letter:  # anything newer has taken its place there
        raise Superseded
    return replace(publication, intended=parked, parked=None)
