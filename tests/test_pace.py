"""Rates, back-off and circuit, on clocks of the tests' own."""

import itertools
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import pace
from mailer.pace import DAY, HOUR, MINUTE, NONE, Circuit, Rate
from tests.outbox_values import NOW

pytestmark = pytest.mark.slow

SECOND = timedelta(seconds=1)


def test_backoff_grows_to_an_hour_and_is_spread_by_a_fifth_at_most() -> None:
    steps = [1, 5, 15, 60, 60, 60]
    for attempts, minutes in enumerate(steps, 1):
        pauses = {pace.backoff(attempts, f"{number:040x}") for number in range(50)}
        assert len(pauses) == 50
        assert all(minutes * MINUTE <= pause <= 1.2 * minutes * MINUTE for pause in pauses)
    assert pace.backoff(2, "a") == pace.backoff(2, "a")


# By the minute


@given(st.integers(1, 1000), st.lists(st.integers(0, 10_000), min_size=1, max_size=60))
def test_no_minute_has_more_letters_than_the_rate(per_minute: int, gaps_ms: list[int]) -> None:
    rate, moment, taken = Rate(per_minute=per_minute), NOW, list[datetime]()
    for gap in gaps_ms:
        moment += timedelta(milliseconds=gap)
        rate, wait = rate.take(moment)
        if not wait:
            taken.append(moment)
    spacing = MINUTE / per_minute
    assert all(later - earlier >= spacing for earlier, later in itertools.pairwise(taken))
    assert taken[0] == NOW + timedelta(milliseconds=gaps_ms[0])


def test_waiting_as_told_is_enough() -> None:
    rate, wait = Rate(per_minute=30).take(NOW)
    rate, wait = rate.take(NOW + timedelta(milliseconds=500))
    assert wait == timedelta(milliseconds=1500)
    assert rate.take(NOW + timedelta(milliseconds=500) + wait)[1] == NONE


# By the hour


@given(
    st.integers(1, 20),
    st.none() | st.integers(1, 60),
    st.lists(st.integers(0, 600), min_size=1, max_size=100),
    st.integers(0, 100),
)
def test_no_hour_has_more_letters_than_the_rate_also_across_a_restart(
    per_hour: int, per_minute: int | None, gaps_seconds: list[int], restart_at: int
) -> None:
    empty = Rate(per_minute=per_minute, per_hour=per_hour)
    rate, moment, taken = empty, NOW, list[datetime]()
    for number, gap in enumerate(gaps_seconds):
        if number == restart_at:
            rate = empty.after(taken)
        moment += timedelta(seconds=gap)
        rate, wait = rate.take(moment)
        if not wait:
            taken.append(moment)
    windows = zip(taken, taken[per_hour:], strict=False)
    assert all(later - earlier >= HOUR for earlier, later in windows)


def test_waiting_for_the_hour_as_told_is_enough_and_not_much_too_long() -> None:
    rate, _ = Rate(per_hour=2).take(NOW)
    rate, _ = rate.take(NOW + 10 * MINUTE)
    rate, wait = rate.take(NOW + 20 * MINUTE)
    assert wait == 41 * MINUTE  # the minute of the first letter is over a minute later
    rate, wait = rate.take(NOW + 61 * MINUTE)
    assert (wait, rate.take(NOW + 61 * MINUTE)[1]) == (NONE, 10 * MINUTE)


def test_the_hour_says_what_it_has_left() -> None:
    rate = Rate(per_hour=3).after([NOW - 2 * HOUR, NOW - 10 * MINUTE, NOW])
    assert (rate.room(NOW), rate.room(NOW + HOUR), Rate(per_minute=1).room(NOW)) == (1, 2, None)


@given(st.integers(1, 20), st.lists(st.integers(0, 4), min_size=1, max_size=100), st.integers(0, 100))
def test_no_day_has_more_letters_than_the_rate_also_across_a_restart(
    per_day: int, gaps_hours: list[int], restart_at: int
) -> None:
    empty = Rate(per_day=per_day)
    rate, moment, taken = empty, NOW, list[datetime]()
    for number, gap in enumerate(gaps_hours):
        if number == restart_at:
            rate = empty.after(taken)
        moment += gap * HOUR
        rate, wait = rate.take(moment)
        if not wait:
            taken.append(moment)
    windows = zip(taken, taken[per_day:], strict=False)
    assert all(later - earlier >= DAY for earlier, later in windows)


def test_of_the_hour_and_the_day_the_one_that_has_less_left_counts() -> None:
    rate = Rate(per_hour=2, per_day=3).after([NOW - 3 * HOUR, NOW - 2 * HOUR])
    assert [rate.room(NOW + later * HOUR) for later in (0, 21.5, 22.5)] == [1, 2, 2]
    full, _ = rate.take(NOW)
    assert (full.room(NOW), full.spent_wait(NOW)) == (0, 21 * HOUR + MINUTE)


def test_three_thousand_letters_at_thirty_a_minute_take_a_hundred_minutes() -> None:
    moments = list(itertools.islice(Rate(per_minute=30, per_day=10_000).ahead(NOW), 3000))
    assert (moments[0], moments[-1]) == (NOW, NOW + 100 * MINUTE - 2 * SECOND)


