"""Lists of names as people read them: a few, and how many more."""

from collections.abc import Sequence

from culture.people import Language
from service.messages.translation import say

NAMES_SHOWN = 5


def some(names: Sequence[str], language: Language, shown: int | None = NAMES_SHOWN) -> str:
    """The first names and how many more; all of them for None."""
    first, rest = ", ".join(names[:shown]), len(names) - (len(names) if shown is None else shown)
    return first if rest <= 0 else say(language, "{names} and {count} more", names=first, count=rest)
