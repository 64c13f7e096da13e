"""What the letters about the corps' agendas say. Values only."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from culture.ambassadors.recommendations import Answer
from culture.relay.learning import Outcome
from mailer.letter import About, Facts
from service.ambassadors.corps_facts import MeetingWords

AGENDA = About("agenda", rank=37)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What a colleague learned, as it is told: `department` and `name` are empty where they are not."""

    title: str
    text: str
    outcome: Outcome
    department: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What somebody tells or proposes. `management`: it is the sponsor's. `name`: empty where it is not told."""

    text: str
    name: str = ""
    management: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What was rejected once: with `why` it works now, or with the `reason` for which it did not the last time and the
    `news` since, sentences both. `owner`: the name of whoever looks after it."""

    name: str
    why: str = ""
    reason: str = ""
    owner: str = ""
    news: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What management was asked. `to`: a name. `days`: how long it has waited. `answer`: what was said, with which
    `words`, of "later" `until` when; empty where nobody has answered."""

    text: str
    to: str
    days: int = 0
    answer: Answer | None = None
    words: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worry:
    """A concern for all to read, and its answer; without one, who was asked for it and by when. `late`: that day is over."""

    text: str
    answer: str = ""
    asked: str = ""
    by: date | None = None
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """What is on an agenda, in the guide's four points, and what is decided on."""

    worked: tuple[Story, ...] = ()
    not_yet: tuple[Story, ...] = ()
    together: tuple[tuple[Story, ...], ...] = ()
    learnings_rest: tuple[Story, ...] = ()
    discoveries: tuple[Brought, ...] = ()
    works: tuple[Tried, ...] = ()
    topics: tuple[Brought, ...] = ()
    case: Story | None = None
    news: tuple[Brought, ...] = ()
    policy_changed: date | None = None
    answered: tuple[Question, ...] = ()
    revisits: tuple[Tried, ...] = ()
    revisits_rest: tuple[Tried, ...] = ()
    recommendations: tuple[Question, ...] = ()
    concerns: tuple[Worry, ...] = ()
    little: bool = False

    @property
    def decided_on(self) -> bool:
        """Whether there is anything beside the four points."""
        return bool(self.revisits or self.recommendations or self.concerns)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaFacts(Facts):
    """The agenda of a meeting. `chair`, `deputy`: names, empty where it is the reader or nobody."""

    template: ClassVar = "ambassadors/agenda"
    about: ClassVar = AGENDA

    meeting: MeetingWords
    points: Points
    chair: str
    deputy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsFacts(Facts):
    """The question for news and topics. `sponsor`: of what management does. `made_on`: the day of the agenda. `chair`: to
    whom somebody without a page answers; empty for the contact."""

    template: ClassVar = "ambassadors/bring"
    about: ClassVar = AGENDA

    meeting: MeetingWords
    sponsor: bool
    made_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsFacts(Facts):
    """The question what was decided. `revisits`: how many items are still to be judged. `again`: the reader was asked before."""

    template: ClassVar = "ambassadors/decisions"
    about: ClassVar = AGENDA

    meeting: MeetingWords
    revisits: int
    again: bool
