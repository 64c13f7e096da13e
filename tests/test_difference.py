import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.difference import (
    ABSENCE_PAUSE,
    Change,
    Publication,
    Superseded,
    changes,
    intend,
    park,
    settle,
    unpark,
)
from calendars.event import Series, Words, block_uid
from calendars.invite import part as invite
from calendars.record import from_publication, to_publication
from calendars.series import series
from culture.vitamin.block import Block
from tests.calendar_readers import Outlook

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)  # 09:00 on a Tuesday in Copenhagen
CHRISTMAS, NEW_YEAR = date(2026, 12, 24), date(2026, 12, 31)


def block(**changes: Any) -> Block:
    values: dict[str, Any] = {
        "person_id": "7",
        "start": time(12, 30),
        "minutes": 10,
        "zone": "Europe/Copenhagen",
        "weekdays": frozenset(range(1, 6)),
        "first": date(2026, 11, 2),
        "last": date(2028, 12, 31),
        "closed": frozenset(),
        "absent": frozenset(),
        "busy": "free",
        "reminder_minutes": None,
    }
    return Block(**{**values, **changes})


def told(
    wanted: Block | None,
    before: Publication | None,
    now: datetime = NOW,
    address: str = "7@x.example",
    domain: str = "x.example",
) -> Change | None:
    """The change for person 7, as a tick at `now` would find it."""
    stands = before.series if before else None
    found = series(wanted, stands, now.date(), block_uid("7", domain)) if wanted else None
    made = changes(
        {"7": found} if found else {},
        {before.uid: before} if before else {},
        {"7": address},
        now,
        {"7": wanted.absent if wanted else frozenset()},
    )
    return made[0] if made else None


def must(change: Change | None) -> Change:
    assert change is not None
    return change


def wanted_by(change: Change | None) -> Series:
    entry = must(change).entry
    assert isinstance(entry, Series)
    return entry


def published(wanted: Block, now: datetime = NOW) -> Publication:
    return settle(intend(None, must(told(wanted, None, now)), "letter-0"))


def test_a_first_invite_is_created_with_sequence_zero() -> None:
    change = must(told(block(), None, NOW.replace(microsecond=123456)))
    assert (change.key, change.kind, change.method) == ("invite/0/7", "create", "REQUEST")
    assert (change.sequence, change.dtstamp, change.uid) == (0, NOW, block_uid("7", "x.example"))


def test_what_stands_as_wanted_is_not_told_again() -> None:
    before = published(block())
    assert told(block(), before) is None
    assert told(block(), before, NOW + timedelta(days=200)) is None


def test_a_change_on_its_way_keeps_the_next_one_waiting() -> None:
    on_its_way = intend(None, must(told(block(), None)), "letter-0")
    assert told(block(start=time(9)), on_its_way) is None
    assert told(None, on_its_way) is None
    assert must(told(block(start=time(9)), settle(on_its_way))).kind == "update"


def test_an_update_has_the_same_uid_a_higher_sequence_and_a_later_stamp() -> None:
    before = published(block())
    change = must(told(block(start=time(9)), before))
    assert (change.kind, change.method, change.uid) == ("update", "REQUEST", before.uid)
    assert (change.sequence, change.dtstamp) == (1, NOW + timedelta(seconds=1))


def test_a_clock_that_went_back_does_not_take_the_stamp_with_it() -> None:
    change = must(told(block(start=time(9)), published(block()), NOW - timedelta(minutes=50)))
    assert change.dtstamp == NOW + timedelta(seconds=1)


def test_a_new_closed_day_is_told_at_once() -> None:
    change = must(told(block(closed=frozenset({CHRISTMAS})), published(block())))
    assert (change.kind, wanted_by(change).exdates) == ("update", frozenset({CHRISTMAS}))


