import os
import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailer.dispatcher import Trouble
from mailer.drain import AHEAD, Outbox, trouble
from mailer.outbox import claim, drop, retry, sent_moments
from mailer.pace import HOUR, Rate
from mailer.smtp.transport import SmtpTransport
from mailer.transport import Envelope
from store.database import Database, open_database
from store.spool import Spool
from tests import drained
from tests.forked import Forked
from tests.outbox_values import (
    MINUTE,
    NOW,
    ONE,
    Clock,
    Fake,
    down,
    journal_lines,
    letter,
    never,
    not_now,
    record,
)
from tests.smtp_server import Fault, SmtpServer
from tests.test_smtp import settings

pytestmark = pytest.mark.slow

DOWN = "server, connecting: Connection refused."


# Draining


def outbox_of(db: Database, spool: Spool, fake: Fake, rate: Rate | None = None, **options: Any) -> Outbox:
    counted = rate and rate.after(sent_moments(db, fake.name))
    return Outbox(db, spool, lambda: fake, rate=counted, **options)


def test_drain_sends_what_is_due_oldest_first_and_says_how_many(db: Database, spool: Spool) -> None:
    claim(db, spool, [letter(3), letter(1)], NOW)
    claim(db, spool, [letter(2)], NOW - MINUTE)
    claim(db, spool, [letter(4)], NOW + MINUTE)
    fake, clock = Fake(), Clock()
    outbox = outbox_of(db, spool, fake)
    assert outbox.pending == 4
    assert outbox.drain(clock, threading.Event()) == 3
    assert fake.tried == [letter(n).id for n in (2, 3, 1)]
    assert (outbox.pending, fake.closed) == (1, 1)
    assert outbox.drain(clock, threading.Event()) == 0
    assert fake.closed == 1  # no transport is made for nothing


def test_letters_claimed_later_are_added(db: Database, spool: Spool) -> None:
    fake = Fake()
    outbox = outbox_of(db, spool, fake)
    outbox.add(claim(db, spool, [ONE], NOW).claimed, NOW)
    outbox.add([ONE.id], NOW)
    assert outbox.pending == 1
    assert outbox.drain(Clock(), threading.Event()) == 1
    assert fake.tried == [ONE.id]


def test_a_bad_letter_does_not_stop_the_others(db: Database, spool: Spool) -> None:
    claim(db, spool, [letter(n) for n in range(5)], NOW)
    fake = Fake(None, never(), not_now(), ZeroDivisionError())
    outbox = outbox_of(db, spool, fake)
    assert outbox.drain(Clock(), threading.Event()) == 2
    assert len(fake.tried) == 5
    assert (outbox.pending, outbox.trouble) == (2, None)


def test_while_the_server_is_down_one_letter_at_a_time_asks_and_none_is_blamed(db: Database, spool: Spool) -> None:
    claim(db, spool, [letter(n) for n in range(3)], NOW)
    fake, clock = Fake(down(), down()), Clock()
    outbox = outbox_of(db, spool, fake)
    assert outbox.drain(clock, threading.Event()) == 0
    assert (len(fake.tried), outbox.trouble) == (1, "server, connecting: Connection refused.")
    clock.wait(29)
    assert outbox.drain(clock, threading.Event()) == 0
    assert len(fake.tried) == 1
    clock.wait(1)
    assert outbox.drain(clock, threading.Event()) == 0
    clock.wait(60)
    assert outbox.drain(clock, threading.Event()) == 3
    assert outbox.trouble is None
    assert fake.tried[:2] == [letter(0).id, letter(1).id]  # another letter asks the next time
    assert {record(db, letter(n)).attempts for n in range(3)} == {0}


