"""What people do to turns: pass, swap, volunteer, and take it back; what the facilitator says was missed. Pure.

Each function gives the records afterwards, or raises NotPossible with a sentence for whoever asked. None needs a
reason. Who follows a pass, and where a turn goes, is decided by `culture.relay.schedule.advance` at the next tick.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from culture.meetings import Meeting
from culture.organisation import Organisation
from culture.people import Person
from culture.relay.deeds import SERVICE, Deed, Did
from culture.relay.hindered import away
from culture.relay.schedule import RelayRecords
from culture.relay.season import first_day, without_turns
from culture.relay.seats import capacity, seated
from culture.relay.settings import Relay
from culture.relay.swaps import asked
from culture.relay.turns import Turn, TurnList, booked_again, given_back, offered, taken_from, unbooked

NOT_LISTED = "{name} is not on the list of the relay."
"""All that is told of whoever has no turns, whatever the reason."""


class NotPossible(Exception):
    """An act that cannot be done. `text` is an English sentence with `fields` to fill in."""

    def __init__(self, text: str, **fields: object) -> None:
        super().__init__(text.format(**fields))
        self.text, self.fields = text, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Who does something, when (aware), and for whom: by a person id, or "facilitator"."""

    by: str
    at: datetime


def pass_on(records: RelayRecords, turn_id: str, request: Request) -> RelayRecords:
    """The presenter's turn goes to whoever is next. A pass is booked apart and not asked again before the next round;
    somebody who stands in for another gives the turn back to them."""
    turn = _open(records, turn_id, request.at)
    if turn.presenter != turn.person:
        return _undo_swap(records, turn, request)
    standings = records.standings
    if turn.kind == "normal" or turn.counts:
        give_up = given_back if turn.counts else unbooked
        standings = {**standings, turn.department: give_up(standings[turn.department], turn.person)}
    passed = turn.after(_deed(request, Did.PASSED), state="passed", offered="")
    return _with(replace(records, standings=standings), passed)


def offer(
    organisation: Organisation, records: RelayRecords, turn_id: str, colleague: str, request: Request
) -> RelayRecords:
    """Ask a named colleague to swap, there on the day or not. Nothing changes until they accept."""
    turn = _open(records, turn_id, request.at)
    _swappable(organisation, records, turn, colleague)
    return _with(records, turn.after(_deed(request, Did.SWAP_ASKED, colleague), offered=colleague))


def decline(
    organisation: Organisation, records: RelayRecords, turn_id: str, colleague: str, request: Request
) -> RelayRecords:
    """The colleague would rather not. The turn stays where it is."""
    turn = _asked(organisation, records, turn_id, colleague, request.at)
    return _with(records, turn.after(_deed(request, Did.DECLINED, colleague), offered=""))


def accept(
    organisation: Organisation, records: RelayRecords, turn_id: str, colleague: str, request: Request
) -> RelayRecords:
    """The colleague agrees. With a coming turn of their own, the two change places; without one the colleague takes
    this turn, and whoever asked takes the colleague's next. What is booked on whom stays as it was."""
    turn = _asked(organisation, records, turn_id, colleague, request.at)
    _swappable(organisation, records, turn, colleague)
    _able(organisation, turn, colleague, request)
    asker, other = turn.presenter, coming_turn(records, turn, colleague, request.at)
    taken = turn.after(_deed(request, Did.SWAPPED, colleague), presenter=colleague, offered="")
    if other:
        given = other.after(_deed(request, Did.SWAPPED, asker), presenter=asker, offered="")
        return _with(_with(records, taken), given)
    list_ = records.standings[turn.department]
    owed = {debtor: creditor for debtor, creditor in list_.owed.items() if creditor != colleague}
    if list_.owed.get(asker) != colleague:  # else it is the return of an earlier swap, and they are even
        owed[colleague] = asker
    return _with(_listed(records, turn.department, replace(list_, owed=owed)), taken)


