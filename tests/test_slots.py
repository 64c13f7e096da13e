"""The slots of a relay: single events, one UID for everybody, told person by person and read back by others."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.difference import Change, Publication, changes, intend, park, settle, slot_changes, unpark
from calendars.event import Series, Slot, Words, slot_event, slot_uid
from calendars.feed import document as feed
from calendars.invite import part as invite
from calendars.record import from_publication, to_publication
from tests.calendar_readers import Outlook, lines, occurrences, starts

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UID = slot_uid("it/12", "x.example")
WORDS = Words(summary="AI-stafet", description="Tyve minutter.", location="not this")
SERVICE = ("AI-kultur", "ai@x.example")
YEAR = (date(2027, 1, 1), date(2027, 12, 31))
MAIL = {"a": "invite", "b": "invite", "f": "invite"}
FIRST = "2027-03-18 09:00"


def slot(starts: str = FIRST, zone: str = "Europe/Copenhagen", **values: Any) -> Slot:
    common: dict[str, Any] = {
        "uid": UID,
        "starts": datetime.fromisoformat(starts).replace(tzinfo=ZoneInfo(zone)),
        "minutes": 20,
        "busy": "busy",
        "reminder_minutes": 15,
        "place": "Lokale 4",
    }
    return Slot(**{**common, **values})


class People:
    """What each person's calendar has been told, and shows when letters arrive in it."""

    def __init__(self) -> None:
        self.publications: dict[str, Publication] = {}
        self.outlooks: dict[str, Outlook] = defaultdict(Outlook)
        self.sent: list[Change] = []
        self.bytes: dict[str, bytes] = {}

    def tick(self, wanted: Mapping[str, Slot], now: datetime = NOW, **more: Any) -> tuple[Change, ...]:
        """What is to be told when each of these people should have this slot."""
        by_uid = {(one.uid, person_id): one for person_id, one in wanted.items()}
        recipients = more.get("recipients", {key: f"{key}@x.example" for key in "abf"})
        return slot_changes(by_uid, self.publications, recipients, now, more.get("channels", MAIL))

    def claim(self, change: Change) -> None:
        before = self.publications.get(change.publication)
        assert before is None or before.intended is None
        self.publications[change.publication] = intend(before, change, change.key)
        self.sent.append(change)
        if change.method:
            self.bytes[change.publication] = ics(change)

    def arrive(self, change: Change) -> None:
        if change.method:
            assert ics(change) == self.bytes[change.publication]  # a delivery again is the same, byte for byte
            self.outlooks[change.person_id].receive(ics(change))
        self.publications[change.publication] = settle(self.publications[change.publication])

    def say(self, wanted: Mapping[str, Slot], now: datetime = NOW, **more: Any) -> list[Change]:
        """What is told at `now`; it arrives, and nothing is left to say."""
        told = self.tick(wanted, now, **more)
        for change in told:
            self.claim(change)
            self.arrive(change)
        assert self.tick(wanted, now, **more) == ()
        return list(told)

    def shown(self, person_id: str) -> list[str]:
        return [f"{start:%Y-%m-%d %H:%M}" for start in self.outlooks[person_id].stands(*YEAR)]


def ics(change: Change) -> bytes:
    return invite.part(change, WORDS, SERVICE, (change.person_id, f"{change.person_id}@x.example")).ics


def one(told: list[Change]) -> Change:
    (change,) = told
    return change


def who(told: list[Change]) -> list[tuple[str, str, str | None, int]]:
    return [(change.person_id, change.kind, change.method, change.sequence) for change in told]


# --- a life


