"""What the corps recommends to management: drafted, sent, answered yes or no, or "later", and asked again then. Pure.

Where a recommendation stands is worked out from what was done and the day: that "later" comes back is nobody's act.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from culture.ambassadors.settings import Ambassadors
from culture.keys import ItemPeriod
from culture.notice import Notice
from culture.outsiders import outsider
from culture.people import Person
from culture.trouble import Troubles
from culture.workdays import days_later
from culture.world import World

UNANSWERED = timedelta(days=30)
"""After so long without an answer it is asked once more, and stands on every agenda."""

LATER = timedelta(days=90)
"""When "later" comes back, where nobody says when."""

LATEST = timedelta(days=366)
"""How far off "later" may be: what comes back after more than a year is a new question."""

LATENESS = timedelta(days=30)
"""A letter that is a month late is not sent any more; the question stands on the page all the same."""


class Answer(StrEnum):
    """What management says. A text, for templates ask for it by its id."""

    YES = "yes"
    NO = "no"
    LATER = "later"


class State(StrEnum):
    """Where a recommendation stands. A text as well."""

    DRAFT = "draft"
    SENT = "sent"
    LATER = "later"
    YES = "yes"
    NO = "no"
    WITHDRAWN = "withdrawn"


class Of(StrEnum):
    """What a piece of evidence is. A text as well."""

    LEARNING = "learning"
    REVISIT = "revisit"
    FIGURE = "figure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a recommendation rests on: the id of a learning or of an item of the revisit list, or a figure in words."""

    of: Of
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, kept for good. `by`: a name, as it was then. `until`: of "later", the day on which it is asked again."""

    day: date
    answer: Answer
    by: str
    words: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """A recommendation to management.

    `to_id` is given when it is sent: the person's, or an outsider's made of this recommendation's id; it stays, so that
    nobody is asked twice because HR has come to know them. `asked_on`: when it was sent last, None for a draft;
    `answered_before`: how many answers there were by then. `by`: when the corps would like to have an answer.
    """

    id: str
    text: str
    reason: str
    written_on: date
    evidence: tuple[Evidence, ...] = ()
    to_name: str = ""
    to_email: str = ""
    to_id: str = ""
    by: date | None = None
    asked_on: date | None = None
    answered_before: int = 0
    withdrawn_on: date | None = None
    answers: tuple[Reply, ...] = ()

    @property
    def draft(self) -> bool:
        """Whether nobody has been asked: it is the corps' own."""
        return self.asked_on is None

    @property
    def answer(self) -> Reply | None:
        """The last answer since it was sent."""
        return self.answers[-1] if len(self.answers) > self.answered_before else None

    def state(self, today: date) -> State:
        """Where it stands on a day."""
        if self.withdrawn_on:
            return State.WITHDRAWN
        if self.draft:
            return State.DRAFT
        reply = self.answer
        if reply is None or (reply.until and reply.until <= today):
            return State.SENT
        return State(reply.answer.value)

    def waits_since(self, today: date) -> date | None:
        """The day on which the question was put that waits for an answer; None where none does."""
        if self.state(today) is not State.SENT:
            return None
        return self.answer.until if self.answer else self.asked_on

    def hoped_for(self, today: date) -> date | None:
        """When the corps hopes for the answer that is missing; None where that day was of the question put before."""
        since = self.waits_since(today)
        return self.by if self.by and (since is None or self.by > since) else None


@dataclass(frozen=True, slots=True)
class RecommendationRecords:
    """What is remembered: recommendations by id; `unheard`, the ids of those whose question has not left yet: nobody is
    late with an answer to a letter that was held or refused."""

    recommendations: Mapping[str, Recommendation] = field(default_factory=dict)
    unheard: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A recommendation that nobody has answered yet. `since`: when it was asked, or came back; `days`: its age; `unheard`:
    no letter about it has left yet."""

    recommendation: Recommendation
    since: date
    days: int
    unheard: bool = False


def every(world: World) -> tuple[Recommendation, ...]:
    """All of them, drafts too, the newest first."""
    found = world.of(RecommendationRecords).recommendations.values()
    return tuple(sorted(found, key=lambda one: (one.asked_on or one.written_on, one.id), reverse=True))


def told(world: World) -> tuple[Recommendation, ...]:
    """Those that everybody may know of: sent once, and not withdrawn; the newest first."""
    return tuple(one for one in every(world) if not one.draft and not one.withdrawn_on)


def unanswered(world: World) -> tuple[Waiting, ...]:
    """Those that wait for an answer, however short; who has waited longest first."""
    put = ((one, since) for one in told(world) if (since := one.waits_since(world.today)))
    unheard = world.of(RecommendationRecords).unheard
    found = (
        Waiting(recommendation=one, since=since, days=(world.today - since).days, unheard=one.id in unheard)
        for one, since in put
    )
    return tuple(sorted(found, key=lambda waiting: (waiting.since, waiting.recommendation.id)))


def waiting(world: World) -> tuple[Waiting, ...]:
    """Those that have waited so long that they stand on every agenda."""
    return tuple(one for one in unanswered(world) if one.days >= UNANSWERED.days and not one.unheard)


def answered_since(world: World, day: date) -> tuple[Recommendation, ...]:
    """Those that were answered on that day or later, the newest answer first."""
    found = [one for one in told(world) if one.answer and one.answer.day >= day]
    return tuple(sorted(found, key=lambda one: (one.answers[-1].day, one.id), reverse=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What became of the recommendations of some days: how many were sent and how many got which answer, and how many days
    the answers took (each, shortest first); how many wait still, and the longest of them in days."""

    sent: int
    answers: Mapping[Answer, int]
    days: tuple[int, ...]
    waiting: int
    longest: int


