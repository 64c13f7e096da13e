"""What the letter about a recommendation says. Values only."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from culture.ambassadors.recommendations import Recommendation, Reply
from mailer.letter import About, Facts
from service.ambassadors.recommendation_words import EvidenceWords

RECOMMENDATIONS = About("recommendation", rank=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendationFacts(Facts):
    """The corps asks the reader for an answer.

    `since`: when the question was put. `again`: the reader was asked before and has not answered. `before`: what they
    answered, when this has come back because of "later". `by`: the day by which an answer is hoped for, if it is to come.
    """

    template: ClassVar = "ambassadors/recommendation"
    about: ClassVar = RECOMMENDATIONS

    recommendation: Recommendation
    evidence: tuple[EvidenceWords, ...]
    since: date
    by: date | None = None
    again: bool = False
    before: Reply | None = None
