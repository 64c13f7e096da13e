"""What people do by hand in Outlook, and what they choose afterwards: their later word counts.

At the end a state machine: a plan that changes, a person who does what they like, and calls that break off.
"""

import threading
from collections import Counter
from copy import deepcopy
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from calendars.channel import ChannelError
from culture.people import Preference
from service.answers.status import status_value
from tests.ews import EwsServer, Fault, Request
from tests.examples import some
from tests.exchange_values import Clock, act, exchange_engine, session
from tests.server_office import ONE, office
from tests.server_place import ServerPlace, UntoldPlace
from tests.server_values import EXCHANGE, MICROSOFT365
from tests.service_values import MONDAY, row, write_people
from tests.test_exchange import KEY, LAST, Everything, Place, day_text, made, told
from tests.test_standing import COPENHAGEN, TODAY, TUESDAY

pytestmark = pytest.mark.slow

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


# --- what the person does, again or before it was noticed


def test_a_day_that_the_person_moves_a_second_time_stays_where_it_is() -> None:
    place = made()
    place.change_day(TUESDAY, time(14, 0))
    place.edit(prompts="p2").settle()
    place.change_day(TUESDAY, time(16, 0))
    assert place.edit(start=time(8, 30)).settle().stands()[TUESDAY][0] == "16:00"


def test_a_day_that_the_person_moved_and_then_deleted_stays_away() -> None:
    place = made()
    place.change_day(TUESDAY, time(14, 0))
    place.edit(prompts="p2").settle()
    place.delete_day(TUESDAY)
    assert TUESDAY not in place.edit(start=time(8, 30)).settle().stands()


def test_a_text_from_before_they_chose_anew_is_over_also_when_that_call_breaks_off() -> None:
    place = made()
    place.series.text = "Mit eget"
    place.move_series(time(15, 0))
    place.edit(prompts="p2").settle()
    place.edit(start=time(9, 0), choice="09:00//")
    assert place.breaks(2, after=False)
    assert place.settle().series.text == "Serien w1"


def test_a_day_that_the_person_moved_and_that_was_closed_stays_away_when_they_delete_it() -> None:
    place = made()
    place.change_day(TUESDAY, time(14, 0))
    place.edit(closed=frozenset({TUESDAY})).settle()
    place.delete_day(TUESDAY)
    place.edit(free=False).settle()
    assert TUESDAY in place.series.deleted


@pytest.mark.parametrize("how", ["deleted", "moved"])
def test_choosing_anew_counts_also_before_the_service_has_seen_what_was_done(how: str) -> None:
    place = made()
    if how == "deleted":
        place.calendar.series.clear()
    else:
        place.move_series(time(15, 0))
    place.edit(start=time(9, 0), choice="09:00//").settle()
    assert place.stands() == made(**vars(place.plan)).stands()


def test_a_person_who_chose_a_time_has_it_also_on_days_that_had_yielded(tmp_path: Path) -> None:
    from tests.test_free_minute import ALL_WEEK, FRIDAY, around, clocks, meeting, yielding

    with yielding(tmp_path) as (server, engine):
        meeting(server, ONE, *around(1), FRIDAY)
        act(engine, MONDAY)
        engine.stored.prefer("1", Preference(time=time(8, 30)))
        act(engine, MONDAY + HOUR)
        assert clocks(server, ONE) == [f"{day:%m-%d} 08:30" for day in ALL_WEEK]


def test_a_series_put_into_deleted_items_before_the_second_call_counts_as_deleted(tmp_path: Path) -> None:
    with office(tmp_path, 1) as found:
        found.asked()
        (item,) = found.ours()
        item.folder = "deleteditems"
        write_people(tmp_path, [row(1, at="08:30")])
        for n in range(1, 4):
            found.asked(MONDAY + n * HOUR)
        assert [one.folder for one in found.ours()] == ["deleteditems"]
        assert found.status()["counts"] == {"standing": 0, "left": 1, "failing": 0}


def test_a_day_of_the_persons_that_could_not_be_deleted_again_is_tried_again(tmp_path: Path) -> None:
    with office(tmp_path, 1) as found:
        found.asked()
        (item,) = found.ours()
        original = next(at for at in item.overrides if at.date() == TUESDAY)
        item.overrides.pop(original)
        item.deleted.add(original)
        write_people(tmp_path, [row(1, at="08:30")])
        deleted = len([at for at in item.deleted if at.date() > TUESDAY])
        found.server.add_faults(Fault("ErrorItemSave", operation="DeleteItem", item=deleted + 1, skip=1))
        found.asked(MONDAY + HOUR)
        assert f"{TUESDAY} 08:30" in found.served(1)[0]  # the fault struck the day it was meant for
        found.asked(MONDAY + 3 * HOUR)
        assert f"{TUESDAY} 08:30" not in found.served(1)[0]


# --- the server and the login


