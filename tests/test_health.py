"""service/engine/health.py: trying is not succeeding, and ages are the monotonic clock's."""

from datetime import UTC, datetime, timedelta

import pytest

from service.engine.health import Failing, Figures, Health, Pulse, Status, Step

NOW = datetime(2026, 12, 7, 8, 0, tzinfo=UTC)


class Watch:
    def __init__(self) -> None:
        self.seconds = 100.0
        self.pulse = Pulse(NOW, lambda: self.seconds)

    def health(self, *attention: str) -> Health:
        return self.pulse.health(lambda: Figures(attention=attention))


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_a_service_that_beats_is_well(watch: Watch) -> None:
    watch.pulse.beat(NOW)
    assert (watch.health().status, watch.health().beat_age_seconds) == ("ok", 0)


@pytest.mark.parametrize(("age", "status"), [(300, "ok"), (300.1, "late")])
def test_a_beat_that_does_not_come_is_late_after_five_minutes(watch: Watch, age: float, status: Status) -> None:
    watch.pulse.beat(NOW)
    watch.seconds += age
    assert watch.health().status == status


def test_the_wall_clock_of_a_beat_says_nothing_about_its_age(watch: Watch) -> None:
    watch.pulse.beat(NOW + timedelta(days=9))
    watch.seconds += 301
    assert watch.health().status == "late"


@pytest.mark.parametrize(
    ("step", "after", "status"),
    [
        ("tick", 0, "attention"),
        ("tick", 299, "attention"),
        ("tick", 300, "failing"),
        ("call", 299, "attention"),
        ("keep", 300, "failing"),
        ("claim", 0, "failing"),
        ("send", 0, "failing"),
        ("upkeep", 300, "attention"),
    ],
)
def test_a_step_that_fails_calls_for_attention_and_then_for_somebody(
    watch: Watch, step: Step, after: float, status: Status
) -> None:
    watch.pulse.failed(step, "the disk is full", NOW)
    watch.seconds += after
    watch.pulse.beat(NOW)
    assert watch.health().status == status


def test_beating_does_not_mend_a_tick_that_fails(watch: Watch) -> None:
    watch.pulse.failed("tick", "wrong", NOW)
    watch.seconds += 299
    watch.pulse.beat(NOW)
    watch.pulse.failed("tick", "still wrong", NOW + timedelta(minutes=5))
    watch.seconds += 1
    watch.pulse.beat(NOW)
    assert watch.health().status == "failing"
    assert watch.health().failing == (Failing(step="tick", since=NOW, began=100.0, said="still wrong"),)


def test_a_tick_that_succeeds_mends_it(watch: Watch) -> None:
    watch.pulse.failed("tick", "wrong", NOW)
    watch.pulse.ticked(NOW)
    assert (watch.health().status, watch.health().failing) == ("ok", ())


def test_what_fails_is_news_once(watch: Watch) -> None:
    news = [watch.pulse.failed("claim", said, NOW) for said in ("full", "full", "gone", "gone")]
    assert news == [True, False, True, False]
    assert [watch.pulse.succeeded("claim"), watch.pulse.succeeded("claim")] == [True, False]


def test_what_somebody_should_look_at_wakes_nobody(watch: Watch) -> None:
    assert (watch.health("held: 2").status, watch.health("held: 2").attention) == ("attention", ("held: 2",))
