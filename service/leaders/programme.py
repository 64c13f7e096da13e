"""The leaders, as a plan knows them."""

from collections.abc import Iterable, Iterator
from datetime import time

from culture.keys import NoticeKey
from culture.leaders import concerns
from culture.leaders.advance import advance
from culture.leaders.notices import due
from culture.leaders.pulse import PULSE
from culture.leaders.records import LeaderRecords
from culture.leaders.settings import Leaders
from culture.notice import Notice
from culture.organisation import Organisation
from culture.roles import managers
from culture.trouble import Troubles
from culture.world import World
from service.leaders.concern_records import concern_records
from service.leaders.lines import lines
from service.planning.programme import Programme, Reading, Records, differing
from store import records


def _read(reading: Reading) -> tuple[object, ...]:
    stored, organisation = reading.stored, reading.organisation
    since = None
    if reading.way == "mailbox":
        since = min(stored.mailbox_since() or reading.now, reading.now).astimezone(organisation.tz).date()
    found = LeaderRecords(
        frames=stored.table_of(records.FRAMES),
        steps=stored.table_of(records.STEPS),
        tallies=stored.table_of(records.TALLIES),
        since=since,
    )
    return _with_what_was_said(found, reading), *concern_records(reading)


def _with_what_was_said(found: LeaderRecords, reading: Reading) -> LeaderRecords:
    """The last step's month is marked where none of its letters has left, for whoever sends by that way."""
    month, given = found.last()
    if given is None or given.said or not reading.organisation.of(Leaders).enabled:
        return found
    today = reading.now.astimezone(reading.organisation.tz).date()
    keys = (NoticeKey("step", month, one.id).to_text() for one in managers(reading.organisation, today))
    said = any(reading.stored.letter_saying(key, reading.way)[0] == "sent" for key in keys)
    return found.with_unsaid("" if said else month)


def _advance(world: World, troubles: Troubles) -> Iterable[LeaderRecords]:
    with troubles.of("leaders", "letters"):  # what cannot be worked out stays as it is
        return (advance(world),)
    return ()


def _written(before: World, after: World, troubles: Troubles) -> Records:
    old, new = before.of(LeaderRecords), after.of(LeaderRecords)
    return {records.FRAMES: differing(old.frames, new.frames), records.STEPS: differing(old.steps, new.steps)}


def _due(world: World, troubles: Troubles) -> Iterator[Notice]:
    yield from due(world, troubles)
    yield from concerns.due(world, troubles)


def _hours(organisation: Organisation) -> Iterable[time]:
    settings = organisation.of(Leaders)
    return (settings.letter_at,) if settings.enabled else ()


PROGRAMME = Programme(
    name="leaders",
    read=_read,
    advance=_advance,
    written=_written,
    due=_due,
    hours=_hours,
    lines=lines,
    nameless_pages=(PULSE,),
    pages=("worries",),
    outside_pages=("worries",),
)
