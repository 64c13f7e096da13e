"""What stands against what should, and what of it is the person's own doing. Rules alone: no calendar, no server."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from calendars.event import Series
from calendars.server.standing import (
    BlockState,
    DesiredBlock,
    DesiredDay,
    DesiredSeries,
    OwnDay,
    Seen,
    SeenDay,
    WrittenDay,
    begins,
    days_to_tell,
    deleted_by_person,
    edited_by_person,
    fingerprint,
    let_be,
    looks_like,
    moved_by_person,
    need,
    needs_new,
    new_exdates,
    number_of,
    own_day,
)

TODAY = date(2026, 11, 30)
"""A Monday."""

TUESDAY, WEDNESDAY, THURSDAY = (TODAY + timedelta(days=n) for n in (1, 2, 3))
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
SERIES_TEXT = "Ti minutter"


def series(**fields: Any) -> Series:
    """Working days at 12:30 for four weeks: the last one is a Friday."""
    plain = Series(
        uid="block-1",
        first=TODAY,
        until=date(2026, 12, 25),
        start=time(12, 30),
        minutes=10,
        zone="Europe/Copenhagen",
        weekdays=frozenset(range(1, 6)),
        exdates=frozenset(),
        busy="free",
        reminder_minutes=None,
    )
    return replace(plain, **fields)


def wish(title: str = "AI-tid", words: str = "w1", **fields: Any) -> DesiredSeries:
    return DesiredSeries(series=series(**fields), title=title, words=words)


def prompt(day: date, words: str = "p1", start: time = time(12, 30)) -> DesiredDay:
    return DesiredDay(day=day, start=start, words=words)


def told(day: date, words: str = "p1", start: time = time(12, 30), text: str = "Prompten") -> WrittenDay:
    return WrittenDay(day=day, start=start, words=words, text=fingerprint(text))


def standing(**fields: Any) -> BlockState:
    """A series that stands as it was wished for."""
    plain = BlockState(
        person_id="1",
        key="block-1",
        item="item-1",
        folder="calendar",
        stands=wish(),
        text=fingerprint(SERIES_TEXT),
        choice="//",
    )
    return replace(plain, **fields)


def wanted(one: DesiredSeries | None = None, *days: DesiredDay, choice: str = "//") -> DesiredBlock:
    return DesiredBlock(wish=one or wish(), days=days, choice=choice)


def seen(**fields: Any) -> Seen:
    """The series as the server shows it, untouched."""
    plain = Seen(
        item="item-1",
        folder="calendar",
        title="AI-tid",
        text=SERIES_TEXT,
        start=time(12, 30),
        minutes=10,
        weekdays=frozenset(range(1, 6)),
        until=date(2026, 12, 25),
    )
    return replace(plain, **fields)


def span(day: date, start: time = time(12, 30), minutes: int = 10) -> tuple[datetime, datetime]:
    """A time in Copenhagen, as a server gives it: in UTC."""
    at = datetime.combine(day, start, COPENHAGEN).astimezone(UTC)
    return at, at + timedelta(minutes=minutes)


def shown(day: date, title: str = "AI-tid", text: str = SERIES_TEXT, start: time = time(12, 30)) -> SeenDay:
    starts, ends = span(day, start)
    return SeenDay(item=f"item-1/{day}", starts=starts, ends=ends, title=title, text=text)


NOTHING = BlockState(person_id="1", key="block-1")


# --- what a call is needed for


def test_what_is_as_it_should_be_needs_no_call() -> None:
    assert need(standing(), wanted(), TODAY) is None


def test_what_was_never_written_is_written() -> None:
    assert need(NOTHING, wanted(), TODAY) == "block"


@pytest.mark.parametrize(
    "change",
    [
        {"start": time(8, 30)},
        {"minutes": 15},
        {"weekdays": frozenset({1, 2})},
        {"zone": "Europe/Helsinki"},
        {"busy": "busy"},
        {"reminder_minutes": 5},
        {"first": TUESDAY},
        {"until": date(2027, 1, 8)},
        {"exdates": frozenset({WEDNESDAY})},
        {"title": "Tech-tid"},
    ],
    ids=str,
)
def test_a_series_that_should_be_otherwise_is_written_again(change: dict[str, Any]) -> None:
    assert need(standing(), wanted(wish(**change)), TODAY) == "block"


def test_other_words_alone_are_a_matter_of_prompts() -> None:
    assert need(standing(), wanted(wish(words="w2")), TODAY) == "prompt"


def test_a_day_that_was_not_told_yet_is_a_matter_of_prompts() -> None:
    assert need(standing(), wanted(None, prompt(TUESDAY)), TODAY) == "prompt"


def test_days_that_are_told_need_no_call() -> None:
    assert need(standing(days=(told(TUESDAY),)), wanted(None, prompt(TUESDAY)), TODAY) is None


@pytest.mark.parametrize(
    ("before", "what"),
    [
        (standing(), "unblock"),
        (standing(stands=None, intended=wish()), "unblock"),
        (standing(stands=None, removing=True), "unblock"),
        (standing(left="changed"), "unblock"),
        (standing(stands=None, left="deleted"), None),
        (NOTHING, None),
    ],
)
def test_what_may_stand_and_is_wanted_no_more_goes_away(before: BlockState, what: str | None) -> None:
    assert need(before, None, TODAY) == what


@pytest.mark.parametrize("open_", [{"intended": wish()}, {"removing": True}], ids=str)
def test_an_interrupted_call_is_made_again(open_: dict[str, Any]) -> None:
    assert need(standing(**open_), wanted(), TODAY) == "block"


@pytest.mark.parametrize("left", ["deleted", "changed"])
def test_what_the_person_took_for_their_own_is_left_alone_until_they_choose_anew(left: Any) -> None:
    theirs = let_be(standing(), left, wanted())
    another = wanted(wish(start=time(8, 30), title="Tech-tid"), prompt(TUESDAY))
    assert need(theirs, another, TODAY) is None
    assert need(theirs, replace(another, choice="08:30//"), TODAY) == "block"


# --- when a series must be made anew, and which days are taken out


@pytest.mark.parametrize(
    ("before", "after", "anew"),
    [
        (wish(), wish(), False),
        (wish(), wish(title="Tech-tid", words="w2"), False),
        (wish(), wish(exdates=frozenset({WEDNESDAY})), False),
        (wish(exdates=frozenset({WEDNESDAY})), wish(), True),
        (wish(exdates=frozenset({TODAY})), wish(), True),
        (wish(exdates=frozenset({TODAY - timedelta(days=1)})), wish(), False),
        (wish(), wish(busy="busy"), True),
        (wish(), wish(until=date(2026, 12, 18)), True),
    ],
)
def test_only_what_cannot_be_put_back_makes_a_series_anew(
    before: DesiredSeries, after: DesiredSeries, anew: bool
) -> None:
    assert needs_new(before, after, TODAY) is anew


def test_a_day_to_take_out_is_one_that_comes_that_we_did_not_take_out_and_that_is_not_the_persons_own() -> None:
    past = TODAY - timedelta(days=3)
    own = (OwnDay(day=THURSDAY, gone=False),)
    known = standing(stands=wish(exdates=frozenset({TUESDAY})), own=own)
    asked = wish(exdates=frozenset({past, TODAY, TUESDAY, WEDNESDAY, THURSDAY}))
    assert new_exdates(known, asked, TODAY) == {TODAY, WEDNESDAY}
    assert new_exdates(NOTHING, asked, TODAY) == {TODAY, TUESDAY, WEDNESDAY, THURSDAY}


@pytest.mark.parametrize(
    ("told_before", "own", "found"),
    [
        ((), (), [TODAY, TUESDAY]),
        ((told(TUESDAY),), (), [TODAY]),
        ((told(TUESDAY, words="p0"),), (), [TODAY, TUESDAY]),
        ((told(TUESDAY, start=time(12, 0)),), (), [TODAY, TUESDAY]),
        ((), (OwnDay(day=TUESDAY, gone=True),), [TODAY]),
        ((), (OwnDay(day=TODAY, gone=False),), [TUESDAY]),
    ],
)
def test_a_day_is_told_when_its_words_or_time_are_new_and_it_is_ours(
    told_before: tuple[WrittenDay, ...], own: tuple[OwnDay, ...], found: list[date]
) -> None:
    days = (prompt(TODAY - timedelta(days=1)), prompt(TODAY), prompt(TUESDAY))
    known = standing(days=told_before, own=own)
    assert [one.day for one in days_to_tell(known, wanted(None, *days), TODAY)] == found


# --- whether a series is as we wrote it


def test_an_untouched_series_looks_like_its_wish() -> None:
    assert looks_like(seen(), wish())


@pytest.mark.parametrize("text", ["Noget helt andet", ""])
def test_a_text_does_not_make_a_series_another(text: str) -> None:
    assert looks_like(seen(text=text), wish())


@pytest.mark.parametrize(
    "change",
    [
        {"start": time(12, 35)},
        {"minutes": 20},
        {"weekdays": frozenset({1, 2, 3, 4})},
        {"weekdays": None},
        {"until": None},
        {"until": date(2026, 12, 24)},
        {"until": date(2027, 12, 24)},
        {"title": "Møde med Bo"},
    ],
    ids=str,
)
def test_a_series_that_somebody_changed_does_not(change: dict[str, Any]) -> None:
    assert not looks_like(seen(**change), wish())


@pytest.mark.parametrize("until", [date(2026, 12, 25), date(2026, 12, 26), date(2026, 12, 27)])
def test_a_server_may_give_the_last_occurrence_as_the_end(until: date) -> None:
    assert looks_like(seen(until=until), wish(until=date(2026, 12, 27)))


def test_a_series_of_a_single_week_has_its_own_last_day() -> None:
    monday = frozenset({1})
    assert looks_like(seen(weekdays=monday, until=date(2026, 12, 21)), wish(weekdays=monday))
    assert not looks_like(seen(weekdays=monday, until=date(2026, 12, 20)), wish(weekdays=monday))


def test_white_space_that_a_server_folds_is_no_difference() -> None:
    assert fingerprint("Ti  minutter\r\n\r\nhver dag ") == fingerprint("Ti minutter\nhver dag")
    assert fingerprint("Ti minutter") != fingerprint("Tre minutter")


# --- what the person did with single days


def test_a_deleted_day_is_the_persons_unless_it_is_over_or_ours_or_known() -> None:
    over = TODAY - timedelta(days=3)
    friday = THURSDAY + timedelta(days=1)
    known = standing(
        stands=wish(exdates=frozenset({TUESDAY})),
        intended=wish(exdates=frozenset({WEDNESDAY})),
        own=(OwnDay(day=THURSDAY, gone=True),),
    )
    there = seen(deleted=frozenset({over, TODAY, TUESDAY, WEDNESDAY, THURSDAY, friday}))
    assert deleted_by_person(known, there, TODAY) == {TODAY, friday}


@pytest.mark.parametrize(
    ("moved", "found"),
    [
        (span(TUESDAY), False),
        (span(TUESDAY, time(12, 0)), False),
        (span(TUESDAY, time(12, 45)), False),
        (span(TUESDAY, time(14, 0)), True),
        (span(TUESDAY, minutes=5), True),
        (span(TUESDAY, minutes=30), True),
        (span(TUESDAY, time(12, 0), minutes=30), True),
        (span(WEDNESDAY), True),
    ],
    ids=[
        "where the series is",
        "where it was told",
        "where it is about to go",
        "elsewhere",
        "shorter",
        "longer",
        "longer where it was told",
        "on another day",
    ],
)
def test_a_day_is_moved_by_the_person_when_it_is_where_we_never_put_it(
    moved: tuple[datetime, datetime], found: bool
) -> None:
    about = (told(TUESDAY, start=time(12, 45)),)
    known = standing(days=(told(TUESDAY, start=time(12, 0)),), intended_days=about)
    assert moved_by_person(known, seen(moved={TUESDAY: moved}), TODAY) == ({TUESDAY} if found else set())


def test_a_moved_day_that_is_over_or_known_is_not_noticed_again() -> None:
    friday = TODAY - timedelta(days=3)
    known = standing(own=(OwnDay(day=TUESDAY, gone=False),))
    there = seen(moved={friday: span(friday, time(9, 0)), TUESDAY: span(TUESDAY, time(9, 0))})
    assert moved_by_person(known, there, TODAY) == set()


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (shown(TUESDAY), False),
        (shown(TUESDAY, text="Prompten"), False),
        (shown(TUESDAY, text="  Prompten\r\n"), False),
        (shown(TUESDAY, text="Mine egne ord"), True),
        (shown(TUESDAY, text=""), True),
        (shown(TUESDAY, title="Tandlæge"), True),
    ],
)
def test_a_day_is_edited_when_its_title_or_text_was_never_ours(day: SeenDay, found: bool) -> None:
    known = standing(days=(told(TUESDAY),))
    assert edited_by_person(known, seen(), TUESDAY, day, "AI-tid") is found


def test_the_words_of_one_day_are_somebodys_own_on_another() -> None:
    known = standing(days=(told(TUESDAY),))
    assert edited_by_person(known, seen(), WEDNESDAY, shown(WEDNESDAY, text="Prompten"), "AI-tid")


def test_a_day_follows_a_series_whose_text_the_person_wrote_over() -> None:
    there = seen(text="Mit eget")
    assert not edited_by_person(standing(), there, TUESDAY, shown(TUESDAY, text="Mit eget"), "AI-tid")


def test_an_own_day_is_kept_as_it_looks() -> None:
    day = shown(TUESDAY, title="Tandlæge", text="Husk kort", start=time(14, 0))
    starts, ends = span(TUESDAY, time(14, 0))
    kept = OwnDay(day=TUESDAY, gone=False, starts=starts, ends=ends, title="Tandlæge", text="Husk kort")
    assert own_day(TUESDAY, day) == kept


# --- what is remembered


def test_a_deleted_series_is_forgotten_but_not_that_it_was_deleted() -> None:
    before = standing(intended=wish(), removing=True, attempts=2, next_try=datetime(2026, 12, 1, tzinfo=UTC), said="x")
    after = let_be(before, "deleted", wanted(choice="new"))
    expected = BlockState(
        person_id="1",
        key="block-1",
        folder="calendar",
        text=fingerprint(SERIES_TEXT),
        left="deleted",
        choice="new",
        calls=1,
    )
    assert after == expected
    assert not after.may_stand


def test_a_changed_series_is_still_known_so_that_it_can_be_taken_away() -> None:
    after = let_be(standing(days=(told(TUESDAY),)), "changed", wanted(choice="new"))
    assert (after.item, after.stands, after.days, after.left) == ("item-1", wish(), (), "changed")
    assert after.may_stand


def test_a_told_day_reads_back_as_it_was_stored() -> None:
    one = told(TUESDAY, words="0a1b", start=time(8, 5))
    assert WrittenDay.from_text(one.to_text()) == one
    assert one.to_text() == f"2026-12-01 08:05 0a1b {one.text}"


def test_an_occurrence_is_numbered_with_the_days_that_were_taken_out() -> None:
    week = series(first=TODAY, exdates=frozenset({TUESDAY}))
    assert [number_of(week, TODAY + timedelta(days=n)) for n in (0, 1, 2, 4, 7)] == [1, 2, 3, 5, 6]
    assert number_of(series(weekdays=frozenset({2, 4})), THURSDAY) == 2


@pytest.mark.parametrize("weekdays", [{1, 2, 3, 4, 5}, {2, 4}, {7}, {1, 7}])
@pytest.mark.parametrize("later", range(7))
def test_the_number_of_a_day_is_how_many_the_rule_has_had_by_then(weekdays: set[int], later: int) -> None:
    first, until = TODAY + timedelta(days=later), TODAY + timedelta(days=40)
    made, had = series(first=first, until=until, weekdays=frozenset(weekdays)), 0
    for day in (first + timedelta(days=n) for n in range(-10, 60)):
        had += first <= day <= until and day.isoweekday() in weekdays
        assert number_of(made, day) == had, day


def test_a_day_begins_by_the_clock_on_the_wall_on_both_sides_of_its_change() -> None:
    spring = series(first=date(2027, 3, 22), until=date(2027, 4, 30))
    moments = [begins(spring, date(2027, 3, day)).astimezone(UTC).hour for day in (26, 29)]
    assert moments == [11, 10]
    assert begins(spring, date(2027, 3, 29), time(9, 0)).isoformat() == "2027-03-29T09:00:00+02:00"
