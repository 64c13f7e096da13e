"""One person's block brought to what it should be, in a calendar of paper: what the person did stays, whatever breaks.

Any request may fail, before it was carried out or after: then the call is made again.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, cast

import pytest

from calendars.channel import ChannelError
from calendars.event import block_key
from calendars.exchange.values import utc_zone
from calendars.series import series
from calendars.server.block_sync import Calendar, DayChange, Result, Texts, bring
from calendars.server.in_memory import InMemoryCalendar, PaperSeries
from calendars.server.standing import BlockState, DesiredBlock, DesiredDay, DesiredSeries, SeenDay, need
from culture.vitamin.block import Block
from tests.test_standing import COPENHAGEN, THURSDAY, TODAY, TUESDAY, WEDNESDAY

KEY = block_key("1")
LAST = TODAY + timedelta(days=25)
"""A Friday: the series is short, so that every day of it can be looked at."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the administrator and the person's page say."""

    start: time = time(12, 30)
    title: str = "AI-tid"
    words: str = "w1"
    prompts: str = "p1"
    free: bool = True
    closed: frozenset[date] = frozenset()
    moved: Mapping[date, time] = field(default_factory=dict)  # to a free minute
    choice: str = ""

    def wanted(self, standing: BlockState, today: date) -> DesiredBlock:
        """As `service.planning.calls` makes it: this week and the next have prompts."""
        found = series(self.block, standing.stands.series if standing.stands else None, today, KEY)
        assert found is not None
        coming = self.block.days(today, today + timedelta(days=14 - today.isoweekday()))
        days = (DesiredDay(day=day, start=self.moved.get(day, self.start), words=self.prompts) for day in coming)
        return DesiredBlock(
            wish=DesiredSeries(series=found, title=self.title, words=self.words), days=tuple(days), choice=self.choice
        )

    @property
    def block(self) -> Block:
        return Block(
            person_id="1",
            start=self.start,
            minutes=10,
            zone="Europe/Copenhagen",
            weekdays=frozenset(range(1, 6)),
            first=TODAY,
            last=LAST,
            closed=self.closed,
            absent=frozenset(),
            busy="free" if self.free else "busy",
            reminder_minutes=None,
        )


def texts(wanted: DesiredBlock | None) -> Texts:
    if wanted is None:
        return Texts(series="", days={})
    return Texts(series=f"Serien {wanted.wish.words}", days={one.day: day_text(one.words) for one in wanted.days})


def day_text(words: str) -> str:
    return f"Dagens {words}"


class Breaking:
    """A calendar whose `nth` request fails, before it was carried out or after."""

    def __init__(self, calendar: InMemoryCalendar, nth: int, *, after: bool) -> None:
        self._calendar, self._left, self._after = calendar, nth, after

    def __getattr__(self, name: str) -> Callable[..., Any]:
        work = getattr(self._calendar, name)

        def request(*given: Any) -> Any:
            self._left -= 1
            if self._left == 0 and not self._after:
                raise ChannelError("cut", about="server")
            answer = work(*given)
            if self._left == 0:
                raise ChannelError("lost", about="server", perhaps=True)
            return answer

        return request


class Counting:
    """A calendar that tells which requests were made of it."""

    def __init__(self, calendar: InMemoryCalendar) -> None:
        self._calendar, self.asked = calendar, list[str]()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        self.asked.append(name)
        return cast(Callable[..., Any], getattr(self._calendar, name))


Everything = tuple[str, str, str, list[SeenDay]]
"""A series: its key, title and text, and its days as they stand. A day's own title or text differs from the series'."""


