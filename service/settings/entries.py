"""The entries of a catalogue in TOML: ids, texts in several languages, and every fault at once."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import AfterValidator, ValidationError, create_model, model_validator

from culture.people import Language, Person
from culture.settings import Bad
from mailer.words import LANGUAGES
from service.messages.faults import BadInput, Fault
from service.messages.translation import Sentence
from service.settings.checked import Model, fault_of
from service.settings.text_file import parse_toml

TextT = TypeVar("TextT")
EntryT = TypeVar("EntryT", bound=Model)


NEAR = 0.6
"""How alike two names must be for "did you mean" (difflib's ratio)."""

CATALOGUE_PAGE = "docs/catalogue.md"
"""Where what may stand in a catalogue is explained."""


def entry_id(value: str) -> str:
    """The value, where it can be the id of an entry. Raises Bad where it cannot."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value):
        raise Bad('{value} is not an id. Write small letters, digits and hyphens, for example "draft-first-answer".')
    return value


EntryId = Annotated[str, AfterValidator(entry_id)]


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


def nearest(file: str, place: str, sentence: Sentence, near: str) -> Fault:
    """The fault, with the name that was probably meant; none for ""."""
    if not near:
        return Fault(file, place, sentence)
    return Fault(file, place, Sentence('{sentence} Did you mean "{near}"?', {"sentence": sentence, "near": near}))


class Texts(Protocol):
    """An entry with its texts by language."""

    @property
    def id(self) -> str: ...
    @property
    def texts(self) -> Mapping[Language, object]: ...


def in_one_language(file: str | None, entries: Iterable[Texts], people: Iterable[Person]) -> Iterator[Fault]:
    """The organisation's own entries that some readers get in a language that is not theirs."""
    alike = sorted(one.id for one in entries if len(set(one.texts.values())) == 1)
    if file and alike and len({person.language for person in people}) > 1:
        text = "written in one language only, so whoever reads the other gets them as they are: {ids}"
        yield Fault(file, "", Sentence(text, {"ids": ", ".join(alike)}))
