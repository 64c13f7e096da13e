"""service/daemon/run.py, a turn of the loop at a time: what one step raises stops nothing else, is told, and is tried again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from culture.keys import PromptsKey
from culture.people import NO_PREFERENCE, Preference
from culture.workdays import Week
from service.acts.requests import Act, PageChoice
from service.daemon.run import ACTS_SECONDS, AGAIN_SECONDS, REST_SECONDS, Service
from service.pages.view import NotYet
from store import records
from store.daemon import Daemon, failing
from tests.service_values import MONDAY, make_engine, row, write_config, write_people

pytestmark = pytest.mark.slow


@dataclass
class Running:
    """A service without its threads, on clocks of the test's own."""

    folder: Path
    now: datetime = MONDAY
    seconds: float = 1000.0
    service: Service = field(init=False)

    def __post_init__(self) -> None:
        self.engine = make_engine(self.folder)
        self.daemon = Daemon(self.engine.folder, pid=1, started=self.now)
        self.daemon.__enter__()
        self.service = Service(self.engine, self.daemon, lambda: self.now, "en", monotonic=lambda: self.seconds)

    def after(self, seconds: float = 5) -> "Running":
        """Let time pass on both clocks, and take a turn; letters that are claimed go."""
        self.now, self.seconds = self.now + timedelta(seconds=seconds), self.seconds + seconds
        self.service.turn(0)
        self.service.outbox.drain(lambda: self.now, Event())
        return self

    def letters(self) -> set[str]:
        return {letter.person for letter in self.engine.letters() if letter.state == "sent"}

    def close(self) -> None:
        self.daemon.__exit__(None, None, None)
        self.engine.close()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    write_config(tmp_path)
    write_people(tmp_path, [row(1), row(2), row(3)])
    running = Running(tmp_path)
    yield running
    running.close()


def test_a_service_that_works_is_well_and_sends(running: Running) -> None:
    assert (running.after().service.health().status, running.letters()) == ("ok", {"1", "2", "3"})


def test_letters_that_cannot_be_claimed_wait_and_somebody_is_woken_at_once(running: Running) -> None:
    spool = running.folder / "var" / "spool"
    spool.write_text("in the way")
    health = running.after().service.health()
    assert (health.status, [one.step for one in health.failing], running.letters()) == ("failing", ["claim"], set())
    spool.unlink()
    spool.mkdir()
    assert running.after(REST_SECONDS).service.health().status == "ok"
    running.after()
    assert running.letters() == {"1", "2", "3"}


def test_prompts_that_cannot_be_dealt_are_one_departments_and_no_tick_fails_by_them(running: Running) -> None:
    """A record whose last day has no day after it; of the first department by name."""
    write_people(running.folder, [row(1, department="jura"), row(2), row(3)])
    key = PromptsKey("jura", "general", Week.of(MONDAY.date())).to_text()
    running.engine.database.table(records.PROMPTS).put(key, {"days": {"9999-12-31": [1, "p001"]}})
    health = running.after().service.health()
    assert (health.status, health.failing) == ("attention", ())
    assert running.service.view is not None
    assert {"2", "3"} <= running.letters()


def test_a_service_whose_first_tick_fails_says_so_where_it_has_nothing_to_show(running: Running) -> None:
    with pytest.raises(NotYet) as early:
        running.service.current_view()
    current = running.folder / "var" / "store" / "CURRENT"
    kept = current.read_bytes()
    current.write_bytes(b"nonsense")
    running.after()
    with pytest.raises(NotYet) as failed:
        running.service.current_view()
    assert (early.value.failing, failed.value.failing[0].step) == ((), "tick")
    current.write_bytes(kept)
    assert running.after(AGAIN_SECONDS).service.current_view().health().status == "ok"


def test_a_tick_that_fails_is_no_success_and_is_tried_again_within_a_minute(running: Running) -> None:
    running.after()
    current = running.folder / "var" / "store" / "CURRENT"
    kept = current.read_bytes()
    current.unlink()
    write_people(running.folder, [row(1), row(2), row(3), row(4)])
    first = running.after().service.health()
    later = running.after(REST_SECONDS).service.health()
    assert (first.status, [one.step for one in first.failing]) == ("attention", ["tick"])
    assert (later.beat_age_seconds, later.tick_age_seconds) == (0, 5 + REST_SECONDS)
    assert running.after(300).service.health().status == "failing"
    current.write_bytes(kept)
    assert running.after(AGAIN_SECONDS).service.health().status == "ok"
    running.after()
    assert "4" in running.letters()


def test_a_tick_that_failed_is_tried_again_by_turns_in_which_nothing_else_is_to_be_done(running: Running) -> None:
    running.after()
    current = running.folder / "var" / "store" / "CURRENT"
    kept = current.read_bytes()
    current.unlink()
    write_people(running.folder, [row(1), row(2), row(3), row(4)])
    running.after()
    current.write_bytes(kept)
    failing = [running.after(0.7).service.health().status for _ in range(2 * AGAIN_SECONDS)]  # between two beats too
    assert failing == sorted(failing)
    assert (failing[0], failing[-1]) == ("attention", "ok")
    assert "4" in running.letters()


