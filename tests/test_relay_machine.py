"""Months of joiners, leavers, absences, passes, swaps, volunteers, moved, renamed and cancelled meetings, letters that
are held or refused, a relay that is closed and opened again, and config edits.

For everybody who could at every selection of a span the turns that count differ by at most one, those among them that
were volunteered for; nobody is drawn within eight weeks of another turn where others can; nobody gets a turn into an absence known when it was announced; no turn is lost, none goes back in time, and nobody has presented what
they had not heard of; nothing is said about a meeting that has been; the same input gives the same list. `pytest -s` prints how many pairs were compared.
"""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations, groupby

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from culture.meetings import Amendment, Meeting, MeetingPlan, Rhythm
from culture.notice import Said
from culture.organisation import Organisation
from culture.people import MONDAY_TO_FRIDAY, Person
from culture.relay import acts as relay_acts
from culture.relay import notices as relay_notices
from culture.relay import schedule as relay
from culture.relay.acts import NotPossible, Request
from culture.relay.deeds import Did
from culture.relay.hindered import away
from culture.relay.learning import Learning, Outcome
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.relay.told import Told, challenge_key
from culture.relay.turns import Hindrance, Turn
from culture.workdays import Closing, Span
from tests.culture_values import SEEN, challenge_catalogue, organisation, person
from tests.examples import some

pytestmark = pytest.mark.year

BEGIN = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
MONTHS_18 = timedelta(days=550)
BEFORE = ("assignment", "halfway", "eve", "overview")

PAIRS = Counter[str]()
"""How much was compared, over all runs."""

several = st.integers(0, 9)


