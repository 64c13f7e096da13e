"""A block that yields to what is in somebody's calendar: the rule, and what comes of it on a server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from calendars.channel import ChannelError
from culture.organisation import Organisation
from culture.people import Language, Person, Preference
from culture.trouble import Troubles
from culture.vitamin.free_minute import Busy, earliest_day, places, weeks_to_decide, yields
from culture.vitamin.rules import start_time
from culture.vitamin.settings import Vitamin
from culture.workdays import Week
from culture.world import World
from service.answers.status import status_value
from service.engine.carry_out import call_all
from service.engine.engine import Engine
from service.planning import calls
from service.planning.calls import answered
from tests.culture_values import organisation, person
from tests.ews import EwsServer, Fault, Item
from tests.ews.mailbox import stamp
from tests.ews.soap import make
from tests.exchange_values import Clock, act, address, days, exchange_engine, session
from tests.service_values import MONDAY, row, write_people

pytestmark = pytest.mark.slow

FIRST = MONDAY.date()
THURSDAY, FRIDAY = FIRST + timedelta(days=3), FIRST + timedelta(days=4)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
TITLES: dict[Language, str] = {"da": "AI-tid", "en": "AI time"}


def house(*people: Person, **vitamin: Any) -> Organisation:
    settings: dict[str, Any] = {"yields": True, "time": (time(12, 0), time(13, 0))} | vitamin
    return organisation(*people, vitamin=Vitamin(title=TITLES, **settings))


def one(**changes: Any) -> Person:
    return person(**({"channel": "exchange"} | changes))


def busy(begins: str, ends: str, day: date = FRIDAY) -> Busy:
    """A span by Copenhagen's clock, in UTC."""
    at, to = (datetime.combine(day, time.fromisoformat(clock), one().tz) for clock in (begins, ends))
    return at.astimezone(UTC), to.astimezone(UTC)


def moved(*taken: Busy, who: Person | None = None, days_: tuple[date, ...] = (FRIDAY,)) -> dict[date, time]:
    who = who or one()
    return places(house(who), who, days_, taken, THURSDAY)


USUAL = start_time(house(one()), one())


# --- the rule


def test_the_usual_minute_is_in_the_middle_of_the_window() -> None:
    assert time(12, 25) == USUAL  # what is expected below is by this


def test_whoever_is_free_stays() -> None:
    assert moved() == {}
    assert moved(busy("12:00", "12:25"), busy("12:35", "13:00")) == {}


@pytest.mark.parametrize(
    ("taken", "start"),
    [
        ([busy("12:20", "12:35")], time(12, 35)),
        ([busy("12:20", "12:40")], time(12, 10)),
        ([busy("12:30", "12:45")], time(12, 20)),
        ([busy("12:00", "12:30")], time(12, 30)),
        ([busy("12:00", "12:45")], time(12, 45)),
        ([busy("08:00", "12:50")], time(12, 50)),
        ([busy("12:29", "16:00")], time(12, 15)),
        ([busy("12:00", "12:15"), busy("12:25", "12:45")], time(12, 15)),
        ([busy("12:00", "12:51")], None),
        ([busy("00:00", "23:59")], None),
    ],
)
def test_the_nearest_free_five_minutes_in_the_window_are_taken_the_earlier_of_two(
    taken: list[Busy], start: time | None
) -> None:
    assert moved(*taken) == ({FRIDAY: start} if start else {})


def test_our_own_block_where_it_is_shown_as_busy_does_not_stand_in_its_own_way() -> None:
    assert moved(busy("12:25", "12:35")) == {}
    assert moved(busy("12:25", "12:35"), busy("12:30", "12:31")) == {FRIDAY: time(12, 20)}
    assert moved(busy("12:25", "12:36")) == {FRIDAY: time(12, 15)}


def test_only_the_day_that_collides_moves_and_none_before_the_earliest() -> None:
    wednesday, all_days = THURSDAY - DAY, (THURSDAY - DAY, THURSDAY, FRIDAY)
    taken = [busy("12:15", "12:45", day) for day in (wednesday, FRIDAY)]
    assert moved(*taken, days_=all_days) == {FRIDAY: time(12, 5)}


