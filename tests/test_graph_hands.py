"""What a person does in Outlook on our Microsoft Graph, and how its series are counted."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ical.calendar import Calendar
from ical.event import Event
from ical.types.recur import Recur

from tests.graph import SERVICE, GraphServer
from tests.graph.client import Client, block, guest_list
from tests.graph.errors import GraphError
from tests.graph.recurrence import DAYS, checked, dates, rule_of

ANNA, BO = "anna@x.example", "bo@x.example"
HOUR = timedelta(hours=1)
MONDAY, TUESDAY, WEDNESDAY, FRIDAY = (date(2026, 10, day) for day in (19, 20, 21, 23))


def days(server: GraphServer, who: str = ANNA) -> list[tuple[str, str, str]]:
    found = server.occurrences(who, MONDAY, FRIDAY)
    return [(f"{one.start:%d %H:%M}", f"{one.end:%H:%M}", one.subject) for one in found]


def series(server: GraphServer, **more: Any) -> None:
    Client(server).post(f"/users/{ANNA}/events", block("2026-10-19", "2026-10-23", **more))


@pytest.mark.slow
def test_a_person_moves_shortens_renames_and_deletes_days() -> None:
    with GraphServer([ANNA, BO]) as server:
        series(server)
        hands = server.hands(ANNA)
        hands.move_day(TUESDAY, 2 * HOUR)
        hands.shorten_day(TUESDAY, timedelta(minutes=5))
        hands.change_day(WEDNESDAY, subject="Mit", body="Mine ord")
        hands.delete_day(FRIDAY)
        assert days(server) == [
            ("19 10:30", "10:40", "AI-tid"),
            ("20 12:30", "12:35", "AI-tid"),
            ("21 10:30", "10:40", "Mit"),
            ("22 10:30", "10:40", "AI-tid"),
        ]
        assert hands.day(WEDNESDAY).body == "Mine ord"
        with pytest.raises(GraphError, match="ErrorOccurrenceCrossingBoundary"):
            hands.move_day(TUESDAY, timedelta(days=1))


@pytest.mark.slow
def test_a_person_moves_renames_copies_and_deletes_the_series() -> None:
    with GraphServer([ANNA, BO]) as server:
        series(server)
        hands = server.hands(ANNA)
        hands.delete_day(FRIDAY)
        hands.change_series(subject="Mit")
        hands.move_series(HOUR)
        assert [day[0] for day in days(server)] == [f"{day} 11:30" for day in range(19, 24)]
        copied = hands.copy_day(MONDAY, TUESDAY)
        assert (copied.property("aikultur key"), len(days(server))) == ("block/1", 6)
        assert server.keys() == {ANNA: {"block/1": 2}}
        assert server.orphans([]) == [(ANNA, "block/1")]
        hands.delete_series()
        assert (days(server), server.orphans(["block/1"])) == ([("20 11:30", "11:40", "Mit")], [])


@pytest.mark.slow
def test_guests_hear_of_what_a_person_does_and_answer() -> None:
    with GraphServer([ANNA, BO]) as server:
        series(server, attendees=guest_list(BO))
        server.hands(BO).answer("declined")
        assert server.mailbox(BO).calendar == []
        assert server.mailbox(ANNA).items[0].answers[BO][0] == "declined"
        server.hands(ANNA).delete_series()
        assert [one.method for one in server.mailbox(BO).received] == ["REQUEST", "CANCEL"]
        server.hands(SERVICE).add(
            datetime(2026, 10, 19, 8, tzinfo=UTC), datetime(2026, 10, 19, 9, tzinfo=UTC), "Frokost"
        )
        assert [one.subject for one in server.occurrences(SERVICE, MONDAY, MONDAY)] == ["Frokost"]


# --- series, as `ical` counts them

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
POSITIONS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}


@st.composite
def recurrences(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(
        st.sampled_from(["daily", "weekly", "absoluteMonthly", "relativeMonthly", "absoluteYearly", "relativeYearly"])
    )
    pattern = {
        "type": kind,
        "interval": draw(st.integers(1, 3)),
        "daysOfWeek": draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=4, unique=True)),
        "firstDayOfWeek": draw(st.sampled_from(["sunday", "monday"])),
        "dayOfMonth": draw(st.integers(1, 28)),
        "month": draw(st.integers(1, 12)),
        "index": draw(st.sampled_from(list(POSITIONS))),
    }
    first = draw(st.dates(date(2026, 1, 1), date(2027, 12, 31)))
    return {"pattern": pattern, "range": {"type": "numbered", "startDate": first.isoformat(), "numberOfOccurrences": 7}}


def by_ical(recurrence: dict[str, Any]) -> list[date]:
    """The same, as an iCalendar rule, counted by another library from the first day that fits: it counts that one too."""
    pattern, first = recurrence["pattern"], date.fromisoformat(recurrence["range"]["startDate"])
    kind = pattern["type"]
    parts = [
        f"FREQ={kind.replace('absolute', '').replace('relative', '').upper()}",
        f"INTERVAL={pattern['interval']}",
        "COUNT=7",
    ]
    names = ",".join(CODES[DAYS.index(day)] for day in pattern["daysOfWeek"])
    if kind == "weekly":
        parts += [f"BYDAY={names}", f"WKST={pattern['firstDayOfWeek'][:2].upper()}"]
    if kind.startswith("absolute"):
        parts.append(f"BYMONTHDAY={pattern['dayOfMonth']}")
    if kind.startswith("relative"):
        parts += [f"BYDAY={names}", f"BYSETPOS={POSITIONS[pattern['index']]}"]
    if kind.endswith("Yearly"):
        parts.append(f"BYMONTH={pattern['month']}")
    start = dates(rule_of(recurrence), 2100)[0] if kind == "daily" else first
    event = Event(summary="x", start=start, end=start + timedelta(days=1), rrule=Recur.from_rrule(";".join(parts)))
    calendar = Calendar()
    calendar.events.append(event)
    return [each.dtstart for each in calendar.timeline if type(each.dtstart) is date]


@given(recurrences())
@settings(max_examples=60, deadline=None)
def test_a_series_has_the_days_that_another_library_counts(recurrence: dict[str, Any]) -> None:
    whole = checked(recurrence)
    assert dates(rule_of(whole), 2100) == by_ical(whole)


def test_a_month_without_the_day_takes_its_last_and_a_series_may_begin_later() -> None:
    pattern = {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31}
    bounds = {"type": "endDate", "startDate": "2027-01-15", "endDate": "2027-04-30"}
    found = dates(rule_of(checked({"pattern": pattern, "range": bounds})), 2030)
    assert found == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]


@pytest.mark.parametrize(
    "recurrence",
    [
        {"pattern": {"type": "weekly", "interval": 1}, "range": {"type": "noEnd", "startDate": "2026-10-19"}},
        {"pattern": {"type": "daily"}, "range": {"type": "noEnd", "startDate": "2026-10-19"}},
        {"pattern": {"type": "daily", "interval": 1}, "range": {"type": "endDate", "startDate": "2026-10-19"}},
        {"pattern": {"type": "daily", "interval": 1}, "range": {"type": "noEnd"}},
    ],
)
def test_a_series_that_says_too_little_is_refused(recurrence: dict[str, Any]) -> None:
    with pytest.raises(GraphError, match="ErrorInvalidRequest"):
        checked(recurrence)
