"""Two pages of one person, open at once: each saves only what was changed on it, and nothing is taken back unseen."""

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from culture.people import NO_PREFERENCE, Preference
from service.acts.page_acts import carry_out
from service.acts.requests import Act, PageChoice
from service.cli.main import complete
from service.messages.faults import Refused
from service.pages.make_view import after_act
from service.pages.site import application
from service.pages.turnstile import ActLimits
from store.secret import make
from tests.examples import some
from tests.test_pages import MONDAY, ONE_CLICK, Place, example, fields

pytestmark = pytest.mark.year

ANNA = "1001"

CHOICES: dict[str, tuple[tuple[dict[str, Any], Any, str], ...]] = {
    "time": (
        ({"time_choice": "own", "time": "08:30"}, time(8, 30), "08.30"),
        ({"time_choice": "own", "time": "09:15"}, time(9, 15), "09.15"),
    ),
    "days": (
        ({"days": ["1", "3"]}, frozenset({1, 3}), "hver mandag og onsdag"),
        ({"days": ["2", "4"]}, frozenset({2, 4}), "hver tirsdag og torsdag"),
    ),
    "track": (({"track": "law"}, "law", "jura"), ({"track": "hr"}, "hr", "HR")),
    "language": (({"language": "en"}, "en", "English"), ({"language": "da"}, "da", "Dansk")),
    "channel": (
        ({"channel": "invite"}, "invite", "invitation"),
        ({"channel": "none"}, "none", "not in my calendar"),
    ),
    "pause_until": (
        ({"pause_until": "2026-12-21"}, date(2026, 12, 21), "mandag den 21. december"),
        ({"pause_until": "2027-01-04"}, date(2027, 1, 4), "mandag den 4. januar"),
    ),
    "level": (
        ({"level": "gentle"}, "gentle", "med et første skridt"),
        ({"level": "bold"}, "bold", "med en vej videre"),
    ),
    "stopped": (({"dose": "calendar"}, True, ""), ({"dose": "calendar"}, True, "")),
}
"""Of each field two choices: what a browser posts, what is stored, and how a page says it."""


class Tabs(Place):
    """The place with pages that are written down at once, as the service does, and no tick behind them."""

    def submit(self, act: PageChoice | Act) -> "Future[None]":
        self.acts.append(act)
        answer: Future[None] = Future()
        try:
            carry_out(self.engine, act, self.now)
            self.view = after_act(self.engine, self.view, act.person_id, self.now)
            answer.set_result(None)
        except Refused as refused:
            answer.set_exception(refused)
        return answer

    def begin(self) -> "Tabs":
        self.engine.stored.prefer(ANNA, NO_PREFERENCE)
        self.now = MONDAY
        self.view = after_act(self.engine, self.view, ANNA, self.now)
        limits = ActLimits(a_minute=10**6)
        app = application(lambda: self.view, self.submit, lambda: self.now, False, print, limits)
        self.client = type(self.client)(app, follow_redirects=False)
        return self

    @property
    def anna(self) -> str:
        return f"/me/{self.engine.links.token('page', ANNA, self.now)}"

    def opened(self) -> dict[str, Any]:
        """A tab on her page: what it would post, untouched."""
        return fields(self.client.get(self.anna).text)

    def post(self, tab: dict[str, Any], **changes: Any) -> Any:
        return self.client.post(self.anna, data={**tab, **changes})

    def stop(self) -> None:
        path = f"/stop/{self.engine.links.token('stop', ANNA, self.now)}"
        assert self.client.post(path, data=ONE_CLICK).status_code == 200

    @property
    def stored(self) -> Preference:
        with self.engine.database.batch():  # reads what another process wrote
            return self.engine.stored.preference(ANNA)