def test_a_time_is_by_the_clock_where_the_person_is() -> None:
    helsinki = one(zone="Europe/Helsinki")
    noon = datetime(2026, 12, 4, 10, 15, tzinfo=UTC), datetime(2026, 12, 4, 10, 30, tzinfo=UTC)
    assert moved(noon, who=helsinki) == {FRIDAY: time(12, 30)}
    assert moved(noon) == {}


def test_one_whose_times_nobody_foresaw_stays_and_the_others_are_asked_and_decided() -> None:
    """The first of all, by order: somebody in a zone that is gone, and one of whom the server sent no zone at all."""
    crew = [one(person_id="1", zone="Asia/Nowhere"), one(person_id="2"), one(person_id="3")]
    world, troubles = World(house(*crew), MONDAY), Troubles()
    (asked,) = calls.questions(world, {}, troubles)
    assert "3" in [who.id for who in asked.people]
    naive = (datetime(2026, 12, 4, 12, 0), datetime(2026, 12, 4, 13, 0))  # noqa: DTZ001  # the fault
    taken = {"2@x.example": [naive], "3@x.example": [busy("08:00", "12:50")]}
    decided = answered(world, replace(asked, people=tuple(crew)), {}, taken, troubles)
    assert {key: day for key, day in decided.items() if day} == {"2026-W49/3": {FRIDAY: time(12, 50)}}
    assert decided.keys() == {f"2026-W{week}/{who}" for week in (49, 50) for who in "123"}
    assert {trouble.who for trouble in troubles.found} == {"1", "2"}


@pytest.mark.parametrize(
    ("who", "vitamin", "may"),
    [
        (one(), {}, True),
        (one(time=time(8, 30)), {}, False),
        (one(channel="feed"), {}, False),
        (one(), {"yields": False}, False),
        (one(), {"time": (time(12, 0), time(12, 10))}, False),
        (one(), {"time": (time(12, 0), time(12, 15))}, True),
    ],
)
def test_only_who_chose_no_time_yields_and_only_where_there_is_room(
    who: Person, vitamin: dict[str, Any], may: bool
) -> None:
    assert yields(house(who, **vitamin), who) is may


@pytest.mark.parametrize(
    ("today", "earliest"),
    [
        (FIRST, THURSDAY),
        (FIRST + 3 * DAY, FIRST + 8 * DAY),
        (FIRST + 5 * DAY, FIRST + 9 * DAY),
        (date(2026, 12, 23), date(2026, 12, 29)),
    ],
    ids=["Monday", "Thursday", "Saturday", "over Christmas"],
)
def test_two_working_days_stay_as_people_have_seen_them(today: date, earliest: date) -> None:
    assert earliest_day(house(), today) == earliest


def test_this_week_and_the_next_are_decided() -> None:
    assert weeks_to_decide(FIRST) == (Week(2026, 49), Week(2026, 50))
    assert weeks_to_decide(FIRST + 6 * DAY) == (Week(2026, 49), Week(2026, 50))


# --- with a server

LINES = 'yield = true\ntime = "12:00-13:00"'


@contextmanager
def yielding(folder: Path, people: int = 1, *faults: Fault) -> Iterator[tuple[EwsServer, Engine]]:
    everybody = [address(number) for number in range(1, people + 1)]
    with EwsServer(everybody, faults) as server, exchange_engine(folder, server, people, vitamin=LINES) as engine:
        yield server, engine
    assert (server.refused, server.misspoken) == ([], [])


def meeting(server: EwsServer, who: str, begins: str, ends: str, day: date, status: str = "Busy") -> Item:
    """Something that somebody has in their calendar."""
    box = server.mailbox(who)
    item = server.world.new_item(box, "CalendarItem", "calendar")
    for name, at in zip(("Start", "End"), busy(begins, ends, day), strict=True):
        item.fields[name] = make(f"t:{name}", text=stamp(at))
    item.fields["Subject"] = make("t:Subject", text="Møde")
    item.fields["LegacyFreeBusyStatus"] = make("t:LegacyFreeBusyStatus", text=status)
    box.items.append(item)
    return item


def clocks(server: EwsServer, who: str, first: date = FIRST, last: date = FRIDAY) -> list[str]:
    """When the blocks are, without the meetings."""
    others = {item.start for item in server.mailbox(who).items if item.subject == "Møde"}
    taken = {f"{at.astimezone(one().tz):%Y-%m-%d %H:%M}" for at in others}
    return [day[5:] for day in days(server, who, first, last) if day not in taken]