@dataclass
class Place:
    """A person's calendar, what is known of it, and the plan."""

    plan: Plan = field(default_factory=Plan)
    today: date = TODAY
    calendar: InMemoryCalendar = field(default_factory=InMemoryCalendar)
    known: BlockState = field(default_factory=lambda: BlockState(person_id="1", key=KEY))

    def note(self, standing: BlockState) -> None:
        self.known = standing

    def for_a_call(self) -> Any:
        """The calendar as one call has it."""
        return self.calendar

    def need(self) -> str | None:
        return need(self.known, self.plan.wanted(self.known, self.today), self.today)

    def bring(self, calendar: Any = None) -> Result:
        """One call, as the service makes it: what was noted last is the truth if it fails."""
        wanted = self.plan.wanted(self.known, self.today)
        asked = cast(Calendar, calendar or self.for_a_call())
        result = bring(self.known, wanted, texts(wanted), asked, self.note, self.today)
        self.known = result.standing
        return result

    def close(self) -> None:
        """It is not asked any more."""

    def take_away(self, calendar: Any = None) -> None:
        asked = cast(Calendar, calendar or self.for_a_call())
        self.known = bring(self.known, None, texts(None), asked, self.note, self.today).standing

    def breaks(self, nth: int, *, after: bool) -> bool:
        """One call that breaks off at its `nth` request; whether it had so many."""
        try:
            self.bring(Breaking(self.calendar, nth, after=after))
        except ChannelError:
            return True
        return False

    def breaks_away(self, nth: int, *, after: bool) -> bool:
        """A taking away that breaks off at its `nth` request; whether it had so many."""
        try:
            self.take_away(Breaking(self.calendar, nth, after=after))
        except ChannelError:
            return True
        return False

    def edit(self, **changes: Any) -> "Place":
        self.plan = replace(self.plan, **changes)
        return self

    def settle(self) -> "Place":
        """Calls until nothing is left to do; more than two would mean that they go round in circles."""
        for _ in range(2):
            if self.need():
                self.bring()
        assert self.need() is None
        return self

    @property
    def series(self) -> PaperSeries:
        """The one series of ours."""
        (found,) = (one for one in self.calendar.series.values() if one.key == KEY)
        return found

    def day(self, day: date) -> SeenDay | None:
        """How a day stands, by the day it was meant for."""
        (item,) = self.calendar.find(KEY)
        there = self.series.wish.series.hits(day, day)
        return self.calendar.read_days(item, {day: 0}).get(day) if there else None

    def stands(self) -> dict[date, tuple[str, str | None, str | None]]:
        """Every day that stands: when, its title and its text."""
        days = self.plan.block.days(self.today, LAST)
        return {day: told(found) for day in days if (found := self.day(day))}

    def everything(self) -> list[Everything]:
        """All that stands in the calendar, of whichever series."""
        return [
            (one.key, one.title, one.text, InMemoryCalendar(series={item: one}).occurrences())
            for item, one in self.calendar.series.items()
        ]

    def goes_on(self) -> bool:
        """Whether there is a series of ours that is not over."""
        return any(key == KEY for key, *_ in self.everything())

    # What a person does in Outlook

    def delete_day(self, day: date) -> None:
        self.series.deleted.add(day)
        self.series.days.pop(day, None)

    def change_day(self, day: date, at: time | None = None, *, title: str = "", text: str = "") -> None:
        found = self.day(day)
        assert found is not None
        if at:
            starts = datetime.combine(day, at, COPENHAGEN)
            found = replace(found, starts=starts, ends=starts + (found.ends - found.starts))
        own = title or (found.title if found.title != self.series.title else "")
        self.series.days[day] = replace(found, title=own, text=text or found.text)

    def move_series(self, at: time) -> None:
        one = self.series
        one.wish = replace(one.wish, series=replace(one.wish.series, start=at))

    def delete_series(self) -> None:
        del self.calendar.series[self.known.item]

    def change_series(self, *, title: str = "", text: str = "") -> None:
        one = self.series
        one.title, one.text = title or one.title, text or one.text


def told(day: SeenDay) -> tuple[str, str | None, str | None]:
    return f"{day.starts.astimezone(COPENHAGEN):%H:%M}", day.title, day.text


def made(**fields: Any) -> Place:
    """A block that stands, all of it."""
    return Place(plan=Plan(**fields)).settle()


# --- what is written


class Binned(Counting):
    """A calendar whose series lies in Deleted Items: its id still leads there, a search in the calendar does not."""

    def read(self, item: str, zone: str) -> Any:
        seen = self._calendar.read(item, zone)
        return replace(seen, folder="deleted items") if seen else None

    def find(self, key: str) -> Sequence[str]:
        return []


