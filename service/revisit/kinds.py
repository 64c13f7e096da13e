"""The letters of the revisit list."""

from culture.keys import ItemPeriod
from service.messages.translation import Sentence
from service.planning.kind import Kind


def _day(period: str) -> str:
    return str(ItemPeriod.from_text(period).day)


KINDS = (
    Kind(
        id="revisit",
        name=Sentence("things to judge again"),
        one=Sentence("something to judge again"),
        rank=110,
        about=_day,
    ),
)
