"""What the letters about the corps and its meetings say. Values only."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from calendars.difference import Kind
from mailer.letter import About, Facts

CORPS = About("ambassadors", rank=40)
MEMBERS = About("ambassador", rank=35)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingWords:
    """A meeting of the corps, as it is told."""

    starts: datetime
    minutes: int
    place: str = ""


class Cause(StrEnum):
    """Why a meeting goes from somebody's calendar. A text, for templates ask for it by its id."""

    OFF = "off"
    NOT_YOURS = "not-yours"  # they are no ambassador any more, or not on that day
    CALENDAR = "calendar"  # it comes again, from a calendar server
    STOPPED = "stopped"  # all is taken back


@dataclass(frozen=True, slots=True, kw_only=True)
class AmbassadorFacts(Facts):
    """To whoever has become an ambassador: what it is, how many hours it has, who backs it, how to step down.

    `departments`: whom they serve, by name. `sponsor`, `chair`: names, empty where there is none, or it is the reader.
    `hours`: a month, None where nobody has said.
    """

    template: ClassVar = "ambassadors/ambassador"
    about: ClassVar = MEMBERS

    departments: tuple[str, ...]
    hours: int | None
    sponsor: str
    sponsored: bool  # whether there is one, be it the reader
    chair: str
    until: date | None
    meetings: tuple[MeetingWords, ...]
    booked: bool  # whether the meetings come into calendars by us
    revisits: bool  # whether there is a list of what is to be judged again


class Leads(StrEnum):
    """Why somebody leads the meetings. A text as well."""

    NAMED = "named"  # by the config
    LONGEST = "longest"  # whoever has served longest
    TOGETHER = "together"  # one of several who began on the same day
    ALONE = "alone"  # there is nobody else


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairFacts(Facts):
    """To whoever leads the meetings from now on. `deputy` leads the next one when they cannot; empty for nobody."""

    template: ClassVar = "ambassadors/chair"
    about: ClassVar = MEMBERS

    meeting: MeetingWords | None
    deputy: str
    why: Leads


@dataclass(frozen=True, slots=True, kw_only=True)
class SponsorFacts(Facts):
    """To whoever backs the corps from now on: what is asked of them. `members`: how many ambassadors there are. `chair`: who
    leads them, empty where it is the reader."""

    template: ClassVar = "ambassadors/sponsor"
    about: ClassVar = CORPS

    members: int
    chair: str
    hours: int | None
    meeting: MeetingWords | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThanksFacts(Facts):
    """To whoever is no ambassador any more."""

    template: ClassVar = "ambassadors/thanks"
    about: ClassVar = CORPS

    booked: bool  # whether the meetings go out of their calendar by us


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFacts(Facts):
    """To whoever may say yes: a colleague would like to be an ambassador."""

    template: ClassVar = "ambassadors/asked"
    about: ClassVar = CORPS

    name: str
    first_name: str
    department: str
    hours: int | None
    id: str  # by which a command names them
    silent: str = ""  # who was asked two weeks ago and has not answered, where that is somebody else


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclinedFacts(Facts):
    """To whoever would like to be one: it does not fit now. `by`: who said so, empty where it is not known."""

    template: ClassVar = "ambassadors/declined"
    about: ClassVar = CORPS

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UncoveredFacts(Facts):
    """To a manager: these departments have no ambassador."""

    template: ClassVar = "ambassadors/uncovered"
    about: ClassVar = CORPS

    departments: tuple[str, ...]
    hours: int | None
    members: int  # how many ambassadors there are


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingChange:
    """What becomes of one meeting in the reader's calendar. `before`: when it was to be, if that has changed."""

    change: Kind
    meeting: MeetingWords
    before: datetime | None
    cause: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpsMeetingFacts(Facts):
    """What becomes of meetings of the corps in the reader's calendar. `chair`: who leads them, empty where it is the
    reader. `regrets`: whom to tell who cannot come: the chair, and for the chair the deputy; empty for nobody."""

    template: ClassVar = "ambassadors/meeting"
    about: ClassVar = MEMBERS

    changes: tuple[MeetingChange, ...]
    chair: str
    regrets: str
