"""A turn's slot as a meeting that a calendar server sends, Exchange and Microsoft 365 alike: what those who are invited
receive, as the server has it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from calendars.channel import ChannelError
from calendars.event import Slot
from calendars.server.in_memory import InMemoryCalendar
from calendars.server.meeting import Guests, MeetingState, MeetingWords, hold, same
from culture.relay import acts as relay_acts
from culture.relay.acts import Request
from culture.relay.turns import Turn
from service.answers.status import status_value
from service.engine.carry_out import call_all
from service.engine.engine import Engine
from service.relay.records import relay_records
from service.relay.turn_acts import perform
from tests import ews
from tests.ews import SERVICE, Delivery, EwsServer
from tests.exchange_values import Clock, address, session
from tests.graph import GraphServer
from tests.graph_values import graph_session
from tests.server_office import session_on
from tests.server_values import KINDS, MICROSOFT365, Kind, kind_of, operations, write_server
from tests.service_values import live, make_engine, tick_believed

pytestmark = pytest.mark.slow

MONDAY = datetime(2027, 1, 4, 6, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LANGUAGES = {"1": "da", "2": "en", "3": "da", "9": "en"}

RELAY = """
[relay]
starts = 2026-11-30
enabled = {enabled}
settle_days = 0
[departments.plan.meeting]
weekday = "thursday"
time = "09:00"
minutes = 60
place = "Lokale 2"
changes = [{changes}]
"""


@dataclass
class Place:
    """An organisation with a relay, and the server that its meetings are in. Nobody has a block."""

    folder: Path
    server: Any  # of either kind
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.people("1", "2", "3")
        self.edit()
        self.engine: Engine = make_engine(self.folder)
        self.session = session_on(self.server, self.clock, 5)
        (self.caller,) = self.engine.servers.make_callers(lambda _: self.session)

    def people(self, *numbers: str) -> None:
        rows = "".join(f"{n};Person {n};{address(int(n))};plan;{LANGUAGES[n]}\n" for n in numbers)
        (self.folder / "people.csv").write_text(f"number;name;email;department;language\n{rows}", "utf-8")

    def edit(self, changes: str = "", *, enabled: bool = True, facilitator: str = "", place: str = "Lokale 2") -> None:
        write_server(self.folder, self.server, vitamin="enabled = false")
        file = self.folder / "config.toml"
        text = file.read_text("utf-8") + RELAY.format(changes=changes, enabled=str(enabled).lower())
        text = text.replace("Lokale 2", place)
        if facilitator:
            text = text.replace('name = "Plan"', f'name = "Plan"\nfacilitator = "{facilitator}"')
        file.write_text(text, "utf-8")

    def asked(self, now: datetime) -> list[str]:
        """One round of the service, approved, without its letters; what the server was asked for."""
        before = len(self.server.log)
        tick_believed(self.engine, now)
        call_all(self.engine, [self.caller], lambda: now)
        return operations(self.server, before)

    @property
    def kind(self) -> Kind:
        return kind_of(self.server)

    def failing(self) -> list[tuple[str, str]]:
        found = status_value(self.engine, MONDAY)[self.kind.channel]["failing"]
        return [(one["said"], one["who"]) for one in found]

    def turn(self, number: int = 1) -> Turn:
        return relay_records(self.engine.stored).turns[f"plan-{number}"]

    def got(self, person: str) -> list[Delivery]:
        received: list[Delivery] = self.server.mailbox(address(int(person))).received
        return received

    def told(self, person: str) -> list[tuple[str, int, str]]:
        """Method, sequence and beginning (UTC) of everything that a person received."""
        return [(one.method, one.sequence, f"{one.start:%Y-%m-%d %H:%M}") for one in self.got(person)]

    def everything(self) -> int:
        return sum(len(self.got(person)) for person in LANGUAGES)


@pytest.fixture(params=KINDS, ids=lambda kind: kind.channel)
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Place]:
    with request.param.make([address(int(n)) for n in LANGUAGES]) as server:
        made = Place(tmp_path, server)
        yield made
        made.session.close()
        made.engine.close()
    assert (server.refused, server.misspoken) == ([], [])


# What the engine asks for is the same of either server: that a server does it is seen where both are asked.
one_server = pytest.mark.parametrize("place", [MICROSOFT365], indirect=True, ids=["microsoft365"])


# --- on the server

REQUESTS = {
    "exchange": {
        "find": "FindItem",
        "read": "GetItem",
        "create": "CreateItem",
        "change": "UpdateItem",
        "cancel": "CreateItem",
    },
    "microsoft365": {
        "find": "GET events",
        "read": "GET events/{id}",
        "create": "POST events",
        "change": "PATCH events/{id}",
        "cancel": "POST events/{id}/cancel",
    },
}
ASKED = {
    "exchange": {"ResolveNames": 1, "FindItem": 2, "CreateItem": 2},
    "microsoft365": {"GET events": 2, "POST events": 2},
}


def unasked(item: Any) -> bool:
    """Whether nobody is asked for an answer or for another time."""
    if isinstance(item, ews.Item):
        return item.text("IsResponseRequested") == "0"
    told = ("responseRequested", "allowNewTimeProposals", "hideAttendees")
    return [item.fields[name] for name in told] == [False] * 3


def test_a_turn_is_announced_to_its_presenter_in_their_language_with_time_and_place(place: Place) -> None:
    assert Counter(place.asked(MONDAY)) == ASKED[place.kind.channel]
    for number, day in ((1, "2027-01-21"), (2, "2027-01-28")):
        presenter = place.turn(number).presenter
        (one,) = place.got(presenter)
        assert place.told(presenter) == [("REQUEST", 0, f"{day} 08:00")]
        assert (one.end - one.start, one.location, one.organizer) == (timedelta(minutes=20), "Lokale 2", SERVICE)
        danish = LANGUAGES[presenter] == "da"
        assert one.subject.startswith("AI-stafet: " if danish else "AI relay: ")
        assert "Lokale 2" in one.body
        assert ('lang="da"' in one.body, 'lang="en"' in one.body) == (danish, not danish)
    for item in place.server.mailbox(SERVICE).calendar:
        assert unasked(item)
    assert place.everything() == 2


@one_server
def test_nobody_is_told_twice_however_often_the_service_looks(place: Place) -> None:
    place.asked(MONDAY)
    before = place.everything()
    assert [place.asked(MONDAY + n * HOUR) for n in (1, 8, 24)] == [[]] * 3
    assert place.everything() == before


@one_server
def test_the_facilitator_is_told_of_the_same_turn_in_a_meeting_of_their_own(place: Place) -> None:
    place.people("1", "2", "3", "9")
    place.edit(facilitator=address(9))
    for n in range(2):
        place.asked(MONDAY + n * DAY)
    first = place.turn(1).presenter
    assert ("REQUEST", 0, "2027-01-21 08:00") in place.told("9")
    assert place.told(first)[0] == ("REQUEST", 0, "2027-01-21 08:00")
    assert {one.subject.partition(":")[0] for one in place.got("9")} == {"AI relay"}
    assert {one.uid for one in place.got("9")}.isdisjoint({one.uid for one in place.got(first)})


@one_server
def test_a_facilitator_is_told_who_presents_after_a_swap_in_the_meeting_they_have(place: Place) -> None:
    place.people("1", "2", "3", "9")
    place.edit(facilitator=address(9))
    place.asked(MONDAY)
    first, second = place.turn(1), place.turn(2)
    one, two = first.presenter, second.presenter
    before = place.told("9")
    asks, says = Request(by=one, at=MONDAY), Request(by=two, at=MONDAY)
    perform(place.engine, lambda made, all_: relay_acts.offer(made, all_, first.id, two, asks), MONDAY)
    perform(place.engine, lambda made, all_: relay_acts.accept(made, all_, first.id, two, says), MONDAY)
    place.asked(MONDAY + timedelta(minutes=10))
    assert len(before) == 2
    assert "9" not in (one, two)
    again = place.got("9")[2:]
    assert sorted(place.told("9")[2:]) == [("REQUEST", 1, "2027-01-21 08:00"), ("REQUEST", 1, "2027-01-28 08:00")]
    for delivery, presenter in zip(sorted(again, key=lambda sent: sent.start), (two, one), strict=True):
        assert f"Person {presenter}" in delivery.body
    assert [place.asked(MONDAY + n * DAY) for n in (1, 2)] == [[], []]


def test_a_turn_is_swapped_moved_and_cancelled_and_everybody_hears_of_it_once(place: Place) -> None:
    place.asked(MONDAY)
    first, second = place.turn(1), place.turn(2)
    one, two = first.presenter, second.presenter
    asks, says = Request(by=one, at=MONDAY), Request(by=two, at=MONDAY)
    perform(place.engine, lambda made, all_: relay_acts.offer(made, all_, first.id, two, asks), MONDAY)
    perform(place.engine, lambda made, all_: relay_acts.accept(made, all_, first.id, two, says), MONDAY)
    assert place.asked(MONDAY + timedelta(minutes=9)) == []  # somebody may still think better of it
    place.asked(MONDAY + timedelta(minutes=10))
    assert place.asked(MONDAY + DAY) == []
    assert sorted(place.told(one)[1:]) == [("CANCEL", 1, "2027-01-21 08:00"), ("REQUEST", 0, "2027-01-28 08:00")]
    assert sorted(place.told(two)[1:]) == [("CANCEL", 1, "2027-01-28 08:00"), ("REQUEST", 0, "2027-01-21 08:00")]

    place.edit("{ on = 2027-01-21, to = 2027-01-22T10:00:00 }")
    place.asked(MONDAY + 3 * DAY)
    assert place.told(two)[-1] == ("REQUEST", 1, "2027-01-22 09:00")

    place.edit("{ on = 2027-01-21, cancelled = true }")
    place.asked(MONDAY + 4 * DAY)
    assert place.told(two)[-1] == ("REQUEST", 2, "2027-01-28 08:20")
    assert (len(place.told(one)), len(place.told(two))) == (3, 5)
    assert len({delivery.uid for delivery in place.got(two)}) == 2
    assert place.asked(MONDAY + 4 * DAY + HOUR) == []


def test_a_new_room_is_told_and_new_words_alone_are_not(place: Place) -> None:
    place.asked(MONDAY)
    place.edit(place="Lokale 7")
    place.asked(MONDAY + DAY)
    presenter = place.turn(1).presenter
    assert [one.location for one in place.got(presenter)] == ["Lokale 2", "Lokale 7"]
    text = (place.folder / "config.toml").read_text("utf-8")
    (place.folder / "config.toml").write_text(text.replace("Det har du.", "Det har du selv."), "utf-8")
    assert place.asked(MONDAY + 2 * DAY) == []


def test_a_relay_that_ends_calls_its_meetings_off_with_words_for_each_reader(place: Place) -> None:
    place.asked(MONDAY)
    assert [place.turn(number).presenter for number in (1, 2)] == ["2", "1"]
    place.edit(enabled=False)
    place.asked(MONDAY + DAY)
    assert place.told("2")[-1] == ("CANCEL", 1, "2027-01-21 08:00")
    assert place.told("1")[-1] == ("CANCEL", 1, "2027-01-28 08:00")
    assert "The AI relay has stopped in Plan. If it starts again, you will hear from us." in place.got("2")[-1].body
    assert "stafetten i Plan er stoppet. Går den i gang igen, hører du fra os." in place.got("1")[-1].body
    assert place.server.mailbox(SERVICE).calendar == []
    assert place.asked(MONDAY + 2 * DAY) == []


@one_server
def test_the_meeting_of_somebody_who_left_is_called_off(place: Place) -> None:
    place.asked(MONDAY)
    gone = place.turn(1).presenter
    place.people(*(number for number in ("1", "2", "3") if number != gone))
    for n in (1, 2, 3):
        place.asked(MONDAY + n * DAY)
    assert place.told(gone)[-1] == ("CANCEL", 1, "2027-01-21 08:00")
    assert place.turn(1).state == "withdrawn"


@one_server
def test_a_meeting_waits_for_the_sending_window(place: Place) -> None:
    night = datetime(2027, 1, 4, 2, 0, tzinfo=UTC)
    place.asked(night)
    assert place.everything() == 0
    place.asked(MONDAY)
    assert place.everything() == 2


@one_server
def test_a_meeting_that_is_over_stays_in_calendars(place: Place) -> None:
    place.asked(MONDAY)
    before = place.told(place.turn(1).presenter)
    presenter = place.turn(1).presenter
    for n in (0, 3, 10, 17, 18):  # with its letters: a turn of which nobody was told is moved
        live(place.engine, MONDAY + n * DAY, believed=True)
        place.asked(MONDAY + n * DAY)
    assert place.turn(1).state == "held"
    assert [one for one in place.told(presenter) if one[2] == "2027-01-21 08:00"] == before


@pytest.mark.parametrize("what", ["cut", "lost", "503"])
def test_what_was_announced_moved_and_cancelled_with_its_reply_lost_is_told_once(place: Place, what: str) -> None:
    def rounds(now: datetime, step: str, otherwise: str) -> None:
        operation = REQUESTS[place.kind.channel][otherwise if what == "503" else step]
        place.server.add_faults(place.kind.fault(what, operation=operation))
        for n in range(3):
            place.asked(now + n * HOUR)
            place.clock.seconds += 3600

    rounds(MONDAY, "create", "find")
    presenters = [place.turn(number).presenter for number in (1, 2)]
    assert [[method for method, _, _ in place.told(one)] for one in presenters] == [["REQUEST"]] * 2
    assert len(place.server.mailbox(SERVICE).calendar) == 2
    place.edit("{ on = 2027-01-21, to = 2027-01-22T10:00:00 }")
    rounds(MONDAY + DAY, "change", "read")
    assert place.told(presenters[0]) == [("REQUEST", 0, "2027-01-21 08:00"), ("REQUEST", 1, "2027-01-22 09:00")]
    assert len(place.told(presenters[1])) == 1
    place.edit(enabled=False)
    rounds(MONDAY + 2 * DAY, "cancel", "read")
    assert [[method for method, _, _ in place.told(one)][-2:] for one in presenters] == [["REQUEST", "CANCEL"]] * 2
    assert [len(place.told(one)) for one in presenters] == [3, 2]
    assert place.asked(MONDAY + 4 * DAY) == []


def test_a_meeting_that_the_server_refuses_is_said_and_the_other_one_is_sent(place: Place) -> None:
    refused = place.kind.fault("ErrorInvalidRecipients", operation=REQUESTS[place.kind.channel]["create"])
    place.server.add_faults(refused)
    place.asked(MONDAY)
    ((said, who),) = place.failing()
    assert said.partition(" (")[0] == f"{SERVICE}: the address is not accepted"
    assert place.everything() == 1
    assert who in {address(int(place.turn(number).presenter)) for number in (1, 2)}
    place.asked(MONDAY + DAY)
    assert (place.everything(), place.failing()) == (2, [])


@pytest.mark.parametrize(("keep", "copies"), [(False, 0), (True, 1)])
def test_a_cancellation_is_two_requests_and_leaves_a_copy_only_where_it_is_asked_for(
    tmp_path: Path, keep: bool, copies: int
) -> None:
    with EwsServer([address(1)]) as server:
        shared = session(server, keep_sent=keep)
        calendar = shared.calendar(SERVICE)
        item = calendar.create_meeting("slot-1", SLOT, said("<p>Torsdag</p>"), [address(1)], 0)
        before = len(server.log)
        calendar.cancel_meeting(item, said("<p>Aflyst</p>"))
        shared.close()
        assert server.operations()[before:] == ["GetItem", "CreateItem"]
        assert [(one.method, one.body) for one in server.mailbox(address(1)).received][1:] == [
            ("CANCEL", "<p>Aflyst</p>")
        ]
        assert len(server.mailbox(SERVICE).inside("sentitems")) == copies
        assert (server.refused, server.misspoken) == ([], [])


def test_in_microsoft_365_a_cancellation_is_one_request_with_words_as_text() -> None:
    with GraphServer([address(1)]) as server:
        shared = graph_session(server)
        calendar = shared.calendar(SERVICE)
        item = calendar.create_meeting("slot-1", SLOT, said("<p>Torsdag</p>"), [address(1)], 0)
        before = len(server.log)
        calendar.cancel_meeting(item, replace(WORDS, text="Aflyst"))
        assert server.operations()[before:] == ["POST events/{id}/cancel"]
        assert [(one.method, one.body) for one in server.mailbox(address(1)).received][1:] == [("CANCEL", "Aflyst")]
        assert calendar.find("slot-1") == []
        shared.close()
        assert (server.refused, server.misspoken) == ([], [])


def test_in_microsoft_365_only_who_joins_or_leaves_is_told() -> None:
    with GraphServer([address(n) for n in range(1, 5)]) as server:
        shared = graph_session(server)
        calendar = shared.calendar(SERVICE)
        item = calendar.create_meeting("slot-9", SLOT, WORDS, [address(1), address(2)], 0)
        assert sorted(calendar.read_guests(item)) == [address(1), address(2)]
        calendar.change_guests(item, [address(2), address(3)])
        calendar.change_meeting(item, LATER, WORDS, [address(3), address(4)])
        assert sorted(calendar.read_guests(item)) == [address(3), address(4)]
        found = calendar.read_meeting(item)
        shared.close()
        assert (found and found.starts, server.refused, server.misspoken) == (LATER.starts, [], [])
        told = {n: [one.method for one in server.mailbox(address(n)).received] for n in range(1, 5)}
        assert told == {1: ["REQUEST", "CANCEL"], 2: ["REQUEST", "CANCEL"], 3: ["REQUEST", "REQUEST"], 4: ["REQUEST"]}


def test_in_microsoft_365_a_meeting_in_deleted_items_is_none_though_its_id_leads_there() -> None:
    with GraphServer([address(1)]) as server:
        shared = graph_session(server)
        calendar, box, noted = shared.calendar(SERVICE), server.mailbox(SERVICE), list[MeetingState]()
        guests = Guests(addresses=(address(1),))
        stands = hold(NEW, SLOT, WORDS, guests, calendar, noted.append)
        box.throw_away(box.items[0])
        assert calendar.read_meeting(stands.item) is not None
        after = hold(stands, LATER, WORDS, guests, calendar, noted.append)
        shared.close()
        assert (after.item != stands.item, [one.start for one in box.items]) == (True, [LATER.starts])


# --- the steps, on paper

SLOT = Slot(
    uid="slot-1",
    starts=datetime(2027, 1, 14, 9, 0, tzinfo=ZoneInfo("Europe/Copenhagen")),
    minutes=20,
    busy="busy",
    reminder_minutes=None,
    place="Lokale 2",
    presenter="1",
)
LATER = replace(SLOT, starts=SLOT.starts + DAY)
NEW = MeetingState(key="slot-1/1", person_id="1", subject="plan-1")
TOGETHER = MeetingState(key="slot-2/", person_id="", subject="2027-02")
WORDS = MeetingWords(title="AI-stafet", html="<p>Hej</p>", text="Hej")


def said(html: str) -> MeetingWords:
    return replace(WORDS, html=html)


@dataclass
class Desk:
    """The service's calendar, what is known of a meeting in it, and what was noted before each write."""

    calendar: InMemoryCalendar = field(default_factory=InMemoryCalendar)
    known: MeetingState = NEW
    noted: list[MeetingState] = field(default_factory=list)

    def hold(self, wanted: Slot | None, *ids: str) -> MeetingState:
        """Of one, or of those with these ids together."""
        guests = Guests(addresses=tuple(address(int(one)) for one in ids or "1"), ids=ids)
        self.known = hold(self.known, wanted, WORDS, guests, self.calendar, self.noted.append)
        return self.known

    @property
    def guests(self) -> list[tuple[str, ...]]:
        return [self.calendar.guests[item] for item in self.calendar.meetings]


