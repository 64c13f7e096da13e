"""What an author should hear of their prompts: each of them can be read, and is held against docs/catalogue.md."""

import re
from collections.abc import Iterator, Mapping, Sequence

from culture.people import Language
from culture.vitamin.catalogue import Prompt
from culture.vitamin.levels import GAP, over
from service.messages.faults import Fault
from service.messages.translation import Sentence
from service.settings import remarks

ASKS = re.compile(r"\[(indsæt|din mail|notatet|udkastet|mailtråden|insert|your mail|the note|the draft|the thread)")
"""Words of a gap into which a text from work goes."""

OVER: Mapping[str, str] = {
    "words": 'it has {count} words, and the level "{level}" has at most {most}. Shorten it, or give it the next level.',
    "sentences": 'it has {count} sentences, and the level "{level}" has at most {most}. Shorten it, or give it the next level.',
    "gaps": '{count} things have to be put in, and the level "{level}" has at most {most}. Ask for less, or give it the next level.',
}


def said(prompt: Prompt, language: Language) -> list[str]:
    """All that a reader sees of it in that language."""
    text = prompt.text(language)
    return [text.title, text.prompt, text.look_for, text.data]


def prompt_remarks(prompts: Sequence[Prompt], ours: Sequence[Prompt], file: str) -> Iterator[Fault]:
    """What should be mended in `prompts`, those of one file, in its order; `ours` are those that they come beside."""
    for one in prompts:
        for language in remarks.written_in(one.texts):
            yield from (Fault(file, f"prompt {one.id} {language}", sentence) for sentence in _remarks(one, language))
        yield from (Fault(file, f"prompt {one.id}", sentence) for sentence in _twins(one))
    yield from remarks.likes(file, "prompt", prompts, ours, said)


def _remarks(prompt: Prompt, language: Language) -> Iterator[Sentence]:
    yield from remarks.of_texts(said(prompt, language))
    text = prompt.text(language).prompt
    if found := over(prompt.level, text, language):
        what, count, most = found
        yield Sentence(OVER[what], {"count": count, "most": most, "level": prompt.level})
    if prompt.data == "none" and ASKS.search(text):
        yield Sentence('it asks for a text from work, and data = "none". Write the class of that text.')


def _twins(prompt: Prompt) -> Iterator[Sentence]:
    counts = {len(GAP.findall(prompt.text(language).prompt)) for language in remarks.written_in(prompt.texts)}
    if len(counts) > 1:
        yield Sentence("its languages ask for different numbers of things to be put in. Let both ask for the same.")
