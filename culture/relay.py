"""The AI relay: turns at a department's meetings, brought from what was to what is now. Pure.

`advance` is the only place where turns come to be and move by themselves; what people do to them is in
`culture.relay_acts`. Nobody's turn is lost: without a meeting, or with its presenter away, it waits for the next
meeting that has room, and only whoever leaves takes theirs along.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import islice

from culture.challenges import next_challenge
from culture.keys import TurnId
from culture.learning import Learning
from culture.meetings import Meeting
from culture.organisation import Organisation, Relay
from culture.people import Person
from culture.trouble import RAISED, Troubles
from culture.turns import Deed, Standings, Turn, TurnKind, Why, entered, pick, unbooked
from culture.workdays import first_day

ANNOUNCED_AHEAD = timedelta(days=28)
"""A turn is announced four weeks ahead: time to say no, to swap, and to plan a busy month around it."""

SEARCHED = timedelta(days=182)
"""How far ahead a meeting is looked for when a turn has lost its own: half a year outlasts any summer."""

LOOKED_BACK = timedelta(days=45)
"""How far back meetings are worked out: beyond a month nothing that is still to be said depends on them."""

WORKING_DAYS = 3
"""The least working days between assignment and meeting: less is not a challenge but a fright."""

SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """What is remembered of the relay: turns by id, each department's list, and learnings by turn id."""

    turns: Mapping[str, Turn] = field(default_factory=dict)
    standings: Mapping[str, Standings] = field(default_factory=dict)
    learnings: Mapping[str, Learning] = field(default_factory=dict)
    aside: frozenset[str] = frozenset()  # departments with a record that cannot be read: nothing moves there by itself

    def of_department(self, department: str) -> list[Turn]:
        """The department's turns by number."""
        return self.by_department().get(department, [])

    def by_department(self) -> dict[str, list[Turn]]:
        """All turns, each department's by number."""
        found: dict[str, list[Turn]] = defaultdict(list)
        for turn in sorted(self.turns.values(), key=lambda turn: turn.number):
            found[turn.department].append(turn)
        return dict(found)


def departments(organisation: Organisation) -> Iterator[str]:
    """The departments that run the relay: those with meetings."""
    if organisation.relay.enabled:
        yield from (key for key in organisation.meeting_plans if key in organisation.departments)


def meetings(organisation: Organisation, department: str, first: date, last: date) -> tuple[Meeting, ...]:
    """The department's meetings from `first` to `last`, both included."""
    return organisation.meeting_plans[department].meetings(organisation.closing, first, last)


def members(organisation: Organisation, department: str, today: date) -> list[Person]:
    """Who is in the department today or will be."""
    everybody = organisation.people.values()
    return [p for p in everybody if p.department == department and (p.left is None or p.left >= today)]


def unable(organisation: Organisation, standings: Standings, person: Person, day: date) -> str:
    """Why a person cannot be chosen for a meeting on `day`; empty when they can."""
    reason = "not here" if person.id in organisation.missing else away(organisation, person, day)
    if reason:
        return reason
    since = max((d for d in (person.started, standings.of(person.id).since) if d), default=None)
    if since and day < since + timedelta(days=organisation.relay.settle_days):
        return "settling in"
    return ""


def away(organisation: Organisation, person: Person, day: date) -> str:
    """Why a person cannot stand at a meeting on `day`; empty when they can."""
    if not person.works_here(day):
        return "not here"
    if person.pause_until and day < person.pause_until:
        return "paused"
    if organisation.absent(person, day):
        return "absent"
    return "" if day.isoweekday() in person.contract_days else "day off"


def time_enough(organisation: Organisation, assigned: date, meeting_day: date) -> bool:
    """Whether WORKING_DAYS lie between the two."""
    between = (assigned + timedelta(days=n) for n in range(1, (meeting_day - assigned).days))
    working = (day for day in between if is_working_day(organisation, day))
    return sum(1 for _ in islice(working, WORKING_DAYS)) == WORKING_DAYS