def test_days_off_are_told_once_a_week_at_most() -> None:
    before, away = published(block()), block(absent=frozenset({CHRISTMAS}))
    midnight = datetime(2026, 12, 7, 23, 0, tzinfo=UTC)  # in Copenhagen
    assert told(away, before, midnight - timedelta(seconds=1)) is None
    assert wanted_by(told(away, before, midnight)).exdates == {CHRISTMAS}


def test_a_day_off_taken_back_waits_as_well() -> None:
    before = published(block(absent=frozenset({CHRISTMAS})))
    assert told(block(), before, NOW + timedelta(days=1)) is None
    assert wanted_by(told(block(), before, NOW + ABSENCE_PAUSE)).exdates == frozenset()


def test_days_off_travel_with_what_cannot_wait() -> None:
    wanted = block(absent=frozenset({CHRISTMAS}), closed=frozenset({NEW_YEAR}))
    assert wanted_by(told(wanted, published(block()))).exdates == {CHRISTMAS, NEW_YEAR}
    moved = block(absent=frozenset({CHRISTMAS}), start=time(9))
    assert wanted_by(told(moved, published(block()))).exdates == {CHRISTMAS}


def test_whoever_is_not_wanted_any_more_is_cancelled() -> None:
    before = published(block())
    change = must(told(None, before))
    assert (change.kind, change.method, change.sequence, change.entry) == ("cancel", "CANCEL", 1, before.series)
    gone = settle(intend(before, change, "letter-1"))
    assert gone.series is None
    assert told(None, gone) is None


def test_a_series_that_is_over_is_not_cancelled() -> None:
    before = published(block(last=date(2026, 12, 4)))
    assert told(None, before, datetime(2026, 12, 5, 0, 0, tzinfo=UTC)) is None
    assert told(None, before, datetime(2026, 12, 4, 11, 40, tzinfo=UTC)) is None  # 12:40, it just ended
    assert must(told(None, before, datetime(2026, 12, 4, 11, 39, tzinfo=UTC))).kind == "cancel"


def test_what_is_over_is_judged_in_the_person_s_zone() -> None:
    wanted = block(zone="Pacific/Auckland", last=date(2026, 12, 4), start=time(8))  # 19:00 UTC the day before
    before = published(wanted)
    assert must(told(None, before, datetime(2026, 12, 3, 19, 9, tzinfo=UTC))).kind == "cancel"
    assert told(None, before, datetime(2026, 12, 3, 19, 10, tzinfo=UTC)) is None


def test_tonight_is_still_to_come_where_utc_is_already_on_the_next_day() -> None:
    wanted = block(zone="America/Los_Angeles", last=date(2026, 12, 4), start=time(21))  # 05:00 UTC the day after
    before = published(wanted)
    assert must(told(None, before, datetime(2026, 12, 5, 5, 9, tzinfo=UTC))).kind == "cancel"
    assert told(None, before, datetime(2026, 12, 5, 5, 10, tzinfo=UTC)) is None


def test_a_series_whose_last_days_are_all_excluded_is_not_cancelled() -> None:
    off = frozenset({date(2026, 12, 3), date(2026, 12, 4)})
    before = published(block(last=date(2026, 12, 4), closed=off))
    assert told(None, before, datetime(2026, 12, 2, 12, 0, tzinfo=UTC)) is None


def test_coming_back_has_the_same_uid_and_a_higher_sequence() -> None:
    before = published(block())
    gone = settle(intend(before, must(told(None, before)), "letter-1"))
    change = must(told(block(), gone, domain="other.example"))
    assert (change.kind, change.uid, change.entry.uid, change.sequence) == ("create", before.uid, before.uid, 2)


def test_another_domain_in_the_config_moves_nobody_to_another_uid() -> None:
    before = published(block())
    assert told(block(), before, domain="other.example") is None
    change = must(told(block(start=time(9)), before, domain="other.example"))
    assert (change.kind, change.uid) == ("update", before.uid)