def test_a_series_that_its_id_finds_in_another_folder_is_deleted_and_stays_so() -> None:
    here = Place().settle().edit(words="w2").settle()
    assert here.known.folder == "calendar"
    here.edit(title="Tech-tid").bring(Binned(here.calendar))
    assert (here.known.left, here.known.item, here.series.title) == ("deleted", "", "AI-tid")
    assert here.need() is None


def test_a_block_is_created_with_its_texts_the_coming_weeks_prompts_and_without_closed_days() -> None:
    place = made(closed=frozenset({WEDNESDAY}))
    assert place.series.text == "Serien w1"
    assert place.series.deleted == {WEDNESDAY}
    with_prompt = [TODAY + timedelta(days=n) for n in (0, 1, 3, 4, 7, 8, 9, 10, 11)]
    expected = dict.fromkeys(with_prompt, ("12:30", "AI-tid", "Dagens p1"))
    later = {TODAY + timedelta(days=n): ("12:30", "AI-tid", "Serien w1") for n in (14, 15, 16, 17, 18, 21, 22, 23, 24)}
    assert place.stands() == expected | later | {LAST: ("12:30", "AI-tid", "Serien w1")}


def test_a_block_that_stands_needs_nothing() -> None:
    assert made().need() is None


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ({"words": "w2"}, ["read", "write_words"]),
        ({"prompts": "p2"}, ["read", "read_days", "write_days"]),
        ({"closed": frozenset({WEDNESDAY})}, ["read", "read_days", "delete_days"]),
        ({"start": time(8, 30)}, ["read", "read_days", "delete", "create", "write_days"]),
    ],
    ids=["words", "prompts", "closed", "start"],
)
def test_a_change_makes_no_more_requests_than_it_needs(change: dict[str, Any], asked: list[str]) -> None:
    first = Counting((never := made()).calendar)
    never.edit(**change).bring(first)
    assert first.asked == ["find", *asked]  # once: where the calendar is was not known yet
    place = made().edit(words="before").settle().edit(**change)
    counting = Counting(place.calendar)
    place.bring(counting)
    assert (counting.asked, place.need()) == (asked, None)


def test_creating_is_four_requests_with_closed_days_and_three_without() -> None:
    counting = Counting(InMemoryCalendar())
    Place(plan=Plan(closed=frozenset({WEDNESDAY}))).bring(counting)
    assert counting.asked == ["find", "create", "write_days", "delete_days"]
    counting = Counting(InMemoryCalendar())
    Place().bring(counting)
    assert counting.asked == ["find", "create", "write_days"]


def test_taking_away_what_has_no_past_is_a_look_and_a_deletion_and_leaves_nothing_known() -> None:
    place = made().edit(words="w2").settle()
    counting = Counting(place.calendar)
    place.take_away(counting)
    assert (counting.asked, place.calendar.series) == (["read", "delete"], {})
    assert place.known == BlockState(person_id="1", key=KEY, calls=3)


def test_a_day_that_is_open_again_comes_back_with_its_prompt() -> None:
    place = made(closed=frozenset({WEDNESDAY})).edit(closed=frozenset()).settle()
    assert place.stands()[WEDNESDAY] == ("12:30", "AI-tid", "Dagens p1")


def test_a_day_goes_to_its_free_minute_and_back() -> None:
    place = made().edit(moved={THURSDAY: time(12, 0)}).settle()
    assert place.stands()[THURSDAY] == ("12:00", "AI-tid", "Dagens p1")
    place.edit(moved={}).settle()
    assert place.stands()[THURSDAY] == ("12:30", "AI-tid", "Dagens p1")


def test_days_that_could_not_be_changed_are_tried_again_and_the_others_are_done() -> None:
    class Stubborn(Counting):
        def delete_days(self, item: str, days: Mapping[date, int | str]) -> Mapping[date, str]:
            left = self._calendar.delete_days(item, {day: one for day, one in days.items() if day != WEDNESDAY})
            return {**left, WEDNESDAY: "Wednesday stays."}

    place = made().edit(closed=frozenset({WEDNESDAY, THURSDAY}))
    assert place.bring(Stubborn(place.calendar)).failed == ("Wednesday stays.",)
    assert (place.series.deleted, place.need()) == ({THURSDAY}, "block")
    assert place.settle().series.deleted == {WEDNESDAY, THURSDAY}


