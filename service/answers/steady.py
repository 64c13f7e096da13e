"""What is due, for a forecast: what cannot have changed since an earlier moment of the day is not worked out again.

Of a programme that is `steady` nothing comes due but at midnight, at somebody's hours and at its own moments. Between those,
at the end of a meeting somewhere, it is what was due before and has not been said: 3,000 people need not be asked for that.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from culture.notice import Notice
from culture.trouble import Troubles
from culture.world import World
from service.planning import jobs
from service.planning.moments import next_moment
from service.planning.programme import Programme


@dataclass
class Steady:
    """`notices` of a service in which nobody edits or does anything. `said`: whether a notice is said, by its key."""

    said: Callable[[str], bool]
    _until: datetime | None = None
    _made_from: object = None
    _kept: dict[str, list[Notice]] = field(default_factory=dict)

    def notices(self, world: World, troubles: Troubles) -> Iterator[Notice]:
        """All that should have been said by now and may not be, as `jobs.notices` has it."""
        made_from = (world.told_since, world.out, len(world.organisation.people))
        if self._until is None or world.now >= self._until or made_from != self._made_from:
            self._until, self._made_from, self._kept = next_moment(world, steady=True), made_from, {}
        yield from jobs.notices(world, troubles, self._due)
        if troubles.found:
            self._until = None  # what could not be worked out is tried again

    def _due(self, programme: Programme, world: World, troubles: Troubles) -> Iterator[Notice]:
        if not programme.steady:
            yield from programme.due(world, troubles)
            return
        before = self._kept.get(programme.name)
        found = list(programme.due(world, troubles)) if before is None else before
        self._kept[programme.name] = [notice for notice in found if not self.said(notice.key)]
        yield from self._kept[programme.name]
