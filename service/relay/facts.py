"""What the letters of the relay say. Values only."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from culture.relay.challenges import Challenge
from culture.relay.learning import Learning
from culture.relay.news import Cause
from culture.relay.turns import TurnKind
from mailer.letter import About, Facts
from service.relay.shared_words import SharedWords

TURNS = About("relay", rank=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnWords:
    """A turn as letters speak of it. Times are the department's own, aware."""

    id: str
    starts: datetime
    minutes: int
    place: str
    department: str  # its name
    presenter: str  # whose name
    mine: bool  # whether the reader presents; else they are the facilitator
    kind: TurnKind
    challenge: Challenge | None  # None: not given yet, or one of their own
    earlier: Learning | None = None  # what the turn before learned, when this one takes up its "not yet"
    partner: str = ""  # who presents at the same meeting
    challenge_on: date | None = None  # when the challenge comes; None: it has
    swapped: bool = False  # the reader or somebody else stands there after a swap


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotChange:
    """One slot that comes into somebody's calendar, changes or goes, and why.

    `before` is when it began, if that was otherwise. `own`: the reader did it. `colleague` is the name of the other one
    of a swap, `other` when the turn is that goes the other way; `owes`: one is still to go. `presents`: the reader
    presents, or did; else they see to it as facilitator. `now_in` is the department in whose relay they are, if that is
    another one than the relay that is no more.
    """

    change: Literal["create", "update", "cancel"]
    turn: TurnWords
    before: datetime | None = None
    cause: Cause = Cause.UNKNOWN
    own: bool = False
    colleague: str = ""
    other: datetime | None = None
    owes: bool = False
    presents: bool = True
    now_in: str = ""

    @property
    def handed(self) -> bool:
        """Whether it stays in the reader's calendar, the facilitator's, and another one presents."""
        return self.change == "update" and self.cause in (Cause.SWAPPED, Cause.SWAP_UNDONE, Cause.SWAP_VOID)

    @property
    def comes(self) -> bool:
        """Whether the turn comes to the reader."""
        return self.change == "create" or (self.handed and self.turn.mine)

    @property
    def moves(self) -> bool:
        """Whether it stays where it is, with the reader or with a colleague."""
        return not self.comes and self.change == "update" and not (self.handed and self.presents)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotFacts(Facts):
    """What becomes of the reader's slots. Never empty. A letter about "create" is how a turn is announced."""

    template: ClassVar = "relay/slot"
    about: ClassVar = TURNS

    changes: tuple[SlotChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentFacts(Facts):
    """The challenge is given: what to solve before the meeting."""

    template: ClassVar = "relay/assignment"
    about: ClassVar = TURNS
    pastes: ClassVar = True

    turn: TurnWords
    elsewhere: SharedWords | None = None  # how the same challenge went in another department


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfwayFacts(Facts):
    """Half of the time has gone."""

    template: ClassVar = "relay/halfway"
    about: ClassVar = TURNS

    turn: TurnWords


@dataclass(frozen=True, slots=True, kw_only=True)
class EveFacts(Facts):
    """The last working day before the meeting."""

    template: ClassVar = "relay/eve"
    about: ClassVar = TURNS

    turn: TurnWords


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningFacts(Facts):
    """The turn has been held: what was learned? `retry_days`: after how many a challenge that did not work comes back."""

    template: ClassVar = "relay/learning"
    about: ClassVar = TURNS

    turn: TurnWords
    retry_days: int
    revisited: bool = True  # whether what did not work the second time goes on the revisit list


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapFacts(Facts):
    """A colleague asks the reader to swap. `own`: when the reader's own turn is, None without one to give in return."""

    template: ClassVar = "relay/swap"
    about: ClassVar = TURNS

    turn: TurnWords
    asker: str
    own: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapDeclinedFacts(Facts):
    """The colleague who was asked would rather not; the turn stays with the reader."""

    template: ClassVar = "relay/swap_declined"
    about: ClassVar = TURNS

    turn: TurnWords
    colleague: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreachedFacts(Facts):
    """A challenge was refused at somebody's address; to the facilitator, who may know a better one."""

    template: ClassVar = "relay/unreached"
    about: ClassVar = TURNS

    name: str
    email: str
    department: str  # its name
    starts: datetime  # the slot they do not know of
    drawn: str  # whose slot it is now; empty: nobody's


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewFacts(Facts):
    """The facilitator's overview of the coming meeting: its turns, and who is announced after them."""

    template: ClassVar = "relay/overview"
    about: ClassVar = TURNS

    department: str
    starts: datetime
    minutes: int
    place: str
    turns: tuple[TurnWords, ...]
    after: tuple[TurnWords, ...]
    news: tuple[SharedWords, ...] = ()  # what colleagues wrote since the meeting before
