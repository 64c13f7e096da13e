"""What the rates and the window carry: `plan` says when the last letter leaves, and which the window closes on."""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from culture.organisation import Window
from mailer.outbox import sent_moments
from mailer.pace import DAY, Rate
from service.answers.carried import carried, carried_lines, carried_on, carried_value
from service.answers.forecast import Coming, coming_lines
from service.planning.plan import Plan
from service.settings.config import Source, parse_config
from service.settings.transport_row import rate_of
from tests.service_values import CONFIG, MONDAY, live, make_engine, row, write_config, write_people

pytestmark = pytest.mark.slow

ZONE = ZoneInfo("Europe/Copenhagen")
NEXT_MONDAY = MONDAY + timedelta(weeks=1)
MINUTE = timedelta(minutes=1)
GRAPH = {"tenant": "x.example", "client": "6f1f8b9e-2c57-4f7f-9d0a-5a4f3d2c1b00", "secret_env": "S"}


@pytest.fixture
def tips(tmp_path: Path) -> Iterator[Plan]:
    """The plan of a Monday with a tip for each of forty people, in a window of an hour."""
    write_config(tmp_path, window="07:00-08:00")
    write_people(tmp_path, [row(number) for number in range(40)])
    engine = make_engine(tmp_path)
    live(engine, MONDAY)
    yield engine.plan(NEXT_MONDAY)
    engine.close()


def test_what_leaves_soon_is_not_worth_a_line(tips: Plan) -> None:
    assert len(tips.letters) == 40
    assert list(carried_lines(tips, Rate(), "en")) == []


def test_it_says_when_the_last_letter_leaves(tips: Plan) -> None:
    assert list(carried_lines(tips, Rate(per_minute=1), "en")) == [
        "The server gets these letters one after the other, the last of them at 2026-12-07 07:39."
    ]
    assert carried_value(tips, Rate(per_minute=1))["pace"] == {
        "ends": (NEXT_MONDAY + 39 * MINUTE).isoformat(),
        "left": [],
        "lost": [],
    }


def test_it_says_on_whom_the_window_closes_and_who_is_too_late_then(tips: Plan) -> None:
    """A tip is a day's: on the next morning it is not sent."""
    found = carried(tips, Rate(per_day=30))
    assert (found.ends, len(found.left), found.left == found.lost) == (NEXT_MONDAY + 29 * MINUTE / 6000, 10, True)
    first = ", ".join(job.person.name for job in tips.letters[30:35])
    assert list(carried_lines(tips, Rate(per_day=30), "en")) == [
        f"More than the sending window carries today, and waits until it opens again: 10 ({first} and 5 more)",
        f"Too late by then, and not sent: 10 ({first} and 5 more)",
    ]


def test_a_letter_that_minds_no_window_is_never_left(tips: Plan) -> None:
    urgent = replace(tips, letters=tuple(replace(job, at_once=True, too_late=None) for job in tips.letters[:20]))
    found = carried(urgent, Rate(per_hour=2))
    assert (found.left, found.lost) == ((), ())
    assert found.ends is not None
    assert found.ends > NEXT_MONDAY + timedelta(hours=9)


def test_a_day_carries_what_its_window_and_the_rates_let_through() -> None:
    day, window = date(2026, 12, 7), Window(opens=time(7), closes=time(8))
    rates = (Rate(per_minute=30), Rate(per_minute=30, per_day=100), Rate(per_hour=5), Rate())
    assert [carried_on(rate, window, ZONE, day, 2000) for rate in rates] == [1800, 100, 5, 2000]


def test_of_the_days_to_come_it_says_which_bring_more_than_the_window_carries(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1), row(2)])
    engine = make_engine(tmp_path)
    live(engine, MONDAY)
    letters = tuple(engine.letters())
    engine.close()
    days = [Coming(at=MONDAY + day * DAY, letters=letters, calls=(), held=(), people={}) for day in (0, 1)]
    lines = list(coming_lines(days, ZONE, "en", carries=lambda day, count: count - (day == date(2026, 12, 1))))
    assert [line for line in lines if "window" in line] == [
        "1 December 2026: the sending window carries 1 of 2 letters, and the others wait until it opens again"
    ]


# --- the rates of a transport


def rate(transport: str, **rates: int) -> Rate:
    written = tomllib.loads(
        CONFIG.format(transport=transport, channel="feed", window="07:00-17:00", closed="", port=1, zone="UTC")
    )
    written |= {"mail": written["mail"] | rates, "microsoft365": GRAPH}
    return rate_of(Source(parse_config(written, "config.toml"), Path("config.toml")))


def test_a_mailbox_in_the_cloud_has_rates_of_its_own_where_the_config_says_nothing() -> None:
    assert rate("microsoft365") == Rate(per_minute=30, per_day=10_000)
    assert rate("microsoft365", per_minute=10, per_day=500) == Rate(per_minute=10, per_day=500)
    assert rate("microsoft365", per_hour=600) == Rate(per_minute=30, per_hour=600, per_day=10_000)


def test_another_server_takes_letters_as_they_come_and_a_folder_always_does() -> None:
    assert (rate("smtp"), rate("smtp", per_day=5)) == (Rate(), Rate(per_day=5))
    assert rate("folder", per_minute=1, per_day=1) == Rate()


def test_only_what_left_by_the_same_transport_counts(tmp_path: Path) -> None:
    """The first day by a mail server: what was looked at in a folder in the morning has cost it nothing."""
    write_config(tmp_path)
    write_people(tmp_path, [row(1), row(2)])
    engine = make_engine(tmp_path)
    live(engine, MONDAY)
    assert len(sent_moments(engine.database, "folder")) == 2
    engine.close()
    write_config(tmp_path, transport="smtp")
    file = tmp_path / "config.toml"
    file.write_text(file.read_text("utf-8").replace("[mail]", "[mail]\nper_day = 100"), "utf-8")
    engine = make_engine(tmp_path)
    assert engine.rate().room(MONDAY + MINUTE) == 100
    for letter in list(engine.letters()):
        engine.database.table("letters").merge(letter.id, {"transport": "smtp"})
    assert engine.rate().room(MONDAY + MINUTE) == 98
    assert engine.make_outbox().room(MONDAY + MINUTE) == 98
    engine.close()
