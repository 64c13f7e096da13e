"""One turn's life on channel `invite`, as a real SMTP server on loopback sees it, and what it leaves behind."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path

import pytest

from culture.relay import acts as relay_acts
from culture.relay.acts import Request
from culture.relay.schedule import RelayRecords
from culture.relay.turns import Turn
from service.engine.engine import Engine
from service.relay.learnings import read_entry, write_learning
from service.relay.records import relay_records
from service.relay.turn_acts import perform
from tests.calendar_readers import starts
from tests.service_values import live, make_engine, row, write_config, write_people
from tests.smtp_server import Accepted, SmtpServer
from tests.test_invite_life import Received, read

pytestmark = pytest.mark.year

MONDAY = datetime(2027, 1, 4, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)

RELAY = """
[vitamin]
enabled = false
[relay]
starts = 2026-11-30
enabled = true
settle_days = 0
[departments.plan.meeting]
weekday = "thursday"
time = "09:00"
minutes = 60
place = "Lokale 2"
changes = [{changes}]
"""


class Place:
    """An organisation with a relay, its engine, and the mail server that its letters go to."""

    def __init__(self, folder: Path, server: SmtpServer, channel: str = "invite") -> None:
        self.folder, self.server, self.channel = folder, server, channel
        write_people(folder, [row(1), row(2), row(3)])
        self.edit()
        self.engine: Engine = make_engine(folder)
        self.read = 0

    def edit(self, changes: str = "") -> None:
        write_config(self.folder, transport="smtp", channel=self.channel, port=self.server.port)
        with (self.folder / "config.toml").open("a", encoding="utf-8") as file:
            file.write(RELAY.format(changes=changes))

    def at(self, now: datetime) -> list[tuple[str, str]]:
        """What the service does at `now`, the fuse approved; to whom the letters went, and their subjects."""
        live(self.engine, now, believed=True)
        new = self.server.accepted[self.read :]
        self.read = len(self.server.accepted)
        return sorted((letter.recipients[0].split("@")[0], subject(letter)) for letter in new)

    def days(self, first: datetime, last: datetime) -> list[tuple[str, str]]:
        """The same each morning and noon from `first` to `last`."""
        found, now = [], first
        while now <= last:
            found += self.at(now) + self.at(now + timedelta(hours=5))
            now += DAY
        return found

    def turn(self, number: int = 1) -> Turn:
        return relay_records(self.engine.stored).turns[f"plan-{number}"]


def subject(letter: Accepted) -> str:
    return str(make_header(decode_header(message_from_bytes(letter.data)["Subject"])))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with SmtpServer() as server:
        made = Place(tmp_path, server)
        yield made
        made.engine.close()


def invites_to(place: Place, person: str) -> list[Received]:
    mine = (letter for letter in place.server.accepted if letter.recipients[0].startswith(f"{person}@"))
    return [received for letter in mine if (received := read(letter))]


def told(place: Place, person: str) -> list[tuple[str, int, str]]:
    """Method, SEQUENCE and beginning (UTC) of every calendar part a person got, as all independent readers see it."""
    found = []
    for one in invites_to(place, person):
        begins = starts(one.ics, date(2027, 1, 1), date(2027, 4, 1))
        found.append((str(one.part.get_param("method")), one.sequence, *begins))
    return found  # type: ignore[return-value]  # one beginning each, or the comparison fails


def test_a_turn_is_announced_swapped_moved_and_cancelled_and_everybody_hears_of_it_once(place: Place) -> None:
    place.at(MONDAY)
    first, second = place.turn(1), place.turn(2)
    one, two = f"p{first.presenter}", f"p{second.presenter}"
    assert told(place, one) == [("REQUEST", 0, "2027-01-21 08:00")]
    assert told(place, two) == [("REQUEST", 0, "2027-01-28 08:00")]

    asks, says = Request(by=first.presenter, at=MONDAY), Request(by=second.presenter, at=MONDAY)
    perform(place.engine, lambda made, all_: relay_acts.offer(made, all_, first.id, second.presenter, asks), MONDAY)
    assert [who for who, _ in place.at(MONDAY + timedelta(minutes=5))] == [two]
    perform(place.engine, lambda made, all_: relay_acts.accept(made, all_, first.id, second.presenter, says), MONDAY)
    assert place.at(MONDAY + timedelta(minutes=9)) == []  # somebody may still think better of it
    assert [who for who, _ in place.at(MONDAY + timedelta(minutes=10))] == sorted([one, one, two, two])
    place.at(MONDAY + 2 * DAY)
    assert sorted(told(place, one)[1:]) == [("CANCEL", 1, "2027-01-21 08:00"), ("REQUEST", 0, "2027-01-28 08:00")]
    assert sorted(told(place, two)[1:]) == [("CANCEL", 1, "2027-01-28 08:00"), ("REQUEST", 0, "2027-01-21 08:00")]

    place.edit("{ on = 2027-01-21, to = 2027-01-22T10:00:00 }")
    place.at(MONDAY + 3 * DAY)
    assert told(place, two)[-1] == ("REQUEST", 1, "2027-01-22 09:00")

    place.edit("{ on = 2027-01-21, cancelled = true }")
    place.at(MONDAY + 4 * DAY)
    assert told(place, two)[-1] == ("REQUEST", 2, "2027-01-28 08:20")  # it goes to the next meeting, as the second

    uids = {one.event.uid for one in invites_to(place, two)}
    assert len(uids) == 2  # one for each turn, for life
    assert all(one.attendees == [f"mailto:{two}@x.example"] for one in invites_to(place, two))
    before = len(place.server.accepted)
    assert place.at(MONDAY + 4 * DAY) == []
    assert len(place.server.accepted) == before


def test_the_letters_of_a_turn_and_the_retry_after_not_yet(place: Place) -> None:
    letters = place.days(MONDAY, MONDAY + 18 * DAY)
    turn = place.turn(1)
    one = f"p{turn.presenter}"
    assert turn.state == "held"
    mine = [title for who, title in letters if who == one]
    # the slot, the challenge, the day before, what was learned; and the next slot
    assert len(mine) == len(set(mine)) == 5

    friday = MONDAY + 18 * DAY
    entry = read_entry({"outcome": "not yet", "did_not": "Den fandt på paragraffer.", "hard": "Kilderne."})
    write_learning(place.engine, turn.id, entry, friday)
    place.days(friday + DAY, friday + 35 * DAY)
    said = [
        key for letter in place.engine.letters() for key in letter.notices if key.startswith(f"learning/{turn.id}/")
    ]
    assert len(said) == 1  # asked once, answered, never again
    again = next(t for t in relay_records(place.engine.stored).turns.values() if t.kind == "retry")
    assert (again.presenter, again.challenge, again.earlier) == (turn.presenter, turn.challenge, turn.id)
    assert again.starts
    assert again.starts.date() == date(2027, 2, 25)  # a Thursday, 21 February and later
    assert any("Den fandt på paragraffer." in text(letter) for letter in place.server.accepted if to(letter, one))


def to(letter: Accepted, person: str) -> bool:
    return letter.recipients[0].startswith(f"{person}@")


def text(letter: Accepted) -> str:
    parts = (part for part in message_from_bytes(letter.data).walk() if part.get_content_type() == "text/plain")
    return "".join(part.get_payload(decode=True).decode() for part in parts)  # type: ignore[union-attr]  # bytes


def test_a_cancelled_turn_of_somebody_who_left_is_cancelled_in_their_calendar(place: Place) -> None:
    place.at(MONDAY)
    turn = place.turn(1)
    write_people(place.folder, [row(n) for n in (1, 2, 3) if str(n) != turn.presenter])
    for days in (1, 2, 3):  # who vanishes from the file loses nothing for a working day
        place.at(MONDAY + days * DAY)
    assert told(place, f"p{turn.presenter}")[-1] == ("CANCEL", 1, "2027-01-21 08:00")
    assert place.turn(1).state == "withdrawn"


def test_a_pass_between_plan_and_writing_is_not_undone_by_the_plan(place: Place) -> None:
    place.at(MONDAY)
    turn, later = place.turn(1), MONDAY + 4 * DAY  # when the challenge is given
    stale = place.engine.plan(later)
    assert stale.world.of(RelayRecords) != stale.before.of(RelayRecords)
    request = Request(by=turn.presenter, at=MONDAY)
    perform(place.engine, lambda _, records: relay_acts.pass_on(records, turn.id, request), MONDAY)
    assert not place.engine.stored.write(stale)
    assert place.turn(1).state == "passed"
    place.engine.tick(later)
    assert place.turn(1).state == "passed"


def test_announced_turns_and_their_place_in_the_list_are_one_journal_line(place: Place) -> None:
    place.engine.tick(MONDAY)
    journal = place.engine.folder / "store" / f"journal-{place.engine.database.generation}"
    lines = [line for line in journal.read_bytes().splitlines() if b'"standings"' in line or b'"turns","plan-' in line]
    assert len(lines) == 1