def test_what_fails_is_written_down_for_status_and_taken_back(running: Running) -> None:
    spool = running.folder / "var" / "spool"
    spool.write_text("in the way")
    running.after()
    running.after()
    assert [what for what, _, _ in failing(running.engine.folder)] == ["claim"]
    spool.unlink()
    spool.mkdir()
    running.after(REST_SECONDS)
    running.after()
    assert failing(running.engine.folder) == ()


@pytest.mark.parametrize("away", [timedelta(days=9), timedelta(hours=-2), timedelta(days=365 * 12)])
def test_a_clock_that_was_wrong_for_twelve_seconds_costs_no_letter(running: Running, away: timedelta) -> None:
    running.after()
    running.now += away
    held = running.after().service.health()
    running.after()
    write_people(running.folder, [row(1), row(2), row(3), row(4)])
    running.after(2)
    before = running.letters()
    running.now -= away
    running.after().after().after().after()
    assert (held.held, before) == (1, {"1", "2", "3"})
    assert (running.service.health().status, running.letters()) == ("ok", {"1", "2", "3", "4"})


CHOICE = PageChoice(person_id="2", changes={"language": "en"})
ACTS = [
    CHOICE,
    Act(person_id="2", doing="discovery", values={"text": "It knows our abbreviations."}),
]


@pytest.mark.parametrize("act", ACTS, ids=["choice", "discovery"])
def test_what_somebody_does_costs_no_plan_and_one_tick_follows(running: Running, act: PageChoice | Act) -> None:
    plans = running.after().engine.plans
    answers = [running.service.submit(act) for _ in range(3)]
    for _ in answers:
        running.after(0)
    assert ([answer.done() for answer in answers], running.engine.plans) == ([True] * 3, plans)
    running.after(1)
    assert running.engine.plans == plans + 1
    running.service.submit(act)
    running.after(1)
    running.after(2)
    assert running.engine.plans == plans + 1
    running.after(ACTS_SECONDS)
    assert running.engine.plans == plans + 2


def test_a_page_shows_what_was_done_on_it_before_the_tick(running: Running) -> None:
    running.after()
    answer = running.service.submit(CHOICE)
    running.after(0)
    view = running.service.view
    assert view is not None
    assert answer.result(0) is None
    assert (view.preferences["2"], view.organisation.people["2"].language) == (Preference(language="en"), "en")
    assert view.preferences.get("1", NO_PREFERENCE) == NO_PREFERENCE


def test_a_new_address_is_the_valid_one_at_once(running: Running) -> None:
    running.after()
    before = running.service.view
    assert before is not None
    running.service.submit(PageChoice(person_id="2", new_addresses=True))
    running.after(0)
    after = running.service.view
    assert after is not None
    assert after.feed_tokens["2"] != before.feed_tokens["2"]
    assert after.by_feed_token.keys() == before.by_feed_token.keys() - {before.feed_tokens["2"]} | {
        after.feed_tokens["2"]
    }


def test_new_links_are_the_valid_ones_at_once(running: Running) -> None:
    running.after()
    before = running.service.view
    assert before is not None
    running.service.submit(PageChoice(person_id="2", new_links=True))
    running.after(0)
    after = running.service.view
    assert after is not None
    old, new = (view.links.reference("2") for view in (before, after))
    assert (before.by_reference[old], after.by_reference[new]) == ("2", "2")
    assert after.by_reference.keys() == before.by_reference.keys() - {old} | {new}
    assert after.feed_tokens["2"] != before.feed_tokens["2"]
    assert running.engine.links is after.links


def test_a_click_after_an_edit_of_another_process_goes_by_the_newest(running: Running) -> None:
    running.after()
    other = make_engine(running.folder)
    other.stored.prefer("1", Preference(language="en"))
    other.close()
    running.service.submit(CHOICE)
    running.after(0)
    assert running.engine.snapshot(running.now).organisation.people["1"].language == "en"
    running.after()
    view = running.service.view
    assert view is not None
    assert view.organisation.people["1"].language == "en"


def test_a_file_that_was_half_copied_for_one_beat_is_acted_on_when_it_stands_still(running: Running) -> None:
    running.after()
    write_people(running.folder, [row(1)])
    running.after()
    write_people(running.folder, [row(1), row(2), row(3), row(4)])
    there = [set(running.after().engine.stored.known()) for _ in range(3)]
    assert there == [{"1", "2", "3"}, {"1", "2", "3"}, {"1", "2", "3", "4"}]
    assert not any(one.gone for one in running.engine.stored.known().values())


def test_the_start_names_the_page_where_it_is_and_not_where_the_example_has_it(tmp_path: Path) -> None:
    write_config(tmp_path)
    config = (tmp_path / "config.toml").read_text("utf-8")
    web = 'port = 21304\npublic_url = "http://127.0.0.1:8017"'
    (tmp_path / "config.toml").write_text(config.replace("[web]\nenabled = false", f"[web]\n{web}"), "utf-8")
    write_people(tmp_path, [row(1)])
    made = Running(tmp_path)
    assert "The page is at http://127.0.0.1:21304" in made.service._begin()
    made.close()
