"""What is known of the servers that calendars are written on. Values only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from itertools import chain

from calendars.server.meeting import MeetingState
from calendars.server.standing import BlockState
from culture.keys import CallName
from culture.people import ChannelName


@dataclass(frozen=True, slots=True, kw_only=True)
class OnServer:
    """What is known of the calendar servers: blocks by person id, meetings by record, decided weeks by `week/person`, and
    the records about which a call is being made at this moment, with the channel it is made on."""

    blocks: Mapping[str, BlockState] = field(default_factory=dict)
    meetings: Mapping[str, MeetingState] = field(default_factory=dict)
    decided: Mapping[str, Mapping[date, time]] = field(default_factory=dict)
    in_hand: Mapping[str, ChannelName] = field(default_factory=dict)

    def on(self, channel: ChannelName) -> "OnServer":
        """What is known of the server of one channel."""
        return replace(
            self,
            blocks={key: one for key, one in self.blocks.items() if one.channel == channel},
            meetings={key: one for key, one in self.meetings.items() if one.channel == channel},
        )

    def standing_meetings(self) -> frozenset[str]:
        """The records of meetings that stand or may stand."""
        return frozenset(self.in_hand) | {record for record, one in self.meetings.items() if one.may_stand}

    def failing(self) -> list[tuple[str, BlockState | MeetingState]]:
        """What the server refused and is tried again, as `block/PERSON` or `meeting/TURN/PERSON`."""
        found: list[tuple[str, BlockState | MeetingState]] = []
        found += [(CallName("block", key).to_text(), block) for key, block in self.blocks.items() if block.said]
        found += [
            (CallName("meeting", key).to_text(), meeting) for key, meeting in self.meetings.items() if meeting.said
        ]
        return sorted(found, key=lambda pair: pair[0])

    def next_try(self, now: datetime, here: Collection[ChannelName]) -> datetime | None:
        """When a call that failed may next be made, on the servers of these channels; None when none waits."""
        known = chain[BlockState | MeetingState](self.blocks.values(), self.meetings.values())
        waiting = (one.next_try for one in known if one.channel in here)
        return min((moment for moment in waiting if moment and moment > now), default=None)
