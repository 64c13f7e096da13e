"""The catalogue of prompts from TOML: ours in `templates/prompts/`, and the organisation's own file."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import AfterValidator, Field, ValidationError, create_model, model_validator

from culture.people import Language, Sector
from culture.settings import Bad
from culture.vitamin.catalogue import (
    KINDS,
    Catalogue,
    DataClass,
    Kind,
    Level,
    Prompt,
    PromptText,
    Tool,
    catalogue,
)
from culture.vitamin.settings import Vitamin
from mailer.words import LANGUAGES
from service.messages.faults import BadInput, Fault
from service.messages.translation import Sentence
from service.settings.checked import Model, fault_of
from service.settings.text_file import parse_toml, read_text

TextT = TypeVar("TextT")
EntryT = TypeVar("EntryT", bound=Model)

NEAR = 0.6
"""How alike two names must be for "did you mean" (difflib's ratio)."""

CATALOGUE_PAGE = "docs/catalogue.md"
"""Where what may stand in a catalogue is explained."""


def entry_id(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value):
        raise Bad('{value} is not an id. Write small letters, digits and hyphens, for example "draft-first-answer".')
    return value


EntryId = Annotated[str, AfterValidator(entry_id)]


class TextEntry(Model):
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
    data: DataClass


def load_catalogue(settings: Vitamin, own: Path | None) -> Catalogue:
    """The prompts in use. Raises BadInput with every fault of the organisation's own file."""
    prompts = [*shipped_prompts(), *(read_prompts(own) if own else ())]
    return catalogue(
        prompts,
        without_ids=frozenset(settings.without_prompts),
        without_kinds=frozenset(settings.without_kinds),
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


def with_texts(entry: type[EntryT], text: type[Model]) -> type[EntryT]:
    """The entry with a table for its text in each language, of which at least one is needed."""

    def has_a_text(made: Any) -> Any:
        if not any(getattr(made, language) for language in LANGUAGES):
            raise Bad(
                "The text is missing. Write it in a table of a language: {languages}.", languages=", ".join(LANGUAGES)
            )
        return made

    tables: dict[str, Any] = dict.fromkeys(LANGUAGES, (text | None, None))
    checks: dict[str, Any] = {"has_a_text": model_validator(mode="after")(has_a_text)}
    return create_model(entry.__name__, __base__=entry, __doc__=entry.__doc__, __validators__=checks, **tables)


def texts_of(entry: Model, make: Callable[[Any], TextT]) -> dict[Language, TextT]:
    """The texts of an entry in every language: the first that is written stands for those that are not."""
    given = {language: make(found) for language in LANGUAGES if (found := getattr(entry, language))}
    first = next(iter(given.values()))
    return {language: given.get(language, first) for language in LANGUAGES}


class Identified(Protocol):
    """What has an id in a catalogue."""

    @property
    def id(self) -> str: ...


MadeT = TypeVar("MadeT", bound=Identified)


def parse_entries(
    text: str, file: str, name: str, entry: type[EntryT], make: Callable[[EntryT], MadeT]
) -> tuple[MadeT, ...]:
    """What is made of every [[name]] in TOML. Raises BadInput with every fault, ids that come twice among them."""
    data = parse_toml(text, file)
    entries: list[Any] = data[name] if isinstance(data.get(name), list) else []
    stray = [key for key, value in data.items() if value is not entries]
    sentence = Sentence(
        "this is not a list of entries. Write {wanted}, in two brackets, above each.", {"wanted": f"[[{name}]]"}
    )
    faults = [Fault(file, key, sentence) for key in stray]
    made: list[MadeT] = []
    for number, found in enumerate(entries, 1):
        try:
            made.append(make(entry.model_validate(found)))
        except ValidationError as error:
            called = found.get("id", number) if isinstance(found, dict) else number
            faults += [fault_of(file, item, entry, f"{name} {called}") for item in error.errors(include_url=False)]
    faults += _twice(file, name, made)
    if faults:
        raise BadInput(faults)
    return tuple(made)


def _twice(file: str, name: str, made: Iterable[Identified]) -> list[Fault]:
    counted = Counter(one.id for one in made)
    return [
        Fault(file, f"{name} {key}", Sentence("this id is used twice. Give one of the two another."))
        for key, times in counted.items()
        if times > 1
    ]


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
    )