def test_a_meeting_is_noted_before_it_is_written_and_known_afterwards() -> None:
    desk = Desk()
    assert desk.hold(SLOT) == replace(NEW, item="paper-0", stands=SLOT, calls=1)
    assert desk.noted == [replace(NEW, intended=SLOT)]
    assert desk.hold(LATER) == replace(NEW, item="paper-0", stands=LATER, calls=2)
    assert desk.hold(None) == replace(NEW, calls=3)
    assert desk.calendar.meetings == {}


def test_a_meeting_that_was_written_already_is_found_by_its_key_and_not_sent_again() -> None:
    desk = Desk()
    desk.hold(SLOT)
    desk.known = replace(NEW, intended=SLOT)  # the answer was lost
    assert desk.hold(SLOT) == replace(NEW, item="paper-0", stands=SLOT, calls=1)
    assert (len(desk.noted), list(desk.calendar.meetings)) == (1, ["paper-0"])


def test_a_meeting_that_somebody_took_out_of_the_calendar_is_sent_anew() -> None:
    desk = Desk()
    desk.hold(SLOT)
    desk.calendar.meetings.clear()
    assert desk.hold(LATER).item == "paper-1"
    desk.calendar.meetings.clear()
    assert desk.hold(None) == replace(NEW, calls=3)


