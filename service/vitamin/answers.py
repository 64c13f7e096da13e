"""What the vitamin pill tells of a rehearsal."""

from collections.abc import Iterator

from culture.people import Language
from culture.vitamin import rules, timetable
from culture.vitamin.prompts import first_return
from culture.vitamin.settings import Vitamin
from culture.vitamin.timetable import VitaminRecords
from culture.world import World
from service.answers.answer_row import AnswerRow
from service.messages.translation import say


def _closing(world: World, language: Language) -> Iterator[str]:
    """How far the prompts reached: for each department and track how many fit, and the first that came again."""
    if not world.organisation.of(Vitamin).enabled:
        return
    yield ""
    yield say(language, "Prompts")
    for pair in sorted(rules.pairs(world.organisation)):
        fitting = len(timetable.fitting(world.organisation, pair[1]))
        again = first_return(world.of(VitaminRecords).history.get(pair, {}))
        text = "{department}, {track}: {count} fit; the first to come again: {day}"
        day = again or say(language, "none")
        yield "  " + say(language, text, department=pair[0], track=pair[1], count=fitting, day=day)


ANSWERS = AnswerRow(closing=_closing)
