"""Concerns on their way into the records: what is known of them when. Pure; the clock and chance are handed in.

A concern is in memory until the hour is full, in the pool's file until the night, and then one of the records. The
file is written at each full hour and emptied each night, whether anybody wrote something or not: neither its size
nor its time tells. Ids are drawn by chance, and what stands in the order of ids does not stand in that of arrival.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

LETTERS = 2000
"""Of one concern, at most: a page."""

NIGHT = time(3)
"""Local time, at which few are at a desk. On the day on which the clock leaves it out, it is the next moment there is."""

ROOM = 240 * 1024
"""Bytes of all concerns of a day: 30 of the longest, made of emoji, or some 500 as people write them."""

BESIDE = 40
"""Bytes that a concern takes besides its text: its id, quotes and a comma."""


class PoolFull(Exception):
    """There is no room for another concern before the night."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """An obstacle or a worry. Anonymous: it holds nothing that tells who wrote it or where, and only the month."""

    id: str  # drawn by chance
    month: str  # 2026-12
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Texts by id, in the order of the ids; `night` is the last one of which all were moved."""

    night: date
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def with_one(self, id_: str, text: str) -> "Pool":
        """The pool with one more. The same text again is the same concern. Raises PoolFull: nothing makes room, so that
        whoever floods it pushes nobody out."""
        if text in self.texts.values():
            return self
        if sum(map(_bytes, self.texts.values())) + _bytes(text) > ROOM:
            raise PoolFull
        return replace(self, texts=dict(sorted({**self.texts, id_: text}.items())))

    def without(self, ids: Collection[str], night: date) -> "Pool":
        """The pool when these were moved in that night."""
        return Pool(night=night, texts={key: text for key, text in self.texts.items() if key not in ids})


def hour_of(now: datetime) -> datetime:
    """The full hour that `now` lies in (UTC)."""
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def night_of(now: datetime, zone: ZoneInfo) -> date:
    """The day of the last NIGHT at or before `now`."""
    local = now.astimezone(zone)
    return local.date() if local.time() >= NIGHT else local.date() - timedelta(days=1)


def month_of(night: date) -> str:
    """What a concern says of its time: the month of the day before that night, such as 2026-12. A week would tell who
    was away and cannot have written it, and those who read concerns meet once a month."""
    day = night - timedelta(days=1)
    return f"{day.year:04}-{day.month:02}"


def _bytes(text: str) -> int:
    """As JSON in UTF-8 has it, where plain text has three letters that are written as two."""
    return BESIDE + len(text.encode()) + sum(map(text.count, '"\\\n'))
