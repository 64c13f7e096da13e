"""An agenda with something in each of its points, and one with nothing, for looking at their letters."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from culture.ambassadors.agenda import news_key
from culture.ambassadors.agenda_records import Agenda, AgendaRecords, News
from culture.ambassadors.records import AmbassadorRecords
from culture.ambassadors.settings import Ambassadors
from culture.keys import MeetingNotice
from culture.people import Person
from culture.world import World
from mailer.letter import Facts
from service.ambassadors.agenda_facts import AgendaFacts, DecisionsFacts, NewsFacts, Points
from service.ambassadors.corps_facts import MeetingWords
from service.ambassadors.corps_samples import MEETING
from service.messages.translation import say
from service.planning.jobs import Job
from service.planning.sample import Samples, sample_job, sample_key


def samples(world: World, person: Person) -> Samples:
    """A letter of each kind about the agenda."""
    return Samples(records=(agenda_records(world, person),), jobs=partial(agenda_jobs, person), shapes=agenda_shapes)


def agenda_records(world: World, person: Person) -> AgendaRecords:
    """The meeting has an agenda, made today of what somebody brought."""
    key = news_key(MEETING, person.id)
    brought = News(
        meeting=MEETING,
        person=person.id,
        at=world.now,
        news=say(person.language, "The new contract for the assistants is signed."),
        topic=say(person.language, "The letters that nobody understands."),
    )
    agenda = Agenda(meeting=MEETING, made_at=world.now, topics=(key,), news=(key,), policy_changed=world.today)
    return AgendaRecords(news={key: brought}, agendas={MEETING: agenda})


def agenda_jobs(person: Person, world: World) -> Mapping[str, Job]:
    """A letter of each kind about the agenda."""
    if not world.organisation.of(Ambassadors).enabled:
        return {}
    period = MeetingNotice(MEETING).to_text()
    kinds = ("corps-news", "agenda", "corps-decisions")
    return {kind: sample_job(world, person, kind, sample_key(kind, period, person)) for kind in kinds}


def agenda_shapes(world: World) -> Sequence[Facts]:
    """The same letters at other times: with nothing on, to the sponsor, asked again."""
    if not world.organisation.of(Ambassadors).enabled:
        return ()
    meeting = world.of(AmbassadorRecords).meetings[MEETING]
    words = MeetingWords(starts=meeting.starts, minutes=meeting.minutes, place=meeting.place)
    made_on = meeting.day - timedelta(days=14)
    empty = AgendaFacts(meeting=words, points=Points(little=True), chair="", deputy="")
    asked = NewsFacts(meeting=words, sponsor=True, made_on=made_on)
    return (empty, replace(empty, chair="X", deputy="Y"), asked, DecisionsFacts(meeting=words, revisits=2, again=True))
