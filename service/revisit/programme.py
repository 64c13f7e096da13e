"""The revisit list, as a plan knows it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import time

from culture.notice import Notice
from culture.organisation import Organisation
from culture.people import Person
from culture.policy_news import PolicyRecords, looked_at, of_week
from culture.relay.schedule import RelayRecords
from culture.revisit import rules, works
from culture.revisit.rules import Revisit, RevisitRecords
from culture.revisit.settings import RevisitList
from culture.sittings import Sittings
from culture.trouble import Troubles
from culture.workdays import Week
from culture.world import World
from service.planning.line import Line
from service.planning.programme import Programme, Reading, Records, differing
from service.revisit.made import added
from store import records

POLICY_WORDS = 50
"""Of the line that tells of a changed policy."""


def _read(reading: Reading) -> tuple[RevisitRecords, PolicyRecords]:
    stored = reading.stored
    return RevisitRecords(stored.table_of(records.REVISITS)), PolicyRecords(stored.table_of(records.POLICY))


def _advance(world: World, troubles: Troubles) -> tuple[object, ...]:
    """Where there is a list: with the items that come of retries which failed again, and those brought early that waited
    for what has become of the policy."""
    known, seen = world.of(RevisitRecords).items, world.of(PolicyRecords)
    if not world.organisation.of(RevisitList).enabled:
        return ()
    new = rules.from_retries(world.of(RelayRecords), known, world.organisation, world.today)
    return (
        RevisitRecords({**known, **new, **_brought_early(world)}),
        looked_at(seen, world.organisation.policy, world.today),
    )


def _brought_early(world: World) -> dict[str, Revisit]:
    """The items that need not wait any more, as they are from today."""
    items, last = world.of(RevisitRecords).items, world.of(PolicyRecords).last
    found = rules.opened(items.values(), last.policy, world.organisation.policy) if last else {}
    return {key: rules.triggered(items[key], why, world.today) for key, why in found.items()}


def _written(before: World, after: World, troubles: Troubles) -> Records:
    """Both in one line: a policy that counts as looked at has brought its items."""
    return {
        records.REVISITS: differing(before.of(RevisitRecords).items, after.of(RevisitRecords).items),
        records.POLICY: differing(before.of(PolicyRecords).seen, after.of(PolicyRecords).seen),
    }


def _lines(world: World, person: Person) -> Sequence[Line]:
    """In the week after a change of the policy, what has changed."""
    told = of_week(world.of(PolicyRecords), Week.of(world.organisation.today(person, world.now)))
    if told is None or not world.organisation.of(RevisitList).enabled:
        return ()
    return (
        Line(template="revisit/policy", values={"day": told.changed_on, "changed": told.changed}, words=POLICY_WORDS),
    )


def _as_read(before: World) -> Records:
    return {records.REVISITS: before.of(RevisitRecords).items}


def _due(world: World, troubles: Troubles) -> Iterator[Notice]:
    organisation, items = world.organisation, world.of(RevisitRecords).items
    settings = organisation.of(RevisitList)
    if not settings.enabled:
        return
    yield from works.due(world, troubles)
    owners, together = rules.owners(items.values(), world, world.today), world.of(Sittings)
    for item in items.values():
        with troubles.of(owners.get(item.id, item.owner), "letters"):
            yield from rules.due([item], owners, settings.letter_at, organisation.tz, world.now, together)


def _hours(organisation: Organisation) -> Iterable[time]:
    return (organisation.of(RevisitList).letter_at,)


PROGRAMME = Programme(
    name="revisit",
    read=_read,
    advance=_advance,
    adds=added,
    written=_written,
    as_read=_as_read,
    due=_due,
    hours=_hours,
    lines=_lines,
    pages=("revisit",),
)
