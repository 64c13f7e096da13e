"""Letters and calls wait in one kind of queue: what is so of both, tried with things that are only texts."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from calendars.server.meeting import MeetingState
from mailer.dispatcher import Clock, Dispatcher, Do, Done, Trouble, trouble
from store.database import Database, open_database
from store.migrations import migrated
from store.plain import from_plain
from store.records import TROUBLE

NOW = datetime(2027, 1, 4, 9, tzinfo=UTC)
DOWN = Done(trouble="server: it is down.")
WELL = Done(reached=True, well=True)


class Queue(Dispatcher[str]):
    """A queue whose things come out as they are told; `tried` is what was done."""

    def __init__(self, db: Database, *outcomes: Done | Exception, queue: str = "things", server: str = "a") -> None:
        super().__init__(db, queue, server, one="thing", log=logging.getLogger("aikultur.things"))
        self.outcomes, self.tried = list(outcomes), list[str]()

    def key(self, thing: str) -> str:
        return thing

    @contextmanager
    def hand(self) -> Iterator[Do[str]]:
        yield self._one

    def _one(self, thing: str, taken: datetime, now: Clock) -> Done:
        self.tried.append(thing)
        outcome = self.outcomes.pop(0) if self.outcomes else WELL
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


class Afresh(Queue):
    afresh = True


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path) as found:
        yield found


def drained(queue: Queue, now: datetime = NOW) -> int:
    return queue.drain(lambda: now, threading.Event())


def test_what_is_due_is_done_the_longest_due_first(db: Database) -> None:
    queue = Queue(db)
    queue.add(["b", "c"], NOW)
    queue.add(["a"], NOW - timedelta(minutes=1))
    queue.add(["d"], NOW + timedelta(minutes=1))
    assert (drained(queue), queue.tried, queue.pending) == (3, ["a", "b", "c"], 1)


@pytest.mark.parametrize(("kind", "left"), [(Queue, 3), (Afresh, 0)])
def test_on_a_server_in_trouble_what_waits_is_kept_or_worked_out_afresh(
    db: Database, kind: type[Queue], left: int
) -> None:
    queue = kind(db, Done(trouble=DOWN.trouble, again=None if kind is Afresh else NOW))
    queue.add(["a", "b", "c"], NOW)
    assert (drained(queue), queue.tried, queue.pending) == (0, ["a"], left)


def test_whoever_asked_in_vain_goes_behind_the_others_also_after_a_restart(db: Database) -> None:
    first = Afresh(db, DOWN, DOWN)
    for minutes in (0, 1):
        first.add(["a", "b", "c"], NOW)
        drained(first, NOW + timedelta(minutes=minutes))
    assert first.tried == ["a", "b"]
    again = Afresh(db)
    again.add(["a", "b", "c"], NOW)
    drained(again, NOW + timedelta(minutes=5))
    assert again.tried == ["c", "a", "b"]


def test_a_restart_asks_at_once_and_goes_on_counting(db: Database) -> None:
    for moment in (NOW, NOW + timedelta(seconds=1)):
        queue = Afresh(db, DOWN)
        queue.add(["a"], NOW)
        drained(queue, moment)
    known = trouble(db, "things")
    said = Trouble(server="a", said=DOWN.trouble, since=NOW, next=NOW + timedelta(seconds=61), failures=2, asked=("a",))
    assert known == said


def test_a_server_that_asks_for_it_is_left_alone_longer(db: Database) -> None:
    queue = Afresh(db, Done(trouble=DOWN.trouble, wait=timedelta(minutes=5)))
    queue.add(["a"], NOW)
    drained(queue)
    known = trouble(db, "things")
    assert known
    assert known.next == NOW + timedelta(minutes=5)


def test_each_queue_has_trouble_of_its_own_also_with_the_same_server(db: Database) -> None:
    """Letters and calls of one Exchange server: that letters get through says nothing about calls."""
    calls, letters = Afresh(db, DOWN, queue="calls"), Afresh(db, queue="letters")
    for queue in (calls, letters):
        queue.add(["a"], NOW)
        drained(queue)
    assert (trouble(db, "calls") is not None, trouble(db, "letters")) == (True, None)


def test_trouble_of_another_server_is_forgotten(db: Database) -> None:
    queue = Queue(db, DOWN)
    queue.add(["a"], NOW)
    drained(queue)
    assert Queue(db, server="b").trouble is None
    assert trouble(db, "things") is None


def test_a_thing_about_which_nothing_can_be_written_down_is_in_the_queue_again(db: Database) -> None:
    kept, dropped = Queue(db, OSError("full")), Afresh(db, OSError("full"))
    for queue in (kept, dropped):
        queue.add(["a", "b"], NOW)
        with pytest.raises(OSError, match="full"):
            drained(queue)
    assert (kept.pending, dropped.pending) == (2, 1)  # what is worked out afresh comes again by itself


def test_all_threads_stay_until_the_one_that_asks_has_its_answer(db: Database) -> None:
    asking, answer, together = threading.Event(), threading.Event(), threading.Barrier(2)

    class Slow(Afresh):
        def _one(self, thing: str, taken: datetime, now: Clock) -> Done:
            done = super()._one(thing, taken, now)
            if self.trouble:
                asking.set()
                assert answer.wait(10)
            elif not done.trouble:
                together.wait(10)  # one thread alone would be given up
            return done

    queue = Slow(db, DOWN)
    queue.add(["a"], NOW)
    drained(queue)
    queue.add(["b", "c", "d"], NOW)
    later = NOW + timedelta(minutes=1)
    threads = [threading.Thread(target=queue.drain_all, args=(lambda: later, threading.Event())) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert asking.wait(10)
    assert queue.tried == ["a", "b"]
    answer.set()
    for thread in threads:
        thread.join(30)
    assert (sorted(queue.tried), queue.pending, queue.trouble) == (["a", "b", "c", "d"], 0, None)


def test_the_two_tables_of_trouble_become_one() -> None:
    one: dict[str, Any]
    other: dict[str, Any]
    one, other = {"said": "x", "since": "s", "next": "n"}, {"said": "y", "since": "s", "next": "n", "asked": ["7"]}
    before: dict[str, dict[str, dict[str, Any]]]
    before = {"trouble": {"mail:25": one}, "exchange_trouble": {"https://x.example": other}, "ways": {"a": {}}}
    after = {
        "ways": {"a": {}},
        TROUBLE: {"letters": {"server": "mail:25", **one}, "exchange": {"server": "https://x.example", **other}},
    }
    assert migrated(before, 2) == after
    assert migrated({"ways": {}, "trouble": {}, "exchange_trouble": {}}, 2) == {"ways": {}}


def test_a_meeting_of_before_says_what_it_is_about() -> None:
    before = {"meetings": {"plan-1/7": {"key": "k", "person_id": "7", "turn_id": "plan-1"}}}
    after = migrated(before, 2)["meetings"]["plan-1/7"]
    assert from_plain(MeetingState, after) == MeetingState(key="k", person_id="7", subject="plan-1")
