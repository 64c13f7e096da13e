"""Our Microsoft Graph's directory and mail, asked by a plain client."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import requests

from tests.graph import SERVICE, GraphServer
from tests.graph.client import KEY, Client

pytestmark = pytest.mark.slow

ANNA, BO = "anna@x.example", "bo@x.example"
SEND = f"/users/{SERVICE}/sendMail"
EVENTUAL = {"ConsistencyLevel": "eventual"}


@pytest.fixture
def server() -> Iterator[GraphServer]:
    with GraphServer([ANNA, BO]) as server:
        server.application.allow("Mail.ReadWrite")
        yield server
    assert server.misspoken == []


@pytest.fixture
def client(server: GraphServer) -> Client:
    return Client(server)


def error(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


# --- mail


def letter(to: str = ANNA, **headers: str) -> EmailMessage:
    found = EmailMessage()
    found["From"], found["To"], found["Subject"] = SERVICE, to, "Hej Åse"
    for name, value in ({"Message-ID": "<1@x.example>", "Auto-Submitted": "auto-generated"} | headers).items():
        found[name.replace("_", "-")] = value
    found.set_content("Tekst")
    found.add_alternative("<p>Tekst</p>", subtype="html")
    found.add_alternative("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", subtype="calendar", params={"method": "REQUEST"})
    return found


def send(client: Client, mime: bytes, path: str = SEND) -> requests.Response:
    headers = {"Authorization": f"Bearer {client.token}", "Content-Type": "text/plain"}
    body = base64.b64encode(mime)
    return client.session.post(f"{client.server.url}/v1.0{path}", data=body, headers=headers, timeout=20)


def test_a_letter_in_mime_leaves_as_it_was_written_but_for_one_header(server: GraphServer, client: Client) -> None:
    mime = letter().as_bytes().replace(b"\n", b"\r\n")
    assert send(client, mime).status_code == 202
    (sent,) = server.mailbox(ANNA).letters
    assert sent.mime == mime.replace(b"Auto-Submitted: auto-generated\r\n", b"")
    assert (sent.sender, sent.recipients, sent.subject, sent.kept) == (SERVICE, (ANNA,), "Hej Åse", True)
    assert server.world.sent == [sent]


def test_a_server_may_write_its_own_message_id_and_strip_more(server: GraphServer, client: Client) -> None:
    server.world.replaces_message_id = True
    server.world.strips |= {"x-ours"}
    send(client, letter(X_Ours="1", Bcc=BO).as_bytes())
    for who in (ANNA, BO):
        (sent,) = server.mailbox(who).letters
        assert (b"1@x.example" in sent.mime, b"X-Ours" in sent.mime, b"Bcc" in sent.mime) == (False, False, False)
        assert sent.mime.lower().count(b"\r\nmessage-id:") == 1


@pytest.mark.parametrize(
    ("mime", "code"),
    [(b"", "ErrorMimeContentInvalid"), (letter(to="nobody").as_bytes(), "ErrorInvalidRecipients")],
)
def test_a_letter_that_is_none_or_goes_nowhere_is_refused(client: Client, mime: bytes, code: str) -> None:
    assert error(send(client, mime)) == (400, code)


def test_base64_that_is_none_and_another_sender_are_refused(client: Client) -> None:
    headers = {"Authorization": f"Bearer {client.token}", "Content-Type": "text/plain"}
    url = f"{client.server.url}/v1.0{SEND}"
    answer = client.session.post(url, data=b"not base64!", headers=headers, timeout=20)
    assert error(answer) == (400, "ErrorMimeContentInvalidBase64String")
    other = letter()
    other.replace_header("From", ANNA)
    assert error(send(client, other.as_bytes())) == (403, "ErrorSendAsDenied")


def to(address: str, **more: Any) -> dict[str, Any]:
    body = {"contentType": "html", "content": "<p>Hej</p>"}
    return {"subject": "Hej", "body": body, "toRecipients": [{"emailAddress": {"address": address}}]} | more


def test_a_letter_in_json_is_kept_unless_told_otherwise(server: GraphServer, client: Client) -> None:
    headers = [{"name": "x-ours", "value": "1"}]
    assert client.post(SEND, {"message": to(ANNA, internetMessageHeaders=headers)}).status_code == 202
    assert client.post(SEND, {"message": to(ANNA), "saveToSentItems": "false"}).status_code == 202
    assert [sent.kept for sent in server.mailbox(ANNA).letters] == [True, False]
    assert b"x-ours: 1" in server.mailbox(ANNA).letters[0].mime
    (kept,) = client.values(f"/users/{SERVICE}/mailFolders/sentitems/messages")
    assert (kept["subject"], kept["toRecipients"][0]["emailAddress"]["address"]) == ("Hej", ANNA)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ([{"name": "Auto-Submitted", "value": "x"}], "InvalidInternetMessageHeader"),
        ([{"name": f"x-{n}", "value": "x"} for n in range(6)], "InvalidInternetMessageHeaderCollection"),
    ],
)
def test_headers_in_json_are_few_and_ones_own(client: Client, headers: list[dict[str, str]], code: str) -> None:
    assert error(client.post(SEND, {"message": to(ANNA, internetMessageHeaders=headers)})) == (400, code)


def test_letters_are_limited_by_the_minute_and_recipients_by_the_day() -> None:
    at = [datetime(2026, 11, 30, 8, tzinfo=UTC)]
    with GraphServer([ANNA, BO], now=lambda: at[0]) as server:
        client = Client(server)
        server.world.limits.messages_per_minute, server.world.limits.recipients_per_day = 2, 4
        both = {"message": to(ANNA, ccRecipients=to(BO)["toRecipients"])}
        assert [client.post(SEND, {"message": to(ANNA)}).status_code for _ in range(3)] == [202, 202, 429]
        at[0] += timedelta(seconds=61)
        assert client.post(SEND, both).status_code == 202
        at[0] += timedelta(seconds=61)
        assert error(client.post(SEND, both)) == (429, "ErrorQuotaExceeded")
        at[0] += timedelta(days=1)
        assert client.post(SEND, both).status_code == 202


def test_a_draft_that_is_sent_is_found_by_its_immutable_id_only(server: GraphServer, client: Client) -> None:
    path, prefer = f"/users/{SERVICE}/messages", {"Prefer": 'IdType="ImmutableId"'}
    server.application.allow("Mail.ReadWrite", SERVICE)
    made = client.post(path, to(ANNA), **prefer).json()
    usual = client.get(f"{path}/{made['id']}").json()
    assert (made["isDraft"], usual["id"] != made["id"]) == (True, True)
    assert client.post(f"{path}/{usual['id']}/send").status_code == 202
    assert client.get(f"{path}/{made['id']}", **prefer).json()["isDraft"] is False
    assert error(client.get(f"{path}/{usual['id']}")) == (404, "ErrorItemNotFound")
    assert [sent.subject for sent in server.mailbox(ANNA).letters] == ["Hej"]


def test_answers_are_read_marked_moved_and_thrown_away(server: GraphServer, client: Client) -> None:
    server.world.put_letter(ANNA, letter(In_Reply_To="<0@x.example>").as_bytes())
    inbox = f"/users/{ANNA}/mailFolders/inbox/messages"
    (found,) = client.values(
        f"{inbox}?$filter=isRead eq false&$select=subject,internetMessageHeaders,internetMessageId"
    )
    headers = {each["name"]: each["value"] for each in found["internetMessageHeaders"]}
    assert (headers["In-Reply-To"], found["internetMessageId"]) == ("<0@x.example>", "<1@x.example>")
    message = f"/users/{ANNA}/messages"
    marked = {"isRead": True, "singleValueExtendedProperties": [{"id": KEY, "value": "seen"}]}
    assert client.patch(f"{message}/{found['id']}", marked).json()["isRead"] is True
    query = f"$filter=singleValueExtendedProperties/any(e: e/id eq '{KEY}' and e/value eq 'seen')"
    assert len(client.values(f"{message}?{query}")) == 1
    assert "internetMessageHeaders" not in client.get(f"{message}/{found['id']}").json()
    assert client.get(f"{message}/{found['id']}/$value").content.startswith(b"From: ")
    moved = client.post(f"{message}/{found['id']}/move", {"destinationId": "archive"}).json()
    assert error(client.get(f"{message}/{found['id']}")) == (404, "ErrorItemNotFound")
    assert client.delete(f"{message}/{moved['id']}").status_code == 204
    assert [one.folder for one in server.mailbox(ANNA).messages] == ["deleteditems"]


# --- users


def test_a_user_has_few_properties_until_more_are_asked_for(server: GraphServer, client: Client) -> None:
    boss = server.world.directory.user(BO).id
    server.world.directory.change_user(ANNA, department="Plan", manager=boss, employeeId="17")
    assert "department" not in client.get(f"/users/{ANNA}").json()
    path = f"/users/{ANNA}?$select=department,employeeId,accountEnabled,userType&$expand=manager($select=mail)"
    found = client.get(path).json()
    assert (found["department"], found["employeeId"], found["accountEnabled"]) == ("Plan", "17", True)
    assert (found["userType"], found["manager"]["mail"]) == ("Member", BO)
    assert client.get(f"/users/{ANNA}/manager").json()["id"] == boss
    assert error(client.get(f"/users/{BO}/manager")) == (404, "Request_ResourceNotFound")
    assert error(client.get(f"/users/{ANNA}?$select=colour")) == (400, "RequestBroker--ParseUri")


@pytest.mark.parametrize(
    "query",
    [
        "$filter=accountEnabled ne true",
        "$filter=endsWith(mail,'x.example')",
        "$filter=not(userType eq 'Guest')",
        "$count=true",
    ],
)
def test_what_the_directory_does_not_index_is_asked_for_in_so_many_words(client: Client, query: str) -> None:
    assert error(client.get(f"/users?{query}")) == (400, "Request_UnsupportedQuery")
    answer = client.get(f"/users?{query}&$count=true", **EVENTUAL)
    assert (answer.status_code, answer.json()["@odata.count"]) == (200, len(answer.json()["value"]))


# --- groups


def crowd(server: GraphServer, number: int) -> str:
    people = [server.world.directory.add_user(f"p{n}@x.example").id for n in range(number)]
    return server.world.directory.add_group("AI", people, mail="ai@x.example").id


def test_members_come_in_pages_and_the_count_on_the_first_only(server: GraphServer, client: Client) -> None:
    group = crowd(server, 250)
    path = f"/groups/{group}/transitiveMembers/microsoft.graph.user?$count=true&$select=id,mail&$top=200"
    first = client.get(path, **EVENTUAL).json()
    assert (first["@odata.count"], len(first["value"])) == (250, 200)
    assert error(client.get(first["@odata.nextLink"])) == (400, "Request_UnsupportedQuery")
    second = client.get(first["@odata.nextLink"], **EVENTUAL).json()
    assert ("@odata.count" in second, len(second["value"]), second["value"][-1]["mail"]) == (
        False, 50, "p249@x.example",
    )  # fmt: skip
    assert len(client.values(f"/groups/{group}/members")) == 250
    assert len(client.get(f"/groups/{group}?$expand=members($select=id)").json()["members"]) == 20
    assert error(client.get(f"/groups/{group}/members?$skip=100")) == (400, "Request_BadRequest")


def test_groups_inside_groups_are_followed_once_whatever_their_circle(server: GraphServer, client: Client) -> None:
    directory = server.world.directory
    inner = directory.add_group("Inner", [BO])
    outer = directory.add_group("Outer", [ANNA, inner.id], mail="alle@x.example")
    directory.join(inner.id, outer.id)
    (found,) = client.values("/groups?$filter=mail eq 'alle@x.example'&$select=id")
    assert len(client.values(f"/groups/{found['id']}/members")) == 2
    everybody = client.values(f"/groups/{outer.id}/transitiveMembers")
    assert sorted(one["@odata.type"].rpartition(".")[2] for one in everybody) == ["group", "group", "user", "user"]
    users = client.values(f"/groups/{outer.id}/transitiveMembers/microsoft.graph.user?$count=true", **EVENTUAL)
    assert sorted(one["mail"] for one in users) == [ANNA, BO]
    assert error(client.get(f"/groups/{outer.id}/transitiveMembers/microsoft.graph.user")) == (
        400, "Request_UnsupportedQuery",
    )  # fmt: skip


def rounds(client: Client, link: str) -> tuple[list[dict[str, Any]], str]:
    found: list[dict[str, Any]] = []
    while True:
        page = client.get(link).json()
        found += page["value"]
        if "@odata.deltaLink" in page:
            return found, page["@odata.deltaLink"]
        link = page["@odata.nextLink"]


def members(rows: list[dict[str, Any]]) -> tuple[set[str], set[str]]:
    """Who came and who went."""
    told = [member for row in rows for member in row.get("members@delta", ())]
    came = {member["id"] for member in told if "@removed" not in member}
    return came, {member["id"] for member in told if "@removed" in member}


def test_a_delta_of_a_group_has_everybody_first_and_then_who_came_and_went(server: GraphServer, client: Client) -> None:
    directory, group = server.world.directory, crowd(server, 450)
    rows, link = rounds(client, f"/groups/delta?$select=displayName,members&$filter=id eq '{group}'")
    assert (len(rows) > 1, len(members(rows)[0])) == (True, 450)
    directory.join(group, ANNA)
    directory.leave(group, "p7@x.example")
    directory.add_group("Another", [BO])
    rows, link = rounds(client, link)
    assert members(rows) == ({directory.user(ANNA).id}, {directory.user("p7@x.example").id})
    assert rounds(client, link)[0] == []
    directory.remove_user("p8@x.example")
    assert len(members(rounds(client, link)[0])[1]) == 1
    directory.epoch += 1
    assert error(client.get(link)) == (410, "syncStateNotFound")


def test_a_delta_of_users_has_who_changed_and_who_is_gone(server: GraphServer, client: Client) -> None:
    _, link = rounds(client, "/users/delta?$select=displayName,accountEnabled")
    server.world.directory.change_user(ANNA, accountEnabled=False)
    gone = server.world.directory.user(BO).id
    server.world.directory.remove_user(BO)
    rows, _ = rounds(client, link)
    assert [(row.get("accountEnabled"), row.get("@removed")) for row in rows] == [
        (False, None), (None, {"reason": "changed"}),
    ]  # fmt: skip
    assert rows[1]["id"] == gone


def test_calendars_of_groups_are_closed_to_applications(server: GraphServer, client: Client) -> None:
    assert error(client.get(f"/groups/{crowd(server, 1)}/events")) == (403, "ErrorAccessDenied")
