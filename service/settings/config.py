"""`config.toml`: the only thing an administrator has to write. Read, checked, every fault said at once."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from culture.people import MONDAY_TO_FRIDAY, ChannelName, Sector
from culture.revisit.rules import MONTHS, USUAL_MONTHS
from mailer.words import USUAL
from service.messages.faults import BadInput, Fault
from service.messages.translation import Sentence
from service.settings.config_types import (
    Bad,
    ClosedDays,
    Country,
    Email,
    HabitTime,
    LanguageCode,
    Line,
    QuietWeeks,
    TimeOfDay,
    Times,
    Url,
    Weekday,
    Weekdays,
    Window,
    Zone,
    shown,
)
from service.settings.loopback import is_loopback, url_is_loopback
from service.settings.text_file import read_toml

AFTER_LUNCH = (time(12, 30), time(12, 30))
MORNING = time(7, 0)


# --- sections -------------------------------------------------------------------------------------------


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    page: ClassVar[str] = "docs/configuration.md"  # where its keys are explained


class OrganisationSection(Section):
    name: Line
    sector: Sector
    language: LanguageCode = USUAL
    zone: Zone = "Europe/Copenhagen"
    country: Country = "DK"
    domain: Annotated[str, Field(pattern=r"^([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+$")]
    contact_name: Line
    contact_email: Email
    closed: ClosedDays = ()
    quiet_weeks: QuietWeeks = ()


class PolicyAnswers(Section):
    tools: Annotated[str, Field(min_length=1, max_length=600)]
    data: Annotated[str, Field(min_length=1, max_length=600)]
    responsible: Annotated[str, Field(min_length=1, max_length=600)]


class PolicySection(Section):
    da: PolicyAnswers | None = None
    en: PolicyAnswers | None = None

    @model_validator(mode="after")
    def one_of_them(self) -> "PolicySection":
        if self.da is None and self.en is None:
            raise Bad("The three answers are missing. Write them under [policy.da], [policy.en] or both.")
        return self


class PeopleSection(Section):
    file: Line = "people.csv"
    absences: Line | None = None


class ChangeEntry(Section):
    """One dated change of a department's meetings."""

    on: date | None = None
    to: datetime | None = None
    cancelled: bool = False

    @model_validator(mode="after")
    def one_thing(self) -> "ChangeEntry":
        if self.cancelled == (self.to is not None) or (self.cancelled and self.on is None):
            raise Bad(
                "Write one of {{ on = 2027-01-14, cancelled = true }}, {{ on = 2027-01-14, to = 2027-01-15T10:00:00 }}, "
                "or for an extra meeting {{ to = 2027-01-20T09:00:00 }}."
            )
        if self.to and self.to.tzinfo:
            raise Bad("{value} has a time zone. Write the department's local time, for example 2027-01-15T10:00:00.")
        return self


class MeetingSection(Section):
    """When a department meets: by a rhythm, or as an ICS calendar says."""

    weekday: Weekday | None = None
    time: TimeOfDay | None = None
    every: Literal["week", "2 weeks", "4 weeks", "month"] = "week"
    nth: Literal["first", "second", "third", "fourth", "last"] = "first"
    counted_from: date | None = None
    minutes: Annotated[int, Field(ge=15, le=480)] = 60
    place: Annotated[Line, Field(max_length=200)] = ""
    when_closed: Literal["skip", "before", "after"] = "skip"
    changes: list[ChangeEntry] = Field(default_factory=list)
    ics: Line | None = None

    @model_validator(mode="after")
    def rhythm_or_calendar(self) -> "MeetingSection":
        if self.ics:
            if self.model_fields_set - {"ics"}:
                raise Bad(
                    "ics says when the meetings are, so nothing else may stand beside it. Take the other keys out."
                )
            return self
        if self.weekday is None or self.time is None:
            raise Bad('Write weekday = "thursday" and time = "09:00", or ics = "a file or an address".')
        if self.every in ("2 weeks", "4 weeks") and self.counted_from is None:
            raise Bad(
                "{every} needs counted_from: a day on which there is a meeting, for example 2027-01-14.",
                every=self.every,
            )
        if self.every != "month" and "nth" in self.model_fields_set:
            raise Bad('nth belongs to every = "month". Take it out, or write every = "month".')
        return self


