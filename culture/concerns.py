"""What people write and choose without a name, on its way into the records: what is known of it when. Pure; the clock
and chance are handed in.

A concern is in memory until the hour is full, in the pool's file until the night, and then one of the records. The
file is written at each full hour and emptied each night, whether anybody wrote something or not: neither its size
nor its time tells. Ids are drawn by chance, and what stands in the order of ids does not stand in that of arrival.
Of what is chosen there is a number, which goes the same way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from culture.world import World

LETTERS = 2000
"""Of one concern, at most: a page."""

NIGHT = time(3)
"""Local time, at which few are at a desk. On the day on which the clock leaves it out, it is the next moment there is."""

ROOM = 240 * 1024
"""Bytes of all concerns of a day: 30 of the longest, made of emoji, or some 500 as people write them."""

TOLD_FOR = timedelta(days=14)
"""How far into a month managers are told of the month before. Then it is forgotten where a concern came from."""

CHOICES = 100
"""Things that can be chosen within a day, at most: they have a room of their own beside the texts."""

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


def _nobody(world: World) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class ToManagers:
    """`of` says of which departments, key and name, the manager may be told too, if a writer chooses so. Of none where no
    programme says it: then nobody is asked where they work."""

    of: Callable[[World], Mapping[str, str]] = _nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many chose something without a name. `moved`: the night of the pool from which all tallies were added to last,
    the same in each."""

    count: int
    moved: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Texts by id, in the order of the ids; `departments` of those whose writer chose that their manager gets them too;
    numbers by what was chosen (`culture.keys.TallyKey`), in the order of the keys; `night` is the last one of which all
    were moved."""

    night: date
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    departments: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def with_one(self, id_: str, text: str, department: str = "") -> "Pool":
        """The pool with one more. The same text again is the same concern; a department is taken along if it had none.
        Raises PoolFull: nothing makes room, so that whoever floods it pushes nobody out."""
        key = next((one for one, known in self.texts.items() if known == text), id_)
        texts = dict(sorted({**self.texts, key: text}.items()))
        found = {**self.departments, **({key: department} if department and key not in self.departments else {})}
        if sum(map(_bytes, texts.values())) + sum(map(_bytes, found.values())) > ROOM:
            raise PoolFull
        return replace(self, texts=texts, departments=dict(sorted(found.items())))

    def with_choice(self, key: str) -> "Pool":
        """The pool with one more who chose this. Raises PoolFull for one thing too many to choose."""
        if key not in self.counts and len(self.counts) >= CHOICES:
            raise PoolFull
        return replace(self, counts=dict(sorted({**self.counts, key: self.counts.get(key, 0) + 1}.items())))

    def without(self, moved: "Pool", night: date) -> "Pool":
        """The pool when all of `moved`, as it was a moment ago, was moved in that night."""
        left = {key: count - moved.counts.get(key, 0) for key, count in self.counts.items()}
        return Pool(
            night=night,
            texts={key: text for key, text in self.texts.items() if key not in moved.texts},
            departments={key: one for key, one in self.departments.items() if key not in moved.texts},
            counts={key: count for key, count in left.items() if count},
        )


def tallied(before: Mapping[str, Tally], pool: Pool) -> dict[str, Tally]:
    """The tallies with the numbers of the pool; those that were added before a service was killed are not added again."""
    known = any(one.moved == pool.night for one in before.values())
    counts = {} if known else pool.counts
    keys = sorted({*before, *counts})
    return {
        key: Tally(count=(before[key].count if key in before else 0) + counts.get(key, 0), moved=pool.night)
        for key in keys
    }


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
