"""One mailbox's calendar in Microsoft 365."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from calendars.channel import ChannelError
from calendars.event import Slot
from calendars.microsoft365.requests import Answer, Ask
from calendars.server.block_sync import DayChange
from calendars.server.standing import DesiredSeries, Seen, SeenDay


class Mailboxes(Protocol):
    """Who does the requests: the session."""

    def ask(self, address: str, asked: Ask) -> Answer: ...
    def ask_all(self, address: str, asked: Sequence[Ask], *, in_order: bool = ...) -> list[Answer | ChannelError]: ...
    def pages(self, address: str, asked: Ask) -> Iterator[Mapping[str, Any]]: ...


class GraphCalendar:
    """One mailbox's calendar, as `calendars.server.block_sync.Calendar` and `calendars.server.meeting.Meetings` want it."""

    def __init__(self, session: Mailboxes, address: str) -> None:
        self._session, self._address = session, address

    def find(self, key: str) -> Sequence[str]:
        raise NotImplementedError

    def read(self, item: str, zone: str) -> Seen | None:
        raise NotImplementedError

    def create(self, key: str, wish: DesiredSeries, text: str) -> str:
        raise NotImplementedError

    def read_days(self, item: str, numbers: Mapping[date, int]) -> Mapping[date, SeenDay]:
        raise NotImplementedError

    def write_days(self, item: str, changes: Sequence[DayChange]) -> Mapping[date, str]:
        raise NotImplementedError

    def delete_days(self, item: str, days: Mapping[date, int | str]) -> Mapping[date, str]:
        raise NotImplementedError

    def write_words(self, item: str, title: str, text: str | None) -> None:
        raise NotImplementedError

    def mark_over(self, item: str, key: str) -> None:
        raise NotImplementedError

    def delete(self, item: str) -> bool:
        raise NotImplementedError

    def read_meeting(self, item: str) -> Slot | None:
        raise NotImplementedError

    def read_guests(self, item: str) -> Collection[str]:
        raise NotImplementedError

    def create_meeting(self, key: str, slot: Slot, title: str, html: str, addresses: Sequence[str]) -> str:
        raise NotImplementedError

    def change_meeting(self, item: str, slot: Slot, title: str, html: str, addresses: Sequence[str]) -> None:
        raise NotImplementedError

    def change_guests(self, item: str, addresses: Sequence[str]) -> None:
        raise NotImplementedError

    def cancel_meeting(self, item: str, html: str) -> None:
        raise NotImplementedError