def test_a_closed_day_taken_back_is_told_at_once() -> None:
    before = published(block(closed=frozenset({CHRISTMAS})))
    change = must(told(block(), before, NOW + timedelta(minutes=6)))
    assert (change.kind, wanted_by(change).exdates) == ("update", frozenset())


def test_a_closed_day_taken_back_does_not_wait_for_days_off_that_are_taken_back_too() -> None:
    before = published(block(closed=frozenset({CHRISTMAS}), absent=frozenset({NEW_YEAR})))
    assert before.own == {NEW_YEAR}
    assert told(block(closed=frozenset({CHRISTMAS})), before, NOW + timedelta(days=1)) is None
    assert wanted_by(told(block(), before, NOW + timedelta(days=1))).exdates == frozenset()


def test_a_day_that_comes_back_and_of_which_nobody_knows_why_it_was_off_is_told_at_once() -> None:
    before = replace(published(block(absent=frozenset({CHRISTMAS}))), own=frozenset())  # by an older version
    assert must(told(block(), before, NOW + timedelta(days=1))).kind == "update"


def test_a_new_address_gets_the_series_that_stands_again_once() -> None:
    before = published(block())
    change = must(told(block(), before, address="new@x.example"))
    assert (change.kind, change.method, change.sequence, change.moved) == ("update", "REQUEST", 1, True)
    assert (change.uid, change.entry) == (before.uid, before.series)
    after = settle(intend(before, change, "letter-1"))
    assert told(block(), after, address="new@x.example") is None
    assert told(block(), after, address="New@X.example") is None


def test_a_series_of_which_nobody_knows_where_it_was_sent_is_not_sent_again() -> None:
    before = replace(published(block()), address="")  # by an older version
    assert told(block(), before, address="new@x.example") is None


def refused(wanted: Block | None, before: Publication | None = None, now: datetime = NOW) -> Publication:
    return park(intend(before, must(told(wanted, before, now)), "letter-p"))


def test_a_refused_change_is_not_tried_again_by_itself() -> None:
    parked = refused(block(closed=frozenset({CHRISTMAS})))
    for days in (0, 1, 5, 40, 300):  # its first and last day and its exdates move with the calendar
        assert told(block(closed=frozenset({CHRISTMAS})), parked, NOW + timedelta(days=days)) is None


def test_a_refused_new_time_is_not_tried_again_the_day_after() -> None:
    parked = refused(block(start=time(9)), published(block()))
    assert told(block(start=time(9)), parked, NOW + timedelta(days=1)) is None
    assert must(told(block(start=time(10)), parked, NOW + timedelta(days=1))).sequence == 2


def test_a_refused_change_is_tried_at_a_new_address() -> None:
    change = must(told(block(), refused(block()), address="new@x.example"))
    assert (change.kind, change.sequence) == ("create", 1)


def test_a_new_closed_day_is_tried_though_the_last_change_was_refused() -> None:
    parked = refused(block(closed=frozenset({CHRISTMAS})), published(block()))
    change = must(told(block(closed=frozenset({CHRISTMAS, NEW_YEAR})), parked))
    assert wanted_by(change).exdates == {CHRISTMAS, NEW_YEAR}


def test_leaving_earlier_is_tried_though_the_last_change_was_refused() -> None:
    parked = refused(block(start=time(9)), published(block()))
    assert wanted_by(told(block(start=time(9), last=date(2027, 1, 29)), parked)).until == date(2027, 1, 29)


def test_a_refused_update_does_not_keep_the_cancellation_back() -> None:
    parked = refused(block(start=time(9)), published(block()))
    assert must(told(None, parked)).kind == "cancel"


def test_a_refused_update_does_not_keep_the_cancellation_back_even_when_only_past_days_differed() -> None:
    parked = refused(block(closed=frozenset({CHRISTMAS})), published(block()))
    assert must(told(None, parked, NOW + timedelta(days=40))).kind == "cancel"


