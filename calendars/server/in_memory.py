"""A calendar in memory with the face of a mailbox: for rehearsals, where no server is asked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import ClassVar

from calendars.channel import ChannelError
from calendars.event import Slot
from calendars.server.block_sync import DayChange
from calendars.server.meeting import MeetingWords
from calendars.server.standing import DesiredSeries, Seen, SeenDay, begins, number_of


@dataclass
class PaperSeries:
    """A series, and its days that differ or are gone. A day without a title of its own has the series'."""

    key: str
    title: str
    text: str
    wish: DesiredSeries
    days: dict[date, SeenDay] = field(default_factory=dict)
    deleted: set[date] = field(default_factory=set)


@dataclass
class InMemoryCalendar:
    """One mailbox's calendar. `series` is what stands in it, by id."""

    ids_outlive: ClassVar[bool] = False

    series: dict[str, PaperSeries] = field(default_factory=dict)
    meetings: dict[str, tuple[Slot, str]] = field(default_factory=dict)
    guests: dict[str, tuple[str, ...]] = field(default_factory=dict)  # their addresses, by the meeting's id
    _numbers: "count[int]" = field(default_factory=count)

    def find(self, key: str) -> Sequence[str]:
        found = [item for item, one in self.series.items() if one.key == key]
        return found + [item for item, (_, known) in self.meetings.items() if known == key]

    def read(self, item: str, zone: str) -> Seen | None:
        one = self.series.get(item)
        if one is None:
            return None
        series = one.wish.series
        return Seen(
            item=item,
            folder="calendar",
            title=one.title,
            text=one.text,
            start=series.start,
            minutes=series.minutes,
            weekdays=series.weekdays,
            until=series.until,
            first=series.first,
            deleted=frozenset(one.deleted),
            moved={day: (shown.starts, shown.ends) for day, shown in one.days.items()},
        )

    def create(self, key: str, wish: DesiredSeries, text: str, call: int) -> str:
        item = f"paper-{next(self._numbers)}"
        self.series[item] = PaperSeries(key=key, title=wish.title, text=text, wish=wish)
        return item

    def read_days(self, item: str, numbers: Mapping[date, int]) -> Mapping[date, SeenDay]:
        one = self.series[item]
        return {day: self._day(item, one, day) for day in numbers if day not in one.deleted}

    def write_days(self, item: str, changes: Sequence[DayChange]) -> Mapping[date, str]:
        one = self.series[item]
        for change in changes:
            one.days[change.day] = SeenDay(
                item=f"{item}/{change.day}",
                starts=change.starts,
                ends=change.ends,
                title=change.title or "",
                text=one.text if change.text is None else change.text,
            )
        return {}

    def delete_days(self, item: str, days: Mapping[date, int | str]) -> Mapping[date, str]:
        one = self.series[item]
        for day in days:
            one.deleted.add(day)
            one.days.pop(day, None)
        return {}

    def write_words(self, item: str, title: str, text: str | None) -> None:
        one = self.series[item]
        one.title, one.text = title, one.text if text is None else text

    def mark_over(self, item: str, key: str) -> None:
        self.series[item].key = key

    def delete(self, item: str) -> bool:
        return self.series.pop(item, None) is not None

    def occurrences(self) -> list[SeenDay]:
        """Every day of every series that stands, by its beginning."""
        found = [
            self._day(item, one, day)
            for item, one in self.series.items()
            for day in one.wish.series.hits(one.wish.series.first, one.wish.series.until)
            if day not in one.deleted
        ]
        return sorted(found, key=lambda shown: shown.starts)

    def _day(self, item: str, one: PaperSeries, day: date) -> SeenDay:
        series = one.wish.series
        starts = begins(series, day)
        plain = SeenDay(
            item=f"{item}/{number_of(series, day)}",
            starts=starts,
            ends=starts + timedelta(minutes=series.minutes),
            title=one.title,
            text=one.text,
        )
        found = one.days.get(day, plain)
        return replace(found, title=found.title or one.title)

    # Meetings: nobody is told, so only what stands is kept

    def read_meeting(self, item: str) -> Slot | None:
        return self.meetings.get(item, (None, ""))[0]

    def read_guests(self, item: str) -> Collection[str]:
        return self.guests[item]

    def create_meeting(self, key: str, slot: Slot, words: MeetingWords, addresses: Sequence[str], call: int) -> str:
        item = f"paper-{next(self._numbers)}"
        self.meetings[item], self.guests[item] = (slot, key), tuple(addresses)
        return item

    def change_meeting(self, item: str, slot: Slot, words: MeetingWords, addresses: Sequence[str]) -> None:
        self.meetings[item] = slot, self.meetings[item][1]
        self.guests[item] = tuple(addresses) or self.guests[item]

    def change_guests(self, item: str, addresses: Sequence[str]) -> None:
        self.guests[item] = tuple(addresses)

    def cancel_meeting(self, item: str, words: MeetingWords) -> None:
        del self.meetings[item]


@dataclass
class InMemoryServer:
    """A server on which everybody has a mailbox and nobody is ever busy."""

    calendars: dict[str, InMemoryCalendar] = field(default_factory=dict)

    def calendar(self, address: str) -> InMemoryCalendar:
        return self.calendars.setdefault(address, InMemoryCalendar())

    def busy_times(
        self, addresses: list[str], begin: datetime, end: datetime
    ) -> dict[str, list[tuple[datetime, datetime]] | ChannelError]:
        return {address: [] for address in addresses}
