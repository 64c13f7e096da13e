"""What a plan tells of the agendas: which one is made, and how much is on it."""

from collections.abc import Iterator

from culture.ambassadors.agenda_records import Agenda, AgendaRecords
from culture.ambassadors.meetings import meetings
from culture.people import Language
from service.messages.translation import Sentence
from service.planning.plan import Plan


def agenda_lines(plan: Plan, language: Language, shown: int | None) -> Iterator[str]:
    """What the plan makes."""
    before, after = plan.before.of(AgendaRecords).agendas, plan.world.of(AgendaRecords).agendas
    days = {one.id: one.day for one in meetings(plan.world)}
    for key, agenda in after.items():
        if key not in before and key in days:
            yield _sentence(agenda, days[key]).said(language)


def _sentence(agenda: Agenda, day: object) -> Sentence:
    if agenda.little:
        return Sentence("The agenda of the ambassadors' meeting on {day} is made; there is little on it", {"day": day})
    return Sentence("The agenda of the ambassadors' meeting on {day} is made", {"day": day})
