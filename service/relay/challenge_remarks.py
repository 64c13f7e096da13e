"""What an author should hear of their challenges: each of them can be read, and is held against docs/catalogue.md."""

import re
from collections.abc import Iterator, Sequence

from culture.people import Language
from culture.relay.challenges import Challenge
from service.messages.faults import Fault
from service.messages.translation import Sentence
from service.settings import remarks

LEAST_STEPS = 3

ADDRESS = re.compile(r"https?:")


def said(challenge: Challenge, language: Language) -> list[str]:
    """All that a reader sees of it in that language."""
    text = challenge.text(language)
    return [text.title, text.goal, *text.steps, text.data, text.tools, text.check]


def challenge_remarks(challenges: Sequence[Challenge], ours: Sequence[Challenge], file: str) -> Iterator[Fault]:
    """What should be mended in `challenges`, those of one file, in its order; `ours` are those that they come beside."""
    for one in challenges:
        for language in remarks.written_in(one.texts):
            yield from (Fault(file, f"challenge {one.id} {language}", sentence) for sentence in _remarks(one, language))
        if len({len(one.text(language).steps) for language in remarks.written_in(one.texts)}) > 1:
            text = "its languages have different numbers of steps. Let both have the same."
            yield Fault(file, f"challenge {one.id}", Sentence(text))
    yield from remarks.likes(file, "challenge", challenges, ours, said)


def _remarks(challenge: Challenge, language: Language) -> Iterator[Sentence]:
    yield from remarks.of_texts(said(challenge, language))
    if len(challenge.text(language).steps) < LEAST_STEPS:
        yield Sentence("it has fewer than {least} steps, and a beginner gets stuck.", {"least": LEAST_STEPS})
    if any(ADDRESS.search(text) for text in said(challenge, language)):
        yield Sentence(
            "it leads to an address on the web, which will be another one day. Say what it is called instead."
        )
