"""A life of one series as a calendar program lives it: invites are applied by UID, SEQUENCE and DTSTAMP, then read."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import icalendar
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars import invite
from calendars.difference import Change, Publication, changes, intend, settle
from calendars.event import Words, block_uid
from calendars.series import series
from culture.block import Block
from tests.readers import read_ical

BEGIN = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)  # a Tuesday, 07:00 in Copenhagen
FOR_EVER = date(2035, 12, 31)


def block(**changes: Any) -> Block:
    values: dict[str, Any] = {
        "person_id": "7",
        "start": time(12, 30),
        "minutes": 10,
        "zone": "Europe/Copenhagen",
        "weekdays": frozenset(range(1, 6)),
        "first": date(2026, 11, 2),
        "last": FOR_EVER,
        "closed": frozenset(),
        "absent": frozenset(),
        "busy": "free",
        "reminder_minutes": None,
    }
    return Block(**{**values, **changes})


class Outlook:
    """One calendar. It takes what is newer by SEQUENCE, then DTSTAMP (RFC 5546, 2.1.5), and drops the rest."""

    def __init__(self) -> None:
        self.items: dict[str, tuple[tuple[int, datetime], bytes]] = {}

    def receive(self, content: bytes) -> None:
        calendar = icalendar.Calendar.from_ical(content)
        (event,) = calendar.walk("VEVENT")
        uid, order = str(event["UID"]), (int(str(event["SEQUENCE"])), event.DTSTAMP)
        if uid not in self.items or order > self.items[uid][0]:
            self.items[uid] = (order, b"" if calendar["METHOD"] == "CANCEL" else content)

    def days(self, first: date, last: date) -> list[tuple[date, time]]:
        """When something stands, by day and UTC time, whatever item it is from."""
        found = [
            start for _, content in self.items.values() if content for start, _, _ in read_ical(content, first, last)
        ]
        return sorted((start.date(), start.time()) for start in found)


class Service:
    """What is remembered of person 7's calendar, and the invites that left for it."""

    def __init__(self) -> None:
        self.publication: Publication | None = None
        self.outlook = Outlook()
        self.sent: list[Change] = []

    def tick(self, wanted: Block | None, now: datetime) -> Change | None:
        before = self.publication
        stands = before.series if before else None
        found = series(wanted, stands, now.date(), block_uid("7", "x.example")) if wanted else None
        known = {before.uid: before} if before else {}
        absent = {"7": wanted.absent} if wanted else {}
        made = changes({"7": found} if found else {}, known, {"7": "a@x.example"}, now, absent)
        return made[0] if made else None

    def settled(self, wanted: Block | None, now: datetime) -> int:
        """How many invites it takes until nothing is left to say."""
        for count in range(5):
            change = self.tick(wanted, now)
            if change is None:
                return count
            part = invite.part(
                change, Words(summary="AI-tid", description=""), ("S", "s@x.example"), ("A", "a@x.example")
            )
            self.outlook.receive(part.ics)
            self.sent.append(change)
            self.publication = settle(intend(self.publication, change, change.key))
        raise AssertionError("it never comes to rest")


def on(day: date, hour: int = 6) -> datetime:
    return datetime.combine(day, time(hour), UTC)


def daily(service: Service, wanted: Block, first: date, last: date) -> Iterator[tuple[date, Change]]:
    """A tick a day; the invites that left, with their days."""
    for n in range((last - first).days + 1):
        if service.settled(wanted, on(first + timedelta(days=n))):
            yield first + timedelta(days=n), service.sent[-1]


def test_three_years_without_a_change_are_three_extensions_of_one_event() -> None:
    service = Service()
    sent = list(daily(service, block(), date(2026, 12, 1), date(2029, 11, 30)))
    assert [(change.kind, change.sequence) for _, change in sent] == [
        ("create", 0),
        *(("update", n) for n in (1, 2, 3)),
    ]
    # Created for 364 days; then each time 55 days before the end, so that it never runs dry.
    assert [day for day, _ in sent] == [date(2026, 12, 1), date(2027, 10, 6), date(2028, 8, 10), date(2029, 6, 15)]
    assert len(service.outlook.items) == 1
    assert {change.series.first for _, change in sent} == {date(2026, 12, 1)}
    assert service.outlook.days(date(2029, 11, 26), date(2029, 12, 2)) == [
        (date(2029, 11, day), time(11, 30)) for day in (26, 27, 28, 29, 30)
    ]


def test_a_new_closed_day_is_the_same_event_with_that_day_taken_out() -> None:
    service = Service()
    service.settled(block(), BEGIN)
    assert service.settled(block(closed=frozenset({date(2026, 12, 24)})), on(date(2026, 12, 3))) == 1
    change = service.sent[-1]
    assert (change.kind, change.method) == ("update", "REQUEST")
    assert change.series.exdates == {date(2026, 12, 24)}
    assert change.series.first == date(2026, 12, 1)
    assert [day.day for day, _ in service.outlook.days(date(2026, 12, 21), date(2026, 12, 27))] == [21, 22, 23, 25]


