"""What servers, disks, libraries and the rooms below the service have said: in English, and kept so.

Records hold it, and letters that failed alike are found by it, so it stays as it was said. Into the reader's language it is
put when it is shown: by its frames, whose words in other languages stand in `templates/words/<language>/relayed.po`. What
has no frame there, and a field called {words}, is somebody's own words, and is shown as it is.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from string import Formatter

from culture.people import Language
from service.messages.translation import WRITTEN_IN, Sentence, filled, words_in

FRAMES = "relayed.po"

ENOUGH = 2000
"""So many are kept in memory as they are said: a list of parked letters says the same a thousand times."""

FULL_STOP = "."


@dataclass(frozen=True, slots=True)
class Relayed(Sentence):
    """What somebody else has said, to be shown to people: `text`, in English."""

    def said(self, language: Language) -> str:
        """In that language, as far as it is known how that is said there."""
        return self.text if language == WRITTEN_IN else _said(language, self.text)


@lru_cache(maxsize=ENOUGH)
def _said(language: Language, text: str) -> str:
    """The text as a whole, or its parts: what stands before a colon or a full stop is said by itself."""
    whole = _whole(language, text)
    if whole is not None:
        return whole
    for cut in (": ", ". "):
        for found in re.finditer(re.escape(cut), text):
            before, after = text[: found.start()], text[found.end() :]
            last = _whole(language, after)
            if last is not None:
                return f"{_said(language, before)}{cut}{last}"
            first = _whole(language, before)
            if first is not None:
                return f"{first}{cut}{_said(language, after)}"
    return text


def _whole(language: Language, text: str) -> str | None:
    """What a frame makes of the whole text, with or without its full stop or what stands in brackets behind it; None
    where none fits."""
    if (said := _framed(language, text)) is not None:
        return said
    if text.endswith(FULL_STOP):
        said = _whole(language, text.removesuffix(FULL_STOP))
        return None if said is None else said + FULL_STOP
    if match := re.fullmatch(r"(.*?)( \(.*\))", text, re.DOTALL):
        said = _framed(language, match[1])
        return None if said is None else said + match[2]
    return None


def _framed(language: Language, text: str) -> str | None:
    for pattern, template in _frames(language):
        if match := pattern.fullmatch(text):
            fields = match.groupdict()
            return filled(
                template, {name: one if name == "words" else _said(language, one) for name, one in fields.items()}
            )
    return None


@cache
def _frames(language: Language) -> list[tuple[re.Pattern[str], str]]:
    """The frames of a language, those with the most words of their own first."""
    known = [(text, forms[-1]) for text, forms in words_in(language, FRAMES).items()]
    known.sort(key=lambda pair: -sum(len(literal) for literal, *_ in Formatter().parse(pair[0])))
    return [(re.compile(_pattern(text), re.DOTALL), said) for text, said in known]


def _pattern(text: str) -> str:
    parts = (
        re.escape(literal) + (f"(?P<{name}>.+?)" if name else "") for literal, name, _, _ in Formatter().parse(text)
    )
    return "".join(parts)
