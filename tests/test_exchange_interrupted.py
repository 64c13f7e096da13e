"""Calls that break off at any request, before or after it was carried out: finished by the next, and nothing is lost.

What had been written when the answer was lost is known for ours, whatever the plan says by then.
"""

from datetime import time, timedelta
from typing import Any

import pytest

from calendars.channel import ChannelError
from calendars.server.standing import BlockState
from tests.test_exchange import KEY, Breaking, Place, Plan, made
from tests.test_standing import TODAY, TUESDAY, WEDNESDAY

CHANGES: dict[str, tuple[Plan, dict[str, Any]]] = {
    "prompts": (Plan(), {"prompts": "p2"}),
    "words": (Plan(), {"words": "w2"}),
    "closed": (Plan(), {"closed": frozenset({TUESDAY, WEDNESDAY})}),
    "open again": (Plan(closed=frozenset({WEDNESDAY})), {"closed": frozenset()}),
    "start": (Plan(), {"start": time(8, 30)}),
    "start and prompts": (Plan(), {"start": time(8, 30), "prompts": "p2"}),
    "busy": (Plan(), {"free": False}),
    "title": (Plan(), {"title": "Tech-tid"}),
    "all": (Plan(), {"title": "Tech-tid", "words": "w2", "prompts": "p2", "start": time(8, 30)}),
}


@pytest.mark.parametrize("after", [False, True], ids=["cut", "lost"])
@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_a_creation_that_breaks_off_anywhere_is_finished_and_never_done_twice(nth: int, after: bool) -> None:
    place = Place(plan=Plan(closed=frozenset({WEDNESDAY})))
    assert place.breaks(nth, after=after)
    assert place.settle().stands() == made(closed=frozenset({WEDNESDAY})).stands()


@pytest.mark.parametrize("after", [False, True], ids=["cut", "lost"])
@pytest.mark.parametrize("nth", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize(("plan", "change"), CHANGES.values(), ids=CHANGES)
def test_a_change_that_breaks_off_anywhere_is_finished_and_the_persons_days_stay(
    plan: Plan, change: dict[str, Any], nth: int, after: bool
) -> None:
    """Two places in which a person and the plan do the same; in one the call breaks off and is made again."""
    smooth, rough = (Place(plan=plan).settle() for _ in range(2))
    for place in (smooth, rough):
        place.delete_day(TODAY + timedelta(days=7))
        place.change_day(TODAY + timedelta(days=8), time(14, 0))
        place.edit(**change)
    smooth.settle()
    rough.breaks(nth, after=after)
    rough.settle()
    assert (rough.stands(), rough.series.text) == (smooth.stands(), smooth.series.text)
    assert {one.day: one.gone for one in rough.known.own} == {one.day: one.gone for one in smooth.known.own}
    assert (rough.series.wish.series, rough.series.title) == (smooth.series.wish.series, smooth.series.title)


def test_what_may_have_been_created_is_taken_away_when_it_is_wanted_no_more() -> None:
    place = Place()
    assert place.breaks(2, after=True)
    wish = place.plan.wanted(BlockState(person_id="1", key=KEY), TODAY).wish
    assert (place.known.intended, place.known.may_stand) == (wish, True)
    place.take_away()
    assert place.calendar.series == {}


@pytest.mark.parametrize("after", [False, True], ids=["cut", "lost"])
def test_taking_away_that_breaks_off_is_finished(after: bool) -> None:
    place = made()
    with pytest.raises(ChannelError):
        place.take_away(Breaking(place.calendar, 1, after=after))
    assert place.known.may_stand
    place.take_away()
    assert (place.calendar.series, place.known.may_stand) == ({}, False)


@pytest.mark.parametrize(("nth", "start"), [(2, time(12, 30)), (4, time(8, 30))], ids=["update", "create"])
def test_after_a_lost_reply_the_series_text_is_still_known_as_ours(nth: int, start: time) -> None:
    place = made().edit(words="w2", start=start)
    assert place.breaks(nth, after=True)
    assert place.settle().edit(words="w3").settle().series.text == "Serien w3"


def test_after_a_lost_creation_a_text_that_the_person_wrote_over_stays() -> None:
    place = Place()
    assert place.breaks(2, after=True)
    place.settle().series.text = "Mit eget"
    assert place.edit(words="w2").settle().series.text == "Mit eget"


def test_a_day_that_was_taken_out_when_a_call_broke_off_comes_back_when_it_is_open_again() -> None:
    place = made().edit(words="w2").settle()
    place.edit(title="Tech-tid", closed=frozenset({TUESDAY}))
    assert place.breaks(3, after=True)
    assert place.series.deleted == {TUESDAY}
    place.edit(closed=frozenset()).settle()
    assert place.stands()[TUESDAY] == ("12:30", "Tech-tid", "Dagens p1")


def test_words_of_ours_whose_reply_was_lost_are_not_taken_for_the_persons() -> None:
    place = made().edit(prompts="p2")
    assert place.breaks(3, after=True)
    place.edit(prompts="p3", closed=frozenset({TUESDAY})).settle()
    assert (place.known.own, TUESDAY in place.stands()) == ((), False)
    assert place.stands()[WEDNESDAY] == ("12:30", "AI-tid", "Dagens p3")


def test_a_choice_made_anew_is_not_lost_when_its_call_breaks_off() -> None:
    place = made()
    place.move_series(time(15, 0))
    place.edit(prompts="p2").settle()
    place.edit(start=time(9, 0), choice="09:00//")
    assert place.breaks(2, after=False)
    assert place.settle().stands() == made(**vars(place.plan)).stands()
