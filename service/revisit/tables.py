"""The table of the revisit list."""

from dataclasses import replace

from culture.policy_news import PolicySeen
from culture.revisit.rules import Revisit
from service.engine.table_row import Table, plain
from store import records


def _owned(one: Revisit, was: str, person: str) -> Revisit:
    return replace(one, owner=person) if one.owner == was else one


TABLES = (
    Table(name=records.REVISITS, at_restore="put back", read=plain(Revisit), joined=_owned, in_memory=True),
    Table(name=records.POLICY, at_restore="kept", read=plain(PolicySeen), in_memory=True),
)
