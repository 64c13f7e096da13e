"""What is known of the server that calendars are written on. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from calendars.meeting import MeetingStanding
from calendars.standing import Standing
from culture.keys import CallName


@dataclass(frozen=True, slots=True, kw_only=True)
class OnServer:
    """What is known of the Exchange server: blocks by person id, meetings by record, decided weeks by `week/person`."""

    blocks: Mapping[str, Standing] = field(default_factory=dict)
    meetings: Mapping[str, MeetingStanding] = field(default_factory=dict)
    decided: Mapping[str, Mapping[date, time]] = field(default_factory=dict)
    in_hand: frozenset[str] = frozenset()  # records about which a call is being made at this moment

    def standing_meetings(self) -> frozenset[str]:
        """The records of meetings that stand or may stand."""
        return self.in_hand | {record for record, one in self.meetings.items() if one.may_stand}

    def failing(self) -> list[tuple[str, Standing | MeetingStanding]]:
        """What the server refused and is tried again, as `block/PERSON` or `meeting/TURN/PERSON`."""
        found: list[tuple[str, Standing | MeetingStanding]] = []
        found += [(CallName("block", key).to_text(), block) for key, block in self.blocks.items() if block.said]
        found += [
            (CallName("meeting", key).to_text(), meeting) for key, meeting in self.meetings.items() if meeting.said
        ]
        return sorted(found, key=lambda pair: pair[0])

    def next_try(self, now: datetime) -> datetime | None:
        """When a call that failed may next be made; None when none waits."""
        waiting = [one.next_try for one in self.blocks.values()] + [one.next_try for one in self.meetings.values()]
        return min((moment for moment in waiting if moment and moment > now), default=None)
