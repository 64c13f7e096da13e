"""The sections of config.toml that are everybody's: the organisation, its mail, the pages, the state, the log, the fuse."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Annotated, Literal

from culture.organisation import Window
from culture.people import ChannelName, Language, Sector
from culture.policy import TOOLS, DataClass, PolicyText, Tool
from culture.settings import (
    Bad,
    Check,
    ClosedDays,
    Country,
    Domain,
    Email,
    Key,
    Line,
    OneOf,
    QuietWeeks,
    Size,
    Spread,
    Url,
    Within,
    Written,
    Zone,
)
from mailer.words import LANGUAGES, USUAL
from service import channels
from service.settings.headings import HEADERS
from service.settings.loopback import is_loopback, url_is_loopback

NEAR_KEY = 0.6
"""How alike two names must be for "did you mean" (difflib's ratio)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationSection:
    """[organisation]: whose service it is, its language, its time zone, and when it is closed."""

    name: Annotated[Line, Key("As it stands in letters.")]
    sector: Annotated[Sector, Key("Which prompts fit.")]
    language: Annotated[Language, Key("For whoever chose none, and what the command line speaks.")] = USUAL
    zone: Annotated[Zone, Key("The time zone, by its IANA name.")] = "Europe/Copenhagen"
    country: Annotated[
        Country,
        Key(
            'Whose public holidays; "" for none.',
            more="In Denmark 5 June, 24 and 31 December are no holidays: put them under `closed` if they are for you.",
        ),
    ] = "DK"
    domain: Annotated[Domain, Key("Makes the identities in calendars and mails, so never change it.")]
    contact_name: Annotated[Line, Key("A human whom people can write to.", more="Is told what the fuse holds.")]
    contact_email: Annotated[Email, Key("The address of that human.")]
    closed: Annotated[
        ClosedDays,
        Key(
            'Closed days: "2027-05-07", ranges "2026-12-28..2026-12-30", "12-24" for every year.',
            more="In the last the month stands first.",
        ),
    ] = ()
    quiet_weeks: Annotated[
        QuietWeeks, Key('ISO weeks without anything: "2026-W53" for one, 29 for that of every year.')
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySection:
    """[policy]: what the organisation lets its people use, by which prompts and challenges are dealt."""

    most_sensitive: Annotated[
        DataClass,
        Key(
            "The most sensitive material a prompt or challenge may need; what needs more is not dealt.",
            more="`none`, `public` (what everybody can read), `own` (one's own words and drafts, without names), "
            "`internal` (papers, figures or mails of others). See [catalogue.md](catalogue.md).",
        ),
    ] = "own"
    tools: Annotated[
        tuple[Tool, ...],
        Size(1),
        Key("The tools people have here; what needs another is not dealt."),
    ] = TOOLS
    answers: Annotated[
        Mapping[Language, PolicyText], Key("Your answers: the first three stand beside every prompt."), Spread()
    ] = field(default_factory=dict)

    def check(self, given: frozenset[str]) -> None:
        """Whether the answers are there, in some language."""
        if not self.answers:
            tables = ", ".join(f"[policy.{language}]" for language in LANGUAGES)
            raise Bad("The three answers are missing. Write them under one or more of {tables}.", tables=tables)


def _attribute(name: str) -> None:
    if not re.fullmatch(r"[A-Za-z]\w*(\.[A-Za-z]\w*)?", name, re.ASCII):
        raise Bad(
            '{value} is not the name of an attribute. Write for example "department" or "onPremisesExtensionAttributes.extensionAttribute1".'
        )


Attribute = Annotated[Line, Check(_attribute)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleAttributes:
    """[people.attributes]: in which attributes of Microsoft 365 the things stand that a people file has as columns."""

    number: Annotated[
        Attribute,
        Key("The attribute with HR's employee number.", more="Absences may name people by it. Never a CPR number."),
    ] = "employeeId"
    department: Annotated[
        Attribute, Key("The attribute with the department, as a key or a name under [departments].")
    ] = "department"
    language: Annotated[
        Attribute,
        Key(
            "The attribute with the language.",
            more="Of `da-DK` the first part counts; one that we do not write counts as none.",
        ),
    ] = "preferredLanguage"
    manager: Annotated[
        bool,
        Key(
            "Whether whoever somebody in the group reports to leads others.",
            more="Read once a day, for it takes a request for twenty people.",
        ),
    ] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleGroups:
    """[people.groups]: the groups of Microsoft 365 that say what somebody is, or that they are away."""

    ambassador: Annotated[
        Line | None, Key("The group of the ambassadors.", example='"ai-ambassadoerer@groennebyrum.example"')
    ] = None
    manager: Annotated[
        Line | None, Key("The group of those who lead others.", example='"ledere@groennebyrum.example"')
    ] = None
    away: Annotated[
        Line | None,
        Key(
            "The group of those who are away for longer, beside what `absences` says.",
            more="From the day they are first seen in it until they are not any more.",
            example='"orlov@groennebyrum.example"',
        ),
    ] = None


def _columns(found: Mapping[str, str]) -> None:
    for key in found:
        if key not in HEADERS:
            near = get_close_matches(key, HEADERS, 1, NEAR_KEY) or [", ".join(HEADERS)]
            text = 'there is no column {key}. The names of columns stand to the left, the headings of your file to the right: {near} = "...".'
            raise Bad(text, key=key, near=near[0])


Pattern = Annotated[str, Size(0, 200)]
"""With * for any letters, ? for one; case does not count."""


def _somebody(only: tuple[str, ...] | None) -> None:
    if only == ():
        raise Bad("the list is empty. Write at least one into it, or leave the key out.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleSection:
    """[people]: where the people come from, and how that is read."""

    file: Annotated[
        Line,
        Key("The people, as HR exports them; the service reads it and never writes it.", more="Not with `group`."),
    ] = "people.csv"
    group: Annotated[
        Line | None,
        Key(
            "Or a group in Microsoft 365, by its id or mail address.",
            more="Instead of `file`; what stands in it and what it takes: [people-from-a-group.md](people-from-a-group.md).",
            example='"alle-medarbejdere@groennebyrum.example"',
        ),
    ] = None
    only: Annotated[
        tuple[Line, ...] | None,
        Check(_somebody),
        Key(
            "A pilot: only these people are known yet.",
            more="Departments, addresses, or a share of everybody, which is drawn by the id: whoever is in stays in when it "
            "grows. The others get nothing and are counted nowhere. See [going-live.md](going-live.md).",
            example='["plan", "anna.holm@groennebyrum.example", "10 %"]',
        ),
    ] = None
    absences: Annotated[Line | None, Key("Who is away, as HR exports it.", example='"absences.csv"')] = None
    columns: Annotated[
        Mapping[str, Line],
        Check(_columns),
        Key(
            "What a column is called in your file, where its heading is not known.",
            more="By the names of columns under [people.csv](#peoplecsv-and-absencescsv).",
            example='{ department = "Team", email = "Arbejdsadresse" }',
        ),
    ] = field(default_factory=dict)
    departments: Annotated[
        Mapping[str, Line],
        Key(
            "Where those go whose department is no key or name of [departments]: a pattern, and the key.",
            more="Tried on the department, then its code, then the path and each part of it from the last one on; the first that fits counts, and "
            '`"*"` is whoever is nowhere else.',
            example='{ "*skole*" = "skoler", "5012*" = "plan", "*" = "stab" }',
        ),
    ] = field(default_factory=dict)
    skip: Annotated[
        Mapping[str, tuple[Pattern, ...]],
        Key(
            "Rows that are not people: a column, and patterns for what stands in it.",
            more='A column by our name or by its heading in the file; `""` is an empty cell. They are counted and left out.',
            example='{ email = ["postkasse*"], "Stilling" = ["Timelønnet*"] }',
        ),
    ] = field(default_factory=dict)
    attributes: Annotated[
        PeopleAttributes | None, Key("Where it stands in the directory, what is read of the group's members.")
    ] = None
    groups: Annotated[
        PeopleGroups | None, Key("The groups whose members have a role, where people come from a group.")
    ] = None

    @property
    def told(self) -> str:
        """What people come from, as the config names it."""
        return self.group or self.file

    def check(self, given: frozenset[str]) -> None:
        """Whether it is said once where people come from."""
        if self.group and "file" in given:
            raise Bad(
                '[people] file is "{file}" and group "{group}". Write one of them, for people come from one place.',
                file=self.file,
                group=self.group,
            )
        if self.group and "columns" in given:
            raise Bad(
                "[people.columns] is about a file, but people come from a group. Leave it out; for a group there is [people.attributes]."
            )
        for key in ("attributes", "groups"):
            if not self.group and key in given:
                raise Bad(
                    "[people.{key}] is about a group, but there is no [people] group. Write it, or leave this out.",
                    key=key,
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSection:
    """[mail]: how letters leave, from whom, and when."""

    transport: Annotated[
        str,
        OneOf(tuple(channels.TRANSPORTS)),
        Key('How letters leave: "folder" writes .eml files, the others send.', waits=True),
    ] = "folder"
    folder: Annotated[Line, Key("Where letters go that become files.", waits=True)] = "var/mail"
    sender_name: Annotated[Line, Key("The name that letters come from.")]
    sender_address: Annotated[
        Email,
        Key("A mailbox of the service, never a person's.", more="Nobody can be invited to a meeting by themselves."),
    ]
    reply_to: Annotated[
        Email | None, Key("Where answers go; left out, to the sender.", example='"mette.lund@groennebyrum.example"')
    ] = None
    window: Annotated[
        Window,
        Written.WINDOW,
        Key(
            "When letters leave: on working days, where the reader is.",
            more="At once, whatever the hour, go a link that somebody asked for and news about today and the next "
            "working day. Letters not sent when the window closes go the next morning; what is then too late is dropped and "
            "counted.",
        ),
    ] = field(default_factory=Window)
    per_minute: Annotated[
        int | None,
        Within(1, 100_000),
        Key(
            "How many letters the server gets in a minute; left out, as fast as it takes them.",
            more='They are evenly spaced. With `transport = "microsoft365"` it is 30 when left out: more Exchange Online does not '
            "take from a mailbox, all programs together. A folder takes letters as they come.",
            example="60",
            waits=True,
        ),
    ] = None
    per_hour: Annotated[
        int,
        Within(0, 1_000_000),
        Key(
            "How many letters the server gets in an hour; 0: no limit.",
            more="Counted over any 60 minutes, across restarts too.",
            waits=True,
        ),
    ] = 0
    per_day: Annotated[
        int | None,
        Within(1, 10_000_000),
        Key(
            "How many letters the server gets in a day; left out, no limit.",
            more='Counted over any 24 hours, across restarts too. With `transport = "microsoft365"` it is 10,000 when left out, '
            "for a mailbox in Exchange Online reaches no more recipients.",
            example="9000",
            waits=True,
        ),
    ] = None
    own_templates: Annotated[
        Line | None,
        Key(
            "A folder with your own texts, by the same names as ours.",
            more="A text may take 20,000 steps (passes of loops, calls of macros) and make a million characters, a subject a "
            "thousand; what takes more is a fault of that letter.",
            example='"own-templates"',
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSection:
    """[calendar]: how the block comes into the calendars of those who chose no way of their own."""

    channel: Annotated[
        ChannelName,
        Key(
            "How the block comes into calendars.",
        ),
    ] = "feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSection:
    """[web]: the personal pages and the feeds, and where they are reached."""

    enabled: Annotated[bool, Key("Whether there are pages and feeds.")] = True
    host: Annotated[Line, Key("Where the service listens.")] = "127.0.0.1"
    port: Annotated[int, Within(0, 65535), Key("The port it listens on.")] = 8017
    public_url: Annotated[
        Url,
        Key(
            "What letters carry: your https address behind a reverse proxy.",
            more="On this machine it has the same port, or `check` notes it.",
            example='"https://aitid.groennebyrum.example"',
        ),
    ] = ""
    demo: Annotated[
        bool,
        Key(
            "Whether the start page lists everybody's links: only for trying out, on this machine.",
            more="Such a service answers its own machine only, by the names localhost, 127.0.0.0/8 and [::1], and is refused "
            "beside another `host` or `public_url`.",
        ),
    ] = False

    def check(self, given: frozenset[str]) -> None:
        """Raises Bad where the demo, which shows everybody's links, could be seen from elsewhere."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSection:
    """[store]: where what is remembered lies."""

    folder: Annotated[Line, Key("Where the state is; back it up.")] = "var"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggingSection:
    """[logging]: what is logged, and in which form."""

    format: Annotated[
        Literal["auto", "human", "json"],
        Key('How the log is written; "auto" is for people on a terminal, JSON lines otherwise.'),
    ] = "auto"
    level: Annotated[Literal["debug", "info", "warning", "error"], Key("From which weight on something is logged.")] = (
        "info"
    )
    redact: Annotated[bool, Key("Whether addresses are left out of the log.")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsSection:
    """When the fuse holds what is unexpected."""

    cancellations: Annotated[int, Within(0), Key("Hold more calendar cancellations than this at once.")] = 10
    growth_percent: Annotated[
        int, Within(0, 1000), Key("Hold when this many per cent more people than usual would get a letter.")
    ] = 20
    lost_people_percent: Annotated[
        int, Within(0, 100), Key("Hold when more than this many per cent have disappeared from the people file.")
    ] = 10
    changed_people_percent: Annotated[
        int,
        Within(0, 100),
        Key(
            "Hold when this many per cent in the people file got another address, name, department or leaving date.",
            more="And more than five.",
        ),
    ] = 10