def test_a_slot_lives_from_its_creation_over_a_move_and_two_swaps_to_its_cancellation() -> None:
    people, later = People(), "2027-04-01 10:40"
    created = people.say({"a": slot(), "f": slot()})
    assert who(created) == [("a", "create", "REQUEST", 0), ("f", "create", "REQUEST", 0)]
    assert [change.key for change in created] == [f"slot/0.{UID.split('@')[0]}/{person}" for person in "af"]
    assert people.shown("a") == people.shown("f") == ["2027-03-18 08:00"]

    moved = people.say({"a": slot(later), "f": slot(later)}, NOW + DAY)
    assert who(moved) == [("a", "update", "REQUEST", 1), ("f", "update", "REQUEST", 1)]
    assert {(change.stood, change.entry) for change in moved} == {(slot(), slot(later))}
    assert people.shown("a") == people.shown("f") == ["2027-04-01 08:40"]  # the clock has changed

    swapped = people.say({"b": slot(later), "f": slot(later)}, NOW + 2 * DAY)
    assert who(swapped) == [("a", "cancel", "CANCEL", 2), ("b", "create", "REQUEST", 0)]
    assert (people.shown("a"), people.shown("b"), people.shown("f")) == ([], ["2027-04-01 08:40"], ["2027-04-01 08:40"])

    back = people.say({"a": slot(later), "f": slot(later)}, NOW + 3 * DAY)
    assert who(back) == [("a", "create", "REQUEST", 3), ("b", "cancel", "CANCEL", 1)]
    assert (people.shown("a"), people.shown("b")) == (["2027-04-01 08:40"], [])

    gone = people.say({}, NOW + 4 * DAY)
    assert who(gone) == [("a", "cancel", "CANCEL", 4), ("f", "cancel", "CANCEL", 2)]
    assert people.shown("a") == people.shown("b") == people.shown("f") == []
    assert {change.uid for change in people.sent} == {UID}
    assert [change.dtstamp for change in people.sent if change.person_id == "a"] == [NOW + n * DAY for n in range(5)]


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        ("Europe/Copenhagen", "2027-03-26 12:30", "2027-03-26 11:30"),
        ("Europe/Copenhagen", "2027-03-28 12:30", "2027-03-28 10:30"),
        ("Europe/Copenhagen", "2027-10-29 12:30", "2027-10-29 10:30"),
        ("Europe/Copenhagen", "2027-11-01 12:30", "2027-11-01 11:30"),
        ("Atlantic/Faroe", "2027-03-29 12:30", "2027-03-29 11:30"),
        ("America/New_York", "2027-03-15 12:30", "2027-03-15 16:30"),
        ("America/New_York", "2027-11-08 12:30", "2027-11-08 17:30"),
        ("Asia/Kolkata", "2027-07-01 12:30", "2027-07-01 07:00"),
    ],
)
def test_every_reader_sees_the_wall_clock_of_the_meeting_in_an_invite_and_in_a_feed(
    zone: str, at: str, expected: str
) -> None:
    wanted = slot(at, zone)
    change = one(People().say({"a": wanted}))
    for content in (ics(change), feed.calendar("IT", [slot_event(wanted, WORDS)], NOW, "Europe/Copenhagen")):
        (found,) = occurrences(content, *YEAR)
        assert (f"{found[0]:%Y-%m-%d %H:%M}", found[1] - found[0], found[2]) == (
            expected,
            timedelta(minutes=20),
            "AI-stafet",
        )


def test_an_invite_to_a_slot_says_exactly_this() -> None:
    found = lines(ics(one(People().say({"a": slot()}))))
    assert [line for line in found if line.startswith(("BEGIN", "METHOD"))] == [
        "BEGIN:VCALENDAR",
        "METHOD:REQUEST",
        "BEGIN:VTIMEZONE",
        "BEGIN:DAYLIGHT",
        "BEGIN:STANDARD",
        "BEGIN:VEVENT",
        "BEGIN:VALARM",
    ]
    assert sorted(found[found.index("BEGIN:VEVENT") + 1 : found.index("BEGIN:VALARM")]) == sorted(
        [
            f"UID:{UID}",
            "SEQUENCE:0",
            "DTSTAMP:20270301T080000Z",
            "STATUS:CONFIRMED",
            "DTSTART;TZID=Europe/Copenhagen:20270318T090000",
            "DTEND;TZID=Europe/Copenhagen:20270318T092000",
            "SUMMARY:AI-stafet",
            "DESCRIPTION:Tyve minutter.",
            "LOCATION:Lokale 4",
            "ORGANIZER;CN=AI-kultur:mailto:ai@x.example",
            "ATTENDEE;CN=a;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailto:a@x.example",
            "TRANSP:OPAQUE",
            "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
            "X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY",
        ]
    )


def test_a_cancelled_slot_is_named_with_the_time_it_had() -> None:
    people = People()
    people.say({"a": slot()})
    content = ics(one(people.say({}, NOW + HOUR)))
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert (event["STATUS"], event["SEQUENCE"], event.subcomponents) == ("CANCELLED", 1, [])
    assert starts(content, *YEAR) == ["2027-03-18 08:00"]


# --- of several who see each other


def test_what_is_mailed_to_all_goes_as_an_invitation_to_whatever_channel_and_a_leaver_is_told_off() -> None:
    left = UID.partition("@")[0]
    channels = {"a": "invite", "b": "feed", "f": "none"}
    people, told = People(), []
    for wanted, now in (("abf", NOW), ("af", NOW + DAY), ("abf", NOW + 2 * DAY)):
        wishes = {(UID, one): slot() for one in wanted}
        addresses = {key: f"{key}@x.example" for key in "abf"}
        found = slot_changes(wishes, people.publications, addresses, now, channels, mailed={left})
        for change in found:
            people.claim(change)
            people.arrive(change)
        told.append([(one.person_id, one.method, one.sequence) for one in found])
    first, *later = told
    assert first == [("a", "REQUEST", 0), ("b", "REQUEST", 0), ("f", "REQUEST", 0)]
    assert later == [[("b", "CANCEL", 1)], [("b", "REQUEST", 2)]]


