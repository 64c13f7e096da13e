"""Who works here: the row HR gives, what the person chose, and the person the rules see.

Precedence, strongest first: preference, `people.csv`, department, organisation.
"""

import datetime as dt  # the module: fields are called `time` here
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

from culture.meetings import DepartmentMeeting
from culture.settings import Bad, Check, Email, HabitTime, Key, Line, Zone

Language = Annotated[str, "a language"]
"""Its code, such as "da". Which there are is data: the folders of `templates/words` (`mailer.words.LANGUAGES`)."""

Sector = Literal["public", "private", "interest"]

ChannelName = Literal["feed", "invite", "exchange", "microsoft365", "none"]
CHANNELS: tuple[ChannelName, ...] = get_args(ChannelName)
ON_SERVER: frozenset[ChannelName] = frozenset({"exchange", "microsoft365"})
"""Channels that are on a server, which writes into a person's own calendar and can say when they are busy."""

Pace = Literal["gentle", "usual", "bold"]
"""How a person wants the prompts: with a first step to begin by, as they are, or with a way further."""

Dose = Literal["all", "one"]
"""How many prompts of a week a person wants: one for each day, or one. None at all is `stopped`."""

EARLIEST = dt.time(6, 0)
LATEST = dt.time(22, 0)
"""A preferred time lies in 06:00-22:00: a ten-minute habit at night is a mistake in the file, not a wish."""

MONDAY_TO_FRIDAY = frozenset(range(1, 6))

TOKEN = re.compile(r"/((?=[^/]*\d)\w{32,}(\.ics)?|[\w-]+\.[\w-]{40,})(/|$)", re.ASCII)
"""A part of a path that is somebody's right to a page: the two kinds that our own links hold, of feeds and of pages."""


def _for_everybody(value: str) -> None:
    """Whether an address can hang on a wall. Raises Bad."""
    if not value.startswith("https://"):
        raise Bad('{value} does not begin with https://. Write for example "https://intranet.x.example/ai".')
    if TOKEN.search(value) or set(value) & set("?#@"):
        raise Bad(
            "{value} may hold what is for one person: something long in its path, or a ?, # or @. Anybody can scan it from "
            'the wall. Write an address that is the same for all, for example "https://intranet.x.example/ai".'
        )
    if not re.fullmatch(r"https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d+)?(/[A-Za-z0-9._~%()+,:/-]*)?", value):
        raise Bad('{value} is not a web address. Write for example "https://intranet.x.example/ai".')


Address = Annotated[Line, Check(_for_everybody)]
"""An address that is the same for everybody: https, and nothing in it that is for one person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of `people.csv` as HR gives it, or one member of a group. None: the column was empty, so a weaker source
    decides.

    `number` is HR's own (opaque) employee number, None where the file has no such column. `account` is the directory's own
    id of whoever comes from a group; it stays when number, name and address change. `email` is empty for somebody with
    one of these who gets no mail.
    """

    email: str
    name: str
    department: str
    number: str | None = None
    account: str | None = None
    language: Language | None = None
    zone: str | None = None
    track: str | None = None
    working_days: frozenset[int] | None = None  # ISO weekdays, 1 is Monday
    time: dt.time | None = None
    roles: frozenset[str] = frozenset()
    started: date | None = None
    left: date | None = None  # the last day at work


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """What a person chose. None: no choice made."""

    time: dt.time | None = None
    days: frozenset[int] | None = None  # ISO weekdays
    track: str | None = None
    language: Language | None = None
    channel: ChannelName | None = None
    pause_until: date | None = None  # the first day it starts again
    stopped: bool = False  # no more tips by mail
    in_relay: bool | None = None  # whether they take turns; of whoever gets no mail the facilitator says it
    level: Pace | None = None
    dose: Dose | None = None


NO_PREFERENCE = Preference()