def test_a_server_of_an_old_version_is_refused_as_often_as_it_is_asked() -> None:
    clock = Clock()
    with EwsServer([ONE], product="2010") as server:
        shared = session(server, clock=clock)
        for _ in range(3):
            with pytest.raises(ChannelError, match="Exchange 2013 SP1 is the oldest that works"):
                shared.calendar(ONE).find("key")
            clock.seconds += 7200
        shared.close()


def test_a_login_that_was_good_is_tried_once_more_also_when_several_requests_met_the_401() -> None:
    clock, together = Clock(), threading.Barrier(2, timeout=30)

    def both(request: Request) -> None:
        if request.code == "HTTP 401":
            together.wait()

    with EwsServer([ONE], [Fault("401", operation="FindItem", times=2)], before_reply=both) as server:
        shared, said = session(server, clock=clock), list[str]()
        shared.probe()

        def find() -> None:
            try:
                shared.calendar(ONE).find("key")
            except ChannelError as error:
                said.append(error.about)

        threads = [threading.Thread(target=find) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert said == ["server", "server"]
        clock.seconds = 601
        assert shared.calendar(ONE).find("key") == []
        shared.close()


def test_trouble_that_an_earlier_process_met_is_over_when_a_call_gets_through(tmp_path: Path) -> None:
    with EwsServer([ONE], [Fault("html")]) as server, exchange_engine(tmp_path, server) as engine:
        act(engine, MONDAY)
        assert status_value(engine, MONDAY)["exchange"]["trouble"] is not None
        act(engine, MONDAY + HOUR)  # with a queue of its own, as a service that was started again
        assert len(server.mailbox(ONE).items) == 1
        assert status_value(engine, MONDAY + HOUR)["exchange"]["trouble"] is None


def test_a_busy_server_is_said_without_the_headers_of_its_answer() -> None:
    with EwsServer([ONE], [Fault("429")]) as server:
        shared = session(server)
        with pytest.raises(ChannelError) as caught:
            shared.probe()
        shared.close()
    assert "headers" not in caught.value.message


# --- at random


EARLY, LATE = time(8, 30), time(12, 30)
some_day = st.integers(0, 13).map(lambda n: TODAY + timedelta(days=n)).filter(lambda day: day.isoweekday() < 6)


class Hands(RuleBasedStateMachine):
    """A plan that changes, a person who does what they like in Outlook, and calls that break off.

    The model: what the person did with each day, and their own series if they took it. They act while nothing of ours
    is half done; nobody can tell afterwards whose doing a half is.
    """

    @initialize()
    def begin(self) -> None:
        self.place = self.empty().settle()
        self.own: dict[date, dict[str, str] | None] = {}  # None: deleted; else what is theirs of it
        self.theirs: list[Everything] | None = None
        self.own_text = ""
        self.numbers = 0
        self.past = self.what_is_past()

    def what_is_past(self) -> list[tuple[str, str, str | None, str | None]]:
        """Every day before today, of every series of ours, whichever stood then, with what it has of its own. A title
        or text of the whole series is changed where it stands, also for its past."""
        return self.past_of(self.place.everything())

    def past_of(self, everything: list[Everything]) -> list[tuple[str, str, str | None, str | None]]:
        found = []
        for _, title, text, days in everything:
            for shown in days:
                day = shown.starts.astimezone(COPENHAGEN).date()
                if day >= self.place.today:
                    continue
                at, own_title, own_text = told(shown)
                own = own_title if own_title != title else None, own_text if own_text != text else None
                found.append((day.isoformat(), at, *own))
        return sorted(found)

    def at_rest(self) -> bool:
        return self.place.known.intended is None and not self.place.known.removing

    def in_our_hands(self) -> bool:
        heard = self.place.known.choice == self.place.plan.choice
        return self.at_rest() and heard and self.theirs is None and self.place.goes_on()

    def fresh(self) -> str:
        self.numbers += 1
        return f"n{self.numbers}"

    # The plan

    @rule(start=st.sampled_from([EARLY, LATE]))
    def at_another_time(self, start: time) -> None:
        self.place.edit(start=start)

    @rule(prompts=st.booleans())
    def in_other_words(self, prompts: bool) -> None:
        self.place.edit(**{"prompts" if prompts else "words": self.fresh()})

    @rule(title=st.sampled_from(["AI-tid", "Tech-tid"]))
    def called_otherwise(self, title: str) -> None:
        self.place.edit(title=title)

    @rule()
    def shown_otherwise(self) -> None:
        self.place.edit(free=not self.place.plan.free)

    @rule(day=some_day)
    def closed_or_open_again(self, day: date) -> None:
        self.place.edit(closed=self.place.plan.closed ^ {day})

    @rule(day=some_day, minute=st.sampled_from([0, 15]))
    def to_a_free_minute(self, day: date, minute: int) -> None:
        self.place.edit(moved={**self.place.plan.moved, day: time(12, minute)})

    @precondition(lambda self: self.place.today < TODAY + timedelta(days=7))
    @rule()
    def the_next_day(self) -> None:
        self.place.today += timedelta(days=1)
        self.past = self.what_is_past()

    # The person

    @precondition(in_our_hands)
    @rule(day=some_day, how=st.sampled_from(["delete", "move", "rename", "rewrite"]))
    def one_day_by_hand(self, day: date, how: str) -> None:
        if day < self.place.today:
            return
        if self.place.day(day) is None:
            return
        if how == "delete":
            self.place.delete_day(day)
            self.own[day] = None
            return
        word = self.fresh()
        if how == "move":
            hour = 13 + self.numbers % 6
            self.place.change_day(day, time(hour, 0))
            self.own[day] = {**(self.own.get(day) or {}), "at": f"{hour}:00"}
        else:
            part = "title" if how == "rename" else "text"
            self.place.change_day(day, title=word if part == "title" else "", text=word if part == "text" else "")
            self.own[day] = {**(self.own.get(day) or {}), part: word}

    @precondition(in_our_hands)
    @rule(how=st.sampled_from(["delete", "move", "rename"]))
    def the_series_by_hand(self, how: str) -> None:
        if how == "delete":
            self.place.delete_series()
        elif how == "move":
            self.place.move_series(time(15, 0))
        else:
            self.place.change_series(title="Mit")
        self.theirs = deepcopy(self.place.everything())
        self.past = self.what_is_past()  # what they did to the past is theirs

    @precondition(in_our_hands)
    @rule()
    def the_series_text_by_hand(self) -> None:
        self.own_text = self.fresh()
        self.place.change_series(text=self.own_text)
        self.past = self.what_is_past()

    @precondition(at_rest)
    @rule()
    def they_choose_anew(self) -> None:
        self.place.edit(prompts=self.fresh()).settle()  # what they did is noticed first
        if self.theirs is not None:
            self.theirs, self.own, self.own_text = None, {}, ""
        start = EARLY if self.place.plan.start == LATE else LATE
        self.place.edit(start=start, choice=self.fresh())

    # The service

    @rule(nth=st.integers(1, 5), after=st.booleans())
    def a_call_that_breaks_off(self, nth: int, after: bool) -> None:
        if self.place.need():
            self.place.breaks(nth, after=after)

    @rule()
    def calls_until_all_is_done(self) -> None:
        self.place.settle()
        if self.theirs is not None:
            assert self.place.everything() == self.theirs
            return
        for day in (self.place.today + timedelta(days=n) for n in range((LAST - self.place.today).days + 1)):
            if day.isoweekday() < 6:
                self.check(day)

    def check(self, day: date) -> None:
        found = self.place.day(day)
        if day in self.own and self.own[day] is None:
            assert found is None
        elif theirs := self.own.get(day):
            if day in self.place.plan.closed:
                return  # it stays where the series goes on, and has no place in one that begins later
            assert found is not None
            shown = dict(zip(("at", "title", "text"), told(found), strict=True))
            assert {name: shown[name] for name in theirs} == theirs
        else:
            assert (told(found) if found else None) == self.expected(day)

    def expected(self, day: date) -> tuple[str, str, str] | None:
        plan = self.place.plan
        if day in plan.closed:
            return None
        if day <= self.place.today + timedelta(days=14 - self.place.today.isoweekday()):
            return f"{plan.moved.get(day, plan.start):%H:%M}", plan.title, day_text(plan.prompts)
        return f"{plan.start:%H:%M}", plan.title, self.own_text or f"Serien {plan.words}"

    @invariant()
    def never_two_and_the_past_stands(self) -> None:
        everything = self.place.everything()
        assert sum(key == KEY for key, *_ in everything) <= 1
        days = Counter(one.starts.astimezone(COPENHAGEN).date() for *_, days in everything for one in days)
        assert max(days.values(), default=1) == 1
        assert self.past_of(everything) == self.past

    def teardown(self) -> None:
        self.calls_until_all_is_done()
        self.place.close()

    @staticmethod
    def empty() -> Place:
        """Where nothing of ours stands yet."""
        return Place()


class HandsOnExchange(Hands):
    """The same on our Exchange server."""

    @staticmethod
    def empty() -> Place:
        return ServerPlace(kind=EXCHANGE)


class HandsInMicrosoft365(Hands):
    """The same in our Microsoft 365."""

    @staticmethod
    def empty() -> Place:
        return ServerPlace(kind=MICROSOFT365)


class HandsUntold(Hands):
    """In a Microsoft 365 that does not tell what became of single days."""

    @staticmethod
    def empty() -> Place:
        return UntoldPlace(kind=MICROSOFT365)


TestHands = Hands.TestCase
TestHands.settings = settings(max_examples=some(40), stateful_step_count=30, derandomize=True)
TestHandsOnExchange = HandsOnExchange.TestCase
TestHandsInMicrosoft365 = HandsInMicrosoft365.TestCase
TestHandsUntold = HandsUntold.TestCase
# Not in a loop: what is left of its variable would be one of them once more.
TestHandsOnExchange.settings = TestHandsInMicrosoft365.settings = TestHandsUntold.settings = settings(
    max_examples=some(3), stateful_step_count=25, derandomize=True
)
