"""Blocks and meetings as the JSON of Microsoft Graph, and what is read of its answers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from calendars.event import Slot
from calendars.microsoft365 import busy, values
from calendars.microsoft365.values import BadAnswer, Days
from calendars.server.block_sync import DayChange
from calendars.server.standing import fingerprint, looks_like
from tests.test_standing import COPENHAGEN, THURSDAY, TODAY, TUESDAY, WEDNESDAY, wish

WISH = wish(until=TODAY + timedelta(days=25))
NUUK = ZoneInfo("America/Nuuk")
SLOT = Slot(
    uid="slot-1",
    starts=datetime(2027, 1, 14, 9, 0, tzinfo=COPENHAGEN),
    minutes=20,
    busy="busy",
    reminder_minutes=None,
    place="Lokale 2",
)


def utc(moment: datetime) -> dict[str, str]:
    """A time as Microsoft writes it."""
    return {"dateTime": f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": "UTC"}


def instance(day: date, at: time = time(12, 30), kind: str = "occurrence", **more: Any) -> dict[str, Any]:
    original = datetime.combine(day, WISH.series.start, COPENHAGEN)
    starts = datetime.combine(day, at, COPENHAGEN)
    told = {"start": utc(starts), "end": utc(starts + timedelta(minutes=10)), "type": kind}
    return {"id": f"day-{day}", **told, "originalStart": f"{original.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", **more}


def answer(**changes: Any) -> dict[str, Any]:
    """The series of `WISH` as it comes back."""
    sent = values.series_event("block-1", WISH, "Prøv det", 0)
    found = {
        **sent,
        "id": "series-1",
        "type": "seriesMaster",
        "start": utc(WISH.series.begins(TODAY)),
        "end": utc(WISH.series.ends(TODAY)),
        "body": {"contentType": "text", "content": "Prøv det\r\n"},
        "cancelledOccurrences": [f"OID.series-1.{TUESDAY}"],
        "exceptionOccurrences": [instance(WEDNESDAY, time(14, 0))],
    }
    return {name: value for name, value in {**found, **changes}.items() if value is not None}


# --- what is written


def test_a_block_is_a_weekly_event_without_anybody_invited_in_local_time() -> None:
    event = values.series_event("block-1", WISH, "Prøv det", 3)
    assert uuid_like(event.pop("transactionId"))
    assert event == {
        "subject": "AI-tid",
        "body": {"contentType": "text", "content": "Prøv det"},
        "start": {"dateTime": "2026-11-30T12:30:00", "timeZone": "Romance Standard Time"},
        "end": {"dateTime": "2026-11-30T12:40:00", "timeZone": "Romance Standard Time"},
        "recurrence": {
            "pattern": {
                "type": "weekly",
                "interval": 1,
                "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
                "firstDayOfWeek": "monday",
            },
            "range": {
                "type": "endDate",
                "startDate": "2026-11-30",
                "endDate": "2026-12-25",
                "recurrenceTimeZone": "Romance Standard Time",
            },
        },
        "responseRequested": False,
        "showAs": "free",
        "isReminderOn": False,
        "singleValueExtendedProperties": [
            {"id": "String {c2a3a1f4-6f0e-4d0f-9f3a-7c1d3b0a5e21} Name aikultur key", "value": "block-1"}
        ],
    }


def uuid_like(text: str) -> bool:
    return [len(part) for part in text.split("-")] == [8, 4, 4, 4, 12]


def test_the_same_call_has_the_same_transaction_and_any_other_call_another() -> None:
    def transaction(key: str = "block-1", text: str = "Prøv det", call: int = 3) -> str:
        return str(values.series_event(key, WISH, text, call)["transactionId"])

    assert transaction() == transaction()
    assert len({transaction(), transaction(key="block-2"), transaction(text="Nu"), transaction(call=4)}) == 4


def test_a_meeting_asks_for_no_answer_and_no_other_time() -> None:
    event = values.meeting_event("slot-1/1", replace(SLOT, reminder_minutes=15), "AI-stafet", "<p>Hej</p>", ["a@x"], 0)
    told = ("responseRequested", "allowNewTimeProposals", "hideAttendees", "isReminderOn", "reminderMinutesBeforeStart")
    assert [event[name] for name in told] == [False, False, False, True, 15]
    assert event["attendees"] == [{"type": "required", "emailAddress": {"address": "a@x"}}]
    assert (event["body"], event["location"], event["showAs"]) == (
        {"contentType": "html", "content": "<p>Hej</p>"},
        {"displayName": "Lokale 2"},
        "busy",
    )


def test_a_day_is_written_with_what_it_has_of_its_own() -> None:
    starts = datetime.combine(TUESDAY, time(9, 0), COPENHAGEN)
    change = DayChange(day=TUESDAY, number=2, starts=starts, ends=starts + timedelta(minutes=10), text=None)
    times = {
        "start": {"dateTime": "2026-12-01T09:00:00", "timeZone": "Romance Standard Time"},
        "end": {"dateTime": "2026-12-01T09:10:00", "timeZone": "Romance Standard Time"},
    }
    assert values.day_fields(change) == times
    assert values.day_fields(replace(change, text="", title="Frokost")) == {
        **times,
        "body": {"contentType": "text", "content": ""},
        "subject": "Frokost",
    }
    assert values.day_fields(replace(change, starts=starts.astimezone(UTC)))["start"] == {
        "dateTime": "2026-12-01T08:00:00",
        "timeZone": "UTC",
    }


def test_a_standing_series_is_only_ever_given_other_words() -> None:
    assert set(values.words("Tech-tid", "Nyt")) == {"subject", "body"}
    assert set(values.words("Tech-tid", None)) == {"subject"}
    assert set(values.marked("block-1-over")) == {"singleValueExtendedProperties"}


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Europe/Copenhagen", "Romance Standard Time"),
        ("America/Nuuk", "Greenland Standard Time"),
        ("UTC", "UTC"),
        ("Antarctica/Troll", "Antarctica/Troll"),
    ],
)
def test_a_zone_is_called_as_windows_calls_it_where_it_has_a_name(zone: str, name: str) -> None:
    assert values.zone_name(zone) == name


# --- what is read


def test_a_series_that_came_back_looks_as_it_was_written() -> None:
    event = answer()
    days = values.days_told(event, COPENHAGEN)
    assert days is not None
    found = values.seen(event, COPENHAGEN, days)
    assert looks_like(found, WISH)
    assert (found.item, found.folder, found.title, found.text) == ("series-1", "", "AI-tid", "Prøv det")
    assert (found.first, found.until) == (TODAY, TODAY + timedelta(days=25))
    assert found.deleted == {TUESDAY}
    starts = datetime.combine(WEDNESDAY, time(14, 0), COPENHAGEN)
    assert found.moved == {WEDNESDAY: (starts, starts + timedelta(minutes=10))}


@pytest.mark.parametrize(
    "changes",
    [
        {"cancelledOccurrences": None},
        {"exceptionOccurrences": None},
        {"exceptionOccurrences@odata.nextLink": "https://x.example/next"},
    ],
    ids=["nothing deleted told", "nothing changed told", "more on another page"],
)
def test_where_a_series_does_not_tell_of_its_days_a_list_of_them_does(changes: dict[str, Any]) -> None:
    event = answer(**changes)
    assert values.days_told(event, COPENHAGEN) is None
    rule = WISH.series.hits(TODAY, WISH.series.until)
    listed = [instance(day) for day in rule if day not in (TUESDAY, WEDNESDAY)]
    found = values.days_listed(event, COPENHAGEN, [instance(WEDNESDAY, time(14, 0), "exception"), *listed])
    assert (found.deleted, list(found.own)) == (frozenset({TUESDAY}), [WEDNESDAY])


def test_a_date_alone_is_not_believed_where_it_could_be_either_of_two() -> None:
    """In Greenland ten in the evening is the next day in UTC, and nobody says whose date is told."""
    late = {
        "start": utc(datetime(2026, 11, 30, 22, 30, tzinfo=NUUK)),
        "end": utc(datetime(2026, 11, 30, 22, 40, tzinfo=NUUK)),
    }
    assert values.days_told(answer(**late), NUUK) is None


def test_a_day_that_was_moved_to_another_is_known_by_the_one_it_was_meant_for() -> None:
    moved = {**instance(WEDNESDAY, kind="exception"), **{name: instance(THURSDAY)[name] for name in ("start", "end")}}
    assert values.original_day(moved, COPENHAGEN) == WEDNESDAY
    assert values.original_day({"start": instance(THURSDAY)["start"]}, COPENHAGEN) == THURSDAY
    with pytest.raises(BadAnswer, match="originalStart"):
        values.original_day({"type": "exception", "start": instance(THURSDAY)["start"]}, COPENHAGEN)


@pytest.mark.parametrize(
    ("recurrence", "weekdays", "until"),
    [
        (None, None, None),
        (
            {"pattern": {"type": "daily", "interval": 1}, "range": {"type": "noEnd", "startDate": "2026-11-30"}},
            None,
            None,
        ),
        (
            {
                "pattern": {"type": "weekly", "interval": 2, "daysOfWeek": ["monday"]},
                "range": {"type": "endDate", "startDate": "2026-11-30", "endDate": "2026-12-14"},
            },
            None,
            date(2026, 12, 14),
        ),
    ],
    ids=["no series any more", "daily for ever", "every other week"],
)
def test_what_somebody_made_of_a_series_is_no_weekly_one(
    recurrence: Mapping[str, Any] | None, weekdays: frozenset[int] | None, until: date | None
) -> None:
    event = answer(recurrence=recurrence)
    found = values.seen(event, COPENHAGEN, Days())
    assert (found.weekdays, found.until) == (weekdays, until)
    assert values.days_listed(event, COPENHAGEN, []) == Days()


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"id": ""}, "id"),
        ({"start": None}, "start"),
        ({"start": {"dateTime": "at noon", "timeZone": "UTC"}}, "start"),
        ({"end": {"dateTime": "2026-11-30T11:40:00", "timeZone": "Nowhere/Else"}}, "end"),
        ({"cancelledOccurrences": ["OID.series-1"]}, "cancelledOccurrences"),
        ({"recurrence": {"pattern": {}, "range": {"type": "endDate", "startDate": "soon"}}}, "range"),
    ],
)
def test_an_answer_that_cannot_be_read_is_one_sentence(changes: dict[str, Any], what: str) -> None:
    event = answer(**changes)
    with pytest.raises(BadAnswer, match=f"in Microsoft 365's answer {what} is missing or cannot be read."):
        values.seen(event, COPENHAGEN, values.days_told(event, COPENHAGEN) or Days())


def test_a_time_in_another_zone_than_was_asked_for_is_understood() -> None:
    for zone in ("Romance Standard Time", "Europe/Copenhagen"):
        told = {"start": {"dateTime": "2026-11-30T12:30:00.0000000", "timeZone": zone}}
        assert values.time_of(told, "start") == datetime(2026, 11, 30, 11, 30, tzinfo=UTC)


def test_a_text_that_was_not_sent_is_none_and_one_that_came_as_html_is_read() -> None:
    html = "<html><head><style>p {}</style></head><body><p>Prøv &amp; se<br>Ja</p>\r\n</body></html>"
    assert values.text_of({}) is None
    assert values.text_of({"body": {"contentType": "text", "content": ""}}) == ""
    text = values.text_of({"body": {"contentType": "html", "content": html}})
    assert text is not None
    assert [line.strip() for line in text.splitlines() if line.strip()] == ["Prøv & se", "Ja"]
    assert fingerprint(text) == fingerprint("Prøv & se\nJa")


@pytest.mark.parametrize(
    "back",
    [
        "\r\n  Se https://x.example/a  og\u00a0skriv til mette@x.example.\r\n\r\n",
        "Se https://x.example/a<https://x.example/a> og skriv til mette@x.example<mailto:mette@x.example>.",
        "Se https://x.example/a <https://x.example/a/> og skriv til mette@x.example.",
    ],
)
def test_what_a_server_makes_of_a_text_is_still_the_same_text(back: str) -> None:
    assert fingerprint(back) == fingerprint("Se https://x.example/a og skriv til mette@x.example.")
    assert fingerprint(back) != fingerprint("Se https://x.example/b og skriv til mette@x.example.")


def test_what_stands_in_angle_brackets_by_itself_is_part_of_a_text() -> None:
    assert fingerprint("Skriv <navn>") != fingerprint("Skriv ")


def test_a_meeting_that_came_back_is_a_slot_and_one_called_off_is_none() -> None:
    event = values.meeting_event("slot-1/1", SLOT, "AI-stafet", "<p>Hej</p>", ["a@x", "b@x"], 0)
    event |= {"start": utc(SLOT.starts), "end": utc(SLOT.ends)}
    found = values.slot_of(event)
    assert found is not None
    assert (found.starts, found.minutes, found.place) == (SLOT.starts, 20, "Lokale 2")
    assert values.guests_of(event) == ["a@x", "b@x"]
    assert values.slot_of({**event, "isCancelled": True}) is None


# --- busy times


def test_busy_times_that_are_hidden_are_read_from_the_view() -> None:
    begin = datetime(2026, 12, 1, 11, 0, tzinfo=UTC)

    def found(**schedule: Any) -> object:
        return busy.answers({"value": [{"scheduleId": "A@x", **schedule}]}, ["a@x"], begin)["a@x"]

    item = {"status": "busy", "start": utc(begin), "end": utc(begin + timedelta(minutes=5))}
    assert found(scheduleItems=[item], availabilityView="2000") == [(begin, begin + timedelta(minutes=5))]
    quarter = timedelta(minutes=15)
    assert found(scheduleItems=[], availabilityView="0134") == [
        (begin + n * quarter, begin + (n + 1) * quarter) for n in (1, 2)
    ]
    assert found(scheduleItems=[], availabilityView="0000") == []
