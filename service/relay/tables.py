"""The tables of the relay. What somebody did in it is the relay's, and stays when they are forgotten."""

from dataclasses import replace
from datetime import date
from typing import TypeVar

from culture.keys import TurnId
from culture.relay.learning import Discovery, Learning
from culture.relay.same import with_place, with_turn
from culture.relay.turns import Turn, TurnList
from service.engine.table_row import FOLD_AFTER, Table, its_key, plain
from store import records

Written = TypeVar("Written", Learning, Discovery)


def _written(one: Written, was: str, person: str) -> Written:
    return replace(one, person=person) if one.person == was else one


TABLES = (
    Table(
        name=records.TURNS,
        at_restore="kept",
        read=plain(Turn),
        joined=with_turn,
        department=lambda key, _: (TurnId.from_text(key).department,),
        in_memory=True,
    ),
    Table(
        name=records.STANDINGS,
        at_restore="kept",
        read=plain(TurnList),
        joined=with_place,
        department=its_key,
        in_memory=True,
    ),
    Table(name=records.LEARNINGS, at_restore="put back", read=plain(Learning), joined=_written, in_memory=True),
    Table(name=records.DISCOVERIES, at_restore="put back", read=plain(Discovery), joined=_written, in_memory=True),
    Table(
        name=records.TURN_LETTERS,
        at_restore="kept",
        read=lambda _, document: date.fromisoformat(document["day"]),
        whose=its_key,
        with_person=True,
        over=lambda now, _, document: document["day"] < str((now - FOLD_AFTER).date()),
    ),
)