def counted(world: World, first: date, last: date) -> Counted:
    """Over the days from `first` to `last`, both included. They are public, so each is counted as it is."""
    answers, days, sent = dict.fromkeys(Answer, 0), list[int](), 0
    for one in told(world):
        sent += bool(one.asked_on and first <= one.asked_on <= last)
        for put, reply in _answered(one):
            if first <= reply.day <= last:
                answers[reply.answer] += 1
                days.append((reply.day - put).days)
    left = unanswered(world)
    return Counted(
        sent=sent,
        answers=answers,
        days=tuple(sorted(days)),
        waiting=len(left),
        longest=max((one.days for one in left), default=0),
    )


def _answered(one: Recommendation) -> Iterator[tuple[date, Reply]]:
    """Each answer with the day on which its question was put; of an answer that was changed, that it took no time."""
    put: date | None = one.asked_on
    for reply in one.answers:
        yield min(put or reply.day, reply.day), reply
        put = reply.until or put


# --- what people do


def outside_id(one: Recommendation) -> str:
    """The id of a recipient who is not in the people file: for this question alone."""
    return f"asked-{one.id}"


def sent(one: Recommendation, to_id: str, today: date) -> Recommendation:
    """Sent today; of one that was sent to somebody else before, the question is put anew."""
    return replace(one, to_id=to_id, asked_on=today, answered_before=len(one.answers), withdrawn_on=None)


def answered(one: Recommendation, reply: Reply) -> Recommendation:
    """With the answer. The same answer on the same day is no other one: what is posted twice counts once, and who thinks
    better of it within the day has said the second."""
    last = one.answer
    before = one.answers[:-1] if last and last.day == reply.day else one.answers
    return replace(one, answers=(*before, reply))


# --- what is said


def asks(one: Recommendation, today: date) -> Iterator[date]:
    """The days on which its recipient is asked for the answer that is missing: when it was put, and a month later."""
    since = one.waits_since(today)
    if since:
        yield since
        again = days_later(since, UNANSWERED.days)
        if again <= today:
            yield again


def notices(one: Recommendation, today: date, letter_at: time, tz: ZoneInfo) -> Iterator[Notice]:
    """What is said to its recipient by the end of the day about the question that is open."""
    for day in asks(one, today):
        moment = datetime.combine(day, letter_at, tz)
        yield Notice(
            kind="recommendation",
            period=ItemPeriod(one.id, day).to_text(),
            person_id=one.to_id,
            due=moment,
            too_late=datetime.combine(days_later(day, LATENESS.days), letter_at, tz),
        )


def due(world: World, troubles: Troubles) -> Iterator[Notice]:
    """The letters that ask for an answer to each question that is open. Of two the first is too late when the second is
    due."""
    organisation, settings = world.organisation, world.organisation.of(Ambassadors)
    if not settings.enabled:
        return
    for one in told(world):
        with troubles.of(one.to_id, "letters"):
            person = organisation.people.get(one.to_id)
            asked = person.works_here(world.today) if person else one.to_id == outside_id(one)
            if not asked:
                continue  # the agenda says so, and somebody else may be asked
            for notice in notices(one, world.today, settings.letter_at, organisation.tz):
                if notice.due <= world.now:
                    yield notice


def outsiders(world: World) -> Iterator[Person]:
    """The recipients who are not in the people file; of what was withdrawn too, for their link should say so."""
    if world.organisation.of(Ambassadors).enabled:
        for one in every(world):
            if not one.draft and one.to_id == outside_id(one):
                yield outsider(one.to_id, one.to_email, one.to_name, world.organisation, world.now)


def asked_of(world: World, person: Person) -> tuple[Recommendation, ...]:
    """What somebody is asked, or has answered: what waits for them first, then the newest."""
    mine = [one for one in told(world) if one.to_id == person.id]
    return tuple(sorted(mine, key=lambda one: one.waits_since(world.today) is None))
