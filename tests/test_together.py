"""On which channel an appointment of several is, and what is said of it to all at once."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from calendars.event import Slot
from calendars.server.meeting import MeetingState
from culture.appointment import Appointment
from culture.people import ChannelName
from culture.world import World
from service.planning.together import everybody, is_on_server, record_of, server_of
from tests.culture_values import organisation, person

STARTS = datetime(2027, 2, 4, 10, 0, tzinfo=ZoneInfo("Europe/Copenhagen"))
SLOT = Slot(uid="slot-1", starts=STARTS, minutes=60, busy="busy", reminder_minutes=15)
STANDS = MeetingState(key="slot-1/", person_id="", subject="2027-02", stands=SLOT)
RECORD = record_of("2027-02")


def of(*channels: ChannelName, email: str = "x@x.example") -> Appointment:
    people = tuple(person(str(n), channel=one, email=email) for n, one in enumerate(channels))
    return Appointment(subject="2027-02", starts=STARTS, minutes=60, attendees=people, together=True)


@pytest.mark.parametrize(
    ("channels", "expected"),
    [(("feed", "invite", "none"), None), (("invite", "exchange"), "exchange"), ((), None)],
)
def test_an_appointment_of_several_is_on_the_server_if_one_of_them_is(
    channels: tuple[ChannelName, ...], expected: ChannelName | None
) -> None:
    assert server_of(of(*channels), {}) == expected
    assert is_on_server(of(*channels), ()) == (expected is not None)


def test_what_stands_on_a_server_stays_there_when_the_last_of_it_has_left() -> None:
    assert server_of(of("invite", "feed"), {RECORD: STANDS}) == "exchange"
    assert is_on_server(of("invite", "feed"), {RECORD})
    assert server_of(of("invite", "feed"), {RECORD: replace(STANDS, stands=None)}) is None


def test_whoever_has_no_address_brings_no_server() -> None:
    assert server_of(of("exchange", email=""), {}) is None
    assert of("exchange", email="").reached == ()


@pytest.mark.parametrize(("language", "name"), [("da", "alle"), ("en", "everybody")])
def test_what_several_read_is_in_the_organisations_language_and_names_nobody(language: str, name: str) -> None:
    found = everybody(World(organisation(language=language), STARTS))
    assert (found.id, found.email, found.name, found.language) == ("", "", name, language)
