"""`config.toml`: the only thing an administrator has to write. Read, checked, every fault said at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from pydantic import AfterValidator, TypeAdapter, ValidationError

from culture.organisation import PolicyText
from culture.parts import NO_PARTS, Part, Parts
from culture.people import LANGUAGES, Department, Language
from culture.settings import Bad, Check, Key
from service.messages.faults import BadInput, Fault
from service.messages.translation import Sentence
from service.programmes import brought
from service.settings.checked import Model, checked, make, model_of, sentence_of
from service.settings.declared import bare, declared, is_section, word_of
from service.settings.sections import (
    CalendarSection,
    ExchangeSection,
    LimitsSection,
    LoggingSection,
    MailSection,
    OrganisationSection,
    PeopleSection,
    SmtpSection,
    StoreSection,
    WebSection,
    answered,
)
from service.settings.text_file import read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole of it. `brought` are the sections of programmes."""

    organisation: Annotated[OrganisationSection, Key("Who you are.")]
    policy: Annotated[
        Mapping[Language, PolicyText], Check(answered), Key("The three answers that stand beside every prompt.")
    ]
    people: Annotated[PeopleSection, Key("Who works here.")] = field(default_factory=PeopleSection)
    departments: Annotated[Mapping[str, Department], Key("The departments, each by a key of your own.")]
    mail: Annotated[MailSection, Key("Letters.")]
    smtp: Annotated[SmtpSection | None, Key('Needed for transport = "smtp".', waits=True)] = None
    exchange: Annotated[
        ExchangeSection | None, Key("An Exchange server of your own: docs/exchange-server.md.", waits=True)
    ] = None
    calendar: Annotated[CalendarSection, Key("Calendars.")] = field(default_factory=CalendarSection)
    web: Annotated[WebSection, Key("Pages and feeds.", waits=True)] = field(default_factory=WebSection)
    store: Annotated[StoreSection, Key("What the service remembers.", waits=True)] = field(default_factory=StoreSection)
    logging: Annotated[LoggingSection, Key("The log.", waits=True)] = field(default_factory=LoggingSection)
    limits: Annotated[LimitsSection, Key('The fuse: what is held until you say "aikultur apply".')] = field(
        default_factory=LimitsSection
    )
    brought: Parts = NO_PARTS

    def of(self, which: type[Part]) -> Part:
        """The section that is such a value; what it is by default where it does not stand in the file."""
        return self.brought.of(which)

    def check(self, given: frozenset[str]) -> None:
        if self.exchange is None:
            self._without_exchange()
        elif self.mail.transport == "exchange" and self.exchange.mailbox not in (None, self.mail.sender_address):
            raise Bad(
                '[mail] sender_address is "{sender}", but letters would leave by the mailbox "{mailbox}" of [exchange]. Write the same.',
                sender=self.mail.sender_address,
                mailbox=self.exchange.mailbox,
            )
        if self.mail.transport == "smtp" and self.smtp is None:
            raise Bad('[mail] transport is "smtp", but there is no [smtp]. Write [smtp] with at least host and port.')

    def _without_exchange(self) -> None:
        if self.mail.transport == "exchange":
            raise Bad('[mail] transport is "exchange", but there is no [exchange]. Write it, or another transport.')
        named = [f"[departments.{key}]" for key, one in self.departments.items() if one.channel == "exchange"]
        if self.calendar.channel == "exchange":
            named.insert(0, "[calendar]")
        if named:
            raise Bad(
                '{place} channel is "exchange", but there is no [exchange]. Write it, or another channel.',
                place=named[0],
            )


def _anyhow(config: Config) -> None:
    """It goes together with all else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section that is brought: its name, the frozen dataclass whose fields are its keys, and what is told of it.

    `after` names the section that it follows on the reference page. `fits` raises Bad where it does not go together with
    the rest of the config.
    """

    name: str
    holds: type
    told: Key
    after: str
    fits: Callable[[Config], None] = _anyhow


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
    """The sections that are brought."""
    return tuple(brought("section", "SECTION"))


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the file: its path, the dataclass whose fields are its keys, what is told of it. KEY stands for any name."""

    path: str
    holds: type
    told: Key


def top() -> list[tuple[str, Any, Key]]:
    """Every section by its name, with its type and what is told of it, as they follow each other on the reference page."""
    found = [(one.name, hint, key) for one, hint, key in declared(Config)]
    for brought_one in sections():
        place = [name for name, _, _ in found].index(brought_one.after) + 1
        found.insert(place, (brought_one.name, brought_one.holds, brought_one.told))
    return found


def tables() -> Iterator[Table]:
    """Every table that may stand in the file, in that order."""
    for name, hint, key in top():
        yield from _tables(name, hint, key)


def _tables(path: str, hint: Any, key: Key) -> Iterator[Table]:
    kind = bare(hint)
    if get_origin(kind) is Mapping:
        by, each = get_args(kind)
        for name in LANGUAGES if by is Language else ("KEY",):
            yield from _tables(f"{path}.{name}", each, key)
    elif is_section(kind):
        yield Table(path, kind, key)
        for one, inner, told in declared(kind):
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
    parts = [given.pop(one.name, None) or one.holds() for one in sections()]
    config: Config = make(Config, {**given, "brought": Parts().having(*parts)})
    for one in sections():
        one.fits(config)
    return config


def _place(path: Sequence[Any]) -> str:
    """`[mail] window`: the table in brackets, then the key."""
    names = [str(part) for part in path]
    if len(names) < 2:
        return "".join(f"[{name}]" if name in _model().model_fields else name for name in names)
    return f"[{'.'.join(names[:-1])}] {names[-1]}"
