"""What is told of a turn and when, by acts in any order within minutes. A life letter by letter: `test_turn_life.py`."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from calendars.difference import Publication, intend, settle
from calendars.event import slot_uid
from culture.meetings import MeetingPlan, Rhythm
from culture.organisation import Organisation
from culture.relay import acts as relay_acts
from culture.relay import schedule as relay
from culture.relay.acts import NotPossible, Request
from culture.relay.news import GRACE
from culture.relay.schedule import RelayRecords
from culture.world import World
from service.planning.jobs import Job, of_appointments
from tests.culture_values import (
    challenge_catalogue,
    organisation,
    person,
    running,
)
from tests.examples import some
from tests.test_relay_life import DAY

pytestmark = pytest.mark.slow

MINUTE = timedelta(minutes=1)
PEOPLE = ("a", "b", "c", "d")
BEGIN = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
ACTS = ("pass", "ask", "accept", "decline", "undo", "undo", "volunteer")


def office(channel: str) -> Organisation:
    rhythm = Rhythm(weekday=4, start=time(9), minutes=60, every="2 weeks", counted_from=date(2027, 1, 14))
    return organisation(
        *(person(one, channel=channel) for one in PEOPLE),
        relay=running(settle_days=0, presenters=1),
        meeting_plans={"plan": MeetingPlan(department="plan", zone="Europe/Copenhagen", rhythm=rhythm)},
        challenges=challenge_catalogue(3),
        facilitators={"plan": "d"},
    )


class Told:
    """The relay and what everybody has been told, without a store."""

    def __init__(self, channel: str) -> None:
        self.made = office(channel)
        self.records, self.publications = RelayRecords(), dict[str, Publication]()
        self.letters: list[tuple[datetime, Job]] = []

    def tick(self, now: datetime) -> None:
        self.records = relay.advance(self.made, self.records, now)
        for job in of_appointments(World(self.made, now).having(self.records), self.publications, "x.example"):
            self.letters.append((now, job))
            for change in job.changes:
                before = self.publications.get(change.publication)
                self.publications[change.publication] = settle(intend(before, change, change.key))

    def act(self, what: str, who: str, other: str, number: int, now: datetime) -> None:
        turn, request = f"plan-{number}", Request(by=who, at=now)
        presents = turn in self.records.turns and self.records.turns[turn].presenter == who
        try:
            match what:
                case "pass" if presents:
                    self.records = relay_acts.pass_on(self.records, turn, request)
                case "ask" if presents:
                    self.records = relay_acts.offer(self.made, self.records, turn, other, request)
                case "accept":
                    self.records = relay_acts.accept(self.made, self.records, turn, who, request)
                case "decline":
                    self.records = relay_acts.decline(self.made, self.records, turn, who, request)
                case "undo":
                    self.records = relay_acts.undo(self.made, self.records, turn, request)
                case "volunteer":
                    first = now.date()
                    coming = relay.meetings(self.made, "plan", first, first + timedelta(days=40))
                    self.records = relay_acts.volunteer(self.made, self.records, who, coming[number % 2], request)
        except NotPossible:
            return
        self.records = relay.advance(self.made, self.records, now)

    def stands(self) -> dict[str, tuple[datetime, str]]:
        """When the turns are that everybody should know of, and who presents, by UID and person."""
        told = [
            (turn, one)
            for turn in self.records.turns.values()
            if turn.open and turn.starts
            for one in {turn.presenter, *(["d"] if self.made.people["d"].channel == "invite" else [])}
        ]
        return {
            f"{slot_uid(turn.id, 'x.example')}/{one}": (turn.starts, turn.presenter)
            for turn, one in told
            if turn.starts
        }

    def known(self) -> dict[str, tuple[datetime, str]]:
        """When the turns are that everybody has last been told of, and who presents."""
        return {key: (one.slot.starts, one.slot.presenter) for key, one in self.publications.items() if one.slot}


PERSON = st.sampled_from(PEOPLE)
DOING = st.tuples(st.sampled_from(ACTS), PERSON, PERSON, st.integers(1, 4), st.integers(0, 9))


@settings(max_examples=some(50))
@given(st.sampled_from(["feed", "invite"]), st.lists(DOING, max_size=14))
@example("feed", [("pass", "b", "a", 1, 0), ("undo", "b", "a", 1, 9)])
@example("invite", [("ask", "b", "a", 1, 0), ("accept", "a", "b", 1, 1), ("undo", "b", "a", 1, 9)])
def test_acts_in_any_order_within_minutes_are_told_once_and_the_last_word_is_true(
    channel: str, acts: list[tuple[str, str, str, int, int]]
) -> None:
    told = Told(channel)
    told.tick(BEGIN - DAY)
    before, first = told.known(), len(told.letters)
    for minute in range(21):
        now = BEGIN + minute * MINUTE
        for what, who, other, number, at in acts:
            if at == minute:
                told.act(what, who, other, number, now)
        told.tick(now)
    new = told.letters[first:]
    assert told.known() == told.stands()
    changed = {key for key in told.known().keys() | before.keys() if told.known().get(key) != before.get(key)}
    each = Counter(change.publication for _, job in new for change in job.changes)
    assert each == dict.fromkeys(changed, 1)
    assert all(now >= BEGIN + GRACE for now, _ in new)


def test_news_about_today_and_the_next_working_day_does_not_wait() -> None:
    told = Told("feed")
    told.tick(BEGIN)
    for hour, waits in ((datetime(2027, 1, 12, 9, tzinfo=UTC), True), (datetime(2027, 1, 13, 9, tzinfo=UTC), False)):
        of_hour = Told("feed")
        of_hour.records, of_hour.publications = told.records, dict(told.publications)
        presenter = told.records.turns["plan-1"].presenter
        of_hour.act("pass", presenter, "", 1, hour)
        of_hour.tick(hour)
        assert ([job.person.id for _, job in of_hour.letters] == []) == waits


def test_a_deed_to_come_holds_nothing() -> None:
    """The clock was ahead when somebody acted, and has been set back since."""
    told = Told("feed")
    told.tick(BEGIN)
    told.act("pass", told.records.turns["plan-1"].presenter, "", 1, BEGIN + 2 * DAY)
    told.tick(BEGIN + DAY)
    assert [change.kind for _, job in told.letters for change in job.changes if _ == BEGIN + DAY][:1] == ["cancel"]


def test_an_announcement_counts_as_the_days_letter_about_turns_and_what_answers_an_act_does_not() -> None:
    told = Told("feed")
    told.tick(BEGIN)
    assert {job.own_turn for _, job in told.letters} == {True}
    presenter = told.records.turns["plan-1"].presenter
    told.act("pass", presenter, "", 1, BEGIN)
    told.tick(BEGIN + GRACE)
    late = {job.person.id: job.own_turn for now, job in told.letters if now > BEGIN}
    assert late.pop(presenter) is False
    assert set(late.values()) == {True}  # whoever follows


def test_a_facilitator_who_left_has_no_turns_in_the_calendar_any_more() -> None:
    told = Told("invite")
    told.tick(BEGIN)
    people = told.made.people
    told.made = replace(told.made, people={**people, "d": replace(people["d"], left=date(2027, 1, 4))})
    told.tick(BEGIN + DAY)
    assert {(job.person.id, change.kind) for now, job in told.letters for change in job.changes if now > BEGIN} == {
        ("d", "cancel")
    }
