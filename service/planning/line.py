"""A line that a programme adds to the pill's weekly letter. A value only."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One or two sentences at the end of the weekly letter: a template of `mail/LANGUAGE`, without its endings, and what
    it shows. The template knows the line as `line`, and so its values as `line.values`. `words`: how many
    it takes at most, in any language; a letter without room for them goes without the line. `rank`: the lowest come first,
    and so have room before the others."""

    template: str
    words: int
    values: Mapping[str, object]
    rank: int = 100
