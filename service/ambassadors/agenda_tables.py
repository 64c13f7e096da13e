"""The tables of the corps' agendas: what was brought for a meeting, what is on, what was decided."""

from dataclasses import replace
from datetime import datetime

from culture.ambassadors.agenda_records import Agenda, Minutes, News
from culture.keys import AttendeeKey
from service.engine.table_row import KEEP, Table, plain
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


AGENDA_TABLES = (
    # What somebody brings is theirs until the meeting is long over.
    Table(
        name=records.CORPS_NEWS,
        at_restore="put back",
        read=plain(News),
        whose=_whose,
        with_person=True,
        over=_over,
        joined=_brought,
        in_memory=True,
    ),
    # It has gone out.
    Table(name=records.CORPS_AGENDAS, at_restore="kept", read=plain(Agenda), in_memory=True),
    Table(name=records.CORPS_MINUTES, at_restore="kept", read=plain(Minutes), joined=_written, in_memory=True),
)
