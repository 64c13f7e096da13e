"""The recommendations as they stand in the store, with what became of their letters."""

from culture.ambassadors.recommendations import Recommendation, RecommendationRecords, notices
from culture.ambassadors.settings import Ambassadors
from culture.organisation import local_date
from service.planning.programme import Reading
from store import records


def recommendation_records(reading: Reading) -> RecommendationRecords:
    """All of them; unheard are those whose question waits, and of which no letter has left."""
    found: dict[str, Recommendation] = reading.stored.table_of(records.RECOMMENDATIONS)
    unheard = (key for key, one in found.items() if _unheard(reading, one))
    return RecommendationRecords(recommendations=found, unheard=frozenset(unheard))


def _unheard(reading: Reading, one: Recommendation) -> bool:
    organisation = reading.organisation
    today, letter_at = local_date(reading.now, organisation.zone), organisation.of(Ambassadors).letter_at
    said = list(notices(one, today, letter_at, organisation.tz))
    return bool(said) and all(reading.stored.letter_saying(each.key, reading.way)[0] != "sent" for each in said)
