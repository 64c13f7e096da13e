"""Appointments of several who stand in one event and see each other: on which channel it is, and for whom its words are.
Pure.

One channel owns the event: a server where one of them has their calendar there, which then invites the others by
address too; else it is mailed to each. One that stands on a server stays there, whoever has joined or left since:
nobody is called off and invited again because of somebody else's calendar.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from calendars.server.meeting import MeetingState
from culture.appointment import Appointment
from culture.keys import AttendeeKey
from culture.people import ChannelName, Person
from culture.world import World
from service.messages.translation import Sentence

ALL = Sentence("everybody")
"""How several are greeted at once."""

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""Since when all of them are here: what they read together does not change with the clock."""


def record_of(subject: str) -> str:
    """By what the one meeting of several is known: a person's meeting has their id there."""
    return AttendeeKey(subject, "").to_text()


def server_of(appointment: Appointment, meetings: Mapping[str, MeetingState]) -> ChannelName | None:
    """The channel of the server that the event is on; None where it is mailed."""
    known = meetings.get(record_of(appointment.subject))
    if known and known.may_stand:
        return known.channel
    return next((one.channel for one in appointment.reached if one.on_server), None)


def is_on_server(appointment: Appointment, standing: Collection[str]) -> bool:
    """Whether the event is on a server, by the records of the meetings that stand on one."""
    return record_of(appointment.subject) in standing or any(one.on_server for one in appointment.reached)


def everybody(world: World) -> Person:
    """Whom the words are for that several read: nobody of them, in the organisation's language and zone."""
    organisation = world.organisation
    return Person(
        id="",
        email="",
        name=ALL.said(organisation.language),
        department="",
        language=organisation.language,
        zone=organisation.zone,
        track="",
        working_days=frozenset(),
        time=None,
        channel="none",
        first_seen=LONG_AGO,
    )
