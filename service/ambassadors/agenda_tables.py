"""The tables of the corps' agendas: what was brought for a meeting, what is on, what was decided."""

from dataclasses import replace
from datetime import datetime

from culture.ambassadors.agenda_records import Agenda, Minutes, News
from culture.keys import AttendeeKey
from service.engine import told
from service.engine.table_row import KEEP, Table, Told, by_value, plain
from service.messages.translation import Sentence
from store import records
from store.unreadable import Document


def _whose(key: str, _: Document) -> tuple[str, ...]:
    return (AttendeeKey.from_text(key).person_id,)


def _over(now: datetime, _: str, document: Document) -> bool:
    return records.moment(document["at"]) < now - KEEP


def _brought(one: News, was: str, person: str) -> News:
    return replace(one, person=person) if one.person == was else one


def _written(one: Minutes, was: str, person: str) -> Minutes:
    return replace(one, by=person) if one.by == was else one


def _without_theirs(one: Agenda, was: str, _: str) -> Agenda:
    """Without what they brought: that goes, and its key says whose it was."""

    def others(keys: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(key for key in keys if AttendeeKey.from_text(key).person_id != was)

    return replace(one, topics=others(one.topics), news=others(one.news))


TOLD_NEWS = Told(
    what=Sentence("what you brought for a meeting of the ambassadors: news and topics"),
    why=Sentence("to put it on the agenda"),
    seen=told.CORPS,
    until=told.A_YEAR,
)
TOLD_AGENDAS = Told(
    what=Sentence("that something you brought is on the agenda of a meeting of the ambassadors"),
    why=Sentence("so that all have the same agenda"),
    seen=told.CORPS,
    until=told.FOR_GOOD,
    stays=Sentence("the agenda stays, without what you brought"),
)
TOLD_MINUTES = Told(
    what=Sentence("minutes of the ambassadors' meetings that you wrote"),
    why=Sentence("so that all can read what was decided"),
    seen=told.ALL_COLLEAGUES,
    until=told.FOR_GOOD,
    stays=told.NAMELESS,
)


AGENDA_TABLES = (
    # What somebody brings is theirs until the meeting is long over.
    Table(
        name=records.CORPS_NEWS,
        told=TOLD_NEWS,
        at_restore="put back",
        read=plain(News),
        whose=_whose,
        over=_over,
        joined=_brought,
        in_memory=True,
    ),
    # It has gone out.
    Table(
        name=records.CORPS_AGENDAS,
        told=TOLD_AGENDAS,
        unnamed=by_value(Agenda, _without_theirs),
        at_restore="kept",
        read=plain(Agenda),
        in_memory=True,
    ),
    Table(
        name=records.CORPS_MINUTES,
        told=TOLD_MINUTES,
        unnamed=by_value(Minutes, _written),
        at_restore="kept",
        read=plain(Minutes),
        joined=_written,
        in_memory=True,
    ),
)
