"""What the revisit list tells of a plan."""

from collections.abc import Iterator

from culture.people import Language
from culture.revisit.rules import Revisit, RevisitRecords
from service.answers.answer_row import AnswerRow
from service.messages.names import some
from service.messages.translation import say
from service.planning.plan import Plan


def _new(plan: Plan) -> list[Revisit]:
    """The items that come to be."""
    before = plan.before.of(RevisitRecords).items
    return [item for item in plan.world.of(RevisitRecords).items.values() if item.id not in before]


def _early(plan: Plan) -> list[Revisit]:
    """Those that news brings early by itself."""
    before = plan.before.of(RevisitRecords).items
    items = plan.world.of(RevisitRecords).items.values()
    return [item for item in items if item.id in before and item.news > before[item.id].news]


def _lines(plan: Plan, language: Language, shown: int | None) -> Iterator[str]:
    if new := _new(plan):
        yield say(language, "On the revisit list: {name}", name=some([item.name for item in new], language, shown))
    if early := _early(plan):
        names = some([item.name for item in early], language, shown)
        yield say(language, "To be judged again, for the policy changed: {name}", name=names)


def _story(plan: Plan, language: Language) -> Iterator[str]:
    for item in _new(plan):
        yield say(language, "On the revisit list: {name}", name=item.name)
    for item in _early(plan):
        yield say(language, "To be judged again, for the policy changed: {name}", name=item.name)


ANSWERS = AnswerRow(lines=_lines, story=_story)
