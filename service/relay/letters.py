"""What letters and calendars say about turns: facts from the world, no words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from calendars.difference import Change
from calendars.event import Slot
from culture.keys import MeetingPeriod, NoticeKey, TurnPeriod
from culture.meetings import Meeting
from culture.people import Person
from culture.relay import acts as relay_acts
from culture.relay import shared as sharing
from culture.relay.challenges import Challenges
from culture.relay.days import assignment_day
from culture.relay.learning import Learning
from culture.relay.news import Cause, News, news, regretted
from culture.relay.notices import OVERVIEW_AHEAD
from culture.relay.schedule import RelayRecords, meetings, runs
from culture.relay.settings import Relay
from culture.relay.shared import Shared
from culture.relay.turns import Turn
from culture.revisit.settings import RevisitList
from culture.world import World
from service.planning.kind import Action
from service.relay.facts import (
    AssignmentFacts,
    EveFacts,
    HalfwayFacts,
    LearningFacts,
    OverviewFacts,
    SlotChange,
    SlotFacts,
    SwapDeclinedFacts,
    SwapFacts,
    TurnWords,
    UnreachedFacts,
)
from service.relay.shared_words import at_table, title_of, words_of

SHOWN_NEWS = 3
"""Discoveries and learnings that an overview tells of."""

SHOWN_AFTER = 4
"""Turns after the coming meeting that an overview names: about a month of them."""


def _turn(world: World, key: str) -> tuple[Turn, str]:
    """The turn that a notice is about, and what else its period says."""
    about = TurnPeriod.from_text(NoticeKey.from_text(key).period)
    return world.of(RelayRecords).turns[about.turn_id], about.about


def _words(world: World, action: Action, key: str) -> TurnWords:
    return turn_words(world, _turn(world, key)[0], action.person)


def assignment_facts(world: World, action: Action, key: str) -> AssignmentFacts:
    """The challenge of a turn."""
    turn, _ = _turn(world, key)
    found = sharing.elsewhere(world.organisation, world.of(RelayRecords), turn, world.today)
    elsewhere = words_of(world, found, action.person.language) if found and found.of.id != turn.earlier else None
    return AssignmentFacts(turn=turn_words(world, turn, action.person), elsewhere=elsewhere)


def halfway_facts(world: World, action: Action, key: str) -> HalfwayFacts:
    """The reminder half-way."""
    return HalfwayFacts(turn=_words(world, action, key))


def eve_facts(world: World, action: Action, key: str) -> EveFacts:
    """The reminder of the day before."""
    return EveFacts(turn=_words(world, action, key))


def learning_facts(world: World, action: Action, key: str) -> LearningFacts:
    """The request for a learning."""
    organisation = world.organisation
    return LearningFacts(
        turn=_words(world, action, key),
        retry_days=organisation.of(Relay).retry_days,
        revisited=organisation.of(RevisitList).enabled,
    )


def swap_facts(world: World, action: Action, key: str) -> SwapFacts:
    """The question to a colleague, and when their own turn is."""
    turn, _ = _turn(world, key)
    words = turn_words(world, turn, action.person)
    own = relay_acts.coming_turn(world.of(RelayRecords), turn, action.person.id, world.now)
    return SwapFacts(turn=words, asker=words.presenter, own=own.starts if own else None)


def swap_declined_facts(world: World, action: Action, key: str) -> SwapDeclinedFacts:
    """That a colleague would rather not, or has taken a yes back."""
    turn, about = _turn(world, key)
    records, number = world.of(RelayRecords), int(about)
    colleague = regretted(world.organisation, records, turn, number) or turn.deeds[number].about
    return SwapDeclinedFacts(
        turn=turn_words(world, turn, action.person), colleague=world.organisation.name_of(colleague)
    )


def unreached_facts(world: World, action: Action, key: str) -> UnreachedFacts:
    """Who did not get the challenge, by the number of the deed that says so, and what became of the slot."""
    turn, about = _turn(world, key)
    number = int(about)
    person = world.organisation.people[turn.deeds[number].about]
    starts = next((deed.was for deed in turn.deeds[number:] if deed.was), turn.starts)
    assert starts is not None
    at_that_time = (one for one in world.of(RelayRecords).turns.values() if one.open and one.starts == starts)
    new = next((one.presenter for one in at_that_time if one.presenter != person.id), "")
    return UnreachedFacts(
        name=person.name,
        email=person.email,
        department=_at_table(world, turn.department, action.person),
        starts=starts,
        drawn=world.organisation.name_of(new),
    )


def turn_words(
    world: World, turn: Turn, reader: Person, slot: Slot | None = None, beside: Iterable[Turn] | None = None
) -> TurnWords:
    """The turn as `reader` is told of it, at `slot` if that is given: a slot that goes is told as it stood. `beside`:
    the open turns of its meeting, if they are known."""
    at = slot or turn
    assert at.starts is not None
    turns = world.of(RelayRecords).turns.values() if beside is None else beside
    return TurnWords(
        id=turn.id,
        starts=at.starts,
        minutes=at.minutes,
        place=at.place,
        department=_at_table(world, turn.department, reader),
        presenter=world.organisation.name_of(turn.presenter),
        mine=turn.presenter == reader.id,
        kind=turn.kind,
        challenge=world.organisation.of(Challenges).challenges.get(turn.challenge),
        earlier=_earlier(world, turn, reader),
        challenge_on=assignment_day(world.organisation, at.starts.date()) if turn.state == "announced" else None,
        swapped=turn.presenter != turn.person,
        partner=", ".join(world.organisation.name_of(one.presenter) for one in turns if _beside(one, turn)),
    )


def _earlier(world: World, turn: Turn, reader: Person) -> Learning | None:
    """What the turn before learned, by the title that the reader knows its challenge by."""
    found = world.of(RelayRecords).learnings.get(turn.earlier)
    return replace(found, title=title_of(world.organisation, found, reader.language)) if found else None


def _beside(one: Turn, turn: Turn) -> bool:
    """Whether both are at one meeting, and `one` is another."""
    return bool(turn.meeting) and one.open and one.meeting == turn.meeting and one.id != turn.id


def slot_facts(world: World, action: Action, key: str) -> SlotFacts | None:
    """What becomes of the reader's slots, by when they are: all in one piece, at the first of them."""
    changes = [change for change in action.changes if isinstance(change.entry, Slot)]
    if changes[0].key != key:
        return None
    found = []
    for change in changes:
        turn = world.of(RelayRecords).turns.get(action.subjects.get(change.key, ""))
        if turn and isinstance(change.entry, Slot):
            found.append(_slot_change(world, action.person, change, change.entry, turn))
    return SlotFacts(changes=tuple(sorted(_each_once(found), key=lambda one: one.turn.starts)))


