"""The page of the archive: what was learned, with a search and ways to choose. Made from the view."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from weakref import ref

from culture.archive.chosen import FACETS, fits
from culture.archive.entries import Entry
from culture.archive.search import search
from culture.people import Language
from culture.world import World
from service.archive.shelf import PublicId, Shelf, shelf
from service.archive.stems import stems
from service.archive.words import FACET_NAMES, shown
from service.pages.page_row import Asked

AT_ONCE = 25
"""Entries on a page."""

SEARCH_LETTERS = 100

_kept: dict[Language, tuple["ref[World]", Shelf]] = {}
"""The last shelf of each language: its index takes a second at ten thousand entries, and is the same as long as they are."""


def archive_page(asked: Asked) -> str:
    """The page as HTML."""
    language, world = asked.page.language, asked.view.world
    found_in = _shelf(world, language, asked.view.links.public_id)
    wanted = asked.search.strip()[:SEARCH_LETTERS]
    chosen = {name: asked.query[name] for name in FACETS if asked.query.get(name)}
    found = [one for one in _found(found_in, wanted) if fits(one, chosen)]
    number = _number(asked.query.get("page", ""), len(found))
    return asked.page.html(
        "archive",
        organisation=asked.organisation,
        own_page=asked.own_page,
        search=wanted,
        chosen=bool(wanted or chosen),
        facets=_facets(found_in, chosen, language),
        count=len(found),
        entries=[shown(one, language) for one in found[number * AT_ONCE : (number + 1) * AT_ONCE]],
        before=_address(wanted, chosen, number - 1) if number else "",
        after=_address(wanted, chosen, number + 1) if (number + 1) * AT_ONCE < len(found) else "",
    )


def _shelf(world: World, language: Language, public_id: PublicId) -> Shelf:
    """The shelf of the world; the one that is kept where nothing was written since."""
    of, kept = _kept.get(language, (None, None))
    if kept and of and of() is world:
        return kept
    made = shelf(world, language, public_id)
    if kept and kept.entries == made.entries:
        made = kept
    _kept[language] = (ref(world), made)
    return made


def _found(found_in: Shelf, wanted: str) -> list[Entry]:
    if not wanted:
        return list(found_in.entries)
    return [found_in.entries[number] for number in search(found_in.index, wanted, stems)]


def _facets(found_in: Shelf, chosen: Mapping[str, str], language: Language) -> list[dict[str, Any]]:
    return [
        {
            "name": facet.name,
            "said": FACET_NAMES[facet.name].said(language),
            "choices": [value for value, _ in facet.values],
            "chosen": chosen.get(facet.name, ""),
        }
        for facet in found_in.facets
    ]


def _number(text: str, count: int) -> int:
    """Which page is asked for, from 0; the last one for one that is further."""
    asked = int(text) - 1 if text.isascii() and text.isdigit() and len(text) < 7 else 0
    return max(0, min(asked, (count - 1) // AT_ONCE))


def _address(wanted: str, chosen: Mapping[str, str], number: int) -> str:
    values = {**({"q": wanted} if wanted else {}), **chosen, **({"page": str(number + 1)} if number else {})}
    return f"?{urlencode(values)}#found"
