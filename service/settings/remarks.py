"""What an author should hear of an entry of a catalogue that can be read: the same of their own as our tests ask of ours."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import TypeVar

from culture.people import Language
from mailer.words import LANGUAGES
from service.messages.faults import Fault
from service.messages.translation import Sentence
from service.settings.entries import Texts

UNFINISHED = re.compile(r"TODO|XXX|lorem|\{\w*\}|\u2014|<\w")
"""What is left of a draft, of a template, or of a text that came by way of a web page."""

SHORTEST = 8
"""Characters of a text that can say anything."""

MOST_ALIKE = 0.15
"""Jaccard similarity of the sets of word triples of two entries. Two drafts of one idea have 0.3 and more."""

EntryT = TypeVar("EntryT", bound=Texts)

Triples = frozenset[tuple[str, ...]]


def written_in(texts: Mapping[Language, object]) -> list[Language]:
    """The languages that an entry is written in; the first alone where one text stands for all."""
    return list(LANGUAGES) if len(set(texts.values())) > 1 else list(LANGUAGES[:1])


def of_texts(texts: Iterable[str]) -> Iterator[Sentence]:
    """What is odd about the texts of an entry in one language."""
    for text in texts:
        if "!" in text:
            yield Sentence("it shouts: take the exclamation mark out.")
        if found := UNFINISHED.search(text):
            yield Sentence('"{found}" looks unfinished. Write it out, or take it out.', {"found": found[0]})
        if len(text.strip()) <= SHORTEST:
            yield Sentence('"{text}" says too little.', {"text": text.strip()})


def triples(texts: Iterable[str]) -> Triples:
    """The triples of words that follow each other in the texts of an entry in one language."""
    words = re.findall(r"\w+", " ".join(texts).lower())
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def likeness(one: Triples, other: Triples) -> float:
    """How alike two entries are: 0 nothing in common, 1 the same."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if one or other else 0.0


def likes(
    file: str,
    name: str,
    own: Sequence[EntryT],
    ours: Sequence[EntryT],
    said: Callable[[EntryT, Language], Sequence[str]],
) -> Iterator[Fault]:
    """Own entries that are like each other or like one of ours, in any language that they are written in. `said` is all
    that a reader sees of an entry, its title first."""
    for language in LANGUAGES:
        mine = {one.id: triples(said(one, language)) for one in own if language in written_in(one.texts)}
        if not mine:
            continue
        others = {one.id: triples(said(one, language)) for one in ours}
        titles = {one.id: said(one, language)[0] for one in (*ours, *own)}
        yield from alike(file, name, mine, others, titles)


def alike(
    file: str, name: str, own: Mapping[str, Triples], ours: Mapping[str, Triples], titles: Mapping[str, str]
) -> Iterator[Fault]:
    """Own entries that are like each other or like one of ours, or have its title; `titles` has those of all. One of ours
    whose id an own one has is replaced by it."""
    others = {key: value for key, value in ours.items() if key not in own}
    pairs: Sequence[tuple[str, str]] = [*combinations(own, 2), *product(own, others)]
    every = {**others, **own}
    for key, other in pairs:
        if titles[key].casefold() == titles[other].casefold():
            text = 'it has the title of "{other}". Give one of the two another.'
            yield Fault(file, f"{name} {key}", Sentence(text, {"other": other}))
        elif likeness(every[key], every[other]) >= MOST_ALIKE:
            text = 'it is much like "{other}". Whoever gets both learns nothing new from the second: write another, or take one out.'
            yield Fault(file, f"{name} {key}", Sentence(text, {"other": other}))