USUALLY = {number: f"{start_time(house(), one(id=str(number))):%H:%M}" for number in (1, 2, 3)}


def as_usual(number: int, *days_: date) -> list[str]:
    return [f"{day:%m-%d} {USUALLY[number]}" for day in days_]


ALL_WEEK = tuple(FIRST + n * DAY for n in range(5))


def around(number: int) -> tuple[str, str]:
    """A quarter of an hour that is in the way of the person's usual minute."""
    at = datetime.combine(FIRST, time.fromisoformat(USUALLY[number]))
    return f"{at - 5 * timedelta(minutes=1):%H:%M}", f"{at + timedelta(minutes=10):%H:%M}"


def test_a_day_that_collides_is_written_where_the_person_is_free(tmp_path: Path) -> None:
    with yielding(tmp_path) as (server, engine):
        for day in ALL_WEEK:
            meeting(server, address(1), *around(1), day)
        act(engine, MONDAY)
        found = clocks(server, address(1))
        assert found[:3] == as_usual(1, *ALL_WEEK[:3])
        free = [time.fromisoformat(clock.split(" ")[1]) for clock in found[3:]]
        assert [time(12, 0) <= at <= time(12, 50) for at in free] == [True, True]
        assert set(free).isdisjoint({time.fromisoformat(USUALLY[1])})
        begins, ends = (time.fromisoformat(clock) for clock in around(1))
        ten = timedelta(minutes=10)
        assert all(at >= ends or (datetime.combine(FIRST, at) + ten).time() <= begins for at in free)


def test_who_is_tentative_away_or_busy_is_not_free_and_others_are() -> None:
    with EwsServer([address(1)]) as server:
        for hour, status in enumerate(("Free", "WorkingElsewhere", "Tentative", "OOF", "Busy"), 10):
            meeting(server, address(1), f"{hour}:00", f"{hour}:30", FRIDAY, status)
        shared = session(server)
        begin = datetime.combine(FRIDAY, time(0, 0), UTC)
        found = shared.busy_times([address(1), "nobody@x.example"], begin, begin + DAY)
        shared.close()
    assert found[address(1)] == [busy(f"{hour}:00", f"{hour}:30") for hour in (12, 13, 14)]
    unseen = found["nobody@x.example"]
    assert isinstance(unseen, ChannelError)
    words = "Exchange has no mailbox with this address, or it is in the cloud"
    assert (unseen.message.partition(" (")[0], unseen.about) == (f"nobody@x.example: {words}", "person")


def test_it_is_asked_once_a_week_and_what_was_decided_stays(tmp_path: Path) -> None:
    with yielding(tmp_path) as (server, engine):
        meeting(server, address(1), *around(1), FRIDAY)
        act(engine, MONDAY)
        first = clocks(server, address(1), FIRST, FRIDAY + WEEK)
        server.mailbox(address(1)).items[:] = [
            item for item in server.mailbox(address(1)).items if item.subject != "Møde"
        ]
        meeting(server, address(1), "12:00", "13:00", FRIDAY + WEEK)
        before = len(server.log)
        for hours in range(6, 160, 14):
            act(engine, MONDAY + timedelta(hours=hours))
        assert (server.log[before:], clocks(server, address(1), FIRST, FRIDAY + WEEK)) == ([], first)
        act(engine, MONDAY + WEEK)
        assert server.operations().count("GetUserAvailability") == 2
        assert clocks(server, address(1), FIRST + WEEK, FRIDAY + WEEK) == as_usual(1, *(d + WEEK for d in ALL_WEEK))


def test_the_week_after_next_is_decided_when_this_one_is_over(tmp_path: Path) -> None:
    with yielding(tmp_path) as (server, engine):
        meeting(server, address(1), *around(1), FRIDAY + 2 * WEEK)
        act(engine, MONDAY)
        assert clocks(server, address(1), FRIDAY + 2 * WEEK, FRIDAY + 2 * WEEK) == as_usual(1, FRIDAY + 2 * WEEK)
        act(engine, MONDAY + WEEK)
        assert clocks(server, address(1), FRIDAY + 2 * WEEK, FRIDAY + 2 * WEEK) != as_usual(1, FRIDAY + 2 * WEEK)
        act(engine, MONDAY + 2 * WEEK)
        assert clocks(server, address(1), FRIDAY + 2 * WEEK, FRIDAY + 2 * WEEK) != as_usual(1, FRIDAY + 2 * WEEK)