class DepartmentSection(Section):
    name: Line
    facilitator: Email | None = None
    meeting: MeetingSection | None = None
    language: LanguageCode | None = None
    zone: Zone | None = None
    track: Line | None = None
    time: HabitTime | None = None
    channel: ChannelName | None = None


class Titles(Section):
    da: Line = "AI-tid"
    en: Line = "AI time"


class VitaminSection(Section):
    enabled: bool = True
    starts: date | None = None
    title: Titles = Titles()
    minutes: Annotated[int, Field(ge=5, le=60)] = 10
    time: Times = AFTER_LUNCH
    days: Weekdays = MONDAY_TO_FRIDAY
    show_as: Literal["free", "tentative", "busy"] = "free"
    reminder_minutes: Annotated[int, Field(ge=0, le=120)] | None = None
    letter_day: Weekday = 1
    letter_at: TimeOfDay = MORNING
    own_prompts: Line | None = None
    without_prompts: list[str] = Field(default_factory=list)
    without_kinds: list[str] = Field(default_factory=list)
    yields: Annotated[bool, Field(alias="yield")] = False


class RelaySection(Section):
    enabled: bool = False
    starts: date | None = None
    presenters: Annotated[int, Field(ge=1, le=2)] = 1
    pace: Literal["week", "meeting"] = "meeting"
    minutes: Annotated[int, Field(ge=15, le=20)] = 20
    most_minutes: Annotated[int, Field(ge=15, le=240)] = 40
    lead_days: Annotated[int, Field(ge=3, le=21)] = 7
    settle_days: Annotated[int, Field(ge=0, le=365)] = 30
    retry_days: Annotated[int, Field(ge=7, le=180)] = 30
    retry_by: Literal["same", "other"] = "same"
    letter_at: TimeOfDay = MORNING
    own_challenges: Line | None = None
    without_challenges: list[str] = Field(default_factory=list)


class RevisitSection(Section):
    enabled: bool = True
    months: Annotated[int, Field(ge=MONTHS[0], le=MONTHS[1])] = USUAL_MONTHS
    letter_at: TimeOfDay = MORNING


class MailSection(Section):
    transport: Literal["folder", "smtp", "exchange"] = "folder"
    folder: Line = "var/mail"
    sender_name: Line
    sender_address: Email
    reply_to: Email | None = None
    window: Window = (time(7, 0), time(17, 0))
    per_minute: Annotated[int, Field(ge=1, le=100_000)] | None = None
    per_hour: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    own_templates: Line | None = None


class SmtpSection(Section):
    host: Line
    port: Annotated[int, Field(ge=1, le=65535)]
    security: Literal["starttls", "tls", "none"] = "starttls"
    auth: Literal["none", "password", "xoauth2"] = "none"
    user: Line | None = None
    secret_env: Line | None = None
    secret_file: Line | None = None
    secret_command: Annotated[list[str], Field(min_length=1)] | None = None
    ca_file: Line | None = None
    connections: Annotated[int, Field(ge=1, le=20)] = 1
    timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 30

    @model_validator(mode="after")
    def a_secret_when_one_is_needed(self) -> "SmtpSection":
        given = [key for key in ("secret_env", "secret_file", "secret_command") if getattr(self, key)]
        if self.auth == "none" and (given or self.user):
            raise Bad(
                'A user or a secret is given, but auth is "none". Write auth = "password" or "xoauth2", or take them out.'
            )
        if self.auth != "none" and (len(given) != 1 or not self.user):
            raise Bad(
                'auth = "{auth}" needs user and exactly one of secret_env, secret_file, secret_command.', auth=self.auth
            )
        if self.auth != "none" and self.security == "none":
            raise Bad('A password must not travel in the clear. Write security = "starttls" or "tls".')
        return self


