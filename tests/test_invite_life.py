"""The life of one person's series on channel `invite`, as a real SMTP server on loopback sees it."""

import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import icalendar
import pytest

from culture.people import Preference
from service.acts import letters
from service.engine.engine import Engine
from service.messages.faults import Refused
from store.letters import LetterRecord
from tests.calendar_readers import starts
from tests.service_values import (
    MONDAY,
    approve_all,
    keys,
    live,
    make_engine,
    row,
    write_config,
    write_people,
)
from tests.smtp_server import Accepted, Fault, SmtpServer

pytestmark = pytest.mark.slow

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADDRESS = "p1@x.example"


@dataclass(frozen=True)
class Received:
    """A letter as it arrived: the mail, and its calendar part."""

    raw: bytes
    mail: EmailMessage
    part: EmailMessage
    ics: bytes
    event: icalendar.Event

    @property
    def sequence(self) -> int:
        return int(self.event.sequence)

    @property
    def stamp(self) -> datetime:
        stamp = self.event.stamp
        assert isinstance(stamp, datetime)
        return stamp

    @property
    def attendees(self) -> list[str]:
        return [str(one) for one in self.event.attendees]


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


@pytest.fixture
def engine(tmp_path: Path, server: SmtpServer) -> Iterator[Engine]:
    """One person by smtp on channel invite; the first letters are approved and not sent yet."""
    write_config(tmp_path, transport="smtp", channel="invite", port=server.port)
    write_people(tmp_path, [row(1)])
    made = make_engine(tmp_path)
    approve_all(made, MONDAY)
    yield made
    made.close()


def invites(server: SmtpServer) -> list[Received]:
    """The letters with a calendar part that the server accepted, in order."""
    return [received for letter in server.accepted if (received := read(letter))]


def read(letter: Accepted) -> Received | None:
    mail = email.message_from_bytes(letter.data, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    if not parts:
        return None
    (part,) = parts
    assert isinstance(part, EmailMessage)
    ics = part.get_payload(decode=True)
    assert isinstance(ics, bytes)
    (event,) = icalendar.Calendar.from_ical(ics).walk("VEVENT")
    assert isinstance(event, icalendar.Event)
    return Received(letter.data, mail, part, ics, event)


def carrier(engine: Engine, state: str) -> LetterRecord:
    """The one letter in that state that carries a calendar change."""
    (found,) = (letter for letter in engine.letters() if letter.publication and letter.state == state)
    return found


def parked_invite(engine: Engine, server: SmtpServer) -> LetterRecord:
    """The invitation, after the server has refused its recipient with 550."""
    server.faults.append(Fault("rcpt", "550", times=None))
    live(engine, MONDAY)
    server.faults.clear()
    return carrier(engine, "parked")


# --- the whole life


def test_a_series_lives_from_its_invitation_to_its_cancellation(
    tmp_path: Path, engine: Engine, server: SmtpServer
) -> None:
    live(engine, MONDAY)
    write_people(tmp_path, [row(1, at="08:30")])
    live(engine, MONDAY + DAY)
    write_config(tmp_path, transport="smtp", channel="invite", port=server.port, closed='"2026-12-10"')
    live(engine, MONDAY + 2 * DAY)
    engine.stored.prefer("1", Preference(channel="feed"))
    approve_all(engine, MONDAY + 3 * DAY)
    moved = live(engine, MONDAY + 3 * DAY)

    received = invites(server)
    assert [one.part.get_param("method") for one in received] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]
    assert len({one.event.uid for one in received}) == 1
    assert [one.sequence for one in received] == [0, 1, 2, 3]
    assert [one.stamp for one in received] == [MONDAY + n * DAY for n in range(4)]
    for one in received:
        assert icalendar.Calendar.from_ical(one.ics)["METHOD"] == one.part.get_param("method")
        assert one.attendees == [f"mailto:{ADDRESS}"]
        assert one.event.attendees[0].params["RSVP"] == "FALSE"
        assert [address.addr_spec for address in one.mail["To"].addresses] == [ADDRESS]
        kinds = [part.get_content_type() for part in one.mail.walk()]
        assert kinds == ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
    assert received[-1].event.status == "CANCELLED"
    assert set(moved.feeds) == {"1"}

    first, last = date(2026, 12, 7), date(2026, 12, 11)
    days = [f"2026-12-{day:02}" for day in range(7, 12)]
    assert starts(received[0].ics, first, last) == [f"{day} 11:30" for day in days]
    assert starts(received[1].ics, first, last) == [f"{day} 07:30" for day in days]
    assert starts(received[2].ics, first, last) == [f"{day} 07:30" for day in days if day != "2026-12-10"]
    later = live(engine, MONDAY + 4 * DAY)
    assert [job for job in later.letters if job.changes] == []
    assert len({str(one.mail["Message-ID"]) for one in received}) == 4


