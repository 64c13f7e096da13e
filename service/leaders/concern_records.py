"""Concerns as they stand in the store, and what follows for pages and other programmes."""

from culture.concerns import ToManagers
from culture.leaders.concerns import ConcernRecords, released, to_managers
from culture.leaders.settings import Leaders
from service.planning.programme import Reading
from store import records


def concern_records(reading: Reading) -> tuple[object, ...]:
    """What waits and what was decided; who may be told too; what everybody may read. Nothing where there are no leaders."""
    if not reading.organisation.of(Leaders).enabled:
        return ()
    stored = reading.stored
    found = ConcernRecords(concerns=stored.table_of(records.CONCERNS), decided=stored.table_of(records.ANSWERED))
    return found, released(found), ToManagers(to_managers)