PRIVATE = frozenset({"level", "in_relay"})
"""Choices that nobody is told of but whoever made them: how easy somebody wants it, or that they would rather have no
turns, is no business of an employer's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A department and what it sets for its people, [departments.KEY]. None: the organisation decides."""

    key: str = ""  # the KEY
    name: Annotated[Line, Key("What people call it.")]
    formerly: Annotated[
        tuple[Line, ...],
        Key(
            "What it was called before, keys and names: who still has that in the people file belongs here.",
            more="So does what was written down of it: turns, learnings, prompts. The config and HR's file need not "
            "change in the same minute. Two departments become one by both their keys here.",
            example='["drift", "Drift og Anlæg"]',
        ),
    ] = ()
    facilitator: Annotated[
        Email | None,
        Key(
            "The address of whoever sees to the relay here; left out, the contact of the organisation.",
            example='"mette.lund@groennebyrum.example"',
        ),
    ] = None
    manager: Annotated[
        Email | None,
        Key(
            "The address of the manager here; left out, the only one whose role in the people file says so.",
            example='"anna.holm@groennebyrum.example"',
        ),
    ] = None
    meeting: Annotated[
        DepartmentMeeting | None, Key("When the department meets; the service is told, it never books this.")
    ] = None
    meets_with: Annotated[
        Line | None,
        Key(
            "The key of the department at whose meetings it sits, instead of a meeting of its own.",
            more="The two then have one list of turns, one slot and one facilitator: what is written there.",
            example='"plan"',
        ),
    ] = None
    relay: Annotated[
        bool,
        Key(
            "Whether there is a relay here.",
            more="Where it ends, whoever has been told of a turn is told that it falls away.",
        ),
    ] = True
    poster: Annotated[
        Address | None,
        Key(
            "Where the code on the department's posters leads: the approved assistant, or a page of your own.",
            more="By this a department asks for posters; `aikultur poster` makes none where it is left out. Everybody "
            "scans the same code, so the address begins with https:// and holds nothing that is for one person.",
            example='"https://intranet.groennebyrum.example/ai"',
        ),
    ] = None
    language: Annotated[Language | None, Key("The language of whoever chose none.", example='"en"')] = None
    zone: Annotated[Zone | None, Key("The time zone of whoever has none.", example='"Europe/Copenhagen"')] = None
    track: Annotated[Line | None, Key("Which prompts come here besides the general ones.", example='"casework"')] = None
    time: Annotated[
        HabitTime | None, Key("When the block is, for whoever has no time of their own.", example='"08:15"')
    ] = None
    channel: Annotated[
        ChannelName | None,
        Key("How the block comes into calendars, for whoever chose nothing.", example='"invite"'),
    ] = None

    def check(self, given: frozenset[str]) -> None:
        """Whether a meeting that is shared is written in one place."""
        if self.meets_with is None:
            return
        for key in ("meeting", "facilitator", "relay"):
            if key in given:
                raise Bad(
                    'meets_with = "{other}" says that they have one meeting, one facilitator and one relay. Take {key} out '
                    "here, or meets_with.",
                    other=self.meets_with,
                    key=key,
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as the rules see them: every question answered, by whichever source was the strongest.

    `time` is None where nobody chose one: the programme's own time or window then applies. `email` is empty for somebody
    without letters: they have no block, and turns only if the facilitator says so.
    """

    id: str
    email: str
    name: str
    department: str
    language: Language
    zone: str
    track: str
    working_days: frozenset[int]
    time: dt.time | None
    channel: ChannelName
    first_seen: datetime
    contract_days: frozenset[int] = MONDAY_TO_FRIDAY  # ISO weekdays at work, whatever days were chosen for the block
    roles: frozenset[str] = frozenset()
    started: date | None = None
    left: date | None = None
    pause_until: date | None = None
    stopped: bool = False
    in_relay: bool = True  # whether they want to have turns
    level: Pace = "usual"  # theirs to know: shown on their own page and in their own letters only
    dose: Dose = "all"

    @property
    def linked(self) -> str:
        """What their links are made for: their id; of whoever stands in a role and not in the people file also the address,
        so that links end when another takes the role."""
        return self.id if self.department else f"{self.id}/{self.email}"

    @property
    def tz(self) -> ZoneInfo:
        """The zone that the person lives by."""
        return ZoneInfo(self.zone)

    @property
    def on_server(self) -> bool:
        """Whether their block is written into their own calendar by a server."""
        return self.channel in ON_SERVER

    def works_here(self, day: date) -> bool:
        """Employed on `day`: from `started` to `left`, both included."""
        return (self.started is None or self.started <= day) and (self.left is None or day <= self.left)

    def works_here_after(self, day: date) -> bool:
        """Employed on some day after `day`."""
        return self.left is None or self.left > day


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What the organisation sets where nobody else does. `languages`: those that there are."""

    language: Language
    languages: tuple[Language, ...]
    zone: str = "Europe/Copenhagen"
    track: str = "general"
    channel: ChannelName = "feed"


def resolve(
    person_id: str,
    row: Row,
    preference: Preference,
    department: Department,
    defaults: Defaults,
    first_seen: datetime,
) -> Person:
    """The person the rules see, each setting from the strongest source that has one, a language that there is. The
    channel "none" of the config is the strongest there is: it takes everything back, also what people have chosen."""
    usual_channel = department.channel or defaults.channel
    working_days = row.working_days or MONDAY_TO_FRIDAY
    languages = (one for one in (preference.language, row.language, department.language) if one in defaults.languages)
    return Person(
        id=person_id,
        email=row.email,
        name=row.name,
        department=row.department,
        language=next(languages, None) or defaults.language,
        zone=row.zone or department.zone or defaults.zone,
        track=preference.track or row.track or department.track or defaults.track,
        working_days=working_days if preference.days is None else preference.days,
        contract_days=working_days,
        time=preference.time or row.time or department.time,
        channel="none" if usual_channel == "none" or not row.email else preference.channel or usual_channel,
        first_seen=first_seen,
        roles=row.roles,
        started=row.started,
        left=row.left,
        pause_until=preference.pause_until,
        stopped=preference.stopped,
        in_relay=bool(row.email) if preference.in_relay is None else preference.in_relay,
        level=preference.level or "usual",
        dose=preference.dose or "all",
    )


def leaves_before(person: Person, day: date) -> bool:
    """Whether `day` is after the person's last: nothing about it is told in words."""
    return person.left is not None and person.left < day