@given(
    st.none() | st.integers(1, 60), st.none() | st.integers(1, 50), st.none() | st.integers(1, 80), st.integers(0, 90)
)
def test_what_is_foreseen_of_a_rate_is_what_it_does(
    per_minute: int | None, per_hour: int | None, per_day: int | None, before: int
) -> None:
    """To within a minute for each span that was waited for, and never a letter more than it lets go."""
    rate = Rate(per_minute=per_minute or 60, per_hour=per_hour, per_day=per_day)
    rate = rate.after(NOW - MINUTE * number for number in range(before))
    foreseen = list(itertools.islice(rate.ahead(NOW), 100))
    moment, done = NOW, list[datetime]()
    while len(done) < 100:
        rate, wait = rate.take(moment)
        done += [moment] if not wait else []
        moment += wait
    assert all(abs(one - other) <= 5 * MINUTE for one, other in zip(foreseen, done, strict=True))


def test_a_letter_that_never_got_to_the_server_costs_nothing_of_the_hour() -> None:
    rate, _ = Rate(per_hour=1).take(NOW)
    assert rate.take(NOW + SECOND)[1] > NONE
    assert rate.returned(NOW).take(NOW + SECOND)[1] == NONE


def test_a_clock_set_back_does_not_stop_the_letters() -> None:
    back = NOW - timedelta(hours=2)
    by_minute, _ = Rate(per_minute=30).take(NOW)
    by_hour, _ = Rate(per_hour=1).take(NOW)
    waits = [by_minute.take(back)[1], by_hour.take(back)[1], Circuit().failed("down", NOW, "a").wait(back)]
    assert waits == [NONE, NONE, NONE]


# The circuit


def test_a_server_that_stays_down_is_asked_less_and_less_often_and_its_beginning_is_kept() -> None:
    circuit, moment, rests = Circuit(), NOW, []
    for _ in range(7):
        circuit = circuit.asked_by("a").failed("down", moment, "a")
        rests.append(circuit.wait(moment).total_seconds())
        moment += circuit.wait(moment)
    assert rests == [30, 60, 120, 300, 600, 600, 600]
    assert (circuit.since, circuit.failures) == (NOW, 7)


def test_threads_that_find_the_same_trouble_do_not_lengthen_the_rest() -> None:
    circuit = Circuit().failed("down", NOW, "a").failed("down", NOW, "b").failed("down", NOW, "c")
    assert circuit.wait(NOW) == timedelta(seconds=30)


def test_a_straggler_says_nothing_about_the_letter_that_asks() -> None:
    asking = Circuit().failed("down", NOW, "a").asked_by("b")
    assert asking.failed("down too", NOW, "c") == asking
    assert asking.unasked("c") == asking


def test_while_a_letter_asks_the_others_rest_however_long_it_takes() -> None:
    asking = Circuit().failed("down", NOW, "a").asked_by("b")
    assert [asking.resting(NOW + later) for later in (NONE, HOUR, 100 * HOUR)] == [True, True, True]
    assert not asking.unasked("b").resting(NOW)
    assert not Circuit().asked_by("b").resting(NOW)


def test_a_failure_is_the_things_own_until_another_fails_alike() -> None:
    struck = Circuit().suspecting("503", "anna")
    found = [struck.believes(cause, thing) for cause, thing in (("503", "anna"), ("cut", "bo"), ("503", "bo"))]
    assert (found, Circuit().believes("503", "bo")) == ([False, False, True], False)


def test_while_the_server_is_in_trouble_every_failure_is_its_own() -> None:
    assert Circuit().failed("down", NOW, "a").believes("503", "b")


def test_a_success_clears_all_suspicion_and_a_failure_starts_afresh() -> None:
    assert Circuit().suspecting("503", "anna").failed("down", NOW, "bo").suspects == ()


def test_causes_with_numbers_of_their_own_do_not_fill_the_memory() -> None:
    circuit = Circuit()
    for number in range(1000):
        circuit = circuit.suspecting(f"error {number}", "anna")
    assert circuit.suspects[-1] == ("error 999", "anna")
    assert len(circuit.suspects) == pace.SUSPECTS


def test_who_found_the_server_down_goes_behind_the_others_until_they_get_through() -> None:
    back = Circuit().failed("429", NOW, "a").asked_by("b").succeeded("b")
    assert (back.met_again("a"), back.met_again("c"), back.failed("down", NOW, "c").met_again("a")) == (
        True,
        False,
        False,
    )
    assert (back.trouble, back.next_of(["a", "b", "c"]), back.succeeded("a")) == (None, 1, Circuit())


def test_what_was_on_its_way_does_not_end_the_servers_rest() -> None:
    resting = Circuit().failed("429", NOW, "a")
    assert resting.succeeded("b") == resting
    assert resting.asked_by("c").succeeded("b") == resting.asked_by("c")


@given(st.lists(st.sampled_from("abcde"), min_size=1, max_size=5, unique=True))
def test_everything_asks_in_turn_before_anything_asks_again(things: list[str]) -> None:
    circuit, moment, asked = Circuit(), NOW, list[str]()
    for _ in range(2 * len(things)):
        thing = things[circuit.next_of(things)]
        circuit = circuit.asked_by(thing).failed("down", moment, thing)
        moment += circuit.wait(moment)
        asked.append(thing)
    assert asked == things * 2