def test_grey_listing_neither_stops_the_sending_nor_the_letters_of_others(db: Database, spool: Spool) -> None:
    items = [letter(n) for n in range(31)]
    claim(db, spool, items, NOW)
    fake, clock = Fake(*(not_now() for _ in items[:30])), Clock()
    outbox = outbox_of(db, spool, fake)
    assert outbox.drain(clock, threading.Event()) == 1
    assert (len(fake.tried), outbox.trouble, trouble(db)) == (31, None, None)
    clock.wait(2 * 60)
    assert outbox.drain(clock, threading.Event()) == 30


def test_what_is_wrong_with_the_server_is_known_to_other_processes(folder: Path, db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE], NOW)
    clock, outbox = Clock(), outbox_of(db, spool, Fake(down(), down()), server="mail:25")
    found = list[Trouble | None]()
    with open_database(folder) as other:
        for seconds in (30, 60, 0):
            outbox.drain(clock, threading.Event())
            other.refresh()
            found.append(trouble(other))
            clock.wait(seconds)
    first = Trouble(
        server="mail:25", said=DOWN, since=NOW, next=NOW + timedelta(seconds=30), failures=1, asked=(ONE.id,)
    )
    assert found == [first, replace(first, next=NOW + timedelta(seconds=90), failures=2), None]


def test_a_restart_asks_at_once_and_remembers_since_when(db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE, letter(2)], NOW)
    clock, fake = Clock(), Fake(down(), down())
    outbox_of(db, spool, fake).drain(clock, threading.Event())
    clock.wait(1)
    again = outbox_of(db, spool, fake)
    assert again.trouble == DOWN
    again.drain(clock, threading.Event())
    known = trouble(db)
    assert len(fake.tried) == 2
    assert known is not None
    assert (known.since, known.next, known.failures) == (NOW, NOW + timedelta(seconds=61), 2)


def test_trouble_with_a_server_that_the_config_no_longer_names_is_forgotten(db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE], NOW)
    outbox_of(db, spool, Fake(down()), server="old:25").drain(Clock(), threading.Event())
    outbox = outbox_of(db, spool, Fake(), server="new:25")
    assert (trouble(db), outbox.trouble) == (None, None)


def test_letters_that_became_too_late_during_an_outage_do_not_hold_up_the_others(db: Database, spool: Spool) -> None:
    claim(db, spool, [letter(n, expires=NOW + MINUTE) for n in range(5)] + [letter(5)], NOW)
    fake, clock = Fake(down()), Clock()
    outbox = outbox_of(db, spool, fake)
    outbox.drain(clock, threading.Event())
    clock.wait(3600)
    assert outbox.drain(clock, threading.Event()) == 1
    assert [record(db, letter(n)).state for n in range(6)] == ["parked"] * 5 + ["sent"]


def test_the_disk_is_waited_for_at_the_claim_and_when_a_drain_ends(folder: Path, spool: Spool) -> None:
    class Watched(Database):
        synced: list[bool]

        def batch(self, *, sync: bool = True) -> AbstractContextManager[None]:  # type: ignore[override]  # as it is typed
            self.synced.append(sync)
            return super().batch(sync=sync)

    with Watched(folder) as db:
        db.synced = []
        claim(db, spool, [ONE, letter(2), letter(3)], NOW)
        outbox = outbox_of(db, spool, Fake(None, down()))
        clock = Clock()
        outbox.drain(clock, threading.Event())
        assert db.synced == [True, False, False, False, True, False]  # claim; wire, settle; wire, server down; trouble
        clock.wait(30)
        outbox.drain(clock, threading.Event())
        assert db.synced[6:] == [False, False, False, False, True]


def test_while_one_letter_asks_the_other_threads_rest(db: Database, spool: Spool) -> None:
    beside: list[int] = []

    class Asking(Fake):
        def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
            if outbox.trouble and not beside:
                clock.wait(3600)  # however long the answer takes
                beside.append(-1)  # as another thread would
                beside[0] = outbox.drain(clock, threading.Event())
            return super().deliver(mime, envelope, on_wire)

    claim(db, spool, [ONE, letter(2)], NOW)
    fake, clock = Asking(down()), Clock()
    outbox = outbox_of(db, spool, fake)
    outbox.drain(clock, threading.Event())
    clock.wait(30)
    assert outbox.drain(clock, threading.Event()) == 2
    assert beside == [0]