def test_a_text_or_a_name_alone_sends_no_series_again(tmp_path: Path, engine: Engine, server: SmtpServer) -> None:
    live(engine, MONDAY)
    write_people(tmp_path, [row(1).replace("Person 1", "Person Et")])
    own = tmp_path / "own-templates" / "event" / "block.da.txt.j2"
    own.parent.mkdir(parents=True)
    own.write_text("{% set summary %}Noget andet{% endset %}Ti minutter", "utf-8")
    live(engine, MONDAY + HOUR)
    live(engine, MONDAY + DAY)
    assert [one.sequence for one in invites(server)] == [0]


def test_a_new_mailbox_gets_the_series_and_the_old_one_nothing(
    tmp_path: Path, engine: Engine, server: SmtpServer
) -> None:
    live(engine, MONDAY)
    write_people(tmp_path, [row(1, address="ny@x.example")])
    for n in range(1, 4):
        live(engine, MONDAY + n * DAY)
    first, again = invites(server)
    assert again.attendees == ["mailto:ny@x.example"]
    assert [address.addr_spec for address in again.mail["To"].addresses] == ["ny@x.example"]
    assert (again.event.uid, again.sequence, again.part.get_param("method")) == (first.event.uid, 1, "REQUEST")


def test_an_update_takes_the_end_along_so_that_none_follows_for_that_alone(
    tmp_path: Path, engine: Engine, server: SmtpServer
) -> None:
    live(engine, MONDAY)
    write_config(tmp_path, transport="smtp", channel="invite", port=server.port, closed='"2027-10-20"')
    engine.last_tick = later = MONDAY + 280 * DAY
    live(engine, later)
    _, update = invites(server)
    assert starts(update.ics, date(2028, 9, 4), date(2028, 9, 8)) == ["2028-09-04 10:30"]
    engine.last_tick = later = MONDAY + 350 * DAY
    live(engine, later)
    assert len(invites(server)) == 2


def test_a_closed_day_that_is_taken_back_within_the_week_stands_again(
    tmp_path: Path, engine: Engine, server: SmtpServer
) -> None:
    live(engine, MONDAY)
    for closed, then in (('"2026-12-10"', MONDAY + HOUR), ("", MONDAY + 2 * HOUR)):
        write_config(tmp_path, transport="smtp", channel="invite", port=server.port, closed=closed)
        live(engine, then)
    found = [starts(one.ics, date(2026, 12, 10), date(2026, 12, 10)) for one in invites(server)]
    assert found == [["2026-12-10 11:30"], [], ["2026-12-10 11:30"]]


def test_a_change_waits_while_the_one_before_is_on_its_way(tmp_path: Path, engine: Engine, server: SmtpServer) -> None:
    server.faults.append(Fault("rcpt", "450", times=None))
    live(engine, MONDAY)
    write_people(tmp_path, [row(1, at="08:30")])
    assert [job for job in live(engine, MONDAY + 2 * HOUR).letters if job.changes] == []
    server.faults.clear()
    live(engine, MONDAY + DAY)  # the first arrives
    live(engine, MONDAY + DAY + HOUR)
    assert [(one.sequence, one.stamp) for one in invites(server)] == [(0, MONDAY), (1, MONDAY + DAY + HOUR)]


