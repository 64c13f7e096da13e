"""The organisation as the rules see it: made from config and files at each tick, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from culture.meetings import MeetingPlan
from culture.people import ChannelName, Defaults, Department, Language, Person
from culture.relay.challenges import NO_CHALLENGES, Challenges
from culture.vitamin.block import Busy
from culture.vitamin.catalogue import Catalogue, Sector
from culture.workdays import Closing, Span


@lru_cache(maxsize=256)
def local_date(moment: datetime, zone: str) -> date:
    """The date in a zone at a moment. Kept, for everybody in a zone asks the same within a tick."""
    return moment.astimezone(ZoneInfo(zone)).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyText:
    """The organisation's answers to the three questions every prompt raises, in one language."""

    tools: str  # which tools are approved
    data: str  # which data may be shared
    responsible: str  # who is responsible when it goes wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    da: PolicyText
    en: PolicyText

    def text(self, language: Language) -> PolicyText:
        return self.da if language == "da" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitamin:
    """How the daily vitamin pill is taken here.

    Without a time of the person's or department's own, blocks begin in `window_from`..`window_to`
    (equal: all at that time), spread evenly in steps of five minutes.
    """

    enabled: bool = True
    starts: date | None = None
    title: Mapping[Language, str] = field(default_factory=dict)
    minutes: int = 10
    window_from: time = time(12, 30)
    window_to: time = time(12, 30)
    weekdays: frozenset[int] = frozenset(range(1, 6))
    busy: Busy = "free"
    reminder_minutes: int | None = None
    letter_weekday: int = 1  # ISO; the weekly letter goes on the first block day from here on
    letter_at: time = time(7, 0)
    yields: bool = False  # in the window, each day goes where the person is free
    prompt_weeks: int = 2  # so many weeks' prompts stand in the days of a block in Outlook, this week among them


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """How the relay is run here. `most_minutes` is what it may take of a meeting."""

    enabled: bool = False
    starts: date | None = None
    presenters: int = 1
    pace: Literal["week", "meeting"] = "meeting"
    minutes: int = 20
    most_minutes: int = 40
    lead_days: int = 7  # the challenge comes so many days before the meeting
    settle_days: int = 30  # who is new listens first
    retry_days: int = 30
    retry_by: Literal["same", "other"] = "same"
    letter_at: time = time(7, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisitList:
    """How the revisit list is run here: the usual months between judgements, and when notices leave."""

    enabled: bool = True
    months: int = 4
    letter_at: time = time(7, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When letters may leave: on working days from `opens` to `closes`, local time of the recipient."""

    opens: time = time(7, 0)
    closes: time = time(17, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Everything the rules need to know about the place, at one moment."""

    name: str
    sector: Sector
    language: Language
    zone: str
    contact_name: str
    contact_email: str
    defaults: Defaults
    closing: Closing
    policy: Policy
    vitamin: Vitamin
    window: Window
    departments: Mapping[str, Department]
    people: Mapping[str, Person]  # by person id; those who left stay until they are folded away
    absences: Mapping[str, tuple[Span, ...]]  # by person id
    catalogue: Catalogue
    channels: tuple[ChannelName, ...] = ("feed", "invite", "none")  # that can be chosen here
    relay: Relay = Relay()
    revisit: RevisitList = RevisitList()
    challenges: Challenges = NO_CHALLENGES
    meeting_plans: Mapping[str, MeetingPlan] = field(default_factory=dict)  # by department
    facilitators: Mapping[str, str] = field(default_factory=dict)  # department: person id
    missing: frozenset[str] = frozenset()  # whose row is missing today: they get nothing and lose nothing

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def today(self, person: Person, now: datetime) -> date:
        """The person's own date at `now`."""
        return local_date(now, person.zone)

    def holder(self, address: str) -> Person | None:
        """Whose address it is: of several whoever stays longest, and of those who has a row in the people file today."""
        wanted = address.lower()
        held = (one for one in self.people.values() if one.email == wanted)
        return max(held, key=lambda one: (one.left or date.max, one.id not in self.missing), default=None)

    def absent(self, person: Person, day: date) -> bool:
        return any(day in span for span in self.absences.get(person.id, ()))