class RelayMachine(RuleBasedStateMachine):
    """One department over a year and a half, worked by the rules alone."""

    @initialize(count=st.integers(4, 9), every=st.sampled_from(["week", "2 weeks", "month"]), pace=st.booleans())
    def begin(self, count: int, every: str, pace: bool) -> None:
        people = [person(f"p{n}", contract_days=MONDAY_TO_FRIDAY if n else frozenset({2, 4})) for n in range(count)]
        rhythm = Rhythm(weekday=4, start=time(9, 0), minutes=60, every=every, counted_from=date(2026, 11, 30))  # type: ignore[arg-type]  # sampled from the three
        self.plan = MeetingPlan(department="plan", zone="Europe/Copenhagen", rhythm=rhythm)
        self.relay = Relay(enabled=True, starts=BEGIN.date(), pace="week" if pace else "meeting")
        self.people = {one.id: one for one in people}
        self.absences: dict[str, tuple[Span, ...]] = {}
        self.closing = Closing(country="DK", quiet_week_numbers=frozenset({29, 30}))
        self.now, self.records, self.joined = BEGIN, RelayRecords(), count
        self.name, self.open_here = 0, True
        self.letters: dict[str, Said] = {}  # challenges that have not left
        self.left: set[str] = set()  # those that have
        self.holding, self.refused = False, set[str]()  # whether the fuse holds, and whom no letter reaches
        self.spread: dict[tuple[str, str], tuple[int, int, int]] = {}
        self.seen: set[int] = set()
        self.tick()

    def organisation(self) -> Organisation:
        return organisation(
            *self.people.values(),
            relay=self.relay,
            closing=self.closing,
            absences=self.absences,
            meeting_plans={"plan": self.known_plan()} if self.open_here else {},
            challenges=challenge_catalogue(12),
            facilitators={"plan": "p0"},
        )

    def known_plan(self) -> MeetingPlan:
        """The plan by its rhythm, or the same meetings as they stand in a calendar that gives them other names."""
        if not self.name:
            return self.plan
        day = self.now.date()
        found = self.plan.meetings(self.closing, day - timedelta(days=60), day + timedelta(days=190))
        return replace(self.plan, rhythm=None, amendments=(), read=tuple(map(self.renamed, found)))

    def renamed(self, meeting: Meeting) -> Meeting:
        return replace(meeting, id=f"plan/{self.name}x{meeting.id[5:]}") if self.name else meeting

    def tick(self) -> None:
        made = self.organisation()
        for key in {challenge_key(turn) for turn in self.open() if turn.state == "assigned"} - self.letters.keys():
            if self.holding and key not in self.left:
                self.letters[key] = "waits"
                PAIRS["held"] += 1
            elif not self.holding:
                self.left.add(key)
        told = Told(challenges=self.letters, unreached=frozenset(self.refused))
        before = replace(self.records, told=told)
        self.records = relay.advance(made, before, self.now)
        if self.records != before:
            assert self.records == relay.advance(made, before, self.now)
            assert self.records == relay.advance(made, self.records, self.now)
        for turn in self.records.turns.values():
            was = before.turns.get(turn.id)
            if was and was.state != "held" and turn.state == "held":
                assert was.state == "assigned", turn
                assert challenge_key(was) not in self.letters, turn
            if turn.deeds[-1].what in (Did.ENDED, Did.LEFT) and was != turn:
                self.forget(turn.person)
        self.compare()

    def compare(self) -> None:
        """Follow, for each pair, by how much their normal turns differ within the span in which both could."""
        new = [t for t in self.records.turns.values() if t.kind == "normal" and t.number not in self.seen]
        self.seen |= {turn.number for turn in new}
        for turn in new:
            self.is_rested(turn)
        here = {one.id for one in relay.members(self.organisation(), "plan", self.now.date())}
        # The seats of one meeting that are filled at one moment are one selection.
        for _, seats in groupby(sorted(new, key=lambda one: one.number), key=lambda one: one.meeting):
            group = list(seats)
            assert group[0].why
            could = here - set(group[0].why.away)
            whys = [turn.why for turn in group if turn.why]
            could -= {one for why in whys for one, reason in why.away.items() if reason is Hindrance.RECENT}
            taken = [turn.person for turn in group] + [one for turn in group if turn.why for one in turn.why.instead]
            PAIRS["counted"] += len(taken) - len(group)
            for pair in combinations(sorted(self.people), 2):
                if not could.issuperset(pair):
                    self.spread.pop(pair, None)
                    continue
                at, low, high = self.spread.get(pair, (0, 0, 0))
                at += taken.count(pair[0]) - taken.count(pair[1])
                self.spread[pair] = at, min(low, at), max(high, at)
                PAIRS["compared"] += 1
                PAIRS["widest"] = max(PAIRS["widest"], max(high, at) - min(low, at))
                assert max(high, at) - min(low, at) <= 1, (pair, group)
            PAIRS["selections of three or more"] += len(could) >= 3

    def is_rested(self, turn: Turn) -> None:
        """Whoever is drawn has no other turn within eight weeks, unless nobody could who has none."""
        assert turn.why
        assert turn.starts
        if turn.person not in self.busy(turn) or turn.presenter != turn.person:
            return
        hindered = {one for one, why in turn.why.away.items() if why is not Hindrance.RECENT}
        for one in relay.members(self.organisation(), "plan", self.now.date()):
            assert one.id in hindered | self.busy(turn), (one.id, turn)
        PAIRS["again within eight weeks"] += 1

    def busy(self, new: Turn) -> set[str]:
        """Who presents within eight weeks of a turn, at another one that was there when it was announced."""
        assert new.starts
        near = [
            turn.presenter
            for turn in self.records.turns.values()
            if (turn.open or turn.state == "held")
            and turn.starts
            and turn.number < new.number
            and abs((turn.starts.date() - new.starts.date()).days) < 56
        ]
        return set(near)

    def forget(self, *people: str) -> None:
        """Somebody whose turn was taken back did not take part in every selection of the span."""
        self.spread = {pair: spread for pair, spread in self.spread.items() if not set(people) & set(pair)}

    def act(self, make: "object") -> None:
        before = self.records
        try:
            self.records = make()  # type: ignore[operator]  # a plain function of ours
        except NotPossible:
            return
        changed = [t for t in self.records.turns.values() if before.turns.get(t.id) != t]
        self.forget(
            *(
                t.person
                for t in changed
                if (
                    t.kind == "normal" or (t.counts and t.id in before.turns)
                )  # volunteering alone changes nobody's place
                and self.booked(before.turns.get(t.id)) != self.booked(t)
            )
        )
        self.tick()

    @staticmethod
    def booked(turn: Turn | None) -> bool:
        return turn is not None and turn.state not in ("passed", "withdrawn")

    def open(self) -> list[Turn]:
        return [turn for turn in self.records.turns.values() if turn.open]

    def coming(self) -> list[Meeting]:
        today = self.now.date()
        return list(self.plan.meetings(self.closing, today + timedelta(days=1), today + timedelta(days=60)))

    def request(self, by: str) -> Request:
        return Request(by=by, at=self.now)

    @rule(days=st.integers(1, 12))
    def wait(self, days: int) -> None:
        self.wait_for(days)

    def wait_for(self, days: int) -> None:
        for _ in range(days):
            self.now += timedelta(days=1)
            self.tick()

    @rule(started=st.integers(0, 20))
    def join(self, started: int) -> None:
        self.joined += 1
        one = person(f"p{self.joined}", started=self.now.date() + timedelta(days=started), first_seen=self.now)
        self.people[one.id] = one
        self.tick()

    @precondition(lambda self: len(self.people) > 3)
    @rule(which=several, days=st.integers(0, 20))
    def leave(self, which: int, days: int) -> None:
        one = self.some(which)
        left = self.now.date() + timedelta(days=days)
        self.people[one.id] = replace(one, left=min(one.left or left, left))
        self.forget(one.id)
        self.tick()

    @rule(which=several, begin=st.integers(0, 40), days=st.integers(1, 60))
    def go_away(self, which: int, begin: int, days: int) -> None:
        one, first = self.some(which), self.now.date() + timedelta(days=begin)
        span = Span(first, first + timedelta(days=days))
        self.absences = {**self.absences, one.id: (*self.absences.get(one.id, ()), span)}
        self.tick()

    def some(self, which: int) -> Person:
        return list(self.people.values())[which % len(self.people)]

    @precondition(lambda self: self.open())
    @rule(which=several)
    def pass_on(self, which: int) -> None:
        turn = self.open()[which % len(self.open())]
        self.act(lambda: relay_acts.pass_on(self.records, turn.id, self.request(turn.presenter)))

    @precondition(lambda self: self.open())
    @rule(which=several, other=several, yes=st.booleans())
    def swap(self, which: int, other: int, yes: bool) -> None:
        turn, colleague = self.open()[which % len(self.open())], self.some(other).id
        made, request = self.organisation(), self.request(colleague)
        self.act(lambda: relay_acts.offer(made, self.records, turn.id, colleague, self.request(turn.presenter)))
        if yes:
            self.act(lambda: relay_acts.accept(made, self.records, turn.id, colleague, request))
        else:
            self.act(lambda: relay_acts.decline(made, self.records, turn.id, colleague, request))

    @precondition(lambda self: self.coming())
    @rule(which=several, where=several, extra=st.booleans())
    def volunteer(self, which: int, where: int, extra: bool) -> None:
        one, meeting = self.some(which), self.coming()[where % len(self.coming())]
        there, made, request = self.renamed(meeting), self.organisation(), self.request(one.id)
        self.act(lambda: relay_acts.volunteer(made, self.records, one.id, there, request, extra=extra))

    @rule(which=several, days=st.integers(0, 40))
    def stay_out_for_a_while(self, which: int, days: int) -> None:
        """Somebody does not want to be in the relay, and then does again."""
        one = self.some(which)
        self.people[one.id] = replace(one, in_relay=False)
        self.forget(one.id)
        self.tick()
        assert not [t for t in self.open() if t.presenter == one.id and not (t.starts and t.starts <= self.now)]
        assert one.id not in self.records.standings["plan"].people
        self.wait_for(days)
        self.people[one.id] = replace(self.people[one.id], in_relay=True)
        self.tick()

    @precondition(lambda self: self.records.turns)
    @rule(which=st.integers(1, 6))
    def undo(self, which: int) -> None:
        turn = list(self.records.turns.values())[-which % len(self.records.turns)]
        self.act(lambda: relay_acts.undo(self.organisation(), self.records, turn.id, self.request(turn.person)))

    @precondition(lambda self: any(t.state == "held" for t in self.records.turns.values()))
    @rule(outcome=st.sampled_from([Outcome.WORKED, Outcome.NOT_YET, None]))
    def tell(self, outcome: Outcome | None) -> None:
        """What the last turn taught; None: it was not held after all."""
        turn = [t for t in self.records.turns.values() if t.state == "held"][-1]
        if outcome is None:
            self.act(lambda: relay_acts.missed(self.records, turn.id, self.request("facilitator")))
            return
        learning = Learning(
            id=turn.id,
            department="plan",
            person=turn.presenter,
            challenge=turn.challenge,
            title="",
            at=self.now,
            outcome=outcome,
        )
        self.records = replace(self.records, learnings={**self.records.learnings, turn.id: learning})
        self.tick()

    @precondition(lambda self: self.coming())
    @rule(where=several, days=st.integers(-10, 10), cancel=st.booleans())
    def amend(self, where: int, days: int, cancel: bool) -> None:
        meeting = self.coming()[where % len(self.coming())]
        day = date.fromisoformat(meeting.id.split("/")[1][:10])
        to = None if cancel else datetime.combine(meeting.day + timedelta(days=days), time(10, 0))
        if to and any(one.day == to.date() and one.id != meeting.id for one in self.coming()):
            return  # two meetings at one moment are nobody's
        kept = tuple(one for one in self.plan.amendments if one.on != day)
        self.plan = replace(self.plan, amendments=(*kept, Amendment(on=day, to=to)))
        self.tick()

    @rule(presenters=st.integers(1, 2), minutes=st.sampled_from([15, 20]), most=st.sampled_from([20, 40, 60]))
    def edit(self, presenters: int, minutes: int, most: int) -> None:
        self.relay = replace(self.relay, presenters=presenters, minutes=minutes, most_minutes=most)
        self.tick()

    @rule(days=st.integers(5, 30))
    def hold_the_letters(self, days: int) -> None:
        """Nobody approves what the fuse holds, and then somebody does."""
        self.holding = True
        self.wait_for(days)
        self.holding, self.letters = False, {}
        self.tick()

    @precondition(lambda self: any(turn.state == "assigned" for turn in self.open()))
    @rule(which=several, days=st.integers(0, 20))
    def refuse_a_letter(self, which: int, days: int) -> None:
        """Somebody's mailbox takes no challenge, for so many days."""
        there = [turn for turn in self.open() if turn.state == "assigned"]
        turn = there[which % len(there)]
        self.letters, self.refused = {challenge_key(turn): "parked"}, {turn.presenter}
        PAIRS["refused"] += 1
        self.wait_for(days)
        self.letters, self.refused = {}, set()
        self.tick()

    @rule()
    def rename_the_meetings(self) -> None:
        self.name += 1
        before = {key: turn.deeds for key, turn in self.records.turns.items()}
        self.tick()
        assert {key: turn.deeds for key, turn in self.records.turns.items()} == before

    @rule(days=st.integers(0, 6))
    def close_and_open(self, days: int) -> None:
        """The department has no meetings in the config for some days."""
        before = {turn.id: turn.starts for turn in self.open() if turn.starts and turn.starts > self.now}
        self.open_here = False
        self.tick()
        assert not [turn for turn in self.open() if turn.starts and turn.starts > self.now]
        self.wait_for(days)
        self.open_here = True
        self.tick()
        if not days:
            assert {key: self.records.turns[key].starts for key in before} == before

    @invariant()
    def no_turn_goes_back_in_time_by_itself(self) -> None:
        for turn in self.records.turns.values():
            lost = date.min
            for deed in turn.deeds:
                if deed.what is Did.MOVED:
                    assert deed.to
                    assert deed.to.date() >= lost, turn
                    lost = date.min
                lost = deed.was.date() if deed.was else lost

    @invariant()
    def nobody_is_seated_into_an_absence_or_twice(self) -> None:
        made, today = self.organisation(), self.now.astimezone(self.organisation().tz).date()
        seats = Counter[tuple[str, int]]()
        for turn in self.open():
            if turn.meeting and turn.starts and turn.starts > self.now:
                seats[turn.meeting, turn.seat] += 1
                assert away(made, self.people[turn.presenter], turn.starts.date()) is None, (turn, today)
                assert turn.starts in self.slot_starts(turn), turn
        assert max(seats.values(), default=1) == 1

    def slot_starts(self, turn: Turn) -> list[datetime]:
        assert turn.starts
        day = turn.starts.date()
        found = map(self.renamed, self.plan.meetings(self.closing, day, day))
        return [m.starts + timedelta(minutes=turn.seat * self.relay.minutes) for m in found if m.id == turn.meeting]

    @invariant()
    def no_turn_is_lost(self) -> None:
        for turn in self.records.turns.values():
            if turn.state == "withdrawn":
                assert turn.deeds[-1].what in (Did.LEFT, Did.NOT_NEEDED, Did.UNDONE, Did.ENDED), turn
            assert turn.state != "passed" or turn.deeds[-1].what in (Did.PASSED, Did.UNDONE), turn
        numbers = [turn.number for turn in self.records.turns.values()]
        assert sorted(numbers) == list(range(1, len(numbers) + 1))

    @invariant()
    def levels_stay_within_one_of_the_floor(self) -> None:
        found = self.records.standings["plan"]
        assert all(one.level <= found.floor + 1 for one in found.people.values())
        assert all(one.ahead >= 0 <= one.turns for one in found.people.values())

    @invariant()
    def nothing_is_said_about_a_meeting_that_has_been(self) -> None:
        for notice in relay_notices.due(self.organisation(), self.records, self.now):
            if notice.kind in BEFORE and self.now < notice.too_late and notice.kind != "overview":
                turn = self.records.turns[notice.period.split(".")[0]]
                assert turn.starts, notice
                assert turn.starts > self.now, notice

    def teardown(self) -> None:
        """At least eighteen months, whatever the steps were."""
        if not hasattr(self, "now"):
            return
        while self.now < BEGIN + MONTHS_18:
            self.now += timedelta(days=7)
            self.tick()
        print(
            f"\n{PAIRS['compared']} pairs compared, the widest apart by {PAIRS['widest']}; {PAIRS['held']} held, "
            f"{PAIRS['counted']} counted that were volunteered for, {PAIRS['again within eight weeks']} again within eight weeks"
        )


