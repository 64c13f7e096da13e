"""What the leaders' programme brings to the archive: concerns that everybody may read, and their answers. Pure."""

from collections.abc import Iterator

from culture.archive.entries import Entries, Entry, Value
from culture.leaders.settings import Leaders
from culture.people import Language
from culture.released import Released, ReleasedConcern
from culture.world import World
from service.messages.plain_text import beginning, one_line
from service.messages.translation import say


def _every(world: World, language: Language) -> Iterator[Entry]:
    for one in world.of(Released).concerns:
        answered = Value("answered", say(language, "answered"))
        yield Entry(
            key=f"concern/{one.id}",
            kind=Value("concern", say(language, "Concern")),
            title=beginning(one.text),
            when=str(one.answered_on or one.released_on),
            body=tuple(_body(one, language)),
            outcome=answered if one.answer else Value("undecided", say(language, "not decided yet")),
        )


def _body(one: ReleasedConcern, language: Language) -> Iterator[tuple[str, str]]:
    """All of it, without who was asked: that an export names them was nobody's yes."""
    if beginning(one.text) != one_line(one.text):
        yield say(language, "What was written"), one.text
    if one.answer:
        yield say(language, "The answer"), one.answer
    elif one.answer_by:
        yield (
            say(language, "The answer"),
            say(language, "Not decided yet. It is hoped for by {day}.", day=one.answer_by),
        )


ENTRIES = Entries(on=lambda organisation: organisation.of(Leaders).enabled, every=_every)
