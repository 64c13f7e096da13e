"""One person's block is brought to what it should be, in their own calendar on a server, silently.

Everything is looked at before it is written, so a call may be interrupted at any point and made again: what was done is
found by its key and gone on from there, never created twice. Here are the steps; what is the person's own doing is
judged in `calendars.server.standing`, and the server itself is behind `Calendar`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from calendars.event import Series
from calendars.server import by_number
from calendars.server import standing as rules
from calendars.server.ending import ahead, counted, end
from calendars.server.standing import (
    BlockState,
    DesiredBlock,
    DesiredDay,
    DesiredSeries,
    OwnDay,
    Seen,
    SeenDay,
    WrittenDay,
    fingerprint,
)

Note = Callable[[BlockState], None]
"""Writes down what is about to be done, before it is: the journal's line before a write on the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChange:
    """What one day of a series is to be. It is named by its own id if that is known, else by its day and its number in
    the series.

    `text` or `title` None: the series' own.
    """

    day: date
    number: int
    item: str = ""
    starts: datetime
    ends: datetime
    text: str | None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The words of a series, and of the days that have their own. Plain text."""

    series: str
    days: Mapping[date, str]


class Calendar(Protocol):
    """One mailbox's calendar. Every method is one request, and raises ChannelError when it could not be done."""

    def find(self, key: str) -> Sequence[str]:
        """The ids of the series in the calendar with this key of ours, oldest first."""

    def read(self, item: str, zone: str) -> Seen | None:
        """A series, wherever it lies; None when there is none."""

    def create(self, key: str, wish: DesiredSeries, text: str, call: int) -> str:
        """Write a series; its id. `call` is which of our calls for this key it is, the same when that is tried again."""

    def read_days(self, item: str, numbers: Mapping[date, int]) -> Mapping[date, SeenDay]:
        """Those of these occurrences that are there."""

    def write_days(self, item: str, changes: Sequence[DayChange]) -> Mapping[date, str]:
        """Change occurrences; for those that could not be changed, why."""

    def delete_days(self, item: str, days: Mapping[date, int | str]) -> Mapping[date, str]:
        """Delete occurrences by number or id, last first; for those that could not be deleted, why. Gone is gone."""

    def write_words(self, item: str, title: str, text: str | None) -> None:
        """Give a series another title, and another text if there is one."""

    def mark_over(self, item: str, key: str) -> None:
        """Give a series another key of ours: it is over, and no search for the one that goes on finds it."""

    def delete(self, item: str) -> bool:
        """Delete a series for good; False when there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What stands now. `failed`: why single days are not yet what they should be; the rest is done."""

    standing: BlockState
    failed: tuple[str, ...] = ()


def bring(
    standing: BlockState, wanted: DesiredBlock | None, texts: Texts, calendar: Calendar, note: Note, since: date
) -> Result:
    """Bring the block from `standing` to `wanted` (None: away). `since` is the first day that may be written, the
    person's today or tomorrow: what is before it is past and stays as it is.

    Raises ChannelError when the server did not answer or refused; what `note` was told last is then the truth.
    """
    if wanted is None:
        return _removed(standing, calendar, note, since)
    call = _Call(wanted.wish, wanted, texts, calendar, note, since)
    overruled = bool(standing.left)  # they have chosen anew since: what they did by hand before is over
    if overruled:
        standing = replace(standing, left="", own=(), own_text=None, days=())
    # Or they did it first and chose then, and we see both only now: what they chose is still their later word.
    anew = standing.choice != wanted.choice
    seen = _look(standing, wanted.wish, calendar)
    if seen is None:
        if standing.stands and not standing.removing and not overruled and not anew:
            return Result(standing=rules.let_be(standing, "deleted", wanted))
        return call.create(standing)
    standing = _recognised(standing, seen, wanted.wish)
    if standing.removing:  # begun, and what the person did was seen then: what is gone since is our doing
        return call.replace_series(standing, seen, {})
    if overruled or standing.stands is None:
        return call.replace_series(replace(standing, own_text=None), seen, {})
    if not rules.looks_like(seen, standing.stands):
        if anew:
            return call.replace_series(standing, seen, {})
        return Result(standing=rules.let_be(standing, "changed", wanted))
    return call.go_on(standing, seen)


def _removed(standing: BlockState, calendar: Calendar, note: Note, since: date) -> Result:
    """What is ahead of the block is taken away, also of one that the person has changed."""
    over = BlockState(
        person_id=standing.person_id, key=standing.key, channel=standing.channel, calls=standing.calls + 1
    )
    gone = Result(standing=over)
    known = standing.stands or standing.intended
    seen = _look(standing, known, calendar) if known else None
    if known is None or seen is None:
        return gone
    days = _to_take_back(calendar, seen, known, since)
    standing = replace(standing, item=seen.item, folder=seen.folder, removing=True)
    note(standing)
    failed = end(calendar, standing.key, seen.item, days)
    return Result(standing=standing, failed=_said(failed)) if failed else gone


