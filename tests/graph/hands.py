"""What a person does in Outlook with what stands in their calendar, and with invitations.

Outlook writes no extended properties of ours, and a change of a day makes it an exception. Moving a whole series drops what
was changed and deleted in it, as Exchange does.
"""

import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.graph import meetings
from tests.graph.change import check_neighbours, take_out
from tests.graph.mailbox import Item, Mailbox, Occurrence, Override
from tests.graph.world import World
from tests.graph.zones import zone_of

KEY = "aikultur key"


@dataclass(slots=True)
class Hands:
    """Of one person. `series` is the one series in their calendar that has a key of ours and is not over; where there are
    more, or to mean another, set `item`."""

    world: World
    box: Mailbox
    item: Item | None = None

    @property
    def series(self) -> Item:
        if self.item is not None:
            return self.item
        (found,) = [one for one in self.box.calendar if one.recurrence is not None and _is_ours(one)]
        return found

    def day(self, day: date) -> Occurrence:
        """What of the series stands on this day, on the wall clock of the series."""
        zone = zone_of(self.series.series_zone)
        begin = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        (found,) = [one for one in self.series.occurrences(begin, begin + timedelta(days=1)) if one.start >= begin]
        return found

    # Days

    def delete_day(self, day: date) -> None:
        found = self.day(day)
        take_out(self.series, found.original, self.world.now())
        meetings.call_off(self.world, self.series, found)

    def change_day(self, day: date, **fields: Any) -> None:
        """Other words, as they stand in the JSON: `subject="..."`, `showAs="busy"`; a plain `body` is text."""
        self._override(self.day(day)).fields |= _fields(fields)
        self._touch(self.day(day), frozenset(fields))

    def move_day(self, day: date, by: timedelta) -> None:
        """Raises GraphError where another day of the series would be met, as Outlook refuses it."""
        found = self.day(day)
        trial = copy.deepcopy(found.override) or Override()
        trial.start, trial.end = found.start + by, found.end + by
        check_neighbours(Occurrence(self.series, found.original, trial))
        self.series.overrides[found.original] = trial
        self._touch(self.series.occurrence(found.original), frozenset(("start", "end")))

    def shorten_day(self, day: date, by: timedelta) -> None:
        found = self.day(day)
        own, end = self._override(found), found.end - by
        own.start, own.end = found.start, end
        self._touch(self.series.occurrence(found.original), frozenset(("end",)))

    def copy_day(self, day: date, to: date) -> Item:
        """A single event with the same words on another day. Our key goes along, as Outlook copies all properties."""
        found = self.day(day)
        made = self.world.new_item(
            self.box, found.start + (to - day), found.end + (to - day), **copy.deepcopy(found.fields)
        )
        made.extended, made.zone_name, made.end_zone_name = (
            dict(found.extended),
            self.series.zone_name,
            self.series.zone_name,
        )
        self.box.items.append(made)
        return made

    # The series

    def delete_series(self) -> None:
        item = self.series
        self.box.throw_away(item)
        meetings.call_off(self.world, item, None)

    def bin_series(self) -> None:
        """Put it into Deleted Items, where it can be had back from: that is all that Outlook does with it."""
        self.delete_series()

    def bring_back(self, item: Item) -> None:
        """Out of Deleted Items, into the calendar."""
        self.box.binned.remove(item)
        self.box.items.append(item)
        item.place += 1

    def change_series(self, **fields: Any) -> None:
        self.series.fields |= _fields(fields)
        self.series.touch(self.world.now())
        meetings.announce(self.world, self.series, frozenset(fields))

    def move_series(self, by: timedelta) -> None:
        item = self.series
        item.start, item.end = item.start + by, item.end + by
        self._begin_again(item)
        meetings.announce(self.world, item, frozenset(("start", "end")))

    def shorten_series(self, by: timedelta) -> None:
        item = self.series
        item.end -= by
        self._begin_again(item)
        meetings.announce(self.world, item, frozenset(("end",)))

    def copy_series(self) -> Item:
        """The same series a second time, our key with it."""
        made = self.series.copied()
        made.number = self.world.number()
        made.uid = f"{made.uid[:40]}{made.number:016X}"
        made.transaction, made.created = "", self.world.now()
        self.box.items.append(made)
        return made

    # Invitations

    def answer(self, response: str, item: Item | None = None, words: str = "") -> None:
        """accepted, tentativelyAccepted or declined, to the only invitation or to that one."""
        mine = item or next(one for one in self.box.calendar if one.is_copy and not one.cancelled)
        meetings.answer(self.world, self.box, mine, response, words)

    def add(self, start: datetime, end: datetime, subject: str = "", **fields: Any) -> Item:
        """An event of their own; `showAs` is busy where nothing else is said."""
        made = self.world.new_item(self.box, start, end, subject=subject, **_fields(fields))
        self.box.items.append(made)
        return made

    def _override(self, found: Occurrence) -> Override:
        return self.series.overrides.setdefault(found.original, Override())

    def _touch(self, found: Occurrence, changed: frozenset[str]) -> None:
        self.series.touch(self.world.now())
        meetings.announce_day(self.world, found, changed)

    def _begin_again(self, item: Item) -> None:
        item.overrides, item.deleted = {}, set()
        if item.recurrence is not None:
            first = item.start.astimezone(zone_of(item.series_zone)).date()
            item.recurrence["range"]["startDate"] = first.isoformat()
        item.touch(self.world.now())


def _is_ours(item: Item) -> bool:
    key = item.property(KEY)
    return key is not None and not key.endswith("-over")


def _fields(fields: dict[str, Any]) -> dict[str, Any]:
    if isinstance(fields.get("body"), str):
        fields = fields | {"body": {"contentType": "text", "content": fields["body"]}}
    if isinstance(fields.get("location"), str):
        fields = fields | {"location": {"displayName": fields["location"]}}
    return fields
