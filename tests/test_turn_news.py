"""What is told of a turn and when: a life of turns letter by letter, and acts in any order within minutes."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from calendars.difference import Publication, intend, settle
from culture import relay, relay_acts
from culture.meetings import MeetingPlan, Rhythm
from culture.moments import next_moment
from culture.organisation import Organisation, Relay
from culture.relay import Records
from culture.relay_acts import NotPossible, Request
from culture.turn_news import GRACE
from culture.vitamin import World
from service.jobs import Job, of_slots, slot_of
from service.turns import perform
from tests.culture_values import challenge_catalogue, organisation, person
from tests.service_values import row, write_people
from tests.smtp_server import SmtpServer
from tests.test_relay_life import DAY, MONDAY, Place, text

MINUTE = timedelta(minutes=1)
Act = Callable[[Organisation, Records], Records]


# --- a life of two turns, letter by letter


class Played(Place):
    """A place that is ticked at every moment at which anything can become due, and what everybody is told."""

    def __init__(self, folder: Path, server: SmtpServer, channel: str) -> None:
        super().__init__(folder, server, channel)
        self.now = MONDAY

    def until(self, then: datetime) -> list[str]:
        """The letters from now to `then`: to whom, and the first lines."""
        first, found = len(self.server.accepted), self.now
        while found <= then:
            self.at(found)
            world = self.engine.snapshot(found)
            found = next_moment(world.organisation, world.relay, found).astimezone(UTC)
        self.now = then
        new = self.server.accepted[first:]
        return sorted(f"{letter.recipients[0][1]}: {_said(text(letter))}" for letter in new)

    def act(self, act: Act) -> None:
        perform(self.engine, act, self.now)

    def asked(self) -> Request:
        """Whoever presents the first turn, doing something."""
        return Request(by=self.turn(1).presenter, at=self.now)


def _said(body: str) -> str:
    """The headline and what is told under it, without the frame."""
    lines = [line for line in body.splitlines() if line and not line.startswith("===")]
    return f"{lines[1]}. {lines[2]}"


@pytest.fixture(params=["feed", "invite"])
def played(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Played]:
    with SmtpServer() as server:
        found = Played(tmp_path, server, request.param)
        yield found
        found.engine.close()


def one_or_two(played: Played, who: str, one: str, *two: str) -> list[str]:
    """A letter on a feed, where one says it all; on `invite` each calendar part comes by itself."""
    return [f"{who}: {said}" for said in (two if played.channel == "invite" else (one,))]


def test_a_turn_through_swap_undo_a_moved_and_a_cancelled_meeting_and_a_leaver(played: Played) -> None:
    task = "Du får en udfordring, prøver den af og fortæller de andre, hvad du fandt ud af."
    came = f"AI-stafetten er nået til dig. {task} Lykkes det ikke, er det mindst lige så interessant at høre om."
    assert played.until(MONDAY + MINUTE) == [
        f"1: Din tur i AI-stafetten er torsdag den 28. januar. {came}",
        f"2: Din tur i AI-stafetten er torsdag den 14. januar. {came}",
    ]

    # Asked, accepted and thought better of within minutes: the question, and no more.
    def ask(organisation: Organisation, records: Records) -> Records:
        return relay_acts.offer(organisation, records, "plan-1", "1", Request(by="2", at=played.now))

    def accept(organisation: Organisation, records: Records) -> Records:
        return relay_acts.accept(organisation, records, "plan-1", "1", Request(by="1", at=played.now))

    def undo(by: str) -> Act:
        return lambda made, records: relay_acts.undo(made, records, "plan-1", Request(by=by, at=played.now))

    question = "1: Person 2 spørger, om I kan bytte tur. Det handler om denne tur i AI-stafetten:"
    played.act(ask)
    assert played.until(MONDAY + 3 * MINUTE) == [question]
    played.act(accept)
    assert played.until(MONDAY + 5 * MINUTE) == []
    played.act(undo("2"))
    assert played.until(MONDAY + 60 * MINUTE) == []

    # The swap, told once it has stood for ten minutes; and its end.
    played.act(ask)
    assert played.until(MONDAY + 61 * MINUTE) == [question]
    played.act(accept)
    assert played.until(MONDAY + 71 * MINUTE - timedelta(seconds=1)) == []
    late, soon = "torsdag den 28. januar", "torsdag den 14. januar"
    places = "Person {} fremlægger torsdag den {}. januar kl. 09.00, og du fremlægger torsdag den {}. januar kl. 09.00."
    with_turns = "Udfordringerne følger med turene."
    swapped = "I har byttet: Du fremlægger torsdag den {}. januar kl. 09.00 i stedet. " + with_turns
    got = "Du har byttet med Person {}: Din tur er nu {}. " + places + " " + with_turns
    assert played.until(MONDAY + 71 * MINUTE) == [
        *one_or_two(
            played,
            "1",
            got.format(2, soon, 2, 28, 14),
            got.format(2, soon, 2, 28, 14),
            f"Person 2 tager din tur {late}. {swapped.format(14)}",
        ),
        *one_or_two(
            played,
            "2",
            got.format(1, late, 1, 14, 28),
            got.format(1, late, 1, 14, 28),
            f"Person 1 tager din tur {soon}. {swapped.format(28)}",
        ),
    ]
    played.act(undo("1"))
    as_it_was = "så alt er, som det var: Du fremlægger torsdag den {}. januar kl. 09.00, og Person {} fremlægger torsdag den {}. januar kl. 09.00."
    back = "Byttet er taget tilbage, så alt er, som det var: " + places
    mine = f"Turen i AI-stafetten {late} er din igen. Du har taget byttet med Person 2 tilbage, {as_it_was.format(28, 2, 14)}"
    yours = (
        f"Turen i AI-stafetten {soon} er din igen. Byttet med Person 1 er taget tilbage, {as_it_was.format(14, 1, 28)}"
    )
    assert played.until(MONDAY + 81 * MINUTE) == [
        *one_or_two(played, "1", mine, f"Du har givet turen {soon} tilbage. {back.format(2, 14, 28)}", mine),
        *one_or_two(played, "2", yours, f"Person 1 beholder turen {late}. {back.format(1, 28, 14)}", yours),
    ]

    # A pass, told after ten minutes, and taken back: all who were told are put right the same day.
    played.until(MONDAY + DAY)
    played.act(lambda _, records: relay_acts.pass_on(records, "plan-1", played.asked()))
    assert played.until(MONDAY + DAY + 10 * MINUTE) == [
        f"2: Du har givet turen {soon} videre. Du bliver ikke spurgt igen i denne runde.",
        f"3: Din tur i AI-stafetten er {soon}. {came}",
    ]
    played.act(undo("2"))
    assert played.until(MONDAY + DAY + 20 * MINUTE) == [
        f"2: Turen i AI-stafetten {soon} er din igen. Du har taget den tilbage, så alt er, som det var.",
        (
            f"3: Du skal ikke fremlægge {soon}. Den kollega, der først havde turen, beholder den. "
            "Du står på listen, som om du ikke var blevet spurgt."
        ),
    ]

    # The meeting moves, and is cancelled.
    played.until(MONDAY + DAY + 60 * MINUTE)
    played.edit("{ on = 2027-01-14, to = 2027-01-15T10:00:00 }")
    assert played.until(played.now + MINUTE) == [
        (
            "2: Din tur i AI-stafetten er flyttet til fredag den 15. januar kl. 10.00. "
            f"Afdelingsmødet er flyttet, og din tur flytter med. Den var sat til {soon} kl. 09.00."
        ),
    ]
    played.edit("{ on = 2027-01-14, cancelled = true }")
    assert played.until(played.now + MINUTE) == [
        (
            f"2: Din tur i AI-stafetten er flyttet til {late} kl. 09.20. "
            "Mødet fredag den 15. januar er aflyst, så turen er flyttet til et andet møde."
        ),
    ]

    # Who leaves gets no words; an invitation that stands is cancelled, without a link and without a key.
    write_people(played.folder, [row(1), row(3)])
    before = len(played.server.accepted)
    told = [line for line in played.until(MONDAY + 4 * DAY) if line.startswith("2")]
    gone = f"2: Turen i AI-stafetten {late} er ude af din kalender. Du behøver ikke gøre noget."
    assert told == ([gone] if played.channel == "invite" else [])
    for letter in (one for one in played.server.accepted[before:] if one.recipients[0].startswith("p2@")):
        assert b"127.0.0.1" not in letter.data
        assert "http" not in text(letter)
        assert len(text(letter).split()) < 20


# --- acts in any order

PEOPLE = ("a", "b", "c", "d")
BEGIN = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
ACTS = ("pass", "ask", "accept", "decline", "undo", "undo", "volunteer")


def office(channel: str) -> Organisation:
    rhythm = Rhythm(weekday=4, start=time(9), minutes=60, every="2 weeks", counted_from=date(2027, 1, 14))
    return organisation(
        *(person(one, channel=channel) for one in PEOPLE),
        relay=Relay(enabled=True, settle_days=0, presenters=1),
        meeting_plans={"plan": MeetingPlan(department="plan", zone="Europe/Copenhagen", rhythm=rhythm)},
        challenges=challenge_catalogue(3),
        facilitators={"plan": "d"},
    )


class Told:
    """The relay and what everybody has been told, without a store."""

    def __init__(self, channel: str) -> None:
        self.made = office(channel)
        self.records, self.publications = Records(), dict[str, Publication]()
        self.letters: list[tuple[datetime, Job]] = []

    def tick(self, now: datetime) -> None:
        self.records = relay.advance(self.made, self.records, now)
        for job in of_slots(World(self.made, {}, now, self.records), self.publications, "x.example"):
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

    def stands(self) -> dict[str, datetime]:
        """When the turns are that everybody should know of, by UID and person."""
        told = [
            (turn, one)
            for turn in self.records.turns.values()
            if turn.open and turn.starts
            for one in {turn.presenter, *(["d"] if self.made.people["d"].channel == "invite" else [])}
        ]
        return {f"{slot_of(turn, 'x.example').uid}/{one}": turn.starts for turn, one in told if turn.starts}

    def known(self) -> dict[str, datetime]:
        """When the turns are that everybody has last been told of."""
        return {key: one.slot.starts for key, one in self.publications.items() if one.slot}


PERSON = st.sampled_from(PEOPLE)
DOING = st.tuples(st.sampled_from(ACTS), PERSON, PERSON, st.integers(1, 4), st.integers(0, 9))


@settings(max_examples=150)
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