def _each_once(found: Sequence[SlotChange]) -> list[SlotChange]:
    """The changes without those slots that are exchanged for another of them, which tells of both."""
    exchanged = {one.other for one in found if one.comes and one.other}
    return [one for one in found if not (one.change == "cancel" and one.other and one.turn.starts in exchanged)]


def slot_news(world: World, turn: Turn, person: Person, change: Change) -> News:
    """Why the slot changes in the person's calendar."""
    assert isinstance(change.entry, Slot)
    stood = change.stood if isinstance(change.stood, Slot) else None
    if change.kind == "update" and stood and stood.filled(change.entry) == change.entry:
        return News(cause=Cause.CALENDAR)
    return news(
        world.organisation,
        world.of(RelayRecords),
        turn,
        person.id,
        change.kind,
        change.entry.starts,
        stood=stood.starts if stood else None,
        had=stood.presenter if stood else "",
        told=change.told,
    )


def _slot_change(world: World, person: Person, change: Change, slot: Slot, turn: Turn) -> SlotChange:
    stood = change.stood if isinstance(change.stood, Slot) else None
    why = slot_news(world, turn, person, change)
    if stood and stood.presenter:
        had = stood.presenter == person.id
    else:
        sees_to_it = world.organisation.facilitators.get(turn.department) == person.id
        had = not sees_to_it and why.cause is not Cause.OTHER_FACILITATOR
    return SlotChange(
        change=change.kind,
        turn=turn_words(world, turn, person, slot),
        before=stood.starts if stood and stood.starts != slot.starts else None,
        cause=why.cause,
        own=why.own,
        colleague=world.organisation.name_of(why.colleague),
        other=why.other,
        owes=why.owes,
        presents=person.id == turn.presenter or had,
        now_in=_relay_of(world, person) if why.cause is Cause.NO_RELAY and person.department != turn.department else "",
    )


def _relay_of(world: World, person: Person) -> str:
    """The name of the person's department, if it has a relay."""
    return _department(world, person.department) if runs(world.organisation, person.department) else ""


def overview_facts(world: World, action: Action, key: str) -> OverviewFacts:
    """The coming meeting of a department and its turns."""
    person = action.person
    meeting = _meeting(world, NoticeKey.from_text(key).period)
    of_department = _seated(world, meeting.department)
    here = [turn for turn in of_department if turn.meeting == meeting.id]
    after = [turn for turn in of_department if turn.meeting != meeting.id][:SHOWN_AFTER]
    return OverviewFacts(
        department=_at_table(world, meeting.department, person),
        starts=meeting.starts,
        minutes=meeting.minutes,
        place=meeting.place,
        turns=tuple(turn_words(world, turn, person) for turn in here),
        after=tuple(turn_words(world, turn, person) for turn in after),
        news=tuple(words_of(world, one, person.language) for one in _news(world, meeting)),
    )


def _news(world: World, meeting: Meeting) -> Iterator[Shared]:
    """What colleagues wrote since the department's meeting before, its own first."""
    organisation, records = world.organisation, world.of(RelayRecords)
    before = meetings(organisation, meeting.department, world.today - sharing.LATELY, meeting.day - timedelta(days=1))
    first = max((one.day for one in before), default=world.today - sharing.LATELY)
    recent = sharing.own_first(organisation, sharing.since(organisation, records, first), meeting.department)
    return (sharing.shared(organisation, records, one, world.today, "letter") for one in recent[:SHOWN_NEWS])


def _seated(world: World, department: str) -> list[Turn]:
    """The department's open turns that have a meeting, in order."""
    turns = (turn for turn in world.of(RelayRecords).turns.values() if turn.department == department)
    return sorted((one for one in turns if one.open and one.starts), key=lambda one: (one.starts, one.number))


def _meeting(world: World, period: str) -> Meeting:
    """The meeting an overview is about. Raises ValueError when it is gone: the letter is then left out."""
    asked = MeetingPeriod.from_text(period)
    for department in world.organisation.meeting_plans:
        for meeting in meetings(world.organisation, department, world.today, world.today + OVERVIEW_AHEAD):
            if (meeting.id, meeting.day) == (asked.meeting_id, asked.day):
                return meeting
    raise ValueError(f"There is no meeting {asked.meeting_id} on {asked.day} any more.")


def _at_table(world: World, key: str, reader: Person) -> str:
    """Whose meetings a department's are: its name, and those that share them."""
    return at_table(world.organisation, key, reader.language)


def _department(world: World, key: str) -> str:
    """Its name; empty for one that is no longer in the config: its key is nothing to show to anybody."""
    department = world.organisation.departments.get(key)
    return department.name if department else ""
