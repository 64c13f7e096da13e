"""Meetings on our Microsoft Graph: what guests are told, have in their calendars, and answer."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.graph import SERVICE, GraphServer
from tests.graph.client import KEY, Client, block, wall

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


def invite(client: Client, **more: Any) -> dict[str, Any]:
    body = block("2026-10-19", "2026-10-30", attendees=[guest(BO), guest("out@y.example")]) | more
    return made(client, body, SERVICE)


def guest(address: str) -> dict[str, Any]:
    return {"type": "required", "emailAddress": {"address": address}}


def told(server: GraphServer, who: str = BO) -> list[tuple[str, int, str]]:
    return [(one.method, one.sequence, one.subject) for one in server.mailbox(who).received]


MEETING = f"/users/{SERVICE}/events"


def test_guests_are_told_and_have_a_copy_that_waits_for_their_answer(server: GraphServer, client: Client) -> None:
    meeting = invite(client)
    assert told(server) == [("REQUEST", 0, "AI-tid")]
    assert [one.subject for one in server.world.elsewhere["out@y.example"]] == ["AI-tid"]
    (copy,) = client.values(f"/users/{BO}/events")
    assert (copy["isOrganizer"], copy["responseStatus"]["response"], copy["showAs"]) == (
        False, "notResponded", "tentative",
    )  # fmt: skip
    assert client.post(f"/users/{BO}/events/{copy['id']}/accept", {"comment": "Ja tak"}).status_code == 202
    first, second = client.get(f"{MEETING}/{meeting['id']}").json()["attendees"]
    assert (first["status"]["response"], second["status"]["response"]) == ("accepted", "none")
    assert server.mailbox(BO).items[0].status == "busy"
    server.application.allow("Mail.Read")
    (asked,) = client.values(f"/users/{BO}/mailFolders/inbox/messages")
    (answer,) = client.values(f"/users/{SERVICE}/messages")
    assert (asked["@odata.type"], asked["meetingMessageType"]) == (
        "#microsoft.graph.eventMessageRequest", "meetingRequest",
    )  # fmt: skip
    assert (answer["subject"], answer["meetingMessageType"], answer["bodyPreview"]) == (
        "Accepted: AI-tid", "meetingAccepted", "Ja tak",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"subject": "Nyt"}, [("REQUEST", 0, "Nyt")]),
        ({"start": wall("2026-10-19T09:00"), "end": wall("2026-10-19T09:10")}, [("REQUEST", 1, "AI-tid")]),
        ({"isReminderOn": True, "categories": ["AI"]}, []),
        ({"attendees": [guest(BO), guest(CARL)]}, []),
        ({"attendees": [guest(CARL)]}, [("CANCEL", 0, "AI-tid")]),
    ],
)
def test_a_change_is_told_to_those_whom_it_concerns(
    server: GraphServer, client: Client, change: dict[str, Any], expected: list[Any]
) -> None:
    meeting = invite(client)
    client.patch(f"{MEETING}/{meeting['id']}", change)
    assert told(server)[1:] == expected


def test_a_changed_series_is_told_once_and_each_changed_day_once(server: GraphServer, client: Client) -> None:
    meeting = invite(client)
    days = client.values(f"{MEETING}/{meeting['id']}/instances?{WINDOW}")
    client.patch(f"{MEETING}/{days[2]['id']}", {"subject": "En dag"})
    client.patch(f"{MEETING}/{meeting['id']}", {"location": {"displayName": "Stuen"}})
    assert told(server)[1:] == [("REQUEST", 0, "En dag"), ("REQUEST", 0, "AI-tid"), ("REQUEST", 0, "En dag")]
    assert server.mailbox(BO).received[-1].original == datetime(2026, 10, 21, 10, 30, tzinfo=UTC)


def test_a_meeting_is_cancelled_by_its_organizer_only(server: GraphServer, client: Client) -> None:
    meeting = invite(client)
    (copy,) = client.values(f"/users/{BO}/events")
    assert error(client.post(f"/users/{BO}/events/{copy['id']}/cancel", {})) == (400, "ErrorInvalidRequest")
    days = client.values(f"{MEETING}/{meeting['id']}/instances?{WINDOW}")
    assert client.post(f"{MEETING}/{days[0]['id']}/cancel", {"comment": "Fri"}).status_code == 202
    assert (server.mailbox(BO).received[-1].method, server.mailbox(BO).received[-1].body) == ("CANCEL", "Fri")
    assert len(client.values(f"/users/{BO}/calendarView?{WINDOW}")) == 9
    assert client.post(f"{MEETING}/{meeting['id']}/cancel").status_code == 202
    assert [item.cancelled for item in server.mailbox(BO).items] == [True]
    assert error(client.get(f"{MEETING}/{meeting['id']}")) == (404, "ErrorItemNotFound")


def test_deleting_a_meeting_tells_its_guests_and_a_block_tells_nobody(server: GraphServer, client: Client) -> None:
    client.delete(f"{MEETING}/{invite(client)['id']}")
    client.delete(f"{EVENTS}/{made(client)['id']}")
    assert [method for method, _, _ in told(server)] == ["REQUEST", "CANCEL"]
    assert server.mailbox(ANNA).received == []