def test_a_refused_cancellation_is_not_tried_again_by_itself() -> None:
    before = published(block())
    parked = refused(None, before)
    assert parked.series == before.series
    assert told(None, parked, NOW + timedelta(days=3)) is None


def test_a_retry_by_hand_is_the_same_change() -> None:
    change = must(told(block(), None))
    on_its_way = intend(None, change, "letter-0")
    again = unpark(park(on_its_way), "letter-0")
    assert again == on_its_way
    assert settle(again).series == change.entry


def test_a_retry_of_something_older_is_refused() -> None:
    parked = refused(block())
    newer = intend(parked, must(told(block(start=time(9)), parked)), "letter-q")
    for publication in (newer, settle(newer), park(newer)):
        with pytest.raises(Superseded):
            unpark(publication, "letter-p")


def test_settling_or_parking_twice_changes_nothing() -> None:
    parked = refused(block())
    assert park(parked) == parked
    assert settle(parked) == parked
    assert settle(published(block())) == published(block())


def test_only_publications_of_the_channel_are_looked_at() -> None:
    before = replace(published(block()), channel="microsoft365")
    assert changes({}, {before.uid: before}, {}, NOW, {}) == ()


def test_changes_come_in_a_stable_order_one_a_person() -> None:
    wanted = {key: wanted_by(told(block(), None)) for key in ("b", "c", "a")}
    assert [change.key for change in changes(wanted, {}, {}, NOW, {})] == ["invite/0/a", "invite/0/b", "invite/0/c"]


@pytest.mark.parametrize(
    "publication",
    [
        published(block(closed=frozenset({CHRISTMAS}), reminder_minutes=5)),
        published(block(absent=frozenset({CHRISTMAS}))),
        intend(None, must(told(block(absent=frozenset({CHRISTMAS})), None)), "letter-0"),
        intend(None, must(told(block(), None)), "letter-0"),
        refused(block(start=time(9)), published(block())),
        refused(None, published(block())),
    ],
)
def test_a_publication_comes_back_from_the_store_as_it_went_in(publication: Publication) -> None:
    assert to_publication(json.loads(json.dumps(from_publication(publication)))) == publication


# --- lives: what a calendar program shows that gets the invitations


class Calendars:
    """People's calendars, told what `changes` says by letters that arrive, are refused, or stay on their way."""

    def __init__(self) -> None:
        self.publications: dict[str, Publication] = {}
        self.sent: dict[str, list[Change]] = defaultdict(list)
        self.outlooks: dict[str, Outlook] = defaultdict(Outlook)
        self.on_their_way: dict[str, Change] = {}

    def tick(self, wishes: Mapping[str, Block | None], now: datetime, domain: str = "x.example") -> tuple[Change, ...]:
        wanted: dict[str, Series] = {}
        stands = {one.person_id: one.series for one in self.publications.values()}
        for key, wish in wishes.items():
            found = series(wish, stands.get(key), now.date(), block_uid(key, domain)) if wish else None
            if found:
                wanted[key] = found
        absent = {key: wish.absent for key, wish in wishes.items() if wish}
        return changes(wanted, self.publications, {}, now, absent)

    def tell(self, change: Change, outcome: str = "sent") -> None:
        before = self.publications.get(change.publication)
        assert before is None or before.intended is None
        self.publications[change.publication] = intend(before, change, change.key)
        self.sent[change.person_id].append(change)
        self.on_their_way[change.publication] = change
        if outcome == "sent":
            self.arrive(change.publication)
        elif outcome == "refused":
            self.publications[change.publication] = park(self.publications[change.publication])
            del self.on_their_way[change.publication]

    def arrive(self, key: str) -> None:
        change = self.on_their_way.pop(key)
        part = invite.part(change, Words(summary="x", description=""), ("S", "s@x.example"), ("A", "a@x.example"))
        self.outlooks[change.person_id].receive(part.ics)
        self.publications[key] = settle(self.publications[key])

    def say(self, wanted: Block | None, now: datetime) -> list[Change]:
        """What person 7 is told at `now`; afterwards nothing is left to say."""
        told_now = self.tick({"7": wanted}, now)
        for change in told_now:
            self.tell(change)
        assert self.tick({"7": wanted}, now) == ()
        return list(told_now)

    def shown(self, first: date, last: date) -> list[str]:
        return [f"{start:%Y-%m-%d %H:%M}" for start in self.outlooks["7"].stands(first, last)]


