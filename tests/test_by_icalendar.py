"""What our own writer makes of every kind of change and of odd people, byte for byte against icalendar.

And read back by the independent readers, for icalendar may be wrong as well.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo, available_timezones

import icalendar
import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream
from icalendar.timezone.tzid import is_utc

from calendars.difference import Change, Publication, changes, intend, settle, slot_changes
from calendars.event import Event, Series, Slot, Words, slot_event
from calendars.feed import document as feed
from calendars.icalendar_text import one_line, plain
from calendars.invite import part as invite
from calendars.zone import AS_UTC
from culture.vitamin.block import Busy
from tests.calendar_readers import HOSTILE, lines, occurrences
from tests.examples import some
from tests.oracles import by_icalendar

pytestmark = pytest.mark.slow

NOW = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
SERVICE = ("AI-kultur · Styrelsen", "ai@x.example")
YEAR = (date(2027, 1, 1), date(2027, 12, 31))

SERIES = Series(
    uid="block-1@x.example",
    first=date(2027, 3, 24),
    until=date(2027, 4, 9),
    start=time(12, 30),
    minutes=10,
    zone="Europe/Copenhagen",
    weekdays=frozenset({1, 2, 3, 4, 5}),
    exdates=frozenset({date(2027, 3, 26), date(2027, 3, 25)}),
    busy="free",
    reminder_minutes=5,
)
SLOT = Slot(
    uid="slot-1@x.example",
    starts=datetime(2027, 3, 18, 9, 0, tzinfo=ZoneInfo("Europe/Copenhagen")),
    minutes=20,
    busy="busy",
    reminder_minutes=15,
    place="Lokale 4; kælder",
)


def of_series(series: Series, then: Series) -> Iterator[Change]:
    """The changes that create a series, make another of it, and cancel that."""
    publications: dict[str, Publication] = {}
    wishes: tuple[Mapping[str, Series], ...] = ({"7": series}, {"7": then}, {})
    for hours, wanted in enumerate(wishes):
        (change,) = changes(wanted, publications, {}, NOW + timedelta(hours=hours), {})
        publications[change.uid] = settle(intend(publications.get(change.uid), change, f"letter-{hours}"))
        yield change


def of_slot(slot: Slot, then: Slot, last_channel: str = "invite") -> Iterator[Change]:
    """The same for a slot. With `feed` as the last channel it is not cancelled but moves there."""
    publications: dict[str, Publication] = {}
    key, address = (slot.uid, "7"), {"7": "aase@x.example"}
    wishes = ({key: slot}, {key: then}, {key: then} if last_channel == "feed" else {})
    for hours, (wanted, channel) in enumerate(zip(wishes, ("invite", "invite", last_channel), strict=True)):
        (change,) = slot_changes(wanted, publications, address, NOW + timedelta(hours=hours), {"7": channel})
        publications[change.publication] = settle(intend(publications.get(change.publication), change, "letter"))
        yield change


CHANGES = [
    *of_series(SERIES, replace(SERIES, start=time(8, 0), exdates=frozenset(), reminder_minutes=None)),
    *of_slot(SLOT, replace(SLOT, minutes=40, place="", reminder_minutes=0)),
    list(of_slot(SLOT, replace(SLOT, place="Zoom, https://x.example/?a;b"), "feed"))[-1],
]
KINDS = [f"{change.of} {change.kind} {change.method}" for change in CHANGES]

ODD = [
    "Åse Ærø Østergård",
    'Mette "Met" Lund; IT, drift: 2^n',
    "O’Neill, Sinéad",
    "C:\\Nyt\\Noter \\n \\; \\, \\\\",
    "👩‍👩‍👧 🇩🇰 😀",
    "אורלי כהן",
    "محمد \u202eعلي\u202c ",
    "x" * 300,
    "å" * 300,
    "a" * 59 + "😀" * 40,
    "\\" * 80,
    "^" * 80,
    "tab\tand\x0bnul\x00and\x85\u2028\u2029\ud800",
    "line\r\nline\rline\nline",
    *HOSTILE,
]


def odd_text(chance: random.Random) -> str:
    """One of the odd, some of them in a row, or any characters whatever."""
    if chance.random() < 0.5:
        return " ".join(chance.choices(ODD[:14], k=chance.choice((1, 1, 1, 2, 3))))
    alphabet = "abcæøåÆØÅ \"',;:\\^nN\n\r\t😀🇩אم\u202e\u00a0\x07\u2019é"
    return "".join(chance.choices(alphabet, k=chance.randrange(90)))


def both(change: Change, words: Words, name: str = "Åse Ærø") -> tuple[bytes, bytes]:
    """An invitation by our writer and by icalendar."""
    attendee = (name, "aase@x.example")
    return (
        invite.part(change, words, SERVICE, attendee).ics,
        by_icalendar.invitation(change, words, SERVICE, attendee),
    )


def words(text: str) -> Words:
    return Words(summary=text, description=f"{text}\n\n{text}", location=text)


def test_there_is_every_kind_of_change() -> None:
    assert KINDS == [
        "series create REQUEST",
        "series update REQUEST",
        "series cancel CANCEL",
        "slot create REQUEST",
        "slot update REQUEST",
        "slot cancel CANCEL",
        "slot update CANCEL",
    ]


@pytest.mark.parametrize("change", CHANGES, ids=KINDS)
@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_our_invitation_is_icalendars_byte_for_byte(change: Change, text: str) -> None:
    fast, library = both(change, words(text), text[:300])
    assert fast == library
    lines(fast)  # well formed


def test_hundreds_of_odd_people_get_what_icalendar_would_write() -> None:
    chance = random.Random("odd people")  # the same people each time
    for number in range(some(400)):
        fast, library = both(CHANGES[number % len(CHANGES)], words(odd_text(chance)[:60]), odd_text(chance))
        assert fast == library


TIMES = st.builds(time, hour=st.integers(6, 21), minute=st.integers(0, 59))
SOME_ZONES = st.sampled_from(["Europe/Copenhagen", "Atlantic/Faroe", "Atlantic/Reykjavik", "America/New_York", "UTC"])
REMINDERS = st.none() | st.integers(0, 20_000)
BUSY: st.SearchStrategy[Busy] = st.sampled_from(get_args(Busy))


@st.composite
def any_series(draw: st.DrawFn) -> Series:
    first = draw(st.dates(date(2026, 1, 1), date(2028, 1, 1)))
    days = draw(st.frozensets(st.integers(1, 60), max_size=40))
    return Series(
        uid=draw(st.from_regex(r"[a-z;,]{1,90}@x\.example", fullmatch=True)),
        first=first,
        until=first + timedelta(days=draw(st.integers(0, 400))),
        start=draw(TIMES),
        minutes=draw(st.integers(1, 600)),
        zone=draw(SOME_ZONES),
        weekdays=draw(st.frozensets(st.integers(1, 7), min_size=1)),
        exdates=frozenset(first + timedelta(days=n) for n in days),
        busy=draw(BUSY),
        reminder_minutes=draw(REMINDERS),
    )


@st.composite
def any_slot(draw: st.DrawFn) -> Slot:
    local = draw(st.datetimes(datetime(2027, 1, 1), datetime(2029, 1, 1))).replace(second=0, microsecond=0)  # noqa: DTZ001
    return Slot(
        uid="slot-1@x.example",
        starts=local.replace(tzinfo=ZoneInfo(draw(SOME_ZONES))),
        minutes=draw(st.integers(1, 600)),
        busy=draw(BUSY),
        reminder_minutes=draw(REMINDERS),
        place=draw(st.text(max_size=120)),
    )


ANY_WORDS = st.builds(Words, summary=st.text(), description=st.text(max_size=400), location=st.text())


@settings(max_examples=some(75))
@given(any_series() | any_slot(), ANY_WORDS, st.text(), st.integers(0, 10**6), st.sampled_from(["REQUEST", "CANCEL"]))
def test_any_change_with_any_words_is_icalendars_byte_for_byte(
    entry: Series | Slot, any_words: Words, name: str, sequence: int, method: Any
) -> None:
    change = replace(CHANGES[0], uid=entry.uid, entry=entry, sequence=sequence, method=method)
    fast, library = both(change, any_words, name)
    assert fast == library
    lines(fast)


ANY_STAMP = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@settings(max_examples=some(50))
@given(st.lists(st.builds(slot_event, any_slot(), ANY_WORDS), max_size=5), st.text(), ANY_STAMP)
def test_any_feed_is_icalendars_byte_for_byte(events: list[Event], name: str, stamp: datetime) -> None:
    content = feed.calendar(name, events, stamp, "Europe/Copenhagen")
    assert content == by_icalendar.feed(name, events, stamp, "Europe/Copenhagen")
    assert feed.etag(content) == feed.etag(by_icalendar.feed(name, events, stamp, "Europe/Copenhagen"))
    lines(content)


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_our_feed_is_icalendars_byte_for_byte(text: str) -> None:
    events = [slot_event(replace(SLOT, uid=f"{n}@x", reminder_minutes=n), words(text)) for n in range(3)]
    assert feed.calendar(text, events, NOW, "Europe/Copenhagen") == by_icalendar.feed(
        text, events, NOW, "Europe/Copenhagen"
    )


def test_the_zones_that_are_utc_are_those_that_icalendar_writes_so() -> None:
    zones = available_timezones()
    assert zones & AS_UTC == {zone for zone in zones if is_utc(ZoneInfo(zone))}


@pytest.mark.parametrize("zone", ["Atlantic/Reykjavik", "Etc/UTC", "Europe/London", "America/Danmarkshavn"])
def test_a_zone_near_utc_is_written_as_icalendar_does(zone: str) -> None:
    fast, library = both(replace(CHANGES[0], entry=replace(SERIES, zone=zone)), words("x"))
    assert fast == library


READABLE = [text for text in ODD if text.strip()]


PAIRS = [(CHANGES[(n + more) % len(CHANGES)], text) for n, text in enumerate(READABLE) for more in (0, 3)]
"""Each text in two kinds of change: of all others it is known that icalendar would write the same bytes."""


@pytest.mark.parametrize(("change", "text"), PAIRS, ids=range(len(PAIRS)))
def test_the_words_come_back_through_two_other_readers(change: Change, text: str) -> None:
    content = both(change, words(text), text[:300])[0].decode()
    (by_ical,) = IcsCalendarStream.calendar_from_ics(content).events
    by_vobject = vobject.readOne(content).vevent
    assert by_ical.summary == by_vobject.summary.value == plain(text)
    assert by_ical.description == by_vobject.description.value == plain(f"{text}\n\n{text}")
    assert (by_ical.sequence, by_vobject.sequence.value) == (change.sequence, str(change.sequence))
    shown = one_line(text[:300])
    assert by_vobject.attendee.params.get("CN", [""]) == [shown]
    assert (by_ical.attendees[0].common_name or "") == shown
    assert (by_ical.uid, by_vobject.uid.value) == (change.uid, change.uid)


@pytest.mark.parametrize("change", CHANGES, ids=KINDS)
def test_what_icalendar_reads_of_ours_is_what_it_reads_of_its_own(change: Change) -> None:
    for text in READABLE[CHANGES.index(change) :: len(CHANGES)]:
        fast, library = (icalendar.Calendar.from_ical(content) for content in both(change, words(text), text[:300]))
        assert fast == library
    assert occurrences(both(change, words("AI-tid"))[0], *YEAR)


def test_a_path_with_a_capital_n_stays_a_path() -> None:
    content = feed.calendar("C:\\Nyt", [slot_event(SLOT, words("C:\\Nyt"))], NOW, "UTC")
    assert "SUMMARY:C:\\\\Nyt" in lines(content)
    assert content == by_icalendar.feed("C:\\Nyt", [slot_event(SLOT, words("C:\\Nyt"))], NOW, "UTC")
