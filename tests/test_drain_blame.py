"""Whose fault a failure is: one letter's, so that the others go, or the server's, so that it is not asked for each."""

import threading
from collections.abc import Callable

import pytest

from mailer.drain import AHEAD
from mailer.outbox import claim
from mailer.transport import Envelope
from store.database import Database
from store.spool import Spool
from tests.outbox_values import NOW, ONE, Clock, Fake, closing, cut, denied, down, letter, lost, never, not_now, record
from tests.test_drain import outbox_of


@pytest.mark.parametrize(
    ("answer", "at_each"), [(lost, [2, 3, 4]), (cut, [2, 3, 4]), (denied, [2, 3, 4]), (closing, [1, 2, 3])]
)
def test_a_server_that_fails_every_letter_alike_is_given_two_and_then_one_at_each_asking(
    db: Database, spool: Spool, answer: Callable[[], Exception], at_each: list[int]
) -> None:
    claim(db, spool, [letter(n) for n in range(9)], NOW)
    fake, clock = Fake(*(answer() for _ in range(9))), Clock()
    outbox = outbox_of(db, spool, fake)
    tried = list[int]()
    for rest in (30, 60, 120):
        outbox.drain(clock, threading.Event())
        assert outbox.trouble == str(answer())
        clock.wait(rest)
        tried.append(len(fake.tried))
    assert tried == at_each
    assert fake.tried == [letter(n).id for n in range(at_each[-1])]  # each time another one
    assert sum(record(db, letter(n)).in_doubt for n in range(9)) == (4 if answer is lost else 0)
    assert {record(db, letter(n)).state for n in range(9)} == {"claimed"}
    assert sum(record(db, letter(n)).attempts for n in range(9)) == (
        at_each[-1] if answer is closing else 0 if answer is lost else 1
    )


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("answer", [lost, cut, denied, closing, down, not_now, never, ZeroDivisionError])
def test_one_letter_that_fails_for_ever_and_is_the_first_stops_no_other(
    db: Database, spool: Spool, answer: Callable[[], Exception], restarted: bool
) -> None:
    class Striking(Fake):
        def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
            self.script = [answer() if envelope.message_id == letter(0).id else None]
            return super().deliver(mime, envelope, on_wire)

    claim(db, spool, [letter(n) for n in range(6)], NOW)
    fake, clock = Striking(), Clock()
    outbox = outbox_of(db, spool, fake)
    for _ in range(3):
        outbox.drain(clock, threading.Event())
        outbox = outbox_of(db, spool, fake) if restarted else outbox
        clock.wait(30)
    assert sorted(one for one, _ in fake.sent) == [letter(n).id for n in range(1, 6)]
    assert fake.tried.count(letter(0).id) <= 3
    assert record(db, letter(0)).said != ""


def test_a_letter_whose_record_cannot_be_read_waits_for_an_hour_and_the_others_go(db: Database, spool: Spool) -> None:
    claim(db, spool, [letter(n) for n in range(4)], NOW)
    fake = Fake()
    outbox, clock = outbox_of(db, spool, fake), Clock()
    document = db.table("letters").find(letter(0).id)
    assert document is not None
    db.table("letters").put(letter(0).id, {key: value for key, value in document.items() if key != "subject"})
    assert outbox.drain(clock, threading.Event()) == 3
    assert (len(fake.sent), outbox.pending, outbox.trouble) == (3, 1, None)
    db.table("letters").put(letter(0).id, document)
    clock.wait(3599)
    assert outbox.drain(clock, threading.Event()) == 0
    clock.wait(1)
    assert outbox.drain(clock, threading.Event()) == 1


def test_two_letters_that_fail_alike_with_one_sent_between_are_their_own_trouble(db: Database, spool: Spool) -> None:
    claim(db, spool, [letter(n) for n in range(5)], NOW)
    outbox = outbox_of(db, spool, Fake(denied(), None, denied()))
    assert outbox.drain(Clock(), threading.Event()) == 3
    assert outbox.trouble is None


def test_two_letters_to_one_address_that_fail_alike_say_nothing_about_the_server(db: Database, spool: Spool) -> None:
    claim(db, spool, [letter(0), letter(1, to=letter(0).to), letter(2)], NOW)
    outbox = outbox_of(db, spool, Fake(cut(), cut()))
    assert outbox.drain(Clock(), threading.Event()) == 1
    assert outbox.trouble is None


def test_a_refusal_that_may_be_the_servers_parks_its_letter_when_it_is_repeated(db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE], NOW)
    clock, outbox = Clock(), outbox_of(db, spool, Fake(denied(), denied()))
    states = list[str]()
    for _ in range(2):
        outbox.drain(clock, threading.Event())
        states.append(record(db, ONE).state)
        clock.wait(100)
    assert states == ["claimed", "parked"]
    assert record(db, ONE).said == "server, RCPT TO: 554 relaying denied."


def test_a_letter_at_which_the_server_falls_silent_is_not_all_that_asks(db: Database, spool: Spool) -> None:
    class Striking(Fake):
        def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
            self.script = [closing() if envelope.message_id == ONE.id else None]
            return super().deliver(mime, envelope, on_wire)

    claim(db, spool, [ONE], NOW)
    clock, outbox, rooms = Clock(), outbox_of(db, spool, Striking()), list[int]()
    outbox.drain(clock, threading.Event())
    rooms.append(outbox.room(clock()))
    outbox.add(claim(db, spool, [letter(2)], clock()).claimed, clock())
    rooms.append(outbox.room(clock()))
    clock.wait(30)
    assert outbox.drain(clock, threading.Event()) == 1
    assert [*rooms, outbox.room(clock())] == [1, 0, AHEAD - 1]


def test_a_connection_that_the_server_ends_at_the_same_letter_again_is_that_letters_trouble(
    db: Database, spool: Spool
) -> None:
    claim(db, spool, [ONE], NOW)
    clock, outbox = Clock(), outbox_of(db, spool, Fake(closing(), None, closing(), closing()))
    outbox.drain(clock, threading.Event())
    found = [outbox.trouble is None]
    for number in (2, 3):
        clock.wait(30)
        outbox.add(claim(db, spool, [letter(number)], clock()).claimed, clock())
        outbox.drain(clock, threading.Event())
        clock.wait(60)
        outbox.drain(clock, threading.Event())
        found.append(outbox.trouble is None)
    # At another letter it says so of itself again.
    assert (found, record(db, ONE).attempts) == ([False, True, False], 2)
