"""Which items of the revisit list the corps judges at a meeting: whoever comes to it is asked there, and by letter only when
nothing came of it. Pure."""

from culture.ambassadors.agenda import asked_at, to_judge
from culture.ambassadors.agenda_records import AgendaRecords
from culture.ambassadors.corps import corps
from culture.ambassadors.decisions import asked_at as form_asked_at
from culture.ambassadors.meetings import CorpsMeeting, comes, meetings
from culture.sittings import Sitting, Sittings
from culture.world import World


def sittings(world: World) -> Sittings:
    """The meetings of which it is not known yet what came of them, and what is on their agendas; of two the first that has an
    item. One that falls due before a meeting is prepared does not wait for it."""
    known, group, found = world.of(AgendaRecords), corps(world), dict[str, Sitting]()
    for meeting in _now(world):
        agenda = known.agendas.get(meeting.id)
        items = agenda.revisits if agenda else to_judge(world, meeting) if meeting.starts > world.now else ()
        sitting = Sitting(
            first=asked_at(world, meeting).date(),
            last=meeting.day,
            until=form_asked_at(world.organisation, meeting)[1],
            there=frozenset(one.id for one in comes(world.organisation, group, meeting)),
        )
        for item in items:
            found.setdefault(item, sitting)
    return Sittings(found)


def _now(world: World) -> list[CorpsMeeting]:
    """Those that are being prepared, or over and not written down yet."""
    minutes, found = world.of(AgendaRecords).minutes, list[CorpsMeeting]()
    for meeting in meetings(world):
        if asked_at(world, meeting) > world.now:
            break
        if meeting.id not in minutes and form_asked_at(world.organisation, meeting)[1] > world.now:
            found.append(meeting)
    return found
