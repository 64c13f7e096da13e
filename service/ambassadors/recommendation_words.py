"""What a recommendation rests on, as its reader is told of it."""

from dataclasses import dataclass
from datetime import date

from culture.ambassadors.recommendations import Evidence, Of, Recommendation
from culture.people import Language
from culture.relay.challenges import Challenges
from culture.relay.learning import Learning
from culture.relay.schedule import RelayRecords
from culture.relay.shared import shared
from culture.revisit.rules import Revisit, RevisitRecords
from culture.revisit.shared import name_in, tried
from culture.world import World
from mailer.words import tongue
from service.messages.translation import say, word

QUOTED = 300
"""Letters of what somebody wrote that stand beside a recommendation; the whole stands where it was written."""


CHOSEN_FROM = 120
"""Letters of what is offered: enough to know it by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceWords:
    """A piece of evidence: what it is (empty for a figure), and what it says."""

    title: str
    text: str


def evidence_words(world: World, one: Recommendation, language: Language) -> tuple[EvidenceWords, ...]:
    """In the order in which it was given. What is no longer kept is left out. No name stands in it: whoever said that
    theirs may be shown was not asked about management."""
    found = (
        EvidenceWords(title=evidence_title(world, evidence, language), text=_text(world, evidence, language))
        for evidence in one.evidence
    )
    return tuple(one for one in found if one.text)


def evidence_title(world: World, evidence: Evidence, language: Language) -> str:
    """What it is called; empty for a figure, and for what is no longer kept."""
    learning, item = _meant(world, evidence)
    if learning:
        return _title(world, learning, language)
    return f"{name_in(world, item, language)}, {_when(world, item, language)}" if item else ""


def evidence_line(world: World, evidence: Evidence, language: Language) -> str:
    """What is there to be chosen, on a line."""
    return _short(f"{evidence_title(world, evidence, language)}: {_text(world, evidence, language)}", CHOSEN_FROM)


def _text(world: World, evidence: Evidence, language: Language) -> str:
    """What it says; empty for what is no longer kept."""
    learning, item = _meant(world, evidence)
    if learning:
        answers = (learning.worked, learning.did_not, learning.hard, learning.easy, learning.potential)
        outcome = word("outcome-told", learning.outcome).said(language)
        return ": ".join((outcome, *[_short(text) for text in answers if text][:1]))
    if item and item.judgements:
        last = item.judgements[-1]
        return f"{word('verdict', last.verdict).said(language)}: {_short(last.reason)}"
    if item:
        return say(language, "rejected: {reason}", reason=_short(item.reason))
    return evidence.what if evidence.of is Of.FIGURE else ""


def _meant(world: World, evidence: Evidence) -> tuple[Learning | None, Revisit | None]:
    learnings, items = world.of(RelayRecords).learnings, world.of(RevisitRecords).items
    return (
        learnings.get(evidence.what) if evidence.of is Of.LEARNING else None,
        items.get(evidence.what) if evidence.of is Of.REVISIT else None,
    )


def _when(world: World, item: Revisit, language: Language) -> str:
    """The day on which it was judged last; else when it was rejected, as far as that names nobody."""
    if item.judgements:
        return tongue(language).whole_date(item.judgements[-1].day)
    where = tried(world, item)
    return tongue(language).whole_date(where.day) if where.dated else _month(where.day, language)


def _month(day: date, language: Language) -> str:
    return f"{tongue(language).months[day.month - 1]} {day.year}"


def _title(world: World, learning: Learning, language: Language) -> str:
    """Its challenge, and where and when, as far as it is told without a name."""
    organisation = world.organisation
    told = shared(organisation, world.of(RelayRecords), learning, world.today, "letter")
    challenge = organisation.of(Challenges).challenges.get(learning.challenge)
    department = organisation.departments.get(told.department)
    parts = (
        challenge.text(language).title if challenge else learning.title,
        department.name if department else "",
        _month(told.day, language),
    )
    return ", ".join(filter(None, parts))


def _short(text: str, most: int = QUOTED) -> str:
    """On one line, cut at a word where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most].rpartition(' ')[0]} …"