def test_what_failed_before_is_forgotten_when_it_succeeds() -> None:
    desk = Desk(known=replace(NEW, attempts=3, said="full", next_try=MONDAY))
    assert desk.hold(SLOT) == replace(NEW, item="paper-0", stands=SLOT, calls=1)


def test_a_refusal_leaves_what_was_noted() -> None:
    class Full(InMemoryCalendar):
        def change_meeting(self, item: str, slot: Slot, words: MeetingWords, addresses: Sequence[str]) -> None:
            raise ChannelError("full")

    desk = Desk(calendar=Full())
    before = desk.hold(SLOT)
    with pytest.raises(ChannelError):
        desk.hold(LATER)
    assert desk.noted[-1] == replace(before, intended=LATER)


# --- of several who see each other


def test_a_meeting_of_several_is_one_and_knows_who_is_invited() -> None:
    desk = Desk(known=TOGETHER)
    assert desk.hold(SLOT, "1", "2") == replace(TOGETHER, item="paper-0", stands=SLOT, calls=1, invited=("1", "2"))
    assert desk.hold(SLOT, "2", "3").invited == ("2", "3")
    assert desk.guests == [(address(2), address(3))]
    assert (desk.hold(LATER, "2", "3", "4").stands, desk.guests) == (LATER, [tuple(map(address, (2, 3, 4)))])
    assert (desk.hold(None), desk.calendar.meetings) == (replace(TOGETHER, calls=4), {})