def test_changes_within_one_second_have_stamps_of_their_own_and_the_last_one_stands() -> None:
    service = Service()
    for wanted in (block(), block(start=time(9)), None, block(start=time(8))):
        assert service.settled(wanted, BEGIN) == 1
    assert [change.sequence for change in service.sent] == [0, 1, 2, 3]
    assert [change.dtstamp - BEGIN for change in service.sent] == [timedelta(seconds=n) for n in range(4)]
    assert service.outlook.days(date(2026, 12, 1), date(2026, 12, 1)) == [(date(2026, 12, 1), time(7))]


def test_a_pause_takes_the_days_between_away_and_begins_again_after_it() -> None:
    service = Service()
    service.settled(block(), BEGIN)
    paused = block(first=date(2027, 2, 8))
    assert service.settled(paused, on(date(2027, 1, 6))) == 1
    assert service.sent[-1].series.first == date(2027, 2, 8)
    assert service.outlook.days(date(2027, 1, 6), date(2027, 2, 9)) == [
        (date(2027, 2, 8), time(11, 30)),
        (date(2027, 2, 9), time(11, 30)),
    ]
    assert list(daily(service, paused, date(2027, 1, 7), date(2027, 3, 31))) == []


def test_a_day_off_reported_each_day_is_one_invite_a_week() -> None:
    service = Service()
    service.settled(block(), BEGIN)
    told = []
    for n in range(1, 29):
        off = frozenset(date(2027, 3, 1) + timedelta(days=day) for day in range(n))
        told += [day for day, _ in daily(service, block(absent=off), date(2026, 12, 1 + n), date(2026, 12, 1 + n))]
    assert told == [date(2026, 12, day) for day in (8, 15, 22, 29)]


def test_days_off_at_the_beginning_of_a_series_still_to_come_are_one_invite_a_week_too() -> None:
    service, told = Service(), []
    service.settled(block(first=date(2027, 2, 8)), on(date(2027, 1, 4)))
    for n in range(1, 20):
        off = frozenset(date(2027, 2, 8) + timedelta(days=day) for day in range(n))
        today = date(2027, 1, 4) + timedelta(days=n)
        told += list(daily(service, block(first=date(2027, 2, 8), absent=off), today, today))
    assert [day for day, _ in told] == [date(2027, 1, 11), date(2027, 1, 18)]
    assert [change.series.first for _, change in told] == [date(2027, 2, 15), date(2027, 2, 22)]


def test_a_longer_pause_before_a_series_has_begun_is_told_at_once() -> None:
    service = Service()
    service.settled(block(first=date(2027, 2, 8)), on(date(2027, 1, 4)))
    assert service.settled(block(first=date(2027, 3, 1)), on(date(2027, 1, 5))) == 1
    assert service.outlook.days(date(2027, 2, 1), date(2027, 3, 1)) == [(date(2027, 3, 1), time(11, 30))]


def test_whoever_goes_and_comes_back_has_one_event_and_no_old_day_in_it() -> None:
    service = Service()
    service.settled(block(), BEGIN)
    service.settled(None, on(date(2026, 12, 10)))
    assert service.outlook.days(date(2026, 12, 1), FOR_EVER) == []
    service.settled(block(start=time(9)), on(date(2027, 1, 4)))
    assert len(service.outlook.items) == 1
    assert service.outlook.days(date(2026, 12, 1), date(2027, 1, 5)) == [
        (date(2027, 1, 4), time(8)),
        (date(2027, 1, 5), time(8)),
    ]


DAYS = st.integers(0, 330).map(lambda n: date(2026, 12, 1) + timedelta(days=n))
BLOCKS = st.builds(
    block,
    start=st.sampled_from([time(9), time(12, 30)]),
    weekdays=st.sampled_from([frozenset(range(1, 6)), frozenset({1, 4}), frozenset({3})]),
    first=st.just(date(2026, 11, 2)) | DAYS,
    last=st.just(FOR_EVER) | DAYS,
    closed=st.frozensets(DAYS, max_size=10),
    absent=st.frozensets(DAYS, max_size=10),
    zone=st.sampled_from(["Europe/Copenhagen", "America/New_York"]),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.none() | BLOCKS, st.integers(1, 60)), min_size=1, max_size=5))
def test_after_any_history_the_calendar_shows_what_was_wished_last(history: list[tuple[Block | None, int]]) -> None:
    service, today = Service(), date(2026, 12, 1)
    for wanted, pause in history:
        today += timedelta(days=pause)
        assert service.settled(wanted, on(today)) <= 1
    today += timedelta(days=8)  # days off have been told by then
    wanted = history[-1][0]
    assert service.settled(wanted, on(today)) <= 1
    assert service.tick(wanted, on(today)) is None
    assert [change.sequence for change in service.sent] == list(range(len(service.sent)))
    stamps = [change.dtstamp for change in service.sent]
    assert all(earlier < later for earlier, later in pairwise(stamps))
    assert len(service.outlook.items) <= 1
    last = today + timedelta(days=50)
    expected = [wanted.begins(day).astimezone(UTC) for day in wanted.days(today, last)] if wanted else []
    assert service.outlook.days(today, last) == [(start.date(), start.time()) for start in expected]
