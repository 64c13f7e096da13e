"""Meetings from what a calendar server tells: by the same rules, and under the same ids, as from a file."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from calendars.reading.result import TooMuch, Unreadable
from calendars.reading.source import read_meetings
from calendars.reading.viewed import read_viewed
from calendars.server.view import Unread, View, Viewed

ZONE = "Europe/Copenhagen"
FIRST, LAST = date(2027, 1, 1), date(2027, 12, 31)
HOUR = timedelta(hours=1)


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def day(month: int, on: int, hour: int = 9, *, event: str = "one", original: datetime | None = None) -> Viewed:
    starts = at(month, on, hour)
    return Viewed(event=event, original=original or starts, starts=starts, ends=starts + HOUR, title="Afdelingsmøde")


def read(*days: Viewed, events: frozenset[str] | None = None, **more: object) -> list[str]:
    found = read_viewed(view(*days, events=events, **more), "Afdelingsmøde", "plan", ZONE, FIRST, LAST)
    return [f"{one.starts:%m-%d %H:%M} {one.minutes} {one.place}".strip() for one in found.meetings]


def view(*days: Viewed, events: frozenset[str] | None = None, **more: object) -> View:
    known = frozenset(one.event for one in days) if events is None else events
    return View(days=days, events=known, **more)  # type: ignore[arg-type]  # what the tests say of it


SERIES = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:one
SUMMARY:Afdelingsmøde
LOCATION:Lokale 4
DTSTART;TZID=Europe/Copenhagen:20270319T090000
DURATION:PT1H
RRULE:FREQ=WEEKLY;COUNT=3
END:VEVENT
BEGIN:VEVENT
UID:one
SUMMARY:Afdelingsmøde
RECURRENCE-ID;TZID=Europe/Copenhagen:20270326T090000
DTSTART;TZID=Europe/Copenhagen:20270324T130000
DURATION:PT2H
END:VEVENT
BEGIN:VEVENT
UID:two
SUMMARY:Afdelingsmøde
DTSTART;TZID=Europe/Copenhagen:20270407T100000
DURATION:PT30M
END:VEVENT
END:VCALENDAR
"""


def test_the_same_calendar_as_a_file_and_in_a_mailbox_gives_the_same_meetings_and_ids() -> None:
    told = view(
        replace(day(3, 19), place="Lokale 4"),
        replace(day(3, 24, 13, original=at(3, 26)), ends=at(3, 24, 15)),
        replace(day(4, 2), place="Lokale 4"),
        Viewed(event="two", original=None, starts=at(4, 7, 10), ends=at(4, 7, 10, 30), title="Afdelingsmøde (kort)"),
    )
    by_file = read_meetings(SERIES.encode(), "plan", ZONE, FIRST, LAST)
    by_mailbox = read_viewed(told, "Afdelingsmøde", "plan", ZONE, FIRST, LAST)
    assert by_mailbox.meetings == by_file.meetings
    assert len(by_file.meetings) == 4
    assert (by_mailbox.events, by_mailbox.said) == (by_file.events, by_file.said)


def test_a_day_that_moves_keeps_its_id_and_so_does_a_single_event() -> None:
    def ids(*days: Viewed) -> list[str]:
        return [one.id for one in read_viewed(view(*days), "x", "plan", ZONE, FIRST, LAST).meetings]

    assert ids(day(3, 19)) == ids(day(3, 20, 15, original=at(3, 19)))
    single = replace(day(3, 19, event="two"), original=None)
    assert ids(single) == ids(replace(single, starts=at(5, 3), ends=at(5, 3, 10)))
    assert ids(day(3, 19)) != ids(day(3, 20))


def test_two_days_of_one_series_on_one_day_are_two_meetings() -> None:
    assert read(day(3, 19, 9), day(3, 19, 14)) == ["03-19 09:00 60", "03-19 14:00 60"]