def test_a_letter_in_hand_is_not_queued_again_and_its_retry_is_kept_for_later(db: Database, spool: Spool) -> None:
    class Retried(Fake):
        def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
            if not self.tried:
                retry(db, ONE.id, NOW)
                outbox.refresh(NOW)
                outbox.add([ONE.id], NOW)
                assert outbox.pending == 1
            return super().deliver(mime, envelope, on_wire)

    claim(db, spool, [ONE], NOW)
    fake = Retried(not_now())
    outbox = outbox_of(db, spool, fake)
    assert outbox.drain(Clock(), threading.Event()) == 0
    outbox.refresh(NOW)
    assert outbox.drain(Clock(), threading.Event()) == 1
    assert len(fake.tried) == 2


def test_the_rate_is_kept_by_waiting(db: Database, spool: Spool) -> None:
    claim(db, spool, [letter(n) for n in range(4)], NOW)
    clock = Clock()
    assert outbox_of(db, spool, Fake(), Rate(per_minute=30)).drain(clock, threading.Event(), clock.wait) == 4
    assert clock.waits == [2.0, 2.0, 2.0]


def test_when_the_hour_is_spent_a_drain_ends_and_the_rest_goes_in_the_next(db: Database, spool: Spool) -> None:
    claim(db, spool, [letter(n) for n in range(5)], NOW)
    fake, clock = Fake(never()), Clock()  # a refusal has cost the server as much
    outbox = outbox_of(db, spool, fake, Rate(per_hour=2))
    counts = list[int]()
    for wait in (59 * MINUTE, 2 * MINUTE, HOUR + MINUTE):
        outbox.drain(clock, threading.Event(), clock.wait)
        counts.append(len(fake.tried))
        clock.now += wait
    outbox.drain(clock, threading.Event(), clock.wait)
    assert (counts, len(fake.tried), clock.waits) == ([2, 2, 4], 5, [])


def test_the_hours_rate_holds_across_a_restart(db: Database, spool: Spool) -> None:
    claim(db, spool, [letter(n) for n in range(5)], NOW)
    fake, clock = Fake(), Clock()
    outbox_of(db, spool, fake, Rate(per_hour=3)).drain(clock, threading.Event())
    clock.now += 30 * MINUTE
    again = outbox_of(db, spool, fake, Rate(per_hour=3))
    assert (again.drain(clock, threading.Event()), again.room(clock())) == (0, 0)
    clock.now += 31 * MINUTE
    assert again.drain(clock, threading.Event()) == 2


def test_a_server_that_is_down_does_not_use_up_the_hour(db: Database, spool: Spool) -> None:
    class Unreachable(Fake):
        def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
            if clock.now < NOW + 20 * MINUTE:
                raise down()
            return super().deliver(mime, envelope, on_wire)

    claim(db, spool, [ONE], NOW)
    fake, clock = Unreachable(), Clock()
    outbox = outbox_of(db, spool, fake, Rate(per_hour=1))
    while clock.now <= NOW + 30 * MINUTE:
        outbox.drain(clock, threading.Event())
        clock.now += MINUTE
    assert len(fake.sent) == 1


@pytest.mark.parametrize(
    ("rate", "room"),
    [
        (Rate(), AHEAD),
        (Rate(per_minute=30), 30),
        (Rate(per_hour=20), 20),
        (Rate(per_day=20), 20),
        (Rate(per_minute=3), 3),
    ],
)
def test_only_what_the_rates_can_carry_should_be_claimed(db: Database, spool: Spool, rate: Rate, room: int) -> None:
    outbox, clock = outbox_of(db, spool, Fake(), rate), Clock()
    assert outbox.room(NOW) == room
    outbox.add(claim(db, spool, [ONE, letter(2)], NOW).claimed, NOW)
    assert outbox.room(NOW) == room - 2
    outbox.drain(clock, threading.Event(), clock.wait)
    assert outbox.room(clock()) == (room if rate.room(NOW) is None else room - 2)


