"""The catalogue of prompts from TOML: ours in `templates/prompts/`, and the organisation's own file."""

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated

from pydantic import Field

from culture.people import Sector
from culture.policy import DataClass, Tool
from culture.seasons import Season
from culture.vitamin.catalogue import (
    KINDS,
    Catalogue,
    Kind,
    Level,
    Prompt,
    PromptText,
    catalogue,
)
from culture.vitamin.settings import Vitamin
from service.settings.checked import Model
from service.settings.entries import CATALOGUE_PAGE, NEAR, EntryId, parse_entries, texts_of, with_texts
from service.settings.text_file import read_text


class TextEntry(Model):
    """One language of a [[prompt]]."""

    title: Annotated[str, Field(min_length=1, max_length=60)]
    prompt: Annotated[str, Field(min_length=1, max_length=2000)]
    look_for: Annotated[str, Field(min_length=1, max_length=500)]
    data: Annotated[str, Field(min_length=1, max_length=500)]


class PromptEntry(Model):
    """One [[prompt]]."""

    page = CATALOGUE_PAGE

    id: EntryId
    kind: Kind
    level: Level
    tool: Tool
    tracks: list[str] = Field(default_factory=list)
    sectors: list[Sector] = Field(default_factory=list)
    season: list[Season] = Field(default_factory=list)
    data: DataClass
    note: str = ""  # where facts, law and figures come from: for whoever reads the file


def load_catalogue(settings: Vitamin, own: Path | None) -> Catalogue:
    """The prompts in use. Raises BadInput with every fault of the organisation's own file."""
    prompts = [*shipped_prompts(), *(read_prompts(own) if own else ())]
    return catalogue(
        prompts,
        without_ids=frozenset(settings.without_prompts),
        without_kinds=frozenset(settings.without_kinds) | (frozenset() if settings.office else {"office"}),
    )


def idle_names(settings: Vitamin, own: Path | None) -> Iterator[tuple[str, str, str]]:
    """Names that switch nothing off: the key they stand under, the name, and the nearest that would ("" for none).

    Raises BadInput when the organisation's own file cannot be used.
    """
    every = [*shipped_prompts(), *(read_prompts(own) if own else ())]
    kinds, ids = [str(kind) for kind in KINDS], sorted({prompt.id for prompt in every})
    for key, names, known in (
        ("without_kinds", settings.without_kinds, kinds),
        ("without_prompts", settings.without_prompts, ids),
    ):
        for name in names:
            if name not in known:
                yield key, name, "".join(get_close_matches(name, known, 1, NEAR))


@cache
def shipped_prompts() -> tuple[Prompt, ...]:
    """Our own catalogue, in the order of the files."""
    folder = resources.files("templates").joinpath("prompts")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return tuple(prompt for file in files for prompt in parse_prompts(file.read_text("utf-8"), file.name))


def read_prompts(path: Path) -> tuple[Prompt, ...]:
    """The prompts of a file. Raises BadInput with every fault."""
    return parse_prompts(read_text(path), path.name)


def parse_prompts(text: str, file: str) -> tuple[Prompt, ...]:
    """The prompts in TOML. Raises BadInput with every fault."""
    return parse_entries(text, file, "prompt", with_texts(PromptEntry, TextEntry), _prompt)


def _prompt(entry: PromptEntry) -> Prompt:
    def text(of: TextEntry) -> PromptText:
        return PromptText(title=of.title, prompt=of.prompt.strip(), look_for=of.look_for, data=of.data)

    return Prompt(
        id=entry.id,
        kind=entry.kind,
        level=entry.level,
        tool=entry.tool,
        data=entry.data,
        texts=texts_of(entry, text),
        tracks=frozenset(entry.tracks),
        sectors=frozenset(entry.sectors),
        season=frozenset(entry.season),
    )
