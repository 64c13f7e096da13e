"""Our Microsoft Graph, asked by a plain client. Lists of times are worked out by hand. Faults: test_graph_faults.py."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.graph import SERVICE, GraphServer
from tests.graph.client import KEY, Client, block

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


def starts(client: Client, master: str) -> list[str]:
    days = client.values(f"{EVENTS}/{master}/instances?{WINDOW}&$top=5")
    return sorted(day["start"]["dateTime"][:16] for day in days)


def error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_series_stands_in_the_calendar_with_its_key_and_nobody_is_told(server: GraphServer, client: Client) -> None:
    made(client)
    (item,) = server.mailbox(ANNA).items
    assert (item.subject, item.body, item.status) == ("AI-tid", "Ti minutter.", "free")
    assert (item.property("aikultur key"), item.attendees) == ("block/1", {})
    assert item.start == datetime(2026, 10, 19, 10, 30, tzinfo=UTC)
    assert [server.mailbox(each).received for each in (ANNA, BO, SERVICE)] == [[], [], []]
    assert server.keys() == {ANNA: {"block/1": 1}}
    assert server.operations() == ["POST events"]


def test_days_keep_their_wall_clock_when_it_is_put_back(client: Client) -> None:
    master = made(client, block("2026-10-22", "2026-10-27"))["id"]
    assert starts(client, master) == [
        "2026-10-22T10:30", "2026-10-23T10:30", "2026-10-26T11:30", "2026-10-27T11:30",
    ]  # fmt: skip


def test_a_list_has_the_master_and_a_view_has_its_days(client: Client) -> None:
    made(client)
    assert [one["type"] for one in client.values(EVENTS)] == ["seriesMaster"]
    days = client.values(f"/users/{ANNA}/calendarView?{WINDOW}")
    assert [day["type"] for day in days] == ["occurrence"] * 10
    assert len({day["id"] for day in days} | {day["iCalUId"] for day in days}) == 20


def test_a_filter_on_a_property_finds_the_series_and_an_expansion_shows_it(client: Client) -> None:
    made(client)
    made(client, block("2026-10-19", "2026-10-30", singleValueExtendedProperties=[{"id": KEY, "value": "other"}]))
    (found,) = client.values(f"{EVENTS}?{FIND}&{EXPAND}&$select=subject")
    assert found["singleValueExtendedProperties"] == [{"id": KEY, "value": "block/1"}]
    assert sorted(found) == ["@odata.etag", "id", "singleValueExtendedProperties", "subject"]
    assert client.values(f"{EVENTS}?{FIND.replace('aikultur key', 'Aikultur Key')}") == []


def test_a_day_is_changed_and_another_taken_out(server: GraphServer, client: Client) -> None:
    master = made(client)["id"]
    days = client.values(f"{EVENTS}/{master}/instances?{WINDOW}")
    assert client.delete(f"{EVENTS}/{days[1]['id']}").status_code == 204
    changed = client.patch(f"{EVENTS}/{days[2]['id']}", {"subject": "Prøv noget"}).json()
    assert (changed["type"], changed["subject"], changed["seriesMasterId"]) == ("exception", "Prøv noget", master)
    first = client.values(f"{EVENTS}/{master}/instances?{WINDOW}")[0]
    assert (first["type"], first["id"]) == ("exception", days[2]["id"])
    gone = client.get(f"{EVENTS}/{master}?$select=cancelledOccurrences&$expand=exceptionOccurrences").json()
    assert gone["cancelledOccurrences"] == [f"OID.{master}.2026-10-20"]
    assert [one["subject"] for one in gone["exceptionOccurrences"]] == ["Prøv noget"]
    assert error(client.get(f"{EVENTS}/{days[1]['id']}")) == (404, "ErrorItemNotFound")
    assert [one.subject for one in server.occurrences(ANNA, date(2026, 10, 19), date(2026, 10, 21))] == [
        "AI-tid", "Prøv noget",
    ]  # fmt: skip


def test_a_batch_answers_each_and_one_waits_for_another(client: Client) -> None:
    json = {"Content-Type": "application/json"}
    url = f"/users/{ANNA}/events"
    answers = client.batch(
        {"method": "POST", "url": url, "body": block("2026-10-19", "2026-10-30"), "headers": json},
        {"method": "POST", "url": url, "body": {"nonsense": 1}, "headers": json},
        {"method": "GET", "url": url, "dependsOn": ["2"]},
        {"method": "GET", "url": url, "dependsOn": ["1"]},
    )
    assert [answers[each]["status"] for each in "1234"] == [201, 400, 424, 200]
    assert len(answers["4"]["body"]["value"]) == 1


def test_who_is_busy_is_told_by_digits_and_nobody_knows_a_stranger(client: Client) -> None:
    made(client, block("2026-10-19", "2026-10-30", showAs="busy"))
    asked = {
        "schedules": [ANNA, "nobody@x.example"],
        "startTime": {"dateTime": "2026-10-19T10:00:00", "timeZone": "UTC"},
        "endTime": {"dateTime": "2026-10-19T11:30:00", "timeZone": "UTC"},
        "availabilityViewInterval": 30,
    }
    anna, nobody = client.post(f"/users/{SERVICE}/calendar/getSchedule", asked).json()["value"]
    assert (anna["availabilityView"], anna["scheduleItems"][0]["status"]) == ("020", "busy")
    assert ("availabilityView" in nobody, nobody["error"]["responseCode"]) == (False, "5009")


def test_msal_is_let_in_by_a_secret(server: GraphServer) -> None:
    msal = pytest.importorskip("msal")
    import requests

    http = requests.Session()
    http.trust_env = False  # REQUESTS_CA_BUNDLE would win over `verify`
    http.verify = str(server.ca_file)
    app = msal.ConfidentialClientApplication(
        "7b1c9a5e-3f52-4a0e-8f0b-2f4f6c1d9e55",
        authority=server.authority,
        client_credential="right~secret.of-the-app",
        instance_discovery=False,
        http_client=http,
    )
    got = app.acquire_token_for_client(["https://graph.microsoft.com/.default"])
    assert "access_token" in got
    assert Client(server, got["access_token"]).get(f"/users/{ANNA}").json()["mail"] == ANNA