def assignment_day(organisation: Organisation, meeting_day: date) -> date:
    """The day the challenge is given: `lead_days` before the meeting, earlier until it is a working day with
    WORKING_DAYS between the two. When there is none as far as one looks: `lead_days` before, whatever the day."""
    latest = meeting_day - timedelta(days=organisation.relay.lead_days)

    def fits(day: date) -> bool:
        return is_working_day(organisation, day) and time_enough(organisation, day, meeting_day)

    return first_day(latest, fits, step=-1) or latest


def is_working_day(organisation: Organisation, day: date) -> bool:
    """Whether the organisation works on `day`."""
    return organisation.closing.works(day)


def capacity(relay: Relay, meeting: Meeting) -> int:
    """How many turns fit into a meeting."""
    return min(meeting.minutes, relay.most_minutes) // relay.minutes


def wanted(relay: Relay, meeting: Meeting, before: Meeting | None) -> int:
    """How many turns a meeting should have by the pace, and can: `before` is the meeting before it."""
    weeks = 1 if relay.pace == "meeting" or before is None else max(1, round((meeting.day - before.day).days / 7))
    return min(relay.presenters * weeks, capacity(relay, meeting))


def seated(organisation: Organisation, turn: Turn, meeting: Meeting, seat: int, deed: Deed) -> Turn:
    """The turn at a seat of a meeting; `deed` is written down when that is another time than before."""
    minutes = organisation.relay.minutes
    starts = meeting.starts + timedelta(minutes=seat * minutes)
    found = replace(turn, meeting=meeting.id, seat=seat, starts=starts, minutes=minutes, place=meeting.place)
    if turn.starts == starts:
        return found
    return found.after(replace(deed, about=f"{starts:%Y-%m-%d %H:%M}"))


def advance(
    organisation: Organisation,
    records: Records,
    now: datetime,
    only: frozenset[str] | None = None,
    troubles: Troubles = RAISED,
) -> Records:
    """The records as they are at `now` (aware): turns follow their meetings and people, new ones are announced,
    challenges are assigned, what has been is held. The same input gives the same records.

    With `only` these departments go on, and the others stay as they are; so does one that is in trouble.
    """
    turns, standings = dict(records.turns), dict(records.standings)
    of_departments, staff = records.by_department(), _staff(organisation, now, only)
    for department in departments(organisation):
        if department in records.aside or (only is not None and department not in only):
            continue
        crew, own = staff.get(department, []), of_departments.get(department, [])
        with troubles.of(department, "turns"):
            desk = _Desk.at(organisation, records, department, now, ANNOUNCED_AHEAD, crew, own)
            desk.work()
            turns.update(desk.turns)
            standings[department] = desk.standings
    return replace(records, turns=turns, standings=standings)


def projected(
    organisation: Organisation, records: Records, department: str, now: datetime, count: int = 12
) -> tuple[Turn, ...]:
    """The turns that will be announced next, at least `count` where there are people and meetings, as far as is known
    today. They are no promise and are not stored."""
    ahead, found = ANNOUNCED_AHEAD, list[Turn]()
    crew, own = (
        _staff(organisation, now, frozenset({department})).get(department, []),
        records.of_department(department),
    )
    while len(found) < count and ahead <= timedelta(days=366 * 3):
        ahead *= 2
        desk = _Desk.at(organisation, records, department, now, ahead, crew, own)
        desk.work()
        found = [turn for key, turn in desk.turns.items() if key not in records.turns and turn.starts]
    return tuple(sorted(found, key=lambda turn: (turn.starts or now, turn.seat))[: max(count, 0)])


def _staff(organisation: Organisation, now: datetime, only: frozenset[str] | None) -> dict[str, list[Person]]:
    """Everybody who is here or will be, by department."""
    today, found = now.astimezone(organisation.tz).date(), defaultdict[str, list[Person]](list)
    for person in organisation.people.values():
        if only is not None and person.department not in only:
            continue
        if person.left is None or person.left >= today:
            found[person.department].append(person)
    return found


