"""One department's turns, brought from what was to what is now, step by step. Pure.

`culture.relay.schedule.advance` lays the papers out and takes them back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import takewhile

from culture.keys import TurnId
from culture.meetings import Meeting
from culture.organisation import Organisation
from culture.people import Person
from culture.relay.choosing import returning, still_asked_for, to_retry, with_challenge
from culture.relay.days import assignment_day, may_be_given, time_enough
from culture.relay.deeds import SERVICE, Deed, Did, Waiting
from culture.relay.hindered import away, unable
from culture.relay.learning import Learning
from culture.relay.season import without_turns
from culture.relay.seats import capacity, seated, wanted
from culture.relay.settings import Relay
from culture.relay.told import Told
from culture.relay.turns import (
    NEAR,
    Hindrance,
    Turn,
    TurnKind,
    TurnList,
    Why,
    counted,
    given_back,
    pick,
    ranked,
    taken_from,
    unsaid,
)
from culture.working_days import next_working_day


@dataclass
class Desk:
    """One department's papers while they are worked through."""

    organisation: Organisation
    department: str
    now: datetime
    today: date
    announced_to: date
    searched_to: date
    drawn_from: date  # the first day whose meeting leaves time enough for a challenge that is not given yet
    crew: list[Person]
    turns: dict[str, Turn]
    standings: TurnList
    learnings: Mapping[str, Learning]
    told: Told
    goes_on: bool  # whether there is a relay here: meetings, and people who come to them
    known: bool  # whether the meetings are known, or only that there are some
    meetings: dict[str, Meeting]

    def work(self) -> None:
        """Bring `turns` and `standings` to what they are at `now`."""
        self._let_off()
        self._recognise()
        self._follow_all()
        for turn in self._waiting():
            if self.goes_on:
                self._reseat(turn)
            else:
                self._close(turn)
        if self.goes_on:
            self._retry()
            self._announce()
            self._assign_all()

    # Nobody who does not want to

    def _let_off(self) -> None:
        """Who is not in the relay any more has no turn: what they stand in for goes back, and their own goes to whoever
        is next, as if they had passed it. The list has let go of them already."""
        for turn in [one for one in self.turns.values() if one.open and self._is_off(one.presenter)]:
            if turn.starts is None or turn.starts > self.now:
                if turn.presenter != turn.person:
                    turn = turn.after(self._deed(Did.BACK, turn.person), presenter=turn.person)
                if self._is_off(turn.person):
                    passed = Deed(at=self.now, by=turn.person, what=Did.PASSED)
                    turn = turn.after(passed, state="passed", offered="")
                self._put(turn)

    def _is_off(self, person_id: str) -> bool:
        person = self.organisation.people.get(person_id)
        return person is not None and not person.in_relay

    # A turn follows its meeting and its people

    def _follow_all(self) -> None:
        for turn in list(self.turns.values()):
            if turn.open and turn.meeting:
                self._follow(turn)

    def _waiting(self) -> list[Turn]:
        """The turns without a meeting, in the order in which they get one."""
        waiting = [turn for turn in self.turns.values() if turn.open and not turn.meeting]
        return sorted(waiting, key=lambda turn: (turn.former or self.now, turn.seat, turn.number))

    def _recognise(self) -> None:
        """A meeting under another name is the same when it begins at the same moment: many calendars give theirs a new
        UID at every export. Turns that were passed go along, for a pass may be taken back."""
        beginning = {meeting.starts: meeting for meeting in self.meetings.values()}
        for turn in list(self.turns.values()):
            if not turn.starts or turn.meeting in self.meetings or not (turn.open or turn.state == "passed"):
                continue
            meeting = beginning.get(turn.begins(turn.starts))
            if meeting and not (turn.open and self._taken(meeting, turn)):
                self._put(replace(turn, meeting=meeting.id))

    def _taken(self, meeting: Meeting, turn: Turn) -> bool:
        """Whether the turn has no place of its own at that meeting."""
        there = [one for one in self.turns.values() if one.open and one.meeting == meeting.id]
        return any(one.seat == turn.seat or one.presenter == turn.presenter for one in there)

    def _follow(self, turn: Turn) -> None:
        meeting = self.meetings.get(turn.meeting)
        moved = self._at(turn, meeting, turn.seat) if meeting else turn
        assert turn.starts is not None
        assert moved.starts is not None
        if moved.starts <= self.now < turn.starts:
            # Moved to a time that is over by now: whoever was to present could not know.
            self._wait(turn, Waiting.MEETING_CANCELLED)
        elif moved.starts <= self.now and not self._has_its_challenge(turn):
            self._wait(moved, Waiting.NOT_TOLD)
        elif self._is_over(moved):
            self._put(moved.after(self._deed(Did.HELD), state="held"))
        elif meeting:
            self._follow_people(moved, meeting)
        elif moved.starts > self.now:  # else it vanished from the plan after it began
            self._lose_meeting(moved)

    def _has_its_challenge(self, turn: Turn) -> bool:
        """Whether its presenter has been told of the challenge."""
        return turn.state == "assigned" and self.told.of(turn) == "sent"

    def _is_over(self, turn: Turn) -> bool:
        return turn.ends is not None and turn.ends <= self.now

    def _lose_meeting(self, turn: Turn) -> None:
        if self.known:
            self._wait(turn, Waiting.MEETING_CANCELLED if self.goes_on else Waiting.NO_RELAY)

    def _follow_people(self, turn: Turn, meeting: Meeting) -> None:
        self._put(turn)
        if turn.starts and turn.starts <= self.now:
            return
        if self._needless(turn):
            self._put(turn.after(self._deed(Did.NOT_NEEDED), state="withdrawn"))
        elif turn.seat >= capacity(self.organisation.of(Relay), meeting):
            self._wait(turn, Waiting.NO_ROOM)
        elif self._away(turn.presenter, meeting.day):
            self._back(turn, meeting, Waiting.AWAY)
        elif turn.state == "assigned" and self.told.of(turn) == "parked":
            self._back(turn.after(self._deed(Did.NOT_REACHED, turn.presenter)), meeting, Waiting.NOT_REACHED)
        elif turn.state == "announced" and self._too_short(meeting.day):
            self._wait(turn, Waiting.TOO_SHORT)
        elif turn.state == "announced" and (why := self._without_turns(meeting)):
            self._wait(turn, why)

    def _needless(self, turn: Turn) -> bool:
        """Whether it is to try a challenge again, which nobody asks for any more."""
        return turn.kind == "retry" and turn.state == "announced" and not still_asked_for(turn, self.learnings)

    def _back(self, turn: Turn, meeting: Meeting, why: Waiting) -> None:
        """Whoever stands in cannot: it goes back to the person it is booked on, if they can. Else it waits."""
        booked = turn.person
        in_time = why is not Waiting.NOT_REACHED or (
            booked not in self.told.unreached and not self._too_short(meeting.day)
        )
        if turn.presenter != booked and in_time and not self._away(booked, meeting.day):
            self._put(turn.after(self._deed(Did.BACK, booked), presenter=booked))
        else:
            self._wait(turn, why)

    def _at(self, turn: Turn, meeting: Meeting, seat: int) -> Turn:
        return seated(self.organisation, turn, meeting, seat, self._deed(Did.MOVED))

    def _wait(self, turn: Turn, why: Waiting) -> None:
        self._put(turn.waiting(self._deed(Did.WAITS, why=why)))

    def _reseat(self, turn: Turn) -> None:
        """Give a turn without a meeting the first one with room for it from the time it had. Whoever left for good takes
        theirs along."""
        if not self._stays(turn.presenter):
            if turn.presenter == turn.person or not self._stays(turn.person):
                self._withdraw(turn, self._deed(Did.LEFT))
                return
            turn = turn.after(self._deed(Did.BACK, turn.person), presenter=turn.person)
            self._put(turn)
        if turn.state == "announced" and turn.presenter in self.told.unreached:
            return
        for meeting in self._coming(self.searched_to):
            seat = self._free_seat(meeting, turn.seat if meeting.starts == turn.former else 0)
            if seat is not None and not self._hinders(turn, meeting):
                self._put(self._at(turn, meeting, seat))
                return

    def _hinders(self, turn: Turn, meeting: Meeting) -> bool:
        """Whether the turn cannot be at that meeting, however many seats are free."""
        early = turn.former is not None and (meeting.starts, not turn.postponed) < (turn.former, True)
        too_short = turn.state != "assigned" and meeting.day < self.drawn_from
        busy = turn.presenter in self._seated(meeting)
        return early or too_short or busy or bool(self._away(turn.presenter, meeting.day))

    def _close(self, turn: Turn) -> None:
        """End a turn of a relay that is no more, once that has stood for a whole working day: a config that was saved by
        halves, or mended the same day, must cost nobody their turn. Until then it waits and stands in no calendar."""
        last = next((deed for deed in reversed(turn.deeds) if deed.what in (Did.WAITS, Did.MOVED)), None)
        if last is None or last.why is not Waiting.NO_RELAY:
            self._wait(turn, Waiting.NO_RELAY)
            return
        stood = next_working_day(self.organisation, last.at.astimezone(self.organisation.tz).date())
        if stood and self.today > stood:
            self._withdraw(turn, self._deed(Did.ENDED, why=Waiting.NO_RELAY))

    def _withdraw(self, turn: Turn, deed: Deed) -> None:
        if turn.kind == "normal":
            self.standings = taken_from(self.standings, turn, self.turns.values())
        elif turn.counts:
            self.standings = given_back(self.standings, turn.person)
        self._put(turn.after(deed, state="withdrawn"))

    # New turns

    def _retry(self) -> None:
        """A challenge that did not work yet comes back to the same person, booked apart from their normal turns."""
        if self.organisation.of(Relay).retry_by != "same":
            return
        for old in list(self.turns.values()):
            learning = to_retry(old, self.turns, self.learnings)
            if learning and self._stays(old.presenter):
                self._book_again(old, learning.at.astimezone(self.organisation.tz).date())

    def _book_again(self, old: Turn, told: date) -> None:
        """Book the retry of a turn whose learning was `told` on that day, at the first meeting that has room."""
        ready = told + timedelta(days=self.organisation.of(Relay).retry_days)
        for meeting in self._coming(self.announced_to):
            seat = self._free_seat(meeting)
            able = not self._cannot(old.presenter, meeting.day) and old.presenter not in self._seated(meeting)
            if meeting.day >= ready and seat is not None and able and meeting.day >= self.drawn_from:
                self._new("retry", old.presenter, meeting, seat, challenge=old.challenge, earlier=old.id)
                return

    def _announce(self) -> None:
        """Fill the free seats of the coming meetings by the fair rule."""
        relay = self.organisation.of(Relay)
        before: Meeting | None = None
        for meeting in self.meetings.values():
            if self.now < meeting.starts and self.drawn_from <= meeting.day <= self.announced_to:
                while len(self._seated(meeting)) < wanted(relay, meeting, before) and self._next(meeting):
                    pass
            before = meeting

    def _next(self, meeting: Meeting) -> bool:
        seat, seated = self._free_seat(meeting), self._seated(meeting)
        able, hindered = [], {}
        for person in self.crew:
            if reason := self._hindrance(person, meeting, seated):
                hindered[person.id] = unsaid(reason)
            else:
                able.append(person.id)
        if seat is None or not able:
            return False
        self.standings, instead = counted(self.standings, able, self.department)
        order = ranked(self.standings, able, self.department)
        # Who comes first and has a turn nearby cannot be chosen, as if they were away, where anybody else can.
        busy = self._near(meeting)
        near = list(takewhile(lambda one: self._stands_there(one, meeting, seated) in busy, order))
        if len(near) == len(order):  # nobody would present who rests: then at least somebody of whom that is true
            near = list(takewhile(busy.__contains__, order))
        near = near if len(near) < len(order) else []
        person_id, after, tie = pick(self.standings, order[len(near) :], self.department)
        level = max(self.standings.of(person_id).level, self.standings.floor)
        hindered |= dict.fromkeys(near, Hindrance.RECENT)
        why = Why(level=level, among=len(order) - len(near), tie=tie, away=hindered, instead=instead)
        self.standings = after
        presenter = self._in_return(person_id, meeting, seated)
        self._new("normal", person_id, meeting, seat, presenter=presenter, why=why, number=self.standings.turns)
        return True

    def _stands_there(self, person_id: str, meeting: Meeting, seated: list[str]) -> str:
        """Who would present if that person were chosen: whoever owes them a turn, if they can."""
        other = self.standings.owed.get(person_id)
        return person_id if other is None or other in seated or self._cannot(other, meeting.day) else other

    def _near(self, meeting: Meeting) -> frozenset[str]:
        """Who has a turn at a meeting near this one, before or after it."""
        had = (turn for turn in self.turns.values() if turn.starts and (turn.open or turn.state == "held"))
        return frozenset(one.presenter for one in had if one.starts and abs(one.starts.date() - meeting.day) < NEAR)

    def _hindrance(self, person: Person, meeting: Meeting, seated: list[str]) -> Hindrance | None:
        """Why a person cannot be given a new turn at that meeting; None when they can."""
        if reason := unable(self.organisation, self.standings, person, meeting.day):
            return reason
        if person.id in self.told.unreached:
            return Hindrance.NOT_REACHED
        if person.id in seated or any(turn.person == person.id for turn in self._at_the(meeting)):
            return Hindrance.SEATED  # also by a turn that somebody else presents for them
        return Hindrance.PASSED if self._passed(person.id, meeting) else None

    def _in_return(self, person_id: str, meeting: Meeting, seated: list[str]) -> str:
        """Who presents: after a swap with somebody who had no turn then, the other one takes the next in return."""
        other = self._stands_there(person_id, meeting, seated)
        if other == person_id:
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

    def _assign_all(self) -> None:
        for turn in list(self.turns.values()):
            if turn.state == "announced" and turn.starts and self._is_assignable(turn.starts.date()):
                self._assign(turn)

    def _is_assignable(self, meeting_day: date) -> bool:
        due = self.today >= assignment_day(self.organisation, meeting_day)
        return due and may_be_given(self.organisation, self.today)

    def _assign(self, turn: Turn) -> None:
        turn = replace(turn, state="assigned", assigned=self.now)
        if not turn.challenge:
            again = returning(self.organisation, self.turns, self.learnings, self.today, self._stays)
            turn, self.standings = with_challenge(
                self.organisation, self.standings, self.turns, turn, again, self.today
            )
        self._put(turn.after(self._deed(Did.ASSIGNED, turn.challenge)))

    # Looking around

    def _coming(self, last: date) -> Iterator[Meeting]:
        return (meeting for meeting in self.meetings.values() if meeting.starts > self.now and meeting.day <= last)

    def _seated(self, meeting: Meeting) -> list[str]:
        return [turn.presenter for turn in self._at_the(meeting)]

    def _at_the(self, meeting: Meeting) -> Iterator[Turn]:
        return (turn for turn in self.turns.values() if turn.open and turn.meeting == meeting.id)

    def _free_seat(self, meeting: Meeting, rather: int = 0) -> int | None:
        if self._without_turns(meeting):
            return None
        taken = {turn.seat for turn in self._at_the(meeting)}
        free = [seat for seat in range(capacity(self.organisation.of(Relay), meeting)) if seat not in taken]
        return rather if rather in free else next(iter(free), None)

    def _without_turns(self, meeting: Meeting) -> Waiting | None:
        return without_turns(self.organisation, self.standings, self.told, meeting.day)

    def _passed(self, person_id: str, meeting: Meeting) -> bool:
        """Whether the person has passed at this very meeting: nobody is asked twice for one."""
        return any(
            turn.person == person_id and turn.state == "passed" and turn.meeting == meeting.id
            for turn in self.turns.values()
        )

    def _away(self, person_id: str, day: date) -> Hindrance | None:
        person = self.organisation.people.get(person_id)
        return away(self.organisation, person, day) if person else Hindrance.NOT_HERE

    def _cannot(self, person_id: str, day: date) -> Hindrance | None:
        """Why no new turn on `day` can be given to somebody: they are away, or would not hear of it."""
        return self._away(person_id, day) or (Hindrance.NOT_REACHED if person_id in self.told.unreached else None)

    def _stays(self, person_id: str) -> bool:
        person = self.organisation.people.get(person_id)
        sits = person is not None and self.organisation.called.table(person.department) == self.department
        here = sits and person is not None and person.works_here_after(self.today)
        return here and not self._is_off(person_id)

    def _too_short(self, meeting_day: date) -> bool:
        return not time_enough(self.organisation, self.today, meeting_day)

    def _deed(self, what: Did, about: str = "", why: Waiting | None = None) -> Deed:
        return Deed(at=self.now, by=SERVICE, what=what, about=about, why=why)

    def _put(self, turn: Turn) -> None:
        self.turns[turn.id] = turn