def volunteer(
    organisation: Organisation,
    records: RelayRecords,
    person_id: str,
    meeting: Meeting,
    request: Request,
    *,
    extra: bool = False,
) -> RelayRecords:
    """A turn for whoever would like one, at a meeting that has room. It counts as their next ordinary one, unless they
    say that it is `extra`."""
    person = organisation.people[person_id]
    there = [turn for turn in records.turns.values() if turn.open and turn.meeting == meeting.id]
    seat = _free_seat(organisation, meeting, there)
    list_ = records.standings.get(meeting.department, TurnList())
    if meeting.starts <= request.at:
        raise NotPossible("The meeting on {day} has begun. Choose a later one.", day=meeting.day)
    if meeting.day < (first := first_day(organisation, list_, records.told)):
        raise NotPossible("The relay begins on {day}. Choose a meeting from then on.", day=first)
    if without_turns(organisation, list_, records.told, meeting.day):
        raise NotPossible(
            "There are no presentations on {day}, just after a break. Choose a later meeting.", day=meeting.day
        )
    if organisation.called.table(person.department) != meeting.department or not person.in_relay:
        raise NotPossible(NOT_LISTED, name=person.name)
    if away(organisation, person, meeting.day):
        raise NotPossible("{name} cannot be there on {day}. Choose another meeting.", name=person.name, day=meeting.day)
    if any(turn.presenter == person_id for turn in there):
        raise NotPossible("{name} has a turn on {day} already.", name=person.name, day=meeting.day)
    if seat is None:
        raise NotPossible("The meeting on {day} has no room for one more. Choose another.", day=meeting.day)
    turn = Turn(
        id=f"{meeting.department}-{list_.turns + 1}",
        department=meeting.department,
        number=list_.turns + 1,
        kind="volunteer",
        person=person_id,
        presenter=person_id,
        announced=request.at,
        counts=not extra,
    )
    turn = seated(organisation, turn, meeting, seat, _deed(request, Did.VOLUNTEERED))
    list_ = list_ if extra else offered(list_, person_id)
    return _with(_listed(records, meeting.department, replace(list_, turns=list_.turns + 1)), turn)


def _free_seat(organisation: Organisation, meeting: Meeting, there: Iterable[Turn]) -> int | None:
    """The first seat that none of the turns at the meeting has; None when it is full."""
    taken = {turn.seat for turn in there}
    seats = (seat for seat in range(capacity(organisation.of(Relay), meeting)) if seat not in taken)
    return next(seats, None)


def undo(organisation: Organisation, records: RelayRecords, turn_id: str, request: Request) -> RelayRecords:
    """Take back the last pass, swap, question or offer on a turn, as long as nobody else is bound by it."""
    turn = records.turns.get(turn_id)
    last = _last_act(turn) if turn else None
    if turn is None or last is None:
        raise NotPossible("There is nothing to take back on {turn}.", turn=turn_id)
    if turn.starts and turn.starts <= request.at:
        raise NotPossible("The meeting has begun, so this cannot be taken back.")
    match last.what:
        case Did.PASSED:
            return _undo_pass(organisation, records, turn, request)
        case Did.SWAP_ASKED if asked(organisation, turn, request.at):
            return _with(records, turn.after(_undone(request, last.what), offered=""))
        case Did.VOLUNTEERED:
            return _undo_volunteered(records, turn, request)
        case Did.SWAPPED:
            return _undo_swap(records, turn, request)
    raise NotPossible("There is nothing to take back on {turn}.", turn=turn_id)


def _last_act(turn: Turn) -> Deed | None:
    """The last thing that somebody did to the turn."""
    return next((deed for deed in reversed(turn.deeds) if deed.by != SERVICE), None)


def _undo_volunteered(records: RelayRecords, turn: Turn, request: Request) -> RelayRecords:
    """The turn is withdrawn; where it counted as their next one, that is to come again."""
    if turn.counts:
        list_ = given_back(records.standings[turn.department], turn.person)
        records = _listed(records, turn.department, list_)
    return _with(records, turn.after(_undone(request, Did.VOLUNTEERED), state="withdrawn"))


def _undo_pass(organisation: Organisation, records: RelayRecords, turn: Turn, request: Request) -> RelayRecords:
    """The turn is theirs again, and whoever was announced in their place since is free, unless already at work."""
    person = organisation.people.get(turn.person)
    if person is None or (turn.starts and away(organisation, person, turn.starts.date())):
        raise NotPossible("You are not there on that day any more.")
    if not person.in_relay:
        raise NotPossible(NOT_LISTED, name=person.name)
    follower = _follower(records, turn)
    if follower and _at_work(follower):
        raise NotPossible("A colleague is already at work on it. You can volunteer for another meeting.")
    list_ = _taken_again(records.standings[turn.department], turn)
    if follower:
        list_ = taken_from(list_, follower, records.of_department(turn.department))
        records = _with(records, follower.after(_deed(request, Did.NOT_NEEDED), state="withdrawn"))
    state = "assigned" if turn.assigned else "announced"
    return _with(_listed(records, turn.department, list_), turn.after(_undone(request, Did.PASSED), state=state))


