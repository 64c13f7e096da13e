"""The tables of the relay. What somebody did in it is the relay's, and stays when they are forgotten, without their id."""

from dataclasses import replace
from datetime import date
from typing import TypeVar

from culture.called import Called
from culture.keys import TurnId
from culture.relay.learning import Discovery, Learning
from culture.relay.same import with_place, with_turn
from culture.relay.turns import Turn, TurnList, together
from service.engine import told
from service.engine.table_row import FOLD_AFTER, Table, Told, by_value, department_of_today, its_key, plain
from service.messages.translation import Sentence
from store import records
from store.unreadable import Document

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


def _own_place(document: Document, person_id: str) -> Document:
    """Where they stand themselves, of the list; and with whom they have a swap open."""
    people, owed = document.get("people", {}), document.get("owed", {})
    return {
        "people": {key: place for key, place in people.items() if key == person_id},
        "owed": {one: other for one, other in owed.items() if person_id in (one, other)},
    }


TOLD_TURNS = Told(
    what=Sentence(
        "your turns in the relay: when, which challenge, and what was done with them (passed on, swapped, moved)"
    ),
    why=Sentence("so that the turns go round fairly, and anybody can ask why it was theirs"),
    seen=told.DEPARTMENT,
    until=told.FOR_GOOD,
    stays=told.NAMELESS,
)
TOLD_STANDINGS = Told(
    what=Sentence("where you stand in your department's turn list: how many turns you have had"),
    why=Sentence("so that it is next the turn of whoever has had the fewest"),
    seen=told.RUNNERS,
    until=told.FOR_GOOD,
    stays=told.NAMELESS,
)
TOLD_LEARNINGS = Told(
    what=Sentence("what you wrote about a turn of yours: what worked, what did not, how you checked it"),
    why=Sentence("so that colleagues can learn from it"),
    seen=told.EVERYBODY,
    until=told.FOR_GOOD,
    stays=told.NAMELESS,
)
TOLD_DISCOVERIES = Told(
    what=Sentence("discoveries that you told of"),
    why=Sentence("so that colleagues can use them"),
    seen=told.EVERYBODY,
    until=told.FOR_GOOD,
    stays=told.NAMELESS,
)
TOLD_LETTER = Told(
    what=Sentence("the day of your last letter about a turn of your own"),
    why=Sentence("so that you get no more than one of them a day"),
    seen=told.YOU_ALONE,
    until=told.WEEKS,
)


TABLES = (
    Table(
        name=records.TURNS,
        told=TOLD_TURNS,
        unnamed=by_value(Turn, with_turn),
        at_restore="kept",
        read=plain(Turn),
        renamed=_at_table,
        joined=with_turn,
        department=lambda key, _: (TurnId.from_text(key).department,),
        in_memory=True,
    ),
    Table(
        name=records.STANDINGS,
        told=TOLD_STANDINGS,
        unnamed=by_value(TurnList, with_place),
        mine=_own_place,
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
        told=TOLD_LEARNINGS,
        unnamed=by_value(Learning, _written),
        at_restore="put back",
        read=plain(Learning),
        renamed=department_of_today,
        joined=_written,
        in_memory=True,
    ),
    Table(
        name=records.DISCOVERIES,
        told=TOLD_DISCOVERIES,
        unnamed=by_value(Discovery, _written),
        at_restore="put back",
        read=plain(Discovery),
        renamed=department_of_today,
        joined=_written,
        in_memory=True,
    ),
    Table(
        name=records.TURN_LETTERS,
        told=TOLD_LETTER,
        at_restore="kept",
        read=lambda _, document: date.fromisoformat(document["day"]),
        whose=its_key,
        over=lambda now, _, document: document["day"] < str((now - FOLD_AFTER).date()),
    ),
)
