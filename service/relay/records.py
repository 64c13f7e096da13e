"""What is remembered of the relay, read from the store and written into it."""

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


def write_relay(stored: Stored, before: RelayRecords, after: RelayRecords) -> None:
    """Write the turns and lists that differ, in one journal line: a turn without its place in the list would be numbered
    again, and overwritten."""
    with stored.changing():
        stored.write_all(records.TURNS, differing(before.turns, after.turns))
        stored.write_all(records.STANDINGS, differing(before.standings, after.standings))