TestRelay = RelayMachine.TestCase
TestRelay.settings = settings(
    max_examples=some(8),
    stateful_step_count=30,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking a year and a half takes minutes
)
assert SEEN


def test_no_swap_gives_anybody_a_second_turn_at_one_meeting() -> None:
    """Who gives a turn away gets the colleague's, and may present at that one's meeting already."""
    state = RelayMachine()
    state.begin(count=6, every="2 weeks", pace=True)
    state.swap(other=9, which=5, yes=True)
    state.volunteer(extra=True, where=7, which=3)
    state.swap(other=8, which=5, yes=True)
    there = [(turn.meeting, turn.presenter) for turn in state.open()]
    assert len(there) == len(set(there))
    state.rename_the_meetings()
    state.teardown()


def test_where_nobody_would_present_who_rests_it_is_the_turn_of_somebody_who_does() -> None:
    state = RelayMachine()
    state.begin(count=6, every="2 weeks", pace=True)
    state.swap(other=9, which=5, yes=True)
    state.volunteer(extra=True, where=7, which=3)
    state.swap(other=4, which=4, yes=True)
    state.volunteer(extra=True, where=9, which=0)
    state.volunteer(extra=False, where=3, which=4)
    state.volunteer(extra=False, where=0, which=6)
    state.teardown()


def test_whose_turn_somebody_presents_in_return_gets_no_second_one_at_that_meeting() -> None:
    """Else two people who could both be chosen are two turns apart."""
    state = RelayMachine()
    state.begin(count=6, every="2 weeks", pace=True)
    state.swap(other=1, which=4, yes=True)
    state.volunteer(extra=True, where=7, which=3)
    state.swap(other=8, which=5, yes=True)
    state.swap(other=4, which=4, yes=True)
    state.volunteer(extra=False, where=4, which=0)
    state.swap(other=0, which=6, yes=True)
    state.volunteer(extra=True, where=9, which=0)
    state.volunteer(extra=False, where=3, which=4)
    state.teardown()
