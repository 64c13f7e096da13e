"""`config.toml`: the only thing an administrator has to write. Read, checked, every fault said at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from pydantic import AfterValidator, TypeAdapter, ValidationError

from culture.parts import NO_PARTS, Part, Parts
from culture.people import Department, Language
from culture.pilot import Pilot
from culture.settings import Bad, Check, Key
from mailer.words import LANGUAGES
from service import channels
from service.messages.faults import BadInput, Fault
from service.messages.translation import Sentence
from service.programmes import brought
from service.settings.checked import Model, at_edge, make, model_of, sentence_of
from service.settings.declared import bare, declared, is_section, is_spread, needed, word_of
from service.settings.departments_fit import check_names, check_shared
from service.settings.only import pilot_of
from service.settings.sections import (
    NEAR_KEY,
    CalendarSection,
    LimitsSection,
    LoggingSection,
    MailSection,
    OrganisationSection,
    PeopleSection,
    PolicySection,
    StoreSection,
    WebSection,
)
from service.settings.text_file import read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole of it. `brought` are the sections of programmes, transports and channels."""

    organisation: Annotated[OrganisationSection, Key("Who you are.")]
    policy: Annotated[PolicySection, Key("What may be used, and for what.")]
    people: Annotated[PeopleSection, Key("Who works here.")] = field(default_factory=PeopleSection)
    departments: Annotated[Mapping[str, Department], Key("The departments, each by a key of your own.")]
    mail: Annotated[MailSection, Key("Letters.")]
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

    def named(self, name: str) -> Any:
        """The section of that name; None where it need not be written and is not."""
        kinds = {one.name: one.holds for one in sections()}
        return self.find(kinds[name]) if name in kinds else getattr(self, name)

    def find(self, which: type[Part]) -> Part | None:
        """The section that is such a value, of a kind that may be left out; None where it is."""
        return self.brought.find(which)

    def check(self, given: frozenset[str]) -> None:
        """Whether there is a section for whatever letters leave by, and for every channel that is named."""
        transport = self.mail.transport
        if missing := self._missing(channels.TRANSPORTS[transport]):
            raise Bad(
                '[mail] transport is "{transport}", but there is no [{section}]. Write it with at least {keys}, or another transport.',
                transport=transport,
                section=missing.name,
                keys=missing.needed,
            )
        named = {"[calendar]": self.calendar.channel}
        named |= {f"[departments.{key}]": one.channel for key, one in self.departments.items() if one.channel}
        for place, channel in named.items():
            if missing := self._missing(channels.CHANNELS.get(channel)):
                raise Bad(
                    '{place} channel is "{channel}", but there is no [{section}]. Write it with at least {keys}, or another channel.',
                    place=place,
                    channel=channel,
                    section=missing.name,
                    keys=missing.needed,
                )

        self._check_mailboxes()
        check_names(self.departments)
        check_shared(self.departments)
        for pattern, key in self.people.departments.items():
            if key not in self.departments:
                near = get_close_matches(key, self.departments, 1, NEAR_KEY) or [", ".join(self.departments)]
                raise Bad(
                    '[people.departments] sends "{pattern}" to "{key}", but there is no [departments.{key}]. Write a key that there is: {near}.',
                    pattern=pattern,
                    key=key,
                    near=near[0],
                )
        pilot_of(self.people.only, self.departments)

    @property
    def pilot(self) -> Pilot | None:
        """Who is known yet, where that is not everybody."""
        return pilot_of(self.people.only, self.departments)

    def _check_mailboxes(self) -> None:
        """Whether there is a server to ask for the calendars of mailboxes."""
        sections = dict.fromkeys(name for name in channels.CHANNELS.values() if name)
        if all(self._missing(name) for name in sections):
            for key, one in self.departments.items():
                if one.meeting and one.meeting.calendar:
                    raise Bad(
                        '[departments.{key}.meeting] calendar is "{mailbox}", but there is no server to ask for it. Write its section ({sections}), or ics = "a file or an address".',
                        key=key,
                        mailbox=one.meeting.calendar,
                        sections=", ".join(f"[{name}]" for name in sections),
                    )

    def _missing(self, name: str | None) -> "Section | None":
        """The section of that name, where it is not there."""
        return next((one for one in sections() if one.name == name and self.find(one.holds) is None), None)


def _anyhow(value: Any) -> None:
    """It goes together as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section that is brought: its name, the frozen dataclass whose fields are its keys, and what is told of it.

    `after` names the section that it follows on the reference page. `check` raises Bad where its keys do not go
    together, and `fits` where it does not go together with the rest of the config.
    """

    name: str
    holds: type
    told: Key
    after: str
    check: Callable[[Any], None] = _anyhow
    fits: Callable[[Config], None] = _anyhow

    @property
    def needed(self) -> str:
        """The keys without which there is no such section; where it needs none, it is there with its defaults."""
        return ", ".join(word_of(one, key) for one, _, key in declared(self.holds) if needed(one))


@dataclass(frozen=True, slots=True)
class Source:
    """A config and where it was read: paths in it are relative to its folder."""

    config: Config
    path: Path

    def resolve(self, path: str) -> Path:
        """The path of a file that the config names: from the config's own folder, where it is not absolute."""
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
    servers = (channels.brought(name, "section", "SECTION") for name in channels.SECTIONS)
    return (*brought("section", "SECTION"), *servers)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the file: its path, the dataclass whose fields are its keys, what is told of it. KEY stands for any
    name."""

    path: str
    holds: type
    told: Key


def top() -> list[tuple[str, Any, Key]]:
    """Every section by its name, with its type and what is told of it, as they follow each other on the reference page."""
    found = [(one.name, hint, key) for one, hint, key in declared(Config)]
    for brought_one in sections():
        place = [name for name, _, _ in found].index(brought_one.after) + 1
        kind = brought_one.holds
        found.insert(place, (brought_one.name, kind | None if brought_one.needed else kind, brought_one.told))
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
            yield from _tables(path if is_spread(inner) else f"{path}.{word_of(one, told)}", inner, told)


@cache
def _model() -> type[Model]:
    more: dict[str, Any] = {one.name: (at_edge(Annotated[one.holds, Check(one.check)]), None) for one in sections()}
    return model_of(Config, **more)


@cache
def _reader() -> TypeAdapter[Config]:
    kind: Any = Annotated[_model(), AfterValidator(_made)]
    return TypeAdapter(kind)


def _made(found: Model) -> Config:
    given = {name: getattr(found, name) for name in found.model_fields_set}
    parts = [given.pop(one.name, None) or (None if one.needed else one.holds()) for one in sections()]
    config: Config = make(Config, {**given, "brought": Parts().having(*filter(None, parts))})
    for one in sections():
        one.fits(config)
    return config


def _place(path: Sequence[Any]) -> str:
    """`[mail] window`: the table in brackets, then the key. Of a list the entry by its number, the first is 1."""
    names = [str(part + 1 if isinstance(part, int) else part) for part in path]
    if len(names) < 2:
        return "".join(f"[{name}]" if name in _model().model_fields else name for name in names)
    return f"[{'.'.join(names[:-1])}] {names[-1]}"
