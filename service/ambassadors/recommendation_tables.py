"""The table of recommendations."""

from dataclasses import replace

from culture.ambassadors.recommendations import Recommendation
from service.engine import told
from service.engine.table_row import Table, Told, by_value, plain
from service.messages.translation import Sentence
from store import records


def _asked(one: Recommendation, was: str, person: str) -> Recommendation:
    return replace(one, to_id=person) if one.to_id == was else one


def _asked_nobody(one: Recommendation, was: str, person: str) -> Recommendation:
    if one.to_id != was:
        return one
    before, theirs = one.answers[: one.answered_before], one.answers[one.answered_before :]
    answers = (*before, *(replace(reply, by=told.NOBODY) for reply in theirs))
    return replace(one, to_id=person, to_name=told.NOBODY, to_email="", answers=answers)


TOLD = Told(
    what=Sentence("recommendations that were sent to you, and your answers"),
    why=Sentence("so that all can see what became of them"),
    seen=told.ALL_COLLEAGUES,
    until=told.FOR_GOOD,
    stays=told.NAMELESS,
)

RECOMMENDATION_TABLES = (
    Table(
        name=records.RECOMMENDATIONS,
        told=TOLD,
        unnamed=by_value(Recommendation, _asked_nobody),
        at_restore="kept",
        read=plain(Recommendation),
        joined=_asked,
        in_memory=True,
    ),
)