def test_what_the_person_did_is_tried_again_in_a_new_series_that_did_not_take_it() -> None:
    class Stubborn(Counting):
        def write_days(self, item: str, changes: Sequence[DayChange]) -> Mapping[date, str]:
            left = self._calendar.write_days(item, [one for one in changes if one.day != WEDNESDAY])
            return {**left, WEDNESDAY: "Wednesday stays."}

        def delete_days(self, item: str, days: Mapping[date, int | str]) -> Mapping[date, str]:
            left = self._calendar.delete_days(item, {day: one for day, one in days.items() if day != TUESDAY})
            return {**left, TUESDAY: "Tuesday stays."}

    place = made()
    place.change_day(WEDNESDAY, time(14, 0), title="Frokost")
    place.delete_day(TUESDAY)
    place.edit(start=time(8, 30))
    assert place.bring(Stubborn(place.calendar)).failed == ("Wednesday stays.", "Tuesday stays.")
    assert (place.stands()[WEDNESDAY][:2], TUESDAY in place.stands()) == (("08:30", "AI-tid"), True)
    place.settle()
    assert (place.stands()[WEDNESDAY][:2], TUESDAY in place.stands()) == (("14:00", "Frokost"), False)


def test_a_day_with_a_prompt_takes_the_series_new_title_and_stays_ours() -> None:
    place = made().edit(title="Tech-tid").settle()
    assert {title for _, title, _ in place.stands().values()} == {"Tech-tid"}
    place.edit(prompts="p2").settle()
    assert (place.known.own, place.stands()[TUESDAY]) == ((), ("12:30", "Tech-tid", "Dagens p2"))


# --- what the person did


@pytest.mark.parametrize(
    "change",
    [
        {"start": time(8, 30)},
        {"words": "w2"},
        {"prompts": "p2"},
        {"free": False},
        {"closed": frozenset({TODAY + timedelta(days=8)})},
    ],
    ids=["start", "words", "prompts", "busy", "closed"],
)
def test_single_days_that_the_person_changed_stay_as_they_are(change: dict[str, Any]) -> None:
    place, friday = made(), THURSDAY + timedelta(days=1)
    place.delete_day(TUESDAY)
    place.change_day(WEDNESDAY, time(14, 0))
    place.change_day(THURSDAY, title="Frokost med Bo")
    place.change_day(friday, text="Mine egne noter")
    place.edit(**change).settle()
    days = place.stands()
    assert TUESDAY not in days
    assert days[WEDNESDAY] == ("14:00", "AI-tid", "Dagens p1")
    assert days[THURSDAY] == ("12:30", "Frokost med Bo", "Dagens p1")
    assert days[friday] == ("12:30", "AI-tid", "Mine egne noter")


def test_a_day_that_the_person_moved_stays_also_when_it_is_closed() -> None:
    place = made()
    place.change_day(WEDNESDAY, time(14, 0))
    place.edit(closed=frozenset({WEDNESDAY})).settle()
    found = place.day(WEDNESDAY)
    assert found is not None
    assert told(found) == ("14:00", "AI-tid", "Dagens p1")
    place.edit(start=time(8, 30)).settle()
    again = place.day(WEDNESDAY)
    assert again is not None
    assert told(again) == told(found)


@pytest.mark.parametrize("closed", [frozenset(), frozenset({TUESDAY})], ids=["open", "closed and open again"])
def test_a_day_that_the_person_deleted_never_comes_back(closed: frozenset[date]) -> None:
    place = made()
    place.delete_day(TUESDAY)
    place.edit(closed=closed).settle().edit(closed=frozenset()).settle()
    place.edit(start=time(8, 30), prompts="p2").settle()
    assert place.series.deleted == {TUESDAY}


