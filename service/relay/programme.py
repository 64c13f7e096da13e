"""The relay, as a plan knows it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import time
from functools import partial

from culture.notice import Notice
from culture.organisation import Organisation
from culture.relay import news, notices, schedule
from culture.relay.challenges import Challenges
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.trouble import Troubles
from culture.world import World
from service.planning.programme import Moments, Programme, Reading, Records, another, differing
from service.relay.appointments import APPOINTMENTS
from service.relay.lines import lines
from service.relay.records import relay_records
from service.relay.told import told
from service.settings.inputs import Inputs
from store import records


def _read(reading: Reading) -> tuple[RelayRecords]:
    found, zone = relay_records(reading.stored), reading.organisation.tz
    said = told(found, reading.organisation, reading.stored, reading.way)
    if reading.way == "mailbox":
        since = min(reading.stored.mailbox_since() or reading.now, reading.now)
        said = replace(said, since=since.astimezone(zone).date())
    aside = frozenset(map(reading.organisation.called.table, found.aside))
    return (replace(found, told=said, aside=aside),)


def _advance(world: World, troubles: Troubles) -> tuple[RelayRecords]:
    return (schedule.advance(world.organisation, world.of(RelayRecords), world.now, troubles=troubles),)


def _written(before: World, after: World, troubles: Troubles) -> Records:
    """Turns and lists that differ: a turn without its place in the list would be numbered again, and overwritten."""
    old, new = before.of(RelayRecords), after.of(RelayRecords)
    return {
        records.TURNS: differing(old.turns, new.turns),
        records.STANDINGS: differing(old.standings, new.standings),
    }


def _as_read(before: World) -> Records:
    found = before.of(RelayRecords)
    return {records.TURNS: found.turns, records.STANDINGS: found.standings, records.LEARNINGS: found.learnings}


def _due(world: World, troubles: Troubles) -> Iterator[Notice]:
    return notices.due(world.organisation, world.of(RelayRecords), world.now, troubles)


def _feed_parts(inputs: Inputs) -> object:
    return repr(inputs.config.of(Relay)), inputs.catalogues.of(Challenges).digest


def _hours(organisation: Organisation) -> Iterable[time]:
    return (organisation.of(Relay).letter_at,)


def _moments(world: World, before: World | None) -> Iterator[tuple[str, Moments]]:
    for _, turn in another(world.of(RelayRecords).turns, before.of(RelayRecords).turns if before else None):
        yield turn.id, partial(notices.slot_moments, turn)
        yield turn.id, partial(news.settles, turn)


PROGRAMME = Programme(
    name="relay",
    read=_read,
    advance=_advance,
    written=_written,
    as_read=_as_read,
    due=_due,
    hours=_hours,
    moments=_moments,
    appointments=APPOINTMENTS,
    parts=lambda world: (turn.presenter for turn in world.of(RelayRecords).turns.values() if turn.open),
    feed_parts=_feed_parts,
    lines=lines,
    pages=("relay",),
)
