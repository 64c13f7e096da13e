"""The letters about concerns: their kinds, and their facts from the world."""

from culture.keys import AboutPeriod, NoticeKey
from culture.leaders.concerns import OTHERS, chosen, overdue, undecided
from culture.leaders.steps import month_of
from culture.people import Language
from culture.world import World
from mailer.words import tongue
from service.leaders.concern_facts import ConcernFacts, ConcernsFacts
from service.messages.translation import Sentence
from service.planning.kind import Action, Kind


def month_in_words(month: str, language: Language) -> str:
    """november 2026."""
    return f"{tongue(language).months[int(month[5:]) - 1]} {month[:4]}"


def concerns_facts(world: World, action: Action, key: str) -> ConcernsFacts | None:
    """What waits for the contact now; None where it was all decided since."""
    waiting = tuple((month_in_words(one.month, action.person.language), one.text) for one in undecided(world))
    late = overdue(world)
    return ConcernsFacts(waiting=waiting, overdue=late) if waiting or late else None


def concern_facts(world: World, action: Action, key: str) -> ConcernFacts:
    """What a manager is told of a month. That enough could have written it was asked when it came due."""
    period = AboutPeriod.from_text(NoticeKey.from_text(key).period)
    month = month_of(period.day)
    return ConcernFacts(
        texts=tuple(one.text for one in chosen(world, period.about, month)),
        department=world.organisation.departments[period.about].name,
        month=month_in_words(month, action.person.language),
        others=OTHERS,
    )


def _month(period: str) -> str:
    return period


def _month_of_department(period: str) -> str:
    return month_of(AboutPeriod.from_text(period).day)


CONCERN_KINDS = (
    # What waits is for whoever runs it: nobody's week is fuller for it.
    Kind(
        id="concerns",
        private=True,
        facts=concerns_facts,
        name=Sentence("concerns to release and answer"),
        one=Sentence("concerns to release and answer"),
        rank=104,
        counts="office",
        about=_month,
    ),
    Kind(
        id="concern",
        private=True,
        of_department=True,
        facts=concern_facts,
        name=Sentence("concerns for managers"),
        one=Sentence("a concern from the department"),
        rank=114,
        yields_in=33,
        about=_month_of_department,
    ),
)
