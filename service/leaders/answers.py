"""What the leaders programme tells of a plan."""

from collections.abc import Iterator

from culture.leaders.records import LeaderRecords
from culture.leaders.steps import Steps
from culture.people import Language
from service.answers.answer_row import AnswerRow
from service.leaders.concern_letters import month_in_words
from service.messages.translation import say
from service.planning.plan import Plan


def _story(plan: Plan, language: Language) -> Iterator[str]:
    """The sheet and the step that come now."""
    before, after = plan.before.of(LeaderRecords), plan.world.of(LeaderRecords)
    for key, frame in after.frames.items():
        if frame.sheet and (key not in before.frames or before.frames[key].sheet is None):
            yield say(language, "The sheet with the frame goes to whoever leads others.")
    steps = plan.world.organisation.of(Steps).steps
    for month, one in after.steps.items():
        if month not in before.steps and one.step in steps:
            title = steps[one.step].text(language).title
            told = month_in_words(month, language)
            yield say(language, "The step of {month} for whoever leads others: {title}", month=told, title=title)


def _lines(plan: Plan, language: Language, shown: int | None) -> Iterator[str]:
    yield from _story(plan, language)


ANSWERS = AnswerRow(lines=_lines, story=_story)
