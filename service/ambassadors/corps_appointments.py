"""The meetings of the corps as appointments: one event each, all ambassadors in it."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from calendars.difference import Change
from calendars.event import Slot
from calendars.feed import document as feed
from culture.ambassadors import meetings as rules
from culture.ambassadors.corps import corps
from culture.ambassadors.records import AmbassadorRecords, CorpsMeeting
from culture.ambassadors.settings import Ambassadors
from culture.appointment import Appointment
from culture.organisation import Organisation
from culture.people import Person
from culture.trouble import Troubles
from culture.world import World
from service.planning.programme import Appointments, EventWords

WORDS = EventWords("corps_meeting", {})
"""Time and place stand in the event itself, and what is on the agenda on its page: the words never change."""


def owned(organisation: Organisation) -> bool:
    """Whether the meetings come into calendars by us."""
    settings = organisation.of(Ambassadors)
    return settings.enabled and settings.meeting is not None and settings.meeting.owned


def appointment(meeting: CorpsMeeting, attendees: tuple[Person, ...] = ()) -> Appointment:
    """A meeting of the corps."""
    return Appointment(
        subject=meeting.id,
        starts=meeting.starts,
        minutes=meeting.minutes,
        place=meeting.place,
        attendees=attendees,
        together=True,
    )


def _coming(world: World, troubles: Troubles) -> Iterator[Appointment]:
    if not owned(world.organisation):
        return
    group = corps(world)
    for meeting in world.of(AmbassadorRecords).meetings.values():
        if not meeting.off and rules.ends(meeting) > world.now:
            yield appointment(meeting, rules.comes(world.organisation, group, meeting))


def _open(world: World) -> Iterable[str]:
    return (key for key, one in world.of(AmbassadorRecords).meetings.items() if rules.ends(one) > world.now)


def _announces(world: World, meeting_id: str, person: Person, change: Change) -> bool:
    return False  # it is nobody's own turn


def _words(world: World, meeting_id: str, person: Person, slot: Slot | None) -> EventWords | None:
    return WORDS if meeting_id in world.of(AmbassadorRecords).meetings else None


class ShownMeetings:
    """The meetings that feeds show, to whoever comes to them."""

    def __init__(self, world: World) -> None:
        self._world = world

    def of(self, person: Person) -> Sequence[Appointment]:
        """Those that a person comes to, or came to as far as is known."""
        return self._by_person.get(person.id, ())

    def of_department(self, department: str) -> Sequence[Appointment]:
        """None: they are the corps'."""
        return ()

    def words(self, appointment: Appointment, reader: Person) -> EventWords:
        """What its template shows."""
        return WORDS

    @cached_property
    def _by_person(self) -> dict[str, list[Appointment]]:
        """The meetings that a feed shows, by the ids of those who come."""
        world, found = self._world, dict[str, list[Appointment]]()
        if not owned(world.organisation):
            return found
        (first, last), group = feed.window(world.today), corps(world)
        for meeting in rules.meetings(world):
            if first <= meeting.day <= last:
                people = rules.comes(world.organisation, group, meeting)
                for person in people:
                    found.setdefault(person.id, []).append(appointment(meeting, people))
        return found


APPOINTMENTS = Appointments(
    letter="corps-meeting",
    call="corps-event",
    uncall="corps-unevent",
    coming=_coming,
    subjects=lambda world: world.of(AmbassadorRecords).meetings,
    open=_open,
    unsettled=lambda *_: frozenset(),
    announces=_announces,
    words=_words,
    shown=ShownMeetings,
    departments=lambda _: (),
)
