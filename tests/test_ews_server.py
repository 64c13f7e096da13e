"""Our Exchange server, driven by exchangelib. Lists of times are worked out by hand. Faults: test_ews_faults.py."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.ews import SERVICE, Delivery, EwsServer, Letter
from tests.ews.availability import request_zone
from tests.ews.client import account, at, attendee, errors, event, lib, protocols, recurrences, wall, weekly

pytestmark = pytest.mark.slow

ANNA, BO, CARL = "anna@x.example", "bo@x.example", "carl@x.example"
SEND, SILENT = "SendToAllAndSaveCopy", "SendToNone"


@pytest.fixture
def server() -> Iterator[EwsServer]:
    with EwsServer([ANNA, BO, CARL]) as server:
        yield server
        protocols.close_connections()
    assert server.refused == []
    assert server.misspoken == []


@pytest.fixture
def anna(server: EwsServer) -> Any:
    return account(server, ANNA)


def block(owner: Any, first: date = date(2026, 10, 19), last: date = date(2026, 10, 30), **more: Any) -> Any:
    """Ten minutes at 12.30 on working days; in these two weeks Copenhagen puts its clock back."""
    start = at(first.year, first.month, first.day, 12, 30)
    return event(owner, start, recurrence=weekly(first, last), test_key="block/1", **more).save()


def view(owner: Any, *fields: str) -> list[Any]:
    shown = fields or ("start", "end", "subject", "type")
    return list(owner.calendar.view(start=at(2026, 10, 19), end=at(2026, 11, 7)).only(*shown))


def starts(owner: Any) -> list[datetime]:
    return [datetime.fromisoformat(str(day.start)) for day in view(owner, "start")]


def days_at_1230(*days: int) -> list[datetime]:
    return [wall(2026, 10, day, 12, 30).astimezone(UTC) for day in days]


TWO_WEEKS = (19, 20, 21, 22, 23, 26, 27, 28, 29, 30)


def test_a_series_written_by_impersonation_stands_in_the_calendar_and_nobody_is_told(
    server: EwsServer, anna: Any
) -> None:
    block(anna)
    (item,) = server.mailbox(ANNA).items
    assert (item.subject, item.status, item.property("test key")) == ("AI-tid", "Free", "block/1")
    assert item.start == datetime(2026, 10, 19, 10, 30, tzinfo=UTC)
    assert [server.mailbox(each).received for each in (ANNA, BO, SERVICE)] == [[], [], []]
    assert (server.world.sent, server.mailbox(SERVICE).items) == ([], [])
    assert server.operations() == ["GetFolder", "GetFolder", "CreateItem"]


def test_days_keep_their_wall_clock_when_it_is_put_back(anna: Any) -> None:
    block(anna, date(2026, 10, 22), date(2026, 10, 27))
    assert starts(anna) == [
        datetime(2026, 10, 22, 10, 30, tzinfo=UTC),
        datetime(2026, 10, 23, 10, 30, tzinfo=UTC),
        datetime(2026, 10, 26, 11, 30, tzinfo=UTC),
        datetime(2026, 10, 27, 11, 30, tzinfo=UTC),
    ]


def test_days_keep_their_wall_clock_when_it_is_put_forward(server: EwsServer, anna: Any) -> None:
    block(anna, date(2027, 3, 26), date(2027, 3, 29))
    days = server.mailbox(ANNA).occurrences(wall(2027, 3, 1), wall(2027, 4, 1))
    assert [day.start for day in days] == [
        datetime(2027, 3, 26, 11, 30, tzinfo=UTC),
        datetime(2027, 3, 29, 10, 30, tzinfo=UTC),
    ]


def test_a_deleted_day_is_gone_and_keeps_its_number(anna: Any) -> None:
    series = block(anna)
    view(anna)[1].delete()
    assert starts(anna) == days_at_1230(*(day for day in TWO_WEEKS if day != 20))
    series.refresh()
    assert [str(day.start) for day in series.deleted_occurrences] == ["2026-10-20 10:30:00+00:00"]
    third = series.occurrence(3)
    third.refresh()
    assert third.start == wall(2026, 10, 21, 12, 30)
    with pytest.raises(errors.ErrorCalendarOccurrenceIsDeletedFromRecurrence):
        series.occurrence(2).refresh()
    with pytest.raises(errors.ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange):
        series.occurrence(11).refresh()


def test_a_moved_day_shows_where_it_was_and_what_it_says(server: EwsServer, anna: Any) -> None:
    series = block(anna, body=lib.HTMLBody("<p>series</p>"))
    day = series.occurrence(3)
    day.refresh()
    day.start, day.end, day.body = at(2026, 10, 21, 14, 0), at(2026, 10, 21, 14, 10), lib.HTMLBody("<p>prompt</p>")
    day.save(update_fields=["start", "end", "body"])
    found = view(anna, "original_start")[2]
    assert found.original_start is None  # a search does not tell
    (shown,) = anna.fetch([found], only_fields=["type", "start", "original_start"])
    assert (shown.type, shown.start, shown.original_start) == (
        "Exception", wall(2026, 10, 21, 14, 0), wall(2026, 10, 21, 12, 30),
    )  # fmt: skip
    (item,) = server.mailbox(ANNA).items
    bodies = [each.body for each in item.occurrences(wall(2026, 10, 20), wall(2026, 10, 23))]
    assert bodies == ["<p>series</p>", "<p>prompt</p>", "<p>series</p>"]


def test_a_day_of_a_series_finds_its_master(anna: Any) -> None:
    series = block(anna)
    day = view(anna)[4]
    master = day.recurring_master()
    master.refresh()
    assert (day.type, master.type, master.id) == ("Occurrence", "RecurringMaster", series.id)


def test_a_day_may_not_move_onto_the_next_one(server: EwsServer, anna: Any) -> None:
    block(anna)
    day = view(anna)[0]
    day.start, day.end = at(2026, 10, 20, 9, 0), at(2026, 10, 20, 9, 10)
    with pytest.raises(errors.ErrorOccurrenceCrossingBoundary):
        day.save(update_fields=["start", "end"])
    assert starts(anna) == days_at_1230(*TWO_WEEKS)


def change_two_days(anna: Any) -> Any:
    series = block(anna)
    days = view(anna)
    days[1].delete()
    days[2].subject = "hers"
    days[2].save(update_fields=["subject"])
    return series


def test_new_words_of_a_series_leave_its_changed_days_alone(anna: Any) -> None:
    series = change_two_days(anna)
    series.subject = "Tech-tid"
    series.save(update_fields=["subject"])
    assert [day.subject for day in view(anna)] == ["Tech-tid", "hers", *["Tech-tid"] * 7]


def test_a_new_time_of_a_series_drops_its_changed_days(anna: Any) -> None:
    series = change_two_days(anna)
    series.start, series.end = at(2026, 10, 19, 9, 0), at(2026, 10, 19, 9, 10)
    series.save(update_fields=["start", "end"])
    assert [day.subject for day in view(anna)] == ["AI-tid"] * 10
    assert starts(anna)[0] == wall(2026, 10, 19, 9, 0)


@pytest.mark.parametrize(
    ("keeps", "subjects"), [(False, ["AI-tid"] * 15), (True, ["AI-tid", "hers", *["AI-tid"] * 12])]
)
def test_a_later_end_keeps_changed_days_where_the_server_is_so_minded(
    server: EwsServer, anna: Any, keeps: bool, subjects: list[str]
) -> None:
    server.world.keeps_exceptions_on_extension = keeps
    series = change_two_days(anna)
    series.recurrence = weekly(date(2026, 10, 19), date(2026, 11, 6))
    series.save(update_fields=["recurrence"])
    assert [day.subject for day in view(anna)] == subjects


def test_the_last_day_of_a_series_cannot_be_deleted(anna: Any) -> None:
    block(anna, date(2026, 10, 19), date(2026, 10, 20))
    first, second = view(anna)
    first.delete()
    with pytest.raises(errors.ErrorRecurrenceHasNoOccurrence):
        second.delete()
    assert starts(anna) == days_at_1230(20)


def test_a_deleted_series_is_gone_and_a_binned_one_waits(server: EwsServer, anna: Any) -> None:
    block(anna).delete()
    block(anna).move_to_trash()
    assert [item.folder for item in server.mailbox(ANNA).items] == ["deleteditems"]
    assert starts(anna) == []


def test_a_series_starts_on_the_first_day_of_its_pattern(anna: Any) -> None:
    recurrence = weekly(date(2026, 10, 19), date(2026, 10, 30), ["Wednesday"])
    item = event(anna, at(2026, 10, 19, 12, 30), recurrence=recurrence).save()
    item.refresh()
    assert item.start == wall(2026, 10, 21, 12, 30)


@pytest.mark.parametrize(
    ("pattern", "days"),
    [
        (recurrences.DailyPattern(interval=3), ["2026-01-30", "2026-02-02", "2026-02-05", "2026-02-08"]),
        (recurrences.WeeklyPattern(interval=2, weekdays=["Friday"]), ["2026-01-30", "2026-02-13", "2026-02-27", "2026-03-13"]),
        (recurrences.AbsoluteMonthlyPattern(interval=1, day_of_month=31), ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        (recurrences.RelativeMonthlyPattern(interval=1, weekday="Friday", week_number="Last"), ["2026-01-30", "2026-02-27", "2026-03-27", "2026-04-24"]),
        (recurrences.RelativeMonthlyPattern(interval=1, weekday="Weekday", week_number="First"), ["2026-02-02", "2026-03-02", "2026-04-01", "2026-05-01"]),
        (recurrences.AbsoluteYearlyPattern(day_of_month=29, month="February"), ["2026-02-28", "2027-02-28", "2028-02-29", "2029-02-28"]),
        (recurrences.RelativeYearlyPattern(weekday="Monday", week_number="First", month="June"), ["2026-06-01", "2027-06-07", "2028-06-05", "2029-06-04"]),
    ],
)  # fmt: skip
def test_a_pattern_gives_the_days_that_the_calendar_on_the_wall_gives(
    server: EwsServer, anna: Any, pattern: Any, days: list[str]
) -> None:
    recurrence = recurrences.Recurrence(pattern=pattern, start=lib.EWSDate(2026, 1, 30), number=4)
    event(anna, at(2026, 1, 30, 9, 0), recurrence=recurrence).save()
    found = server.mailbox(ANNA).occurrences(wall(2026, 1, 1), wall(2030, 1, 1))
    assert [str(day.start.date()) for day in found] == days


def test_finding_by_an_extended_property_gives_the_series_and_not_its_days(anna: Any) -> None:
    block(anna)
    event(anna, at(2026, 10, 19, 8, 0), test_key="other", test_label="public").save()
    assert [item.type for item in anna.calendar.filter(test_key="block/1")] == ["RecurringMaster"]
    assert [item.test_key for item in anna.calendar.filter(test_label="public").only("test_key")] == ["other"]
    assert anna.calendar.filter(test_key__startswith="nothing").count() == 0
    assert anna.calendar.filter(test_key__exists=True).count() == 2


def test_finding_comes_in_pages(server: EwsServer, anna: Any) -> None:
    anna.bulk_create(anna.calendar, [event(anna, at(2026, 10, day, 8, 0), subject=str(day)) for day in range(1, 8)])
    query = anna.calendar.all().only("subject").order_by("start")
    query.page_size = 3
    before = len(server.log)
    assert [item.subject for item in query] == ["1", "2", "3", "4", "5", "6", "7"]
    assert server.operations()[before:] == ["FindItem"] * 3


def test_a_view_wider_than_two_years_is_refused(anna: Any) -> None:
    with pytest.raises(errors.ErrorCalendarViewRangeTooBig):
        list(anna.calendar.view(start=at(2026, 1, 1), end=at(2028, 6, 1)).only("start"))


def test_an_item_that_went_is_not_found(server: EwsServer, anna: Any) -> None:
    series = block(anna)
    server.mailbox(ANNA).items.clear()
    (found,) = anna.fetch([(series.id, series.changekey)])
    assert isinstance(found, errors.ErrorItemNotFound)


def meeting(owner: Any, *attendees: str, how: str = SEND, **more: Any) -> Any:
    people = [attendee(address) for address in attendees]
    item = event(owner, at(2026, 11, 3, 10, 0), 20, subject="Stafetten", required_attendees=people, **more)
    return item.save(send_meeting_invitations=how)


def told(deliveries: list[Delivery]) -> list[tuple[str, int, str]]:
    return [(each.method, each.sequence, each.subject) for each in deliveries]


def test_attendees_are_asked_told_of_a_new_time_and_called_off(server: EwsServer) -> None:
    item = meeting(account(server, SERVICE), ANNA, "guest@else.example")
    item.start, item.end = at(2026, 11, 4, 9, 0), at(2026, 11, 4, 9, 20)
    item.save(update_fields=["start", "end"], send_meeting_invitations=SEND)
    item.cancel(new_body="Desværre")
    received = server.mailbox(ANNA).received
    assert told(received) == [("REQUEST", 0, "Stafetten"), ("REQUEST", 1, "Stafetten"), ("CANCEL", 2, "Stafetten")]
    assert [each.start for each in received] == [wall(2026, 11, 3, 10, 0), *[wall(2026, 11, 4, 9, 0)] * 2]
    assert {each.organizer for each in received} == {SERVICE}
    assert len({each.uid for each in received}) == 1
    assert received[2].body == "Desværre"
    assert server.world.elsewhere == {"guest@else.example": received}
    assert [each.folder for each in server.mailbox(SERVICE).items if each.kind == "CalendarItem"] == ["deleteditems"]


def test_the_attendee_has_a_tentative_copy_and_then_a_cancelled_one(server: EwsServer, anna: Any) -> None:
    item = meeting(account(server, SERVICE), ANNA, how="SendOnlyToAll")
    (copy,) = anna.calendar.all()
    assert (copy.uid, copy.legacy_free_busy_status, copy.organizer.email_address) == (
        server.mailbox(SERVICE).items[0].uid, "Tentative", SERVICE,
    )  # fmt: skip
    copy.start = at(2026, 11, 3, 11, 0)
    with pytest.raises(errors.ErrorInvalidPropertySet):
        copy.save(update_fields=["start"])
    with pytest.raises(errors.ErrorCalendarIsNotOrganizer):
        copy.cancel()
    item.delete(send_meeting_cancellations="SendOnlyToAll")
    (copy,) = anna.calendar.all()
    assert (copy.subject, copy.is_cancelled, copy.legacy_free_busy_status) == ("Canceled: Stafetten", True, "Free")


def test_new_words_go_out_under_the_same_sequence(server: EwsServer) -> None:
    item = meeting(account(server, SERVICE), ANNA)
    item.subject = "Stafetten 2"
    item.save(update_fields=["subject"], send_meeting_invitations=SEND)
    assert told(server.mailbox(ANNA).received) == [("REQUEST", 0, "Stafetten"), ("REQUEST", 0, "Stafetten 2")]


def test_a_swap_calls_off_one_and_asks_the_other(server: EwsServer) -> None:
    item = meeting(account(server, SERVICE), ANNA, BO)
    item.required_attendees = [attendee(BO), attendee(CARL)]
    item.save(update_fields=["required_attendees"], send_meeting_invitations=SEND)
    received = [[each.method for each in server.mailbox(address).received] for address in (ANNA, BO, CARL)]
    assert received == [["REQUEST", "CANCEL"], ["REQUEST", "REQUEST"], ["REQUEST"]]


def test_nobody_is_told_of_what_is_sent_to_none(server: EwsServer) -> None:
    item = meeting(account(server, SERVICE), ANNA, how=SILENT)
    item.location = "Kantinen"
    item.save(update_fields=["location"])
    item.delete()
    assert (server.mailbox(ANNA).received, server.mailbox(ANNA).items) == ([], [])


def test_one_day_of_a_meeting_series_is_called_off(server: EwsServer) -> None:
    owner = account(server, SERVICE)
    recurrence = weekly(date(2026, 11, 3), date(2026, 11, 24), ["Tuesday"])
    item = meeting(owner, ANNA, recurrence=recurrence)
    item.occurrence(2).delete(send_meeting_cancellations=SEND)
    request, cancel = server.mailbox(ANNA).received
    assert (request.recurring, request.original) == (True, None)
    assert (cancel.method, cancel.recurring, cancel.original) == ("CANCEL", False, wall(2026, 11, 10, 10, 0))
    days = server.mailbox(ANNA).occurrences(wall(2026, 11, 1), wall(2026, 12, 1))
    assert [day.start.day for day in days] == [3, 17, 24]


def test_what_has_no_attendees_cannot_be_cancelled(anna: Any) -> None:
    with pytest.raises(errors.ErrorInvalidItemForOperationCancelItem):
        block(anna).cancel()


def test_free_and_busy_are_told_without_a_right_to_the_mailbox(server: EwsServer, anna: Any) -> None:
    event(anna, at(2026, 10, 23, 9, 0), 60, legacy_free_busy_status="Busy", subject="before").save()
    event(anna, at(2026, 10, 26, 9, 0), 30, legacy_free_busy_status="OOF", subject="after").save()
    server.impersonation = "none"
    asked = [(ANNA, "Required", False), ("nobody@x.example", "Required", False)]
    window = {"start": at(2026, 10, 23, 8, 0), "end": at(2026, 10, 26, 10, 0)}
    shown, unknown = account(server, SERVICE).protocol.get_free_busy_info(asked, **window)
    events = [(each.start, each.end, each.busy_type, each.details.subject) for each in shown.calendar_events]
    assert events == [
        (wall(2026, 10, 23, 9, 0), wall(2026, 10, 23, 10, 0), "Busy", "before"),
        (wall(2026, 10, 26, 9, 0), wall(2026, 10, 26, 9, 30), "OOF", "after"),
    ]
    assert (shown.merged[:6], shown.merged.count("0"), shown.merged[-2:]) == ("002200", 147, "30")
    assert isinstance(unknown, errors.ErrorMailRecipientNotFound)
    assert server.operations()[-2:] == ["GetServerTimeZones", "GetUserAvailability"]


def test_a_zone_without_changes_has_one_period(anna: Any) -> None:
    zone = lib.EWSTimeZone("Atlantic/Reykjavik")
    (found,) = anna.protocol.get_timezones(timezones=[zone], return_full_timezone_data=True)
    assert (found.id, [period.name for period in found.periods]) == ("Greenwich Standard Time", ["Standard"])


def test_a_zone_with_changes_has_its_yearly_rules(anna: Any) -> None:
    zone = lib.EWSTimeZone("Europe/Copenhagen")
    (found,) = anna.protocol.get_timezones(timezones=[zone], return_full_timezone_data=True)
    (group,) = found.transitions_groups
    rules = [(each.to, each.month, each.day_of_week, each.occurrence, each.offset) for each in group.transitions]
    sunday, last = 7, 5  # as exchangelib numbers them
    assert rules == [
        ("Daylight", 3, sunday, last, timedelta(hours=2)),
        ("Standard", 10, sunday, last, timedelta(hours=3)),
    ]


COPENHAGEN = """<t:TimeZone xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><t:Bias>-60</t:Bias>
<t:StandardTime><t:Bias>0</t:Bias><t:Time>03:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>10</t:Month>
<t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime><t:DaylightTime><t:Bias>-60</t:Bias><t:Time>02:00:00</t:Time>
<t:DayOrder>5</t:DayOrder><t:Month>3</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone>"""


@pytest.mark.parametrize(
    ("moment", "hours"),
    [
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), 1),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), 2),
        (datetime(2026, 10, 25, 0, 59, tzinfo=UTC), 2),
        (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), 1),
    ],
)
def test_a_zone_spelt_out_in_a_request_changes_to_the_minute(moment: datetime, hours: int) -> None:
    zone = request_zone(ElementTree.fromstring(COPENHAGEN))
    assert moment.astimezone(zone).utcoffset() == timedelta(hours=hours)


def test_names_are_resolved_to_mailboxes(server: EwsServer, anna: Any) -> None:
    server.world.add("anna-marie@x.example")

    def found(name: str) -> list[Any]:
        return [getattr(each, "email_address", each) for each in anna.protocol.resolve_names([name])]

    assert found("bo@") == [BO]
    assert found("anna") == [ANNA, "anna-marie@x.example"]
    (nothing,) = anna.protocol.resolve_names(["nobody"])
    assert isinstance(nothing, errors.ErrorNameResolutionNoResults)


MIME = b"From: service@x.example\r\nTo: anna@x.example\r\nBcc: bo@x.example\r\nSubject: Ugens tip\r\nX-Ours: 1\r\n\r\nHej\r\n"


def test_a_letter_leaves_as_it_was_written_and_is_not_kept(server: EwsServer) -> None:
    lib.Message(account=account(server, SERVICE), mime_content=MIME).send(save_copy=False)
    letter = Letter(SERVICE, (ANNA, BO), MIME, "Ugens tip", kept=False)
    assert (server.world.sent, server.mailbox(ANNA).letters, server.mailbox(BO).letters) == (
        [letter],
        [letter],
        [letter],
    )
    assert (server.mailbox(SERVICE).items, server.operations()) == ([], ["CreateItem"])


def test_a_draft_is_sent_and_kept(server: EwsServer) -> None:
    owner = account(server, SERVICE)
    draft = lib.Message(account=owner, folder=owner.drafts, mime_content=MIME).save()
    assert [item.folder for item in server.mailbox(SERVICE).items] == ["drafts"]
    draft.send()
    assert [item.folder for item in server.mailbox(SERVICE).items] == ["sentitems"]
    assert [letter.kept for letter in server.world.sent] == [True]
    assert server.operations()[-1] == "SendItem"


def test_nobody_sends_as_somebody_else(server: EwsServer, anna: Any) -> None:
    with pytest.raises(errors.ErrorSendAsDenied):
        lib.Message(account=anna, mime_content=MIME).send(save_copy=False)
    assert server.world.sent == []


def test_all_folders_are_found_below_the_root(anna: Any) -> None:
    assert sorted(folder.name for folder in anna.msg_folder_root.children) == [
        "Indbakke", "Kalender", "Kladder", "Sendt post", "Slettet post", "Udbakke",
    ]  # fmt: skip


def test_an_old_change_key_conflicts_only_where_it_must(anna: Any) -> None:
    mine = event(anna, at(2026, 10, 19, 8, 0)).save()
    other = anna.calendar.get(subject="AI-tid")
    other.save(update_fields=["subject"])
    mine.location = "Kantinen"
    with pytest.raises(errors.ErrorIrresolvableConflict):
        mine.save(update_fields=["location"], conflict_resolution="NeverOverwrite")
    mine.save(update_fields=["location"])
    assert anna.calendar.get(subject="AI-tid").location == "Kantinen"


def test_several_hundred_mailboxes_keep_apart(server: EwsServer) -> None:
    people = [f"p{number}@x.example" for number in range(300)]
    for address in people:
        server.world.add(address)
    for address in people[::50]:
        block(account(server, address))
    holders = [address for address in people if server.mailbox(address).items]
    assert holders == people[::50]
    assert server.requests_per_mailbox() == dict.fromkeys(holders, 3)