@pytest.mark.parametrize(
    "none",
    [
        replace(day(3, 26), cancelled=True),
        replace(day(3, 26), title="Aflyst: Afdelingsmøde"),
        replace(day(3, 26), title="Afdelingsmøde (aflyst)"),
        replace(day(3, 26), ends=at(3, 27, 9)),
        replace(day(3, 26), starts=at(3, 26, 0), ends=at(3, 26, 23, 59)),
    ],
)
def test_what_is_off_or_lasts_a_day_is_no_meeting_and_something_is_said_of_it(none: Viewed) -> None:
    assert read(day(3, 19), none) == ["03-19 09:00 60"]
    found = read_viewed(view(day(3, 19), replace(none, event="two")), "x", "plan", ZONE, FIRST, LAST)
    assert (len(found.said), found.left_out) == (2, ())


def test_a_day_of_a_series_that_is_called_otherwise_is_a_meeting() -> None:
    assert read(replace(day(3, 19), title="Afdelingsmøde med direktøren")) == ["03-19 09:00 60"]


def test_days_outside_the_span_are_left_out_by_the_departments_clock() -> None:
    before, last = datetime(2026, 12, 31, 22, 59, tzinfo=UTC), datetime(2027, 12, 31, 22, 30, tzinfo=UTC)
    days = [
        Viewed(event=f"{n}", original=None, starts=one, ends=one + HOUR / 2, title="x")
        for n, one in enumerate((before, before + timedelta(minutes=1), last, last + HOUR))
    ]
    assert read(*days) == ["01-01 00:00 30", "12-31 23:30 30"]


def test_an_end_that_does_not_follow_its_beginning_costs_that_day_and_is_told() -> None:
    bad = replace(day(3, 26, event="two"), ends=at(3, 26, 8))
    found = read_viewed(view(day(3, 19), bad), "x", "plan", ZONE, FIRST, LAST)
    assert [(one.what, one.day, one.text) for one in found.left_out] == [
        ("Afdelingsmøde", "2027-03-26", "it ends before it begins.")
    ]
    assert (len(found.meetings), len(found.said)) == (1, 1)


def test_what_the_server_did_not_tell_in_full_is_told_and_nothing_is_said_of_it() -> None:
    unread = Unread(event="two", title="Afdelingsmøde", said="Start is missing.")
    found = read_viewed(
        view(day(3, 19), events=frozenset({"one", "two"}), unread=(unread,)), "x", "plan", ZONE, FIRST, LAST
    )
    assert [one.fields for one in found.left_out] == [{"text": "Start is missing."}]
    assert (len(found.meetings), len(found.said)) == (1, 1)


def test_events_that_are_over_have_no_meetings_and_say_so() -> None:
    found = read_viewed(view(events=frozenset({"one"})), "x", "plan", ZONE, FIRST, LAST)
    assert (found.meetings, len(found.said), found.nothing_read) == ((), 1, False)


@pytest.mark.parametrize(
    ("others", "said"),
    [
        (None, 'no event in its calendar is called "Møde". Write subject as the meeting is called in Outlook.'),
        (43, 'no event in its calendar is called "Møde" (events there: 43). Write subject as the meeting is called in Outlook.'),
        (0, "there is no event in its calendar at all. Look whether it is the right mailbox: none of its other calendars is read."),
    ],
)  # fmt: skip
def test_no_event_of_that_name_is_a_sentence_with_how_many_there_are_and_none_of_their_names(
    others: int | None, said: str
) -> None:
    with pytest.raises(Unreadable) as found:
        read_viewed(view(others=others), "Møde", "plan", ZONE, FIRST, LAST)
    assert str(found.value) == said


def test_more_meetings_than_a_department_can_have_are_too_much() -> None:
    days = [day(1 + n // 28 % 12, 1 + n % 28, 8 + n // 336, event=f"{n}") for n in range(1001)]
    assert len(read(*days[:1000])) == 1000
    with pytest.raises(TooMuch):
        read(*days)
