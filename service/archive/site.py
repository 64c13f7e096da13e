"""The archive as a static site: every file of it, as bytes. Pure: the same content makes the same bytes.

A page for each month holds the entries whole; a page for each value of each way to choose, and the front page, hold a line
of each, so that everything is read without a script. `words.js` is the index that `search.js` searches from file://.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import groupby
from typing import Any

import orjson

from culture.archive.chosen import FACETS, Facet, of
from culture.archive.entries import Entry, Value
from culture.archive.search import ENDINGS, MOST_WORDS, WITHIN
from culture.folded import fold
from culture.organisation import Organisation
from culture.people import Language
from culture.world import World
from mailer.words import LANGUAGES
from service.archive.shelf import PublicId, Shelf, shelf
from service.archive.words import FACET_NAMES, shown, when
from service.messages.translation import say
from service.pages.html_pages import FOLDER, Page, language_name, other_languages, style

NEWEST = 20
"""Lines on the front page."""

MOST_FOUND = 200
"""Lines that a search shows at a time: who finds more writes another word."""

SLUG_LETTERS = 40

Files = Mapping[str, bytes]
"""By path within the site, with slashes."""


def site(world: World, public_id: PublicId) -> Files:
    """The whole site in every language."""
    organisation = world.organisation
    found = {"style.css": style(), "search.js": FOLDER.joinpath("site", "search.js").read_bytes()}
    for language in LANGUAGES:
        pages = dict(_in(shelf(world, language, public_id), organisation))
        found |= {f"{language}/{name}": content.encode() for name, content in pages.items()}
    page = Page(language=organisation.language, root="")
    languages = [(one, language_name(one)) for one in LANGUAGES]
    root = page.html("site/root", organisation=organisation, languages=languages)
    return found | {"index.html": root.encode()}


def _in(archive: Shelf, organisation: Organisation) -> Iterator[tuple[str, str]]:
    """The files of one language, by name."""
    page = Page(language=archive.language, root="../")
    others = other_languages(archive.language)

    def html(name: str, file: str, **values: Any) -> tuple[str, str]:
        made = page.html(f"site/{name}", file=file, others=others, organisation=organisation, **values)
        return file, made

    lines = partial(shown, language=archive.language)
    months = [(month, tuple(entries)) for month, entries in groupby(archive.entries, lambda one: one.month)]
    said = {month: when(month, archive.language) for month, _ in months}
    yield html(
        "index",
        "index.html",
        newest=list(map(lines, archive.entries[:NEWEST])),
        months=[(month, said[month], len(entries)) for month, entries in months],
        facets=[_facet(facet, archive.language) for facet in archive.facets],
    )
    for number, (month, entries) in enumerate(months):
        beside = [one for one, _ in (*months[number + 1 : number + 2], *months[max(0, number - 1) : number])]
        names = [(one, said[one]) for one in beside]
        yield html("month", f"{month}.html", said=said[month], entries=list(map(lines, entries)), beside=names)
    for facet in archive.facets:
        name = FACET_NAMES[facet.name].said(archive.language)
        for value, entries in facet.values:
            shown_lines = list(map(lines, entries))
            yield html("list", _file(facet.name, value), facet=name, said=value.said, entries=shown_lines)
    yield "words.js", _words(archive)
    yield "archive.json", _json(archive, organisation)


def _facet(facet: Facet, language: Language) -> dict[str, Any]:
    return {
        "name": facet.name,
        "said": FACET_NAMES[facet.name].said(language),
        "choices": [
            {"id": value.id, "said": value.said, "file": _file(facet.name, value), "count": len(entries)}
            for value, entries in facet.values
        ],
    }


def _file(facet: str, value: Value) -> str:
    """The page of a value. Where its id is no name of a file as it stands, a digest tells it from others like it."""
    plain = re.sub("[^a-z0-9]+", "-", fold(value.id))[:SLUG_LETTERS].strip("-")
    if plain == value.id:
        return f"{facet}-{plain}.html"
    digest = hashlib.sha256(value.id.encode()).hexdigest()[:6]
    return f"{'-'.join(filter(None, (facet, plain, digest)))}.html"


# --- for programs -----------------------------------------------------------------------------------------


def _words(archive: Shelf) -> str:
    """What the script searches, and how it speaks."""
    language = archive.language
    value = {
        "entries": [_line(one, language) for one in archive.entries],
        "words": archive.index.words,
        "stems": archive.index.stems,
        "endings": ENDINGS.split(),
        "facets": [facet.name for facet in archive.facets],
        "most": MOST_WORDS,
        "within": WITHIN,
        "shown": MOST_FOUND,
        "said": {
            "found": say(language, "Found: {count}", count="{count}"),
            "none": say(language, "Nothing fits. Try fewer words, or another choice."),
        },
    }
    text = orjson.dumps(value).decode()
    # Nothing in it can end a script, and no line separator can end a line of it.
    safe = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"globalThis.archive={safe};\n"


def _line(one: Entry, language: Language) -> dict[str, str]:
    chosen = {name: of(one, name).id for name in FACETS}
    told = shown(one, language)
    return {"id": one.id, "month": one.month, "title": one.title, "about": told.about, "begins": told.begins, **chosen}


def _json(archive: Shelf, organisation: Organisation) -> str:
    """Everything as data: what is empty is left out."""
    value = {
        "organisation": organisation.name,
        "language": archive.language,
        "entries": [_data(one) for one in archive.entries],
    }
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _data(one: Entry) -> dict[str, Any]:
    chosen = {name: {"id": of(one, name).id, "said": of(one, name).said} for name in FACETS if of(one, name).id}
    body = [{"heading": heading, "text": text} for heading, text in one.body]
    found = {"id": one.id, "title": one.title, "when": one.when, "name": one.name, **chosen, "body": body}
    found |= {"link": one.link, "link_for": one.link_for}
    return {name: value for name, value in found.items() if value}
