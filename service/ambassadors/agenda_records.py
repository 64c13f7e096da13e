"""The records of the agendas in the store: read, brought forward, written."""

from dataclasses import replace

from culture.ambassadors import agenda
from culture.ambassadors.agenda_records import AgendaRecords
from culture.trouble import Troubles
from culture.world import World
from service.planning.programme import Records, Stored, differing
from store import records


def read(stored: Stored) -> AgendaRecords:
    """As they stand."""
    return AgendaRecords(
        news=stored.table_of(records.CORPS_NEWS),
        agendas=stored.table_of(records.CORPS_AGENDAS),
        minutes=stored.table_of(records.CORPS_MINUTES),
    )


def advance(world: World, troubles: Troubles) -> AgendaRecords:
    """With the agendas that are made now: once, so that nothing may be missing of what stands in them."""
    known = world.of(AgendaRecords)
    if world.out:
        return known
    return replace(known, agendas={**known.agendas, **agenda.advance(world, troubles)})


def written(before: World, after: World) -> Records:
    """The agendas that the store does not have yet: all else is what people do."""
    old, new = before.of(AgendaRecords), after.of(AgendaRecords)
    return {records.CORPS_AGENDAS: differing(old.agendas, new.agendas)}


def as_read(before: World) -> Records:
    """An agenda must not be made without what somebody has brought meanwhile."""
    return {records.CORPS_NEWS: before.of(AgendaRecords).news}
