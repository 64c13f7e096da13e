"""Looking into a mailbox's calendar in Microsoft 365: the days of the events of one name, and nothing of any other."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from calendars.channel import ChannelError
from calendars.server.view import View
from tests.exchange_values import Logins
from tests.graph import Fault, GraphServer
from tests.graph.client import Client, wall, weekly
from tests.graph_values import graph_session

pytestmark = pytest.mark.slow

PLAN = "afdeling-plan@x.example"
BEGIN, END = datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 11, 5, tzinfo=UTC)
SUBJECT = "Afdelingsmøde"


@pytest.fixture
def server() -> Iterator[GraphServer]:
    with GraphServer([PLAN]) as server:
        yield server
    assert server.refused == []
    assert server.misspoken == []


@pytest.fixture
def client(server: GraphServer) -> Client:
    return Client(server)


def event(
    client: Client, day: str, hour: int = 9, minutes: int = 60, subject: str | None = SUBJECT, **more: Any
) -> Any:
    start = datetime.fromisoformat(f"{day}T{hour:02}:00")
    body = {
        "subject": subject,
        "start": wall(f"{start:%Y-%m-%dT%H:%M}"),
        "end": wall(f"{start + timedelta(minutes=minutes):%Y-%m-%dT%H:%M}"),
    }
    answer = client.post(f"/users/{PLAN}/events", body | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def series(client: Client, subject: str = SUBJECT, weeks: int = 4) -> Any:
    """Fridays at nine from 16 October; then Copenhagen puts its clock back."""
    last = date(2026, 10, 16) + timedelta(weeks=weeks - 1)
    place = {"displayName": "Lokale 4"}
    return event(
        client, "2026-10-16", subject=subject, location=place, recurrence=weekly("2026-10-16", f"{last}", "friday")
    )


def look(server: GraphServer, subject: str = SUBJECT, **more: Any) -> View:
    found = graph_session(server, **more)
    try:
        return found.view(PLAN, subject, BEGIN, END)
    finally:
        found.close()


def shown(view: View) -> list[tuple[str, str, str]]:
    return sorted((f"{one.starts:%m-%d %H:%M}", one.title, one.place) for one in view.days)


def test_the_days_of_a_series_and_a_single_event_are_told_with_time_and_place(
    server: GraphServer, client: Client
) -> None:
    master = series(client, weeks=3)
    single = event(client, "2026-12-01", 13, 30, "AFDELINGSMØDE  (lokale 2)")
    found = look(server)
    assert shown(found) == [
        ("10-16 07:00", SUBJECT, "Lokale 4"),
        ("10-23 07:00", SUBJECT, "Lokale 4"),
        ("10-30 08:00", SUBJECT, "Lokale 4"),
        ("12-01 12:00", "AFDELINGSMØDE  (lokale 2)", ""),
    ]
    assert {one.ends - one.starts for one in found.days} == {timedelta(minutes=60), timedelta(minutes=30)}
    assert {one.event for one in found.days} == found.events == {master["iCalUId"], single["iCalUId"]}
    assert [one.original is None for one in sorted(found.days, key=lambda one: one.starts)] == [False] * 3 + [True]
    assert (found.others, found.unread) == (0, ())


def test_of_events_that_do_not_match_nothing_is_asked_but_how_many_there_are(
    server: GraphServer, client: Client
) -> None:
    series(client, weeks=2)
    series(client, "Tandlæge", weeks=10)
    event(client, "2026-12-01", 13, 30, "Afdelingsmøde Jura", location={"displayName": "Hemmeligt sted"})
    too_much = [
        ("GET events", "start"),
        ("GET events", "location"),
        ("GET calendarView", "subject"),
        ("GET calendarView", "location"),
    ]
    server.script.faults = [Fault("500", operation=asked, naming=name, times=None) for asked, name in too_much]
    before = len(server.log)
    found = look(server)
    assert (len(found.days), len(found.events), found.others) == (2, 1, 11)
    assert server.operations()[before:] == ["GET events", "GET calendarView", "GET events/{id}/instances"]


def test_a_day_that_is_moved_keeps_the_day_that_the_series_gives_it(server: GraphServer, client: Client) -> None:
    master = series(client)
    hands = server.hands(PLAN)
    hands.item = server.mailbox(PLAN).items[0]
    hands.change_day(date(2026, 10, 23), subject="Afdelingsmøde med direktøren")
    hands.move_day(date(2026, 10, 23), timedelta(hours=-19))
    hands.delete_day(date(2026, 10, 30))
    found = {f"{one.starts:%m-%d %H:%M}": one for one in look(server).days}
    assert sorted(found) == ["10-16 07:00", "10-22 12:00", "11-06 08:00"]
    moved = found["10-22 12:00"]
    assert (f"{moved.original:%m-%d %H:%M}", moved.title) == ("10-23 07:00", "Afdelingsmøde med direktøren")
    assert {one.event for one in found.values()} == {master["iCalUId"]}


def test_what_is_cancelled_says_so_and_what_takes_the_whole_day_is_not_there(
    server: GraphServer, client: Client
) -> None:
    event(client, "2026-12-01", subject="Aflyst: Afdelingsmøde")
    server.mailbox(PLAN).items[0].cancelled = True
    start, end = wall("2026-12-02T00:00"), wall("2026-12-03T00:00")
    event(client, "2026-12-02", isAllDay=True, start=start, end=end)
    found = look(server)
    assert [(one.title, one.cancelled) for one in found.days] == [("Aflyst: Afdelingsmøde", True)]
    assert (len(found.events), found.others) == (2, 0)


def test_events_that_are_over_are_known_without_a_day(server: GraphServer, client: Client) -> None:
    event(client, "2020-12-01")
    found = look(server)
    assert (found.days, len(found.events), found.others) == ((), 1, 0)


def test_a_subject_is_found_whatever_white_space_and_quotes_stand_in_it(server: GraphServer, client: Client) -> None:
    event(client, "2026-12-01", subject="Lars' møde i  Plan & Byrum")
    assert len(look(server, "lars' møde i plan & byrum").days) == 1


def test_an_event_without_a_title_harms_nobody_though_a_view_that_is_searched_breaks_on_it(
    server: GraphServer, client: Client
) -> None:
    series(client)
    event(client, "2026-11-01", subject=None)
    span = "startDateTime=2026-10-01T00:00:00Z&endDateTime=2027-01-01T00:00:00Z"
    searched = client.get(f"/users/{PLAN}/calendarView?{span}&$filter=contains(subject,'{SUBJECT}')")
    assert searched.status_code == 500
    found = look(server)
    assert (len(found.days), found.others) == (4, 1)


def test_many_events_come_in_pages_and_batches(server: GraphServer, client: Client) -> None:
    for number in range(45):
        event(client, f"2026-11-{1 + number % 28:02}", 8 + number // 28)
    found = look(server)
    assert (len(found.days), found.others) == (45, 0)


@pytest.mark.parametrize(
    ("code", "status"), [("ErrorInvalidUrlQueryFilter", 400), ("UnsupportedEntityExpression", 400), ("500", None)]
)
def test_where_titles_cannot_be_searched_they_are_read_and_the_same_is_found(
    server: GraphServer, client: Client, code: str, status: int | None
) -> None:
    series(client)
    series(client, "Tandlæge")
    server.script.faults = [Fault(code, status=status, operation="GET events", naming="contains", times=None)]
    before = len(server.log)
    found = look(server)
    assert (len(found.days), len(found.events), found.others) == (4, 1, 4)
    assert server.operations()[before:].count("GET events") == 2


def test_a_mailbox_that_is_not_there_or_not_ours_is_told_in_a_sentence(server: GraphServer) -> None:
    with pytest.raises(ChannelError) as absent:
        graph_session(server).view("group@x.example", SUBJECT, BEGIN, END)
    assert (absent.value.absent, absent.value.about) == (True, "person")
    server.application.forbid("Calendars.ReadWrite")
    server.application.allow("Calendars.Read", "another@x.example")
    with pytest.raises(ChannelError, match="may not act in this mailbox") as denied:
        look(server)
    assert (denied.value.absent, denied.value.about) == (False, "person")


def test_the_right_to_read_that_one_mailbox_is_enough(server: GraphServer, client: Client) -> None:
    series(client)
    server.application.forbid("Calendars.ReadWrite")
    server.application.allow("Calendars.Read", PLAN)
    assert len(look(server).days) == 4


def test_one_event_that_cannot_be_told_costs_that_one(server: GraphServer, client: Client) -> None:
    for day in ("2026-11-02", "2026-11-03", "2026-11-04"):
        event(client, day)
    server.script.faults = [Fault("ErrorItemCorrupt", status=400, operation="GET events/{id}", skip=1)]
    found = look(server)
    assert (len(found.days), [one.title for one in found.unread]) == (2, [SUBJECT])


def test_a_wrong_secret_is_tried_once(server: GraphServer) -> None:
    logins = Logins()
    for _ in range(3):
        with pytest.raises(ChannelError) as refused:
            look(server, secret="wrong", logins=logins)
        assert refused.value.about == "login"
    assert sum(server.failed_logins.values()) == 1
