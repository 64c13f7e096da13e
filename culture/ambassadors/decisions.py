"""What comes after a meeting of the corps: one form for all that was decided, and one friendly repeat. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from culture.ambassadors.agenda import newest
from culture.ambassadors.agenda_records import Agenda, AgendaRecords
from culture.ambassadors.corps import corps
from culture.ambassadors.meetings import CorpsMeeting, deputy, ends
from culture.ambassadors.records import AmbassadorRecords
from culture.ambassadors.settings import Ambassadors
from culture.keys import MeetingNotice
from culture.notice import Notice
from culture.organisation import Organisation
from culture.revisit.rules import Revisit, RevisitRecords
from culture.working_days import next_working_day
from culture.world import World

AGAIN = 5
"""Working days after the first question on which it is asked once more: a week."""

LATENESS = timedelta(days=14)
"""After the second question: then the next agenda is on its way, and nobody remembers."""


def leader(world: World, meeting: CorpsMeeting) -> str:
    """Who leads it or led it, by id: the chair; the deputy where the chair was away that day."""
    chair = corps(world).chair
    person = world.organisation.people.get(chair)
    second = deputy(world, meeting)
    return second if person and second and world.organisation.absent(person, meeting.day) else chair


def held(world: World) -> CorpsMeeting | None:
    """The last meeting that is over and had an agenda, as long as the next one has none: then it is history."""
    last = newest(world)
    return last if last and ends(last) <= world.now else None


def to_write(world: World, person_id: str) -> CorpsMeeting | None:
    """The meeting of which the person may write down what was decided: whoever led it or leads the corps, until the next
    agenda is made. What is written may be mended by them."""
    meeting = held(world)
    found = {leader(world, meeting), corps(world).chair} if meeting else set()
    return meeting if person_id and person_id in found else None


def to_judge(world: World, agenda: Agenda) -> tuple[Revisit, ...]:
    """What stood on the agenda to be judged and is still to be."""
    items = world.of(RevisitRecords).items
    found = (items[key] for key in agenda.revisits if key in items)
    return tuple(one for one in found if one.next_on and one.next_on <= world.today)


def due(world: World) -> Iterator[Notice]:
    """The question to whoever led the last meeting, on the next working day and once more a week later; not when the form
    came back."""
    meeting = held(world)
    if meeting is None or meeting.id in world.of(AgendaRecords).minutes:
        return
    first, again = asked_at(world.organisation, meeting)
    until = (again, again + LATENESS)
    for number, (moment, too_late) in enumerate(zip((first, again), until, strict=True), 1):
        if moment <= world.now:
            yield Notice(
                kind="corps-decisions",
                period=MeetingNotice(meeting.id, number).to_text(),
                person_id=leader(world, meeting),
                due=moment,
                too_late=too_late,
            )


def was_asked(world: World, meeting: CorpsMeeting, person_id: str) -> bool:
    """Whether the person led the corps already when the form was asked for first: whoever has taken over since then was not
    asked, though somebody was."""
    place = world.of(AmbassadorRecords).places.get(person_id)
    first, _ = asked_at(world.organisation, meeting)
    return not (place and place.chair_since and place.chair_since > first.date())


def asked_at(organisation: Organisation, meeting: CorpsMeeting) -> tuple[datetime, datetime]:
    """When the form is asked for, and when once more."""
    first = _after(organisation, meeting, 1)
    return first, _after(organisation, meeting, 1 + AGAIN)


def _after(organisation: Organisation, meeting: CorpsMeeting, working_days: int) -> datetime:
    day = meeting.day
    for _ in range(working_days):
        day = next_working_day(organisation, day) or day + timedelta(days=1)
    return datetime.combine(day, organisation.of(Ambassadors).letter_at, organisation.tz)
