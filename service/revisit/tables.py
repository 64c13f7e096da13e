"""The table of the revisit list."""

from dataclasses import replace

from culture.policy_news import PolicySeen
from culture.revisit.rules import Revisit
from service.engine.table_row import Table, department_of_today, plain
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


TABLES = (
    Table(
        name=records.REVISITS,
        at_restore="put back",
        read=plain(Revisit),
        renamed=department_of_today,
        joined=_of,
        in_memory=True,
    ),
    Table(name=records.POLICY, at_restore="kept", read=plain(PolicySeen), in_memory=True),
)
