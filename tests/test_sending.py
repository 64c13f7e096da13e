"""When letters may leave, and when next."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from culture.sending import window_open, window_opens
from culture.workdays import Closing, Span
from tests.culture_values import organisation, person

HOME = ZoneInfo("Europe/Copenhagen")
NOBODY_CLOSES = replace(organisation(person()), closing=Closing(country=""))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


def test_the_window_opens_on_the_next_day_that_lets_letters_through() -> None:
    made, who = NOBODY_CLOSES, person()
    opens = {
        when: window_opens(made, who, at(when))
        for when in ("2026-12-07 05:00", "2026-12-07 09:30", "2026-12-07 17:00", "2026-12-11 18:00")
    }
    assert opens == {
        "2026-12-07 05:00": at("2026-12-07 07:00"),
        "2026-12-07 09:30": at("2026-12-07 09:30"),
        "2026-12-07 17:00": at("2026-12-08 07:00"),
        "2026-12-11 18:00": at("2026-12-14 07:00"),
    }
    saturdays = person(working_days=frozenset({6}))
    assert window_opens(made, saturdays, at("2026-12-11 18:00")) == at("2026-12-12 07:00")
    assert window_opens(made, person(zone="Asia/Tokyo"), at("2026-12-07 05:00")) == at("2026-12-07 05:00")


def test_where_all_is_closed_it_never_opens() -> None:
    shut = Closing(country="", spans=(Span(at("2026-12-01 00:00").date(), at("2099-01-01 00:00").date()),))
    assert window_opens(replace(NOBODY_CLOSES, closing=shut), person(), at("2026-12-07 09:30")) is None


@given(st.integers(0, 60 * 24 * 400))
def test_it_is_open_then_and_not_before(minutes: int) -> None:
    made, who = organisation(person()), person()
    now = at("2026-12-01 00:00") + timedelta(minutes=minutes)
    opens = window_opens(made, who, now)
    assert opens is not None
    assert window_open(made, who, opens)
    assert opens == now or not window_open(made, who, opens - timedelta(minutes=1))
    assert opens == now or not window_open(made, who, now)
