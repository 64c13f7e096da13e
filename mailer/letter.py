"""What a letter is, and what it says: the values that travel from the rules to the words and on to MIME.

Frozen values only. Words: `mailer/render.py`; MIME: `mailer/compose.py`.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from culture.organisation import PolicyText
from culture.people import ChannelName, Language, Person
from culture.relay.challenges import Challenge
from culture.relay.learning import Learning
from culture.relay.news import Cause
from culture.relay.turns import TurnKind
from culture.revisit.rules import Revisit
from culture.vitamin.catalogue import Prompt
from culture.workdays import Week

MESSAGE_ID_DIGITS = 40
"""Hex digits of a Message-ID's left part: 160 bits, and with a domain still one unfolded line."""

Method = Literal["REQUEST", "CANCEL"]
"""The methods Outlook imports from a mail; PUBLISH and ADD become raw text (MS-STANOICAL)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The mailbox of the service. `domain` makes the identities and never changes."""

    name: str
    address: str
    reply_to: str | None
    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPart:
    """An iCalendar object that travels in a letter (RFC 6047). `method` is also the METHOD inside `ics`."""

    method: Method
    ics: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """A person's own addresses, absolute. All are empty when the service has no web address."""

    page: str
    feed: str
    stop: str
    relay: str = ""  # the person's turns: pass, swap, volunteer, write down a learning
    link: str = ""  # where anybody can have a fresh link sent to themselves: nobody's key, and the same for years


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter to one person, its words made. The same letter gives the same bytes, whenever it is composed."""

    key: str  # of the leading notice; the Message-ID is made from it
    person_id: str
    name: str
    address: str
    language: Language
    notices: tuple[str, ...]  # keys of all that it says
    subject: str
    text: str
    html: str
    unsubscribe: str | None  # an address that shows a page and takes a POST (RFC 8058); tips only
    unsubscribe_mailto: str | None  # an address to write to; tips only
    calendar: CalendarPart | None
    date: datetime  # aware; when it was claimed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whom words are for, and what they may say about the place. `policy` is in the person's language."""

    person: Person
    organisation_name: str
    contact_name: str
    contact_email: str
    policy: PolicyText
    links: Links
    gone: bool = False  # has left, or will have by then: the letter says what a calendar must know, and no more


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomeFacts:
    """What the first letter tells: when the block is, what it is called, and how it reaches the calendar."""

    start: time  # local time of the person
    minutes: int
    title: str
    weekdays: frozenset[int]  # ISO weekdays
    channel: ChannelName


@dataclass(frozen=True, slots=True, kw_only=True)
class TipFacts:
    """A week's prompts, by the days on which the person has a block. Never empty, in order."""

    week: Week
    days: tuple[tuple[date, Prompt], ...]
    start: time  # local time of the person
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFacts:
    """The reader has asked for a link to their own page."""

    relay: bool  # whether there are turns here


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
class InviteFacts:
    """A calendar series that comes, changes or goes."""

    change: Literal["create", "update", "cancel"]
    title: str
    start: time  # local time of the person
    minutes: int
    weekdays: frozenset[int]  # ISO weekdays
    first: date  # the first day of the series
    what: BlockChange = BlockChange()  # what an update changes


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
    of a swap, `other` when the turn is that goes the other way; `owes`: one is still to go. `presents`: the reader presents,
    or did; else they see to it as facilitator. `now_in` is the department in whose relay they are, if that is another one
    than the relay that is no more.
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
class SlotFacts:
    """What becomes of the reader's slots. Never empty. A letter about "create" is how a turn is announced."""

    changes: tuple[SlotChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentFacts:
    """The challenge is given: what to solve before the meeting."""

    turn: TurnWords


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfwayFacts:
    """Half of the time has gone."""

    turn: TurnWords


@dataclass(frozen=True, slots=True, kw_only=True)
class EveFacts:
    """The last working day before the meeting."""

    turn: TurnWords


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningFacts:
    """The turn has been held: what was learned? `again`: the one friendly repeat."""

    turn: TurnWords
    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapFacts:
    """A colleague asks the reader to swap. `own`: when the reader's own turn is, None without one to give in return."""

    turn: TurnWords
    asker: str
    own: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapDeclinedFacts:
    """The colleague who was asked would rather not; the turn stays with the reader."""

    turn: TurnWords
    colleague: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreachedFacts:
    """A challenge was refused at somebody's address; to the facilitator, who may know a better one."""

    name: str
    email: str
    department: str  # its name
    starts: datetime  # the slot they do not know of
    drawn: str  # whose slot it is now; empty: nobody's


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewFacts:
    """The facilitator's overview of the coming meeting: its turns, and who is announced after them."""

    department: str
    starts: datetime
    minutes: int
    place: str
    turns: tuple[TurnWords, ...]
    after: tuple[TurnWords, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisitFacts:
    """Something once rejected is to be judged again. `for_whom`: the owner who has left, whose place the reader takes."""

    item: Revisit
    for_whom: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldThing:
    """One kind of action that the fuse holds, in the reader's words and the reader's time."""

    what: str  # the name of its kind
    count: int
    why: str
    since: datetime
    digest: str
    too_late: datetime | None  # when the first of it can no longer be sent; None: it can always
    can_be_refused: bool  # by counting it as said


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFacts:
    """What waits for the administrator's word. Never empty."""

    things: tuple[HeldThing, ...]


Facts = (
    WelcomeFacts
    | TipFacts
    | LinkFacts
    | InviteFacts
    | SlotFacts
    | AssignmentFacts
    | HalfwayFacts
    | EveFacts
    | LearningFacts
    | SwapFacts
    | SwapDeclinedFacts
    | UnreachedFacts
    | OverviewFacts
    | RevisitFacts
    | HeldFacts
)


def letter_id(key: str) -> str:
    """The id of the letter with this key: the left part of its Message-ID."""
    return hashlib.sha256(key.encode()).hexdigest()[:MESSAGE_ID_DIGITS]


def message_id(key: str, domain: str) -> str:
    """The Message-ID of the letter with this key (RFC 5322, 3.6.4), angle brackets included."""
    return f"<{letter_id(key)}@{domain}>"