def _taken_again(list_: TurnList, turn: Turn) -> TurnList:
    """The list when a turn that was passed on is its person's again."""
    if turn.kind == "normal":
        return booked_again(list_, turn.person)
    return offered(list_, turn.person) if turn.counts else list_


def _follower(records: RelayRecords, turn: Turn) -> Turn | None:
    """The turn that was announced in the place of one that was passed."""
    own = (t for t in records.of_department(turn.department) if t.open and t.meeting == turn.meeting)
    return next((t for t in own if t.seat == turn.seat), None)


def _at_work(turn: Turn) -> bool:
    """Whether somebody has prepared the turn, asked for it or taken it over: it is no mere announcement any more."""
    return turn.state != "announced" or turn.kind != "normal" or turn.presenter != turn.person


def _undo_swap(records: RelayRecords, turn: Turn, request: Request) -> RelayRecords:
    """The booked person presents again; of two turns that changed places, both go back."""
    if not turn.open:
        raise NotPossible("The meeting has begun, so this cannot be taken back.")
    stands_in = turn.presenter
    others = [
        t
        for t in records.of_department(turn.department)
        if t.open and t.presenter == turn.person and t.person == stands_in and t.id != turn.id
    ]
    back = turn.after(_undone(request, Did.SWAPPED), presenter=turn.person)
    list_ = records.standings[turn.department]
    owed = {
        debtor: creditor for debtor, creditor in list_.owed.items() if (debtor, creditor) != (stands_in, turn.person)
    }
    records = _with(_listed(records, turn.department, replace(list_, owed=owed)), back)
    for other in others[:1]:
        records = _with(records, other.after(_undone(request, Did.SWAPPED), presenter=other.person))
    return records


def missed(records: RelayRecords, turn_id: str, request: Request) -> RelayRecords:
    """A turn that was thought to have been held was not: it waits for the next meeting, with its challenge."""
    turn = records.turns.get(turn_id)
    if turn is None or turn.state != "held":
        raise NotPossible("{turn} is not a turn that has been held.", turn=turn_id)
    if turn_id in records.learnings:
        raise NotPossible("A learning of {turn} has been written down, so it was held.", turn=turn_id)
    return _with(records, replace(turn.waiting(_deed(request, Did.MISSED)), state="assigned"))


def postpone(records: RelayRecords, turn_id: str, request: Request) -> RelayRecords:
    """A turn goes to a later meeting than its own, with its challenge: one to come, or one that passed for held."""
    turn = records.turns.get(turn_id)
    if turn is None or turn.starts is None or not (turn.open or turn.state == "held"):
        raise NotPossible("{turn} is not a turn that could be moved.", turn=turn_id)
    if turn_id in records.learnings:
        raise NotPossible("A learning of {turn} has been written down, so it was held.", turn=turn_id)
    again = "assigned" if turn.state == "held" else turn.state
    return _with(records, replace(turn.waiting(_deed(request, Did.POSTPONED)), state=again, offered=""))


def closed(records: RelayRecords, turn_id: str, request: Request) -> RelayRecords:
    """Nothing is written of a turn that was held, and nobody is asked for it any more. It can still be written."""
    turn = records.turns.get(turn_id)
    if turn is None or turn.state != "held":
        raise NotPossible("{turn} is not a turn that has been held.", turn=turn_id)
    return _with(records, turn.after(_deed(request, Did.CLOSED)))


def held(records: RelayRecords, turn_id: str, request: Request) -> RelayRecords:
    """The facilitator says that a turn which waits again was held after all: when it was thought not to be."""
    turn = records.turns.get(turn_id)
    if turn is None or not turn.open or not any(deed.what is Did.ASSIGNED for deed in turn.deeds):
        raise NotPossible("{turn} is not a turn that could have been held.", turn=turn_id)
    lost = next((deed.was for deed in reversed(turn.deeds) if deed.was), None)
    starts = lost if lost and (turn.starts is None or request.at < turn.starts) else turn.starts
    return _with(records, turn.after(_deed(request, Did.HELD), state="held", starts=starts))


