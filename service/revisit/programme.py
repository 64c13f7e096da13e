"""The revisit list, as a plan knows it."""

from collections.abc import Iterable, Iterator
from datetime import time

from culture.notice import Notice
from culture.organisation import Organisation
from culture.relay.schedule import RelayRecords
from culture.revisit import rules
from culture.revisit.rules import RevisitRecords
from culture.revisit.settings import RevisitList
from culture.trouble import Troubles
from culture.world import World
from service.planning.programme import Programme, Reading, Records, differing
from store import records


def _read(reading: Reading) -> tuple[RevisitRecords]:
    return (RevisitRecords(reading.stored.table_of(records.REVISITS)),)


def _advance(world: World, troubles: Troubles) -> tuple[RevisitRecords]:
    """With the items that come of retries which failed again, where there is a list."""
    known = world.of(RevisitRecords).items
    if not world.organisation.of(RevisitList).enabled:
        return (RevisitRecords(known),)
    new = rules.from_retries(world.of(RelayRecords), known, world.organisation, world.today)
    return (RevisitRecords({**known, **new}),)


def _written(before: World, after: World, troubles: Troubles) -> Records:
    return {records.REVISITS: differing(before.of(RevisitRecords).items, after.of(RevisitRecords).items)}


def _as_read(before: World) -> Records:
    return {records.REVISITS: before.of(RevisitRecords).items}


def _due(world: World, troubles: Troubles) -> Iterator[Notice]:
    organisation, items = world.organisation, world.of(RevisitRecords).items
    settings = organisation.of(RevisitList)
    if not settings.enabled:
        return
    owners = rules.owners(items.values(), world, world.today)
    for item in items.values():
        with troubles.of(owners.get(item.id, item.owner), "letters"):
            yield from rules.due([item], owners, settings.letter_at, organisation.tz, world.now)


def _hours(organisation: Organisation) -> Iterable[time]:
    return (organisation.of(RevisitList).letter_at,)


PROGRAMME = Programme(
    read=_read, advance=_advance, written=_written, as_read=_as_read, due=_due, hours=_hours, pages=("revisit",)
)