def test_an_invitation_names_the_others_who_attend() -> None:
    change = one(People().say({"a": slot()}))
    others = [("Bo; Berg", "b@x.example"), ("", "f@x.example")]
    content = invite.part(change, WORDS, SERVICE, ("Anna", "a@x.example"), others).ics
    asked = "PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailto:"
    assert [line for line in lines(content) if line.startswith("ATTENDEE")] == [
        f"ATTENDEE;CN=Anna;{asked}a@x.example",
        f'ATTENDEE;CN="Bo; Berg";{asked}b@x.example',
        f"ATTENDEE;{asked}f@x.example",
    ]


# --- what is a change


@pytest.mark.parametrize(
    "changed",
    [
        {"starts": "2027-03-18 09:20"},
        {"starts": "2027-03-25 09:00"},
        {"minutes": 15},
        {"busy": "free"},
        {"reminder_minutes": None},
        {"place": "Kantinen"},
        {"zone": "Europe/London"},
    ],
)
def test_time_length_place_and_how_it_is_shown_are_a_change(changed: dict[str, Any]) -> None:
    people = People()
    people.say({"a": slot()})
    assert who(people.say({"a": slot(**changed)}, NOW + HOUR)) == [("a", "update", "REQUEST", 1)]


def test_another_presenter_is_told_to_whoever_keeps_the_slot_and_one_not_remembered_is_no_news() -> None:
    people = People()
    people.say({"f": slot()})  # an older version
    assert people.say({"f": slot(presenter="a")}, NOW + DAY) == []
    people.say({"f": slot(presenter="a", place="Lokale 5")}, NOW + 2 * DAY)
    told = people.say({"f": slot(presenter="b", place="Lokale 5")}, NOW + 3 * DAY)
    assert who(told) == [("f", "update", "REQUEST", 2)]
    assert getattr(one(told).stood, "presenter", "") == "a"


def test_a_new_address_gets_the_slot_that_was_mailed_again_as_one_that_comes() -> None:
    people = People()
    wanted, channels = {"a": slot(), "b": slot()}, {"a": "invite", "b": "feed"}
    for change in people.tick(wanted, channels=channels):
        people.claim(change)
        people.arrive(change)
    found = people.tick(wanted, channels=channels, recipients=dict.fromkeys("ab", "new@x.example"))
    assert who(list(found)) == [("a", "create", "REQUEST", 1)]


def test_another_domain_alone_is_no_change() -> None:
    people = People()
    people.say({"a": slot()})
    other = slot_uid("it/12", "y.example")
    assert people.tick({"a": slot(uid=other)}) == ()
    moved = one(people.say({"a": slot("2027-03-25 09:00", uid=other)}))
    assert (moved.uid, moved.entry.uid, moved.kind) == (UID, UID, "update")


def test_a_change_on_its_way_keeps_the_next_one_of_that_person_waiting() -> None:
    people = People()
    first = people.tick({"a": slot(), "f": slot()})
    people.claim(first[0])
    people.claim(first[1])
    people.arrive(first[1])
    assert who(list(people.tick({"a": slot(minutes=15), "f": slot(minutes=15)}))) == [("f", "update", "REQUEST", 1)]


def test_a_clock_that_went_back_does_not_take_the_stamp_with_it() -> None:
    people = People()
    people.say({"a": slot()})
    assert one(people.say({"a": slot(minutes=15)}, NOW - HOUR)).dtstamp == NOW + timedelta(seconds=1)


def test_what_is_over_is_neither_told_nor_cancelled() -> None:
    ends = datetime(2027, 3, 18, 8, 20, tzinfo=UTC)
    assert People().tick({"a": slot()}, ends) == ()
    people = People()
    people.say({"a": slot()})
    for now, kinds in ((ends, []), (ends - timedelta(seconds=1), ["cancel"])):
        assert [change.kind for change in people.tick({}, now)] == kinds
    assert people.tick({"a": slot(minutes=15)}, ends) == ()


def test_a_slot_that_has_moved_into_the_past_is_cancelled() -> None:
    people = People()
    people.say({"a": slot()})
    change = one(people.say({"a": slot("2027-03-04 09:00")}, NOW + 5 * DAY))
    assert (change.kind, change.entry) == ("cancel", slot())


