"""The report, as a plan knows it: what stands when a quarter is over, and who is told."""

from collections.abc import Iterable, Iterator

from culture.notice import Notice
from culture.outsiders import contact
from culture.report.quarters import KIND, ReportRecords, due, last_over, lived
from culture.trouble import Troubles
from culture.world import World
from service.planning.programme import Programme, Reading, Records, differing
from service.report.report import closed, figure_rows, has_something
from store import records


def _read(reading: Reading) -> tuple[ReportRecords]:
    return (ReportRecords(reading.stored.table_of(records.REPORTS)),)


def _advance(world: World, troubles: Troubles) -> Iterable[ReportRecords]:
    """With how things stood when the last quarter was over, once that can be said of all."""
    known, quarter = world.of(ReportRecords).closed, last_over(world.today)
    if world.out or str(quarter) in known or not lived(world.organisation, quarter):
        return ()
    with troubles.of(KIND, "letters"):
        return (ReportRecords({**known, str(quarter): closed(world, quarter)}),)
    return ()


def _written(before: World, after: World, troubles: Troubles) -> Records:
    return {records.REPORTS: differing(before.of(ReportRecords).closed, after.of(ReportRecords).closed)}


def readers(world: World) -> Iterator[str]:
    """Who gets the report, by id: the contact, and whom the programmes name."""
    yield contact(world).id
    for row in figure_rows():
        yield from row.readers(world)


def _due(world: World, troubles: Troubles) -> Iterator[Notice]:
    with troubles.of(KIND, "letters"):
        found = list(due(world.organisation, readers(world), world.now))
        if found and has_something(world):
            yield from found


PROGRAMME = Programme(
    name="report",
    read=_read,
    advance=_advance,
    written=_written,
    due=_due,
    pages=("report",),
    outside_pages=("report",),
)