# --- a letter that is refused for good


def test_a_refused_invitation_is_parked_with_the_servers_words_and_makes_no_new_change(
    engine: Engine, server: SmtpServer
) -> None:
    parked = parked_invite(engine, server)
    assert "550" in parked.said
    before = engine.stored.publications()
    for later in (HOUR, DAY, 3 * DAY, 9 * DAY):
        found = live(engine, MONDAY + later)
        assert [job for job in (*found.letters, *found.waiting) if job.changes] == []
    assert (engine.stored.publications(), invites(server)) == (before, [])


def test_a_retried_invitation_keeps_its_sequence_its_stamp_and_its_bytes(engine: Engine, server: SmtpServer) -> None:
    parked = parked_invite(engine, server)
    frozen = engine.spool.read(parked.spool)
    letters.retry(engine, parked.id, MONDAY + DAY)
    live(engine, MONDAY + DAY)
    (received,) = invites(server)
    assert (received.sequence, received.stamp, received.raw) == (0, MONDAY, frozen)
    assert str(received.mail["Message-ID"]) == f"<{parked.id}@x.example>"
    assert carrier(engine, "sent").id == parked.id
    (publication,) = engine.stored.publications().values()
    assert (publication.sequence, publication.intended, publication.parked) == (0, None, None)
    assert [job for job in live(engine, MONDAY + DAY + HOUR).letters if job.changes] == []


def test_a_corrected_address_makes_a_new_change_and_the_old_letter_cannot_come_back(
    tmp_path: Path, engine: Engine, server: SmtpServer
) -> None:
    parked = parked_invite(engine, server)
    write_people(tmp_path, [row(1, address="rigtig@x.example")])
    assert "invite/1/1" in keys(live(engine, MONDAY + DAY))
    (received,) = invites(server)
    assert [address.addr_spec for address in received.mail["To"].addresses] == ["rigtig@x.example"]
    assert received.attendees == ["mailto:rigtig@x.example"]
    assert (received.sequence, received.stamp) == (1, MONDAY + DAY)
    with pytest.raises(Refused):
        letters.retry(engine, parked.id, MONDAY + DAY + HOUR)
    live(engine, MONDAY + DAY + HOUR)
    assert len(invites(server)) == 1


def test_a_dropped_invitation_is_not_tried_again_until_the_plan_changes(
    tmp_path: Path, engine: Engine, server: SmtpServer
) -> None:
    parked = parked_invite(engine, server)
    letters.drop(engine, parked.id, MONDAY + HOUR)
    live(engine, MONDAY + DAY)
    assert invites(server) == []
    write_people(tmp_path, [row(1, at="08:30")])
    live(engine, MONDAY + DAY + HOUR)
    assert [(one.sequence, f"{one.event.start:%H:%M}") for one in invites(server)] == [(1, "08:30")]
    assert invites(server)[0].stamp == MONDAY + DAY + HOUR


@pytest.mark.parametrize(
    ("entered", "closed", "left"),
    [
        (13 * DAY + 5 * HOUR, "2026-12-14", True),  # on Sunday, for Monday
        (15 * DAY + 11 * HOUR, "2026-12-16", True),  # in the evening, for tomorrow
        (15 * DAY + 11 * HOUR, "2026-12-17", False),
        (9 * DAY + 2 * HOUR, "2026-12-09", True),  # for today, which is no working day any more
    ],
)
def test_a_closed_day_is_told_before_it_comes_whatever_the_hour(
    tmp_path: Path, engine: Engine, server: SmtpServer, entered: timedelta, closed: str, left: bool
) -> None:
    live(engine, MONDAY)
    write_config(tmp_path, transport="smtp", channel="invite", port=server.port, closed=f'"{closed}"')
    engine.last_tick = MONDAY + entered
    live(engine, MONDAY + entered)
    day = date.fromisoformat(closed)
    assert [starts(one.ics, day, day) for one in invites(server)][1:] == ([[]] if left else [])