def test_who_was_invited_by_a_call_whose_answer_was_lost_is_not_asked_again() -> None:
    class Counting(InMemoryCalendar):
        def change_guests(self, item: str, addresses: Sequence[str]) -> None:
            super().change_guests(item, addresses)
            written.append(tuple(addresses))

    written: list[tuple[str, ...]] = []
    desk = Desk(calendar=Counting(), known=TOGETHER)
    before = desk.hold(SLOT, "1", "2")
    desk.hold(SLOT, "1", "3")
    desk.known = replace(before, intended=SLOT)  # the answer to that was lost
    assert (desk.hold(SLOT, "1", "3").invited, len(written)) == (("1", "3"), 1)
    desk.known = replace(before, intended=SLOT)
    assert (desk.hold(SLOT, "1", "2").invited, len(written)) == (("1", "2"), 2)


@pytest.mark.parametrize(("tells_all", "stays"), [(True, 1), (False, 0)])
def test_on_the_server_who_joins_is_invited_and_who_leaves_is_told_off(
    tmp_path: Path, tells_all: bool, stays: int
) -> None:
    with EwsServer([address(n) for n in range(1, 5)]) as server:
        server.world.tells_all = tells_all
        shared = session(server)
        calendar = shared.calendar(SERVICE)
        item = calendar.create_meeting("slot-9", SLOT, WORDS, [address(1), address(2)], 0)
        assert sorted(calendar.read_guests(item)) == [address(1), address(2)]
        calendar.change_guests(item, [address(2), address(3)])
        assert sorted(calendar.read_guests(item)) == [address(2), address(3)]
        calendar.change_meeting(item, LATER, WORDS, [address(3), address(4)])
        shared.close()
        told = {n: [one.method for one in server.mailbox(address(n)).received] for n in range(1, 5)}
        assert told == {
            1: ["REQUEST", "CANCEL"],
            2: ["REQUEST", *["REQUEST"] * stays, "CANCEL"],
            3: ["REQUEST", "REQUEST"],
            4: ["REQUEST"],
        }
        uids = {one.uid for n in range(1, 5) for one in server.mailbox(address(n)).received}
        assert (len(uids), server.refused, server.misspoken) == (1, [], [])


@pytest.mark.parametrize(
    ("change", "is_same"),
    [
        ({}, True),
        ({"starts": SLOT.starts.astimezone(ZoneInfo("UTC"))}, True),
        ({"uid": ""}, True),
        ({"busy": "free"}, True),
        ({"presenter": ""}, True),  # nothing is known of it
        ({"presenter": "2"}, False),
        ({"starts": LATER.starts}, False),
        ({"minutes": 15}, False),
        ({"place": ""}, False),
    ],
    ids=str,
)
def test_a_meeting_is_the_same_at_the_same_time_and_place(change: dict[str, object], is_same: bool) -> None:
    assert same(replace(SLOT, **change), SLOT) is is_same  # type: ignore[arg-type]  # fields of a slot