def test_a_series_that_the_person_deleted_is_left_alone_until_they_choose_anew() -> None:
    place = made()
    place.calendar.series.clear()
    place.edit(start=time(8, 30)).settle()
    assert (place.calendar.series, place.known.left) == ({}, "deleted")
    place.edit(title="Tech-tid", closed=frozenset({WEDNESDAY})).settle()
    assert place.calendar.series == {}
    place.edit(start=time(9, 0), choice="09:00//").settle()
    assert place.stands() == made(**vars(place.plan)).stands()


def test_a_series_that_the_person_moved_is_left_alone_until_they_choose_anew() -> None:
    place = made()
    place.move_series(time(15, 0))
    item = next(iter(place.calendar.series))
    place.edit(prompts="p2", start=time(8, 30)).settle()
    assert (list(place.calendar.series), place.series.wish.series.start, place.known.left) == (
        [item],
        time(15),
        "changed",
    )
    place.edit(start=time(9, 0), choice="09:00//").settle()
    assert place.stands() == made(**vars(place.plan)).stands()


def test_a_series_that_the_person_renamed_is_left_alone_and_goes_with_everything_of_ours() -> None:
    place = made()
    place.series.title = "Min pause"
    place.edit(title="Tech-tid").settle()
    assert (place.series.title, place.known.left) == ("Min pause", "changed")
    place.take_away()
    assert place.calendar.series == {}


def test_a_text_that_the_person_wrote_over_stays_when_ours_changes() -> None:
    place = made()
    place.series.text = "Mit eget"
    place.edit(words="w2").settle()
    assert place.series.text == "Mit eget"
    assert place.edit(words="w3").settle().series.text == "Mit eget"


def test_a_text_that_the_person_wrote_over_goes_along_when_the_series_is_written_anew() -> None:
    place = made()
    place.series.text = "Mit eget"
    place.edit(start=time(8, 30))
    assert place.breaks(5, after=False)  # deleted, and not there again yet
    assert place.calendar.series == {}
    assert place.settle().series.text == "Mit eget"
    assert place.edit(words="w2").settle().series.text == "Mit eget"
    assert place.edit(start=time(9, 0), choice="09:00//").settle().series.text == "Mit eget"


def test_what_the_person_did_before_they_chose_anew_is_over() -> None:
    place = made()
    place.delete_day(TUESDAY)
    place.edit(prompts="p2").settle()
    place.calendar.series.clear()
    place.edit(prompts="p3").settle()
    place.edit(start=time(9, 0), choice="09:00//").settle()
    assert place.stands() == made(**vars(place.plan)).stands()


# --- copies, and other ids


def copied(place: Place) -> str:
    """A copy of the series by hand, with everything on it, our key too; its id."""
    place.calendar.series["copy"] = deepcopy(place.series)
    return "copy"


def test_a_copy_made_by_hand_is_not_ours_while_the_series_stands() -> None:
    place = made()
    item, copy = next(iter(place.calendar.series)), copied(place)
    place.edit(prompts="p2", closed=frozenset({WEDNESDAY})).bring()
    assert (place.known.item, place.need()) == (item, None)
    assert place.calendar.series[copy].deleted == set()
    place.edit(start=time(8, 30)).bring()
    assert place.calendar.series[copy].wish.series.start == time(12, 30)
    assert len(place.calendar.series) == 2


def test_a_mailbox_that_gave_its_items_new_ids_gets_no_second_series() -> None:
    place = made()
    place.calendar.series["moved"] = place.calendar.series.pop(place.known.item)
    place.edit(prompts="p2").settle()
    assert (list(place.calendar.series), place.known.item) == (["moved"], "moved")
    place.calendar.series["again"] = place.calendar.series.pop("moved")
    place.take_away()
    assert place.calendar.series == {}


def test_utc_is_asked_for_with_two_changes_of_the_clock_on_different_days() -> None:
    zone = utc_zone()
    standard, daylight = ((one.iso_month, one.weekday, one.bias) for one in (zone.standard_time, zone.daylight_time))
    assert (zone.bias, standard[2], daylight[2]) == (0, 0, 0)
    assert standard[:2] != daylight[:2]