def test_while_the_server_is_down_no_more_is_claimed_than_one_letter_to_ask_with(db: Database, spool: Spool) -> None:
    outbox, clock = outbox_of(db, spool, Fake(down(), never())), Clock()
    outbox.add(claim(db, spool, [ONE], NOW).claimed, NOW)
    outbox.drain(clock, threading.Event())
    rooms = [outbox.room(clock())]
    drop(db, ONE.id, NOW)
    clock.wait(30)
    outbox.drain(clock, threading.Event())
    rooms.append(outbox.room(clock()))
    outbox.add(claim(db, spool, [letter(2)], clock()).claimed, clock())
    outbox.drain(clock, threading.Event())
    assert [*rooms, outbox.room(clock())] == [0, 1, AHEAD]


def test_stop_finishes_the_letter_in_hand_and_takes_no_other(db: Database, spool: Spool) -> None:
    stop = threading.Event()

    class Stopping(Fake):
        def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
            stop.set()
            return super().deliver(mime, envelope, on_wire)

    claim(db, spool, [ONE, letter(2)], NOW)
    fake = Stopping()
    outbox = outbox_of(db, spool, fake)
    assert outbox.drain(Clock(), stop) == 1
    assert [record(db, item).state for item in (ONE, letter(2))] == ["sent", "claimed"]
    assert (outbox.pending, fake.closed) == (1, 1)


def test_a_store_that_cannot_be_written_stops_the_drain_and_keeps_the_letter(folder: Path, spool: Spool) -> None:
    db = open_database(folder)
    claim(db, spool, [ONE], NOW)
    fake = Fake()
    outbox = outbox_of(db, spool, fake)
    db.close()
    with pytest.raises(OSError, match="closed"):
        outbox.drain(Clock(), threading.Event())
    assert (fake.tried, fake.closed, outbox.pending) == ([], 1, 1)


def test_a_transport_that_cannot_be_made_keeps_the_letter(db: Database, spool: Spool) -> None:
    def broken() -> Fake:
        raise ImportError("exchangelib")

    claim(db, spool, [ONE], NOW)
    outbox = Outbox(db, spool, broken)
    with pytest.raises(ImportError):
        outbox.drain(Clock(), threading.Event())
    assert outbox.pending == 1


def test_a_letter_retried_by_another_process_is_noticed_whoever_read_its_line(
    folder: Path, db: Database, spool: Spool
) -> None:
    claim(db, spool, [ONE], NOW)
    fake = Fake(never())
    outbox = outbox_of(db, spool, fake)
    outbox.drain(Clock(), threading.Event())
    with open_database(folder) as other:
        retry(other, ONE.id, NOW)
    claim(db, spool, [letter(2)], NOW)  # reads the other's line by the way, so that refresh finds nothing new
    outbox.refresh(NOW)
    assert outbox.drain(Clock(), threading.Event()) == 1
    assert record(db).state == "sent"
    before = len(journal_lines(folder))
    outbox.refresh(NOW)
    assert len(journal_lines(folder)) == before
    assert outbox.pending == 0


def test_a_letter_that_waits_goes_at_once_when_retried(db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE], NOW)
    fake = Fake(not_now())
    outbox = outbox_of(db, spool, fake)
    outbox.drain(Clock(), threading.Event())
    retry(db, ONE.id, NOW)
    outbox.refresh(NOW)
    assert outbox.pending == 1
    assert outbox.drain(Clock(), threading.Event()) == 1
    assert len(fake.tried) == 2


def test_a_dropped_letter_leaves_the_queue_unsent(db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE], NOW)
    fake = Fake()
    outbox = outbox_of(db, spool, fake)
    drop(db, ONE.id, NOW)
    assert outbox.drain(Clock(), threading.Event()) == 0
    assert (fake.tried, outbox.pending) == ([], 0)


