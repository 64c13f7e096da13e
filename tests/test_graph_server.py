"""Our Microsoft Graph, asked by a plain client. Lists of times are worked out by hand. Faults: test_graph_faults.py."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.graph import SERVICE, GraphServer
from tests.graph.client import KEY, Client, block, wall, weekly

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
    (master,) = client.values(EVENTS)
    assert (master["type"], "cancelledOccurrences" in master, master["start"]["dateTime"][:10]) == (
        "seriesMaster", False, "2026-10-19",
    )  # fmt: skip
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
    made(client, block("2026-10-19", "2026-10-30", showAs="tentative", sensitivity="private"))
    asked = {
        "schedules": [ANNA, "nobody@x.example"],
        "startTime": {"dateTime": "2026-10-19T10:00:00", "timeZone": "UTC"},
        "endTime": {"dateTime": "2026-10-19T11:30:00", "timeZone": "UTC"},
        "availabilityViewInterval": 30,
    }
    anna, nobody = client.post(f"/users/{SERVICE}/calendar/getSchedule", asked).json()["value"]
    assert (anna["availabilityView"], [one["status"] for one in anna["scheduleItems"]]) == (
        "020",
        ["busy", "tentative"],
    )
    assert ["subject" in one for one in anna["scheduleItems"]] == [True, False]
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


def test_a_series_begins_on_the_first_day_that_fits(server: GraphServer, client: Client) -> None:
    body = block("2026-10-19", "2026-10-30", recurrence=weekly("2026-10-19", "2026-10-30", "wednesday"))
    assert made(client, body)["start"]["dateTime"][:10] == "2026-10-21"
    assert [f"{day.start:%d}" for day in server.occurrences(ANNA, date(2026, 10, 1), date(2026, 11, 30))] == [
        "21",
        "28",
    ]


def test_a_view_shows_no_times_of_writing_to_who_selects(client: Client) -> None:
    made(client)
    query = f"/users/{ANNA}/calendarView?startDateTime=2026-10-19&endDateTime=2026-10-20"
    (whole,), (chosen,) = client.values(query), client.values(f"{query}&$select=subject,createdDateTime")
    assert ("createdDateTime" in whole, "createdDateTime" in chosen) == (True, False)


# --- how it is shown


def test_times_are_shown_in_utc_or_in_the_zone_that_is_preferred(client: Client) -> None:
    master = made(client)["id"]
    assert client.get(f"{EVENTS}/{master}").json()["start"] == {
        "dateTime": "2026-10-19T10:30:00.0000000",
        "timeZone": "UTC",
    }
    there = client.get(f"{EVENTS}/{master}", Prefer='outlook.timezone="Romance Standard Time"')
    assert there.json()["start"] == {"dateTime": "2026-10-19T12:30:00.0000000", "timeZone": "Romance Standard Time"}
    assert there.headers["Preference-Applied"] == 'outlook.timezone="Romance Standard Time"'


def test_a_body_comes_back_as_a_whole_document_or_as_text(client: Client) -> None:
    master = made(
        client, block("2026-10-19", "2026-10-30", body={"contentType": "html", "content": "<p>Hej<br>du</p>"})
    )
    assert master["body"]["content"].startswith("<html><head>")
    found = client.get(f"{EVENTS}/{master['id']}", Prefer='outlook.body-content-type="text"').json()
    assert found["body"] == {"contentType": "text", "content": "Hej\r\ndu"}
    assert found["bodyPreview"] == "Hej\r\ndu"


def test_ten_stand_on_a_page_and_the_next_is_told(client: Client) -> None:
    for number in range(12):
        made(client, block("2026-10-19", "2026-10-30", subject=f"Nr. {number:02d}"))
    first = client.get(f"{EVENTS}?$select=subject&$orderby=subject&$count=true").json()
    assert (len(first["value"]), first["@odata.count"]) == (10, 12)
    assert [one["subject"] for one in client.get(first["@odata.nextLink"]).json()["value"]] == ["Nr. 10", "Nr. 11"]
    assert "@odata.nextLink" not in client.get(f"{EVENTS}?$top=12").json()
    assert len(client.get(EVENTS, Prefer="odata.maxpagesize=5").json()["value"]) == 5


def test_an_immutable_id_is_another_spelling_of_the_same_event(client: Client) -> None:
    usual = made(client)["id"]
    (found,) = client.values(f"{EVENTS}?$select=subject", Prefer='IdType="ImmutableId"')
    assert found["id"] != usual
    assert client.get(f"{EVENTS}/{found['id']}").json()["id"] == usual


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("subject eq 'ai-TID'", 1),
        ("startswith(subject, 'AI') and isCancelled eq false", 1),
        ("not contains(subject, 'AI')", 0),
        ("start/dateTime ge '2026-10-19T10:30:00Z' and start/dateTime lt '2026-10-19T10:31'", 1),
        ("start/dateTime gt '2026-10-19T12:30:00+02:00'", 0),
        ("type eq 'seriesMaster' or subject eq null", 1),
        ("categories/any(c: c eq 'AI')", 1),
        ("showAs in ('busy', 'oof')", 0),
        (f"singleValueExtendedProperties/any(e: e/id eq '{KEY.upper().replace('AIKULTUR KEY', 'aikultur key')}')", 1),
        (f"singleValueExtendedProperties/any(e: e/id eq '{KEY}' and startswith(e/value, 'BLOCK'))", 1),
    ],
)
def test_events_are_found_by_a_filter(client: Client, query: str, expected: int) -> None:
    made(client, block("2026-10-19", "2026-10-30", categories=["AI"]))
    assert len(client.values(f"{EVENTS}?$filter={query}".replace("+", "%2B"))) == expected


# --- what is changed


def test_the_same_transaction_makes_nothing_and_another_content_is_refused(server: GraphServer, client: Client) -> None:
    body = block("2026-10-19", "2026-10-30", transactionId="one")
    first = made(client, body)["id"]
    assert made(client, body)["id"] == first
    assert error(client.post(EVENTS, body | {"subject": "x"})) == (409, "ErrorDuplicateTransactionId")
    assert len(server.mailbox(ANNA).items) == 1
    client.delete(f"{EVENTS}/{first}")
    assert made(client, body)["id"] != first


def test_an_old_version_is_not_changed(client: Client) -> None:
    found = made(client)
    path, etag = f"{EVENTS}/{found['id']}", {"If_Match": found["@odata.etag"]}
    assert client.patch(path, {"subject": "Nyt"}, **etag).status_code == 200
    assert error(client.patch(path, {"subject": "Mere"}, **etag)) == (412, "ErrorIrresolvableConflict")
    assert error(client.delete(path, **etag)) == (412, "ErrorIrresolvableConflict")


def test_a_day_is_not_moved_onto_another(client: Client) -> None:
    master = made(client)["id"]
    day = client.values(f"{EVENTS}/{master}/instances?{WINDOW}")[1]["id"]
    onto = {"start": wall("2026-10-21T09:00"), "end": wall("2026-10-21T09:10")}
    assert error(client.patch(f"{EVENTS}/{day}", onto)) == (400, "ErrorOccurrenceCrossingBoundary")
    beside = {"start": wall("2026-10-20T09:00"), "end": wall("2026-10-20T09:05")}
    moved = client.patch(f"{EVENTS}/{day}", beside).json()
    assert (moved["start"]["dateTime"][:16], moved["originalStart"]) == ("2026-10-20T07:00", "2026-10-20T10:30:00Z")


@pytest.mark.parametrize(
    ("change", "keeps", "left"),
    [
        ({"subject": "Nyt"}, False, 9),
        ({"start": wall("2026-10-19T08:30"), "end": wall("2026-10-19T08:40")}, False, 10),
        ({"recurrence": weekly("2026-10-19", "2026-11-06")}, False, 15),
        ({"recurrence": weekly("2026-10-19", "2026-11-06")}, True, 14),
    ],
)
def test_a_new_time_or_pattern_brings_deleted_days_back(
    server: GraphServer, client: Client, change: dict[str, Any], keeps: bool, left: int
) -> None:
    server.world.keeps_exceptions_on_extension = keeps
    master = made(client)["id"]
    client.delete(f"{EVENTS}/{client.values(f'{EVENTS}/{master}/instances?{WINDOW}')[3]['id']}")
    assert client.patch(f"{EVENTS}/{master}", change).status_code == 200
    assert len(starts(client, master)) == left


def test_a_view_tells_what_has_changed_since(server: GraphServer, client: Client) -> None:
    made(client)
    path = f"/users/{ANNA}/calendarView/delta?{WINDOW}"
    first = client.get(path, Prefer="odata.maxpagesize=50").json()
    assert [row["type"] for row in first["value"]] == ["seriesMaster", *["occurrence"] * 10]
    assert "subject" not in first["value"][1]
    again = client.get(first["@odata.deltaLink"]).json()
    assert again["value"] == []
    server.hands(ANNA).delete_series()
    (gone,) = client.get(again["@odata.deltaLink"]).json()["value"]
    assert gone["@removed"] == {"reason": "deleted"}
    assert error(client.get(path + "&$select=subject")) == (400, "ErrorInvalidUrlQuery")
    server.world.directory.epoch += 1
    assert error(client.get(again["@odata.deltaLink"])) == (410, "SyncStateNotFound")


def test_what_was_deleted_still_answers_by_its_immutable_id(server: GraphServer, client: Client) -> None:
    prefer = {"Prefer": 'IdType="ImmutableId"'}
    usual, immutable = made(client)["id"], client.values(EVENTS, **prefer)[0]["id"]
    hands = server.hands(ANNA)
    item = hands.series
    hands.delete_series()
    assert [client.get(f"{EVENTS}/{each}").status_code for each in (usual, immutable)] == [404, 200]
    server.world.bin_answers = False
    assert [client.get(f"{EVENTS}/{each}").status_code for each in (usual, immutable)] == [404, 404]
    assert client.values(EVENTS) == client.values(f"/users/{ANNA}/calendarView?{WINDOW}") == []
    hands.bring_back(item)
    assert [client.get(f"{EVENTS}/{each}").status_code for each in (usual, immutable)] == [404, 200]
    server.world.bin_answers = True
    assert client.post(f"{EVENTS}/{immutable}/permanentDelete").status_code == 204
    assert error(client.get(f"{EVENTS}/{immutable}")) == (404, "ErrorItemNotFound")


def test_days_beyond_a_new_end_go_with_what_was_changed_in_them(server: GraphServer, client: Client) -> None:
    server.world.keeps_exceptions_on_extension = True
    master = made(client)["id"]
    server.hands(ANNA).change_day(date(2026, 10, 29), subject="Mit")
    client.patch(f"{EVENTS}/{master}", {"recurrence": weekly("2026-10-19", "2026-10-23")})
    assert len(starts(client, master)) == 5


def test_a_body_in_pieces_and_preferences_in_several_lines_are_understood(client: Client) -> None:
    import http.client
    import json

    host = client.server.url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=20)
    connection.putrequest("POST", f"/v1.0{EVENTS}")
    for name, value in {
        "Authorization": f"Bearer {client.token}",
        "Content-Type": "application/json",
        "Transfer-Encoding": "chunked",
    }.items():
        connection.putheader(name, value)
    connection.putheader("Prefer", 'outlook.timezone="Romance Standard Time"')
    connection.putheader("Prefer", 'IdType="ImmutableId"')
    text = json.dumps(block("2026-10-19", "2026-10-30")).encode()
    connection.endheaders(iter((text[:100], text[100:])), encode_chunked=True)
    found = json.loads(connection.getresponse().read())
    connection.close()
    assert (found["start"]["dateTime"][:16], found["id"][:4]) == ("2026-10-19T12:30", "AAkA")
