"""How many letters somebody gets in a week: over random calendars and organisations."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from culture.keys import ItemPeriod, MeetingPeriod, NoticeKey
from culture.meetings import MeetingPlan, Rhythm
from culture.organisation import Organisation
from culture.people import Department, Person
from culture.relay import notices as relay_notices
from culture.relay.deeds import Deed, Did
from culture.relay.schedule import RelayRecords, advance
from culture.relay.settings import Relay
from culture.relay.turns import Turn
from culture.revisit.rules import Revisit, RevisitRecords, What
from culture.revisit.settings import RevisitList
from culture.sending import window_opens
from culture.vitamin.settings import Vitamin
from culture.workdays import Closing, Span, Week
from culture.working_days import is_working_day
from culture.world import World
from service.planning import jobs
from service.planning.moments import next_moment
from tests.culture_values import challenge_catalogue, organisation, person
from tests.examples import some

pytestmark = pytest.mark.slow

TZ = ZoneInfo("Europe/Copenhagen")
FIRST = date(2026, 12, 1)
BEGIN = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
"""A Monday, 07:00 in Copenhagen."""
WEEKDAYS = frozenset(range(1, 6))
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


# --- everything that is counted


@st.composite
def organisations(draw: st.DrawFn) -> tuple[Organisation, RevisitRecords]:
    """People with parts to play: facilitators of several departments, owners of things to judge again, part-timers."""
    departments = ["plan", "jura", "drift"][: draw(st.integers(1, 3))]
    people = [
        person(
            str(number),
            department=draw(st.sampled_from(departments)),
            working_days=frozenset(draw(st.sets(st.integers(1, 5), min_size=1))) if draw(st.booleans()) else WEEKDAYS,
            first_seen=BEGIN + timedelta(days=draw(st.integers(0, 20)), hours=draw(st.integers(0, 23))),
        )
        for number in range(1, 7)
    ]
    plans = {
        key: MeetingPlan(
            department=key,
            zone="Europe/Copenhagen",
            rhythm=Rhythm(weekday=draw(st.integers(1, 5)), start=time(draw(st.integers(8, 15))), minutes=60),
        )
        for key in departments
    }
    items = {
        str(number): item(
            str(number), draw(st.sampled_from(people[:2])), FIRST + timedelta(days=draw(st.integers(0, 35)))
        )
        for number in range(draw(st.integers(8, 16)))
    }
    made = organisation(
        *people,
        departments={key: Department(key=key, name=key) for key in departments},
        closing=draw(calendars()),
        vitamin=Vitamin(letter_day=draw(st.integers(1, 5))),
        relay=Relay(enabled=True, settle_days=0),
        revisit=RevisitList(enabled=True),
        challenges=challenge_catalogue(6),
        meeting_plans=plans,
        facilitators={key: draw(st.sampled_from(["1", "2"])) for key in departments},
    )
    return made, RevisitRecords(items)


def item(name: str, owner: Person, day: date) -> Revisit:
    return Revisit(
        id=f"item-{name}",
        name=name,
        what=What.TOOL,
        rejected_by="x",
        rejected_on=FIRST,
        reason="x",
        would_change="x",
        months=3,
        owner=owner.id,
        next_on=day,
    )


def lived(made: Organisation, items: RevisitRecords, until: datetime) -> tuple[Counter[tuple[Week, str]], set[str]]:
    """How many counted letters each person gets in each week, and the keys of all that is said."""
    letters, said, turns = Counter[tuple[Week, str]](), set[str](), RelayRecords()
    now = BEGIN
    while now < until:
        turns = advance(made, turns, now)
        world = World(made, now).having(turns, items)
        due = [one for one in jobs.notices(world) if one.key not in said and now < one.too_late]
        carried = {key for one in due for key in one.carries}
        found = [jobs.of_notice(world, one, one.carries) for one in due if one.key not in carried]
        ready, _ = jobs.by_week(world, found, lambda week, who: letters[week, who])
        for letter in jobs.merged(job for job in ready if job.may_go(world, now)):
            said |= set(letter.keys)
            letters[Week.of(made.today(letter.person, now)), letter.person.id] += letter.counted
        now = next_moment(world)
    return letters, said


@settings(max_examples=some(3), deadline=None)
@given(organisations())
def test_nobody_gets_more_than_two_counted_letters_in_a_week(made: tuple[Organisation, RevisitRecords]) -> None:
    letters, _ = lived(*made, until=BEGIN + timedelta(days=45))
    assert max(letters.values(), default=0) <= MOST


def test_what_waits_for_room_becomes_a_section_of_the_next_letter_and_no_overview_is_lost() -> None:
    people = [person("1"), person("2", department="jura"), person("3")]
    plans = {
        key: MeetingPlan(
            department=key,
            zone="Europe/Copenhagen",
            rhythm=Rhythm(weekday=day, start=time(9), minutes=60),
        )
        for key, day in (("plan", 3), ("jura", 5))
    }
    items = {str(day): item(str(day), people[0], date(2027, 1, 11) + timedelta(days=day)) for day in range(5)}
    made = organisation(
        *people,
        departments={key: Department(key=key, name=key) for key in plans},
        relay=Relay(enabled=True, settle_days=0),
        revisit=RevisitList(enabled=True),
        challenges=challenge_catalogue(6),
        meeting_plans=plans,
        facilitators=dict.fromkeys(plans, "1"),
    )
    letters, said = lived(made, RevisitRecords(items), until=datetime(2027, 1, 23, tzinfo=TZ))
    assert letters[Week(2027, 2), "1"] == MOST
    keys = [NoticeKey.from_text(key) for key in said]
    assert {one.period for one in keys if one.kind == "revisit"} == {
        ItemPeriod(one.id, one.next_on).to_text() for one in items.values() if one.next_on
    }
    overviews = {MeetingPeriod.from_text(one.period).day for one in keys if one.kind == "overview"}
    assert {date(2027, 1, 13), date(2027, 1, 15), date(2027, 1, 20), date(2027, 1, 22)} <= overviews
