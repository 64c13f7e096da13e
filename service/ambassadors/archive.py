"""What the ambassadors bring to the archive: what was recommended to management, and what management answered. Pure."""

from collections.abc import Iterator

from culture.ambassadors.recommendations import Recommendation, State, told
from culture.ambassadors.settings import Ambassadors
from culture.archive.entries import Entries, Entry, Value
from culture.people import Language
from culture.world import World
from mailer.words import opening
from service.ambassadors.recommendation_words import evidence_words
from service.messages.plain_text import beginning, one_line
from service.messages.translation import say, word


def _every(world: World, language: Language) -> Iterator[Entry]:
    for one in told(world):
        state = one.state(world.today)
        last = one.answers[-1].day if one.answers and state is not State.SENT else one.asked_on
        yield Entry(
            key=f"recommendation/{one.id}",
            kind=Value("recommendation", say(language, "Recommendation")),
            title=beginning(one.text),
            when=str(last),
            body=tuple(_body(world, one, language)),
            outcome=Value(f"management-{state}", word("management", state).said(language)),
        )


def _body(world: World, one: Recommendation, language: Language) -> Iterator[tuple[str, str]]:
    """All of it, without who was asked and who answered: that an export names them was nobody's yes."""
    if beginning(one.text) != one_line(one.text):
        yield say(language, "What is recommended"), one.text
    yield say(language, "Why"), one.reason
    evidence = [": ".join(filter(None, (each.title, each.text))) for each in evidence_words(world, one, language)]
    if evidence:
        yield say(language, "What it builds on"), "\n".join(evidence)
    for reply in one.answers:
        answer = opening(word("recommendation-answer", reply.answer).said(language))
        heading = say(language, "The answer of {day}", day=reply.day)
        yield heading, ". ".join(filter(None, (answer, reply.words)))


ENTRIES = Entries(on=lambda organisation: organisation.of(Ambassadors).enabled, every=_every)