class ExchangeSection(Section):
    """An Exchange server on premises, reached by Exchange Web Services."""

    endpoint: Line
    version: Literal["2013", "2016", "2019", "SE"] = "2019"
    auth: Literal["ntlm", "basic", "kerberos"] = "ntlm"
    user: Line
    secret_env: Line | None = None
    secret_file: Line | None = None
    secret_command: Annotated[list[str], Field(min_length=1)] | None = None
    mailbox: Email | None = None
    ca_file: Line | None = None
    timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 60
    prompt_weeks: Annotated[int, Field(ge=0, le=8)] = 2
    keep_sent: bool = False

    @model_validator(mode="after")
    def a_server_of_ones_own(self) -> "ExchangeSection":
        if "office365.com" in self.endpoint or "outlook.com" in self.endpoint:
            raise Bad(
                "Exchange Online has taken no Exchange Web Services since October 2026. [exchange] is for a server of your own."
            )
        address = re.fullmatch(r"(https?)://([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(:\d+)?/\S*", self.endpoint)
        if not address or (address[1] == "http" and not is_loopback(address[2])):
            raise Bad(
                '"{endpoint}" is not the address of an Exchange server. Write for example "https://mail.styrelsen.dk/EWS/Exchange.asmx".',
                endpoint=self.endpoint,
            )
        given = [key for key in ("secret_env", "secret_file", "secret_command") if getattr(self, key)]
        if self.auth == "kerberos" and given:
            raise Bad('With auth = "kerberos" the ticket is the proof. Take the secret out.')
        if self.auth != "kerberos" and len(given) != 1:
            raise Bad('auth = "{auth}" needs exactly one of secret_env, secret_file, secret_command.', auth=self.auth)
        return self


class CalendarSection(Section):
    channel: ChannelName = "feed"


class WebSection(Section):
    enabled: bool = True
    host: Line = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8017
    public_url: Url = ""
    demo: bool = False

    @model_validator(mode="after")
    def demo_stays_at_home(self) -> "WebSection":
        if self.demo and not is_loopback(self.host):
            raise Bad(
                'demo shows everybody\'s personal links, so it needs host = "127.0.0.1". Write demo = false for a real service.'
            )
        if self.demo and self.public_url and not url_is_loopback(self.public_url):
            raise Bad(
                'demo shows everybody\'s personal links, and public_url is "{url}", where others see them. Write demo = false for a real service, or public_url = "http://127.0.0.1:{port}" to try it out on this machine.',
                url=self.public_url,
                port=self.port,
            )
        return self


class StoreSection(Section):
    folder: Line = "var"


class LoggingSection(Section):
    format: Literal["auto", "human", "json"] = "auto"
    level: Literal["debug", "info", "warning", "error"] = "info"
    redact: bool = False


class LimitsSection(Section):
    """When the fuse holds what is unexpected."""

    cancellations: Annotated[int, Field(ge=0)] = 10
    growth_percent: Annotated[int, Field(ge=0, le=1000)] = 20
    lost_people_percent: Annotated[int, Field(ge=0, le=100)] = 10
    changed_people_percent: Annotated[int, Field(ge=0, le=100)] = 10


class Config(Section):
    organisation: OrganisationSection
    policy: PolicySection
    people: PeopleSection = PeopleSection()
    departments: dict[str, DepartmentSection]
    vitamin: VitaminSection = VitaminSection()
    relay: RelaySection = RelaySection()
    revisit: RevisitSection = RevisitSection()
    mail: MailSection
    smtp: SmtpSection | None = None
    exchange: ExchangeSection | None = None
    calendar: CalendarSection = CalendarSection()
    web: WebSection = WebSection()
    store: StoreSection = StoreSection()
    logging: LoggingSection = LoggingSection()
    limits: LimitsSection = LimitsSection()

    @model_validator(mode="after")
    def what_is_used_is_there(self) -> "Config":
        if self.relay.enabled and not any(section.meeting for section in self.departments.values()):
            raise Bad(
                "[relay] is enabled, but no department has a meeting. Write [departments.NAME.meeting] with weekday and time."
            )
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
        return self

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
        return Config.model_validate(data)
    except ValidationError as error:
        raise BadInput([fault_of(file, item, Config) for item in error.errors(include_url=False)]) from None