def test_series_and_slots_do_not_see_each_other() -> None:
    people = People()
    block = Series(
        uid="block-1@x.example",
        first=date(2027, 3, 1),
        until=date(2027, 12, 31),
        start=time(12, 30),
        minutes=10,
        zone="Europe/Copenhagen",
        weekdays=frozenset({1, 2, 3}),
        exdates=frozenset(),
        busy="free",
        reminder_minutes=None,
    )
    (invited,) = changes({"a": block}, {}, {}, NOW, {})
    people.claim(invited)
    people.arrive(invited)
    people.say({"a": slot()})
    assert list(people.publications) == ["block-1@x.example", f"{UID}/a"]
    assert changes({"a": block}, people.publications, {}, NOW, {}) == ()
    assert people.tick({"a": slot()}) == ()


def test_a_slot_outside_a_named_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="must be in a ZoneInfo"):
        replace(slot(), starts=NOW)


def test_the_uid_of_a_slot_tells_nothing() -> None:
    assert (len(UID), UID[:5], UID[-10:], UID.isascii()) == (47, "slot-", "@x.example", True)
    assert len({UID, slot_uid("it/13", "x.example")}) == 2


# --- letters that are refused


def test_a_refused_slot_is_tried_again_only_when_the_wish_or_the_address_changes() -> None:
    people = People()
    (change,) = people.tick({"a": slot()})
    people.claim(change)
    people.publications[change.publication] = park(people.publications[change.publication])
    assert people.tick({"a": slot()}, NOW + DAY) == ()
    assert people.tick({}, NOW + DAY) == ()
    assert who(list(people.tick({"a": slot(minutes=15)}, NOW + DAY))) == [("a", "create", "REQUEST", 1)]
    at_home = list(people.tick({"a": slot()}, NOW + DAY, recipients={"a": "new@x.example"}))
    assert who(at_home) == [("a", "create", "REQUEST", 1)]
    assert who(list(people.tick({"a": slot()}, NOW + DAY, channels={"a": "feed"}))) == [("a", "create", None, 1)]


def test_a_refused_move_does_not_keep_the_cancellation_back() -> None:
    people = People()
    people.say({"a": slot()})
    (move,) = people.tick({"a": slot(minutes=15)})
    people.publications[move.publication] = park(intend(people.publications[move.publication], move, "letter-1"))
    assert who(list(people.tick({}))) == [("a", "cancel", "CANCEL", 2)]


def test_a_letter_sent_again_by_hand_is_the_same_change() -> None:
    people = People()
    (change,) = people.tick({"a": slot()})
    on_its_way = intend(None, change, "letter-0")
    assert unpark(park(on_its_way), "letter-0") == on_its_way
    assert settle(on_its_way).slot == slot()


# --- channels


def test_whoever_has_a_feed_is_told_in_words_and_no_calendar_part_is_made() -> None:
    people = People()
    for channel in ("feed", "none"):
        told = people.tick({"a": slot()}, channels={"a": channel})
        assert [(change.kind, change.method, change.channel) for change in told] == [("create", None, "feed")]
    with pytest.raises(ValueError, match="travels without a calendar part"):
        ics(told[0])


def test_moving_from_feed_to_mail_brings_an_invite_and_back_a_cancellation_and_the_slot_stands_on() -> None:
    people, feed_ = People(), {"a": "feed"}
    people.say({"a": slot()}, channels=feed_)
    to_mail = one(people.say({"a": slot()}, NOW + DAY))
    assert (to_mail.kind, to_mail.method, to_mail.channel, to_mail.stood) == ("update", "REQUEST", "invite", slot())
    assert people.shown("a") == ["2027-03-18 08:00"]
    moved = slot("2027-03-25 09:00")
    to_feed = one(people.say({"a": moved}, NOW + 2 * DAY, channels=feed_))
    assert (to_feed.kind, to_feed.method, to_feed.channel) == ("update", "CANCEL", "feed")
    assert (to_feed.stood, to_feed.entry) == (slot(), moved)
    assert starts(ics(to_feed), *YEAR) == ["2027-03-18 08:00"]
    assert (people.shown("a"), people.publications[f"{UID}/a"].slot) == ([], moved)
    gone = one(people.say({}, NOW + 3 * DAY, channels=feed_))
    assert (gone.kind, gone.method, gone.channel) == ("cancel", None, "feed")


def test_whose_channel_is_not_known_keeps_the_one_they_were_told_on() -> None:
    people = People()
    people.say({"a": slot()})
    assert people.tick({"a": slot()}, channels={}) == ()
    assert who(list(people.tick({"a": slot(minutes=15)}, channels={}))) == [("a", "update", "REQUEST", 1)]


