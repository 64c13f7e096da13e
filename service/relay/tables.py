"""The tables of the relay. What somebody did in it is the relay's, and stays when they are forgotten."""

from dataclasses import replace
from datetime import date
from typing import TypeVar

from culture.called import Called
from culture.keys import TurnId
from culture.relay.learning import Discovery, Learning
from culture.relay.same import with_place, with_turn
from culture.relay.turns import Turn, TurnList, together
from service.engine.table_row import FOLD_AFTER, Table, department_of_today, its_key, plain
from store import records

Written = TypeVar("Written", Learning, Discovery)


def _written(one: Written, was: str, person: str) -> Written:
    return replace(one, person=person) if one.person == was else one


def _at_table(key: str, turn: Turn, called: Called) -> tuple[str, Turn]:
    """A turn belongs to the list that its department's people are in now. What it is called stays: so do its UIDs."""
    table = called.table(turn.department)
    return key, turn if table == turn.department else replace(turn, department=table)


def _list_of_today(key: str, list_: TurnList, called: Called) -> tuple[str, TurnList]:
    table = called.table(key)
    return table, list_ if table == key else replace(list_, holds=(*list_.holds, key))


TABLES = (
    Table(
        name=records.TURNS,
        at_restore="kept",
        read=plain(Turn),
        renamed=_at_table,
        joined=with_turn,
        department=lambda key, _: (TurnId.from_text(key).department,),
        in_memory=True,
    ),
    Table(
        name=records.STANDINGS,
        at_restore="kept",
        read=plain(TurnList),
        renamed=_list_of_today,
        both=together,
        joined=with_place,
        department=its_key,
        in_memory=True,
    ),
    Table(
        name=records.LEARNINGS,
        at_restore="put back",
        read=plain(Learning),
        renamed=department_of_today,
        joined=_written,
        in_memory=True,
    ),
    Table(
        name=records.DISCOVERIES,
        at_restore="put back",
        read=plain(Discovery),
        renamed=department_of_today,
        joined=_written,
        in_memory=True,
    ),
    Table(
        name=records.TURN_LETTERS,
        at_restore="kept",
        read=lambda _, document: date.fromisoformat(document["day"]),
        whose=its_key,
        with_person=True,
        over=lambda now, _, document: document["day"] < str((now - FOLD_AFTER).date()),
    ),
)