def at_the_command_line(folder: Path, *words: str) -> None:
    if not (folder / "var" / "secret").exists():
        make(folder / "var" / "secret")
    complete().main(["--config", str(folder / "config.toml"), *words], standalone_mode=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tabs")
    example(made)
    return made


@pytest.fixture(scope="module")
def standing_place(folder: Path) -> Iterator[Tabs]:
    here = Tabs(folder)
    yield here
    here.engine.close()


@pytest.fixture
def tabs(standing_place: Tabs) -> Tabs:
    return standing_place.begin()


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("name", CHOICES)
def test_two_tabs_each_change_their_own_fields(tabs: Tabs, name: str, first: bool) -> None:
    """One tab changes one field, the other all the others: so each is saved after each."""
    one, other = tabs.opened(), tabs.opened()
    alone = CHOICES[name][0][0]
    rest = {field: value for key, choices in CHOICES.items() if key != name for field, value in choices[0][0].items()}
    for tab, posted in ((one, alone), (other, rest))[:: 1 if first else -1]:
        assert tabs.post(tab, **posted).status_code == 303
    assert tabs.stored == Preference(**{key: choices[0][1] for key, choices in CHOICES.items()})


@pytest.mark.parametrize("name", [name for name in CHOICES if name != "stopped"])
def test_the_same_field_changed_in_both_is_said_with_both_values_and_written_when_saved_again(
    tabs: Tabs, name: str
) -> None:
    one, other = tabs.opened(), tabs.opened()
    (posted, value, _), (posted_too, value_too, _) = CHOICES[name]
    tabs.post(one, **posted)
    answer = tabs.post(other, **posted_too, dose="calendar")
    assert (answer.status_code, tabs.stored) == (409, Preference(**{name: value}))
    again = fields(answer.text)
    assert {key: again[key] for key in posted_too} == posted_too
    assert again["dose"] == "calendar"
    assert f'<a href="#{name}">' in answer.text
    assert tabs.post(again).status_code == 303
    assert tabs.stored == Preference(**{name: value_too, "stopped": True})


@pytest.mark.parametrize("name", ["time", "days", "track", "level", "pause_until"])
def test_both_values_are_said_as_people_say_them(tabs: Tabs, name: str) -> None:
    one, other = tabs.opened(), tabs.opened()
    (posted, _, words), (posted_too, _, words_too) = CHOICES[name]
    tabs.post(one, **posted)
    text = tabs.post(other, **posted_too).text
    sentence = f"Der står nu {words}, og du har valgt {words_too}."
    assert text.count(sentence) == 2  # at the top, and beside the field
    assert "Noget her er blevet ændret et andet sted, mens siden stod åben. Gem igen, " in text
    assert "Ret dette:" not in text
    assert "aria-invalid" not in text


@pytest.mark.parametrize("name", CHOICES)
def test_the_same_choice_made_twice_is_no_conflict(tabs: Tabs, name: str) -> None:
    one, other = tabs.opened(), tabs.opened()
    posted, value, _ = CHOICES[name][0]
    assert [tabs.post(tab, **posted).status_code for tab in (one, other, one)] == [303, 303, 303]
    assert tabs.stored == Preference(**{name: value})


@pytest.mark.parametrize("name", [name for name in CHOICES if name != "stopped"])
@pytest.mark.parametrize("stop_first", [True, False])
def test_a_stop_beside_an_open_page_is_never_taken_back(tabs: Tabs, name: str, stop_first: bool) -> None:
    tab = tabs.opened()
    posted, value, _ = CHOICES[name][0]
    if stop_first:
        tabs.stop()
    assert tabs.post(tab, **posted).status_code == 303
    if not stop_first:
        tabs.stop()
    assert tabs.stored == Preference(**{name: value, "stopped": True})


def test_letters_are_started_again_only_by_a_page_that_showed_them_stopped(tabs: Tabs) -> None:
    early = tabs.opened()
    tabs.stop()
    late = tabs.opened()
    assert tabs.post(early, track="law").status_code == 303
    assert tabs.stored.stopped
    assert late["dose"] == "calendar"
    assert tabs.post(late, dose="all").status_code == 303
    assert tabs.stored == Preference(track="law")


def test_a_dose_chosen_on_a_page_that_did_not_show_the_stop_is_asked_about(tabs: Tabs) -> None:
    early = tabs.opened()
    tabs.stop()
    answer = tabs.post(early, dose="one")
    assert (answer.status_code, tabs.stored) == (409, Preference(stopped=True))
    assert "Breve: Der står nu ingen, og du har valgt hver uge." in answer.text
    assert tabs.post(fields(answer.text)).status_code == 303
    assert tabs.stored == Preference(dose="one")


@pytest.mark.parametrize("wait", [timedelta(0), timedelta(hours=13)])
def test_a_page_that_comes_back_shows_what_changed_meanwhile_and_keeps_what_was_written(
    tabs: Tabs, wait: timedelta
) -> None:
    """Whether it comes back for a fault or for its age."""
    tab = tabs.opened()
    tabs.stop()
    tabs.post(tabs.opened(), track="law")
    tabs.now += wait
    answer = tabs.post(tab, time_choice="own", time="08:30", pause_until="" if wait else "2020-01-01")
    assert answer.status_code == (403 if wait else 422)
    again = fields(answer.text)
    assert (again["dose"], again["track"], again["time"]) == ("calendar", "law", "08:30")
    assert tabs.post({**again, "pause_until": ""}).status_code == 303
    assert tabs.stored == Preference(time=time(8, 30), track="law", stopped=True)


def test_a_time_written_beside_the_usual_one_is_still_wished_for_when_the_page_comes_back(tabs: Tabs) -> None:
    tab = tabs.opened()
    tabs.post(tabs.opened(), time_choice="own", time="08:30")
    answer = tabs.post(tab, time="09:15")
    assert answer.status_code == 409
    assert tabs.post(fields(answer.text)).status_code == 303
    assert tabs.stored == Preference(time=time(9, 15))


def test_a_fault_in_one_field_hides_no_conflict_in_another(tabs: Tabs) -> None:
    tab = tabs.opened()
    tabs.post(tabs.opened(), track="law")
    faulty = tabs.post(tab, track="hr", pause_until="2020-01-01")
    mended = tabs.post({**fields(faulty.text), "pause_until": ""})
    assert (faulty.status_code, mended.status_code, tabs.stored.track) == (422, 409, "law")
    assert tabs.post(fields(mended.text)).status_code == 303
    assert tabs.stored.track == "hr"


def test_what_moves_again_is_said_again(tabs: Tabs) -> None:
    tab = tabs.opened()
    tabs.post(tabs.opened(), track="law")
    first = tabs.post(tab, track="hr")
    tabs.post(tabs.opened(), track="economy")
    second = tabs.post(fields(first.text))
    assert (first.status_code, second.status_code, tabs.stored.track) == (409, 409, "economy")


def test_a_choice_at_the_command_line_is_not_taken_back_by_an_open_page(tabs: Tabs, folder: Path) -> None:
    tab = tabs.opened()
    at_the_command_line(folder, "people", "set", ANNA, "--time", "08:30", "--stop")
    assert tabs.post(tab, track="law").status_code == 303
    assert tabs.stored == Preference(time=time(8, 30), track="law", stopped=True)


def test_the_command_line_changes_no_more_than_it_names(tabs: Tabs, folder: Path) -> None:
    tabs.post(tabs.opened(), track="law", dose="calendar")
    at_the_command_line(folder, "people", "set", ANNA, "--time", "08:30")
    assert tabs.stored == Preference(time=time(8, 30), track="law", stopped=True)


def test_a_new_address_from_an_old_page_takes_nothing_back(tabs: Tabs) -> None:
    tab = tabs.opened()
    tabs.post(tabs.opened(), track="law", dose="calendar")
    answer = tabs.client.post(tabs.anna, data={"form": tab["form"], "act": "address"})
    assert answer.headers["Location"] == "?saved=address"
    assert tabs.stored == Preference(track="law", stopped=True)


def test_a_break_that_ran_out_in_an_open_page_is_neither_a_fault_nor_news(tabs: Tabs) -> None:
    tabs.post(tabs.opened(), pause_until="2026-12-01")
    tabs.now = MONDAY + timedelta(hours=11)
    tab, too = tabs.opened(), tabs.opened()
    tabs.now = MONDAY + timedelta(hours=20)  # past midnight in Copenhagen, and the pages nine hours old
    assert tabs.post(tab, track="law").status_code == 303
    assert tabs.post(too, pause_until="2026-12-21").status_code == 303
    assert tabs.stored == Preference(track="law", pause_until=date(2026, 12, 21))


def test_a_calendar_that_is_no_longer_offered_is_not_given_up_by_saving_something_else(tabs: Tabs) -> None:
    tabs.engine.stored.prefer(ANNA, Preference(channel="exchange"))
    tabs.at(MONDAY)
    assert tabs.post(tabs.opened(), track="law").status_code == 303
    assert tabs.stored == Preference(channel="exchange", track="law")


def test_a_token_that_tells_of_no_page_chooses_nothing(tabs: Tabs) -> None:
    tab = {**tabs.opened(), "form": tabs.engine.links.token("form", ANNA, tabs.now)}
    assert tabs.post(tab, track="law").status_code == 403
    assert tabs.stored == NO_PREFERENCE


def test_whoever_was_erased_while_their_page_was_open_is_not_kept_again(tabs: Tabs) -> None:
    carry_out(tabs.engine, PageChoice(person_id="nobody", changes={"track": "law"}), tabs.now)
    assert "nobody" not in tabs.engine.stored.preferences()


STEPS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from([*CHOICES, "reload", "mailbox"]), st.integers(0, 1)), max_size=12
)


@settings(max_examples=some(20), deadline=None)
@given(steps=STEPS)
def test_whatever_is_done_in_three_tabs_nothing_changes_but_what_was_asked_for(
    standing_place: Tabs, steps: list[tuple[int, str, int]]
) -> None:
    """Each act changes its own field or says that it does not; no other field moves."""
    tabs = standing_place.begin()
    open_tabs = [tabs.opened() for _ in range(3)]
    for number, name, choice in steps:
        before = tabs.stored
        if name == "mailbox":
            tabs.stop()
            wanted = {"stopped": True}
        elif name == "reload":
            open_tabs[number] = tabs.opened()
            wanted = {}
        else:
            posted, value, _ = CHOICES[name][choice]
            answer = tabs.post(open_tabs[number], **posted)
            wanted = {name: value} if answer.status_code == 303 else {}
            seen = open_tabs[number] | posted == open_tabs[number]
            wanted = {} if seen else wanted
        changed = {
            one: getattr(tabs.stored, one) for one in CHOICES if getattr(tabs.stored, one) != getattr(before, one)
        }
        assert changed.items() <= wanted.items()
        assert all(getattr(tabs.stored, one) == value for one, value in wanted.items())