def fault_of(file: str, error: Any, model: type[Section], within: str = "") -> Fault:
    """One finding of pydantic's as a sentence. `within` names the entry of a list that it is in."""
    path = [str(part) for part in error["loc"]]
    given = error["input"]
    if error["type"] == "value_error":
        said: Sentence = error["ctx"]["error"].sentence
        sentence = Sentence(said.text, {"value": shown(given), **said.fields})
    else:
        sentence = _standard(error["type"], error.get("ctx", {}), given, path, model)
    place = _place(path) if model is Config else ".".join(path)
    return Fault(file, f"{within} {place}".strip(), sentence)


def _place(path: Sequence[str]) -> str:
    """`[mail] window`: the table in brackets, then the key."""
    if not path:
        return ""
    if len(path) == 1:
        return f"[{path[0]}]" if path[0] in Config.model_fields else path[0]
    return f"[{'.'.join(path[:-1])}] {path[-1]}"


def _standard(kind: str, context: Mapping[str, Any], given: Any, path: Sequence[str], model: type[Section]) -> Sentence:
    """Pydantic's own findings, in our words."""
    value = shown(given)
    match kind:
        case "extra_forbidden":
            keys = list(_siblings(path, model))
            near = difflib.get_close_matches(path[-1], keys, 1, 0.6)
            if near:
                return Sentence("there is no such key. Did you mean {near}?", {"near": near[0]})
            return Sentence("there is no such key. Take it out. Here one may write: {keys}.", {"keys": ", ".join(keys)})
        case "missing":
            return Sentence("this is missing. Write it; {page} says what it is for.", {"page": model.page})
        case "literal_error":
            return Sentence(
                "{value} is none of the choices. Write one of {choices}.",
                {"value": value, "choices": context["expected"].replace("'", '"').replace(" or ", ", ")},
            )
        case "greater_than_equal" | "less_than_equal":
            limit = context.get("ge", context.get("le"))
            text = (
                "{value} is too small. Write at least {limit}."
                if "ge" in context
                else "{value} is too large. Write at most {limit}."
            )
            return Sentence(text, {"value": value, "limit": limit})
        case "string_too_short" | "string_too_long" | "too_short":
            return Sentence("{value} is empty or too long. Write a few words.", {"value": value})
        case "string_pattern_mismatch":
            return Sentence('{value} is not a domain name. Write for example "styrelsen.dk".', {"value": value})
    wanted = {
        "string_type": 'a text in quotes, for example "..."',
        "int_type": "a whole number without quotes, for example 10",
        "bool_type": "true or false, without quotes",
        "date_type": "a date without quotes, for example 2026-12-01",
        "list_type": 'a list, for example ["..."]',
        "model_type": "a table of its own",
        "dict_type": "a table of its own",
    }.get(kind, "another kind of value")
    return Sentence("{value} is of the wrong type. Write {wanted}.", {"value": value, "wanted": Sentence(wanted)})


def _siblings(path: Sequence[str], model: type[Section]) -> Iterator[str]:
    """The keys that may stand where the last part of `path` stands."""
    for part in path[:-1]:
        if field := model.model_fields.get(part):  # the name of a department is no field: stay in its section
            model = _model_in(field.annotation)
    yield from (field.alias or name for name, field in model.model_fields.items())


def _model_in(annotation: Any) -> type[Section]:
    """The section class inside `X`, `X | None` or `dict[str, X]`."""
    for candidate in (annotation, *getattr(annotation, "__args__", ())):
        if isinstance(candidate, type) and issubclass(candidate, Section):
            return candidate
    return Config
