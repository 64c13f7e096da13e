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

TOLD_FOR = timedelta(days=14)
"""How far into a month managers are told of the month before. Then it is forgotten where a concern came from."""

BESIDE = 40
"""Bytes that a concern takes besides its text: its id, quotes and a comma."""


class PoolFull(Exception):
    """There is no room for another concern before the night."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """An obstacle or a worry. Anonymous: it holds nothing that tells who wrote it, and only the month.

    `department` is empty but where its writer chose that their manager gets it too; it is forgotten when that letter is
    over (`forgetting`), and nobody else is told.
    """

    id: str  # drawn by chance
    month: str  # 2026-12
    text: str
    department: str = ""


@dataclass(frozen=True, slots=True)
class ToManagers:
    """The departments, key and name, whose manager a writer may choose to tell too. None where no programme brings any:
    then nobody is asked where they work."""

    departments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Texts by id, in the order of the ids; `departments` of those whose writer chose that their manager gets them too.
    `night` is the last one of which all were moved."""

    night: date
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    departments: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def with_one(self, id_: str, text: str, department: str = "") -> "Pool":
        """The pool with one more. The same text again is the same concern; a department is taken along if it had none.
        Raises PoolFull: nothing makes room, so that whoever floods it pushes nobody out."""
        key = next((one for one, known in self.texts.items() if known == text), id_)
        texts = dict(sorted({**self.texts, key: text}.items()))
        found = {**self.departments, **({key: department} if department and key not in self.departments else {})}
        if sum(map(_bytes, texts.values())) + sum(map(_bytes, found.values())) > ROOM:
            raise PoolFull
        return replace(self, texts=texts, departments=dict(sorted(found.items())))

    def without(self, ids: Collection[str], night: date) -> "Pool":
        """The pool when these were moved in that night."""
        texts, departments = (
            {key: value for key, value in of.items() if key not in ids} for of in (self.texts, self.departments)
        )
        return Pool(night=night, texts=texts, departments=departments)


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


def forgetting(concerns: Mapping[str, Concern], night: date) -> dict[str, Concern]:
    """Those that have a department still and whose manager is told of them no more, without it."""
    last = month_of(night - TOLD_FOR)
    return {key: replace(one, department="") for key, one in concerns.items() if one.department and one.month < last}


def _bytes(text: str) -> int:
    """As JSON in UTF-8 has it, where plain text has three letters that are written as two."""
    return BESIDE + len(text.encode()) + sum(map(text.count, '"\\\n'))