def test_no_more_than_a_hundred_people_are_asked_for_at_once(tmp_path: Path) -> None:
    with yielding(tmp_path, 101) as (server, engine):
        engine.tick(MONDAY)
        assert [len(question.people) for question in engine.servers.questions["exchange"]] == [100, 1]
        assert server.log == []


def test_what_is_decided_is_not_decided_otherwise_later(tmp_path: Path) -> None:
    with yielding(tmp_path) as (_, engine):
        engine.stored.decide({"2026-W49/1": {FRIDAY: time(12, 0)}})
        engine.stored.decide({"2026-W49/1": {}, "2026-W50/1": {}})
        assert engine.stored.decided() == {"2026-W49/1": {FRIDAY: time(12, 0)}, "2026-W50/1": {}}


def test_somebody_whose_times_cannot_be_seen_stays_and_the_others_move(tmp_path: Path) -> None:
    with yielding(tmp_path, 3, Fault("ErrorNoFreeBusyAccess", operation="GetUserAvailability", item=2)) as (
        server,
        engine,
    ):
        for number in (1, 2, 3):
            meeting(server, address(number), *around(number), FRIDAY)
        act(engine, MONDAY)
        stays = [clocks(server, address(n), FRIDAY, FRIDAY) == as_usual(n, FRIDAY) for n in (1, 2, 3)]
        assert stays == [False, True, False]
        assert status_value(engine, MONDAY)["exchange"]["counts"] == {"standing": 3, "left": 0, "failing": 0}


@pytest.mark.parametrize("what", ["503", "cut"])
def test_a_server_that_cannot_say_is_asked_again_and_nothing_is_decided_meanwhile(tmp_path: Path, what: str) -> None:
    clock = Clock()
    always = Fault(what, operation="GetUserAvailability", times=None)
    with yielding(tmp_path, 1, always) as (server, engine):
        meeting(server, address(1), *around(1), FRIDAY)
        (caller,) = engine.servers.make_callers(lambda _: session(server, clock=clock))
        engine.tick(MONDAY)
        call_all(engine, [caller], lambda: MONDAY)
        assert engine.stored.decided() == {}
        server.script.faults.clear()
        clock.seconds = 3600
        engine.tick(MONDAY + timedelta(hours=1))
        call_all(engine, [caller], lambda: MONDAY + timedelta(hours=1))
        assert sorted(engine.stored.decided()) == ["2026-W49/1", "2026-W50/1"]
        assert clocks(server, address(1), FRIDAY, FRIDAY) != as_usual(1, FRIDAY)


def test_a_person_on_another_channel_or_with_a_time_is_not_asked_about(tmp_path: Path) -> None:
    with yielding(tmp_path, 2) as (server, engine):
        write_people(tmp_path, [row(1, at="08:30"), row(2)])
        engine.stored.prefer("2", Preference(channel="feed"))
        act(engine, MONDAY)
        assert "GetUserAvailability" not in server.operations()
        assert clocks(server, address(1)) == [f"{day:%m-%d} 08:30" for day in ALL_WEEK]


def test_a_moved_day_that_the_person_moves_again_is_theirs(tmp_path: Path) -> None:
    with yielding(tmp_path) as (server, engine):
        meeting(server, address(1), *around(1), FRIDAY)
        act(engine, MONDAY)
        (item,) = (item for item in server.mailbox(address(1)).items if item.subject != "Møde")
        original = next(at for at in item.overrides if at.date() == FRIDAY)
        at = datetime.combine(FRIDAY, time(15, 0), one().tz)
        for name, moment in (("Start", at), ("End", at + timedelta(minutes=10))):
            item.overrides[original].fields[name] = make(f"t:{name}", text=stamp(moment))
        (tmp_path / "config.toml").write_text(
            (tmp_path / "config.toml").read_text("utf-8").replace("Det har du.", "Det har du selv."), "utf-8"
        )
        act(engine, MONDAY + timedelta(hours=1))
        assert clocks(server, address(1), FRIDAY, FRIDAY) == ["12-04 15:00"]