def on(day: date) -> datetime:
    return datetime.combine(day, time(6), UTC)


def daily(world: Calendars, wanted: Block, first: date, last: date) -> Iterator[tuple[date, Change]]:
    """A tick a day; the invites that left, with their days."""
    for n in range((last - first).days + 1):
        for change in world.say(wanted, on(first + timedelta(days=n))):
            yield first + timedelta(days=n), change


FOR_EVER = date(2035, 12, 31)


def test_three_years_without_a_change_are_three_extensions_of_one_event() -> None:
    world = Calendars()
    sent = list(daily(world, block(last=FOR_EVER), date(2026, 12, 1), date(2029, 11, 30)))
    assert [change.kind for _, change in sent] == ["create", "update", "update", "update"]
    # Created for 364 days; then each time 55 days before the end, so that it never runs dry.
    assert [day for day, _ in sent] == [date(2026, 12, 1), date(2027, 10, 6), date(2028, 8, 10), date(2029, 6, 15)]
    assert len(world.outlooks["7"].items) == 1
    assert {wanted_by(change).first for _, change in sent} == {date(2026, 12, 1)}
    days = [f"2029-11-{day} 11:30" for day in (26, 27, 28, 29, 30)]
    assert world.shown(date(2029, 11, 26), date(2029, 12, 2)) == days


def test_changes_within_one_second_have_stamps_of_their_own_and_the_last_one_stands() -> None:
    world = Calendars()
    sent = [one for wish in (block(), block(start=time(9)), None, block(start=time(8))) for one in world.say(wish, NOW)]
    assert [change.dtstamp - NOW for change in sent] == [timedelta(seconds=n) for n in range(4)]
    assert world.shown(date(2026, 12, 1), date(2026, 12, 1)) == ["2026-12-01 07:00"]


def test_a_pause_takes_the_days_between_away_and_begins_again_after_it() -> None:
    world, paused = Calendars(), block(first=date(2027, 2, 8))
    world.say(block(), NOW)
    assert len(world.say(paused, on(date(2027, 1, 6)))) == 1
    assert world.shown(date(2027, 1, 6), date(2027, 2, 9)) == ["2027-02-08 11:30", "2027-02-09 11:30"]
    assert list(daily(world, paused, date(2027, 1, 7), date(2027, 3, 31))) == []


def test_a_day_off_reported_each_day_is_one_invite_a_week() -> None:
    world, sent = Calendars(), []
    world.say(block(), on(date(2026, 12, 1)))
    for n in range(1, 29):
        off = frozenset(date(2027, 3, 1) + timedelta(days=day) for day in range(n))
        sent += list(daily(world, block(absent=off), date(2026, 12, 1 + n), date(2026, 12, 1 + n)))
    assert [day for day, _ in sent] == [date(2026, 12, day) for day in (8, 15, 22, 29)]


def test_days_off_at_the_beginning_of_a_series_still_to_come_are_one_invite_a_week_too() -> None:
    world, sent, begin = Calendars(), [], date(2027, 2, 8)
    world.say(block(first=begin), on(date(2027, 1, 4)))
    for n in range(1, 20):
        off = frozenset(begin + timedelta(days=day) for day in range(n))
        today = date(2027, 1, 4) + timedelta(days=n)
        sent += list(daily(world, block(first=begin, absent=off), today, today))
    assert [day for day, _ in sent] == [date(2027, 1, 11), date(2027, 1, 18)]
    assert [wanted_by(change).first for _, change in sent] == [date(2027, 2, 15), date(2027, 2, 22)]


