"""The organisation as the rules see it: made from config and files at each tick, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from culture.called import AS_THEY_ARE, Called
from culture.kept import kept
from culture.meetings import MeetingPlan
from culture.parts import NO_PARTS, Part, Parts
from culture.people import ChannelName, Defaults, Department, Language, Person, Sector
from culture.policy import Policy
from culture.workdays import Closing, Span


@lru_cache(maxsize=256)
def local_date(moment: datetime, zone: str) -> date:
    """The date in a zone at a moment. Kept, for everybody in a zone asks the same within a tick."""
    return moment.astimezone(ZoneInfo(zone)).date()


@kept
def _with_address(people: Mapping[str, Person], address: str) -> tuple[Person, ...]:
    return tuple(one for one in people.values() if one.email == address)


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
    window: Window
    departments: Mapping[str, Department]
    people: Mapping[str, Person]  # by person id; those who left stay until they are folded away
    absences: Mapping[str, tuple[Span, ...]]  # by person id
    channels: tuple[ChannelName, ...] = ("feed", "invite", "none")  # that can be chosen here
    meeting_plans: Mapping[str, MeetingPlan] = field(default_factory=dict)  # by department
    facilitators: Mapping[str, str] = field(default_factory=dict)  # department: person id
    called: Called = AS_THEY_ARE  # what departments were called, and which of them share a meeting
    managers: Mapping[str, str] = field(default_factory=dict)  # department: person id; none where several could be
    parts: Parts = NO_PARTS  # what each programme brings: its settings, its catalogue
    missing: frozenset[str] = frozenset()  # whose row is missing today: they get nothing and lose nothing
    outside: frozenset[str] = frozenset()  # who was in the pilot and is not any more
    recalled: datetime | None = None  # since when all is taken back: nothing is to stand in calendars, or to be said

    @property
    def tz(self) -> ZoneInfo:
        """The organisation's own zone."""
        return ZoneInfo(self.zone)

    def of(self, which: type[Part]) -> Part:
        """The value of that type that a programme brought; its default where none did."""
        return self.parts.of(which)

    def having(self, *parts: object) -> "Organisation":
        """The organisation with these values of programmes, each instead of the one of its type."""
        return replace(self, parts=self.parts.having(*parts))

    def name_of(self, person_id: str) -> str:
        """Their name; empty for somebody of whom nothing is known any more: records outlast people, by an id that says
        nothing to anybody."""
        person = self.people.get(person_id)
        return person.name if person else ""

    def today(self, person: Person, now: datetime) -> date:
        """The person's own date at `now`."""
        return local_date(now, person.zone)

    def holder(self, address: str) -> Person | None:
        """Whose address it is: of several whoever stays longest, and of those who has a row in the people file today."""
        held = _with_address(self.people, address.lower())
        return max(held, key=lambda one: (one.left or date.max, one.id not in self.missing), default=None)

    def absent(self, person: Person, day: date) -> bool:
        """Whether the person is away on `day`, by what HR says."""
        return any(day in span for span in self.absences.get(person.id, ()))