def candidates(organisation: Organisation, records: RelayRecords, turn: Turn) -> Iterable[str]:
    """The colleagues the presenter could ask to swap, by name."""
    for person in sorted(organisation.people.values(), key=lambda one: (one.name, one.id)):
        try:
            _swappable(organisation, records, turn, person.id)
        except NotPossible:
            continue
        yield person.id


def _open(records: RelayRecords, turn_id: str, now: datetime) -> Turn:
    turn = records.turns.get(turn_id)
    if turn is None:
        raise NotPossible("There is no turn {turn}. See aikultur relay list.", turn=turn_id)
    if not turn.open:
        raise NotPossible("This turn is over or has been given away, so there is nothing to change.")
    if turn.starts and turn.starts <= now:
        raise NotPossible("The meeting has begun, so the turn cannot be changed any more.")
    return turn


def _asked(organisation: Organisation, records: RelayRecords, turn_id: str, colleague: str, now: datetime) -> Turn:
    turn = _open(records, turn_id, now)
    if asked(organisation, turn, now) != colleague:
        raise NotPossible("Nobody is asking for this swap any more.")
    return turn


def _swappable(organisation: Organisation, records: RelayRecords, turn: Turn, colleague: str) -> None:
    """Raises NotPossible when the two cannot stand in each other's place by what everybody may know: who works in the
    department, and who has a turn. Whether the colleague is there on the day is not looked at, so it cannot be told."""
    other = organisation.people.get(colleague)
    if turn.starts is None:
        raise NotPossible("This turn waits for a meeting. Swap when it has one.")
    if other is None or not _is_listed(organisation, other, turn.department, turn.starts.date()):
        raise NotPossible("That colleague is not on the department's list on {day}.", day=turn.starts.date())
    if colleague == turn.presenter:
        raise NotPossible("You cannot swap with yourself.")
    own = coming_turn(records, turn, colleague, None)
    if _presents_at(records, turn.meeting, colleague):
        raise NotPossible("{name} has a turn at the same meeting.", name=other.name)
    asker = organisation.people.get(turn.presenter)
    if own and own.starts and (asker is None or away(organisation, asker, own.starts.date())):
        raise NotPossible("These two turns cannot change places.")  # why is the asker's to know
    if own and own.meeting and _presents_at(records, own.meeting, turn.presenter):
        raise NotPossible("These two turns cannot change places.")  # the asker would have two at that meeting


def _is_listed(organisation: Organisation, person: Person, department: str, day: date) -> bool:
    return organisation.called.table(person.department) == department and person.in_relay and person.works_here(day)


def _presents_at(records: RelayRecords, meeting: str, person_id: str) -> bool:
    return any(t.open and t.meeting == meeting and t.presenter == person_id for t in records.turns.values())


def _able(organisation: Organisation, turn: Turn, colleague: str, request: Request) -> None:
    """Raises NotPossible when whoever says yes cannot be there. Why is for them alone."""
    assert turn.starts is not None
    other, day = organisation.people[colleague], turn.starts.date()
    if not away(organisation, other, day):
        return
    if request.by == colleague:
        raise NotPossible("You are not at work on {day}, or take a break, so you cannot present then.", day=day)
    raise NotPossible("{name} cannot present on {day}.", name=other.name, day=day)


def coming_turn(records: RelayRecords, turn: Turn, colleague: str, now: datetime | None) -> Turn | None:
    """The colleague's own first turn to come, at another meeting."""
    mine = (
        t
        for t in records.of_department(turn.department)
        if t.open
        and t.presenter == colleague
        and t.starts
        and t.meeting != turn.meeting
        and (now is None or t.starts > now)
    )
    return min(mine, key=lambda t: (t.starts, t.number), default=None)


def _deed(request: Request, what: Did, about: str = "") -> Deed:
    return Deed(at=request.at, by=request.by, what=what, about=about)


def _undone(request: Request, what: Did) -> Deed:
    return Deed(at=request.at, by=request.by, what=Did.UNDONE, undid=what)


def _with(records: RelayRecords, turn: Turn) -> RelayRecords:
    return replace(records, turns={**records.turns, turn.id: turn})


def _listed(records: RelayRecords, department: str, standings: TurnList) -> RelayRecords:
    return replace(records, standings={**records.standings, department: standings})
