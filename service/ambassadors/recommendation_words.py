"""What a recommendation rests on, as its reader is told of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from culture.ambassadors.recommendations import Evidence, Of, Recommendation
from culture.people import Language
from culture.relay.challenges import Challenges
from culture.relay.learning import Learning
from culture.relay.schedule import RelayRecords
from culture.relay.shared import shared
from culture.revisit.rules import Revisit, RevisitRecords
from culture.world import World
from mailer.words import tongue
from service.messages.translation import say, word

QUOTED = 300
"""Letters of what somebody wrote that stand beside a recommendation; the whole stands where it was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceWords:
    """A piece of evidence: what it is (empty for a figure), and what it says."""

    title: str
    text: str


def evidence_words(world: World, one: Recommendation, language: Language) -> tuple[EvidenceWords, ...]:
    """In the order in which it was given. What is no longer kept is left out. No name stands in it: whoever said that
    theirs may be shown was not asked about management."""
    return tuple(said for evidence in one.evidence for said in _said(world, evidence, language))


def _said(world: World, evidence: Evidence, language: Language) -> Iterator[EvidenceWords]:
    if evidence.of is Of.FIGURE:
        yield EvidenceWords(title="", text=evidence.what)
    elif evidence.of is Of.LEARNING:
        learning = world.of(RelayRecords).learnings.get(evidence.what)
        if learning:
            yield _learning(world, learning, language)
    elif item := world.of(RevisitRecords).items.get(evidence.what):
        yield _revisit(item, language)


def _learning(world: World, learning: Learning, language: Language) -> EvidenceWords:
    organisation = world.organisation
    told = shared(organisation, world.of(RelayRecords), learning, world.today, "letter")
    challenge = organisation.of(Challenges).challenges.get(learning.challenge)
    department = organisation.departments.get(told.department)
    month = f"{tongue(language).months[told.day.month - 1]} {told.day.year}"
    answers = (learning.worked, learning.did_not, learning.hard, learning.easy, learning.potential)
    parts = (
        word("outcome-told", learning.outcome).said(language),
        next((_short(text) for text in answers if text), ""),
    )
    return EvidenceWords(
        title=", ".join(
            filter(
                None,
                (
                    challenge.text(language).title if challenge else learning.title,
                    department.name if department else "",
                    month,
                ),
            )
        ),
        text=": ".join(filter(None, parts)),
    )


def _revisit(item: Revisit, language: Language) -> EvidenceWords:
    last = item.judgements[-1] if item.judgements else None
    if last is None:
        rejected = say(language, "rejected on {day}", day=item.rejected_on)
        return EvidenceWords(title=f"{item.name}, {rejected}", text=_short(item.reason))
    verdict = word("verdict", last.verdict).said(language)
    return EvidenceWords(
        title=f"{item.name}, {tongue(language).whole_date(last.day)}", text=f"{verdict}: {_short(last.reason)}"
    )


def _short(text: str) -> str:
    """On one line, cut at a word where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= QUOTED else f"{line[:QUOTED].rpartition(' ')[0]} …"
