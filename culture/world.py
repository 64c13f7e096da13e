"""What the rules look at: the organisation and its records, at one moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property, wraps
from typing import TypeVar, cast

from culture.organisation import Organisation
from culture.parts import NO_PARTS, Part, Parts

Made = TypeVar("Made")

AHEAD = timedelta(days=430)
"""How far ahead closed days are worked out: a series' 364 days and its roll-over of 56, and a little."""

BACK = timedelta(days=45)
"""How far back: the feed's past 30 days in whole weeks, and a little."""


@dataclass(frozen=True)
class World:
    """The organisation, the records of each programme, and the moment (aware)."""

    organisation: Organisation
    now: datetime
    records: Parts = NO_PARTS
    links_asked: Mapping[str, datetime] = field(default_factory=dict)  # who asked for a link to their page, and when
    told_since: datetime | None = None  # since when letters reach mailboxes: who was met before is welcomed then
    out: frozenset[str] = frozenset()  # the programmes whose records are not known: nothing is done for them

    def of(self, which: type[Part]) -> Part:
        """The records of that type; none where nothing is recorded yet."""
        return self.records.of(which)

    def having(self, *records: object) -> "World":
        """The world with these records, each instead of those of its type."""
        return replace(self, records=self.records.having(*records))

    @property
    def recalled(self) -> datetime | None:
        """Since when all is taken back; None where it is not."""
        return self.organisation.recalled

    @cached_property
    def today(self) -> date:
        """Today where the organisation is."""
        return self.now.astimezone(self.organisation.tz).date()

    @cached_property
    def closed(self) -> frozenset[date]:
        """The closed days from BACK before today to AHEAD after it."""
        return self.organisation.closing.closed_days(self.today - BACK, self.today + AHEAD)


def once_a_world(make: Callable[[World], Made]) -> Callable[[World], Made]:
    """`make`, worked out once for each world, for none is ever changed. Kept where a world keeps its cached properties."""
    name = f"{make.__module__}.{make.__qualname__}"

    @wraps(make)
    def made(world: World) -> Made:
        found = world.__dict__
        if name not in found:
            found[name] = make(world)
        return cast(Made, found[name])

    return made
