"""How many letters somebody gets in a week: over random calendars and organisations."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from culture.organisation import Organisation
from culture.relay import notices as relay_notices
from culture.relay.deeds import Deed, Did
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.relay.turns import Turn
from culture.sending import window_opens
from culture.workdays import Closing, Span, Week
from culture.working_days import is_working_day
from tests.culture_values import challenge_catalogue, organisation, person
from tests.examples import some

pytestmark = pytest.mark.slow

TZ = ZoneInfo("Europe/Copenhagen")
FIRST = date(2026, 12, 1)
MOST = 2


@st.composite
def calendars(draw: st.DrawFn) -> Closing:
    """A year with closed spans here and there, besides weekends and the holidays of a country."""
    starts = draw(st.lists(st.integers(0, 380), max_size=8))
    lengths = draw(st.lists(st.integers(0, 12), min_size=len(starts), max_size=len(starts)))
    spans = [
        Span(FIRST + timedelta(days=first), FIRST + timedelta(days=first + length))
        for first, length in zip(starts, lengths, strict=True)
    ]
    return Closing(country=draw(st.sampled_from(["DK", "GB", ""])), spans=tuple(spans))


def working_day(closing: Closing, day: date) -> date:
    found = organisation(closing=closing)
    return next(one for n in range(400) if is_working_day(found, one := day + timedelta(days=n)))


@st.composite
def turns(draw: st.DrawFn) -> tuple[Organisation, Turn]:
    """A turn that was held: given any time before its meeting, and perhaps moved or taken over in between."""
    closing = draw(calendars())
    given = working_day(closing, FIRST + timedelta(days=draw(st.integers(0, 330))))
    day = working_day(closing, given + timedelta(days=draw(st.integers(1, 45))))
    starts = datetime.combine(day, time(draw(st.integers(7, 17)), draw(st.sampled_from([0, 30]))), TZ)
    moved = draw(st.none() | st.integers(0, (day - given).days))
    at = datetime.combine(given, time(7), TZ)
    deed = Deed(at=at + timedelta(days=moved or 0), by="facilitator", what=Did.MOVED)
    turn = Turn(
        id="plan-1",
        department="plan",
        number=1,
        kind="normal",
        person="a",
        presenter="a",
        announced=at - timedelta(days=20),
        meeting="m",
        starts=starts,
        minutes=draw(st.sampled_from([15, 20])),
        state="held",
        assigned=at,
        challenge="challenge-1",
        deeds=(deed,) if moved is not None else (),
    )
    made = organisation(person("a"), closing=closing, relay=Relay(enabled=True), challenges=challenge_catalogue(2))
    return made, turn


def days_of_letters(made: Organisation, turn: Turn) -> dict[str, date]:
    """On which day each letter about a turn leaves, when the window is open."""
    assert turn.ends
    said = relay_notices.due(made, RelayRecords(turns={turn.id: turn}), turn.ends + timedelta(days=1))
    leaves = {notice.kind: window_opens(made, made.people["a"], notice.due) for notice in said}
    return {kind: moment.astimezone(TZ).date() for kind, moment in leaves.items() if moment}


@settings(max_examples=some(60), deadline=None)
@given(turns())
def test_nobody_gets_more_than_two_letters_about_a_turn_in_the_week_of_its_meeting(
    made: tuple[Organisation, Turn],
) -> None:
    assert made[1].starts
    letters = days_of_letters(*made)
    this_week = {kind for kind, day in letters.items() if Week.of(day) == Week.of(made[1].starts.date())}
    assert len(this_week) <= MOST
    assert "learning" in letters
    assert not {"halfway", "eve"} <= letters.keys()  # one reminder
