"""News about today and the next working day goes at once: on a closed day, in the evening, at night."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from calendars.difference import Change, Kind
from calendars.event import Entry, Series, Slot
from calendars.news import touches
from culture.sending import news_until
from culture.workdays import Closing, Span
from culture.world import World
from service.planning.calls import Call
from service.planning.jobs import Job
from tests.culture_values import organisation, person

CPH = "Europe/Copenhagen"
TUESDAY = date(2026, 12, 1)
NOON = datetime(2026, 12, 1, 11, 0, tzinfo=UTC)  # 12:00 in Copenhagen


def series(**changes: Any) -> Series:
    values: dict[str, Any] = {
        "uid": "b@x.example",
        "first": date(2026, 11, 2),
        "until": date(2027, 11, 1),
        "start": time(12, 30),
        "minutes": 10,
        "zone": CPH,
        "weekdays": frozenset(range(1, 6)),
        "exdates": frozenset(),
        "busy": "free",
        "reminder_minutes": None,
    }
    return Series(**{**values, **changes})


def change(entry: Entry, stood: Entry | None, kind: Kind = "update") -> Change:
    return Change(
        key="invite/1/7",
        kind=kind,
        uid="b@x.example",
        person_id="7",
        channel="invite",
        sequence=1,
        dtstamp=NOON,
        entry=entry,
        method="CANCEL" if kind == "cancel" else "REQUEST",
        fingerprint="",
        stood=stood,
    )


def day(n: int) -> date:
    return TUESDAY + timedelta(days=n)


@pytest.mark.parametrize(
    ("after", "kind", "last", "expected"),
    [
        ({"exdates": frozenset({day(1)})}, "update", 1, True),  # gone
        ({"exdates": frozenset({day(2)})}, "update", 1, False),
        ({"exdates": frozenset({day(0)})}, "update", 1, True),
        ({"start": time(9)}, "update", 1, True),  # moved
        ({"first": day(8)}, "update", 1, True),  # a pause
        ({"until": day(0)}, "update", 1, True),
        ({"until": day(1)}, "update", 1, False),
        ({"until": date(2028, 1, 1)}, "update", 500, False),  # it goes on
        ({"minutes": 15}, "update", 1, False),
        ({"busy": "busy", "reminder_minutes": 5}, "update", 1, False),
        ({}, "cancel", 0, True),
        ({"weekdays": frozenset({3, 4, 5})}, "update", 0, True),
        ({"weekdays": frozenset({2, 3, 4, 5})}, "update", 3, False),  # Mondays only
    ],
)
def test_a_series_is_news_when_a_near_day_comes_goes_or_moves(
    after: dict[str, Any], kind: Kind, last: int, expected: bool
) -> None:
    assert touches(change(series(**after), series(), kind), TUESDAY, day(last), NOON) == expected


def test_a_day_that_comes_back_is_news_until_it_is_over() -> None:
    back = change(series(), series(exdates=frozenset({TUESDAY})))
    over = datetime(2026, 12, 1, 11, 40, tzinfo=UTC)
    assert touches(back, TUESDAY, day(1), over - timedelta(seconds=1))
    assert not touches(back, TUESDAY, day(1), over)


def slot(starts: str) -> Slot:
    moment = datetime.fromisoformat(starts).replace(tzinfo=person().tz)
    return Slot(uid="s@x.example", starts=moment, minutes=20, busy="busy", reminder_minutes=15)


@pytest.mark.parametrize(
    ("after", "stood", "kind", "expected"),
    [
        ("2026-12-02 09:00", None, "create", True),
        ("2026-12-03 09:00", None, "create", False),
        ("2026-12-15 09:00", "2026-12-02 09:00", "update", True),  # away from tomorrow
        ("2026-12-02 09:00", "2026-12-15 09:00", "update", True),
        ("2026-12-02 09:00", "2026-12-02 09:00", "cancel", True),
        ("2026-12-15 09:00", "2026-12-01 09:00", "update", False),  # that one is over
    ],
)
def test_a_slot_is_news_when_it_was_to_be_soon_or_is(after: str, stood: str | None, kind: Kind, expected: bool) -> None:
    made = change(slot(after), slot(stood) if stood else None, kind)
    assert touches(made, TUESDAY, day(1), NOON) == expected


@pytest.mark.parametrize(
    ("now", "spans", "last"),
    [
        ("2026-12-01 12:00", (), "2026-12-02"),
        ("2026-12-04 18:00", (), "2026-12-07"),  # a Friday evening
        ("2026-12-05 23:00", (), "2026-12-07"),
        ("2026-12-06 12:00", ("2026-12-07",), "2026-12-08"),  # the Monday that has just been closed lies before it
        ("2026-12-23 18:00", ("2026-12-24", "2026-12-28", "2026-12-29"), "2026-12-30"),
    ],
)
def test_news_reaches_to_the_next_working_day(now: str, spans: tuple[str, ...], last: str) -> None:
    closed = tuple(Span(date.fromisoformat(one), date.fromisoformat(one)) for one in spans)
    made = organisation(person(), closing=Closing(spans=closed))
    moment = datetime.fromisoformat(now).replace(tzinfo=person().tz)
    assert news_until(made, person(), moment) == date.fromisoformat(last)


def test_tomorrow_is_the_readers_own() -> None:
    nuuk = person(zone="America/Nuuk")
    assert news_until(organisation(nuuk), nuuk, datetime(2026, 12, 2, 0, 30, tzinfo=UTC)) == date(2026, 12, 2)


NIGHT = datetime(2026, 12, 1, 22, 0, tzinfo=UTC)
WORLD = World(organisation(person()), NIGHT)


def job(**changes: Any) -> Job:
    values: dict[str, Any] = {"kinds": ("swap",), "keys": ("swap/plan-1.0/7",), "due": NIGHT, "too_late": None}
    return Job(person=person(), at_once=False, **{**values, **changes})


@pytest.mark.parametrize(("starts", "expected"), [("2026-12-02 09:00", True), ("2026-12-03 09:00", False)])
def test_a_letter_a_call_and_a_question_about_tomorrow_go_at_night(starts: str, expected: bool) -> None:
    made = change(slot(starts), None, "create")
    call = Call(
        kind="meeting",
        channel="exchange",
        key="meeting/0.plan-1/7",
        record="plan-1/7",
        person=person(),
        due=NIGHT,
        change=made,
    )
    asked = job(meeting=slot(starts).starts)
    assert [one.may_go(WORLD, NIGHT) for one in (job(changes=(made,)), call, asked)] == [expected] * 3


def test_what_is_no_news_waits_for_the_window() -> None:
    assert not job().may_go(WORLD, NIGHT)
    assert not job(meeting=NIGHT - timedelta(hours=14)).may_go(WORLD, NIGHT)


def test_a_meeting_that_was_to_be_tomorrow_presses_wherever_it_has_gone() -> None:
    moved = change(slot("2027-02-01 09:00"), slot("2026-12-02 09:00"))
    assert job(changes=(moved,)).presses(NIGHT)
    assert not job(changes=(change(slot("2027-02-01 09:00"), slot("2027-01-01 09:00")),)).presses(NIGHT)