def test_whoever_leaves_is_cancelled_where_they_were_told() -> None:
    people = People()
    people.say({"a": slot(), "b": slot()}, channels={"a": "invite", "b": "feed"})
    told = people.tick({}, NOW + DAY, channels={}, recipients={})
    assert who(list(told)) == [("a", "cancel", "CANCEL", 1), ("b", "cancel", None, 1)]


def test_a_department_s_feed_shows_the_slot_with_its_own_place() -> None:
    content = feed.calendar(
        "IT", [slot_event(slot(place=""), WORDS), slot_event(slot(uid="slot-2@x"), WORDS)], NOW, "Europe/Copenhagen"
    )
    places = [event.get("LOCATION") for event in icalendar.Calendar.from_ical(content).walk("VEVENT")]
    assert places == [None, "Lokale 4"]


# --- records


@pytest.mark.parametrize("state", ["on its way", "arrived", "refused", "cancelled", "on a feed"])
def test_a_publication_comes_back_from_the_store_as_it_went_in(state: str) -> None:
    people = People()
    wanted = slot(zone="America/New_York", reminder_minutes=None, presenter="a/1")
    (change,) = people.tick({"a": wanted}, channels={"a": "feed" if state == "on a feed" else "invite"})
    publication = intend(None, change, "letter-0")
    if state != "on its way":
        publication = park(publication) if state == "refused" else settle(publication)
    if state == "cancelled":
        people.publications[publication.key] = publication
        publication = intend(publication, people.tick({})[0], "letter-1")
    found = to_publication(json.loads(json.dumps(from_publication(publication))))
    assert found == publication
    stands = [one.entry for one in (found, found.intended, found.parked) if one and one.entry]
    assert [getattr(one, "zone", "") for one in stands] == ["America/New_York"]


# --- whatever happens


SLOTS = st.none() | st.builds(
    slot,
    st.sampled_from([FIRST, "2027-03-28 02:30", "2027-04-01 10:40", "2027-10-31 02:30"]),
    minutes=st.sampled_from([15, 20]),
    place=st.sampled_from(["", "Lokale 4"]),
    presenter=st.sampled_from(["a", "b"]),
)
PEOPLE = st.fixed_dictionaries({"a": SLOTS, "b": SLOTS})
CHANNELS = st.fixed_dictionaries({key: st.sampled_from(["feed", "invite", "none"]) for key in "ab"})
STEP = st.fixed_dictionaries(
    {
        "wanted": PEOPLE,
        "channels": CHANNELS,
        "seconds": st.sampled_from([-600, 0, 1, 3600, 86_400, 40 * 86_400]),
        "outcome": st.sampled_from(["sent", "refused", "open"]),
    }
)


@given(st.lists(STEP, min_size=1, max_size=8))
def test_calendars_show_what_is_wanted_whatever_happened_before(steps: list[dict[str, Any]]) -> None:
    people, now, open_ = People(), NOW, dict[str, Change]()
    for step in steps:
        now += timedelta(seconds=step["seconds"])
        wanted = {key: one for key, one in step["wanted"].items() if one}
        for change in people.tick(wanted, now, channels=step["channels"]):
            people.claim(change)
            if step["outcome"] == "sent":
                people.arrive(change)
            elif step["outcome"] == "refused":
                people.publications[change.publication] = park(people.publications[change.publication])
            else:
                open_[change.publication] = change
    for change in open_.values():
        if people.publications[change.publication].intended:
            people.arrive(change)
    for key, publication in people.publications.items():
        people.publications[key] = replace(publication, parked=None)
    people.say(wanted, now, channels=step["channels"])
    for person_id in "ab":
        check(people, person_id, wanted.get(person_id), step["channels"][person_id], now)


def check(people: People, person_id: str, wanted: Slot | None, channel: str, now: datetime) -> None:
    sent = [change for change in people.sent if change.person_id == person_id]
    assert [change.sequence for change in sent] == list(range(len(sent)))
    assert all(earlier.dtstamp < later.dtstamp for earlier, later in pairwise(sent))
    publication = people.publications.get(f"{UID}/{person_id}")
    stands = publication.slot if publication else None
    to_come = wanted if wanted and wanted.ends > now else None
    assert (stands if stands and stands.ends > now else None) == to_come
    coming = [start for start in people.outlooks[person_id].stands(*YEAR) if start + timedelta(minutes=20) > now]
    if channel != "invite" or to_come is None:
        assert coming == []
    else:
        assert coming == [to_come.starts.astimezone(UTC)]
