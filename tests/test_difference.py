import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
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
from calendars.event import Series, block_uid
from calendars.record import from_publication, to_publication
from calendars.series import series
from culture.block import Block

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
    assert (change.kind, change.series.exdates) == ("update", frozenset({CHRISTMAS}))


def test_days_off_are_told_once_a_week_at_most() -> None:
    before, away = published(block()), block(absent=frozenset({CHRISTMAS}))
    assert told(away, before, NOW + ABSENCE_PAUSE - timedelta(seconds=1)) is None
    assert must(told(away, before, NOW + ABSENCE_PAUSE)).series.exdates == {CHRISTMAS}


def test_a_day_off_taken_back_waits_as_well() -> None:
    before = published(block(absent=frozenset({CHRISTMAS})))
    assert told(block(), before, NOW + timedelta(days=1)) is None
    assert must(told(block(), before, NOW + ABSENCE_PAUSE)).series.exdates == frozenset()


def test_days_off_travel_with_what_cannot_wait() -> None:
    wanted = block(absent=frozenset({CHRISTMAS}), closed=frozenset({NEW_YEAR}))
    assert must(told(wanted, published(block()))).series.exdates == {CHRISTMAS, NEW_YEAR}
    moved = block(absent=frozenset({CHRISTMAS}), start=time(9))
    assert must(told(moved, published(block()))).series.exdates == {CHRISTMAS}


def test_whoever_is_not_wanted_any_more_is_cancelled() -> None:
    before = published(block())
    change = must(told(None, before))
    assert (change.kind, change.method, change.sequence, change.series) == ("cancel", "CANCEL", 1, before.series)
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
    assert (change.kind, change.uid, change.series.uid, change.sequence) == ("create", before.uid, before.uid, 2)


def test_another_domain_in_the_config_moves_nobody_to_another_uid() -> None:
    before = published(block())
    assert told(block(), before, domain="other.example") is None
    change = must(told(block(start=time(9)), before, domain="other.example"))
    assert (change.kind, change.uid) == ("update", before.uid)


def test_a_new_address_alone_is_no_change() -> None:
    assert told(block(), published(block()), address="new@x.example") is None


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
    assert change.series.exdates == {CHRISTMAS, NEW_YEAR}


def test_leaving_earlier_is_tried_though_the_last_change_was_refused() -> None:
    parked = refused(block(start=time(9)), published(block()))
    assert must(told(block(start=time(9), last=date(2027, 1, 29)), parked)).series.until == date(2027, 1, 29)


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
    assert settle(again).series == change.series


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
    wanted = {key: must(told(block(), None)).series for key in ("b", "c", "a")}
    assert [change.key for change in changes(wanted, {}, {}, NOW, {})] == ["invite/0/a", "invite/0/b", "invite/0/c"]


@pytest.mark.parametrize(
    "publication",
    [
        published(block(closed=frozenset({CHRISTMAS}), reminder_minutes=5)),
        intend(None, must(told(block(), None)), "letter-0"),
        refused(block(start=time(9)), published(block())),
        refused(None, published(block())),
    ],
)
def test_a_publication_comes_back_from_the_store_as_it_went_in(publication: Publication) -> None:
    assert to_publication(json.loads(json.dumps(from_publication(publication)))) == publication


DAYS = st.integers(0, 400).map(lambda n: date(2026, 12, 1) + timedelta(days=n))
WISHES = st.none() | st.builds(
    block,
    start=st.sampled_from([time(9), time(12, 30)]),
    weekdays=st.sampled_from([frozenset(range(1, 6)), frozenset({2, 4})]),
    last=DAYS,
    closed=st.frozensets(DAYS, max_size=8),
    absent=st.frozensets(DAYS, max_size=8),
)
STEP = st.fixed_dictionaries(
    {
        "wishes": st.fixed_dictionaries({"1": WISHES, "2": WISHES}),
        "hours": st.integers(-1, 24 * 40),
        "outcome": st.sampled_from(["sent", "refused", "open"]),
        "domain": st.sampled_from(["x.example", "y.example"]),
    }
)


class Calendars:
    """Two people's calendars, told what `changes` says, by letters that arrive, are refused, or stay on their way."""

    def __init__(self) -> None:
        self.publications: dict[str, Publication] = {}
        self.sent: dict[str, list[Change]] = {"1": [], "2": []}
        self.now = NOW

    def tick(self, wishes: Mapping[str, Block | None], domain: str) -> tuple[Change, ...]:
        wanted: dict[str, Series] = {}
        stands = {one.person_id: one.series for one in self.publications.values()}
        for key, wish in wishes.items():
            found = series(wish, stands.get(key), self.now.date(), block_uid(key, domain)) if wish else None
            if found:
                wanted[key] = found
        absent = {key: wish.absent for key, wish in wishes.items() if wish}
        return changes(wanted, self.publications, {}, self.now, absent)

    def tell(self, change: Change, outcome: str) -> None:
        before = self.publications.get(change.uid)
        assert before is None or before.intended is None
        after = intend(before, change, change.key)
        self.sent[change.person_id].append(change)
        self.publications[change.uid] = {"sent": settle, "refused": park}.get(outcome, lambda open_: open_)(after)


@settings(deadline=None)
@given(st.lists(STEP, min_size=1, max_size=8))
def test_calendars_settle_on_what_is_wanted_whatever_happened_before(steps: list[dict[str, Any]]) -> None:
    world = Calendars()
    for step in steps:
        world.now += timedelta(hours=step["hours"])
        for change in world.tick(step["wishes"], step["domain"]):
            world.tell(change, step["outcome"])
        assert step["outcome"] != "sent" or world.tick(step["wishes"], step["domain"]) == ()
    # The letters on their way arrive, and nothing is refused any more; a week later days off are told, too.
    wishes, domain = steps[-1]["wishes"], steps[-1]["domain"]
    for uid, publication in world.publications.items():
        world.publications[uid] = replace(settle(publication), parked=None)
    # The week counts from the last stamp, which a clock that went back leaves ahead of now.
    stamps = [one.latest for one in world.publications.values()]
    for moment in (world.now, max([world.now, *stamps]) + ABSENCE_PAUSE + timedelta(minutes=1)):
        world.now = moment
        for change in world.tick(wishes, domain):
            world.tell(change, "sent")
        assert world.tick(wishes, domain) == ()
    check(world, wishes)


def check(world: Calendars, wishes: Mapping[str, Block | None]) -> None:
    today = world.now.date()
    for key, sent in world.sent.items():
        assert [change.sequence for change in sent] == list(range(len(sent)))
        stamps = [change.dtstamp for change in sent]
        assert stamps == sorted(set(stamps))
        assert len({change.uid for change in sent}) <= 1
        stands = next((one.series for one in world.publications.values() if one.person_id == key), None)
        wish = wishes[key]
        coming = {day for day in stands.hits(today, stands.until) if day not in stands.exdates} if stands else set()
        coming = {day for day in coming if stands and stands.ends(day) > world.now}
        assert coming <= (set(wish.days(today, date.max)) if wish else set())
        nearest = next(wish.days(today + timedelta(days=1), today + timedelta(days=50)), None) if wish else None
        assert nearest is None or nearest in coming
