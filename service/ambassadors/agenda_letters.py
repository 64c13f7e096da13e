"""What the letters about the corps' agendas say: facts from the world, no words."""

from culture.ambassadors import agenda as rules
from culture.ambassadors import decisions
from culture.ambassadors.agenda_records import AgendaRecords
from culture.ambassadors.corps import corps
from culture.ambassadors.meetings import CorpsMeeting, deputy, meetings
from culture.keys import MeetingNotice, NoticeKey
from culture.world import World
from service.ambassadors.agenda_facts import AgendaFacts, DecisionsFacts, NewsFacts
from service.ambassadors.agenda_words import points_of
from service.ambassadors.corps_letters import chair_name, words_of
from service.planning.kind import Action


def _about(key: str) -> MeetingNotice:
    return MeetingNotice.from_text(NoticeKey.from_text(key).period)


def _meeting(world: World, key: str) -> CorpsMeeting:
    wanted = _about(key).meeting_id
    return next(one for one in meetings(world) if one.id == wanted)


def news_facts(world: World, action: Action, key: str) -> NewsFacts:
    """For which meeting, and until when it is on the agenda."""
    meeting = _meeting(world, key)
    return NewsFacts(
        meeting=words_of(meeting),
        sponsor=action.person.id == corps(world).sponsor,
        made_on=rules.made_at(world, meeting).date(),
    )


def agenda_facts(world: World, action: Action, key: str) -> AgendaFacts:
    """What is on, and who leads."""
    meeting, person = _meeting(world, key), action.person
    agenda = world.of(AgendaRecords).agendas[meeting.id]
    second = world.organisation.people.get(deputy(world, meeting))
    return AgendaFacts(
        meeting=words_of(meeting),
        points=points_of(world, agenda, person.language, "letter"),
        chair=chair_name(world, person),
        deputy=second.name if second and second.id != person.id else "",
    )


def decisions_facts(world: World, action: Action, key: str) -> DecisionsFacts:
    """What is still to be written down."""
    meeting = _meeting(world, key)
    agenda = world.of(AgendaRecords).agendas[meeting.id]
    return DecisionsFacts(
        meeting=words_of(meeting),
        revisits=len(decisions.to_judge(world, agenda)),
        again=_about(key).number > 1 and decisions.was_asked(world, meeting, action.person.id),
    )
