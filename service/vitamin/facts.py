"""What the letters of the vitamin pill say. Values only."""

from dataclasses import dataclass
from datetime import date, time
from typing import ClassVar, Literal

from culture.people import ChannelName
from culture.vitamin.catalogue import Prompt
from culture.workdays import Week
from mailer.letter import Facts
from service.planning.line import Line
from service.planning.own_letters import WEEK

PartOfDay = Literal["morning", "forenoon", "noon", "afternoon", "evening"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomeFacts(Facts):
    """What the first letter tells: when the block is, what it is called, how it reaches the calendar, and what to begin
    with. `track`: whether some prompts are of a track. `rest`: the week's other prompts, by day."""

    template: ClassVar = "vitamin/welcome"
    about: ClassVar = WEEK
    pastes: ClassVar = True

    start: time  # local time of the person
    minutes: int
    title: str
    weekdays: frozenset[int]  # ISO weekdays
    channel: ChannelName
    when: PartOfDay
    track: bool = False
    starter: Prompt | None = None  # short enough to be tried on the first day
    rest: tuple[tuple[date, Prompt], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TipFacts(Facts):
    """A week's prompts, by the days on which the person has a block. Never empty, in order: the first is said in full.

    `fresh`: the first letter after a break. Of the first one: `common` is the department's, where that is another,
    `beside` a sentence that stands beside it, a way further or else a first step, `again` when they have met it before.
    """

    template: ClassVar = "vitamin/tip"
    about: ClassVar = WEEK
    pastes: ClassVar = True

    week: Week
    days: tuple[tuple[date, Prompt], ...]
    today: date
    fresh: bool = False
    common: Prompt | None = None
    beside: str = ""  # in the reader's language; empty: nothing
    further: bool = False
    again: date | None = None
    lines: tuple[Line, ...] = ()  # of the other programmes


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockChange:
    """What is different about a block. None, False or empty: that is as it was. Days are in order, and still to come."""

    was_at: time | None = None  # when it was before
    other_zone: bool = False
    other_days: bool = False
    other_length: bool = False
    shown: bool = False  # as free or busy, and its reminder
    begins: date | None = None  # the next time, after a break that is new or ends sooner
    pause: bool = False  # the reader has chosen that break
    closed: tuple[date, ...] = ()  # days that fall away because the organisation is closed
    off: tuple[date, ...] = ()  # ... because the reader is not at work
    back: tuple[date, ...] = ()  # days that were off and are not any more
    last: date | None = None  # the last time, sooner than it was
    until: date | None = None  # the last time, later than it was
    address: bool = False  # the reader has another address, and gets what stands once more

    @property
    def moves(self) -> bool:
        """Whether the time of day or the weekdays are others."""
        return self.was_at is not None or self.other_zone or self.other_days

    @property
    def goes_on(self) -> bool:
        """Whether nothing is different but that it goes on for longer."""
        return self.until is not None and not (self.news or self.address or self.shown)

    @property
    def news(self) -> bool:
        """Whether there is another time, or a day more or less, before the end."""
        days = self.closed or self.off or self.back or self.begins or self.last
        return bool(days) or self.moves or self.other_length


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteFacts(Facts):
    """A calendar series that comes, changes or goes."""

    template: ClassVar = "vitamin/invite"
    about: ClassVar = WEEK

    change: Literal["create", "update", "cancel"]
    title: str
    start: time  # local time of the person
    minutes: int
    weekdays: frozenset[int]  # ISO weekdays
    first: date  # the first day of the series
    what: BlockChange = BlockChange()  # what an update changes
