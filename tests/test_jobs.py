"""From notices and changes to letters: what goes together, what goes alone, and how many a day."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from calendars.difference import Change
from calendars.event import Slot
from culture.meetings import MeetingPlan, Rhythm
from culture.relay.challenges import Challenges, challenges
from culture.relay.learning import Learning, Outcome
from culture.relay.schedule import RelayRecords, advance
from culture.world import World
from service.planning import jobs
from service.planning.jobs import Job, merged, of_appointments
from service.relay.letters import turn_words
from tests.corps_values import START, ambassador, at, house, on
from tests.corps_values import world as corps_world
from tests.culture_values import (
    challenge_catalogue,
    organisation,
    person,
    running,
)

NOW = datetime(2027, 1, 4, 6, tzinfo=UTC)
ANNA, BO = person("a"), person("b")


def job(kind: str, *, of: str = "a", change: Change | None = None, hours: int = 0) -> Job:
    return Job(
        person=ANNA if of == "a" else BO,
        kinds=(kind,),
        keys=(f"{kind}/x/{of}",),
        due=NOW + timedelta(hours=hours),
        too_late=None,
        at_once=False,
        changes=(change,) if change else (),
    )


def change(method: str | None, starts: datetime = NOW + timedelta(days=20)) -> Change:
    slot = Slot(
        uid="s@x", starts=starts.astimezone(ZoneInfo("Europe/Copenhagen")), minutes=20, busy="busy", reminder_minutes=15
    )
    return Change(
        key="slot/0.s/a",
        kind="create",
        uid="s@x",
        person_id="a",
        channel="invite" if method else "feed",
        sequence=0,
        dtstamp=NOW,
        entry=slot,
        method=method,  # type: ignore[arg-type]  # one of the two, or none
        fingerprint="",
    )


def test_what_is_due_to_one_person_becomes_one_letter_with_the_weightiest_first() -> None:
    (one,) = merged([job("tip"), job("learning"), job("assignment")])
    assert one.kinds == ("assignment", "learning", "tip")
    assert one.keys == ("assignment/x/a", "learning/x/a", "tip/x/a")
    assert one.counted


def test_two_people_get_two_letters() -> None:
    assert [one.person.id for one in merged([job("tip"), job("tip", of="b")])] == ["a", "b"]


def test_a_calendar_part_goes_alone() -> None:
    found = merged([job("tip"), job("slot", change=change("REQUEST")), job("slot", change=change("CANCEL"))])
    assert sorted(one.kinds for one in found) == [("slot",), ("slot",), ("tip",)]


def test_slots_told_in_words_go_with_the_rest() -> None:
    (one,) = merged([job("slot", change=change(None)), job("slot", change=change(None)), job("tip")])
    assert (one.kinds, len(one.changes), one.calendar) == (("slot", "tip"), 2, None)


def test_a_letter_is_too_late_with_the_first_of_what_it_says() -> None:
    early = replace(job("tip"), too_late=NOW + timedelta(hours=2))
    (one,) = merged([early, replace(job("eve"), too_late=NOW + timedelta(days=1))])
    assert one.too_late == NOW + timedelta(hours=2)


def test_a_slot_three_days_away_presses_and_one_in_three_weeks_does_not() -> None:
    assert job("slot", change=change("REQUEST", NOW + timedelta(days=2))).presses(NOW)
    assert not job("slot", change=change("REQUEST")).presses(NOW)


def test_a_reminder_on_friday_about_monday_presses_and_a_request_for_a_learning_does_not() -> None:
    eve = replace(job("eve"), too_late=NOW + timedelta(days=3, hours=2))
    learning = replace(job("learning"), too_late=NOW + timedelta(days=14))
    assert (eve.presses(NOW), learning.presses(NOW)) == (True, False)


def world(*channels: str) -> World:
    people = [person(f"p{number}", channel=channel) for number, channel in enumerate(channels)]
    rhythm = Rhythm(weekday=4, start=time(9), minutes=60, every="4 weeks", counted_from=date(2027, 1, 14))
    made = organisation(
        *people,
        relay=running(),
        meeting_plans={"plan": MeetingPlan(department="plan", zone="Europe/Copenhagen", rhythm=rhythm)},
        challenges=challenge_catalogue(3),
        facilitators={"plan": "p0"},
    )
    return World(made, NOW).having(advance(made, RelayRecords(), NOW))


def test_presenter_and_facilitator_are_told_by_invitation_a_facilitator_on_a_feed_is_not() -> None:
    by_mail = of_appointments(world("invite", "invite"), {}, "x.example")
    presenter = next(iter(world("invite", "invite").of(RelayRecords).turns.values())).presenter
    assert {one.person.id for one in by_mail} == {"p0", presenter}
    on_feeds = world("feed", "feed")
    presenter = next(iter(on_feeds.of(RelayRecords).turns.values())).presenter
    assert [one.person.id for one in of_appointments(on_feeds, {}, "x.example")] == [presenter]


def test_all_programmes_are_asked_what_is_due() -> None:
    assert {notice.kind for notice in jobs.notices(world("feed", "feed"))} == {"welcome", "tip", "report"}


def test_the_weeks_last_place_is_for_what_cannot_wait_for_the_next_letter() -> None:
    place, kinds = World(organisation(ANNA, BO), NOW), ("tip", "overview", "revisit")
    of_kind = {kind: job(kind) for kind in kinds}
    tip = replace(of_kind["tip"], too_late=NOW + timedelta(days=1))
    overview = replace(of_kind["overview"], too_late=NOW + timedelta(days=2))
    revisit = replace(of_kind["revisit"], too_late=NOW + timedelta(days=30))
    room = [
        [jobs.has_room(place, due, letters) for letters in (0, 1, 2)]
        for due in ([tip], [overview], [revisit], [revisit, overview])
    ]
    assert room == [[True, True, False], [True, True, False], [True, False, False], [True, True, False]]


def test_what_yields_stands_in_its_order_after_the_letters_of_a_turn() -> None:
    (one,) = merged([job("tip", hours=-9), job("overview", hours=-8), job("revisit"), job("learning")])
    assert one.kinds == ("learning", "revisit", "overview", "tip")


def test_what_was_learned_before_is_called_as_the_reader_knows_it() -> None:
    found = world("feed", "feed")
    turn = next(iter(found.of(RelayRecords).turns.values()))
    named = replace(found.organisation.of(Challenges).challenges["challenge-1"])
    titles = {"da": "Et dansk navn", "en": "An English name"}
    texts = {key: replace(named.texts[key], title=title) for key, title in titles.items()}
    learning = Learning(
        id="x", department="plan", person="p0", challenge=named.id, title="Frozen", at=NOW, outcome=Outcome.NOT_YET
    )
    records = replace(found.of(RelayRecords), learnings={"x": learning})
    made = World(found.organisation.having(challenges([replace(named, texts=texts)])), NOW).having(records)
    again = replace(turn, earlier="x")
    told = {key: turn_words(made, again, person("p1", language=key)).earlier for key in titles}
    assert {key: one.title if one else "" for key, one in told.items()} == titles


def test_on_the_day_of_their_welcome_nobody_is_invited_to_what_can_wait_until_tomorrow() -> None:
    house_ = house(ambassador("1", channel="invite"), ambassador("2", channel="invite", first_seen=START))

    def invited(day: str) -> dict[str, list[str]]:
        found = on(corps_world(house_), at(day))
        told = sorted(of_appointments(found, {}, "x.example"), key=lambda one: one.subjects[one.key])
        days: dict[str, list[str]] = {}
        for one in told:
            days.setdefault(one.person.id, []).append(one.subjects[one.key])
        return days

    soon, later = "corps/2027-01", ["corps/2027-02", "corps/2027-03"]
    assert invited("2027-01-04") == {"1": [soon, *later], "2": [soon]}  # the first is tomorrow
    assert invited("2027-01-05") == {"1": [soon, *later], "2": [soon, *later]}
