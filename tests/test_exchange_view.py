"""Looking into a mailbox's calendar on Exchange: the days of the events of one name, and nothing of any other."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from calendars.channel import ChannelError
from calendars.server.view import View
from tests.ews import PASSWORD, EwsServer, Fault
from tests.ews.client import account, at, event, lib, protocols, recurrences, wall, weekly
from tests.exchange_values import Logins, session

pytestmark = pytest.mark.slow

PLAN = "afdeling-plan@x.example"
BEGIN, END = datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 11, 5, tzinfo=UTC)
SUBJECT = "Afdelingsmøde"


@pytest.fixture
def server() -> Iterator[EwsServer]:
    with EwsServer([PLAN]) as server:
        yield server
        protocols.close_connections()
    assert server.refused == []
    assert server.misspoken == []


@pytest.fixture
def plan(server: EwsServer) -> Any:
    return account(server, PLAN)


def series(owner: Any, subject: str = SUBJECT, weeks: int = 4, **more: Any) -> Any:
    """Fridays at nine from 16 October; then Copenhagen puts its clock back."""
    first = date(2026, 10, 16)
    days = weekly(first, first + timedelta(weeks=weeks - 1), ["Friday"])
    return event(owner, at(2026, 10, 16, 9), 60, subject=subject, recurrence=days, location="Lokale 4", **more).save()


def look(server: EwsServer, subject: str = SUBJECT, **more: Any) -> View:
    found = session(server, **more)
    try:
        return found.view(PLAN, subject, BEGIN, END)
    finally:
        found.close()


def shown(view: View) -> list[tuple[str, str, str]]:
    return sorted((f"{one.starts:%m-%d %H:%M}", one.title, one.place) for one in view.days)


def test_the_days_of_a_series_and_a_single_event_are_told_with_time_and_place(server: EwsServer, plan: Any) -> None:
    series(plan, weeks=3)
    event(plan, at(2026, 12, 1, 13), 30, subject="AFDELINGSMØDE  (lokale 2)").save()
    found = look(server)
    assert shown(found) == [
        ("10-16 07:00", SUBJECT, "Lokale 4"),
        ("10-23 07:00", SUBJECT, "Lokale 4"),
        ("10-30 08:00", SUBJECT, "Lokale 4"),
        ("12-01 12:00", "AFDELINGSMØDE  (lokale 2)", ""),
    ]
    assert {one.ends - one.starts for one in found.days} == {timedelta(minutes=60), timedelta(minutes=30)}
    assert {one.event for one in found.days} == found.events == {one.uid for one in server.mailbox(PLAN).items}
    assert [one.original is None for one in sorted(found.days, key=lambda one: one.starts)] == [False] * 3 + [True]
    assert (found.others, found.unread) == (0, ())


def test_of_events_that_do_not_match_nothing_is_asked_but_how_many_there_are(server: EwsServer, plan: Any) -> None:
    series(plan, weeks=2)
    series(plan, "Tandlæge", weeks=10)
    event(plan, at(2026, 12, 1, 13), 30, subject="Afdelingsmøde Jura", location="Hemmeligt sted").save()
    heard = list[bytes]()

    def hear(mailbox: str, reply: bytes) -> bytes:
        heard.append(reply)
        return reply

    server.mangle = hear
    found = look(server)
    assert (len(found.days), len(found.events), found.others) == (2, 1, 11)
    text = b"".join(heard).decode()
    assert ("Tandl" in text, "Hemmeligt" in text, "Lokale 4" in text) == (False, False, True)
    assert text.count("<t:Start>") == text.count("<t:Location>") == 2


def test_a_day_that_is_moved_keeps_the_day_that_the_series_gives_it(server: EwsServer, plan: Any) -> None:
    made = series(plan)
    day = made.occurrence(2)
    day.refresh()
    day.start, day.end, day.subject = at(2026, 10, 22, 14), at(2026, 10, 22, 16), "Afdelingsmøde med direktøren"
    day.save(update_fields=["start", "end", "subject"])
    made.occurrence(3).delete()
    found = {one.starts: one for one in look(server).days}
    assert sorted(found) == [wall(2026, 10, 16, 9), wall(2026, 10, 22, 14), wall(2026, 11, 6, 9)]
    moved = found[wall(2026, 10, 22, 14).astimezone(UTC)]
    assert (moved.original, moved.title) == (wall(2026, 10, 23, 9), "Afdelingsmøde med direktøren")
    assert {one.event for one in found.values()} == {server.mailbox(PLAN).items[0].uid}


def test_what_is_cancelled_says_so_and_what_takes_the_whole_day_is_not_there(server: EwsServer, plan: Any) -> None:
    event(plan, at(2026, 12, 1, 13), 30, subject="Aflyst: Afdelingsmøde").save()
    server.mailbox(PLAN).items[0].cancelled = True
    day = lib.EWSDate(2026, 12, 2)
    lib.CalendarItem(account=plan, folder=plan.calendar, subject=SUBJECT, start=day, end=day, is_all_day=True).save()
    found = look(server)
    assert [(one.title, one.cancelled) for one in found.days] == [("Aflyst: Afdelingsmøde", True)]
    assert (len(found.events), found.others) == (2, 0)


def test_events_that_are_over_are_known_without_a_day(server: EwsServer, plan: Any) -> None:
    event(plan, at(2020, 12, 1, 13), 30, subject=SUBJECT).save()
    found = look(server)
    assert (found.days, len(found.events), found.others) == ((), 1, 0)


def test_a_subject_is_found_whatever_white_space_stands_in_it(server: EwsServer, plan: Any) -> None:
    event(plan, at(2026, 12, 1, 13), 30, subject="Møde i  Plan og\u00a0Byrum").save()
    assert len(look(server, "møde i plan og byrum").days) == 1


def test_a_full_calendar_is_looked_at_in_parts(server: EwsServer, plan: Any) -> None:
    series(plan, weeks=6)
    every_day = [
        recurrences.Recurrence(pattern=recurrences.DailyPattern(interval=1), start=lib.EWSDate(2026, 10, 1), number=350)
        for _ in range(3)
    ]
    for days in every_day:
        event(plan, at(2026, 10, 1, 8), subject="Kaffe", recurrence=days).save()
    before = len(server.log)
    found = look(server)
    assert (len(found.days), found.others) == (6, 1050)
    assert server.operations()[before:] == ["ResolveNames", "FindItem", *["FindItem"] * 3, "GetItem"]


def test_a_server_that_tells_less_at_once_is_asked_in_parts_too(server: EwsServer, plan: Any) -> None:
    series(plan)
    server.script.faults = [Fault("ErrorExceededFindCountLimit", operation="FindItem", skip=1)]
    assert len(look(server).days) == 4
    server.script.faults = [Fault("ErrorExceededFindCountLimit", operation="FindItem", skip=1, times=None)]
    with pytest.raises(ChannelError, match="its calendar has more events on 2026-10-01 than the server tells"):
        look(server)


def test_a_mailbox_that_is_not_there_or_not_ours_is_told_in_a_sentence(server: EwsServer) -> None:
    with pytest.raises(ChannelError) as absent:
        session(server).view("group@x.example", SUBJECT, BEGIN, END)
    assert (absent.value.absent, absent.value.about) == (True, "person")
    server.impersonation = "none"
    with pytest.raises(ChannelError, match="may not act in this mailbox") as denied:
        look(server)
    assert (denied.value.absent, denied.value.about) == (False, "person")


def test_one_day_that_cannot_be_told_costs_that_day(server: EwsServer, plan: Any) -> None:
    series(plan)
    server.script.faults = [Fault("ErrorItemCorrupt", operation="GetItem", item=2)]
    found = look(server)
    assert len(found.days) == 3
    assert [(one.title, one.said) for one in found.unread] == [
        (SUBJECT, "in Exchange's answer ErrorItemCorrupt is missing or cannot be read.")
    ]


def test_a_wrong_password_is_tried_once(server: EwsServer) -> None:
    logins = Logins()
    for _ in range(3):
        with pytest.raises(ChannelError, match="not let in") as refused:
            look(server, password=f"wrong-{PASSWORD}", logins=logins)
        assert refused.value.about == "login"
    assert sum(server.failed_logins.values()) == 1