def test_serve_is_woken_by_a_claim_and_ended_by_stop(db: Database, spool: Spool) -> None:
    arrived, stop = threading.Event(), threading.Event()

    class Telling(Fake):
        def close(self) -> None:
            arrived.set()

    fake = Telling()
    outbox = outbox_of(db, spool, fake)
    thread = threading.Thread(target=outbox.serve, args=(Clock(), stop))
    thread.start()
    outbox.add(claim(db, spool, [ONE], NOW).claimed, NOW)
    assert arrived.wait(30)
    stop.set()
    outbox.wake()
    thread.join(30)
    assert not thread.is_alive()
    assert fake.tried == [ONE.id]


def test_several_threads_send_each_letter_once(db: Database, spool: Spool) -> None:
    items = [letter(n, transport="smtp") for n in range(60)]
    claim(db, spool, items, NOW)
    with SmtpServer(
        [Fault("rcpt", "450 4.2.0 grey-listed", times=5), Fault("mail", "421", times=3, skip=10)]
    ) as server:
        outbox = Outbox(db, spool, lambda: SmtpTransport(settings(server.port)))
        clock, stop = Clock(), threading.Event()
        for _ in range(20):  # how the threads meet the faults decides how often the server rests
            threads = [threading.Thread(target=outbox.drain, args=(clock, stop)) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            clock.wait(120)
    assert sorted(accepted.data for accepted in server.accepted) == sorted(item.mime for item in items)
    assert {record(db, item).state for item in items} == {"sent"}
    assert {record(db, item).in_doubt for item in items} == {0}


# Killed


class Killer:
    """Kills the process when `stage` is reached for the `count`-th time: the server's signal."""

    def __init__(self, stage: str, count: int) -> None:
        self.stage, self.count, self.lock = stage, count, threading.Lock()
        self.child: Forked | None = None
        self.started, self.gone = threading.Event(), threading.Event()

    def __call__(self, stage: str) -> None:
        with self.lock:
            self.count -= stage == self.stage
            if stage == self.stage and self.count == 0:
                self.started.wait()
                assert self.child is not None
                os.kill(self.child.pid, signal.SIGKILL)
                self.gone.wait()


@pytest.mark.parametrize("connections", [1, 3])
@pytest.mark.parametrize(
    ("stage", "count"), [("mail", 1), ("mail", 7), ("rcpt", 4), ("data", 5), ("end", 1), ("end", 9)]
)
def test_a_killed_process_leaves_at_most_one_letter_in_doubt_for_each_connection(
    folder: Path, db: Database, spool: Spool, stage: str, count: int, connections: int
) -> None:
    items = [letter(n, transport="smtp") for n in range(20)]
    claim(db, spool, items, NOW)
    killer = Killer(stage, count)
    with SmtpServer(on_stage=killer) as server:
        words = [str(folder), str(server.port), str(connections)]
        killer.child = Forked(drained.drain, words, folder=folder, log=folder.with_name("log"))
        killer.started.set()
        assert killer.child.ended(60) == -signal.SIGKILL
        killer.gone.set()
        killer.child.close()
        db.refresh()
        doubtful = [item for item in items if record(db, item).doubtful]
        assert 1 <= len(doubtful) <= connections
        outbox = Outbox(db, spool, lambda: SmtpTransport(settings(server.port)))
        outbox.drain(Clock(), threading.Event())
    assert {record(db, item).state for item in items} == {"sent"}
    assert [item.id for item in items if record(db, item).in_doubt] == [item.id for item in doubtful]
    copies = {item.id: [a for a in server.accepted if a.recipients == (item.to,)] for item in items}
    assert all(accepted.data == item.mime for item in items for accepted in copies[item.id])
    assert all(len(copies[item.id]) == 1 for item in items if item not in doubtful)
    assert all(1 <= len(copies[item.id]) <= 2 for item in doubtful)
