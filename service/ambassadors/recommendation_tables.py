"""The table of recommendations."""

from dataclasses import replace

from culture.ambassadors.recommendations import Recommendation
from service.engine.table_row import Table, plain
from store import records


def _asked(one: Recommendation, was: str, person: str) -> Recommendation:
    return replace(one, to_id=person) if one.to_id == was else one


RECOMMENDATION_TABLES = (
    Table(name=records.RECOMMENDATIONS, at_restore="kept", read=plain(Recommendation), joined=_asked, in_memory=True),
)
