"""How many turns fit into a meeting, and a turn in its seat. Pure."""

from dataclasses import replace
from datetime import timedelta

from culture.meetings import Meeting
from culture.organisation import Organisation
from culture.relay.deeds import Deed
from culture.relay.settings import Relay
from culture.relay.turns import Turn


def capacity(relay: Relay, meeting: Meeting) -> int:
    """How many turns fit into a meeting."""
    return min(meeting.minutes, relay.most_minutes) // relay.minutes


def wanted(relay: Relay, meeting: Meeting, before: Meeting | None) -> int:
    """How many turns a meeting should have by the pace, and can: `before` is the meeting before it."""
    weeks = 1 if relay.pace == "meeting" or before is None else max(1, round((meeting.day - before.day).days / 7))
    return min(relay.presenters * weeks, capacity(relay, meeting))


def seated(organisation: Organisation, turn: Turn, meeting: Meeting, seat: int, deed: Deed) -> Turn:
    """The turn at a seat of a meeting; `deed` is written down when that is another time than before."""
    minutes = organisation.of(Relay).minutes
    starts = meeting.starts + timedelta(minutes=seat * minutes)
    found = replace(turn, meeting=meeting.id, seat=seat, starts=starts, minutes=minutes, place=meeting.place)
    if turn.starts == starts:
        return found
    return found.after(replace(deed, to=starts))
