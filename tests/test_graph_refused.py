"""What our Microsoft Graph refuses, and what it takes, by Microsoft's own description where that lies at hand."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.graph import SERVICE, GraphServer
from tests.graph.client import KEY, Client, block, wall, weekly
from tests.graph.schema import BUILT_IN_ENUMS, BUILT_IN_TYPES, schema

pytestmark = pytest.mark.slow

ANNA, BO, CARL = "anna@x.example", "bo@x.example", "carl@x.example"
EVENTS = f"/users/{ANNA}/events"
WINDOW = "startDateTime=2026-10-19T00:00:00Z&endDateTime=2026-11-07T00:00:00Z"
FIND = f"$filter=singleValueExtendedProperties/Any(ep: ep/id eq '{KEY}' and ep/value eq 'block/1')"
EXPAND = f"$expand=singleValueExtendedProperties($filter=id eq '{KEY}')"


@pytest.fixture
def server() -> Iterator[GraphServer]:
    with GraphServer([ANNA, BO, CARL]) as server:
        yield server
    assert server.misspoken == []


@pytest.fixture
def client(server: GraphServer) -> Client:
    return Client(server)


def made(client: Client, body: dict[str, Any] | None = None, who: str = ANNA) -> dict[str, Any]:
    answer = client.post(f"/users/{who}/events", body or block("2026-10-19", "2026-10-30"))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"colour": "red"}, "RequestBodyRead"),
        ({"start": {"dateTime": "2026-10-19T12:30:00", "zone": "UTC"}}, "RequestBodyRead"),
        ({"showAs": "asleep"}, "RequestBodyRead"),
        ({"reminderMinutesBeforeStart": "soon"}, "RequestBodyRead"),
        ({"subject": 7}, "RequestBodyRead"),
        ({"recurrence": {"pattern": {"type": "fortnightly"}, "range": {}}}, "RequestBodyRead"),
        ({"attendees": None}, "UnableToDeserializePostBody"),
        ({"end": wall("2026-10-19T12:20")}, "ErrorPropertyValidationFailure"),
        ({"start": wall("2026-10-19T12:30", "Here Standard Time")}, "TimeZoneNotSupportedException"),
        ({"recurrence": weekly("2026-10-20", "2026-10-30")}, "ErrorPropertyValidationFailure"),
        ({"singleValueExtendedProperties": [{"id": "aikultur key", "value": "x"}]}, "ErrorInvalidProperty"),
        ({"isAllDay": True}, "ErrorPropertyValidationFailure"),
    ],
)
def test_an_event_that_cannot_be_is_refused(
    server: GraphServer, client: Client, change: dict[str, Any], code: str
) -> None:
    assert error(client.post(EVENTS, block("2026-10-19", "2026-10-30") | change)) == (400, code)
    assert server.mailbox(ANNA).items == []
    assert bool(server.refused) == (code in ("RequestBodyRead", "UnableToDeserializePostBody"))


def test_text_for_a_truth_and_members_in_any_case_are_taken_and_what_is_read_only_is_left_out(client: Client) -> None:
    odd = {"isReminderOn": "false", "showAs": "Busy", "iCalUId": "mine", "originalStartTimeZone": "UTC"}
    found = made(client, block("2026-10-19", "2026-10-30") | odd)
    assert (found["isReminderOn"], found["showAs"], found["iCalUId"] == "mine") == (False, "busy", False)
    assert found["originalStartTimeZone"] == "Romance Standard Time"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("$select=colour", "RequestBroker--ParseUri"),
        ("$filter=colour eq 'red'", "RequestBroker--ParseUri"),
        ("$filter=subject eq", "RequestBroker--ParseUri"),
        ("$expand=singleValueExtendedProperties", "ErrorInvalidRequest"),
        ("$top=1001", "ErrorInvalidParameter"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(client: Client, query: str, code: str) -> None:
    made(client)
    assert error(client.get(f"{EVENTS}?{query}")) == (400, code)


def test_a_view_needs_its_window_and_knows_no_filter_on_properties(client: Client) -> None:
    assert error(client.get(f"/users/{ANNA}/calendarView")) == (400, "ErrorInvalidParameter")
    assert error(client.get(f"/users/{ANNA}/calendarView?{WINDOW}&{FIND}")) == (400, "ErrorInvalidUrlQueryFilter")


def test_what_is_not_here_is_said_in_the_ways_of_microsoft(client: Client) -> None:
    master = made(client)["id"]
    assert error(client.get(f"{EVENTS}/nonsense")) == (400, "ErrorInvalidIdMalformed")
    assert error(client.get(f"/users/{BO}/events/{master}")) == (400, "ErrorInvalidMailboxItemId")
    assert error(client.get("/me/events")) == (400, "BadRequest")
    assert error(client.get(f"/users/{ANNA}/nothing")) == (400, "BadRequest")
    client.delete(f"{EVENTS}/{master}")
    assert error(client.get(f"{EVENTS}/{master}")) == (404, "ErrorItemNotFound")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"schedules": [f"p{n}@x.example" for n in range(21)]}, "ErrorMailboxDataArrayTooBig"),
        ({"availabilityViewInterval": 4}, "ErrorInvalidMergedFreeBusyInterval"),
        ({"endTime": wall("2026-10-19T08:00")}, "ErrorInvalidTimeInterval"),
        ({"endTime": wall("2027-10-19T08:00")}, "ErrorTimeIntervalTooBig"),
        ({"nonsense": 1}, "RequestBodyRead"),
    ],
)
def test_a_schedule_that_asks_too_much_is_refused(client: Client, change: dict[str, Any], code: str) -> None:
    asked = {"Schedules": [ANNA], "StartTime": wall("2026-10-19T08:00"), "EndTime": wall("2026-10-19T18:00")}
    for name in change:
        asked.pop(name[0].upper() + name[1:], None)
    assert error(client.post(f"/users/{SERVICE}/calendar/getSchedule", asked | change)) == (400, code)


@pytest.mark.parametrize(
    "parts",
    [
        [{"id": str(n), "method": "GET", "url": EVENTS} for n in range(21)],
        [{"id": "1", "method": "GET", "url": EVENTS}] * 2,
        [{"id": "1", "method": "GET", "url": EVENTS, "dependsOn": ["2"]}, {"id": "2", "method": "GET", "url": EVENTS}],
        [{"id": "1", "method": "POST", "url": EVENTS, "body": {}}],
        [{"id": "1", "method": "PATCH", "url": EVENTS, "headers": {"Content-Type": "application/json"}}],
        [{"id": "1", "method": "GET", "url": f"https://graph.microsoft.com/v1.0{EVENTS}"}],
        [{"method": "GET", "url": EVENTS}],
    ],
)
def test_a_batch_that_is_none_is_refused_as_a_whole(client: Client, parts: list[dict[str, Any]]) -> None:
    assert error(client.post("/$batch", {"requests": parts})) == (400, "BadRequest")


@pytest.mark.parametrize("query", ["$search=x", "$apply=x"])
def test_what_is_not_served_is_refused_and_not_ignored(client: Client, query: str) -> None:
    assert error(client.get(f"{EVENTS}?{query}")) == (400, "BadRequest")


@pytest.mark.skipif("GRAPH_SCHEMA_DIR" not in os.environ, reason="GRAPH_SCHEMA_DIR names no folder with Microsoft's")
def test_what_is_known_by_hand_is_what_microsoft_describes() -> None:
    theirs = schema()
    for name, properties in BUILT_IN_TYPES.items():
        ours = {each: kind for each, kind in properties.items() if not kind.startswith("Any")}
        assert {each: theirs.types[name].get(each) for each in ours} == ours
    members = {
        name: tuple(each for each in theirs.enums[name] if each != "unknownFutureValue") for name in BUILT_IN_ENUMS
    }
    assert members == BUILT_IN_ENUMS
