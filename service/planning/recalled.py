"""What of the service's stands in calendars, and that all of it is taken back: since when, and what is left. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from calendars.difference import Publication, may_stand
from culture.people import ChannelName
from culture.trouble import Troubles
from culture.vitamin import rules as vitamin
from culture.world import World
from service.messages.translation import Sentence
from service.planning.on_server import OnServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands or may stand on one channel and is not over: whose blocks, and who is told of each single event, by
    their ids."""

    blocks: tuple[str, ...] = ()
    events: tuple[tuple[str, ...], ...] = ()

    @property
    def count(self) -> int:
        return len(self.blocks) + len(self.events)

    @property
    def people(self) -> tuple[str, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys([*self.blocks, *(one for told in self.events for one in told)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """Since when all is taken back, and what still stands, by channel."""

    since: datetime
    standing: Mapping[ChannelName, Standing] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """How many blocks and single events still stand."""
        return sum(one.count for one in self.standing.values())

    def value(self) -> dict[str, Any]:
        """For a program to read."""
        return {"since": self.since, "left": self.left}

    def sentence(self, tz: tzinfo) -> Sentence:
        """All of it, for whoever runs the service."""
        since = f"{self.since.astimezone(tz):%Y-%m-%d %H:%M}"
        if not self.left:
            text = "Recalled since {since}: no letter goes, and nothing of the service's is left in calendars. Take it up again with aikultur recall --end."
            return Sentence(text, {"since": since})
        text = "Recalled since {since}: no other letter goes. Still to be taken out of calendars: {count}. Look at what with aikultur recall."
        return Sentence(text, {"since": since, "count": self.left})


def standing(world: World, publications: Mapping[str, Publication], on_server: OnServer) -> dict[ChannelName, Standing]:
    """What stands, by channel; those on which nothing does are left out. A feed shows what should stand, so that it is
    empty as soon as nothing should."""
    blocks = defaultdict[ChannelName, list[str]](list)
    events = defaultdict[ChannelName, list[tuple[str, ...]]](list)
    for person, _ in vitamin.desired(world, "feed", Troubles()):
        blocks["feed"].append(person.id)
    for told in publications.values():
        if may_stand(told, world.now):
            channel: ChannelName = told.channel  # type: ignore[assignment]  # only those are written
            if told.of == "series":
                blocks[channel].append(told.person_id)
            else:
                events[channel].append((told.person_id,))
    for person_id, block in on_server.blocks.items():
        if block.may_stand:
            blocks[block.channel].append(person_id)
    for meeting in on_server.meetings.values():
        if meeting.may_stand and meeting.slot and meeting.slot.ends > world.now:
            events[meeting.channel].append((meeting.person_id,) if meeting.person_id else meeting.invited)
    return {
        channel: Standing(blocks=tuple(sorted(blocks[channel])), events=tuple(sorted(events[channel])))
        for channel in sorted(blocks.keys() | events.keys())
    }