@dataclass
class _Desk:
    """One department's papers while they are worked through."""

    organisation: Organisation
    department: str
    now: datetime
    today: date
    announced_to: date
    crew: list[Person]
    turns: dict[str, Turn]
    standings: Standings
    learnings: Mapping[str, Learning]
    meetings: dict[str, Meeting]

    @classmethod
    def at(
        cls,
        organisation: Organisation,
        records: Records,
        department: str,
        now: datetime,
        ahead: timedelta,
        crew: list[Person],
        turns: list[Turn],
    ) -> "_Desk":
        plan = organisation.meeting_plans[department]
        today = now.astimezone(organisation.tz).date()
        found = plan.meetings(organisation.closing, today - LOOKED_BACK, today + max(ahead, SEARCHED))
        ids = [person.id for person in crew]
        return cls(
            organisation=organisation,
            department=department,
            now=now,
            today=today,
            announced_to=today + ahead,
            crew=crew,
            turns={turn.id: turn for turn in turns},
            standings=entered(records.standings.get(department), ids, today),
            learnings=records.learnings,
            meetings={meeting.id: meeting for meeting in found},
        )

    def work(self) -> None:
        for turn in list(self.turns.values()):
            if turn.open and turn.meeting:
                self._follow(turn)
        for turn in list(self.turns.values()):
            if turn.open and not turn.meeting:
                self._reseat(turn)
        self._retry()
        self._announce()
        for turn in list(self.turns.values()):
            if turn.state == "announced" and turn.starts and self._is_assignable(turn.starts.date()):
                self._assign(turn)

    # A turn follows its meeting and its people

    def _follow(self, turn: Turn) -> None:
        meeting = self.meetings.get(turn.meeting)
        if meeting:
            turn = self._at(turn, meeting, turn.seat)
        assert turn.starts is not None
        if turn.starts + timedelta(minutes=turn.minutes) <= self.now:
            self._put(turn.after(self._deed("held"), state="held") if turn.assigned else self._waiting(turn, "missed"))
        elif meeting:
            self._follow_people(turn, meeting)
        elif turn.starts > self.now:  # else it vanished from the plan after it began
            self._put(self._waiting(turn, "meeting cancelled"))

    def _follow_people(self, turn: Turn, meeting: Meeting) -> None:
        if turn.starts and turn.starts <= self.now:
            self._put(turn)
            return
        if turn.kind == "retry" and turn.state == "announced" and not self._still_asked_for(turn):
            self._put(turn.after(self._deed("no longer needed"), state="withdrawn"))
            return
        if turn.seat >= capacity(self.organisation.relay, meeting):
            turn = self._waiting(turn, "no room")
        elif self._away(turn.presenter, meeting.day):
            if turn.presenter != turn.person and not self._away(turn.person, meeting.day):
                turn = turn.after(self._deed("back", turn.person), presenter=turn.person)
            else:
                turn = self._waiting(turn, "away")
        elif turn.state == "announced" and self._too_short(meeting.day):
            turn = self._waiting(turn, "too short")
        self._put(turn)

    def _at(self, turn: Turn, meeting: Meeting, seat: int) -> Turn:
        return seated(self.organisation, turn, meeting, seat, self._deed("moved"))

    def _waiting(self, turn: Turn, why: str) -> Turn:
        return turn.after(self._deed("waits", why), meeting="", starts=None)

    def _reseat(self, turn: Turn) -> None:
        """Give a turn without a meeting the first one with room for it. Whoever left for good takes theirs along."""
        if not self._stays(turn.presenter):
            if turn.presenter == turn.person or not self._stays(turn.person):
                self._withdraw(turn)
                return
            turn = turn.after(self._deed("back", turn.person), presenter=turn.person)
            self._put(turn)
        for meeting in self._coming(self.today + SEARCHED):
            fits = turn.state == "assigned" or not self._too_short(meeting.day)
            seat = self._free_seat(meeting)
            if fits and seat is not None and not self._hinders(turn, meeting):
                self._put(self._at(turn, meeting, seat))
                return

    def _hinders(self, turn: Turn, meeting: Meeting) -> bool:
        return bool(self._away(turn.presenter, meeting.day)) or turn.presenter in self._seated(meeting)

    def _withdraw(self, turn: Turn) -> None:
        if turn.kind == "normal":
            self.standings = unbooked(self.standings, turn.person, credited=False)
        self._put(turn.after(self._deed("left"), state="withdrawn"))

    # New turns

    def _retry(self) -> None:
        """A challenge that did not work yet comes back to the same person, booked apart from their normal turns."""
        relay = self.organisation.relay
        if relay.retry_by != "same":
            return
        for old in list(self.turns.values()):
            learning = self._to_retry(old)
            if not learning or not self._stays(old.presenter):
                continue
            ready = learning.at.astimezone(self.organisation.tz).date() + timedelta(days=relay.retry_days)
            for meeting in self._coming(self.announced_to):
                seat = self._free_seat(meeting)
                able = not self._away(old.presenter, meeting.day) and old.presenter not in self._seated(meeting)
                if meeting.day >= ready and seat is not None and able and not self._too_short(meeting.day):
                    self._new("retry", old.presenter, meeting, seat, challenge=old.challenge, earlier=old.id)
                    break

    def _still_asked_for(self, turn: Turn) -> bool:
        """Whether the learning that a retry goes back to still says "not yet": it may have been mended since."""
        learning = self.learnings.get(turn.earlier)
        return learning is not None and learning.outcome == "not yet"

    def _to_retry(self, turn: Turn) -> Learning | None:
        """The learning that asks for a retry: "not yet", of a challenge of the catalogue, and not taken up again."""
        learning = self.learnings.get(turn.id)
        if learning is None or learning.outcome != "not yet" or turn.earlier or not turn.challenge:
            return None
        taken_up = any(other.earlier == turn.id and other.state != "withdrawn" for other in self.turns.values())
        return None if taken_up else learning

    def _announce(self) -> None:
        """Fill the free seats of the coming meetings by the fair rule."""
        relay = self.organisation.relay
        before: Meeting | None = None
        for meeting in self.meetings.values():
            begun = relay.starts is None or meeting.day >= relay.starts
            if begun and self.now < meeting.starts and meeting.day <= self.announced_to:
                while not self._too_short(meeting.day) and len(self._seated(meeting)) < wanted(relay, meeting, before):
                    if not self._next(meeting):
                        break
            before = meeting

    def _next(self, meeting: Meeting) -> bool:
        seat, seated = self._free_seat(meeting), self._seated(meeting)
        able, hindered = [], {}
        for person in self.crew:
            reason = unable(self.organisation, self.standings, person, meeting.day)
            reason = reason or ("seated already" if person.id in seated else "")
            reason = reason or ("passed" if self._passed(person.id, meeting) else "")
            if reason:
                hindered[person.id] = reason
            else:
                able.append(person.id)
        if seat is None or not able:
            return False
        level = {person_id: max(self.standings.of(person_id).level, self.standings.floor) for person_id in able}
        person_id, self.standings, tie = pick(self.standings, able, self.department)
        why = Why(level=level[person_id], among=len(able), tie=tie, away=hindered)
        presenter = self._in_return(person_id, meeting, seated)
        self._new("normal", person_id, meeting, seat, presenter=presenter, why=why, number=self.standings.turns)
        return True

    def _in_return(self, person_id: str, meeting: Meeting, seated: list[str]) -> str:
        """Who presents: after a swap with somebody who had no turn then, the other one takes the next in return."""
        other = self.standings.owed.get(person_id)
        if other is None or other in seated or self._away(other, meeting.day):
            return person_id
        owed = {debtor: creditor for debtor, creditor in self.standings.owed.items() if debtor != person_id}
        self.standings = replace(self.standings, owed=owed)
        return other

    def _new(
        self,
        kind: TurnKind,
        person_id: str,
        meeting: Meeting,
        seat: int,
        *,
        presenter: str = "",
        why: Why | None = None,
        number: int = 0,
        challenge: str = "",
        earlier: str = "",
    ) -> None:
        if not number:
            number = self.standings.turns + 1
            self.standings = replace(self.standings, turns=number)
        turn = Turn(
            id=TurnId(self.department, number).to_text(),
            department=self.department,
            number=number,
            kind=kind,
            person=person_id,
            presenter=presenter or person_id,
            announced=self.now,
            challenge=challenge,
            earlier=earlier,
            why=why,
        )
        self._put(self._at(turn, meeting, seat))

    # Challenges

    def _is_assignable(self, meeting_day: date) -> bool:
        return self.today >= assignment_day(self.organisation, meeting_day)

    def _assign(self, turn: Turn) -> None:
        turn = replace(turn, state="assigned", assigned=self.now)
        if not turn.challenge:
            turn = self._with_challenge(turn)
        self._put(turn.after(self._deed("assigned", turn.challenge)))

    def _with_challenge(self, turn: Turn) -> Turn:
        again = self._returning()
        if again:
            return replace(turn, challenge=again.challenge, earlier=again.id)
        person = self.organisation.people[turn.presenter]
        found = next_challenge(
            self.organisation.challenges.fitting(self.organisation.sector, person.track),
            self.standings.given,
            self.department,
            first_turn=not any(t.presenter == person.id and t.state == "held" for t in self.turns.values()),
        )
        if found is None:
            return turn
        given = {**self.standings.given, found.id: self.standings.given.get(found.id, 0) + 1}
        self.standings = replace(self.standings, given=given)
        return replace(turn, challenge=found.id)

    def _returning(self) -> Turn | None:
        """A turn whose "not yet" is to be tried again, by whoever is next, or because its own person has left."""
        relay = self.organisation.relay
        for old in self.turns.values():
            learning = self._to_retry(old)
            if learning and (relay.retry_by == "other" or not self._stays(old.presenter)):
                ready = learning.at.astimezone(self.organisation.tz).date() + timedelta(days=relay.retry_days)
                if ready <= self.today:
                    return old
        return None

    # Looking around

    def _coming(self, last: date) -> Iterator[Meeting]:
        return (meeting for meeting in self.meetings.values() if meeting.starts > self.now and meeting.day <= last)

    def _seated(self, meeting: Meeting) -> list[str]:
        return [turn.presenter for turn in self.turns.values() if turn.open and turn.meeting == meeting.id]

    def _free_seat(self, meeting: Meeting) -> int | None:
        taken = {turn.seat for turn in self.turns.values() if turn.open and turn.meeting == meeting.id}
        return next((seat for seat in range(capacity(self.organisation.relay, meeting)) if seat not in taken), None)

    def _passed(self, person_id: str, meeting: Meeting) -> bool:
        """Whether the person has passed at this very meeting: nobody is asked twice for one."""
        return any(
            turn.person == person_id and turn.state == "passed" and turn.meeting == meeting.id
            for turn in self.turns.values()
        )

    def _away(self, person_id: str, day: date) -> str:
        person = self.organisation.people.get(person_id)
        return away(self.organisation, person, day) if person else "not here"

    def _stays(self, person_id: str) -> bool:
        person = self.organisation.people.get(person_id)
        return person is not None and person.department == self.department and person.works_here_after(self.today)

    def _too_short(self, meeting_day: date) -> bool:
        return not time_enough(self.organisation, self.today, meeting_day)

    def _deed(self, what: str, about: str = "") -> Deed:
        return Deed(at=self.now, by=SERVICE, what=what, about=about)

    def _put(self, turn: Turn) -> None:
        self.turns[turn.id] = turn