def _to_take_back(calendar: Calendar, seen: Seen, known: DesiredSeries, since: date) -> Mapping[date, SeenDay] | None:
    """The days ahead of a series, as they look now; None where the whole of it is to go."""
    series = counted(seen, known)
    days = ahead(seen, series, since, all_of_it=True) if series else None
    if series is None or days is None:
        return None
    shown, unknown = by_number.read(calendar, seen, series, days)
    return None if unknown else shown  # it can always be taken back: where days cannot be told apart, with its past


def _said(failed: Mapping[date, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(failed.values()))


def _look(standing: BlockState, wanted: DesiredSeries, calendar: Calendar) -> Seen | None:
    """Our series in the calendar: by its id, else by its key. A copy that somebody made by hand has the key too.

    An id leads to a series wherever it lies, in Deleted Items too: it is trusted where the calendar's folder is known.
    """
    zone = (standing.stands or wanted).series.zone
    if standing.item and standing.folder:
        seen = calendar.read(standing.item, zone)
        if seen and seen.folder == standing.folder:
            return seen
    found = [seen for item in calendar.find(standing.key) if (seen := calendar.read(item, zone))]
    return next(_likeliest(found, standing, wanted), None)


def _likeliest(found: Sequence[Seen], standing: BlockState, wanted: DesiredSeries) -> Iterator[Seen]:
    """The series that bear our key, what is ours for certain first: by its id, then by what we wrote."""
    yield from (seen for seen in found if seen.item == standing.item)
    for wish in (standing.intended, standing.stands, wanted):
        yield from (seen for seen in found if wish and rules.looks_like(seen, wish))
    yield from found


def _recognised(standing: BlockState, seen: Seen, wanted: DesiredSeries) -> BlockState:
    """The standing with what was seen: an intention that was carried out before we heard of it stands."""
    found = replace(standing, item=seen.item, folder=seen.folder)
    intended = None if standing.removing else standing.intended
    if intended:
        found = _as_intended(found, seen, intended)
    elif standing.stands is None and rules.looks_like(seen, wanted):
        # Without anything known of it, in a store that was lost, what is as it is wanted is taken for ours.
        found = replace(found, stands=_as_begun(wanted, seen))
    if standing.removing:
        return found  # whether their text goes along was decided when that began
    if seen.text is None:
        return found  # not said, which is not empty: what is known of it stays
    theirs = found.text and fingerprint(seen.text) != found.text
    return replace(found, own_text=seen.text if theirs else None)


def _as_intended(standing: BlockState, seen: Seen, intended: DesiredSeries) -> BlockState:
    """The standing with as much of what was intended as is seen to have been carried out."""
    stands = standing.stands
    if stands is None or (seen.text is not None and fingerprint(seen.text) == standing.intended_text):
        standing = replace(standing, text=standing.intended_text)
    if rules.looks_like(seen, intended):
        # Words cannot be seen from outside: they are written once more, unless they came with the creation.
        return replace(standing, stands=replace(intended, words=stands.words if stands else intended.words))
    if stands:
        return replace(standing, stands=_without(stands, intended.series.exdates & seen.deleted))
    return standing


def _as_begun(wish: DesiredSeries, seen: Seen) -> DesiredSeries:
    """The wish as a series that began when this one did: its days are counted from there."""
    return replace(wish, series=replace(wish.series, first=seen.first or wish.series.first))


def _without(wish: DesiredSeries, days: frozenset[date]) -> DesiredSeries:
    """The wish when these days have been taken out of its series."""
    return replace(wish, series=replace(wish.series, exdates=wish.series.exdates | days))


@dataclass(frozen=True)
class _Call:
    """One call for one person, and what it works with. `wish` is the series that is written: as it is wanted, but counted
    from the day on which it begins in that calendar."""

    wish: DesiredSeries
    wanted: DesiredBlock
    texts: Texts
    calendar: Calendar
    note: Note
    since: date

    @property
    def series(self) -> Series:
        return self.wish.series

    def create(self, standing: BlockState) -> Result:
        """Write the series where none is; what the person did with the one before is done in it too."""
        return replace(self, wish=rules.begun(self.wanted.wish, self.since))._create(standing)

    def _create(self, standing: BlockState) -> Result:
        own = tuple(rules.in_a_new_one(one, self.since, self.series.zone) for one in standing.own)
        fresh = replace(standing, item="", stands=None, text="", days=(), own=own, removing=False)
        tell = [self._change(one) for one in rules.days_to_tell(fresh, self.wanted, self.since)]
        self._note_intention(fresh, tell)
        text = self.texts.series if standing.own_text is None else standing.own_text
        item = self.calendar.create(standing.key, self.wish, text, standing.calls)
        made = replace(fresh, item=item, stands=self.wish, text=fingerprint(self.texts.series))
        # Words first and by number: nothing is deleted yet, so no server can count otherwise than we do.
        changes = [*tell, *(self._owed(one) for one in self._owed_days(made))]
        failed = self._write_days(item, changes)
        gone = {day: rules.number_of(self.series, day) for day in self._to_delete(made, frozenset())}
        told = [one for one in tell if one.day not in failed]
        return self._settled(made, told, {**failed, **self._delete_days(item, gone)})

    def replace_series(self, standing: BlockState, seen: Seen, shown: Mapping[date, SeenDay]) -> Result:
        """End the series and begin another: what an update of a pattern does to changed days differs between servers, and
        the days that are past stay. `shown` are those of its days that were looked at already."""
        series = counted(seen, standing.stands or self.wanted.wish)
        days = ahead(seen, series, self.since) if series else None
        if series and days:
            shown, failed = self._all_shown(seen, series, days, shown)
            if failed:
                return Result(standing=standing, failed=_said(failed))
        standing = replace(standing, removing=True, intended=rules.begun(self.wanted.wish, self.since))
        self.note(standing)
        failed = end(self.calendar, standing.key, seen.item, None if days is None else shown if days else {})
        return Result(standing=standing, failed=_said(failed)) if failed else self.create(standing)

    def _all_shown(
        self, seen: Seen, series: Series, days: Sequence[date], shown: Mapping[date, SeenDay]
    ) -> tuple[Mapping[date, SeenDay], Mapping[date, str]]:
        """These days as they look now, those that are not `shown` already asked for; and those that cannot be told apart."""
        unseen = [day for day in days if day not in shown]
        found, failed = by_number.read(self.calendar, seen, series, unseen)
        return {day: one for day, one in {**shown, **found}.items() if day in days}, failed

    def go_on(self, standing: BlockState, seen: Seen) -> Result:
        assert standing.stands is not None
        first = standing.stands.series.first
        going = replace(self.wanted.wish, series=replace(self.wanted.wish.series, first=first))
        return replace(self, wish=going)._go_on(standing, seen)

    def _go_on(self, standing: BlockState, seen: Seen) -> Result:
        assert standing.stands is not None
        standing, shown, unknown = self._noticed(standing, seen)
        assert standing.stands is not None
        if rules.needs_new(standing.stands, self.wanted.wish, self.since):
            return self.replace_series(standing, seen, shown)
        wishes = rules.days_to_tell(standing, self.wanted, self.since)
        tell = [self._change(one, shown[one.day].item) for one in wishes if one.day in shown]
        self._note_intention(standing, tell)
        changes = [*tell, *self._owed_changes(standing, shown)]
        failed = {**unknown, **self._write_days(seen.item, changes)}
        told = [one for one in tell if one.day not in failed]
        gone = {day: shown[day].item for day in self._to_delete(standing, seen.deleted) if day in shown}
        failed |= self._delete_days(seen.item, gone)
        return self._settled(self._with_words(standing, seen), told, failed)

    def _write_days(self, item: str, changes: Sequence[DayChange]) -> Mapping[date, str]:
        return self.calendar.write_days(item, changes) if changes else {}

    def _delete_days(self, item: str, days: Mapping[date, int | str]) -> Mapping[date, str]:
        return self.calendar.delete_days(item, days) if days else {}

    def _note_intention(self, standing: BlockState, tell: Sequence[DayChange]) -> None:
        """Write down all that is about to be written, so that it is known for ours if the answer is lost."""
        words, days = fingerprint(self.texts.series), tuple(self._told(one.day) for one in tell)
        self.note(replace(standing, intended=self.wish, intended_text=words, intended_days=days))

    def _noticed(
        self, standing: BlockState, seen: Seen
    ) -> tuple[BlockState, Mapping[date, SeenDay], Mapping[date, str]]:
        """The standing with what the person did, the days that are about to be written as they look now, and those that
        cannot be told apart."""
        assert standing.stands is not None
        moved = rules.moved_by_person(standing, seen, self.since)
        deleted = rules.deleted_by_person(standing, seen, self.since)
        own = {one.day: one for one in standing.own} | {day: OwnDay(day=day, gone=True) for day in sorted(deleted)}
        touched = (self._about_to_write(standing, standing.stands, seen) | moved) - seen.deleted
        days = sorted(day for day in touched if day >= self.since)
        shown, unknown = by_number.read(self.calendar, seen, standing.stands.series, days)
        for day, one in shown.items():
            if day in own:
                theirs = rules.may_have_changed_again(own[day])
            else:
                theirs = rules.edited_by_person(standing, seen, day, one, standing.stands.title)
            if theirs or day in moved:
                own[day] = rules.own_day(day, one)
        return replace(rules.with_days_as_shown(standing, shown), own=tuple(own.values())), shown, unknown

    def _about_to_write(self, standing: BlockState, stands: DesiredSeries, seen: Seen) -> set[date]:
        """The days that are about to be written, or may have been when the last call was interrupted."""
        if rules.needs_new(stands, self.wanted.wish, self.since):
            return {day for day in seen.moved if day >= self.since}  # all that was ever changed goes with the series
        found = {one.day for one in rules.days_to_tell(standing, self.wanted, self.since)}
        found |= {one.day for one in standing.intended_days}
        found |= {one.day for one in self._owed_days(standing)}
        return found.union(self._to_delete(standing, seen.deleted))

    def _to_delete(self, standing: BlockState, deleted: frozenset[date]) -> list[date]:
        """The days to take out of the series: ours, and those the person took out of the one before."""
        gone = {one.day for one in standing.own if one.gone}
        moved = {one.day for one in standing.own if not one.gone}
        days = ((self.series.exdates - moved) | gone) - deleted
        return sorted(day for day in days if day >= self.since and self.series.hits(day, day))

    def _change(self, wish: DesiredDay, item: str = "") -> DayChange:
        starts = rules.begins(self.series, wish.day, wish.start)
        return DayChange(
            day=wish.day,
            number=rules.number_of(self.series, wish.day),
            item=item,
            starts=starts,
            ends=_after(starts, self.series.minutes),
            text=self.texts.days[wish.day],
        )

    def _owed_days(self, standing: BlockState) -> list[OwnDay]:
        """What the person made of single days, still to be done in a series that was written anew."""
        own = (one for one in standing.own if one.owed and one.starts and one.ends)
        return [one for one in own if one.day >= self.since and self.series.hits(one.day, one.day)]

    def _owed_changes(self, standing: BlockState, shown: Mapping[date, SeenDay]) -> list[DayChange]:
        return [self._owed(one, shown[one.day].item) for one in self._owed_days(standing) if one.day in shown]

    def _owed(self, one: OwnDay, item: str = "") -> DayChange:
        assert one.starts is not None
        assert one.ends is not None
        return DayChange(
            day=one.day,
            number=rules.number_of(self.series, one.day),
            item=item,
            starts=one.starts,
            ends=one.ends,
            text=one.text,
            title=one.title,
        )

    def _with_words(self, standing: BlockState, seen: Seen) -> BlockState:
        """The series' title and text brought up to date; a text that the person wrote over is left."""
        assert standing.stands is not None
        before, wish = standing.stands, self.wish
        if (before.title, before.words) == (wish.title, wish.words):
            return standing
        text = self.texts.series if standing.own_text is None else None
        self.calendar.write_words(seen.item, wish.title, text)
        return replace(standing, text=standing.text if text is None else fingerprint(text))

    def _told(self, day: date) -> WrittenDay:
        (wish,) = (one for one in self.wanted.days if one.day == day)
        return WrittenDay(day=day, start=wish.start, words=wish.words, text=fingerprint(self.texts.days[day]))

    def _settled(self, standing: BlockState, told: Sequence[DayChange], failed: Mapping[date, str]) -> Result:
        kept = {one.day: one for one in standing.days if one.day >= self.since}
        days = sorted((kept | {one.day: self._told(one.day) for one in told}).items())
        own = (replace(one, owed=one.owed and one.day in failed) for one in standing.own if one.day >= self.since)
        settled = replace(
            rules.settled(standing),
            stands=self._as_done(failed),
            days=tuple(one for _, one in days),
            own=tuple(own),
            choice=self.wanted.choice,
        )
        return Result(standing=settled, failed=_said(failed))

    def _as_done(self, failed: Mapping[date, str]) -> DesiredSeries:
        """What stands: the wish, less the days that could not be taken out and will be tried again."""
        series = self.series
        return replace(self.wish, series=replace(series, exdates=frozenset(series.exdates - failed.keys())))


def _after(starts: datetime, minutes: int) -> datetime:
    """So many minutes later, in the same zone; across a change of the clock too."""
    return (starts.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(starts.tzinfo)
