"""All that the programmes bring to the archive, in their order, and its index. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property

from culture.archive.chosen import Facet, facets
from culture.archive.entries import NONE, Entries, Entry, Value, one_spelling, ordered
from culture.archive.search import Index, index
from culture.organisation import Organisation
from culture.people import Language
from culture.world import World
from service.archive.stems import stems
from service.messages.translation import say, word
from service.programmes import brought

PublicId = Callable[[str], str]
"""What may be shown of the key of an entry (`Links.public_id`)."""


@dataclass(frozen=True)
class Shelf:
    """The archive of a world in one language: its entries, the newest first."""

    language: Language
    entries: tuple[Entry, ...]

    @cached_property
    def facets(self) -> tuple[Facet, ...]:
        """The ways to choose."""
        return facets(self.entries)

    @cached_property
    def index(self) -> Index:
        """Where each word stands, by the numbers of the entries."""
        return index((one.texts for one in self.entries), stems)


def shelf(world: World, language: Language, public_id: PublicId) -> Shelf:
    """The archive in that language."""
    found = [one for brings in _in_use(world.organisation) for one in brings.every(world, language)]
    sector = Value(world.organisation.sector, word("sector", world.organisation.sector).said(language))
    quarters = {quarter: _period(quarter, language) for quarter in {one.quarter for one in found}}
    tools = one_spelling(found)
    whole = (
        replace(
            one, id=public_id(one.key), sector=sector, period=quarters[one.quarter], tool=tools.get(one.tool.id, NONE)
        )
        for one in found
    )
    return Shelf(language, tuple(ordered(whole)))


def _period(quarter: str, language: Language) -> Value:
    return Value(quarter, say(language, "Q{number} {year}", number=quarter[5:], year=quarter[:4]))


def in_use(organisation: Organisation) -> bool:
    """Whether any programme that runs brings something."""
    return any(True for _ in _in_use(organisation))


def _in_use(organisation: Organisation) -> Iterator[Entries]:
    return (one for one in _rows() if one.on(organisation))


@cache
def _rows() -> tuple[Entries, ...]:
    return tuple(brought("archive", "ENTRIES"))
