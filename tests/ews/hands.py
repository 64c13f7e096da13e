"""What a person does in Outlook with what stands in their calendar. Named as in tests/graph/hands.py."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.ews.mailbox import Item, Mailbox, Occurrence, Override, stamp
from tests.ews.soap import make
from tests.ews.world import World

KEY = "aikultur key"
HERE = ZoneInfo("Europe/Copenhagen")
NAMES = {"subject": "Subject", "body": "Body", "start": "Start", "end": "End"}


@dataclass(slots=True)
class Hands:
    """Of one person in `world`. `series` is the one series in their calendar with a key of ours that is not over; to mean another,
    set `item`."""

    world: World
    box: Mailbox
    item: Item | None = None

    @property
    def series(self) -> Item:
        if self.item is not None:
            return self.item
        (found,) = (one for one in self.box.items if (one.property(KEY) or "-over")[-5:] != "-over")
        return found

    def day(self, day: date) -> Occurrence:
        """What of the series stands on this day, in Copenhagen."""
        begin = datetime(day.year, day.month, day.day, tzinfo=HERE).astimezone(UTC)
        (found,) = (one for one in self.series.occurrences(begin, begin + timedelta(days=1)) if one.start >= begin)
        return found

    def delete_day(self, day: date) -> None:
        original = self.day(day).original
        self.series.overrides.pop(original, None)
        self.series.deleted.add(original)

    def change_day(self, day: date, **fields: str) -> None:
        own = self.series.overrides.setdefault(self.day(day).original, Override())
        own.fields |= {NAMES[name]: make(f"t:{NAMES[name]}", text=text) for name, text in fields.items()}

    def move_day(self, day: date, by: timedelta) -> None:
        found = self.day(day)
        self.change_day(day, start=stamp(found.start + by), end=stamp(found.end + by))

    def delete_series(self) -> None:
        self.box.items.remove(self.series)

    def change_series(self, **fields: str) -> None:
        self.series.fields |= {NAMES[name]: make(f"t:{NAMES[name]}", text=text) for name, text in fields.items()}

    def move_series(self, by: timedelta) -> None:
        item = self.series
        self.change_series(start=stamp(item.start + by), end=stamp(item.end + by))
        item.overrides, item.deleted = {}, set()  # as Exchange does

    def bin_series(self) -> None:
        """Put it into Deleted Items, where it can be had back from."""
        self.series.folder = "deleteditems"

    def add(self, start: datetime, end: datetime, subject: str = "") -> Item:
        """An event of their own."""
        made = self.world.new_item(self.box, "CalendarItem", "calendar")
        fields = {"Subject": subject, "Start": stamp(start), "End": stamp(end)}
        made.fields = {name: make(f"t:{name}", text=text) for name, text in fields.items()}
        self.box.items.append(made)
        return made
