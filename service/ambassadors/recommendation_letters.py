"""The letter to whoever is asked for an answer: its kind, and its facts from the world."""

from culture.ambassadors.recommendations import RecommendationRecords
from culture.keys import ItemPeriod, NoticeKey
from culture.world import World
from service.ambassadors.recommendation_facts import RecommendationFacts
from service.ambassadors.recommendation_words import evidence_words
from service.messages.translation import Sentence
from service.planning.kind import Action, Kind


def recommendation_facts(world: World, action: Action, key: str) -> RecommendationFacts:
    """The question, and which time it is put."""
    period = ItemPeriod.from_text(NoticeKey.from_text(key).period)
    one = world.of(RecommendationRecords).recommendations[period.item_id]
    since = one.waits_since(world.today) or period.day
    return RecommendationFacts(
        recommendation=one,
        evidence=evidence_words(world, one, action.person.language),
        since=since,
        by=one.by if one.by and one.by > world.today else None,
        again=period.day > since,
        before=one.answer if one.answer and one.answer.until else None,
    )


def _day(period: str) -> str:
    return str(ItemPeriod.from_text(period).day)


RECOMMENDATION_KINDS = (
    Kind(
        id="recommendation",
        facts=recommendation_facts,
        name=Sentence("recommendations to management"),
        one=Sentence("a recommendation to answer"),
        rank=105,
        yields_in=21,
        gone_by=True,  # nobody is late with an answer to what never left
        about=_day,
    ),
)
