"""`config.toml`: the only thing an administrator has to write. Read, checked, every fault said at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from pydantic import AfterValidator, TypeAdapter, ValidationError

from culture.organisation import PolicyText
from culture.parts import NO_PARTS, Part, Parts
from culture.people import Department, Language
from culture.settings import Bad, Check, Key
from mailer.words import LANGUAGES
from service import channels
from service.messages.faults import BadInput, Fault
from service.messages.translation import Sentence
from service.programmes import brought
from service.settings.checked import Model, checked, make, model_of, sentence_of
from service.settings.declared import bare, declared, needed, word_of
from service.settings.sections import (
    CalendarSection,
    LimitsSection,
    LoggingSection,
    MailSection,
    OrganisationSection,
    PeopleSection,
    StoreSection,
    WebSection,
    answered,
)
from service.settings.text_file import read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole of it. `brought` are the sections of programmes, and those of servers that are written."""

    organisation: Annotated[OrganisationSection, Key("Who you are.")]
    policy: Annotated[
        Mapping[Language, PolicyText], Check(answered), Key("The three answers that stand beside every prompt.")
    ]
    people: Annotated[PeopleSection, Key("Who works here.")] = field(default_factory=PeopleSection)
    departments: Annotated[Mapping[str, Department], Key("The departments, each by a key of your own.")]
    mail: Annotated[MailSection, Key("How letters leave.")]
    calendar: Annotated[CalendarSection, Key("Calendars.")] = field(default_factory=CalendarSection)
    web: Annotated[WebSection, Key("Pages and feeds.", waits=True)] = field(default_factory=WebSection)
    store: Annotated[StoreSection, Key("The state.", waits=True)] = field(default_factory=StoreSection)
    logging: Annotated[LoggingSection, Key("The log.", waits=True)] = field(default_factory=LoggingSection)
    limits: Annotated[LimitsSection, Key('The fuse: what is held until you say "aikultur apply".')] = field(
        default_factory=LimitsSection
    )
    brought: Parts = NO_PARTS

    def of(self, which: type[Part]) -> Part:
        """The section that is such a value; what it is by default where it does not stand in the file."""
        return self.brought.of(which)

    def named(self, name: str) -> Any:
        """The section of that name; None where it need not be written and is not."""
        brought = {one.name: one.holds for one in sections()}
        return self.brought.find(brought[name]) if name in brought else getattr(self, name)

    def check(self, given: frozenset[str]) -> None:
        transport = self.mail.transport
        key = channels.TRANSPORTS[transport]
        if key and self.named(key) is None:
            raise Bad(
                '[mail] transport is "{transport}", but there is no [{section}]. Write it with at least {keys}, or another transport.',
                transport=transport,
                section=key,
                keys=_required(key),
            )
        named = {"[calendar]": self.calendar.channel}
        named |= {f"[departments.{name}]": one.channel for name, one in self.departments.items() if one.channel}
        for place, channel in named.items():
            key = channels.CHANNELS.get(channel)
            if key and self.named(key) is None:
                raise Bad(
                    '{place} channel is "{channel}", but there is no [{section}]. Write it with at least {keys}, or another channel.',
                    place=place,
                    channel=channel,
                    section=key,
                    keys=_required(key),
                )


def _required(section: str) -> str:
    """The keys without which there is no such section."""
    (kind,) = (one.holds for one in sections() if one.name == section)
    return ", ".join(word_of(one, key) for one, _, key in declared(kind) if needed(one))


def _anyhow(config: Config) -> None:
    """It goes together with all else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section that is brought: its name, the frozen dataclass whose fields are its keys, and what is told of it.

    `optional`: it may be left out, and then there is none; else it is what it is by default. `after` names the section that it follows on the reference page. `fits` raises Bad where it does not go together with
    the rest of the config.
    """

    name: str
    holds: type
    told: Key
    after: str
    fits: Callable[[Config], None] = _anyhow
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A config and where it was read: paths in it are relative to its folder."""

    config: Config
    path: Path

    def resolve(self, path: str) -> Path:
        return self.path.parent / path


# --- reading --------------------------------------------------------------------------------------------


def read_config(path: Path) -> Source:
    """The config at `path`. Raises BadInput with every fault."""
    text = "There is no such file. Name yours with --config FILE, or begin with the example: aikultur example ."
    data = read_toml(path, missing=Sentence(text))
    return Source(parse_config(data, path.name), path.resolve())


def parse_config(data: Mapping[str, Any], file: str) -> Config:
    """The config in parsed TOML. Raises BadInput with every fault."""
    try:
        return validated(data)
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise BadInput([Fault(file, _place(item["loc"]), sentence_of(item, _model())) for item in found]) from None


def validated(data: Mapping[str, Any]) -> Config:
    """The config in parsed TOML. Raises pydantic's ValidationError."""
    return _reader().validate_python(data)


@cache
def sections() -> tuple[Section, ...]:
    """The sections that are brought, by programmes and by the folders of servers."""
    servers = (channels.brought(name, "section", "SECTION") for name in channels.SECTIONS)
    return (*brought("section", "SECTION"), *servers)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the file: its path, the dataclass whose fields are its keys, what is told of it. KEY stands for any name."""

    path: str
    holds: type
    told: Key


@cache
def tables() -> tuple[Table, ...]:
    """Every table that may stand in the file, as they follow each other on the reference page."""
    top = [(one.name, hint, key) for one, hint, key in declared(Config)]
    for one in sections():
        place = [name for name, _, _ in top].index(one.after) + 1
        top.insert(place, (one.name, one.holds, one.told))
    return tuple(table for name, hint, key in top for table in _tables(name, hint, key))


def _tables(path: str, hint: Any, key: Key) -> Iterator[Table]:
    kind = bare(hint)
    if get_origin(kind) is Mapping:
        by, each = get_args(kind)
        for name in LANGUAGES if by is Language else ("KEY",):
            yield from _tables(f"{path}.{name}", each, key)
    elif isinstance(kind, type) and is_dataclass(kind) and (keys := list(declared(kind))):
        yield Table(path, kind, key)
        for one, inner, told in keys:
            yield from _tables(f"{path}.{word_of(one, told)}", inner, told)


@cache
def _model() -> type[Model]:
    more: dict[str, Any] = {one.name: (checked(one.holds), None) for one in sections()}
    return model_of(Config, **more)


@cache
def _reader() -> TypeAdapter[Config]:
    kind: Any = Annotated[_model(), AfterValidator(_made)]
    return TypeAdapter(kind)


def _made(found: Model) -> Config:
    given = {name: getattr(found, name) for name in found.model_fields_set}
    parts = [given.pop(one.name, None) or (None if one.optional else one.holds()) for one in sections()]
    config: Config = make(Config, {**given, "brought": Parts().having(*filter(None, parts))})
    for one in sections():
        one.fits(config)
    return config


def _place(path: Sequence[Any]) -> str:
    """`[mail] window`: the table in brackets, then the key."""
    names = [str(part) for part in path]
    if len(names) < 2:
        return "".join(f"[{name}]" if name in _model().model_fields else name for name in names)
    return f"[{'.'.join(names[:-1])}] {names[-1]}"
