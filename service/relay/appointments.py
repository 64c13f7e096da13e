"""The turns of the relay as appointments: in whose calendars they stand, and what is said of them there."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property

from calendars.difference import Change
from calendars.event import Slot
from calendars.feed import document as feed
from culture.appointment import Appointment
from culture.people import Person
from culture.relay import notices, schedule
from culture.relay.news import unsettled
from culture.relay.schedule import RelayRecords
from culture.relay.turns import Turn
from culture.trouble import Troubles
from culture.world import World
from service.planning.programme import Appointments, EventWords
from service.relay.letters import slot_news, turn_words


def _coming(world: World, troubles: Troubles) -> Iterator[Appointment]:
    for turn, people in notices.slots(world.organisation, world.of(RelayRecords), world.now, troubles):
        yield appointment(turn, people)


def appointment(turn: Turn, attendees: tuple[Person, ...] = ()) -> Appointment:
    """A turn that has a meeting."""
    assert turn.starts is not None
    return Appointment(
        subject=turn.id,
        starts=turn.starts,
        minutes=turn.minutes,
        place=turn.place,
        leader=turn.presenter,
        attendees=attendees,
    )


def _unsettled(world: World, troubles: Troubles) -> frozenset[str]:
    return unsettled(world.of(RelayRecords).turns, world.now, troubles)


def _announces(world: World, turn_id: str, person: Person, change: Change) -> bool:
    turn = world.of(RelayRecords).turns.get(turn_id)
    return turn is not None and slot_news(world, turn, person, change).announces


def _words(world: World, turn_id: str, person: Person, slot: Slot | None) -> EventWords | None:
    turn = world.of(RelayRecords).turns.get(turn_id)
    return EventWords("slot", {"turn": turn_words(world, turn, person, slot)}) if turn else None


class ShownTurns:
    """The turns that feeds show: to those who present or see to them, and to whoever looks at the department's."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._turns = world.of(RelayRecords).turns

    def of(self, person: Person) -> Sequence[Appointment]:
        """Those that a person presents or sees to as the facilitator, each once."""
        found = [*self._presented.get(person.id, ())]
        for department in self._facilitated.get(person.id, ()):
            found += self._of_department.get(department, ())
        today = self._world.organisation.today(person, self._world.now)
        return _shown(found, today) if found else ()

    def of_department(self, department: str) -> Sequence[Appointment]:
        """The turns at a department's meetings."""
        table = self._world.organisation.called.table(department)
        return _shown(self._of_department.get(table, ()), self._world.today)

    def words(self, appointment: Appointment, reader: Person) -> EventWords:
        """What its template shows. All that it is handed counts for whether the feed has changed."""
        turn = self._turns[appointment.subject]
        beside = self._by_meeting.get(turn.meeting, ())
        return EventWords("slot", {"turn": turn_words(self._world, turn, reader, beside=beside)})

    @cached_property
    def _presented(self) -> dict[str, list[Turn]]:
        """Turns by their presenter's id."""
        return _by(self._turns.values(), lambda turn: turn.presenter)

    @cached_property
    def _of_department(self) -> dict[str, list[Turn]]:
        return _by(self._turns.values(), lambda turn: turn.department)

    @cached_property
    def _by_meeting(self) -> dict[str, list[Turn]]:
        """Open turns by their meeting."""
        return _by((turn for turn in self._turns.values() if turn.open), lambda turn: turn.meeting)

    @cached_property
    def _facilitated(self) -> dict[str, list[str]]:
        """The departments that somebody is the facilitator of, by person id."""
        found: dict[str, list[str]] = {}
        for department, person_id in self._world.organisation.facilitators.items():
            found.setdefault(person_id, []).append(department)
        return found


def _shown(turns: Iterable[Turn], today: date) -> tuple[Appointment, ...]:
    """The turns that a feed shows of these, each once, by start."""
    first, last = feed.window(today)
    found = {
        turn.id: turn
        for turn in turns
        if turn.starts and first <= turn.starts.date() <= last and (turn.open or turn.state == "held")
    }
    ordered = sorted(found.values(), key=lambda turn: (turn.starts, turn.number))
    return tuple(appointment(turn) for turn in ordered)


def _by(turns: Iterable[Turn], key: Callable[[Turn], str]) -> dict[str, list[Turn]]:
    found: dict[str, list[Turn]] = {}
    for turn in turns:
        found.setdefault(key(turn), []).append(turn)
    return found


APPOINTMENTS = Appointments(
    letter="slot",
    call="meeting",
    uncall="unmeeting",
    coming=_coming,
    subjects=lambda world: world.of(RelayRecords).turns,
    open=lambda world: (turn.id for turn in world.of(RelayRecords).turns.values() if turn.open),
    unsettled=_unsettled,
    announces=_announces,
    words=_words,
    shown=ShownTurns,
    departments=schedule.with_relay,
)
