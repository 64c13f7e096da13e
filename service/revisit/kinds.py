"""The letters of the revisit list."""

from culture.keys import ItemPeriod
from service.messages.translation import Sentence
from service.planning.kind import Kind
from service.revisit.letters import revisit_facts, works_facts


def _day(period: str) -> str:
    return str(ItemPeriod.from_text(period).day)


KINDS = (
    Kind(
        id="revisit",
        facts=revisit_facts,
        name=Sentence("things to judge again"),
        one=Sentence("something to judge again"),
        rank=110,
        yields_in=30,
        about=_day,
    ),
    Kind(
        id="works",
        facts=works_facts,
        name=Sentence("news that something works now"),
        one=Sentence("news that something works now"),
        rank=115,
        yields_in=35,
        about=_day,
    ),
)
