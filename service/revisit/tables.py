"""The table of the revisit list."""

from dataclasses import replace

from culture.policy_news import PolicySeen
from culture.revisit.rules import Revisit
from service.engine import told
from service.engine.table_row import Table, Told, by_value, department_of_today, plain
from service.messages.translation import Sentence
from store import records


def _of(one: Revisit, was: str, person: str) -> Revisit:
    def now(person_id: str) -> str:
        return person if person_id == was else person_id

    return replace(
        one,
        owner=now(one.owner),
        tried_by=tuple(dict.fromkeys(map(now, one.tried_by))),
        judgements=tuple(replace(judgement, judge=now(judgement.judge)) for judgement in one.judgements),
    )


def _judged_by_nobody(one: Revisit, was: str, person: str) -> Revisit:
    judged = (replace(each, by=told.NOBODY) if each.judge == was else each for each in one.judgements)
    if one.tried_by == (was,) and not one.turn:  # it was put on the list as rejected by them, by name
        one = replace(one, rejected_by=told.NOBODY)
    return _of(replace(one, judgements=tuple(judged)), was, person)


TOLD = Told(
    what=Sentence("what you have to do with the revisit list: what you look after, tried or judged"),
    why=Sentence("to ask whoever knows when it is time to look again"),
    seen=told.ALL_COLLEAGUES,
    until=told.FOR_GOOD,
    stays=told.NAMELESS,
)

TABLES = (
    Table(
        name=records.REVISITS,
        told=TOLD,
        unnamed=by_value(Revisit, _judged_by_nobody),
        at_restore="put back",
        read=plain(Revisit),
        renamed=department_of_today,
        joined=_of,
        in_memory=True,
    ),
    Table(name=records.POLICY, at_restore="kept", read=plain(PolicySeen), in_memory=True),
)