def test_a_longer_pause_before_a_series_has_begun_is_told_at_once() -> None:
    world = Calendars()
    world.say(block(first=date(2027, 2, 8)), on(date(2027, 1, 4)))
    world.say(block(first=date(2027, 3, 1)), on(date(2027, 1, 5)))
    assert world.shown(date(2027, 2, 1), date(2027, 3, 1)) == ["2027-03-01 11:30"]


def test_whoever_goes_and_comes_back_has_one_event_and_no_old_day_in_it() -> None:
    world = Calendars()
    world.say(block(), NOW)
    world.say(None, on(date(2026, 12, 10)))
    assert world.shown(date(2026, 12, 1), FOR_EVER) == []
    world.say(block(start=time(9)), on(date(2027, 1, 4)))
    assert len(world.outlooks["7"].items) == 1
    assert world.shown(date(2026, 12, 1), date(2027, 1, 5)) == ["2027-01-04 08:00", "2027-01-05 08:00"]


DAYS = st.integers(0, 400).map(lambda n: date(2026, 12, 1) + timedelta(days=n))
WISHES = st.none() | st.builds(
    block,
    start=st.sampled_from([time(9), time(12, 30)]),
    weekdays=st.sampled_from([frozenset(range(1, 6)), frozenset({2, 4}), frozenset({3})]),
    first=st.just(date(2026, 11, 2)) | DAYS,
    last=st.just(FOR_EVER) | DAYS,
    closed=st.frozensets(DAYS, max_size=8),
    absent=st.frozensets(DAYS, max_size=8),
    zone=st.sampled_from(["Europe/Copenhagen", "America/New_York"]),
)
STEP = st.fixed_dictionaries(
    {
        "wishes": st.fixed_dictionaries({"1": WISHES, "2": WISHES}),
        "hours": st.integers(-1, 24 * 40),
        "outcome": st.sampled_from(["sent", "refused", "open"]),
        "domain": st.sampled_from(["x.example", "y.example"]),
    }
)


@given(st.lists(STEP, min_size=1, max_size=8))
def test_calendars_show_what_is_wanted_whatever_happened_before(steps: list[dict[str, Any]]) -> None:
    world, now = Calendars(), NOW
    for step in steps:
        now += timedelta(hours=step["hours"])
        for change in world.tick(step["wishes"], now, step["domain"]):
            world.tell(change, step["outcome"])
        assert step["outcome"] != "sent" or world.tick(step["wishes"], now, step["domain"]) == ()
    # The letters on their way arrive, and nothing is refused any more; a week later days off are told, too.
    wishes, domain = steps[-1]["wishes"], steps[-1]["domain"]
    for key in list(world.on_their_way):
        world.arrive(key)
    for key, publication in world.publications.items():
        world.publications[key] = replace(publication, parked=None)
    # The week counts from the last stamp, which a clock that went back leaves ahead of now.
    stamps = [one.latest for one in world.publications.values()]
    for moment in (now, max([now, *stamps]) + ABSENCE_PAUSE + timedelta(minutes=1)):
        now = moment
        for change in world.tick(wishes, now, domain):
            world.tell(change)
        assert world.tick(wishes, now, domain) == ()
    check(world, wishes, now.date() + timedelta(days=1))


def check(world: Calendars, wishes: Mapping[str, Block | None], first: date) -> None:
    last = first + timedelta(days=48)
    for key, wish in wishes.items():
        assert [change.sequence for change in world.sent[key]] == list(range(len(world.sent[key])))
        stamps = [change.dtstamp for change in world.sent[key]]
        assert stamps == sorted(set(stamps))
        assert len({change.uid for change in world.sent[key]}) <= 1
        expected = [wish.begins(day).astimezone(UTC) for day in wish.days(first, last)] if wish else []
        assert world.outlooks[key].stands(first, last) == expected
