"""Dates at the ends of the calendar, as HR systems write "for ever" and "since ever": a plan is made with all of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from culture.meetings import Amendment, MeetingPlan, Rhythm, unmet
from culture.people import Preference
from culture.relay import notices as relay_notices
from culture.relay.days import assignment_day
from culture.relay.schedule import RelayRecords, advance
from culture.vitamin import free_minute
from culture.vitamin import rules as vitamin
from culture.workdays import Closing, Span
from culture.working_days import next_working_day, working_day_before
from culture.world import World
from service.planning.moments import next_moment
from service.settings.inputs import warnings
from tests.culture_values import (
    SEEN,
    challenge_catalogue,
    organisation,
    person,
    running,
)
from tests.examples import some
from tests.service_values import MONDAY, claim_all, make_engine, write_config

pytestmark = pytest.mark.slow

NEVER, ALWAYS = date(9999, 12, 31), date(1, 1, 1)
DATES = (
    st.sampled_from([ALWAYS, date(1, 1, 2), date(1, 3, 1), date(9999, 11, 1), date(9999, 12, 30), NEVER]) | st.dates()
)

SOON = st.dates(date(2026, 11, 1), date(2027, 3, 1))
ANY = DATES | SOON

MORE = """
[people]
absences = "absences.csv"
[vitamin]
{starts}
[relay]
enabled = true
{starts}
[departments.plan.meeting]
weekday = "{weekday}"
time = "09:00"
{rhythm}
when_closed = "{closed}"
changes = [
  {{ on = {on}, cancelled = true }},
  {{ on = {moved}, to = {to}T23:59:59 }},
  {{ to = {extra}T00:00:00 }},
]
"""

RHYTHMS = ["", 'every = "month"\nnth = "last"', 'every = "2 weeks"\ncounted_from = {counted}']


def iso(day: date) -> str:
    return day.isoformat()


@given(data=st.data())
@settings(
    max_examples=some(15), deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)  # shrinking: minutes
def test_a_plan_is_made_with_any_dates_that_the_files_accept(data: st.DataObject) -> None:
    def draw() -> str:
        return iso(data.draw(ANY))

    def span() -> tuple[str, str]:
        first, last = sorted((data.draw(ANY), data.draw(ANY)))
        return iso(first), iso(last)

    with TemporaryDirectory() as name:
        folder = Path(name)
        first, last = span()
        week = data.draw(st.sampled_from(["0001-W01", "9999-W52", "2026-W53"]))
        write_config(
            folder, channel=data.draw(st.sampled_from(["feed", "invite"])), closed=f'"{first}..{last}", "{draw()}"'
        )
        text = (
            (folder / "config.toml").read_text("utf-8").replace("[policy.da]", f'quiet_weeks = ["{week}"]\n[policy.da]')
        )
        more = MORE.format(
            starts=data.draw(st.sampled_from(["", f"starts = {draw()}"])),
            weekday=data.draw(st.sampled_from(["monday", "thursday", "friday"])),
            rhythm=data.draw(st.sampled_from(RHYTHMS)).format(counted=draw()),
            closed=data.draw(st.sampled_from(["skip", "before", "after"])),
            on=draw(),
            moved=draw(),
            to=draw(),
            extra=draw(),
        )
        (folder / "config.toml").write_text(text + more, "utf-8")
        people = [f"{number};Person {number};p{number}@x.example;plan;{draw()};{draw()}" for number in range(1, 4)]
        people += [f"{number};Person {number};p{number}@x.example;plan;;" for number in range(4, 7)]
        heading = "number;name;email;department;started;left\n"
        (folder / "people.csv").write_text(heading + "\n".join(people) + "\n", "utf-8")
        absences = [";".join((str(number), *span())) for number in range(1, 6)] + [f"6;{draw()};"]
        (folder / "absences.csv").write_text("person;first;last\n" + "\n".join(absences) + "\n", "utf-8")
        engine = make_engine(folder)
        try:
            engine.stored.prefer("4", Preference(pause_until=data.draw(ANY)))
            for days in (0, 4, 11):
                now = MONDAY + timedelta(days=days)
                found = engine.tick(now)
                claim_all(engine, now)
                assert found.troubles == ()
                assert next_moment(replace(found.world, now=now)) > now
                warnings(found.world.organisation, engine.inputs, now.date())
        finally:
            engine.close()


# --- each of the places by itself


def test_a_person_away_until_further_notice_gets_nothing_and_stops_nobody() -> None:
    away, there = person("1"), person("2")
    world = World(organisation(away, there, absences={"1": (Span(date(2026, 11, 1), NEVER),)}), SEEN)
    assert [notice.person_id for notice in vitamin.due(world)] == ["2", "2"]
    assert vitamin.welcome_moment(world.organisation, away) is None


def test_whoever_comes_back_after_years_is_welcomed_on_that_day() -> None:
    one = person("1")
    made = organisation(one, absences={"1": (Span(date(2026, 11, 1), date(2029, 12, 31)),)})
    assert vitamin.welcome_moment(made, one) == datetime(2030, 1, 2, 6, tzinfo=UTC)  # after New Year's Day


CLOSED = Closing(country="", spans=(Span(date(2026, 12, 10), NEVER),))


def test_in_a_house_that_is_closed_for_good_no_working_day_comes_and_none_was_before_time() -> None:
    made = organisation(closing=CLOSED)
    before = organisation(closing=Closing(country="", spans=(Span(ALWAYS, date(2026, 12, 9)),)))
    assert next_working_day(made, date(2026, 12, 9)) is None
    assert next_working_day(made, date(2026, 12, 8)) == date(2026, 12, 9)
    assert working_day_before(before, date(2026, 12, 10)) is None
    assert working_day_before(before, date(2026, 12, 11)) == date(2026, 12, 10)
    assert free_minute.earliest_day(made, date(2026, 12, 8)) is None


def test_where_no_day_leaves_time_enough_the_challenge_comes_on_the_plain_day() -> None:
    made = organisation(closing=Closing(country="", spans=(Span(ALWAYS, date(2026, 12, 9)),)))
    assert assignment_day(made, date(2026, 12, 10)) == date(2026, 11, 30)


def test_a_turn_held_before_the_house_closed_for_good_is_asked_about_for_two_weeks_and_nothing_fails() -> None:
    rhythm = Rhythm(weekday=3, start=time(9), minutes=60)
    made = organisation(
        *(person(one) for one in "abc"),
        relay=running(),
        challenges=challenge_catalogue(6),
        meeting_plans={"plan": MeetingPlan(department="plan", zone="Europe/Copenhagen", rhythm=rhythm)},
        closing=CLOSED,
    )
    records = advance(made, RelayRecords(), SEEN)
    for days in range(1, 12):
        records = advance(made, records, SEEN + timedelta(days=days))
    assert [turn.state for turn in records.turns.values()] == ["held"]
    now = SEEN + timedelta(days=11)
    due = relay_notices.due(made, records, now)
    assert [notice.kind for notice in due if now < notice.too_late] == ["learning"]  # and no window opens for it


@pytest.mark.parametrize("day", [ALWAYS, NEVER])
@pytest.mark.parametrize("every", ["week", "month"])
def test_a_change_of_a_day_at_the_ends_of_the_calendar_is_only_a_wrong_date(day: date, every: str) -> None:
    rhythm = Rhythm(weekday=6, start=time(9), minutes=60, every=every, nth=-1)  # type: ignore[arg-type]  # one of the two
    change = Amendment(on=day, to=None)
    assert list(unmet([change], rhythm)) == [change]
