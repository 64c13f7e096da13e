"""What is remembered of the relay, read from the store and written into it."""

from collections.abc import Collection

from culture.relay.schedule import RelayRecords
from service.engine.state import Stored
from service.planning.programme import Stored as Tables
from service.planning.programme import differing
from store import records


def relay_records(stored: Tables) -> RelayRecords:
    """Turns, lists and learnings; who was told what is known by `service.relay.told`."""
    turns, standings = stored.table_of(records.TURNS), stored.table_of(records.STANDINGS)
    bad = (*stored.unreadable_in(records.TURNS), *stored.unreadable_in(records.STANDINGS))
    return RelayRecords(
        turns=turns,
        standings=standings,
        learnings=stored.table_of(records.LEARNINGS),
        discoveries=stored.table_of(records.DISCOVERIES),
        aside=frozenset(one.department for one in bad),
    )


def write_relay(stored: Stored, before: RelayRecords, after: RelayRecords, departments: Collection[str]) -> None:
    """Write the turns and lists of these departments that differ, in one journal line: a turn without its place in the
    list would be numbered again, and overwritten. The lists of a whole house are not compared for one pass."""
    turns = {key: turn for key, turn in after.turns.items() if turn.department in departments}
    lists = {key: list_ for key, list_ in after.standings.items() if key in departments}
    with stored.changing():
        stored.write_all(records.TURNS, differing(before.turns, turns))
        stored.write_all(records.STANDINGS, differing(before.standings, lists))
